"""The records of ours in our repository: written once under a key of our own, read, hidden under, deleted."""

from __future__ import annotations

from typing import Any, Final

from cmconsole.core.errors import N_, NotPublishedError, PublishRefusedError
from cmconsole.platforms.bluesky.client import BlueskyClient, nothing_published
from cmconsole.platforms.bluesky.mapping import parts_of
from cmconsole.platforms.bluesky.xrpc import Json, part, word

THREADGATE: Final = "app.bsky.feed.threadgate"

MOST_HIDDEN: Final = 300
"""Of `hiddenReplies`: https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/threadgate.json"""


class Records:
    """Reads and writes the records of the client's account."""

    def __init__(self, client: BlueskyClient) -> None:
        self._client = client

    async def read(self, collection: str, key: str) -> Json | None:
        """Return a record with its address, None where there is none. Raises SourceError."""
        did = (await self._client.session()).did
        place = (("repo", did), ("collection", collection), ("rkey", key))
        return await self._client.ask_for("com.atproto.repo.getRecord", *place)

    async def put(self, record: dict[str, Any], key: str, replaced: str | None = None) -> Json | None:
        """Write a record once; None where there is another than the one it was to replace.

        replaced: the content id of that one; None: there must be none. With `createRecord` a second one under
        the same key would be a 500, which tells nothing; so a repeated reply is told from a new one by
        the server. Raises what `BlueskyClient.write` raises.
        """
        with nothing_published():
            did = (await self._client.session()).did
        body = {
            "repo": did,
            "collection": record["$type"],
            "rkey": key,
            "record": record,
            "swapRecord": replaced,
        }
        return await self._client.write("com.atproto.repo.putRecord", body)

    async def delete(self, uri: str) -> None:
        """Delete a record of ours; one that is gone already is no error. Raises like `put`."""
        with nothing_published():
            did = (await self._client.session()).did
        place = parts_of(uri)
        if place is None or place[0] != did:
            raise PublishRefusedError(N_("This post is not ours: only its author can delete it."))
        body = {"repo": did, "collection": place[1], "rkey": place[2]}
        await self._client.write("com.atproto.repo.deleteRecord", body)

    async def hide(self, uri: str, root: str, now: str) -> None:
        """Hide an answer in a thread of ours, by the threadgate of its first post. Raises like `put`."""
        place = parts_of(root)
        with nothing_published():
            did = (await self._client.session()).did
        if place is None or place[0] != did:
            raise PublishRefusedError(
                N_("Only answers in a thread we began can be hidden on Bluesky."),
                advice=N_("Report it, or mute its author at bsky.app."),
            )
        with nothing_published():
            gate = await self.read(THREADGATE, place[2])
        value = dict(part(gate, "value")) or {"$type": THREADGATE, "post": root, "createdAt": now}
        hidden = value.get("hiddenReplies")
        hidden = hidden if isinstance(hidden, list) else []
        if uri in hidden:
            return
        if len(hidden) >= MOST_HIDDEN:
            raise PublishRefusedError(
                N_("{count} answers are hidden in this thread: Bluesky hides no more."), count=len(hidden)
            )
        value["hiddenReplies"] = [*hidden, uri]
        if await self.put(value, place[2], word(gate, "cid") or None) is None:
            raise NotPublishedError(N_("Somebody changed who may answer in this thread at the same moment."))
