"""As whom replies leave: as the account of the settings, by the platform's own word, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core import replying
from cmconsole.core.account import Mode, Standing
from cmconsole.core.clock import MINUTE
from cmconsole.core.errors import (
    PublishRefusedError,
    SettingsError,
    SourceError,
    SourceRefusedError,
)
from cmconsole.core.reply import ReplyStatus
from cmconsole.core.replying import Known
from cmconsole.engine.ending import Ending
from cmconsole.engine.supervision import Supervisor
from tests.unit.engine.outboxes import WINDOW, WORDS, Desk, opened
from tests.unit.engine.parts import until


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


# ------------------------------------------------------------------------------------------------- as whom


@pytest.mark.parametrize("standing", [Standing.LOCKED, Standing.REFUSED])
async def test_an_account_that_is_not_ours_is_never_heard(desk: Desk, standing: Standing) -> None:
    await desk.stand(standing, seen="rival")
    reply = await desk.hold()
    await desk.window()

    failed = await desk.now(reply)
    assert failed.status is ReplyStatus.FAILED
    assert failed.error
    assert failed.advice
    assert desk.there.made == 0


@pytest.mark.parametrize(("field", "value"), [("platform", "other"), ("handle", "@another")])
async def test_an_account_that_was_checked_as_another_counts_as_unchecked(
    desk: Desk, field: str, value: str
) -> None:
    await desk.stand(Standing.VERIFIED, **{field: value})
    reply = await desk.hold()
    await desk.window()

    waiting = await desk.now(reply)
    assert (waiting.status, waiting.attempts) == (ReplyStatus.HOLDING, 0)
    assert "not known yet" in waiting.error
    assert desk.there.made == 0


@pytest.mark.parametrize("standing", [Standing.UNCHECKED, Standing.UNREACHED])
async def test_a_reply_waits_in_sight_for_its_account_and_goes_back_when_that_takes_too_long(
    desk: Desk, standing: Standing
) -> None:
    await desk.stand(standing, error="It cannot be reached.")
    reply, other = await desk.hold(), await desk.hold()
    began = desk.time.at
    await desk.window()
    assert (await desk.now(reply)).advice == "It cannot be reached."

    failed = await desk.settled(reply)
    assert failed.status is ReplyStatus.FAILED
    assert 30 * MINUTE <= desk.time.at - began <= 36 * MINUTE
    await desk.stand()
    assert (await desk.settled(other)).status in {ReplyStatus.SENT, ReplyStatus.FAILED}
    assert desk.there.calls <= 1


async def test_a_reply_that_is_taken_back_and_sent_anew_waits_anew(desk: Desk) -> None:
    await desk.stand(Standing.UNREACHED)
    reply = await desk.hold()
    await desk.settled(reply, within=25 * MINUTE)
    await desk.move(reply, partial(replying.take_back, person="Zoé", now=desk.time.at))
    await desk.settled(reply, within=10 * MINUTE)
    anew = partial(
        replying.hold, person="Zoé", now=desk.time.at, until=desk.time.at + WINDOW, console="",
        parts=(WORDS,), known=Known(reply.seen),
    )  # fmt: skip
    await desk.move(reply, anew)
    await desk.window()

    assert (await desk.settled(reply, within=20 * MINUTE)).status is ReplyStatus.HOLDING


async def test_a_token_that_is_somebody_elses_since_the_check_is_found_before_a_word_leaves(
    desk: Desk,
) -> None:
    desk.there.handle = "rival"
    reply = await desk.hold()
    await desk.window()

    failed = await desk.now(reply)
    assert failed.status is ReplyStatus.FAILED
    assert "@rival" in failed.error
    (state,) = await desk.store.account_states()
    assert (state.standing, state.seen) == (Standing.LOCKED, "rival")
    assert (desk.there.calls, desk.there.made, desk.there.closed) == (0, 1, 1)


@pytest.mark.parametrize(
    "error", [SourceError("Away."), RuntimeError("boom"), SourceError("Limit.", retry_after=5)]
)
async def test_a_platform_that_does_not_say_who_we_are_is_asked_again(desk: Desk, error: Exception) -> None:
    desk.there.identities = [error, error]
    reply = await desk.hold()
    await desk.window()

    assert (await desk.now(reply)).attempts == 0
    assert (await desk.settled(reply)).status is ReplyStatus.SENT
    assert (desk.there.calls, desk.there.made, desk.there.closed) == (1, 3, 2)


@pytest.mark.parametrize("kind", [SettingsError, SourceRefusedError])
async def test_a_missing_or_refused_secret_is_told_and_a_new_one_is_used(
    desk: Desk, kind: type[SettingsError | SourceRefusedError]
) -> None:
    desk.there.making = kind("No token.", advice="Add one.")
    first = await desk.hold()
    await desk.window()
    assert (await desk.now(first)).status is ReplyStatus.FAILED
    assert ((await desk.now(first)).error, (await desk.now(first)).advice) == ("No token.", "Add one.")

    desk.there.making = None
    second = await desk.hold()
    await desk.window()
    assert (await desk.now(second)).status is ReplyStatus.SENT


async def test_after_a_refusal_the_secrets_are_read_anew(desk: Desk) -> None:
    desk.there.before = [PublishRefusedError("Token revoked.", advice="Make another.")]
    first, second = await desk.hold(), await desk.hold()
    await desk.window()

    failed = await desk.now(first)
    assert (failed.status, failed.error, failed.advice) == (
        ReplyStatus.FAILED,
        "Token revoked.",
        "Make another.",
    )
    assert (await desk.now(second)).status is ReplyStatus.SENT
    assert (desk.there.made, desk.there.closed) == (2, 1)


async def test_a_publisher_that_cannot_be_closed_changes_nothing_of_what_it_said(desk: Desk) -> None:
    desk.there.before = [PublishRefusedError("Token revoked.")]
    desk.there.closing = RuntimeError("already closed")
    reply = await desk.hold()
    await desk.window()

    assert (await desk.now(reply)).status is ReplyStatus.FAILED


async def test_a_reply_of_an_account_that_is_not_in_the_settings_goes_back(desk: Desk) -> None:
    live, rehearsal = await desk.hold(account="gone"), await desk.hold(account="gone", mode=Mode.REHEARSAL)
    desk.time.at += WINDOW
    (strays,) = [work for name, work in desk.outbox.workers() if name == "outbox strays"]
    worker = spawn(Supervisor(desk.time, Ending(), desk.time.sleep).keep("strays", strays), name="strays")

    async def is_over() -> bool:
        return (await desk.now(rehearsal)).status is not ReplyStatus.HOLDING

    await until(is_over)
    worker.cancel()
    await asyncio.wait({worker})

    failed = await desk.now(live)
    assert failed.status is ReplyStatus.FAILED
    assert "gone" in failed.error
    assert (await desk.now(rehearsal)).status is ReplyStatus.REHEARSED
    assert desk.there.made == 0


# ------------------------------------------------------------------------------------ one beside the other


async def test_one_accounts_trouble_does_not_delay_another(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        await desk.stand(Standing.UNREACHED)
        stuck = await desk.hold()
        other = replace(desk.outbox.voices[0], speaker=replace(desk.outbox.voices[0].speaker, name="b"))
        state = (await desk.store.account_states())[0]
        await desk.store.set_account(replace(state, name="b", standing=Standing.VERIFIED), desk.time.at, None)
        desk.more.append(other)
        desk.outbox = desk.fresh()
        free = await desk.hold(account="b")
        desk.time.at += WINDOW
        for account in desk.outbox.accounts.values():
            await account.look()

        assert (await desk.now(stuck)).status is ReplyStatus.HOLDING
        assert (await desk.now(free)).status is ReplyStatus.SENT
