"""The base of our widgets: lines with a key each, and only those whose key changed are painted again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line


_NO_GROUND = Color(0, 0, 0)
"""What Textual tells filters of the ground behind a line: ours ask for none."""


class Painted(Widget):
    """A widget of plain lines. `sync` compares each line's key with what is on the screen.

    It has no children, no scrollbars and no layout of its own: painting a key press costs two lines.
    """

    ALLOW_SELECT: ClassVar[bool] = False
    can_focus = False

    def __init__(self, palette: Palette, *, ground: str = "surface", id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.palette = palette
        self.ground = ground
        self._keys: list[Hashable] = []

    def keys(self) -> Sequence[Hashable]:
        """Return a key for each line of the widget's height: lines of the same key look the same."""
        raise NotImplementedError

    def paint(self, key: Hashable) -> Strip:
        """Return the line of that key, exactly as wide as the widget."""
        raise NotImplementedError

    def sync(self) -> None:
        """Paint again the lines that are not as they should be."""
        width, height = self.size
        if not width or not height:
            return
        wanted = list(self.keys())[:height]
        shown, self._keys = self._keys, wanted
        if len(shown) != len(wanted):
            self.refresh()
            return
        stale = [y for y, (old, new) in enumerate(zip(shown, wanted, strict=True)) if old != new]
        if 2 * len(stale) > height:
            self.refresh()
        else:
            for y in stale:
                self.refresh(Region(0, y, width, 1))

    def on_resize(self) -> None:
        """Take the new size: what is on the screen is no longer known."""
        self._keys = []
        self.sync()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region, for Textual, filtered like everybody's.

        Textual's own way, through borders and opacity that we have not, makes a new strip of every line at
        every painting; this one keeps a row's strip with its filtered self and its escape sequences.
        """
        if not self._keys:
            self._keys = list(self.keys())[: self.size.height]
        strips = [self._filtered(y) for y in crop.line_range]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def _filtered(self, y: int) -> Strip:
        strip = (
            self.paint(self._keys[y])
            if y < len(self._keys)
            else self.palette.strip((), self.size.width, self.ground)
        )
        for line_filter in self.app.get_line_filters():
            strip = strip.apply_filter(line_filter, _NO_GROUND)
        return strip


class Lines(Painted):
    """A widget that shows the lines `make` gives for its width, whenever it is painted."""

    def __init__(
        self,
        palette: Palette,
        make: Callable[[int], Sequence[Line]],
        *,
        ground: str = "surface",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(palette, ground=ground, id=id)
        self._make = make

    def keys(self) -> Sequence[Hashable]:
        width, height = self.size
        lines = list(self._make(width))[:height]
        return lines + [()] * (height - len(lines))

    def paint(self, key: Hashable) -> Strip:
        return self.palette.strip(key, self.size.width, self.ground)  # type: ignore[arg-type] # keys() gives lines
