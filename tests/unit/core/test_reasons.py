"""Written reasons: the same as the reasons they were written from."""

from __future__ import annotations

from cmconsole.core.reasons import WrittenReasons
from cmconsole.core.verdict import Reason

READ = (
    Reason("lane", (("lane", "complaints"), ("score", 0.5))),
    Reason("rule", (("number", 3), ("last", True))),
)
WRITTEN = WrittenReasons(
    '[{"code":"lane","facts":[["lane","complaints"],["score",0.5]]},'
    '{"code":"rule","facts":[["number",3],["last",true]]}]'
)


def test_written_reasons_read_as_the_reasons_they_were() -> None:
    assert tuple(WRITTEN) == READ
    assert repr(tuple(WRITTEN)) == repr(READ)
    assert len(WRITTEN) == len(READ)
    assert WRITTEN[1] == READ[1]
    assert WRITTEN[:1] == READ[:1]


def test_written_reasons_equal_whatever_says_the_same() -> None:
    spaced = WrittenReasons(WRITTEN.text.replace(",", ", "))

    assert WRITTEN == READ
    assert READ == WRITTEN
    assert spaced == WRITTEN
    assert hash(spaced) == hash(WRITTEN) == hash(READ)
    assert READ[:1] != WRITTEN
    assert WRITTEN != "lane"


def test_reasons_that_were_written_show_their_text() -> None:
    assert repr(WrittenReasons("[]")) == "WrittenReasons('[]')"
