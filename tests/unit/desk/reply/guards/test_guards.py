"""Each guard: it stops a bad reply and says why, and it is silent on a good one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cmconsole.core.account import Mode, Speaker
from cmconsole.core.guard import Finding, Level
from cmconsole.core.shift import Stage
from cmconsole.desk.policy import GuardPolicy
from cmconsole.desk.reply.candidate import Candidate
from cmconsole.desk.reply.guards import GUARDS, check, word
from tests.unit.desk.reply.guards.cases import BAD, GOOD, over
from tests.unit.desk.reply.guards.parts import POLICY, candidate, raised, said


@pytest.mark.parametrize(("guard", "level", "because", "it"), BAD, ids=[f"{bad[0]}: {bad[2]}" for bad in BAD])
def test_it_stops_a_bad_reply_and_quotes_what_raised_it(
    guard: str, level: Level, because: str, it: Candidate
) -> None:
    (found,) = [finding for finding in check(it, POLICY) if finding.guard == guard]

    assert found.level is level
    assert because in found.reason


@pytest.mark.parametrize(("guard", "it"), GOOD, ids=[f"{good[0]}: {good[1].text[:40]}" for good in GOOD])
def test_it_is_silent_on_a_good_one(guard: str, it: Candidate) -> None:
    assert guard not in raised(it)


def test_every_guard_is_tested_both_ways() -> None:
    names = {guard.name for guard in GUARDS}

    assert {name for name, *_rest in BAD} == names
    assert {name for name, _it in GOOD} == names


def test_nothing_is_said_of_an_ordinary_reply() -> None:
    assert check(candidate(), POLICY) == ()
    assert check(candidate(), GuardPolicy()) == ()


def test_what_blocks_comes_first_and_what_is_only_told_last() -> None:
    it = candidate("NOUS NE POUVONS RIEN {name}", mode=Mode.REHEARSAL)

    assert [finding.level for finding in check(it, POLICY)] == [Level.BLOCK, Level.CONFIRM, Level.TELL]


def test_settings_raise_and_lower_a_guard() -> None:
    it = candidate("Bruno s'en occupe.")

    assert raised(it, replace(POLICY, levels={"colleague-name": Level.BLOCK})) == {
        "colleague-name": Level.BLOCK
    }
    assert raised(it, replace(POLICY, levels={"colleague-name": Level.OFF})) == {}


@pytest.mark.parametrize("guard", ["unverified", "unfilled", "empty", "banned-words"])
def test_settings_do_not_lower_a_fixed_one(guard: str) -> None:
    it = next(it for name, _level, _because, it in BAD if name == guard)

    assert raised(it, replace(POLICY, levels={guard: Level.OFF}))[guard] is Level.BLOCK


def test_no_setting_lets_a_reply_leave_on_another_platform_or_after_a_handover() -> None:
    policy = replace(POLICY, levels={"wrong-account": Level.OFF, "after-shift": Level.OFF})
    elsewhere = candidate(speaker=Speaker("main", "reddit", "@acme", Mode.LIVE))

    assert raised(elsewhere, policy) == {"wrong-account": Level.BLOCK}
    assert raised(candidate(standing=over(Stage.HANDED_OVER)), policy) == {"after-shift": Level.BLOCK}
    assert raised(candidate(fitting=("other", "main")), policy) == {}


def test_the_word_is_asked_for_only_where_it_helps() -> None:
    told, asks, stops = (Finding("a", level, "…") for level in (Level.TELL, Level.CONFIRM, Level.BLOCK))

    assert word([]) == word([told]) == ""
    assert word([told, asks]) == "publish"
    assert word([asks, stops]) == ""


@pytest.mark.parametrize(("thread", "here"), [("t1", ", 1 of them in this thread"), ("t2", "")])
def test_the_meter_counts_how_often_and_where(thread: str, here: str) -> None:
    text = candidate().text
    it = candidate(reply={"thread": "t1"}, said=(said(text, thread=thread), said(f"@ada {text}", key=51)))

    (found,) = check(it, POLICY)

    assert found.reason == f"the same words 2 times in the last 24 h{here}; X refuses a post it has just had"


def test_a_canned_response_said_elsewhere_is_told_and_asks_nothing() -> None:
    text = candidate().text
    canned: dict[str, Any] = {"reply": {"canned": "sorry", "thread": "t1"}, "platform": "mastodon"}

    assert raised(candidate(said=(said(text),), **canned)) == {"same-text": Level.TELL}
    assert raised(candidate(said=(said(text, thread="t1"),), **canned)) == {"same-text": Level.CONFIRM}
    canned["platform"] = "x"
    assert raised(candidate(said=(said(text),), **canned)) == {"same-text": Level.CONFIRM}


def test_nearly_the_same_words_count_too_but_not_where_x_wants_the_very_same() -> None:
    it = candidate(said=(said(candidate().text.replace("ce retard", "ce long retard")),))

    (found,) = check(it, POLICY)

    assert "X refuses" not in found.reason


def test_no_domains_are_asked_of_a_brand_that_gave_none() -> None:
    policy = replace(POLICY, domains=frozenset())

    assert raised(candidate("Voir https://acme.example/a", platform="mastodon"), policy) == {}
    assert raised(candidate("Voir https://bit.ly/a", platform="mastodon"), policy) == {
        "foreign-link": Level.CONFIRM
    }
    assert raised(candidate("Écrivez à service.client@acme.example"), policy) == {}
    assert raised(candidate("Écrivez à jeanne.petit@acme.example"), policy) == {
        "personal-data": Level.CONFIRM
    }


def test_a_brand_s_own_numbers_are_no_personal_data() -> None:
    policy = replace(POLICY, contacts=frozenset({"142685300"}))

    assert raised(candidate("Appelez le +33 1 42 68 53 00."), policy) == {}
    assert raised(candidate("Appelez le 01 42 68 53 01."), policy) == {"personal-data": Level.CONFIRM}


def test_a_post_in_two_languages_may_be_answered_in_either() -> None:
    post = "Bonjour, où est ma commande ? Hello, where is my order please, thank you"

    assert "other-language" not in raised(candidate("Bonjour, elle arrive demain, merci.", post=post))
    assert "other-language" not in raised(candidate("Hello, it will be with you tomorrow.", post=post))
