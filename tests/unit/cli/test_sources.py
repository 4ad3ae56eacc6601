"""`cmconsole sources` as a command: what it takes, and that its help needs neither settings nor store."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from cmconsole.cli import sources
from cmconsole.cli.scope import Scope


@pytest.mark.parametrize("words", [(), ("list",), ("pause",), ("resume",)])
def test_help_needs_no_settings(words: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(sources.command, [*words, "--help"], obj=Scope())

    assert ended.exit_code == 0
    assert "source" in ended.output


def test_it_has_exactly_these_commands() -> None:
    assert sorted(sources.command.commands) == ["list", "pause", "resume"]


@pytest.mark.parametrize("word", ["pause", "resume"])
def test_a_name_is_needed(word: str) -> None:
    ended = CliRunner().invoke(sources.command, [word], obj=Scope())

    assert ended.exit_code == 2
    assert "NAME" in ended.output
