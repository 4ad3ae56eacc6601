"""`cmconsole reply`: answer a conversation without the screen, past the same guards and undo window."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import run
from cmconsole.cli.scope import Scope
from cmconsole.config.language import _
from cmconsole.core.errors import CmconsoleError

if TYPE_CHECKING:
    from cmconsole.cli.reply_seat import EngineBeside
    from cmconsole.core.guard import GuardError
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.send import Clearance
    from cmconsole.desk.reply.sheet import Sheet

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be sent, and how. text: None where none was given: the kept draft, or a canned response."""

    conversation_id: int
    text: str | None = None
    canned: str = ""
    values: tuple[tuple[str, str], ...] = ()
    account: str = ""
    word: str = ""
    split: bool = False
    ask: bool = False
    wait: bool = True


class Value(click.ParamType[tuple[str, str]]):
    """What a placeholder of a canned response is filled with: `order=A-123`."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        name, equals, told = str(value).partition("=")
        name = name.strip().strip("{}")
        if not equals or not _NAME.match(name):
            self.fail(_("{value} is not NAME=VALUE.").format(value=ascii(value)), param, ctx)
        return name, told


def _accounts(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the accounts of the settings for a shell to complete; none where the settings are wrong."""
    try:
        return [name for name in context.ensure_object(Scope).settings().accounts if name.startswith(begun)]
    except CmconsoleError:
        return []


