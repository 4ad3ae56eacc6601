"""Settings are read from a file and the environment, and what is wrong with them is said in full."""

import os
import tomllib
from pathlib import Path

import pytest

from cmconsole.config.loading import checked, load
from cmconsole.config.reference import EXAMPLE
from cmconsole.config.schema import Settings
from cmconsole.config.sources import FeedSource, MastodonSource, NdjsonSource, RedditSource
from cmconsole.core.clock import MINUTE
from cmconsole.core.errors import SettingsError
from cmconsole.core.sla import DEFAULT_TARGETS
from cmconsole.core.verdict import Lane, Priority

FILE = Path("settings.toml")


def read(text: str, **environ: str) -> Settings:
    return checked(tomllib.loads(text), environ, FILE)


def refusal(text: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        read(text, **environ)
    return refused.value.message.splitlines()


def test_nothing_set_gives_a_working_desk() -> None:
    settings = read("")

    assert settings.desk.language == "auto"
    assert settings.sources == {}


def test_the_example_of_the_guide_is_right() -> None:
    settings = read(EXAMPLE)

    assert settings.accounts["main"].mode == "rehearsal"
    assert isinstance(settings.sources["mastodon"], MastodonSource)
    assert isinstance(settings.sources["blog"], FeedSource)
    assert isinstance(settings.sources["reviews"], NdjsonSource)
    assert settings.triage.rules[0].when.words == ("recall", "rappel produit")


def test_a_source_is_read_with_the_account_it_names() -> None:
    settings = read(
        "[accounts.main]\nplatform = 'reddit'\nhandle = 'u/acme'\nmonthly_cap = 12.5\n"
        "[sources.red]\ntype = 'reddit'\naccount = 'main'\nkeywords = ['acme']\n"
        "subreddits = ['france', 'r/paris']"
    )
    source = settings.sources["red"]

    assert isinstance(source, RedditSource)
    assert (source.subreddits, source.mentions, source.interval_seconds) == (("france", "r/paris"), True, 60)
    assert settings.accounts["main"].monthly_cap == 12.5


def test_targets_not_set_are_those_of_the_domain() -> None:
    sla = read("[sla.complaints]\nurgent = 7").sla

    assert sla.complaints.urgent == 7
    assert sla.complaints.high == DEFAULT_TARGETS[Lane.COMPLAINTS, Priority.HIGH] // MINUTE
    assert sla.influencers.urgent == DEFAULT_TARGETS[Lane.INFLUENCERS, Priority.URGENT] // MINUTE
    assert sla.others.low == DEFAULT_TARGETS[Lane.OTHERS, Priority.LOW] // MINUTE


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("foo = 1", "foo is not a setting; allowed there: accounts, approval, brand, desk, engine, guards,"),
        ("[desk]\nthem = 'x'", "desk.them is not a setting. Did you mean desk.theme?"),
        ("[desk]\nlanguage = 'de'", 'desk.language is "de"; allowed: "auto", "fr", "en".'),
        (
            "[desk]\nclaim_minutes = 'soon'",
            'desk.claim_minutes is "soon"; allowed: a whole number from 1 to 480.',
        ),
        ("[desk]\nsilence_reasons = ['a', 3]", "desk.silence_reasons[2] is 3; allowed: text."),
        ("desk = 3", "desk is 3; allowed: a table."),
        ("[keys]\nclaim = 3", "keys.claim is 3; allowed: text or a list, each: text."),
        ("[accounts.main]\nplatform = 'x'", "accounts.main.handle is missing; allowed: text."),
        (
            "[accounts.'a b']\nplatform = 'x'",
            "accounts.a b has a name that cannot be used; allowed: a name of",
        ),
        ("[sources.a]\ntype = 'rss'", 'sources.a.type is "rss"; allowed: "ndjson", "feed", "mastodon",'),
        ("[sources.a]\nurl = 'x'", 'sources.a.type is missing; allowed: "ndjson", "feed", "mastodon",'),
        (
            "[sources.a]\ntype = 'mastodon'\naccount = 'main'",
            "settings cannot be used: sources.a reads with the account main, and there is no",
        ),
        (
            "[accounts.b]\nplatform = 'x'\nhandle = '@b'\n[sources.a]\ntype = 'mastodon'\naccount = 'b'",
            "settings cannot be used: sources.a is of mastodon, and its account b is on x.",
        ),
        (
            "accounts.b = {platform = 'reddit', handle = 'b'}\n"  # noqa: ISC004 - one text
            "sources.a = {type = 'reddit', account = 'b', subreddits = ['france']}",
            "sources.a cannot be used: subreddits need keywords: without them everything there",
        ),
        (
            "[accounts.b]\nplatform = 'X'\nhandle = '@b'",
            'accounts.b.platform is "X"; allowed: a platform in lower case, such as x, reddit,',
        ),
        (
            "[accounts.b]\nplatform = 'x'\nhandle = '@b'\nmonthly_cap = -1",
            "accounts.b.monthly_cap is -1; allowed: a number from 0 to 1000000.",
        ),
        (
            "[accounts.b]\nplatform = 'x'\nhandle = '@b'\nserver = 'localhost'",
            'accounts.b.server is "localhost"; allowed: an http or https address, or nothing.',
        ),
        (
            "[sources.a]\ntype = 'webhook'\nlisten = '8787'",
            'sources.a.listen is "8787"; allowed: an address and a port, as in 127.0.0.1:8787.',
        ),
        (
            "[sources.a]\ntype = 'hackernews'\nkeywords = []",
            "sources.a.keywords is []; allowed: a list of at least one word or phrase.",
        ),
        ("sources.a = 3", "sources.a is 3; allowed: a table."),
        (
            "[sources.a]\ntype = 'feed'\nurl = 'ftp://a'",
            'sources.a.url is "ftp://a"; allowed: an http or https address.',
        ),
        (
            "[sources.a]\ntype = 'feed'\nurl = 'https://a'\ninterval_seconds = 5",
            "sources.a.interval_seconds is 5; allowed: a whole number of at least 60.",
        ),
        ("[triage]\nvips = ['ada']", 'triage.vips[1] is "ada"; allowed: platform:handle,'),
        (
            "[triage]\nreach_tiers = [1]",
            "triage.reach_tiers is [1]; allowed: a list of 3, each: a whole number",
        ),
        (
            "[triage]\nreach_tiers = [3, 2, 1]",
            "triage cannot be used: the three numbers of reach_tiers must grow.",
        ),
        (
            "[[triage.rules]]\nname = 'a'\nthen = { priority = 'low' }\nwhen = { lanes = ['vip'] }",
            'triage.rules[1].when.lanes[1] is "vip"; allowed: "influencers", "complaints", "others".',
        ),
        ("[desk]\ntimezone = 'Europe/Pariss'", "desk.timezone: No time zone is called “Europe/Pariss”."),
    ],
)
def test_a_wrong_setting_names_file_key_finding_and_what_is_allowed(text: str, line: str) -> None:
    (said,) = refusal(text)

    assert said.startswith(f"{FILE}: {line}")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    said = refusal("foo = 1\n[desk]\nascii = 'x'\nmute = 'y'\n[retention]\ndays = 0")

    assert [line.split()[1] for line in said] == ["foo", "desk.ascii", "desk.mute", "retention.days"]


