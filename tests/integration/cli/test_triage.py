"""`cmconsole triage`: lines in, verdicts out; the account of a verdict; the score; what the desk taught."""

import asyncio
import json
import os
import pty
import select
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from cmconsole.store.sqlite import SqliteStore
from cmconsole.store.values import Learned
from cmconsole.triage.learning import Learned as Lessons
from cmconsole.triage.learning import Lesson, Target
from tests.integration.cli.conftest import Home

KEYS = [
    "language", "kind", "tone", "severity", "hostility", "themes", "lane", "priority", "answer_by_minutes",
    "scores", "reasons", "reason_codes",
]  # fmt: skip
LINES: list[dict[str, Any]] = [
    {"text": "My parcel is still lost, the worst service ever"},
    {
        "text": "Merci beaucoup, livraison parfaite !",
        "author": {"handle": "ada", "followers": 48_000},
        "label": "positive",
        "spans": [1, 2],
    },
    {"text": "How do I change my address?"},
]


def ndjson(file: Path, lines: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def judged(home: Home, *lines: str, code: int = 0, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    ended = home.run("triage", *options, stdin="\n".join(lines))
    assert ended.returncode == code, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def store_of(home: Home) -> Path:
    return home.folder / "DATA" / "cmconsole" / "cmconsole.db"


def taught(home: Home, state: str) -> None:
    """Keep what was learned in the home's store, as the engine does."""

    async def save() -> None:
        store = SqliteStore(store_of(home), role="engine")
        await store.open()
        assert await store.save_learned(Learned("triage", state, 1, 1_700_000_000_000), None)
        await store.close()

    asyncio.run(save())


def lessons(word: str, count: int = 30) -> str:
    """Return what a learner keeps that was told so many times that a word makes a complaint."""
    learned = Lessons()
    for _ in range(count):
        learned.learn([word], [Lesson(Target.COMPLAINT, -1.0, said=True)])
    return learned.dumped()


def test_a_line_in_gives_a_verdict_out_in_the_same_order(home: Home, tmp_path: Path) -> None:
    file = ndjson(tmp_path / "lines.ndjson", LINES)

    from_file = home.records("triage", file)
    from_pipe = judged(home, *map(json.dumps, LINES))

    assert from_file == from_pipe == judged(home, *map(json.dumps, LINES), options=("-",))
    assert [list(record) for record in from_file] == [KEYS] * 3
    assert [record["kind"] for record in from_file] == ["complaint", "praise", "question"]
    assert [record["language"] for record in from_file] == ["en", "fr", "en"]
    assert [record["lane"] for record in from_file] == ["complaints", "influencers", "others"]
    assert from_file[0]["scores"].keys() == {"complaint", "negative", "neutral", "positive", "hostile"}
    assert from_file[0]["scores"]["complaint"] > 0.8
    for record in from_file:
        mood = record["scores"]["negative"] + record["scores"]["neutral"] + record["scores"]["positive"]
        assert mood == pytest.approx(1.0)
        assert len(record["reasons"]) == len(record["reason_codes"])
    assert not store_of(home).exists()


def test_the_minutes_are_those_of_the_settings(home: Home) -> None:
    home.settings("[sla.complaints]\nurgent = 7\nhigh = 7\nmedium = 7\n")

    (record,) = judged(home, '{"text": "my parcel is lost, awful service"}')

    assert (record["lane"], record["answer_by_minutes"]) == ("complaints", 7)


def test_what_rules_give_is_in_the_verdict(home: Home) -> None:
    home.settings(
        '[[triage.rules]]\nname = "recall"\n'
        'when = { words = ["recall"], platforms = ["x"], sources = ["log"] }\n'
        'then = { priority = "urgent", route = "product", tags = ["a", "b"], silence = "known" }\n'
    )
    line = '{"text": "about the recall"}'

    (caught,) = judged(home, line, options=("--platform", "x", "--source", "log"))
    (passed,) = judged(home, line)

    assert caught["priority"] == "urgent"
    assert (caught["tags"], caught["route"], caught["silence"]) == (["a", "b"], "product", "known")
    assert not {"tags", "route", "silence"} & passed.keys()


def test_a_line_that_cannot_be_read_keeps_its_place(home: Home) -> None:
    lines = ['{"x": 1}', "", "[1]", "{", '{"text": 5}', '{"text": "hello there"}', "x" * 1_100_000]
    ended = home.run("triage", stdin="\n".join(lines))
    records = [json.loads(line) for line in ended.stdout.splitlines()]

    assert ended.returncode == 1
    assert [record.get("line") for record in records] == [1, 2, 3, 4, 5, None, 7]
    assert records[0] == {"error": "it has no text", "line": 1}
    assert records[1]["error"] == "it is blank"
    assert records[4]["error"] == "it has no text"
    assert "longer than" in records[6]["error"]
    assert ended.stderr == "6 lines could not be read as mentions.\n"


def test_what_cannot_be_used_of_a_line_is_done_without(home: Home) -> None:
    followed = judged(
        home,
        '{"text": "hello", "author": {"handle": "a", "followers": "12000"}}',
        '{"text": "hello", "author": "a", "metrics": {"followers": 12000}}',
        '{"text": "hello", "author": {"handle": "a"}, "metrics": {"followers": 12000}, "created_at": "hier"}',
        '{"text": "hello", "author": {"handle": "a", "reach": 12000, "verified": "?"}, "id": 1.5}',
    )
    unknown = judged(home, '{"text": "hello", "author": 7, "metrics": [1], "created_at": "tomorrow"}')

    assert {record["lane"] for record in followed} == {"influencers"}
    assert unknown[0]["lane"] == "others"


def test_the_language_of_a_line_is_a_hint_that_can_be_left_out(home: Home) -> None:
    unclear = "zorb blim"
    lines = [json.dumps({"text": unclear, key: "fr"}) for key in ("lang", "language")]

    assert [record["language"] for record in judged(home, *lines)] == ["fr", "fr"]
    assert [record["language"] for record in judged(home, *lines, options=("--ignore-lang",))] == [
        "other"
    ] * 2


def test_a_line_through_a_pipe_is_answered_at_once(home: Home) -> None:
    environ = {name: value for name, value in home.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        home.command("triage"), env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("my parcel is lost", "merci beaucoup"):
            process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], 30)
            assert ready, "no verdict while the pipe is open"
            assert json.loads(os.read(process.stdout.fileno(), 1 << 16))["kind"]
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_a_long_file_is_judged_as_a_pipe_is(home: Home, tmp_path: Path) -> None:
    """Beyond a size more processes judge: order, verdicts and numbers of lines stay the same."""
    lines: list[dict[str, Any]] = [
        {"text": f"parcel {n} is late" if n % 3 else "", "pad": "x" * 4_000} for n in range(1_200)
    ]
    file = ndjson(tmp_path / "long.ndjson", lines)

    from_file = home.run("triage", file)
    from_pipe = home.run("triage", stdin=file.read_text(encoding="utf-8"))

    assert from_file.stdout.count("\n") == 1_200
    assert (from_file.returncode, from_file.stdout) == (from_pipe.returncode, from_pipe.stdout)
    assert from_file.stderr == "400 lines could not be read as mentions.\n"


def test_files_called_like_commands_are_reached_by_their_path(home: Home, tmp_path: Path) -> None:
    ndjson(tmp_path / "explain", LINES)
    ended = subprocess.run(
        home.command("triage", "./explain"),
        env=home.environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.stdout.count("\n") == 3


def test_a_file_that_is_not_there_is_said(home: Home, tmp_path: Path) -> None:
    gone, slip, folder = (home.run("triage", name) for name in ("gone.ndjson", "explian", tmp_path))

    assert (gone.returncode, slip.returncode, folder.returncode) == (2, 2, 2)
    assert "gone.ndjson cannot be read" in gone.stderr
    assert "Did you mean `cmconsole triage explain`?" in slip.stderr
    assert "cannot be read" in folder.stderr


def test_help_and_mistakes_speak_of_the_command_as_it_was_typed(home: Home) -> None:
    own, of_file = home.said("triage", "--help"), home.said("triage", "lines.ndjson", "--help")
    mistake = home.run("triage", "lines.ndjson", "--nothing")

    assert own == of_file
    assert own.startswith("Usage: cmconsole triage [OPTIONS] [FILE|-] | COMMAND [ARGS]...")
    for command in ("explain", "evaluate", "reset", "export"):
        assert f"\n  {command} " in own
        assert home.said("triage", command, "--help").startswith(f"Usage: cmconsole triage {command} ")
    assert mistake.returncode == 2
    assert "Usage: cmconsole triage [OPTIONS]" in mistake.stderr


def test_options_may_stand_on_either_side_of_the_file(desk: Home, tmp_path: Path) -> None:
    file = ndjson(tmp_path / "lines.ndjson", [{"text": "zorbatron"}])
    taught(desk, lessons("zorbatron"))

    assert desk.records("triage", file)[0]["kind"] == "complaint"
    both: tuple[list[str | Path], ...] = (["--untaught", file], [file, "--untaught"])
    for arguments in both:
        assert desk.records("triage", *arguments)[0]["kind"] == "neutral"


STEERING = "broken \x1b]52;c;x\x07 \x9b31m \u202e \ufeff parcel @ev\u202eil <3 "


@pytest.mark.parametrize(
    "arguments", [["triage"], ["triage", "explain", "-"], ["triage", "explain", "-", "--json"]]
)
def test_nothing_printed_can_steer_a_terminal(home: Home, arguments: list[str]) -> None:
    home.settings(
        '[brand]\nname = "\\u001b]0;x\\u0007"\n[[triage.rules]]\nname = "\\u202e r\\u009b1m"\n'
        'when = { words = ["parcel"] }\nthen = { priority = "high", tags = ["\\u202etag"] }\n'
    )
    line = json.dumps({"text": STEERING}) if arguments == ["triage"] else STEERING
    printed = home.said(*arguments, stdin=line)

    assert "‹RLO›tag" in printed
    assert not any(
        unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} for sign in printed.replace("\n", "")
    )


def test_explaining_a_text_tells_every_cue_and_how_the_score_adds_up(home: Home) -> None:
    text = "not happy: very rude staff, but no problem with the refund"
    words = home.said("triage", "explain", text)
    (record,) = home.records("triage", "explain", "--json", *text.split())

    assert words.startswith("complaint, ")
    assert "Priority medium: rule" in words
    assert "How the score of complaint adds up" in words
    assert "what every text begins with" in words
    assert record["weight"] == pytest.approx(sum(record["parts"].values()), abs=0.002)
    assert record["learned"] == {"shift": 0.0, "words": []}
    assert all(cue.keys() == {"cue", "entry", "weight", "table", "negated"} for cue in record["cues"])
    assert {"complaint", "base"} <= record["parts"].keys()


def test_explaining_tells_what_negation_and_intensity_did(home: Home) -> None:
    def cues(text: str) -> list[dict[str, Any]]:
        (record,) = home.records("triage", "explain", "--json", text)
        return list(record["cues"])

    (plain,) = cues("it is damaged")
    (strong,) = cues("it is very damaged")
    (turned,) = cues("we are not at all delighted")
    (lifted,) = cues("it is not damaged")

    assert plain["weight"] == plain["table"]
    assert strong["weight"] > strong["table"]
    assert (turned["cue"], turned["negated"]) == ("complaint", True)
    assert (lifted["cue"], lifted["weight"], lifted["negated"]) == ("complaint", 0.0, True)
    assert "strengthened, times 1.30" in home.said("triage", "explain", "it is very damaged")
    assert "counts as its opposite" in home.said("triage", "explain", "we are not at all delighted")
    assert "does not count" in home.said("triage", "explain", "it is not damaged")


def test_numbers_are_written_as_the_reader_writes_them(home: Home, tmp_path: Path, french: None) -> None:
    file = ndjson(tmp_path / "labelled.jsonl", LABELLED)

    assert "   1,00  " in home.said("triage", "explain", "it is damaged", LANG="fr_FR.UTF-8")
    assert "macro-F1 0,667" in home.said("triage", "evaluate", file, LANG="fr_FR.UTF-8")


def test_explaining_takes_the_author_into_account(home: Home) -> None:
    small, large = (
        home.records("triage", "explain", "--json", "hello", "--reach", n)[0] for n in ("3", "90000")
    )
    known = home.records("triage", "explain", "--json", "hello", "--reach", "3000", "--verified")[0]

    assert (small["lane"], large["lane"], known["lane"]) == ("others", "influencers", "influencers")


def test_words_of_safety_make_a_complaint_whatever_the_score(home: Home) -> None:
    words = home.said("triage", "explain", "thanks, great, lovely: the charger caught fire", "--reach", "5")

    assert words.startswith("complaint, safety")
    assert "a person decides" in words


LABELLED: list[dict[str, Any]] = [
    {"text": "My parcel is lost, awful service", "label": "negative", "lang": "de"},
    {"text": "still no refund, this is a disgrace", "label": "complaint"},
    {"text": "zorbatron again", "label": "x", "complaint": 1},
    {"text": "what a lovely day, thank you", "label": "positive"},
    {"text": "the train leaves at nine", "label": "neutral"},
    {"text": "worst company ever", "label": "neutral"},
]


def test_evaluating_counts_as_the_guide_says(home: Home, tmp_path: Path) -> None:
    file = ndjson(tmp_path / "labelled.jsonl", [*LABELLED, {"text": "no label"}, {"label": "no text"}])

    (marks,) = home.records("triage", "evaluate", "--json", file)
    (tone,) = home.records("triage", "evaluate", "--json", file, "--task", "tone")

    assert (marks["texts"], marks["skipped"], marks["lessons"]) == (6, 2, 0)
    assert marks["confusion"] == {
        "complaint": {"complaint": 2, "other": 1},
        "other": {"complaint": 1, "other": 2},
    }
    assert marks["precision"] == marks["recall"] == marks["f1"] == marks["macro_f1"] == 0.6667
    assert 0.0 < marks["auc"] < 1.0
    assert (tone["texts"], tone["skipped"], tone["auc"]) == (4, 4, None)
    assert tone["confusion"]["negative"]["negative"] == 1
    words = home.said("triage", "evaluate", file)
    assert "macro-F1 0.667, AUC" in words
    assert "Of 3 that are “complaint”, taken for: complaint 2, other 1" in words


def test_evaluating_hostility_knows_the_labels_of_abuse(home: Home, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"text": "you stupid idiots", "label": "offensive"},
        {"text": "good morning", "label": ["none"]},
        {"text": "good evening", "label": "whatever", "toxic": 0},
    ]
    (marks,) = home.records(
        "triage", "evaluate", "--json", "--task", "hostile", ndjson(tmp_path / "h", lines)
    )

    assert marks["confusion"] == {"hostile": {"hostile": 1, "other": 0}, "other": {"hostile": 0, "other": 2}}
    assert (marks["macro_f1"], marks["auc"]) == (1.0, 1.0)


