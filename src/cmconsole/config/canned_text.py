"""Writes canned responses as TOML, and changes their files: what is not concerned stays as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from cmconsole.config.canned import LANGUAGES, texts_of
from cmconsole.config.toml_text import UnsafeChangeError, lines_of, quoted, replace_file
from cmconsole.core.canned import Canned
from cmconsole.core.text import fold
from cmconsole.core.verdict import Hostility

KEYS: Final = (
    "title", "kinds", "lanes", "platforms", "themes", "severities", "hostility", "owner", "review",
    *LANGUAGES, "ask",
)  # fmt: skip
"""The keys of a response, in the order they are written."""

_SHARED_FILE: Final = 0o644
_LONGEST_CODE: Final = 40


def table_of(canned: Canned) -> dict[str, Any]:
    """Return a response by the keys of its file; what it does not say is not in it."""
    said: dict[str, Any] = {
        "title": canned.title,
        "kinds": sorted(canned.kinds),
        "lanes": sorted(canned.lanes),
        "platforms": sorted(canned.platforms),
        "themes": sorted(canned.themes),
        "severities": [it.word for it in sorted(canned.severities)],
        "hostility": canned.hostility.word if canned.hostility is not Hostility.NONE else "",
        "owner": canned.owner,
        "review": canned.review,
        **{language: list(variants) for language, variants in canned.texts.items()},
        "ask": dict(canned.asks),
    }
    return {key: said[key] for key in KEYS if said.get(key)}


def toml_of(code: str, table: Mapping[str, Any]) -> str:
    """Return a response as a table of TOML, a variant a line."""
    rows = [f"[{code}]"]
    for key in KEYS:
        value = table.get(key)
        if not value:
            continue
        if key in LANGUAGES:
            rows += [f"{key} = [", *(f"    {quoted(text)}," for text in texts_of(value)), "]"]
        else:
            rows.append(f"{key} = {_inline(value)}")
    return "\n".join([*rows, ""])


def code_from(text: str) -> str:
    """Return a shortcode made of a title or of a foreign code; empty where nothing of it can be kept."""
    return re.sub("[^a-z0-9]+", "-", fold(text)).strip("-")[:_LONGEST_CODE].strip("-")


def without_response(text: str, code: str) -> str:
    """Return a file's text without a response. Raises UnsafeChangeError where its end cannot be told."""
    expected = {name: table for name, table in tomllib.loads(text).items() if name != code}
    rows = text.splitlines()
    for names in ((code, "title"), (code, "ask"), (code,)):
        place = lines_of("\n".join(rows), names)
        if place is not None:
            del rows[place[0] - 1 : place[1]]
    changed = "".join(f"{row}\n" for row in rows)
    try:
        found = tomllib.loads(changed)
    except tomllib.TOMLDecodeError as error:
        raise UnsafeChangeError from error
    if found != expected:
        raise UnsafeChangeError
    return changed


def with_responses(text: str, responses: Iterable[str]) -> str:
    """Return a file's text with responses, as `toml_of` writes them, at its end."""
    return "\n".join(part for part in (text.rstrip("\n") + "\n" if text.strip() else "", *responses) if part)


def write(file: Path, text: str) -> None:
    """Write a file of responses, whole or not at all: colleagues may read a new one. Raises OSError."""
    replace_file(file, text, mode=None if file.exists() else _SHARED_FILE)


def _inline(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return quoted(str(value))
