"""Pictures of replies beside the composer: desk, approvals, outbox, conversation, acts on posts, leaving."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from cmconsole.core import replying
from cmconsole.core.account import Mode
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.conversation import Conversation
from cmconsole.core.reply import Act
from cmconsole.core.verdict import Lane
from cmconsole.tui import themes
from tests.snapshots.pictures import LANGUAGES, SCENES, SIZES, Picture, picture, scene
from tests.unit.tui import replies
from tests.unit.tui.consoles import Console

FEW = [pytest.param(size, language, id=f"{size}-{language}") for size in SIZES for language in LANGUAGES]

_SORRY = "Bonjour Ada, nous sommes désolés : votre colis a été ouvert. Écrivez-nous en privé, on rembourse."
_CHANGED = "Bonjour Ada, nous sommes vraiment désolés. Écrivez-nous en privé, nous remboursons aujourd'hui."


async def talk_of(shown: Console, handle: str) -> Conversation:
    return next(it for it in await shown.place.store.search(handle) if it.author.handle.startswith(handle))


async def busy(shown: Console) -> None:
    """Leave replies in every state there is: two that compete for a yes, one about to leave, three stuck."""
    where, clock = shown.place, shown.place.clock
    shown.app.session.desk.replying = replies.READ_BY_TWO
    await replies.verified(where)
    ada, monde = await talk_of(shown, "ada"), await talk_of(shown, "lemonde")
    first = await replies.asked(where, ada, "Bruno", _SORRY)
    amend = partial(
        replying.amend, person="Chloé", now=clock.now(), text=_CHANGED, parts=(f"{_CHANGED} ^BR",)
    )
    await replies.moved(where, first, amend, "Chloé")
    clock.move(2 * MINUTE)
    await replies.asked(where, ada, "Alice", "Thank you for telling us, Ada: we look into it right now.")
    clock.move(3 * MINUTE)
    await replies.asked(where, monde, "Bruno", "Bonjour, la panne est corrigée depuis 14 h 20.")
    names = ("marc_d", "cpt_nobody", "kim_b", "zoe_b")
    stuck = [await talk_of(shown, name) for name in names]
    await replies.stranded(where, await replies.held(where, stuck[0], "Bruno"))
    await replies.failed(where, await replies.held(where, stuck[1], text="Bonjour, c'est réparé."))
    await replies.doubted(where, await replies.held(where, stuck[2], text="We are on it, sorry!"))
    clock.move(9 * MINUTE)
    await replies.sent(where, await replies.held(where, stuck[3], text="Sous « Mon compte », Zoé."))
    theo = await talk_of(shown, "theo")
    await replies.held(where, theo, "Alice", "42 cm sur 30, Théo.", window=8 * SECOND)
    for lane in Lane:
        for talk in await where.store.lane(lane, 50):
            await shown.app.session.read_dossier(talk.id)
    await shown.read()


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_desk(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await busy(shown)

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_approvals(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await busy(shown)
        await shown.press("A")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_outbox(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await busy(shown)
        await shown.press("B", "j", "j")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("size", "language"), FEW)
async def test_approve(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with scene(tmp_path, themes.DEFAULT, size, language) as shown:
        await busy(shown)
        await shown.press("A", "y")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("size", "language"), FEW)
async def test_send_again(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with scene(tmp_path, themes.DEFAULT, size, language) as shown:
        await busy(shown)
        await shown.press("B", "j", "j", "R")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("size", "language"), FEW)
async def test_conversation(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with scene(tmp_path, themes.DEFAULT, size, language) as shown:
        await busy(shown)
        zoe = await talk_of(shown, "zoe_b")
        gone = await replies.held(shown.place, zoe, "Bruno", "", act=Act.LIKE, mode=Mode.REHEARSAL)
        await replies.rehearsed(shown.place, gone)
        await replies.draft(shown.place, zoe, "Bruno", "Et si cela ne marche pas, dites-le-nous.")
        await shown.app.session.read_dossier(zoe.id)
        shown.app.open_conversation(zoe.id)
        await shown.settle()

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("size", "language"), FEW)
async def test_post_acts(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with scene(tmp_path, themes.DEFAULT, size, language) as shown:
        await busy(shown)
        zoe = await talk_of(shown, "zoe_b")
        shown.app.open_conversation(zoe.id)
        await shown.settle()
        await shown.press("a")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("size", "language"), FEW)
async def test_leaving(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with scene(tmp_path, themes.DEFAULT, size, language) as shown:
        shown.app.session.desk.replying = replies.POLICY
        mine = shown.app.session.desk.console
        await replies.held(shown.place, await talk_of(shown, "zoe_b"), console=mine)
        await shown.press("q")

        assert await picture(shown) == snapshot(extension_class=Picture)
