"""A verdict as a line of JSON: what it says, and that nothing in it can steer a terminal."""

import json
import unicodedata

import pytest

from cmconsole.cli.triage_record import Recorder, encoded, plain, unread
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Kind, Lane, Priority, Reason, Severity, Verdict

STEERING = ["\x9b31m", "\u202e", "\ufeff", "\U000e0041", "\x7f", "\u2028"]


@pytest.mark.parametrize("sign", STEERING)
def test_no_text_in_a_verdict_can_steer_a_terminal(sign: str) -> None:
    text = f"a{sign}b"
    verdict = Verdict(
        Lane.OTHERS, Priority.LOW, Kind.NEUTRAL,
        reasons=(Reason("elsewhere", (("handle", text),)), Reason("nothing.known", (("words", text),))),
        themes=(text,), tags=(text, text), route=text, silence=text,
    )  # fmt: skip
    line = encoded([Recorder(SlaPolicy()).record(verdict), unread(text, 2)]).decode()
    record, failed = map(json.loads, line.splitlines())

    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} for c in line.replace("\n", ""))
    assert (record["tags"], record["route"], record["silence"]) == ([text, text], text, text)
    assert (record["themes"], failed) == ([text], {"error": text, "line": 2})
    assert text in record["reasons"][1]


def test_a_record_says_what_the_verdict_says() -> None:
    verdict = Verdict(
        Lane.COMPLAINTS, Priority.URGENT, Kind.COMPLAINT, Severity.SAFETY,
        complaint=0.98765, negative=0.2, positive=0.1, hostile=0.5, language="fr",
    )  # fmt: skip
    found = plain(Recorder(SlaPolicy()).record(verdict))

    assert found == {
        "language": "fr", "kind": "complaint", "tone": "neutral", "severity": "safety", "hostility": "none",
        "themes": [], "lane": "complaints", "priority": "urgent", "answer_by_minutes": 15,
        "scores": {"complaint": 0.9877, "negative": 0.2, "neutral": 0.7, "positive": 0.1, "hostile": 0.5},
        "reasons": [], "reason_codes": [],
    }  # fmt: skip
