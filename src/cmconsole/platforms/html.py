"""HTML to plain text as a reader sees it, in bounded time whatever the markup is."""

from __future__ import annotations

import html
import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

MARKUP_LIMIT: Final = 160_000
"""Most characters of markup that are read: eight times what a mention keeps of its text."""

TAG_LIMIT: Final = 5_000
"""Most tags that are read. HTML's rules for unclosed tags are quadratic in their depth: 200,000 `<div>` take
minutes to parse, 5,000 take 30 ms; the longest article seen has some hundreds."""

_BREAKS: Final = {
    **dict.fromkeys(
        [
            "address",
            "article",
            "aside",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "header",
            "li",
            "main",
            "nav",
            "ol",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "thead",
            "tr",
            "ul",
        ],
        1,
    ),
    **dict.fromkeys(["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p"], 2),
}
_SKIPPED: Final = frozenset(
    [
        "applet",
        "audio",
        "button",
        "canvas",
        "embed",
        "head",
        "iframe",
        "math",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    ]
)
_PREFIXES: Final = {"li": "- ", "blockquote": "> "}
_CELLS: Final = frozenset({"td", "th"})
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_LINE_ENDS = re.compile(r" +\n")
_EMOJI = re.compile(r":\w+:\Z")
_ADDRESS = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_INESSENTIAL = re.compile(r"\A(?:https?://|mailto:)?(?:www\.)?|/\Z", re.IGNORECASE)


def to_text(markup: str, *, addresses: bool = False) -> str:
    """Return the text of HTML: blocks on lines of their own, paragraphs apart, images by their descriptions.

    addresses: write where a link leads: in place of its label where that is the same address shortened (a
    terminal cannot follow what it does not show), after the label where it is something else.
    """
    if "<" not in markup:
        return _BLANKS.sub(" ", html.unescape(markup[:MARKUP_LIMIT])).strip()
    body = LexborHTMLParser(_bounded(markup)).body
    if body is None:
        return ""
    writer = _Writer(addresses=addresses)
    node: LexborNode | None = body
    while node is not None:
        inner = writer.enter(node)
        node = inner if inner is not None else _following(node, writer)
    return writer.text()


def _bounded(markup: str) -> str:
    """Cut markup before the tag that would be one too many."""
    position = -1
    for _ in range(TAG_LIMIT):
        position = markup.find("<", position + 1, MARKUP_LIMIT)
        if position < 0:
            return markup[:MARKUP_LIMIT]
    return markup[:position]


def _following(node: LexborNode, writer: _Writer) -> LexborNode | None:
    """Leave a node, and its parents as long as it was their last; return the next one to enter."""
    current: LexborNode | None = node
    while current is not None and current.tag != "body":
        writer.leave(current)
        if current.next is not None:
            return current.next
        current = current.parent
    return None


class _Writer:
    """Puts text together: blanks folded, breaks between blocks as many as the strongest asks for."""

    def __init__(self, *, addresses: bool) -> None:
        self._addresses = addresses
        self._pieces: list[str] = []
        self._breaks = 0
        self._prefix = ""
        self._blank = True
        self._verbatim = 0

    def enter(self, node: LexborNode) -> LexborNode | None:
        """Write what a node begins with; return its first child where its inside is to be read."""
        tag = node.tag
        if tag == "-text":
            self._write_text(node.text_content or "")
            return None
        if tag is None or tag.startswith("-") or tag in _SKIPPED:
            return None
        self._breaks = max(self._breaks, _BREAKS.get(tag, 0))
        self._prefix = _PREFIXES.get(tag, self._prefix)
        if tag == "br":
            self._breaks += 1
        elif tag == "img":
            self._write_text(_described(node))
        elif tag == "pre":
            self._verbatim += 1
        elif tag == "a" and self._addresses:
            self._write_text(_link(node))
            return None
        elif "invisible" in _classes(node):
            return None
        return node.first_child

    def leave(self, node: LexborNode) -> None:
        """Write what a node ends with."""
        tag = node.tag or ""
        self._breaks = max(self._breaks, _BREAKS.get(tag, 0))
        if tag == "pre":
            self._verbatim -= 1
        elif tag in _CELLS:
            self._write_text(" ")
        elif tag == "span" and "ellipsis" in _classes(node):
            self._write_text("…")

    def text(self) -> str:
        """Return what was written."""
        return _LINE_ENDS.sub("\n", "".join(self._pieces)).strip()

    def _write_text(self, text: str) -> None:
        if not self._verbatim:
            self._write(_BLANKS.sub(" ", text))
            return
        first, *more = text.split("\n")
        self._write(first)
        for line in more:
            self._breaks += 1
            self._write(line)

    def _write(self, text: str) -> None:
        if not self._verbatim and (self._breaks or self._blank):
            text = text.lstrip(" ")
        if not text:
            return
        if self._breaks and self._pieces:
            self._pieces.append("\n" * min(self._breaks, 2))
        if self._prefix:
            self._pieces.append(self._prefix)
        self._breaks, self._prefix = 0, ""
        self._pieces.append(text)
        self._blank = text.endswith(" ")


def _classes(node: LexborNode) -> str:
    return node.attributes.get("class") or ""


def _described(image: LexborNode) -> str:
    """Return an image's description; the shortcode where it is an emoji."""
    alternative = (image.attributes.get("alt") or "").strip()
    if not alternative or _EMOJI.match(alternative):
        return alternative
    return f"[image: {alternative}]"


def _link(anchor: LexborNode) -> str:
    """Return a link as text: its label, its address, or both where they differ."""
    href = (anchor.attributes.get("href") or "").strip()
    whole = _BLANKS.sub(" ", anchor.text(deep=True)).strip()
    label = _BLANKS.sub(" ", "".join(_shown(anchor))).strip()
    if label.startswith(("@", "#")) or not _ADDRESS.match(href):
        return label or whole
    if not label or _INESSENTIAL.sub("", whole).lower() == _INESSENTIAL.sub("", href).lower():
        return href
    return f"{label} ({href})"


def _shown(anchor: LexborNode) -> list[str]:
    """Return the parts of a label Mastodon shows: none of class `invisible`, an ellipsis where it asks."""
    parts: list[str] = []
    for node in anchor.traverse(include_text=True):
        if node.tag == "img":
            parts.append(_described(node))
        elif node.tag == "-text":
            classes = _classes(node.parent) if node.parent is not None else ""
            if "invisible" not in classes:
                parts.append((node.text_content or "") + ("…" if "ellipsis" in classes else ""))
    return parts
