"""X's JSON to mentions: every part, whatever is missing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.account import Identity
from cmconsole.core.mention import Absence, Author, Mention, Removed
from cmconsole.platforms.x.answers import Answer, Json, NoAnswerError, read
from cmconsole.platforms.x.mapping import can_reply, gone, is_ours, is_repost, post_mention
from cmconsole.platforms.x.text import same

NOW = 1_795_280_000_000
US = Identity("Acme", "7700")
FIRST, SECOND = "1990000000000000000", "1990000100000000000"
ADA = {
    "id": "9",
    "username": "ada",
    "name": "Ada 🧮",
    "verified": True,
    "description": "Calcul &amp; café https://t.co/bio",
    "entities": {
        "description": {"urls": [{"url": "https://t.co/bio", "expanded_url": "https://ada.example/"}]}
    },
    "public_metrics": {"followers_count": 12_345},
}
SAMPLE: dict[str, Any] = {
    "id": FIRST,
    "edit_history_tweet_ids": [FIRST],
    "author_id": "9",
    "text": "@Acme &lt;Rien&gt; &amp; encore rien https://t.co/a https://t.co/pic https://t.co/q",
    "created_at": "2025-11-16T14:58:39.000Z",
    "conversation_id": "1980000000000000000",
    "in_reply_to_user_id": "8",
    "lang": "fr",
    "referenced_tweets": [
        {"type": "replied_to", "id": "1980000000000000001"},
        {"type": "quoted", "id": "1980000000000000002"},
    ],
    "attachments": {"media_keys": ["3_1", "7_2", "x"], "poll_ids": ["5"]},
    "entities": {
        "mentions": [{"username": "Acme", "id": "7700"}],
        "urls": [
            {"url": "https://t.co/a", "expanded_url": "https://example.org/suivi?a=1&b=2"},
            {
                "url": "https://t.co/pic",
                "expanded_url": "https://x.com/ada/status/1/photo/1",
                "media_key": "3_1",
            },
            {"url": "https://t.co/q", "expanded_url": "https://twitter.com/bob/status/1980000000000000002"},
        ],
    },
}
QUOTED = {"id": "1980000000000000002", "author_id": "8", "text": "Deux\nlignes &amp; un lien"}
WITH = Answer(
    users={"9": ADA, "8": {"id": "8", "username": "bob", "name": "Bob"}},
    tweets={"1980000000000000002": QUOTED},
    media={
        "3_1": {"media_key": "3_1", "type": "photo", "alt_text": "Un colis &amp; sa boîte"},
        "7_2": {"media_key": "7_2", "type": "video"},
    },
    polls={"5": {"id": "5", "options": [{"label": "attendre"}, {"label": "râler"}]}},
)


def mapped(post: Any, answer: Answer = WITH) -> Mention | Removed | str:
    return post_mention(post, answer, us=US, source="marque", now=NOW)


def mention(post: Any, answer: Answer = WITH) -> Mention:
    outcome = mapped(post, answer)
    assert isinstance(outcome, Mention)
    return outcome


def test_a_whole_post() -> None:
    assert mapped(SAMPLE) == Mention(
        platform="x",
        native_id=FIRST,
        author=Author(
            "x", "ada", "Ada 🧮", 12_345, verified=True, bio="Calcul & café https://ada.example/",
            url="https://x.com/ada",
        ),
        text="@Acme <Rien> & encore rien https://example.org/suivi?a=1&b=2\n[image: Un colis & sa boîte]\n"
             "[video]\n[file]\n[poll: attendre / râler]\n» @bob: Deux lignes & un lien",
        created_at=1_763_305_119_000,
        source="marque",
        url=f"https://x.com/ada/status/{FIRST}",
        thread="1980000000000000000",
        in_reply_to="1980000000000000001",
        language="fr",
    )  # fmt: skip


def test_an_edited_post_keeps_its_first_id_and_tells_when() -> None:
    edited = {**SAMPLE, "id": SECOND, "edit_history_tweet_ids": [FIRST, SECOND], "conversation_id": SECOND}
    outcome = mention(edited)

    assert (outcome.native_id, outcome.thread) == (FIRST, "")
    assert outcome.created_at == (int(FIRST) >> 22) + 1_288_834_974_657
    assert outcome.edited_at == (int(SECOND) >> 22) + 1_288_834_974_657
    assert outcome.edited_at > outcome.created_at
    assert outcome.url.endswith(FIRST)


def test_the_first_post_of_a_thread_has_none() -> None:
    alone = {"id": FIRST, "author_id": "9", "text": "Bonjour", "conversation_id": FIRST}

    assert (mention(alone).thread, mention(alone).in_reply_to) == ("", "")


def test_a_long_post_is_whole() -> None:
    note = {
        "text": "Très " * 200 + "&lt;3 https://t.co/n",
        "entities": {"urls": [{"url": "https://t.co/n", "expanded_url": "https://example.org/n"}]},
    }

    assert mention({**SAMPLE, "note_tweet": note}).text.startswith("Très " * 200 + "<3 https://example.org/n")


def test_a_repost_is_told_whole_and_known_as_one() -> None:
    repost = {
        **{key: SAMPLE[key] for key in ("id", "author_id")},
        "text": "RT @bob: Deux…",
        "referenced_tweets": [{"type": "retweeted", "id": QUOTED["id"]}],
    }

    assert mention(repost).text == "RT @bob: Deux\nlignes & un lien"
    assert is_repost(repost)
    assert not is_repost(SAMPLE)
    assert not is_repost(None)


def test_a_quote_that_cannot_be_shown_keeps_its_link() -> None:
    assert (
        "https://twitter.com/bob/status/1980000000000000002" in mention(SAMPLE, Answer(users=WITH.users)).text
    )


def test_withheld_is_removed() -> None:
    withheld = {**SAMPLE, "withheld": {"copyright": False, "country_codes": ["DE"]}}

    assert mapped(withheld) == Removed("x", FIRST, Absence.WITHHELD)


@pytest.mark.parametrize(
    ("given_language", "language"),
    [("und", ""), ("qme", ""), ("zxx", ""), ("in", "id"), ("iw", "he"), ("en", "en")],
)
def test_languages(given_language: str, language: str) -> None:
    assert mention({**SAMPLE, "lang": given_language}).language == language


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({}, Author("x", "9", url="https://x.com/i/user/9")),
        ({"username": "ada"}, Author("x", "ada", "ada", url="https://x.com/ada")),
        (
            {"username": "a", "public_metrics": {"followers_count": -1}},
            Author("x", "a", "a", url="https://x.com/a"),
        ),
        (
            {"username": "a", "public_metrics": {"followers_count": True}},
            Author("x", "a", "a", url="https://x.com/a"),
        ),
        (
            {"username": "a", "public_metrics": {"followers_count": 0}},
            Author("x", "a", "a", 0, url="https://x.com/a"),
        ),
        ({"username": "a", "verified": "yes"}, Author("x", "a", "a", url="https://x.com/a")),
    ],
)
def test_authors(user: dict[str, Any], expected: Author) -> None:
    assert mention(SAMPLE, Answer(users={"9": {"id": "9", **user}})).author == expected


@pytest.mark.parametrize(
    ("post", "allowed"),
    [
        ({"entities": {"mentions": [{"username": "ACME"}]}}, True),
        ({"entities": {"mentions": [{"username": "renamed", "id": "7700"}]}}, True),
        ({"note_tweet": {"entities": {"mentions": [{"username": "acme"}]}}}, True),
        ({"in_reply_to_user_id": "7700"}, True),
        ({"referenced_tweets": [{"type": "quoted", "id": "5"}]}, True),
        ({"referenced_tweets": [{"type": "quoted", "id": "6"}]}, False),
        ({"referenced_tweets": [{"type": "replied_to", "id": "5"}]}, False),
        ({"entities": {"mentions": [{"username": "acme_rival"}]}}, False),
        ({"text": "@acme"}, False),
        ({}, False),
    ],
)
def test_who_may_be_answered(post: dict[str, Any], allowed: bool) -> None:
    quotes = Answer(tweets={"5": {"id": "5", "author_id": "7700"}, "6": {"id": "6", "author_id": "8"}})

    assert can_reply({"author_id": "9", **post}, quotes, US) is allowed


def test_what_is_ours() -> None:
    assert is_ours({"author_id": "7700"}, Answer(), US)
    assert is_ours({"author_id": "1"}, Answer(users={"1": {"username": "acme"}}), US)
    assert not is_ours({"author_id": "9"}, WITH, US)
    assert not is_ours({}, WITH, Identity("acme", ""))
    assert not is_ours([], WITH, US)


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (None, "an item is not a post"),
        ("text", "an item is not a post"),
        ({}, "a post has no id"),
        ({"id": "abc", "author_id": "9"}, "a post has no id"),
        ({"id": "1" * 30, "author_id": "9"}, "a post has no id"),
        ({"id": FIRST}, f"post {FIRST} has no author"),
    ],
)
def test_what_is_no_post_says_why(post: object, reason: str) -> None:
    assert mapped(post) == reason


def test_dates_come_from_the_post_its_id_or_the_clock() -> None:
    bare = {"author_id": "9", "text": "x"}

    assert (
        mention({**bare, "id": FIRST, "created_at": "2026-01-02T03:04:05.678Z"}).created_at
        == 1_767_323_045_678
    )
    assert (
        mention({**bare, "id": FIRST, "created_at": "hier"}).created_at
        == (int(FIRST) >> 22) + 1_288_834_974_657
    )
    assert mention({**bare, "id": "20"}).created_at == NOW


def test_what_an_answer_could_not_give() -> None:
    errors: list[Json] = [
        {"resource_type": "tweet", "resource_id": "1", "title": "Not Found Error"},
        {"resource_type": "tweet", "value": "2", "title": "Authorization Error"},
        {
            "resource_type": "tweet",
            "value": "3",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        },
        {"resource_type": "user", "value": "4", "title": "Not Found Error"},
        {"resource_type": "tweet", "value": "not a number", "title": "Not Found Error"},
        {"resource_type": "tweet", "value": "5", "title": "Some new error"},
        {},
    ]

    assert gone(Answer(errors=errors)) == (
        Removed("x", "1", Absence.DELETED),
        Removed("x", "2", Absence.WITHHELD),
        Removed("x", "3", Absence.DELETED),
    )


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Bonjour ", "Bonjour", True),
        ("été", "e\u0301te\u0301", True),
        ("Voir acme.fr", "Voir http://acme.fr", True),
        ("Voir https://www.acme.fr/", "Voir http://acme.fr", True),
        ("Deux\n\n\nlignes", "Deux\nlignes", True),
        ("Bonjour", "Bonjour !", False),
        ("https://acme.fr/a", "https://acme.fr/b", False),
        ("et/ou", "et ou", False),
    ],
)
def test_texts_that_x_would_make_one(one: str, other: str, alike: bool) -> None:
    assert same(one, other) is alike


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b"<html>", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_none(body: bytes) -> None:
    with pytest.raises(NoAnswerError):
        read(body)


def test_one_bad_sign_does_not_cost_the_page() -> None:
    answer = read(
        b'{"data": [{"id": "1", "text": "\\ud800 \xff"}, {"id": "2"}], "meta": {"next_token": "t"}}'
    )

    assert [post["id"] for post in answer.posts] == ["1", "2"]
    assert answer.next_token == "t"


KEYS = [*SAMPLE, "url", "expanded_url", "mentions", "urls", "type", "username", "id"]
WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(post=WILD, users=WILD, errors=WILD)
def test_nothing_that_is_json_makes_the_mapping_fail(post: Any, users: Any, errors: Any) -> None:
    whole = {
        "data": [post, {**SAMPLE, "entities": post, "attachments": users}],
        "includes": users,
        "errors": errors,
    }
    answer = read(json.dumps(whole).encode())
    for item in answer.posts:
        outcome = mapped(item, answer)
        assert isinstance(outcome, (Mention, Removed, str))
        is_ours(item, answer, US)
        is_repost(item)
    gone(answer)
