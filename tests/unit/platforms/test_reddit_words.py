"""Reddit's small parts: keywords, addresses, breaks in words, the place in a list."""

import json
import math

import pytest

from cmconsole.core.errors import NotPublishedError, PublishRefusedError, UnclearError
from cmconsole.platforms.reddit import place as places
from cmconsole.platforms.reddit import trouble
from cmconsole.platforms.reddit.address import share_path, thing_at
from cmconsole.platforms.reddit.keywords import Keywords
from cmconsole.platforms.reddit.place import ListPlace, Place
from cmconsole.platforms.reddit.wire import Failure, Limits, Stage, Trouble, renewed_early


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L'ACMÉ fuit", True),
        ("acme's pump", True),
        ("(Acme)", True),
        ("pacmen", False),
        ("macacme", False),
        ("acmes", False),
        (r"acme\_corp is down", True),
        ("Le  Café\nNoir", True),
        ("café noirci", False),
        ("see https://acme.example/x", True),
        ("アクメの機械", True),
        ("", False),
    ],
)
def test_keywords_are_found_as_wholes(text: str, found: bool) -> None:
    assert Keywords(["acme", "acme_corp", "café noir", "アクメ"]).found_in(text) is found


def test_no_keywords_are_found_everywhere_and_blank_ones_are_none() -> None:
    assert Keywords([]).found_in("anything")
    assert Keywords(["", "  "]).found_in("anything")
    assert not Keywords(["c++"]).found_in("c+")
    assert Keywords(["c++"]).found_in("in C++, yes")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.reddit.com/r/coffee/comments/4b1tfm/machine/d1680wu/", "t1_d1680wu"),
        ("https://old.reddit.com/r/coffee/comments/4b1tfm/machine/d1680wu/?context=3#x", "t1_d1680wu"),
        ("https://np.reddit.com/r/coffee/comments/4b1tfm/machine/", "t3_4b1tfm"),
        ("https://fr.reddit.com/r/coffee/comments/4b1tfm", "t3_4b1tfm"),
        ("https://new.reddit.com/r/coffee/comments/4b1tfm/comment/d1680wu/", "t1_d1680wu"),
        ("http://reddit.com/comments/4b1tfm/_/D1680WU", "t1_d1680wu"),
        ("https://www.reddit.com/user/ada/comments/4b1tfm/x/", "t3_4b1tfm"),
        ("https://www.reddit.com/gallery/4b1tfm", "t3_4b1tfm"),
        ("https://redd.it/4b1tfm", "t3_4b1tfm"),
        ("https://i.redd.it/303rck4dds4y.png", ""),
        ("https://www.reddit.com/r/coffee/", ""),
        ("https://reddit.com.evil.example/comments/4b1tfm", ""),
        ("https://notreddit.com/comments/4b1tfm", ""),
        ("javascript://reddit.com/comments/4b1tfm", ""),
        ("https://[bad", ""),
        ("", ""),
    ],
)
def test_addresses(url: str, name: str) -> None:
    assert thing_at(url) == name


def test_share_links_are_asked_for_by_their_path_only() -> None:
    assert share_path("https://www.reddit.com/r/redditdev/s/nGnQE1QkLC") == "r/redditdev/s/nGnQE1QkLC"
    assert share_path("https://evil.example/r/redditdev/s/nGnQE1QkLC") == ""
    assert share_path("https://www.reddit.com/r/x/s/../../api/v1/me") == ""


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("Take a break for 9 minutes before trying again.", 540.0),
        ("Take a break for 1 minute before trying again.", 60.0),
        ("Take a break for 47 seconds before trying again.", 47.0),
        ("Take a break for 803 milliseconds before trying again.", 1.0),
        ("Take a break for 2 hours before trying again.", 7200.0),
        ("Faites une pause de 9 minutes avant de réessayer.", 540.0),
        ("Versuche es in 47 Sekunden noch einmal.", 47.0),
        ("Réessayez dans 2 heures.", 7200.0),
        ("Take a break.", 60.0),
    ],
)
def test_a_break_is_read_from_its_sentence(told: str, seconds: float) -> None:
    error = trouble.told_errors({"json": {"errors": [["RATELIMIT", told, "ratelimit"]]}})

    assert isinstance(error, NotPublishedError)
    assert not isinstance(error, PublishRefusedError)
    assert error.retry_after == seconds


