"""Moments as people write them and read them: "45m", "18:30", "demain 10:00", in their own time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND, Instant, Millis
from cmconsole.core.errors import InputError
from cmconsole.core.text import clip, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

MORNING = time(9)
"""When a day named without an hour begins: the start of office hours, as in the snooze choices."""

FARTHEST: Millis = 366 * DAY
"""A moment further away than this is taken for a slip of the keys."""

_HOURS_AS_TIME = range(8, 24)
"""Hours that "18h30" reads as a time of day, as French writes it; "1h30" is a length of time."""

_DAYS = {
    "today": 0, "aujourd'hui": 0, "tomorrow": 1, "demain": 1, "apres-demain": 2,
}  # fmt: skip
_PAST_DAYS = {"today": 0, "aujourd'hui": 0, "yesterday": 1, "hier": 1}
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        ("monday mon lundi lun", "tuesday tue mardi mar", "wednesday wed mercredi mer",
         "thursday thu jeudi jeu", "friday fri vendredi ven", "saturday sat samedi sam",
         "sunday sun dimanche dim")
    )
    for word in words.split()
}  # fmt: skip
_LENGTH = re.compile(
    r"(?:(?:in|dans) )?"
    r"(?=\d)(?:(?P<days>\d{1,3}) ?(?:d|j|days?|jours?))? ?"
    r"(?:(?P<hours>\d{1,3}) ?(?:h|hours?|heures?))? ?"
    r"(?:(?P<minutes>\d{1,4}) ?(?:m|mn|min|minutes?)?)?"
)
_CLOCK = re.compile(r"(?:(?:at|a) )?(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d{2})| ?h)? ?(?P<half>[ap]m)?")
_DAY_WORD = re.compile(r"(?P<day>[a-z][a-z'-]*)(?: (?P<rest>.+))?")


def instant(moment: datetime) -> Instant:
    """Return an aware datetime as an instant."""
    return round(moment.timestamp() * SECOND)


def local(at: Instant, zone: tzinfo) -> datetime:
    """Return an instant as the person's local date and time."""
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(zone)


def iso(at: Instant) -> str:
    """Return an instant as ISO 8601 in UTC, to the second: `2026-03-02T14:32:00Z`."""
    return datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(at: Instant, now: Instant, zone: tzinfo) -> str:
    """Return an instant as `14:32` when it is today for the reader, else as `2026-03-02 14:32`."""
    moment = local(at, zone)
    return moment.strftime("%H:%M" if moment.date() == local(now, zone).date() else "%Y-%m-%d %H:%M")


def wall(day: date, clock: time, zone: tzinfo) -> Instant:
    """Return when a clock on the wall shows that time on that day.

    An hour that a change to summer time leaves out counts as the same time an hour later; of one that comes
    twice it is the first.
    """
    return instant(datetime.combine(day, clock, zone))


def tomorrow(now: Instant, zone: tzinfo) -> Instant:
    """Return MORNING of the next day."""
    return wall(local(now, zone).date() + timedelta(days=1), MORNING, zone)


