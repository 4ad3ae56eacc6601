"""The frame every question shares: a titled box over the dimmed screen, its parts, and Escape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import TextArea

    from cmconsole.tui.present.line import Line

Answer = TypeVar("Answer")

CHOICE_KEYS: Final = "123456789"
"""What picks an entry of a list; the tenth and later ones are reached with the arrows or the mouse."""


def plain(text: str, style: str = "") -> Content:
    """Return text as it is: no markup is ever read from it."""
    return Content.styled(text, style) if style else Content(text)


_STYLES: Final[Mapping[str, str]] = {
    "strong": "$text bold",
    "key": "$accent bold",
    "mark": "$accent bold",
    "overdue": "$overdue bold",
    "urgent": "$urgent bold",
    "p1": "$urgent bold",
    "p2": "$text bold",
    "p3": "$text",
    "p4": "$quiet",
    "live": "$live_text on $live bold",
    "rehearsal": "$rehearsal bold",
}
"""How a meaning of `tui.palette` is said to Textual's own widgets; any other is the variable of its name."""


def content(lines: Iterable[Line]) -> Content:
    """Return lines of (text, meaning) spans for a widget of Textual's."""
    return Content("\n").join(
        Content.assemble(*((text, _STYLES.get(meaning, f"${meaning}")) for text, meaning in line))
        for line in lines
    )


class Words(Static):
    """A line or paragraph of plain words."""

    def __init__(self, text: str, *, classes: str = "", name: str | None = None) -> None:
        super().__init__(plain(text), classes=classes, id=name, markup=False)

    def say(self, text: str) -> None:
        """Show another text; the line disappears when it is empty."""
        self.update(plain(text))
        self.display = bool(text)


class Choices(OptionList):
    """A numbered list: a digit or the mouse picks at once, Enter only what the person went to on purpose."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "cursor_down"), ("k", "cursor_up")]

    def __init__(self, labels: Sequence[str | Content]) -> None:
        super().__init__(*numbered(labels), compact=True, markup=False)
        # Textual goes to the first entry by itself; Enter must find nothing until the person went somewhere.
        self.highlighted = None

    def on_key(self, event: events.Key) -> None:
        number = CHOICE_KEYS.find(event.key) if len(event.key) == 1 else -1
        if 0 <= number < self.option_count:
            event.stop()
            self.highlighted = number
            self.action_select()


def numbered(labels: Sequence[str | Content]) -> list[Option]:
    """Return options with the digit that picks each before it."""
    options = []
    for index, label in enumerate(labels):
        digit = CHOICE_KEYS[index] if index < len(CHOICE_KEYS) else " "
        words = label if isinstance(label, Content) else plain(label)
        options.append(Option(plain(f" {digit}  ", "$accent bold") + words))
    return options


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A question laid over the screen. Escape always answers nothing."""

    DEFAULT_CSS: ClassVar[str] = """
    Dialog { align: center middle; background: $surface 60%; }
    Dialog > #box {
        width: 68; max-width: 100%; height: auto; max-height: 100%;
        background: $panel; color: $text; border: round $accent; border-title-color: $accent;
        border-title-style: bold; border-subtitle-color: $quiet; padding: 0 1;
    }
    Dialog .quiet { color: $quiet; }
    Dialog .wrong { color: $overdue; text-style: bold; display: none; }
    Dialog .lead { margin: 0 0 1 0; }
    Dialog .after { margin: 1 0 0 0; }
    Dialog Input, Dialog Input:focus {
        border: none; height: 1; padding: 0 1; background: $surface; color: $text;
    }
    Dialog Input:focus { background: $cursor; }
    Dialog Input > .input--placeholder, Dialog Input > .input--suggestion { color: $quiet; }
    Dialog Input > .input--cursor { background: $accent; color: $surface; text-style: none; }
    Dialog OptionList, Dialog OptionList:focus {
        border: none; padding: 0; height: auto; max-height: 14; background: $panel; color: $text;
        scrollbar-size-vertical: 1;
    }
    Dialog OptionList > .option-list--option-highlighted,
    Dialog OptionList:focus > .option-list--option-highlighted {
        background: $cursor; color: $text; text-style: bold;
    }
    Dialog OptionList > .option-list--option-hover { background: $cursor; }
    Dialog OptionList > .option-list--option-disabled { color: $quiet; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave")]

    title_words: str = ""
    keys_words: str = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            # Content is taken too, and unlike str it is never read as markup.
            box.border_title = plain(f" {self.title_words} ")
            box.border_subtitle = plain(f" {self.keys_words} ")
            yield from self.parts()

    def parts(self) -> ComposeResult:
        """Yield what stands in the box."""
        yield from ()

    def answer(self, given: Answer | None) -> None:
        """Close with an answer."""
        # Textual waits for it itself; waiting here, inside the screen that closes, would never end.
        self.dismiss(given)  # type: ignore[unused-awaitable]

    def action_leave(self) -> None:
        """Close without an answer."""
        self.answer(None)

    def typed(self, id_: str = "typed") -> str:
        """Return what stands in an input, without blanks at its ends."""
        return self.query_one(f"#{id_}", Input).value.strip()

    def complain(self, text: str) -> None:
        """Say what is wrong with what was typed; an empty text takes it back."""
        self.query_one("#wrong", Words).say(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the app's own palette out of a question."""
        return action != "command_palette" and super().check_action(action, parameters)


def line_input(placeholder: str, *, name: str = "typed", text: str = "", **more: Any) -> Input:
    """Return an input of one line that neither blinks nor selects all of its text by itself."""
    field = Input(text, placeholder=placeholder, id=name, select_on_focus=False, **more)
    field.cursor_blink = False
    return field


def steady_area(area: TextArea) -> TextArea:
    """Return the text area with a cursor that does not blink."""
    area.cursor_blink = False
    return area
