"""Finds the links in a text as platforms do, and says of each host what is odd about it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cmconsole.core.autolinks import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DATA: Final = Path(__file__).with_name("links.toml")
_TRAILING: Final = ".,;:!?…'\"»”’)]}>*_"
_WHOLE: Final = re.compile(r"(?:https?://|(?<![\w@./-])www\.)[^\s<>\"«»“”|\\^`]+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link. host: lower case, without `www.` and port. masked: a name stands before it (`acme.fr@…`).

    bare: it has neither `https://` nor `www.` before it.
    """

    text: str
    host: str
    masked: bool = False
    bare: bool = False

    @property
    def is_meant(self) -> bool:
        """Whether it is no slip: a blank forgotten after a full stop makes a link, too (`merci.Je`)."""
        if not self.bare or len(self.text) > len(self.host):
            return True
        ending = self.text.rpartition(".")[2]
        return ending.lower() in _told()["endings"] and (ending.islower() or self.text.isupper())

    @property
    def is_short(self) -> bool:
        """Whether its host only passes on, so that nobody sees where it leads."""
        return self.host in _told()["shorteners"]

    @property
    def is_number(self) -> bool:
        """Whether its host is an address without a name."""
        return bool(_NUMBER.fullmatch(self.host))

    @property
    def is_odd(self) -> bool:
        """Whether its host has letters beyond ASCII, bare or encoded (`xn--`): they may imitate others."""
        return not self.host.isascii() or any(it.startswith("xn--") for it in self.host.split("."))

    def is_of(self, domains: Iterable[str]) -> bool:
        """Say whether its host is one of the domains, or below one."""
        host = _decoded(self.host)
        return any(host == it or host.endswith(f".{it}") for it in map(_decoded, domains))


def links(text: str) -> tuple[Link, ...]:
    """Return the links in a text, in order: whole addresses, and bare names such as `acme.fr/help`."""
    found: list[tuple[int, Link]] = []
    taken: list[tuple[int, int]] = []
    for match in _WHOLE.finditer(text):
        taken.append(match.span())
        if link := _whole(match.group()):
            found.append((match.start(), link))
    for start, end in places(text):
        if not any(begin <= start < over for begin, over in taken) and (link := _whole(text[start:end])):
            found.append((start, replace(link, bare=True)))
    return tuple(link for _place, link in sorted(found, key=lambda pair: pair[0]))


def _whole(raw: str) -> Link | None:
    text = _trimmed(raw)
    rest = re.sub(r"https?://", "", text, count=1, flags=re.IGNORECASE)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    before, at, host = authority.rpartition("@")
    host = re.sub(r":\d*\Z", "", host).lower().rstrip(".").removeprefix("www.")
    return Link(text, host, bool(at and before)) if host else None


def _trimmed(text: str) -> str:
    """Return an address without the punctuation after it; a bracket that was opened inside it stays."""
    while text and text[-1] in _TRAILING and not (text[-1] == ")" and text.count("(") >= text.count(")")):
        text = text[:-1]
    return text


def _decoded(host: str) -> str:
    return ".".join(_labels(host.lower()))


def _labels(host: str) -> Iterator[str]:
    for label in host.split("."):
        try:
            yield label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
        except UnicodeError:
            yield label


@cache
def _told() -> dict[str, frozenset[str]]:
    """Return the lists of links.toml."""
    lists = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {name: frozenset(entries) for name, entries in lists.items()}
