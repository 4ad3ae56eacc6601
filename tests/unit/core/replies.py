"""A conversation and replies to it, to try the pure moves with."""

from __future__ import annotations

from dataclasses import replace

from cmconsole.core import placing
from cmconsole.core.account import Mode
from cmconsole.core.conversation import Conversation
from cmconsole.core.mention import Author, Mention
from cmconsole.core.reply import Reply
from cmconsole.core.replying import Case
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Kind, Lane, Priority, Verdict

NOW = 1_800_000_000_000
UNTIL = NOW + 10_000
POLICY = SlaPolicy()


def talk(last_mention: int = 5) -> Conversation:
    """Return an open conversation whose newest mention has this id."""
    mention = Mention("mastodon", "m1", Author("mastodon", "ada@piaille.fr"), "Alors ?", NOW, thread="m1")
    verdict = Verdict(Lane.COMPLAINTS, Priority.MEDIUM, Kind.COMPLAINT)
    return placing.opened(
        placing.Arrival(mention, verdict, mention_id=last_mention, author_id=1), POLICY, conversation_id=7
    )


def reply(number: int = 1, writer: str = "Alice", **more: object) -> Reply:
    """Return a draft of the writer's."""
    plain = Reply(
        number, 7, "mastodon", "main", "m1", "Bonjour", writer, NOW, NOW, Mode.LIVE, editor=writer, seen=5,
        key=f"{number:032x}",
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def case(it: Reply | None = None, *others: Reply, conversation: Conversation | None = None) -> Case:
    """Return what a move decides on."""
    return Case(it or reply(), conversation or talk(), others)
