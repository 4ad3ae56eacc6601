"""Kill -9 of engine and consoles while replies are in every state of the outbox; then the count."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from cmconsole.config.tasks import spawn
from tests.drills.platform_desk import ROOT, Desk, until
from tests.twin.server import Twin

SHARES: Final = {"mastodon": 0.35, "bluesky": 0.35, "x": 0.15, "reddit": 0.15}
"""Which platforms people write on: X and Reddit take fewer posts in a quarter of an hour."""

PUBLISHES: Final = {
    "x": "/2/tweets",
    "reddit": "/api/comment/?",
    "mastodon": "/api/v1/statuses",
    "bluesky": "/xrpc/com.atproto.repo.putRecord",
}

STATES: Final = ("draft", "awaiting", "holding", "sending", "unknown")
"""The states a kill is aimed at, in turn."""

_TABLES: Final[dict[str, dict[str, Any]]] = {
    "reply": {"undo_seconds": 1, "undo_most_seconds": 1, "look_up_seconds": [2, 5, 40, 90]},
    "approval": {"trainees": ["Alice"]},
}

_GIVEN_UP: Final = """
SELECT reply_id FROM audit AS line WHERE kind IN ('reply.taken_back', 'reply.discarded') AND person <> ''
AND seq = (SELECT max(seq) FROM audit WHERE reply_id = line.reply_id)
"""
"""Replies that their person took back or dropped last of all: the trail tells, whoever was killed then."""

_FAULTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("hang", {"seconds": 0.6}),
    ("hang", {"seconds": 0.6}),
    ("hang", {"seconds": 0.6, "after": True}),
    ("drop_after", {}),
    ("drop_before", {}),
    ("error_after", {"status": 502}),
    ("status", {"status": 503}),
    ("garbage", {}),
)


@dataclass
class Toll:
    """What the drill came to. kills: by who was killed and what state was aimed at."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    finals: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    posts: int = 0
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)

    def table(self) -> str:
        """Return the figures as lines to print."""
        lines = [f"  {'killed':<10}" + "".join(f"{state:>10}" for state in STATES)]
        lines += [
            f"  {who:<10}" + "".join(f"{self.kills[who, state]:>10}" for state in STATES)
            for who in ("engine", "Alice", "Bruno")
        ]
        lines.append(f"  kills in all {sum(self.kills.values())}; aimed at the state of the column's name")
        lines.append(
            "  replies in each state at the moment of a kill: "
            + ", ".join(f"{state} {self.states['all', state]}" for state in STATES)
        )
        ends = sorted({end for _platform, end in self.finals})
        lines.append(f"  {'platform':<10}" + "".join(f"{end:>12}" for end in ends))
        lines += [
            f"  {platform:<10}" + "".join(f"{self.finals[platform, end]:>12}" for end in ends)
            for platform in SHARES
        ]
        lines.append("  steps: " + ", ".join(f"{kind} {n}" for kind, n in sorted(self.steps.items())))
        lines.append(f"  replies acknowledged {self.acknowledged}, posts on the twin {self.posts}")
        lines.append(
            f"  posted twice {len(self.doubled)}, lost {len(self.lost)}, said untruly {len(self.untrue)}"
        )
        return "\n".join(lines)


