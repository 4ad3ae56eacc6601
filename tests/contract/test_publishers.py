"""What every publisher promises: one attempt, at most one post, and an honest word about what came of it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from cmconsole.core.clock import HOUR
from cmconsole.core.errors import (
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    SourceError,
    UnclearError,
)
from cmconsole.core.publishing import Outgoing, Published
from cmconsole.core.reply import Act
from tests.contract.adapters import ADAPTERS, Adapter

TEXT = "Merci de votre patience, nous regardons cela tout de suite."


@pytest.fixture(params=sorted(ADAPTERS))
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    async with ADAPTERS[request.param]() as opened:
        yield opened


def answer_to(native_id: str, text: str = TEXT) -> Outgoing:
    return Outgoing(text, native_id, uuid4().hex, language="fr")


async def test_a_publisher_says_whose_and_where_it_is(adapter: Adapter) -> None:
    member, publisher, _ = adapter.doors()
    identity = await member.identity()

    assert (publisher.platform, publisher.account) == (adapter.kind, "main")
    assert await publisher.identity() == identity
    assert identity.handle.startswith(adapter.platform.handle)
    assert identity.native_id
    assert (identity.most == 500) is (adapter.kind == "mastodon")


async def test_what_a_publisher_has_no_way_to_do_it_refuses_before_anybody_is_asked(adapter: Adapter) -> None:
    _, publisher, _ = adapter.doors()
    assert Act.DELETE in publisher.acts
    assert Act.REPLY not in publisher.acts
    for act in frozenset(Act) - publisher.acts:
        with pytest.raises(PublishRefusedError, match="no way"):
            await publisher.perform(act, "1", "words")
    assert adapter.running.world.requests == []


async def looked_up(adapter: Adapter, outgoing: Outgoing, since: int) -> Published | None:
    """Look a reply up as the next engine would, a while later: some platforms show what is new with delay."""
    adapter.running.world.shift += HOUR
    return await adapter.doors()[1].look_up(outgoing, since)


async def test_a_reply_is_published_once_and_found_again(adapter: Adapter) -> None:
    _, publisher, _ = adapter.doors()
    outgoing = answer_to(adapter.platform.mention("Où est mon colis ?"))
    since = adapter.running.world.now()
    sent = await publisher.reply(outgoing)

    assert (adapter.posts_seen(), len(adapter.published())) == (1, 1)
    assert sent.native_id
    assert sent.url.startswith("http")
    found = await looked_up(adapter, outgoing, since)
    assert found is not None
    assert found.native_id == sent.native_id


async def test_another_reply_is_not_taken_for_this_one(adapter: Adapter) -> None:
    _, publisher, _ = adapter.doors()
    since = adapter.running.world.now()
    mention, other = adapter.platform.mention("Un ?"), adapter.platform.mention("Deux ?", author="bob")
    await publisher.reply(answer_to(other))
    await publisher.reply(answer_to(mention, "Autre chose, sans rapport."))

    assert await looked_up(adapter, answer_to(mention), since) is None


UNCLEAR: list[tuple[str, dict[str, Any], bool]] = [
    ("error_after", {"status": 500}, True),
    ("error_after", {"status": 502}, True),
    ("drop_after", {}, True),
    ("drop_before", {}, False),
    ("status", {"status": 500}, False),
    ("html", {"status": 503}, False),
    ("garbage", {}, True),
    ("hang", {"after": True, "seconds": 60}, True),
    ("hang", {"seconds": 60}, False),
]


@pytest.mark.parametrize(("fault", "args", "is_there"), UNCLEAR, ids=str)
async def test_an_unclear_answer_is_unclear_and_looking_it_up_tells(
    adapter: Adapter, fault: str, args: dict[str, Any], is_there: bool
) -> None:
    _, publisher, _ = adapter.doors()
    outgoing = answer_to(adapter.platform.mention("Où est mon colis ?"))
    since = adapter.running.world.now()
    adapter.fault(fault, times=0, **args)
    with pytest.raises(UnclearError) as raised:
        await publisher.reply(outgoing)

    assert adapter.posts_seen() == 1
    assert raised.value.message.endswith(".")
    adapter.running.world.faults.clear()
    found = await looked_up(adapter, outgoing, since)
    assert (found is not None, len(adapter.published())) == (is_there, int(is_there))


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("status", {"status": 401, "body": "{}"}),
    ("status", {"status": 403, "body": "{}"}),
]


@pytest.mark.parametrize(("fault", "args"), REFUSED, ids=str)
async def test_a_refusal_is_surely_not_published_and_a_persons_to_mend(
    adapter: Adapter, fault: str, args: dict[str, Any]
) -> None:
    _, publisher, _ = adapter.doors()
    outgoing = answer_to(adapter.platform.mention("Où est mon colis ?"))
    adapter.fault(fault, times=0, **args)
    with pytest.raises(NotPublishedError) as raised:
        await publisher.reply(outgoing)

    # A session that is over is renewed at once, and told as what may be tried again.
    is_renewed = adapter.kind == "bluesky" and args["status"] == 401
    assert isinstance(raised.value, PublishRefusedError) is not is_renewed
    assert adapter.posts_seen() == 1
    assert adapter.published() == []


async def test_a_limit_is_surely_not_published_and_says_for_how_long(adapter: Adapter) -> None:
    _, publisher, _ = adapter.doors()
    outgoing = answer_to(adapter.platform.mention("Où est mon colis ?"))
    adapter.fault("limit", times=0, reset_after=90)
    with pytest.raises(NotPublishedError) as raised:
        await publisher.reply(outgoing)

    assert not isinstance(raised.value, PublishRefusedError)
    assert raised.value.retry_after is not None
    assert 88 <= raised.value.retry_after <= 91
    assert (adapter.posts_seen(), adapter.published()) == (1, [])


async def test_a_platform_that_is_away_has_surely_published_nothing(adapter: Adapter) -> None:
    _, publisher, _ = adapter.doors()
    outgoing = answer_to(adapter.platform.mention("Où est mon colis ?"))
    await adapter.running.down(adapter.kind)
    with pytest.raises(NotPublishedError) as raised:
        await publisher.reply(outgoing)
    assert not isinstance(raised.value, PublishRefusedError)
    with pytest.raises(SourceError):
        await publisher.look_up(outgoing, adapter.running.world.now())


async def test_a_reply_to_what_is_gone_is_refused(adapter: Adapter) -> None:
    _, publisher, _ = adapter.doors()
    native_id = adapter.platform.mention("Où est mon colis ?")
    adapter.platform.delete(native_id)
    with pytest.raises(PublishRefusedError):
        await publisher.reply(answer_to(native_id))

    assert adapter.published() == []


async def test_a_post_of_ours_is_deleted_and_deleting_it_again_is_no_error(adapter: Adapter) -> None:
    _, publisher, _ = adapter.doors()
    since = adapter.running.world.now()
    outgoing = answer_to(adapter.platform.mention("Où est mon colis ?"))
    sent = await publisher.reply(outgoing)
    await publisher.perform(Act.DELETE, sent.native_id)
    assert await looked_up(adapter, outgoing, since) is None
    await publisher.perform(Act.DELETE, sent.native_id)


async def test_nothing_written_to_a_log_holds_the_reply_or_a_secret(
    adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    _, publisher, _ = adapter.doors()
    with caplog.at_level(logging.DEBUG):
        sent = await publisher.reply(answer_to(adapter.platform.mention("Où ?"), f"{TEXT} zébrure"))
        adapter.fault("status", times=0, status=401, body="{}")
        with pytest.raises(PublishError) as raised:
            await publisher.reply(answer_to(adapter.platform.mention("Là ?"), f"{TEXT} zébrure bis"))
    told = caplog.text + repr(raised.value) + str(raised.value.__cause__) + repr(publisher) + repr(sent)

    assert "zébrure" not in told
    for secret in adapter.platform.credentials.values():
        assert secret == adapter.platform.handle or secret not in told
