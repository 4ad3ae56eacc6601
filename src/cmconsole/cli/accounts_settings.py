"""Accounts in the settings file: a block is added at its end, or taken away, and nothing else touched."""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmconsole.config.language import _
from cmconsole.config.loading import checked
from cmconsole.config.paths import settings_file, state_dir
from cmconsole.config.toml_text import (
    MARK,
    Names,
    UnsafeChangeError,
    header,
    lines_of,
    quoted,
    replace_file,
    with_block,
    without_tables,
)
from cmconsole.core.errors import SettingsError

if TYPE_CHECKING:
    from cmconsole.config.schema import Settings
    from cmconsole.config.sources import Account


def account_block(name: str, account: Account) -> str:
    """Return an account as the settings spell it."""
    rows = [
        f"platform = {quoted(account.platform)}",
        f"handle = {quoted(account.handle)}",
        f"mode = {quoted(account.mode)}",
    ]
    if account.server:
        rows.append(f"server = {quoted(account.server)}")
    if account.monthly_cap is not None:
        rows.append(f"monthly_cap = {account.monthly_cap}")
    return "\n".join([MARK, header(("accounts", name)), *rows, ""])


def source_block(name: str, account: str, platform: str) -> str:
    """Return the source that reads what mentions an account."""
    rows = [f"type = {quoted(platform)}", f"account = {quoted(account)}"]
    return "\n".join([MARK, header(("sources", name)), *rows, ""])


def source_name(settings: Settings, account: str) -> str:
    """Return a name for the account's source that is not taken yet."""
    names = [account, *(f"{account}-{number}" for number in range(2, 100))]
    return next(name for name in names if name not in settings.sources)


def with_blocks(config: Path | None, *blocks: str) -> tuple[Path, str]:
    """Return the settings file and what it will hold with these blocks. Raises SettingsError.

    That is read as settings before anything is written.
    """
    file = config or settings_file()
    text, block = _text(file), "\n".join(blocks)
    try:
        longer = with_block(text, block)
    except UnsafeChangeError as error:
        raise SettingsError(
            _("{file} is written in a way that nothing can be added to safely.").format(file=file),
            advice=_("Add this yourself:") + f"\n{block}",
        ) from error
    checked(tomllib.loads(longer), os.environ, file)
    return file, longer


def write(file: Path, text: str) -> None:
    """Write the settings file, whole or not at all. Raises SettingsError."""
    try:
        replace_file(file, text)
    except OSError as error:
        raise SettingsError(
            _("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror),
            advice=_("Check the mode and the owner of its folder."),
        ) from error


def tables_of(settings: Settings, account: str) -> tuple[Names, ...]:
    """Return the tables that go with an account: its own, and those of the sources that read with it."""
    sources = [
        ("sources", name)
        for name, source in settings.sources.items()
        if getattr(source, "account", None) == account
    ]
    return (("accounts", account), *sources)


def remove(config: Path | None, tables: tuple[Names, ...]) -> list[str]:
    """Remove tables from the settings file. Return what a person has to delete instead, where it is not safe.

    Raises SettingsError.
    """
    file = config or settings_file()
    text = _text(file)
    try:
        shorter = without_tables(text, *tables)
        left: dict[str, Any] = tomllib.loads(shorter)
        checked(left, os.environ, file)
    except (UnsafeChangeError, SettingsError):
        return [_by_hand(file, text, names) for names in tables]
    write(file, shorter)
    return []


def forget_session(account: str, platform: str) -> None:
    """Forget the session the engine keeps for an account: it was made with its secrets."""
    with suppress(OSError):
        (state_dir() / f"{platform}-{account}.session").unlink()


def _by_hand(file: Path, text: str, names: Names) -> str:
    found = lines_of(text, names)
    if found is None:
        return _("{file}: whatever belongs to {table}").format(file=file, table=header(names))
    first, last = found
    return _("{file}, lines {first} to {last}: {table}").format(
        file=file, first=first, last=last, table=header(names)
    )


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("it is not text")
        raise SettingsError(
            _("{file}: cannot be read: {reason}.").format(file=file, reason=reason),
            advice=_("Check its mode and its owner."),
        ) from error
