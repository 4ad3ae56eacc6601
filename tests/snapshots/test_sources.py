"""Pictures of the sources screen: every theme, two sizes, two languages. Look before accepting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from cmconsole.core.account import AccountState, Standing
from cmconsole.core.budget import DOLLAR
from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.mention import SetAside
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health
from cmconsole.store.contract import Intake
from cmconsole.tui import themes
from tests.snapshots.pictures import LANGUAGES, SCENES, SIZES, Picture, picture, scene
from tests.unit.tui.consoles import Console

# As an engine of the same language would have told it.
_REFUSED = {
    "en": "Reddit refuses the token. Make a new refresh token and run `cmconsole accounts renew reddit`.",
    "fr": "Reddit refuse le jeton. Créez un autre refresh token et lancez `cmconsole accounts renew reddit`.",
}


async def platforms(shown: Console, language: str) -> None:
    """Add what a morning brings: a refused source, one paused, one without money, three accounts."""
    store, now = shown.place.store, shown.place.clock.now()
    await store.set_source_health(
        "reddit", "reddit", Health.REFUSED, now=now, retry_at=now + 9 * MINUTE, error=_REFUSED[language]
    )
    aside = [SetAside("the entry has no text", "<item><title/></item>")] * 3
    await store.ingest(Intake("blog", "feeds", [], set_aside=aside), SlaPolicy(), now - 2 * HOUR)
    await store.pause_source("blog", "Bruno", now)
    accounts = (
        ("main", "x", "@acme", "live", Standing.VERIFIED, "acme", 50 * DOLLAR),
        ("piaille", "mastodon", "acme@piaille.fr", "rehearsal", Standing.LOCKED, "other", None),
        ("reddit", "reddit", "u/acme", "rehearsal", Standing.UNCHECKED, "", None),
    )
    for name, platform, handle, mode, standing, seen, cap in accounts:
        state = AccountState(name, platform, handle, mode, standing, seen, checked_at=now, cap=cap)
        await store.set_account(state, now, None)
    await store.spend("main", "2026-03", "read", 8_240, 41_200_000)
    used = {"X": "main", "Mastodon": "piaille", "reddit": "reddit"}
    shown.app.session.settings = replace(shown.app.session.settings, accounts=used)
    await shown.read()


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_sources(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await platforms(shown, language)
        await shown.press("S", "j")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_set_aside(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with scene(tmp_path, themes.DEFAULT, size, language) as shown:
        await platforms(shown, language)
        await shown.press("S", "j", "j", "enter")
        await shown.pilot.pause()

        assert await picture(shown) == snapshot(extension_class=Picture)
