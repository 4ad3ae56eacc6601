"""The reasons of a verdict as they are stored: kept as text until somebody asks why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import overload

from cmconsole.core.verdict import Reason


class WrittenReasons(Sequence[Reason]):
    """Reasons in their written form: JSON of a list of {code, facts: [[name, value], …]}.

    Intake writes them for every mention and the lanes carry them for every row; few are ever read. Equal to
    any sequence of the same reasons.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def _read(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(reason["code"], tuple((name, fact) for name, fact in reason["facts"]))
            for reason in json.loads(self.text)
        )

    @overload
    def __getitem__(self, index: int) -> Reason: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Reason, ...]: ...
    def __getitem__(self, index: int | slice) -> Reason | tuple[Reason, ...]:
        """Return the reason or reasons there."""
        return self._read()[index]

    def __iter__(self) -> Iterator[Reason]:
        """Read them, in order."""
        return iter(self._read())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._read())

    def __eq__(self, other: object) -> bool:
        """Compare with any sequence of reasons."""
        if isinstance(other, WrittenReasons) and other.text == self.text:
            return True
        return isinstance(other, Sequence) and self._read() == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the tuple they are equal to."""
        return hash(self._read())

    def __repr__(self) -> str:
        """Show them as text."""
        return f"WrittenReasons({self.text!r})"
