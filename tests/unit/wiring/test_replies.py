"""Settings become the rules by which a desk replies."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from cmconsole.config.loading import checked
from cmconsole.config.paths import settings_file
from cmconsole.config.replies import Approval
from cmconsole.config.schema import Settings
from cmconsole.core.account import Mode, Speaker
from cmconsole.core.clock import HOUR, SECOND
from cmconsole.core.errors import SettingsError
from cmconsole.core.guard import Level
from cmconsole.core.text import fold
from cmconsole.core.verdict import Hostility, Priority
from cmconsole.desk.policy import ApprovalPolicy, ReplyPolicy
from cmconsole.wiring.replies import approval_policy, guard_policy, reply_policy

WRITTEN = """
[brand]
name = "Acme"
languages = ["fr"]
[accounts.main]
platform = "x"
handle = "@acme"
mode = "live"
[accounts.help]
platform = "mastodon"
handle = "@acme@piaille.fr"
[sources.x]
type = "x"
account = "main"
[sources.blog]
type = "feed"
url = "https://blog.example.org/atom.xml"
[reply]
undo_seconds = 5
undo_most_seconds = 7
signature = "^{initials}"
after = "done"
starter = false
[approval]
priorities = ["urgent"]
min_reach = 9
hostility = "insulting"
min_alike = 3
trainees = ["Bruno"]
accounts = ["main"]
guards = ["any"]
[guards]
wrong_account = "block"
same_text = "off"
banned_words = ["Pas cher*"]
rules = [{ name = "dates", words = ["demain", "by tomorrow"], level = "block", advice = "Plus tard." }]
domains = ["WWW.Acme.fr"]
contacts = ["+33 1 42 68 53 00", "Press@agency.example"]
colleagues = ["Bruno  Martin"]
order_numbers = ['\\bac-\\d{6}\\b']
haste_reach = 5
same_text_hours = 2
"""


def settings(text: str = WRITTEN) -> Settings:
    return checked(tomllib.loads(text), {}, Path("settings.toml"))


def test_no_settings_are_the_policy_s_own() -> None:
    policy = reply_policy(Settings())

    assert policy == ReplyPolicy(canned=settings_file().parent / "canned")


def test_every_key_of_replies_and_approval_arrives(tmp_path: Path) -> None:
    policy = reply_policy(settings(), tmp_path / "settings.toml")

    assert policy.speakers == (
        Speaker("main", "x", "@acme", Mode.LIVE),
        Speaker("help", "mastodon", "@acme@piaille.fr", Mode.REHEARSAL),
    )
    assert policy.source_accounts == {"x": "main"}
    assert (policy.undo, policy.undo_most) == (5 * SECOND, 7 * SECOND)
    assert (policy.signature, policy.after, policy.starter) == ("^{initials}", "done", False)
    assert (policy.brand, policy.languages) == ("Acme", ("fr",))
    assert policy.canned == tmp_path / "canned"
    assert policy.approval == ApprovalPolicy(
        priorities=frozenset({Priority.URGENT}),
        min_reach=9,
        hostility=Hostility.INSULTING,
        min_alike=3,
        trainees=frozenset({"Bruno"}),
        accounts=frozenset({"main"}),
        guards=frozenset({"any"}),
    )


def test_a_folder_of_canned_responses_is_looked_for_beside_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"

    assert reply_policy(settings('[reply]\ncanned = "ours"'), config).canned == tmp_path / "ours"
    assert reply_policy(settings('[reply]\ncanned = "~/ours"'), config).canned == Path.home() / "ours"


def test_every_key_of_the_guards_arrives() -> None:
    policy = guard_policy(settings().guards)
    (banned,) = policy.banned
    (rule,) = policy.rules
    (order,) = policy.order_numbers

    assert policy.levels == {"wrong-account": Level.BLOCK, "same-text": Level.OFF}
    assert banned.search(fold("Vraiment PAS CHÈRES"))
    assert (rule.name, rule.level, rule.advice) == ("dates", Level.BLOCK, "Plus tard.")
    assert rule.pattern.search("by tomorrow")
    assert policy.domains == {"acme.fr"}
    assert policy.contacts == {"142685300", "press@agency.example"}
    assert policy.colleagues == {"Bruno Martin"}
    assert order.search("AC-482913")
    assert order.flags & re.IGNORECASE
    assert (policy.haste_reach, policy.same_text) == (5, 2 * HOUR)


def test_a_guard_that_there_is_not_is_no_reason_for_a_second_person() -> None:
    with pytest.raises(SettingsError, match="no guard “sarcasme”"):
        approval_policy(Approval(guards=("sarcasm", "sarcasme")))
    assert approval_policy(Approval(guards=("any", "sarcasm"))).guards == {"any", "sarcasm"}
