"""Canned responses given out as a file: TOML, CSV or JSON, as `cmconsole canned import` takes them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

from cmconsole.config.canned import LANGUAGES
from cmconsole.config.canned_text import table_of, toml_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cmconsole.core.canned import Canned

COLUMNS: Final = (
    "shortcode", "language", "text", "title", "kinds", "lanes", "platforms", "themes", "severities",
    "hostility", "owner", "review", "ask",
)  # fmt: skip
"""The columns of a CSV file, a variant a row."""


def given_out(responses: Iterable[Canned], form: str, language: str) -> Iterator[str]:
    """Yield the pieces of a file, each to be followed by a line's end. language: only its texts, or empty."""
    tables = {
        it.code: _only(table_of(it), language) for it in responses if not language or language in it.texts
    }
    if form == "toml":
        yield from (toml_of(code, table) for code, table in tables.items())
    elif form == "json":
        records = [{"shortcode": code, **table} for code, table in tables.items()]
        yield json.dumps(records, ensure_ascii=False, indent=2, default=str)
    else:
        yield _csv(tables).rstrip("\n")


def _only(table: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        key: value for key, value in table.items() if not language or key not in LANGUAGES or key == language
    }


def _csv(tables: Mapping[str, dict[str, Any]]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for code, table in tables.items():
        flat = {key: _flat(value) for key, value in table.items()}
        for language in LANGUAGES:
            for text in table.get(language, ()):
                writer.writerow({**flat, "shortcode": code, "language": language, "text": text})
    return written.getvalue()


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
