"""Algolia's JSON of Hacker News to mentions: stories, comments, and whatever is missing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.mention import Author, Mention, Removed
from cmconsole.platforms.hackernews.mapping import hit_mention, item_mention, written_at
from cmconsole.platforms.hackernews.place import Found, Place, parse, until_poll, written

NOW = 1_795_280_000_000
COMMENT = {
    "objectID": "42",
    "author": "ada",
    "comment_text": 'I&#x27;m <i>serious</i>:<p>see <a href="https://acme.example/">https://acme.example/</a>',
    "created_at_i": 1_795_258_800,
    "story_id": 40,
    "parent_id": 41,
}
STORY = {
    "objectID": "40",
    "author": "bob",
    "title": "Show HN: Acme",
    "url": "https://acme.example/",
    "story_text": None,
    "created_at": "2026-11-21T11:00:00.000Z",
    "story_id": 40,
    "parent_id": None,
}


def test_a_whole_comment() -> None:
    assert hit_mention(COMMENT, "hn", NOW) == Mention(
        platform="hackernews",
        native_id="42",
        author=Author("hackernews", "ada", "ada", url="https://news.ycombinator.com/user?id=ada"),
        text="I'm serious:\n\nsee https://acme.example/",
        created_at=1_795_258_800_000,
        source="hn",
        url="https://news.ycombinator.com/item?id=42",
        thread="40",
        in_reply_to="41",
        can_reply=False,
    )


def test_a_story_begins_its_own_thread_and_shows_its_link() -> None:
    found = hit_mention(STORY, "hn", NOW)

    assert isinstance(found, Mention)
    assert found.text == "Show HN: Acme\nhttps://acme.example/"
    assert (found.thread, found.in_reply_to, found.created_at) == ("", "", 1_795_258_800_000)


def test_an_item_is_read_like_a_hit() -> None:
    found = item_mention(
        {"id": 17, "author": "pg", "text": "<p>Hi</p>", "story_id": 1, "parent_id": 15}, "", NOW
    )

    assert isinstance(found, Mention)
    assert (found.native_id, found.text, found.thread, found.in_reply_to) == ("17", "Hi", "1", "15")
    assert found.created_at == NOW


@pytest.mark.parametrize("gone", [{"author": None}, {"deleted": True}, {"dead": True}])
def test_what_is_deleted_or_dead_is_gone(gone: dict[str, Any]) -> None:
    assert hit_mention({**COMMENT, **gone}, "hn", NOW) == Removed("hackernews", "42")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [({}, "an item has no id"), ({"objectID": "1", "author": "ada"}, "item 1 has no words")],
)
def test_what_is_no_mention_is_told_in_words(broken: dict[str, Any], reason: str) -> None:
    assert hit_mention(broken, "hn", NOW) == reason


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.text(max_size=2))


@given(st.dictionaries(st.sampled_from(sorted({*COMMENT, *STORY})), VALUES))
def test_no_wrong_type_crashes(parts: dict[str, Any]) -> None:
    hit_mention({**COMMENT, **parts}, "hn", NOW)
    item_mention({**STORY, **parts}, "hn", NOW)
    written_at(parts)


def test_a_place_is_kept_whole_and_the_interval_holds_whatever_the_clock_does() -> None:
    place = Place({"acme": Found(5, ("1",), 2)}, NOW)

    assert parse(written(place)) == place
    assert [until_poll(place, 9, NOW + passed) for passed in (0, 8, 9, -1)] == [9, 1, 0, 0]
