"""Speaks to X for one account: tweepy in a thread of its own, metered, limited, its failures in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from typing import Any, Final

import requests
import tweepy

from cmconsole.core.account import Identity
from cmconsole.core.budget import Meter
from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.errors import N_, BudgetSpentError, PublishRefusedError, SourceRefusedError, UnclearError
from cmconsole.platforms.x import answers, prices
from cmconsole.platforms.x.answers import Answer, part, word
from cmconsole.platforms.x.stream import StreamConnection
from cmconsole.platforms.x.troubles import (
    Trouble,
    TroubleError,
    clock_off,
    diagnosed,
    pause_asked,
    publish_error,
    remaining,
    source_error,
)
from cmconsole.platforms.x.wire import Head, Wire

SERVER: Final = "https://api.x.com"
TIMEOUT: Final = 20.0

PAGE: Final = 100
"""Most posts in one answer."""

LEAST_MENTIONS: Final = 5
LEAST_FOUND: Final = 10
"""Fewest posts a page may ask for: of a timeline, of a search."""

_LOGGERS: Final = ("tweepy", "requests_oauthlib", "oauthlib", "urllib3")

_PARTS: Final = {
    "tweet_fields": [
        "attachments",
        "author_id",
        "conversation_id",
        "created_at",
        "edit_history_tweet_ids",
        "entities",
        "in_reply_to_user_id",
        "lang",
        "note_tweet",
        "referenced_tweets",
        "withheld",
    ],
    "expansions": [
        "author_id",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
        "attachments.media_keys",
        "attachments.poll_ids",
    ],
    "media_fields": ["media_key", "type", "alt_text"],
    "user_fields": ["description", "entities", "name", "public_metrics", "username", "verified"],
}


@dataclass(frozen=True, slots=True)
class XSecrets:
    """The keys of one account, from console.x.com; the bearer token is the app's, for the stream only."""

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_token_secret: str = field(repr=False)
    bearer_token: str = field(default="", repr=False)


