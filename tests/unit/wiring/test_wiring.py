"""Settings become the parts they describe: targets, judge, sources, what the console shows."""

import dataclasses
import tomllib
from pathlib import Path

import pytest

from cmconsole import wiring
from cmconsole.config.loading import checked
from cmconsole.config.schema import Settings
from cmconsole.core.clock import MINUTE
from cmconsole.core.errors import SettingsError
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import DEFAULT_TARGETS
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Tone
from cmconsole.triage.policy import DEFAULT_RULES, Rule


def settings(text: str) -> Settings:
    return checked(tomllib.loads(text), {}, Path("settings.toml"))


def mention(text: str, *, handle: str = "ada", reach: int = 10) -> Mention:
    return Mention("mastodon", "1", Author("mastodon", handle, reach=reach), text, 0)


def test_targets_are_minutes_by_lane_and_priority() -> None:
    policy = wiring.policy(settings("[sla.complaints]\nurgent = 7"))

    assert policy.target(Lane.COMPLAINTS, Priority.URGENT) == 7 * MINUTE
    assert wiring.policy(Settings()).targets == DEFAULT_TARGETS


def test_the_judge_knows_the_vips_and_the_rules_of_the_settings() -> None:
    judge = wiring.build_triage(
        settings(
            '[triage]\nvips = ["mastodon:@Zoé@piaille.fr"]\n'
            '[[triage.rules]]\nname = "recall"\nthen = { priority = "urgent" }\n'
            'when = { words = ["Rappel"], min_reach = 5 }\n'
        )
    )

    assert judge.judge(mention("bonjour", handle="zoe@piaille.fr")).lane is Lane.INFLUENCERS
    assert judge.judge(mention("le rappel des produits")).priority is Priority.URGENT
    assert judge.judge(mention("le rappel des produits", reach=4)).priority is not Priority.URGENT
    assert judge.judge(mention("my parcel is broken, refund me")).lane is Lane.COMPLAINTS


def test_every_key_of_a_rule_reaches_triage() -> None:
    first, *others = wiring.triage_policy(
        settings(
            '[[triage.rules]]\nname = "all"\n'
            'when = { lanes = ["others"], kinds = ["neutral"], severities = ["none", "legal"], '
            'hostility = "insulting", tones = ["negative"], themes = ["Refund"], languages = ["fr"], '
            'platforms = ["Mastodon"], sources = ["blog"], authors = ["x:@Zoé", "@Bob"], verified = false, '
            'vip = true, min_reach = 1, max_reach = 2, words = ["Été*"], not_words = ["hiver"] }\n'
            'then = { lane = "complaints", priority = "high", route = "press", tags = ["a b"], '
            'silence = "troll", go_on = true }\n'
        )
    ).rules

    assert tuple(others) == DEFAULT_RULES
    assert first == Rule(
        "all",
        Priority.HIGH,
        lanes=frozenset({Lane.OTHERS}),
        kinds=frozenset({Kind.NEUTRAL}),
        severities=frozenset({Severity.NONE, Severity.LEGAL}),
        hostility=Hostility.INSULTING,
        tones=frozenset({Tone.NEGATIVE}),
        themes=frozenset({"refund"}),
        languages=frozenset({"fr"}),
        platforms=frozenset({"mastodon"}),
        sources=frozenset({"blog"}),
        authors=frozenset({("x", "zoe"), ("", "bob")}),
        verified=False,
        vip=True,
        min_reach=1,
        max_reach=2,
        words=("Été*",),
        not_words=("hiver",),
        lane=Lane.COMPLAINTS,
        route="press",
        tags=("a b",),
        silence="troll",
        go_on=True,
    )
    fields = {field.name for field in dataclasses.fields(Rule)} - {"builtin"}
    assert [name for name in fields if getattr(first, name) == getattr(Rule(""), name)] == []


def test_the_console_shows_the_first_account() -> None:
    shown = wiring.console_settings(
        settings(
            '[brand]\nname = "Acme"\n'
            '[accounts.main]\nplatform = "mastodon"\nhandle = "acme@a.example"\nmode = "live"'
        )
    )

    assert (shown.brand, shown.mode.value) == ("Acme", "live")
    assert (shown.account, shown.network) == ("@acme@a.example", "Mastodon")
    assert wiring.console_settings(Settings()).mode.value == "rehearsal"


def test_keys_that_no_action_has_are_refused_before_anything_is_shown() -> None:
    with pytest.raises(SettingsError, match="clam"):
        wiring.console_settings(settings('[keys]\nclam = "c"'))
