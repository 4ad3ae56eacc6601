"""Pictures of the screens as SVG, the same in every run: a frozen clock, one fixed brand's afternoon."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from cmconsole.config.language import speaking
from cmconsole.core.clock import HOUR, MINUTE, SECOND
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health
from cmconsole.core.verdict import Lane
from cmconsole.desk import board, claim, note, shift
from cmconsole.store.contract import ENGINE_LEASE, Intake, Presence
from cmconsole.triage.triage import Triage
from cmconsole.tui import themes
from cmconsole.tui.app import ConsoleApp
from cmconsole.tui.settings import ConsoleSettings, Mode
from cmconsole.tui.themes import DEFAULT
from tests.unit.tui.consoles import Console
from tests.unit.tui.desks import NOON, Place, place

SIZES: Final = {"80x24": (80, 24), "160x45": (160, 45)}
LANGUAGES: Final = ("en", "fr")

SCENES: Final = [
    pytest.param(theme, size, language, id=f"{theme}-{size}-{language}")
    for theme in themes.names()
    for size in SIZES
    for language in LANGUAGES
    if language == "en" or theme == DEFAULT
]
"""Every theme in every size; in French one theme is enough: words have the same colours."""

# minutes ago, platform, handle, name, reach, verified, text
_POSTS: Final = (
    (
        14,
        "x",
        "lemonde_tech",
        "Le Monde Tech",
        1_200_000,
        True,
        "Votre appli perd les commandes, on attend une réponse depuis lundi.",
    ),
    (
        2,
        "mastodon",
        "ada@piaille.fr",
        "Ada Verlaine",
        48_000,
        False,
        "My parcel was opened, refund please. Third time with this carrier, @acme, what will you do?",
    ),
    (9, "bluesky", "lou.bsky.social", "Lou", 15_000, False, "@acme do you ship to Belgium?"),
    (31, "x", "nadia_k", "Nadia", 22_000, True, "Merci @acme, colis arrivé en avance 🇫🇷 👍🏽"),
    (17, "reddit", "marc_d", "", 120, False, "« Toujours pas remboursé, 3e relance »"),
    (28, "x", "cpt_nobody", "", 312, False, "App down again since 14:02 anyone?"),
    (27, "x", "kim_b", "Kim", 1_900, False, "App down again since 14:02, anyone?"),
    (26, "mastodon", "olu@mas.to", "Olu", 75, False, "RT @cpt_nobody App down again since 14:02 anyone?"),
    (24, "x", "jeanne_r", "", None, False, "app down again since 14:02 anyone???"),
    (
        34,
        "feeds",
        "blog.lerat.fr",
        "Le blog de Lerat",
        None,
        False,
        "Pourquoi je quitte Acme après dix ans : arnaque sur la garantie",
    ),
    (
        61,
        "mastodon",
        "山田太郎@mstdn.jp",
        "山田太郎",
        900,
        False,
        "The charger caught fire in my daughter's room, photos attached. My lawyer will call.",
    ),
    (5, "x", "zoe_b", "Zoé", 90, False, "How do I change my delivery address?"),
    (6, "x", "theo", "Théo", 40, False, "Quelle est la taille du modèle 3 ?"),
    (7, "bluesky", "ines.bsky.social", "Inès", 410, False, "Love the new colours, thank you!"),
)


async def _afternoon(where: Place) -> None:
    """Fill the store: posts of the last hour, a retrying source, a colleague, a claim and a note."""
    store, now, judge = where.store, where.clock.now(), Triage()
    items = []
    for number, (ago, platform, handle, name, reach, verified, text) in enumerate(_POSTS):
        author = Author(platform, handle, name=name, reach=reach, verified=verified)
        mention = Mention(platform, f"n{number}", author, text, now - ago * MINUTE, source="demo")
        items.append((mention, judge.judge(mention)))
    await store.ingest(Intake("X", "x", items), SlaPolicy(), now)
    await store.set_source_health("X", "x", Health.OK, now=now)
    await store.set_source_health(
        "Mastodon", "mastodon", Health.RETRYING, now=now, retry_at=now + 12 * SECOND, error="503"
    )
    await store.acquire_lease(ENGINE_LEASE, "engine", now, HOUR)
    await store.beat(Presence("b", "Bruno", now, None))
    bruno = where.desk("Bruno")
    ada = (await store.search("ada@piaille", 1))[0]
    await claim.claim(bruno, [ada.id])
    await note.note(bruno, [ada.id], "même transporteur que mardi, logistique prévenue")
    # As the engine joins them.
    first, *others = [talk.id for talk in reversed(await store.search("app down again 14:02"))]
    await store.cluster([(other, first) for other in others], now, None)


@asynccontextmanager
async def scene(
    folder: Path, theme: str, size: str, language: str, *, live: bool = False
) -> AsyncIterator[Console]:
    """Show Alice's console in the middle of that afternoon, 2 h 14 before the end of her shift."""
    with speaking(language):
        async with place(folder) as where:
            await _afternoon(where)
            desk = where.desk("Alice")
            desk.zone = ZoneInfo("Europe/Paris")
            where.clock.at = NOON - 346 * MINUTE
            await shift.start(desk, NOON + 134 * MINUTE)
            where.clock.at = NOON
            mode = Mode.LIVE if live else Mode.REHEARSAL
            settings = ConsoleSettings("Acme", "@acme", "X", mode, theme=theme, colour=True)
            first = await board.read(desk)
            with patch.dict(os.environ, {"COLORTERM": "truecolor", "TERM": "xterm-256color"}):
                app = ConsoleApp(desk, settings, first)
            app._follow = lambda: None  # type: ignore[method-assign] # nothing moves while the picture is taken
            async with app.run_test(size=SIZES[size]) as pilot:
                await pilot.pause()
                for talk in await where.store.lane(Lane.INFLUENCERS, 50):
                    await app.session.read_dossier(talk.id)
                app.show()
                await pilot.pause()
                yield Console(app, pilot, where)


async def picture(shown: Console) -> str:
    """Return what is on the screen as SVG, without the names Rich makes up anew for each picture."""
    await shown.settle()
    svg = shown.app.export_screenshot(title="cmconsole")
    return re.sub(r"terminal-\d+", "terminal", svg)


class Picture(SingleFileSnapshotExtension):
    """Keeps each picture in a file of its own."""

    _write_mode = WriteMode.TEXT
    _file_extension = "svg"
