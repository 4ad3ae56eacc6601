"""The guard against copy-paste: how often an account said nearly the same words lately, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core.clock import HOUR
from cmconsole.core.guard import Level
from cmconsole.core.text import fold
from cmconsole.desk.reply.guards.guard import Raised
from cmconsole.triage import near_grams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate

ALIKE: Final = 0.8
"""Share of four-letter runs two texts have in common from which a reader takes them for one: triage's
clusters take .7, but replies of one desk share greeting and farewell."""

REFUSES_SAME: Final = frozenset({"x"})
"""Platforms that refuse the very words an account has just posted (X: 403 "duplicate content")."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """How often these words were said by this account. same: word for word; here: in this very thread."""

    times: int = 0
    same: int = 0
    here: int = 0


def repetition(candidate: Candidate, policy: GuardPolicy) -> Repetition:
    """Return how often the account said nearly these words within the policy's time."""
    since = candidate.now - policy.same_text
    mine = _plain(candidate.parts[0] if candidate.parts else candidate.text)
    signs = near_grams.signs(mine)
    runs = near_grams.grams(signs)
    comparable = near_grams.says_enough(signs, len(runs))
    times = same = here = 0
    threads = {candidate.reply.thread, candidate.conversation.thread} - {""}
    for said in candidate.said:
        if said.account != candidate.reply.account or said.at < since or said.reply_id == candidate.reply.id:
            continue
        theirs = _plain(said.text)
        is_same = theirs == mine
        if is_same or (comparable and _alike(runs, near_grams.signs(theirs))):
            times += 1
            same += is_same
            here += said.thread in threads or said.conversation_id == candidate.conversation.id
    return Repetition(times, same, here)


def same_text(candidate: Candidate, policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where the account has said nearly the same; a canned response elsewhere is only told."""
    found = repetition(candidate, policy)
    if not found.times:
        return
    told = ngettext(
        "the same words once in the last {hours} h",
        "the same words {n} times in the last {hours} h",
        found.times,
    ).format(n=found.times, hours=policy.same_text // HOUR)
    if found.here:
        told += _(", {n} of them in this thread").format(n=found.here)
    refused = found.same and candidate.conversation.platform in REFUSES_SAME
    if refused:
        told = _("{told}; X refuses a post it has just had").format(told=told)
    is_meant = bool(candidate.reply.canned) and not found.here and not refused
    yield Raised(told, Level.TELL if is_meant else None)


def _plain(text: str) -> str:
    """Return the words of a post, without the handles it begins with: those change, and are not said."""
    words = fold(text).split()
    while words and words[0].startswith("@"):
        del words[0]
    return " ".join(words)


def _alike(runs: set[int], signs: bytes) -> bool:
    others = near_grams.grams(signs)
    shared = len(runs & others)
    return shared >= ALIKE * (len(runs) + len(others) - shared) > 0
