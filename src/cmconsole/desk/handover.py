"""Handover: read the brief of a shift, keep it as text, and let the next person accept it by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.errors import IllegalMoveError, InputError, NotFoundError
from cmconsole.core.event import EventKind
from cmconsole.core.source import Health
from cmconsole.core.text import fold, one_line, visible
from cmconsole.core.verdict import Lane, Priority
from cmconsole.desk import clusters
from cmconsole.desk.reply import news
from cmconsole.desk.rows import queue_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Event
    from cmconsole.core.shift import Handover, Shift
    from cmconsole.core.source import SourceState
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.news import ReplyNews
    from cmconsole.store.contract import LaneCount

SECTION = 50
"""Most conversations a section lists; it says how many more there are. A brief is to be read in minutes."""

READ = 200
"""Most rows read for a section: beyond, it says "at least"."""

TEXT_LIMIT = 200_000
"""Most characters kept of a brief as its writer edited it."""

_PRESSING = frozenset({Priority.URGENT, Priority.HIGH})
_TROUBLE = frozenset({Health.RETRYING, Health.REFUSED})


@dataclass(frozen=True, slots=True)
class Section:
    """Conversations of one sort. `more` are not listed; `at_least`: there may be more, uncounted."""

    items: tuple[Conversation, ...]
    more: int = 0
    at_least: bool = False

    @property
    def count(self) -> int:
        """How many there are, as far as they were counted."""
        return len(self.items) + self.more


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the shift. conversation is None when it is no longer there."""

    at: Instant
    person: str
    text: str
    conversation: Conversation | None


@dataclass(frozen=True, slots=True)
class Brief:
    """What the next person needs to know, read at `at`.

    pressing: open, urgent and high, of a cluster the leading one. mine: held by the outgoing person. snoozed:
    by wake time. silences, wins, done, corrected (by hand, against triage's word), replies: since the shift
    began. sources: those in trouble or paused at the desk. alike: how many say nearly the same as a listed
    one, by id.
    """

    shift: Shift
    at: Instant
    zone: tzinfo
    pressing: Section
    mine: Section
    snoozed: Section
    silences: Section
    wins: Section
    done: Section
    corrected: Section
    notes: tuple[Note, ...]
    sources: tuple[SourceState, ...]
    replies: ReplyNews
    lanes: Mapping[Lane, LaneCount]
    statuses: Mapping[Status, int]
    alike: Mapping[int, int]


async def compose(desk: Desk, shift: Shift | None = None) -> Brief:
    """Read the brief of a shift (this console's when none is given); raises NotFoundError when there is none.

    Every read is bounded: ten thousand open conversations cost no more than a few hundred.
    """
    told, now, store = shift or await _own_shift(desk), desk.now(), desk.store
    pressing = await _pressing(desk)
    mine = _section(await store.claimed_by(told.person, now))
    return Brief(
        shift=told,
        at=now,
        zone=desk.zone,
        pressing=pressing,
        mine=mine,
        snoozed=_section(await store.in_status(Status.SNOOZED, READ)),
        silences=_section(await store.decisions(told.started_at, Outcome.SILENCE, READ)),
        wins=_section(await store.decisions(told.started_at, Outcome.WIN, READ)),
        done=_section(await store.decisions(told.started_at, Outcome.DONE, READ)),
        corrected=await _corrected(desk, told),
        notes=await _notes(desk, told),
        sources=tuple(it for it in await store.source_states() if it.health in _TROUBLE or it.paused_by),
        replies=await news.since(desk, told.started_at),
        lanes=await store.lane_counts(now),
        statuses=await store.status_counts(),
        alike=await clusters.sizes(desk, {it.id: it for it in (*pressing.items, *mine.items)}.values()),
    )


