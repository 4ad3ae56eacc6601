"""Search as one types: every conversation the store holds, as rows like those of the lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from cmconsole.config.language import _, ngettext, said
from cmconsole.core.conversation import Status
from cmconsole.core.errors import CmconsoleError
from cmconsole.desk.rows import Row
from cmconsole.desk.words import newest_text, word
from cmconsole.tui.present.rows import columns, first_words, row
from cmconsole.tui.screens.dialog import Dialog, Words, content, line_input

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.timer import Timer

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation

PAUSE: Final = 0.12
"""Seconds without a key before the store is asked: a quick writer's pause between two letters."""

LIMIT: Final = 50
"""Most conversations shown; `DeskStore.search` gives the newest first."""


class SearchScreen(Dialog[int]):
    """Asks what to look for and answers with the id of a conversation.

    find: asks the store; may raise CmconsoleError. now, person: as for the rows of a lane.
    """

    DEFAULT_CSS: ClassVar[str] = """
    SearchScreen > #box { width: 100%; height: 90%; max-width: 190; }
    SearchScreen OptionList, SearchScreen OptionList:focus { height: 1fr; max-height: 100%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("down,ctrl+n", "go(1)"),
        ("up,ctrl+p", "go(-1)"),
        ("pagedown", "page(1)"),
        ("pageup", "page(-1)"),
    ]

    def __init__(
        self,
        find: Callable[[str], Awaitable[Sequence[Conversation]]],
        *,
        now: Callable[[], Instant],
        person: str,
        pause: float = PAUSE,
    ) -> None:
        super().__init__()
        self._find = find
        self._now = now
        self._person = person
        self._pause = pause
        self._waiting: Timer | None = None
        self._found: Sequence[Conversation] = ()
        self.title_words = _("Search")
        self.keys_words = _("Enter open · ↑ ↓ choose · Esc back")

    def parts(self) -> ComposeResult:
        yield line_input(_("words, @handle or name; accents and capitals do not matter"))
        yield Words(self._advice(), name="told", classes="quiet")
        yield OptionList(compact=True, markup=False)

    @staticmethod
    def _advice() -> str:
        return _("Looks through everything kept, resolved conversations too.")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False

    def on_resize(self) -> None:
        self.call_after_refresh(self._list)

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(self._pause, self._begin)

    def _begin(self) -> None:
        # Exclusive: a newer question ends the one before, so that the last one always has the last word.
        self.run_worker(self._look(self.typed()), group="search", exclusive=True, exit_on_error=True)

    async def _look(self, query: str) -> None:
        if not query:
            self._show((), self._advice())
            return
        try:
            found = (await self._find(query))[:LIMIT]
        except CmconsoleError as error:
            self._show((), said(error))
            return
        if query != self.typed():
            return
        if not found:
            self._show(
                (), _("Nothing holds all these words. Try fewer, or only the beginning of the last one.")
            )
            return
        told = ngettext(
            "{count} conversation, newest first", "{count} conversations, newest first", len(found)
        )
        if len(found) == LIMIT:
            told = _("The newest {count} conversations; one more word shows fewer")
        self._show(found, told.format(count=len(found)))

    def _show(self, found: Sequence[Conversation], told: str) -> None:
        self._found = found
        self.query_one("#told", Words).say(told)
        self._list()

    def _list(self) -> None:
        rows = self.query_one(OptionList)
        highlighted = rows.highlighted or 0
        width, now = rows.scrollable_content_region.width, self._now()
        rows.clear_options()
        rows.add_options(Option(self._row(conversation, width, now)) for conversation in self._found)
        rows.highlighted = min(highlighted, len(self._found) - 1) if self._found else None

    def _row(self, conversation: Conversation, width: int, now: Instant) -> Content:
        """Return a lane's row, with the status before the first words where it is not open."""
        wide = columns(max(width, 1))
        line = row(Row(conversation), wide, now, self._person)
        if conversation.status is Status.OPEN:
            return content([line])
        status = f"{word(conversation.outcome or conversation.status)} · "
        words = first_words(newest_text(conversation), max(0, wide.words - len(status)))
        return content([(*line[:-1], (status, "quiet"), (words, "text"))])

    def action_go(self, by: int) -> None:
        """Go up or down the rows."""
        rows = self.query_one(OptionList)
        (rows.action_cursor_down if by > 0 else rows.action_cursor_up)()

    def action_page(self, by: int) -> None:
        """Go up or down by a screen of rows."""
        rows = self.query_one(OptionList)
        (rows.action_page_down if by > 0 else rows.action_page_up)()  # type: ignore[no-untyped-call]

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._found[event.option_index].id)

    @on(Input.Submitted)
    def _entered(self) -> None:
        index = self.query_one(OptionList).highlighted
        if index is not None and index < len(self._found):
            self.answer(self._found[index].id)
