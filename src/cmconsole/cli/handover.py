"""`cmconsole handover`: the brief for the next person, to read, to pass on, or to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _
from cmconsole.core.clock import HOUR, Millis
from cmconsole.core.shift import Shift

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope
    from cmconsole.desk.context import Desk

LOOK_BACK: Final[Millis] = 8 * HOUR
"""Where no shift was begun the brief tells of the last eight hours: a working day."""


@click.command(
    short_help=_("Write the brief for the next person."),
    help=_(
        "Print the brief of your running shift: what is urgent and high, what you hold, what is snoozed, "
        "what was left without an answer and why, and the notes. Without a running shift it tells of the "
        "last eight hours. With --save it is kept for the next person to accept in the console."
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "json"]),
    default="md",
    show_default=True,
    help=_("Markdown or JSON."),
)
@click.option("--save", is_flag=True, help=_("Keep the brief for the next person."))
@global_options
@click.pass_obj
def command(scope: Scope, form: str, *, save: bool) -> None:
    """Print the brief, and keep it if asked to."""
    run(_handover(scope, form, save=save))


async def _handover(scope: Scope, form: str, *, save: bool) -> None:
    from cmconsole.desk import brief, handover  # noqa: PLC0415 - help does without

    async with at_desk(scope) as desk:
        shift = await _shift(desk, scope.until) or _recent(desk)
        composed = await handover.compose(desk, shift)
        if save:
            await handover.save(desk, brief.markdown(composed))
        if form == "json":
            say_json(brief.to_json(composed))
        else:
            say(brief.markdown(composed).rstrip("\n"))


async def _shift(desk: Desk, until: str) -> Shift | None:
    """Return the person's running shift; begin it, or set its end, where `--until` says when it ends."""
    from cmconsole.desk import shift, when  # noqa: PLC0415 - help does without

    if not desk.person:
        return None
    if until:
        return await shift.start(desk, when.parse(until, desk.now(), desk.zone))
    return await shift.resume(desk)


def _recent(desk: Desk) -> Shift:
    now = desk.now()
    return Shift(id=0, person=desk.person or _("the desk"), started_at=now - LOOK_BACK, ends_at=now)
