"""Known secrets are in nothing that is written, however they are quoted on the way."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.config import quiet
from cmconsole.config.quiet import HIDDEN, QuietFormatter, Secret, hide, without

SECRET = 'S3cr+t/"v€lue= x'


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    quiet.forget()


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        json.dumps({"token": SECRET}),
        json.dumps({"token": SECRET}, ensure_ascii=False),
        repr({"token": SECRET}),
        f"https://a.example/?t={quote(SECRET)}",
        f"https://a.example/?t={quote(SECRET, safe='')}",
        f"https://a.example/?t={quote(SECRET, safe='').lower()}".replace("s3cr", "S3cr"),
        urlencode({"t": SECRET}),
        f"POST&{quote('oauth_token=' + quote(SECRET, safe=''), safe='')}",
        quote_plus(SECRET),
    ],
)
def test_every_way_of_writing_it_is_hidden(text: str) -> None:
    hide(SECRET)

    assert HIDDEN in without(text)
    assert "S3cr" not in without(text)


@given(
    secret=st.text(min_size=6, max_size=40),
    before=st.binary(max_size=8),
    after=st.binary(max_size=8),
)
def test_base64_shows_it_nowhere_in_a_longer_text(secret: str, before: bytes, after: bytes) -> None:
    quiet.forget()
    hide(secret)
    data = secret.encode("utf-8", "replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(before + data + after).decode()
        left = without(encoded)
        # At most the two characters at its ends, which share bits with its neighbours, are left.
        assert len(left.replace(HIDDEN, "")) <= len(encode(before + after)) + 4
        assert HIDDEN in left


def test_a_secret_within_a_longer_one_leaves_no_rest() -> None:
    hide("abcdef")
    hide("abcdef-and-more")

    assert without("x abcdef-and-more abcdef y") == f"x {HIDDEN} {HIDDEN} y"


def test_short_words_are_left_alone() -> None:
    hide("abc12")

    assert without("abc12") == "abc12"


def test_a_traceback_in_the_log_holds_none() -> None:
    hide(SECRET)
    error = ConnectionError(f"no route for {SECRET}")
    record = logging.LogRecord("x", logging.ERROR, "", 0, "token %s", (SECRET,), (type(error), error, None))

    written = QuietFormatter().format(record)

    assert SECRET not in written
    assert written.count(HIDDEN) == 2


def test_warnings_nobody_set_logging_up_for_are_quiet_too() -> None:
    hide(SECRET)
    record = logging.LogRecord("x", logging.WARNING, "", 0, f"refused {SECRET}", (), None)

    assert logging.lastResort is not None
    assert logging.lastResort.format(record) == f"refused {HIDDEN}"


def test_a_secret_is_a_text_that_does_not_show_itself() -> None:
    secret = hide("t0ken-t0ken")

    assert secret == "t0ken-t0ken"
    assert f"Bearer {secret}" == "Bearer t0ken-t0ken"
    assert repr([secret]) == f"[{HIDDEN}]"
    assert isinstance(Secret("x"), str)
