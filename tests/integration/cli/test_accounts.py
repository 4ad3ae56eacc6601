"""`cmconsole accounts`: added, listed, checked, renewed and removed, against a server and a real terminal."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import select
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Home
from tests.integration.cli.platforms_on_loopback import TOKEN, instance

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
FORMER = '# ours\n[desk]\nperson = "Alice"  # me\n'


def folder(home: Home) -> Path:
    return home.folder / "CONFIG" / "cmconsole"


async def run(
    home: Home, *arguments: str, stdin: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run the command while the test's own servers answer; no keyring of this machine is ever touched."""
    return await asyncio.to_thread(home.run, "accounts", *arguments, stdin=stdin, **{**NO_KEYRING, **environ})


async def add(home: Home, server: str, *more: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    given = ("--platform", "mastodon", "--name", "main", "--handle", "@acme@fedi.example", "--server", server)
    return await run(home, "add", *given, "--secret-stdin", "access_token", *more, stdin=f"{token}\n")


async def test_an_account_is_added_checked_listed_and_removed(home: Home) -> None:
    settings = home.settings(FORMER)
    async with instance() as (_, site):
        added = await add(home, site.url)
        checked = await run(home, "check", "--json")
    listed = await run(home, "list", "--json")

    assert added.returncode == 0, added.stderr
    assert "The platform knows you: @acme@fedi.example." in added.stdout
    assert settings.read_text(encoding="utf-8") == (
        FORMER + '\n# Written by `cmconsole accounts`.\n[accounts.main]\nplatform = "mastodon"\n'
        f'handle = "acme@fedi.example"\nmode = "rehearsal"\nserver = "{site.url}"\n'
        '\n# Written by `cmconsole accounts`.\n[sources.main]\ntype = "mastodon"\naccount = "main"\n'
    )
    kept = folder(home) / "secrets.toml"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert TOKEN in kept.read_text(encoding="utf-8")
    assert TOKEN not in added.stdout + added.stderr
    assert (checked.returncode, json.loads(checked.stdout)["standing"]) == (0, "verified")
    account = json.loads(listed.stdout)
    assert account["secrets"] == {"access_token": "file"}
    assert (account["mode"], account["standing"], account["spent"], account["cap"]) == (
        "rehearsal", "unchecked", 0.0, None,
    )  # fmt: skip

    removed = await run(home, "remove", "main", "--yes")

    assert removed.returncode == 0, removed.stderr
    assert settings.read_text(encoding="utf-8") == FORMER
    assert kept.read_text(encoding="utf-8") == ""
    assert "no account yet" in (await run(home, "list")).stdout


@pytest.mark.parametrize(
    ("plays", "token", "says"),
    [
        ({}, "wrong-t0ken", "does not accept the access token (401)"),
        ({"acct": "rival"}, TOKEN, "takes us for @rival@fedi.example, the settings say @acme@fedi.example"),
        ({"status": 503}, TOKEN, "answers with an error (503)"),
    ],
)
async def test_an_account_that_is_not_verified_is_not_written(
    home: Home, plays: dict[str, object], token: str, says: str
) -> None:
    settings = home.settings(FORMER)
    async with instance(**plays) as (_, site):
        added = await add(home, site.url, token=token)

    assert added.returncode == 1
    assert says in added.stdout
    assert "Nothing was written." in added.stdout
    assert settings.read_text(encoding="utf-8") == FORMER
    assert not (folder(home) / "secrets.toml").exists()
    assert token not in added.stdout + added.stderr


async def test_offline_nobody_is_asked(home: Home) -> None:
    added = await add(home, "https://fedi.example", "--offline", "--no-source")

    assert added.returncode == 0, added.stderr
    assert "sources" not in (folder(home) / "settings.toml").read_text(encoding="utf-8")


async def test_check_says_what_is_wrong_and_ends_with_1(home: Home) -> None:
    async with instance() as (plays, site):
        await add(home, site.url)
        plays.acct = "rival"
        locked = await run(home, "check")
        as_json = await run(home, "check", "main", "--json")
        plays.acct = "acme"
        refused = await run(home, "check", CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN="old-t0ken")
    unreached = await run(home, "check")

    assert (locked.returncode, refused.returncode, unreached.returncode) == (1, 1, 1)
    assert "main: LOCKED: The platform takes us for @rival@fedi.example" in locked.stdout
    assert json.loads(as_json.stdout)["seen"] == "rival@fedi.example"
    assert "main: unusable" in refused.stdout
    assert "main: not reached" in unreached.stdout
    assert all("→" in it.stdout for it in (locked, refused, unreached))


async def test_a_secret_is_renewed_only_when_the_platform_takes_it(home: Home) -> None:
    async with instance() as (_, site):
        await add(home, site.url)
        refused = await run(home, "renew", "main", "--secret-stdin", "access_token", stdin="wrong-t0ken\n")
        kept = (folder(home) / "secrets.toml").read_text(encoding="utf-8")
        renewed = await run(home, "renew", "main", "--secret-stdin", "access_token", stdin=f"{TOKEN}\n")

    assert refused.returncode == 1
    assert "wrong-t0ken" not in kept
    assert renewed.returncode == 0, renewed.stderr
    assert "access token in the private file" in renewed.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("add",), 2, "--platform is needed"),
        (("add", "--platform", "myspace"), 2, "myspace is no platform with accounts"),
        (("add", "--platform", "x", "--name", "a b", "--handle", "acme"), 2, "cannot be a name"),
        (("add", "--platform", "x", "--handle", "acme"), 2, "--secret-stdin consumer_key"),
        (("add", "--platform", "x", "--handle", "acme", "--secret-stdin", "pin"), 2, "pin is no secret"),
        (("add", "--platform", "mastodon", "--handle", "acme"), 2, "--server is needed"),
        (("check", "nobody"), 5, "No account is called nobody"),
        (("renew", "nobody"), 5, "No account is called nobody"),
        (("remove", "nobody", "--yes"), 5, "No account is called nobody"),
    ],
)
async def test_mistakes_are_said_and_nothing_is_written(
    home: Home, arguments: tuple[str, ...], code: int, says: str
) -> None:
    ended = await run(home, *arguments)

    assert ended.returncode == code, ended.stderr
    assert says in ended.stderr
    assert not folder(home).exists()


