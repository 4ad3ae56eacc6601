"""Reads recorded frames of Bluesky's firehose (DAG-CBOR, CAR files inside), as far as a test needs it.

https://atproto.com/specs/event-stream
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CID_LENGTH = 36
_CID_TAG = 42


def records(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield address, content id and value of every record that the frames tell of."""
    raw = path.read_bytes()
    at = 0
    while at < len(raw):
        (length,) = struct.unpack_from(">I", raw, at)
        frame = raw[at + 4 : at + 4 + length]
        at += 4 + length
        _, start = _read(frame, 0)
        body, _ = _read(frame, start)
        blocks = dict(_blocks(body["blocks"])) if body.get("blocks") else {}
        for operation in body.get("ops", []):
            cid = operation.get("cid")
            if cid in blocks:
                value, _ = _read(blocks[cid], 0)
                yield f"at://{body['repo']}/{operation['path']}", cid, value


def count(path: Path) -> int:
    """Return how many frames there are."""
    raw, at, found = path.read_bytes(), 0, 0
    while at < len(raw):
        at += 4 + struct.unpack_from(">I", raw, at)[0]
        found += 1
    return found


def _blocks(car: bytes) -> Iterator[tuple[str, bytes]]:
    length, at = _varint(car, 0)
    at += length
    while at < len(car):
        length, at = _varint(car, at)
        yield _cid(car[at : at + _CID_LENGTH]), car[at + _CID_LENGTH : at + length]
        at += length


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _cid(raw: bytes) -> str:
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")


def _read(raw: bytes, at: int) -> tuple[Any, int]:
    """Return the value at a place, and the place after it.

    https://ipld.io/specs/codecs/dag-cbor/spec/
    """
    kind, extra = raw[at] >> 5, raw[at] & 31
    at += 1
    if kind == 7:
        if extra == 27:
            return struct.unpack_from(">d", raw, at)[0], at + 8
        return {20: False, 21: True}.get(extra), at
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(extra, 0)
    number = int.from_bytes(raw[at : at + size]) if size else extra
    at += size
    if kind in {0, 1}:
        return (number if kind == 0 else -1 - number), at
    if kind in {2, 3}:
        chunk = raw[at : at + number]
        return (chunk if kind == 2 else chunk.decode()), at + number
    if kind == 6:
        value, at = _read(raw, at)
        return (_cid(value[1:]) if number == _CID_TAG else value), at
    values, at = _list(raw, at, number if kind == 4 else 2 * number)
    return (values if kind == 4 else dict(zip(values[::2], values[1::2], strict=True))), at


def _list(raw: bytes, at: int, number: int) -> tuple[list[Any], int]:
    values = []
    for _ in range(number):
        value, at = _read(raw, at)
        values.append(value)
    return values, at
