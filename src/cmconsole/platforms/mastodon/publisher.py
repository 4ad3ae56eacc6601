"""Speaks for one account on a Mastodon instance: replies, and takes back, likes or reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import httpx

from cmconsole.core.account import Identity
from cmconsole.core.clock import MINUTE, Instant, Millis
from cmconsole.core.errors import N_, PublishError, PublishRefusedError, SourceError, UnclearError
from cmconsole.core.fediverse import as_published
from cmconsole.core.publishing import Outgoing, Published, unable
from cmconsole.core.reply import Act
from cmconsole.core.text import clip
from cmconsole.platforms.mastodon.client import TIMEOUT, MastodonClient, opened
from cmconsole.platforms.mastodon.mapping import (
    PLATFORM,
    Json,
    account_author,
    instant,
    is_same_text,
    part,
    word,
)
from cmconsole.platforms.mastodon.sending import Sender, nothing_sent

MOST_PAGES: Final = 25
"""Most pages of our own posts gone through to find one: 1,000 posts."""

_SLACK: Final[Millis] = 2 * MINUTE
"""How much earlier than our attempt the instance may date our post."""

_REASON_LIMIT: Final = 1_000
"""Most characters of a report's words (app/models/report.rb of Mastodon)."""

_ABSENT: Final = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})
_VISIBILITIES: Final = frozenset({"public", "unlisted", "private", "direct"})


