"""Applies a desk's ordered rules to what triage read in a mention, and tells which of them gave what.

The rules are read in order. One whose conditions all hold gives what no rule before it gave: the first to
give a lane, a priority, a route or a silence wins it, while tags add up. It ends the reading of the desk's
own rules, unless it goes on. A lane that was given is the lane that the rules after it see. Where none of
them gave a priority, the built-in table gives it, by the first of its rules that holds.

What may be a matter of law or safety is guarded: no rule silences it, and only a rule that names severities
makes it less than urgent. Neither does a rule silence a VIP.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from cmconsole.core.text import fold
from cmconsole.core.verdict import Fact, Hostility, Kind, Lane, Priority, Reason, Severity, Tone
from cmconsole.triage import phrases
from cmconsole.triage.policy import Rule

_REMEMBERED: Final = 4_096
"""Most answers kept; what is asked is reduced to what rules tell apart, so that few desks have as many."""

NO_RULE: Final = "everything else"
"""Name of the rule numbered 0: of low priority is what no rule catches."""

_Named: TypeAlias = tuple[tuple[str, Fact], ...]


class Asked(NamedTuple):
    """What rules may ask of a mention; `reach` and `vip` as the lane was decided by.

    reach: None where it is not known. text: as cleaned; it is folded only for a book that `is_worded`.
    lane_stands: a person decided the lane, and no rule moves it.
    """

    lane: Lane
    kind: Kind
    severity: Severity
    reach: int | None = None
    vip: bool = False
    verified: bool = False
    language: str = "other"
    platform: str = ""
    source: str = ""
    handle: str = ""
    hostility: Hostility = Hostility.NONE
    tone: Tone = Tone.NEUTRAL
    themes: tuple[str, ...] = ()
    text: str = ""
    lane_stands: bool = False


class Fired(NamedTuple):
    """A rule that held, and what it gave; nothing where all it had to give was given before.

    number: its place among the rules, from 1. refused: why its silence was not kept, `severity` or `vip`.
    too_low: its priority was not taken, for law or safety may be at stake.
    """

    number: int
    name: str
    priority: Priority | None = None
    lane: Lane | None = None
    route: str = ""
    tags: tuple[str, ...] = ()
    silence: str = ""
    refused: str = ""
    too_low: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules gave together. lane: None where no rule gave one. reasons: of all that fired."""

    priority: Priority
    lane: Lane | None
    route: str
    tags: tuple[str, ...]
    silence: str
    fired: tuple[Fired, ...]
    reasons: tuple[Reason, ...]


class RuleBook:
    """Ordered rules, the desk's own before the built-in ones; what was asked before is remembered."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        numbered = tuple(enumerate(rules, start=1))
        self._own = tuple((number, rule) for number, rule in numbered if not rule.builtin)
        self._table = tuple((number, rule) for number, rule in numbered if rule.builtin)
        self._words = _Words(numbered)
        self._floors = sorted(
            {rule.min_reach for rule in rules if rule.min_reach is not None}
            | {rule.max_reach + 1 for rule in rules if rule.max_reach is not None}
        )
        self._platforms = frozenset[str]().union(*(rule.platforms for rule in rules))
        self._sources = frozenset[str]().union(*(rule.sources for rule in rules))
        self._themes = frozenset[str]().union(*(rule.themes for rule in rules))
        self._authors = frozenset[tuple[str, str]]().union(*(rule.authors for rule in rules))
        self._is_plain = all(map(_is_plain, rules))
        self._known: dict[tuple[object, ...], Outcome] = {}

    @property
    def is_worded(self) -> bool:
        """Say whether any rule asks for words: the others never look at the text."""
        return bool(self._words)

    def apply(self, asked: Asked) -> Outcome:
        """Return what the rules give to a mention."""
        reach = asked.reach
        step = -1 if reach is None else bisect_right(self._floors, reach)
        key: tuple[object, ...] = (asked.lane, asked.kind, asked.severity, step)
        unmet = _NONE
        if not self._is_plain:
            unmet = self._words.unmet(asked.text)
            key = (*key, unmet, *self._told_apart(asked))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._read(asked, unmet)
        return found

    def _told_apart(self, asked: Asked) -> tuple[object, ...]:
        """Return what is asked, reduced to what rules tell apart: authors are many, those named are few."""
        return (
            asked.vip,
            asked.verified,
            asked.language,
            asked.hostility,
            asked.tone,
            asked.lane_stands,
            asked.platform if asked.platform in self._platforms else "",
            asked.source if asked.source in self._sources else "",
            self._authors and self._authors.intersection(_names(asked)),
            self._themes and self._themes.intersection(asked.themes),
        )

    def _read(self, asked: Asked, unmet: frozenset[int]) -> Outcome:
        gathered = _Gathered(asked)
        for number, rule in self._own:
            if number not in unmet and _holds(rule, asked, gathered.lane or asked.lane):
                gathered.take(number, rule)
                if not rule.go_on:
                    break
        if gathered.priority is None:
            for number, rule in self._table:
                if number not in unmet and _holds(rule, asked, gathered.lane or asked.lane):
                    gathered.take(number, rule)
                    break
        return gathered.outcome()


class _Gathered:
    """What the rules have given to one mention so far."""

    def __init__(self, asked: Asked) -> None:
        self._stands = asked.lane_stands
        self._grave = asked.severity >= Severity.LEGAL
        self._refused = "severity" if self._grave else "vip" if asked.vip else ""
        self._fired: list[Fired] = []
        self._tags: dict[str, None] = {}
        self._route = self._silence = ""
        self.lane: Lane | None = None
        self.priority: Priority | None = None

    def take(self, number: int, rule: Rule) -> None:
        """Take from a rule that holds what is not there yet."""
        refused = self._refused if rule.silence else ""
        lowers = rule.priority is not None and rule.priority > Priority.URGENT
        too_low = self._grave and lowers and self.priority is None and not rule.severities
        fired = Fired(
            number,
            rule.name,
            rule.priority if self.priority is None and not too_low else None,
            rule.lane if self.lane is None and not self._stands else None,
            "" if self._route else rule.route,
            tuple(tag for tag in rule.tags if tag not in self._tags),
            "" if self._silence or refused else rule.silence,
            refused,
            too_low,
        )
        self.priority = self.priority or fired.priority
        self.lane = self.lane or fired.lane
        self._route = self._route or fired.route
        self._silence = self._silence or fired.silence
        self._tags |= dict.fromkeys(fired.tags)
        self._fired.append(fired)

    def outcome(self) -> Outcome:
        """Return all of it; of low priority where no rule gave one."""
        reasons = [reason for fired in self._fired for reason in _reasons(fired)]
        if self.priority is None:
            reasons += _reasons(Fired(0, NO_RULE, Priority.LOW))
        return Outcome(
            self.priority or Priority.LOW,
            self.lane,
            self._route,
            tuple(self._tags),
            self._silence,
            tuple(self._fired),
            tuple(reasons),
        )


class _Words:
    """The words that rules ask for or rule out; most texts hold none, and are seen through at once."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        self._asked = [
            (number, _parsed(rule.words), _parsed(rule.not_words))
            for number, rule in rules
            if rule.words or rule.not_words
        ]
        self._stems = sorted({one.stem for _n, *both in self._asked for some in both for one in some})
        self._finders = [
            (number, wanted and phrases.finder(wanted), barred and phrases.finder(barred))
            for number, wanted, barred in self._asked
        ]
        self._unsaid = frozenset(number for number, wanted, _barred in self._asked if wanted)

    def __bool__(self) -> bool:
        return bool(self._asked)

    def unmet(self, text: str) -> frozenset[int]:
        """Return the numbers of the rules whose words do not hold of this text."""
        if not self._asked:
            return _NONE
        folded = fold(text)
        if not any(map(folded.__contains__, self._stems)):
            return self._unsaid
        return frozenset(
            number
            for number, wanted, barred in self._finders
            if (wanted and not wanted.search(folded)) or (barred and barred.search(folded))
        )


