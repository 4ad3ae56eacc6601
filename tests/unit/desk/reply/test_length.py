"""How long a reply is: each platform's own rule, our own sample, and whatever people paste."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.desk.reply.length import Length, measure

SAMPLE: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "data" / "lengths.json").read_text(encoding="utf-8")
)
PLATFORMS = ["x", "bluesky", "mastodon", "reddit", "feeds", ""]


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: f"{case['platform']}: {case['text'][:24]}")
def test_our_own_sample(case: dict[str, Any]) -> None:
    length = measure(case["platform"], case["text"])

    assert (length.count, length.bytes) == (case["count"], case.get("bytes", 0))


@pytest.mark.parametrize(
    ("platform", "most", "most_bytes"),
    [("x", 280, 0), ("bluesky", 300, 3_000), ("mastodon", 500, 0), ("reddit", 10_000, 0), ("feeds", 0, 0)],
)
def test_what_each_platform_takes(platform: str, most: int, most_bytes: int) -> None:
    fits, too_long = measure(platform, "a" * most), measure(platform, "a" * (most + 3))

    assert fits == Length(most, most, most if most_bytes else 0, most_bytes)
    assert (fits.over, too_long.over) == (0, 3 if most else 0)


def test_a_server_may_take_more_or_less() -> None:
    assert measure("mastodon", "a" * 501, most=5_000).over == 0
    assert measure("mastodon", "a" * 501, most=500).over == 1
    assert measure("x", "a" * 281, most=25_000) == Length(281, 25_000)
    assert measure("mastodon", "a" * 9_999, most=0).over == 0


def test_bytes_count_where_the_characters_fit() -> None:
    length = measure("bluesky", "👩‍👩‍👧‍👦" * 150)

    assert (length.count, length.bytes, length.over, length.is_over_in_bytes) == (150, 3_750, 750, True)
    both = measure("bluesky", "👩‍👩‍👧‍👦" * 301)
    assert (both.over, both.is_over_in_bytes) == (1, False)


@pytest.mark.parametrize(
    ("file", "text"), [("err_grapheme", "a" * 301), ("err_bytes", "👩‍👩‍👧‍👦" * 150)]
)  # fmt: skip
def test_we_count_what_the_real_bluesky_counted(shared_data: Path, file: str, text: str) -> None:
    path = shared_data / "recordings" / "bsky-devenv-recordings" / f"{file}.json"
    refusal = json.loads(path.read_text(encoding="utf-8"))["json"]["message"]
    found = re.search(r"(grapheme|string) too big \(maximum (\d+), got (\d+)\)", refusal)
    assert found is not None
    length = measure("bluesky", text)

    ours = (length.most, length.count) if found[1] == "grapheme" else (length.most_bytes, length.bytes)
    assert ours == (int(found[2]), int(found[3]))


@given(
    st.text(st.characters(exclude_categories=[])), st.sampled_from(PLATFORMS), st.none() | st.integers(-1, 50)
)
def test_any_text_has_a_length(text: str, platform: str, most: int | None) -> None:
    length = measure(platform, text, most=most)

    assert min(length.count, length.bytes, length.over) >= 0
    assert bool(length.over) == (0 < length.most < length.count or 0 < length.most_bytes < length.bytes)


def test_hostile_texts_have_a_length(shared_data: Path) -> None:
    path = shared_data / "hostile" / "blns" / "blns.json"
    for text in json.loads(path.read_text(encoding="utf-8")):
        for platform in PLATFORMS:
            assert measure(platform, text).count >= 0
