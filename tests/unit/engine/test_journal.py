"""The engine's log: private, small, one line an event, no secrets, no chatter of libraries."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmconsole.engine.journal import keep_journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Path]:
    """Return the file that is being logged to; the loggers are put back afterwards."""
    root = logging.getLogger()
    level = root.level
    path = tmp_path / "engine.log"
    umask = os.umask(0)
    handler = keep_journal(path)
    os.umask(umask)
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def test_the_log_is_private_and_has_one_line_an_event_without_secrets(journal: Path) -> None:
    logging.getLogger("cmconsole.engine.x").warning("refused url=https://a.example/?token=%s", "s3cr3t")
    logging.getLogger("httpx").info("HTTP Request: GET https://a.example/?token=s3cr3t")

    (line,) = journal.read_text().splitlines()

    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert line.endswith("WARNING cmconsole.engine.x refused url=https://a.example/?…")
    assert line[:4].isdigit()
    assert "Z " in line


def test_the_log_stays_small_and_its_old_parts_stay_private(journal: Path) -> None:
    log = logging.getLogger("cmconsole.engine.x")
    for number in range(4_000):
        log.info("%d %s", number, "x" * 1_000)

    parts = sorted(journal.parent.iterdir())

    assert [part.name for part in parts] == ["engine.log", "engine.log.1", "engine.log.2"]
    assert all(part.stat().st_size <= 1_000_000 for part in parts)
    assert {stat.S_IMODE(part.stat().st_mode) for part in parts} == {0o600}
    assert journal.read_text().splitlines()[-1].split()[3] == "3999"
