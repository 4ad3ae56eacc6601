"""The French catalogue is complete and faithful: all messages of the code, with the same placeholders."""

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[3] / "src" / "cmconsole"
FRENCH = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "cmconsole.po"
# Signs that French separates by a space, which must not be a place to break the line.
LOOSE = re.compile(r"(?<=\S) [:;?!»]|« ")


def singular(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def forms(message: str | tuple[str, ...] | list[str] | None) -> list[str]:
    if message is None:
        return []
    return [message] if isinstance(message, str) else list(message)


def placeholders(text: str) -> set[tuple[str, str | None, str | None]]:
    return {(name, spec, turn) for _, name, spec, turn in Formatter().parse(text) if name is not None}


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Return the messages of the code: those marked by `_`, `N_` and `ngettext`."""
    return {
        singular(message)
        for path in PACKAGE.rglob("*.py")
        for _, message, _, _ in extract_from_file("python", path, DEFAULT_KEYWORDS)
    } - {""}


@pytest.fixture(scope="module")
def french() -> Catalog:
    with FRENCH.open("rb") as lines:
        return read_po(lines, locale="fr", abort_invalid=True)


@pytest.fixture(scope="module")
def entries(french: Catalog) -> list[Message]:
    return [message for message in french if message.id]


def test_every_message_of_the_code_is_translated(said: set[str], entries: list[Message]) -> None:
    translated = {
        singular(entry.id)
        for entry in entries
        if entry.string and all(forms(entry.string)) and not entry.fuzzy
    }

    assert said - translated == set()


def test_nothing_is_translated_that_nobody_says(
    said: set[str], french: Catalog, entries: list[Message]
) -> None:
    assert {singular(entry.id) for entry in entries} - said == set()
    assert list(french.obsolete) == []


def test_placeholders_are_the_same(entries: list[Message]) -> None:
    wrong = []
    for entry in entries:
        english = set[tuple[str, str | None, str | None]]().union(*map(placeholders, forms(entry.id)))
        for form in filter(None, forms(entry.string)):
            found = placeholders(form)
            # A form for one thing may say "one" instead of the number.
            if found != english and not (len(forms(entry.id)) > 1 and found < english):
                wrong.append((singular(entry.id), form))

    assert wrong == []


def test_every_plural_has_its_forms(entries: list[Message]) -> None:
    assert [entry.id for entry in entries if len(forms(entry.id)) != len(forms(entry.string))] == []


def test_signs_do_not_fall_off_their_line(entries: list[Message]) -> None:
    loose = [form for entry in entries for form in forms(entry.string) if LOOSE.search(form)]

    assert loose == []


def test_blanks_at_the_ends_are_kept(entries: list[Message]) -> None:
    moved = [
        entry.id
        for entry in entries
        for form in forms(entry.string)
        if (form[:1].isspace(), form[-1:].isspace())
        != (singular(entry.id)[:1].isspace(), singular(entry.id)[-1:].isspace())
    ]

    assert moved == []
