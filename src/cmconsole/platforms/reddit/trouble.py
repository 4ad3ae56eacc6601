"""What a Failure means, in words: for who reads, and for who publishes."""

from __future__ import annotations

import re
from typing import Final

from cmconsole.core.errors import (
    N_,
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    SourceError,
    SourceRefusedError,
    UnclearError,
)
from cmconsole.core.text import one_line
from cmconsole.platforms.reddit.wire import Failure, Stage, Trouble

_HOST: Final = "Reddit"
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
_REDIRECTS: Final = range(300, 400)
_REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 405, 410, 411, 413, 414, 415, 422, 431, 451})
"""Statuses after which nothing was done, surely, and which come again whatever is waited (RFC 9110, 15.5)."""

_LOGIN_ADVICE: Final = N_(
    "Look on https://www.reddit.com/prefs/apps whether the app is still there, then run"
    " `cmconsole accounts add` again: it asks for the client id, the secret and a new token. With user name"
    " and password the app must be a script of that very account, without two-factor login."
)
_SCOPE_ADVICE: Final = N_(
    "Run `cmconsole accounts add` again and allow all of these scopes: identity read submit edit history"
    " privatemessages report modposts."
)
"""Reddit's own list of scopes is https://www.reddit.com/api/v1/scopes."""

_BLOCK_ADVICE: Final = N_(
    "Look on https://www.reddit.com/prefs/apps whether the app is approved; the address of a VPN or a data"
    " centre may be blocked, too."
)
_SLOW_DOWN: Final = N_("{host} asks us to slow down (429).")
_LIST_ADVICE: Final = N_("Take it out of this source's settings, or have the account let in there.")

_REASONS: Final = {
    "private": N_("{subject} is private."),
    "gold_only": N_("{subject} is for Reddit Premium only."),
    "quarantined": N_("{subject} is quarantined."),
    "banned": N_("{subject} was banned by Reddit."),
    "employees_only": N_("{subject} is closed."),
}
"""The `reason` in the body of a 403 or 404 (praw's documentation of exceptions, and reddit's r2 source)."""

_UNCLEAR: Final = {
    Trouble.LATE: N_("Reddit did not answer in time: it may have done it or not."),
    Trouble.BROKEN: N_("The connection with Reddit broke: it may have done it or not."),
    Trouble.GARBLED: N_("Reddit's answer cannot be read: it may have done it or not."),
}
_BREAK = re.compile(r"(\d{1,6})\s*(milli|min|se[ckg]|hour|heure|stunde|hora)", re.IGNORECASE)
"""A length of time in a sentence of Reddit's, which is in the language of the account."""

_UNITS: Final = {"milli": 0.001, "min": 60.0, "sec": 1.0, "sek": 1.0, "seg": 1.0}
_HOUR: Final = 3600.0

_WORDS: Final = {
    "THREAD_LOCKED": (N_("The thread is locked."), N_("Only its moderators can still answer there.")),
    "DELETED_COMMENT": (N_("The comment was deleted."), N_("Answer another one, or leave it.")),
    "DELETED_LINK": (N_("The post was deleted."), N_("There is nothing left to answer.")),
    "TOO_OLD": (N_("The thread is archived."), N_("Nobody can answer there any more.")),
    "TOO_LONG": (N_("The reply is too long for this community."), N_("Shorten it.")),
    "NO_TEXT": (N_("The reply is empty."), N_("Write something.")),
    "SUBREDDIT_NOTALLOWED": (N_("The account may not write in this community."), ""),
    "SUBREDDIT_NOEXIST": (N_("The community does not exist any more."), ""),
    "USER_BLOCKED": (N_("The author and the account have blocked each other."), N_("Another account may.")),
    "USER_REQUIRED": (N_("Reddit does not know who we are."), N_("Check the account's token.")),
    "USER_MUTED": (N_("The account is muted in this community."), N_("Write to its moderators.")),
    "BANNED_FROM_SUBREDDIT": (
        N_("The account is banned from this community."),
        N_("Write to its moderators."),
    ),
}
"""Words of Reddit's `json.errors` and of `reason` in a 4xx, as in r2/lib/errors.py of its open source."""

_BROKEN: Final = "SOMETHING_IS_BROKEN"
"""The one word that is no refusal but a fault on Reddit's side."""


def source_error(failure: Failure, subject: str = "") -> SourceError:
    """Return what a failed reading means. subject: what was read (`r/acme`), or empty."""
    match failure.trouble:
        case Trouble.UNSENT:
            return SourceError(N_("{host} cannot be reached."), host=_HOST)
        case Trouble.LATE:
            return SourceError(N_("{host} did not answer in time."), host=_HOST)
        case Trouble.BROKEN:
            return SourceError(N_("The connection with {host} broke."), host=_HOST)
        case Trouble.GARBLED:
            return SourceError(N_("Reddit answers with something that is not its data."))
        case Trouble.LIMIT:
            return SourceError(
                N_(
                    "Reddit's limit for this app is nearly used up: reading waits, so that replies can leave."
                ),
                retry_after=failure.pause,
            )
        case Trouble.STATUS:
            return _source_status(failure, subject)


def publish_error(failure: Failure) -> PublishError:
    """Return what a failed write means: surely not done, refused, or unclear."""
    if failure.trouble is Trouble.LIMIT:
        return NotPublishedError(N_("Reddit's limit for this app is used up."), retry_after=failure.pause)
    if failure.trouble is Trouble.UNSENT or failure.stage is Stage.TOKEN:
        return hindered(source_error(failure))
    if failure.trouble is not Trouble.STATUS:
        return UnclearError(_UNCLEAR[failure.trouble])
    return _publish_status(failure)


