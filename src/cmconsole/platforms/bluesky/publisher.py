"""Speaks on Bluesky for one account: replies under keys of our own, so that none can be made twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cmconsole.core.account import Identity
from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, PublishRefusedError, SourceError, UnclearError
from cmconsole.core.graphemes import graphemes
from cmconsole.core.limits import BLUESKY
from cmconsole.core.publishing import Outgoing, Published, unable
from cmconsole.core.reply import Act
from cmconsole.platforms.bluesky.client import BlueskyClient, nothing_published, told_as
from cmconsole.platforms.bluesky.details import Details
from cmconsole.platforms.bluesky.mapping import (
    PLATFORM,
    POST,
    can_reply,
    date,
    instant,
    is_withheld,
    web_address,
)
from cmconsole.platforms.bluesky.records import Records
from cmconsole.platforms.bluesky.richtext import facets_of
from cmconsole.platforms.bluesky.tid import tid_for
from cmconsole.platforms.bluesky.xrpc import Json, part, word

LIKE: Final = "app.bsky.feed.like"
REPORTS: Final = frozenset({"spam", "violation", "misleading", "sexual", "rude"})
"""Reasons a report may give by their word; any other is told as it is, under "other".

https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/moderation/defs.json
"""
_REPORT_LIMIT: Final = 2_000


class BlueskyPublisher:
    """Publishes for the client's account. account: its name in the settings."""

    def __init__(self, account: str, client: BlueskyClient, now: Callable[[], Instant]) -> None:
        self._account = account
        self._client = client
        self._details = Details(client, now)
        self._records = Records(client)
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def account(self) -> str:
        return self._account

    @property
    def acts(self) -> frozenset[Act]:
        return frozenset({Act.DELETE, Act.HIDE, Act.LIKE, Act.REPORT})

    @property
    def is_certain(self) -> bool:
        return True

    async def identity(self) -> Identity:
        """Return whom Bluesky takes us for. Raises SourceError, SourceRefusedError."""
        return await self._client.identity()

    async def reply(self, outgoing: Outgoing) -> Published:
        """Publish once, under the record key that belongs to the reply's own key.

        What is there under that key already is this reply, from an attempt whose answer was lost: it is
        returned. The parent is looked for first, for the server takes answers to what is not there.
        """
        check_length(outgoing.text)
        with nothing_published():
            record = await self._record(outgoing)
        key = tid_for(outgoing.key)
        put = await self._records.put(record, key)
        if put is None:
            return await self._already(key)
        if not word(put, "uri"):
            raise UnclearError(N_("Bluesky says it is done, but not where."))
        return await self._published(word(put, "uri"), record)

    async def look_up(self, outgoing: Outgoing, since: Instant) -> Published | None:  # noqa: ARG002 - the key tells
        """Return the post that is this reply, by its record key: no text or time can mislead."""
        found = await self._records.read(POST, tid_for(outgoing.key))
        return None if found is None else await self._published(word(found, "uri"), part(found, "value"))

    async def perform(self, act: Act, native_id: str, words: str = "") -> None:
        """Do something to a post, once. Raises what `reply` raises, PublishRefusedError for other acts."""
        match act:
            case Act.DELETE:
                await self.delete(native_id)
            case Act.HIDE:
                await self.hide(native_id)
            case Act.LIKE:
                await self.like(native_id)
            case Act.REPORT:
                await self.report(native_id, words)
            case _:
                raise unable()

    async def delete(self, native_id: str) -> None:
        """Delete a post of ours; one that is gone already is no error. Raises what `reply` raises."""
        await self._records.delete(native_id)

    async def hide(self, native_id: str) -> None:
        """Hide an answer in a thread of ours from everybody else. Raises what `reply` raises."""
        with nothing_published():
            view = await self._view(native_id)
        root = word(part(view, "record", "reply", "root"), "uri")
        await self._records.hide(native_id, root, date(self._now()))

    async def like(self, native_id: str) -> None:
        """Like a post; one that is liked already is no error. Raises what `reply` raises."""
        with nothing_published():
            view = await self._view(native_id)
        if word(part(view, "viewer"), "like"):
            return
        record = {"$type": LIKE, "subject": _reference(view), "createdAt": date(self._now())}
        await self._records.put(record, tid_for(f"like {native_id}"))

    async def report(self, native_id: str, reason: str) -> None:
        """Report a post to Bluesky's moderators, for one of REPORTS or in any words. Raises like `reply`."""
        with nothing_published():
            view = await self._view(native_id)
        known = reason.strip().lower() in REPORTS
        kind = reason.strip().capitalize() if known else "Other"
        body: dict[str, Any] = {
            "reasonType": f"com.atproto.moderation.defs#reason{kind}",
            "subject": {"$type": "com.atproto.repo.strongRef", **_reference(view)},
        }
        if not known and reason.strip():
            body["reason"] = reason.strip()[:_REPORT_LIMIT]
        await self._client.write("com.atproto.moderation.createReport", body)

    async def aclose(self) -> None:
        """Close the connections of the client it was given."""
        await self._client.aclose()

    async def _record(self, outgoing: Outgoing) -> dict[str, Any]:
        """Return the post as it is to be written. Raises SourceError, PublishRefusedError."""
        asked = [outgoing.in_reply_to, *([outgoing.thread] if outgoing.thread else [])]
        views = await self._details.views(asked)
        parent = views.get(outgoing.in_reply_to)
        if parent is None or is_withheld(parent):
            raise _gone()
        if not can_reply(parent):
            raise PublishRefusedError(
                N_("The author of this post does not let us answer it."),
                advice=N_("Write to them another way, or record that it is not answered."),
            )
        record: dict[str, Any] = {
            "$type": POST,
            "text": outgoing.text,
            "createdAt": date(self._now()),
            "reply": {"root": _root(parent, views), "parent": _reference(parent)},
        }
        if facets := await facets_of(outgoing.text, self._resolved):
            record["facets"] = facets
        if outgoing.language:
            record["langs"] = [outgoing.language]
        return record

    async def _resolved(self, handle: str) -> str | None:
        answer = await self._client.ask_for("com.atproto.identity.resolveHandle", ("handle", handle))
        return word(answer, "did") or None

    async def _view(self, uri: str) -> Json:
        view = (await self._details.views([uri])).get(uri)
        if view is None:
            raise _gone()
        return view

    async def _already(self, key: str) -> Published:
        """Return what is there under a reply's key."""
        try:
            found = await self._records.read(POST, key)
        except SourceError as error:
            raise told_as(UnclearError, error) from error
        if found is None:
            raise UnclearError(N_("Bluesky says that this reply is there, and then that it is not."))
        return await self._published(word(found, "uri"), part(found, "value"))

    async def _published(self, uri: str, record: Json) -> Published:
        handle = (await self._client.session()).handle
        return Published(uri, web_address(uri, handle), instant(word(record, "createdAt")) or self._now())


