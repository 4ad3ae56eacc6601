"""The last line of defence: whatever a widget drew, nothing that steers a terminal leaves for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

from cmconsole.core.text import link
from cmconsole.tui.ascii import to_ascii

if TYPE_CHECKING:
    from textual.color import Color

_STEERING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
    "|[\ud800-\udfff]"
)
"""C0, DEL, C1, zero-width and bidi controls, separators, tags; lone surrogates, which nothing encodes."""

_PLAIN: Final = Style.from_color(RichColor.default(), RichColor.default())


def _harmless(match: re.Match[str]) -> str:
    # Rich counts a lone surrogate as one cell: it leaves one behind, or all that follows would shift.
    return "\N{REPLACEMENT CHARACTER}" if "\ud800" <= match.group() <= "\udfff" else ""


def harmless(text: str) -> str:
    """Return the text without any character that could steer a terminal."""
    return text if text.isascii() and text.isprintable() else _STEERING.sub(_harmless, text)


class LastFilter(LineFilter):
    """Applied to every line of every widget, after all else was drawn (`ConsoleApp.get_line_filters`).

    Links survive only as plain http, https and mailto addresses. colour: False removes every colour
    (NO_COLOR); bold, underline and reverse stay. ascii: True leaves nothing but ASCII, in the same cells.
    """

    def __init__(self, *, colour: bool = True, ascii_only: bool = False) -> None:
        super().__init__()
        self._colour = colour
        self._ascii = ascii_only

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """Return the segments as they may be written."""
        if self._colour and not self._ascii and _untouched(segments):
            return segments
        return [self._clean(segment) for segment in segments]

    def _clean(self, segment: Segment) -> Segment:
        text, style, control = segment
        if control:
            return Segment("", style)
        text = harmless(text)
        if self._ascii:
            text = to_ascii(text)
        if style is not None:
            if style.link and link(style.link) != style.link:
                style = style.update_link(None)
            if not self._colour:
                style += _PLAIN
        return Segment(text, style)


def _untouched(segments: list[Segment]) -> bool:
    """Say whether there is nothing to clean: the case of nearly every line."""
    for text, style, control in segments:
        if control or (style is not None and style._link is not None):  # noqa: SLF001 - the property costs a call
            return False
        if not (text.isascii() and text.isprintable()) and _STEERING.search(text):
            return False
    return True
