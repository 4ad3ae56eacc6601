"""The Mastodon publisher against its twin: one call, at most one post, and an honest word about it."""

import logging
from collections.abc import AsyncIterator
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
from cmconsole.core.publishing import Outgoing, Published
from cmconsole.core.reply import Act
from cmconsole.platforms import http
from cmconsole.platforms.mastodon.member import MastodonMember
from cmconsole.platforms.mastodon.publisher import MastodonPublisher
from tests.twin.mastodon import MastodonTwin
from tests.twin.server import Twin, twin
from tests.twin.world import Seen

STATUSES = "/api/v1/statuses"
KEY = "0123456789abcdef0123456789abcdef"
DAY = 86_400_000


@pytest.fixture
async def running() -> AsyncIterator[Twin]:
    async with twin("mastodon") as started:
        yield started


@pytest.fixture
def instance(running: Twin) -> MastodonTwin:
    return running.mastodon


@pytest.fixture
async def publisher(running: Twin) -> AsyncIterator[MastodonPublisher]:
    made = MastodonPublisher(
        "acme",
        running.address["mastodon"],
        running.mastodon.credentials["access_token"],
        running.world.now,
        timeout=0.5,
    )
    yield made
    await made.aclose()


def posts_seen(running: Twin) -> list[Seen]:
    return [seen for seen in running.world.seen("mastodon", "POST", STATUSES) if seen.path == STATUSES]


def outgoing(native_id: str, text: str = "Désolés, on regarde.", language: str = "") -> Outgoing:
    return Outgoing(text=text, in_reply_to=native_id, key=KEY, language=language)


# -------------------------------------------------------------------------------------------------- replying


async def test_a_reply_is_published_once_where_it_belongs(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    question = instance.mention("Où est mon colis ?", visibility="unlisted")
    published = await publisher.reply(outgoing(question, language="fr-FR"))

    assert running.world.published("mastodon") == [
        {
            "id": published.native_id,
            "text": "@ada@mastodon.twin Désolés, on regarde.",
            "in_reply_to": question,
            "visibility": "unlisted",
            "language": "fr",
        }
    ]
    assert published.url.endswith(f"/@acme/{published.native_id}")
    assert abs(published.at - running.world.now()) < 5_000
    assert publisher.acts == {Act.DELETE, Act.LIKE, Act.REPORT}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("public", "public"), ("private", "private"), ("direct", "direct"), ("mutuals_only", "direct")],
)
async def test_a_reply_is_never_more_public_than_the_question(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher, asked: str, answered: str
) -> None:
    await publisher.reply(outgoing(instance.mention("Bonjour", visibility=asked)))

    assert running.world.published("mastodon")[0]["visibility"] == answered


