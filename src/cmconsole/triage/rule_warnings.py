"""Finds mistakes in a desk's rules: those that can never hold, that never get their turn, and the like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeVar

from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.triage import phrases
from cmconsole.triage.policy import Rule, TriagePolicy

_Value = TypeVar("_Value")
_Numbered: TypeAlias = tuple[int, Rule]


class Fault(StrEnum):
    """What is wrong with a rule.

    SHADOWED: the earlier rule `by` ends on all it asks for. The NEVER_ ones contradict themselves: least and
    most reach; severity and kind (only complaints are serious); kind, reach or VIP and lane; words wanted and
    barred; authors and platforms. SILENCE_REFUSED: it only leaves unanswered what never is (legal, safety,
    VIPs). SAME_NAME: the earlier rule `by` has its name, so that reasons do not tell them apart.
    """

    SHADOWED = "shadowed"
    NEVER_REACH = "never.reach"
    NEVER_SEVERITY = "never.severity"
    NEVER_LANE = "never.lane"
    NEVER_WORDS = "never.words"
    NEVER_AUTHOR = "never.author"
    SILENCE_REFUSED = "silence.refused"
    SAME_NAME = "same_name"


@dataclass(frozen=True, slots=True)
class RuleWarning:
    """A fault of the rule with this number; `by`: number of the other rule it lies with, or 0."""

    fault: Fault
    number: int
    name: str
    by: int = 0
    by_name: str = ""


def warnings(policy: TriagePolicy) -> list[RuleWarning]:
    """Return what is wrong with the desk's own rules, in their order.

    What is warned of is sure: a rule that is not warned of may still catch nothing. Of what persons decide at
    the desk, which may put any mention into any lane, nothing is taken into account.
    """
    own = [(number, rule) for number, rule in enumerate(policy.rules, start=1) if not rule.builtin]
    found: list[RuleWarning] = []
    for place, (number, rule) in enumerate(own):
        former = own[:place]
        never = next(_contradictions(rule, former, policy), None)
        if never is not None:
            found.append(RuleWarning(never, number, rule.name))
        elif shadow := _shadow(rule, former):
            found.append(RuleWarning(Fault.SHADOWED, number, rule.name, *shadow))
        elif rule.silence and (rule.vip is True or _only(rule.severities, _GRAVE)):
            found.append(RuleWarning(Fault.SILENCE_REFUSED, number, rule.name))
        found += [
            RuleWarning(Fault.SAME_NAME, number, rule.name, earlier, other.name)
            for earlier, other in former
            if other.name == rule.name
        ][:1]
    return found


_GRAVE = frozenset({Severity.LEGAL, Severity.SAFETY})
_SERIOUS = frozenset(Severity) - {Severity.NONE}


def _contradictions(rule: Rule, former: Sequence[_Numbered], policy: TriagePolicy) -> Iterator[Fault]:
    if rule.min_reach is not None and rule.max_reach is not None and rule.min_reach > rule.max_reach:
        yield Fault.NEVER_REACH
    if not _kinds(rule):
        yield Fault.NEVER_SEVERITY
    elif rule.lanes and rule.lanes.isdisjoint(_lanes(rule, policy) | _given(former)):
        yield Fault.NEVER_LANE
    if _worded(rule.words, barred_by=rule.not_words):
        yield Fault.NEVER_WORDS
    if rule.authors and rule.platforms:
        theirs = {platform for platform, _handle in rule.authors}
        if "" not in theirs and theirs.isdisjoint(rule.platforms):
            yield Fault.NEVER_AUTHOR


def _kinds(rule: Rule) -> AbstractSet[Kind]:
    """Return the kinds a rule may meet: what is serious at all is a complaint."""
    kinds = rule.kinds or frozenset(Kind)
    return kinds & {Kind.COMPLAINT} if _only(rule.severities, _SERIOUS) else kinds


def _lanes(rule: Rule, policy: TriagePolicy) -> set[Lane]:
    """Return the lanes in which triage may put what meets a rule's other conditions."""
    least = policy.influencer_reach
    if rule.verified is not False:
        least = min(least, policy.verified_reach)
    surely = policy.influencer_reach
    if rule.verified is True:
        surely = min(surely, policy.verified_reach)
    if rule.vip is True or (rule.min_reach is not None and rule.min_reach >= surely):
        return {Lane.INFLUENCERS}
    kinds = _kinds(rule)
    lanes = {Lane.COMPLAINTS} if Kind.COMPLAINT in kinds else set()
    if kinds - {Kind.COMPLAINT}:
        lanes.add(Lane.OTHERS)
    if rule.vip is None or rule.max_reach is None or rule.max_reach >= least:
        lanes.add(Lane.INFLUENCERS)
    return lanes


