"""Replies on X against the twin: each fault, what X saw of it, and what we say came of it; single posts."""

import logging
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from cmconsole.core.errors import (
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    SourceError,
    SourceRefusedError,
    UnclearError,
)
from cmconsole.core.lookup import Found
from cmconsole.core.mention import Absence, Removed
from cmconsole.core.publishing import Outgoing
from cmconsole.core.reply import Act
from cmconsole.platforms.x import prices
from cmconsole.platforms.x.lookup import XLookup
from cmconsole.platforms.x.publisher import XPublisher
from tests.integration.platforms.x_place import Purse, XPlace, look, x_place

POSTS = "/2/tweets"
TEXT = "Bonjour, nous regardons <vite> & bien\N{NO-BREAK SPACE}: https://acme.example/aide?a=1&b=2"

FAULTS: list[tuple[str, dict[str, Any], type[PublishError], int]] = [
    # What happens, its arguments, what is raised, the posts that are there; X is sent one each time.
    ("limit", {"reset_after": 120}, NotPublishedError, 0),
    ("status", {"status": 400, "body": {"detail": "Invalid"}}, PublishRefusedError, 0),
    ("status", {"status": 401, "body": {"title": "Unauthorized"}}, PublishRefusedError, 0),
    ("status", {"status": 402, "body": {"title": "CreditsDepleted"}}, PublishRefusedError, 0),
    ("status", {"status": 403, "body": {"detail": "You can't."}}, PublishRefusedError, 0),
    ("status", {"status": 404, "body": {"title": "Not Found Error"}}, PublishRefusedError, 0),
    ("status", {"status": 422, "body": "<html>"}, PublishRefusedError, 0),
    ("duplicate", {}, PublishRefusedError, 0),
    ("status", {"status": 307, "headers": {"Location": "/2/tweets"}}, UnclearError, 0),
    ("status", {"status": 408}, UnclearError, 0),
    ("status", {"status": 500, "body": {}}, UnclearError, 0),
    ("html", {"status": 503}, UnclearError, 0),
    ("error_after", {"status": 502}, UnclearError, 1),
    ("error_after", {"status": 504}, UnclearError, 1),
    ("drop_before", {}, UnclearError, 0),
    ("drop_after", {}, UnclearError, 1),
    ("hang", {"seconds": 3600}, UnclearError, 0),
    ("hang", {"seconds": 3600, "after": True}, UnclearError, 1),
    ("slow", {"bytes_per_second": 5}, UnclearError, 1),
    ("garbage", {}, UnclearError, 1),
    ("status", {"status": 200, "body": "<html>"}, UnclearError, 0),
    ("status", {"status": 200, "body": {"errors": [{"title": "?"}]}}, UnclearError, 0),
]


@pytest.fixture
async def place() -> AsyncIterator[XPlace]:
    async with x_place() as opened:
        yield opened


def outgoing(place: XPlace, text: str = TEXT, **more: Any) -> Outgoing:
    return Outgoing(text, place.x.mention("Et ma commande ?", **more), "0" * 32)


def publisher(place: XPlace, purse: Purse | None = None, timeout: float = 5, **client: str) -> XPublisher:
    return XPublisher("acme-x", place.client(purse=purse, timeout=timeout, **client), place.now)


def sent(place: XPlace) -> int:
    return len([seen for seen in place.world.seen("x", "POST") if seen.path == POSTS])


async def test_a_reply_is_published_once_under_the_mention(place: XPlace) -> None:
    wanted = outgoing(place)
    published = await publisher(place).reply(wanted)
    (post,) = place.world.published("x")

    assert post == {"id": published.native_id, "text": TEXT, "in_reply_to": wanted.in_reply_to}
    assert published.url == f"https://x.com/i/web/status/{published.native_id}"
    assert sent(place) == 1


def test_who_speaks_and_what_else_it_can(place: XPlace) -> None:
    speaker = publisher(place)

    assert (speaker.platform, speaker.account) == ("x", "acme-x")
    assert speaker.acts == {Act.DELETE, Act.HIDE, Act.LIKE}