def test_teaching_from_labels_is_in_memory_only(desk: Home, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [{"text": "zorbatron again", "label": "complaint"} for _ in range(20)]
    lines += [{"text": f"the train nr {n}", "label": "neutral"} for n in range(20)]
    lesson_file, file = ndjson(tmp_path / "train", lines), ndjson(tmp_path / "dev", LABELLED)
    ask = ("triage", "evaluate", "--json", file, "--teach", lesson_file)

    (before,) = desk.records("triage", "evaluate", "--json", file)
    (after,) = desk.records(*ask)
    few, again = (desk.records(*ask, "--lessons", "10", "--seed", "3")[0] for _ in range(2))

    assert (before["recall"], after["recall"], after["lessons"]) == (0.6667, 1.0, 40)
    assert few == again
    assert few["lessons"] == 10
    assert "Nothing was learned" in desk.said("triage", "explain")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--lessons", "5"], "--lessons needs --teach FILE."),
        (["--task", "tone", "--teach", "x"], "--teach goes with --task complaint"),
    ],
)
def test_evaluating_refuses_what_makes_no_sense(home: Home, arguments: list[str], says: str) -> None:
    ended = home.run("triage", "evaluate", "-", *arguments)

    assert ended.returncode == 2
    assert says in ended.stderr


