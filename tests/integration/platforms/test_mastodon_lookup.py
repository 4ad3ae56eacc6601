"""The Mastodon lookup against its twin: posts that are there, changed or gone, and addresses anywhere."""

from collections.abc import AsyncIterator

import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.mention import Removed
from cmconsole.platforms.mastodon.lookup import MastodonLookup
from tests.twin.mastodon import MastodonTwin
from tests.twin.server import Twin, twin

STATUSES = "/api/v1/statuses/.*"


@pytest.fixture
async def running() -> AsyncIterator[Twin]:
    async with twin("mastodon") as started:
        yield started


@pytest.fixture
def instance(running: Twin) -> MastodonTwin:
    return running.mastodon


@pytest.fixture
async def lookup(running: Twin) -> AsyncIterator[MastodonLookup]:
    made = MastodonLookup(
        running.address["mastodon"], running.mastodon.credentials["access_token"], running.world.now
    )
    yield made
    await made.aclose()


async def test_posts_are_found_changed_or_gone(instance: MastodonTwin, lookup: MastodonLookup) -> None:
    same, edited, gone = [instance.mention(text) for text in ("same", "edited", "gone")]
    instance.edit(edited, "@acme other words")
    instance.delete(gone)
    found = await lookup.posts([same, edited, gone])

    assert [(mention.native_id, mention.text) for mention in found.mentions] == [
        (same, "@acme same"),
        (edited, "@acme other words"),
    ]
    assert [mention.edited_at is None for mention in found.mentions] == [True, False]
    assert found.removed == (Removed("mastodon", gone),)
    assert (lookup.platform, lookup.most) == ("mastodon", 20)


async def test_near_the_limit_the_rest_is_left_for_the_next_time(
    running: Twin, instance: MastodonTwin, lookup: MastodonLookup
) -> None:
    written = [instance.mention(f"{number}") for number in range(10)]
    instance.limit = 4
    found = await lookup.posts(written)

    assert [mention.native_id for mention in found.mentions] == written[:4]
    assert not [seen for seen in running.world.requests if seen.status == 429]
    with pytest.raises(SourceError, match="slow down") as raised:
        await lookup.posts(written)
    assert raised.value.retry_after is not None
    assert 0 < raised.value.retry_after <= 301


async def test_one_post_that_fails_does_not_hide_the_others(
    running: Twin, instance: MastodonTwin, lookup: MastodonLookup
) -> None:
    written = [instance.mention(f"{number}") for number in range(3)]
    running.world.faults.plant("mastodon", "html", path=f"/api/v1/statuses/{written[0]}", times=0, status=500)
    found = await lookup.posts(written)
    assert [mention.native_id for mention in found.mentions] == written[1:]
    assert found.removed == ()

    with pytest.raises(SourceError, match=r"error \(500\)"):
        await lookup.posts(written[:1])


async def test_a_bad_token_is_refused_and_nothing_called_gone(
    running: Twin, instance: MastodonTwin, lookup: MastodonLookup
) -> None:
    running.world.faults.plant("mastodon", "status", path=STATUSES, status=401, body={"error": "x"})
    with pytest.raises(SourceRefusedError):
        await lookup.posts([instance.mention("here")])


async def test_an_address_leads_to_its_post_with_its_thread(
    running: Twin, instance: MastodonTwin, lookup: MastodonLookup
) -> None:
    root = instance.post("a question", author="zoe@piaille.fr")
    native_id = instance.post("an answer", author="zoe@piaille.fr", in_reply_to_id=root)
    for url in (
        f"https://piaille.fr/@zoe/{native_id}",
        f"https://mastodon.twin/@zoe@piaille.fr/{native_id}",
        f"https://mastodon.twin/users/zoe/statuses/{native_id}",
        f"{running.address['mastodon']}/deck/@zoe@piaille.fr/{native_id}",
    ):
        found = await lookup.by_address(f" {url} ")
        assert found is not None
        assert (found.native_id, found.thread, found.author.handle) == (native_id, root, "zoe@piaille.fr")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/blog/12",
        "https://medium.com/@acme/why-we-failed-12ab34cd56ef",
        "https://www.youtube.com/@acme/videos",
        "https://x.com/ada/status/1234567890",
        "https://[::1/@ada/123456",
        "mailto:ada@piaille.fr",
        "",
    ],
)
async def test_what_is_no_post_s_address_is_not_asked_for(
    running: Twin, lookup: MastodonLookup, url: str
) -> None:
    assert await lookup.by_address(url) is None
    assert running.world.requests == []


async def test_a_post_that_is_gone_from_home_is_refused_and_one_unknown_elsewhere_is_none(
    lookup: MastodonLookup,
) -> None:
    with pytest.raises(SourceRefusedError, match="gone"):
        await lookup.by_address("https://mastodon.twin/@ada/113500000000000001")
    assert await lookup.by_address("https://elsewhere.example/@ada/113500000000000001") is None
