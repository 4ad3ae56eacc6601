"""Reads the settings: the file, then the environment over it; says whatever is wrong with either."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cmconsole.config.clock import timezone
from cmconsole.config.language import _
from cmconsole.config.paths import settings_file
from cmconsole.config.schema import Settings
from cmconsole.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEE = "docs/guide/settings.md"


def load(file: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from a file that must exist, or from the usual place, where none is needed.

    Raises SettingsError with one line for everything that is wrong.
    """
    place = settings_file() if file is None else file
    tables = _tables(place, required=file is not None)
    return checked(tables, os.environ if environ is None else environ, place)


def checked(tables: Mapping[str, Any], environ: Mapping[str, str], file: Path) -> Settings:
    """Return what the tables read from `file` and the environment amount to. Raises SettingsError."""
    origins: dict[tuple[str, ...], str] = {}
    if any(name.startswith("CMCONSOLE_") and "__" in name for name in environ):
        from cmconsole.config.environment import overlaid  # noqa: PLC0415 - rare

        tables, origins = overlaid(tables, environ)
    try:
        settings = msgspec.convert(tables, Settings)
    except msgspec.ValidationError as error:
        raise _explained(tables, origins, file) from error
    try:
        timezone(settings.desk.timezone)
    except SettingsError as error:
        place = _place(("desk", "timezone"), origins, file)
        raise SettingsError(f"{place}: desk.timezone: {error.message}", advice=error.advice) from error
    return settings


def _tables(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        text = content(file)
    except FileNotFoundError as error:
        if not required:
            return {}
        raise SettingsError(
            _("{file}: there is no such file.").format(file=file), advice=_("Check --config.")
        ) from error
    return parsed(text, file)


def content(file: Path) -> str:
    """Return the text of a file. Raises FileNotFoundError, and SettingsError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SettingsError(
            _("{file}: cannot be read: {reason}.").format(file=file, reason=error.strerror),
            advice=_("Check its mode and its owner."),
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            _("{file}, line {line}: this is not UTF-8 text.").format(file=file, line=line),
            advice=_("Save the file as UTF-8."),
        ) from error


def parsed(text: str, file: Path) -> dict[str, Any]:
    """Return the tables of a TOML text read from `file`. Raises SettingsError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _bracket, place = str(error).removesuffix(")").rpartition(" (at ")
        line, column = re.findall(r"\d+", place) or (text.count("\n") + 1, len(text) - text.rfind("\n"))
        raise SettingsError(
            _("{file}, line {line}, column {column}: this is not TOML: {reason}.").format(
                file=file, line=line, column=column, reason=reason
            )
        ) from error


def _place(path: tuple[str, ...], origins: Mapping[tuple[str, ...], str], file: Path) -> str:
    """Say where a value came from: the variable that set it, a part of it or its table, else the file."""
    for end in range(len(path), 0, -1):
        if variable := origins.get(path[:end]):
            return variable
    within = next((name for origin, name in origins.items() if origin[: len(path)] == path), "")
    return within or str(file)


def _explained(
    tables: Mapping[str, Any], origins: Mapping[tuple[str, ...], str], file: Path
) -> SettingsError:
    from cmconsole.config.checking import problems  # noqa: PLC0415 - only when something is wrong

    lines = [
        f"{_place(problem.path, origins, file)}: {problem.key or 'settings'} {problem.says}"
        for problem in problems(dict(tables), Settings)
    ]
    return SettingsError("\n".join(lines), advice=_("Every key is described in {page}.").format(page=_SEE))
