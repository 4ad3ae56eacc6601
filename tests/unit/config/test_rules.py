"""The form of rules in the settings: what is taken, and what is said where one is wrong."""

import tomllib
from pathlib import Path

import pytest

from cmconsole.config.loading import checked
from cmconsole.config.schema import Rule, Then, When
from cmconsole.core.errors import SettingsError
from cmconsole.core.verdict import Kind


def read(text: str) -> tuple[Rule, ...]:
    return checked(tomllib.loads(f"[[triage.rules]]\n{text}"), {}, Path("settings.toml")).triage.rules


def test_a_rule_is_a_name_when_and_then() -> None:
    assert read(
        'name = "product recall"\n'
        'when = { words = ["recall", "rappel produit*"], kinds = ["complaint"] }\n'
        'then = { priority = "urgent", route = "product", tags = ["recall"] }'
    ) == (
        Rule(
            "product recall",
            Then(priority="urgent", route="product", tags=("recall",)),
            When(words=("recall", "rappel produit*"), kinds=(Kind.COMPLAINT,)),
        ),
    )


def test_a_rule_may_catch_everything_and_stand_in_tables() -> None:
    (rule,) = read('name = "all"\n[triage.rules.then]\nsilence = "closed for the day"')

    assert rule.when == When()
    assert rule.then.silence == "closed for the day"


@pytest.mark.parametrize(
    "author", ["ada", "@ada", "mastodon:ada@piaille.fr", "x:@ada", "Marc D.", "feed:a:b"]
)
def test_ways_to_name_an_author(author: str) -> None:
    assert read(f'name = "a"\nwhen = {{ authors = ["{author}"] }}\nthen = {{ lane = "others" }}')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("then = { priority = 'low' }", "triage.rules[1].name is missing; allowed: text on one line"),
        ("name = ' '\nthen = { priority = 'low' }", 'triage.rules[1].name is " "; allowed: text on one line'),
        ("name = 'a'", "triage.rules[1].then is missing; allowed: a table."),
        (
            "name = 'a'\npriority = 'low'",
            "triage.rules[1].priority is not a setting; allowed there: name, then",
        ),
        ("name = 'a'\nthen = {}", "triage.rules[1].then cannot be used: it gives nothing: it needs lane,"),
        ("name = 'a'\nthen = { go_on = true }", "triage.rules[1].then cannot be used: it gives nothing"),
        (
            "name = 'a'\nthen = { priority = 'top' }",
            'triage.rules[1].then.priority is "top"; allowed: "urgent", "high", "medium", "low".',
        ),
        (
            "name = 'a'\nthen = { tags = ['a,b'] }",
            'triage.rules[1].then.tags[1] is "a,b"; allowed: a tag of at most 40 characters, without commas.',
        ),
        (
            "name = 'a'\nthen = { route = '' }",
            'triage.rules[1].then.route is ""; allowed: a name of at most 40',
        ),
        (
            "name = 'a'\nthen = { silence = '' }",
            'triage.rules[1].then.silence is ""; allowed: text on one line',
        ),
        (
            "name = 'a'\nthen = { lane = 'others' }\nwhen = { hostility = 'none' }",
            'triage.rules[1].when.hostility is "none"; allowed: "rude", "insulting", "hateful".',
        ),
        (
            "name = 'a'\nthen = { lane = 'others' }\nwhen = { languages = ['de'] }",
            'triage.rules[1].when.languages[1] is "de"; allowed: "fr", "en", "other".',
        ),
        (
            "name = 'a'\nthen = { lane = 'others' }\nwhen = { authors = ['X:ada'] }",
            'triage.rules[1].when.authors[1] is "X:ada"; allowed: a handle, or platform:handle, as in',
        ),
        (
            "name = 'a'\nthen = { lane = 'others' }\nwhen = { word = ['a'] }",
            "triage.rules[1].when.word is not a setting. Did you mean triage.rules[1].when.words?",
        ),
    ],
)
def test_a_wrong_rule_is_said_with_its_place(text: str, line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(text)

    said = refused.value.message.splitlines()
    assert any(one.startswith(f"settings.toml: {line}") for one in said), said


@pytest.mark.parametrize("word", ["", " ", "*", "re*call", "a **", "* a"])
def test_a_star_ends_a_word(word: str) -> None:
    with pytest.raises(SettingsError, match="any ending"):
        read(f'name = "a"\nwhen = {{ not_words = ["{word}"] }}\nthen = {{ lane = "others" }}')
