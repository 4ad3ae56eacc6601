"""What is wrong with a library of canned responses: too long, not translated, out of date and the like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core.canned import placeholders, substituted
from cmconsole.desk.canned.filling import KNOWN, platform_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from cmconsole.config.canned import Library
    from cmconsole.core.canned import Canned

_LINK: Final = re.compile(r"https?://[^\s<>\"«»]+")
_LINK_END: Final = ".,;:!?)]’'"

_LONG: Final = {
    "first_name": "Marie-Christine",
    "name": "Marie-Christine de la Fontaine",
    "handle": "marie_christine",
    "bonjour": "Bonjour Marie-Christine",
    "hello": "Hi Marie-Christine",
    "time_greeting": "Good afternoon",
    "theme": "availability",
    "platform": "Mastodon",
    "person": "Marie-Christine",
    "account": "acme_assistance",
    "brand": "Acme Assistance",
    "signature": "",
}
"""The longest that each placeholder plausibly brings in; a signature comes with the composing anyway."""

_LONG_LINK: Final = "https://www.example.org/aide/commandes/suivi"
_LONG_WORDS: Final = "du lundi au samedi, de 9 h à 19 h"
_LINKS: Final = ("link", "url", "page")
_HANDLES: Final = {"mastodon": "marie_christine@mastodon.social", "bluesky": "marie-christine.bsky.social"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong.

    about: a stable word for programs: `file`, `translation`, `length`, `placeholder`, `variant`, `review`,
    `link`. code: of the response; empty where it concerns a whole file. says: the sentence, without the code.
    """

    about: str
    code: str
    says: str


def troubles(
    library: Library,
    *,
    languages: Collection[str],
    platforms: Collection[str],
    today: date,
    brand: str = "",
    signature: str = "",
) -> Iterator[Trouble]:
    """Yield what is wrong with a library, response by response.

    languages: those the brand answers in. platforms: those it may answer on. signature: as it is published.
    """
    for complaint in library.complaints:
        yield Trouble("file", "", complaint)
    for canned in library.responses.values():
        yield from _untranslated(canned, languages)
        yield from _unknown(canned)
        yield from _twice(canned)
        yield from _too_long(canned, canned.platforms & {*platforms} or platforms, brand, signature)
        if canned.review is not None and canned.review < today:
            yield Trouble("review", canned.code, _overdue(canned))


def links(library: Library) -> Mapping[str, tuple[str, ...]]:
    """Return the links of all texts, each with the codes of the responses that hold it."""
    found: dict[str, dict[str, None]] = {}
    for canned in library.responses.values():
        for text in (text for variants in canned.texts.values() for text in variants):
            for match in _LINK.findall(text):
                link = match.rstrip(_LINK_END)
                if not placeholders(link):
                    found.setdefault(link, {})[canned.code] = None
    return {link: tuple(codes) for link, codes in found.items()}


def _untranslated(canned: Canned, languages: Collection[str]) -> Iterator[Trouble]:
    names = {"fr": _("French"), "en": _("English")}
    for language in languages:
        if language not in canned.texts:
            says = _("has no text in {language}.").format(language=names.get(language, language))
            yield Trouble("translation", canned.code, says)


def _unknown(canned: Canned) -> Iterator[Trouble]:
    """Yield placeholders that nothing fills and that the file does not say to ask for."""
    every = [text for variants in canned.texts.values() for text in variants]
    for name in dict.fromkeys(name for text in every for name in placeholders(text)):
        if name in KNOWN or name in canned.asks:
            continue
        near = get_close_matches(name, [*KNOWN, *canned.asks], n=1)
        if near:
            says = _("{placeholder} is not filled by itself. Did you mean {near}?").format(
                placeholder=f"{{{name}}}", near=f"{{{near[0]}}}"
            )
        else:
            says = _(
                "{placeholder} is not filled by itself; if it is to be asked for, say so in ask."
            ).format(placeholder=f"{{{name}}}")
        yield Trouble("placeholder", canned.code, says)


def _twice(canned: Canned) -> Iterator[Trouble]:
    for language, variants in canned.texts.items():
        if len({*variants}) < len(variants):
            says = _("{language}: two variants are the same.").format(language=language)
            yield Trouble("variant", canned.code, says)


def _too_long(canned: Canned, platforms: Collection[str], brand: str, signature: str) -> Iterator[Trouble]:
    """Yield variants that would not fit even where all that is filled in is of a usual length."""
    for platform in sorted(platforms):
        for language, variants in canned.texts.items():
            for number, text in enumerate(variants, start=1):
                over = _over(longest(text, brand), platform, signature)
                if over > 0:
                    says = ngettext(
                        "{language}, variant {number}: {count} character too long for {platform}.",
                        "{language}, variant {number}: {count} characters too long for {platform}.",
                        over,
                    )
                    yield Trouble(
                        "length",
                        canned.code,
                        says.format(
                            language=language, number=number, count=over, platform=platform_name(platform)
                        ),
                    )


def longest(text: str, brand: str = "") -> str:
    """Return a text filled with the longest that is plausible."""
    values = {
        name: _LONG_LINK if any(word in name for word in _LINKS) else _LONG_WORDS
        for name in placeholders(text)
    }
    return substituted(text, values | _LONG | ({"brand": brand} if brand else {}))


def _over(text: str, platform: str, signature: str) -> int:
    """Return how many characters a post would be too long, as it is composed for the platform."""
    from cmconsole.desk.reply.compose import compose  # noqa: PLC0415 - what few need
    from cmconsole.desk.reply.length import measure  # noqa: PLC0415 - the same

    handle = _HANDLES.get(platform, _LONG["handle"])
    parts = compose(
        text, platform=platform, handle=handle, domain="", signature=signature, most=None, split=False
    )
    return max((measure(platform, part, most=None).over for part in parts), default=0)


def _overdue(canned: Canned) -> str:
    review = canned.review.isoformat() if canned.review else ""
    if canned.owner:
        return _("was to be reviewed by {date}, by {owner}.").format(date=review, owner=canned.owner)
    return _("was to be reviewed by {date}.").format(date=review)
