"""Two consoles, each a process, that answer the same conversations at the same moments."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from cmconsole.config.loading import load
from cmconsole.config.schema import Store as StoreSettings
from cmconsole.core.account import AccountState, Standing
from cmconsole.core.errors import AnsweredError, ClaimHeldError, CmconsoleError
from cmconsole.core.guard import GuardError
from cmconsole.core.reply import FLYING, ReplyStatus
from cmconsole.core.verdict import Lane
from cmconsole.desk.reply import send, sheet
from cmconsole.store.sqlite import SqliteStore
from cmconsole.wiring import build_desk, ingest

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    from cmconsole.config.schema import Settings
    from cmconsole.desk.context import Desk

PERSONS: Final = ("Alice", "Bruno")

_SETTINGS: Final = """
[brand]
name = "Acme"
[accounts.main]
platform = "mastodon"
handle = "@acme@piaille.fr"
mode = "live"
[reply]
undo_seconds = 600
undo_most_seconds = 600
"""

_PATIENCE: Final = 60.0


@dataclass
class Race:
    """What came of it. told: what the other console was told, by the error's name."""

    conversations: int
    won: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    flying: Counter[int] = field(default_factory=Counter)
    drafts_kept: int = 0


def _settings(folder: Path, person: str) -> Settings:
    file = folder / "settings.toml"
    file.write_text(_SETTINGS, encoding="utf-8")
    settings = load(file, {})
    return replace(
        settings,
        store=StoreSettings(path=str(folder / "desk.db")),
        desk=replace(settings.desk, person=person),
    )


async def race(folder: Path, n: int) -> Race:
    """Let two consoles answer each of `n` conversations at the same moment; return what came of it."""
    settings = _settings(folder, "Alice")
    lines = folder / "mentions.ndjson"
    lines.write_text(
        "".join(
            f'{{"id": "{it}", "platform": "mastodon", "text": "@acme où est ma commande {it} ?", '
            f'"author": "ada{it}@piaille.fr", "created_at": "2026-11-21T12:00:00Z"}}\n'
            for it in range(n)
        ),
        encoding="utf-8",
    )
    await ingest(settings, str(lines), platform="mastodon", source="file")
    store = SqliteStore(folder / "desk.db")
    await store.open()
    try:
        state = AccountState("main", "mastodon", "@acme@piaille.fr", "live", Standing.VERIFIED)
        await store.set_account(state, 1, None)
        ids = [talk.id for lane in Lane for talk in await store.lane(lane, 2 * n)]
        assert len(ids) == n
        outcomes = await asyncio.to_thread(_run, folder, ids)
        return await _counted(store, ids, outcomes)
    finally:
        await store.close()


def _run(folder: Path, ids: list[int]) -> list[tuple[str, str]]:
    """Run both consoles to their end and return (person, outcome) of every try."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(len(PERSONS)), context.Queue()
    consoles = [
        context.Process(target=_console, args=(folder, person, ids, barrier, results)) for person in PERSONS
    ]
    for console in consoles:
        console.start()
    outcomes = [results.get(timeout=_PATIENCE) for _ in range(len(ids) * len(PERSONS))]
    for console in consoles:
        console.join(_PATIENCE)
    return outcomes


def _console(folder: Path, person: str, ids: list[int], barrier: Barrier, results: Any) -> None:
    asyncio.run(_answer_all(folder, person, ids, barrier, results))


async def _answer_all(folder: Path, person: str, ids: list[int], barrier: Barrier, results: Any) -> None:
    settings = _settings(folder, person)
    store = SqliteStore(folder / "desk.db")
    await store.open()
    try:
        desk = build_desk(settings, store, folder / "settings.toml")
        for number in ids:
            text = (
                f"Bonjour, {person} regarde votre commande tout de suite, merci de votre patience {number}."
            )
            opened = await sheet.save(desk, await sheet.open_sheet(desk, number), text)
            await asyncio.to_thread(barrier.wait, _PATIENCE)
            results.put((person, await _outcome(desk, opened, text)))
    finally:
        await store.close()


async def _outcome(desk: Desk, opened: sheet.Sheet, text: str) -> str:
    """Send, confirming whatever can be confirmed as somebody in haste would, and say what came of it."""
    word = ""
    for _ in range(2):
        try:
            reply = await send.send(desk, opened, text, word=word)
        except GuardError as error:
            if not error.word:
                return f"guards: {', '.join(it.guard for it in error.findings)}"
            word = error.word
        except (AnsweredError, ClaimHeldError) as error:
            return type(error).__name__
        except CmconsoleError as error:
            return f"{type(error).__name__}: {error}"
        else:
            return reply.status.value
    return "never"


async def _counted(store: SqliteStore, ids: list[int], outcomes: list[tuple[str, str]]) -> Race:
    found = Race(len(ids))
    for person, outcome in outcomes:
        if outcome == ReplyStatus.HOLDING.value:
            found.won[person] += 1
        else:
            found.told[outcome] += 1
    for number in ids:
        replies = await store.replies(number)
        found.flying[sum(it.status in FLYING for it in replies)] += 1
        found.drafts_kept += sum(it.status is ReplyStatus.DRAFT and bool(it.text) for it in replies)
    return found
