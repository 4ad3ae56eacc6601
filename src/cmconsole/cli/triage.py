"""`cmconsole triage`: verdicts on lines of text, how they come about, and what the desk taught."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.config.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmconsole.cli.scope import Scope
    from cmconsole.triage.triage import Triage

_ASKED: Final = "cmconsole.cli.triage"
"""Key in click's context of what was asked before or after the name of a sub-command."""


class FileOrCommand(click.Group):
    """A group whose first argument names a sub-command, or else a file for the default one."""

    default: click.Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return self.default.name, self.default, args


class _OnFile(click.Command):
    """The default sub-command: nobody types its name, so help and mistakes speak of the group."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            error.ctx = parent
            raise

    def get_help(self, ctx: click.Context) -> str:
        return ctx.parent.get_help() if ctx.parent is not None else super().get_help(ctx)


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value:
        context.meta.setdefault(_ASKED, {})[parameter.name] = value


def _asked(context: click.Context, name: str, default: Any = "") -> Any:
    return context.meta.get(_ASKED, {}).get(name, default)


def _kept_option(*names: str, **how: Any) -> Callable[[Any], Any]:
    return click.option(*names, callback=_keep, expose_value=False, **how)


_untaught_option = _kept_option(
    "--untaught", is_flag=True, help=_("Judge by the table alone, without what was learned at this desk.")
)


def _file_options(command: Any) -> Any:
    """Add what may be said beside a FILE."""
    for option in (
        _kept_option("--ignore-lang", is_flag=True, help=_("Do not look at the language a line names.")),
        _kept_option("--source", metavar="NAME", help=_("Name of the source, for rules that ask for it.")),
        _kept_option("--platform", metavar="NAME", help=_("Platform of lines that name none.")),
        _untaught_option,
    ):
        command = option(command)
    return command


@click.group(
    cls=FileOrCommand,
    invoke_without_command=True,
    subcommand_metavar="[FILE|-] | COMMAND [ARGS]...",
    short_help=_("Judge lines of text, and say how triage comes to its verdicts."),
    help=_(
        "Judge the lines of FILE, or of standard input: for each JSON object with a `text` one JSON object "
        "with the verdict, in the same order and as soon as the line is there. Nothing is stored.\n\n"
        "A line without text gets an `error` in its place, and the exit code is 1 at the end. A file that is "
        "called like one of the commands below is reached as ./NAME."
    ),
)
@_file_options
@global_options
@click.pass_context
def command(context: click.Context) -> int | None:
    """Judge standard input where nothing else was asked for."""
    if context.invoked_subcommand is not None:
        return None
    return _judge(context, "-")


@click.command("lines", cls=_OnFile)
@click.argument("file", metavar="[FILE|-]", default="-")
@_file_options
@global_options
@click.pass_context
def _lines(context: click.Context, file: str) -> int:
    """Judge a file."""
    return _judge(context, file)


command.default = _lines


def _judge(context: click.Context, file: str) -> int:
    from cmconsole import wiring  # noqa: PLC0415 - help does without
    from cmconsole.cli.triage_judging import LineJudge, judged  # noqa: PLC0415 - the same
    from cmconsole.cli.triage_lines import LineReader, batches, size  # noqa: PLC0415 - the same

    reader = LineReader(
        _asked(context, "platform", "ndjson"),
        _asked(context, "source", "ingest"),
        ignore_lang=_asked(context, "ignore_lang", default=False),
    )
    judge = LineJudge(_triage(context), wiring.policy(context.obj.settings()), reader)
    unread, out = 0, sys.stdout.buffer
    for verdicts in judged(batches(file, commands=list(command.commands)), judge, size(file)):
        unread += verdicts.unread
        out.write(verdicts.lines)
        out.flush()
    if unread:
        say(_aside(unread), file=sys.stderr)
    return ExitCode.FAILED if unread else ExitCode.DONE


def _triage(context: click.Context) -> Triage:
    """Return triage as this desk has it: its settings, and its lessons unless they were declined."""
    from cmconsole import wiring  # noqa: PLC0415 - help does without
    from cmconsole.cli import triage_learned  # noqa: PLC0415 - the same

    scope: Scope = context.obj
    learned = None if _asked(context, "untaught") else triage_learned.of_desk(scope)
    return wiring.build_triage(scope.settings(), learned)


@command.command(
    "explain",
    short_help=_("Say how a verdict comes about, or what was learned."),
    help=_(
        "Judge TEXT and say why: each cue found with its weight, what negation and intensity did to it, how "
        "the score adds up, and which rule decided. Without TEXT: what was learned at this desk. “-” reads "
        "the text from standard input."
    ),
)
@click.argument("text", nargs=-1)
@click.option("--reach", type=click.IntRange(min=0), metavar="N", help=_("Followers of the author."))
@click.option("--verified", is_flag=True, help=_("The author is verified."))
@_untaught_option
@json_option
@global_options
@click.pass_context
def explain(
    context: click.Context, text: tuple[str, ...], *, reach: int | None, verified: bool, as_json: bool
) -> None:
    """Tell how one verdict comes about, or what was learned."""
    if not text:
        from cmconsole.cli import triage_learned  # noqa: PLC0415 - help does without

        triage_learned.tell(context.obj, as_json=as_json)
        return
    from cmconsole import wiring  # noqa: PLC0415 - help does without
    from cmconsole.cli import triage_explain  # noqa: PLC0415 - the same
    from cmconsole.core.cleaning import cleaned  # noqa: PLC0415 - the same
    from cmconsole.core.mention import Author, Mention  # noqa: PLC0415 - the same

    said = sys.stdin.buffer.read().decode("utf-8", "replace") if text == ("-",) else " ".join(text)
    author = Author("ndjson", "unknown", reach=reach, verified=verified)
    triage, policy = _triage(context), wiring.policy(context.obj.settings())
    account = triage_explain.account(triage, cleaned(Mention("ndjson", "", author, said, 0)))
    triage_explain.tell(account, policy, as_json=as_json)


@command.command(
    "evaluate",
    short_help=_("Score triage against labelled texts."),
    help=_(
        "Judge the texts of FILE, one JSON object with `text` and `label` a line, and compare with the "
        "labels. With --teach it first learns from another labelled file, in memory only and from nothing: "
        "what was learned at this desk has no part in it then, and is not changed."
    ),
)
@click.argument("file", metavar="FILE|-")
@click.option(
    "--task",
    type=click.Choice(["complaint", "tone", "hostile"]),
    default="complaint",
    show_default=True,
    help=_("What is compared."),
)
@click.option("--teach", metavar="FILE", help=_("Labelled texts to learn from first."))
@click.option("--lessons", type=click.IntRange(min=0), metavar="N", help=_("How many; all if not given."))
@click.option("--seed", type=int, default=0, show_default=True, help=_("Which of them, in which order."))
@_untaught_option
@json_option
@global_options
@click.pass_context
def evaluate(
    context: click.Context,
    *,
    file: str,
    task: Any,
    teach: str | None,
    lessons: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Score triage on a labelled file."""
    from cmconsole import wiring  # noqa: PLC0415 - help does without
    from cmconsole.cli import triage_evaluate  # noqa: PLC0415 - the same

    if teach is None:
        if lessons is not None:
            raise click.UsageError(_("--lessons needs --teach FILE."))
        triage, taught = _triage(context), 0
    elif task != "complaint":
        raise click.UsageError(_("--teach goes with --task complaint: lessons are about kinds."))
    else:
        triage = wiring.build_triage(context.obj.settings())
        taught = triage_evaluate.teach(triage, teach, lessons, seed)
    marks = triage_evaluate.evaluate(triage, file, task, taught)
    triage_evaluate.tell(file, marks, as_json=as_json)


@command.command(
    "reset",
    short_help=_("Forget what was learned at this desk."),
    help=_(
        "Forget what triage learned from the corrections of this desk: it judges by its table alone again. "
        "The corrections themselves stay in the history, and what people decided stands."
    ),
)
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@global_options
@click.pass_obj
def reset(scope: Scope, *, yes: bool) -> int:
    """Ask, unless told not to, then forget."""
    from cmconsole.cli import triage_learned  # noqa: PLC0415 - help does without

    return ExitCode.DONE if triage_learned.reset(scope, yes=yes) else ExitCode.FAILED


@command.command(
    "export",
    short_help=_("Print what was learned at this desk, as JSON."),
    help=_("Print the learned weights, by word and by what they speak for, as one JSON object."),
)
@global_options
@click.pass_obj
def export(scope: Scope) -> None:
    """Print what was learned."""
    from cmconsole.cli import triage_learned  # noqa: PLC0415 - help does without

    triage_learned.export(scope)


def _aside(count: int) -> str:
    return ngettext(
        "{count} line could not be read as a mention.", "{count} lines could not be read as mentions.", count
    ).format(count=count)
