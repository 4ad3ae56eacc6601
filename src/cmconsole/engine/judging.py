"""From what a source read to what the store takes: cleaned, judged, and nothing fatal in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet

from cmconsole.config.language import _
from cmconsole.core.cleaning import cleaned, cleaned_removed
from cmconsole.core.mention import Mention, SetAside
from cmconsole.core.source import BATCH_LIMIT, Batch, Source
from cmconsole.core.text import clip, fold, one_line, visible
from cmconsole.core.tip import tidied
from cmconsole.core.verdict import Verdict
from cmconsole.engine.hopper import Judged
from cmconsole.engine.redaction import in_words
from cmconsole.triage.judge import Judge

_RAW_LIMIT = 2_000
"""Characters kept of an item that was set aside."""


def judged(batch: Batch, judge: Judge, vips: AbstractSet[tuple[str, str]]) -> Iterator[Judged]:
    """Yield the batch cleaned and judged, in pieces of at most BATCH_LIMIT; all else comes with the last.

    A mention that cannot be cleaned or judged is set aside with the reason: it never stops the others.
    `vips`: (platform, folded handle) of the authors marked at the desk.
    """
    aside = [SetAside(one_line(item.reason), _raw(item.raw)) for item in batch.set_aside]
    total = max(len(batch.mentions), len(aside), 1)
    for start in range(0, total, BATCH_LIMIT):
        end = start + BATCH_LIMIT
        items, failed = _verdicts(batch.mentions[start:end], judge, vips)
        if end < total:
            yield Judged(items, aside[start:end] + failed)
            continue
        receipts = () if batch.receipt is None else (batch.receipt,)
        tips = tuple(map(tidied, batch.tips))
        removed = tuple(map(cleaned_removed, batch.removed))
        yield Judged(items, aside[start:end] + failed, batch.cursor, removed, tips, receipts)


async def stream(source: Source, judge: Judge, vips: AbstractSet[tuple[str, str]]) -> AsyncIterator[Judged]:
    """Yield all a source has, from beginning to end, as `judged` does; raises what the source raises."""
    async for batch in source.batches(None):
        for piece in judged(batch, judge, vips):
            if piece.items or piece.set_aside or piece.removed:
                yield piece


def _verdicts(
    mentions: tuple[Mention, ...], judge: Judge, vips: AbstractSet[tuple[str, str]]
) -> tuple[list[tuple[Mention, Verdict]], list[SetAside]]:
    items: list[tuple[Mention, Verdict]] = []
    failed: list[SetAside] = []
    for mention in mentions:
        try:
            clean = cleaned(mention)
            if not clean.native_id or not clean.platform:
                failed.append(put_aside(mention, _("it has no platform or no id")))
                continue
            vip = bool(vips) and (clean.author.platform, fold(clean.author.handle)) in vips
            items.append((clean, judge.judge(clean, vip=vip)))
        except Exception as error:  # noqa: BLE001 - one unreadable item must never stop the others
            failed.append(put_aside(mention, in_words(error)))
    return items, failed


def put_aside(mention: Mention, reason: str) -> SetAside:
    """Return the mention as an item set aside; works for any mention, however broken."""
    try:
        raw = repr(mention)
    except Exception as error:  # noqa: BLE001 - see above
        raw = f"({type(error).__name__})"
    return SetAside(one_line(reason), _raw(raw))


def _raw(text: str) -> str:
    return clip(visible(text[: 2 * _RAW_LIMIT]), _RAW_LIMIT)
