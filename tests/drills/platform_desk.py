"""A desk before the twin: the real engine as a process on a real store, and what was said there."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.twin.server import Twin
from tools.demo_twin import Account, environment

ROOT: Final = Path(__file__).resolve().parents[2]

SOURCES: Final[Mapping[str, Mapping[str, Any]]] = {
    "x": {"interval_seconds": 15},
    "reddit": {"interval_seconds": 30},
    "mastodon": {"interval_seconds": 15, "streaming": False},
    "bluesky": {"interval_seconds": 10},
}
"""Each platform as often as the settings allow."""

_WORDS: Final = (
    "colis", "cassé", "attente", "remboursement", "merci", "bravo", "machine", "joint", "fuite", "café",
    "notice", "carafe", "livraison", "refund", "broken", "gasket", "order", "late", "thanks", "filter",
)  # fmt: skip
_PATIENCE: Final = 60.0


@dataclass
class Table:
    """The figures of the drills: a line is printed when it is known, the whole at the end."""

    rows: list[tuple[str, str, str, str, bool]] = field(default_factory=list)

    def add(self, drill: str, what: str, value: object, limit: str, *, kept: bool = True) -> None:
        """Add a figure. limit: what it must keep to, in words; kept: whether it did."""
        self.rows.append((drill, what, str(value), limit, kept))
        print(f"\n{self._line(self.rows[-1])}", flush=True)

    def broken(self, drill: str) -> list[str]:
        """Return the figures of a drill that do not keep to their limits."""
        return [self._line(row) for row in self.rows if row[0] == drill and not row[4]]

    def text(self) -> str:
        """Return the table."""
        head = f"  {'drill':<20} {'figure':<52} {'value':>18}  limit"
        return "\n".join([head, *map(self._line, self.rows)])

    @staticmethod
    def _line(row: tuple[str, str, str, str, bool]) -> str:
        drill, what, value, limit, kept = row
        return f"  {drill:<20} {what:<52} {value:>18}  {limit}{'' if kept else '   ✗ NOT KEPT'}"


async def until(is_so: Callable[[], bool], within: float = _PATIENCE) -> None:
    """Wait until another process has made something so; raises TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110 - it has no event of ours to set
            await asyncio.sleep(0.02)


