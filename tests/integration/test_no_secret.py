"""No secret is in anything that is written: files, logs at DEBUG, tracebacks, reports, the list of processes.

Every secret planted here begins with MARK. The server they are sent to repeats in its refusals whatever it
sent: the worst a server can do. What the libraries would have said is kept, to show that it was there.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cmconsole.config import quiet, secrets
from cmconsole.config.clock import SystemClock
from cmconsole.config.loading import load
from cmconsole.config.quiet import QuietFormatter
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.publishing import Outgoing
from cmconsole.engine.journal import keep_journal
from cmconsole.engine.redaction import in_words
from cmconsole.tui.crash import write_report
from cmconsole.wiring.outside import Outside
from tests.integration.cli.conftest import Home

MARK = "marked-s3cret"
PLATFORMS = ("x", "reddit", "mastodon", "bluesky")
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


class Echo(BaseHTTPRequestHandler):
    """Refuses everything, and says back what it was sent."""

    heard: list[bytes]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = f"{self.requestline}\n{self.headers}".encode() + self.rfile.read(length)
        self.heard.append(sent)
        body = json.dumps({"error": "invalid_token", "message": sent.decode("latin-1")}).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the library's names

    def log_message(self, *_args: object) -> None:
        """Print nothing."""


@contextmanager
def echoing() -> Iterator[tuple[str, list[bytes]]]:
    """Run the server; yields its address and what it was sent."""
    heard: list[bytes] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (Echo,), {"heard": heard}))
    # A connection that a client keeps open is not waited for.
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def planted() -> dict[str, str]:
    """Return an environment that holds every secret there is."""
    return {
        secrets.variable(platform, key.name): f"{MARK}-{platform}-{key.name}"
        for platform in PLATFORMS
        for key in secrets.KEYS[platform]
        if not key.shown
    } | {secrets.variable("hook", "token"): f"{MARK}-hook-token"}


def settings(server: str) -> str:
    """Return settings with an account and a source on each platform, all of them at the server."""
    text = ['[sources.hook]\ntype = "webhook"\nlisten = "127.0.0.1:0"\n']
    for platform in PLATFORMS:
        text += [f'[accounts.{platform}]\nplatform = "{platform}"\nhandle = "acme"\nserver = "{server}"\n']
        text += [f'[sources.{platform}]\ntype = "{platform}"\naccount = "{platform}"\n']
    return "\n".join(text)


def marks() -> list[bytes]:
    """Return how the mark looks as it is, and within base64 wherever it stands there."""
    found = [MARK.encode()]
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + MARK.encode())
        found.append(encoded[-(-before * 8 // 6) : (before + len(MARK)) * 8 // 6])
    return found


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def clean(what: bytes) -> bool:
    return not any(mark in what for mark in marks())


@contextmanager
def debugging(path: Path) -> Iterator[io.StringIO]:
    """Log at DEBUG to the engine's journal, and without its formatter to a text: what would have leaked."""
    root, raw = logging.getLogger(), io.StringIO()
    level = root.level
    journal = keep_journal(path, logging.DEBUG)
    bare = logging.StreamHandler(raw)
    root.addHandler(bare)
    try:
        yield raw
    finally:
        for handler in (journal, bare):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)


def unpin() -> None:
    """Let every library talk as much as it can, whatever level its logger was pinned to."""
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_no_adapter_tells_a_secret_even_with_debug_on(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in (planted() | NO_KEYRING).items():
        monkeypatch.setenv(variable, value)
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path))
    journal, levels = tmp_path / "engine.log", _levels()
    with echoing() as (server, heard), debugging(journal) as raw:
        file = tmp_path / "settings.toml"
        file.write_text(settings(server), encoding="utf-8")
        outside = Outside(load(file, {}), None, SystemClock(), file)
        try:
            async with asyncio.timeout(30):
                said = await _everything(outside, platform, tmp_path)
        finally:
            _restore(levels)
    raw_said = raw.getvalue()
    quiet.forget()

    assert not all(map(clean, heard)) or platform in {"x", "reddit"}, "its secrets were not even sent"
    assert heard
    assert clean(said.encode()), said
    assert {name: data for name, data in written(tmp_path).items() if not clean(data)} == {}
    assert not clean(raw_said.encode()), "what this test looks for was never said: it could not fail"


