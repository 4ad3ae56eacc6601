"""Triage scored against labelled texts: macro-F1, precision, recall, F1, AUC, and who was taken for whom.

What counts as true is told in docs/guide/triage.md. The measures are those of the field: F1 (van Rijsbergen
1979), area under the ROC curve by ranks, ties counting half (Hanley & McNeil 1982).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from cmconsole.cli.output import say, say_json
from cmconsole.cli.triage_figures import figure
from cmconsole.cli.triage_lines import batches
from cmconsole.config.language import N_, _, ngettext
from cmconsole.core.cleaning import cleaned
from cmconsole.core.errors import InputError
from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Hostility, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmconsole.core.verdict import Verdict
    from cmconsole.triage.triage import Triage

Task = Literal["complaint", "tone", "hostile"]
TASKS: Final[tuple[Task, ...]] = ("complaint", "tone", "hostile")

_TONES: Final = ("negative", "neutral", "positive")
_CLASSES: Final[dict[Task, tuple[str, ...]]] = {
    "complaint": ("complaint", "other"),
    "tone": _TONES,
    "hostile": ("hostile", "other"),
}
_BENIGN: Final = frozenset({"none", "normal", "not-offensive", "non-hateful", "neither", "not-hate"})
_KINDS: Final = {kind.value: kind for kind in (Kind.QUESTION, Kind.PRAISE, Kind.SPAM)}
_NAMES: Final = {
    "complaint": N_("complaint"),
    "hostile": N_("hostile"),
    "negative": N_("negative"),
    "neutral": N_("neutral"),
    "positive": N_("positive"),
    "other": N_("other"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How one class fared; each between 0 and 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Marks:
    """How triage fared at a task. confusion: how many of a true class (outer) were taken for which (inner).

    skipped: lines that say nothing about the task. lessons: how many were learned before. auc: None where the
    task has no score, or all texts are of one class.
    """

    task: Task
    texts: int
    skipped: int
    lessons: int
    macro_f1: float
    classes: dict[str, Measure]
    auc: float | None
    confusion: dict[str, dict[str, int]]


def evaluate(triage: Triage, file: str, task: Task, lessons: int) -> Marks:
    """Judge the texts of a labelled file and return how that compares; raises InputError."""
    rows, skipped = _labelled(file, task)
    truth, said, scores = [], [], []
    for row in rows:
        verdict = triage.judge(_mention(row["text"]))
        truth.append(true_class(row, task))
        said.append(_class_said(verdict, task))
        scores.append(verdict.hostile if task == "hostile" else verdict.complaint)
    classes = _CLASSES[task]
    measures = {one: measure(truth, said, one) for one in classes}
    positive = [one == classes[0] for one in truth]
    return Marks(
        task,
        len(rows),
        skipped,
        lessons,
        sum(found.f1 for found in measures.values()) / len(classes),
        measures,
        auc(positive, scores) if task != "tone" and 0 < sum(positive) < len(positive) else None,
        {one: {other: _together(truth, said, one, other) for other in classes} for one in classes},
    )


def teach(triage: Triage, file: str, lessons: int | None, seed: int) -> int:
    """Teach lessons from a labelled file, as a desk would by its corrections; return how many there were.

    A text that is no complaint is taught as the kind its label names, else as the kind that triage gives it,
    or neutral where it takes it for a complaint.
    """
    rows, _skipped = _labelled(file, "complaint")
    random.Random(seed).shuffle(rows)  # noqa: S311 - an order to repeat, no secret
    taught = rows[:lessons]
    for row in taught:
        mention = _mention(row["text"])
        kind = _KINDS.get(row["label"]) if isinstance(row["label"], str) else None
        if true_class(row, "complaint") == "complaint":
            kind = Kind.COMPLAINT
        elif kind is None:
            given = triage.judge(mention).kind
            kind = Kind.NEUTRAL if given is Kind.COMPLAINT else given
        triage.teach(mention.text, kind=kind)
    return len(taught)


def true_class(row: dict[str, Any], task: Task) -> str:
    """Return the class a labelled text is of; see the guide."""
    label = row["label"]
    if task == "tone":
        return str(label)
    if task == "hostile":
        if "toxic" in row:
            return "hostile" if row["toxic"] else "other"
        labels = label if isinstance(label, list) else [label]
        return "hostile" if any(one not in _BENIGN for one in labels) else "other"
    if "complaint" in row:
        return "complaint" if row["complaint"] else "other"
    return "complaint" if label in ("complaint", "negative") else "other"


def measure(truth: Sequence[str], said: Sequence[str], one: str) -> Measure:
    """Return precision, recall and F1 of a class; each is 0 where nothing was said or there."""
    hit = _together(truth, said, one, one)
    claimed, there = said.count(one), truth.count(one)
    precision, recall = hit / claimed if claimed else 0.0, hit / there if there else 0.0
    return Measure(precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0)


def auc(positive: Sequence[bool], scores: Sequence[float]) -> float:
    """Return how likely a positive outranks a negative; both have to be there."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    positives = sum(positive)
    above = sum(rank for rank, is_positive in zip(ranks, positive, strict=True) if is_positive)
    return (above - positives * (positives + 1) / 2) / (positives * (len(scores) - positives))


