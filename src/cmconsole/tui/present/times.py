"""Moments and lengths of time, as short as each place on the screen needs them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from cmconsole.config.language import _
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND, Instant, Millis

MINUS = "\N{MINUS SIGN}"
"""The sign of a time that is over; as wide as a digit and, unlike the hyphen, never a dash."""

_DAYS_LIMIT = 99


def to_answer(left: Millis) -> str:
    """Return the time left to answer in at most five cells: `8m`, `119m`, `47h`, `3d`; `−4m` when overdue.

    Minutes under two hours, hours under two days, then days. Rounded down, so that it never promises time
    that
    is not there: ten seconds late is already `−1m`.
    """
    size = abs(left)
    if size < 2 * HOUR:
        return _unit(left, MINUTE, _("{n}m"))
    if size < 2 * DAY:
        return _unit(left, HOUR, _("{n}h"))
    return _unit(left, DAY, _("{n}d"))


def _unit(left: Millis, unit: Millis, pattern: str) -> str:
    number = left // unit
    sign = MINUS if number < 0 else ""
    return sign + pattern.format(n=min(abs(number), _DAYS_LIMIT if unit == DAY else abs(number)))


def span(length: Millis) -> str:
    """Return a length of time in words: `45 s`, `14 min`, `2 h 14`, `3 d`; without its sign."""
    size = abs(length)
    if size < MINUTE:
        return _("{n} s").format(n=size // SECOND)
    if size < HOUR:
        return _("{n} min").format(n=size // MINUTE)
    if size < 2 * DAY:
        return _("{h} h {m:02}").format(h=size // HOUR, m=size % HOUR // MINUTE)
    return _("{n} d").format(n=size // DAY)


def short_span(length: Millis) -> str:
    """Return a length of time in few cells: `14min`, `2h14`."""
    size = abs(length)
    if size < HOUR:
        return _("{n}min").format(n=size // MINUTE)
    return _("{h}h{m:02}").format(h=size // HOUR, m=size % HOUR // MINUTE)


def local(at: Instant, zone: tzinfo) -> datetime:
    """Return the moment as people at the desk read it."""
    return datetime.fromtimestamp(at / SECOND, zone)


def clock(at: Instant, now: Instant, zone: tzinfo) -> str:
    """Return the local time of a moment, with its date where that is not today: `14:17`, `12 Mar 14:17`."""
    moment = local(at, zone)
    if moment.date() == local(now, zone).date():
        return f"{moment:%H:%M}"
    months = _("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
    day = _("{day} {month}").format(day=moment.day, month=months[moment.month - 1])
    return f"{day} {moment:%H:%M}"
