"""What a guard shows of a text: the words that raised it, as they were written; and spans of time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import ngettext
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND
from cmconsole.core.text import fold, one_line
from cmconsole.desk.words import quoted

if TYPE_CHECKING:
    from cmconsole.core.clock import Millis

SHOWN: Final = 60
"""Most characters quoted: enough to find the place, few enough for one line."""


class Folded:
    """A text folded for comparison, which knows where each folded character comes from."""

    __slots__ = ("_places", "text", "written")

    def __init__(self, written: str) -> None:
        self.written = written.replace("’", "'")
        folded = [fold(sign) for sign in self.written]
        self.text = "".join(folded)
        # Where nothing was added or lost, places are the same, and need no list.
        self._places = (
            None
            if len(self.text) == len(self.written) and all(map(len, folded))
            else [place for place, signs in enumerate(folded) for _ in signs]
        )

    def original(self, start: int, end: int) -> str:
        """Return the stretch as it was written; nothing for an empty one."""
        if end <= start:
            return ""
        if self._places is None:
            return self.written[start:end]
        return self.written[self._places[start] : self._places[end - 1] + 1]

    def found(self, match: re.Match[str]) -> str:
        """Return what a pattern found, as it was written, between quotation marks."""
        return quote(self.original(*match.span()))


def quote(text: str) -> str:
    """Return words on one line, not too many of them, between quotation marks."""
    return quoted(one_line(text, SHOWN))


def platform_name(platform: str) -> str:
    """Return a platform's name as people write it: those we can publish on are written so."""
    return platform.capitalize()


def span(length: Millis) -> str:
    """Return a length of time by its largest unit: `8 s`, `12 min`, `3 h`, `2 days`."""
    if length < MINUTE:
        return f"{max(1, round(length / SECOND))} s"
    if length < HOUR:
        return f"{length // MINUTE} min"
    if length < DAY:
        return f"{length // HOUR} h"
    days = length // DAY
    return ngettext("{n} day", "{n} days", days).format(n=days)