def tell(file: str, marks: Marks, *, as_json: bool) -> None:
    """Print how triage fared."""
    if as_json:
        say_json({"file": file, **_rounded(marks)})
        return
    texts = ngettext("{count} text", "{count} texts", marks.texts).format(count=marks.texts)
    say(_("{file}: {texts}, task {task}").format(file=file, texts=texts, task=marks.task))
    if marks.skipped:
        words = ngettext(
            "{count} line says nothing about it and was left out.",
            "{count} lines say nothing about it and were left out.",
            marks.skipped,
        )
        say(words.format(count=marks.skipped))
    if marks.lessons:
        words = ngettext("After {count} lesson.", "After {count} lessons.", marks.lessons)
        say(words.format(count=marks.lessons))
    area = "" if marks.auc is None else f", AUC {figure(marks.auc, '.3f')}"
    say(f"macro-F1 {figure(marks.macro_f1, '.3f')}{area}")
    for name, found in marks.classes.items():
        say(
            _("{name}: precision {precision}, recall {recall}, F1 {f1}").format(
                name=_(_NAMES[name]),
                precision=figure(found.precision, ".3f"),
                recall=figure(found.recall, ".3f"),
                f1=figure(found.f1, ".3f"),
            )
        )
    for name, row in marks.confusion.items():
        taken = ", ".join(f"{_(_NAMES[other])} {count}" for other, count in row.items())
        say(_("Of {total} that are “{name}”, taken for: {taken}").format(
            total=sum(row.values()), name=_(_NAMES[name]), taken=taken
        ))  # fmt: skip


def _rounded(marks: Marks) -> dict[str, Any]:
    classes = {
        name: {"precision": round(one.precision, 4), "recall": round(one.recall, 4), "f1": round(one.f1, 4)}
        for name, one in marks.classes.items()
    }
    first = classes[_CLASSES[marks.task][0]] if marks.task != "tone" else {}
    return {
        "task": marks.task,
        "texts": marks.texts,
        "skipped": marks.skipped,
        "lessons": marks.lessons,
        "macro_f1": round(marks.macro_f1, 4),
        **first,
        "auc": round(marks.auc, 4) if marks.auc is not None else None,
        "classes": classes,
        "confusion": marks.confusion,
    }


def _labelled(file: str, task: Task) -> tuple[list[dict[str, Any]], int]:
    """Return the lines of a file that say something about a task, and how many do not; raises InputError."""
    rows, lines = [], 0
    for batch in batches(file):
        for line in batch:
            lines += 1
            row = _row(line) if isinstance(line, bytes) else None
            if row is not None and (task != "tone" or row["label"] in _TONES):
                rows.append(row)
    if not rows:
        raise InputError(
            _("{file} holds no text that is labelled for this.").format(file=file),
            advice=_("Each line is a JSON object with `text` and `label`; docs/guide/triage.md says more."),
        )
    return rows, lines - len(rows)


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"]:
        return None
    return row if isinstance(row.get("label"), str | list) else None


def _mention(text: str) -> Mention:
    """Return a mention by nobody known: a label says what the text is, and nothing of who wrote it."""
    return cleaned(Mention("ndjson", "", Author("ndjson", "unknown"), text, 0))


def _class_said(verdict: Verdict, task: Task) -> str:
    if task == "tone":
        return verdict.tone.value
    if task == "hostile":
        return "hostile" if verdict.hostility is not Hostility.NONE else "other"
    return "complaint" if verdict.kind is Kind.COMPLAINT else "other"


def _together(truth: Iterable[str], said: Iterable[str], one: str, other: str) -> int:
    return sum(t == one and s == other for t, s in zip(truth, said, strict=True))
