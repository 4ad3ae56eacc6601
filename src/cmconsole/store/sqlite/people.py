"""People at the desk: who is there, their shifts, and the handover from one to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmconsole.core.claim import Claim
from cmconsole.core.clock import HOUR, Instant, Millis
from cmconsole.core.errors import N_, IllegalMoveError, NotFoundError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.moves import Change
from cmconsole.core.shift import Handover, Shift
from cmconsole.store.contract import Presence
from cmconsole.store.sqlite import conversations, events

if TYPE_CHECKING:
    from cmconsole.core.conversation import Conversation
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Row, Writer

_AFTERGLOW: Millis = 12 * HOUR
"""How long after its planned end a shift that nobody took over still counts as running."""

_SHIFT = "SELECT id, person, started_at, ends_at, handed_over_at FROM shift"
_RUNNING = (
    f"{_SHIFT} WHERE person = ? AND handed_over_at IS NULL AND ends_at > ? ORDER BY ends_at DESC LIMIT 1"
)
_HANDOVER = "SELECT id, shift_id, outgoing, brief, saved_at, accepted_by, accepted_at FROM handover"
_SAVE = """
INSERT INTO handover (shift_id, outgoing, brief, saved_at, accepted_by) VALUES (?1, ?2, ?3, ?4, '')
ON CONFLICT (shift_id) DO UPDATE SET brief = ?3, saved_at = ?4 WHERE accepted_by = ''
RETURNING id, shift_id, outgoing, brief, saved_at, accepted_by, accepted_at
"""
_HELD = "SELECT id FROM conversation WHERE claim_person = ? AND claim_until > ?"


def beat(writer: Writer, presence: Presence) -> None:
    """See DeskStore.beat."""
    row = (presence.console, presence.person, presence.seen_at, presence.shift_id)
    writer.rows("INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?)", row)


def leave(writer: Writer, console: str) -> None:
    """See DeskStore.leave."""
    writer.rows("DELETE FROM presence WHERE console = ?", (console,))


async def presences(database: Database, since: Instant) -> list[Presence]:
    """See DeskStore.presences."""
    sql = (
        "SELECT console, person, seen_at, shift_id FROM presence WHERE seen_at >= ? ORDER BY person, console"
    )
    return [Presence(*row) for row in await database.rows(sql, (since,))]


async def running_shift(database: Database, person: str, now: Instant) -> Shift | None:
    """See DeskStore.running_shift."""
    found = await database.rows(_RUNNING, (person, now - _AFTERGLOW))
    return Shift(*found[0]) if found else None


def start_shift(writer: Writer, person: str, now: Instant, ends_at: Instant) -> Shift:
    """See DeskStore.start_shift."""
    running = writer.rows(_RUNNING, (person, now - _AFTERGLOW))
    if not running:
        sql = "INSERT INTO shift (person, started_at, ends_at) VALUES (?, ?, ?) RETURNING id"
        ((number,),) = writer.rows(sql, (person, now, ends_at))
        shift = Shift(number, person, now, ends_at)
        _tell(writer, EventKind.SHIFT_STARTED, shift, person=person, now=now)
        return shift
    shift = replace(Shift(*running[0]), ends_at=ends_at)
    if running[0][3] != ends_at:
        writer.rows("UPDATE shift SET ends_at = ? WHERE id = ?", (ends_at, shift.id))
        _tell(writer, EventKind.SHIFT_EXTENDED, shift, person=person, now=now)
    return shift


def _tell(writer: Writer, kind: EventKind, shift: Shift, *, person: str, now: Instant) -> None:
    fact = Fact(kind, {"shift": shift.id, "ends_at": shift.ends_at})
    events.tell(writer, [(None, fact)], person=person, now=now)


async def shift(database: Database, shift_id: int) -> Shift:
    """See DeskStore.shift."""
    return _shift(await database.rows(f"{_SHIFT} WHERE id = ?", (shift_id,)), shift_id)


def _shift(found: list[Row], shift_id: int) -> Shift:
    if not found:
        raise NotFoundError(N_("Shift {number} is not in the store (any more)."), number=shift_id)
    return Shift(*found[0])


def save_handover(writer: Writer, shift_id: int, brief: str, now: Instant) -> Handover:
    """See DeskStore.save_handover."""
    running = _shift(writer.rows(f"{_SHIFT} WHERE id = ?", (shift_id,)), shift_id)
    found = writer.rows(_SAVE, (shift_id, running.person, brief, now))
    if not found:
        raise IllegalMoveError(N_("This handover was accepted: its brief stays as it is."))
    handover = Handover(*found[0])
    fact = Fact(EventKind.HANDOVER_SAVED, {"handover": handover.id, "shift": shift_id})
    events.tell(writer, [(None, fact)], person=running.person, now=now)
    return handover


def accept_handover(writer: Writer, handover_id: int, by: str, now: Instant, hold: Millis) -> Handover:
    """See DeskStore.accept_handover."""
    found = writer.rows(f"{_HANDOVER} WHERE id = ?", (handover_id,))
    if not found:
        raise NotFoundError(N_("Handover {number} is not in the store (any more)."), number=handover_id)
    handover = Handover(*found[0])
    _check_acceptable(handover, by)
    writer.rows("UPDATE handover SET accepted_by = ?, accepted_at = ? WHERE id = ?", (by, now, handover_id))
    writer.rows("UPDATE shift SET handed_over_at = ? WHERE id = ?", (now, handover.shift_id))
    moved = _move_claims(writer, handover.outgoing, by, now, hold)
    facts = (
        Fact(
            EventKind.HANDOVER_ACCEPTED,
            {"handover": handover_id, "from": handover.outgoing, "claims": moved},
        ),
        Fact(EventKind.SHIFT_ENDED, {"shift": handover.shift_id}),
    )
    events.tell(writer, [(None, fact) for fact in facts], person=by, now=now)
    return replace(handover, accepted_by=by, accepted_at=now)


def _check_acceptable(handover: Handover, by: str) -> None:
    if handover.accepted_by:
        raise IllegalMoveError(
            N_("{person} has accepted this handover already."), person=handover.accepted_by
        )
    if by == handover.outgoing:
        raise IllegalMoveError(
            N_("Nobody hands over to themselves."), advice=N_("The next person accepts it by their name.")
        )


def _move_claims(writer: Writer, outgoing: str, by: str, now: Instant, hold: Millis) -> int:
    """Give what the outgoing person still holds to the next one; expired claims are nobody's and stay so."""

    def taken_over(conversation: Conversation) -> Change:
        fact = Fact(EventKind.CONVERSATION_CLAIMED, {"until": now + hold, "from": outgoing})
        return Change(replace(conversation, claim=Claim(by, now + hold)), (fact,))

    held = conversations.load(writer, [it for (it,) in writer.rows(_HELD, (outgoing, now))])
    return len(conversations.apply(writer, held.values(), taken_over, person=by, now=now))


async def handovers(database: Database, limit: int) -> list[Handover]:
    """See DeskStore.handovers."""
    return [
        Handover(*row)
        for row in await database.rows(f"{_HANDOVER} ORDER BY saved_at DESC, id DESC LIMIT ?", (limit,))
    ]
