"""Bodies of requests to items: an object, an array, lines; and what is wrong in words."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.platforms.webhook.items import MalformedError, split

LINES = b'{"text": "a"}\n\n{"text": "b"}\r\n'


@pytest.mark.parametrize(
    ("body", "content_type", "items"),
    [
        (b'{"text": "a"}', "application/json", [b'{"text": "a"}']),
        (b'\xef\xbb\xbf \n{\n "text": "a"\n}\n', "", [b'{\n "text": "a"\n}']),
        (b'[{"text": "a"}, {"text": "b"}]', "", [b'{"text": "a"}', b'{"text": "b"}']),
        (b"[ 5,\n null ]", "application/json", [b"5", b"null"]),
        (b"[]", "", []),
        (LINES, "", [b'{"text": "a"}', b'{"text": "b"}']),
        (LINES, "application/json", [b'{"text": "a"}', b'{"text": "b"}']),
        (LINES, "application/x-ndjson", [b'{"text": "a"}', b'{"text": "b"}']),
        (b"5\n[1]", "application/jsonl", [b"5", b"[1]"]),
    ],
)
def test_a_body_is_cut_into_its_items(body: bytes, content_type: str, items: list[bytes]) -> None:
    assert [item.strip() for item in split(body, content_type)] == items


@pytest.mark.parametrize(
    ("body", "content_type", "problem"),
    [
        (b" \n", "", "The body is empty."),
        (b"text=a", "", "The body is neither a JSON object nor an array of them"),
        (b'"a"', "application/json", "The body is neither a JSON object nor an array of them"),
        (b'{"text": "a', "", "The body is not JSON: it breaks off."),
        (b'[{"text": "a"}', "", "The body is not JSON: it breaks off."),
        (b'{"text": "a"} x', "", "The body is not JSON: "),
        (b'{"text": "a"}\n{"text"}', "", "Line 2 is not JSON: "),
        (b'{"text":\n"a"}', "application/x-ndjson", "Line 1 is not JSON: it breaks off."),
        (b"[" * 100_000, "", "The body is not JSON: it is nested too deeply."),
    ],
)
def test_what_cannot_be_cut_is_told_in_words(body: bytes, content_type: str, problem: str) -> None:
    with pytest.raises(MalformedError) as raised:
        split(body, content_type)

    assert str(raised.value).startswith(problem)
    assert str(raised.value).endswith(".")


@given(
    st.binary(max_size=60) | st.text('[]{}",:1a\\ \n').map(str.encode),
    st.sampled_from(["", "application/jsonl"]),
)
def test_no_bytes_crash_it(body: bytes, content_type: str) -> None:
    with suppress(MalformedError):
        assert isinstance(split(body, content_type), list)
