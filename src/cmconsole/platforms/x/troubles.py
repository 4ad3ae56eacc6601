"""What can go wrong with a request to X, told apart by what it means, and put into words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Final

import requests
import tweepy
import urllib3.exceptions as urllib3_errors

from cmconsole.core.clock import MINUTE, SECOND, Instant
from cmconsole.core.errors import (
    N_,
    BudgetSpentError,
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    SourceError,
    SourceRefusedError,
    UnclearError,
)
from cmconsole.core.text import one_line
from cmconsole.platforms.x.prices import until_next_month
from cmconsole.platforms.x.wire import Head

WINDOW: Final = 15 * 60.0
"""Seconds in which X counts requests: no ordinary limit lasts longer."""

_DAY: Final = 24 * 3600.0
_CAPPED: Final = "/usage-capped"
"""X's word for an app that has read all the posts a month grants: no window, the month has to end."""

_SLACK: Final = 60.0
_SHOWN: Final = 200
_CLOCK_LIMIT: Final = 3 * MINUTE
"""Beyond this X refuses what OAuth 1.0a signed; its own limit is some five minutes."""


class Trouble(Enum):
    """What is known of a request that failed."""

    UNSENT = auto()
    """It never left: nothing can have happened."""
    TIMEOUT = auto()
    """It left, and no answer came in time."""
    BROKEN = auto()
    """It left, and the connection broke."""
    UNREADABLE = auto()
    """It succeeded, and what was answered cannot be read."""
    ANSWERED = auto()
    """X said no, or that it cannot."""


@dataclass
class TroubleError(Exception):
    """A request failed. words, type: what X says of it; pause: the seconds it asks for, to the second.

    clock_off: the milliseconds our clock is ahead of X's, where its answer tells.
    """

    trouble: Trouble
    status: int = 0
    words: str = ""
    type: str = ""
    pause: float | None = None
    clock_off: int = 0


def diagnosed(error: Exception, head: Head | None, now: Instant) -> TroubleError:
    """Return what an exception of tweepy, requests or urllib3 means; `head`: of the answer, if one came."""
    if head is None:
        return TroubleError(_without_answer(error))
    if 200 <= head.status < 300:  # noqa: PLR2004 - what HTTP calls successful
        slow = isinstance(error, (TimeoutError, urllib3_errors.TimeoutError, requests.Timeout))
        return TroubleError(Trouble.TIMEOUT if slow else Trouble.UNREADABLE, head.status)
    words, kind = _said(error)
    pause = until_next_month(now) if kind.endswith(_CAPPED) else pause_asked(head, now)
    return TroubleError(Trouble.ANSWERED, head.status, words, kind, pause, clock_off(head, now))


def pause_asked(head: Head, now: Instant) -> float | None:
    """Return the seconds until the limit that was met is lifted, or None where X does not say.

    `x-rate-limit-reset` is in seconds since 1970; where our clock makes nonsense of it, X's own `Date` tells
    how long that is. A day's limit has headers of its own.

    https://docs.x.com/x-api/fundamentals/rate-limits
    """
    headers = head.headers
    for scope in ("user", "app"):
        if headers.get(f"x-{scope}-limit-24hour-remaining", "").strip() == "0":
            return _until(headers.get(f"x-{scope}-limit-24hour-reset", ""), head, now, _DAY)
    return _until(headers.get("x-rate-limit-reset", ""), head, now, WINDOW)


def clock_off(head: Head, now: Instant) -> int:
    """Return the milliseconds our clock is ahead of X's by the answer's `Date`, 0 where it has none."""
    date = _date(head)
    return 0 if date is None else now - date


def source_error(error: TroubleError) -> SourceError:
    """Return a failed question in words."""
    match error.trouble:
        case Trouble.UNSENT:
            return SourceError(N_("X cannot be reached."))
        case Trouble.TIMEOUT:
            return SourceError(N_("X did not answer in time."))
        case Trouble.BROKEN:
            return SourceError(N_("The connection with X broke."))
        case Trouble.UNREADABLE:
            return SourceError(N_("X answers with something that is not its data."))
        case Trouble.ANSWERED:
            return _refused_question(error)


def publish_error(error: TroubleError) -> PublishError:
    """Return a failed attempt to publish in words: surely nothing, refused, or unclear."""
    status = error.status
    match error.trouble:
        case Trouble.UNSENT:
            return NotPublishedError(N_("X cannot be reached: nothing was done."))
        case Trouble.TIMEOUT | Trouble.BROKEN:
            return UnclearError(N_("X gave no answer: it may have been done or not."))
        case Trouble.UNREADABLE:
            return unreadable()
        case Trouble.ANSWERED if status == requests.codes.too_many_requests:
            return NotPublishedError(
                N_("X asks us to slow down (429): nothing was done."), retry_after=error.pause
            )
        case Trouble.ANSWERED if 400 <= status < 500 and status != requests.codes.request_timeout:  # noqa: PLR2004
            return _refused_reply(error)
        case Trouble.ANSWERED:
            return UnclearError(
                N_("X answers with an error ({status}): it may have been done or not."), status=status
            )


def unreadable() -> UnclearError:
    """Return the error for an answer to something we did that cannot be read."""
    return UnclearError(N_("X answers with something that is not its data: it may have been done or not."))


