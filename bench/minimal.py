"""The peer of every screen measurement: the smallest Textual app with a list and a cursor."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import OptionList


class Minimal(App[None]):
    """Forty rows; up and down move the cursor."""

    def compose(self) -> ComposeResult:
        """Return the one widget."""
        yield OptionList(*[f"row {number}" for number in range(40)])


if __name__ == "__main__":
    Minimal().run()