def parse(text: str, now: Instant, zone: tzinfo) -> Instant:
    """Return the moment a person means, always after `now`; raises InputError.

    Lengths: `45m`, `2h`, `1h30`, `3d`. Times of day, today or else tomorrow: `18:30`, `18h30`, `6:30pm`.
    Days: `tomorrow`, `demain 10:00`, `friday 14:00`. Dates: `2026-03-02`, `2026-03-02 14:30`, ISO 8601 with
    an offset.
    """
    said = " ".join(fold(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    try:
        meant = next((at for at in _readings(said, text.strip(), now, zone) if at is not None), None)
    except (ValueError, OverflowError):
        meant = None
    if meant is None:
        raise InputError(
            _("“{text}” is not a time that is understood.").format(text=clip(text.strip(), 40)),
            advice=_("Write 45m, 2h, 18:30, tomorrow 10:00 or 2026-03-02 14:30."),
        )
    if meant <= now:
        raise InputError(_("This time is in the past."), advice=_("Choose a later time."))
    if meant - now > FARTHEST:
        raise InputError(_("This time is more than a year away."), advice=_("Choose an earlier time."))
    return meant


def past(text: str, now: Instant, zone: tzinfo) -> Instant:
    """Return the moment in the past a person means, never after `now`; raises InputError.

    Lengths, that long ago: `45m`, `2h`, `3d`. Times of day, the latest: `14:00`, `14h30`. Days and dates,
    from their first moment on: `today`, `yesterday`, `hier`, `2026-03-02`, `2026-03-02 14:30`, ISO 8601.
    """
    said = " ".join(fold(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    try:
        meant = next((at for at in _past_readings(said, text.strip(), now, zone) if at is not None), None)
    except (ValueError, OverflowError):
        meant = None
    if meant is None:
        raise InputError(
            _("“{text}” is not a time that is understood.").format(text=clip(text.strip(), 40)),
            advice=_("Write 45m, 2h, 3d, 14:00, yesterday or 2026-03-02."),
        )
    if meant > now:
        raise InputError(_("This time is yet to come."), advice=_("Choose an earlier time."))
    return meant


def _past_readings(said: str, exact: str, now: Instant, zone: tzinfo) -> Iterator[Instant | None]:
    today = local(now, zone).date()
    ahead = _clock_today(said, now, zone)
    if ahead is not None:
        clock = local(ahead, zone).time()
        turns = (wall(day, clock, zone) for day in (today, today - timedelta(days=1)))
        yield next(at for at in turns if at <= now)
    length = _length(said, now, zone)
    yield None if length is None else now - (length - now)
    if said in _PAST_DAYS:
        yield wall(today - timedelta(days=_PAST_DAYS[said]), time(), zone)
    moment = datetime.fromisoformat(exact)
    yield instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _readings(said: str, exact: str, now: Instant, zone: tzinfo) -> Iterator[Instant | None]:
    yield _clock_today(said, now, zone)
    yield _length(said, now, zone)
    yield _named_day(said, now, zone)
    yield _date(exact, zone)


def _length(said: str, now: Instant, zone: tzinfo) -> Instant | None:
    found = _LENGTH.fullmatch(said)
    if not found or said.isdigit():
        return None
    days, hours, minutes = (int(found[part] or 0) for part in ("days", "hours", "minutes"))
    if not days:
        return now + hours * HOUR + minutes * MINUTE
    moment = local(now, zone)
    same_time = wall(moment.date() + timedelta(days=days), moment.time(), zone)
    return same_time + hours * HOUR + minutes * MINUTE


def _time_of_day(said: str) -> time | None:
    found = _CLOCK.fullmatch(said)
    if not found:
        return None
    hour = int(found["hour"])
    if found["half"]:
        if hour not in range(1, 13):
            return None
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    return time(hour, int(found["minute"] or 0))


def _clock_today(said: str, now: Instant, zone: tzinfo) -> Instant | None:
    """Read a time of day: the next time the clock shows it, the second of a repeated hour included."""
    plain = re.fullmatch(r"(\d{1,2})h(\d{2})?", said)
    if said.isdigit() or re.fullmatch(r"\d+ h", said):
        return None
    if plain and (plain[2] is None or int(plain[1]) not in _HOURS_AS_TIME):
        return None
    clock = _time_of_day(said)
    if clock is None:
        return None
    today = local(now, zone).date()
    turns = (
        wall(day, clock.replace(fold=turn), zone)
        for day in (today, today + timedelta(days=1))
        for turn in (0, 1)
    )
    return next((at for at in turns if at > now), None)


def _named_day(said: str, now: Instant, zone: tzinfo) -> Instant | None:
    found = _DAY_WORD.fullmatch(said)
    if not found:
        return None
    today = local(now, zone).date()
    if found["day"] in _DAYS:
        ahead = _DAYS[found["day"]]
    elif found["day"] in _WEEKDAYS:
        ahead = (_WEEKDAYS[found["day"]] - today.weekday() - 1) % 7 + 1
    else:
        return None
    clock = _time_of_day(found["rest"]) if found["rest"] else MORNING
    return None if clock is None else wall(today + timedelta(days=ahead), clock, zone)


def _date(exact: str, zone: tzinfo) -> Instant | None:
    moment = datetime.fromisoformat(exact)
    if len(exact) <= len("2026-03-02"):
        moment = datetime.combine(moment.date(), MORNING)
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))