def _codes(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the codes of the canned responses for a shell to complete; none where they cannot be read."""
    from cmconsole.config.canned import Shelf, folder_of  # noqa: PLC0415 - only a shell that completes asks
    from cmconsole.config.paths import settings_file  # noqa: PLC0415 - the same

    scope = context.ensure_object(Scope)
    try:
        replies = scope.settings().reply
    except CmconsoleError:
        return []
    folder = folder_of(replies.canned, scope.config or settings_file())
    responses = Shelf(folder, starter=replies.starter).library().responses
    return sorted(code for code in responses if code.startswith(begun.removeprefix("/")))


@click.command(
    short_help=_("Answer a conversation."),
    help=_(
        "Answer the conversation with that id. The same guards look at the text as on the screen; what one "
        "asks for is confirmed with --confirm WORD. Then the undo window runs: it is counted down, and "
        "Ctrl-C takes the reply back; killed before its end, the reply waits for a person. At last it is "
        "said what came of it. A text that may not leave is kept as your draft; without --text and --canned "
        "it is the draft that is sent."
    ),
)
@click.argument("conversation_id", metavar="ID", type=click.IntRange(min=1))
@click.option("--text", metavar="TEXT|-", help=_("What to say; “-” reads it from standard input."))
@click.option(
    "--canned",
    default="",
    metavar="CODE",
    shell_complete=_codes,
    help=_("Say this canned response."),
)
@click.option(
    "--set",
    "values",
    type=Value(),
    multiple=True,
    metavar="NAME=VALUE",
    help=_("Fill this placeholder of the canned response."),
)
@click.option(
    "--account", default="", metavar="NAME", shell_complete=_accounts, help=_("Speak as this account.")
)
@click.option("--confirm", "word", default="", metavar="WORD", help=_("The word that the guards ask for."))
@click.option("--split", is_flag=True, help=_("Publish a text that is too long for one post as a thread."))
@click.option("--ask", is_flag=True, help=_("Have a second person say yes, although nobody must."))
@click.option("--no-wait", is_flag=True, help=_("Do not wait for the end of the undo window."))
@json_option
@global_options
@click.pass_obj
def command(
    scope: Scope,
    *,
    conversation_id: int,
    text: str | None,
    canned: str,
    values: tuple[tuple[str, str], ...],
    account: str,
    word: str,
    split: bool,
    ask: bool,
    no_wait: bool,
    as_json: bool,
) -> int:
    """Send the reply and say what came of it."""
    if text is not None and canned:
        raise click.UsageError(_("Give --text or --canned, not both."))
    if values and not canned:
        raise click.UsageError(_("--set fills a canned response: give --canned CODE."))
    said = None if text is None else read_text(text)
    code = canned.removeprefix("/")
    wish = Wish(conversation_id, said, code, values, account, word, split, ask, wait=not no_wait)
    return run(_reply(scope, wish, as_json=as_json))


def read_text(text: str) -> str:
    """Return the text that was given, from standard input for `-`, with plain line breaks.

    Raises UsageError for control characters.
    """
    told = sys.stdin.read() if text == "-" else text
    told = told.replace("\r\n", "\n").rstrip("\n") if text == "-" else told
    if _STEERING.search(told):
        raise click.UsageError(_("The text holds control characters; nothing was sent or kept."))
    return told


async def _reply(scope: Scope, wish: Wish, *, as_json: bool) -> int:
    from cmconsole.cli.reply_seat import EngineBeside, alive, seated  # noqa: PLC0415 - help does without

    async with seated(scope) as desk, alive(desk):
        return await answered(desk, wish, EngineBeside(scope, desk), as_json=as_json)


async def answered(desk: Desk, wish: Wish, engine: EngineBeside, *, as_json: bool) -> int:
    """Send what is wished for, wait for what comes of it, say it, and return the exit code."""
    from cmconsole.cli import reply_waiting as waiting  # noqa: PLC0415 - help does without
    from cmconsole.cli.reply_words import confirming  # noqa: PLC0415 - the same
    from cmconsole.core.guard import GuardError  # noqa: PLC0415 - the same
    from cmconsole.desk.reply import send  # noqa: PLC0415 - the same

    sheet, text = await _written(desk, wish)
    if not wish.ask:
        # It looks at the accounts while the guards look at the text.
        await engine.look()
    clearance = await send.clear(desk, sheet, text, split=wish.split)
    word = confirming(wish.word, clearance.word)
    try:
        send.check_word(clearance, word)
        _tell_raised(clearance, as_json=as_json)
        if not clearance.owed and not wish.ask:
            await engine.at_work()
        reply = await send.send(
            desk, sheet, text, word=word, split=wish.split, ask=wish.ask, watched=wish.wait
        )
    except GuardError as error:
        return _stopped(wish, clearance.sheet.reply, error, as_json=as_json)
    if clearance.owed and not as_json:
        say(_("A second yes is owed: {reasons}.").format(reasons="; ".join(clearance.owed)), file=sys.stderr)
    if wish.wait:
        reply = await waiting.followed(desk, reply, engine)
    return waiting.told(desk, reply, as_json=as_json, **_more(clearance, sent=True))


def _more(clearance: Clearance, *, sent: bool) -> dict[str, object]:
    from cmconsole.cli.reply_words import findings_record  # noqa: PLC0415 - help does without

    return {
        "left": sent,
        "findings": findings_record(clearance.findings),
        "word": clearance.word or None,
        "owed": list(clearance.owed),
    }


# ----------------------------------------------------------------------------------------------- what is said


async def _written(desk: Desk, wish: Wish) -> tuple[Sheet, str]:
    """Return the sheet with the text kept as the person's draft. Raises InputError, NotFoundError."""
    from cmconsole.core.errors import InputError  # noqa: PLC0415 - help does without
    from cmconsole.desk.reply import sheet as sheets  # noqa: PLC0415 - the same

    _check_account(desk, wish.account)
    sheet = await sheets.open_sheet(desk, wish.conversation_id, account=wish.account)
    before = sheet.reply.text if sheet.reply.id else ""
    if wish.canned:
        from cmconsole.cli.reply_canned import filled  # noqa: PLC0415 - the same

        text = filled(desk, sheet, wish.canned, dict(wish.values))
    else:
        text = before if wish.text is None else wish.text
    if not text.strip():
        raise InputError(_("There is nothing to say yet."), advice=_("Give --text, or --canned."))
    if text != before:
        if before.strip():
            say(_("Your draft was: {text}").format(text=before), file=sys.stderr)
        # Whoever writes anew has read what is there; the same text again may be older than the newest post.
        sheet = await sheets.read_anew(desk, sheet)
    return await sheets.save(desk, sheet, text, canned=wish.canned or None), text


def _check_account(desk: Desk, name: str) -> None:
    from cmconsole.core.errors import NotFoundError  # noqa: PLC0415 - help does without

    known = [it.name for it in desk.replying.speakers]
    if name and name not in known:
        raise NotFoundError(
            _("There is no account {name} in the settings.").format(name=name),
            advice=_("There are: {names}.").format(names=", ".join(known)) if known else "",
        )


# -------------------------------------------------------------------------------------------- what guards say


def _tell_raised(clearance: Clearance, *, as_json: bool) -> None:
    from cmconsole.cli.reply_words import findings_lines  # noqa: PLC0415 - help does without

    if not as_json:
        for line in findings_lines(clearance.findings):
            say(line, file=sys.stderr)


def _stopped(wish: Wish, reply: Reply, error: GuardError, *, as_json: bool) -> ExitCode:
    """Say which guards stand in the way, and what to type where that helps."""
    from cmconsole.cli import reply_words  # noqa: PLC0415 - help does without

    if as_json:
        told = {"left": False, "findings": reply_words.findings_record(error.findings)}
        say_json({**reply_words.record(reply), **told, "word": error.word or None, "owed": []})
        return ExitCode.FAILED
    flags = "".join(f" {flag}" for flag, is_set in (("--split", wish.split), ("--ask", wish.ask)) if is_set)
    for line in reply_words.stopped_lines(error, f"cmconsole reply {wish.conversation_id}{flags}"):
        say(line, file=sys.stderr)
    return ExitCode.FAILED
