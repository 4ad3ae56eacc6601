"""Judged batches as bytes: how the process that reads tells them to the one that writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from enum import IntEnum
from struct import Struct
from typing import Final, TypeAlias

import msgspec

from cmconsole.core.errors import N_, CmconsoleError, InputError, SourceError, SourceRefusedError
from cmconsole.core.mention import Absence, Author, Mention, Removed, SetAside
from cmconsole.core.reasons import WrittenReasons
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Tone, Verdict
from cmconsole.engine.hopper import Judged
from cmconsole.engine.judging import put_aside
from cmconsole.engine.redaction import in_words


class Word(IntEnum):
    """What a frame holds."""

    DESK = 1
    JUDGED = 2
    FAILED = 3
    ENDED = 4


HEAD: Final = Struct(">BI")
"""Before each frame: its word and the bytes that follow."""

_Row: TypeAlias = tuple[
    str, str, str, int, str, str, str, str, str,
    str, str, str, int | None, bool, str, str,
    Lane, Priority, Kind, Severity, Tone, str, float, str,
    Hostility, tuple[str, ...], float, float, float, bool, tuple[str, ...], str, str, int | None, bool,
]  # fmt: skip
"""A mention's fields, its author's, its verdict's: flat, for a third of the cost of values within values."""

_Pieces: TypeAlias = tuple[list[_Row], list[tuple[str, str]], str | None, list[tuple[str, str, Absence]]]
_KINDS: Final = {kind.__name__: kind for kind in (SourceError, SourceRefusedError, InputError)}

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Pieces).decode
_decode_desk = msgspec.msgpack.Decoder(tuple[frozenset[tuple[str, str]], str]).decode
_written = msgspec.json.Encoder().encode


def framed(word: Word, payload: bytes = b"") -> bytes:
    """Return a frame as it travels."""
    return HEAD.pack(word, len(payload)) + payload


def desk(vips: AbstractSet[tuple[str, str]], learned: str) -> bytes:
    """Return what the desk decided as a payload: (platform, folded handle) of its VIPs, what it taught."""
    return _encode((list(vips), learned))


def read_desk(payload: bytes) -> tuple[frozenset[tuple[str, str]], str]:
    """Return what `desk` was given."""
    return _decode_desk(payload)


def judged(piece: Judged) -> bytes:
    """Return a piece as a payload.

    An item that cannot be told (a number beyond 64 bits, half a character: the store takes neither) is set
    aside with the reason.
    """
    aside = [(it.reason, it.raw) for it in piece.set_aside]
    removed = [(it.platform, it.native_id, it.why) for it in piece.removed]
    try:
        return _encode((list(map(_row, piece.items)), aside, piece.cursor, removed))
    except (ValueError, OverflowError, TypeError):
        rows = list(_tellable(piece, aside))
    return _encode((rows, aside, piece.cursor, removed))


def _tellable(piece: Judged, aside: list[tuple[str, str]]) -> Iterator[_Row]:
    for item in piece.items:
        try:
            row = _row(item)
            _encode(row)
        except (ValueError, OverflowError, TypeError) as error:
            left = put_aside(item[0], in_words(error))
            aside.append((left.reason, left.raw))
        else:
            yield row


def _row(item: tuple[Mention, Verdict]) -> _Row:
    it, verdict = item
    author = it.author
    return (
        it.platform, it.native_id, it.text, it.created_at, it.source, it.url, it.thread, it.in_reply_to,
        it.language, author.platform, author.handle, author.name, author.reach, author.verified, author.bio,
        author.url, verdict.lane, verdict.priority, verdict.kind, verdict.severity, verdict.tone,
        verdict.language, verdict.complaint, _written(verdict.reasons).decode(),
        verdict.hostility, verdict.themes, verdict.negative, verdict.positive, verdict.hostile,
        verdict.thanks, verdict.tags, verdict.route, verdict.silence, it.edited_at, it.can_reply,
    )  # fmt: skip


def read_judged(payload: bytes) -> Judged:
    """Return what `judged` was given."""
    rows, aside, cursor, removed = _decode(payload)
    items = [
        (
            Mention(
                platform, native_id, Author(author_platform, handle, name, reach, verified, bio, author_url),
                text, created_at, source, url, thread, in_reply_to, language, edited_at, can_reply,
            ),
            Verdict(
                lane, priority, kind, severity, tone, spoken, complaint, WrittenReasons(reasons),
                hostility, themes, negative, positive, hostile, thanks, tags, route, silence,
            ),
        )
        for (
            platform, native_id, text, created_at, source, url, thread, in_reply_to, language,
            author_platform, handle, name, reach, verified, bio, author_url,
            lane, priority, kind, severity, tone, spoken, complaint, reasons,
            hostility, themes, negative, positive, hostile, thanks, tags, route, silence,
            edited_at, can_reply,
        ) in rows
    ]  # fmt: skip
    aside_items = [SetAside(reason, raw) for reason, raw in aside]
    return Judged(items, aside_items, cursor, tuple(Removed(*it) for it in removed))


def failed(error: Exception) -> bytes:
    """Return an error as a payload; one not foreseen becomes a SourceError that tells it in words."""
    if not isinstance(error, CmconsoleError) or type(error).__name__ not in _KINDS:
        error = SourceError(N_("The reading process failed: {reason}."), reason=in_words(error))
    kind = type(error).__name__
    retry_after = error.retry_after if isinstance(error, SourceError) else None
    # JSON of the standard library: it also tells half characters, as names of files may hold them.
    return json.dumps((kind, error.template, error.advice, retry_after, error.facts)).encode()


def read_failed(payload: bytes) -> CmconsoleError:
    """Return the error that `failed` was given."""
    kind, template, advice, retry_after, facts = json.loads(payload)
    error = _KINDS[kind](template, advice=advice, **facts)
    if isinstance(error, SourceError):
        error.retry_after = retry_after
    return error
