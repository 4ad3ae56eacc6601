"""Exactly what is published of a reply: its mention, its signature, and its parts where it is a thread."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from cmconsole.core.fediverse import as_published
from cmconsole.desk.reply.cutting import Cuts
from cmconsole.desk.reply.length import Length, measure

_LINE_ENDS: Final = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_NAME: Final = re.compile(r"[^\W\d_]+")
"""A name's word: Jean-Paul has two."""

_MOST_DIGITS: Final = 4


def compose(
    text: str,
    *,
    platform: str,
    handle: str,
    domain: str = "",
    signature: str = "",
    most: int | None = None,
    split: bool = False,
) -> tuple[str, ...]:
    """Return what is published of a text, one element a post; nothing of a text without a word.

    handle: in full, of whom it answers. domain: of our Mastodon instance. signature: as `signed` makes it; it
    is not put where the text ends with it. most: the server's own limit, None: the platform's usual one.
    split: where the text is too long for one post, make a thread of it, its parts numbered (` 1/3`). None is
    too long then, unless one address, one mention or one character is. Otherwise: one post, however long.
    """
    bare = _LINE_ENDS.sub("\n", text).strip()
    if not bare:
        return ()
    form = _Form(platform, handle, domain, _ending(bare, signature.strip(), platform), most)
    whole = form.published(bare, is_last=True)
    if not split:
        return (whole,)
    length = form.measured(whole)
    return _thread(bare, form, at_least=length.count // max(1, length.most)) if length.over else (whole,)


def signed(signature: str, person: str) -> str:
    """Return a person's signature: `{person}` is their name, `{initials}` its first letters.

    Alice Lemoine is AL, Jean-Paul Sartre JPS, alice A; a name without letters is its own initials.
    """
    initials = "".join(word[0].upper() for word in _NAME.findall(person)) or person
    return signature.replace("{initials}", initials).replace("{person}", person)


@dataclass(frozen=True, slots=True)
class _Form:
    """What is put around a post's words. ending: blank and signature. number: a part's, with its blank."""

    platform: str
    handle: str
    domain: str
    ending: str
    most: int | None
    number: str = ""

    def published(self, words: str, *, is_last: bool) -> str:
        """Return a post with these words."""
        text = f"{words}{self.ending if is_last else ''}{self.number}".lstrip()
        if self.platform == "mastodon" and self.handle:
            return as_published(text, self.handle, self.domain)
        return text

    def measured(self, post: str) -> Length:
        return measure(self.platform, post, most=self.most)


def _ending(text: str, signature: str, platform: str) -> str:
    """Return what is put after a text: blank and signature, nothing where it is signed already."""
    if not signature or re.search(rf"(?<!\S){re.escape(signature)}\Z", text):
        return ""
    return f"\n\n{signature}" if platform == "reddit" else f" {signature}"


def _thread(text: str, form: _Form, *, at_least: int) -> tuple[str, ...]:
    """Return the posts of a thread: room is kept for as many digits as its numbers turn out to have.

    at_least: about how many parts there will be, to spare the attempts with fewer digits.
    """
    cuts = Cuts(text, form.platform)
    parts: list[str] = []
    for digits in range(min(len(str(at_least)), _MOST_DIGITS), _MOST_DIGITS + 1):
        parts = _parts(cuts, replace(form, number=f" {'9' * digits}/{'9' * digits}"))
        if len(str(len(parts))) <= digits:
            break
    return tuple(
        replace(form, number=f" {number}/{len(parts)}").published(part, is_last=number == len(parts))
        for number, part in enumerate(parts, 1)
    )


def _parts(cuts: Cuts, form: _Form) -> list[str]:
    """Return the words of each part; where the last has no room to be signed, some words go with that."""

    def fits(words: str, *, is_last: bool = False) -> bool:
        return not form.measured(form.published(words, is_last=is_last)).over

    parts: list[str] = []
    at = 0
    while at < len(cuts.text):
        end = cuts.furthest(at, fits, is_whole=True)
        if end == len(cuts.text) and form.ending and not fits(cuts.words(at), is_last=True):
            end = cuts.furthest(at, fits, is_whole=False)
            if end == len(cuts.text):
                return [*parts, cuts.words(at), ""]
        parts += [words] if (words := cuts.words(at, end)) else []
        at = end
    return parts