def check_length(text: str) -> None:
    """Raise PublishRefusedError for a text Bluesky does not take."""
    if not text.strip():
        raise PublishRefusedError(N_("There is no text to publish."))
    if (length := graphemes(text)) > BLUESKY.most:
        raise PublishRefusedError(
            N_("The reply has {count} characters; Bluesky takes {most}."),
            advice=N_("Shorten it."),
            count=length,
            most=BLUESKY.most,
        )
    if (size := len(text.encode("utf-8", "surrogatepass"))) > BLUESKY.most_bytes:
        raise PublishRefusedError(
            N_("The reply has {count} bytes; Bluesky takes {most}."),
            advice=N_("Shorten it: emoji and accents take several bytes each."),
            count=size,
            most=BLUESKY.most_bytes,
        )


def _root(parent: Json, views: dict[str, Json]) -> dict[str, str]:
    """Return the first post of a parent's thread: what the parent itself answers to, as it is now."""
    told = part(parent, "record", "reply", "root")
    if not word(told, "uri"):
        return _reference(parent)
    return _reference(views.get(word(told, "uri"), told))


def _reference(view: Json) -> dict[str, str]:
    return {"uri": word(view, "uri"), "cid": word(view, "cid")}


def _gone() -> PublishRefusedError:
    return PublishRefusedError(
        N_("The post is gone from Bluesky, or its author does not show it to us."),
        advice=N_("Open it in a browser to see which; nothing was published."),
    )
