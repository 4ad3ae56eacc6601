"""The wall clock, and the time zone people at the desk read it in."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cmconsole.config.language import _
from cmconsole.core.clock import SECOND, Instant, Millis
from cmconsole.core.errors import SettingsError

JITTER: Millis = 10 * SECOND
"""Steps back no larger than this are corrections of the time service, not somebody setting the clock."""

_LOCALTIME = Path("/etc/localtime")


class SystemClock:
    """The system's wall clock in whole milliseconds.

    It stands still while the time service corrects it by a little (up to JITTER), so that nothing seems to
    have happened before its cause; it follows larger steps, for then a person has set the clock right. It is
    not counted from a monotonic clock, which stops while a laptop sleeps: a shift goes on meanwhile.
    """

    def __init__(self) -> None:
        self._last: Instant = 0

    def now(self) -> Instant:
        """Return the present moment."""
        wall = time.time_ns() // 1_000_000
        if not 0 < self._last - wall <= JITTER:
            self._last = wall
        return self._last


def timezone(name: str = "") -> tzinfo:
    """Return the time zone of that IANA name; the system's own for an empty one. Raises SettingsError."""
    if not name:
        return _system_timezone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            _("No time zone is called “{name}”.").format(name=name),
            advice=_("Use a name such as Europe/Paris, or leave it empty for the system's."),
        ) from error


def _system_timezone() -> tzinfo:
    """Return a zone that knows summer time, as far as the system tells which one it is in."""
    try:
        if name := os.environ.get("TZ", "").removeprefix(":"):
            return ZoneInfo(name)
        with _LOCALTIME.open("rb") as rules:
            return ZoneInfo.from_file(rules, key=_name_of(_LOCALTIME.resolve()))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.now(UTC).astimezone().tzinfo or UTC


def _name_of(rules: Path) -> str:
    """Return `Europe/Paris` for `/usr/share/zoneinfo/Europe/Paris`, the bare file name for other places."""
    return str(rules).rpartition("zoneinfo/")[2] or rules.name
