"""The NDJSON source on real files, pipes and standard input: rotation, truncation, half lines, resumption."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Self

import psutil
import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.ndjson import source as module
from cmconsole.platforms.ndjson.source import NdjsonSource

NOW = 1_795_280_000_000


def line(text: str, **keys: object) -> str:
    return json.dumps({"id": text, "text": text, **keys}) + "\n"


def lines(start: int, stop: int) -> str:
    return "".join(line(str(number)) for number in range(start, stop))


def texts(*batches: Batch) -> list[str]:
    return [mention.text for batch in batches for mention in batch.mentions]


def reading(path: Path | str, cursor: str | None = None, *, follow: bool = False) -> AsyncGenerator[Batch]:
    return NdjsonSource("export", path, now=lambda: NOW, follow=follow).batches(cursor)


def open_files() -> int:
    return psutil.Process().num_fds()


async def first(stream: AsyncIterator[Batch]) -> Batch:
    return await anext(stream)


async def whole(path: Path | str, cursor: str | None = None) -> list[Batch]:
    return [batch async for batch in reading(path, cursor)]


class Following:
    """Follows a file and waits for texts; the time limit only ends a test that would hang."""

    def __init__(self, path: Path, cursor: str | None = None) -> None:
        self.stream = reading(path, cursor, follow=True)
        self.cursor = cursor
        self.set_aside: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stream.aclose()

    async def next(self, count: int) -> list[str]:
        found: list[str] = []
        async with asyncio.timeout(60):
            while len(found) < count:
                batch = await anext(self.stream)
                found += texts(batch)
                self.set_aside += [item.reason for item in batch.set_aside]
                self.cursor = batch.cursor or self.cursor
        return found


async def test_a_file_is_read_to_its_end_in_full_batches(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 1234))
    batches = await whole(path)

    assert [len(batch.mentions) for batch in batches] == [BATCH_LIMIT, BATCH_LIMIT, 234]
    assert texts(*batches) == [str(number) for number in range(1234)]


async def test_every_cursor_resumes_right_after_its_batch(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 1234) + "oops\n" + lines(1235, 1300))
    batches = await whole(path)
    for position, batch in enumerate(batches, start=1):
        rest = await whole(path, batch.cursor)
        assert texts(*rest) == texts(*batches[position:])
        reasons = [item.reason for found in rest for item in found.set_aside]
        assert reasons in ([], ["line 1235: it is not JSON (invalid character (byte 0))"])


async def test_a_bad_line_is_set_aside_with_its_number_and_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_bytes(b'\xef\xbb\xbf{"text": "first"}\r\n\n\x1b]52;c;aGk=\x07 not json\n{"text": "last"}')
    (batch,) = await whole(path)

    assert texts(batch) == ["first", "last"]
    (item,) = batch.set_aside
    assert item.reason.startswith("line 3: it is not JSON")
    assert item.raw == "␛]52;c;aGk=␇ not json"


async def test_a_line_longer_than_the_limit_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(line("a" * 1_100_000) + line("next"))
    batches = await whole(path)

    assert texts(*batches) == ["next"]
    (item,) = (item for batch in batches for item in batch.set_aside)
    assert item.reason.startswith("line 1: it is longer than 1,048,576 bytes")
    assert len(item.raw) <= 200


async def test_an_empty_file_says_so_with_an_empty_batch(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.touch()

    assert await whole(path) == [Batch()]


async def test_the_last_line_needs_no_line_end_but_a_broken_one_may_be_completed_later(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(line("one") + line("two")[:-1])
    (batch,) = await whole(path)
    assert texts(batch) == ["one", "two"]

    path.write_text(line("one") + line("two")[:-5])
    (batch,) = await whole(path)
    assert texts(batch) == ["one"]
    assert "breaks off" in batch.set_aside[0].reason

    path.write_text(line("one") + line("two") + line("three"))
    assert texts(*await whole(path, batch.cursor)) == ["two", "three"]


@pytest.mark.parametrize("cursor", ["", "nonsense", "{}", '{"offset":-5,"line":0,"inode":1,"content":""}'])
async def test_a_cursor_that_cannot_be_read_means_from_the_beginning(tmp_path: Path, cursor: str) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 3))

    assert texts(*await whole(path, cursor)) == ["0", "1", "2"]


async def test_another_file_under_the_same_name_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 5))
    (batch,) = await whole(path)
    path.write_text(lines(100, 120))

    assert texts(*await whole(path, batch.cursor)) == [str(number) for number in range(100, 120)]


async def test_a_copy_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 5))
    (batch,) = await whole(path)
    copy = tmp_path / "copy"
    copy.write_text(lines(0, 6))
    copy.replace(path)

    assert texts(*await whole(path, batch.cursor)) == ["5"]


async def test_missing_forbidden_and_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file") as missing:
        await whole(tmp_path / "nowhere")
    assert not isinstance(missing.value, SourceRefusedError)
    with pytest.raises(SourceRefusedError, match="is a folder"):
        await whole(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(mode=0o000)
    with pytest.raises(SourceRefusedError, match="may not be read"):
        await whole(path)


async def test_what_a_thread_still_reads_is_not_closed_under_it() -> None:
    go_on, done = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(10)
        done.set()

    task = spawn(module._in_thread(work), name="work")
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()


# ------------------------------------------------------------------------------------------------ following


async def test_a_followed_file_gives_a_lone_line_within_a_tenth_of_a_second(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(line("old"))
    async with Following(path) as following:
        assert await following.next(1) == ["old"]
        waits = []
        for number in range(5):
            waiting = spawn(following.next(1), name="reader")
            await asyncio.sleep(0.12)
            with path.open("a") as file:
                file.write(line(str(number)))
            started = time.perf_counter()
            assert await waiting == [str(number)]
            waits.append(time.perf_counter() - started)
    print(f"\nlone line in a followed file: {[round(wait * 1000) for wait in waits]} ms")
    assert min(waits) < 0.1


async def test_a_half_written_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    whole_line = line("late")
    path.write_text(line("one") + whole_line[:9])
    async with Following(path) as following:
        assert await following.next(1) == ["one"]
        with path.open("a") as file:
            file.write(whole_line[9:])
        assert await following.next(1) == ["late"]
        assert following.set_aside == []


async def test_a_rotated_file_is_read_to_its_end_and_the_new_one_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 3))
    async with Following(path) as following:
        assert await following.next(3) == ["0", "1", "2"]
        old = path.rename(tmp_path / "mentions.ndjson.1")
        with old.open("a") as file:
            file.write(line("3") + line("4")[:-1])
        path.write_text(lines(5, 7))
        assert await following.next(4) == ["3", "4", "5", "6"]


async def test_a_rotation_while_nobody_read_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 3))
    async with Following(path) as following:
        await following.next(3)
        cursor = following.cursor
    old = path.rename(tmp_path / "mentions.ndjson.1")
    with old.open("a") as file:
        file.write(line("3"))
    path.write_text(line("4"))

    async with Following(path, cursor) as following:
        assert await following.next(2) == ["3", "4"]


@pytest.mark.parametrize("fresh", [lines(100, 101), lines(100, 110)], ids=["shorter", "longer"])
async def test_a_truncated_file_is_read_from_its_new_beginning(tmp_path: Path, fresh: str) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 3))
    async with Following(path) as following:
        await following.next(3)
        path.write_text(fresh)
        expected = fresh.count("\n")
        assert await following.next(expected) == [str(100 + number) for number in range(expected)]
        with path.open("a") as file:
            file.write(line("more"))
        assert await following.next(1) == ["more"]


async def test_a_file_that_is_gone_for_a_moment_is_waited_for_and_longer_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(line("one"))
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 20:
            path.write_text(line("two"))
        await asyncio.sleep(0)

    source = NdjsonSource("export", path, now=lambda: NOW, follow=True, sleep=sleep)
    async with contextlib.aclosing(source.batches(None)) as stream:
        assert texts(await anext(stream)) == ["one"]
        path.unlink()
        assert texts(await anext(stream)) == ["two"]
        path.unlink()
        slept += [0.0] * 20
        with pytest.raises(SourceError, match="There is no file"):
            await anext(stream)
    assert sum(slept) > 5


async def test_silence_is_reported_now_and_then(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.touch()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    source = NdjsonSource("export", path, now=lambda: NOW, follow=True, sleep=sleep)
    async with contextlib.aclosing(source.batches(None)) as stream:
        assert await anext(stream) == Batch()
        assert slept == []
        assert await anext(stream) == Batch()
    assert 29 < sum(slept) < 31


async def test_a_busy_file_fills_batches(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 2_000))
    async with contextlib.aclosing(reading(path, follow=True)) as stream:
        sizes = [len((await anext(stream)).mentions) for _ in range(4)]
    assert sizes == [BATCH_LIMIT] * 4


async def test_closing_in_the_middle_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 2_000))
    before = open_files()
    for _ in range(5):
        async with Following(path) as following:
            await following.next(1)
            task = spawn(following.next(5_000), name="reader")
            await asyncio.sleep(0.01)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    assert open_files() <= before


# ------------------------------------------------------------------------------------ pipes, standard input


async def test_a_named_pipe_gives_a_lone_line_at_once_and_ends_with_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    stream = reading(path)
    waiting = spawn(first(stream), name="reader")
    await asyncio.sleep(0)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, line("one").encode())
    async with asyncio.timeout(60):
        assert texts(await waiting) == ["one"]
        os.write(writer, line("two").encode()[:-1])
        os.close(writer)
        assert [texts(batch) for batch in [batch async for batch in stream]] == [["two"]]


READ_STANDARD_INPUT = """
import asyncio, sys
from cmconsole.platforms.ndjson.source import NdjsonSource
async def main():
    async for batch in NdjsonSource("stdin", "-", now=lambda: 1).batches(None):
        print(len(batch.mentions), len(batch.set_aside), batch.cursor, flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["pipe", "file", "nothing"])