class Fire:
    """One store, one engine, two persons, and whoever kills them."""

    def __init__(self, folder: Path, running: Twin, *, seed: int = 5) -> None:
        self.desk = Desk(folder, running, mode="live", tables=_TABLES)
        self.twin = running
        # Its pauses of a quarter of an hour are another drill's.
        running.x.limits["create"] = 10_000
        self.toll = Toll()
        self._chance = Random(seed)
        self._people: dict[str, subprocess.Popen[bytes]] = {}
        self._starts = 0

    async def drill(self, kills: int, mentions: int, *, settle: float) -> Toll:
        """Kill so often, let the desk come to rest within `settle` seconds, and count."""
        try:
            self._say(mentions)
            await self.desk.at_work()
            await until(lambda: self.desk.stored() >= mentions // 3)
            for name in ("Alice", "Bruno"):
                self._sit_down(name)
            faults = spawn(self._spoil(), name="faults")
            for number in range(kills):
                await self._kill(("engine", "Alice", "engine", "Bruno")[number % 4], STATES[number % 5])
            faults.cancel()
            self.twin.world.faults.clear()
            await self._rest(settle)
            self._count()
        finally:
            for process in self._people.values():
                process.kill()
                process.wait()
            self.desk.close()
        return self.toll

    def _say(self, n: int) -> None:
        names, weights = list(SHARES), list(SHARES.values())
        for _ in range(n):
            self.desk.say(self._chance.choices(names, weights)[0])

    async def _spoil(self) -> None:
        """Let something go wrong with most calls that publish."""
        while True:
            for platform, path in PUBLISHES.items():
                planted = [it for it in self.twin.world.faults.planted if it.platform == platform]
                if not planted:
                    kind, args = self._chance.choice(_FAULTS)
                    self.twin.world.faults.plant(platform, kind, method="POST", path=path, **args)
            await asyncio.sleep(0.05)

    def _sit_down(self, name: str) -> None:
        self._starts += 1
        command = [sys.executable, "-m", "tests.drills.reply_worker", str(self.desk.settings)]
        command += [str(self.desk.store), name, str(self._journal), str(self._starts)]
        with (self.desk.folder / f"{name}.errors").open("ab") as errors:
            self._people[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.desk.environ, stdin=subprocess.DEVNULL, stderr=errors
            )

    @property
    def _journal(self) -> Path:
        return self.desk.folder / "journal"

    async def _kill(self, who: str, state: str) -> None:
        """Kill somebody as soon as a reply is in that state, or after a few seconds in whatever state."""
        sql = "SELECT count(*) FROM reply WHERE status = ?"
        with suppress(TimeoutError):
            await until(lambda: self.desk.rows(sql, state) != [(0,)], 4)
        await asyncio.sleep(self._chance.choice((0, 0, 0.02, 0.2)))
        found = self.desk.rows("SELECT status, count(*) FROM reply GROUP BY status")
        if who == "engine":
            self.desk.kill()
            await self.desk.at_work()
        else:
            process = self._people[who]
            assert process.poll() is None, (self.desk.folder / f"{who}.errors").read_text(encoding="utf-8")
            process.kill()
            process.wait()
            self._sit_down(who)
        self.toll.kills[who, state] += 1
        for status, n in found:
            self.toll.states["all", str(status)] += n

    async def _rest(self, within: float) -> None:
        """Wait until nothing moves any more by itself or by those two."""
        busy = """
        SELECT count(*) FROM reply WHERE status IN ('awaiting', 'holding', 'sending', 'failed')
        OR status = 'unknown' AND next_at IS NOT NULL
        """
        quiet = 0
        async with asyncio.timeout(within):
            while quiet < 3:
                quiet = quiet + 1 if self.desk.rows(busy) == [(0,)] and not self._undone() else 0
                await asyncio.sleep(1)

    def _undone(self) -> int:
        sql = """
        SELECT count(*) FROM reply AS draft WHERE status = 'draft' AND NOT EXISTS (
            SELECT 1 FROM reply AS other
            WHERE other.conversation_id = draft.conversation_id AND other.status IN ('sent', 'unknown')
        )
        """
        return int(self.desk.rows(sql)[0][0])

    def _count(self) -> None:
        toll = self.toll
        posts = self._posts()
        toll.posts = sum(posts.values())
        told = [json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines()]
        said = {
            line["reply"]: line["text"] for line in told if line["did"] in {"sent", "approved", "retried"}
        }
        for (number,) in self.desk.rows(_GIVEN_UP):
            said.pop(number, None)
        toll.acknowledged = len(said)
        rows = self.desk.rows("SELECT id, platform, status, text FROM reply WHERE text <> ''")
        found = {row[0]: row for row in rows}
        for number, platform, status, text in rows:
            toll.finals[platform, status] += 1
            n = posts[text]
            if n > 1:
                toll.doubled.append(f"{number} {text} {n} times")
            if (status == "sent") is not (n == 1) and status != "unknown":
                toll.untrue.append(f"{number} {platform} is {status}, posted {n} times")
        for number, text in said.items():
            if number not in found or found[number][2] not in {"sent", "unknown"}:
                toll.lost.append(f"{number} {text}: {found.get(number)}")
        for kind, n in self.desk.rows("SELECT kind, count(*) FROM audit GROUP BY kind"):
            toll.steps[str(kind).removeprefix("reply.")] += n

    def _posts(self) -> Counter[str]:
        """Return how often each text was published, whatever a platform put around it."""
        texts = [text for (text,) in self.desk.rows("SELECT text FROM reply WHERE text <> ''")]
        by_number: defaultdict[str, list[str]] = defaultdict(list)
        for text in texts:
            by_number[text.split()[-1]].append(text)
        counted: Counter[str] = Counter()
        for platform in SHARES:
            for post in self.twin.world.published(platform):
                whole = json.dumps(post, ensure_ascii=False, default=str)
                for number, candidates in by_number.items():
                    if number in whole:
                        counted.update(text for text in candidates if text in whole)
        return counted
