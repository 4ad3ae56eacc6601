"""Libraries, conversations and what was said, for the tests of canned responses."""

from __future__ import annotations

from dataclasses import replace

from cmconsole.config.canned import Library, Shelf
from cmconsole.config.language import speaking
from cmconsole.core.canned import Canned
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Conversation
from cmconsole.core.mention import Author
from cmconsole.store.replying import Said
from tests.unit.desk.parts import NOON, conversation

ADA = Author("x", "ada", name="Ada Verlaine", reach=100)
with speaking("fr"):
    STARTERS = Shelf(None, starter=True).library()
    """The starter library as a French desk has it: titles in French."""


def talk(*, name: str = "Ada Verlaine", platform: str = "x", language: str = "fr") -> Conversation:
    """Return an ordinary complaint without themes, in French."""
    return replace(
        conversation(1),
        author=replace(ADA, name=name, platform=platform),
        platform=platform,
        language=language,
    )


def library(*responses: Canned) -> Library:
    return Library({it.code: it for it in responses})


def said(
    text: str,
    *,
    canned: str = "late",
    thread: str = "t99",
    ago: int = 0,
    platform: str = "x",
    account: str = "main",
) -> Said:
    """Return what was said `ago` minutes before noon, in another thread than that of `talk` (t1)."""
    return Said(
        reply_id=ago + 1,
        conversation_id=1 if thread == "t1" else 99,
        thread=thread,
        account=account,
        platform=platform,
        canned=canned,
        text=text,
        at=NOON - ago * MINUTE,
    )