def test_the_exact_length_of_a_break_goes_before_its_sentence() -> None:
    body = {"json": {"ratelimit": 530.66, "errors": [["RATELIMIT", "for 8 minutes", "ratelimit"]]}}
    error = trouble.told_errors(body)

    assert error is not None
    assert error.retry_after is not None
    assert math.isclose(error.retry_after, 530.66)


@pytest.mark.parametrize(
    "body", [{}, {"json": {"errors": []}}, {"json": {"errors": None}}, {"json": []}, "", None, []]
)
def test_an_answer_without_errors_holds_none(body: object) -> None:
    assert trouble.told_errors(body) is None


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([["THREAD_LOCKED", "Comments are locked.", "parent"]], "The thread is locked."),
        ([["TOO_LONG", "this is too long (max: 500)", "text"]], "too long"),
        ([["NEW_WORD", "You cannot. \x1b]0;x", None]], "NEW_WORD"),
        ([["ALONE"]], "ALONE"),
        ([[]], "Reddit refuses it"),
        (["odd"], "odd"),
        ([[None, None, None]], "Reddit refuses it"),
    ],
)
def test_a_refusal_inside_an_answer_is_one(errors: list[object], said: str) -> None:
    error = trouble.told_errors({"json": {"errors": errors}})

    assert isinstance(error, PublishRefusedError)
    assert said in error.message
    assert "\x1b" not in error.message


def test_a_fault_of_reddits_inside_an_answer_is_no_refusal() -> None:
    body = {"json": {"errors": [["SOMETHING_IS_BROKEN", "Something is broken.", "parent"]]}}

    assert isinstance(trouble.told_errors(body), UnclearError)


def test_a_cursor_of_another_server_or_of_nobody_is_a_fresh_place() -> None:
    place = Place("https://www.reddit.com", 5).moved("r/a/new", ListPlace("t3_a", (1, "a"), 2))

    assert places.parse(places.written(place), "https://www.reddit.com") == place
    for cursor in (None, "", "[]", "\ud800", places.written(place)):
        assert places.parse(cursor, "http://127.0.0.1:1") == Place("http://127.0.0.1:1")


def test_an_access_token_ends_earlier_than_reddit_says() -> None:
    """Because prawcore believes it to last ten seconds longer, and would meet a 401 in each of them."""
    granted = {"access_token": "x", "token_type": "bearer", "scope": "*"}
    for lasting, kept in ((3_600, 3_530), (86_400, 86_330), (30, 0)):
        body = json.dumps({**granted, "expires_in": lasting}).encode()
        assert json.loads(renewed_early(body, {})) == {**granted, "expires_in": kept}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"expires_in": "1"}', b'{"access_token": 1}', b"[" * 9999]
)
def test_a_login_that_grants_nothing_is_a_failure(body: bytes) -> None:
    with pytest.raises(Failure) as raised:
        renewed_early(body, {})

    assert (raised.value.trouble, raised.value.stage) == (Trouble.GARBLED, Stage.TOKEN)


def test_limits_follow_the_headers_and_no_clock_makes_the_wait_longer_than_a_window() -> None:
    limits = Limits()
    limits.note({}, 0)
    assert limits == Limits()
    limits.note(
        {"x-ratelimit-remaining": "12.0", "x-ratelimit-used": "588", "x-ratelimit-reset": "297"}, 1_000
    )
    assert (limits.remaining, limits.used) == (12.0, 588.0)
    assert limits.until_reset(1_000) == 297.0
    assert limits.until_reset(400_000) == 0.0
    assert limits.until_reset(-86_400_000) == 600.0
    limits.note({"x-ratelimit-remaining": "nan", "x-ratelimit-reset": "-1"}, 1_000)
    assert limits.remaining == 12.0
