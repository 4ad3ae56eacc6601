"""Judging lines in one process and in several: the same verdicts, in the same order."""

import gc
import json
import os
from collections.abc import Iterator

import pytest

from cmconsole.cli import triage_judging
from cmconsole.cli.triage_judging import WORTH_IT, LineJudge, judged
from cmconsole.cli.triage_lines import LineReader
from cmconsole.core.conversation import UNDECIDED, Decided
from cmconsole.core.mention import Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Kind, Lane, Priority, Reason, Severity, Verdict

TEXTS = [f"text {number}" for number in range(40)]


class Judge:
    """Says of every mention what its text is, and which process said so."""

    def judge(self, mention: Mention, *, vip: bool = False, decided: Decided = UNDECIDED) -> Verdict:
        reasons = (Reason(mention.text), Reason(f"pid {os.getpid()}"))
        return Verdict(Lane.OTHERS, Priority.LOW, Kind.NEUTRAL, reasons=reasons)

    def teach(self, text: str, *, kind: Kind | None = None, severity: Severity | None = None) -> None:
        raise NotImplementedError

    def remember(self, state: str) -> None:
        raise NotImplementedError

    def remembered(self) -> str:
        raise NotImplementedError

    def fingerprint(self) -> str:
        raise NotImplementedError


@pytest.fixture
def collecting() -> Iterator[None]:
    """Give the collector back as it was: a command ends with its process, a test does not."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def said(size: int) -> tuple[list[str], set[str], int]:
    """Return what was said of the texts and of two lines without text, by whom, and how many failed."""
    lines = [json.dumps({"text": text}).encode() for text in TEXTS]
    batches = [lines[:3], [b"{}"], lines[3:20], lines[20:], [b"[]"]]
    found = list(judged(batches, LineJudge(Judge(), SlaPolicy(), LineReader("x", "x")), size))
    records = [json.loads(line) for one in found for line in one.lines.splitlines()]
    told = [one["reason_codes"][0] if "reason_codes" in one else f"error {one['line']}" for one in records]
    by = {one["reason_codes"][1] for one in records if "reason_codes" in one}
    return told, by, sum(one.unread for one in found)


@pytest.mark.usefixtures("collecting")
@pytest.mark.parametrize("size", [0, WORTH_IT])
def test_verdicts_come_in_the_order_of_the_lines(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(triage_judging, "_may_fork", lambda: True)

    told, by, failed = said(size)

    assert told == [*TEXTS[:3], "error 4", *TEXTS[3:], "error 42"]
    assert failed == 2
    assert (f"pid {os.getpid()}" in by) is (size == 0)


@pytest.mark.usefixtures("collecting")
def test_where_forking_is_unsafe_one_process_judges_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(triage_judging, "_may_fork", lambda: False)

    assert said(WORTH_IT)[1] == {f"pid {os.getpid()}"}


@pytest.mark.usefixtures("collecting")
def test_where_there_are_no_semaphores_one_process_judges_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*arguments: object, **how: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(triage_judging, "_may_fork", lambda: True)
    monkeypatch.setattr(triage_judging, "ProcessPoolExecutor", none)

    assert said(WORTH_IT)[1] == {f"pid {os.getpid()}"}
