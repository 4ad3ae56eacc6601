"""The settings, every key with its meaning: files are checked against it, the guide is written from it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from cmconsole.config.guards import Guards
from cmconsole.config.language import _
from cmconsole.config.replies import Approval, Replies
from cmconsole.config.shapes import (
    Count,
    HostilityWord,
    LanguageWord,
    Line,
    Name,
    Phrase,
    PriorityWord,
    SeverityWord,
    Tag,
    Vip,
    Words,
    Writer,
)
from cmconsole.config.sources import Account, SourceSettings
from cmconsole.core.clock import MINUTE
from cmconsole.core.sla import DEFAULT_TARGETS
from cmconsole.core.verdict import Kind, Lane, Priority, Tone


class Brand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the desk speaks for."""

    name: Annotated[
        str, Meta(description="The brand's name, first thing on the screen.", examples=["Acme"])
    ] = ""
    languages: Annotated[
        tuple[Literal["fr", "en"], ...],
        Meta(description="The languages the brand answers in.", examples=[["fr", "en"]]),
    ] = ("fr", "en")


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the console looks and behaves for the person in front of it."""

    person: Annotated[
        str,
        Meta(
            description="Your name as colleagues see it. Empty: asked at the first start.", examples=["Alice"]
        ),
    ] = ""
    language: Annotated[
        Literal["auto", "fr", "en"],
        Meta(description="The language of the interface; `auto` follows LC_ALL, LC_MESSAGES and LANG."),
    ] = "auto"
    theme: Annotated[
        str,
        Meta(
            description="The theme's name: calm-dark, calm-light, high-contrast or colour-blind.",
            examples=["calm-light"],
        ),
    ] = "calm-dark"
    ascii: Annotated[
        bool, Meta(description="Draw with plain ASCII signs, for terminals without Unicode.")
    ] = False
    timezone: Annotated[
        str,
        Meta(
            description="The time zone clocks are shown in. Empty: the system's.", examples=["Europe/Paris"]
        ),
    ] = ""
    claim_minutes: Annotated[
        int, Meta(ge=1, le=480, description="How long a claim holds without being renewed, in minutes.")
    ] = 30
    silence_reasons: Annotated[
        Words,
        Meta(
            description="Reasons for not answering, added to the built-in list.", examples=[["known troll"]]
        ),
    ] = ()
    mute: Annotated[bool, Meta(description="Never ring the bell nor notify the terminal.")] = False


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule asks of a mention; all that is given must hold, and what is left out is not asked."""

    lanes: Annotated[tuple[Lane, ...], Meta(description="It stands in one of these lanes.")] = ()
    kinds: Annotated[tuple[Kind, ...], Meta(description="It is of one of these kinds.")] = ()
    severities: Annotated[
        tuple[SeverityWord, ...], Meta(description="It is as serious as one of these.")
    ] = ()
    hostility: Annotated[
        HostilityWord | None, Meta(description="Its words are at least so abusive.", examples=["insulting"])
    ] = None
    tones: Annotated[tuple[Tone, ...], Meta(description="Its tone is one of these.")] = ()
    themes: Annotated[
        Words, Meta(description="It is about one of these themes.", examples=[["delivery", "refund"]])
    ] = ()
    languages: Annotated[
        tuple[LanguageWord, ...], Meta(description="It is written in one of these.", examples=[["fr"]])
    ] = ()
    platforms: Annotated[
        Words, Meta(description="It comes from one of these platforms.", examples=[["mastodon"]])
    ] = ()
    sources: Annotated[
        Words,
        Meta(description="It was delivered by one of these sources, as named here.", examples=[["blog"]]),
    ] = ()
    authors: Annotated[
        tuple[Writer, ...],
        Meta(description="One of these wrote it.", examples=[["mastodon:ada@piaille.fr", "acme_bot"]]),
    ] = ()
    verified: Annotated[bool | None, Meta(description="Its author is verified, or is not.")] = None
    vip: Annotated[bool | None, Meta(description="Its author is a VIP, or is not.")] = None
    min_reach: Annotated[
        Count | None,
        Meta(description="Its author is known to reach at least so many people.", examples=[50_000]),
    ] = None
    max_reach: Annotated[
        Count | None, Meta(description="Its author is known to reach at most so many.", examples=[500])
    ] = None
    words: Annotated[
        tuple[Phrase, ...],
        Meta(description="It holds one of these words.", examples=[["recall*", "rappel produit"]]),
    ] = ()
    not_words: Annotated[
        tuple[Phrase, ...], Meta(description="It holds none of these words.", examples=[["total recall"]])
    ] = ()


