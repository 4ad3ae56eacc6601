"""Takes canned responses in from a file: into TOML files of the desk's own, nothing overwritten unasked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cmconsole.cli.canned_reading import read
from cmconsole.config.canned import Shelf, problems_of
from cmconsole.config.canned_text import code_from, toml_of, with_responses, without_response, write
from cmconsole.config.language import _
from cmconsole.config.loading import content
from cmconsole.config.toml_text import UnsafeChangeError
from cmconsole.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_NAMELESS: Final = "imported"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: codes that are new, replaced or kept as they were; what could not be taken.

    file: where they were written to. refused: a sentence for each row or response.
    """

    file: Path
    new: tuple[str, ...]
    replaced: tuple[str, ...]
    kept: tuple[str, ...]
    refused: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """Return it as programs read it."""
        return {
            "file": str(self.file),
            "new": self.new,
            "replaced": self.replaced,
            "kept": self.kept,
            "refused": self.refused,
        }


def take_in(file: Path, folder: Path, *, replace: bool, language: str, fallback: str) -> Taken:
    """Write the responses of a file into the folder of the desk's own.

    language: of texts that name none; empty: guessed, else `fallback`. Everything is made ready before the
    first file is written. Raises InputError, SettingsError; then nothing was changed.
    """
    found = read(file, language=language, fallback=fallback)
    refused = list(found.refused)
    good: dict[str, Mapping[str, Any]] = {}
    for code, table in found.tables.items():
        wrong = problems_of(code, table)
        refused += wrong
        if not wrong:
            good[code] = table
    there = _there(folder)
    known = [code for code in good if code in there]
    wanted = {code: table for code, table in good.items() if replace or code not in there}
    target = folder / f"{code_from(file.stem) or _NAMELESS}.toml"
    if wanted:
        _write(_changed(folder, target, wanted, there))
    return Taken(
        file=target,
        new=tuple(code for code in wanted if code not in there),
        replaced=tuple(known) if replace else (),
        kept=() if replace else tuple(known),
        refused=tuple(refused),
    )


def _there(folder: Path) -> dict[str, str]:
    """Return the file of each response that is there. Raises InputError where one cannot be read.

    A file that is broken may hold anything: what would be written could stand twice then.
    """
    library = Shelf(folder, starter=False).library()
    if library.complaints:
        raise InputError("\n".join(library.complaints), advice=_("Mend that first; nothing was taken in."))
    return {code: canned.source for code, canned in library.responses.items()}


def _changed(
    folder: Path, target: Path, wanted: Mapping[str, Mapping[str, Any]], there: Mapping[str, str]
) -> dict[Path, str]:
    """Return the new text of each file that changes, the target last. Raises InputError, SettingsError."""
    texts: dict[Path, str] = {}
    for code in wanted:
        if code in there:
            path = folder / there[code]
            try:
                texts[path] = without_response(texts.get(path) or _content(path), code)
            except UnsafeChangeError as error:
                raise InputError(
                    _("{file}: /{code} stands there in a way that only a person can change.").format(
                        file=path, code=code
                    ),
                    advice=_("Remove it by hand; nothing was taken in."),
                ) from error
    before = texts.pop(target) if target in texts else _content(target)
    texts[target] = with_responses(before, (toml_of(code, table) for code, table in wanted.items()))
    return texts


def _content(path: Path) -> str:
    try:
        return content(path).removeprefix("\ufeff")
    except FileNotFoundError:
        return ""


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in _target_first(texts.items()):
        try:
            write(path, text)
        except OSError as error:
            raise InputError(
                _("{file}: cannot be written: {reason}.").format(file=path, reason=error.strerror),
                advice=_("Check its mode and its owner."),
            ) from error


def _target_first(texts: Iterable[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """Return them so that nothing is lost where writing fails half-way: rather twice than nowhere."""
    return list(texts)[::-1]
