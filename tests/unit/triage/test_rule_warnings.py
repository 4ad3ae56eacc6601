"""Mistakes in rules are found, and nothing that can work is called one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity
from cmconsole.triage.policy import DEFAULT_RULES, Rule, TriagePolicy
from cmconsole.triage.rule_warnings import Fault, RuleWarning, warnings
from cmconsole.triage.rules import Asked, RuleBook
from tests.unit.triage.rules_parts import asked, few_conditions

COMPLAINTS, QUESTIONS = frozenset({Kind.COMPLAINT}), frozenset({Kind.QUESTION})
LANES = {lane: frozenset({lane}) for lane in Lane}


def found(*rules: Rule) -> list[tuple[Fault, int, int]]:
    return [(one.fault, one.number, one.by) for one in warnings(TriagePolicy(rules=(*rules, *DEFAULT_RULES)))]


def shadows(wide: Rule, narrow: Rule) -> bool:
    return found(wide, narrow) == [(Fault.SHADOWED, 2, 1)]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({}, {"vip": True}),
        ({}, {}),
        ({"kinds": COMPLAINTS}, {"kinds": COMPLAINTS, "vip": True}),
        ({"kinds": COMPLAINTS | QUESTIONS}, {"kinds": QUESTIONS}),
        ({"kinds": COMPLAINTS}, {"severities": frozenset({Severity.LEGAL})}),
        ({"min_reach": 5}, {"min_reach": 6}),
        ({"min_reach": 0}, {"max_reach": 6}),
        ({"max_reach": 6}, {"max_reach": 6, "verified": True}),
        ({"hostility": Hostility.RUDE}, {"hostility": Hostility.HATEFUL}),
        ({"authors": frozenset({("", "ada")})}, {"authors": frozenset({("x", "ada")})}),
        ({"words": ("recall*", "fire")}, {"words": ("recalled", "product recalls")}),
        ({"not_words": ("total recall",)}, {"not_words": ("recall",)}),
    ],
)
def test_a_rule_behind_one_that_catches_as_much_is_shadowed(
    wide: dict[str, Any], narrow: dict[str, Any]
) -> None:
    one, other = Rule("wide", Priority.HIGH, **wide), Rule("narrow", Priority.LOW, **narrow)

    assert shadows(one, other)
    assert found(other, one) == [] or wide == narrow


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({"vip": True}, {}),
        ({"vip": True}, {"vip": False}),
        ({"kinds": COMPLAINTS}, {"kinds": COMPLAINTS | QUESTIONS}),
        ({"severities": frozenset({Severity.MAJOR})}, {"kinds": COMPLAINTS}),
        ({"min_reach": 0}, {}),
        ({"max_reach": 6}, {"min_reach": 5}),
        ({"authors": frozenset({("x", "ada")})}, {"authors": frozenset({("", "ada")})}),
        ({"words": ("recalled",)}, {"words": ("recall*",)}),
        ({"words": ("recall",)}, {}),
        ({"not_words": ("recall",)}, {"not_words": ("total recall",)}),
        ({"go_on": True}, {"vip": True}),
    ],
)
def test_a_rule_that_leaves_something_shadows_nothing(wide: dict[str, Any], narrow: dict[str, Any]) -> None:
    one, other = Rule("wide", Priority.HIGH, **wide), Rule("narrow", Priority.LOW, **narrow)

    assert found(one, other) == []


def test_a_lane_given_in_between_lets_the_later_rule_hold() -> None:
    others = LANES[Lane.OTHERS]
    first, last = Rule("first", Priority.HIGH, others), Rule("last", Priority.LOW, others)
    between = Rule("between", lane=Lane.OTHERS, go_on=True, vip=False)

    assert found(first, between, last) == []
    assert found(between, first, last) == [(Fault.SHADOWED, 3, 2)]


@pytest.mark.parametrize(
    ("conditions", "fault"),
    [
        ({"min_reach": 9, "max_reach": 8}, Fault.NEVER_REACH),
        ({"kinds": frozenset({Kind.SPAM}), "severities": frozenset({Severity.MAJOR})}, Fault.NEVER_SEVERITY),
        ({"kinds": QUESTIONS, "lanes": LANES[Lane.COMPLAINTS]}, Fault.NEVER_LANE),
        ({"kinds": COMPLAINTS, "lanes": LANES[Lane.OTHERS]}, Fault.NEVER_LANE),
        ({"severities": frozenset({Severity.MINOR}), "lanes": LANES[Lane.OTHERS]}, Fault.NEVER_LANE),
        ({"vip": True, "lanes": LANES[Lane.OTHERS]}, Fault.NEVER_LANE),
        ({"min_reach": 10_000, "lanes": LANES[Lane.OTHERS]}, Fault.NEVER_LANE),
        ({"min_reach": 2_000, "verified": True, "lanes": LANES[Lane.OTHERS]}, Fault.NEVER_LANE),
        ({"max_reach": 1_999, "vip": False, "lanes": LANES[Lane.INFLUENCERS]}, Fault.NEVER_LANE),
        (
            {"max_reach": 9_999, "vip": False, "verified": False, "lanes": LANES[Lane.INFLUENCERS]},
            Fault.NEVER_LANE,
        ),
        ({"words": ("total recall", "recalls"), "not_words": ("recall*",)}, Fault.NEVER_WORDS),
        ({"authors": frozenset({("x", "ada")}), "platforms": frozenset({"forum"})}, Fault.NEVER_AUTHOR),
    ],
)
def test_contradictions(conditions: dict[str, Any], fault: Fault) -> None:
    assert found(Rule("r", Priority.HIGH, **conditions)) == [(fault, 1, 0)]


@pytest.mark.parametrize(
    "conditions",
    [
        {"min_reach": 8, "max_reach": 8},
        {"kinds": COMPLAINTS | QUESTIONS, "severities": frozenset({Severity.MAJOR})},
        {"min_reach": 9_999, "lanes": LANES[Lane.OTHERS]},
        {"max_reach": 1_999, "lanes": LANES[Lane.INFLUENCERS]},
        {"max_reach": 2_000, "vip": False, "lanes": LANES[Lane.INFLUENCERS]},
        {"words": ("recall", "fire"), "not_words": ("recall",)},
        {"authors": frozenset({("", "ada")}), "platforms": frozenset({"forum"})},
    ],
)
def test_what_can_hold_is_left_alone(conditions: dict[str, Any]) -> None:
    assert found(Rule("r", Priority.HIGH, **conditions)) == []


def test_a_lane_that_an_earlier_rule_gives_may_be_asked_for() -> None:
    asks = Rule("asks", Priority.HIGH, LANES[Lane.COMPLAINTS], QUESTIONS)

    assert found(Rule("gives", lane=Lane.COMPLAINTS, go_on=True, vip=True), asks) == []
    assert found(Rule("ends", lane=Lane.COMPLAINTS, vip=True), asks) == [(Fault.NEVER_LANE, 2, 0)]


def test_a_silence_that_is_never_kept() -> None:
    assert found(Rule("r", vip=True, silence="troll")) == [(Fault.SILENCE_REFUSED, 1, 0)]
    assert found(Rule("r", severities=frozenset({Severity.SAFETY}), silence="troll")) == [
        (Fault.SILENCE_REFUSED, 1, 0)
    ]


def test_one_name_for_two_rules_names_both() -> None:
    rules = (Rule("r", Priority.HIGH, vip=True), Rule("r", Priority.LOW, vip=False))

    assert warnings(TriagePolicy(rules=rules)) == [RuleWarning(Fault.SAME_NAME, 2, "r", 1, "r")]


def test_the_built_in_rules_are_right() -> None:
    assert found() == []


@given(st.lists(few_conditions(), min_size=2, max_size=4), st.lists(asked(), max_size=20))
def test_what_is_warned_of_never_fires(rules: list[Rule], mentions: list[Asked]) -> None:
    policy = TriagePolicy(rules=(*rules, *DEFAULT_RULES))
    dead = {
        one.number
        for one in warnings(policy)
        if one.fault is Fault.SHADOWED or one.fault.value.startswith("never")
    }
    book = RuleBook(policy.rules)
    for mention in mentions:
        assert dead.isdisjoint(fired.number for fired in book.apply(mention).fired)
