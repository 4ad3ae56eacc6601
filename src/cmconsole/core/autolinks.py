"""Where a platform sees web addresses in a text: the rule of twitter-text, which Mastodon extends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from cmconsole.core.domains import ACCENTED, LONGEST, PLAIN

Place: TypeAlias = tuple[int, int]
"""Where something begins in a text, and where it is over."""

MOST_ADDRESS: Final = 4_096
"""Most characters of an address, its domain written in ASCII."""

_MOST_LABEL: Final = 63
_MOST_SLUG: Final = 40
"""Most characters of what follows `t.co/`."""

_MARKS: Final = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BLANKS: Final = r"\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BREAKS: Final = rf"!#$%&'()*+,/:;<=>?@\[\]\\^{{|}}~{_BLANKS}{_MARKS}\ufffe\ufeff\uffff"
"""What no domain holds."""

_LATIN: Final = (
    r"\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272"
    r"\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_RUN: Final = re.compile(rf"[^{_BREAKS}]+")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_ENCODED: Final = re.compile(r"[Xx][Nn]--[-0-9A-Za-z]+")
_TYPED: Final = re.compile(rf"(?:[-A-Za-z0-9{_LATIN}]+\.)+")
"""The beginning of a domain that counts without `https://` before it: Chinese runs on without a blank."""

_DOTS: Final = re.compile(r"[.\u3002\uff0e\uff61]")
_TIED: Final = frozenset("@＠$#＃\ufffe\ufeff\uffff")
"""What may not stand before an address, as letters and digits of ASCII may not."""

_ASIDE: Final = frozenset("-_./")
"""What may not stand before one without `https://`."""

_GLUED: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz@+-")
"""What may not follow a top-level domain."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What differs between platforms.

    opening: an address's beginning up to its domain. rest: what may follow the domain, its path as a group.
    bare: a domain is an address without an opening, too.
    """

    opening: re.Pattern[str]
    rest: re.Pattern[str]
    bare: bool


def _rest(path: str, ending: str, query: str, query_ending: str) -> re.Pattern[str]:
    """Return the rule for port, path and query, of which the last character may not be just any."""
    brackets = rf"\((?:{path}+|{path}*\({path}+\){path}*)\)"
    return re.compile(
        rf"(?::[0-9]+)?(?P<path>/(?:(?:{path}|{brackets})*{ending})?(?:{brackets})*)?"
        rf"(?:\?{query}*{query_ending})?"
    )


_Q: Final = r"A-Za-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@"
_OTHERS: Final = r"\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\uffef\U00010000-\U0010fffd"

X: Final = Grammar(
    re.compile(r"(?i:https?)://\Z"),
    _rest(
        rf"[A-Za-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]",
        rf"[+\-A-Za-z\u0400-\u04ff0-9=_#/{_LATIN}]",
        f"[{_Q}]",
        r"[A-Za-z0-9\-_&=#/]",
    ),
    bare=True,
)
"""https://github.com/twitter/twitter-text, its `extractUrlsWithIndices`."""

MASTODON: Final = Grammar(
    re.compile(r"(?i:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)://\Z"),
    _rest(
        r"[^\s<>()?]",
        r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]",
        rf"[{_Q}\^{_OTHERS}]",
        rf"[A-Za-z0-9_&=#/\-{_OTHERS}]",
    ),
    bare=False,
)
"""https://github.com/mastodon/mastodon/blob/main/config/initializers/twitter_regex.rb"""

_LONGEST_OPENING: Final = len("gopher://")


def places(text: str, grammar: Grammar = X) -> list[Place]:
    """Return where a text holds addresses, in order; it is expected in Unicode's normal form NFC."""
    found: list[Place] = []
    if "." not in text:
        return found
    taken = 0
    for run in _RUN.finditer(text):
        if run.end() > taken and "." in run.group():
            for some, end in _in_run(text, run.span(), taken, grammar):
                found += some
                taken = end
    return found