class MastodonPublisher:
    """Publishes as one account; nothing is ever sent twice.

    account: the settings' name of it. address: the instance's. timeout: seconds a step may take.
    Raises SourceRefusedError where the token cannot be one.

    A reply that does not mention whom it answers reaches nobody on Mastodon: where the text lacks it,
    "@handle " is put before it, exactly as `fediverse.as_published` says. Its visibility is that of the post
    it answers; what a server does not call public, unlisted or private is answered to its author alone.
    Where it answers a post of our own, as the parts of a thread do, nobody is put before it.
    """

    def __init__(
        self,
        account: str,
        address: str,
        token: str,
        now: Callable[[], Instant],
        *,
        timeout: float = TIMEOUT,
    ) -> None:
        self._account = account
        self._http = opened(token, timeout)
        bare = address.rstrip("/")
        self._client = MastodonClient(self._http, bare, now)
        self._sender = Sender(self._http, bare, self._client.host, now)
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def account(self) -> str:
        return self._account

    @property
    def acts(self) -> frozenset[Act]:
        return frozenset({Act.DELETE, Act.LIKE, Act.REPORT})

    @property
    def is_certain(self) -> bool:
        return False

    async def identity(self) -> Identity:
        """Return whom the instance takes us for. Raises SourceError, SourceRefusedError."""
        return await self._client.identity()

    async def most_characters(self) -> int:
        """Return how many characters a post may have, as `fediverse.counted` counts; raises SourceError."""
        return await self._client.most_characters()

    async def reply(self, outgoing: Outgoing) -> Published:
        """Publish once. Raises NotPublishedError, PublishRefusedError, UnclearError.

        The post it answers is looked for first: without it some servers answer 404, others publish at top
        level. What comes out at top level all the same is deleted again, and refused.
        """
        with nothing_sent():
            parent = await self._client.status(outgoing.in_reply_to)
            if parent is None:
                raise PublishRefusedError(
                    N_("The post this answers is gone from {host}: nothing was sent."), host=self._client.host
                )
            text = await self._mentioning(outgoing.text, parent)
        told = _told(outgoing, text, parent)
        answer = await self._sender.send("POST", "/api/v1/statuses", told, key=outgoing.key)
        published = self._published(answer or {})
        if not published.native_id:
            raise UnclearError(
                N_("{host} accepted the reply without saying which post it is."), host=self._client.host
            )
        if word(answer or {}, "in_reply_to_id") != outgoing.in_reply_to:
            await self._take_back(published)
            raise PublishRefusedError(
                N_("{host} published the reply outside its conversation; it was deleted again."),
                advice=N_("The post it answers was probably deleted meanwhile."),
                host=self._client.host,
            )
        return published

    async def look_up(self, outgoing: Outgoing, since: Instant) -> Published | None:
        """Return our post that is this reply, by text, parent and time. Raises SourceError.

        One that lost its parent counts as well: sending the same words again would double it.
        """
        own = word(await self._client.own_account(), "id")
        stray: Published | None = None
        before = ""
        for _ in range(MOST_PAGES):
            page = await self._client.statuses_of(own, before)
            earliest = since + self._client.skew - _SLACK
            dates = [instant(word(status, "created_at"), None) for status in page]
            for status, at in zip(page, dates, strict=True):
                parent = word(status, "in_reply_to_id")
                if at is not None and at < earliest:
                    continue
                if parent in {outgoing.in_reply_to, ""} and is_same_text(
                    word(status, "content"), outgoing.text
                ):
                    if parent:
                        return self._published(status)
                    stray = self._published(status)
            if not page or any(at is not None and at < earliest for at in dates):
                return stray
            before = word(page[-1], "id")
        raise SourceError(
            N_("{host} lists too many posts of ours to find this one among them."), host=self._client.host
        )

    async def perform(self, act: Act, native_id: str, words: str = "") -> None:
        """Do something to a post, once. Raises what `reply` raises, PublishRefusedError for other acts."""
        match act:
            case Act.DELETE:
                await self.delete(native_id)
            case Act.LIKE:
                await self.like(native_id)
            case Act.REPORT:
                await self.report(native_id, words)
            case _:
                raise unable()

    async def delete(self, native_id: str) -> None:
        """Delete a post of ours; one that is gone already is no error. Raises what `reply` raises."""
        await self._sender.send("DELETE", _path(native_id), none_on=_ABSENT)

    async def like(self, native_id: str) -> None:
        """Mark a post as a favourite; doing so again changes nothing. Raises what `reply` raises."""
        await self._sender.send("POST", f"{_path(native_id)}/favourite")

    async def report(self, native_id: str, reason: str) -> None:
        """Report a post to the instance's moderators, in words. Raises what `reply` raises."""
        with nothing_sent():
            status = await self._client.status(native_id)
        if status is None:
            raise PublishRefusedError(
                N_("The post is gone from {host}: there is nothing to report."), host=self._client.host
            )
        told = {
            "account_id": word(part(status, "account"), "id"),
            "status_ids": [native_id],
            "comment": clip(reason, _REASON_LIMIT),
        }
        await self._sender.send("POST", "/api/v1/reports", told)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _mentioning(self, text: str, parent: Json) -> str:
        """Return a text that mentions its parent's author, unless that is us: a thread of ours goes on."""
        author, domain = part(parent, "account"), (await self._client.instance()).domain
        published = as_published(text, account_author(author, domain).handle, domain)
        if published == text:
            return text
        own = word(await self._client.own_account(is_needed=False), "id")
        return text if own and own == word(author, "id") else published

    async def _take_back(self, stray: Published) -> None:
        try:
            await self.delete(stray.native_id)
        except PublishError as error:
            raise UnclearError(
                N_("{host} published the reply outside its conversation, as {url}; deleting it failed."),
                advice=N_("Delete it by hand."),
                host=self._client.host,
                url=stray.url,
            ) from error

    def _published(self, status: Json) -> Published:
        return Published(
            native_id=word(status, "id"),
            url=word(status, "url") or word(status, "uri"),
            at=instant(word(status, "created_at"), self._now()),
        )


def _told(outgoing: Outgoing, text: str, parent: Json) -> dict[str, Any]:
    """Return what an instance is told to publish. It knows languages by their first part only (ISO 639)."""
    visibility = word(parent, "visibility")
    language = outgoing.language.partition("-")[0].lower()
    return {
        "status": text,
        "in_reply_to_id": outgoing.in_reply_to,
        "visibility": visibility if visibility in _VISIBILITIES else "direct",
        **({"language": language} if language else {}),
    }


def _path(native_id: str) -> str:
    return f"/api/v1/statuses/{quote(native_id, safe='')}"