async def save(desk: Desk, text: str) -> Handover:
    """Keep the brief as its writer edited it, again as often as they like until it is accepted.

    Raises ReadOnlyError once it was, InputError where it is empty or no shift was begun.
    """
    await desk.check_may_act()
    kept = visible(text[:TEXT_LIMIT]).strip()
    if not kept:
        raise InputError(_("The brief is empty."), advice=_("Write at least one line for the next person."))
    return await desk.store.save_handover((await _own_shift(desk)).id, kept, desk.now())


async def accept(desk: Desk, handover_id: int, by: str) -> Handover:
    """Accept a handover by name: the outgoing person's claims move to `by`, and their consoles are read-only.

    Raises InputError without a name, NotFoundError, IllegalMoveError when it was accepted already or `by` is
    the outgoing person.
    """
    name = one_line(by)
    if not name:
        raise InputError(_("Nobody is named."), advice=_("Give the name of who takes over."))
    offered = next((one for one in await desk.store.handovers(READ) if one.id == handover_id), None)
    if offered is not None and fold(offered.outgoing) == fold(name):
        raise IllegalMoveError(
            _("{person} cannot accept their own handover.").format(person=name),
            advice=_("The next person accepts it, by name."),
        )
    return await desk.store.accept_handover(handover_id, name, desk.now(), desk.hold)


async def saved(desk: Desk) -> Handover | None:
    """Return the brief kept for this console's shift, if there is one."""
    return next((one for one in await desk.store.handovers() if one.shift_id == desk.shift_id), None)


async def unaccepted(desk: Desk) -> list[Handover]:
    """Return the newest handovers of others that wait to be accepted, newest first."""
    return [
        one
        for one in await desk.store.handovers()
        if not one.accepted_by and fold(one.outgoing) != fold(desk.person)
    ]


async def _own_shift(desk: Desk) -> Shift:
    if desk.shift_id is None:
        raise NotFoundError(
            _("No shift was begun here."), advice=_("Begin one first: --as NAME --until 18:00.")
        )
    return await desk.store.shift(desk.shift_id)


async def _pressing(desk: Desk) -> Section:
    """Return what is open, urgent and high in any lane, in queue order."""
    found: list[Conversation] = []
    cut = False
    for lane in Lane:
        rows = await desk.store.lane(lane, READ)
        pressing = [conversation for conversation in rows if conversation.priority in _PRESSING]
        cut = cut or len(pressing) == READ
        found += pressing
    found.sort(key=queue_key)
    return Section(tuple(found[:SECTION]), max(0, len(found) - SECTION), cut)


def _section(rows: Sequence[Conversation]) -> Section:
    return Section(tuple(rows[:SECTION]), max(0, len(rows) - SECTION), len(rows) == READ)


async def _corrected(desk: Desk, shift: Shift) -> Section:
    """Return what anybody corrected since the shift began and did not take back, the latest last."""
    events = await desk.store.events(
        0, READ, kinds=[EventKind.CONVERSATION_CORRECTED], since=shift.started_at
    )
    standing: dict[int, None] = {}
    for event in events:
        if event.conversation_id is not None:
            standing.pop(event.conversation_id, None)
            if not event.data.get("taken_back"):
                standing[event.conversation_id] = None
    rows = await desk.store.conversations(list(standing))
    return Section(tuple(rows[:SECTION]), max(0, len(rows) - SECTION), len(events) == READ)


async def _notes(desk: Desk, shift: Shift) -> tuple[Note, ...]:
    """Return the notes written since the shift began, by anybody, oldest first."""
    events = await desk.store.events(0, READ, kinds=[EventKind.NOTE_ADDED], since=shift.started_at)
    ids = [event.conversation_id for event in events if event.conversation_id is not None]
    about = {one.id: one for one in await desk.store.conversations(list(dict.fromkeys(ids)))}
    return tuple(_note(event, about) for event in events)


def _note(event: Event, about: Mapping[int, Conversation]) -> Note:
    conversation = None if event.conversation_id is None else about.get(event.conversation_id)
    return Note(event.at, event.person, str(event.data.get("text", "")), conversation)