def test_a_hostile_value_is_shown_on_one_line_without_controls() -> None:
    (said,) = refusal('[desk]\nlanguage = "a\\u001b[31m\\nb' + "x" * 500 + '"')

    assert "\x1b" not in said
    assert len(said) < 200


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[desk\n", "line 1, column 6"),
        (b"[desk]\ntheme = ", "line 2, column 9"),
        (b"[desk]\ntheme = '\xff'", "line 2: this is not UTF-8 text"),
    ],
)
def test_what_is_not_toml_is_said_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)

    with pytest.raises(SettingsError) as refused:
        load(file, {})

    assert str(file) in refused.value.message
    assert words in refused.value.message


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "gone.toml", {})


def test_the_usual_file_need_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    assert load(None, {}) == Settings()


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path, {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.touch(mode=0)

    with pytest.raises(SettingsError, match="cannot be read"):
        load(file, {})


def test_the_environment_goes_before_the_file() -> None:
    settings = read(
        "[desk]\ntheme = 'calm-dark'\n[sources.my-feed]\ntype = 'feed'\nurl = 'https://a'",
        CMCONSOLE_DESK__THEME="42",
        CMCONSOLE_DESK__ASCII="true",
        CMCONSOLE_DESK__LANGUAGE="fr",
        CMCONSOLE_TRIAGE__VIPS='["mastodon:ada@piaille.fr"]',
        CMCONSOLE_SOURCES__MY_FEED__REACH="9",
        CMCONSOLE_SLA__OTHERS__LOW="5",
        CMCONSOLE_KEYS__CLAIM="C",
        CMCONSOLE_KEYS__NOTE='["N", "n"]',
        CMCONSOLE_CONFIG="not a setting",
        OTHER__THING="neither",
    )

    assert settings.desk.theme == "42"
    assert settings.desk.ascii
    assert settings.desk.language == "fr"
    assert settings.triage.vips == ("mastodon:ada@piaille.fr",)
    feed = settings.sources["my-feed"]
    assert isinstance(feed, FeedSource)
    assert feed.reach == 9
    assert settings.sla.others.low == 5
    assert settings.keys == {"claim": "C", "note": ("N", "n")}


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("CMCONSOLE_DESK__ASCII", "maybe", 'desk.ascii is "maybe"; allowed: true or false.'),
        ("CMCONSOLE_DESC__ASCII", "true", "desc is not a setting. Did you mean desk?"),
        ("CMCONSOLE_DESK__ASCII__X", "1", 'desk.ascii is {"x":"1"}; allowed: true or false.'),
        ("CMCONSOLE_TRIAGE__VIPS", '["ada"]', 'triage.vips[1] is "ada"; allowed: platform:handle'),
        ("CMCONSOLE_DESK__TIMEZONE", "Mars", "desk.timezone: No time zone is called “Mars”."),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, says: str) -> None:
    (said,) = refusal("", **{variable: value})

    assert said.startswith(f"{variable}: {says}")


def test_a_plain_value_in_the_way_of_a_variable_gives_way() -> None:
    assert read("desk = 3", CMCONSOLE_DESK__MUTE="true").desk.mute
