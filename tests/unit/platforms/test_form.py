"""NDJSON lines to mentions: every key, every way a line can be wrong, and the schema that says the same."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.mention import Absence, Author, Mention, Removed
from cmconsole.platforms.form import LineMapper, decoded
from cmconsole.platforms.ndjson.batching import Batcher
from cmconsole.platforms.ndjson.lines import Line, Taken

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "src/cmconsole/platforms/mention.schema.json").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "guide" / "ndjson.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n(.*?)\n```", GUIDE, re.MULTILINE | re.DOTALL)
NOW = 1_795_280_000_000
MAPPER = LineMapper("export", "ndjson")


def read(line: bytes | str) -> Mention | str | None:
    return MAPPER.read(line if isinstance(line, bytes) else line.encode(), NOW)


def mention(**keys: Any) -> Mention:
    found = read(json.dumps({"text": "Bonjour", **keys}))
    assert isinstance(found, Mention), found
    return found


def item(line: object) -> Mention | Removed | str | None:
    return MAPPER.item(json.dumps(line).encode(), NOW)


def complaint(line: bytes | str) -> str:
    found = read(line)
    assert isinstance(found, str), found
    return found


def test_a_full_line_fills_every_part_of_a_mention() -> None:
    author = {
        "handle": "marc_d",
        "name": "Marc",
        "followers": 1240,
        "verified": True,
        "bio": "b",
        "url": "https://m",
    }
    found = mention(
        id="1859",
        platform="x",
        author=author,
        created_at="2026-11-21T18:04:00.250+01:00",
        url="https://x.com/1859",
        thread=1700,
        in_reply_to="1701",
        lang="fr",
        edited_at=1_795_280_700,
        can_reply=False,
        removed=False,
        metrics={"likes": 3},
    )

    assert found == Mention(
        platform="x",
        native_id="1859",
        author=Author("x", "marc_d", "Marc", 1240, verified=True, bio="b", url="https://m"),
        text="Bonjour",
        created_at=1_795_280_640_250,
        source="export",
        url="https://x.com/1859",
        thread="1700",
        in_reply_to="1701",
        language="fr",
        edited_at=1_795_280_700_000,
        can_reply=False,
    )


def test_text_alone_is_enough() -> None:
    found = mention()

    assert (found.platform, found.created_at, found.author) == ("ndjson", NOW, Author("ndjson", "unknown"))
    assert found.thread == found.in_reply_to == found.url == found.language == ""
    assert found.edited_at is None
    assert found.can_reply


def test_null_means_left_out() -> None:
    keys = ["id", "platform", "author", "created_at", "url", "thread", "in_reply_to", "lang"]
    keys += ["edited_at", "can_reply", "removed"]

    assert mention(**dict.fromkeys(keys)) == mention()


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("ada", Author("ndjson", "ada")),
        ({"handle": "ada"}, Author("ndjson", "ada")),
        ({"name": "Ada L."}, Author("ndjson", "Ada L.", "Ada L.")),
        ({}, Author("ndjson", "unknown")),
        ({"handle": "ada", "followers": 5, "reach": 7}, Author("ndjson", "ada", reach=7)),
        ({"handle": "ada", "followers": 0}, Author("ndjson", "ada", reach=0)),
        ({"handle": "ada", "verified": None}, Author("ndjson", "ada")),
    ],
)
def test_an_author_is_a_handle_or_an_object(author: object, expected: Author) -> None:
    assert mention(author=author).author == expected


@pytest.mark.parametrize(
    "created_at",
    [
        "2026-11-21T16:53:20Z",
        "2026-11-21t17:53:20.000+01:00",
        "2026-11-21 11:53:20-0500",
        1_795_280_000,
        1_795_280_000.0,
        1_795_280_000_000,
    ],
)
def test_dates_are_rfc_3339_seconds_or_milliseconds(created_at: str | float) -> None:
    assert mention(created_at=created_at).created_at == NOW


def test_an_id_is_made_where_there_is_none_and_tells_different_lines_apart() -> None:
    made = mention().native_id

    assert made == MAPPER.read(b'{"text": "Bonjour"}', NOW + 5).native_id  # type: ignore[union-attr]
    assert made == "c4bf4b75825d5a2d7c92cf8c991ff92e"  # never to change: stored mentions are known by it
    others = [mention(author="a"), mention(platform="x"), mention(created_at=1), mention(text="Bonsoir")]
    assert len({made, *(other.native_id for other in others)}) == 5
    assert mention(id="").native_id == made


def test_an_id_too_long_to_store_keeps_its_identity() -> None:
    long = "a" * 2000

    assert mention(id=long).native_id == mention(id=long).native_id
    assert mention(id=long).native_id != mention(id=long + "b").native_id
    assert len(mention(id=long).native_id) < 500


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello", "it is not JSON"),
        (b'{"text": "a"} {"text": "b"}', "it is not JSON"),
        (b'{"text": "a', "it is not JSON: it breaks off"),
        (b'{"text": "a", "x": NaN}', "it is not JSON"),
        (b"[1, 2]", "it is not a JSON object (expected object, got array)"),
        (b"null", "it is not a JSON object"),
        (b'{"body": "a"}', "it has no text"),
        (b'{"text": ""}', "text is wrong"),
        (b'{"text": null}', "text is wrong (expected str, got null)"),
        (b'{"text": 5}', "text is wrong (expected str, got int)"),
        (b'{"text": "a", "author": {"followers": "12"}}', "author.followers is wrong"),
        (b'{"text": "a", "author": {"followers": -1}}', "author.followers is wrong"),
        (b'{"text": "a", "author": {"reach": 1' + b"0" * 30 + b"}}", "author.reach is wrong"),
        (b'{"text": "a", "id": 1.5}', "id is wrong"),
        (b'{"text": "a", "id": true}', "id is wrong"),
        (b'{"text": "a", "id": 1' + b"0" * 5000 + b"}", "id is wrong"),
        (b'{"text": "a", "created_at": "yesterday"}', "created_at is neither a date with a zone"),
        (b'{"text": "a", "created_at": "2026-11-21T18:00:00"}', "created_at is neither a date with a zone"),
        (b'{"text": "a", "created_at": "2026-02-30T18:00:00Z"}', "created_at is neither a date with a zone"),
        (b'{"text": "a", "created_at": 1e400}', "created_at is neither"),
        (b'{"text": "a", "created_at": 1e300}', "created_at is before 1970 or after 9999"),
        (b'{"text": "a", "created_at": -1}', "created_at is before 1970"),
        (b'{"text": "a", "created_at": "0001-01-01T00:00:00+10:00"}', "created_at is before 1970"),
        (b'{"text": "a\xff"}', "it is not UTF-8"),
        (b'{"text": "\xed\xa0\x80"}', "it is not UTF-8"),
        (b'{"text": "a\x00b"}', "it is not JSON"),
        (b'{"text": "a", "x": ' + b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_bad_line_is_told_in_words(line: bytes, reason: str) -> None:
    assert complaint(line).startswith(reason)


@pytest.mark.parametrize(
    ("line", "removed"),
    [
        ({"id": "1859", "platform": "x", "removed": True}, Removed("x", "1859")),
        ({"id": 1859, "removed": "deleted"}, Removed("ndjson", "1859")),
        ({"id": "1", "removed": "withheld", "author": "ada"}, Removed("ndjson", "1", Absence.WITHHELD)),
        ({"id": "1", "removed": True, "text": "what it said"}, Removed("ndjson", "1")),
    ],
)
def test_a_line_may_tell_that_a_post_is_gone(line: object, removed: Removed) -> None:
    assert item(line) == removed
    assert read(json.dumps(line)) == f"it tells that {removed.native_id} is gone"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"removed": True}, "it tells that a post is gone, but not its id"),
        ({"removed": True, "text": "a"}, "it tells that a post is gone, but not its id"),
        ({"removed": True, "id": ""}, "it tells that a post is gone, but not its id"),
        ({"removed": False, "id": "1"}, "it has no text"),
        ({"removed": "yes", "id": "1", "text": "a"}, "removed is wrong"),
        ({"removed": 1, "id": "1", "text": "a"}, "removed is wrong"),
        ({"removed": True, "id": "1", "url": 5}, "url is wrong"),
        ({"text": "a", "edited_at": "lately"}, "edited_at is neither a date with a zone"),
        ({"text": "a", "edited_at": "2026-11-21T18:00:00"}, "edited_at is neither a date with a zone"),
        ({"text": "a", "edited_at": -1}, "edited_at is before 1970"),
        ({"text": "a", "can_reply": "no"}, "can_reply is wrong"),
    ],
)
def test_what_is_wrong_with_edits_and_removals_is_told(line: object, reason: str) -> None:
    found = item(line)
    assert isinstance(found, str)
    assert found.startswith(reason)


def test_what_is_gone_comes_in_the_batch_of_its_lines() -> None:
    lines: list[Line] = [b'{"text": "a"}', b'{"id": "7", "removed": true}', b'{"removed": true}']
    batch = Batcher(MAPPER, lambda: NOW).batch(Taken(lines, 1, 0, 0, unterminated=False))

    assert [it.text for it in batch.mentions] == ["a"]
    assert batch.removed == (Removed("ndjson", "7"),)
    assert [it.reason for it in batch.set_aside] == ["line 3: it tells that a post is gone, but not its id"]


def test_any_json_is_decoded_as_kindly() -> None:
    assert decoded(b'\xef\xbb\xbf{"text": "\\ud800", "n": [1, null]}') == {"text": "\ufffd", "n": [1, None]}
    with pytest.raises(ValueError, match="truncated"):
        decoded(b'{"text"')


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'{"text": "\\ud800"}', "\N{REPLACEMENT CHARACTER}"),
        (b'{"text": "cut \\ud83d, whole \\ud83d\\ude00"}', "cut \N{REPLACEMENT CHARACTER}, whole 😀"),
        (b'{"text": "\\udc00 and \\\\ud800"}', "\N{REPLACEMENT CHARACTER} and \\ud800"),
        (b'{"text": "\\ud83d r\\u00e9pondu \\n"}', "\N{REPLACEMENT CHARACTER} répondu \n"),
        (b'\xef\xbb\xbf{"text": "a"}', "a"),
    ],
)
def test_half_a_character_and_a_byte_order_mark_cost_no_mention(line: bytes, text: str) -> None:
    mention = read(line)
    assert isinstance(mention, Mention)
    assert mention.text == text


@pytest.mark.parametrize("line", [b"", b"  \t", b"\r"])
def test_a_blank_line_is_nothing(line: bytes) -> None:
    assert read(line) is None


def test_the_whole_json_test_suite_as_lines_never_crashes(shared_data: Path) -> None:
    files = sorted((shared_data / "hostile" / "jsontestsuite" / "test_parsing").iterdir())
    lines = [line for file in files for line in file.read_bytes().split(b"\n")]
    outcomes = [read(line) for line in lines]

    assert len(files) > 300
    print(
        f"\njsontestsuite: {len(files)} files, {len(lines)} lines, "
        f"taken {sum(isinstance(outcome, Mention) for outcome in outcomes)}, "
        f"set aside {sum(isinstance(outcome, str) for outcome in outcomes)}, "
        f"blank {outcomes.count(None)}, crashed 0"
    )


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_mapper(line: bytes) -> None:
    read(line)


# --------------------------------------------------------------------------------- the schema and the guide

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# JSON Schema calls 1.0 an integer; lines are asked to write integers as integers.
NUMBERS = st.integers(-(10**16), 10**16) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: not number.is_integer()
)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DATES = st.datetimes(timezones=st.timezones()).map(lambda date: date.isoformat())
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab"), inner, max_size=2),
    max_leaves=4,
)
COUNTS = st.none() | st.integers(-2, 2**53 + 1)
AUTHORS = st.fixed_dictionaries(
    {},
    optional={
        "handle": SCALARS,
        "name": SCALARS,
        "reach": COUNTS | SCALARS,
        "followers": COUNTS,
        "verified": SCALARS,
        "bio": SCALARS,
        "url": SCALARS,
    },
)
LINES = st.fixed_dictionaries(
    {"text": st.text(st.characters(exclude_categories=["Cs"])) | SCALARS},
    optional={
        "id": SCALARS,
        "platform": SCALARS,
        "author": SCALARS | AUTHORS | ANYTHING,
        "created_at": SCALARS | DATES | st.floats(0, 1e16).filter(lambda number: not number.is_integer()),
        "url": SCALARS,
        "thread": SCALARS,
        "in_reply_to": SCALARS,
        "lang": SCALARS,
        "edited_at": SCALARS | DATES | st.floats(0, 1e16).filter(lambda number: not number.is_integer()),
        "can_reply": SCALARS,
        "removed": SCALARS | st.sampled_from([True, "deleted", "withheld"]),
        "metrics": ANYTHING,
        "else": ANYTHING,
    },
)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(LINES | ANYTHING)
def test_schema_and_decoder_agree(line: object) -> None:
    outcome = item(line)
    if isinstance(outcome, str) and outcome.startswith(("created_at", "edited_at")):
        return  # a pattern cannot count the days of a month, nor does it know the years before 1970
    assert isinstance(outcome, Mention | Removed) == VALIDATOR.is_valid(line)


@given(
    LINES.map(lambda line: {key: line[key] for key in line if key != "text"}),
    st.sampled_from([True, "withheld"]),
)
def test_schema_and_decoder_agree_on_what_is_gone(line: dict[str, object], removed: object) -> None:
    outcome = item({**line, "removed": removed})
    if any(isinstance(line.get(key), str | float | int) for key in ("created_at", "edited_at")):
        return  # see above
    assert isinstance(outcome, Removed) == VALIDATOR.is_valid({**line, "removed": removed})


@given(st.fixed_dictionaries({"text": st.just("a"), "created_at": SCALARS | DATES | NUMBERS}))
def test_what_the_decoder_takes_as_a_date_the_schema_takes_too(line: dict[str, object]) -> None:
    if isinstance(read(json.dumps(line)), Mention):
        assert VALIDATOR.is_valid(line)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_guide_s_examples_are_valid_and_taken(example: str) -> None:
    assert "\n" not in example
    VALIDATOR.validate(json.loads(example))
    assert isinstance(item(json.loads(example)), Mention | Removed)


def test_the_guide_s_schema_is_the_package_s() -> None:
    assert json.loads((ROOT / "docs" / "guide" / "mention.schema.json").read_text(encoding="utf-8")) == SCHEMA


def test_the_guide_has_examples_and_names_every_key_of_the_schema() -> None:
    assert len(EXAMPLES) >= 4
    named = set(re.findall(r"`(?:author\.)?(\w+)`", GUIDE))
    assert {*SCHEMA["properties"], *SCHEMA["$defs"]["author"]["properties"]} <= named