@pytest.mark.parametrize(("kind", "args", "raised", "there"), FAULTS)
async def test_every_fault_is_one_post_at_most_and_told_for_what_it_is(
    place: XPlace, kind: str, args: dict[str, Any], raised: type[PublishError], there: int
) -> None:
    wanted = outgoing(place)
    place.world.faults.plant("x", kind, method="POST", path=POSTS, **args)
    speaker = publisher(place, timeout=0.5)
    begun = place.now()
    with pytest.raises(PublishError) as caught:
        await speaker.reply(wanted)
    row = f"{kind} {args.get('status', '')}".strip()
    print(f"\n| {row:16} | {type(caught.value).__name__:19} | {sent(place)} | {caught.value.message} |")

    assert type(caught.value) is raised
    assert (sent(place), len(place.world.published("x"))) == (1, there)
    place.world.faults.clear()
    if raised is UnclearError:
        found = await publisher(place).look_up(wanted, begun)
        assert (found is not None) == bool(there)
        assert found is None or found.native_id == place.world.published("x")[0]["id"]


async def test_a_limit_tells_when(place: XPlace) -> None:
    place.world.faults.plant("x", "limit", method="POST", path=POSTS, reset_after=120)
    with pytest.raises(NotPublishedError, match="429") as raised:
        await publisher(place).reply(outgoing(place))

    assert raised.value.retry_after is not None
    assert 119 < raised.value.retry_after <= 121


