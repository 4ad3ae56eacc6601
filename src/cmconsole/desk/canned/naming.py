"""How strangers may be called: what of a display name can stand in a reply, and its first name if sure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from cmconsole.core.text import fold

NAME_LIMIT: Final = 40
"""Most characters of a display name that are repeated in a reply."""

_READ: Final = 120
_FIRST_NAMES: Final = Path(__file__).parent / "first_names.txt"
_ENDS: Final = re.compile(r"\s[-–—•·~]+\s|[|/\\(\[{<:;,•·–—#]")
"""What a name ends at: “Ada Verlaine | journalist”, “Ada (she/her)”, “Ada - parody”."""

_SPOKEN: Final = re.compile(r"[^\w\s'’&.-]|_")
_NO_NAME: Final = re.compile(r"@|://|www\.|\w\.\w|\d{4}|#")
"""What a word of a name must not hold: a mention, a link (platforms link `evil.example`), a long number."""

_SURNAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-])*\.?\Z")
_LONGEST: Final = 3
"""Most words of a name of a person: first name and surname, with a particle or a second one."""

_FIRMS: Final = frozenset(
    {
        "academy", "actu", "actus", "agence", "agency", "app", "art", "asso", "association", "auto",
        "bakery", "bank", "banque", "bar", "beauty", "bijoux", "blog", "books", "bot", "boutique",
        "business", "cafe", "center", "centre", "club", "co", "coaching", "coiffure", "company",
        "conseil", "cosmetics", "couture", "creations", "daily", "design", "editions", "fan",
        "fans", "fanclub", "fashion", "fc", "films", "fm", "fondation", "food", "formation",
        "foundation", "france", "garage", "group", "groupe", "hotel", "immo", "immobilier", "inc",
        "info", "infos", "journal", "kids", "live", "ltd", "mag", "magazine", "mairie", "market",
        "marketing", "media", "medias", "mode", "music", "musique", "news", "office", "officiel",
        "officielle", "official", "online", "optique", "paris", "parody", "parodie", "parfums",
        "photo", "photography", "photographie", "pizza", "podcast", "press", "presse", "pro",
        "production", "productions", "pub", "quotes", "radio", "records", "restaurant", "sarl",
        "sas", "school", "service", "services", "shop", "solutions", "sport", "sports", "store",
        "studio", "studios", "support", "taxi", "team", "tech", "theatre", "tours", "travel", "tv",
        "uk", "usa", "voyages", "world",
    }
)  # fmt: skip
"""Words that say that a name is not one person's."""

_CALLED_LIKE_PERSONS: Final = frozenset(
    {
        "alain afflelou", "calvin klein", "christian dior", "christian louboutin", "hugo boss",
        "jack daniels", "jack daniel's", "jacques vabre", "jean coutu", "jean louis david",
        "jean paul gaultier", "jimmy choo", "louis vuitton", "marie claire", "marie france",
        "marie sharp's", "michel et augustin", "michael kors", "paul smith", "petit bateau",
        "philip morris", "pierre cardin", "pierre fabre", "ralph lauren", "sonia rykiel",
        "stella mccartney", "tommy hilfiger", "vanessa bruno", "yves rocher", "yves saint laurent",
        "zadig et voltaire",
    }
)  # fmt: skip


def spoken(name: str) -> str:
    """Return what of a display name can be repeated in public: letters and figures; empty where nothing can.

    No braces, links, mentions, hashtags, emoji or line breaks are left, and at most NAME_LIMIT characters.
    """
    words = [word for word in _plain(name).split() if not _NO_NAME.search(word)]
    kept = [word.strip("'’&.-") for word in _SPOKEN.sub(" ", " ".join(words)).split()]
    text = ""
    for word in filter(None, kept):
        if len(text) + len(word) >= NAME_LIMIT:
            break
        text = f"{text} {word}".lstrip()
    return text


def first_name(name: str) -> str:
    """Return the first name a display name surely holds; empty where there is any doubt.

    Sure is: it begins with a first name of the list, and nothing in it says that it is no person's.
    """
    name = _plain(name)
    head = next((part for part in _ENDS.split(name) if part.strip()), "")
    words = spoken(head).split()
    if not words or len(words) > _LONGEST or _NO_NAME.search(head) or not all(map(_SURNAME.match, words)):
        return ""
    if _is_firm(words) or not _FIRMS.isdisjoint(re.findall(r"\w+", fold(name))):
        return ""
    if len(words) == 2 and words[0].isupper() and words[1].istitle() and _listed(words[1]):  # noqa: PLR2004 - DUPONT Marie
        return words[1]
    return _in_capitals(words[0]) if _listed(words[0]) else ""


def _plain(name: str) -> str:
    """Return the beginning of a name in plain letters: some write theirs in mathematical ones (NFKC)."""
    return unicodedata.normalize("NFKC", name[:_READ])


def _is_firm(words: list[str]) -> bool:
    return fold(" ".join(words)).replace("-", " ") in _CALLED_LIKE_PERSONS


def _listed(word: str) -> bool:
    """Say whether a word is a first name of the list, or two joined by a hyphen."""
    parts = fold(word).split("-")
    return len(parts) <= 2 and all(part in _names() for part in parts)  # noqa: PLR2004 - Jean-Pierre


def _in_capitals(word: str) -> str:
    """Return a first name as one writes it, where its owner wrote it all small or all large."""
    if not (word.islower() or word.isupper()):
        return word
    return "-".join(part.capitalize() for part in word.split("-"))


@cache
def _names() -> frozenset[str]:
    lines = _FIRST_NAMES.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
