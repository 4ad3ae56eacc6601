"""Labelled texts handed around beside the checkout, and the figures a classifier is told by."""

from __future__ import annotations

import json
import os
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CMCONSOLE_SHARED_DATA") or ROOT.parent / "shared" / "data") / "text"
TONES = ("negative", "neutral", "positive")
_BENIGN = frozenset({"none", "normal", "not-offensive", "non-hateful", "neither", "not-hate"})

Row = dict[str, Any]


def rows(name: str, part: str = "dev") -> list[Row]:
    """Return the rows of a part of a set, none where this machine does not have it."""
    path = DATA / name / f"{part}.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def complains(row: Row) -> bool:
    """Say whether it was labelled a complaint or, where that was not asked, negative."""
    return bool(row["complaint"]) if "complaint" in row else row["label"] in {"complaint", "negative"}


def abuses(row: Row) -> bool:
    """Say whether it was labelled as abuse of any sort."""
    return bool(row["toxic"]) if "toxic" in row else row["label"] not in _BENIGN


def f1(truth: Sequence[Hashable], said: Sequence[Hashable], of: Hashable) -> float:
    """Return the harmonic mean of precision and recall of one class, 0 where it was never met."""
    hits = sum(one == of == other for one, other in zip(truth, said, strict=True))
    met = sum(one == of for one in truth) + sum(other == of for other in said)
    return 2 * hits / met if met else 0.0


def macro_f1(
    truth: Sequence[Hashable], said: Sequence[Hashable], classes: Sequence[Hashable] = (False, True)
) -> float:
    """Return the mean of the classes' F1: flagging everything, or nothing, earns little."""
    return sum(f1(truth, said, of) for of in classes) / len(classes)


def precision(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """Return the share of what was said that is true."""
    return share(one for one, other in zip(truth, said, strict=True) if other)


def recall(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """Return the share of what is true that was said."""
    return precision(said, truth)


def share(found: Iterable[bool]) -> float:
    """Return the share of True, 0 where there is nothing."""
    kept = list(found)
    return sum(kept) / len(kept) if kept else 0.0


def auc(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """Return the chance that a true one outranks a false one; equal scores count half."""
    ranked = sorted(zip(scores, truth, strict=True))
    above, start = 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        # Ranks count from 1; equal scores share the mean of theirs.
        above += (start + end + 1) / 2 * sum(true for _, true in ranked[start:end])
        start = end
    true = sum(truth)
    false = len(truth) - true
    return (above - true * (true + 1) / 2) / (true * false) if true and false else 0.5


def best_macro_f1(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """Return the macro-F1 at the threshold that suits these very texts best: more than a user would get."""
    ranked = sorted(zip(scores, truth, strict=True), reverse=True)
    count, true = len(ranked), sum(truth)
    hits, best = 0, 0.0
    for said, (score, is_true) in enumerate(ranked, start=1):
        hits += is_true
        if said < count and ranked[said][0] == score:
            continue
        passed = count - said - (true - hits)
        best = max(best, hits / (said + true) + passed / max(1, 2 * count - said - true))
    return best
