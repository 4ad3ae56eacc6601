"""Themes: files of colours by what they mean, for true colour and 256 colours, and by name for 16 colours."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cmconsole.config.language import N_, _
from cmconsole.core.errors import SettingsError

DEFAULT: Final = "calm-dark"

GROUNDS: Final = ("surface", "panel", "cursor", "selected")
"""What text stands on: the screen, its header and footer, the row under the cursor, selected rows."""

WORDS: Final = ("text", "quiet", "accent", "overdue", "urgent", "success", "rehearsal", "veil")
"""What text means; each is readable on every ground (contrast 4.5:1, WCAG 2.2 AA; a test checks it)."""

FILLS: Final = (("live_text", "live"),)
"""Labels that bring their own ground: (text, ground)."""

MEANINGS: Final = (*GROUNDS, *WORDS, "rule", "live", "live_text")
"""All that a theme file names, in [colours] and again in [sixteen]; `rule` is for lines, never for words."""

SIXTEEN: Final[Mapping[str, str]] = {
    "black": "#000000", "red": "#aa0000", "green": "#00aa00", "yellow": "#aa5500", "blue": "#0000aa",
    "magenta": "#aa00aa", "cyan": "#00aaaa", "white": "#aaaaaa", "bright_black": "#555555",
    "bright_red": "#ff5555",
    "bright_green": "#55ff55", "bright_yellow": "#ffff55", "bright_blue": "#5555ff",
    "bright_magenta": "#ff55ff",
    "bright_cyan": "#55ffff", "bright_white": "#ffffff",
}  # fmt: skip
"""The names allowed in [sixteen], as VGA showed them; Rich maps these values back onto the 16
colours exactly."""

TITLES: Final[Mapping[str, str]] = {
    "calm-dark": N_("calm, dark"),
    "calm-light": N_("calm, light"),
    "high-contrast": N_("high contrast"),
    "colour-blind": N_("safe for colour-blind eyes"),
}

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: `colours` by meaning as `#rrggbb`, `sixteen` the same for terminals with 16 colours."""

    name: str
    dark: bool
    colours: Mapping[str, str]
    sixteen: Mapping[str, str]


def folder() -> Path:
    """Return where the themes are: inside the wheel, or beside `src` in a checkout."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "themes"
    return shipped if shipped.is_dir() else package.parents[1] / "themes"


def names() -> list[str]:
    """Return the names of all themes, the default first."""
    found = sorted(path.stem for path in folder().glob("*.toml"))
    return sorted(found, key=lambda name: name != DEFAULT)


def load(name: str) -> Theme:
    """Return the theme of that name; raises SettingsError for an unknown name or a broken file."""
    path = folder() / f"{name}.toml"
    if not re.fullmatch(r"[a-z][a-z-]*", name) or not path.is_file():
        known = names()
        import difflib  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        close = difflib.get_close_matches(name, known, n=1)
        raise SettingsError(
            _("No theme is called “{name}”.").format(name=name),
            advice=_("Did you mean “{name}”?").format(name=close[0])
            if close
            else _("There are {names}.").format(names=", ".join(known)),
        )
    return read(path)


def read(path: Path) -> Theme:
    """Return the theme in a file; raises SettingsError that names file, key and what is allowed."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    colours = _section(path, content, "colours")
    sixteen = _section(path, content, "sixteen")
    for key, value in colours.items():
        if not _COLOUR.fullmatch(value):
            raise SettingsError(f"{path}: colours.{key}: “{value}” is not a colour such as #1a2b3c.")
    for key, value in sixteen.items():
        if value not in SIXTEEN:
            raise SettingsError(f"{path}: sixteen.{key}: “{value}” is none of {', '.join(SIXTEEN)}.")
    named = {key: SIXTEEN[value] for key, value in sixteen.items()}
    return Theme(path.stem, bool(content.get("dark", True)), colours, named)


def _section(path: Path, content: Mapping[str, Any], name: str) -> dict[str, str]:
    section = content.get(name)
    if not isinstance(section, dict):
        raise SettingsError(f"{path}: the table [{name}] is missing.")
    if missing := [key for key in MEANINGS if key not in section]:
        raise SettingsError(f"{path}: [{name}] lacks {', '.join(missing)}.")
    if unknown := [key for key in section if key not in MEANINGS]:
        raise SettingsError(f"{path}: [{name}] has unknown {', '.join(unknown)}.")
    return {key: str(value).lower() for key, value in section.items()}
