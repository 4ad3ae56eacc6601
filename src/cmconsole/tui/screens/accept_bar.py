"""Where the next person takes a handover over: their name, typed, and a key or button that Enter never is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input

from cmconsole.config.language import _
from cmconsole.core.text import NAME_LIMIT, one_line
from cmconsole.tui.screens.dialog import Words, line_input, plain

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

ACCEPT_KEY: Final = "ctrl+t"
"""Accepts: a combination nobody types by accident, and that no paste can hold."""


class _AcceptButton(Button, inherit_bindings=False):
    """A button for mouse and space bar; Enter, which runs on from typing a name, does not press it."""

    BINDINGS: ClassVar[list[BindingType]] = [("space", "press")]


class AcceptBar(Vertical):
    """Asks who takes over. `Accepted` carries the name once they said so on purpose."""

    DEFAULT_CSS: ClassVar[str] = """
    AcceptBar { height: auto; background: $panel; padding: 0 1; border-top: solid $rule; }
    AcceptBar Horizontal { height: 1; }
    AcceptBar .label { width: auto; color: $text; text-style: bold; padding: 0 1 0 0; }
    AcceptBar Input, AcceptBar Input:focus {
        width: 1fr; max-width: 40; border: none; height: 1; padding: 0 1; background: $surface; color: $text;
    }
    AcceptBar Input:focus { background: $cursor; }
    AcceptBar Input > .input--placeholder { color: $quiet; }
    AcceptBar Input > .input--cursor { background: $accent; color: $surface; text-style: none; }
    AcceptBar Button {
        width: auto; min-width: 8; height: 1; border: none; margin: 0 0 0 2; padding: 0 1;
        background: $surface; color: $text; text-style: none;
    }
    AcceptBar Button:focus, AcceptBar Button:hover { background: $accent; color: $surface; text-style: bold; }
    AcceptBar .quiet { color: $quiet; height: auto; }
    AcceptBar .wrong { color: $overdue; text-style: bold; display: none; height: auto; }
    """

    class Accepted(Message):
        """Somebody takes over, by name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, outgoing: str) -> None:
        super().__init__()
        self._outgoing = outgoing

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Words(_("Accepted by"), classes="label")
            yield line_input(_("the next person's name"), max_length=NAME_LIMIT)
            yield _AcceptButton(plain("Ctrl+T ", "bold") + plain(_("Accept")), compact=True)
        yield Words("", name="wrong", classes="wrong")
        yield Words(self._consequence(), classes="quiet")

    def _consequence(self) -> str:
        return _(
            "The next person types their name. {person}'s claims move to them, and {person}'s console may "
            "then look, not act. This cannot be taken back."
        ).format(person=self._outgoing)

    def speak_of(self, outgoing: str) -> None:
        """Name the person who hands over."""
        self._outgoing = outgoing
        self.query_one(".quiet", Words).say(self._consequence())

    def accept(self) -> None:
        """Take the name as it stands, or ask for one."""
        field = self.query_one(Input)
        name = one_line(field.value)
        if name:
            self.post_message(self.Accepted(name))
            return
        self.complain(_("Type the name of who takes over first."))
        field.focus()

    def complain(self, text: str) -> None:
        """Say what is wrong; an empty text takes it back."""
        self.query_one("#wrong", Words).say(text)

    @on(Button.Pressed)
    def _pressed(self) -> None:
        self.accept()

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.complain(_("Enter does not accept: press Ctrl+T.") if event.value.strip() else "")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.complain("")
