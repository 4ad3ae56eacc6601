"""Where Mastodon's intake stands: cursors old and new, and how long to leave an instance alone."""

import pytest

from cmconsole.platforms.mastodon import place as places
from cmconsole.platforms.mastodon.place import WINDOW, Place, Sought

NOW = 1_795_280_000_000


def test_a_place_is_kept_whole() -> None:
    place = Place(
        "https://piaille.fr",
        mentions="12",
        recent=("13",),
        tags={"tram": "5"},
        searches={"acme": Sought(known=("9", "8"), begun=True, coming=("11",), offset=40)},
        polled_at=NOW,
        connects=(NOW - 5, NOW),
    )

    assert places.parse(places.written(place), "https://piaille.fr") == place
    assert places.parse(places.written(place), "https://elsewhere.fr") == Place("https://elsewhere.fr")


def test_a_cursor_of_an_older_version_keeps_its_place() -> None:
    old = '{"instance":"https://piaille.fr","mentions":"12","recent":["13"],"tags":{"tram":"5"}}'

    assert places.parse(old, "https://piaille.fr") == Place(
        "https://piaille.fr", mentions="12", recent=("13",), tags={"tram": "5"}
    )


@pytest.mark.parametrize(
    ("passed", "left"), [(0, 60_000), (59_999, 1), (60_000, 0), (10**9, 0), (-1, 0), (-(10**9), 0)]
)
def test_the_lists_are_left_alone_for_an_interval_whatever_the_clock_does(passed: int, left: int) -> None:
    place = Place("", polled_at=NOW - passed)

    assert places.until_poll(place, 60_000, NOW) == left


def test_streams_that_close_at_once_are_opened_ever_more_seldom() -> None:
    place, now, opened = Place(""), NOW, []
    while now < NOW + WINDOW:
        now += places.until_connect(place, now)
        opened.append((now - NOW) // 1_000)
        place = places.connected(place, now)

    assert opened[:8] == [0, 2, 6, 14, 30, 62, 126, 190]
    assert len(opened) == 20


def test_a_stream_that_lived_long_is_opened_again_at_once() -> None:
    place = places.connected(Place(""), NOW)

    assert places.until_connect(place, NOW + WINDOW) == 0
    assert places.connected(place, NOW + WINDOW).connects == (NOW + WINDOW,)
    # What was opened "in the future", before a clock was set back, tells nothing.
    assert places.until_connect(place, NOW - 1) == 0
