"""Reads canned responses from files of other tools: CSV and JSON, whatever they call the same things."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cmconsole.config.canned import LANGUAGES
from cmconsole.config.canned_text import KEYS, code_from
from cmconsole.config.language import _
from cmconsole.config.loading import parsed
from cmconsole.core.errors import InputError
from cmconsole.core.text import fold, one_line, visible

_LARGEST: Final = 10_000_000

_NAMES: Final = {
    "code": ("shortcode", "code", "shortcut", "keyword", "abbreviation", "trigger", "raccourci", "id"),
    "text": (
        "text",
        "body",
        "content",
        "message",
        "response",
        "reply",
        "value",
        "texte",
        "reponse",
        "contenu",
    ),
    "language": ("language", "lang", "locale", "langue"),
    "title": ("title", "name", "label", "subject", "description", "titre", "nom"),
}
"""What other tools call the same things; the first that is there counts."""

_LISTS: Final = frozenset({"kinds", "lanes", "platforms", "themes", "severities"})
_WORDS: Final = frozenset({"hostility", "owner", "review"})
_BRACES: Final = re.compile(r"\{\{?\s*([^{}]{1,60}?)\s*\}?\}")
_OURS: Final = {
    "firstname": "first_name", "prenom": "first_name", "customer_name": "name", "fullname": "name",
    "full_name": "name", "nom": "name", "username": "handle", "screen_name": "handle", "agent": "person",
    "agent_name": "person", "company": "brand", "marque": "brand",
}  # fmt: skip
"""Names of placeholders that other tools fill, and ours for the same."""


@dataclass(slots=True)
class Read:
    """What was read: tables as our files hold them, by code; and what could not be, a sentence each."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def read(file: Path, *, language: str, fallback: str) -> Read:
    """Read a file by its ending. language: of texts that name none; empty: guessed, else `fallback`.

    Raises InputError where it cannot be read at all, SettingsError for TOML that is none.
    """
    text = _text(file)
    rows = _Rows(language, fallback)
    match file.suffix.lower():
        case ".toml":
            rows.take_tables(parsed(text, file))
        case ".json":
            rows.take_json(_json(text, file))
        case ".csv" | ".tsv" | ".txt":
            rows.take_csv(text, file)
        case _:
            raise InputError(
                _("{file}: its ending tells of no kind of file that is known.").format(file=file),
                advice=_("Name it .csv, .json or .toml."),
            )
    return rows.read


