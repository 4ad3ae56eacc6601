"""The hopper: bounded, fair, in order, and nothing leaves it before it is committed."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.config.tasks import spawn
from cmconsole.core.mention import SetAside
from cmconsole.core.source import BATCH_LIMIT
from cmconsole.engine.hopper import ROOM, Hopper, Inlet, Judged, Taken
from tests.unit.engine.parts import PlainJudge, ScriptedSource, mention

VERDICT = PlainJudge().judge(mention(0))


def judged(*numbers: int, cursor: str | None = None, aside: int = 0) -> Judged:
    spoiled = [SetAside("reason", "raw")] * aside
    return Judged([(mention(number), VERDICT) for number in numbers], spoiled, cursor)


def ids(taken: Taken | None) -> list[str]:
    assert taken is not None
    return [item.native_id for item, _ in taken.judged.items]


def inlet(name: str = "script") -> Inlet:
    return Inlet(ScriptedSource([], name=name))


async def test_small_batches_are_put_together_with_the_last_cursor() -> None:
    one = inlet()
    hopper = Hopper([one])
    await hopper.put(one, judged(1, cursor="a"))
    await hopper.put(one, judged(2, 3, cursor="b"))
    await hopper.put(one, judged(aside=1))

    taken = await hopper.take()

    assert ids(taken) == ["m1", "m2", "m3"]
    assert taken is not None
    assert taken.judged.cursor == "b"
    assert len(taken.judged.set_aside) == 1
    assert one.cursor is None
    await hopper.committed(taken)
    assert one.cursor == "b"
    assert one.weight == 0


async def test_a_larger_limit_puts_more_together_and_not_a_batch_beyond_it() -> None:
    one = inlet()
    hopper = Hopper([one], 2_000)
    for start in range(0, 2_400, 600):
        await hopper.put(one, judged(*range(start, start + 600)))

    assert len(ids(await hopper.take())) == 1_800


async def test_what_was_taken_is_given_again_until_it_is_committed() -> None:
    one = inlet()
    hopper = Hopper([one])
    await hopper.put(one, judged(1))
    first = await hopper.take()
    await hopper.put(one, judged(2))

    assert ids(first) == ["m1"]
    assert ids(await hopper.take()) == ["m1", "m2"]


async def test_a_full_inlet_waits_and_others_do_not() -> None:
    one, two = inlet("one"), inlet("two")
    hopper = Hopper([one, two])
    half = judged(*range(BATCH_LIMIT))
    for _ in range(ROOM):
        await hopper.put(one, half)
    waiting = spawn(hopper.put(one, judged(1)), name="waiting")
    await hopper.put(two, judged(2))
    await asyncio.sleep(0)

    assert not waiting.done()
    taken = await hopper.take()
    assert taken is not None
    if taken.inlet is two:
        await hopper.committed(taken)
        taken = await hopper.take()
        assert taken is not None
    await hopper.committed(taken)
    await asyncio.wait_for(waiting, 1)


async def test_sources_take_turns() -> None:
    one, two = inlet("one"), inlet("two")
    hopper = Hopper([one, two])
    full = judged(*range(BATCH_LIMIT))
    for _ in range(2):
        await hopper.put(one, full)
        await hopper.put(two, full)
    turns = []
    for _ in range(4):
        taken = await hopper.take()
        assert taken is not None
        turns.append(taken.inlet.source.name)
        await hopper.committed(taken)

    assert turns in (["one", "two"] * 2, ["two", "one"] * 2)


async def test_a_closed_hopper_gives_what_it_holds_then_its_error() -> None:
    one = inlet()
    hopper = Hopper([one])
    await hopper.put(one, judged(1))
    await hopper.close(ValueError("the end"))
    taken = await hopper.take()
    assert ids(taken) == ["m1"]
    assert taken is not None
    await hopper.committed(taken)

    with pytest.raises(ValueError, match="the end"):
        await hopper.take()


async def test_settled_waits_for_the_commit() -> None:
    one = inlet()
    hopper = Hopper([one])
    await hopper.put(one, judged(1))
    settled = spawn(hopper.settled(one), name="settled")
    taken = await hopper.take()
    await asyncio.sleep(0)
    assert taken is not None
    assert not settled.done()

    await hopper.committed(taken)
    await asyncio.wait_for(settled, 1)


@given(sizes=st.lists(st.integers(0, 700), max_size=12))
async def test_everything_comes_out_once_and_in_order(sizes: list[int]) -> None:
    one = inlet()
    hopper = Hopper([one])
    numbers = iter(range(sum(sizes)))
    batches = [
        judged(*(next(numbers) for _ in range(size)), cursor=str(index)) for index, size in enumerate(sizes)
    ]

    async def fill() -> None:
        for item in batches:
            await hopper.put(one, item)
        await hopper.close()

    filling = spawn(fill(), name="fill")
    out: list[str] = []
    while (taken := await hopper.take()) is not None:
        assert len(taken.judged.items) <= BATCH_LIMIT or taken.batches == 1
        out += ids(taken)
        await hopper.committed(taken)

    await filling
    assert out == [f"m{number}" for number in range(sum(sizes))]
    assert one.cursor == (str(len(sizes) - 1) if sizes else None)
