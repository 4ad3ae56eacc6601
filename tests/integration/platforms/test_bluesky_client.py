"""The session with Bluesky against the twin: opened once, kept, renewed once, never told."""

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from cmconsole.core.clock import DAY, HOUR
from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.platforms.bluesky.client import BlueskyClient
from tests.twin.server import Twin, twin

CREATE = "/xrpc/com.atproto.server.createSession"
REFRESH = "/xrpc/com.atproto.server.refreshSession"
NOTIFICATIONS = "/xrpc/app.bsky.notification.listNotifications"


class Drawer:
    """Keeps a session as the engine's file does."""

    def __init__(self) -> None:
        self.text = ""
        self.broken = False

    async def load(self) -> str:
        return self.text

    async def save(self, text: str) -> None:
        if self.broken:
            raise OSError(28, "No space left on device")
        self.text = text


@asynccontextmanager
async def asking(running: Twin, drawer: Drawer, **changes: str) -> AsyncIterator[BlueskyClient]:
    settings = running.bluesky.credentials | changes
    client = BlueskyClient(
        running.address["bluesky"], **settings, now=running.world.now, session=drawer, timeout=2.0
    )
    try:
        yield client
    finally:
        await client.aclose()


def sessions(running: Twin) -> tuple[int, int]:
    """Return how often a session was opened, and renewed."""
    seen = running.world.seen
    return len(seen("bluesky", path=CREATE)), len(seen("bluesky", path=REFRESH))


async def test_a_session_says_who_we_are_and_outlives_the_program() -> None:
    drawer = Drawer()
    async with twin("bluesky") as running:
        found = []
        for _ in range(5):
            async with asking(running, drawer) as client:
                found.append(await client.identity())

        assert {(one.handle, one.native_id) for one in found} == {("acme.test", running.bluesky.us.did)}
        assert sessions(running) == (1, 0)


async def test_many_callers_open_one_session_and_renew_it_once() -> None:
    async with twin("bluesky") as running, asking(running, Drawer()) as client:
        await asyncio.gather(*(client.identity() for _ in range(10)))
        running.bluesky.door.expire()
        await asyncio.gather(*(client.identity() for _ in range(10)))

        assert sessions(running) == (1, 1)


async def test_a_new_session_is_opened_only_when_the_refresh_token_is_refused() -> None:
    async with twin("bluesky") as running, asking(running, Drawer()) as client:
        await client.identity()
        running.bluesky.door.revoke()
        await client.identity()

        assert sessions(running) == (2, 1)


@pytest.mark.parametrize("kind", ["html", "limit", "drop_after", "garbage"])
async def test_trouble_while_renewing_opens_no_session(kind: str) -> None:
    async with twin("bluesky") as running, asking(running, Drawer()) as client:
        await client.identity()
        running.bluesky.door.expire()
        running.world.faults.plant("bluesky", kind, path=REFRESH)
        with pytest.raises(SourceError) as raised:
            await client.identity()

        assert not isinstance(raised.value, SourceRefusedError)
        assert sessions(running) == (1, 1)
        running.world.shift += 61_000
        # Where the answer was lost the refresh token is used up, and that is what it takes.
        await client.identity()
        assert sessions(running) == ((2, 2) if kind in {"drop_after", "garbage"} else (1, 2))


async def test_another_process_renewed_it_meanwhile() -> None:
    drawer = Drawer()
    async with twin("bluesky") as running, asking(running, drawer) as ours, asking(running, drawer) as theirs:
        await ours.identity()
        await theirs.identity()
        running.bluesky.door.expire()
        await theirs.identity()
        await ours.identity()

        assert sessions(running) == (1, 1)


async def test_a_session_of_somebody_else_is_not_used() -> None:
    drawer = Drawer()
    async with twin("bluesky") as running:
        async with asking(running, drawer) as client:
            await client.identity()
        async with asking(running, drawer, identifier="bob.test") as client:
            with pytest.raises(SourceRefusedError):
                await client.identity()
        async with asking(running, drawer, identifier=running.bluesky.us.did) as client:
            await client.identity()

        assert sessions(running) == (3, 0)


@pytest.mark.parametrize("text", ["", "nonsense", "{}", "null", '{"service": 5}', "[]"])
async def test_what_cannot_be_read_of_a_session_means_a_new_one(text: str) -> None:
    drawer = Drawer()
    drawer.text = text
    async with twin("bluesky") as running, asking(running, drawer) as client:
        await client.identity()

        assert sessions(running) == (1, 0)


async def test_a_wrong_password_is_tried_once_and_the_page_to_go_to_is_named() -> None:
    async with twin("bluesky") as running, asking(running, Drawer(), password="wrong-one") as client:
        for _ in range(20):
            with pytest.raises(SourceRefusedError, match=r"handle and app password") as raised:
                await client.identity()
            assert "Settings → Privacy and security → App passwords" in raised.value.advice
        assert sessions(running) == (1, 0)
        running.world.shift += HOUR
        with pytest.raises(SourceRefusedError):
            await client.identity()
        assert sessions(running) == (2, 0)


