"""What a desk sets of its triage: reach tiers, VIPs, words of its own, and its ordered rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Tone


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when all conditions that are set hold, its effects are given.

    What it asks (empty sets, None and Hostility.NONE ask nothing): lanes, kinds, severities, tones,
    languages, platforms, sources, themes: one of these. hostility: at least this. min_reach, max_reach: a
    known reach from and up to this. authors: (platform or empty for any, folded handle). words, not_words:
    one, or none, of these occurs; their form is told in `triage.phrases`.

    What it gives (None and empty give nothing): priority, lane, route, tags, silence (the reason for not
    answering). go_on: rules after it are read too. builtin: it is of the table every desk ends with.
    """

    name: str
    priority: Priority | None = None
    lanes: frozenset[Lane] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    severities: frozenset[Severity] = frozenset()
    min_reach: int | None = None
    verified: bool | None = None
    vip: bool | None = None
    languages: frozenset[str] = frozenset()
    platforms: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    max_reach: int | None = None
    hostility: Hostility = Hostility.NONE
    tones: frozenset[Tone] = frozenset()
    themes: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    authors: frozenset[tuple[str, str]] = frozenset()
    lane: Lane | None = None
    route: str = ""
    tags: tuple[str, ...] = ()
    silence: str = ""
    go_on: bool = False
    builtin: bool = False


_COMPLAINT = frozenset({Kind.COMPLAINT})
_INFLUENCERS = frozenset({Lane.INFLUENCERS})
_MAJOR = frozenset({Severity.MAJOR})

DEFAULT_RULES: tuple[Rule, ...] = tuple(
    replace(rule, builtin=True)
    for rule in (
        Rule("safety or legal", Priority.URGENT, severities=frozenset({Severity.LEGAL, Severity.SAFETY})),
        Rule("widely heard complaint", Priority.URGENT, _INFLUENCERS, _COMPLAINT, min_reach=100_000),
        Rule("serious, from an influencer", Priority.URGENT, _INFLUENCERS, severities=_MAJOR),
        Rule("complaint from an influencer", Priority.HIGH, _INFLUENCERS, _COMPLAINT),
        Rule("serious complaint", Priority.HIGH, kinds=_COMPLAINT, severities=_MAJOR),
        Rule("question from an influencer", Priority.HIGH, _INFLUENCERS, frozenset({Kind.QUESTION})),
        Rule("complaint", Priority.MEDIUM, kinds=_COMPLAINT),
        Rule("spam", Priority.LOW, kinds=frozenset({Kind.SPAM})),
        Rule("influencer", Priority.MEDIUM, _INFLUENCERS),
        Rule("question", Priority.MEDIUM, kinds=frozenset({Kind.QUESTION})),
    )
)
"""The table every desk ends with, after its own rules; a mention no rule catches is of low priority."""


@dataclass(frozen=True, slots=True)
class TriagePolicy:
    """Everything the first triage can be told.

    reach_tiers: three ascending floors, in followers (2k / 10k / 100k unless set).
    influencer_reach: from here an author stands in the influencers lane; from verified_reach one who is
    verified, or whose profile says journalist.
    vips: (platform, folded handle) who stand there whatever their reach.
    complaint_words, praise_words, severe_words: the brand's own cues, beside the table.
    brand_handles, brand_words: our own handles (folded, without @) and names: what is said to others is told
    apart only where they are given. themes: the brand's own words by theme, beside the table.
    """

    reach_tiers: tuple[int, int, int] = (2_000, 10_000, 100_000)
    influencer_reach: int = 10_000
    verified_reach: int = 2_000
    vips: frozenset[tuple[str, str]] = frozenset()
    complaint_words: tuple[str, ...] = ()
    praise_words: tuple[str, ...] = ()
    severe_words: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = field(default=DEFAULT_RULES)
    brand_handles: frozenset[str] = frozenset()
    brand_words: tuple[str, ...] = ()
    themes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
