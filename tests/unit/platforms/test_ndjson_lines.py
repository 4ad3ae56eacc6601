"""Cutting a stream into lines: the same lines however the stream arrives, and bounded memory."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from cmconsole.platforms.form import LINE_LIMIT
from cmconsole.platforms.ndjson.lines import Lines, Overlong

CHUNKS = st.lists(st.binary(max_size=6).map(lambda data: data.replace(b"\x00", b"\n")), max_size=8)


@given(CHUNKS, st.integers(1, 4))
def test_lines_and_offsets_do_not_depend_on_how_the_bytes_come(chunks: list[bytes], limit: int) -> None:
    stream = b"".join(chunks)
    lines = Lines()
    for chunk in chunks:
        lines.add(chunk)
    lines.finish()
    found: list[bytes] = []
    while len(lines):
        taken = lines.take(limit)
        assert taken.number == len(found) + 1
        found += [line for line in taken.lines if isinstance(line, bytes)]
        assert taken.end == len(b"\n".join(found)) + (not taken.unterminated)
        assert stream[taken.last_start :].startswith(found[-1])

    expected = stream.split(b"\n")
    assert found == (expected if expected[-1] else expected[:-1])
    assert lines.offset == len(stream)


def test_an_unfinished_line_waits_for_its_end() -> None:
    lines = Lines()
    lines.add(b"one\ntw")
    assert lines.take(9).lines == [b"one"]
    assert (lines.offset, lines.number) == (4, 1)

    lines.add(b"o\n")
    assert lines.take(9).lines == [b"two"]
    assert (lines.offset, lines.number) == (8, 2)


def test_of_an_endless_line_only_the_head_is_kept() -> None:
    lines = Lines()
    tracemalloc.start()
    try:
        for _ in range(64):
            lines.add(b"x" * (LINE_LIMIT // 8))
        assert tracemalloc.get_traced_memory()[1] < 2 * LINE_LIMIT
    finally:
        tracemalloc.stop()
    lines.add(b"\nnext\n")
    overlong, following = lines.take(9).lines

    assert isinstance(overlong, Overlong)
    assert len(overlong) == 8 * LINE_LIMIT
    assert len(overlong.head) < 2000
    assert following == b"next"
    assert lines.offset == 8 * LINE_LIMIT + 6
