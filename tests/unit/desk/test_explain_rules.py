"""What rules gave, as sentences: built-in rules in the reader's language, the desk's own as it named them."""

import pytest

from cmconsole.core.verdict import Fact, Hostility, Kind, Lane, Priority, Reason, Severity
from cmconsole.desk import explain
from cmconsole.triage.policy import DEFAULT_RULES, Rule
from cmconsole.triage.rules import Asked, RuleBook

BY: tuple[tuple[str, Fact], ...] = (("number", 3), ("name", "recall"))


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Reason("rule.lane", (*BY, ("lane", "others"))), "Lane Others: rule 3, “recall”."),
        (Reason("rule.route", (*BY, ("route", "press"))), "Route “press”: rule 3, “recall”."),
        (Reason("rule.tag", (*BY, ("tags", "a, b"))), "Tags “a”, “b”: rule 3, “recall”."),
        (Reason("rule.silence", (*BY, ("reason", "troll"))), "No answer needed (troll): rule 3, “recall”."),
        (
            Reason("rule.silence.refused", (*BY, ("because", "vip"))),
            "Rule 3, “recall”, asks for no answer: not to a VIP.",
        ),
        (
            Reason("rule.silence.refused", (*BY, ("because", "severity"))),
            "Rule 3, “recall”, asks for no answer: not where law or safety may be at stake.",
        ),
        (
            Reason("rule.priority.refused", BY),
            (
                "Rule 3, “recall”, does not lower the priority: law or safety may be at stake, "
                "and it does not ask for these severities."
            ),
        ),
        (Reason("rule.also", BY), "Rule 3, “recall”, holds too; what it gives was given before."),
        (Reason("rule.lane", (("lane", "moon"),)), "rule.lane: lane moon"),
    ],
)
def test_what_a_rule_gave_is_one_sentence(reason: Reason, sentence: str) -> None:
    assert explain.sentence(reason) == sentence


def test_every_reason_of_the_rules_has_its_sentence() -> None:
    rules = [
        Rule("one", lane=Lane.OTHERS, route="press", tags=("a",), silence="troll", go_on=True),
        Rule("two", Priority.HIGH, hostility=Hostility.NONE, route="legal", go_on=True),
        Rule("three", route="legal"),
    ]
    book = RuleBook([*rules, *DEFAULT_RULES])
    reasons = [
        reason
        for vip in (False, True)
        for severity in Severity
        for reason in book.apply(Asked(Lane.COMPLAINTS, Kind.COMPLAINT, severity, vip=vip)).reasons
    ]

    assert {reason.code for reason in reasons} == {
        "rule", "rule.lane", "rule.route", "rule.tag", "rule.silence", "rule.silence.refused", "rule.also",
        "rule.priority.refused",
    }  # fmt: skip
    assert [reason for reason in reasons if explain.sentence(reason).startswith(reason.code)] == []


def test_built_in_rules_keep_their_names_in_english() -> None:
    assert [explain.rule_name(rule.name) for rule in DEFAULT_RULES] == [rule.name for rule in DEFAULT_RULES]
    assert {rule.name for rule in DEFAULT_RULES} == explain._RULES