_NONE: Final = frozenset[int]()


def _parsed(words: Sequence[str]) -> tuple[phrases.Phrase, ...]:
    return tuple(map(phrases.parsed, words))


def _is_plain(rule: Rule) -> bool:
    """Say whether a rule is like the built-in ones: lane, kind, severity and least reach give a priority."""
    return rule == Rule(
        rule.name,
        rule.priority,
        rule.lanes,
        rule.kinds,
        rule.severities,
        rule.min_reach,
        max_reach=rule.max_reach,
        builtin=rule.builtin,
    )


def _holds(rule: Rule, asked: Asked, lane: Lane) -> bool:
    """Say whether all holds that a rule asks, its words apart; `lane` as the rules before it left it."""
    return (
        (not rule.lanes or lane in rule.lanes)
        and (not rule.kinds or asked.kind in rule.kinds)
        and (not rule.severities or asked.severity in rule.severities)
        and asked.hostility >= rule.hostility
        and (rule.min_reach is None or (asked.reach is not None and asked.reach >= rule.min_reach))
        and (rule.max_reach is None or (asked.reach is not None and asked.reach <= rule.max_reach))
        and (rule.verified is None or asked.verified is rule.verified)
        and (rule.vip is None or asked.vip is rule.vip)
        and (not rule.tones or asked.tone in rule.tones)
        and (not rule.languages or asked.language in rule.languages)
        and (not rule.platforms or asked.platform in rule.platforms)
        and (not rule.sources or asked.source in rule.sources)
        and (not rule.themes or not rule.themes.isdisjoint(asked.themes))
        and (not rule.authors or not rule.authors.isdisjoint(_names(asked)))
    )


def _names(asked: Asked) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return both ways a rule may name the author: on their platform, and on any."""
    handle = fold(asked.handle)
    return (asked.platform, handle), ("", handle)


def _reasons(fired: Fired) -> list[Reason]:
    """Return a reason for each thing a rule gave, so that it says which rule it was; see `desk.explain`."""
    by: _Named = (("number", fired.number), ("name", fired.name))
    given: list[tuple[str, _Named]] = []
    if fired.priority is not None:
        given.append(("rule", (("priority", fired.priority.word),)))
    if fired.lane is not None:
        given.append(("rule.lane", (("lane", fired.lane.value),)))
    if fired.route:
        given.append(("rule.route", (("route", fired.route),)))
    if fired.tags:
        given.append(("rule.tag", (("tags", ", ".join(fired.tags)),)))
    if fired.silence:
        given.append(("rule.silence", (("reason", fired.silence),)))
    if fired.refused:
        given.append(("rule.silence.refused", (("because", fired.refused),)))
    if fired.too_low:
        given.append(("rule.priority.refused", ()))
    return [Reason(code, (*by, *facts)) for code, facts in given] or [Reason("rule.also", by)]
