"""`cmconsole audit`: the append-only trail of everything that was, or was to be, published."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _
from cmconsole.core.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import tzinfo

    from cmconsole.cli.scope import Scope
    from cmconsole.core.clock import Instant
    from cmconsole.desk.context import Desk
    from cmconsole.store.replying import Audit

_PAGE: Final = 500
_POLL: Final = 0.2
"""Seconds between two looks for new lines."""


@click.command(
    short_help=_("Print the trail of everything that was published."),
    help=_(
        "Print the audit trail, a line a step: when, who, what, as which account, written and approved by "
        "whom, the text's hash and the platform's id. It is only ever added to; it holds no word of a text. "
        "This command only reads."
    ),
)
@click.option("--reply", "reply_id", type=click.IntRange(min=1), metavar="ID", help=_("Only this reply."))
@click.option(
    "--conversation",
    "conversation_id",
    type=click.IntRange(min=1),
    metavar="ID",
    help=_("Only this conversation."),
)
@click.option("--since", metavar="TIME", help=_("Only from then on: 2h, 3d, 14:00, yesterday, 2026-03-02."))
@click.option("--follow", is_flag=True, help=_("Go on printing what is added, until interrupted."))
@json_option
@global_options
@click.pass_obj
def command(
    scope: Scope,
    reply_id: int | None,
    conversation_id: int | None,
    since: str | None,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Print the trail."""
    run(_audit(scope, reply_id, conversation_id, since, follow=follow, as_json=as_json))


async def _audit(
    scope: Scope,
    reply_id: int | None,
    conversation_id: int | None,
    since: str | None,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    from cmconsole.desk import when  # noqa: PLC0415 - help does without

    async with at_desk(scope) as desk:
        begin = None if since is None else when.past(since, desk.now(), desk.zone)
        count = 0
        async for line in _lines(desk, reply_id, conversation_id, begin, follow=follow):
            count += 1
            if as_json:
                say_json(record(line))
            else:
                say(told(line, desk.zone))
            if follow:
                sys.stdout.flush()
        if not count and not as_json:
            say(_("There is nothing in the trail."))


async def _lines(
    desk: Desk,
    reply_id: int | None,
    conversation_id: int | None,
    since: Instant | None,
    *,
    follow: bool,
) -> AsyncIterator[Audit]:
    """Yield the lines of the trail, page by page; follow: and what is added, for ever."""
    seen = 0
    while True:
        try:
            page = await desk.store.audit(
                seen, _PAGE, reply_id=reply_id, conversation_id=conversation_id, since=since
            )
        except StoreBusyError:
            if not follow:
                raise
            page = ()
        for line in page:
            yield line
            seen = line.seq
        if len(page) == _PAGE:
            continue
        if not follow:
            return
        await asyncio.sleep(_POLL)


def record(line: Audit) -> dict[str, object]:
    """Return a line exactly as the store holds it; moments are milliseconds since 1970."""
    return {
        "seq": line.seq,
        "at": line.at,
        "kind": line.kind,
        "reply": line.reply_id,
        "conversation": line.conversation_id,
        "person": line.person,
        "data": dict(line.data),
    }


def told(line: Audit, zone: tzinfo) -> str:
    """Return a line in words."""
    from cmconsole.desk import when  # noqa: PLC0415 - help does without

    time = when.local(line.at, zone).strftime("%Y-%m-%d %H:%M:%S")
    return _("{time}  {person}: {step} ({facts})").format(
        time=time, person=line.person or "cmconsole", step=_step(line, zone), facts=", ".join(_facts(line))
    )


def _step(line: Audit, zone: tzinfo) -> str:
    from cmconsole.core.event import Event, EventKind  # noqa: PLC0415 - help does without
    from cmconsole.desk.explain import deed_told  # noqa: PLC0415 - the same

    try:
        kind = EventKind(line.kind)
    except ValueError:
        # Written by a newer program.
        return line.kind
    event = Event(line.seq, line.at, kind, line.conversation_id, line.person, line.data)
    return deed_told(event, line.at, zone)


def _facts(line: Audit) -> Iterator[str]:
    """Yield what is told of a step beside what happened."""
    data = line.data
    mode = {"live": _("LIVE"), "rehearsal": _("REHEARSAL")}.get(str(data.get("mode")), "")
    yield _("reply {id}").format(id=line.reply_id)
    yield _("conversation {id}").format(id=line.conversation_id)
    yield _("as {account} on {platform}").format(
        account=data.get("account") or "–", platform=data.get("platform") or "–"
    )
    yield from (mode,) if mode else ()
    for key, words in (
        ("writer", _("written by {value}")),
        ("approver", _("approved by {value}")),
        ("attempt", _("attempt {value}")),
        ("look", _("look-up {value}")),
        ("native_id", _("platform id {value}")),
        ("hash", _("text {value}")),
    ):
        if (value := data.get(key)) is not None:
            yield words.format(value=value)
