"""Moments in the past as people write them: how long ago, a time of day, a day."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cmconsole.core.errors import InputError
from cmconsole.desk import when

PARIS = ZoneInfo("Europe/Paris")
NOW = when.instant(datetime(2026, 3, 2, 15, 30, tzinfo=PARIS))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("45m", "2026-03-02T13:45:00Z"),
        ("2h", "2026-03-02T12:30:00Z"),
        ("1h30", "2026-03-02T13:00:00Z"),
        ("3d", "2026-02-27T14:30:00Z"),
        ("3 jours", "2026-02-27T14:30:00Z"),
        ("14:00", "2026-03-02T13:00:00Z"),
        ("14h30", "2026-03-02T13:30:00Z"),
        ("15:30", "2026-03-02T14:30:00Z"),
        ("18:00", "2026-03-01T17:00:00Z"),
        ("today", "2026-03-01T23:00:00Z"),
        ("aujourd’hui", "2026-03-01T23:00:00Z"),
        ("Hier", "2026-02-28T23:00:00Z"),
        ("2026-02-20", "2026-02-19T23:00:00Z"),
        ("2026-02-20 14:30", "2026-02-20T13:30:00Z"),
        ("2026-02-20T14:30:00Z", "2026-02-20T14:30:00Z"),
    ],
)
def test_it_is_read_as_it_is_meant(said: str, meant: str) -> None:
    assert when.iso(when.past(said, NOW, PARIS)) == meant


@pytest.mark.parametrize("said", ["", "soon", "tomorrow", "2026-03-03", "99999d99999999", "2026-13-01"])
def test_what_is_no_moment_in_the_past_is_refused(said: str) -> None:
    with pytest.raises(InputError):
        when.past(said, NOW, UTC)
