"""The cue table: what we ship can be read, and what cannot be read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmconsole.core.errors import InputError
from cmconsole.triage import table
from cmconsole.triage.table import Cue, Layer, parse, shipped, trees

DATA = Path(table.__file__).parent / "data"


def test_what_we_ship_is_small_and_can_be_read() -> None:
    lines, signs = shipped()

    assert sum(path.stat().st_size for path in DATA.iterdir()) <= 300_000
    assert all(line.words and len(line.words) <= 6 for line in lines)
    assert {line.cue for line in lines} >= {"complaint", "praise", "question", "spam", "safety", "legal"}
    assert signs


def test_every_file_says_what_it_is_and_where_it_comes_from() -> None:
    for path in DATA.iterdir():
        head = path.read_text(encoding="utf-8").partition("\n\n")[0]
        assert head.startswith("# "), path.name


def test_entries_are_in_one_line_only() -> None:
    for path in DATA.glob("*.??.tsv"):
        language = path.name.split(".")[1]
        lines = list(parse(path.read_text(encoding="utf-8"), (language,), path.name))
        doubled = [line.entry for line in lines if lines.count(line) > 1]
        assert doubled == [], path.name


def test_an_entry_of_one_language_is_used_in_both_unless_it_is_kept_apart() -> None:
    kept, shared, grammar = parse("complaint\t2\tpain!, arnaque\nnegator\t2\tpas", ("fr",))

    assert kept.languages == ("fr",)
    assert shared.languages == ("en", "fr")
    assert grammar.languages == ("fr",)
    assert (kept.entry, kept.words) == ("pain", ["pain"])


def test_the_heaviest_of_two_lines_counts_once() -> None:
    lines = [*parse("complaint\t1\tbug", ("en",)), *parse("complaint\t3\tbug\npraise\t1\tbug", ("en",))]

    node = trees(lines, "en")[Layer.KIND].root["bug"]

    assert node.entry is not None
    assert dict(node.entry.cues) == {Cue.COMPLAINT: 2.0, Cue.PRAISE: 0.5}


@pytest.mark.parametrize(
    "line", ["complaint\t2", "grumble\t2\tword", "complaint\t4\tword", "complaint 2 word", "complaint\t2\t "]
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(InputError) as caught:
        list(parse(f"# head\n{line}", ("en",), "own.tsv"))

    assert caught.value.facts["file"] == "own.tsv"
    assert caught.value.facts["number"] == 2
    assert "tabs" in str(caught.value.advice)


def test_the_fingerprint_follows_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = table.fingerprint()
    for path in DATA.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(table, "_DATA", tmp_path)

    assert table.fingerprint() == before
    (tmp_path / "cues.en.tsv").write_text("# mine\ncomplaint\t2\tmeh\n")
    assert table.fingerprint() != before
