"""A verdict as one line of JSON: fast, stable keys, reasons as sentences in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from cmconsole.cli.output import json_line
from cmconsole.core.clock import MINUTE
from cmconsole.core.verdict import Hostility, Priority, Reason, Severity
from cmconsole.desk.explain import sentence

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cmconsole.core.sla import SlaPolicy
    from cmconsole.core.verdict import Fact, Verdict

_REMEMBERED: Final = 20_000
"""Most sentences and lists remembered: most lines say again what lines before them said."""

_DIGITS: Final = 4
"""Digits of a score: it means no more."""


class Scores(msgspec.Struct, gc=False):
    """The scores of a verdict, each between 0 and 1; negative, neutral and positive add up to 1."""

    complaint: float
    negative: float
    neutral: float
    positive: float
    hostile: float


class Record(msgspec.Struct, omit_defaults=True, gc=False):
    """A verdict as programs read it; tags, route and silence only where a rule gave them."""

    language: str
    kind: str
    tone: str
    severity: str
    hostility: str
    themes: Raw
    lane: str
    priority: str
    answer_by_minutes: int
    scores: Scores
    reasons: list[Raw]
    reason_codes: list[str]
    tags: Raw | UnsetType = UNSET
    route: Raw | UnsetType = UNSET
    silence: Raw | UnsetType = UNSET


class Unread(msgspec.Struct, gc=False):
    """What stands in the place of a line that holds no text. line: its number, from 1."""

    error: Raw
    line: int


_encoder = msgspec.json.Encoder()


def encoded(records: list[Record | Unread]) -> bytes:
    """Return records as lines of UTF-8 without anything that could steer a terminal."""
    return _encoder.encode_lines(records)


def unread(error: str, line: int) -> Unread:
    """Return what stands for a line that holds no text."""
    return Unread(_safe(error), line)


class Recorder:
    """Makes records of verdicts under one SLA policy."""

    def __init__(self, policy: SlaPolicy) -> None:
        self._minutes = {place: target // MINUTE for place, target in policy.targets.items()}

    def record(self, verdict: Verdict) -> Record:
        """Return the record of a verdict."""
        negative, positive = round(verdict.negative, _DIGITS), round(verdict.positive, _DIGITS)
        reasons = verdict.reasons
        record = Record(
            verdict.language,
            verdict.kind,
            verdict.tone,
            _SEVERITY[verdict.severity],
            _HOSTILITY[verdict.hostility],
            _safe(verdict.themes),
            verdict.lane,
            _PRIORITY[verdict.priority],
            self._minutes[verdict.lane, verdict.priority],
            Scores(
                round(verdict.complaint, _DIGITS),
                negative,
                round(1.0 - negative - positive, _DIGITS),
                positive,
                round(verdict.hostile, _DIGITS),
            ),
            [_told(reason.code, reason.facts) for reason in reasons],
            [reason.code for reason in reasons],
        )
        if verdict.tags:
            record.tags = _safe(verdict.tags)
        if verdict.route:
            record.route = _safe(verdict.route)
        if verdict.silence:
            record.silence = _safe(verdict.silence)
        return record


def plain(record: Record) -> dict[str, Any]:
    """Return a record as an object more keys can be put into."""
    found: dict[str, Any] = msgspec.json.decode(_encoder.encode(record))
    return found


_SEVERITY: Final = {severity: severity.word for severity in Severity}
_HOSTILITY: Final = {hostility: hostility.word for hostility in Hostility}
_PRIORITY: Final = {priority: priority.word for priority in Priority}


@lru_cache(_REMEMBERED)
def _told(code: str, facts: tuple[tuple[str, Fact], ...]) -> Raw:
    # By its parts: the hash of a Reason is computed in Python, that of a tuple is not.
    return Raw(json_line(sentence(Reason(code, facts))).encode())


@lru_cache(_REMEMBERED)
def _safe(value: Hashable) -> Raw:
    """Return text or texts as JSON: what rules and posts say passes the same filter as everything printed."""
    return Raw(json_line(value).encode())
