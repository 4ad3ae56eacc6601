"""Replies in the SQLite file: by which index they are found, what cannot be undone, what leaves no byte."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from cmconsole.core import replying
from cmconsole.core.account import AccountState, Mode
from cmconsole.core.reply import ANSWERED, FLYING, Act, Reply, ReplyStatus
from cmconsole.store.replying import ReplyMove
from cmconsole.store.sqlite import SqliteStore, erasure, events, replies, retention, rows, schema
from tests.contract.replies import WINDOW, ask, become, begin, drafted, held, moved, sent
from tests.contract.samples import NOW, done, mention, only, take

IS = ReplyStatus


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


# --------------------------------------------------------------------------------------------- by index only


async def _plan(store: SqliteStore, sql: str) -> list[str]:
    numbers = {f"?{n}" for n in range(1, 9) if f"?{n}" in sql}
    values = [None] * (len(numbers) or sql.count("?"))
    return [row[-1] for row in await store._database.rows(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize(
    ("sql", "step"),
    [
        (replies._COUNTS, "SEARCH reply USING COVERING INDEX reply_status (status=?)"),
        (replies._DUE, "SEARCH reply USING INDEX reply_due (account=? AND due<?)"),
        (replies._IN, "SEARCH reply USING COVERING INDEX reply_status (status=? AND updated_at>?)"),
        (replies._SAID, "SEARCH reply USING INDEX reply_said (account=? AND said_at>?)"),
        (replies._OF, "SEARCH reply USING INDEX reply_conversation (conversation_id=?)"),
        (replies._OTHERS, "SEARCH reply USING INDEX reply_conversation (conversation_id=? AND status=?)"),
        (replies._DRAFT, "SEARCH reply USING INDEX reply_conversation (conversation_id=? AND status=?)"),
        (replies._OF_WHICH_SOMETHING_MAY_BECOME, "INDEX reply_conversation (conversation_id=? AND status=?)"),
        (retention._OLDEST, "reply USING COVERING INDEX reply_conversation (conversation_id=? AND status=?)"),
        (erasure._BLANK, "SEARCH event USING INDEX event_history (conversation_id=?)"),
        (
            f"{rows.EVENT} WHERE conversation_id = ? AND {events.TOLD} ORDER BY seq",
            "SEARCH event USING INDEX event_history (conversation_id=?)",
        ),
    ],
)
async def test_replies_are_found_by_index(store: SqliteStore, sql: str, step: str) -> None:
    plan = await _plan(store, sql)
    assert [it for it in plan if step in it]
    assert not [it for it in plan if it.startswith(("SCAN reply", "SCAN event"))]


async def test_what_is_due_is_read_in_the_order_of_its_index(store: SqliteStore) -> None:
    assert not [it for it in await _plan(store, replies._DUE) if "TEMP B-TREE" in it]


async def test_the_states_in_the_schema_are_those_of_the_domain(store: SqliteStore) -> None:
    """What the schema calls flying, answered and due is what core.reply says, for every status and act."""
    await take(store, mention(1))
    reply = await drafted(store)
    for status in IS:
        for act in (Act.REPLY, Act.LIKE):
            await moved(store, reply, become(status=status, act=act, hold_until=5, next_at=7, updated_at=9))
            ((due, said_at),) = await store._database.rows("SELECT due, said_at FROM reply")
            assert due == {IS.HOLDING: 5, IS.UNKNOWN: 7}.get(status)
            assert said_at == (9 if act is Act.REPLY and status in FLYING | ANSWERED else None)
            flying = await store._database.rows(
                "SELECT 1 FROM reply INDEXED BY reply_flying"
                " WHERE act = 'reply' AND status IN ('holding', 'sending', 'unknown')"
            )
            assert bool(flying) is (act is Act.REPLY and status in FLYING)


# ------------------------------------------------------------------------------------- what cannot be undone


def _refused(path: Path, sql: str) -> str:
    with closing(sqlite3.connect(path)) as plain, pytest.raises(sqlite3.IntegrityError) as caught:
        plain.execute(sql)
    return str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET person = 'Eve' WHERE seq = 2",
        "UPDATE audit SET seq = 99 WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT seq, at, kind, 7, 7, 'Eve', '{}' FROM audit WHERE seq = 2",
    ],
)
async def test_the_trail_can_only_be_appended_to(path: Path, store: SqliteStore, sql: str) -> None:
    await take(store, mention(1))
    await held(store)
    before = await store.audit()

    assert _refused(path, sql) == "the audit trail is append-only"
    assert await store.audit() == before


async def test_the_file_itself_lets_one_reply_of_a_conversation_fly(path: Path, store: SqliteStore) -> None:
    await take(store, mention(1))
    await held(store)
    await drafted(store, "Léo")

    for status in sorted(FLYING):
        told = _refused(path, f"UPDATE reply SET status = '{status.value}' WHERE id = 2")
        assert told == "UNIQUE constraint failed: reply.conversation_id"


async def test_a_conversation_with_replies_cannot_go_without_them(path: Path, store: SqliteStore) -> None:
    await take(store, mention(1))
    await drafted(store)
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA foreign_keys=ON")
        with pytest.raises(sqlite3.IntegrityError):
            plain.execute("DELETE FROM conversation")


async def test_intent_is_on_disk_before_the_platform_is_called(path: Path, store: SqliteStore) -> None:
    """Committed with synchronous=FULL, and seen by a connection of another program at once."""
    await take(store, mention(1))
    reply = await held(store)
    await take(store, mention(2))
    await moved(store, reply, begin(), now=NOW + WINDOW)

    ((level,),) = await store._database.alone(lambda writer: writer.rows("PRAGMA synchronous"))
    assert level == 2
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT status, attempts FROM reply").fetchall() == [("sending", 1)]
    await store.change_reply(reply.id, sent(), person="", now=NOW + WINDOW, durable=False)
    ((level,),) = await store._database.alone(lambda writer: writer.rows("PRAGMA synchronous"))
    assert level == 1


# ---------------------------------------------------------------------------------------- what is left of it


async def test_no_byte_of_a_reply_to_an_erased_author_stays_in_any_file(
    path: Path, store: SqliteStore
) -> None:
    await take(store, mention(1), *(mention(n, f"p{n}") for n in range(2, 60)))
    for about in range(2, 60):
        await held(store, about=about, seen=about, text=f"Bonjour p{about}. " * about)
    reply = await drafted(store, text="motquetzal")
    for turn in range(1, 9):
        await moved(
            store, reply, _written(f"quetzal{turn} " * 40 ** (turn % 3 + 1) + f"finquetzal{turn}"), "Zoé"
        )
    long = "asked-quetzal " * 3_000
    await moved(store, reply, become(text=long, asked_text=long, parts=(long,), refusal="dur-quetzal"), "Zoé")
    await moved(store, reply, ask("Zoé"), "Zoé")
    refused = partial(replying.refuse, person="Léo", now=NOW, reason="raison-quetzal")
    await moved(store, reply, refused, "Léo")
    await drafted(store, "Léo", text="autre-quetzal")
    assert b"raison-quetzal" in _bytes(path)
    await store.erase_author("x", "ada", person="Eve", now=NOW)

    assert b"quetzal" not in _bytes(path)
    assert len(await store.replies_in({IS.HOLDING})) == 58
    assert len(await store.audit(conversation_id=1)) == 6


def _written(text: str) -> ReplyMove:
    return partial(
        replying.written, person="Zoé", now=NOW, text=text, account="main", mode=Mode.LIVE,
        answers=("1", "1"), seen=1, canned="",
    )  # fmt: skip


def _bytes(path: Path) -> bytes:
    return b"".join(it.read_bytes() for it in path.parent.iterdir())


async def test_trimming_takes_the_replies_of_a_long_conversation_last(store: SqliteStore) -> None:
    await take(store, *(mention(n, thread="t", at=NOW + n) for n in range(1, 30)))
    await moved(store, await _away_at(store), sent(after="open"), now=NOW + WINDOW)
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    await store.trim(NOW + WINDOW, limit=10)

    assert (await only(store)).messages == 19
    assert len(await store.replies(1)) == 1


async def _away_at(store: SqliteStore) -> Reply:
    found = await only(store)
    reply = await drafted(store, seen=found.last_mention)
    move = partial(
        replying.hold, person="Zoé", now=NOW, until=NOW, console="", parts=("a",),
        known=replying.Known(found.last_mention),
    )  # fmt: skip
    await moved(store, reply, move, "Zoé")
    return (await moved(store, reply, begin(), now=NOW + WINDOW)).reply


# ------------------------------------------------------------------------------------------------- migration


async def test_a_store_of_version_2_keeps_all_it_has(path: Path) -> None:
    """As version 2 wrote it: an account, a resolved conversation with its history; replies come beside."""
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("PRAGMA auto_vacuum=INCREMENTAL")
        for number, sql in enumerate(schema.migrations()[:2], start=1):
            plain.executescript(
                f"PRAGMA application_id={schema.APPLICATION_ID};{sql};PRAGMA user_version={number};"
            )
        plain.executescript(_OLD)
    store = SqliteStore(path)
    await store.open()
    try:
        state = AccountState("main", "x", "@acme", "live", seen="acme", native_id="17", checked_at=5, cap=9)
        assert await store.account_states() == [state]
        assert (await only(store)).text == "cassé"
        assert [event.kind for event in await store.history(1)] == ["conversation.won", "conversation.done"]
        assert await store.audit() == []
        reply = await held(store)
        assert [event.kind for event in await store.history(1)][2:] == ["reply.drafted", "reply.held"]
        assert await store.due_replies("main", NOW + WINDOW) == [reply]
    finally:
        await store.close()


_OLD = """
INSERT INTO author (platform, folded, folded_name, handle, name, verified, bio, url, vip, first_seen)
VALUES ('x', 'ada', '', 'ada', '', 0, '', '', 0, 1);
INSERT INTO conversation (author_id, thread, rooted, lane, priority, kind, severity, tone, created_at,
    updated_at, messages, last_mention, last_at, vip, language, complaint, judged, status, outcome)
VALUES (1, '1', 1, 'complaints', 2, 'complaint', 2, 'negative', 1, 1, 1, 1, 1, 0, 'fr', 0.5, 1, 'resolved',
    'done');
INSERT INTO mention (conversation_id, platform, native_id, text, created_at, received_at, source, url, thread,
    in_reply_to, language, reasons)
VALUES (1, 'x', '1', 'cassé', 1, 1, 'src', '', '1', '', 'fr', '[]');
INSERT INTO event (at, kind, conversation_id, person, data) VALUES
    (1, 'mention.taken', 1, '', '{}'), (2, 'conversation.won', 1, '', '{}'),
    (3, 'conversation.done', 1, 'Ada', '{}');
INSERT INTO account (name, platform, handle, mode, standing, seen, native_id, checked_at, error, cap)
VALUES ('main', 'x', '@acme', 'live', 'unchecked', 'acme', '17', 5, '', 9);
"""