class Then(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule gives a mention that it catches; at least one of these, `go_on` apart."""

    lane: Annotated[Lane | None, Meta(description="The lane it stands in.", examples=["influencers"])] = None
    priority: Annotated[PriorityWord | None, Meta(description="Its priority.", examples=["urgent"])] = None
    route: Annotated[Name | None, Meta(description="Who else is to know of it.", examples=["product"])] = None
    tags: Annotated[tuple[Tag, ...], Meta(description="Tags for it.", examples=[["recall"]])] = ()
    silence: Annotated[
        Line | None,
        Meta(
            description="The reason for not answering: it is resolved at once. "
            "Never what is legal or a matter of safety, nor what a VIP wrote.",
            examples=["spam or advertising"],
        ),
    ] = None
    go_on: Annotated[
        bool, Meta(description="Read the rules after it too; else it is the last of yours that is read.")
    ] = False

    def __post_init__(self) -> None:
        if not (self.lane or self.priority or self.route or self.tags or self.silence):
            raise ValueError(_("it gives nothing: it needs lane, priority, route, tags or silence"))


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of your rules, which go before the built-in ones; see [their own page](rules.md)."""

    name: Annotated[Line, Meta(description="Shown as the reason.", examples=["product recall"])]
    then: Annotated[Then, Meta(description="What it gives.")]
    when: Annotated[When, Meta(description="What it asks; left out, it catches everything.")] = When()


class Triage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who counts as an influencer, what counts as a complaint, and what is pressing."""

    reach_tiers: Annotated[
        tuple[Count, Count, Count],
        Meta(description="Followers from which reach is medium, high and very high, growing."),
    ] = (2_000, 10_000, 100_000)
    influencer_reach: Annotated[
        int, Meta(ge=0, description="Followers from which anybody stands in the influencers lane.")
    ] = 10_000
    verified_reach: Annotated[
        int, Meta(ge=0, description="Followers from which a verified author, or a journalist, stands there.")
    ] = 2_000
    vips: Annotated[
        tuple[Vip, ...],
        Meta(description="Authors who always stand there.", examples=[["mastodon:ada@piaille.fr"]]),
    ] = ()
    complaint_words: Annotated[
        Words, Meta(description="Words that tell a complaint, added to ours.", examples=[["defect"]])
    ] = ()
    praise_words: Annotated[
        Words, Meta(description="Words that tell praise, added to ours.", examples=[["top notch"]])
    ] = ()
    severe_words: Annotated[
        Words,
        Meta(description="Words that tell a serious complaint, added to ours.", examples=[["battery fire"]]),
    ] = ()
    themes: Annotated[
        dict[str, Words],
        Meta(
            description="Words of your own for what a mention is about, by theme, added to ours.",
            examples=[{"loyalty": ["miles", "club card"]}],
        ),
    ] = {}
    rules: Annotated[tuple[Rule, ...], Meta(description="Your rules, read in order.")] = ()

    def __post_init__(self) -> None:
        if list(self.reach_tiers) != sorted(set(self.reach_tiers)):
            raise ValueError(_("the three numbers of reach_tiers must grow"))


_MOST_MINUTES = 60 * 24 * 90
Minutes: TypeAlias = Annotated[int, Meta(ge=1, le=_MOST_MINUTES)]


def _minutes(lane: Lane, priority: Priority) -> int:
    return DEFAULT_TARGETS[lane, priority] // MINUTE


class InfluencerTargets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an answer to an influencer may take, in minutes, by priority."""

    urgent: Minutes = _minutes(Lane.INFLUENCERS, Priority.URGENT)
    high: Minutes = _minutes(Lane.INFLUENCERS, Priority.HIGH)
    medium: Minutes = _minutes(Lane.INFLUENCERS, Priority.MEDIUM)
    low: Minutes = _minutes(Lane.INFLUENCERS, Priority.LOW)


class ComplaintTargets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an answer to a complaint may take, in minutes, by priority."""

    urgent: Minutes = _minutes(Lane.COMPLAINTS, Priority.URGENT)
    high: Minutes = _minutes(Lane.COMPLAINTS, Priority.HIGH)
    medium: Minutes = _minutes(Lane.COMPLAINTS, Priority.MEDIUM)
    low: Minutes = _minutes(Lane.COMPLAINTS, Priority.LOW)


class OtherTargets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an answer to anybody else may take, in minutes, by priority."""

    urgent: Minutes = _minutes(Lane.OTHERS, Priority.URGENT)
    high: Minutes = _minutes(Lane.OTHERS, Priority.HIGH)
    medium: Minutes = _minutes(Lane.OTHERS, Priority.MEDIUM)
    low: Minutes = _minutes(Lane.OTHERS, Priority.LOW)


class Sla(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The SLA targets, from which every answer-by follows."""

    influencers: InfluencerTargets = InfluencerTargets()
    complaints: ComplaintTargets = ComplaintTargets()
    others: OtherTargets = OtherTargets()


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long what is over is kept."""

    days: Annotated[
        int, Meta(ge=1, description="Days a resolved conversation is kept after it was last touched.")
    ] = 365


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The process that takes mentions in."""

    idle_seconds: Annotated[
        int, Meta(ge=5, description="Seconds after the last console left before the engine ends itself.")
    ] = 60


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where everything is kept."""

    path: Annotated[
        str,
        Meta(
            description="The database file. Empty: `cmconsole.db` in the user's data folder.",
            examples=["~/acme/desk.db"],
        ),
    ] = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings."""

    brand: Brand = Brand()
    accounts: dict[Name, Account] = {}
    desk: Desk = Desk()
    keys: Annotated[
        dict[str, str | tuple[str, ...]],
        Meta(
            description="A key, or a list of keys, by action id; see [the page of keys](keys.md).",
            examples=[{"claim": "c", "note": ["N", "ctrl+n"]}],
        ),
    ] = {}
    triage: Triage = Triage()
    sla: Sla = Sla()
    sources: dict[Name, SourceSettings] = {}
    reply: Replies = Replies()
    approval: Approval = Approval()
    guards: Guards = Guards()
    retention: Retention = Retention()
    engine: Engine = Engine()
    store: Store = Store()

    def __post_init__(self) -> None:
        """Look whether every source finds its account."""
        for name, source in self.sources.items():
            platform = type(source).__struct_config__.tag
            account = getattr(source, "account", "")
            found = self.accounts.get(account)
            if account and found is None:
                text = _(
                    "sources.{source} reads with the account {account}, and there is no [accounts.{account}]"
                )
                raise ValueError(text.format(source=name, account=account))
            if found is not None and found.platform != platform:
                text = _("sources.{source} is of {platform}, and its account {account} is on {other}")
                raise ValueError(
                    text.format(source=name, platform=platform, account=account, other=found.platform)
                )
