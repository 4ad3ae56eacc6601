"""Untrusted text made safe and visible: what no terminal may receive raw is shown as a sign instead."""

from __future__ import annotations

import re
import unicodedata

TEXT_LIMIT = 20_000
"""Most characters kept of a mention's text; the rest is cut and counted (200,000 lines freeze a layout)."""

LINE_LIMIT = 400
"""Most lines kept of a mention's text."""

NAME_LIMIT = 120
"""Most characters kept of a name, handle, tag or title."""

LINK_LIMIT = 2_000
"""Most characters of a link; a longer one is dropped, for a cut link leads elsewhere."""

MARKS_LIMIT = 3
"""Most combining marks kept on one character: living scripts need at most three, zalgo uses dozens."""

_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_SUSPECT = re.compile(
    "\r\n|[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
    f"|[{_MARKS}]{{{MARKS_LIMIT + 1},}}"
)
_BIDI_NAMES = {
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip
_BREAKS = frozenset("\r\n\x85\u2028\u2029\x0b\x0c")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20\x7f-\x9f<>\"\\^`{|}]+\Z", re.IGNORECASE)
_TIDY = re.compile(r"(?:[!-~]+(?: [!-~]+)*)?\Z")
_BLANKS = re.compile(r"\s+")
_ANY_MARK = re.compile(f"[{_MARKS}]+")
_PLAIN = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "\N{RIGHT SINGLE QUOTATION MARK}": "'"}
_UNFOLDABLE = re.compile("[" + "".join(_PLAIN) + "]")


_SIGNS: dict[str, str] = {
    **{chr(code): chr(0x2400 + code) for code in range(0x20)},
    **{chr(code): f"\\x{code:02x}" for code in range(0x80, 0xA0)},
    **dict.fromkeys((*_BREAKS, "\r\n"), "\n"),
    **{chr(code): f"‹{name}›" for code, name in _BIDI_NAMES.items()},
    **dict.fromkeys(map(chr, (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF)), "\N{REPLACEMENT CHARACTER}"),
    "\t": " ",
    "\x7f": "\N{SYMBOL FOR DELETE}",
}


def _sign(match: re.Match[str]) -> str:
    """Return the sign for a suspect; a run of marks is cut, what has no sign and no width goes."""
    found = match.group()
    if len(found) > MARKS_LIMIT:
        return found[:MARKS_LIMIT]
    return _SIGNS.get(found, "")


def _unfold(match: re.Match[str]) -> str:
    return _PLAIN[match.group()]


def visible(text: str) -> str:
    r"""Return `text` with every character that could steer a terminal replaced by a visible sign.

    C0 controls become control pictures (ESC is `␛`), DEL `␡`, C1 `\\x9b`, bidi overrides `‹RLO›`, lone
    surrogates and non-characters the replacement character; line breaks of every kind become newlines and
    tabs blanks; zero-width, filler and tag characters go; more than MARKS_LIMIT combining marks in a row
    are cut. Joiners that emoji and scripts need stay. Applying it twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    return _SUSPECT.sub(_sign, text) if _SUSPECT.search(text) else text


def clip(text: str, limit: int) -> str:
    """Return at most `limit` characters, the last an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """Return safe text on one line: blanks folded to one, ends bare, at most `limit` characters."""
    if len(text) <= limit and _TIDY.match(text):
        return text
    head = text[: 4 * limit]
    return clip(_BLANKS.sub(" ", visible(head)).strip(), limit)


def body(text: str) -> str:
    """Return safe text of a post, cut at TEXT_LIMIT characters or LINE_LIMIT lines and saying so."""
    if len(text) <= TEXT_LIMIT and text.isascii() and text.isprintable():
        return text.strip()
    safe = visible(text[: 4 * TEXT_LIMIT]).strip()
    kept = safe[:TEXT_LIMIT]
    if kept.count("\n") >= LINE_LIMIT:
        kept = "\n".join(kept.split("\n", LINE_LIMIT)[:LINE_LIMIT])
    if len(kept) == len(safe) and len(text) <= 4 * TEXT_LIMIT:
        return kept
    return f"{kept.rstrip()}\n[… {len(text):,}]"


def link(url: str) -> str:
    """Return `url` if it is a plain http, https or mailto address, else an empty string."""
    plain = len(url) <= LINK_LIMIT and _LINK.match(url) and (url.isascii() or not _SUSPECT.search(url))
    return url if plain else ""


def fold(text: str) -> str:
    """Return `text` for comparison: without case, accents or ligatures (`Œuvré` → `oeuvre`)."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold())
    return _UNFOLDABLE.sub(_unfold, _ANY_MARK.sub("", bare))
