"""`cmconsole approvals`: what waits for a second person's yes; look at it, approve, amend or refuse it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.cli.reply_seat import EngineBeside
    from cmconsole.cli.scope import Scope
    from cmconsole.core.guard import GuardError
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.approval import Waiting
    from cmconsole.desk.reply.send import Clearance


@click.group(
    invoke_without_command=True,
    short_help=_("List what waits for a second person's yes."),
    help=_("List the replies that wait for a second person's yes, the longest waiting first."),
)
@json_option
@global_options
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Print what waits, where no command was given."""
    if context.invoked_subcommand is None:
        run(_list(context.obj, as_json=as_json))


@command.command(
    "show",
    short_help=_("Show a waiting reply, and what the guards say of it now."),
    help=_(
        "Show the reply with that id: what would be published, what changed since approval was asked for "
        "([-…-], {+…+}), why it needs a second yes, and what the guards say of it now."
    ),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@json_option
@global_options
@click.pass_obj
def show_command(scope: Scope, reply_id: int, *, as_json: bool) -> None:
    """Print a waiting reply."""
    run(_show(scope, reply_id, as_json=as_json))


@command.command(
    "approve",
    short_help=_("Say yes to a colleague's text."),
    help=_(
        "Say yes to the text that a colleague wrote: its undo window begins, and is counted down here; "
        "Ctrl-C takes the reply back. Nobody approves their own text. With --hash only this very text is "
        "approved."
    ),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@click.option("--confirm", "word", default="", metavar="WORD", help=_("The word that the guards ask for."))
@click.option("--hash", "digest", default="", metavar="HASH", help=_("The text's hash, as `show` prints it."))
@click.option("--no-wait", is_flag=True, help=_("Do not wait for the end of the undo window."))
@json_option
@global_options
@click.pass_obj
def approve_command(
    scope: Scope, reply_id: int, word: str, digest: str, *, no_wait: bool, as_json: bool
) -> int:
    """Approve a reply."""
    return run(_approve(scope, reply_id, word, digest, wait=not no_wait, as_json=as_json))


@command.command(
    "amend",
    short_help=_("Change the text of a waiting reply."),
    help=_("Change the text of a waiting reply; whoever does so cannot approve it any more."),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@click.option(
    "--text", metavar="TEXT|-", required=True, help=_("The new text; “-” reads it from standard input.")
)
@json_option
@global_options
@click.pass_obj
def amend_command(scope: Scope, reply_id: int, text: str, *, as_json: bool) -> int:
    """Change a waiting reply."""
    from cmconsole.cli.reply import read_text  # noqa: PLC0415 - help does without

    return run(_amend(scope, reply_id, read_text(text), as_json=as_json))


@command.command(
    "refuse",
    short_help=_("Give a reply back to its writer, with the reason."),
    help=_("Give a waiting reply back to its writer: it is their draft again, with your reason beside it."),
)
@click.argument("reply_id", metavar="ID", type=click.IntRange(min=1))
@click.option("--reason", required=True, metavar="TEXT", help=_("What to change, in a few words."))
@json_option
@global_options
@click.pass_obj
def refuse_command(scope: Scope, reply_id: int, reason: str, *, as_json: bool) -> None:
    """Refuse a reply."""
    run(_refuse(scope, reply_id, reason, as_json=as_json))


# --------------------------------------------------------------------------------------------------- the list


async def _list(scope: Scope, *, as_json: bool) -> None:
    async with at_desk(scope) as desk:
        await listed(desk, as_json=as_json)


async def listed(desk: Desk, *, as_json: bool = False) -> None:
    """Print what awaits approval."""
    from cmconsole.cli.reply_words import record  # noqa: PLC0415 - help does without
    from cmconsole.desk.reply import approval  # noqa: PLC0415 - the same

    waiting = await approval.lane(desk)
    for it in waiting:
        if as_json:
            more = {"author": it.conversation.author.handle, "age_seconds": it.age // 1000, "mine": it.mine}
            say_json({**record(it.reply), **more})
            continue
        for line in _lines(desk, it):
            say(line)
    if not waiting and not as_json:
        say(_("Nothing awaits approval."))


def _lines(desk: Desk, it: Waiting) -> Iterator[str]:
    from cmconsole.cli.reply_words import headline, indented  # noqa: PLC0415 - help does without
    from cmconsole.desk.queue import length  # noqa: PLC0415 - the same

    told = headline(it.reply, desk.now(), desk.zone, handle=it.conversation.author.handle)
    yield _("{reply}, for {time}").format(reply=told, time=length(it.age))
    yield from indented(it.reply.text)
    if it.mine:
        yield "    " + _("You wrote this text: somebody else has to say yes.")
    else:
        yield f"    → cmconsole approvals show {it.reply.id}"


# ------------------------------------------------------------------------------------------------ one of them


async def _show(scope: Scope, reply_id: int, *, as_json: bool) -> None:
    async with at_desk(scope) as desk:
        await shown(desk, reply_id, as_json=as_json)


async def shown(desk: Desk, reply_id: int, *, as_json: bool = False) -> None:
    """Print a waiting reply with everything its approver needs. Raises NotFoundError, IllegalMoveError."""
    from cmconsole.cli.reply_words import findings_record, record  # noqa: PLC0415 - help does without

    seen = await _look(desk, reply_id)
    if as_json:
        more = {
            "author": seen.sheet.conversation.author.handle,
            "findings": findings_record(seen.findings),
            "word": seen.word or None,
            "owed": list(seen.owed),
        }
        say_json({**record(seen.sheet.reply), **more})
        return
    for line in _told(desk, seen):
        say(line)


async def _look(desk: Desk, reply_id: int) -> Clearance:
    from cmconsole.core.reply import ReplyStatus  # noqa: PLC0415 - help does without
    from cmconsole.core.replying import check_status  # noqa: PLC0415 - the same
    from cmconsole.desk.reply import approve  # noqa: PLC0415 - the same

    seen = await approve.look(desk, reply_id)
    check_status(seen.sheet.reply, {ReplyStatus.AWAITING})
    return seen


def _told(desk: Desk, seen: Clearance) -> Iterator[str]:
    from cmconsole.cli import reply_words  # noqa: PLC0415 - help does without
    from cmconsole.desk.queue import line  # noqa: PLC0415 - the same

    reply, conversation = seen.sheet.reply, seen.sheet.conversation
    yield line(conversation, desk.now())
    yield reply_words.headline(reply, desk.now(), desk.zone, handle=conversation.author.handle)
    for number, part in enumerate(seen.parts, start=1):
        if len(seen.parts) > 1:
            yield "    " + _("post {number} of {count}:").format(number=number, count=len(seen.parts))
        yield from reply_words.indented(part)
    if reply.is_amended:
        yield _("Changed since approval was asked for:")
        yield from reply_words.indented(reply_words.changed_words(reply.asked_text, reply.text))
    if seen.owed:
        yield _("A second yes is owed: {reasons}.").format(reasons="; ".join(seen.owed))
    yield from reply_words.findings_lines(seen.findings)
    if reply.raised:
        count = len(reply.raised)
        yield ngettext(
            "Its writer confirmed this guard: {names}.", "Its writer confirmed these guards: {names}.", count
        ).format(names=", ".join(reply.raised))
    yield _("Hash of the text: {hash}").format(hash=reply.hash)
    confirm = f" --confirm {seen.word}" if seen.word else ""
    yield f"    → cmconsole approvals approve {reply.id} --hash {reply.hash}{confirm}"
    yield f"    → cmconsole approvals refuse {reply.id} --reason …"


# -------------------------------------------------------------------------------------------------- the deeds


async def _approve(
    scope: Scope, reply_id: int, word: str, digest: str, *, wait: bool, as_json: bool
) -> ExitCode:
    from cmconsole.cli.reply_seat import EngineBeside, alive, seated  # noqa: PLC0415 - help does without

    async with seated(scope) as desk, alive(desk):
        engine = EngineBeside(scope, desk)
        return await approved(desk, reply_id, engine, word=word, digest=digest, wait=wait, as_json=as_json)


async def approved(
    desk: Desk,
    reply_id: int,
    engine: EngineBeside,
    *,
    word: str = "",
    digest: str = "",
    wait: bool = True,
    as_json: bool = False,
) -> ExitCode:
    """Approve a reply, wait for what comes of it, say it, and return the exit code."""
    from cmconsole.cli import reply_waiting as waiting  # noqa: PLC0415 - help does without
    from cmconsole.cli.reply_words import confirming, findings_lines  # noqa: PLC0415 - the same
    from cmconsole.core.errors import IllegalMoveError  # noqa: PLC0415 - the same
    from cmconsole.core.guard import GuardError  # noqa: PLC0415 - the same
    from cmconsole.desk.reply import approve, send  # noqa: PLC0415 - the same

    seen = await _look(desk, reply_id)
    if digest and not seen.sheet.reply.hash.startswith(digest.lower()):
        raise IllegalMoveError(
            _("The text has changed since you looked."), advice=_("Read it again, then decide.")
        )
    typed = confirming(word, seen.word)
    try:
        send.check_word(seen, typed)
        if not as_json:
            for line in findings_lines(seen.findings):
                say(line, file=sys.stderr)
        await engine.at_work()
        reply = await approve.approve(desk, seen, word=typed, watched=wait)
    except GuardError as error:
        return _stopped(seen, error, "approve", as_json=as_json)
    if wait:
        reply = await waiting.followed(desk, reply, engine)
    return waiting.told(desk, reply, as_json=as_json)


def _stopped(seen: Clearance, error: GuardError, verb: str, *, as_json: bool) -> ExitCode:
    """Say which guards stand in the way, and what to type where that helps."""
    from cmconsole.cli import reply_words  # noqa: PLC0415 - help does without

    reply = seen.sheet.reply
    if as_json:
        told = {"findings": reply_words.findings_record(error.findings), "word": error.word or None}
        say_json({**reply_words.record(reply), **told})
        return ExitCode.FAILED
    for line in reply_words.stopped_lines(error, f"cmconsole approvals {verb} {reply.id}"):
        say(line, file=sys.stderr)
    return ExitCode.FAILED


async def _amend(scope: Scope, reply_id: int, text: str, *, as_json: bool) -> ExitCode:
    from cmconsole.cli.reply_seat import seated  # noqa: PLC0415 - help does without
    from cmconsole.cli.reply_words import record  # noqa: PLC0415 - the same
    from cmconsole.core.guard import GuardError  # noqa: PLC0415 - the same
    from cmconsole.desk.reply import approve  # noqa: PLC0415 - the same

    async with seated(scope) as desk:
        seen = await _look(desk, reply_id)
        try:
            reply = await approve.amend(desk, seen, text)
        except GuardError as error:
            return _stopped(seen, error, "amend", as_json=as_json)
        if as_json:
            say_json(record(reply))
        else:
            say(_("Changed; somebody else than you has to say yes to it now."))
        return ExitCode.DONE


async def _refuse(scope: Scope, reply_id: int, reason: str, *, as_json: bool) -> None:
    from cmconsole.cli.reply_seat import seated  # noqa: PLC0415 - help does without
    from cmconsole.cli.reply_words import record  # noqa: PLC0415 - the same
    from cmconsole.desk.reply import approval  # noqa: PLC0415 - the same

    async with seated(scope) as desk:
        reply = await approval.refuse(desk, reply_id, reason)
        if as_json:
            say_json(record(reply))
        else:
            say(_("Given back to {person}, with your reason.").format(person=reply.writer))