def _given(former: Sequence[_Numbered]) -> set[Lane]:
    """Return the lanes that rules give before they go on to the next."""
    return {rule.lane for _number, rule in former if rule.go_on and rule.lane is not None}


def _worded(words: Sequence[str], *, barred_by: Sequence[str]) -> bool:
    """Say whether each of the words holds one that is barred, so that none of them can be found."""
    return bool(words and barred_by) and _words_imply(words, barred_by)


def _shadow(rule: Rule, former: Sequence[_Numbered]) -> tuple[int, str] | None:
    """Return the first rule before this one that ends on everything this one asks for."""
    for place, (number, other) in enumerate(former):
        # A lane given in between makes the later rule see another one than the earlier did.
        moved = bool(_given(former[place + 1 :])) and bool(other.lanes)
        if not other.go_on and not moved and _implies(rule, other):
            return number, other.name
    return None


def _implies(narrow: Rule, wide: Rule) -> bool:
    """Say whether whatever meets the conditions of `narrow` meets those of `wide`."""
    return (
        _only(narrow.lanes, wide.lanes)
        and (not wide.kinds or _kinds(narrow) <= wide.kinds)
        and _only(narrow.severities, wide.severities)
        and _only(narrow.tones, wide.tones)
        and _only(narrow.languages, wide.languages)
        and _only(narrow.platforms, wide.platforms)
        and _only(narrow.sources, wide.sources)
        and _only(narrow.themes, wide.themes)
        and narrow.hostility >= wide.hostility
        and wide.verified in {None, narrow.verified}
        and wide.vip in {None, narrow.vip}
        and _reach_implies(narrow, wide)
        and _authors_imply(narrow, wide)
        and (not wide.words or (bool(narrow.words) and _words_imply(narrow.words, wide.words)))
        and (not wide.not_words or _words_imply(wide.not_words, narrow.not_words))
    )


def _only(narrow: AbstractSet[_Value], wide: AbstractSet[_Value]) -> bool:
    """Say whether one of `narrow` is always one of `wide`; an empty set asks nothing."""
    return not wide or (bool(narrow) and narrow <= wide)


def _reach_implies(narrow: Rule, wide: Rule) -> bool:
    if wide.min_reach is not None:
        known = narrow.min_reach is not None or (wide.min_reach == 0 and narrow.max_reach is not None)
        if not known or (narrow.min_reach or 0) < wide.min_reach:
            return False
    if wide.max_reach is None:
        return True
    return narrow.max_reach is not None and narrow.max_reach <= wide.max_reach


def _authors_imply(narrow: Rule, wide: Rule) -> bool:
    named = {author for author in narrow.authors if author in wide.authors or ("", author[1]) in wide.authors}
    return not wide.authors or (bool(narrow.authors) and named == narrow.authors)


def _words_imply(narrow: Sequence[str], wide: Sequence[str]) -> bool:
    """Say whether each of the words `narrow` holds one of `wide`; so it is where there are none."""
    found = [phrases.parsed(word) for word in wide]
    return all(any(phrases.covers(one, phrases.parsed(word)) for one in found) for word in narrow)
