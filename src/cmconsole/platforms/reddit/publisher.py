"""The Reddit publisher: one reply, deletion, report or act of moderation, once, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cmconsole.core.account import Identity
from cmconsole.core.clock import MINUTE, SECOND, Instant
from cmconsole.core.errors import N_, PublishRefusedError, SourceError, UnclearError
from cmconsole.core.limits import REDDIT
from cmconsole.core.publishing import Outgoing, Published, unable
from cmconsole.core.reply import Act
from cmconsole.platforms.reddit import trouble
from cmconsole.platforms.reddit.client import RedditClient
from cmconsole.platforms.reddit.mapping import PLATFORM, created_at, fullname, thing_url

MOST_REASON: Final = 100
"""Most characters of a report's reason in words of one's own (https://www.reddit.com/dev/api#POST_api_report)."""

SKEW: Final = 10 * MINUTE
"""How wrong our clock may be about when our own reply was written."""

LAG: Final = 30 * SECOND
"""How long after an attempt a new comment may still be missing from the list of our own."""

_PAGE: Final = 100
_PAGES: Final = 3
_THING = re.compile(r"t[13]_[0-9a-z]{1,13}\Z")
_BLANKS = re.compile(r"\s+")


class RedditPublisher:
    """Speaks for one account on Reddit, which knows no key of ours: an unclear reply has to be looked up."""

    def __init__(self, account: str, client: RedditClient, now: Callable[[], Instant]) -> None:
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
        return frozenset({Act.DELETE, Act.REPORT, Act.REMOVE, Act.APPROVE, Act.LOCK})

    @property
    def is_certain(self) -> bool:
        return False

    async def identity(self) -> Identity:
        """Return whom Reddit takes us for. Raises SourceError, SourceRefusedError."""
        return await self._client.identity()

    async def reply(self, outgoing: Outgoing) -> Published:
        """Publish once, as a comment under the comment or post it answers; raises as its door says."""
        if len(outgoing.text) > REDDIT.most:
            raise PublishRefusedError(
                N_("The reply has {length} characters; Reddit takes {most}."),
                advice=N_("Shorten it."),
                length=len(outgoing.text),
                most=REDDIT.most,
            )
        parent = _checked(outgoing.in_reply_to)
        answer = await self._changed("api/comment/", {"thing_id": parent, "text": outgoing.text})
        thing = _made(answer)
        if thing is None:
            raise UnclearError(N_("Reddit's answer cannot be read: it may have done it or not."))
        return self._published(thing)

    async def look_up(self, outgoing: Outgoing, since: Instant) -> Published | None:
        """Return our comment with this text under this parent; None: surely none. Raises SourceError.

        Our newest comments are read down to when the first attempt began: None is only said of all of them.
        """
        handle = (await self._client.identity()).handle
        oldest = since - SKEW
        after = ""
        for _ in range(_PAGES):
            asked: dict[str, str | int] = {
                "sort": "new",
                "limit": _PAGE,
                **({"after": after} if after else {}),
            }
            answer = await self._client.get(f"user/{handle}/comments", asked)
            data = answer.get("data") if isinstance(answer, dict) else None
            things = data.get("children") if isinstance(data, dict) else None
            if not isinstance(data, dict) or not isinstance(things, list):
                raise SourceError(N_("Reddit answers with something that is not its data."))
            for thing in things:
                if created_at(thing) >= oldest and _is_reply(thing, outgoing):
                    return self._published(thing)
            told = data.get("after")
            after = told if isinstance(told, str) else ""
            if not after or (things and created_at(things[-1]) < oldest):
                self._check_lag(since)
                return None
        raise SourceError(
            N_("The account has written too much since then: whether the reply is there cannot be told."),
            advice=N_("Look at the thread."),
        )

    def _check_lag(self, since: Instant) -> None:
        """Raise SourceError while it is too early to say that a reply is not there."""
        left = (since + LAG - self._now()) / SECOND
        if left > 0:
            raise SourceError(
                N_("Reddit does not show the reply yet: whether it is there is looked at again."),
                retry_after=left,
            )

    async def perform(self, act: Act, native_id: str, words: str = "") -> None:
        """Do something to a post, once. Raises what `reply` raises, PublishRefusedError for other acts."""
        match act:
            case Act.DELETE:
                await self.delete(native_id)
            case Act.REPORT:
                await self.report(native_id, words)
            case Act.REMOVE:
                await self.remove(native_id)
            case Act.APPROVE:
                await self.approve(native_id)
            case Act.LOCK:
                await self.lock(native_id)
            case _:
                raise unable()

    async def delete(self, native_id: str) -> None:
        """Delete a comment or post of ours; Reddit says yes to one that is gone already."""
        await self._changed("api/del/", {"id": _checked(native_id)})

    async def report(self, native_id: str, reason: str) -> None:
        """Report a comment or post to its community's moderators, in at most MOST_REASON characters."""
        await self._changed(
            "api/report/", {"thing_id": _checked(native_id), "reason": reason.strip()[:MOST_REASON]}
        )

    async def remove(self, native_id: str, *, spam: bool = False) -> None:
        """Take a comment or post out of a community the account moderates."""
        await self._changed("api/remove/", {"id": _checked(native_id), "spam": spam})

    async def approve(self, native_id: str) -> None:
        """Approve a comment or post: it stays, and leaves the queue."""
        await self._changed("api/approve/", {"id": _checked(native_id)})

    async def lock(self, native_id: str) -> None:
        """Lock a comment or post: only moderators answer there from now on."""
        await self._changed("api/lock/", {"id": _checked(native_id)})

    async def aclose(self) -> None:
        """Close the connections of the client it was given."""
        await self._client.aclose()

    async def _changed(self, path: str, data: Mapping[str, str | bool]) -> Any:
        """Send a change once; raises PublishError also for a refusal inside an answer of 200."""
        answer = await self._client.post(path, data)
        if (error := trouble.told_errors(answer)) is not None:
            raise error
        return answer

    def _published(self, thing: Mapping[str, Any]) -> Published:
        name = fullname(thing)
        return Published(name, thing_url(thing["data"], name), created_at(thing) or self._now())


def _checked(native_id: str) -> str:
    if not _THING.match(native_id):
        raise PublishRefusedError(
            N_("“{name}” is no comment or post of Reddit's."), name=native_id[:MOST_REASON]
        )
    return native_id


def _made(answer: Any) -> Mapping[str, Any] | None:
    """Return the comment an answer says was made: `{"json": {"data": {"things": [comment]}}}`."""
    inside: Any = answer
    for key in ("json", "data", "things"):
        inside = inside.get(key) if isinstance(inside, dict) else None
    thing = inside[0] if isinstance(inside, list) and inside else None
    return thing if isinstance(thing, dict) and fullname(thing) else None


def _is_reply(thing: Any, outgoing: Outgoing) -> bool:
    data = thing.get("data") if isinstance(thing, dict) else None
    if not isinstance(data, dict) or not fullname(thing):
        return False
    body = data.get("body")
    same = isinstance(body, str) and _bare(body) == _bare(outgoing.text)
    return same and data.get("parent_id") == outgoing.in_reply_to


def _bare(text: str) -> str:
    """Return a text for comparison: Reddit trims ends and lines and changes line breaks."""
    return _BLANKS.sub(" ", text).strip()
