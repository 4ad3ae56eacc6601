"""What a command prints cannot steer a terminal, as text or as JSON."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.cli.output import json_line, say

STEERING = [
    "\x1b]52;c;x\x07",
    "\x9b31m",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\U000e0041",
    "\x7f",
    "\x00",
    "\u2028",
]


@pytest.mark.parametrize("sign", STEERING)
def test_text_shows_what_would_steer(sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(f"a{sign}b")

    printed = capsys.readouterr().out.rstrip("\n")
    assert not any(
        unicodedata.category(character) in {"Cc", "Cf", "Zl"} for character in printed.replace("\n", "")
    )


@pytest.mark.parametrize("sign", STEERING)
def test_json_escapes_what_would_steer_and_keeps_it(sign: str) -> None:
    line = json_line({"text": f"a{sign}b"})

    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl"} for character in line)
    assert json.loads(line)["text"] == f"a{sign}b"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_means_what_it_was_given(text: str) -> None:
    line = json_line({"text": text})

    assert "\n" not in line
    assert json.loads(line) == {"text": text}
