"""What screens and commands may ask of the app, without knowing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from textual.screen import Screen

    from cmconsole.tui.session import Session

_T = TypeVar("_T")


class Host(Protocol):
    """The running console, as its parts see it."""

    session: Session

    async def ask(self, question: Screen[_T]) -> _T | None:
        """Show a question and return its answer; None when it was left."""
        ...

    def say(self, text: str, meaning: str = "text") -> None:
        """Show one line of words for a while."""
        ...

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Carry out a command beside everything else; a failure is said."""
        ...

    def show(self) -> None:
        """Paint what changed, on every screen of ours that can be seen."""
        ...

    def act(self, action_id: str, targets: Sequence[int]) -> None:
        """Run an action that is not a screen's own."""
        ...

    def open_composer(self, conversation_id: int, pick: int | None = None) -> None:
        """Write a reply to a conversation. pick: the place of the canned response it begins as, from 0."""
        ...

    def open_conversation(self, conversation_id: int) -> None:
        """Show a conversation on a screen of its own."""
        ...

    def open_alike(self, conversation_id: int) -> None:
        """Show the conversations that say nearly the same as one."""
        ...

    def unfold(self) -> None:
        """Read the lane of the others, and show it."""
        ...

    def note_key(self) -> None:
        """Remember that somebody typed just now."""
        ...
