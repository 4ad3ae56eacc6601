"""Candidates that the guards' tests are about: a reply to an ordinary complaint, by a verified account."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.conversation import Conversation
from cmconsole.core.guard import Level
from cmconsole.core.mention import Author, Mention
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.desk.policy import BrandRule, GuardPolicy
from cmconsole.desk.reply.candidate import Candidate
from cmconsole.desk.reply.guards import check
from cmconsole.store.contract import StoredMention
from cmconsole.store.replying import Said
from cmconsole.triage import phrases
from cmconsole.triage.triage import Triage
from tests.unit.desk.parts import NOON, conversation

POST = "Bonjour @acme, ma commande n'est toujours pas arrivée, c'est long"
TEXT = "Bonjour, nous sommes désolés pour ce retard et nous regardons cela tout de suite."


def finder(*words: str) -> re.Pattern[str]:
    return phrases.finder(map(phrases.parsed, words))


POLICY = GuardPolicy(
    banned=(finder("pas cher*"), finder("cheap")),
    rules=(
        BrandRule("no promise of dates", finder("au plus tard", "guarantee*"), Level.CONFIRM, "Say “soon”."),
    ),
    domains=frozenset({"acme.fr", "acme.com"}),
    colleagues=frozenset({"Bruno", "Claire Martin", "Rose"}),
    order_numbers=(re.compile(r"\bAC-\d{6}\b", re.IGNORECASE),),
)
"""A brand's settings, with something in each."""


@cache
def triage() -> Triage:
    return Triage()


def stored(
    key: int = 1, text: str = POST, *, platform: str = "x", at: int = NOON - 30 * MINUTE, **more: Any
) -> StoredMention:
    mention = Mention(platform, f"m{key}", Author(platform, "ada", "Ada", 100), text, at, thread="t1", **more)
    return StoredMention(key, 1, at, mention)


def talk(post: str = POST, *, platform: str = "x", reach: int | None = 100) -> Conversation:
    """Return the conversation of one post, as triage judges it."""
    author = Author(platform, "ada", "Ada", reach)
    verdict = triage().judge(Mention(platform, "m1", author, post, NOON))
    return replace(
        conversation(1),
        platform=platform,
        author=author,
        kind=verdict.kind,
        tone=verdict.tone,
        text=post,
        last_at=NOON - 30 * MINUTE,
    )


def other(status: ReplyStatus, *, writer: str = "Bruno", at: int = NOON - 5 * MINUTE, **more: Any) -> Reply:
    """Return another reply of the same conversation."""
    base = Reply(9, 1, "x", "main", "m1", "Nous regardons.", writer, at, at, status=status, editor=writer)
    return replace(base, **more)


def said(text: str, *, at: int = NOON - HOUR, key: int = 50, thread: str = "elsewhere", **more: Any) -> Said:
    told: dict[str, Any] = {
        "reply_id": key,
        "conversation_id": key,
        "thread": thread,
        "account": "main",
        "platform": "x",
        "canned": "",
        "text": text,
        "at": at,
    }
    return Said(**{**told, **more})


def candidate(
    text: str = TEXT,
    *,
    post: str = POST,
    platform: str = "x",
    mode: Mode = Mode.LIVE,
    reach: int | None = 100,
    reply: dict[str, Any] | None = None,
    **more: Any,
) -> Candidate:
    """Return a reply begun ten minutes ago that nothing speaks against, but for what is given."""
    answered = stored(text=post, platform=platform)
    base = Reply(7, 1, platform, "main", "m1", text, "Alice", NOON - 10 * MINUTE, NOON, mode=mode, seen=1)
    told: dict[str, Any] = {
        "reply": replace(base, **(reply or {})),
        "text": text,
        "parts": (text,),
        "conversation": talk(post, platform=platform, reach=reach),
        "mentions": (answered,),
        "answered": answered,
        "speaker": Speaker("main", platform, "@acme", mode),
        "account": AccountState("main", platform, "@acme", mode.value, Standing.VERIFIED, "acme"),
        "fitting": ("main",),
        "others": (),
        "said": (),
        "most": None,
        "standing": None,
        "person": "Alice",
        "colleagues": (),
        "now": NOON,
    }
    return Candidate(**{**told, **more})


def raised(it: Candidate, policy: GuardPolicy = POLICY) -> dict[str, Level]:
    """Return what the guards say, by name."""
    return {finding.guard: finding.level for finding in check(it, policy)}
