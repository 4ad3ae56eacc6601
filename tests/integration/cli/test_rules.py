"""`cmconsole rules`: the rules in order, their warnings, and what they catch in a file of mentions."""

import json
from pathlib import Path

import pytest

from cmconsole.triage.policy import DEFAULT_RULES
from tests.integration.cli.conftest import Home

RULES = """
[[triage.rules]]
name = "product recall"
when = { words = ["recall", "rappel produit"], max_reach = 9000 }
then = { priority = "urgent", route = "product", tags = ["recall"] }

[[triage.rules]]
name = "vip recall"
when = { words = ["total recall"], max_reach = 900, vip = true }
then = { priority = "high" }

[[triage.rules]]
name = "Belgium"
when = { words = ["belgium", "belgique"], sources = ["ingest"] }
then = { priority = "high" }
"""


@pytest.fixture
def recalls(tmp_path: Path) -> Path:
    file = tmp_path / "recalls.ndjson"
    texts = [f"Rappel produit {number}\x1b[2J\nmais rien en magasin" for number in range(5)]
    author = {"handle": "ada", "followers": 12}
    lines = [{"text": text, "author": author} for text in (*texts, "do you ship to Belgium?")]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines) + "{}\n", encoding="utf-8")
    return file


def test_the_rules_are_listed_as_the_settings_spell_them(home: Home) -> None:
    home.settings(RULES)
    said = home.said("rules").splitlines()

    assert said[1:4] == [
        "  1. product recall",
        '     when { max_reach = 9000, words = ["recall", "rappel produit"] }',
        '     then { priority = "urgent", route = "product", tags = ["recall"] }',
    ]
    assert "     Warning: Rule 2, “vip recall”, never gets its turn: rule 1, “product recall”," in "\n".join(
        said
    )
    assert f" {3 + len(DEFAULT_RULES)}. question" in said


def test_without_rules_of_ones_own_the_built_in_ones_are_listed(home: Home) -> None:
    assert home.said("rules").startswith("The settings hold no rules of yours.\n")
    records = home.records("rules", "--json")

    assert [record["name"] for record in records] == [rule.name for rule in DEFAULT_RULES]
    assert records[0] == {
        "number": 1,
        "name": "safety or legal",
        "builtin": True,
        "when": {"severities": ["legal", "safety"]},
        "then": {"priority": "urgent"},
        "warnings": [],
    }


def test_warnings_are_told_to_programs_and_doctors(home: Home) -> None:
    home.settings(RULES)
    second = home.records("rules", "--json")[1]
    (warning,) = second["warnings"]
    findings = json.loads(home.run("doctor", "--json").stdout)["findings"]

    assert (warning["code"], warning["by"]) == ("shadowed", 1)
    assert [one["level"] for one in findings if one["says"] == warning["says"]] == ["warn"]


def test_strict_fails_where_there_are_warnings(home: Home, recalls: Path) -> None:
    file = home.settings(RULES)
    assert home.run("rules").returncode == 0
    assert home.run("rules", "--strict").returncode == 1
    assert home.run("rules", "test", recalls).returncode == 0
    assert home.run("rules", "test", recalls, "--strict").returncode == 1
    assert home.run("rules", "--strict", "test", recalls).returncode == 1

    file.write_text(RULES.replace("max_reach = 900, vip = true", "min_reach = 1"), encoding="utf-8")
    assert home.run("rules", "--strict").returncode == 0


def test_a_trial_shows_what_each_rule_caught(home: Home, recalls: Path) -> None:
    home.settings(RULES)
    ended = home.run("rules", "test", recalls)
    said = ended.stdout.splitlines()

    assert said[:5] == [
        "6 mentions read.",
        "  1. product recall: caught 5 mentions, gave 5 their priority",
        "     urgent, by rule 1: Rappel produit 0␛[2J mais rien en magasin",
        "     urgent, by rule 1: Rappel produit 1␛[2J mais rien en magasin",
        "     urgent, by rule 1: Rappel produit 2␛[2J mais rien en magasin",
    ]
    assert said[5] == "  2. vip recall: caught nothing"
    assert "  3. Belgium: caught 1 mention, gave 1 their priority" in said
    assert said[-1] == "0 mentions are of low priority by no rule."
    assert ended.stderr == "1 line could not be read as a mention.\n"
    assert not (home.folder / "DATA").exists()


def test_a_trial_from_standard_input_for_programs(home: Home, recalls: Path) -> None:
    home.settings(RULES)
    text = recalls.read_text(encoding="utf-8")
    *rules, total = [
        json.loads(line) for line in home.said("rules", "test", "-", "--json", stdin=text).splitlines()
    ]

    assert [rule["caught"] for rule in rules[:3]] == [5, 0, 1]
    assert rules[2]["examples"] == [
        {"text": "do you ship to Belgium?", "priority": "high", "priority_rule": 3}
    ]
    assert total == {"read": 6, "set_aside": 1, "no_rule": 0}


def test_a_trial_may_stand_for_another_source(home: Home, recalls: Path) -> None:
    home.settings(RULES)
    said = home.said("rules", "test", recalls, "--source", "blog")

    assert "  3. Belgium: caught nothing" in said


def test_a_wrong_rule_and_a_missing_file_are_said(home: Home) -> None:
    home.settings("[[triage.rules]]\nname = 'a'\nthen = { go_on = true }")
    ended = home.run("rules")
    assert ended.returncode == 3
    assert "triage.rules[1].then cannot be used: it gives nothing" in ended.stderr

    home.settings("")
    ended = home.run("rules", "test", "gone.ndjson")
    assert ended.returncode == 1
    assert "gone.ndjson" in ended.stderr


GIVING = """
[[triage.rules]]
name = "us"
when = { authors = ["ada"] }
then = { tags = ["team"], go_on = true }

[[triage.rules]]
name = "hush"
when = { authors = ["x:ada"], words = ["test"] }
then = { silence = "our own test", priority = "low" }
"""


def test_what_rules_give_is_what_the_desk_finds(home: Home, tmp_path: Path) -> None:
    home.settings(GIVING)
    file = tmp_path / "own.ndjson"
    lines = [
        {"id": "1", "platform": "X", "author": "@Ada", "text": "just a test"},
        {
            "id": "2",
            "platform": "X",
            "author": "@Ada",
            "text": "test: the charger exploded and burned my hand",
        },
        {"id": "3", "platform": "y", "author": "@Ada", "text": "where is my parcel?"},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    trial = [json.loads(line) for line in home.said("rules", "test", file, "--json").splitlines()]
    home.said("ingest", file)
    (silenced,) = home.records("queue", "--json", "--status", "resolved")
    told = {record["text"]: record for record in home.records("queue", "--json")}

    assert [rule["caught"] for rule in trial[:2]] == [3, 2]
    assert (silenced["text"], silenced["silence_reason"]) == ("just a test", "our own test")
    assert silenced["tags"] == ["team"]
    assert "No answer needed (our own test): rule 2, “hush”." in silenced["reasons"]
    assert len(told) == 2
    grave = told["test: the charger exploded and burned my hand"]
    assert grave["priority"] == "urgent"
    assert {"rule.silence.refused", "rule.priority.refused"} <= set(grave["reason_codes"])
    assert told["where is my parcel?"]["tags"] == ["team"]
