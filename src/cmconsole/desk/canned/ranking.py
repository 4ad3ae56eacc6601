"""Which canned responses fit a conversation best, in an order that stays, and which are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from cmconsole.config.canned import LANGUAGES
from cmconsole.config.language import language as interface_language
from cmconsole.core.canned import STARTER, substituted
from cmconsole.core.text import fold
from cmconsole.core.verdict import Hostility
from cmconsole.desk.canned import meter
from cmconsole.desk.canned.filling import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo

    from cmconsole.config.canned import Library
    from cmconsole.core.canned import Canned
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.canned.meter import Meter, Use
    from cmconsole.store.replying import Said

# What a hint is worth where it fits, and what it costs where it does not. What is grave comes first, then the
# words used, then what it is about; a response without hints is for anything and stands between.
_SEVERITY: Final = (64, -64)
_HOSTILITY: Final = (32, -32)
_PLATFORM: Final = (2, -48)
"""A text for another platform is no use here: it may name keys and places that this one does not have."""

_THEME: Final = (16, -16)
_NO_THEME: Final = -4
"""What a theme costs where triage found none at all: it may be about that all the same."""

_KIND: Final = (8, -16)
_LANE: Final = (1, -16)
_NARROW: Final = 4
"""A hint of one word fits better than one of three: what is written for complaints, than for anything."""

_SAID_HERE: Final = 6
"""Somebody who was answered with a response is seldom helped by the same one again."""

_CLOSE: Final = 0.72
"""How alike a word must be to one that was mistyped (SequenceMatcher's ratio): one letter in four or so."""

_SIGNS: Final = '"«»“”(),.:;?!\xa0'
_LEAST_TYPED: Final = 4
"""Letters from which a word may be mistyped: shorter ones are like too many others."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A response for a conversation, in one of its variants.

    language, variant: which text of it. text: that text, not filled. used_today, used_here: the copy-paste
    meter (`meter.told`). warning: why a platform's duplicate rule would bite, or empty.
    """

    canned: Canned
    language: str
    variant: int
    text: str
    used_today: int
    used_here: int
    warning: str = ""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all offers for one conversation have in common.

    facts: by placeholder, as far as the conversation tells. said: by the code it began as. near: what would
    be a duplicate (`meter.near`).
    """

    conversation: Conversation
    platform: str
    language: str
    now: Instant
    zone: tzinfo
    facts: Mapping[str, str]
    said: Mapping[str, Sequence[Said]]
    near: Sequence[tuple[str, bool]]


def offers(
    library: Library,
    conversation: Conversation,
    said: Sequence[Said],
    *,
    platform: str,
    account: str,
    language: str,
    now: Instant,
    zone: tzinfo,
    limit: int = 9,
) -> tuple[Offer, ...]:
    """Return the best responses for a conversation, the best first.

    First those with a text in the language of the reply, then by how well their hints fit, a desk's own
    before ours, then what is used most lately, then the files' order. It depends on nothing else, and stays
    while nothing changes. What is meant for something else is not offered; `find` finds it.
    said: what the desk's accounts said lately.
    """
    scene = _scene(
        conversation, said, platform=platform, account=account, language=language, now=now, zone=zone
    )
    fitting = ((canned, _fit(canned, scene), _meter(canned, scene)) for canned in library.responses.values())
    ranked = sorted((it for it in fitting if it[1] >= 0), key=lambda it: _rank(it[0], it[1], it[2], scene))
    return tuple(_offer(canned, used, scene) for canned, _fits, used in ranked[:limit])


def find(
    library: Library,
    query: str,
    conversation: Conversation,
    said: Sequence[Said],
    *,
    platform: str,
    account: str,
    language: str,
    now: Instant,
    zone: tzinfo,
    limit: int = 9,
) -> tuple[Offer, ...]:
    """Return the responses that hold every word of a query, in code, title or text, the best first.

    Case and accents do not count; a word of the code may be given by its beginning or by letters in order
    (`prlt` for `parcel-late`), and where nothing is found it may be mistyped. An empty query finds all, as
    `offers` orders them.
    """
    wanted = fold(query.removeprefix("/")).split()
    scene = _scene(
        conversation, said, platform=platform, account=account, language=language, now=now, zone=zone
    )
    found = _matches(library.responses.values(), wanted, mistyped=False)
    found = found or _matches(library.responses.values(), wanted, mistyped=True)
    ranked = sorted(
        ((score, canned, _meter(canned, scene)) for score, canned in found),
        key=lambda it: (-it[0], _rank(it[1], _fit(it[1], scene), it[2], scene)),
    )
    return tuple(_offer(canned, used, scene) for _score, canned, used in ranked[:limit])


def _scene(
    conversation: Conversation,
    said: Sequence[Said],
    *,
    platform: str,
    account: str,
    language: str,
    now: Instant,
    zone: tzinfo,
) -> _Scene:
    by_code: dict[str, list[Said]] = {}
    for it in said:
        by_code.setdefault(it.canned, []).append(it)
    known = facts(
        conversation, person="", brand="", account_handle="", signature="", zone=zone, now=now,
        language=language,
    )  # fmt: skip
    return _Scene(
        conversation=conversation,
        platform=platform,
        language=language,
        now=now,
        zone=zone,
        facts=known,
        said=by_code,
        near=meter.near(said, conversation, platform=platform, account=account, now=now),
    )


def _meter(canned: Canned, scene: _Scene) -> Meter:
    return meter.read(scene.said.get(canned.code, ()), scene.conversation, zone=scene.zone, now=scene.now)


# -------------------------------------------------------------------------------------------- what fits best


def _rank(canned: Canned, fit: int, used: Meter, scene: _Scene) -> tuple[bool, int, bool, int]:
    """Return what responses are sorted by, the best first."""
    return (
        scene.language in LANGUAGES and scene.language not in canned.texts,
        (_SAID_HERE if used.here else 0) - fit,
        canned.source == STARTER,
        -used.lately,
    )


def _fit(canned: Canned, scene: _Scene) -> int:
    """Return how well a response's hints fit; what it gives no hint of counts nothing."""
    talk = scene.conversation
    fit = 0
    for hints, fits, (worth, cost) in (
        (canned.severities, talk.severity in canned.severities, _SEVERITY),
        (canned.platforms, scene.platform in canned.platforms, _PLATFORM),
        (canned.themes, not canned.themes.isdisjoint(talk.themes), _theme_worth(talk)),
        (canned.kinds, talk.kind in canned.kinds, _KIND),
        (canned.lanes, talk.lane in canned.lanes, _LANE),
    ):
        if hints:
            fit += worth + max(_NARROW - len(hints), 0) if fits else cost
    if canned.hostility is not Hostility.NONE:
        # The nearest one: what is written for rude words says too little to insults.
        short = talk.hostility - canned.hostility
        fit += _HOSTILITY[0] - 8 * short if short >= 0 else _HOSTILITY[1]
    return fit


def _theme_worth(talk: Conversation) -> tuple[int, int]:
    return _THEME if talk.themes else (_THEME[0], _NO_THEME)


def _language(canned: Canned, wanted: str) -> str:
    """Return the language a response is offered in: the wanted one, else the interface's, else any."""
    for name in (wanted, interface_language()):
        if name in canned.texts:
            return name
    return next(iter(canned.texts))


# ------------------------------------------------------------------------------------- which of its variants


def _offer(canned: Canned, used: Meter, scene: _Scene) -> Offer:
    language = _language(canned, scene.language)
    warnings = [
        meter.duplicate(substituted(text, scene.facts), scene.near) for text in canned.texts[language]
    ]
    uses = meter.uses(canned, scene.said.get(canned.code, ()), scene.conversation)
    variant = _next_variant(language, warnings, uses)
    return Offer(
        canned=canned,
        language=language,
        variant=variant,
        text=canned.texts[language][variant],
        used_today=used.today,
        used_here=used.here,
        warning=warnings[variant],
    )


def _next_variant(language: str, warnings: Sequence[str], uses: Sequence[Use]) -> int:
    """Return the variant whose turn it is.

    Never the one used last in this thread, where there is another; before all one that is no duplicate, then
    the one that was used least recently, in the file's order.
    """
    here = next((use.variant for use in uses if use.here and use.language == language), None)
    last = {use.variant: use.at for use in reversed(uses) if use.language == language}
    turns = [number for number in range(len(warnings)) if number != here or len(warnings) == 1]
    return min(turns, key=lambda number: (bool(warnings[number]), last.get(number, -1), number))


# ---------------------------------------------------------------------------------------- what is looked for


def _matches(
    responses: Iterable[Canned], wanted: Sequence[str], *, mistyped: bool
) -> list[tuple[int, Canned]]:
    """Return the responses that hold all words, each with how well."""
    found = []
    for canned in responses:
        code, title = canned.code, fold(canned.title)
        text = fold(" ".join(text for variants in canned.texts.values() for text in variants))
        scores = [_word_score(word, code, title, text, mistyped=mistyped) for word in wanted]
        if all(scores):
            found.append((sum(scores), canned))
    return found


def _word_score(word: str, code: str, title: str, text: str, *, mistyped: bool) -> int:
    """Return how well a word is found: in the code before the title before the text; 0 where it is not."""
    titled = [part.strip(_SIGNS) for part in title.replace("'", " ").split()]
    grades: tuple[tuple[int, Callable[[], bool]], ...] = (
        (100, lambda: code == word),
        (80, lambda: code.startswith(word)),
        (60, lambda: any(part.startswith(word) for part in code.split("-"))),
        (50, lambda: any(part.startswith(word) for part in titled)),
        (30, lambda: word in code or _in_order(word, code)),
        (20, lambda: word in title),
        (10, lambda: word in text),
        (1, lambda: mistyped and _like_any(word, (*code.split("-"), *titled))),
    )
    return next((grade for grade, holds in grades if holds()), 0)


def _in_order(word: str, code: str) -> bool:
    """Say whether the code holds the letters in order, and begins with the first: `prlt` in `parcel-late`."""
    letters = iter(code)
    return len(word) > 1 and code.startswith(word[0]) and all(letter in letters for letter in word)


def _like_any(word: str, others: Iterable[str]) -> bool:
    """Say whether a word is one of the others, mistyped."""
    if len(word) < _LEAST_TYPED:
        return False
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    for other in others:
        matcher.set_seq1(other)
        if (
            matcher.real_quick_ratio() >= _CLOSE
            and matcher.quick_ratio() >= _CLOSE
            and matcher.ratio() >= _CLOSE
        ):
            return True
    return False