@pytest.mark.parametrize("server", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
async def test_what_never_left_was_not_published(place: XPlace, server: str) -> None:
    with pytest.raises(NotPublishedError, match="cannot be reached") as raised:
        await publisher(place, server=server).reply(outgoing(place))

    assert type(raised.value) is NotPublishedError
    assert sent(place) == 0


async def test_refusals_name_their_reason(place: XPlace) -> None:
    speaker = publisher(place)
    wanted = outgoing(place)
    await speaker.reply(wanted)
    with pytest.raises(PublishRefusedError, match="duplicate"):
        await speaker.reply(wanted)
    stranger = place.x.post("Sans nous nommer")
    with pytest.raises(PublishRefusedError, match="neither mentioned nor quoted"):
        await speaker.reply(Outgoing("Bonjour", stranger, "1" * 32))
    place.x.delete(wanted.in_reply_to)
    with pytest.raises(PublishRefusedError, match="no longer there"):
        await speaker.reply(Outgoing("Encore", wanted.in_reply_to, "2" * 32))


async def test_whether_a_conversation_can_be_answered_is_known_before(place: XPlace) -> None:
    ours = place.x.post("Notre annonce", author="acme")
    place.x.post("cafetière, sans nous")
    place.x.post("cafetière, citée", quoted=ours)
    place.x.post("cafetière, en réponse", parent=ours)
    (_, _, *batches) = [], [], *await look(place.source(mentions=False, keywords=["cafetière"]))
    mentions = [mention for batch in batches for mention in batch.mentions]

    assert {mention.text.split("\n")[0]: mention.can_reply for mention in mentions} == {
        "cafetière, sans nous": False,
        "cafetière, citée": True,
        "cafetière, en réponse": True,
    }
    assert "» @acme: Notre annonce" in mentions[1].text


async def test_the_look_up_takes_no_other_post_for_it(place: XPlace) -> None:
    speaker = publisher(place)
    wanted, other = outgoing(place), outgoing(place)
    begun = place.now()
    place.x.post(TEXT, author="acme", parent=other.in_reply_to)
    place.x.post(TEXT + " !", author="acme", parent=wanted.in_reply_to)
    place.x.post(TEXT, author="bob", parent=wanted.in_reply_to)
    place.x.post(TEXT, author="acme")

    assert await speaker.look_up(wanted, begun) is None
    native_id = place.x.post(TEXT, author="acme", parent=wanted.in_reply_to)
    found = await speaker.look_up(wanted, begun)
    assert found is not None
    assert found.native_id == native_id
    assert await speaker.look_up(wanted, begun + 10 * 60_000) is None


async def test_the_look_up_turns_pages_and_does_not_mind_a_clock_a_day_off(place: XPlace) -> None:
    wanted = outgoing(place)
    native_id = place.x.post(TEXT, author="acme", parent=wanted.in_reply_to)
    for number in range(350):
        place.x.post(f"Autre {number}", author="acme")

    def moved(off: int) -> int:
        return place.now() + off

    for hours in (-24, 0, 24):
        speaker = publisher(place)
        off = hours * 3_600_000
        speaker._client._now = partial(moved, off)
        found = await speaker.look_up(wanted, place.now() + off)
        assert found is not None
        assert found.native_id == native_id


async def test_a_look_up_that_cannot_be_told_now_says_so(place: XPlace) -> None:
    wanted = outgoing(place)
    place.world.faults.plant("x", "html", path="/2/users/7700/tweets", status=503)
    with pytest.raises(SourceError, match="503"):
        await publisher(place).look_up(wanted, place.now())


async def test_deleting_hiding_and_liking(place: XPlace) -> None:
    speaker = publisher(place)
    ours = place.x.post("Notre annonce", author="acme")
    theirs = place.x.mention("Bof", parent=ours)
    foreign = place.x.mention("Ailleurs")
    await speaker.perform(Act.HIDE, theirs)
    await speaker.perform(Act.LIKE, theirs)
    await speaker.perform(Act.DELETE, ours)
    await speaker.perform(Act.DELETE, ours)

    assert (place.x.hidden, place.x.liked) == ([theirs], [theirs])
    with pytest.raises(PublishRefusedError):
        await speaker.hide(foreign)
    with pytest.raises(PublishRefusedError):
        await speaker.delete(foreign)
    place.world.faults.plant("x", "drop_after", method="DELETE")
    with pytest.raises(UnclearError):
        await speaker.delete(foreign)


@pytest.mark.parametrize(
    ("text", "cost"), [("Bonjour", prices.CREATE), ("Voyez acme.fr", prices.CREATE_WITH_URL)]
)
async def test_what_is_published_is_metered_and_the_cap_kept(place: XPlace, text: str, cost: int) -> None:
    purse = Purse(cap=2 * cost - 1)
    speaker = publisher(place, purse)
    await speaker.reply(outgoing(place, text))
    with pytest.raises(PublishRefusedError, match="money") as raised:
        await speaker.reply(outgoing(place, text + " !"))

    assert purse.spent == [("write", 1, cost)]
    assert raised.value.retry_after is not None
    assert sent(place) == 1


async def test_what_is_unclear_is_counted_and_what_is_refused_is_not(place: XPlace) -> None:
    purse = Purse()
    speaker = publisher(place, purse)
    place.world.faults.plant("x", "drop_after", method="POST", path=POSTS)
    with pytest.raises(UnclearError):
        await speaker.reply(outgoing(place, "Un"))
    with pytest.raises(PublishRefusedError):
        await speaker.reply(outgoing(place, "Un"))

    assert purse.spent == [("write", 1, prices.CREATE)]


async def test_single_posts_as_they_are_now(place: XPlace) -> None:
    there, edited, gone, hidden = (place.x.mention(f"Message {n}") for n in range(4))
    place.x.edit(edited, "Corrigé")
    place.x.delete(gone)
    place.x.user("prudent")
    protected = place.x.mention("Privé", author="prudent", protected=True)
    place.x._posts[hidden].withheld = ["FR"]
    purse = Purse()
    lookup = XLookup(place.client(purse=purse), place.now)
    found = await lookup.posts([there, edited, gone, hidden, protected, "no-id"])

    assert [(mention.native_id, mention.text) for mention in found.mentions] == [
        (there, "Message 0"),
        (edited, "Corrigé"),
    ]
    assert found.mentions[1].edited_at is not None
    assert set(found.removed) == {
        Removed("x", gone, Absence.DELETED),
        Removed("x", hidden, Absence.WITHHELD),
        Removed("x", protected, Absence.WITHHELD),
    }
    assert purse.cost == prices.USER_READ + 3 * prices.POST_READ
    assert (lookup.platform, lookup.most) == ("x", 100)
    assert await lookup.posts([]) == Found()


async def test_only_what_was_asked_for_is_told(place: XPlace) -> None:
    parent = place.x.mention("Parti")
    answer = place.x.mention("Réponse", parent=parent)
    place.x.delete(parent)
    found = await XLookup(place.client(), place.now).posts([answer])

    assert ([mention.text for mention in found.mentions], found.removed) == (["Réponse"], ())


async def test_an_older_version_is_asked_for_again(place: XPlace) -> None:
    native_id = place.x.mention("Premier jet")
    post = place.x._posts[native_id]
    older = {"id": native_id, "text": "Premier jet", "author_id": post.author.id}
    place.x.edit(native_id, "Version finale")
    body = {"data": [{**older, "edit_history_tweet_ids": post.versions}]}
    place.world.faults.plant("x", "status", path=POSTS, status=200, body=body)
    found = await XLookup(place.client(), place.now).posts([native_id])

    assert [mention.text for mention in found.mentions] == ["Version finale"]


@pytest.mark.parametrize(
    "address",
    [
        "https://x.com/ada/status/{}",
        "https://twitter.com/ada/status/{}?s=20&t=abc",
        "http://mobile.twitter.com/ada/status/{}/photo/1",
        "https://www.x.com/ada/statuses/{}#m",
        "https://x.com/i/web/status/{}",
        " https://X.com/i/status/{} ",
    ],
)
async def test_a_post_by_its_address(place: XPlace, address: str) -> None:
    native_id = place.x.mention("Message")
    mention = await XLookup(place.client(), place.now).by_address(address.format(native_id))

    assert mention is not None
    assert mention.native_id == native_id


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://x.com/ada",
        "https://example.org/ada/status/12",
        "https://x.com.example.org/ada/status/12",
        "https://notx.com/ada/status/12",
        "https://x.com/ada/status/12abc",
        "https://x.com/ada/status/" + "1" * 40,
        "https://x.com/ada/status/1" + "/" * 3_000,
        "javascript:https://x.com/ada/status/12",
    ],
)
async def test_what_is_no_address_of_a_post_is_not_asked_for(place: XPlace, address: str) -> None:
    assert await XLookup(place.client(), place.now).by_address(address) is None
    assert place.world.requests == []


