"""Guards of what the words say: banned ones, the brand's rules, insults and threats, mockery."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _
from cmconsole.core.text import fold
from cmconsole.core.verdict import Hostility, Kind, Tone
from cmconsole.desk.reply.guards.guard import Raised
from cmconsole.desk.reply.guards.quoting import Folded, quote
from cmconsole.desk.reply.guards.turns import listed
from cmconsole.triage import scoring
from cmconsole.triage.reading import Reader
from cmconsole.triage.table import Cue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate

_RUDE: Final = 1.0
"""Weight of a word that is clearly rude; a hint (`screw`) is none."""

_QUOTED: Final = re.compile(r"«([^«»\n]+)»|“([^“”\n]+)”|\"([^\"\n]+)\"")
_REPORTED: Final = re.compile(
    r"\b(?:trait[ée]\w*|qualifi[ée]\w*|insult[ée]\w*) (?:de |d['’])(?:\w+ ?){1,3}"
    r"|\bcall(?:ed|ing) (?:you|him|her|them|us|me) (?:an? )?(?:\w+ ?){1,3}",
    re.IGNORECASE,
)
"""Abuse that is told of, not spoken: “nous sommes désolés qu'il vous ait traité d'idiot”."""

_JEERING: Final = re.compile("[🙄🤡🤦🥱🤥🖕🤮💩]")
_LAUGHING: Final = re.compile("[😂🤣😏🙃😒🍿👏💅😜😝🤪]")
_SMILE: Final = re.compile(r"(?:[:;]-?[)DpP]|[🙂😊😉😀😁😃😄😅😆😇☺😍🥰😘😎])")
_MOCKED: Final = re.compile(
    r"\b(?:votre|vos|ton|ta|your|this|ce|cette|cet)\s(?:\w+\s)?(?:«\s?|“|\"|‘)(?P<said>(?:probl[èe]me|bug|panne|souci|urgence"
    r"|exp[ée]rience|expertise|preuve|analyse|avis|plainte|opinion|issue|problem|emergency|experience|proof|evidence"
    r"|analysis|review|complaint|expert opinion|research|service|argument)s?)(?:\s?»|”|\"|’)",
    re.IGNORECASE,
)
"""Quotation marks around what the author says they have: “votre « problème »”."""


_LISTS: Final = {
    "insults": ("insults", "threats", "harmless"),
    "mockery": ("always", "to_complaints", "refusals"),
}


def banned_words(candidate: Candidate, policy: GuardPolicy) -> Iterator[Raised]:
    """Raise for each word the brand does not want to say."""
    said = Folded(candidate.text)
    for pattern in policy.banned:
        if match := pattern.search(said.text):
            yield Raised(_("{text} is a word the brand does not say").format(text=said.found(match)))


def brand_rule(candidate: Candidate, policy: GuardPolicy) -> Iterator[Raised]:
    """Raise for each rule of the brand's own that holds, at that rule's level."""
    said = Folded(candidate.text)
    for rule in policy.rules:
        if match := rule.pattern.search(said.text):
            told = _("{rule}: {text}").format(rule=rule.name, text=said.found(match))
            yield Raised(f"{told}. {rule.advice}" if rule.advice else told, rule.level)


def insult(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where the author is insulted or threatened; what they said themselves may be quoted."""
    text = _own_words(candidate)
    said = Folded(text)
    if turn := listed("insults", "threats").find(said):
        yield Raised(_("{text} threatens the author").format(text=quote(turn)))
        return
    if turn := listed("insults", "insults").find(said):
        yield Raised(_("{text} insults the author").format(text=quote(turn)))
        return
    reading = _reader().read(listed("insults", "harmless").without(said))
    if scoring.hostility(reading) >= Hostility.INSULTING:
        if reading.sums[Cue.THREAT] >= 1:
            yield Raised(_("{text} threatens the author").format(text=quote(reading.said(Cue.THREAT))))
        else:
            words = reading.said(Cue.INSULT, Cue.HATEFUL)
            yield Raised(_("{text} insults the author").format(text=quote(words)))


def sarcasm(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise for turns and signs that the author will hear as mockery, and for rude words."""
    text = _own_words(candidate)
    said = Folded(text)
    talk = candidate.conversation
    unhappy = talk.kind is Kind.COMPLAINT or talk.tone is Tone.NEGATIVE
    if unhappy and (sign := _LAUGHING.search(text)):
        yield Raised(_("{text}, to somebody who complains").format(text=quote(sign.group())))
    elif turn := _mocking(said, unhappy=unhappy) or _mocking_signs(text):
        yield Raised(_("the author may hear mockery in {text}").format(text=quote(turn)))
    elif talk.kind is not Kind.PRAISE and (smile := _smiling_refusal(text)):
        yield Raised(_("it refuses with a smile: {text}").format(text=quote(smile)))
    else:
        reading = _reader().read(text)
        if reading.sums[Cue.RUDE] >= _RUDE:
            yield Raised(_("{text} is rude").format(text=quote(reading.said(Cue.RUDE))))


def _mocking(said: Folded, *, unhappy: bool) -> str:
    found = listed("mockery", "always").find(said)
    return found or (listed("mockery", "to_complaints").find(said) if unhappy else "")


def _mocking_signs(text: str) -> str:
    found = _JEERING.search(text) or _MOCKED.search(text)
    return found.group() if found else ""


def _smiling_refusal(text: str) -> str:
    """Return the sentence that refuses and ends in a smile; a smile after a friendlier one is none."""
    for sentence in re.split(r"(?<=[.!?…])\s+(?=[^\W_])|\n", text):
        smile = _SMILE.search(sentence)
        if (
            smile
            and not re.search(r"\w", sentence[smile.end() :])
            and listed("mockery", "refusals").find(Folded(sentence))
        ):
            return sentence.strip()
    return ""


def _own_words(candidate: Candidate) -> str:
    """Return the text without what it quotes of the author, and without abuse that it tells of."""
    theirs = " ".join(fold(it.mention.text) for it in candidate.mentions)

    def kept(match: re.Match[str]) -> str:
        inner = next(filter(None, match.groups()), "")
        return " " if fold(inner).strip() in theirs else match.group()

    return _REPORTED.sub(" ", _QUOTED.sub(kept, candidate.text))


def prepare() -> None:
    """Read the lists and triage's tables, which the first check would wait for."""
    for name, groups in _LISTS.items():
        for group in groups:
            listed(name, group)
    for text in ("bonjour, merci", "hello, thank you"):
        _reader().read(text)


@cache
def _reader() -> Reader:
    """Return triage's reader of texts, made when it is first needed."""
    return Reader()