class XClient:
    """One account's connection with X. All questions go one after another, none is ever repeated.

    meter: counts what is used and knows what is left; None: nobody counts. server: where X is.
    """

    def __init__(
        self,
        secrets: XSecrets,
        *,
        now: Callable[[], Instant],
        meter: Meter | None = None,
        server: str = SERVER,
        timeout: float = TIMEOUT,
    ) -> None:
        quieten()
        self._secrets = secrets
        self._now = now
        self._meter = meter
        self._server = server
        self._timeout = timeout
        self._wire = Wire(server, timeout)
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="x")
        keys = {name: getattr(secrets, name) or None for name in (item.name for item in fields(secrets))}
        self._tweepy = tweepy.Client(**keys, return_type=requests.Response, wait_on_rate_limit=False)
        self._wire.session(self._tweepy.session)
        self._rules = tweepy.StreamingClient(
            secrets.bearer_token, return_type=requests.Response, wait_on_rate_limit=False
        )
        self._wire.session(self._rules.session)
        self._shut_until: dict[str, Instant] = {}
        self._me: Identity | None = None
        self.clock_off = 0
        """Milliseconds our clock is ahead of X's, by its last answer."""

    async def aclose(self) -> None:
        """Close the connections; a question under way ends by itself, within its timeout."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._wire.close()

    async def identity(self) -> Identity:
        """Return whom X takes us for. Raises SourceError, SourceRefusedError for bad keys."""
        answer = await self._question("me", lambda: self._tweepy.get_me(user_auth=True))
        user = part(answer.whole, "data")
        self._me = Identity(word(user, "username"), word(user, "id"), word(user, "name"))
        await self._used("read", 1, prices.USER_READ)
        if not self._me.handle or not self._me.native_id:
            raise source_error(TroubleError(Trouble.UNREADABLE))
        return self._me

    async def me(self) -> Identity:
        """Return whom X takes us for, asked once. Raises what `identity` raises."""
        return self._me or await self.identity()

    async def mentions(self, user: str, *, since: str = "", token: str = "") -> Answer:
        """Return a page of the last 800 posts that mention a user, newest first. Raises SourceError."""
        most = await self.affordable(LEAST_MENTIONS)
        return await self._page(
            "mentions",
            lambda: self._tweepy.get_users_mentions(
                user,
                max_results=most,
                since_id=since or None,
                pagination_token=token or None,
                user_auth=True,
                **_PARTS,
            ),
        )

    async def search(self, query: str, *, since: str = "", until: str = "", token: str = "") -> Answer:
        """Return a page of posts of the last 7 days, the newest first. Raises SourceError."""
        most = await self.affordable(LEAST_FOUND)
        return await self._page(
            "search",
            lambda: self._tweepy.search_recent_tweets(
                query,
                max_results=most,
                since_id=since or None,
                until_id=until or None,
                next_token=token or None,
                user_auth=True,
                **_PARTS,
            ),
        )

    async def own_posts(self, user: str, *, since: str, token: str = "") -> Answer:
        """Return a page of a user's posts, the newest first. Raises SourceError."""
        most = await self.affordable(LEAST_MENTIONS)
        return await self._page(
            "own posts",
            lambda: self._tweepy.get_users_tweets(
                user,
                max_results=most,
                since_id=since or None,
                pagination_token=token or None,
                tweet_fields=_PARTS["tweet_fields"],
                user_auth=True,
            ),
        )

    async def posts(self, native_ids: Sequence[str]) -> Answer:
        """Return posts by their ids, at most PAGE. Raises SourceError."""
        await self.affordable(len(native_ids))
        return await self._page(
            "posts", lambda: self._tweepy.get_tweets(list(native_ids), user_auth=True, **_PARTS)
        )

    async def create(self, text: str, in_reply_to: str) -> Answer:
        """Publish a reply, once. Raises what a Publisher's `reply` raises."""
        return await self._change(
            "create",
            prices.price_of(text),
            lambda: self._tweepy.create_tweet(text=text, in_reply_to_tweet_id=in_reply_to, user_auth=True),
        )

    async def delete(self, native_id: str) -> Answer:
        """Delete a post of ours, once. Raises what `create` raises."""
        return await self._change(
            "delete", prices.DELETE, lambda: self._tweepy.delete_tweet(native_id, user_auth=True)
        )

    async def hide(self, native_id: str) -> Answer:
        """Hide a reply in a thread we began, once. Raises what `create` raises."""
        return await self._change(
            "hide", prices.HIDE, lambda: self._tweepy.hide_reply(native_id, user_auth=True)
        )

    async def like(self, native_id: str) -> Answer:
        """Like a post, once. Raises what `create` raises."""
        return await self._change("like", prices.LIKE, lambda: self._tweepy.like(native_id, user_auth=True))

    async def keep_rules(self, tag: str, wanted: Sequence[str]) -> None:
        """Make the stream's rules of this tag those wanted; those of others stay. Raises SourceError.

        A value that another tag has already is refused as a duplicate, and streams all the same.
        """
        self.check_bearer()
        answer = await self._question("rules", self._rules.get_rules)
        ours = {
            word(rule, "value"): word(rule, "id")
            for rule in answer.posts
            if isinstance(rule, dict) and word(rule, "tag") == tag
        }
        gone = [native_id for value, native_id in ours.items() if value not in wanted]
        new = [tweepy.StreamRule(value, tag) for value in wanted if value not in ours]
        if gone:
            await self._question("rules", lambda: self._rules.delete_rules(gone))
        if new:
            answer = await self._question("rules", lambda: self._rules.add_rules(new))
            for error in answer.errors:
                if word(error, "title") != "DuplicateRule":
                    raise source_error(
                        TroubleError(
                            Trouble.ANSWERED, 400, words=word(error, "value") or word(error, "title")
                        )
                    )

    async def open_stream(self, silence: float) -> StreamConnection:
        """Return the opened stream; raises TroubleError, SourceRefusedError without a bearer token.

        silence: seconds without a byte after which it is dead.
        """
        self.check_bearer()
        connection = StreamConnection(self._server, self._timeout, silence, self._now)
        await connection.open(self._secrets.bearer_token, _PARTS)
        return connection

    async def affordable(self, least: int) -> int:
        """Return how many posts may be asked for, at most PAGE.

        Raises BudgetSpentError where that is fewer than `least`.
        """
        left = await self._meter.left() if self._meter is not None else None
        if left is None:
            return PAGE
        count = min(PAGE, left // prices.POST_READ)
        if count < least:
            raise BudgetSpentError(
                N_("This month's money for X is used up: reading pauses until the month is over."),
                advice=N_("Raise the account's cap in the settings to go on at once."),
                retry_after=prices.until_next_month(self._now()),
            )
        return count

    async def delivered(self, count: int) -> None:
        """Record posts that came down the stream."""
        await self._used("read", count, count * prices.POST_READ)

    def check_bearer(self) -> None:
        """Raise SourceRefusedError where there is no bearer token that can be sent."""
        if not _sendable(self._secrets.bearer_token):
            raise SourceRefusedError(
                N_("X's stream needs the app's bearer token, and there is none that could be one."),
                advice=N_(
                    "Copy it from console.x.com, the app's Keys and tokens, and give it to"
                    " `cmconsole accounts add`; or set `streaming = false` for this source."
                ),
            )

    async def _page(self, route: str, call: Callable[[], Any]) -> Answer:
        answer = await self._question(route, call)
        await self._used("read", len(answer.posts), len(answer.posts) * prices.POST_READ)
        return answer

    async def _question(self, route: str, call: Callable[[], Any]) -> Answer:
        try:
            return await self._asked(route, call)
        except TroubleError as error:
            raise source_error(error) from error

    async def _change(self, route: str, cost: int, call: Callable[[], Any]) -> Answer:
        """Do what costs money and can be seen, once; what may have happened is counted as if it had."""
        left = await self._meter.left() if self._meter is not None else None
        if left is not None and left < cost:
            raise PublishRefusedError(
                N_("This month's money for X is used up: nothing was sent."),
                advice=N_("Raise the account's cap in the settings, or wait until the month is over."),
                retry_after=prices.until_next_month(self._now()),
            )
        try:
            answer = await self._asked(route, call)
        except TroubleError as error:
            failure = publish_error(error)
            if isinstance(failure, UnclearError):
                await self._used("write", 1, cost)
            raise failure from error
        await self._used("write", 1, cost)
        return answer

    async def _asked(self, route: str, call: Callable[[], Any]) -> Answer:
        """Ask in the client's thread; raises TroubleError, before anything is sent where X would say 429."""
        self._check_keys()
        shut = self._shut_until.get(route, 0) - self._now()
        if shut > 0:
            raise TroubleError(Trouble.ANSWERED, 429, pause=shut / SECOND)
        body, head = await _in(self._threads, lambda: self._called(call))
        self._note(route, head)
        try:
            return answers.read(body)
        except answers.NoAnswerError as error:
            raise TroubleError(Trouble.UNREADABLE, head.status) from error

    def _called(self, call: Callable[[], Any]) -> tuple[bytes, Head]:
        """Return the body and head of an answer. In the client's thread."""
        self._wire.forget()
        try:
            body: bytes = call().content
        except Exception as error:
            raise diagnosed(error, self._wire.head, self._now()) from error
        head = self._wire.head
        return body, head if head is not None else Head(200, {})

    def _note(self, route: str, head: Head) -> None:
        """Remember X's clock, and when to ask again where this was the last request it granted."""
        self.clock_off = clock_off(head, self._now())
        if remaining(head) == 0 and (pause := pause_asked(head, self._now())) is not None:
            self._shut_until[route] = self._now() + round(pause * SECOND)

    async def _used(self, item: str, count: int, cost: int) -> None:
        if self._meter is not None and count:
            await self._meter.spend(item, count, cost)

    def _check_keys(self) -> None:
        """Raise where a key cannot be sent: a library's complaint about it would hold it."""
        kept = self._secrets
        keys = (kept.consumer_key, kept.consumer_secret, kept.access_token, kept.access_token_secret)
        if not all(map(_sendable, keys)):
            raise TroubleError(Trouble.ANSWERED, 401)


async def _in(threads: ThreadPoolExecutor, work: Callable[[], tuple[bytes, Head]]) -> tuple[bytes, Head]:
    asked: Awaitable[tuple[bytes, Head]] = asyncio.get_running_loop().run_in_executor(threads, work)
    return await asked


def _sendable(key: str) -> bool:
    return bool(key) and key.isascii() and key.isprintable() and " " not in key


def quieten() -> None:
    """Pin the loggers that print tokens and whole requests at DEBUG to WARNING, and all below them."""
    known = list(logging.root.manager.loggerDict)
    for name in (
        *_LOGGERS,
        *(name for name in known if name.startswith(tuple(f"{top}." for top in _LOGGERS))),
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
