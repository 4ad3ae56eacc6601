"""Rules as the settings spell them, and what is wrong with them in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import N_, _
from cmconsole.desk.words import quoted
from cmconsole.triage.rule_warnings import Fault, RuleWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import IntEnum, StrEnum

    from cmconsole.triage.policy import Rule

_SAYS: Final = {
    Fault.SHADOWED: N_(
        "Rule {number}, {name}, never gets its turn: rule {by}, {by_name}, catches all that it asks for and "
        "ends there."
    ),
    Fault.NEVER_REACH: N_("Rule {number}, {name}, never holds: its min_reach is above its max_reach."),
    Fault.NEVER_SEVERITY: N_(
        "Rule {number}, {name}, never holds: only complaints are serious, and it asks for other kinds."
    ),
    Fault.NEVER_LANE: N_(
        "Rule {number}, {name}, never holds: what else it asks for never stands in the lanes it names."
    ),
    Fault.NEVER_WORDS: N_(
        "Rule {number}, {name}, never holds: not_words rules out each of the words it asks for."
    ),
    Fault.NEVER_AUTHOR: N_(
        "Rule {number}, {name}, never holds: its authors are on other platforms than it asks for."
    ),
    Fault.SILENCE_REFUSED: N_(
        "Rule {number}, {name}, never silences: what VIPs write, and what law or safety may be at stake in, "
        "is always read by a person."
    ),
    Fault.SAME_NAME: N_("Rule {number} is called {name}, as rule {by} is: reasons will not tell them apart."),
}


def told(warning: RuleWarning) -> str:
    """Return a warning as one sentence."""
    return _(_SAYS[warning.fault]).format(
        number=warning.number, name=quoted(warning.name), by=warning.by, by_name=quoted(warning.by_name)
    )


def when(rule: Rule) -> dict[str, object]:
    """Return what a rule asks, by the keys of the settings; what it does not ask is not in it."""
    asked: dict[str, object] = {
        "lanes": _texts(rule.lanes),
        "kinds": _texts(rule.kinds),
        "severities": _words(rule.severities),
        "hostility": rule.hostility.word if rule.hostility else None,
        "tones": _texts(rule.tones),
        "themes": sorted(rule.themes),
        "languages": sorted(rule.languages),
        "platforms": sorted(rule.platforms),
        "sources": sorted(rule.sources),
        "authors": sorted(f"{platform}:{handle}".removeprefix(":") for platform, handle in rule.authors),
        "verified": rule.verified,
        "vip": rule.vip,
        "min_reach": rule.min_reach,
        "max_reach": rule.max_reach,
        "words": list(rule.words),
        "not_words": list(rule.not_words),
    }
    return {key: value for key, value in asked.items() if value is not None and value != []}


def then(rule: Rule) -> dict[str, object]:
    """Return what a rule gives, by the keys of the settings."""
    given: dict[str, object] = {
        "lane": rule.lane.value if rule.lane else None,
        "priority": rule.priority.word if rule.priority else None,
        "route": rule.route or None,
        "tags": list(rule.tags) or None,
        "silence": rule.silence or None,
        "go_on": rule.go_on or None,
    }
    return {key: value for key, value in given.items() if value is not None}


def toml(table: Mapping[str, object]) -> str:
    """Return a table's keys and values as TOML writes them on one line."""
    return ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())


def _texts(members: Iterable[StrEnum]) -> list[str]:
    """Return the values in the order their type lists them."""
    found = set(members)
    return [member.value for one in list(found)[:1] for member in type(one) if member in found]


def _words(members: Iterable[IntEnum]) -> list[str]:
    return [member.name.lower() for member in sorted(members)]
