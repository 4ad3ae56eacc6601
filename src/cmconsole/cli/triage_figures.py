"""Numbers as the reader writes them."""

from __future__ import annotations

from cmconsole.config.language import language


def figure(value: float, form: str) -> str:
    """Return a number in a format such as `.2f`, with the decimal mark of the reader's language."""
    told = format(value, form)
    return told.replace(".", ",") if language() == "fr" else told
