"""Why and when a piece of work has to end: one event that remembers the first reason it was given."""

from __future__ import annotations

import asyncio
from enum import Enum, auto

from cmconsole.config.tasks import spawn


class Cause(Enum):
    """What ends an engine, or its turn at work."""

    ASKED = auto()
    """A signal, or whoever started it."""

    IDLE = auto()
    """No console has lived for long enough."""

    LEASE_LOST = auto()
    """Another engine holds the lease: this one stops work and stands by."""

    BROKEN = auto()
    """The store cannot be worked with."""


class Ending:
    """An ending that can be asked for from anywhere; the first cause stays."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._cause: Cause | None = None
        self._words = ""

    def ask(self, cause: Cause, words: str) -> None:
        """Ask for the end; `words` is one line for a person."""
        if self._cause is None:
            self._cause, self._words = cause, words
            self._event.set()

    @property
    def cause(self) -> Cause | None:
        """Return why, or None while nobody asked."""
        return self._cause

    @property
    def words(self) -> str:
        """Return why, in one line."""
        return self._words

    async def wait(self) -> None:
        """Return once an end was asked for."""
        await self._event.wait()


async def first(*endings: Ending) -> None:
    """Return once any of them was asked for."""
    waiting = [spawn(ending.wait(), name="wait for an ending") for ending in endings]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
