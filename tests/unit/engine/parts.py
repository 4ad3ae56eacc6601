"""Parts of an engine under test: time moved by hand, scripted sources, mentions, a judge that can fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import pytest

from cmconsole.core.conversation import UNDECIDED, Decided
from cmconsole.core.mention import Author, Mention, SetAside
from cmconsole.core.source import Batch
from cmconsole.core.verdict import Kind, Lane, Priority, Severity, Verdict

NOON = 1_750_000_000_000


class Time:
    """A clock and a sleep that agree: sleeping moves the clock and takes no time."""

    def __init__(self, at: int = NOON) -> None:
        self.at = at
        self.slept: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> int:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > 10_000:
            pytest.fail("whoever sleeps here will never get anywhere")
        self.at += int(seconds * 1000)
        self.on_sleep()
        await asyncio.sleep(0)


class StillTime(Time):
    """Time in which nobody who sleeps ever wakes."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.Event().wait()


def mention(number: int, text: str = "bonjour", **changes: object) -> Mention:
    values: dict[str, object] = {
        "platform": "test",
        "native_id": f"m{number}",
        "author": Author("test", f"author{number % 7}", reach=number),
        "text": f"{text} {number}",
        "created_at": NOON + number,
        "source": "script",
    }
    return Mention(**{**values, **changes})  # type: ignore[arg-type]


def batch(numbers: Iterable[int], cursor: str | None = None, aside: int = 0) -> Batch:
    spoiled = tuple(SetAside("not JSON", f"line {index}") for index in range(aside))
    return Batch(tuple(mention(number) for number in numbers), spoiled, cursor)


Step = Batch | BaseException


@dataclass
class ScriptedSource:
    """Plays a script by cursor, as a platform would: position `n` of the script is resumed at by cursor `n`.

    faults: for each attempt in turn, after how many batches it fails and with what; then no more faults come.
    """

    script: Sequence[Batch]
    faults: list[tuple[int, BaseException]] = field(default_factory=list)
    name: str = "script"
    platform: str = "test"
    endless: bool = False
    asked: list[str | None] = field(default_factory=list)

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        self.asked.append(cursor)
        after, fault = self.faults.pop(0) if self.faults else (len(self.script) + 1, None)
        start = int(cursor or 0)
        for given, position in enumerate(range(start, len(self.script))):
            if fault is not None and given == after:
                raise fault
            step = self.script[position]
            yield Batch(step.mentions, step.set_aside, str(position + 1))
            await asyncio.sleep(0)
        if fault is not None:
            raise fault
        if self.endless:
            await asyncio.Event().wait()


class PlainJudge:
    """Judges everything alike but what it was taught; stumbles over the word "stumble"."""

    def __init__(self, fingerprint: str = "plain") -> None:
        self.taught: dict[str, Kind] = {}
        self.print = fingerprint

    def judge(self, mention: Mention, *, vip: bool = False, decided: Decided = UNDECIDED) -> Verdict:
        if "stumble" in mention.text:
            raise ZeroDivisionError("the judge stumbled")
        lane = Lane.INFLUENCERS if vip else Lane.OTHERS
        return Verdict(lane, Priority.LOW, decided.kind or self.taught.get(mention.text, Kind.NEUTRAL))

    def teach(self, text: str, *, kind: Kind | None = None, severity: Severity | None = None) -> None:
        self.taught[text] = kind or Kind.COMPLAINT

    def remember(self, state: str) -> None:
        self.taught = {text: Kind(kind) for text, kind in json.loads(state or "{}").items()}

    def remembered(self) -> str:
        return json.dumps(self.taught)

    def fingerprint(self) -> str:
        return self.print


class FastTime(Time):
    """Real time, so many times faster: for what runs several workers at once."""

    def __init__(self, speed: int = 20) -> None:
        super().__init__()
        self._speed = speed
        self._began = monotonic()

    def now(self) -> int:
        return self.at + int((monotonic() - self._began) * self._speed * 1000)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another task brings about; fails after 20 s."""
    async with asyncio.timeout(20):
        while not await true():  # noqa: ASYNC110 - what is waited for lies in a store, which has no event to offer
            await asyncio.sleep(0.002)
