"""The commands about replies as commands: what they take, and that help needs neither settings nor store."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from cmconsole.cli import approvals, audit, outbox, reply
from cmconsole.cli.root import COMMANDS
from cmconsole.cli.scope import Scope


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (reply.command, ()),
        (audit.command, ()),
        *((outbox.command, words) for words in ((), *((verb,) for verb in outbox.command.commands))),
        *((approvals.command, words) for words in ((), *((verb,) for verb in approvals.command.commands))),
    ],
)
def test_help_needs_no_settings(command: click.Command, words: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(command, [*words, "--help"], obj=Scope())

    assert ended.exit_code == 0
    assert "--json" in ended.output


def test_they_have_exactly_these_commands() -> None:
    assert sorted(outbox.command.commands) == ["back", "discard", "look", "retry", "settle"]
    assert sorted(approvals.command.commands) == ["amend", "approve", "refuse", "show"]
    for name in ("reply", "outbox", "approvals", "audit"):
        module = {"reply": reply, "outbox": outbox, "approvals": approvals, "audit": audit}[name]
        assert COMMANDS[name] == module.command.short_help


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (reply.command, []),
        (reply.command, ["0"]),
        (reply.command, ["one"]),
        (outbox.command, ["back"]),
        (outbox.command, ["retry", "-1"]),
        (approvals.command, ["refuse", "1"]),
        (approvals.command, ["amend", "1"]),
        (audit.command, ["--reply", "0"]),
    ],
)
def test_what_is_missing_or_no_number_is_said(command: click.Command, words: list[str]) -> None:
    assert CliRunner().invoke(command, words, obj=Scope()).exit_code == 2


def test_a_value_names_a_placeholder() -> None:
    kind = reply.Value()
    assert kind.convert("order=A=1", None, None) == ("order", "A=1")
    assert kind.convert("{order}=", None, None) == ("order", "")
    for wrong in ("order", "=x", "Order=x", "9=x"):
        with pytest.raises(click.UsageError):
            kind.convert(wrong, None, None)
