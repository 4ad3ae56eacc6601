"""A stage for one screen: a small app with the house's theme that shows it and keeps its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from cmconsole.tui import themes
from cmconsole.tui.filter import LastFilter
from cmconsole.tui.palette import Palette

if TYPE_CHECKING:
    from textual.filter import LineFilter
    from textual.screen import Screen

UNANSWERED = "unanswered"


class Stage(App[None]):
    """Shows `question`; `answer` is what it was dismissed with, UNANSWERED until then."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, question: Screen[Any], theme: str = themes.DEFAULT) -> None:
        super().__init__()
        self.question = question
        self.answer: Any = UNANSWERED
        self._theme = Palette(themes.load(theme)).textual()
        self.register_theme(self._theme)
        self.theme = self._theme.name

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), LastFilter()]

    async def on_mount(self) -> None:
        await self.push_screen(self.question, self._answered)

    def _answered(self, answer: Any) -> None:
        self.answer = answer

    def shown(self) -> str:
        """Return the words on the screen."""
        screen = self.screen
        lines = screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in lines)
