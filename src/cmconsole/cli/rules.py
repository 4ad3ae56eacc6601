"""`cmconsole rules`: the rules in their order, what is wrong with them, and what each catches in a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import run
from cmconsole.config.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cmconsole.cli.scope import Scope
    from cmconsole.core.mention import Mention
    from cmconsole.core.source import Batch
    from cmconsole.core.verdict import Fact, Verdict
    from cmconsole.triage.judge import Judge
    from cmconsole.triage.policy import Rule
    from cmconsole.triage.rule_warnings import RuleWarning

_EXAMPLES: Final = 3
"""Most mentions shown for each rule."""

_EXAMPLE_LIMIT: Final = 100
"""Most characters shown of a mention."""

_INDENT: Final = "     "

strict_option = click.option(
    "--strict", is_flag=True, help=_("End with exit code 1 if there are warnings, for scripts.")
)


@click.group(
    invoke_without_command=True,
    short_help=_("List the rules of triage, and try them out."),
    help=_(
        "List the rules of triage in the order they are read: yours, then the built-in ones, each as the "
        "settings spell it, with warnings of those that can never hold or never get their turn."
    ),
)
@json_option
@strict_option
@global_options
@click.pass_context
def command(context: click.Context, *, as_json: bool, strict: bool) -> int | None:
    """Print the rules, where no command was given."""
    if context.invoked_subcommand is not None:
        return None
    book = _Book(context.obj)
    if as_json:
        for number, rule in book.numbered():
            say_json(book.record(number, rule))
    else:
        _print_list(book)
    return book.code(strict=strict)


@command.command(
    "test",
    short_help=_("Show what each rule catches in a file of mentions."),
    help=_(
        "Triage the mentions of FILE, one JSON object a line, or of standard input for “-”, and show for "
        "each rule how many it caught, with examples. Nothing is stored, and VIP marks made at the desk are "
        "not known here."
    ),
)
@click.argument("file", metavar="FILE|-")
@click.option("--platform", default="ndjson", metavar="NAME", help=_("Platform of lines that name none."))
@click.option("--source", default="ingest", metavar="NAME", help=_("Name the source is known by."))
@json_option
@strict_option
@global_options
@click.pass_context
def try_out(
    context: click.Context, file: str, *, platform: str, source: str, as_json: bool, strict: bool
) -> int:
    """Triage the file and print what each rule caught; options may stand before the word `test` too."""
    before = context.parent.params if context.parent else {}
    book = _Book(context.obj)
    trial = run(_tried(context.obj, file, platform, source))
    if as_json or before.get("as_json"):
        for number, rule in book.numbered():
            say_json(book.record(number, rule) | trial.record(number))
        say_json({"read": trial.read, "set_aside": trial.set_aside, "no_rule": trial.given[0]})
    else:
        _print_trial(book, trial)
    if trial.set_aside:
        say(_aside(trial.set_aside), file=sys.stderr)
    return book.code(strict=strict or bool(before.get("strict")))


class _Book:
    """The rules of the settings, numbered as reasons number them, and what is wrong with them."""

    def __init__(self, scope: Scope) -> None:
        from cmconsole import wiring  # noqa: PLC0415 - help does without
        from cmconsole.triage.rule_warnings import warnings  # noqa: PLC0415 - the same

        policy = wiring.triage_policy(scope.settings())
        self.rules: Sequence[Rule] = policy.rules
        self.warnings: Sequence[RuleWarning] = warnings(policy)

    def numbered(self) -> Iterable[tuple[int, Rule]]:
        return enumerate(self.rules, start=1)

    def record(self, number: int, rule: Rule) -> dict[str, object]:
        """Return a rule as programs read it."""
        from cmconsole.cli import rule_words  # noqa: PLC0415 - help does without

        return {
            "number": number,
            "name": rule.name,
            "builtin": rule.builtin,
            "when": rule_words.when(rule),
            "then": rule_words.then(rule),
            "warnings": [
                {"code": one.fault.value, "by": one.by or None, "says": rule_words.told(one)}
                for one in self.warnings
                if one.number == number
            ],
        }

    def say_warnings(self, number: int) -> None:
        """Print the warnings of one rule."""
        from cmconsole.cli import rule_words  # noqa: PLC0415 - help does without

        for one in self.warnings:
            if one.number == number:
                say(_INDENT + _("Warning: {says}").format(says=rule_words.told(one)))

    def code(self, *, strict: bool) -> ExitCode:
        return ExitCode.FAILED if strict and self.warnings else ExitCode.DONE


@dataclass(slots=True)
class _Trial:
    """What the rules caught, by their number. given: how many have their priority from it, 0 for no rule."""

    read: int = 0
    set_aside: int = 0
    caught: dict[int, int] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=lambda: {0: 0})
    examples: dict[int, list[_Example]] = field(default_factory=dict)

    def add(self, mention: Mention, verdict: Verdict) -> None:
        """Count a mention at every rule that its verdict names."""
        from cmconsole.core.text import one_line  # noqa: PLC0415 - help does without

        self.read += 1
        fired: set[int] = set()
        decisive = 0
        for reason in verdict.reasons:
            if reason.code.partition(".")[0] == "rule":
                number = _number(dict(reason.facts))
                fired.add(number)
                decisive = number if reason.code == "rule" else decisive
        self.given[decisive] = self.given.get(decisive, 0) + 1
        for number in fired - {0}:
            self.caught[number] = self.caught.get(number, 0) + 1
            shown = self.examples.setdefault(number, [])
            if len(shown) < _EXAMPLES:
                text = one_line(mention.text, _EXAMPLE_LIMIT)
                shown.append(_Example(text, verdict.priority.word, decisive))

    def record(self, number: int) -> dict[str, object]:
        """Return what one rule caught, as programs read it."""
        return {
            "caught": self.caught.get(number, 0),
            "priority_given": self.given.get(number, 0),
            "examples": [
                {"text": one.text, "priority": one.priority, "priority_rule": one.by or None}
                for one in self.examples.get(number, ())
            ],
        }


@dataclass(frozen=True, slots=True)
class _Example:
    """A mention on one line, its priority, and the number of the rule that gave it."""

    text: str
    priority: str
    by: int


def _number(facts: Mapping[str, Fact]) -> int:
    return int(facts["number"])


async def _tried(scope: Scope, file: str, platform: str, source: str) -> _Trial:
    from cmconsole import wiring  # noqa: PLC0415 - help does without
    from cmconsole.config.clock import SystemClock  # noqa: PLC0415 - the same
    from cmconsole.platforms.ndjson.source import NdjsonSource  # noqa: PLC0415 - the same

    judge, trial = wiring.build_triage(scope.settings()), _Trial()
    reader = NdjsonSource(source, file, now=SystemClock().now, default_platform=platform)
    async for batch in reader.batches(None):
        _take(batch, judge, trial)
    return trial


def _take(batch: Batch, judge: Judge, trial: _Trial) -> None:
    from cmconsole.core.cleaning import cleaned  # noqa: PLC0415 - help does without

    trial.set_aside += len(batch.set_aside)
    for mention in map(cleaned, batch.mentions):
        trial.add(mention, judge.judge(mention))


def _print_list(book: _Book) -> None:
    from cmconsole.cli.rule_words import then, toml, when  # noqa: PLC0415 - help does without
    from cmconsole.desk.explain import rule_name  # noqa: PLC0415 - the same

    own = any(not rule.builtin for rule in book.rules)
    say(_("Your rules, read in this order:") if own else _("The settings hold no rules of yours."))
    titled = False
    for number, rule in book.numbered():
        if rule.builtin and not titled:
            titled = True
            say()
            say(
                _("Built-in rules, of which the first that holds gives the priority where none of yours did:")
            )
        say(f"{number:3}. {rule_name(rule.name)}")
        say(f"{_INDENT}when {{ {toml(asked)} }}" if (asked := when(rule)) else _INDENT + _("always"))
        say(f"{_INDENT}then {{ {toml(then(rule))} }}")
        book.say_warnings(number)
    say()
    say(_("What no rule catches is of low priority."))


def _print_trial(book: _Book, trial: _Trial) -> None:
    from cmconsole.desk.explain import rule_name  # noqa: PLC0415 - help does without

    say(ngettext("{count} mention read.", "{count} mentions read.", trial.read).format(count=trial.read))
    for number, rule in book.numbered():
        say(f"{number:3}. {rule_name(rule.name)}: {_counted(rule, number, trial)}")
        for example in trial.examples.get(number, ()):
            say(_INDENT + _shown(example))
        book.say_warnings(number)
    count = trial.given[0]
    say(
        ngettext(
            "{count} mention is of low priority by no rule.",
            "{count} mentions are of low priority by no rule.",
            count,
        ).format(count=count)
    )


def _counted(rule: Rule, number: int, trial: _Trial) -> str:
    count = trial.caught.get(number, 0)
    if not count:
        return _("caught nothing")
    caught = ngettext("caught {count} mention", "caught {count} mentions", count).format(count=count)
    if rule.priority is None:
        return caught
    given = trial.given.get(number, 0)
    return _("{caught}, gave {given} their priority").format(caught=caught, given=given)


def _shown(example: _Example) -> str:
    from cmconsole.core.verdict import Priority  # noqa: PLC0415 - help does without
    from cmconsole.desk.words import word  # noqa: PLC0415 - the same

    priority = word(Priority[example.priority.upper()])
    if not example.by:
        return _("{priority}, by no rule: {text}").format(priority=priority, text=example.text)
    return _("{priority}, by rule {number}: {text}").format(
        priority=priority, number=example.by, text=example.text
    )


def _aside(count: int) -> str:
    return ngettext(
        "{count} line could not be read as a mention.", "{count} lines could not be read as mentions.", count
    ).format(count=count)
