"""Bluesky's small rules: what is too long, keys of our own, where intake stands."""

import re
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.clock import HOUR
from cmconsole.core.errors import PublishRefusedError
from cmconsole.platforms.bluesky import place as places
from cmconsole.platforms.bluesky.backlog import HELD, Backlog
from cmconsole.platforms.bluesky.listing import Item, Page
from cmconsole.platforms.bluesky.place import MOST_KNOWN, ListPlace, Place, known
from cmconsole.platforms.bluesky.publisher import check_length
from cmconsole.platforms.bluesky.tid import tid_for

NOW = 1_795_280_000_000


def test_a_text_is_refused_by_characters_and_by_bytes() -> None:
    check_length("é" * 300)
    check_length("👩‍👩‍👧‍👦" * 120)
    with pytest.raises(PublishRefusedError, match="301 characters"):
        check_length("é" * 301)
    with pytest.raises(PublishRefusedError, match="3750 bytes"):
        check_length("👩‍👩‍👧‍👦" * 150)
    with pytest.raises(PublishRefusedError):
        check_length(" \n")


@given(st.text())
def test_a_key_is_a_valid_tid_and_always_the_same(key: str) -> None:
    tid = tid_for(key)

    assert re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", tid)
    assert tid == tid_for(key)
    alphabet = "234567abcdefghijklmnopqrstuvwxyz"
    moment = sum(alphabet.index(sign) << 5 * place for place, sign in enumerate(reversed(tid))) >> 10
    assert 1_704_067_200_000 <= moment // 1_000 < 1_774_700_000_000


def test_two_keys_have_two_records() -> None:
    assert len({tid_for(f"{number:032x}") for number in range(20_000)}) == 20_000


def test_a_place_reaches_back_by_an_hour_and_never_moves_back() -> None:
    place = ListPlace().taken([known("a", "1", NOW)])
    later = place.taken([known("b", "1", NOW + HOUR + 1)])

    assert place.since == NOW - HOUR
    assert later.since == NOW + 1
    assert [one.name for one in later.known] == [known("b", "1", 0).name]
    assert later.taken([known("c", "1", NOW + 2)]).since == later.since


def test_a_place_remembers_so_many_and_reaches_less_far_where_more_come() -> None:
    posts = [known(f"p{number}", "1", NOW + number) for number in range(MOST_KNOWN + 50)]
    place = ListPlace().taken(posts)

    assert len(place.known) == MOST_KNOWN
    assert place.since == NOW + 50
    assert ListPlace().taken([known(f"p{number}", "1", NOW) for number in range(600)]).since == NOW


def test_a_cursor_is_bounded_and_belongs_to_its_account() -> None:
    posts = [known(f"p{number}", "1", NOW + number) for number in range(5_000)]
    place = Place("did:plc:acme").with_list("notifications", ListPlace().taken(posts))
    cursor = places.written(place)

    assert len(cursor) < 20_000
    assert places.parse(cursor, "did:plc:acme") == place
    assert places.parse(cursor, "did:plc:other") == Place("did:plc:other")


class Thing(dict[str, str]):
    """An entry of a list, which can be watched."""


class Endless:
    """A list of 120 pages; `alive` are the entries that somebody holds."""

    name = "endless"

    def __init__(self) -> None:
        self.watched: list[weakref.ref[Thing]] = []
        self.most = 0

    async def page(self, mark: str, since: int) -> Page:
        number = int(mark or 0)
        things = [(number * 100 + place, Thing()) for place in range(100)]
        items = tuple(
            Item(thing, NOW - place, known(str(place), "1", NOW - place))
            for place, thing in things
            if NOW - place >= since
        )
        self.watched = [one for one in self.watched if one() is not None]
        self.most = max(self.most, len(self.watched))
        self.watched += [weakref.ref(thing) for _, thing in things]
        return Page(items, str(number + 1) if number < 119 else "")


async def test_a_backlog_of_any_length_is_held_in_pieces() -> None:
    endless = Endless()
    backlog = Backlog(endless, ListPlace(NOW - 50_000))
    taken: list[int] = []
    async for items in backlog.pages():
        taken += [item.at for item in items]
        backlog.place = backlog.place.taken(item.known for item in items)

    assert taken == list(range(NOW - 11_999, NOW + 1))
    assert endless.most <= (HELD + 2) * 100
