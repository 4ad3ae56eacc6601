"""`cmconsole outbox`: what is on its way, what came back, and what a person can do about each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _
from cmconsole.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from cmconsole.cli.reply_seat import EngineBeside
    from cmconsole.cli.scope import Scope
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.outbox import Leaving

_YES: Final = frozenset({"y", "yes", "o", "oui"})
"""In both languages: whoever answers thinks of the question, not of the language it was asked in."""

_ALL_DAYS: Final = 7
_MOST: Final = 10_000


@click.group(
    invoke_without_command=True,
    short_help=_("Say what is on its way out, and what came back."),
    help=_(
        "List the replies that are on hold, being sent, unknown, failed, or that wait for a person; what "
        "needs somebody comes first, with what can be typed."
    ),
)
@click.option("--all", "everything", is_flag=True, help=_("Those of the last 7 days in any state, too."))
@json_option
@global_options
@click.pass_context
def command(context: click.Context, *, everything: bool, as_json: bool) -> None:
    """Print the outbox, where no command was given."""
    if context.invoked_subcommand is None:
        run(_list(context.obj, everything=everything, as_json=as_json))


@command.command(
    "retry",
    short_help=_("Send a reply again, or one that was stopped on."),
    help=_(
        "Send the reply with that id again: one that failed, or that was stopped inside its undo window. An "
        "unknown one may be published already: it is asked first whether you are sure that it is not there."
    ),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@click.option("--yes", is_flag=True, help=_("Do not ask: it is surely not there."))
@click.option("--no-wait", is_flag=True, help=_("Do not wait for the end of the undo window."))
@json_option
@global_options
@click.pass_obj
def retry_command(scope: Scope, reply_id: int, *, yes: bool, no_wait: bool, as_json: bool) -> int:
    """Send a reply again."""
    return run(_retry(scope, reply_id, yes=yes, wait=not no_wait, as_json=as_json))


@command.command(
    "back",
    short_help=_("Take a reply back: it is a draft again."),
    help=_("Take a reply back inside its undo window, or make a failed one a draft again, to change it."),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@json_option
@global_options
@click.pass_obj
def back_command(scope: Scope, reply_id: int, *, as_json: bool) -> None:
    """Take a reply back."""
    run(_moved(scope, reply_id, _back, as_json=as_json))


@command.command(
    "discard",
    short_help=_("Drop a reply for good."),
    help=_("Drop the reply with that id for good. What may be on the platform stays there."),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@json_option
@global_options
@click.pass_obj
def discard_command(scope: Scope, reply_id: int, *, as_json: bool) -> None:
    """Drop a reply."""
    run(_moved(scope, reply_id, _discard, as_json=as_json))


@command.command(
    "look",
    short_help=_("Have an unknown reply looked up now."),
    help=_("Have the engine look now whether an unknown reply is on its platform."),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@json_option
@global_options
@click.pass_obj
def look_command(scope: Scope, reply_id: int, *, as_json: bool) -> None:
    """Look a reply up."""
    run(_moved(scope, reply_id, _look, engine=True, as_json=as_json))


@command.command(
    "settle",
    short_help=_("Say that you saw an unknown reply there."),
    help=_("Say that you saw an unknown reply on its platform: it counts as sent."),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@json_option
@global_options
@click.pass_obj
def settle_command(scope: Scope, reply_id: int, *, as_json: bool) -> None:
    """Count a reply as sent."""
    run(_moved(scope, reply_id, _settle, as_json=as_json))


# --------------------------------------------------------------------------------------------------- the list


async def _list(scope: Scope, *, everything: bool, as_json: bool) -> None:
    async with at_desk(scope) as desk:
        await listed(desk, everything=everything, as_json=as_json)


async def listed(desk: Desk, *, everything: bool = False, as_json: bool = False) -> None:
    """Print the outbox; everything: with what else there was lately, in any state."""
    from cmconsole.desk.reply import outbox  # noqa: PLC0415 - help does without

    leaving = [*await outbox.read(desk, _MOST), *(await _others(desk) if everything else ())]
    for it in leaving:
        if as_json:
            say_json(_record(it))
            continue
        for line in _lines(desk, it):
            say(line)
    if not leaving and not as_json:
        say(_("The outbox is empty."))


async def _others(desk: Desk) -> list[Leaving]:
    from cmconsole.core.clock import DAY  # noqa: PLC0415 - help does without
    from cmconsole.core.reply import OUTBOX, ReplyStatus  # noqa: PLC0415 - the same
    from cmconsole.desk.reply.outbox import Leaving  # noqa: PLC0415 - the same

    since = desk.now() - _ALL_DAYS * DAY
    found = await desk.store.replies_in(set(ReplyStatus) - OUTBOX, _MOST, since=since)
    talks = {it.id: it for it in await desk.store.conversations([it.conversation_id for it in found])}
    return [Leaving(it, talks.get(it.conversation_id), None) for it in found]


def _lines(desk: Desk, it: Leaving) -> Iterator[str]:
    from cmconsole.cli import reply_words  # noqa: PLC0415 - help does without
    from cmconsole.core.text import clip  # noqa: PLC0415 - the same

    handle = it.conversation.author.handle if it.conversation is not None else ""
    yield reply_words.headline(it.reply, desk.now(), desk.zone, handle=handle)
    yield from reply_words.indented(clip(it.reply.text, 200))
    yield from reply_words.indented(" ".join(part for part in (it.reply.error, it.reply.advice) if part))
    if it.reply.url:
        yield f"    {it.reply.url}"
    for words in reply_words.what_to_type(it.reply):
        yield f"    → {words}"


def _record(it: Leaving) -> dict[str, object]:
    from cmconsole.cli.reply_words import record, seconds  # noqa: PLC0415 - help does without
    from cmconsole.desk.reply.outbox import needs_person  # noqa: PLC0415 - the same

    return {
        **record(it.reply),
        "author": it.conversation.author.handle if it.conversation is not None else None,
        "needs_person": needs_person(it.reply),
        "leaves_in_seconds": None if it.left is None else seconds(it.left),
    }


# -------------------------------------------------------------------------------------------------- the deeds


async def _back(desk: Desk, reply_id: int) -> tuple[Reply, str]:
    from cmconsole.core.reply import ReplyStatus  # noqa: PLC0415 - help does without
    from cmconsole.desk.reply import outbox  # noqa: PLC0415 - the same

    if (await desk.store.reply(reply_id)).status is ReplyStatus.FAILED:
        return await outbox.revise(desk, reply_id), _("It is a draft again.")
    reply = await outbox.take_back(desk, reply_id)
    if reply.status is ReplyStatus.DRAFT:
        return reply, _("Taken back: nothing was published, it is a draft again.")
    if reply.status is ReplyStatus.DISCARDED:
        return reply, _("Taken back: nothing was done.")
    return reply, _("The rest of the thread was taken back; what is published stays.")


async def _discard(desk: Desk, reply_id: int) -> tuple[Reply, str]:
    from cmconsole.desk.reply import outbox  # noqa: PLC0415 - help does without

    return await outbox.discard(desk, reply_id), _("Discarded. What may be on the platform stays there.")


async def _look(desk: Desk, reply_id: int) -> tuple[Reply, str]:
    from cmconsole.desk.reply import outbox  # noqa: PLC0415 - help does without

    return await outbox.look_again(desk, reply_id), _("The engine looks it up; cmconsole outbox tells more.")


async def _settle(desk: Desk, reply_id: int) -> tuple[Reply, str]:
    from cmconsole.desk.reply import outbox  # noqa: PLC0415 - help does without

    return await outbox.settle(desk, reply_id), _("It counts as sent.")


async def _moved(
    scope: Scope,
    reply_id: int,
    move: Callable[[Desk, int], Awaitable[tuple[Reply, str]]],
    *,
    as_json: bool,
    engine: bool = False,
) -> None:
    """Do something about a reply and say so; engine: one has to be at work for it."""
    from cmconsole.cli.reply_seat import EngineBeside, seated  # noqa: PLC0415 - help does without
    from cmconsole.cli.reply_words import record  # noqa: PLC0415 - the same

    async with seated(scope) as desk:
        reply, words = await move(desk, reply_id)
        if engine:
            await EngineBeside(scope, desk).look()
        if as_json:
            say_json(record(reply))
        else:
            say(words)


async def _retry(scope: Scope, reply_id: int, *, yes: bool, wait: bool, as_json: bool) -> int:
    from cmconsole.cli.reply_seat import EngineBeside, alive, seated  # noqa: PLC0415 - help does without

    async with seated(scope) as desk:
        if not yes and not await _is_sure(desk, reply_id):
            say(_("Nothing was sent."), file=sys.stderr)
            return ExitCode.FAILED
        async with alive(desk):
            return await retried(desk, reply_id, EngineBeside(scope, desk), wait=wait, as_json=as_json)


async def retried(desk: Desk, reply_id: int, engine: EngineBeside, *, wait: bool, as_json: bool) -> ExitCode:
    """Send a reply again and say what came of it."""
    from cmconsole.cli import reply_waiting as waiting  # noqa: PLC0415 - help does without
    from cmconsole.desk.reply import outbox  # noqa: PLC0415 - the same

    await engine.at_work()
    reply = await outbox.retry(desk, reply_id, watched=wait)
    if wait:
        reply = await waiting.followed(desk, reply, engine)
    return waiting.told(desk, reply, as_json=as_json)


async def _is_sure(desk: Desk, reply_id: int) -> bool:
    """Say whether a reply may be sent again: an unknown one only at a person's word. Raises UsageError."""
    from cmconsole.core.reply import ReplyStatus  # noqa: PLC0415 - help does without

    if (await desk.store.reply(reply_id)).status is not ReplyStatus.UNKNOWN:
        return True
    say(_("Nobody knows whether it was published: sent again it may stand there twice."), file=sys.stderr)
    if not sys.stdin.isatty():
        raise click.UsageError(_("There is nobody to ask here: add --yes if it is surely not there."))
    question = _("Did you look, and is it surely not there? [y/N]")
    answer: str = click.prompt(question, default="", show_default=False, prompt_suffix=" ", err=True)
    return fold(answer.strip()) in _YES
