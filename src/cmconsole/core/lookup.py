"""The door to single posts: are they still there, what do they say now, what is behind an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cmconsole.core.mention import Mention, Removed
from cmconsole.core.value import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """What a platform says of posts that were asked for by id.

    mentions: those still there, as they are now (`edited_at` set where the platform tells of an edit).
    removed: those that are surely gone or withheld. An id in neither could not be told about this time.
    """

    mentions: tuple[Mention, ...] = ()
    removed: tuple[Removed, ...] = ()


class Lookup(Protocol):
    """Asks one platform, for one of our accounts, about single posts."""

    @property
    def platform(self) -> str:
        """Return the platform's lower-case word, as mentions carry it."""
        ...

    @property
    def most(self) -> int:
        """Return how many posts one question may name."""
        ...

    async def posts(self, native_ids: Sequence[str]) -> Found:
        """Return what is known of at most `most` posts. Raises SourceError."""
        ...

    async def by_address(self, url: str) -> Mention | None:
        """Return the post a web address leads to; None where it is no address of a post on this platform.

        Raises SourceError, SourceRefusedError for a post that is gone or not for us to see.
        """
        ...
