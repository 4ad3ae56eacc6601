"""`cmconsole watch`: what happens, as it happens, in plain lines for a screen reader or a log."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option, lane_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _
from cmconsole.core.errors import StoreBusyError
from cmconsole.core.event import Event, EventKind
from cmconsole.core.verdict import Lane

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope
    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.context import Desk

_UNTOLD: Final = frozenset({EventKind.CONVERSATION_CLUSTERED})
"""What the plain lines leave out; programs that follow the feed get it."""

_POLL: Final = 0.1
"""Seconds between two questions whether anything was committed: each reads one counter."""


@click.command(
    short_help=_("Print what happens as it happens, line by line."),
    help=_(
        "Print a line for every mention that comes in and for everything people do, as it happens, until "
        "interrupted. The lines have no signs and no colours: a screen reader or a log can take them."
    ),
)
@lane_option
@click.option(
    "--after",
    type=click.IntRange(min=0),
    metavar="SEQ",
    help=_("Begin after the event with this number, instead of now; 0 tells everything that is kept."),
)
@json_option
@global_options
@click.pass_obj
def command(scope: Scope, lane: str | None, after: int | None, *, as_json: bool) -> None:
    """Follow the change feed."""
    run(_follow(scope, Lane(lane) if lane else None, after, as_json=as_json))


async def _follow(scope: Scope, lane: Lane | None, after: int | None, *, as_json: bool) -> None:
    async with at_desk(scope) as desk:
        seen = await desk.store.last_seq() if after is None else after
        while True:
            try:
                events = await desk.store.events(seen)
                seen = await _print(desk, events, lane, as_json=as_json) or seen
            except StoreBusyError:
                # Nothing is missed: the same events are asked for again.
                events = []
            if not events:
                await asyncio.sleep(_POLL)


async def _print(desk: Desk, events: list[Event], lane: Lane | None, *, as_json: bool) -> int:
    """Print events and return the last one's seq; those of erased conversations have only their fact left."""
    ids = dict.fromkeys(event.conversation_id for event in events if event.conversation_id is not None)
    found = {conversation.id: conversation for conversation in await desk.store.conversations(list(ids))}
    alike = await _alike(desk, found)
    for event in events:
        conversation = found.get(event.conversation_id or 0)
        if lane is not None and (conversation is None or conversation.lane is not lane):
            continue
        number = alike.get(event.conversation_id or 0, 1)
        if as_json:
            say_json(_record(desk, event, conversation, number))
        elif _is_told(event):
            say(_line(desk, event, conversation, number))
        sys.stdout.flush()
    return events[-1].seq if events else 0


async def _alike(desk: Desk, found: dict[int, Conversation]) -> dict[int, int]:
    from cmconsole.desk import clusters  # noqa: PLC0415 - help does without

    return await clusters.sizes(desk, found.values())


def _is_told(event: Event) -> bool:
    """Say whether a person wants to hear of it: what was judged anew is news where it moved."""
    if event.kind is EventKind.CONVERSATION_REJUDGED:
        return bool(event.data)
    return event.kind not in _UNTOLD


def _record(desk: Desk, event: Event, conversation: Conversation | None, alike: int) -> dict[str, object]:
    from cmconsole.desk import queue, when  # noqa: PLC0415 - help does without

    return {
        "seq": event.seq,
        "at": when.iso(event.at),
        "event": event.kind.value,
        "person": event.person or None,
        "data": dict(event.data),
        "conversation": None if conversation is None else queue.record(conversation, desk.now(), alike),
    }


def _line(desk: Desk, event: Event, conversation: Conversation | None, alike: int) -> str:
    from cmconsole.desk import queue, when  # noqa: PLC0415 - help does without
    from cmconsole.desk.explain import deed_told  # noqa: PLC0415 - the same

    now = desk.now()
    time = when.shown(event.at, now, desk.zone)
    if event.kind is EventKind.MENTION_TAKEN and conversation is not None:
        return f"{time} {queue.line(conversation, now, alike)}"
    told = deed_told(event, now, desk.zone)
    who = f"{event.person}: " if event.person else ""
    if conversation is None:
        return f"{time} {who}{told}"
    about = _("conversation {id} of {handle}").format(id=conversation.id, handle=conversation.author.handle)
    return f"{time} {who}{told} ({about})"
