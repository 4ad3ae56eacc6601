"""What a desk sets of its triage: reach tiers, VIPs, words of its own, and the ordered priority rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmconsole.core.verdict import Kind, Lane, Priority, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the priority table: all conditions set must hold; the first rule that holds decides.

    Empty sets and None set no condition. words: folded words or phrases of which one must occur in the text.
    """

    name: str
    priority: Priority
    lanes: frozenset[Lane] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    severities: frozenset[Severity] = frozenset()
    min_reach: int | None = None
    verified: bool | None = None
    vip: bool | None = None
    languages: frozenset[str] = frozenset()
    platforms: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


_COMPLAINT = frozenset({Kind.COMPLAINT})
_INFLUENCERS = frozenset({Lane.INFLUENCERS})

DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("safety or legal", Priority.URGENT, severities=frozenset({Severity.SAFETY})),
    Rule("widely heard complaint", Priority.URGENT, _INFLUENCERS, _COMPLAINT, min_reach=100_000),
    Rule(
        "serious, from an influencer", Priority.URGENT, _INFLUENCERS, severities=frozenset({Severity.MAJOR})
    ),
    Rule("complaint from an influencer", Priority.HIGH, _INFLUENCERS, _COMPLAINT),
    Rule("serious complaint", Priority.HIGH, kinds=_COMPLAINT, severities=frozenset({Severity.MAJOR})),
    Rule("question from an influencer", Priority.HIGH, _INFLUENCERS, frozenset({Kind.QUESTION})),
    Rule("complaint", Priority.MEDIUM, kinds=_COMPLAINT),
    Rule("spam", Priority.LOW, kinds=frozenset({Kind.SPAM})),
    Rule("influencer", Priority.MEDIUM, _INFLUENCERS),
    Rule("question", Priority.MEDIUM, kinds=frozenset({Kind.QUESTION})),
)
"""The table every desk ends with, after its own rules; a mention no rule catches is of low priority."""


@dataclass(frozen=True, slots=True)
class TriagePolicy:
    """Everything the first triage can be told.

    reach_tiers: three ascending floors, in followers (2k / 10k / 100k unless set).
    influencer_reach: from here an author stands in the influencers lane; a verified one from verified_reach.
    vips: (platform, folded handle) who stand there whatever their reach.
    complaint_words, praise_words, severe_words: the brand's own cues, beside the lexicon.
    """

    reach_tiers: tuple[int, int, int] = (2_000, 10_000, 100_000)
    influencer_reach: int = 10_000
    verified_reach: int = 2_000
    vips: frozenset[tuple[str, str]] = frozenset()
    complaint_words: tuple[str, ...] = ()
    praise_words: tuple[str, ...] = ()
    severe_words: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = field(default=DEFAULT_RULES)
