"""The commands that read, against a real store."""

import asyncio
import json
import os
import signal
import sqlite3
import stat
import subprocess
import unicodedata
from datetime import UTC
from pathlib import Path

import pytest

from cmconsole.config.clock import SystemClock
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Kind
from cmconsole.desk.context import Desk
from cmconsole.desk.correct import correct
from cmconsole.desk.takeback import TakeBack
from cmconsole.store.sqlite.store import SqliteStore
from cmconsole.triage.late import LateJudge
from cmconsole.triage.triage import Triage
from tests.integration.cli.conftest import Home

WANTED = {
    "id", "lane", "status", "priority", "kind", "answer_by", "platform", "author", "reach", "messages",
    "text", "claimed_by", "reasons",
}  # fmt: skip


def test_ingest_says_its_totals_in_the_last_line(home: Home, mentions: Path) -> None:
    first = json.loads(home.said("ingest", mentions).splitlines()[-1])
    again = home.run("ingest", "-", stdin=mentions.read_text(encoding="utf-8") + "not json\n")

    assert {key: first[key] for key in ("read", "new", "duplicate", "set_aside")} == {
        "read": 3,
        "new": 3,
        "duplicate": 0,
        "set_aside": 0,
    }
    assert list(first) == ["read", "new", "duplicate", "set_aside", "seconds"]
    totals = json.loads(again.stdout.splitlines()[-1])
    assert (totals["read"], totals["duplicate"], totals["set_aside"]) == (4, 3, 1)
    assert "1 item could not be read" in again.stderr


def test_ingest_names_a_file_that_is_not_there(home: Home) -> None:
    ended = home.run("ingest", home.folder / "gone.ndjson")

    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "gone.ndjson" in ended.stderr


def test_the_queue_lists_lane_by_lane(desk: Home) -> None:
    records = desk.records("queue", "--json")

    assert [record["lane"] for record in records] == ["influencers", "complaints", "others"]
    assert all(set(record) >= WANTED for record in records)
    assert desk.records("queue", "--json", "--lane", "complaints")[0]["author"] == "marc@piaille.fr"
    assert desk.records("queue", "--json", "--status", "snoozed") == []
    assert len(desk.said("queue").splitlines()) == 3
    assert desk.said("queue", "--status", "resolved") == "There is none.\n"


def test_the_queue_keeps_its_order_over_pages(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    lines = [
        {
            "id": str(number),
            "platform": "x",
            "author": f"a{number}",
            "text": "my parcel is broken",
            "created_at": 1_700_000_000 + number * 7919 % 1201,
        }
        for number in range(1_203)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    home.said("ingest", file)

    records = home.records("queue", "--json", "--lane", "complaints")
    limited = home.records("queue", "--json", "--lane", "complaints", "--limit", "501")

    assert len({record["id"] for record in records}) == 1_203
    assert [record["answer_by"] for record in records] == sorted(record["answer_by"] for record in records)
    assert limited == records[:501]


@pytest.mark.parametrize(
    "arguments",
    [["queue"], ["queue", "--json"], ["show", "3"], ["show", "3", "--json"], ["export"], ["handover"]],
)
def test_nothing_printed_can_steer_a_terminal(desk: Home, arguments: list[str]) -> None:
    printed = desk.said(*arguments).replace("\n", "")

    assert "Belgium" in printed or arguments == ["handover"]
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in printed)


def test_text_that_was_never_cleaned_cannot_steer_a_terminal_either(desk: Home) -> None:
    """A store that another program wrote into: the last filter is the command's own."""
    store = desk.folder / "DATA" / "cmconsole" / "cmconsole.db"
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE author SET name = ?", ("Ada \x1b]0;x\x07\x9b31m \u202e",))
    connection.close()

    for arguments in (["show", "1"], ["show", "1", "--json"], ["export"]):
        printed = desk.said(*arguments).replace("\n", "")
        assert "Ada" in printed
        assert not any(unicodedata.category(character) in {"Cc", "Cf"} for character in printed)


def test_show_tells_a_conversation_in_full(desk: Home) -> None:
    words = desk.said("show", "1")
    (record,) = desk.records("show", "1", "--json")

    assert "My parcel was opened" in words
    assert "48k" in words
    assert record["timeline"][0]["text"] == "My parcel was opened. This is unacceptable!"
    assert record["card"]["mentions"] == 1
    assert record["earlier"] == []


