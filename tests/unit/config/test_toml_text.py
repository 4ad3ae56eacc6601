"""Files of settings are changed as a careful person would, or not at all."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.config.toml_text import (
    MARK,
    UnsafeChangeError,
    header,
    lines_of,
    quoted,
    replace_file,
    with_block,
    with_value,
    without_tables,
    without_value,
)

BLOCK = f'{MARK}\n[accounts.main]\nplatform = "x"\nhandle = "acme"\n'
OTHERS = '# mine\n[desk]  # here\nperson = "Alice"\n\n# of the blog\n[sources.blog]\ntype = "feed"\n'


@given(st.text())
def test_any_text_is_read_as_it_was(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


@pytest.mark.parametrize(
    ("names", "line"),
    [(("accounts", "main"), "[accounts.main]"), (("accounts", "acme.fr"), '[accounts."acme.fr"]')],
)
def test_headers_quote_what_has_to_be(names: tuple[str, ...], line: str) -> None:
    assert header(names) == line


@pytest.mark.parametrize("text", ["", OTHERS, OTHERS.rstrip(), OTHERS + "\n\n", OTHERS.replace("\n", "\r\n")])
def test_a_block_goes_to_the_end_and_can_be_taken_away_again(text: str) -> None:
    longer = with_block(text, BLOCK)

    assert tomllib.loads(longer)["accounts"] == {"main": {"platform": "x", "handle": "acme"}}
    assert longer.startswith(text.rstrip())
    assert without_tables(longer, ("accounts", "main")).rstrip() == text.rstrip()
    assert ("\r\n" in longer) == ("\r\n" in text)


@pytest.mark.parametrize(
    "text",
    [
        "accounts = {}\n",
        "[accounts.main]\nplatform = 'x'\n",
        "[accounts]\nmain.platform = 'x'\n",
        "[[accounts]]\n",
        "[broken\n",
    ],
)
def test_a_block_that_would_not_stand_there_is_refused(text: str) -> None:
    with pytest.raises(UnsafeChangeError):
        with_block(text, BLOCK)


@pytest.mark.parametrize(
    "text",
    [
        "[accounts.main]\nplatform = 'x'  # the old one\n",
        "[accounts.main]\n# do not touch\nplatform = 'x'\n",
        "[accounts.main]\nhandle = '''\nacme'''\n",
        "[accounts]\nmain.platform = 'x'\n",
        "accounts = { main = { platform = 'x' } }\n",
        'note = """\n[accounts.main]\n"""\n[accounts.main]\nplatform = "x"\n',
    ],
)
def test_a_table_that_holds_more_than_values_is_not_removed(text: str) -> None:
    with pytest.raises(UnsafeChangeError):
        without_tables(text, ("accounts", "main"))


def test_removing_leaves_its_neighbours_and_their_comments() -> None:
    text = f"[a]\nx = 1\n\n{MARK}\n[accounts.main]\nplatform = '#x'\n\n# of b\n[b]\ny = 2\n"

    assert without_tables(text, ("accounts", "main")) == "[a]\nx = 1\n\n# of b\n[b]\ny = 2\n"


def test_two_tables_go_together() -> None:
    text = BLOCK + f'\n{MARK}\n[sources.main]\ntype = "x"\naccount = "main"\n'

    assert without_tables(text, ("accounts", "main"), ("sources", "main")) == ""


def test_a_header_is_found_however_it_is_spelt() -> None:
    text = "a = 1\n[ accounts . 'main' ] # x\nplatform = 'x'\n\n[b]\n"

    assert lines_of(text, ("accounts", "main")) == (2, 3)
    assert lines_of(text, ("accounts", "other")) is None


def test_values_come_and_go() -> None:
    text = with_value("# top\n", ("main",), "token", "a")
    text = with_value(text, ("main",), "token", "b")

    assert text == '# top\n\n[main]\ntoken = "b"\n'
    assert without_value(text, ("main",), "token") == "# top\n\n[main]\n"
    assert without_value(text, ("main",), "other") == text
    with pytest.raises(UnsafeChangeError):
        without_value("main = { token = 'a' }", ("main",), "token")


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "settings.toml"
    real.write_text("a = 1\n", encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)

    replace_file(link, "a = 2\n")

    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "a = 2\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_private_and_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "in" / "new.toml"
    replace_file(new, "a = 1\n")
    assert new.stat().st_mode & 0o777 == 0o600

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(new, "a = 2\n")

    assert new.read_text(encoding="utf-8") == "a = 1\n"
    assert list(new.parent.iterdir()) == [new]
