"""The door every platform's intake has: batches of mentions, each with the cursor to resume after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from cmconsole.core.clock import Instant
from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.tip import Tip

BATCH_LIMIT = 500
"""Most mentions in one batch: longer write transactions stall claims (measured, see docs/decisions)."""


Receipt: TypeAlias = Callable[[], None]
"""Called once everything of a batch is durably kept; never called when the engine stops before."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source read in one go; at most BATCH_LIMIT mentions.

    cursor: opaque position to resume after this batch, committed together with it; None keeps the former one.
    removed: mentions that are gone from the platform. An edited one comes again, with a later `edited_at`.
    tips: what colleagues forwarded. receipt: told when all of it is committed.
    An empty batch says: looked, nothing new.
    """

    mentions: tuple[Mention, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    cursor: str | None = None
    removed: tuple[Removed, ...] = ()
    tips: tuple[Tip, ...] = ()
    receipt: Receipt | None = None


class Source(Protocol):
    """Reads one place mentions come from. `name` is the settings' name for it, `platform` its platform."""

    @property
    def name(self) -> str:
        """Return the source's name in the settings."""
        ...

    @property
    def platform(self) -> str:
        """Return the platform's lower-case word, as mentions carry it."""
        ...

    def batches(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yield batches from after `cursor` (None: from the beginning) until the source ends, or for ever.

        Raises SourceError (try again later) or SourceRefusedError (a person must act); never loses its place:
        called again with the last committed cursor it repeats nothing but what was not committed.
        """
        ...


class Health(StrEnum):
    """How a source is, shown in words."""

    STARTING = "starting"
    OK = "ok"
    RETRYING = "retrying"
    REFUSED = "refused"
    ENDED = "ended"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source: its health and counters since the store was made.

    retry_at: when it will be tried again (health RETRYING). last_error: what went wrong last, in words.
    newest_at: when the newest mention taken was written (its age is the source's lag).
    paused_by: who at the desk paused it, and when; empty: nobody.
    """

    name: str
    platform: str
    health: Health
    retry_at: Instant | None = None
    last_error: str = ""
    last_ok_at: Instant | None = None
    newest_at: Instant | None = None
    taken: int = 0
    duplicate: int = 0
    set_aside: int = 0
    cursor: str | None = None
    paused_by: str = ""
    paused_at: Instant | None = None