async def _everything(outside: Outside, platform: str, folder: Path) -> str:
    """Ask, read and publish; log each failure with its traceback, report it, and return it in words."""
    said = []
    member, publisher = outside.member(platform), outside.publisher(platform)
    unpin()
    source = next(it for it in outside.sources() if it.name == platform)
    outgoing = Outgoing("hello", "1", "0" * 32)
    for act in (member.identity(), anext(source.batches(None)), publisher.reply(outgoing)):
        try:
            await act
        except CmconsoleError as error:
            said += [in_words(error), repr(error), repr(error.__cause__)]
            logging.getLogger("cmconsole.engine").exception(
                "failed with %r", secrets.found(platform, platform)
            )
            write_report(error, folder)
    # The worst case: somebody puts the values themselves into a message, and it is raised.
    values = list(secrets.found(platform, platform).values())
    try:
        int(" ".join(map(str, values)))
    except ValueError as error:
        logging.getLogger("cmconsole.engine").exception("with %s", " ".join(map(str, values)))
        said.append(in_words(error))
        write_report(error, folder)
    await member.aclose()
    if hasattr(publisher, "aclose"):
        await publisher.aclose()
    assert said
    return "\n".join(QuietFormatter().format(logging.makeLogRecord({"msg": line})) for line in said)


def _levels() -> dict[str, int]:
    return {name: logging.getLogger(name).level for name in list(logging.root.manager.loggerDict)}


def _restore(levels: dict[str, int]) -> None:
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


LOUD = """
import logging, sys
from cmconsole.engine import journal
kept = journal.keep_journal
journal.keep_journal = lambda path, level=0: kept(path, logging.DEBUG)
from cmconsole.cli.entry import run
sys.exit(run(sys.argv[1:]))
"""
"""The command with the engine's journal at DEBUG."""


def test_no_command_leaves_a_secret_anywhere(home: Home) -> None:
    environ = home.environ | planted() | NO_KEYRING
    with echoing() as (server, heard):
        home.settings(settings(server))
        engine = subprocess.Popen(
            [sys.executable, "-c", LOUD, "engine", "--stay", "--log", str(home.folder / "engine.log")],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            said = _commands(home, environ, engine)
            ours = str(engine.pid)
            listed = ["ps", "-ww", "-o", "args=", "-p", ours, "--ppid", ours]
            processes = subprocess.run(listed, capture_output=True, check=True).stdout
        finally:
            engine.terminate()
            said += b"".join(engine.communicate(timeout=30))

    assert "engine.log" in written(home.folder)
    assert heard
    assert b"engine" in processes
    assert clean(processes)
    assert clean(said), said.decode()
    assert {name: data for name, data in written(home.folder).items() if not clean(data)} == {}


def _commands(home: Home, environ: dict[str, str], engine: subprocess.Popen[bytes]) -> bytes:
    """Run what a person runs while the engine tries its sources, until it has tried them all."""
    said = b""
    for _ in range(40):
        assert engine.poll() is None, "the engine ended"
        report = _output(home.command("doctor", "--json", "--offline"), environ)
        said += report
        read = [it["says"] for it in json.loads(report)["findings"] if it["area"] == "sources"]
        if all(any(it.startswith(f"{name}: refused") for it in read) for name in PLATFORMS):
            break
    for arguments in (("accounts", "list", "--json"), ("accounts", "check"), ("doctor",), ("export",)):
        said += _output(home.command(*arguments), environ)
    return said


def _output(command: list[str], environ: dict[str, str]) -> bytes:
    ended = subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    return ended.stdout + ended.stderr


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)
