"""The library of canned responses: TOML files in a folder, read anew when they change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from cmconsole.config.language import N_, _, language
from cmconsole.config.loading import content, parsed
from cmconsole.config.shapes import HostilityWord, SeverityWord, Words
from cmconsole.core.canned import STARTER, Canned, placeholders, stray_brace
from cmconsole.core.errors import SettingsError
from cmconsole.core.text import one_line, visible
from cmconsole.core.verdict import Hostility, Kind, Lane, Severity

LANGUAGES: Final = ("fr", "en")
"""The languages a response may have texts in: those a brand may answer in."""

_STARTER_FOLDER: Final = Path(__file__).parent / "starter"
_MOST_FILES: Final = 500
_MOST_VARIANTS: Final = 20
_LONGEST: Final = 10_000
"""Most characters of a text: Reddit's limit, the widest there is."""

_MOST_BYTES: Final = 1_000_000
"""Largest file that is read: a console waits while it is."""

_Code: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z",
        title=N_("a code of at most 40 small letters (a to z), digits and -"),
    ),
]
_Placeholder: TypeAlias = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z", title=N_("the name of a placeholder: small letters, digits, _"))
]


class Response(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A response as a file has it; its table's name is its code. See docs/guide/canned.md."""

    # No limits inside these unions: msgspec 0.22 crashes where two arms of one have a pattern.
    title: str | dict[Literal["fr", "en"], str] = ""
    fr: str | tuple[str, ...] = ()
    en: str | tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    lanes: tuple[Lane, ...] = ()
    platforms: Words = ()
    themes: Words = ()
    severities: tuple[SeverityWord, ...] = ()
    hostility: HostilityWord | None = None
    owner: str = ""
    review: Annotated[date, Meta(title=N_("a day, as in 2027-03-01"))] | None = None
    ask: dict[_Placeholder, str | dict[Literal["fr", "en"], str]] = {}

    def __post_init__(self) -> None:
        for name in LANGUAGES:
            if len(texts(self, name)) > _MOST_VARIANTS:
                raise ValueError(
                    _("{language} has more than {limit} variants").format(language=name, limit=_MOST_VARIANTS)
                )
            for number, text in enumerate(texts(self, name), start=1):
                if fault := _fault(text):
                    raise ValueError(
                        _("{language}, variant {number}: {fault}").format(
                            language=name, number=number, fault=fault
                        )
                    )
        known = {it for name in LANGUAGES for text in texts(self, name) for it in placeholders(text)}
        if not any(texts(self, name) for name in LANGUAGES):
            raise ValueError(_("it has no text: it needs fr, en or both"))
        for name in self.ask:
            if name not in known:
                raise ValueError(_("ask.{name}: no text holds that placeholder").format(name=name))


def _fault(text: str) -> str:
    """Return why a text cannot be a variant; empty where it can."""
    if not text.strip():
        return _("it is empty")
    if len(text) > _LONGEST:
        return _("it is longer than {limit} characters").format(limit=_LONGEST)
    if stray_brace(text):
        return _("a brace is no placeholder's; those are written {example}, in small letters a to z").format(
            example="{first_name}"
        )
    if visible(text) != text:
        return _("it holds a tab, or a sign nobody sees")
    return ""


def texts(response: Response, name: str) -> tuple[str, ...]:
    """Return a response's variants in a language."""
    return texts_of(getattr(response, name))


def texts_of(value: str | Sequence[str]) -> tuple[str, ...]:
    """Return the variants that a file gives: a text alone is the only one."""
    return (value,) if isinstance(value, str) else tuple(value)


@dataclass(frozen=True, slots=True)
class Library:
    """All responses that can be used, by code, and what is wrong with the files, a sentence each."""

    responses: Mapping[str, Canned]
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was read: when that was, what of it can be used, and what is wrong with it."""

    stamp: tuple[int, ...]
    responses: Mapping[str, Canned] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


class Shelf:
    """Keeps a folder of responses, and ours, at hand.

    folder: the desk's own; None, or one that does not exist: there are none. starter: have ours, too.
    """

    def __init__(self, folder: Path | None, *, starter: bool) -> None:
        self._folder = folder
        self._starter = starter
        self._files: dict[Path, _File] = {}
        self._trouble = ""
        self._library: Library | None = None

    def library(self) -> Library:
        """Return the library as it is now: the same object until a file is made, changed or removed.

        Cheap where nothing changed: it looks at the folder, not into the files. A file that cannot be used is
        complained of, and its last good version stays.
        """
        stamps, trouble = self._look()
        if self._library is not None and trouble == self._trouble and stamps == self._stamps():
            return self._library
        self._trouble = trouble
        self._files = {path: self._fresh(path, stamp) for path, stamp in stamps.items()}
        self._library = self._assembled()
        return self._library

    def _stamps(self) -> dict[Path, tuple[int, ...]]:
        return {path: file.stamp for path, file in self._files.items()}

    def _look(self) -> tuple[dict[Path, tuple[int, ...]], str]:
        """Return each file with what tells its versions apart, by name; and why that cannot be done."""
        found: dict[Path, tuple[int, ...]] = {}
        if self._folder is not None:
            try:
                found = dict(_stamped(self._folder))
            except FileNotFoundError:
                pass
            except OSError as error:
                return self._stamps(), _("{file}: cannot be read: {reason}.").format(
                    file=self._folder, reason=error.strerror
                )
        if self._starter:
            found |= _starter_files()
        return found, ""

    def _fresh(self, path: Path, stamp: tuple[int, ...]) -> _File:
        before = self._files.get(path)
        return before if before is not None and before.stamp == stamp else _read(path, stamp, before)

    def _assembled(self) -> Library:
        responses: dict[str, Canned] = {}
        complaints = [self._trouble] if self._trouble else []
        for path, file in self._files.items():
            complaints += file.complaints
            for code, canned in file.responses.items():
                first = responses.setdefault(code, canned)
                if first is not canned and canned.source != STARTER:
                    complaints.append(
                        _("{file}: {code} stands in {other} too; that one is used.").format(
                            file=path, code=code, other=first.source
                        )
                    )
        return Library(MappingProxyType(responses), tuple(complaints))


def _stamped(folder: Path) -> Iterator[tuple[Path, tuple[int, ...]]]:
    """Yield the TOML files of a folder by name, each with what changes when it does. Raises OSError."""
    with os.scandir(folder) as entries:
        names = sorted(it.name for it in entries if it.name.endswith(".toml") and not it.name.startswith("."))
    for name in names[:_MOST_FILES]:
        path = folder / name
        try:
            now = path.stat()
        except FileNotFoundError:
            continue
        yield path, (now.st_mtime_ns, now.st_ctime_ns, now.st_size, now.st_ino)


def _starter_files() -> dict[Path, tuple[int, ...]]:
    """Return the files of ours, which never change while the program runs."""
    return dict.fromkeys(sorted(_STARTER_FOLDER.glob("*.toml")), ())


def _read(path: Path, stamp: tuple[int, ...], before: _File | None) -> _File:
    """Read a file; what of it cannot be used stays as it was before."""
    kept = before.responses if before is not None else {}
    try:
        text = _text(path, stamp)
        tables = parsed(text, path)
    except FileNotFoundError:
        return _File(stamp)
    except SettingsError as error:
        return _File(stamp, kept, (_with_kept(str(error), kept=bool(kept)),))
    responses: dict[str, Canned] = {}
    complaints: list[str] = []
    for code, table in tables.items():
        try:
            found = msgspec.convert({code: table}, dict[_Code, Response])
        except msgspec.ValidationError:
            complaints += _complaints(path, text, code, table, kept=code in kept)
            if code in kept:
                responses[code] = kept[code]
        else:
            source = STARTER if path.parent == _STARTER_FOLDER else path.name
            responses[code] = canned_of(code, found[code], source)
    return _File(stamp, responses, tuple(complaints))


def _text(path: Path, stamp: tuple[int, ...]) -> str:
    """Return a file's text, without the mark some editors begin it with. Raises SettingsError."""
    if stamp and stamp[2] > _MOST_BYTES:
        limit = _MOST_BYTES // 1_000_000
        raise SettingsError(_("{file}: larger than {limit} MB: not read.").format(file=path, limit=limit))
    return content(path).removeprefix("\ufeff")


def canned_of(code: str, response: Response, source: str) -> Canned:
    """Return a response as the desk uses it. source: its file's name, or STARTER."""
    return Canned(
        code=code,
        title=_in_our_language(response.title),
        texts={
            name: tuple(map(str.strip, texts(response, name))) for name in LANGUAGES if texts(response, name)
        },
        kinds=frozenset(response.kinds),
        lanes=frozenset(response.lanes),
        platforms=frozenset(it.lower() for it in response.platforms),
        themes=frozenset(it.lower() for it in response.themes),
        severities=frozenset(Severity[it.upper()] for it in response.severities),
        hostility=Hostility[response.hostility.upper()] if response.hostility else Hostility.NONE,
        owner=one_line(response.owner),
        review=response.review,
        asks={name: _in_our_language(question) for name, question in response.ask.items()},
        source=source,
    )


def _in_our_language(words: str | dict[Literal["fr", "en"], str]) -> str:
    """Return words for the person at the desk: in the language of the interface where there are several."""
    if isinstance(words, str):
        return one_line(words)
    chosen = words.get("fr" if language() == "fr" else "en")
    return one_line(chosen or next(iter(words.values()), ""))


def problems_of(code: str, table: Any) -> list[str]:
    """Return what keeps a table from being a response, a sentence each that begins with the key."""
    from cmconsole.config.checking import problems  # noqa: PLC0415 - only when something is wrong

    return [f"{problem.key} {problem.says}" for problem in problems({code: table}, dict[_Code, Response])]


def _complaints(path: Path, text: str, code: str, table: Any, *, kept: bool) -> Iterator[str]:
    from cmconsole.config.toml_text import lines_of  # noqa: PLC0415 - the same

    place = lines_of(text, (code,))
    where = _("{file}, line {line}").format(file=path, line=place[0]) if place else str(path)
    for says in problems_of(code, table):
        yield _with_kept(f"{where}: {says}", kept=kept)


def _with_kept(sentence: str, *, kept: bool) -> str:
    return sentence + " " + _("The last good version stays in use.") if kept else sentence


def folder_of(named: str, settings_file: Path) -> Path:
    """Return the folder of a desk's own responses: as the settings name it, else `canned` beside them."""
    return settings_file.parent / (Path(named).expanduser() if named else "canned")