class Desk:
    """One store, the engine that works on it, and all that people said on the twin.

    more: what the source of a platform asks for besides SOURCES; only the twin's platforms are read.
    handles: what the settings say we are called, where that is not what the twin says.
    mode: that of the accounts. tables: more tables of the settings.
    """

    def __init__(
        self,
        folder: Path,
        running: Twin,
        more: Mapping[str, Mapping[str, Any]] | None = None,
        handles: Mapping[str, str] | None = None,
        *,
        mode: str = "rehearsal",
        tables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._mode = mode
        self._tables = tables or {}
        self.twin = running
        self.folder = folder
        self.store = folder / "desk.db"
        self.settings = folder / "settings.toml"
        self.said: defaultdict[str, list[str]] = defaultdict(list)
        self.starts = 0
        self.killed = 0
        self._more = more or {}
        self._chance = random.Random(4)
        self._engine: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.settle(handles or {})

    # The engine

    def settle(self, handles: Mapping[str, str]) -> None:
        """Write the settings; an engine that runs does not read them again."""
        accounts = self._accounts(handles)
        tables: list[tuple[str, Mapping[str, Any]]] = [("brand", {"name": "Acme"})]
        for account in accounts:
            said = {
                "platform": account.platform,
                "handle": account.handle,
                "server": account.server,
                "mode": self._mode,
            }
            tables.append((f"accounts.{account.name}", said))
            asked = {**SOURCES[account.platform], **self._more.get(account.platform, {})}
            tables.append(
                (f"sources.{account.platform}", {"type": account.platform, "account": account.name, **asked})
            )
        tables += self._tables.items()
        # The strings, numbers and lists of JSON are TOML as well.
        text = "\n".join(
            f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
            for name, table in tables
        )
        self.settings.write_text(text, encoding="utf-8")
        self.environ = {
            **environment(self.folder, self._accounts({})),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }

    def _accounts(self, handles: Mapping[str, str]) -> list[Account]:
        return [
            Account(
                name, self.twin.address[name], handles.get(name, platform.handle), dict(platform.credentials)
            )
            for name, platform in self.twin.platforms.items()
        ]

    def start(self) -> None:
        """Start the engine."""
        assert self._engine is None
        self.starts += 1
        command = [sys.executable, "-m", "cmconsole", "engine", "--stay", "--log", str(self._log)]
        command += ["--db", str(self.store), "--config", str(self.settings)]
        with (self.folder / f"engine{self.starts}.errors").open("wb") as errors:
            self._engine = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )

    @property
    def _log(self) -> Path:
        return self.folder / f"engine{self.starts}.log"

    async def at_work(self) -> None:
        """Start the engine and wait until it takes mentions in."""
        self.start()
        await until(self._works)

    def _works(self) -> bool:
        assert self._engine is not None
        assert self._engine.poll() is None, self.complaints()
        return self._log.exists() and " at work " in self._log.read_text(encoding="utf-8")

    async def primed(self) -> None:
        """Wait until every source has a place to go on from."""
        sql = "SELECT count(*) FROM source WHERE cursor IS NOT NULL"
        await until(lambda: self.rows(sql) == [(len(self.twin.platforms),)])

    async def stop(self) -> None:
        """End the engine as systemd would."""
        assert self._engine is not None
        self._engine.terminate()
        status = await asyncio.to_thread(self._engine.wait, _PATIENCE)
        self._engine = None
        assert status == 0, self.complaints()

    def kill(self, *, wipe_lease: bool = True) -> None:
        """Kill -9 the engine. wipe_lease: the next one works at once, not when the lease has run out."""
        assert self._engine is not None
        assert self._engine.poll() is None, self.complaints()
        self._engine.send_signal(signal.SIGKILL)
        self._engine.wait()
        self._engine = None
        self.killed += 1
        if wipe_lease:
            self._write("UPDATE lease SET expires_at = 0")

    def complaints(self) -> str:
        """Return what the last engine said on its way out."""
        return (self.folder / f"engine{self.starts}.errors").read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """Let go of the engine, however the drill went."""
        if self._engine is not None:
            self._engine.kill()
            self._engine.wait()
            self._engine = None

    # What people say there

    def say(
        self, platform: str, text: str = "", *, author: str = "", at: int | None = None, **more: Any
    ) -> str:
        """Let somebody mention us, in words of their own; return the id, which has to come in."""
        number = sum(map(len, self.said.values()))
        words = " ".join(self._chance.sample(_WORDS, 12))
        native_id = self.twin.platforms[platform].mention(
            text or f"@acme {words} {number}", author=author or f"p{number % 211}", at=at, **more
        )
        self.said[platform].append(native_id)
        return native_id

    async def talk(self, rates: Mapping[str, float], seconds: float) -> None:
        """Let so many a second mention us, by platform, for so long."""
        began = time.monotonic()
        told = dict.fromkeys(rates, 0)
        while (passed := min(time.monotonic() - began, seconds)) < seconds:
            for platform, rate in rates.items():
                while told[platform] < passed * rate:
                    self.say(platform)
                    told[platform] += 1
            await asyncio.sleep(0.02)

    # What the store holds

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return what the store answers; none while there is no table yet."""
        try:
            plain = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=30)
        except sqlite3.OperationalError:
            return [(0,)]
        with closing(plain):
            try:
                return plain.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return [(0,)]
                raise

    def _write(self, sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.store, timeout=30)) as plain, plain:
            plain.execute(sql, values)

    def age(self, milliseconds: int) -> None:
        """Make the places of the sources older, as if no engine had run for so long."""
        for name, cursor in self.rows("SELECT name, cursor FROM source"):
            place = json.loads(cursor)
            moved = {**place, "polled_at": place.get("polled_at", 0) - milliseconds}
            moved |= {"connects": []} if "connects" in place else {}
            self._write("UPDATE source SET cursor = ? WHERE name = ?", json.dumps(moved), name)

    def stored(self) -> int:
        """Return how many mentions there are."""
        return int(self.rows("SELECT count(*) FROM mention")[0][0])

    def lost(self) -> int:
        """Return how many of those that were said are not in the store."""
        kept = set(self.rows("SELECT platform, native_id FROM mention"))
        return sum((name, native_id) not in kept for name, ids in self.said.items() for native_id in ids)

    def doubled(self) -> int:
        """Return how many are there that nobody said, or told twice to the desk."""
        kept = self.rows("SELECT platform, native_id FROM mention")
        said = {(name, native_id) for name, ids in self.said.items() for native_id in ids}
        ((told,),) = self.rows("SELECT count(*) FROM event WHERE kind = 'mention.taken'")
        ((counted,),) = self.rows("SELECT coalesce(sum(messages), 0) FROM conversation")
        strange = sum(one not in said for one in kept)
        return strange + abs(int(told) - len(kept)) + abs(int(counted) - len(kept))

    async def all_in(self, within: float = _PATIENCE) -> float:
        """Wait until nothing is missing, but not for ever; return the seconds."""
        began = time.monotonic()
        with suppress(TimeoutError):
            await until(lambda: not self.lost(), within)
        return time.monotonic() - began

    def health(self) -> dict[str, tuple[str, str]]:
        """Return each source's health and its last error."""
        found = self.rows("SELECT name, health, last_error FROM source")
        return {name: (health, error) for name, health, error in found}

    def taken_of(self) -> dict[str, int]:
        """Return what each source's counter says."""
        return dict(self.rows("SELECT name, taken FROM source"))

    def set_aside(self) -> list[tuple[str, str]]:
        """Return what was set aside: source and reason."""
        return [(source, reason) for source, reason in self.rows("SELECT source, reason FROM set_aside")]

    def standings(self) -> dict[str, tuple[str, str]]:
        """Return how each account stands, by platform, and what is said of it."""
        found = self.rows("SELECT platform, standing, error FROM account")
        return {platform: (standing, error) for platform, standing, error in found}
