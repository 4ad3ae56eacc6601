"""From meaning to style: the theme in use, on the terminal in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cmconsole.tui.present.line import fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.theme import Theme as TextualTheme

    from cmconsole.tui.present.line import Span
    from cmconsole.tui.themes import Theme

_BOLD: Final = Style(bold=True)
_REVERSE: Final = Style(reverse=True, bold=True)

_MADE_OF: Final[Mapping[str, tuple[str, bool]]] = {
    "strong": ("text", True),
    "key": ("accent", True),
    "mark": ("accent", True),
    "overdue": ("overdue", True),
    "urgent": ("urgent", True),
    "p1": ("urgent", True),
    "p2": ("text", True),
    "p3": ("text", False),
    "p4": ("quiet", False),
    "rehearsal": ("rehearsal", True),
    "live": ("live_text", True),
    "note": ("surface", True),
}
"""Meanings that are a word of the theme with a weight: (word, bold). All others are words of the theme."""

_FILLED: Final[Mapping[str, str]] = {"live": "live", "note": "urgent"}
"""Meanings that bring their own ground, by the word of the theme it has: what leaves, and what never may."""


class Palette:
    """Styles by meaning and ground (names of `tui.themes`); every style is made once.

    sixteen: the terminal has 16 colours. colour: False for NO_COLOR; then weight and signs alone tell.
    """

    def __init__(self, theme: Theme, *, sixteen: bool = False, colour: bool = True) -> None:
        self.theme = theme
        self.colours = theme.sixteen if sixteen else theme.colours
        self._colour = colour
        self._styles: dict[tuple[str, str], Style] = {}

    def style(self, meaning: str, ground: str = "surface") -> Style:
        """Return how something of that meaning looks on that ground."""
        key = (meaning, ground)
        found = self._styles.get(key)
        if found is None:
            found = self._styles[key] = self._make(meaning, ground)
        return found

    def _make(self, meaning: str, ground: str) -> Style:
        word, bold = _MADE_OF.get(meaning, (meaning, False))
        filled = meaning in _FILLED
        if not self._colour:
            return _REVERSE if filled else Style(bold=bold or ground == "cursor")
        # Where the cursor's ground looks like the screen's, as with 16 colours, weight tells the row.
        told = ground == "cursor" and self.colours["cursor"] == self.colours["surface"]
        ground_colour = self.colours[_FILLED.get(meaning, ground)]
        return Style(color=self.colours[word], bgcolor=ground_colour, bold=bold or told)

    def strip(self, line: Iterable[Span], width: int, ground: str = "surface") -> Strip:
        """Return the line as exactly `width` cells to be painted."""
        return Strip(
            [Segment(text, self.style(meaning, ground)) for text, meaning in fitted(line, width) if text],
            width,
        )

    def textual(self) -> TextualTheme:
        """Return the theme for Textual's own widgets; our meanings are its CSS variables (`$quiet`…)."""
        from textual.theme import Theme as TextualTheme  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        colours = self.colours
        return TextualTheme(
            name=self.theme.name,
            dark=self.theme.dark,
            primary=colours["accent"],
            secondary=colours["rehearsal"],
            accent=colours["accent"],
            warning=colours["urgent"],
            error=colours["overdue"],
            success=colours["success"],
            foreground=colours["text"],
            background=colours["surface"],
            surface=colours["surface"],
            panel=colours["panel"],
            variables={
                **colours,
                "input-cursor-background": colours["text"],
                "input-cursor-foreground": colours["surface"],
                "input-selection-background": colours["selected"],
                "border": colours["rule"],
                "scrollbar": colours["rule"],
                "scrollbar-hover": colours["quiet"],
                "scrollbar-active": colours["accent"],
                "scrollbar-background": colours["surface"],
                "scrollbar-corner-color": colours["surface"],
                "block-cursor-background": colours["cursor"],
                "block-cursor-foreground": colours["text"],
                "block-cursor-text-style": "bold",
            },
        )
