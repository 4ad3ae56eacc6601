"""What a trial of rules counts: every rule that held, and the one that gave the priority."""

import re
import tomllib
from pathlib import Path

import msgspec

from cmconsole import wiring
from cmconsole.cli import rule_words
from cmconsole.cli.rules import _Trial
from cmconsole.config.loading import checked
from cmconsole.config.schema import Then, When
from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Reason, Severity, Tone, Verdict
from cmconsole.triage.policy import Rule
from cmconsole.triage.rule_warnings import Fault, RuleWarning, warnings
from cmconsole.triage.rules import Asked, RuleBook


def test_the_examples_of_the_guide_are_right() -> None:
    page = Path(__file__).parents[3] / "docs" / "guide" / "rules.md"
    examples = re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    assert len(examples) == 2
    for example in examples:
        policy = wiring.triage_policy(checked(tomllib.loads(example), {}, Path("settings.toml")))
        assert warnings(policy) == []


def test_the_guide_tells_every_key_and_every_warning() -> None:
    page = (Path(__file__).parents[3] / "docs" / "guide" / "rules.md").read_text(encoding="utf-8")
    keys = [field.name for struct in (When, Then) for field in msgspec.structs.fields(struct)]

    assert [key for key in keys if f"`{key}" not in page] == []
    assert [fault.value for fault in Fault if f"| `{fault.value}` |" not in page] == []


def judged(book: RuleBook, asked: Asked) -> Verdict:
    outcome = book.apply(asked)
    return Verdict(asked.lane, outcome.priority, asked.kind, reasons=(Reason("lane"), *outcome.reasons))


def test_rules_that_give_no_priority_are_counted_too() -> None:
    rules = (
        Rule("tagged", words=("parcel",), tags=("post",), go_on=True),
        Rule("late", words=("parcel",), tags=("post",), go_on=True),
        Rule("hushed", words=("hello",), silence="greeting"),
        Rule("urgent", Priority.URGENT, words=("fire",), go_on=True),
        Rule("warm", words=("fire",), tags=("hot",)),
        Rule("complaint", Priority.MEDIUM, kinds=frozenset({Kind.COMPLAINT}), builtin=True),
    )
    book, trial = RuleBook(rules), _Trial()
    for text, lane, kind in (
        ("my parcel is broken", Lane.COMPLAINTS, Kind.COMPLAINT),
        ("hello", Lane.OTHERS, Kind.NEUTRAL),
        ("fire", Lane.OTHERS, Kind.NEUTRAL),
    ):
        mention = Mention("x", "1", Author("x", "ada"), text, 0)
        trial.add(mention, judged(book, Asked(lane, kind, Severity.NONE, text=text)))

    assert trial.caught == dict.fromkeys(range(1, 7), 1)
    assert trial.given == {0: 1, 4: 1, 6: 1}
    assert trial.record(3)["examples"] == [{"text": "hello", "priority": "low", "priority_rule": None}]


def test_a_rule_is_written_as_the_settings_spell_it() -> None:
    rule = Rule(
        "r",
        Priority.LOW,
        lanes=frozenset({Lane.OTHERS, Lane.INFLUENCERS}),
        kinds=frozenset({Kind.SPAM}),
        severities=frozenset({Severity.SAFETY, Severity.MINOR}),
        hostility=Hostility.RUDE,
        tones=frozenset({Tone.POSITIVE}),
        authors=frozenset({("x", "ada"), ("", "bob")}),
        vip=False,
        min_reach=0,
        words=("déçu*",),
        lane=Lane.OTHERS,
        go_on=True,
    )

    assert rule_words.toml(rule_words.when(rule)) == (
        'lanes = ["influencers", "others"], kinds = ["spam"], severities = ["minor", "safety"], '
        'hostility = "rude", tones = ["positive"], authors = ["bob", "x:ada"], vip = false, min_reach = 0, '
        'words = ["déçu*"]'
    )
    assert rule_words.toml(rule_words.then(rule)) == 'lane = "others", priority = "low", go_on = true'
    assert rule_words.when(Rule("all")) == {}


def test_every_fault_has_its_sentence() -> None:
    for fault in Fault:
        told = rule_words.told(RuleWarning(fault, 3, "mine", 1, "yours"))
        assert "“mine”" in told
        assert "{" not in told