@pytest.fixture
def storm(home: Home, tmp_path: Path) -> Home:
    """Let three people say the same, and one of them be corrected and taken back."""
    file = tmp_path / "storm.ndjson"
    text = "@acme the app has been down all morning, delivery impossible, you idiots"
    file.write_text(
        "".join(
            json.dumps({"id": key, "platform": "x", "author": f"a{key}", "text": text}) + "\n"
            for key in "123"
        ),
        encoding="utf-8",
    )
    home.said("ingest", file)
    asyncio.run(_joined(home.folder / "DATA" / "cmconsole" / "cmconsole.db"))
    return home


async def _joined(path: Path) -> None:
    store = SqliteStore(path)
    await store.open()
    await store.cluster([(2, 1), (3, 1)], 1_772_452_800_000, None)
    desk = Desk(store, SystemClock(), LateJudge(Triage), SlaPolicy(), "Alice", "one", UTC)
    memory = TakeBack(desk)
    memory.remember(await correct(desk, [1], kind=Kind.SPAM))
    await memory.undo()
    await store.close()


def test_the_queue_tells_for_how_many_one_stands(storm: Home) -> None:
    (record,) = storm.records("queue", "--json")

    assert (record["id"], record["cluster"], record["alike"]) == (1, 1, 3)
    assert record["hostility"] == "insulting"
    assert "delivery" in record["themes"]
    assert "one of 3 alike" in storm.said("queue")


def test_show_tells_who_says_the_same_and_what_triage_read(storm: Home) -> None:
    words = storm.said("show", "2").splitlines()
    (record,) = storm.records("show", "2", "--json")

    assert "one of 3 alike" in words[0]
    assert words[-1] == "They say nearly the same: 1, 3"
    assert any(line.startswith("kind complaint .") and "insulting" in line for line in words)
    assert (record["alike"], record["alike_ids"]) == (3, [1, 3])


def test_watch_tells_corrections_and_leaves_clusters_to_programs(storm: Home) -> None:
    with storm.running("watch", "--after", "0") as watching:
        assert watching.stdout is not None
        lines = [watching.stdout.readline() for _ in range(5)]
    with storm.running("watch", "--json", "--after", "0") as watching:
        assert watching.stdout is not None
        events = [json.loads(watching.stdout.readline()) for _ in range(8)]

    assert "Alice: corrected: spam instead of complaint (conversation 1 of a1)" in lines[3]
    assert "Alice: correction taken back: complaint instead of spam" in lines[4]
    assert [event["event"] for event in events[3:6]] == ["conversation.clustered"] * 3
    assert {event["conversation"]["alike"] for event in events} == {3}


def test_what_is_not_there_is_said_with_code_5(desk: Home) -> None:
    gone = desk.run("show", "77")
    nobody = desk.run("erase", "--author", "x:nobody", "--yes")

    assert (gone.returncode, nobody.returncode) == (5, 5)
    assert "77" in gone.stderr
    assert len(nobody.stderr.splitlines()) == 1


def test_a_missing_store_is_said_kindly_and_not_made(home: Home) -> None:
    for arguments in (["queue"], ["show", "1"], ["watch"], ["handover"], ["export"]):
        ended = home.run(*arguments)
        assert ended.returncode == 4
        assert "There is no store" in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
    assert not (home.folder / "DATA").exists()


def test_a_file_that_is_no_store_is_left_alone(home: Home, mentions: Path) -> None:
    before = mentions.read_bytes()

    ended = home.run("--db", mentions, "queue")

    assert ended.returncode == 4
    assert mentions.read_bytes() == before


def test_the_handover_is_written_and_kept(desk: Home) -> None:
    words = desk.said("handover")
    (record,) = desk.records("handover", "--format", "json", "--as", "Alice")
    unsaved = desk.run("handover", "--save", "--as", "Alice")
    saved = desk.run("handover", "--save", "--as", "Alice", "--until", "23:59")

    assert words.startswith("# ")
    assert record["person"] == "Alice"
    assert record["pressing"]["count"] >= 1
    assert unsaved.returncode == 5
    assert saved.returncode == 0
    assert "Alice" in saved.stdout


