"""Guards on replies written for the purpose: how many good ones are stopped, and how many bad ones pass."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from cmconsole.core.guard import Level
from tests.unit.desk.reply.guards import corpus
from tests.unit.desk.reply.guards.parts import candidate, raised

MOST_RAISED = 0.01
"""Of good replies: share on which any guard may be raised."""

LEAST_CAUGHT = 0.97
"""Of bad replies: share that the guard named with them must catch."""

NEUTRAL = "Bonjour, vous êtes ouverts demain ?"
MOST_READ = 1_500
OF_WORDS = {"insult", "sarcasm", "personal-data", "unfilled"}


def of(exchange: corpus.Exchange) -> dict[str, Level]:
    return raised(candidate(exchange.reply, post=exchange.post, platform=exchange.platform))


def test_good_replies_pass() -> None:
    """Measured on 1,056 replies of 344 sentences: 3 raised (0.28 %), all `sarcasm`, none blocked."""
    good = corpus.good()
    found = [of(it) for it in good]
    by_guard = Counter(guard for guards in found for guard in guards)
    share = sum(map(bool, found)) / len(good)
    told = f"{len(good)} replies, {share:.2%} raised: " + ", ".join(
        f"{guard} {count / len(good):.2%}" for guard, count in by_guard.items()
    )

    print(told)
    assert len({it.reply for it in good}) == len(good) >= 1_000
    assert len(corpus.sentences()) >= 300
    assert share <= MOST_RAISED, told
    assert [it.reply for it, guards in zip(good, found, strict=True) if Level.BLOCK in guards.values()] == []


def test_bad_replies_are_caught() -> None:
    """Measured on 162: 161 caught; 158 before the lists were looked at again with what had passed."""
    bad = corpus.bad()
    passed = [(it.guard, it.reply) for it in bad if it.guard not in of(it)]

    print(f"{len(bad)} bad replies, {len(bad) - len(passed)} caught; passed: {passed}")
    assert len(bad) >= 120
    assert 1 - len(passed) / len(bad) >= LEAST_CAUGHT, passed


@pytest.mark.parametrize(
    ("folder", "kept", "most"),
    [("banking77", None, 0.001), ("insurance_fr", "positive", 0.005), ("airline", "positive", 0.015)],
)
def test_real_people_who_are_civil_are_left_alone(
    shared_data: Path, folder: str, kept: str | None, most: float
) -> None:
    """Nobody shared real replies of brands: these are customers' words, looked at as if we had said them.

    Measured: banking77 0 of 1,500; insurance_fr 4 of 1,500 (an address, “ass” for “assurance” twice,
    “déconne”); airline 4 of 459 (“damn” twice, “shit”, “no kidding”).
    """
    lines = (shared_data / "text" / folder / "dev.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    texts = [row["text"] for row in rows if kept is None or row["label"] == kept][:MOST_READ]
    found = [
        (text, guards)
        for text in texts
        if (guards := OF_WORDS & set(raised(candidate(text[:1_500], post=NEUTRAL, platform="reddit"))))
    ]

    print(f"{folder}: {len(texts)} texts, {len(found)} raised")
    assert len(found) <= most * len(texts), found
