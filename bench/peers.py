"""What a user would take instead of our triage: scores of published sentiment libraries, higher if worse.

They are listed in requirements/bench.in, are imported by nothing else, and may be missing.
"""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Callable
from typing import Any

Scorer = Callable[[str], float]

NAMES = ("VADER", "TextBlob", "AFINN")


def _module(name: str) -> Any:
    with warnings.catch_warnings():
        # One of them regrets an optional library that would make it faster; it scores the same without.
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def _vader(language: str) -> Scorer:
    package = "vaderSentiment" if language == "en" else "vaderSentiment_fr"
    scores = _module(f"{package}.vaderSentiment").SentimentIntensityAnalyzer().polarity_scores
    return lambda text: -scores(text)["compound"]


def _textblob(language: str) -> Scorer:
    blob = _module("textblob").TextBlob
    if language == "en":
        return lambda text: -blob(text).sentiment[0]
    french = _module("textblob_fr")
    parts = {"pos_tagger": french.PatternTagger(), "analyzer": french.PatternAnalyzer()}
    return lambda text: -blob(text, **parts).sentiment[0]


def _afinn(language: str) -> Scorer:
    score = _module("afinn").Afinn(language=language, emoticons=True).score
    return lambda text: -score(text)


_PACKAGES: dict[tuple[str, str], tuple[str, Callable[[str], Scorer]]] = {
    ("VADER", "en"): ("vaderSentiment", _vader),
    ("VADER", "fr"): ("vaderSentiment_fr", _vader),
    ("TextBlob", "en"): ("textblob", _textblob),
    ("TextBlob", "fr"): ("textblob_fr", _textblob),
    ("AFINN", "en"): ("afinn", _afinn),
}


def scorer(name: str, language: str) -> Scorer | str:
    """Return a peer's scorer, or in words why there is none."""
    if (name, language) not in _PACKAGES:
        return "no list in this language is published"
    package, make = _PACKAGES[name, language]
    return make(language) if importlib.util.find_spec(package) else "not installed"