def test_evaluating_a_file_without_labels_is_said(home: Home) -> None:
    ended = home.run("triage", "evaluate", "-", stdin='{"text": "x"}\n')

    assert ended.returncode == 2
    assert "holds no text that is labelled" in ended.stderr


def test_the_scorer_handed_around_agrees(home: Home, shared_data: Path) -> None:
    scorer, labelled = shared_data.parent / "tools" / "score_triage.py", shared_data / "text" / "insurance_fr"
    if not scorer.is_file() or not (labelled / "dev.jsonl").is_file():
        pytest.skip("the scorer or its texts are not there")
    verdicts = home.folder / "verdicts.jsonl"
    verdicts.write_text(home.said("triage", "--ignore-lang", labelled / "dev.jsonl"), encoding="utf-8")

    for task in ("complaint", "tone"):
        theirs = subprocess.run(
            [sys.executable, scorer, labelled / "dev.jsonl", verdicts, "--task", task],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        (ours,) = home.records("triage", "evaluate", "--json", "--task", task, labelled / "dev.jsonl")
        assert f"n={ours['texts']} " in theirs
        assert float(theirs.split("macro-F1 ")[1].split()[0]) == pytest.approx(ours["macro_f1"], abs=0.0006)


def test_what_was_learned_is_told_and_handed_out(desk: Home) -> None:
    nothing = desk.said("triage", "explain")
    taught(desk, lessons("zorbatron"))

    words = desk.said("triage", "explain")
    (record,) = desk.records("triage", "explain", "--json")
    (exported,) = desk.records("triage", "export")
    account = desk.said("triage", "explain", "zorbatron of ours")

    assert nothing.startswith("Nothing was learned at this desk yet.")
    assert "Learned at this desk: 30 lessons." in words
    assert "for: “zorbatron” +" in words
    assert (record["lessons"], record["at"]) == (30, "2023-11-14T22:13:20Z")
    assert record["words"]["complaint"]["for"][0]["word"] == "zorbatron"
    assert exported["lessons"] == 30
    assert list(exported["weights"]) == ["zorbatron"]
    assert "learned at this desk: “zorbatron”" in account


def test_resetting_forgets_and_leaves_a_trace(desk: Home) -> None:
    taught(desk, lessons("zorbatron"))

    asked = desk.run("triage", "reset")
    kept = desk.records("triage", "export")[0]["lessons"]
    words = desk.said("triage", "reset", "--yes", "--as", "Alice")
    (exported,) = desk.records("triage", "export")

    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert kept == 30
    assert words == "Forgotten: 30 lessons. The corrections themselves stay in the history.\n"
    assert (exported["lessons"], exported["weights"]) == (0, {})


@pytest.mark.parametrize("arguments", [["explain"], ["explain", "--json"], ["export"]])
def test_nothing_that_was_learned_can_steer_a_terminal(desk: Home, arguments: list[str]) -> None:
    """A store that another program wrote into: the last filter is the command's own."""
    taught(desk, lessons("zorb\x9b31m\u202etron"))
    printed = desk.said("triage", *arguments).replace("\n", "")

    assert "zorb" in printed
    assert not any(unicodedata.category(sign) in {"Cc", "Cf"} for sign in printed)


@pytest.mark.parametrize(("answer", "code", "left"), [("oui\n", 0, 0), ("n\n", 1, 30), ("\n", 1, 30)])
def test_resetting_asks_on_a_terminal(desk: Home, answer: str, code: int, left: int) -> None:
    taught(desk, lessons("zorbatron"))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        desk.command("triage", "reset"),
        env=desk.environ,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        _, errors = process.communicate(timeout=20)
    os.close(ours)

    assert process.returncode == code
    assert b"30 lessons" in errors
    assert desk.records("triage", "export")[0]["lessons"] == left


def test_what_cannot_be_read_can_be_reset(desk: Home) -> None:
    taught(desk, '{"form": 99}')

    broken = desk.run("triage", "explain")
    desk.said("triage", "reset", "--yes")

    assert broken.returncode == 4
    assert "cannot be read" in broken.stderr
    assert desk.said("triage", "explain").startswith("Nothing was learned")


def test_without_a_store_the_table_judges_alone(home: Home) -> None:
    assert home.run("triage", "explain").returncode == 4
    assert judged(home, '{"text": "my parcel is lost"}')
    assert not store_of(home).exists()
