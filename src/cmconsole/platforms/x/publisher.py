"""Publishes replies on X, one attempt each, and finds out what became of one that got no answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from cmconsole.core.account import Identity
from cmconsole.core.clock import MINUTE, SECOND, Instant, Millis
from cmconsole.core.errors import N_, NotPublishedError, PublishRefusedError, SourceError
from cmconsole.core.publishing import Outgoing, Published, unable
from cmconsole.core.reply import Act
from cmconsole.platforms.x.answers import Answer, part, word, words
from cmconsole.platforms.x.client import XClient
from cmconsole.platforms.x.mapping import PLATFORM, referenced
from cmconsole.platforms.x.text import expanded, same
from cmconsole.platforms.x.troubles import unreadable

SLACK: Final[Millis] = 2 * MINUTE
"""How much earlier than our first attempt X may say a reply was made: clocks differ, dates are rounded."""

MOST_PAGES: Final = 8
"""Most pages of our own timeline that are looked through."""


class XPublisher:
    """Speaks for one account. account: its name in the settings."""

    def __init__(self, account: str, client: XClient, now: Callable[[], Instant]) -> None:
        self._account = account
        self._client = client
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def account(self) -> str:
        return self._account

    @property
    def acts(self) -> frozenset[Act]:
        return frozenset({Act.DELETE, Act.HIDE, Act.LIKE})

    @property
    def is_certain(self) -> bool:
        return False

    async def identity(self) -> Identity:
        """Return whom X takes us for. Raises SourceError, SourceRefusedError."""
        return await self._client.me()

    async def reply(self, outgoing: Outgoing) -> Published:
        """Publish once. X knows no idempotency key: `outgoing.key` stays here."""
        answer = await self._client.create(outgoing.text, outgoing.in_reply_to)
        native_id = word(part(answer.whole, "data"), "id")
        if not native_id:
            raise unreadable()
        return Published(native_id, _address(native_id), self._now())

    async def look_up(self, outgoing: Outgoing, since: Instant) -> Published | None:
        """Return the post of ours that is this reply, from our own timeline.

        Only posts with a higher id than the mention's can be its answer, whatever the clocks say.
        """
        us = await self._client.me()
        token = ""
        for _ in range(MOST_PAGES):
            answer = await self._client.own_posts(us.native_id, since=outgoing.in_reply_to, token=token)
            earliest = since - self._client.clock_off - SLACK
            for post in answer.posts:
                if isinstance(post, dict) and _is_reply(post, outgoing, earliest):
                    versions = words(post, "edit_history_tweet_ids")
                    native_id = versions[0] if versions else word(post, "id")
                    return Published(native_id, _address(native_id), _written(post) or self._now())
            token = answer.next_token
            if not token or _reaches_before(answer, earliest):
                return None
        raise SourceError(N_("Too many posts since then: it cannot be told whether the reply is there."))

    async def perform(self, act: Act, native_id: str, words: str = "") -> None:  # noqa: ARG002 - only reports have words
        """Do something to a post, once. Raises what `reply` raises, PublishRefusedError for other acts."""
        match act:
            case Act.DELETE:
                await self.delete(native_id)
            case Act.HIDE:
                await self.hide(native_id)
            case Act.LIKE:
                await self.like(native_id)
            case _:
                raise unable()

    async def delete(self, native_id: str) -> None:
        """Delete a post of ours; one that is gone already is no error."""
        try:
            await self._client.delete(native_id)
        except PublishRefusedError as error:
            if getattr(error.__cause__, "status", 0) != 404:  # noqa: PLR2004 - not found
                raise

    async def hide(self, native_id: str) -> None:
        """Hide a reply in a thread that we began. Raises what `reply` raises."""
        answer = await self._client.hide(native_id)
        if part(answer.whole, "data").get("hidden") is not True:
            raise NotPublishedError(N_("X did not hide the reply."))

    async def like(self, native_id: str) -> None:
        """Like a post. Raises what `reply` raises."""
        answer = await self._client.like(native_id)
        if part(answer.whole, "data").get("liked") is not True:
            raise NotPublishedError(N_("X did not take the like."))

    async def aclose(self) -> None:
        """Close the connections of the client it was given."""
        await self._client.aclose()


def _is_reply(post: dict[str, Any], outgoing: Outgoing, earliest: Instant) -> bool:
    """Say whether a post of ours is this reply: X may have changed links, blanks and composition."""
    written = _written(post)
    return (
        referenced(post, "replied_to") == outgoing.in_reply_to
        and (written is None or written >= earliest)
        and same(expanded(post), outgoing.text)
    )


def _reaches_before(answer: Answer, moment: Instant) -> bool:
    moments = [_written(post) for post in answer.posts if isinstance(post, dict)]
    return any(written is not None and written < moment for written in moments)


def _written(post: dict[str, Any]) -> Instant | None:
    try:
        return round(datetime.fromisoformat(word(post, "created_at")).timestamp() * SECOND)
    except ValueError:
        return None


def _address(native_id: str) -> str:
    """Return a post's address, which X completes with the handle by itself."""
    return f"https://x.com/i/web/status/{native_id}"
