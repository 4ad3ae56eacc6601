"""What triage learns from a desk's corrections, and what a bad streak of them does."""

from __future__ import annotations

import random
from itertools import pairwise
from statistics import fmean

from bench.labelled import Row, auc, complains, macro_f1, rows
from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Kind
from cmconsole.triage.triage import Triage

SETS = ("airline", "complaints_acl19", "umsab_fr", "insurance_fr")
SEEDS = (1, 2, 3)
STEPS = (0, 200, 1_000)
STREAK = 200
DROP = 0.03
_WRITER = Author("x", "someone", reach=10)


def mention(text: str) -> Mention:
    """Return a text as somebody's post, of whom nothing else is known."""
    return Mention("x", "1", _WRITER, text, 0)


def run() -> dict[str, float | str]:
    """Return the curve and the bad streak of each set that is at hand, means over the seeds."""
    figures: dict[str, float | str] = {}
    for name in SETS:
        desk, judged, halved = _parts(name)
        if not judged:
            continue
        label = f"{name} learned"
        if halved:
            figures[label] = "there is no train part here: one half of dev teaches, the other judges"
        curves = [_curve(desk, judged, seed) for seed in SEEDS]
        figures[f"{label}: macro-F1 after {', '.join(f'{step:,}' for step in STEPS)} lessons"] = _told(
            curves, 0
        )
        figures[f"{label}: … AUC"] = _told(curves, 1)
        corrected = [_corrected(desk, judged, seed) for seed in SEEDS]
        lessons = fmean(count for count, _ in corrected)
        figures[f"{label}: macro-F1 after all of {STEPS[-1]:,} that were wrong"] = (
            f"{fmean(score for _, score in corrected):.3f} after {lessons:.0f} lessons"
        )
        figures |= _streak(label, [_bad_streak(desk, judged, seed) for seed in SEEDS])
    return figures


def _parts(name: str) -> tuple[list[Row], list[Row], bool]:
    """Return who teaches and who is judged; where there is no train part, two halves of dev."""
    desk, judged = rows(name, "train"), rows(name)
    if desk or not judged:
        return desk, judged, False
    random.Random(0).shuffle(judged)
    half = len(judged) // 2
    return judged[:half], judged[half:], True


def _sample(desk: list[Row], seed: int, count: int) -> list[Row]:
    if len(desk) < count:
        msg = f"{count} lessons were asked of {len(desk)} texts"
        raise ValueError(msg)
    return random.Random(seed).sample(desk, count)


def _curve(desk: list[Row], judged: list[Row], seed: int) -> list[tuple[float, float]]:
    """Return macro-F1 and AUC after each step; a lesson is a text and what a person says of it."""
    triage, lessons = Triage(), _sample(desk, seed, STEPS[-1])
    points = [_judged(triage, judged)]
    for before, after in pairwise(STEPS):
        for row in lessons[before:after]:
            _teach(triage, row, is_complaint=complains(row))
        points.append(_judged(triage, judged))
    return points


def _corrected(desk: list[Row], judged: list[Row], seed: int) -> tuple[int, float]:
    """Teach only what triage gets wrong as the same texts come in, as a busy desk does; count the lessons."""
    triage = Triage()
    for row in _sample(desk, seed, STEPS[-1]):
        told = triage.judge(mention(row["text"])).kind is Kind.COMPLAINT
        if told is not complains(row):
            _teach(triage, row, is_complaint=not told)
    return triage.learned.lessons, _judged(triage, judged)[0]


def _bad_streak(desk: list[Row], judged: list[Row], seed: int) -> list[tuple[float, float]]:
    """Return the same before, after a streak that says the opposite of each text, and after right ones."""
    triage, lessons = Triage(), _sample(desk, seed, STREAK + STEPS[-1])
    points = [_judged(triage, judged)]
    for row in lessons[:STREAK]:
        _teach(triage, row, is_complaint=not complains(row))
    points.append(_judged(triage, judged))
    for row in lessons[STREAK:]:
        _teach(triage, row, is_complaint=complains(row))
    return [*points, _judged(triage, judged)]


def _teach(triage: Triage, row: Row, *, is_complaint: bool) -> None:
    """Say what a person would: a complaint, or else what triage took it for if that was no complaint."""
    kind = Kind.COMPLAINT if is_complaint else triage.judge(mention(row["text"])).kind
    if kind is Kind.COMPLAINT and not is_complaint:
        kind = Kind.NEUTRAL
    triage.teach(row["text"], kind=kind)


def _judged(triage: Triage, judged: list[Row]) -> tuple[float, float]:
    truth = [complains(row) for row in judged]
    verdicts = [triage.judge(mention(row["text"])) for row in judged]
    flagged = [verdict.kind is Kind.COMPLAINT for verdict in verdicts]
    return macro_f1(truth, flagged), auc(truth, [verdict.complaint for verdict in verdicts])


def _told(curves: list[list[tuple[float, float]]], figure: int) -> str:
    points = zip(*curves, strict=True)
    return " → ".join(f"{fmean(point[figure] for point in step):.3f}" for step in points)


def _streak(label: str, streaks: list[list[tuple[float, float]]]) -> dict[str, float | str]:
    fall = min(after[0] - before[0] for before, after, _ in streaks)
    regained = min(healed[0] - before[0] for before, _, healed in streaks)
    return {
        f"{label}: macro-F1 before, after {STREAK} wrong, after {STEPS[-1]:,} right lessons": _told(
            streaks, 0
        ),
        f"{label}: … worst seed after the wrong ones (>= -{DROP})": f"{fall:+.3f}",
        f"{label}: … worst seed after the right ones (>= 0)": f"{regained:+.3f}",
    }