def test_standard_input_may_be_a_pipe_a_file_or_nothing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mentions.ndjson"
    path.write_text(lines(0, 1_200) + "broken\n")
    with path.open("rb") if kind == "file" else contextlib.nullcontext(None) as file:
        command = [sys.executable, "-c", READ_STANDARD_INPUT]
        if file:
            output = subprocess.check_output(command, stdin=file, timeout=60)
        else:
            output = subprocess.check_output(
                command, input=path.read_bytes() if kind == "pipe" else b"", timeout=60
            )
    counts = [row.split() for row in output.decode().splitlines()]

    assert sum(int(row[0]) for row in counts) == (0 if kind == "nothing" else 1_200)
    assert sum(int(row[1]) for row in counts) == (0 if kind == "nothing" else 1)
    assert {row[2] for row in counts} <= {"None"}
    assert all(int(row[0]) <= BATCH_LIMIT for row in counts)


def test_a_reader_of_standard_input_can_be_stopped_while_it_waits() -> None:
    code = READ_STANDARD_INPUT.replace("asyncio.run(main())", "asyncio.run(asyncio.wait_for(main(), 0.2))")
    read_end, write_end = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, stdin=read_end, capture_output=True, timeout=30
        )
    finally:
        os.close(read_end)
        os.close(write_end)
    assert b"TimeoutError" in done.stderr
