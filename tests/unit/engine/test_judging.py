"""Judging a batch: everything is cleaned, nothing is fatal, every item ends somewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.mention import Author, Mention, SetAside
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.core.text import visible
from cmconsole.core.verdict import Lane
from cmconsole.engine.hopper import Judged
from cmconsole.engine.judging import judged
from cmconsole.triage.triage import Triage
from tests.unit.engine.parts import PlainJudge, batch, mention


def one(found: list[Judged]) -> Judged:
    assert len(found) == 1
    return found[0]


def test_mentions_are_cleaned_before_they_are_judged() -> None:
    wild = mention(1, text="\x1b]52;c;aGk=\x07 bonjour")

    result = one(list(judged(Batch((wild,), cursor="7"), PlainJudge(), frozenset())))

    (clean, _verdict) = result.items[0]
    assert "\x1b" not in clean.text
    assert result.cursor == "7"


def test_a_judge_that_fails_on_one_item_costs_only_that_item() -> None:
    batch_of_three = Batch((mention(1), mention(2, text="stumble"), mention(3)))

    result = one(list(judged(batch_of_three, PlainJudge(), frozenset())))

    assert [item.native_id for item, _ in result.items] == ["m1", "m3"]
    assert [item.reason for item in result.set_aside] == ["ZeroDivisionError: the judge stumbled"]
    assert "m2" in result.set_aside[0].raw


@pytest.mark.parametrize(
    "broken", [{"text": None}, {"author": None}, {"url": 5}, {"native_id": " "}, {"platform": ""}]
)
def test_an_item_no_code_can_clean_is_set_aside(broken: dict[str, object]) -> None:
    result = one(list(judged(Batch((replace(mention(1), **broken),)), PlainJudge(), frozenset())))  # type: ignore[arg-type]

    assert not result.items
    assert len(result.set_aside) == 1
    assert result.set_aside[0].reason


def test_an_author_marked_at_the_desk_is_judged_as_a_vip_whatever_the_case_of_the_handle() -> None:
    vip = mention(1, author=Author("test", "Élodie"))

    result = one(list(judged(Batch((vip, mention(2))), PlainJudge(), {("test", "elodie")})))

    assert [verdict.lane for _, verdict in result.items] == [Lane.INFLUENCERS, Lane.OTHERS]


def test_an_oversized_batch_is_cut_and_its_cursor_comes_last() -> None:
    pieces = list(judged(batch(range(1201), "end", aside=3), PlainJudge(), frozenset()))

    assert [len(piece.items) for piece in pieces] == [500, 500, 201]
    assert [piece.cursor for piece in pieces] == [None, None, "end"]
    assert sum(len(piece.set_aside) for piece in pieces) == 3


def test_an_empty_batch_keeps_its_cursor() -> None:
    assert list(judged(Batch(cursor="x"), PlainJudge(), frozenset())) == [Judged([], [], "x")]


wild_text = st.text(st.characters(exclude_categories=[]), max_size=80)


@given(
    texts=st.lists(st.tuples(wild_text, wild_text, wild_text), max_size=6),
    raws=st.lists(st.tuples(wild_text, wild_text), max_size=4),
)
def test_whatever_comes_every_item_ends_somewhere_and_is_safe(
    texts: list[tuple[str, str, str]], raws: list[tuple[str, str]]
) -> None:
    mentions = tuple(
        Mention("test", native, Author("test", handle), text, 0) for native, handle, text in texts
    )
    aside = tuple(SetAside(reason, raw) for reason, raw in raws)

    pieces = list(judged(Batch(mentions, aside), Triage(), frozenset()))

    assert sum(piece.weight for piece in pieces if piece.items or piece.set_aside) == len(texts) + len(raws)
    for piece in pieces:
        assert len(piece.items) <= BATCH_LIMIT
        shown = [text for item in piece.set_aside for text in (item.reason, item.raw)]
        shown += [text for item, _ in piece.items for text in (item.native_id, item.author.handle, item.text)]
        assert all(visible(text) == text for text in shown)
