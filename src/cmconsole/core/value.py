"""Dataclasses for the values of the hot path: frozen for the type checker, plain while the program runs.

The constructor of a frozen dataclass stores every field through `object.__setattr__`: a Conversation costs
4.4 µs to make instead of 1.6 (Python 3.11), and intake makes four values a mention. Strict mypy refuses to
assign to their fields, and its word is taken for it (docs/decisions/0005-sqlite-intake.md).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - told to be exported
else:

    def dataclass(*, frozen: bool, slots: bool) -> Any:
        """Make a dataclass with equality and a hash; `frozen` is what the type checker sees."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)
