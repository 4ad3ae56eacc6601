"""The finder of canned responses: a few letters, and a preview filled with this author's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from cmconsole.config.language import _
from cmconsole.desk.canned import meter
from cmconsole.tui.present.line import left, steady, wrapped
from cmconsole.tui.screens.dialog import Dialog, Words, content, line_input

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.timer import Timer

    from cmconsole.desk.canned.ranking import Offer
    from cmconsole.tui.present.line import Line

PAUSE: Final = 0.08
"""Seconds without a key before the library is asked."""

SLASH: Final = "/"
"""The answer of who wanted the sign itself."""

_CODE: Final = 22
_PREVIEW: Final = 6


class CannedFinder(Dialog["Offer | str"]):
    """Asks which response, and answers with it, or with SLASH.

    find: asks the library. filled: an offer's text with this author's data in it.
    """

    DEFAULT_CSS: ClassVar[str] = """
    CannedFinder > #box { width: 96; }
    CannedFinder OptionList, CannedFinder OptionList:focus { height: 9; max-height: 9; }
    CannedFinder #preview { height: 8; margin: 1 0 0 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("down,ctrl+n", "go(1)"), ("up,ctrl+p", "go(-1)")]

    def __init__(
        self, find: Callable[[str], Awaitable[tuple[Offer, ...]]], filled: Callable[[Offer], str]
    ) -> None:
        super().__init__()
        self._find = find
        self._filled = filled
        self._found: tuple[Offer, ...] = ()
        self._waiting: Timer | None = None
        self.title_words = _("Canned responses")
        self.keys_words = _("Enter take · ↑ ↓ choose · / the sign itself · Esc back")

    def parts(self) -> ComposeResult:
        yield line_input(_("a code, or words of it; accents and capitals do not matter"))
        yield OptionList(compact=True, markup=False)
        yield Words("", name="preview")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._begin()

    def on_resize(self) -> None:
        self.call_after_refresh(self._list)

    def on_key(self, event: events.Key) -> None:
        """Hand the slash on to who typed it twice."""
        if event.character == SLASH and not self.typed():
            event.stop()
            event.prevent_default()
            self.answer(SLASH)

    @on(Input.Changed)
    def _typed(self) -> None:
        if self.typed() == SLASH:
            self.answer(SLASH)
            return
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._begin)

    def _begin(self) -> None:
        # Exclusive: a newer question ends the one before, so that the last one always has the last word.
        self.run_worker(self._look(self.typed()), group="find", exclusive=True)

    async def _look(self, query: str) -> None:
        self._found = await self._find(query)
        self._list()

    def _list(self) -> None:
        rows = self.query_one(OptionList)
        width = rows.scrollable_content_region.width or 80
        rows.clear_options()
        rows.add_options(Option(_row(offer, width)) for offer in self._found)
        rows.highlighted = 0 if self._found else None
        self._preview()

    @on(OptionList.OptionHighlighted)
    def _preview(self) -> None:
        offer, shown = self._chosen(), self.query_one("#preview", Words)
        if offer is None:
            shown.say(_("No response holds all these words. Escape goes back to your text."))
            return
        width = max(20, shown.size.width or 80)
        parts = list(wrapped(steady(self._filled(offer)), width))
        lines: list[Line] = [((part, "text"),) for part in parts[:_PREVIEW]]
        if len(parts) > _PREVIEW:
            lines[-1] = ((left(parts[_PREVIEW - 1], width - 2) + " …", "text"),)
        if used := meter.told(offer.used_today, offer.used_here):
            lines.append(((used, "quiet"),))
        if offer.warning:
            lines.append(((offer.warning, "urgent"),))
        shown.update(content(lines))

    def _chosen(self) -> Offer | None:
        index = self.query_one(OptionList).highlighted
        return self._found[index] if index is not None and index < len(self._found) else None

    def action_go(self, by: int) -> None:
        """Go up or down the list."""
        rows = self.query_one(OptionList)
        (rows.action_cursor_down if by > 0 else rows.action_cursor_up)()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._found[event.option_index])

    @on(Input.Submitted)
    def _entered(self) -> None:
        if (offer := self._chosen()) is not None:
            self.answer(offer)


def _row(offer: Offer, width: int) -> Content:
    title = steady(offer.canned.title) or " ".join(steady(offer.text).split())
    sign = ("!", "urgent") if offer.warning else (" ", "quiet")
    return content(
        [
            (
                sign,
                (left(f"/{offer.canned.code}", _CODE) + " ", "key"),
                (left(title, max(0, width - _CODE - 3)), "text"),
            )
        ]
    )
