"""Progress: how far the engine is with judging anew what the store holds, for the header to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmconsole.desk.context import Desk

NOTE = "triage.anew"
"""The engine's note in the store: `done/total` while it judges anew, else empty."""


async def judging_anew(desk: Desk) -> tuple[int, int] | None:
    """Return how many conversations were judged anew and how many there are; None while none is under way."""
    done, _slash, total = (await desk.store.meta(NOTE)).partition("/")
    if not (done.isdecimal() and total.isdecimal()):
        return None
    return min(int(done), int(total)), int(total)
