"""The SQLite file itself: its modes, its versions, its bad days, and what lies in its bytes."""
# ruff: noqa: ASYNC240 - nothing else runs in these loops while a test looks at its files

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from cmconsole.core import moves
from cmconsole.core.errors import StoreBusyError, StoreError, StoreVersionError
from cmconsole.core.source import Health
from cmconsole.core.verdict import Lane
from cmconsole.store.sqlite import SqliteStore, connection, files, schema
from tests.contract.samples import NOW, author, claim, done, mention, note, take


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(path)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


def _modes(folder: Path) -> dict[str, int]:
    return {it.name: stat.S_IMODE(it.stat().st_mode) for it in folder.iterdir()}


async def _pragma(store: SqliteStore, name: str) -> object:
    ((value,),) = await store._database.alone(lambda writer: writer.rows(f"PRAGMA {name}"))
    return value


def _ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as plain:
        found = plain.execute(sql).fetchall()
    plain.close()
    return found


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
async def test_only_the_owner_may_read_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "a" / "b"
    before = os.umask(umask)
    try:
        store = SqliteStore(folder / "desk.db")
        await store.open()
        await take(store, mention(1))
        modes = _modes(folder)
        await store.close()
    finally:
        os.umask(before)

    assert set(modes) == {"desk.db", *(f"desk.db{it}" for it in files.SIDES)}
    assert set(modes.values()) == {0o600}
    assert [stat.S_IMODE(it.stat().st_mode) for it in (folder, folder.parent)] == [0o700, 0o700]


async def test_modes_that_are_too_wide_are_put_right_but_not_a_folder_s(path: Path) -> None:
    path.touch(mode=0o666)
    path.chmod(0o666)
    path.parent.chmod(0o755)
    store = SqliteStore(path)
    await store.open()
    await store.close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755


async def test_a_file_of_somebody_else_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.touch(mode=0o600)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    with pytest.raises(StoreError, match="another user"):
        await SqliteStore(path).open()


async def test_a_folder_in_the_file_s_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match="not a file"):
        await SqliteStore(path).open()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made or opened"):
        await SqliteStore(tmp_path / "file" / "desk.db").open()


async def test_what_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"a diary, not a database" * 100)
    with pytest.raises(StoreError, match="not a cmconsole store"):
        await SqliteStore(path).open()
    assert path.read_bytes() == b"a diary, not a database" * 100


