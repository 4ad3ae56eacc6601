"""Ordered rules: what each asks and gives, which of them wins, and that memory changes nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Tone
from cmconsole.triage.policy import DEFAULT_RULES, Rule
from cmconsole.triage.rules import Asked, Outcome, RuleBook
from tests.unit.triage.rules_parts import RULES, asked

PLAIN = Asked(Lane.OTHERS, Kind.NEUTRAL, Severity.NONE)
COMPLAINT = Asked(Lane.COMPLAINTS, Kind.COMPLAINT, Severity.MINOR)


def applied(*rules: Rule, to: Asked = PLAIN) -> Outcome:
    return RuleBook([*rules, *DEFAULT_RULES]).apply(to)


def codes(outcome: Outcome) -> list[tuple[object, ...]]:
    return [(reason.code, *(value for _name, value in reason.facts)) for reason in outcome.reasons]


@pytest.mark.parametrize(
    ("rule", "met", "missed"),
    [
        (Rule("r", lanes=frozenset({Lane.OTHERS})), {}, {"lane": Lane.COMPLAINTS}),
        (Rule("r", kinds=frozenset({Kind.NEUTRAL, Kind.SPAM})), {}, {"kind": Kind.PRAISE}),
        (Rule("r", severities=frozenset({Severity.MAJOR})), {"severity": Severity.MAJOR}, {}),
        (
            Rule("r", hostility=Hostility.INSULTING),
            {"hostility": Hostility.HATEFUL},
            {"hostility": Hostility.RUDE},
        ),
        (Rule("r", tones=frozenset({Tone.POSITIVE})), {"tone": Tone.POSITIVE}, {}),
        (
            Rule("r", themes=frozenset({"refund", "bug"})),
            {"themes": ("price", "bug")},
            {"themes": ("price",)},
        ),
        (Rule("r", languages=frozenset({"fr"})), {"language": "fr"}, {"language": "en"}),
        (Rule("r", platforms=frozenset({"x"})), {"platform": "x"}, {"platform": "forum"}),
        (Rule("r", sources=frozenset({"blog"})), {"source": "blog"}, {"source": "mail"}),
        (Rule("r", authors=frozenset({("x", "zoe")})), {"platform": "x", "handle": "Zoé"}, {"handle": "zoe"}),
        (Rule("r", authors=frozenset({("", "zoe")})), {"platform": "y", "handle": "ZOE"}, {"handle": "zo"}),
        (Rule("r", verified=True), {"verified": True}, {}),
        (Rule("r", verified=False), {}, {"verified": True}),
        (Rule("r", vip=False), {}, {"vip": True}),
        (Rule("r", min_reach=10), {"reach": 10}, {"reach": 9}),
        (Rule("r", min_reach=0), {"reach": 0}, {"reach": None}),
        (Rule("r", max_reach=10), {"reach": 10}, {"reach": 11}),
        (Rule("r", max_reach=10), {"reach": 0}, {"reach": None}),
        (Rule("r", words=("smoke", "fire*")), {"text": "It FIRED"}, {"text": "a backfire"}),
        (Rule("r", words=("smoke",)), {"text": "smoke"}, {"text": "fire"}),
        (Rule("r", not_words=("fire drill",)), {"text": "a fire"}, {"text": "a fire-drill!"}),
        (Rule("r", words=("fire",), not_words=("drill",)), {"text": "fire"}, {"text": "fire drill"}),
    ],
)
def test_each_condition(rule: Rule, met: dict[str, Any], missed: dict[str, Any]) -> None:
    book = RuleBook([rule])

    assert [fired.number for fired in book.apply(PLAIN._replace(**met)).fired] == [1]
    assert book.apply(PLAIN._replace(**missed)).fired == ()


def test_all_conditions_must_hold() -> None:
    rule = Rule("r", kinds=frozenset({Kind.NEUTRAL}), vip=True)

    assert applied(rule).tags == ()
    assert RuleBook([rule]).apply(PLAIN._replace(vip=True)).fired


def test_the_first_rule_that_holds_ends_the_reading() -> None:
    outcome = applied(
        Rule("one", Priority.HIGH, tags=("a",)), Rule("two", Priority.URGENT, tags=("b",)), to=COMPLAINT
    )

    assert outcome.priority is Priority.HIGH
    assert outcome.tags == ("a",)
    assert codes(outcome) == [("rule", 1, "one", "high"), ("rule.tag", 1, "one", "a")]


def test_rules_that_go_on_add_up_and_the_first_to_give_wins() -> None:
    outcome = applied(
        Rule("one", Priority.HIGH, tags=("a",), go_on=True),
        Rule("two", Priority.URGENT, route="press", tags=("a", "b"), go_on=True),
        Rule("three", route="legal", go_on=True),
        Rule("four", silence="no need"),
        Rule("five", tags=("never",)),
    )

    assert (outcome.priority, outcome.route, outcome.silence) == (Priority.HIGH, "press", "no need")
    assert outcome.tags == ("a", "b")
    assert codes(outcome) == [
        ("rule", 1, "one", "high"),
        ("rule.tag", 1, "one", "a"),
        ("rule.route", 2, "two", "press"),
        ("rule.tag", 2, "two", "b"),
        ("rule.also", 3, "three"),
        ("rule.silence", 4, "four", "no need"),
    ]


def test_a_rule_without_a_priority_leaves_it_to_the_built_in_table() -> None:
    outcome = applied(Rule("mine", route="product"), to=COMPLAINT)

    assert outcome.priority is Priority.MEDIUM
    assert codes(outcome) == [("rule.route", 1, "mine", "product"), ("rule", 8, "complaint", "medium")]


def test_what_no_rule_catches_is_of_low_priority() -> None:
    outcome = applied()

    assert outcome.priority is Priority.LOW
    assert codes(outcome) == [("rule", 0, "everything else", "low")]
    assert outcome.fired == ()


def test_rules_see_the_lane_that_those_before_them_gave() -> None:
    outcome = applied(
        Rule("up", lane=Lane.INFLUENCERS, go_on=True),
        Rule("others", Priority.LOW, lanes=frozenset({Lane.OTHERS})),
        Rule("again", lane=Lane.COMPLAINTS, go_on=True),
        to=PLAIN._replace(kind=Kind.QUESTION),
    )

    assert outcome.lane is Lane.INFLUENCERS
    assert codes(outcome) == [
        ("rule.lane", 1, "up", "influencers"),
        ("rule.also", 3, "again"),
        ("rule", 9, "question from an influencer", "high"),
    ]


def test_a_lane_that_a_person_decided_stands() -> None:
    book = RuleBook([Rule("up", Priority.HIGH, lane=Lane.INFLUENCERS)])

    assert book.apply(PLAIN).lane is Lane.INFLUENCERS
    assert book.apply(PLAIN._replace(lane_stands=True)).lane is None
    assert book.apply(PLAIN._replace(lane_stands=True)).priority is Priority.HIGH


@pytest.mark.parametrize(
    ("to", "because"),
    [
        (COMPLAINT._replace(severity=Severity.SAFETY), "severity"),
        (COMPLAINT._replace(severity=Severity.LEGAL, vip=True), "severity"),
        (PLAIN._replace(vip=True), "vip"),
    ],
)
def test_no_rule_silences_what_a_person_must_read(to: Asked, because: str) -> None:
    book = RuleBook([Rule("hush", silence="troll")])

    assert book.apply(PLAIN).silence == "troll"
    assert book.apply(to).silence == ""
    assert codes(book.apply(to))[0] == ("rule.silence.refused", 1, "hush", because)


@pytest.mark.parametrize("severity", [Severity.LEGAL, Severity.SAFETY])
def test_only_a_rule_that_names_it_lowers_what_is_grave(severity: Severity) -> None:
    grave = COMPLAINT._replace(severity=severity)
    named = Rule("named", Priority.HIGH, severities=frozenset({severity}))
    unnamed = Rule("unnamed", Priority.LOW, tags=("t",), go_on=True)

    assert applied(named, to=grave).priority is Priority.HIGH
    assert codes(applied(Rule("up", Priority.URGENT), to=grave)) == [("rule", 1, "up", "urgent")]
    assert applied(unnamed, to=COMPLAINT).priority is Priority.LOW
    assert codes(applied(unnamed, to=grave)) == [
        ("rule.tag", 1, "unnamed", "t"),
        ("rule.priority.refused", 1, "unnamed"),
        ("rule", 2, "safety or legal", "urgent"),
    ]


def test_the_text_is_asked_for_only_by_rules_with_words() -> None:
    assert not RuleBook(DEFAULT_RULES).is_worded
    assert RuleBook([Rule("r", not_words=("x",))]).is_worded


@given(st.lists(RULES, max_size=4), st.lists(asked(), min_size=2, max_size=5))
def test_what_is_remembered_is_what_would_be_found(rules: list[Rule], mentions: list[Asked]) -> None:
    book = RuleBook([*rules, *DEFAULT_RULES])

    for mention in [*mentions, *mentions]:
        assert book.apply(mention) == RuleBook([*rules, *DEFAULT_RULES]).apply(mention)


def test_any_number_of_names_takes_bounded_memory() -> None:
    rules = [Rule("r", Priority.HIGH, platforms=frozenset({"x"})), *DEFAULT_RULES]
    book = RuleBook(rules)
    for number in range(500):
        book.apply(PLAIN._replace(platform=str(number), handle=str(number), themes=(str(number),)))

    assert len(book._known) == 1