def _in_run(text: str, run: Place, taken: int, grammar: Grammar) -> Iterator[tuple[list[Place], int]]:
    """Yield the addresses that begin in a run of characters domains are made of, and where each match ends.

    taken: up to where the text belongs to addresses already. What looks like an address and is none is
    passed over whole, so that no part of it is taken for one.
    """
    labels = _labels(text, run)
    ends = _ends(text, labels)
    for number, (first, dot) in enumerate(labels[:-1]):
        if dot - 1 < max(first, taken) or text[dot - 1] in _ASIDE:
            continue
        ruled = text.rfind("_", first, dot)
        for start in range(max(first, taken), dot):
            if start < taken:
                continue
            end = ends[number + 1][0] or (ends[number + 1][1] if start > ruled else 0)
            opening = _opening(text, start, taken, grammar) if start == run[0] else None
            before = start if opening is None else opening
            if not end or text[start] in _ASIDE or not _is_free(text, start, taken):
                continue
            rest = grammar.rest.match(text, end)
            taken = rest.end() if rest else end
            has_path = bool(rest and rest["path"])
            if not _is_valid(text[start:end], (start - before) + taken - before, is_open=opening is not None):
                yield [], taken
            elif opening is not None:
                yield _short(text, opening, taken), taken
            elif grammar.bare and (start == 0 or text[start - 1] not in _ASIDE):
                yield _typed(text, (start, end), taken if has_path else 0), taken
            else:
                yield [], taken


def _labels(text: str, run: Place) -> list[Place]:
    """Return the pieces of a run between its dots."""
    found, first = [], run[0]
    while (dot := text.find(".", first, run[1])) >= 0:
        found.append((first, dot))
        first = dot + 1
    return [*found, (first, run[1])]


def _ends(text: str, labels: list[Place]) -> list[Place]:
    """Return for each label where a domain ends that goes on with it, 0 for nowhere.

    Twice: the end of the longest domain in which others follow it, and of the one in which it is the last.
    """
    ends = [(0, 0)] * len(labels)
    for number in range(len(labels) - 1, 0, -1):
        first, dot = labels[number]
        longer = 0
        if number + 1 < len(labels) and first < dot and not {text[first], text[dot - 1]} & _ASIDE:
            onward, last = ends[number + 1]
            longer = onward or (last if text.find("_", first, dot) < 0 else 0)
        ends[number] = (longer, _top_level(text, first, dot))
    return ends


def _top_level(text: str, first: int, dot: int) -> int:
    """Return where the top-level domain ends with which a label begins, 0 where it begins with none."""
    if encoded := _ENCODED.match(text, first, dot):
        return encoded.end()
    if not text[first : first + LONGEST].isascii():
        for end in range(min(first + LONGEST, dot), first, -1):
            if text[first:end].lower() in ACCENTED and text[end : end + 1] not in _GLUED:
                return end
    letters = _LETTERS.match(text, first, dot)
    if letters and letters.group().lower() in PLAIN and text[letters.end() : letters.end() + 1] not in _GLUED:
        return letters.end()
    return 0


def _opening(text: str, start: int, taken: int, grammar: Grammar) -> int | None:
    """Return where `https://` begins that ends at a place and may, None where there is none."""
    if text[start - 1 : start] != "/":
        return None
    since = max(taken, start - _LONGEST_OPENING)
    found = grammar.opening.search(text[since:start])
    return since + found.start() if found and _is_free(text, since + found.start(), taken) else None


def _is_free(text: str, start: int, taken: int) -> bool:
    """Say whether what stands before a place lets an address begin there."""
    if start == 0:
        return True
    before = text[start - 1]
    return start > taken and before not in _TIED and not (before.isascii() and before.isalnum())


def _is_valid(domain: str, length: int, *, is_open: bool) -> bool:
    """Say whether there may be such a domain, in an address of so many characters."""
    if length + (0 if is_open else len("https://")) > MOST_ADDRESS:
        return False
    labels = _DOTS.split(domain)
    if any(not 0 < len(label) <= _MOST_LABEL for label in labels):
        return False
    if domain.isascii():
        return True
    try:
        written = domain.encode("idna")
    except UnicodeError:
        return False
    return length + len(written) - len(domain) <= MOST_ADDRESS


def _short(text: str, start: int, end: int) -> list[Place]:
    """Return the place of an address with an opening; X's own short links hold nothing after their code."""
    found = _X_SHORT.match(text, start, end)
    if found is None:
        return [(start, end)]
    return [] if len(found["slug"]) > _MOST_SLUG else [(start, found.end())]


_X_SHORT: Final = re.compile(rf"(?i:https?://t\.co/)(?P<slug>[A-Za-z0-9]+)(?:\?[{_Q}]*[A-Za-z0-9\-_&=#/])?")


def _typed(text: str, domain: Place, end: int) -> list[Place]:
    """Return the places of domains typed without an opening; the last has the path. end: of it, 0: none."""
    found: list[Place] = []
    at = domain[0]
    while chain := _TYPED.search(text, at, domain[1]):
        at = chain.end()
        for dot in range(chain.end() - 1, chain.start(), -1):
            if text[dot] == "." and (top := _top_level(text[: domain[1]], dot + 1, domain[1])):
                found.append((chain.start(), top))
                at = top
                break
    if found and end:
        found[-1] = (found[-1][0], end)
    return found