async def test_another_program_s_database_is_refused_and_left_alone(path: Path) -> None:
    _ask(path, "CREATE TABLE bookmarks (url)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        await SqliteStore(path).open()
    assert path.read_bytes() == before


async def test_a_store_of_a_newer_program_is_refused(path: Path, store: SqliteStore) -> None:
    await store.close()
    _ask(path, "PRAGMA user_version = 99")
    with pytest.raises(StoreVersionError, match="newer"):
        await SqliteStore(path).open()


async def test_a_damaged_store_says_so(path: Path, store: SqliteStore) -> None:
    await take(store, *(mention(n) for n in range(500)))
    await store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    again = SqliteStore(path)
    with pytest.raises(StoreError, match="damaged"):
        await _opened_and_read(again)
    await again.close()


async def _opened_and_read(store: SqliteStore) -> None:
    await store.open()
    await store.lane(Lane.COMPLAINTS, 10)


async def test_a_full_disk_keeps_what_was_saved(path: Path, store: SqliteStore) -> None:
    await take(store, mention(1))
    await store._database.alone(lambda writer: writer.rows("PRAGMA max_page_count = 50"))
    with pytest.raises(StoreError, match="disk is full"):
        await take(store, *(mention(n, text="x" * 5_000) for n in range(2, 400)))

    assert [it.thread for it in await store.lane(Lane.COMPLAINTS, 10)] == ["1"]
    assert len(await store.events(0)) == 1


async def test_errors_name_no_path(path: Path) -> None:
    path.write_bytes(b"x" * 5_000)
    with pytest.raises(StoreError) as caught:
        await SqliteStore(path).open()
    assert str(path.parent) not in str(caught.value)
    assert isinstance(caught.value.__cause__, sqlite3.Error)


async def test_every_migration_starts_from_the_one_before(path: Path) -> None:
    """A store of each earlier version is brought up to date, and ends with the schema of a new one."""
    shapes = []
    for start in range(len(schema.migrations()) + 1):
        old = path.with_name(f"{start}.db")
        database = connection.Database(old, busy_timeout=1, cache=2_000)
        plain = sqlite3.connect(old, isolation_level=None)
        plain.executescript("PRAGMA auto_vacuum=INCREMENTAL;")
        for number, sql in enumerate(schema.migrations()[:start], start=1):
            plain.executescript(
                f"PRAGMA application_id={schema.APPLICATION_ID};{sql};PRAGMA user_version={number};"
            )
        plain.close()
        await database.open()
        shapes.append(await database.rows("SELECT name, sql FROM sqlite_schema ORDER BY name"))
        assert await database.rows("PRAGMA user_version") == [(len(schema.migrations()),)]
        await database.close()
    assert all(shape == shapes[0] for shape in shapes)


async def test_a_migration_that_fails_leaves_the_store_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*schema.migrations(), "CREATE TABLE half (x); SELECT no_such_function();")
    monkeypatch.setattr(schema, "migrations", lambda: broken)
    with pytest.raises(StoreError):
        await SqliteStore(path).open()

    assert _ask(path, "PRAGMA user_version") == [(len(broken) - 1,)]
    assert _ask(path, "SELECT name FROM sqlite_schema WHERE name = 'half'") == []


async def test_the_connections_are_set_as_decided(store: SqliteStore) -> None:
    database = store._database
    assert await database.rows("PRAGMA auto_vacuum") == [(2,)]
    assert await database.rows("PRAGMA journal_mode") == [("wal",)]
    assert await database.rows("PRAGMA query_only") == [(1,)]
    wanted = {
        "wal_autocheckpoint": 0, "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000, "temp_store": 2,
        "secure_delete": 1,
    }  # fmt: skip
    found = {name: await _pragma(store, name) for name in wanted}
    assert found == wanted


async def test_a_person_s_change_is_synced_and_intake_is_not(store: SqliteStore) -> None:
    await take(store, mention(1))
    assert await _pragma(store, "synchronous") == 1
    await store.change(1, claim("Zoé"), person="Zoé", now=NOW)
    assert await _pragma(store, "synchronous") == 2


