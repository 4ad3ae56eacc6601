"""What every lookup promises: what a post says now, that it is gone, and what is behind an address."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.mention import Absence, Removed
from tests.contract.adapters import ADAPTERS, Adapter


@pytest.fixture(params=sorted(ADAPTERS))
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    async with ADAPTERS[request.param]() as opened:
        yield opened


async def test_posts_are_told_as_they_are_now(adapter: Adapter) -> None:
    _, _, lookup = adapter.doors()
    there, gone, edited = (adapter.platform.mention(f"Message {number}") for number in range(3))
    adapter.platform.delete(gone)
    adapter.running.world.shift += 3_600_000
    adapter.platform.edit(edited, "Message changé")
    found = await lookup.posts([there, gone, edited])

    assert found.removed == (Removed(adapter.kind, gone, Absence.DELETED),)
    texts = {mention.native_id: mention.text for mention in found.mentions}
    assert texts[there].endswith("Message 0")
    assert texts[edited].endswith("Message changé")
    if adapter.kind != "bluesky":
        # Bluesky's posts cannot be edited by their apps, and nothing there tells that one was.
        assert {it.native_id for it in found.mentions if it.edited_at is not None} == {edited}
    assert {it.platform for it in found.mentions} == {lookup.platform} == {adapter.kind}


async def test_many_are_asked_for_at_once(adapter: Adapter) -> None:
    _, _, lookup = adapter.doors()
    ids = [adapter.platform.mention(f"Message {number}") for number in range(lookup.most)]
    found = await lookup.posts(ids)

    assert {it.native_id for it in found.mentions} == set(ids)
    assert found.removed == ()
    assert await lookup.posts([]) == type(found)()


async def test_a_source_and_a_lookup_tell_the_same_of_a_post(adapter: Adapter) -> None:
    _, _, lookup = adapter.doors()
    native_id = adapter.platform.mention("Bonjour à vous")
    batch = await anext(adapter.make_source().batches(None))
    (told,) = batch.mentions
    (found,) = (await lookup.posts([native_id])).mentions

    assert (found.native_id, found.text, found.author.handle, found.created_at, found.url, found.thread) == (
        told.native_id,
        told.text,
        told.author.handle,
        told.created_at,
        told.url,
        told.thread,
    )


async def test_an_address_leads_to_its_post(adapter: Adapter) -> None:
    _, _, lookup = adapter.doors()
    native_id = adapter.platform.mention("Bonjour à vous")
    (known,) = (await lookup.posts([native_id])).mentions
    found = await lookup.by_address(known.url)

    assert found is not None
    assert (found.native_id, found.text) == (native_id, known.text)


@pytest.mark.parametrize(
    "url", ["https://example.org/", "https://example.org/a/b/c?d=e", "mailto:a@b.c", "x"]
)
async def test_an_address_of_another_place_is_nobodys(adapter: Adapter, url: str) -> None:
    _, _, lookup = adapter.doors()

    assert await lookup.by_address(url) is None


async def test_an_address_of_a_post_that_is_gone_is_refused(adapter: Adapter) -> None:
    _, _, lookup = adapter.doors()
    native_id = adapter.platform.mention("Bonjour à vous")
    (known,) = (await lookup.posts([native_id])).mentions
    adapter.platform.delete(native_id)
    with pytest.raises(SourceRefusedError) as raised:
        await lookup.by_address(known.url)

    assert raised.value.message.endswith(".")


@pytest.mark.parametrize("fault", ["html", "drop_before", "garbage"])
async def test_trouble_is_a_source_error_in_words(adapter: Adapter, fault: str) -> None:
    _, _, lookup = adapter.doors()
    native_id = adapter.platform.mention("Bonjour à vous")
    await lookup.posts([native_id])
    adapter.running.world.faults.plant(adapter.kind, fault, times=0)
    with pytest.raises(SourceError) as raised:
        await lookup.posts([native_id])

    assert raised.value.message.endswith(".")


async def test_a_limit_is_told_to_the_second(adapter: Adapter) -> None:
    _, _, lookup = adapter.doors()
    native_id = adapter.platform.mention("Bonjour à vous")
    await lookup.posts([native_id])
    adapter.running.world.faults.plant(adapter.kind, "limit", times=0, reset_after=90)
    with pytest.raises(SourceError) as raised:
        await lookup.posts([native_id])

    assert raised.value.retry_after is not None
    assert 88 <= raised.value.retry_after <= 91
