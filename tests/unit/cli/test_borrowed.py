"""Click still says the words the catalogues hold for it."""

from pathlib import Path

import click
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

from cmconsole.cli import borrowed


@pytest.fixture(scope="module")
def clicks() -> set[str]:
    """Return what click marks for translation."""
    found: set[str] = set()
    for path in Path(click.__file__).parent.glob("*.py"):
        for _, message, _, _ in extract_from_file("python", path, DEFAULT_KEYWORDS):
            found.update([message] if isinstance(message, str) else message)
    return found


def test_click_says_each_of_these_words(clicks: set[str]) -> None:
    assert set(borrowed.WORDS) - clicks == set()


@pytest.mark.parametrize("number", [1, 2])
def test_click_says_each_of_these_sentences(clicks: set[str], number: int) -> None:
    assert set(borrowed.counted(number)) - clicks == set()
