"""The sheet on a real store: what a composer has before it, and the draft that is kept of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cmconsole.core.account import Mode, Speaker
from cmconsole.core.clock import HOUR
from cmconsole.core.errors import IllegalMoveError, NotFoundError, ReadOnlyError
from cmconsole.core.reply import ReplyStatus
from cmconsole.desk import shift
from cmconsole.desk.context import Desk
from cmconsole.desk.reply import sheet as sheets
from cmconsole.desk.reply.send import send, with_account
from tests.unit.desk.reply.scene import ANSWER, Scene


async def test_a_new_sheet_answers_the_newest_post_as_whom_it_was_addressed_to(
    scene: Scene, alice: Desk, talk: int
) -> None:
    await scene.say("Hello? Anybody there?")
    sheet = await sheets.open_sheet(alice, talk)

    assert (sheet.reply.id, sheet.reply.text, sheet.reply.status) == (0, "", ReplyStatus.DRAFT)
    assert (sheet.reply.account, sheet.reply.mode, sheet.reply.writer) == ("main", Mode.LIVE, "Alice")
    assert (sheet.reply.in_reply_to, sheet.reply.thread) == ("n2", "t1")
    assert sheet.fitting == ("main", "care")
    assert sheet.account is not None
    assert sheet.account.name == "main"
    assert await scene.store.replies(talk) == []


async def test_who_answered_before_answers_again(scene: Scene, alice: Desk, talk: int) -> None:
    sheet = await sheets.open_sheet(alice, talk, account="care")
    kept = await sheets.save(alice, sheet, ANSWER)
    assert kept.reply.account == "care"
    scene.clock.at += HOUR

    await scene.sent(await send(alice, kept, ANSWER, word="publish"))
    await scene.say("And now?")

    assert (await sheets.open_sheet(alice, talk)).fitting == ("care", "main")


async def test_a_post_that_is_gone_is_not_the_one_that_is_answered(
    scene: Scene, alice: Desk, talk: int
) -> None:
    await scene.say("Forget it")
    await scene.delete("n2")

    assert (await sheets.open_sheet(alice, talk)).reply.in_reply_to == "n1"
    await scene.delete("n1")
    answered = (await sheets.open_sheet(alice, talk)).answered
    assert answered is not None
    assert answered.gone is not None


async def test_an_account_is_chosen_and_kept_with_the_draft(scene: Scene, alice: Desk, talk: int) -> None:
    sheet = with_account(alice, await sheets.open_sheet(alice, talk), "care")
    assert (sheet.speaker and sheet.speaker.handle, sheet.account) == ("@acme_care", None)
    await sheets.save(alice, sheet, ANSWER)

    again = await sheets.open_sheet(alice, talk)
    assert (again.reply.account, again.speaker and again.speaker.name) == ("care", "care")
    assert again.account is not None


async def test_another_account_for_a_kept_text_is_kept_too_and_speaks(
    scene: Scene, alice: Desk, talk: int
) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    changed = await sheets.save(alice, with_account(alice, kept, "care"), ANSWER)

    assert (await scene.store.reply(kept.reply.id)).account == changed.reply.account == "care"
    reply = await send(alice, with_account(alice, changed, "main"), ANSWER)
    assert (await scene.store.reply(reply.id)).account == "main"


async def test_a_draft_is_durable_one_a_person_and_seen_by_colleagues(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    empty = await sheets.open_sheet(alice, talk)
    assert (await sheets.save(alice, empty, "  \n")).reply.id == 0
    first = await sheets.save(alice, empty, "I am")
    second = await sheets.save(alice, first, "I am sorry", canned="sorry")
    # Another console of hers that had not seen the draft yet goes on with the same one.
    third = await sheets.save(alice, empty, "I am very sorry")

    assert first.reply.id == second.reply.id == third.reply.id > 0
    assert first.reply.key != second.reply.key
    [draft] = (await sheets.open_sheet(bruno, talk)).others
    assert (draft.text, draft.writer) == ("I am very sorry", "Alice")
    assert (await sheets.open_sheet(alice, talk)).reply.text == "I am very sorry"
    assert (await scene.store.draft(talk, "Bruno")) is None


async def test_saving_the_same_again_writes_nothing(scene: Scene, alice: Desk, talk: int) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    await scene.store.changed()

    assert (await sheets.save(alice, kept, ANSWER)).reply == kept.reply
    assert not await scene.store.changed()


async def test_what_is_answered_and_the_mode_are_kept_although_no_word_changes(
    scene: Scene, alice: Desk, talk: int
) -> None:
    await scene.say("Forget it")
    await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    await scene.delete("n2")
    scene.policy = replace(scene.policy, speakers=(Speaker("main", "x", "@acme", Mode.REHEARSAL),))
    alice = scene.sit("Alice")

    await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)

    [draft] = await scene.store.replies(talk)
    assert (draft.in_reply_to, draft.mode) == ("n1", Mode.REHEARSAL)


async def test_what_the_author_writes_later_is_read_only_when_that_is_said(
    scene: Scene, alice: Desk, talk: int
) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    await scene.say("Hello? Anybody there?")
    fresh = await sheets.again(alice, kept)
    assert fresh.reply.seen == kept.reply.seen < fresh.conversation.last_mention
    assert [it.mention.native_id for it in fresh.mentions] == ["n1", "n2"]

    read = await sheets.save(alice, await sheets.read_anew(alice, kept), ANSWER)
    assert read.reply.seen == fresh.conversation.last_mention
    assert (await sheets.open_sheet(alice, talk)).reply.seen == read.reply.seen


async def test_only_its_writer_changes_or_drops_a_draft(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    theirs = await sheets.sheet_of(bruno, kept.reply)

    with pytest.raises(IllegalMoveError):
        await sheets.save(bruno, theirs, "mine now")
    with pytest.raises(IllegalMoveError):
        await sheets.drop(bruno, theirs)
    await sheets.drop(alice, kept)

    assert await scene.store.replies(talk) == []
    assert (await sheets.open_sheet(alice, talk)).reply.id == 0


async def test_a_draft_that_left_meanwhile_is_not_written_over(scene: Scene, alice: Desk, talk: int) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    await scene.held(alice, talk)

    for text in ("from another console", ANSWER):
        with pytest.raises(IllegalMoveError):
            await sheets.save(alice, kept, text)


async def test_once_the_shift_is_handed_over_nothing_is_kept(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    begun = await shift.start(alice, scene.clock.now() + HOUR)
    handover = await scene.store.save_handover(begun.id, "brief", scene.clock.now())
    await scene.store.accept_handover(handover.id, bruno.person, scene.clock.now(), HOUR)

    with pytest.raises(ReadOnlyError):
        await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)


async def test_a_conversation_that_is_gone_is_said(alice: Desk) -> None:
    with pytest.raises(NotFoundError):
        await sheets.open_sheet(alice, 404)


async def test_the_server_of_an_account_is_known_where_accounts_live_on_servers(
    scene: Scene, alice: Desk, talk: int
) -> None:
    sheet = await sheets.open_sheet(alice, talk)

    assert sheet.domain == ""
    assert with_account(alice, sheet, "fedi").domain == "piaille.fr"
