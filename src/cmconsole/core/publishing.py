"""The door every platform's publisher has: one attempt, and an honest word about what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cmconsole.core.clock import Instant


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply to publish.

    in_reply_to: native id of the mention it answers. thread: that of the thread's first post, or empty.
    key: ours, the same for every attempt at this reply (32 lower-case hexadecimal digits); platforms that
    know idempotency are given it. language: BCP 47, or empty.
    """

    text: str
    in_reply_to: str
    key: str
    thread: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A post of ours as the platform has it."""

    native_id: str
    url: str
    at: Instant


class Ability(StrEnum):
    """What a publisher can do beside replying."""

    DELETE = "delete"
    HIDE = "hide"
    LIKE = "like"
    REPORT = "report"
    MODERATE = "moderate"


class Publisher(Protocol):
    """Speaks for one account on its platform.

    No call is ever repeated by itself, here or in a library below: one call, at most one post.
    """

    @property
    def platform(self) -> str:
        """Return the platform's lower-case word."""
        ...

    @property
    def account(self) -> str:
        """Return the settings' name of the account that speaks."""
        ...

    @property
    def abilities(self) -> frozenset[Ability]:
        """Return what else it can do."""
        ...

    async def reply(self, outgoing: Outgoing) -> Published:
        """Publish once.

        Raises NotPublishedError (surely nothing was published; trying again may help),
        PublishRefusedError (surely nothing, and a person must act), UnclearError (it may be there or not).
        """
        ...

    async def look_up(self, outgoing: Outgoing, since: Instant) -> Published | None:
        """Return the post of ours that is this reply, by text, parent and time; None: there surely is none.

        since: when the first attempt began. Raises SourceError where it cannot be told now.
        """
        ...

    async def delete(self, native_id: str) -> None:
        """Delete a post of ours; one that is gone already is no error. Raises what `reply` raises."""
        ...
