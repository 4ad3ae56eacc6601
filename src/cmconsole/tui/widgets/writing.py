"""Where a reply is written: the text, the rule below it, the word a guard wants, and what stands beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from cmconsole.config.language import _
from cmconsole.tui.widgets.painted import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line

MOST: Final = 20_000
"""Most characters of a draft; twice Reddit's limit, the longest there is."""


class Writing(TextArea):
    """A text area that lets its screen have every key first. takes: says whether one was for the screen."""

    DEFAULT_CSS: ClassVar[str] = """
    Writing, Writing:focus {
        border: none; padding: 0 1; background: $surface; color: $text; scrollbar-size-vertical: 1;
    }
    Writing > .text-area--cursor { background: $accent !important; color: $surface !important; }
    Writing > .text-area--placeholder { color: $quiet; }
    Writing > .text-area--selection { background: $selected; }
    """

    def __init__(self, takes: Callable[[events.Key], bool], *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        self.highlight_cursor_line = False
        self.cursor_blink = False
        self._takes = takes

    def on_key(self, event: events.Key) -> None:
        """Let the screen have the key; what it leaves is typed."""
        if self._takes(event):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste as text and nothing else, at most as much of it as a draft holds."""
        event.prevent_default()
        event.stop()
        room = MOST - len(self.text) + len(self.selected_text)
        if not self.read_only and room > 0:
            self.write(event.text.replace("\r\n", "\n").replace("\r", "\n")[:room])

    def write(self, text: str) -> None:
        """Put text where the cursor is, in place of what is selected, and go behind it."""
        start, end = self.selection
        self.move_cursor(self.replace(text, start, end, maintain_selection_offset=False).end_location)

    def before_cursor(self) -> str:
        """Return the character before the cursor; empty at the beginning of a line."""
        row, column = self.cursor_location
        return self.document.get_line(row)[column - 1 : column]


class Typed(Input):
    """A line that must be typed by hand: what confirms a guard is no use when it is pasted."""

    DEFAULT_CSS: ClassVar[str] = """
    Typed, Typed:focus { border: none; height: 1; padding: 0 1; background: $cursor; color: $text; }
    Typed > .input--cursor { background: $accent; color: $surface; text-style: none; }
    Typed > .input--placeholder { color: $quiet; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, select_on_focus=False, max_length=40)
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Take nothing."""
        event.prevent_default()
        event.stop()

    def action_paste(self) -> None:
        """Take nothing from the console's own clipboard either."""


class WritingPage(Container):
    """The text with its rule, and `under` it (beside it where there is room) what `make` gives.

    Nothing in it moves the text: what comes and goes takes its lines from `under`.
    """

    DEFAULT_CSS: ClassVar[str] = """
    WritingPage { height: 14; max-height: 60%; layout: vertical; }
    WritingPage > #page { height: auto; }
    WritingPage #text, WritingPage #text:focus { height: 4; border-left: thick $rehearsal; }
    WritingPage #ruler { height: 1; }
    WritingPage > #under { height: 1fr; }
    WritingPage #asked { height: 1; display: none; }
    WritingPage.-asking #asked { display: block; }
    WritingPage #asked > Static { width: auto; color: $urgent; text-style: bold; padding: 0 1; }
    WritingPage.-live #text, WritingPage.-live #text:focus { border-left: thick $live; }
    WritingPage.-note #text, WritingPage.-note #text:focus {
        border-left: outer $urgent; background: $panel;
    }
    WritingPage.-wide { layout: horizontal; }
    WritingPage.-wide > #page { width: 1fr; height: 1fr; }
    WritingPage.-wide > #under { width: 1fr; height: 1fr; }
    WritingPage.-wide #text, WritingPage.-wide #text:focus { height: 1fr; }
    """

    def __init__(
        self,
        palette: Palette,
        takes: Callable[[events.Key], bool],
        *,
        ruler: Callable[[int], Sequence[Line]],
        under: Callable[[int, int], Sequence[Line]],
    ) -> None:
        super().__init__(id="writing")
        self.text = Writing(takes, id="text")
        self.typed = Typed(id="word")
        self._ruler = Lines(palette, ruler, id="ruler")
        self.under = Lines(palette, lambda width: under(width, self.under.size.height), id="under")

    def compose(self) -> ComposeResult:
        with Vertical(id="page"):
            yield self.text
            yield self._ruler
            with Horizontal(id="asked"):
                yield Static("", id="label", markup=False)
                yield self.typed
        yield self.under

    def sync(self) -> None:
        """Paint what changed beside the text."""
        self._ruler.sync()
        self.under.sync()

    @property
    def word(self) -> str:
        """What was typed to confirm guards."""
        return self.typed.value if self.has_class("-asking") else ""

    def want_word(self, word: str) -> None:
        """Ask for a guard's word; an empty one takes the question away."""
        self.set_class(bool(word), "-asking")
        self.typed.value = ""
        if word:
            self.query_one("#label", Static).update(Content(_("Type “{word}”:").format(word=word)))
            self.typed.focus()
        elif self.typed.has_focus:
            self.text.focus()
