"""Waits beside a reply: counts its undo window down, takes it back on Ctrl-C, says what came of it."""

from __future__ import annotations

import asyncio
import sys
from typing import IO, TYPE_CHECKING, Final

from cmconsole.cli import reply_words
from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.config.language import _, said
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import CmconsoleError, IllegalMoveError, StoreBusyError
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.core.text import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from cmconsole.cli.reply_seat import EngineBeside
    from cmconsole.core.clock import Instant
    from cmconsole.desk.context import Desk

_POLL: Final = 0.1
"""Seconds between two looks at the reply: each reads one row."""

_LATE: Final = 10 * SECOND
"""After its window a reply leaves within moments; later than this the reason is said."""

_WAITED_FOR: Final = frozenset({ReplyStatus.HOLDING, ReplyStatus.SENDING})

_WELL: Final = frozenset({ReplyStatus.SENT, ReplyStatus.REHEARSED, ReplyStatus.AWAITING})


class Countdown:
    """What is said while a reply is on its way: on a terminal one line written over, else each step once."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_live = self._stream.isatty()
        self._told = ""
        self._shown = False

    def __call__(self, step: str, words: str) -> None:
        """Say where it stands. step: what it is called; said once where lines cannot be written over."""
        if self._is_live:
            if words != self._told:
                self._stream.write(f"\r{visible(words)}\x1b[K")
                self._stream.flush()
                self._told, self._shown = words, True
        elif step != self._told:
            self._told = step
            say(words, file=self._stream)
            self._stream.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False


async def followed(
    desk: Desk,
    reply: Reply,
    engine: EngineBeside,
    *,
    tell: Countdown | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Reply:
    """Return the reply once something came of it. Cancelled (Ctrl-C), it is taken back if that can be.

    At the end of its window a sign of life is given at once: a window that nobody watched to its end does not
    run out. Raises CmconsoleError where no engine can be had; it is taken back then, too.
    """
    from cmconsole.desk import presence  # noqa: PLC0415 - help does without

    tell, watched = tell or Countdown(), 0
    try:
        while reply.status in _WAITED_FOR and not reply.is_stranded:
            tell(*_step(desk, reply))
            await sleep(_POLL)
            try:
                if watched < (reply.hold_until or 0) <= desk.now():
                    await presence.beat(desk)
                    watched = desk.now()
                await engine.look()
                reply = await desk.store.reply(reply.id)
            except StoreBusyError:
                # The same is asked again; what was committed meanwhile is not lost.
                continue
    except (asyncio.CancelledError, CmconsoleError):
        tell.end()
        say(await _taken_back(desk, reply), file=sys.stderr)
        raise
    tell.end()
    return reply


def _step(desk: Desk, reply: Reply) -> tuple[str, str]:
    """Return the name of a step on the way, and its words."""
    now = desk.now()
    if reply.status is ReplyStatus.SENDING:
        return f"sending {reply.part}", _("It is being sent …")
    until = reply.hold_until if reply.hold_until is not None else now
    if reply.attempts:
        words = reply_words.state(reply, now, desk.zone)
        return f"put off {until}", " ".join((f"{words[:1].upper()}{words[1:]}.", reply.error)).rstrip()
    if now - until > _LATE:
        return "late", _(
            "Its window is over, but the engine has not sent it; cmconsole sources tells how the account is."
        )
    if now >= until:
        return "over", _("Its window is over; the engine sends it.")
    return "window", _("Leaves in {n} s as {account}. Ctrl-C takes it back.").format(
        n=reply_words.seconds(until - now), account=reply_words.speaker(reply)
    )


async def _taken_back(desk: Desk, reply: Reply) -> str:
    """Take a reply back and say so, or say what it is too late for."""
    from cmconsole.desk.reply import outbox  # noqa: PLC0415 - help does without

    try:
        back = await outbox.take_back(desk, reply.id)
    except IllegalMoveError:
        return _("Too late to take it back. What becomes of it: cmconsole outbox --all")
    except CmconsoleError as error:
        return _("It could not be taken back: {reason} Look at it: cmconsole outbox").format(
            reason=said(error)
        )
    if back.status is ReplyStatus.FAILED:
        return _("The rest of the thread was taken back; what is published stays: cmconsole outbox")
    if back.act is not Act.REPLY:
        return _("Taken back: nothing was done.")
    return _("Taken back: nothing was published, your text is a draft again.")


# ------------------------------------------------------------------------------------------- what came of it


def told(desk: Desk, reply: Reply, *, as_json: bool, **more: object) -> ExitCode:
    """Print what came of a reply and return the code that goes with it. more: what else programs are told."""
    if as_json:
        say_json({**reply_words.record(reply), **more})
    else:
        ended = _WELL | {ReplyStatus.HOLDING}
        file = sys.stdout if reply.status in ended and not reply.is_stranded else sys.stderr
        for line in _outcome(reply, desk.now()):
            say(line, file=file)
    return code(reply)


def code(reply: Reply) -> ExitCode:
    """Return the exit code for what came of a reply."""
    if reply.status is ReplyStatus.UNKNOWN:
        return ExitCode.UNCLEAR
    is_held = reply.status is ReplyStatus.HOLDING and not reply.is_stranded
    return ExitCode.DONE if is_held or reply.status in _WELL else ExitCode.FAILED


def _outcome(reply: Reply, now: Instant) -> Iterator[str]:
    """Yield what came of it, in words, then what can be typed."""
    match reply.status:
        case ReplyStatus.SENT:
            yield _done(reply)
        case ReplyStatus.REHEARSED:
            yield _("Rehearsed as {account}: nothing left, nobody reads it.").format(
                account=reply_words.speaker(reply)
            )
        case ReplyStatus.AWAITING:
            yield _("A second person has to say yes: cmconsole approvals show {id}").format(id=reply.id)
        case ReplyStatus.FAILED:
            yield _("Not published.")
            yield from _why(reply)
        case ReplyStatus.UNKNOWN:
            yield _("Nobody knows whether it was published; it is looked up. Do not send it again by hand.")
            yield from _why(reply)
        case ReplyStatus.HOLDING if reply.hold_until is not None:
            yield _("It leaves in {n} s as {account}.").format(
                n=reply_words.seconds(reply.hold_until - now), account=reply_words.speaker(reply)
            )
        case ReplyStatus.HOLDING:
            yield _("It was stopped inside its undo window: a person has to say that it may leave.")
        case ReplyStatus.DRAFT:
            yield _("It was taken back meanwhile: it is a draft again.")
        case _:
            yield _("It was discarded meanwhile.")
    for command in reply_words.what_to_type(reply):
        yield f"    → {command}"


def _done(reply: Reply) -> str:
    if reply.act is not Act.REPLY:
        return _("Done.")
    if reply.url:
        return _("Sent as {account}: {url}").format(account=reply_words.speaker(reply), url=reply.url)
    return _("Sent as {account}.").format(account=reply_words.speaker(reply))


def _why(reply: Reply) -> Iterator[str]:
    for words in (reply.error, reply.advice):
        if words:
            yield f"    {words}"