def _refused_question(error: TroubleError) -> SourceError:
    status = error.status
    if error.type.endswith(_CAPPED):
        return BudgetSpentError(
            N_("This app has read all the posts X grants it in a month."),
            advice=N_("Reading goes on when the month is over; X sells larger plans."),
            retry_after=error.pause,
        )
    if status == requests.codes.too_many_requests:
        return SourceError(N_("X asks us to slow down (429)."), retry_after=error.pause)
    if status in {401, 402, 403}:
        message, advice = _access(error)
        return SourceRefusedError(message, advice=advice, words=error.words or "–", minutes=_minutes(error))
    if status == requests.codes.not_found:
        return SourceRefusedError(
            N_("X does not know this account or post (404)."), advice=N_("Check the account's handle.")
        )
    if status == requests.codes.bad_request:
        return SourceRefusedError(
            N_("X does not understand what it is asked (400): {words}"),
            advice=N_("Check the keywords of this source."),
            words=error.words or "–",
        )
    return SourceError(N_("X answers with an error ({status})."), status=status, retry_after=error.pause)


def _refused_reply(error: TroubleError) -> PublishRefusedError:
    status, words = error.status, error.words
    folded = words.lower()
    if status == requests.codes.forbidden and "duplicate" in folded:
        return PublishRefusedError(
            N_("X refuses this as a duplicate: the account has published the same text already (403)."),
            advice=N_("Look whether it is there; if it is not, change a word."),
        )
    if status == requests.codes.forbidden and "not allowed" in folded and "reply" in folded:
        return PublishRefusedError(
            N_("X does not let us answer here: the author neither mentioned nor quoted us (403)."),
            advice=N_("Answer from x.com by hand, or quote the post."),
        )
    if status in {401, 402} or (status == requests.codes.forbidden and _is_about_access(error)):
        message, advice = _access(error)
        return PublishRefusedError(message, advice=advice, words=error.words or "–", minutes=_minutes(error))
    if status == requests.codes.not_found or "deleted or not visible" in folded:
        return PublishRefusedError(
            N_("The post is no longer there, or not for us to see ({status})."), status=status
        )
    return PublishRefusedError(N_("X refuses this ({status}): {words}"), status=status, words=words or "–")


def _access(error: TroubleError) -> tuple[str, str]:
    """Return message and advice for an answer that is about who we are."""
    if error.status == requests.codes.unauthorized and abs(error.clock_off) > _CLOCK_LIMIT:
        return (
            N_("X refuses what this computer signs: its clock is {minutes} minutes off (401)."),
            N_("Set the clock, or let the system do it (timedatectl set-ntp true)."),
        )
    if error.status == requests.codes.unauthorized:
        return (
            N_("X does not accept the account's keys (401)."),
            N_(
                "On console.x.com, open the app, then Keys and tokens: regenerate the consumer keys and the"
                " access token, and give all four to `cmconsole accounts add`."
            ),
        )
    if error.status == requests.codes.payment_required:
        return (
            N_("X wants to be paid first: the app's credits are used up (402)."),
            N_("Buy credits on console.x.com under Billing, or switch on auto-recharge there."),
        )
    return (
        N_("X does not let this app do that (403): {words}"),
        N_(
            "On console.x.com, open the app, then User authentication settings: choose Read and write, save,"
            " and regenerate the access token, for an older one keeps its rights."
        ),
    )


def _minutes(error: TroubleError) -> int:
    """Return by how many minutes our clock is off."""
    return round(abs(error.clock_off) / MINUTE)


def _is_about_access(error: TroubleError) -> bool:
    """Say whether a 403 is about what the app may do, not about the post."""
    return "permissions" in error.type or "client-" in error.type or "permissions" in error.words.lower()


def _without_answer(error: Exception) -> Trouble:
    causes = list(_causes(error))
    if any(isinstance(cause, _BEFORE_SENDING) for cause in causes):
        return Trouble.UNSENT
    if any(isinstance(cause, (requests.Timeout, urllib3_errors.TimeoutError)) for cause in causes):
        return Trouble.TIMEOUT
    return Trouble.BROKEN


_BEFORE_SENDING: Final[tuple[type[BaseException], ...]] = (
    # A name that is not found is a NewConnectionError, and that, until urllib3 3, a ConnectTimeoutError.
    urllib3_errors.NewConnectionError,
    urllib3_errors.ConnectTimeoutError,
    urllib3_errors.ProxyError,
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps: urllib3 keeps the reason aside, requests hands it on as argument."""
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        pending += [cause for cause in inner if isinstance(cause, BaseException)]


def _said(error: Exception) -> tuple[str, str]:
    """Return what X says of its refusal, as one safe line, and its word for the kind of problem."""
    if not isinstance(error, tweepy.HTTPException):
        return "", ""
    try:
        body = error.response.json()
    except ValueError:
        body = None
    kind = body.get("type") if isinstance(body, dict) else None
    detail = body.get("detail") if isinstance(body, dict) else None
    said = [detail, *error.api_messages]
    words = next((word for word in said if isinstance(word, str) and word), "")
    return one_line(words, _SHOWN), kind if isinstance(kind, str) else ""


def _until(value: str, head: Head, now: Instant, longest: float) -> float | None:
    """Return the seconds until a moment X names, by our clock or, where that is nonsense, by X's."""
    text = value.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    reset = int(text[:12]) * SECOND
    clocks = [now, *([date] if (date := _date(head)) is not None else [])]
    pauses = [(reset - clock) / SECOND for clock in clocks]
    likely = [pause for pause in pauses if 0 < pause <= longest + _SLACK]
    return max(1.0, likely[0] if likely else min(pauses[0], longest))


def _date(head: Head) -> Instant | None:
    try:
        return round(parsedate_to_datetime(head.headers.get("date", "")).timestamp()) * SECOND
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def remaining(head: Head) -> int | None:
    """Return how many requests X still grants in this window, None where it does not say."""
    text = head.headers.get("x-rate-limit-remaining", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
