"""An account's block goes into the settings and out again, and nothing else moves."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cmconsole.cli.accounts_settings import (
    account_block,
    remove,
    source_block,
    source_name,
    tables_of,
    with_blocks,
    write,
)
from cmconsole.config.loading import load
from cmconsole.config.sources import Account
from cmconsole.core.errors import SettingsError

FORMER = '# ours\n[desk]\nperson = "Alice"  # me\n'
ACCOUNT = Account("mastodon", 'ac"me@piaille.fr', server="https://piaille.fr", monthly_cap=12.5)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(FORMER, encoding="utf-8")
    return file


def added(file: Path) -> None:
    blocks = [account_block("acme.fr", ACCOUNT), source_block("acme.fr", "acme.fr", "mastodon")]
    write(*with_blocks(file, *blocks))


def test_what_is_written_is_what_is_read(settings: Path) -> None:
    added(settings)

    read = load(settings, {})

    assert read.accounts == {"acme.fr": ACCOUNT}
    assert read.desk.person == "Alice"
    assert tables_of(read, "acme.fr") == (("accounts", "acme.fr"), ("sources", "acme.fr"))
    assert source_name(read, "acme.fr") == "acme.fr-2"
    assert settings.read_text(encoding="utf-8").startswith(FORMER)


def test_what_was_added_can_be_removed(settings: Path) -> None:
    added(settings)

    assert remove(settings, tables_of(load(settings, {}), "acme.fr")) == []
    assert settings.read_text(encoding="utf-8") == FORMER


def test_a_changed_mode_does_not_keep_it_from_being_removed(settings: Path) -> None:
    added(settings)
    settings.write_text(settings.read_text(encoding="utf-8").replace("rehearsal", "live"), encoding="utf-8")

    assert remove(settings, tables_of(load(settings, {}), "acme.fr")) == []


def test_a_block_with_a_comment_is_left_to_the_person_with_its_lines(settings: Path) -> None:
    added(settings)
    text = settings.read_text(encoding="utf-8").replace('mode = "rehearsal"', 'mode = "live"  # since May')
    settings.write_text(text, encoding="utf-8")

    by_hand = remove(settings, tables_of(load(settings, {}), "acme.fr"))

    assert by_hand == [
        f'{settings}, lines 6 to 11: [accounts."acme.fr"]',
        f'{settings}, lines 14 to 16: [sources."acme.fr"]',
    ]
    assert settings.read_text(encoding="utf-8") == text


def test_a_block_that_would_make_the_settings_wrong_is_not_written(settings: Path) -> None:
    with pytest.raises(SettingsError, match=r"sources\.x\.type"):
        with_blocks(settings, source_block("x", "main", "no-such-platform"))
    assert settings.read_text(encoding="utf-8") == FORMER


def test_a_file_nothing_can_be_added_to_is_said_with_what_to_add(settings: Path) -> None:
    settings.write_text("accounts = {}\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="nothing can be added to safely") as refused:
        with_blocks(settings, account_block("main", ACCOUNT))

    assert "[accounts.main]" in refused.value.advice


def test_a_new_file_is_private(tmp_path: Path) -> None:
    file = tmp_path / "new" / "settings.toml"
    added(file)

    assert tomllib.loads(file.read_text(encoding="utf-8"))["accounts"]
    assert file.stat().st_mode & 0o777 == 0o600
