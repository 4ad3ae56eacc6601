"""The copy-paste meter: how often a response was used, and where saying it again would be a duplicate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core.canned import pieces
from cmconsole.core.clock import DAY, Instant
from cmconsole.desk import when

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from cmconsole.core.canned import Canned
    from cmconsole.core.conversation import Conversation
    from cmconsole.store.replying import Said

DUPLICATE_SPAN: Final = DAY
"""How long a text counts as the same text again. X tells no number; a day is what its users report."""

_BEFORE: Final = 120
"""Most characters that may stand before a variant in what was said: the mention a platform begins it with."""

_AFTER: Final = 60
"""Most characters after it: a signature, and the sign of a thread's part."""

_FILLING: Final = 200
"""Most characters a placeholder is thought to have brought in."""

_BLANKS: Final = re.compile(r"\s+")
_LOOKED_AT: Final = 200
"""Most uses of a response among which the last of each variant is looked for."""

_WORD: Final = re.compile(r"\w{3,}")
_ALIKE: Final = 0.5
"""Share of words in common from which an edited text is taken for a variant."""


@dataclass(frozen=True, slots=True)
class Use:
    """A variant that was said: when, and whether in this very thread."""

    language: str
    variant: int
    at: Instant
    here: bool


@dataclass(frozen=True, slots=True)
class _Variant:
    """A variant as it is recognised: what stands around its placeholders, and its words."""

    language: str
    number: int
    around: tuple[str, ...]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Meter:
    """How often a response was used. today: since midnight. here: in this thread. lately: of all known."""

    today: int = 0
    here: int = 0
    lately: int = 0


def read(said: Sequence[Said], conversation: Conversation, *, zone: tzinfo, now: Instant) -> Meter:
    """Return how a response was used. said: what began as it and was said lately."""
    midnight = when.instant(datetime.combine(when.local(now, zone).date(), time(), zone))
    return Meter(
        today=sum(midnight <= it.at for it in said),
        here=sum(in_thread(it, conversation) for it in said),
        lately=len(said),
    )


def uses(canned: Canned, said: Sequence[Said], conversation: Conversation) -> tuple[Use, ...]:
    """Return which variants of a response were said, newest first; what was rewritten is not told.

    said: what began as it, newest first.
    """
    variants = tuple(
        _Variant(language, number, tuple(map(_even, pieces(text))), _words(text))
        for language, texts in canned.texts.items()
        for number, text in enumerate(texts)
    )
    told = ((it, _variant(variants, _even(it.text))) for it in said[:_LOOKED_AT])
    found = [Use(*of, it.at, in_thread(it, conversation)) for it, of in told if of is not None]
    return tuple(sorted(found, key=lambda use: -use.at))


def told(today: int, here: int) -> str:
    """Return the meter in words: “used 9 times today, 3 in this thread”; empty where it was not used."""
    if not today and not here:
        return ""
    used = ngettext("used once today", "used {count} times today", today).format(count=today)
    if not today:
        used = _("not used today")
    if not here:
        return used
    return _("{used}, {count} in this thread").format(used=used, count=here)


def near(
    said: Sequence[Said], conversation: Conversation, *, platform: str, account: str, now: Instant
) -> tuple[tuple[str, bool], ...]:
    """Return what must not be said again for this conversation, each with whether it stands in its thread.

    X refuses the same words of the same account wherever they stand; elsewhere only the thread counts.
    """
    found = []
    for it in said:
        here = in_thread(it, conversation)
        mine = platform == "x" and (it.platform, it.account) == (platform, account)
        if here or (mine and now - it.at < DUPLICATE_SPAN):
            found.append((_even(it.text), here))
    return tuple(found)


def duplicate(text: str, others: Sequence[tuple[str, bool]]) -> str:
    """Return why saying a text again would be a duplicate; empty where it would not.

    text: as far as it can be filled without asking; what is still to be filled could be anything.
    others: what `near` returned.
    """
    around = tuple(map(_even, pieces(text)))
    told = {here for other, here in others if _made_of(other, around)}
    if True in told:
        return _("These very words stand in this thread already.")
    return _("X refuses the same words again so soon (403, duplicate content).") if told else ""


def in_thread(said: Said, conversation: Conversation) -> bool:
    """Say whether something was said in the conversation's thread, to whomever there."""
    if said.conversation_id == conversation.id:
        return True
    return bool(said.thread) and (said.platform, said.thread) == (conversation.platform, conversation.thread)


def _made_of(text: str, around: Sequence[str]) -> bool:
    """Say whether a text is made of these pieces in order, with something between them, and little around."""
    first, *others = around
    at = text.find(first, 0, _BEFORE + len(first))
    if at < 0:
        return False
    at += len(first)
    for piece in others:
        at = text.find(piece, at, at + _FILLING + len(piece))
        if at < 0:
            return False
        at += len(piece)
    # A text that ends with a placeholder ends wherever it was filled to.
    return len(text) - at <= _AFTER + (0 if around[-1] else _FILLING)


def _even(text: str) -> str:
    """Return a text with all its blanks alike: platforms trim and compose them as they like."""
    return _BLANKS.sub(" ", text)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _variant(variants: Sequence[_Variant], text: str) -> tuple[str, int] | None:
    """Return which variant a text was made of, by language and number; None where it was rewritten."""
    for it in variants:
        if _made_of(text, it.around):
            return it.language, it.number
    written, best, found = _words(text), _ALIKE, None
    for it in variants:
        share = len(it.words & written) / (len(it.words | written) or 1)
        if share > best:
            best, found = share, (it.language, it.number)
    return found
