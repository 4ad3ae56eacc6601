"""What every store promises to housekeeping: old things go in small steps, erased people go altogether."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cmconsole.core.clock import DAY, HOUR
from cmconsole.core.conversation import Status
from cmconsole.core.errors import StoreError
from cmconsole.core.event import EventKind
from cmconsole.core.mention import SetAside
from cmconsole.core.moves import Change
from cmconsole.core.verdict import Lane
from cmconsole.store.contract import Erased, Store
from tests.contract.conftest import Another
from tests.contract.samples import NOW, POLICY, author, batch, done, mention, note, take


async def _trim_all(store: Store, before: int, limit: int) -> list[int]:
    steps = []
    while deleted := await store.trim(before, limit):
        steps.append(deleted)
    return steps


async def test_what_is_old_and_resolved_goes_and_nothing_else(store: Store) -> None:
    await take(
        store, mention(1), mention(2, thread="1"), mention(3, "bob"), mention(4, "eve"), mention(5, "eve")
    )
    await store.change(1, note("gone soon"), person="Zoé", now=NOW)
    for number, at in ((1, 0), (2, 0), (3, DAY)):
        await store.change(number, done("Zoé", NOW + at), person="Zoé", now=NOW + at)
    await store.set_vip(2, Change, vip=True, person="Zoé", now=NOW)
    await _trim_all(store, NOW + HOUR, 500)

    assert [it.id for it in await store.conversations([1, 2, 3, 4])] == [3, 4]
    assert await store.status_counts() == {
        Status.OPEN: 1, Status.PENDING: 0, Status.SNOOZED: 0, Status.RESOLVED: 1,
    }  # fmt: skip
    assert await store.find_mention("x", "1") is None
    assert [it.id for it in await store.search("colis")] == [4, 3]
    assert await store.history(1) == []
    assert await store.vip_authors() == {("x", "bob")}
    assert await store.search("ada") == []


async def test_trimming_goes_in_small_steps_to_the_end(store: Store) -> None:
    await take(store, *(mention(n, f"p{n % 9}") for n in range(60)))
    await store.change_many(list(range(1, 61)), done("Zoé"), person="Zoé", now=NOW)
    steps = await _trim_all(store, NOW + 1, 25)

    assert max(steps) <= 25
    assert await store.status_counts() == dict.fromkeys(Status, 0)
    assert await store.events(0, kinds=[EventKind.MENTION_TAKEN, EventKind.CONVERSATION_DONE]) == []
    assert await store.per_minute(0) == []


async def test_a_conversation_longer_than_a_step_goes_in_several(store: Store) -> None:
    await take(store, *(mention(n, thread="t") for n in range(30)))
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    assert await store.trim(NOW + 1, 12) == 12
    (left,) = await store.conversations([1])
    assert (left.messages, len(await store.mentions(1))) == (18, 18)

    await _trim_all(store, NOW + 1, 12)
    assert await store.conversations([1]) == []
    assert (await store.status_counts())[Status.RESOLVED] == 0


async def test_seqs_and_ids_are_never_used_twice(store: Store) -> None:
    await take(store, mention(1), mention(2))
    await store.change_many([1, 2], done("Zoé"), person="Zoé", now=NOW)
    last = await store.last_seq()
    await _trim_all(store, NOW + DAY, 500)
    await take(store, mention(3))

    assert await store.last_seq() == last + 1
    assert [(it.seq, it.conversation_id) for it in await store.events(last)] == [(last + 1, 3)]


async def test_old_counts_and_items_set_aside_go_too(store: Store) -> None:
    await store.ingest(batch(set_aside=[SetAside("bad", "{")]), POLICY, NOW)
    await store.ingest(batch(mention(1), set_aside=[SetAside("bad", "[")]), POLICY, NOW + DAY)
    await _trim_all(store, NOW + HOUR, 500)

    assert [it.raw for it in await store.set_aside_items()] == ["["]
    assert len(await store.per_minute(0)) == 1
    assert await store.trim(0) == 0


async def test_compacting_leaves_all_as_it_was(store: Store) -> None:
    await take(store, *(mention(n) for n in range(300)))
    await store.change_many(list(range(1, 200)), done("Zoé"), person="Zoé", now=NOW)
    await _trim_all(store, NOW + 1, 500)
    before = await store.lane(Lane.COMPLAINTS, 500)
    await store.compact()

    assert await store.lane(Lane.COMPLAINTS, 500) == before


async def test_an_erased_author_is_nowhere_and_nobody_else_is_touched(store: Store) -> None:
    await take(store, mention(1, "eve"), mention(2, "eve"), mention(3, "bob"))
    await store.change(1, note("eve called"), person="Zoé", now=NOW)
    await store.change(2, done("Zoé"), person="Zoé", now=NOW)
    erased = await store.erase_author("x", "EVE", person="Zoé", now=NOW + 1)

    assert erased == Erased(authors=1, conversations=2, mentions=2)
    assert [it.id for it in await store.conversations([1, 2, 3])] == [3]
    assert await store.search("eve") == []
    assert [it.id for it in await store.search("colis")] == [3]
    assert (await store.status_counts())[Status.RESOLVED] == 0
    assert await store.find_mention("x", "1") is None
    events = await store.events(0)
    assert [it.seq for it in events] == list(range(1, len(events) + 1))
    assert "eve" not in repr(events)
    assert (events[-1].kind, events[-1].person, dict(events[-1].data)) == (EventKind.AUTHOR_ERASED, "Zoé", {})


async def test_erasing_somebody_unknown_does_nothing(store: Store) -> None:
    assert await store.erase_author("x", "nobody", person="Zoé", now=NOW) == Erased(0, 0, 0)
    assert await store.last_seq() == 0


async def test_an_erased_author_may_write_again(store: Store) -> None:
    await take(store, mention(1, "eve"))
    await store.erase_author("x", "eve", person="Zoé", now=NOW)

    assert (await take(store, mention(1, "eve"))).new == 1


async def test_the_export_holds_everything_as_json(store: Store) -> None:
    await take(store, *(mention(n, author(f"p{n % 3}")) for n in range(250)))
    await take(store, mention(1_000, author("p0"), thread="0", at=NOW + 1))
    await store.change(1, note("« à rappeler »"), person="Zoé", now=NOW)
    exported = [json.loads(json.dumps(it)) async for it in store.export()]

    assert [it["id"] for it in exported] == list(range(1, 251))
    first = exported[0]
    assert [it["native_id"] for it in first["mentions"]] == ["0", "1000"]
    assert first["author"]["handle"] == "p0"
    assert (first["status"], first["priority"], first["lane"]) == ("open", "high", "complaints")
    assert first["history"] == [
        {"at": NOW, "kind": "note.added", "person": "Zoé", "data": {"text": "« à rappeler »"}}
    ]
    assert first["reasons"][0] == {"code": "reach.tier", "reach": 1200, "tier": "low", "floor": 0}


async def test_what_was_committed_is_there_after_closing(store: Store, another: Another) -> None:
    await take(store, mention(1))
    await store.close()
    await store.close()
    with pytest.raises(StoreError):
        await store.lane(Lane.COMPLAINTS, 1)
    with pytest.raises(StoreError):
        await take(store, mention(2))

    again = another()
    await again.open()
    await again.open()
    try:
        assert [replace(it, version=0).text for it in await again.lane(Lane.COMPLAINTS, 5)] == [
            mention(1).text
        ]
    finally:
        await again.close()
