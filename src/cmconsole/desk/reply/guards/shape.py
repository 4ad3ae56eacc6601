"""Guards of a text's shape: empty, unfilled, too long, shouted, in another language than the post."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core.text import visible
from cmconsole.desk.reply.guards.guard import Raised
from cmconsole.desk.reply.guards.quoting import platform_name, quote
from cmconsole.desk.reply.length import measure
from cmconsole.triage import language as tongue
from cmconsole.triage.words import cut, elided, norm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate

_PLACEHOLDER: Final = re.compile(r"\{[a-z0-9_]+\}")
_BESIDE: Final = re.compile(r"@[\w.-]+(?:@[\w.-]+)?|#\w+|(?:https?://|www\.)\S+", re.IGNORECASE)
"""Handles, hashtags and links: they are no words of ours, and written as their owners write them."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FEWEST_SHOUTED: Final = 3
_SHORTEST_SHOUTED: Final = 12
"""Words in capitals one after another, and letters in them, from which they shout: `SAV, PDF` do not."""

_WHOLE: Final = 8
"""Letters from which a text all in capitals shouts, however few its words."""

_LONG_WORD: Final = 5
"""Letters of the longest of them: names of laws, norms and machines are made of short ones."""


def empty(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where there is nothing to read."""
    said = visible(candidate.text).strip()
    if not said:
        yield Raised(_("there is no text yet"))
    elif not (_BESIDE.sub("", said).strip() or "://" in said or "#" in said):
        yield Raised(_("there is nothing in it but {text}").format(text=quote(said)))


def unfilled(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where a placeholder is left."""
    left = dict.fromkeys(_PLACEHOLDER.findall("\n".join((candidate.text, *candidate.parts))))
    if left:
        told = ngettext(
            "this still has to be filled in: {names}", "these still have to be filled in: {names}", len(left)
        )
        yield Raised(told.format(names=", ".join(left)))


def too_long(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where a post would be longer than its platform takes."""
    platform = candidate.conversation.platform
    parts = candidate.parts or (candidate.text,)
    for number, part in enumerate(parts, start=1):
        length = measure(platform, part, most=candidate.most)
        if over := length.over:
            if length.is_over_in_bytes:
                told = ngettext("{n} byte too many for {platform}", "{n} bytes too many for {platform}", over)
            else:
                told = ngettext(
                    "{n} character too many for {platform}", "{n} characters too many for {platform}", over
                )
            said = told.format(n=over, platform=platform_name(platform))
            if len(parts) > 1:
                said = _("post {number} of {all}: {said}").format(number=number, all=len(parts), said=said)
            yield Raised(said)
            return


def capitals(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where words are shouted: three or more in a row, or all there are."""
    text = _BESIDE.sub(" . ", candidate.text)
    letters = [sign for sign in text if sign.isalpha()]
    if (
        len(letters) >= _WHOLE
        and not any(sign.islower() for sign in letters)
        and any(sign.isupper() for sign in letters)
    ):
        yield Raised(_("it is all in capitals: {text}").format(text=quote(candidate.text)))
        return
    for row in _shouted(text):
        words = _WORD.findall(row)
        if (
            len(words) >= _FEWEST_SHOUTED
            and sum(map(len, words)) >= _SHORTEST_SHOUTED
            and max(map(len, words)) >= _LONG_WORD
        ):
            yield Raised(_("this reads as shouting: {text}").format(text=quote(row)))
            return


def _shouted(text: str) -> Iterator[str]:
    """Yield the stretches of words in capitals; single letters go along, a figure or a full stop ends one."""
    start = end = None
    for word in _WORD.finditer(text):
        loud = word.group().isupper()
        if start is not None and (not loud or re.search(r"[\d.:;()\n/]", text[end : word.start()])):
            yield text[start:end]
            start = None
        if loud:
            start = word.start() if start is None else start
            end = word.end()
    if start is not None:
        yield text[start:end]


def other_language(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where post and reply are surely in two languages."""
    if candidate.answered is None:
        return
    theirs = surely(candidate.answered.mention.text)
    ours = surely(candidate.text)
    if theirs and ours and theirs != ours:
        names = {tongue.FRENCH: _("French"), tongue.ENGLISH: _("English")}
        told = _("the post is in {theirs}, your reply in {ours}")
        yield Raised(told.format(theirs=names[theirs], ours=names[ours]))


def surely(text: str) -> str:
    """Return the language of a text, an empty string where it is not sure.

    It is where a hint to the contrary changes nothing, and no sentence of it is in another one.
    """
    plain = _BESIDE.sub(" ", text)
    told = {_language(plain, hint) for hint in ("", tongue.FRENCH, tongue.ENGLISH)}
    if len(told) > 1 or tongue.OTHER in told:
        return ""
    told |= {_language(sentence) for sentence in re.split(r"[.!?…\n]", plain)}
    told.discard(tongue.OTHER)
    return told.pop() if len(told) == 1 else ""


def _language(text: str, hint: str = "") -> str:
    total = words = 0
    for token in cut(text):
        if token[0].isalpha():
            words += 1
            total += tongue.marks(norm(token))
            if elision := elided(token):
                total += tongue.marks(elision)
    return tongue.decide(total, words, text, hint)
