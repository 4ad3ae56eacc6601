"""Doctor's look outside: what can be reached and what not, and how far the clock is off."""

from __future__ import annotations

import asyncio
import os
import socket
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from cmconsole.cli.doctor_reach import clock_off, look
from cmconsole.cli.findings import Finding, Level
from cmconsole.config.clock import SystemClock
from cmconsole.config.loading import checked
from cmconsole.config.schema import Settings
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND
from tests.integration.cli.platforms_on_loopback import instance
from tests.integration.platforms.loopback import Answer, Request, serving


def settings(text: str) -> Settings:
    return checked(tomllib.loads(text), {}, Path("settings.toml"))


def mastodon(server: str) -> Settings:
    return settings(
        f'[accounts.main]\nplatform = "mastodon"\nhandle = "acme"\nserver = "{server}"\n'
        '[sources.fedi]\ntype = "mastodon"\naccount = "main"\n'
    )


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


async def only(of: Settings, patience: float = 10.0) -> Finding:
    found = await look(of, SystemClock(), patience)
    return found[0]


async def test_a_server_that_answers_can_be_reached_and_tells_the_time() -> None:
    async with instance() as (_, site):
        found = await look(mastodon(site.url), SystemClock())

    assert [(it.level, it.area) for it in found] == [(Level.OK, "sources"), (Level.OK, "clock")]


@pytest.mark.parametrize(
    ("status", "level", "words"),
    [
        (503, Level.WARN, "answers with an error (503)"),
        (404, Level.ERROR, "no Mastodon at"),
        (401, Level.OK, "can be reached"),
    ],
)
async def test_what_a_server_answers_is_told_in_words(status: int, level: Level, words: str) -> None:
    async with instance(status=status) as (_, site):
        found = await only(mastodon(site.url))

    assert (found.level, words in found.says) == (level, True), found
    assert bool(found.advice) == (level is not Level.OK)


async def test_a_server_that_keeps_silent_is_not_waited_for() -> None:
    async with asyncio.timeout(30), instance(hang=True) as (_, site):
        found = await only(mastodon(site.url), patience=0.2)

    assert found.level is Level.ERROR
    assert "did not answer within" in found.says
    assert "firewall" in found.advice


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("http://127.0.0.1:{port}", "cannot be reached"),
        ("http://no-such-host.invalid", "No server of the name no-such-host.invalid"),
    ],
)
async def test_a_server_that_is_not_there_has_a_cause_and_a_cure(server: str, words: str) -> None:
    found = await only(mastodon(server.format(port=closed_port())))

    assert found.level is Level.ERROR
    assert words in found.says
    assert found.advice


async def test_a_feed_is_fetched_and_a_missing_one_told() -> None:
    def respond(request: Request) -> Answer:
        if request.path != "/feed.xml":
            return Answer(404)
        return Answer(200, b"<rss version='2.0'><channel><title>x</title></channel></rss>")

    async with serving(respond) as site:
        there, gone = await look(
            settings(
                f'[sources.a]\ntype = "feed"\nurl = "{site.url}/feed.xml"\n'
                f'[sources.b]\ntype = "feed"\nurl = "{site.url}/gone.xml"\n'
            ),
            SystemClock(),
        )

    assert there.level is Level.OK
    assert gone.level is Level.ERROR
    assert "404" in gone.says
    assert gone.advice


async def test_files_and_doors_of_our_own(tmp_path: Path) -> None:
    there = tmp_path / "there.ndjson"
    there.touch()
    async with serving(lambda _request: Answer()) as site:
        found = await look(
            settings(
                f'[sources.a]\ntype = "ndjson"\npath = "{there}"\n'
                f'[sources.b]\ntype = "ndjson"\npath = "{tmp_path}/gone"\n'
                f'[sources.c]\ntype = "ndjson"\npath = "{tmp_path}/gone"\nfollow = false\n'
                f'[sources.d]\ntype = "webhook"\nlisten = "127.0.0.1:{closed_port()}"\n'
                f'[sources.e]\ntype = "webhook"\nlisten = "0.0.0.0:{site.port}"\n'
            ),
            SystemClock(),
        )

    assert [it.level for it in found] == [Level.OK, Level.WARN, Level.ERROR, Level.WARN, Level.OK]
    assert all(it.advice for it in found if it.level is not Level.OK)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
async def test_a_file_nobody_may_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "closed"
    file.touch(0o000)

    found = await only(settings(f'[sources.a]\ntype = "ndjson"\npath = "{file}"\n'))

    assert found.level is Level.ERROR


async def test_a_mastodon_account_whose_server_nobody_knows_is_told() -> None:
    found = await only(mastodon(""))

    assert found.level is Level.ERROR
    assert "server" in found.advice


@pytest.mark.parametrize(
    ("offs", "level", "words"),
    [
        ([SECOND, -SECOND, 20 * SECOND], Level.OK, "agrees"),
        ([45 * SECOND], Level.WARN, "45 seconds ahead"),
        ([-10 * MINUTE], Level.ERROR, "10 minutes behind"),
        ([DAY, DAY + SECOND, 0], Level.ERROR, "1 day ahead"),
        ([-DAY, 5 * HOUR, 5 * HOUR], Level.ERROR, "5 hours ahead"),
    ],
)
def test_the_clock_is_judged_by_the_middle_of_what_servers_say(
    offs: list[int], level: Level, words: str
) -> None:
    (found,) = clock_off(offs)

    assert found.level is level
    assert words in found.says
    assert ("X refuses" in found.advice) == (level is Level.ERROR)


async def test_a_clock_a_day_off_is_found_by_the_servers_dates() -> None:
    async with instance(off=timedelta(days=1)) as (_, site):
        found = await look(mastodon(site.url), SystemClock())

    assert "1 day ahead" in found[-1].says