async def test_an_address_of_a_post_that_is_gone(place: XPlace) -> None:
    native_id = place.x.mention("Message")
    place.x.delete(native_id)
    with pytest.raises(SourceRefusedError, match="gone"):
        await XLookup(place.client(), place.now).by_address(f"https://x.com/ada/status/{native_id}")


async def test_no_secret_is_logged_or_told_whatever_happens(
    place: XPlace, caplog: pytest.LogCaptureFixture
) -> None:
    # Somebody debugs: the libraries' loggers exist and speak before our client is made.
    for name in ("tweepy.client", "requests_oauthlib.oauth1_auth", "oauthlib.oauth1.rfc5849", "urllib3"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    told = ""
    for kind, args, _, _ in FAULTS:
        wanted = outgoing(place, f"Bonjour {kind} {args}")
        place.world.faults.plant("x", kind, method="POST", path=POSTS, **args)
        speaker = publisher(place, timeout=0.3)
        try:
            await speaker.reply(wanted)
        except PublishError as error:
            cause: BaseException | None = error
            while cause is not None:
                told += f"{cause!r} {cause} {getattr(cause, '__notes__', '')}\n"
                cause = cause.__cause__ or cause.__context__
        told += repr(speaker._client._secrets)
        place.world.faults.clear()
    await look(place.source(keywords=["cafetière"]))
    secrets = [*place.x.credentials.values(), "oauth_signature"]

    assert [secret for secret in secrets if secret in caplog.text + told] == []
    assert "tweepy" not in caplog.text
