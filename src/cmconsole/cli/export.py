"""`cmconsole export`: every conversation as JSON, one a line."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options
from cmconsole.cli.running import reading, run
from cmconsole.config.language import _, ngettext
from cmconsole.config.paths import PRIVATE_FILE
from cmconsole.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.cli.scope import Scope


@click.command(
    short_help=_("Write everything in the store as JSON."),
    help=_(
        "Write every conversation with its author, messages and history to FILE, one JSON object a line; "
        "to standard output without FILE. FILE is private to you, and replaced only when all is written."
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@global_options
@click.pass_obj
def command(scope: Scope, file: Path) -> None:
    """Export the store."""
    if str(file) == "-":
        run(_export(scope, sys.stdout))
        return
    with _replacing(file) as opened:
        count = run(_export(scope, opened))
    words = ngettext(
        "{count} conversation written to {file}.", "{count} conversations written to {file}.", count
    )
    say(words.format(count=count, file=file), file=sys.stderr)


async def _export(scope: Scope, file: IO[str]) -> int:
    count = 0
    async with reading(scope) as store:
        async for record in store.export():
            say_json(record, file=file)
            count += 1
    return count


@contextmanager
def _replacing(file: Path) -> Iterator[IO[str]]:
    """Open a private file beside `file`, and put it in its place at the end. Raises InputError."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                yield opened
            unfinished.replace(file)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            _("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror),
            advice=_("Choose another place."),
        ) from error
