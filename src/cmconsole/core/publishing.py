"""The door every platform's publisher has: one attempt, and an honest word about what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cmconsole.core.account import Member
from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, PublishRefusedError
from cmconsole.core.reply import Act


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


class Publisher(Member, Protocol):
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
    def acts(self) -> frozenset[Act]:
        """Return what else it can do."""
        ...

    @property
    def is_certain(self) -> bool:
        """Say whether one look-up that finds nothing is enough: the platform is asked by a key of ours."""
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

    async def perform(self, act: Act, native_id: str, words: str = "") -> None:
        """Do something to a post, once; doing again what is done already (deleting, liking …) is no error.

        words: the reason of a report. Raises what `reply` raises, PublishRefusedError for what is not among
        `acts`.
        """
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


def unable() -> PublishRefusedError:
    """Return the refusal of an act that a platform does not know, or that we have no way to do there."""
    return PublishRefusedError(
        N_("There is no way to do this from here on this platform."),
        advice=N_("Do it on the platform itself."),
    )
