"""`cmconsole ingest`: take in the mentions of one file, or of standard input, once."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options
from cmconsole.cli.running import run
from cmconsole.config.language import _, ngettext

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope
    from cmconsole.engine.intake import Totals

_PAUSE: Final = 0.2
"""Least time in seconds between two words on how far it is."""


@click.command(
    short_help=_("Take in mentions from a file once."),
    help=_(
        "Take in the mentions of FILE, one JSON object a line, or of standard input for “-”.\n\n"
        "Mentions that are in the store already are counted as duplicates, so doing it again is safe. "
        "The last line printed is a JSON object: read, new, duplicate, set_aside, seconds."
    ),
)
@click.argument("file", metavar="FILE|-")
@click.option("--platform", default="ndjson", metavar="NAME", help=_("Platform of lines that name none."))
@click.option("--source", default="ingest", metavar="NAME", help=_("Name the source is known by."))
@global_options
@click.pass_obj
def command(scope: Scope, file: str, platform: str, source: str) -> None:
    """Ingest the file and print the totals."""
    from cmconsole import wiring  # noqa: PLC0415 - help does without

    progress = _Progress() if sys.stderr.isatty() else None
    try:
        totals = run(
            wiring.ingest(scope.settings(), file, platform=platform, source=source, progress=progress)
        )
    except KeyboardInterrupt:
        if progress is not None:
            progress.end()
        say(_("Interrupted. What was taken in is kept; do it again to go on."), file=sys.stderr)
        raise
    if progress is not None:
        progress.end()
    if totals.set_aside:
        say(_aside(totals.set_aside), file=sys.stderr)
    say_json(totals)


def _aside(count: int) -> str:
    return ngettext(
        "{count} item could not be read as a mention and was set aside; `cmconsole doctor` says why.",
        "{count} items could not be read as mentions and were set aside; `cmconsole doctor` says why.",
        count,
    ).format(count=count)


class _Progress:
    """One line on standard error, written over again and again."""

    def __init__(self) -> None:
        self._next = 0.0
        self._shown = False

    def __call__(self, totals: Totals) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next, self._shown = now + _PAUSE, True
        words = _("{read} read, {new} new, {set_aside} set aside").format(
            read=totals.read, new=totals.new, set_aside=totals.set_aside
        )
        sys.stderr.write(f"\r{words}\x1b[K")
        sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
