"""`cmconsole queue`: conversations in the order of their lanes, as lines of words or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option, lane_option, status_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _
from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.verdict import Lane

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cmconsole.cli.scope import Scope
    from cmconsole.store.contract import DeskStore

_PAGE: Final = 500
_MOST: Final = 10_000
"""Most conversations listed of a status other than open, unless --limit says more."""


@click.command(
    short_help=_("List conversations in the order of the lanes."),
    help=_(
        "List conversations lane by lane (influencers, complaints, others), the most pressing first. "
        "Of open ones that say nearly the same only the leading one is listed, with their number. "
        "Snoozed ones are listed by wake-up time, pending and resolved ones newest first."
    ),
)
@lane_option
@status_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help=_("At most so many, of each lane."))
@json_option
@global_options
@click.pass_obj
def command(scope: Scope, lane: str | None, status: str, limit: int | None, *, as_json: bool) -> None:
    """Print the queue."""
    lanes = [Lane(lane)] if lane else list(Lane)
    printed = run(_list(scope, lanes, Status(status), limit, as_json=as_json))
    if not printed and not as_json:
        say(_("Nothing waits.") if status == Status.OPEN else _("There is none."))


async def _list(scope: Scope, lanes: list[Lane], status: Status, limit: int | None, *, as_json: bool) -> int:
    from cmconsole.desk import clusters  # noqa: PLC0415 - help does without
    from cmconsole.desk.queue import line, record  # noqa: PLC0415 - the same

    count = 0
    async with at_desk(scope) as desk:
        async for page in _chosen(desk.store, lanes, status, limit):
            alike = await clusters.sizes(desk, page)
            for conversation in page:
                if as_json:
                    say_json(record(conversation, desk.now(), alike.get(conversation.id, 1)))
                else:
                    say(line(conversation, desk.now(), alike.get(conversation.id, 1)))
            count += len(page)
    return count


async def _chosen(
    store: DeskStore, lanes: list[Lane], status: Status, limit: int | None
) -> AsyncIterator[list[Conversation]]:
    if status is Status.OPEN:
        for lane in lanes:
            async for page in _open(store, lane, limit):
                yield page
        return
    left, chosen = dict.fromkeys(lanes, limit or _MOST), []
    for conversation in await store.in_status(status, max(limit or 0, _MOST)):
        if left.get(conversation.lane, 0) > 0:
            left[conversation.lane] -= 1
            chosen.append(conversation)
    yield chosen


async def _open(store: DeskStore, lane: Lane, limit: int | None) -> AsyncIterator[list[Conversation]]:
    """Read a lane page by page: a million rows are never in memory, and no read holds the log for long."""
    last, left = None, limit
    while left is None or left > 0:
        size = _PAGE if left is None else min(_PAGE, left)
        page = await store.lane(lane, size, after=last)
        yield page
        if len(page) < size:
            return
        last, left = page[-1], None if left is None else left - size