class _Rows:
    """Gathers rows into tables, in the order of the file."""

    def __init__(self, language: str, fallback: str) -> None:
        self.read = Read()
        self._language = language
        self._fallback = fallback

    def take_tables(self, tables: Mapping[str, Any]) -> None:
        """Take tables as our own files hold them, whatever is wrong with them: that is told later."""
        for code, table in tables.items():
            if isinstance(table, dict):
                self.read.tables[code] = table
            else:
                self.read.refused.append(_("{place}: no table.").format(place=code))

    def take_json(self, found: Any) -> None:
        """Take a list of objects, or an object by code of texts or objects, or a list inside an object."""
        if isinstance(found, dict):
            lists = [value for value in found.values() if isinstance(value, list) and _objects(value)]
            if len(lists) == 1:
                self.take_json(lists[0])
                return
            found = [
                {"code": code, **value} if isinstance(value, dict) else {"code": code, "text": value}
                for code, value in found.items()
            ]
        for number, row in enumerate(found if isinstance(found, list) else [], start=1):
            place = _("entry {number}").format(number=number)
            if isinstance(row, dict):
                self._take(row, place)
            else:
                self.read.refused.append(_("{place}: no object.").format(place=place))

    def take_csv(self, text: str, file: Path) -> None:
        """Take rows under a line of column names."""
        rows = csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text))
        try:
            self._take_rows(rows, file)
        except csv.Error as error:
            raise InputError(
                _("{file}, line {line}: this is not CSV.").format(file=file, line=rows.line_num + 1)
            ) from error

    def _take_rows(self, rows: csv.DictReader[str], file: Path) -> None:
        if _column(_keyed(dict.fromkeys(rows.fieldnames or ())), "text") is None:
            raise InputError(
                _("{file}: no column is called text.").format(file=file),
                advice=_("Its first line names the columns: shortcode, text, language, title."),
            )
        for row in rows:
            self._take(row, _("line {line}").format(line=rows.line_num))

    def _take(self, row: Mapping[Any, Any], place: str) -> None:
        keyed = _keyed(row)
        title = one_line(str(keyed.get(_column(keyed, "title") or "") or ""))
        given = str(keyed.get(_column(keyed, "code") or "") or "")
        code = code_from(given) or code_from(title)
        if not code:
            self.read.refused.append(
                _("{place}: no shortcode, and no title to make one of.").format(place=place)
            )
            return
        texts = dict(self._texts(keyed))
        if not texts:
            self.read.refused.append(_("{place}: /{code} has no text.").format(place=place, code=code))
            return
        table = self.read.tables.setdefault(code, {})
        for key, value in {"title": title, **_hints(keyed)}.items():
            if value:
                table.setdefault(key, value)
        for language, variants in texts.items():
            known: list[str] = table.setdefault(language, [])
            known += [text for text in variants if text not in known]

    def _texts(self, row: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
        for language in LANGUAGES:
            if variants := _variants(row.get(language)):
                yield language, variants
        if variants := _variants(row.get(_column(row, "text") or "")):
            said = fold(str(row.get(_column(row, "language") or "") or ""))[:2]
            named = said if said in LANGUAGES else self._language
            yield named or _guessed(" ".join(variants)) or self._fallback, variants


def _text(file: Path) -> str:
    try:
        data = file.read_bytes() if file.stat().st_size <= _LARGEST else None
    except OSError as error:
        raise InputError(
            _("{file}: cannot be read: {reason}.").format(file=file, reason=error.strerror),
            advice=_("Check its mode and its owner."),
        ) from error
    if data is None:
        raise InputError(
            _("{file}: larger than {limit} MB: not read.").format(file=file, limit=_LARGEST // 1_000_000)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets write on Windows where nobody asked for UTF-8; no byte is left without a sign.
        return data.decode("cp1252", "replace")


def _json(text: str, file: Path) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            _("{file}, line {line}: this is not JSON.").format(file=file, line=error.lineno)
        ) from error
    except RecursionError as error:
        raise InputError(_("{file}: nested too deep to be read.").format(file=file)) from error


def _dialect(text: str) -> type[csv.Dialect]:
    """Return how the columns are parted: by what stands most often in the line of their names."""
    head = text.partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Found


def _objects(found: list[Any]) -> bool:
    return all(isinstance(it, dict) for it in found)


def _keyed(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row by names as we compare them: `Short code` is `shortcode`."""
    return {re.sub(r"[\s_-]", "", fold(str(key))): value for key, value in row.items() if key}


def _column(row: Mapping[str, Any], what: str) -> str | None:
    return next((name for name in _NAMES[what] if name in row), None)


def _variants(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    return [made for text in texts if isinstance(text, str) and (made := _made_ours(text))]


def _made_ours(text: str) -> str:
    """Return a text as ours are: `{{ticket.requester.first_name}}` is `{first_name}`, a tab a blank."""
    return _BRACES.sub(_placeholder, visible(text)).strip()


def _placeholder(found: re.Match[str]) -> str:
    name = re.sub("[^a-z0-9]+", "_", fold(found[1].rpartition(".")[2])).strip("_")
    return f"{{{_OURS.get(name, name)}}}" if name and not name[0].isdigit() else found[0]


def _hints(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hints of a row as our files hold them: lists where one cell names several."""
    found: dict[str, Any] = {}
    for key in KEYS:
        value = row.get(key)
        if key in _LISTS and value:
            words = value if isinstance(value, list) else re.split(r"[,;|]", str(value))
            found[key] = [word.strip().lower() for word in map(str, words) if word.strip()]
        elif key in _WORDS and value:
            found[key] = str(value).strip()
        elif key == "ask" and value:
            found[key] = value if isinstance(value, dict) else _asked(str(value))
    return found


def _asked(cell: str) -> dict[str, Any]:
    try:
        found = json.loads(cell)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _guessed(text: str) -> str:
    """Return the language of a text by its words; empty where it is neither French nor English for sure."""
    from cmconsole.triage.language import decide, marks  # noqa: PLC0415 - most files say it
    from cmconsole.triage.words import cut, norm  # noqa: PLC0415 - the same

    words = [norm(token) for token in cut(text) if token[0].isalnum()]
    found = decide(sum(map(marks, words)), len(words), text)
    return found if found in LANGUAGES else ""
