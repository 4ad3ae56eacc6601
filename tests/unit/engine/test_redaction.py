"""Redaction: secrets go, what a person needs to act stays, and the line is safe to show."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.errors import SourceError
from cmconsole.core.text import visible
from cmconsole.engine import redaction
from cmconsole.engine.redaction import RedactingFormatter, in_two, in_words, redacted

SECRET = "s3cr3t-V4lue.x_y"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://social.example/api?access_token={SECRET}&limit=40 failed",
        f"https://ada:{SECRET}@social.example/feed timed out",
        f"Authorization: Bearer {SECRET}",
        f"headers={{'authorization': 'Bearer {SECRET}', 'accept': '*/*'}}",
        f'{{"client_secret": "{SECRET}"}}',
        f"token={SECRET}",
        f"api-key: {SECRET}",
        f"Cookie: {SECRET}",
        f"password = '{SECRET} {SECRET}'",
        f"wss://stream.example/api/v1?stream=user&access_token={SECRET}",
        f"basic {SECRET}==",
    ],
)
def test_no_secret_is_left(text: str) -> None:
    assert SECRET not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "social.example answered 503 to https://social.example/api/v1/notifications",
        "The token was refused: make a new one.",
        "Is the feed gone? It answered 404.",
        "Name or service not known",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_our_own_errors_speak_for_themselves_and_others_are_told_with_their_class() -> None:
    assert in_words(SourceError("The server is away.", advice="Wait.")) == "The server is away. Wait."
    assert in_words(KeyError("id")) == "KeyError: 'id'"
    assert in_words(TimeoutError()) == "TimeoutError"


def test_an_error_and_its_advice_are_told_apart_in_the_language_in_use() -> None:
    error = SourceError("{host} cannot be reached.", advice="Check the token=hunter2.", host="x.example")
    assert in_two(error) == ("x.example cannot be reached.", "Check the token=…")
    assert in_two(KeyError("id")) == ("KeyError: 'id'", "")


@given(st.text(st.characters(exclude_categories=[]), max_size=2_000))
def test_an_error_in_words_is_one_safe_line(text: str) -> None:
    words = in_words(ValueError(text))

    assert visible(words) == words
    assert "\n" not in words
    assert len(words) <= 300


def test_tracebacks_in_the_log_are_redacted_too() -> None:
    error = ConnectionError(f"https://social.example/?token={SECRET}")
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (type(error), error, None))

    assert SECRET not in RedactingFormatter().format(record)


@pytest.mark.parametrize(
    "piece", ["x", "token", "://", "a://", "token \t", "x?y=", "?y", "'token'", "basic "]
)
def test_what_is_redacted_of_an_error_is_bounded(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def measured(text: str) -> str:
        lengths.append(len(text))
        return redacted(text)

    monkeypatch.setattr(redaction, "redacted", measured)
    words = in_words(ValueError(piece * (100_000 // len(piece))))

    assert len(words) <= 300
    assert lengths
    assert max(lengths) <= 3_000