def test_the_export_is_private_and_whole(desk: Home) -> None:
    file = desk.folder / "all.ndjson"
    desk.said("export", file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8") == desk.said("export")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    assert [path.name for path in file.parent.glob(".all*")] == []


def test_an_export_that_cannot_be_written_is_said(desk: Home) -> None:
    ended = desk.run("export", desk.folder / "nowhere" / "all.ndjson")

    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr


def test_erasing_asks_or_is_told_not_to(desk: Home) -> None:
    asked = desk.run("erase", "--author", "x:ada")
    (erased,) = desk.records("erase", "--author", "x:@Ada", "--yes", "--json")

    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert erased == {"authors": 1, "conversations": 1, "mentions": 1}
    assert [record["id"] for record in desk.records("queue", "--json")] == [2, 3]


def test_watch_prints_what_happens_once_and_as_it_happens(desk: Home, tmp_path: Path) -> None:
    more = tmp_path / "more.ndjson"
    more.write_text(
        '{"id": "w", "platform": "x", "author": "eve", "text": "hello there"}\n', encoding="utf-8"
    )

    with desk.running("watch", "--json", "--after", "0") as watching:
        assert watching.stdout is not None
        before = [json.loads(watching.stdout.readline()) for _ in range(3)]
        desk.said("ingest", more)
        after = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        rest, errors = watching.communicate(timeout=20)

    assert (watching.returncode, rest, errors.strip()) == (130, "", "")
    assert [event["seq"] for event in before] == sorted({event["seq"] for event in before})
    assert after["seq"] > before[-1]["seq"]
    assert {event["event"] for event in (*before, after)} == {"mention.taken"}
    assert after["conversation"]["author"] == "eve"


def test_watch_tells_of_one_lane_in_plain_words(desk: Home) -> None:
    with desk.running("watch", "--lane", "complaints", "--after", "0") as watching:
        assert watching.stdout is not None
        line = watching.stdout.readline()

    assert "marc@piaille.fr on mastodon" in line


@pytest.mark.parametrize("arguments", [["queue", "--json"], ["--help"], ["keys"]])
def test_a_reader_that_goes_away_is_no_fault(desk: Home, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        desk.command(*arguments),
        env=desk.environ,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writer)

    assert (ended.returncode, ended.stderr) == (141, "")


def test_keys_are_those_of_the_settings(home: Home) -> None:
    home.settings('[keys]\nclaim = "C"\n')

    keys = {record["id"]: record["keys"] for record in home.records("keys", "--json")}

    assert keys["claim"] == ["C"]
    assert keys["done"] == ["d"]
    assert "claim" in home.said("keys")


def test_doctor_finds_what_is_right_and_wrong(desk: Home) -> None:
    well = json.loads(desk.said("doctor", "--json"))
    store = desk.folder / "DATA" / "cmconsole" / "cmconsole.db"
    store.parent.chmod(0o755)
    open_to_others = json.loads(desk.said("doctor", "--json"))
    desk.settings('[desk]\nthem = "x"\n[keys]\nclam = "c"\n')
    wrong = desk.run("doctor")

    assert well["ok"] is True
    assert {finding["area"] for finding in well["findings"]} == {
        "settings", "store", "engine", "sources", "terminal", "language", "clock",
    }  # fmt: skip
    (warning,) = (finding for finding in open_to_others["findings"] if finding["level"] == "warn")
    assert "chmod 700" in warning["advice"]
    assert wrong.returncode == 1
    assert "desk.them is not a setting. Did you mean desk.theme?" in wrong.stdout


def test_doctor_judges_keys_and_theme(home: Home) -> None:
    home.settings('[desk]\ntheme = "calm-drak"\n[keys]\nclam = "c"\n')

    wrong = home.run("doctor")

    assert wrong.returncode == 1
    assert "clam" in wrong.stdout
    assert "calm-drak" in wrong.stdout


def test_doctor_finds_damage(desk: Home) -> None:
    store = desk.folder / "DATA" / "cmconsole" / "cmconsole.db"
    pages = bytearray(store.read_bytes())
    pages[8192:12288] = b"\xff" * 4096
    store.write_bytes(pages)

    ended = desk.run("doctor")

    assert ended.returncode == 1
    assert "is damaged" in ended.stdout
