"""Accounts in words: places of secrets, money in both languages, red only for what is wrong."""

import pytest

from cmconsole.cli import accounts_words
from cmconsole.config.language import speaking
from cmconsole.config.secrets import Place
from cmconsole.core.account import Standing


@pytest.mark.parametrize(
    ("language", "micro", "words"),
    [
        ("en", 1_234_567_890, "$1,234.57"),
        ("fr", 1_234_567_890, "1\u202f234,57\u00a0$"),
        ("en", 5_000, "$0.01"),
        ("fr", 0, "0,00\u00a0$"),
    ],
)
def test_money_is_written_as_the_language_does(language: str, micro: int, words: str) -> None:
    with speaking(language):
        assert accounts_words.money(micro) == words


def test_secrets_of_one_place_stand_together_and_optional_ones_only_where_they_are() -> None:
    places = {
        "consumer_key": Place.FILE,
        "consumer_secret": Place.FILE,
        "access_token": Place.ENVIRONMENT,
        "access_token_secret": Place.NOWHERE,
        "bearer_token": Place.NOWHERE,
    }

    assert accounts_words.secrets("x", places) == (
        "API key, API key secret in the private file; access token in the environment; "
        "access token secret missing"
    )


def test_every_standing_and_place_has_its_words() -> None:
    assert len({accounts_words.standing(it) for it in Standing}) == len(Standing)
    assert len({accounts_words.place(it) for it in Place}) == len(Place)


def test_what_is_wrong_is_red_for_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    accounts_words.red("LOCKED\x1b[0m", wrong=True)

    assert capsys.readouterr().out == "LOCKED␛[0m\n"