async def test_an_author_who_is_mentioned_is_not_mentioned_twice(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    question = instance.mention("Bonjour", author="zoe@piaille.fr")
    await publisher.reply(outgoing(question, "Merci @Zoe@piaille.fr !"))

    assert running.world.published("mastodon")[0]["text"] == "Merci @Zoe@piaille.fr !"


async def test_a_thread_of_ours_goes_on_without_a_mention_of_ourselves(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    question = instance.mention("Bonjour", author="zoe@piaille.fr")
    first = await publisher.reply(outgoing(question, "@zoe@piaille.fr D’abord ceci. 1/2"))
    second = Outgoing(text="@zoe@piaille.fr Puis cela. 2/2", in_reply_to=first.native_id, key="f" * 32)
    await publisher.reply(second)

    assert [post["text"] for post in running.world.published("mastodon")] == [
        "@zoe@piaille.fr D’abord ceci. 1/2",
        "@zoe@piaille.fr Puis cela. 2/2",
    ]


async def test_a_post_that_is_gone_is_not_answered(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    question = instance.mention("Bonjour")
    instance.delete(question)
    with pytest.raises(PublishRefusedError, match="is gone"):
        await publisher.reply(outgoing(question))

    assert posts_seen(running) == []


@pytest.mark.parametrize("is_404", [True, False])
async def test_a_post_that_goes_while_it_is_answered_leaves_nothing_at_top_level(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher, is_404: bool
) -> None:
    instance.missing_parent_is_404 = is_404
    question = instance.mention("Bonjour")
    shown = instance.posts.shown(int(question))
    instance.delete(question)
    running.world.faults.plant("mastodon", "status", path=f"{STATUSES}/{question}", status=200, body=shown)
    with pytest.raises(PublishRefusedError):
        await publisher.reply(outgoing(question))

    assert len(posts_seen(running)) == 1
    assert instance.posts.by(instance.posts.own["id"]) == []


async def test_what_cannot_be_taken_back_is_said_with_its_address(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    instance.missing_parent_is_404 = False
    question = instance.mention("Bonjour")
    shown = instance.posts.shown(int(question))
    instance.delete(question)
    running.world.faults.plant("mastodon", "status", path=f"{STATUSES}/{question}", status=200, body=shown)
    running.world.faults.plant("mastodon", "html", method="DELETE", status=503)
    began = running.world.now()
    with pytest.raises(UnclearError, match="outside its conversation, as https://") as raised:
        await publisher.reply(outgoing(question))

    assert raised.value.advice == "Delete it by hand."
    assert await publisher.look_up(outgoing(question), began) is not None


# ---------------------------------------------------------------------------------------------------- faults

Outcome = tuple[str, dict[str, Any], type[PublishError], int]

OUTCOMES: list[Outcome] = [
    ("drop_before", {}, UnclearError, 0),
    ("drop_after", {}, UnclearError, 1),
    ("html", {"status": 503}, UnclearError, 0),
    ("status", {"status": 500, "body": {"error": "x"}}, UnclearError, 0),
    ("error_after", {"status": 502}, UnclearError, 1),
    ("error_after", {"status": 504}, UnclearError, 1),
    ("hang", {}, UnclearError, 0),
    ("hang", {"after": True}, UnclearError, 1),
    ("slow", {"bytes_per_second": 1}, UnclearError, 1),
    ("garbage", {}, UnclearError, 1),
    ("status", {"status": 200, "body": {}}, UnclearError, 0),
    ("status", {"status": 200, "body": []}, UnclearError, 0),
    ("status", {"status": 408}, UnclearError, 0),
    ("limit", {"reset_after": 90}, NotPublishedError, 0),
    ("status", {"status": 401, "body": {"error": "The access token was revoked"}}, PublishRefusedError, 0),
    ("status", {"status": 403, "body": {"error": "outside the scopes"}}, PublishRefusedError, 0),
    ("status", {"status": 404, "body": {"error": "Record not found"}}, PublishRefusedError, 0),
    ("status", {"status": 422, "body": {"error": "Validation failed"}}, PublishRefusedError, 0),
    ("status", {"status": 413, "body": "<html>"}, PublishRefusedError, 0),
    ("status", {"status": 302, "headers": {"Location": "/x"}}, PublishRefusedError, 0),
]


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_every_fault_is_told_as_what_it_is_and_nothing_is_sent_twice(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher, outcome: Outcome
) -> None:
    kind, args, error, there = outcome
    question = instance.mention("Bonjour")
    began = running.world.now()
    running.world.faults.plant("mastodon", kind, method="POST", path=STATUSES, **args)
    with pytest.raises(PublishError) as raised:
        await publisher.reply(outgoing(question))

    published = running.world.published("mastodon")
    sent = len(posts_seen(running))
    print(f"\nmastodon publisher: {kind} {args} → {type(raised.value).__name__}, POSTs {sent}, "
          f"posts {len(published)}: {raised.value}")  # fmt: skip
    assert type(raised.value) is error
    assert (sent, len(published)) == (1, there)
    assert raised.value.retry_after == (pytest.approx(90, abs=1.5) if kind == "limit" else None)
    found = await publisher.look_up(outgoing(question), began)
    assert (found.native_id if found else None) == (published[0]["id"] if published else None)


@pytest.mark.parametrize(
    "outcome",
    [
        ("html", {"status": 503}, NotPublishedError, 0),
        ("hang", {}, NotPublishedError, 0),
        ("drop_before", {}, NotPublishedError, 0),
        ("limit", {"reset_after": 60}, NotPublishedError, 0),
        ("status", {"status": 401, "body": {"error": "x"}}, PublishRefusedError, 0),
    ],
)
async def test_trouble_before_anything_is_sent_is_surely_not_published(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher, outcome: Outcome
) -> None:
    kind, args, error, _ = outcome
    question = instance.mention("Bonjour")
    running.world.faults.plant("mastodon", kind, method="GET", path=f"{STATUSES}/.*", **args)
    with pytest.raises(PublishError) as raised:
        await publisher.reply(outgoing(question))

    assert type(raised.value) is error
    assert posts_seen(running) == []


async def test_a_closed_door_and_a_name_nobody_has_are_surely_not_published(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    question = instance.mention("Bonjour")
    await running.down("mastodon")
    with pytest.raises(NotPublishedError, match="cannot be reached"):
        await publisher.reply(outgoing(question))
    with pytest.raises(NotPublishedError, match="nothing was sent"):
        await publisher.delete("1")
    await running.up("mastodon")


async def test_an_answer_that_drips_for_ever_is_not_waited_for(
    running: Twin,
    instance: MastodonTwin,
    publisher: MastodonPublisher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "WHOLE", 0.3)
    question = instance.mention("Bonjour")
    running.world.faults.plant("mastodon", "slow", method="POST", bytes_per_second=50)
    with pytest.raises(UnclearError, match="in time"):
        await publisher.reply(outgoing(question))
    running.world.faults.plant("mastodon", "slow", method="GET", bytes_per_second=50)
    with pytest.raises(SourceError, match="in time"):
        await publisher.look_up(outgoing(question), running.world.now())


async def test_the_server_s_own_words_are_passed_on(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    with pytest.raises(PublishRefusedError, match="Text character limit of 500 exceeded"):
        await publisher.reply(outgoing(instance.mention("Bonjour"), "x" * 600))
    assert await publisher.most_characters() == 500


async def test_a_key_that_was_used_is_never_repeated_by_us_and_harmless_where_known(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    question = instance.mention("Bonjour")
    first = await publisher.reply(outgoing(question))
    assert await publisher.reply(outgoing(question)) == first
    instance.repeats_fail = True
    with pytest.raises(UnclearError):
        await publisher.reply(outgoing(question))

    assert len(running.world.published("mastodon")) == 1


# ------------------------------------------------------------------------------------------------ looking up


@pytest.mark.parametrize(
    "text",
    [
        "Deux\n\nparagraphes\net une ligne",
        "Voir https://acme.example/suivi?x=1&y=2. Merci <3 & à bientôt",
        "Merci @bob@piaille.fr et @ada@mastodon.twin 😀 #colis",
    ],
)
async def test_our_post_is_found_whatever_the_instance_made_of_its_text(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher, text: str
) -> None:
    question = instance.mention("Bonjour")
    began = running.world.now()
    published = await publisher.reply(outgoing(question, text))
    other = instance.mention("Autre")

    assert await publisher.look_up(outgoing(question, text), began) == published
    assert await publisher.look_up(outgoing(other, text), began) is None
    assert await publisher.look_up(outgoing(question, f"{text} !"), began) is None
    assert await publisher.look_up(outgoing(question, text), began + DAY) is None


async def test_our_post_is_found_behind_many_others_and_by_a_clock_a_day_off(running: Twin) -> None:
    instance = running.mastodon
    question = instance.mention("Bonjour")
    for skew in (0, DAY, -DAY):

        def now(skew: int = skew) -> int:
            return running.world.now() + skew

        publisher = MastodonPublisher(
            "acme", running.address["mastodon"], instance.credentials["access_token"], now
        )
        text = f"Réponse {skew}"
        began = now()
        published = await publisher.reply(Outgoing(text, question, f"{skew:032}"))
        for number in range(130):
            instance.posts.post(f"Annonce {number}", instance.posts.own, None, {})
        assert await publisher.look_up(outgoing(question, text), began) == published
        await publisher.aclose()


async def test_what_cannot_be_looked_up_now_is_an_error_and_not_a_no(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    question = instance.mention("Bonjour")
    running.world.faults.plant("mastodon", "html", path="/api/v1/accounts/.*", status=503)
    with pytest.raises(SourceError):
        await publisher.look_up(outgoing(question), running.world.now())


# ------------------------------------------------------------------------------- deleting, liking, reporting


async def test_a_post_of_ours_is_deleted_once_and_for_all(
    running: Twin, instance: MastodonTwin, publisher: MastodonPublisher
) -> None:
    published = await publisher.reply(outgoing(instance.mention("Bonjour")))
    await publisher.delete(published.native_id)
    assert instance.posts.by(instance.posts.own["id"]) == []
    await publisher.delete(published.native_id)
    running.world.faults.plant("mastodon", "error_after", method="DELETE", status=502)
    with pytest.raises(UnclearError):
        await publisher.delete("1")


async def test_posts_are_liked_and_reported(instance: MastodonTwin, publisher: MastodonPublisher) -> None:
    question = instance.mention("Bonjour")
    await publisher.perform(Act.LIKE, question)
    await publisher.perform(Act.REPORT, question, "menaces" * 1_000)

    assert instance.favourites == [question]
    (report,) = instance.reports
    assert report["status_ids"] == [question]
    assert len(report["comment"]) == 1_000
    instance.delete(question)
    with pytest.raises(PublishRefusedError):
        await publisher.perform(Act.LIKE, question)
    with pytest.raises(PublishRefusedError, match="nothing to report"):
        await publisher.perform(Act.REPORT, question, "menaces")


# --------------------------------------------------------------------------------------- who we are, secrets


async def test_the_instance_says_who_we_are(running: Twin) -> None:
    instance = running.mastodon
    member = MastodonMember(
        running.address["mastodon"], instance.credentials["access_token"], running.world.now
    )
    identity = await member.identity()
    assert (identity.handle, identity.name) == (instance.handle, "Acme")
    assert await member.most_characters() == 500
    await member.aclose()
    stranger = MastodonMember(running.address["mastodon"], "wrong", running.world.now)
    with pytest.raises(SourceRefusedError, match="does not accept the access token"):
        await stranger.identity()
    await stranger.aclose()


def test_what_is_no_token_is_refused_at_once() -> None:
    for token in ("", "two words", "é"):
        with pytest.raises(SourceRefusedError) as raised:
            MastodonPublisher("acme", "https://piaille.fr", token, lambda: 0)
        assert not token or token not in str(raised.value)


async def test_no_secret_is_in_a_log_an_error_or_a_repr(
    running: Twin, publisher: MastodonPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    instance = running.mastodon
    token = instance.credentials["access_token"]
    question = instance.mention("Bonjour")
    published: Published = await publisher.reply(outgoing(question))
    await publisher.look_up(outgoing(question), running.world.now())
    await publisher.delete(published.native_id)
    told = [repr(publisher)]
    for status in (401, 422, 500):
        running.world.faults.plant("mastodon", "status", method="POST", status=status, body={"error": "no"})
        with pytest.raises(PublishError) as raised:
            await publisher.reply(outgoing(question))
        told.append(repr(raised.value) + str(raised.value) + repr(raised.value.__cause__))

    assert token not in caplog.text + "".join(told)
