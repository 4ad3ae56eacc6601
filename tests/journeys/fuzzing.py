"""Random keys on a console whose accounts look live and are in rehearsal; what the platforms saw of it."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.drills.reply_fire import PUBLISHES
from tests.journeys.conftest import Workplace
from tests.journeys.terminal import KEYS, Terminal
from tests.twin.server import Twin, twin
from tools.demo_twin import Account

SENDING: Final = ("r", "1", "2", "3", "ctrl+s", "ctrl+s", "f2", "y", "A", "B", "R", "a", "u", "escape")
"""Keys that lead to sending, pressed more often than chance would."""

ANY: Final = (
    *"abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 /?:*=.,",
    "enter", "escape", "tab", "backspace", "up", "down", "left", "right", "pagedown", "pageup", "ctrl+n",
    "\x0f", "\x12", "\x0c", "\x10", "\x07", "f2",
)  # fmt: skip

GESTURE: Final = ("escape", "escape", "g", "1", "ctrl+s", "y", "escape", "l")
"""A whole way from a mention to a reply on its way, pressed every now and then: chance alone mostly types."""

_PAUSE: Final = 0.004
"""Seconds between two keys: what comes in one read would be taken for a paste."""

_RAW: Final = {**KEYS, "f2": "\x1bOQ"}


@dataclass
class Fuzz:
    """What came of it. statuses: replies in the store by status. calls: requests at publishing routes."""

    keys: int = 0
    consoles: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    published: int = 0


async def fuzz(place: Workplace, keys: int, *, seed: int = 7) -> Fuzz:
    """Press so many random keys and return what came of it."""
    found = Fuzz()
    async with twin(*PUBLISHES) as running:
        _prepare(place, running)
        await asyncio.to_thread(_press, place, keys, Random(seed), found)
        for name, path in PUBLISHES.items():
            seen = running.world.seen(name, "POST")
            found.calls += sum(re.fullmatch(path, it.path) is not None for it in seen)
            found.published += len(running.world.published(name))
    for one in place.export():
        found.statuses.update(reply["status"] for reply in one.get("replies", ()))
    return found


def _prepare(place: Workplace, running: Twin) -> None:
    accounts = [
        Account(name, running.address[name], platform.handle, dict(platform.credentials))
        for name, platform in running.platforms.items()
    ]
    tables = "".join(
        f'[accounts.{it.name}]\nplatform = "{it.platform}"\nhandle = "{it.handle}"\n'
        f'server = "{it.server}"\nmode = "rehearsal"\n'
        f'[sources.{it.platform}]\ntype = "{it.platform}"\naccount = "{it.name}"\n'
        for it in accounts
    )
    place.write_settings(f"{tables}[reply]\nundo_seconds = 0\nundo_most_seconds = 0\n")
    for it in accounts:
        place.more.update(it.secrets())
    for name, platform in running.platforms.items():
        for number in range(25):
            platform.mention(f"@acme colis {name} cassé, remboursez-moi {number}", author=f"p{number}")


def _press(place: Workplace, keys: int, chance: Random, found: Fuzz) -> None:
    while found.keys < keys:
        found.consoles += 1
        with place.console() as console:
            console.wait_until(lambda screen: "@p" in screen or "/p" in screen, what="mentions")
            _type(console, keys, chance, found)
            console.settle(0.5, patience=10)


def _type(console: Terminal, keys: int, chance: Random, found: Fuzz) -> None:
    """Press keys until there were enough, or until they have led out of the console."""
    due: list[str] = []
    while found.keys < keys and console.process.poll() is None:
        if not due and chance.random() < 0.01:
            due += GESTURE
        is_meant = bool(due)
        key = due.pop(0) if due else chance.choice(SENDING if chance.random() < 0.4 else ANY)
        try:
            os.write(console._master, _RAW.get(key, key).encode())
        except OSError:
            return
        found.keys += 1
        # After Escape a key would be one with Alt.
        time.sleep(0.3 if is_meant else 0.05 if key == "escape" else _PAUSE)
