"""X's weighted length: the cases of twitter-text's conformance suite, by group."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.limits import X
from cmconsole.core.weighted import weight

OF_CONFIGURATION_2 = {
    "Count a mix of single byte single word, and double word unicode characters": 7,
    "Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers": 4,
}
"""Cases that expect each code point of an emoji to weigh, as before configuration 3; what 3 makes of them."""


def counting(shared: Path, group: str) -> list[dict[str, Any]]:
    """Return the cases of a group that expect a weighted length."""
    path = shared / "recordings/x-twitter-text-conformance/validate.yml"
    cases: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"][group]
    return cases


@pytest.mark.parametrize(
    ("group", "passed", "number"),
    [
        ("WeightedTweetsCounterTest", 18, 20),
        ("WeightedTweetsWithDiscountedEmojiCounterTest", 22, 22),
        ("UnicodeDirectionalMarkerCounterTest", 2, 2),
    ],
)
def test_twitter_texts_cases_of_lengths(shared_data: Path, group: str, passed: int, number: int) -> None:
    cases = counting(shared_data, group)
    failed = {
        case["description"]: weight(case["text"])
        for case in cases
        if weight(case["text"]) != case["expected"]["weightedLength"]
    }

    assert (len(cases) - len(failed), len(cases)) == (passed, number)
    assert failed == {name: ours for name, ours in OF_CONFIGURATION_2.items() if name in failed}
    for case in cases:
        if case["expected"]["valid"]:
            assert 0 < weight(case["text"]) <= X.most, case["description"]


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_weighs_more_than_two_for_each_character_beside_its_addresses(text: str) -> None:
    assert 0 <= weight(text) <= 2 * len(text) + 23 * text.count(".")


@pytest.mark.parametrize(
    "emoji", ["👩‍👩‍👧‍👦", "👩🏽‍❤️‍💋‍👨🏿", "🧑🏻‍🤝‍🧑🏿", "🇫🇷", "#️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫱🏻‍🫲🏿", "🫠"]
)
def test_an_emoji_weighs_two_whatever_it_is_made_of(emoji: str) -> None:
    assert weight(emoji) == 2
    assert weight(f"a{emoji * 3}b") == 8


@pytest.mark.parametrize(
    ("text", "weighs"), [("🎉🏽", 4), ("😀\u200d😀", 5), ("1⃣1", 3), ("©", 1), ("☺\ufe0e", 4)]
)
def test_what_is_no_sequence_of_unicodes_weighs_by_its_pieces(text: str, weighs: int) -> None:
    assert weight(text) == weighs
