"""Acts on posts under a person's hands: offered where the platform has them, asked for by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmconsole.core.mention import Author, Mention
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Lane
from cmconsole.desk.reply import post_acts
from cmconsole.store.contract import Intake
from cmconsole.triage.triage import Triage
from cmconsole.tui.screens.desk import DeskScreen
from cmconsole.tui.screens.post_acts import PostActs
from cmconsole.tui.screens.prompts import ConfirmPrompt, LinePrompt
from tests.unit.tui import replies
from tests.unit.tui.consoles import Console, console

TEXT = "My parcel was opened, refund please."


def words(desk: Console) -> str:
    """Return the words on the screen, wherever they are broken."""
    return " ".join(desk.shown().replace("│", " ").split())


async def answered(desk: Console) -> int:
    """Have an author answer below a post of ours on Mastodon; return the conversation."""
    desk.app.session.desk.replying = replies.POLICY
    author, now = Author("mastodon", "lou@mas.to", reach=60_000), desk.place.clock.now()
    mention = Mention("mastodon", "m1", author, "Scam!", now, thread="ours", in_reply_to="ours")
    item = (mention, Triage().judge(mention))
    await desk.place.store.ingest(Intake("test", "mastodon", [item]), SlaPolicy(), now)
    stored = await desk.place.store.find_mention("mastodon", "m1")
    assert stored is not None
    return stored.conversation_id


async def test_a_like_is_chosen_asked_for_and_held(tmp_path: Path) -> None:
    async with console(tmp_path, TEXT) as desk:
        desk.app.session.desk.replying = replies.POLICY
        await desk.press("a")
        assert isinstance(desk.app.screen, PostActs)
        said = desk.shown()
        for part in ("@marc0's post of", "as @acme on X", "LIVE", TEXT, "1  like it"):
            assert part in said
        # What begins a thread of its own is nobody's answer to us: there is nothing to hide it from.
        assert "hide" not in said
        await desk.press("1")
        assert isinstance(desk.app.screen, ConfirmPrompt)
        assert "Like @marc0's post as @acme on X?" in desk.shown()
        await desk.press("enter")
        assert await desk.place.store.replies(1) == []
        await desk.press("a", "1", "y")
        (act,) = await desk.place.store.replies(1)
        assert (act.act, act.status, act.writer) == (Act.LIKE, ReplyStatus.HOLDING, "Alice")
        assert "u takes it back" in desk.lines()[-1]
        await desk.press("a")
        assert "Nothing can be done to these posts on X from here." in desk.lines()[-1]


async def test_a_report_needs_its_reason(tmp_path: Path) -> None:
    async with console(tmp_path, TEXT) as desk:
        talk = await answered(desk)
        desk.app.open_conversation(talk)
        await desk.settle()
        await desk.press("a", "2")
        assert isinstance(desk.app.screen, LinePrompt)
        await desk.press("escape")
        assert "A report needs its reason; nothing was done." in desk.lines()[-1]
        await desk.press("a", "2", *"threats", "enter")
        assert "Report @lou@mas.to's post to the moderators, as @acme@piaille.fr on Mastodon?" in words(desk)
        assert "Rehearsal: nothing reaches the platform." in words(desk)
        await desk.press("y")
        (act,) = await desk.place.store.replies(talk)
        assert (act.act, act.text, act.account) == (Act.REPORT, "threats", "piaille")


async def test_our_own_reply_is_deleted_once_and_says_that_it_is_gone(tmp_path: Path) -> None:
    async with console(tmp_path, TEXT) as desk:
        desk.app.session.desk.replying = replies.POLICY
        talk = (await desk.lane(Lane.INFLUENCERS))[0]
        await replies.sent(desk.place, await replies.held(desk.place, talk, text="Sorry!"), "r9")
        await desk.press("a")
        assert "our reply of" in desk.shown()
        assert "delete it: it is ours" in desk.shown()
        await desk.press("left")
        assert "@marc0's post of" in desk.shown()
        await desk.press("right", "1")
        assert "Delete our own reply as @acme on X?" in desk.shown()
        assert "After that it cannot be undone." in words(desk)
        await desk.press("y")
        act = (await desk.place.store.replies(talk.id))[-1]
        assert (act.act, act.in_reply_to) == (Act.DELETE, "r9")
        await replies.sent(desk.place, act, "r9")
        posts = await post_acts.posts(desk.app.session.desk, talk.id)
        assert [it.ours for it in posts] == [False]
        await desk.read()
        desk.app.open_conversation(talk.id)
        for _turn in range(100):
            if "deleted by us since" in desk.shown():
                break
            await desk.pilot.pause(0.02)
        assert "deleted by us since" in desk.shown()


async def test_several_conversations_or_no_account_are_told(tmp_path: Path) -> None:
    async with console(tmp_path, TEXT, "Where is my order?") as desk:
        await desk.press("a")
        assert "Nothing can be done to these posts on X from here." in desk.lines()[-1]
        await desk.press("space", "j", "space", "a")
        assert "One conversation at a time" in desk.lines()[-1]
        assert isinstance(desk.app.screen, DeskScreen)


@pytest.mark.parametrize("platform", ["x", "mastodon", "bluesky", "reddit"])
def test_nothing_is_offered_twice_and_deleting_comes_last(platform: str) -> None:
    acts = post_acts.ACTS[platform]
    assert len(set(acts)) == len(acts)
    assert acts[-1] is Act.DELETE
