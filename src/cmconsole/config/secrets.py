"""Secrets: read from the environment or from a private file, never from the settings, never shown."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIMIT = 64 * 1024


def read_token(*, variable: str = "", file: str = "", environ: Mapping[str, str] | None = None) -> str:
    """Return a token from the environment variable, else from the file; empty where neither is named.

    Raises SettingsError where what was named gives no token, or where other users may read the file.
    """
    if variable:
        return _from_environment(variable, os.environ if environ is None else environ)
    return _from_file(Path(file).expanduser()) if file else ""


def _from_environment(variable: str, environ: Mapping[str, str]) -> str:
    token = environ.get(variable, "").strip()
    if not token:
        raise SettingsError(
            _("The environment variable {variable} holds no token.").format(variable=variable),
            advice=_("Export it before the engine starts, or use token_file."),
        )
    return token


def _from_file(path: Path) -> str:
    """Read the token; the mode is asked of the opened file, so that it cannot be swapped in between."""
    try:
        with path.open("rb") as opened:
            _check_private(path, os.fstat(opened.fileno()))
            token = opened.read(_LIMIT).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("it is not text")
        raise SettingsError(
            _("The token file {path} cannot be read: {reason}.").format(path=path, reason=reason),
            advice=_("Check token_file in the settings."),
        ) from error
    if not token:
        raise SettingsError(
            _("The token file {path} is empty.").format(path=path), advice=_("Paste the token into it.")
        )
    return token


def _check_private(path: Path, state: os.stat_result) -> None:
    mode = stat.S_IMODE(state.st_mode)
    if mode & 0o077:
        raise SettingsError(
            _("The token file {path} can be read by other users (mode {mode:04o}).").format(
                path=path, mode=mode
            ),
            advice=_("Run: chmod 600 {path}").format(path=path),
        )