async def test_a_program_that_loses_its_session_over_and_over_stays_below_the_limit() -> None:
    """A crash loop for a day: Bluesky grants 300 sessions, and a person needs some too."""
    drawer = Drawer()
    async with twin("bluesky") as running:
        running.bluesky.door.limits |= {"session": (30, 300_000), "day": (300, DAY)}
        pauses = []
        for _ in range(24 * 20):
            running.bluesky.door.revoke()
            async with asking(running, drawer) as client:
                try:
                    await client.identity()
                except SourceError as error:
                    pauses.append(error.retry_after)
            running.world.shift += 3 * 60_000

        assert sessions(running)[0] <= 260
        assert 429 not in [seen.status for seen in running.world.requests]
        assert pauses
        assert all(pause is not None and 0 < pause <= DAY / 1_000 for pause in pauses)


async def test_a_limit_is_told_to_the_second_also_by_a_clock_that_is_a_day_off() -> None:
    for shift in (0, DAY, -DAY):
        async with twin("bluesky") as running:
            running.world.shift = shift
            said = running.bluesky.credentials
            client = BlueskyClient(
                running.address["bluesky"],
                said["identifier"],
                said["password"],
                now=lambda: time.time_ns() // 1_000_000,
                session=Drawer(),
            )
            await client.identity()
            running.world.faults.plant("bluesky", "limit", path=NOTIFICATIONS, reset_after=137)
            with pytest.raises(SourceError) as raised:
                await client.ask("app.bsky.notification.listNotifications")
            with pytest.raises(SourceError) as again:
                await client.ask("app.bsky.notification.listNotifications")
            await client.aclose()

            assert raised.value.retry_after is not None
            assert 136 <= raised.value.retry_after <= 139
            # Nothing is left until then: the second question was not sent.
            assert again.value.retry_after is not None
            assert len(running.world.seen("bluesky", path=NOTIFICATIONS)) == 1


async def test_the_last_request_of_a_limit_is_noticed_before_the_limit_is_hit() -> None:
    async with twin("bluesky") as running, asking(running, Drawer()) as client:
        running.bluesky.door.limits["all"] = (3, 300_000)
        for _ in range(3):
            await client.identity()
        with pytest.raises(SourceError) as raised:
            await client.identity()

        assert raised.value.retry_after is not None
        assert 429 not in [seen.status for seen in running.world.requests]


async def test_an_entryway_sends_us_to_the_server_that_holds_the_account() -> None:
    async with twin("bluesky") as home, twin("bluesky") as entry:
        entry.bluesky.door.pds = home.address["bluesky"]
        entry.bluesky.door.access = home.bluesky.door.access
        async with asking(entry, Drawer()) as client:
            await client.identity()

        assert sessions(entry) == (1, 0)
        assert len(home.world.seen("bluesky", path="/xrpc/com.atproto.server.getSession")) == 1


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"error": "AuthFactorTokenRequired", "message": "x"}, True),
        ({"error": "AccountTakedown", "message": "x"}, True),
    ],
)
async def test_an_account_that_cannot_log_in_is_for_a_person(body: dict[str, str], refused: bool) -> None:
    async with twin("bluesky") as running, asking(running, Drawer()) as client:
        running.world.faults.plant("bluesky", "status", path=CREATE, status=401, body=body)
        with pytest.raises(SourceRefusedError) as raised:
            await client.identity()

        assert raised.value.advice
        assert refused


async def test_a_session_that_cannot_be_kept_is_said() -> None:
    drawer = Drawer()
    drawer.broken = True
    async with twin("bluesky") as running, asking(running, drawer) as client:
        with pytest.raises(SourceError, match="could not be kept"):
            await client.identity()

        # Kept before it is tried: a full disk costs no session.
        assert sessions(running) == (0, 0)


async def test_no_secret_is_in_an_error_a_log_or_a_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    drawer = Drawer()
    told = []
    async with twin("bluesky") as running, asking(running, drawer) as client:
        await client.identity()
        secrets = [running.bluesky.credentials["password"], *running.bluesky.door.access]
        secrets += running.bluesky.door.refresh
        echo = {"error": "InvalidRequest", "message": f"bad {secrets[1]}"}
        faults: list[tuple[str, dict[str, Any]]] = [
            ("html", {"status": 503}),
            ("garbage", {}),
            ("drop_before", {}),
            ("status", {"status": 400, "body": echo}),
            ("status", {"status": 500, "body": echo}),
        ]
        for kind, args in faults:
            running.world.faults.plant("bluesky", kind, path=".*getSession", **args)
            with pytest.raises(SourceError) as raised:
                await client.identity()
            told.append("".join(traceback.format_exception(raised.value)))
        told += [repr(client), repr(vars(client)), repr(await client.session()), caplog.text]

    for secret in secrets:
        assert not any(secret in text for text in told)