def hindered(error: SourceError) -> NotPublishedError:
    """Return the error of a write that was never sent, in the words of what hindered it."""
    kind = PublishRefusedError if isinstance(error, SourceRefusedError) else NotPublishedError
    return kind(error.template, advice=error.advice, retry_after=error.retry_after, **error.facts)


def run_out() -> NotPublishedError:
    """Return the error of a write whose access token had run out, once there is a new one."""
    return NotPublishedError(
        N_("Reddit's access token had run out; there is a new one now."), retry_after=1.0
    )


def told_errors(answer: object) -> PublishError | None:
    """Return the error inside an answer that came with 200 (`json.errors`), None where there is none."""
    inside = answer.get("json") if isinstance(answer, dict) else None
    errors = inside.get("errors") if isinstance(inside, dict) else None
    if not isinstance(inside, dict) or not isinstance(errors, list) or not errors:
        return None
    first = errors[0] if isinstance(errors[0], list) else [errors[0]]
    word, said = _said(first[0] if first else ""), _said(first[1] if len(first) > 1 else "")
    if word.upper() == "RATELIMIT":
        return NotPublishedError(
            N_("Reddit wants this account to take a break."),
            retry_after=_break(inside.get("ratelimit"), said),
        )
    if word.upper() == _BROKEN:
        return UnclearError(_UNCLEAR[Trouble.GARBLED])
    return refusal(word, said)


def refusal(word: str, said: str) -> PublishRefusedError:
    """Return what one of Reddit's words of refusal means; `said` is its own sentence, for words not known."""
    known = _WORDS.get(word.upper())
    if known is not None:
        return PublishRefusedError(known[0], advice=known[1])
    shown = (said or _said(word)).rstrip(". ") or "—"
    return PublishRefusedError(N_("Reddit refuses it ({word}): {said}."), word=_said(word), said=shown)


def _publish_status(failure: Failure) -> PublishError:
    status, told = failure.status, failure.told()
    if status == _TOO_MANY:
        return NotPublishedError(_SLOW_DOWN, retry_after=failure.pause, host=_HOST)
    if status not in _REFUSALS:
        return UnclearError(
            N_("Reddit answers with an error ({status}): it may have done it or not."),
            retry_after=failure.pause,
            status=status,
        )
    reason = told.get("reason")
    if isinstance(reason, str) and reason.upper() in _WORDS:
        return refusal(reason, "")
    if (denied := _denied(failure)) is not None:
        return PublishRefusedError(denied[0], advice=denied[1], status=status)
    return PublishRefusedError(
        N_("Reddit refuses it ({word}): {said}."),
        advice=N_("Look at the thread: it may be locked, archived or private, or the account banned there."),
        word=status,
        said=_said(told.get("explanation") or reason or told.get("message")).rstrip(". ") or "—",
    )


def _source_status(failure: Failure, subject: str) -> SourceError:
    status = failure.status
    if status == _TOO_MANY:
        return SourceError(_SLOW_DOWN, retry_after=failure.pause, host=_HOST)
    if failure.stage is Stage.TOKEN and status in _REFUSALS:
        return SourceRefusedError(
            N_("Reddit does not accept the app's login ({error})."),
            advice=_LOGIN_ADVICE,
            error=_said(failure.error or str(status)),
        )
    if (denied := _denied(failure)) is not None:
        return SourceRefusedError(denied[0], advice=denied[1], status=status)
    if subject and (closed := _closed(failure)) is not None:
        return SourceRefusedError(closed, advice=_LIST_ADVICE, subject=subject)
    if status == _FORBIDDEN:
        return SourceRefusedError(N_("Reddit blocks us (403)."), advice=_BLOCK_ADVICE)
    return SourceError(
        N_("{host} answers with an error ({status})."),
        retry_after=failure.pause,
        host=_HOST,
        status=status,
    )


def _denied(failure: Failure) -> tuple[str, str] | None:
    """Return message and advice where the token is not taken, or not allowed to do this."""
    challenge = failure.headers.get("www-authenticate", "")
    if "insufficient_scope" in challenge:
        return N_("The token is not allowed to do this ({status})."), _SCOPE_ADVICE
    if failure.status == _UNAUTHORIZED:
        return N_("Reddit does not accept the account's token ({status})."), _LOGIN_ADVICE
    return None


def _closed(failure: Failure) -> str | None:
    """Return what a community is that does not let us look; one that is not there leads to a search."""
    reason = failure.told().get("reason")
    if failure.status in {_FORBIDDEN, _NOT_FOUND} and isinstance(reason, str) and reason in _REASONS:
        return _REASONS[reason]
    if failure.status == _FORBIDDEN and failure.told():
        return N_("Reddit does not let the account read {subject} (403).")
    searched = failure.status in _REDIRECTS and "search" in failure.headers.get("location", "")
    return N_("There is no {subject} on Reddit.") if searched or failure.status == _NOT_FOUND else None


def _break(number: object, said: str) -> float:
    """Return the seconds of a break: the exact number where it is told, else what its sentence says.

    "Looks like you've been doing that a lot. Take a break for 9 minutes before trying again."
    """
    if isinstance(number, (int, float)) and not isinstance(number, bool) and number > 0:
        return max(1.0, float(number))
    found = _BREAK.search(said)
    return max(1.0, int(found[1]) * _UNITS.get(found[2].lower(), _HOUR)) if found else 60.0


def _said(text: object) -> str:
    """Return words of Reddit's as they may be shown."""
    return one_line(text, 200) if isinstance(text, str) else ""
