"""Approval on a real store: when a second yes is owed, the lane of what waits, and a refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cmconsole.core.clock import MINUTE
from cmconsole.core.errors import IllegalMoveError, InputError
from cmconsole.core.mention import Author
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.core.verdict import Hostility, Priority
from cmconsole.desk.context import Desk
from cmconsole.desk.policy import ApprovalPolicy
from cmconsole.desk.reply import approval
from cmconsole.desk.reply.send import clear, send
from cmconsole.desk.reply.sheet import open_sheet
from tests.unit.desk.parts import conversation
from tests.unit.desk.reply.scene import ANSWER, Scene

REPLY = Reply(
    id=1,
    conversation_id=1,
    platform="x",
    account="main",
    in_reply_to="n1",
    text=ANSWER,
    writer="Bruno",
    created_at=0,
    updated_at=0,
)
TALK = replace(
    conversation(1, priority=Priority.URGENT),
    author=Author("x", "ada", reach=100_000),
    hostility=Hostility.INSULTING,
)


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (ApprovalPolicy(), None),
        (ApprovalPolicy(always=True), "read by two"),
        (ApprovalPolicy(priorities=frozenset({Priority.URGENT})), "priority is urgent"),
        (ApprovalPolicy(priorities=frozenset({Priority.LOW})), None),
        (ApprovalPolicy(min_reach=100_000), "100000 people"),
        (ApprovalPolicy(min_reach=100_001), None),
        (ApprovalPolicy(hostility=Hostility.INSULTING), "abusive"),
        (ApprovalPolicy(hostility=Hostility.HATEFUL), None),
        (ApprovalPolicy(min_alike=20), "20 conversations"),
        (ApprovalPolicy(min_alike=21), None),
        (ApprovalPolicy(trainees=frozenset({"bruno"})), "Bruno is learning"),
        (ApprovalPolicy(trainees=frozenset({"Alice"})), None),
        (ApprovalPolicy(accounts=frozenset({"main"})), "main"),
        (ApprovalPolicy(accounts=frozenset({"care"})), None),
        (ApprovalPolicy(guards=frozenset({"capitals"})), "capitals"),
        (ApprovalPolicy(guards=frozenset({"any"})), "capitals, haste"),
        (ApprovalPolicy(guards=frozenset({"sarcasm"})), None),
    ],
)
def test_each_rule_is_enough_and_says_why(policy: ApprovalPolicy, told: str | None) -> None:
    reasons = approval.owed(policy, TALK, REPLY, ("haste", "capitals"), 20)

    assert len(reasons) == (0 if told is None else 1)
    assert told is None or told in reasons[0]


async def test_an_unknown_reach_is_no_reach() -> None:
    talk = replace(TALK, author=Author("x", "ada"))

    assert approval.owed(ApprovalPolicy(min_reach=1), talk, REPLY, (), 1) == ()


async def test_a_raised_guard_owes_a_second_yes_although_it_was_confirmed(scene: Scene, talk: int) -> None:
    scene.with_approval(guards=frozenset({"capitals"}))
    alice = scene.sit("Alice")
    sheet = await open_sheet(alice, talk)
    shouted = "WE WILL SEND YOU A NEW ONE TODAY"

    assert (await clear(alice, sheet, ANSWER)).owed == ()
    assert len((await clear(alice, sheet, shouted)).owed) == 1
    reply = await send(alice, sheet, shouted, word="publish")
    assert (reply.status, reply.raised) == (ReplyStatus.AWAITING, ("capitals",))


async def test_the_lane_has_the_longest_waiting_first_and_tells_whose_it_is(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    scene.with_approval(always=True)
    alice, bruno = scene.sit("Alice"), scene.sit("Bruno")
    other = await scene.say("Where is my parcel?", thread="t2")
    first = await scene.held(alice, talk)
    scene.clock.at += 5 * MINUTE
    second = await scene.held(bruno, other)
    scene.clock.at += MINUTE

    assert [(it.reply.id, it.age, it.mine) for it in await approval.lane(alice)] == [
        (first.id, 6 * MINUTE, True),
        (second.id, MINUTE, False),
    ]
    assert [it.mine for it in await approval.lane(bruno)] == [False, True]


async def test_drafts_compete_for_a_yes(scene: Scene, talk: int) -> None:
    scene.with_approval(always=True)
    alice, bruno = scene.sit("Alice"), scene.sit("Bruno")
    await scene.held(alice, talk)
    await send(bruno, await open_sheet(bruno, talk), "We will look into it at once.", word="publish")

    assert [it.reply.writer for it in await approval.lane(scene.sit("Chloé"))] == ["Alice", "Bruno"]


async def test_a_refusal_needs_its_reason_and_gives_the_text_back(scene: Scene, talk: int) -> None:
    scene.with_approval(always=True)
    alice, bruno = scene.sit("Alice"), scene.sit("Bruno")
    reply = await scene.held(alice, talk)
    with pytest.raises(InputError):
        await approval.refuse(bruno, reply.id, " \n ")
    refused = await approval.refuse(bruno, reply.id, "Too\ncold: " + "x" * 400)

    assert (refused.status, refused.text, refused.parts) == (ReplyStatus.DRAFT, ANSWER, ())
    assert refused.refusal.startswith("Too cold: x")
    assert len(refused.refusal) == approval.REASON_LIMIT
    assert (await open_sheet(alice, talk)).reply.refusal == refused.refusal
    assert await approval.lane(bruno) == ()
    with pytest.raises(IllegalMoveError):
        await approval.refuse(bruno, reply.id, "again")
    assert (await send(alice, await open_sheet(alice, talk), ANSWER)).refusal == ""