async def test_a_name_that_is_taken_is_refused(home: Home) -> None:
    settings = home.settings('[accounts.main]\nplatform = "x"\nhandle = "acme"\n')

    ended = await add(home, "https://fedi.example", "--offline")

    assert ended.returncode == 2
    assert "There is an account main already." in ended.stderr
    assert settings.read_text(encoding="utf-8") == '[accounts.main]\nplatform = "x"\nhandle = "acme"\n'


async def test_an_account_named_in_the_environment_has_no_lines_to_delete(home: Home) -> None:
    environ = {"CMCONSOLE_ACCOUNTS__MAIN__PLATFORM": "x", "CMCONSOLE_ACCOUNTS__MAIN__HANDLE": "acme"}
    environ["CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN"] = "marked-in-environment"

    removed = await run(home, "remove", "main", "--yes", **environ)

    assert "CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN is still in the environment" in removed.stdout
    assert "delete this yourself" in removed.stdout


@dataclass
class Person:
    """Someone at a real terminal, who waits for a question before answering it."""

    ours: int
    seen: str = ""

    def answer(self, question: str, answer: str) -> None:
        self.wait(question)
        os.write(self.ours, f"{answer}\n".encode())

    def wait(self, words: str) -> None:
        start = len(self.seen)
        while words not in self.seen[start:]:
            ready, _, _ = select.select([self.ours], [], [], 30)
            assert ready, self.seen
            try:
                read = os.read(self.ours, 4096)
            except OSError:
                read = b""
            assert read, self.seen
            self.seen += read.decode("utf-8", "replace")


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_person_is_led_step_by_step(home: Home, french: None, language: str) -> None:
    home.settings(f'[desk]\nlanguage = "{language}"\n')
    async with instance() as (_, site):
        person = await asyncio.to_thread(guided, home, site.url, language)

    assert "/settings/applications/new" in person.seen
    assert "write:statuses" in person.seen
    assert TOKEN not in person.seen
    text = (folder(home) / "settings.toml").read_text(encoding="utf-8")
    assert '[accounts.fedi]\nplatform = "mastodon"\nhandle = "acme@fedi.example"' in text
    assert '[sources.fedi]\ntype = "mastodon"' in text


def guided(home: Home, server: str, language: str) -> Person:
    ours, theirs = pty.openpty()
    # A session of its own has no terminal to ask but the one it was given.
    with subprocess.Popen(
        home.command("accounts", "add", "--server", server),
        env=home.environ | NO_KEYRING,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        person = Person(ours)
        questions = {"en": ("access token:", "Read what mentions"), "fr": ("accès\u00a0:", "Lire")}
        token, source = questions[language]
        try:
            person.answer("mastodon", "mastodon")
            person.answer("[mastodon]", "fedi")
            person.answer("acme@mastodon.social", "@acme@fedi.example")
            person.answer(token, "wrong-t0ken")
            person.answer("401", "")
            person.answer(token, TOKEN)
            person.answer(source, "")
            person.wait("fedi")
            process.wait(30)
        finally:
            process.kill()
    os.close(ours)
    assert process.returncode == 0, person.seen
    return person
