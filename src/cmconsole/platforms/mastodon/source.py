"""The Mastodon source: mentions live where the server streams, by asking where it does not, without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final

from cmconsole.core.clock import MINUTE, Instant
from cmconsole.core.errors import N_, SourceRefusedError
from cmconsole.core.source import Batch
from cmconsole.platforms import http
from cmconsole.platforms.mastodon import place as places
from cmconsole.platforms.mastodon.client import MastodonClient
from cmconsole.platforms.mastodon.intake import Intake
from cmconsole.platforms.mastodon.mapping import PLATFORM

INTERVAL: Final = 30.0
"""Seconds between two questions where the server does not stream: 10 of the 300 requests of five minutes."""

SILENCE: Final = 90.0
"""Seconds without a byte after which a stream is dead; Mastodon sends a heartbeat every 15 s."""

TIMEOUT: Final = 20.0

_STEADY: Final = MINUTE
"""A stream that lived this long is not one that fails at once: the next one is opened after a second."""


class MastodonSource:
    """Takes what mentions an account on one instance, and posts with the hashtags it watches.

    instance_url: such as `https://piaille.fr`. token: an access token; it is sent in headers only and is
    never part of an error or a log. hashtags: with or without "#". At the first start the newest page of each
    is taken, not years of them.
    """

    def __init__(
        self,
        name: str,
        instance_url: str,
        token: str,
        *,
        now: Callable[[], Instant],
        hashtags: Sequence[str] = (),
        streaming: bool = True,
        interval: float = INTERVAL,
        silence: float = SILENCE,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._address = instance_url.rstrip("/")
        self._token = token.strip()
        self._now = now
        self._hashtags = tuple(tag.strip().removeprefix("#") for tag in hashtags)
        self._streaming = streaming
        self._interval = interval
        self._silence = silence
        self._timeout = timeout
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return PLATFORM

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield mentions as they come, for ever; an empty batch says that there was nothing new."""
        headers = {"Authorization": f"Bearer {self._checked_token()}"}
        failures = 0
        async with http.new_client(self._timeout, headers) as client:
            mastodon = MastodonClient(client, self._address, self._now)
            instance = await mastodon.instance()
            own = await mastodon.own_account() if self._hashtags else ""
            intake = Intake(
                mastodon,
                source=self._name,
                domain=instance.domain,
                own_account=own,
                hashtags=self._hashtags,
                place=places.parse(cursor, self._address),
                now=self._now,
            )
            while True:
                started = self._now()
                if self._streaming:
                    async with aclosing(self._live(mastodon, instance.streaming, intake)) as live:
                        async for batch in live:
                            yield batch
                async with aclosing(intake.missed()) as missed:
                    async for batch in missed:
                        yield batch
                failures = 0 if self._now() - started >= _STEADY else failures + 1
                await self._sleep(self._pause(failures))

    async def _live(self, client: MastodonClient, streaming: str, intake: Intake) -> AsyncGenerator[Batch]:
        """Yield what comes live until the stream ends, first what came before it was open."""
        opened = False
        async with aclosing(client.live(streaming, self._silence)) as stream:
            async for events in stream:
                if not opened or intake.is_due():
                    opened = True
                    async with aclosing(intake.missed()) as missed:
                        async for batch in missed:
                            yield batch
                if events and (came := await intake.taken(events)) is not None:
                    yield came

    def _pause(self, failures: int) -> float:
        """Return the seconds until the next attempt: with streams that fail at once, ever longer."""
        return min(self._interval, 2.0 ** min(failures, 10)) if self._streaming else self._interval

    def _checked_token(self) -> str:
        """Return the token if it can be sent: a library's complaint about another would hold it."""
        if (
            not self._token
            or not self._token.isascii()
            or not self._token.isprintable()
            or " " in self._token
        ):
            advice = N_("Copy it again from the instance, Preferences → Development.")
            raise SourceRefusedError(N_("The access token in the settings is not one."), advice=advice)
        return self._token
