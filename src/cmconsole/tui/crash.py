"""The report of a failure inside the program: where it happened, and nothing of what people wrote."""

from __future__ import annotations

import os
import platform
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import cmconsole
from cmconsole.config.paths import PRIVATE_FILE, make_private_dir
from cmconsole.config.quiet import without

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINKS_LIMIT: Final = 10
"""Most exceptions told of one chain of causes."""

_FRAMES_LIMIT: Final = 40
"""Most frames told of one exception: the innermost."""


def write_report(error: BaseException, folder: Path, *, at: datetime | None = None) -> Path:
    """Write a report of `error` that only its owner can read, and return its path. Raises OSError.

    It holds versions, the kind of terminal, and for each exception in the chain its type and frames. Messages
    and local variables stay out: they may hold words of mentions, names or secrets.
    """
    moment = at or datetime.now(UTC)
    make_private_dir(folder)
    path = folder / f"crash-{moment:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="utf-8") as report:
        report.write(without("\n".join(_lines(error, moment))) + "\n")
    return path


def _lines(error: BaseException, moment: datetime) -> Iterator[str]:
    yield f"cmconsole {cmconsole.__version__}, {moment:%Y-%m-%d %H:%M:%S} UTC"
    yield f"Python {platform.python_version()}, textual {version('textual')}"
    yield f"{platform.system()} {platform.machine()}"
    names = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL")
    yield ", ".join(f"{name}={os.environ[name]!r}" for name in names if name in os.environ)
    yield ""
    yield "Messages and variables are left out on purpose: they may hold what people wrote."
    for link, (relation, exception) in enumerate(_chain(error)):
        if link >= _LINKS_LIMIT:
            break
        yield ""
        yield f"{relation}{type(exception).__module__}.{type(exception).__qualname__}"
        for frame in traceback.extract_tb(exception.__traceback__)[-_FRAMES_LIMIT:]:
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
            if frame.line:
                yield f"    {frame.line}"


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """Yield the exception, those it holds, what caused each, and so on; none twice."""
    seen: set[int] = set()
    waiting: list[tuple[str, BaseException]] = [("", error)]
    while waiting:
        relation, exception = waiting.pop(0)
        if id(exception) in seen:
            continue
        seen.add(id(exception))
        yield relation, exception
        if isinstance(exception, BaseExceptionGroup):
            waiting += [("holding ", held) for held in exception.exceptions]
        if exception.__cause__ is not None:
            waiting.append(("caused by ", exception.__cause__))
        elif exception.__context__ is not None and not exception.__suppress_context__:
            waiting.append(("while handling ", exception.__context__))
