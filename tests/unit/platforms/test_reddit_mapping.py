"""Reddit's things to mentions: every part, whatever is missing, and what is gone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.mention import Absence, Author, Mention, Removed
from cmconsole.platforms.reddit.mapping import fullname, thing_mention

SEEN = 1_795_280_000_000

COMMENT = {
    "id": "d1680wu",
    "name": "t1_d1680wu",
    "author": "marc_d",
    "body": "Toujours **rien**, u/acme…\n\n&#x200B;\n\nMerci&nbsp;!",
    "created_utc": 1458434031.0,
    "edited": 1458444463.0,
    "link_id": "t3_4b1tfm",
    "parent_id": "t1_d1616q2",
    "permalink": "/r/coffee/comments/4b1tfm/machine/d1680wu/",
}
POST = {
    "id": "4b1tfm",
    "name": "t3_4b1tfm",
    "author": "ada",
    "title": "My machine & me: R&amp;D?",
    "selftext": "It leaks.",
    "is_self": True,
    "url": "https://www.reddit.com/r/coffee/comments/4b1tfm/machine/",
    "created_utc": 1458434030.0,
    "edited": False,
    "permalink": "/r/coffee/comments/4b1tfm/machine/",
}


def comment(**data: Any) -> dict[str, Any]:
    return {"kind": "t1", "data": {**COMMENT, **data}}


def post(**data: Any) -> dict[str, Any]:
    return {"kind": "t3", "data": {**POST, **data}}


def mapped(thing: Any, reported_at: int | None = None) -> Mention:
    mention = thing_mention(thing, source="reddit", reported_at=reported_at)
    assert isinstance(mention, Mention), mention
    return mention


def test_a_whole_comment() -> None:
    assert mapped(comment()) == Mention(
        platform="reddit",
        native_id="t1_d1680wu",
        author=Author("reddit", "marc_d", "marc_d", url="https://www.reddit.com/user/marc_d"),
        text="Toujours **rien**, u/acme…\n\n\u200b\n\nMerci\u00a0!",
        created_at=1_458_434_031_000,
        source="reddit",
        url="https://www.reddit.com/r/coffee/comments/4b1tfm/machine/d1680wu/",
        thread="t3_4b1tfm",
        in_reply_to="t1_d1616q2",
        edited_at=1_458_444_463_000,
    )


def test_a_post_begins_its_own_thread_and_its_title_is_no_markdown() -> None:
    mention = mapped(post())

    assert (mention.thread, mention.in_reply_to, mention.edited_at) == ("", "", None)
    assert mention.text == "My machine & me: R&amp;D?\n\nIt leaks."


def test_an_inbox_tells_thread_and_address_by_the_context_only() -> None:
    boxed = {key: value for key, value in COMMENT.items() if key not in {"link_id", "permalink"}}
    mention = mapped({"kind": "t1", "data": {**boxed, "context": f"{COMMENT['permalink']}?context=3"}})

    assert mention.thread == "t3_4b1tfm"
    assert mention.url == "https://www.reddit.com/r/coffee/comments/4b1tfm/machine/d1680wu/"


def test_an_old_comment_has_no_permalink_and_is_given_one() -> None:
    assert mapped(comment(permalink=None)).url == "https://www.reddit.com/comments/4b1tfm/_/d1680wu/"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            {"is_self": False, "selftext": "", "url": "https://acme.example/x?a=1&copy=2"},
            "Look\n\nhttps://acme.example/x?a=1&copy=2",
        ),
        (
            {
                "is_self": False,
                "selftext": "",
                "url": "https://a.example",
                "url_overridden_by_dest": "https://b",
            },
            "Look\n\nhttps://b",
        ),
        ({"over_18": True, "spoiler": True, "selftext": ""}, "[NSFW] [spoiler] Look"),
        (
            {
                "is_gallery": True,
                "is_self": False,
                "selftext": "Two",
                "gallery_data": {"items": [{"caption": "broken"}, {"media_id": "x"}]},
            },
            "Look\n\nTwo\n\n[gallery of 2: broken]",
        ),
        ({"is_gallery": True, "is_self": False, "selftext": "", "gallery_data": None}, "Look\n\n[gallery]"),
        (
            {"selftext": "", "poll_data": {"options": [{"text": "yes"}, {"text": "no"}, "?"]}},
            "Look\n\n[poll: yes / no]",
        ),
        (
            {
                "is_self": False,
                "selftext": "",
                "url": "/r/other/comments/9/t/",
                "crosspost_parent_list": [
                    {
                        "subreddit": "other",
                        "title": "Leaks",
                        "name": "t3_9",
                        "permalink": "/r/other/comments/9/t/",
                    }
                ],
            },
            "Look\n\n[crosspost from r/other: Leaks] https://www.reddit.com/r/other/comments/9/t/",
        ),
        ({"title": "", "selftext": ""}, "https://www.reddit.com/r/coffee/comments/4b1tfm/machine/"),
    ],
)
def test_what_a_post_shows(data: dict[str, Any], text: str) -> None:
    assert mapped(post(**{"title": "Look", **data})).text == text


def test_pictures_in_a_comment_are_named() -> None:
    text = mapped(comment(body="No ![gif](giphy|3o7aCTPPm4OHfRLSH6) ![img](emote|t5_2|1)")).text

    assert text == "No [gif] [image]"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"user_reports": [["spam", 3, False, True], [None, 1]]}, "[reported: spam ×3, no reason]"),
        ({"user_reports": [["rude", 1]], "mod_reports": [["rude", "bob"]]}, "[reported: rude ×2]"),
        ({"user_reports": [], "num_reports": 2}, "[reported ×2]"),
        ({"user_reports": [["  ", "x"], "?", []]}, "[reported: no reason]"),
        ({"removed_by_category": "automod_filtered"}, "[held back by AutoModerator]"),
    ],
)
def test_what_a_queue_tells_is_in_the_text_and_makes_the_mention_changed(
    data: dict[str, Any], told: str
) -> None:
    mention = mapped(comment(body="Buy", **data), reported_at=SEEN)

    assert mention.text == f"Buy\n\n{told}"
    assert mention.edited_at == SEEN
    assert mapped(comment(body="Buy", **data)).text == "Buy"


@pytest.mark.parametrize(
    ("thing", "why"),
    [
        (comment(body="[deleted]", author="[deleted]"), Absence.DELETED),
        (comment(body="[removed]", author="marc_d"), Absence.WITHHELD),
        (comment(body="[ Removed by Reddit ]"), Absence.WITHHELD),
        (post(selftext="[deleted]", author="[deleted]"), Absence.DELETED),
        (post(title="[deleted by user]", selftext="", is_self=False), Absence.DELETED),
        (post(title="[ Removed by Reddit on account of violating the content policy ]"), Absence.WITHHELD),
        (post(removed_by_category="deleted", can_mod_post=True), Absence.DELETED),
        (post(removed_by_category="moderator"), Absence.WITHHELD),
        (post(selftext="[removed]", removed_by_category="moderator"), Absence.WITHHELD),
    ],
)
def test_what_is_gone(thing: dict[str, Any], why: Absence) -> None:
    name = thing["data"]["name"]

    assert thing_mention(thing, source="reddit") == Removed("reddit", name, why)


def test_moderators_are_shown_what_is_held_back() -> None:
    assert mapped(post(removed_by_category="automod_filtered", can_mod_post=True)).native_id == "t3_4b1tfm"


def test_a_post_of_a_deleted_account_has_an_author_without_an_address() -> None:
    for author in (None, "[deleted]", ""):
        assert mapped(comment(author=author)).author == Author("reddit", "[deleted]", "[deleted]")


@pytest.mark.parametrize(
    ("data", "possible"),
    [
        ({}, True),
        ({"locked": True}, False),
        ({"locked": True, "can_mod_post": True}, True),
        ({"archived": True, "can_mod_post": True}, False),
        ({"unrepliable_reason": "NEAR_BLOCKER"}, False),
        ({"unrepliable_reason": None}, True),
    ],
)
def test_whether_we_can_answer(data: dict[str, Any], possible: bool) -> None:
    assert mapped(comment(**data)).can_reply is possible


@pytest.mark.parametrize(
    ("thing", "reason"),
    [
        (None, "it is no thing of Reddit's"),
        ({"kind": "t1"}, "it is no thing of Reddit's"),
        ({"kind": "t4", "data": {"name": "t4_a"}}, "it is neither a comment nor a post (t4)"),
        ({"kind": "t1", "data": {}}, "it has no id"),
        (comment(id="../x", name="t1_UPPER"), "it has no id"),
        (comment(created_utc="x"), "t1_d1680wu has no date"),
        (comment(created_utc=float("nan")), "t1_d1680wu has no date"),
        (comment(created_utc=1e300), "t1_d1680wu has no date"),
        (comment(created_utc=True), "t1_d1680wu has no date"),
    ],
)
def test_what_is_no_mention_is_said_in_words(thing: Any, reason: str) -> None:
    assert thing_mention(thing, source="reddit") == reason


def test_an_id_stands_in_for_the_fullname() -> None:
    assert fullname({"kind": "t1", "data": {"id": "abc"}}) == "t1_abc"


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    [
        *COMMENT, "selftext", "title", "is_self", "url", "is_gallery", "gallery_data", "poll_data", "context",
        "crosspost_parent_list", "user_reports", "mod_reports", "num_reports", "removed_by_category",
    ]
)  # fmt: skip


@given(st.sampled_from(["t1", "t3"]), st.dictionaries(keys, anything, max_size=8), st.booleans())
def test_nothing_that_stands_in_a_thing_makes_it_crash(kind: str, data: dict[str, Any], queued: bool) -> None:
    whole = {**(COMMENT if kind == "t1" else POST), **data}

    outcome = thing_mention({"kind": kind, "data": whole}, source="r", reported_at=SEEN if queued else None)

    assert isinstance(outcome, (Mention, Removed, str))
