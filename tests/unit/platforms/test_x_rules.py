"""X's rules without a server: queries, prices, pauses between connects, limits' headers, cursors."""

import logging
from typing import Any

import pytest
import requests
import urllib3.exceptions as urllib3_errors

from cmconsole.core.errors import SourceRefusedError
from cmconsole.platforms.x import place as places
from cmconsole.platforms.x import prices
from cmconsole.platforms.x.client import XClient, XSecrets
from cmconsole.platforms.x.place import Place, Span
from cmconsole.platforms.x.queries import MOST_CHARACTERS, keyword_queries, mention_query
from cmconsole.platforms.x.reconnect import MOST_CONNECTS, Reconnect
from cmconsole.platforms.x.snowflakes import earlier, first_at, instant_of, number
from cmconsole.platforms.x.troubles import Trouble, TroubleError, diagnosed, pause_asked
from cmconsole.platforms.x.wire import Head

NOW = 1_795_280_000_000
SECOND = NOW // 1_000
DATE = "Sat, 21 Nov 2026 16:53:20 GMT"
"""NOW, as a header says it."""


def test_keywords_become_one_query() -> None:
    keywords = ["cafetière", "Acme Coffee", "#acme", "OR", ' "cité" ', "acme-coffee", "", "cafetière"]

    assert keyword_queries(keywords, "acme", mentioning=False) == [
        '(cafetière OR "Acme Coffee" OR #acme OR "OR" OR cité OR "acme-coffee") -is:retweet -from:acme -@acme'
    ]
    assert keyword_queries(["a"], "acme", mentioning=True) == ["(a) -is:retweet -from:acme"]
    assert keyword_queries([], "acme", mentioning=True) == []
    assert mention_query("acme") == "@acme -is:retweet -from:acme"


def test_as_few_queries_as_the_limit_allows() -> None:
    keywords = [f"mot{number:03}" for number in range(150)]
    queries = keyword_queries(keywords, "acme", mentioning=True)

    assert all(len(query) <= MOST_CHARACTERS for query in queries)
    assert len(queries) == 4
    assert [word for query in queries for word in query[1:].partition(")")[0].split(" OR ")] == keywords


def test_a_keyword_no_query_can_hold_is_refused() -> None:
    with pytest.raises(SourceRefusedError, match="too long"):
        keyword_queries(["ok", "x" * 600], "acme", mentioning=True)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("Bonjour, merci !", prices.CREATE),
        ("Etc...bonjour", prices.CREATE),
        ("à 10h.merci", prices.CREATE),
        ("https://acme.fr/aide", prices.CREATE_WITH_URL),
        ("voyez HTTP://ACME.FR", prices.CREATE_WITH_URL),
        ("voyez www.acme", prices.CREATE_WITH_URL),
        ("voyez acme.fr.", prices.CREATE_WITH_URL),
        ("voyez aide.acme.com/retours", prices.CREATE_WITH_URL),
    ],
)
def test_what_a_reply_costs(text: str, cost: int) -> None:
    assert prices.price_of(text) == cost


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (1_795_280_000_000, 9 * 86_400 + 7 * 3_600 + 6 * 60 + 40),
        (1_798_761_599_000, 1),
        (1_767_225_600_000, 31 * 86_400),
        (1_769_904_000_000, 28 * 86_400),
    ],
)
def test_when_the_month_turns(now: int, seconds: int) -> None:
    assert prices.until_next_month(now) == seconds


def test_pauses_between_connects_follow_x_rules() -> None:
    def pauses(error: TroubleError, count: int) -> list[float]:
        pace = Reconnect()
        found = []
        for _ in range(count):
            pace.failed(error, NOW)
            found.append((pace.at - NOW) / 1000)
        return found

    tcp = pauses(TroubleError(Trouble.UNSENT), 70)
    assert tcp[:4] == [0.25, 0.5, 0.75, 1.0]
    assert tcp[-1] == 16
    assert pauses(TroubleError(Trouble.ANSWERED, 503), 8) == [5, 10, 20, 40, 80, 160, 320, 320]
    assert pauses(TroubleError(Trouble.ANSWERED, 429), 5) == [60, 120, 240, 480, 900]
    assert pauses(TroubleError(Trouble.ANSWERED, 429, pause=700), 1) == [700]


def test_a_steady_stream_is_opened_again_at_once_and_one_that_closes_at_once_is_not() -> None:
    pace = Reconnect()
    for expected in (5, 10, 20):
        pace.ended(NOW, NOW + 900)
        assert pace.at == NOW + 900 + expected * 1_000
    pace.ended(NOW, NOW + 60_000)
    assert pace.at == NOW + 60_000


