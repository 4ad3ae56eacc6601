"""Pictures of the composer: rehearsal, what stops a reply, a note; every theme. Look before accepting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.guard import Level
from cmconsole.desk.policy import GuardPolicy, ReplyPolicy
from cmconsole.desk.reply import sheet as sheets
from cmconsole.tui import themes
from cmconsole.tui.screens.canned_finder import CannedFinder
from cmconsole.tui.screens.composer import ComposerScreen
from cmconsole.tui.screens.prompts import ConfirmPrompt
from tests.snapshots.pictures import LANGUAGES, SCENES, SIZES, Picture, picture, scene
from tests.unit.tui.consoles import Console

_ANSWER = {
    "en": "We are sorry, {first_name}. Your parcel left this morning with another carrier. ",
    "fr": "Nous sommes navrés, {first_name}. Votre colis est reparti ce matin. ",
}
_COLLEAGUE = {
    "en": "Hello, could you tell us your order number?",
    "fr": "Bonjour, pouvez-vous nous donner votre numéro de commande ?",
}


@asynccontextmanager
async def answering(
    folder: Path, theme: str, size: str, language: str, *, mode: Mode
) -> AsyncIterator[Console]:
    """Show Alice's console with the cursor on one author, and accounts to answer as; Bruno drafts too."""
    async with scene(folder, theme, size, language, live=mode is Mode.LIVE) as shown:
        desk = shown.app.session.desk
        desk.replying = ReplyPolicy(
            speakers=(Speaker("main", "x", "@acme", mode), Speaker("help", "x", "@acme_help", mode)),
            source_accounts={"demo": "main"},
            signature="^{initials}",
            brand="Acme",
            guards=GuardPolicy(levels={"haste": Level.OFF}),
        )
        for it in desk.replying.speakers:
            state = AccountState(
                it.name, it.platform, it.handle, it.mode.value, Standing.VERIFIED, it.handle[1:]
            )
            await shown.place.store.set_account(state, desk.now(), None)
        talk = (await shown.place.store.search("lemonde_tech", 1))[0]
        bruno = shown.place.desk("Bruno")
        bruno.replying = desk.replying
        await sheets.save(bruno, await sheets.open_sheet(bruno, talk.id), _COLLEAGUE[language])
        shown.app.session.forget(talk.id)
        await shown.read()
        shown.app.session.view.select(talk.id)
        shown.app.show()
        await shown.press("r")
        assert isinstance(shown.app.screen, ComposerScreen)
        yield shown


def put(shown: Console, text: str) -> None:
    """Write a text at once."""
    assert isinstance(shown.app.screen, ComposerScreen)
    shown.app.screen.put(text, whole=True)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_offers(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with answering(tmp_path, theme, size, language, mode=Mode.REHEARSAL) as shown:
        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_stopped(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with answering(tmp_path, theme, size, language, mode=Mode.LIVE) as shown:
        put(shown, _ANSWER[language] * 4)
        await shown.press("ctrl+s")
        shown.app._tell("", "text")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_note(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with answering(tmp_path, theme, size, language, mode=Mode.LIVE) as shown:
        put(shown, _ANSWER[language].format(first_name="Ada"))
        await shown.press("ctrl+n")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_asking_for_a_word(
    size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with answering(tmp_path, themes.DEFAULT, size, language, mode=Mode.LIVE) as shown:
        put(shown, _ANSWER["fr"].format(first_name="Léa"))
        await shown.press("ctrl+s")
        shown.app._tell("", "text")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_thread(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with answering(tmp_path, themes.DEFAULT, size, language, mode=Mode.LIVE) as shown:
        put(shown, _ANSWER[language].format(first_name="Ada") * 5)
        await shown.press("ctrl+l")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_question(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with answering(tmp_path, themes.DEFAULT, size, language, mode=Mode.LIVE) as shown:
        screen = shown.app.screen
        assert isinstance(screen, ComposerScreen)
        bruno = shown.place.desk("Bruno")
        await sheets.drop(bruno, await sheets.open_sheet(bruno, screen.conversation_id))
        put(shown, _ANSWER["fr"].format(first_name="Léa"))
        await shown.press("ctrl+s")
        assert isinstance(shown.app.screen, ConfirmPrompt)

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_finder(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with answering(tmp_path, themes.DEFAULT, size, language, mode=Mode.REHEARSAL) as shown:
        await shown.press("slash")
        finder = shown.app.screen
        assert isinstance(finder, CannedFinder)
        await finder.workers.wait_for_complete()

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_keys(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with answering(tmp_path, themes.DEFAULT, size, language, mode=Mode.REHEARSAL) as shown:
        await shown.press("f1")

        assert await picture(shown) == snapshot(extension_class=Picture)
