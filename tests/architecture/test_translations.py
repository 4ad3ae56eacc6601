"""Every word on the screen is in every catalogue, translated, with the same blanks to fill."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "src" / "cmconsole" / "locale").rglob("*.po"))
BLANK = re.compile(r"{(\w*)[^{}]*}")

every_language = pytest.mark.parametrize(
    "path", CATALOGUES, ids=lambda path: path.relative_to(ROOT / "src" / "cmconsole" / "locale").parts[0]
)


def forms(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the one form of a message, or its singular and plurals."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def blanks(text: str) -> set[str]:
    return set(BLANK.findall(text))


def read(path: Path) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines, locale=path.parent.parent.name)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def keeps_its_blanks(message: Message) -> bool:
    """Tell whether the translation fills the same blanks; a singular may say "one" instead of a number."""
    wanted = set[str]().union(*map(blanks, forms(message.id)))
    given = [blanks(form) for form in forms(message.string)]
    return set[str]().union(*given) == wanted


@pytest.fixture(scope="module")
def spoken() -> set[tuple[str, ...]]:
    """Return every message that the code asks gettext for."""
    return {forms(found[2]) for found in extract_from_dir(ROOT / "src")}


def test_there_is_a_catalogue() -> None:
    assert CATALOGUES


@every_language
def test_a_catalogue_holds_just_what_the_code_says(path: Path, spoken: set[tuple[str, ...]]) -> None:
    held = {forms(message.id) for message in messages(read(path))}

    assert spoken - held == set(), "run `make translations` and translate"
    assert held - spoken == set(), "run `make translations`"


@every_language
def test_everything_is_translated(path: Path) -> None:
    unfinished = [
        message.id
        for message in messages(read(path))
        if message.fuzzy or not message.string or not all(forms(message.string))
    ]

    assert unfinished == []


@every_language
def test_a_translation_fills_the_same_blanks(path: Path) -> None:
    assert [message.id for message in messages(read(path)) if not keeps_its_blanks(message)] == []
