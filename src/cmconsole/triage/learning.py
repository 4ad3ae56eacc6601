"""What the desk teaches: a small linear layer on top of the cues, learned from one correction at a time.

A lesson is a text and what a person said of it. The weights of its words move a little towards that answer,
given what the cues say already: logistic regression by stochastic gradient, with AdaGrad's step sizes (Duchi,
Hazan & Singer 2011). Together the words of a text can shift a score by so much and no more, so a bad streak
cannot drown the cues; and safety and legal severity are decided before it is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from math import exp, sqrt
from typing import Final, NamedTuple

from cmconsole.core.errors import N_, StoreError

MOST: Final = 1.0
"""Most that learned weights add to, or take from, a score, in the end: as much as one clear cue."""

SAME: Final = 2.0
"""The same for a text that was taught word for word: as much as one decisive cue."""

_HALF: Final = 400
"""Lessons after which half of MOST is reached: a streak of a day must not drown what the table knows."""

_COMMON: Final = 0.05
_COMMON_FROM: Final = 40
"""A word in more than one of twenty lessons, once it was in so many, is everybody's: it says nothing."""


class Target(StrEnum):
    """What can be learned of a text: what it is, and whether a complaint is a grave one."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    PRAISE = "praise"
    SPAM = "spam"
    MAJOR = "major"


_STEP: Final = 0.5
_LOSS: Final = 0.999
"""What is kept of a weight when its word occurs again: a habit of the past fades."""

_STEEP: Final = 1.5
_WORDS: Final = 20_000
"""Words remembered; beyond that the lightest tenth is let go of."""

_SHORTEST: Final = 2


class Lesson(NamedTuple):
    """One thing said of a text. base: the weight that its cues alone give the target, 0 in doubt."""

    target: Target
    base: float
    said: bool


class Learned:
    """The weights learned at one desk, by target and word or pair of words."""

    def __init__(self) -> None:
        self.lessons = 0
        self._counts: dict[str, int] = {}
        self._weights: dict[str, dict[Target, list[float]]] = {}

    def __bool__(self) -> bool:
        """Say whether anything was learned: what was not costs nothing."""
        return bool(self._weights)

    def shift(self, features: Sequence[str], target: Target) -> float:
        """Return what was learned of these words for a target, in weights of cues.

        It is bounded by MOST, which the first lessons do not reach; a text nearly all of whose words were
        taught more than once may shift by more, up to SAME: a campaign that was marked thrice is known.
        """
        total, told, number = 0.0, 0, 0
        for feature in features:
            if self._is_common(feature):
                continue
            number += 1
            found = self._weights.get(feature)
            if found is not None and target in found:
                total += found[target][0]
                told += self._counts[feature] > 1
        if not number:
            return 0.0
        most = max(MOST * self.lessons / (self.lessons + _HALF), SAME * (told / number) ** 2)
        return max(-most, min(most, total / sqrt(number)))

    def _is_common(self, feature: str) -> bool:
        count = self._counts.get(feature, 0)
        return count > _COMMON_FROM and count > _COMMON * self.lessons

    def told(self, features: Iterable[str], target: Target) -> list[tuple[str, float]]:
        """Return the learned words of a text that speak for or against a target, heaviest first."""
        found = {
            feature: weights[target][0]
            for feature in features
            if (weights := self._weights.get(feature)) is not None
            and target in weights
            and not self._is_common(feature)
        }
        return sorted(found.items(), key=lambda one: -abs(one[1]))

    def learn(self, features: Sequence[str], lessons: Iterable[Lesson]) -> None:
        """Take a person's word on a text with these features."""
        self.lessons += 1
        for feature in features:
            self._counts[feature] = self._counts.get(feature, 0) + 1
        for target, base, said in lessons:
            weight = base + self.shift(features, target)
            believed = 1.0 / (1.0 + exp(max(-20.0, min(20.0, -_STEEP * weight))))
            self._step(features, target, said - believed)
        if len(self._weights) > _WORDS:
            self._prune()

    def _step(self, features: Sequence[str], target: Target, error: float) -> None:
        taught = [feature for feature in features if not self._is_common(feature)]
        gradient = error / sqrt(len(taught)) if taught else 0.0
        for feature in taught:
            held = self._weights.setdefault(feature, {}).setdefault(target, [0.0, 1e-6])
            held[1] += gradient * gradient
            held[0] = held[0] * _LOSS + _STEP * gradient / sqrt(held[1] + 0.1)

    def _prune(self) -> None:
        heavy = sorted(self._weights, key=lambda word: max(abs(w) for w, _ in self._weights[word].values()))
        for feature in heavy[: _WORDS // 10]:
            del self._weights[feature]
        self._counts = {feature: n for feature, n in self._counts.items() if feature in self._weights}

    def heaviest(self, target: Target, most: int = 20) -> list[tuple[str, float]]:
        """Return the words that speak most for or against a target, heaviest first."""
        found = [(word, weights[target][0]) for word, weights in self._weights.items() if target in weights]
        return sorted(found, key=lambda one: (-abs(one[1]), one[0]))[:most]

    def dumped(self) -> str:
        """Return all of it as JSON, to be kept and read again by `loaded`."""
        weights = {
            word: {
                target.value: [round(weight, 4), round(seen, 4)] for target, (weight, seen) in found.items()
            }
            for word, found in self._weights.items()
        }
        kept = {"lessons": self.lessons, "counts": self._counts, "weights": weights}
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def loaded(cls, text: str) -> Learned:
        """Return what `dumped` kept; raises StoreError where it cannot be read."""
        learned = cls()
        try:
            kept = json.loads(text)
            learned.lessons = int(kept["lessons"])
            learned._counts = {str(word): int(n) for word, n in kept["counts"].items()}
            learned._weights = {
                str(word): {
                    Target(name): [float(weight), float(seen)] for name, (weight, seen) in found.items()
                }
                for word, found in kept["weights"].items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                N_("What triage learned cannot be read."),
                advice=N_("`cmconsole triage reset` begins anew; the corrections themselves are kept."),
            ) from error
        return learned


def features(words: Sequence[str]) -> list[str]:
    """Return what lessons are learned on: each word once, and each pair of neighbours."""
    return list(dict.fromkeys(_features(words)))


def _features(words: Sequence[str]) -> Iterator[str]:
    before = ""
    for word in words:
        if len(word) >= _SHORTEST:
            yield word
        if before:
            yield f"{before} {word}"
        before = word
