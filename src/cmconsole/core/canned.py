"""A canned response: a prepared reply with a shortcode, variants by language, placeholders and hints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from cmconsole.core.verdict import Hostility, Kind, Lane, Severity

STARTER: Final = "starter"
"""The source of the responses that come with cmconsole: no file of a desk's own is called so."""

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Canned:
    """A canned response.

    code: what stands after the `/`. texts: by language (`fr`, `en`), its variants in the file's order.
    kinds, lanes, platforms, themes, severities: what it is meant for; empty: anything. hostility: it is meant
    for words at least so abusive. owner: who keeps it right. review: until when they said it holds; None:
    for good. asks: what the writer is asked for, by placeholder, each with the question.
    source: the name of its file; STARTER for one of ours.
    """

    code: str
    title: str
    texts: Mapping[str, tuple[str, ...]]
    kinds: frozenset[Kind] = frozenset()
    lanes: frozenset[Lane] = frozenset()
    platforms: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    hostility: Hostility = Hostility.NONE
    owner: str = ""
    review: date | None = None
    asks: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    source: str = ""


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of a text's placeholders, each once, in order: `{name}` of a-z, 0-9 and _."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def pieces(text: str) -> tuple[str, ...]:
    """Return what stands around a text's placeholders: one piece more than there are placeholders."""
    return tuple(_PLACEHOLDER.split(text)[::2])


def substituted(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled; one without a value stays as it is.

    What is filled in is not read again, and loses its braces: it cannot become a placeholder later on.
    """
    return _PLACEHOLDER.sub(
        lambda found: _braceless(values[found[1]]) if values.get(found[1]) else found[0], text
    )


def stray_brace(text: str) -> bool:
    """Say whether a text holds a brace that is no placeholder's: `{First Name}`, `{{name}}`, `{prénom}`."""
    bare = _PLACEHOLDER.sub("", text)
    return "{" in bare or "}" in bare


def _braceless(value: str) -> str:
    return value.replace("{", "(").replace("}", ")")
