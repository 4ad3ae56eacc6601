"""Mentions, verdicts and batches to try a store with."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cmconsole.core import moves
from cmconsole.core.mention import Author, Mention, SetAside
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Kind, Lane, Priority, Reason, Severity, Tone, Verdict
from cmconsole.store.contract import Ingested, Intake, Lease, Move, Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation

NOW = 1_800_000_000_000
POLICY = SlaPolicy()

COMPLAINT = Verdict(
    lane=Lane.COMPLAINTS,
    priority=Priority.HIGH,
    kind=Kind.COMPLAINT,
    severity=Severity.MAJOR,
    tone=Tone.NEGATIVE,
    language="fr",
    complaint=0.7,
    reasons=(
        Reason("reach.tier", (("reach", 1200), ("tier", "low"), ("floor", 0))),
        Reason("cue.complaint", (("cues", "cassé, jamais"), ("score", 0.7))),
        Reason("rule", (("number", 3), ("exact", True))),
    ),
)
PRAISE = Verdict(Lane.OTHERS, Priority.LOW, Kind.PRAISE, tone=Tone.POSITIVE, reasons=(Reason("cue.praise"),))
STAR = Verdict(Lane.INFLUENCERS, Priority.URGENT, Kind.QUESTION, reasons=(Reason("author.verified"),))


def author(handle: str = "ada", **profile: object) -> Author:
    """Return an author of the platform "x"."""
    return replace(Author("x", handle, name=f"{handle.title()} Dupré", reach=1_200), **profile)  # type: ignore[arg-type]


def mention(native_id: str | int, by: str | Author = "ada", *, at: int = NOW, **more: object) -> Mention:
    """Return a mention on the platform "x"."""
    writer = author(by) if isinstance(by, str) else by
    plain = Mention("x", str(native_id), writer, f"Le colis {native_id} n'est pas arrivé", at, source="src")
    return replace(plain, **more)  # type: ignore[arg-type]


def batch(
    *mentions: Mention,
    verdict: Verdict = COMPLAINT,
    set_aside: Sequence[SetAside] = (),
    cursor: str | None = None,
    lease: Lease | None = None,
) -> Intake:
    """Return a batch of the source "src" in which every mention has the same verdict."""
    return Intake("src", "x", [(it, verdict) for it in mentions], set_aside, cursor, lease)


async def take(store: Store, *mentions: Mention, verdict: Verdict = COMPLAINT, now: int = NOW) -> Ingested:
    """Commit mentions as one batch."""
    return await store.ingest(batch(*mentions, verdict=verdict), POLICY, now)


async def only(store: Store, conversation_id: int = 1) -> Conversation:
    """Return a conversation that is there."""
    (found,) = await store.conversations([conversation_id])
    return found


def claim(person: str, now: int = NOW) -> Move:
    return partial(moves.claim, person=person, now=now)


def done(person: str, now: int = NOW) -> Move:
    return partial(moves.done, person=person, now=now)


def silence(person: str, now: int = NOW, reason: str = "troll") -> Move:
    return partial(moves.keep_silence, person=person, now=now, reason=reason)


def snooze(person: str, until: int, now: int = NOW) -> Move:
    return partial(moves.snooze, person=person, now=now, until=until)


def wait(person: str, now: int = NOW) -> Move:
    return partial(moves.wait, person=person, now=now)


def note(text: str) -> Move:
    return partial(moves.note, text=text)