def test_connects_are_counted_over_fifteen_minutes() -> None:
    pace = Reconnect()
    connects = tuple(NOW - 800_000 + number * 1_000 for number in range(MOST_CONNECTS))

    assert pace.allowed_at(connects[1:], NOW) == 0
    assert pace.allowed_at(connects, NOW) == connects[0] + 901_000
    assert pace.allowed_at(connects, connects[0] + 901_000) == 0
    # Of a clock that was put back: they are still to come.
    assert pace.allowed_at(tuple(moment + 86_400_000 for moment in connects), NOW) == 0


@pytest.mark.parametrize(
    ("headers", "off", "pause"),
    [
        ({}, 0, None),
        ({"x-rate-limit-reset": "soon"}, 0, None),
        ({"x-rate-limit-reset": str(SECOND + 437)}, 0, 437),
        ({"x-rate-limit-reset": str(SECOND - 5)}, 0, 1),
        ({"x-rate-limit-reset": str(SECOND + 437), "date": DATE}, 86_400_000, 437),
        ({"x-rate-limit-reset": str(SECOND + 437), "date": DATE}, -86_400_000, 437),
        ({"x-rate-limit-reset": str(SECOND + 90_000)}, 0, 900),
        (
            {
                "x-rate-limit-reset": str(SECOND + 10),
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": str(SECOND + 50_000),
            },
            0,
            50_000,
        ),
    ],
)
def test_how_long_a_limit_lasts(headers: dict[str, str], off: int, pause: float | None) -> None:
    assert pause_asked(Head(429, headers), NOW + off) == pause


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (requests.ConnectTimeout(), Trouble.UNSENT),
        (requests.ConnectionError(urllib3_errors.NewConnectionError(None, "refused")), Trouble.UNSENT),  # type: ignore[arg-type]
        (requests.exceptions.ProxyError(), Trouble.UNSENT),
        (requests.ReadTimeout(), Trouble.TIMEOUT),
        (urllib3_errors.ReadTimeoutError(None, None, "slow"), Trouble.TIMEOUT),  # type: ignore[arg-type]
        (requests.ConnectionError(urllib3_errors.ProtocolError("aborted")), Trouble.BROKEN),
        (urllib3_errors.ProtocolError("broken"), Trouble.BROKEN),
        (AttributeError("'list' object has no attribute 'get'"), Trouble.BROKEN),
    ],
)
def test_what_a_failure_without_an_answer_means(error: Exception, trouble: Trouble) -> None:
    assert diagnosed(error, None, NOW).trouble is trouble


def test_a_failure_after_an_answer_is_told_by_its_status() -> None:
    strange = AttributeError("'list' object has no attribute 'get'")

    assert diagnosed(strange, Head(503, {}), NOW).status == 503
    assert diagnosed(strange, Head(200, {}), NOW).trouble is Trouble.UNREADABLE


def test_ids_tell_the_time() -> None:
    native_id = str(first_at(NOW) + 77)

    assert instant_of(native_id) == NOW
    assert instant_of("20") is None
    assert earlier(native_id, 60_000) == first_at(NOW - 60_000)
    assert earlier("", 60_000) == 0
    assert [number(value) for value in ("12", "", "x", "٣", None, "1" * 30)] == [12, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "cursor", [None, "", "nonsense", "{}", "[]", "\ud800", "9" * 5_000, '{"account": 7}']
)
def test_a_cursor_that_cannot_be_read_begins_anew(cursor: str | None) -> None:
    assert places.parse(cursor, "acme") == Place("acme")


def test_a_cursor_comes_back_and_is_of_one_account() -> None:
    place = Place("acme", "7700", {"@": Span("12", "40", "30", 200)}, ("41",), NOW, (NOW,))

    assert places.parse(places.written(place), "acme") == place
    assert places.parse(places.written(place), "rival") == Place("rival")


async def test_secrets_show_nowhere_and_loggers_are_quiet() -> None:
    logging.getLogger("tweepy.client").setLevel(logging.DEBUG)
    secrets: dict[str, Any] = {
        name: f"s3cret-{name}"
        for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")
    }
    client = XClient(XSecrets(**secrets), now=lambda: NOW)

    assert "s3cret" not in repr(XSecrets(**secrets))
    for name in (
        "tweepy",
        "tweepy.client",
        "requests_oauthlib",
        "oauthlib",
        "urllib3",
        "urllib3.connectionpool",
    ):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    await client.aclose()
