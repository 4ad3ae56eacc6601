"""The page of settings says everything the schema knows, and says it in English."""

from typing import get_args

import msgspec

from cmconsole.config import reference
from cmconsole.config.language import install
from cmconsole.config.schema import Desk, Rule, Settings, Then, When
from cmconsole.config.sources import Account, SourceSettings


def test_every_key_is_on_the_page() -> None:
    page = reference.markdown()

    for struct in (Desk, Account, *get_args(SourceSettings), Rule, Then, When):
        for field in msgspec.structs.fields(struct):
            assert f"| `{field.name}` |" in page
    for section in msgspec.structs.fields(Settings):
        assert f"`[{section.name}" in page


def test_every_key_says_what_it_means() -> None:
    rows = [line for line in reference.markdown().splitlines() if line.startswith("| `")]

    assert rows
    assert [row for row in rows if not row.split(" | ")[-1].strip(" |")] == []
    assert [row for row in rows if len(row.replace("\\|", "").split(" | ")) != 4] == []


def test_the_page_is_the_same_in_every_language() -> None:
    english = reference.markdown()
    install("fr")
    try:
        assert reference.markdown() == english
    finally:
        install("en")
