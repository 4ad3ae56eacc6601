"""The wire between the process that reads and the one that writes: what arrives is what was sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.errors import CmconsoleError, InputError, SourceError, SourceRefusedError
from cmconsole.core.mention import Absence, Author, Mention, Removed, SetAside
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Reason, Severity, Tone, Verdict
from cmconsole.engine import wire
from cmconsole.engine.hopper import Judged
from tests.unit.engine.parts import mention

_whole = st.integers(-(2**63), 2**63 - 1)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_facts = _texts | _whole | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
_authors = st.builds(
    Author, _texts, _texts, _texts, st.none() | _whole, st.booleans(), bio=_texts, url=_texts
)
_mentions = st.builds(
    Mention,
    _texts,
    _texts,
    _authors,
    _texts,
    _whole,
    *[_texts] * 5,
    edited_at=st.none() | _whole,
    can_reply=st.booleans(),
)
_reasons = st.builds(Reason, _texts, st.lists(st.tuples(_texts, _facts), max_size=3).map(tuple))
_verdicts = st.builds(
    Verdict,
    st.sampled_from(Lane),
    st.sampled_from(Priority),
    st.sampled_from(Kind),
    st.sampled_from(Severity),
    st.sampled_from(Tone),
    _texts,
    st.floats(allow_nan=False),
    st.lists(_reasons, max_size=4).map(tuple),
    st.sampled_from(Hostility),
    st.lists(_texts, max_size=2).map(tuple),
    st.floats(allow_nan=False),
    st.floats(allow_nan=False),
    st.floats(allow_nan=False),
    st.booleans(),
    st.lists(_texts, max_size=2).map(tuple),
    _texts,
    _texts,
)
_pieces = st.builds(
    Judged,
    st.lists(st.tuples(_mentions, _verdicts), max_size=5),
    st.lists(st.builds(SetAside, _texts, _texts), max_size=3),
    st.none() | _texts,
    st.lists(st.builds(Removed, _texts, _texts, st.sampled_from(Absence)), max_size=3).map(tuple),
)
VERDICT = Verdict(Lane.OTHERS, Priority.LOW, Kind.NEUTRAL)


@given(_pieces)
def test_what_arrives_is_what_was_sent(piece: Judged) -> None:
    arrived = wire.read_judged(wire.judged(piece))

    assert arrived == piece
    # Equality alone would take 1 for True and "open" for the enum: the types have to be the same too.
    read = [(it, replace(verdict, reasons=tuple(verdict.reasons))) for it, verdict in arrived.items]
    assert repr(replace(arrived, items=read)) == repr(piece)


@given(st.frozensets(st.tuples(_texts, _texts)), _texts)
def test_what_the_desk_decided_arrives(vips: frozenset[tuple[str, str]], learned: str) -> None:
    assert wire.read_desk(wire.desk(vips, learned)) == (vips, learned)


@pytest.mark.parametrize(
    "odd", [mention(2, created_at=2**70), mention(2, "half \ud800"), mention(2, author=Author("x", "\udcff"))]
)
def test_what_cannot_be_told_is_set_aside_and_stops_no_other(odd: Mention) -> None:
    arrived = wire.read_judged(
        wire.judged(Judged([(mention(1), VERDICT), (odd, VERDICT), (mention(3), VERDICT)], (), "c"))
    )

    assert [it.native_id for it, _ in arrived.items] == ["m1", "m3"]
    assert len(arrived.set_aside) == 1
    assert "m2" in arrived.set_aside[0].raw
    assert arrived.cursor == "c"


@pytest.mark.parametrize("kind", [SourceError, SourceRefusedError, InputError])
def test_an_error_arrives_as_it_was(kind: type[CmconsoleError]) -> None:
    error = kind("{path} is a folder.", advice="Name a file in it.", path="caf\udce9/{x}")

    arrived = wire.read_failed(wire.failed(error))

    assert type(arrived) is kind
    assert (arrived.template, arrived.facts) == (error.template, error.facts)
    assert (arrived.message, arrived.advice) == (error.message, error.advice)


def test_an_error_keeps_the_pause_that_was_asked_for() -> None:
    arrived = wire.read_failed(wire.failed(SourceError("slow down", retry_after=7.5)))

    assert isinstance(arrived, SourceError)
    assert arrived.retry_after == 7.5


def test_an_unforeseen_error_arrives_in_words_without_secrets() -> None:
    arrived = wire.read_failed(wire.failed(ValueError("no, token=abc123")))

    assert type(arrived) is SourceError
    assert arrived.message == "The reading process failed: ValueError: no, token=…."
