"""Parameters that several commands share: the global options, lanes, clock times."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cmconsole.cli.scope import Scope
from cmconsole.config.language import _
from cmconsole.core.conversation import Status
from cmconsole.core.text import one_line
from cmconsole.core.verdict import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

_Decorated = TypeVar("_Decorated", bound="Callable[..., Any] | click.Command")

_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])(?:[:hH]([0-5]\d)?)?")


class ClockTime(click.ParamType[str]):
    """A time of day: `18:00`, `18h`, `18h30`, `18`; becomes `18:00`."""

    name = "HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = _CLOCK.fullmatch(str(value).strip())
        if found is None:
            self.fail(
                _("{value} is no time of day; write it as 18:00.").format(value=one_line(str(value))),
                param,
                ctx,
            )
        return f"{int(found[1]):02}:{found[2] or '00'}"


class PersonName(click.ParamType[str]):
    """A name to be recorded: one line, not empty."""

    name = "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        name = one_line(str(value))
        if not name:
            self.fail(_("a name is needed."), param, ctx)
        return name


def _keep(attribute: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """Return a callback that keeps an option in the scope; not given here leaves what was said before."""

    def kept(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        scope = context.ensure_object(Scope)
        if value is not None:
            setattr(scope, attribute, value)

    return kept


def global_options(command: _Decorated) -> _Decorated:
    """Add the options that may stand before or after the name of a command; the last one said counts."""
    path = click.Path(path_type=Path)
    for name, kind, attribute, help_text in (
        ("--until", ClockTime(), "until", _("When your shift ends (18:00).")),
        ("--as", PersonName(), "person", _("Your name, as colleagues see it.")),
        ("--config", path, "config", _("Settings file to read instead of the usual one.")),
        ("--db", path, "db", _("Store to use instead of the usual one.")),
    ):
        command = click.option(
            name,
            f"global_{attribute}",
            type=kind,
            metavar={"db": "PATH", "config": "FILE", "person": "NAME", "until": "HH:MM"}[attribute],
            callback=_keep(attribute),
            expose_value=False,
            envvar="CMCONSOLE_CONFIG" if attribute == "config" else None,
            help=help_text,
        )(command)
    return command


lane_option = click.option(
    "--lane",
    type=click.Choice([lane.value for lane in Lane]),
    help=_("Only this lane."),
)

json_option = click.option("--json", "as_json", is_flag=True, help=_("Print JSON, for programs."))

status_option = click.option(
    "--status",
    type=click.Choice([status.value for status in Status]),
    default=Status.OPEN.value,
    show_default=True,
    help=_("Only conversations of this status."),
)
