"""The measures that triage is scored by, against figures worked out by hand and against their definition."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.cli.triage_evaluate import Measure, Task, auc, measure, true_class


def test_precision_recall_and_f1_are_those_of_the_book() -> None:
    truth = ["a", "a", "a", "b", "b"]
    said = ["a", "a", "b", "a", "b"]

    assert measure(truth, said, "a") == Measure(2 / 3, 2 / 3, 2 / 3)
    assert measure(truth, said, "b") == Measure(0.5, 0.5, 0.5)
    assert measure(truth, ["b"] * 5, "a") == Measure(0.0, 0.0, 0.0)
    assert measure(["b"] * 5, ["b"] * 5, "a") == Measure(0.0, 0.0, 0.0)


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=2, max_size=30
    ).filter(lambda pairs: len({positive for positive, _score in pairs}) == 2)
)
def test_the_area_is_the_chance_that_a_positive_outranks_a_negative(pairs: list[tuple[bool, float]]) -> None:
    positives = [score for positive, score in pairs if positive]
    negatives = [score for positive, score in pairs if not positive]
    won = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)

    found = auc([positive for positive, _score in pairs], [score for _positive, score in pairs])

    assert found == pytest.approx(won / (len(positives) * len(negatives)))


@pytest.mark.parametrize(
    ("row", "task", "expected"),
    [
        ({"label": "complaint"}, "complaint", "complaint"),
        ({"label": "negative"}, "complaint", "complaint"),
        ({"label": "negative", "complaint": 0}, "complaint", "other"),
        ({"label": "positive", "complaint": 1}, "complaint", "complaint"),
        ({"label": ["negative"]}, "complaint", "other"),
        ({"label": "neutral"}, "tone", "neutral"),
        ({"label": "offensive"}, "hostile", "hostile"),
        ({"label": "normal"}, "hostile", "other"),
        ({"label": ["none", "insult"]}, "hostile", "hostile"),
        ({"label": ["none"], "toxic": 1}, "hostile", "hostile"),
        ({"label": "offensive", "toxic": 0}, "hostile", "other"),
    ],
)
def test_what_counts_as_true_is_what_the_guide_says(row: dict[str, Any], task: Task, expected: str) -> None:
    assert true_class(row, task) == expected
