"""The wall clock does not tremble backwards, and follows whoever sets it; time zones know summer time."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from cmconsole.config.clock import JITTER, SystemClock, timezone
from cmconsole.core.errors import SettingsError


class Wall:
    """The system's time, at hand to be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ms = 1_750_000_000_000
        monkeypatch.setattr(time, "time_ns", lambda: self.ms * 1_000_000)


def test_it_tells_the_time() -> None:
    assert abs(SystemClock().now() - time.time() * 1000) < 60_000


def test_small_steps_back_are_held_and_large_ones_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    wall, clock = Wall(monkeypatch), SystemClock()
    start = clock.now()

    wall.ms = start - JITTER
    held = clock.now()
    wall.ms = start + 5
    on = clock.now()
    wall.ms = start - JITTER - 1
    back = clock.now()

    assert [held, on, back] == [start, start + 5, start - JITTER - 1]


def test_a_named_zone_knows_summer_time() -> None:
    paris = timezone("Europe/Paris")

    assert datetime(2026, 7, 1, tzinfo=paris).utcoffset() == timedelta(hours=2)
    assert datetime(2026, 1, 1, tzinfo=paris).utcoffset() == timedelta(hours=1)


def test_an_empty_name_is_the_system_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Montreal")

    assert datetime(2026, 7, 1, tzinfo=timezone()).utcoffset() == timedelta(hours=-4)


@pytest.mark.parametrize("tz", ["", "Nowhere/At_All"])
def test_a_system_that_does_not_say_still_has_a_zone(tz: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", tz)

    assert datetime.now(UTC).astimezone(timezone()).utcoffset() is not None


@pytest.mark.parametrize("name", ["Mars", "../etc/passwd", "/etc/passwd", "\0"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="No time zone"):
        timezone(name)