async def test_the_log_is_emptied_before_it_grows(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_WAL_LIMIT", 200_000)
    log = files.side(path, "-wal")
    lengths = []
    for start in range(0, 4_000, 400):
        await take(store, *(mention(n) for n in range(start, start + 400)))
        lengths.append(log.stat().st_size)

    assert max(lengths) < 3_000_000
    assert 0 in lengths


async def test_the_log_is_kept_shorter_while_others_write(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_WAL_LIMIT", 200_000)
    log, other, alone, shared = files.side(path, "-wal"), SqliteStore(path), [], []
    for start in range(0, 2_000, 50):
        await take(store, *(mention(n) for n in range(start, start + 50)))
        alone.append(log.stat().st_size)
    assert not store.is_shared()
    await other.open()
    try:
        for start in range(2_000, 4_000, 50):
            await other.set_source_health("other", "x", Health.OK, now=NOW)
            await take(store, *(mention(n) for n in range(start, start + 50)))
            shared.append(log.stat().st_size)
            assert store.is_shared()
    finally:
        await other.close()

    assert max(shared) < 600_000 < max(alone)


async def test_a_reader_in_the_way_delays_the_emptying_only(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_WAL_LIMIT", 50_000)
    await take(store, mention(1))
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM mention").fetchall()
    await take(store, *(mention(n) for n in range(2, 300)))
    assert files.side(path, "-wal").stat().st_size > 0
    reader.close()
    await take(store, mention(1_000))

    assert files.side(path, "-wal").stat().st_size == 0


async def test_the_last_one_to_close_leaves_one_whole_file(
    path: Path, store: SqliteStore, tmp_path: Path
) -> None:
    await take(store, mention(1))
    await store.close()

    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    assert not files.side(path, "-wal").exists()
    assert _ask(copy, "SELECT count(*) FROM mention") == [(1,)]


async def test_a_lock_that_stays_is_told_and_nothing_is_lost(path: Path) -> None:
    waiting = SqliteStore(path, busy_timeout=0.05)
    await waiting.open()
    await take(waiting, mention(1))
    plain = sqlite3.connect(path, isolation_level=None)
    plain.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError):
        await waiting.change(1, done("Zoé"), person="Zoé", now=NOW)
    assert len(await waiting.lane(Lane.COMPLAINTS, 5)) == 1
    plain.close()

    await waiting.change(1, done("Zoé"), person="Zoé", now=NOW)
    await waiting.close()


async def test_a_cancelled_change_is_not_half_made(store: SqliteStore) -> None:
    await take(store, mention(1))
    for rounds in range(12):
        task = asyncio.gather(store.change(1, note(f"n{rounds}"), person="Zoé", now=NOW))
        for _ in range(rounds):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await store.change(1, note("kept"), person="Zoé", now=NOW)

    (found,) = await store.conversations([1])
    assert found.version == len(await store.history(1))


async def test_the_words_of_an_index_agree_with_the_texts(path: Path, store: SqliteStore) -> None:
    await take(store, *(mention(n, f"p{n % 5}", text=f"mot{n} déjà œuvre") for n in range(900)))
    await store.change_many(list(range(1, 400)), done("Zoé"), person="Zoé", now=NOW)
    await store.trim(NOW + 1, 200)
    await store.erase_author("x", "p3", person="Zoé", now=NOW)
    await store.close()

    plain = sqlite3.connect(path)
    plain.execute("INSERT INTO mention_text (mention_text, rank) VALUES ('integrity-check', 1)")
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    plain.close()


async def test_no_byte_of_an_erased_author_stays_in_any_file(path: Path, store: SqliteStore) -> None:
    """Handle, name, bio, link, words of texts and of notes: searched for in the bytes, before and after."""
    theirs = [
        "quetzalcoatl",
        "Xochiquetzal",
        "bioquetzal",
        "linkquetzal",
        "motquetzal",
        "notequetzal",
        "tagquetzal",
    ]
    eve = author(theirs[0], name=theirs[1], bio=theirs[2], url=f"https://x.example/{theirs[3]}")
    for start in range(0, 3_000, 300):
        await take(
            store, *(mention(n, f"p{n}", text=f"mot{n} colis {n * 7}") for n in range(start, start + 300))
        )
        long = "colis " * 2_000
        await take(store, mention(f"e{start}", eve, text=f"{theirs[4]} {long}", thread="t"))
    found = (await store.search(theirs[4]))[0]
    await store.change(found.id, note(f"{theirs[5]} a appelé"), person="Zoé", now=NOW)
    await store.change(found.id, partial(moves.tag, name=theirs[6]), person="Zoé", now=NOW)
    everything = b"".join(it.read_bytes() for it in path.parent.iterdir())
    assert [word for word in theirs if word.encode() not in everything] == []

    await store.erase_author("x", theirs[0], person="Zoé", now=NOW)
    everything = b"".join(it.read_bytes() for it in path.parent.iterdir()).lower()
    assert [word for word in theirs if word.lower().encode() in everything] == []
    assert b"quetzal" not in everything
    assert len(await store.lane(Lane.COMPLAINTS, 5_000)) == 3_000
