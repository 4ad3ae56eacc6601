"""Web addresses of posts: one normal form for all their spellings, and what an address alone tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cmconsole.core.text import link

LINK: Final = "link"
"""The platform of what stands behind an address that belongs to no platform we know by name."""


@dataclass(frozen=True, slots=True)
class Address:
    """A post's web address.

    url: in normal form. platform: lower-case word, LINK where the address tells none. handle: its author's,
    empty where the address does not tell. native_id: as the platform's own adapter names the post, empty too.
    """

    url: str
    platform: str = LINK
    handle: str = ""
    native_id: str = ""

    @property
    def host(self) -> str:
        """Return the host without `www.`."""
        found = _PARTS.match(self.url)
        return found["host"].removeprefix("www.") if found else ""


@dataclass(frozen=True, slots=True)
class _Site:
    """A platform's web site: the host that stands for all, and the keys of a query that tell posts apart."""

    platform: str
    host: str
    keys: frozenset[str] = frozenset()


_PARTS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^/?#@:\[\]]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?\Z",
    re.IGNORECASE,
)
_ESCAPE: Final = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ANCHOR: Final = re.compile(
    r"(?:!|/|(?:issue|discussion)?(?:comment|reply|post|msg|c|p|r)[-_=]?\d)", re.IGNORECASE
)
"""Fragments that lead to a post of its own; others only scroll."""

_TRACKING: Final = re.compile(
    r"utm_.*|[a-z]*clid|gbraid|wbraid|igshid?|mc_[ce]id|_ga|_gl|_hs(?:enc|mi)|mkt_tok|oly_(?:anon|enc)_id|vero_.*"
    r"|at_(?:medium|campaign|custom\d|link_.*)|xtor|cmpid|s_cid|ref_(?:src|url)|(?:hs|pk|piwik|matomo)_.*",
    re.IGNORECASE,
)
"""Keys that say how somebody came to a page and nothing about which page it is."""

_X: Final = _Site("x", "x.com")
_REDDIT: Final = _Site("reddit", "www.reddit.com")
_FACEBOOK: Final = _Site(
    "facebook",
    "www.facebook.com",
    frozenset({"story_fbid", "id", "fbid", "v", "comment_id", "reply_comment_id"}),
)
_INSTAGRAM: Final = _Site("instagram", "www.instagram.com")
_YOUTUBE: Final = _Site("youtube", "www.youtube.com", frozenset({"v", "lc"}))
_LINKEDIN: Final = _Site("linkedin", "www.linkedin.com", frozenset({"commenturn", "replyurn"}))
_TIKTOK: Final = _Site("tiktok", "www.tiktok.com")
_THREADS: Final = _Site("threads", "www.threads.com")
_HACKERNEWS: Final = _Site("hackernews", "news.ycombinator.com", frozenset({"id"}))

_SITES: Final[dict[str, _Site]] = {
    "x.com": _X,
    "twitter.com": _X,
    "reddit.com": _REDDIT,
    "old.reddit.com": _REDDIT,
    "new.reddit.com": _REDDIT,
    "np.reddit.com": _REDDIT,
    "i.reddit.com": _REDDIT,
    "bsky.app": _Site("bluesky", "bsky.app"),
    "news.ycombinator.com": _HACKERNEWS,
    "facebook.com": _FACEBOOK,
    "fb.com": _FACEBOOK,
    "web.facebook.com": _FACEBOOK,
    "mbasic.facebook.com": _FACEBOOK,
    "instagram.com": _INSTAGRAM,
    "youtube.com": _YOUTUBE,
    "linkedin.com": _LINKEDIN,
    "tiktok.com": _TIKTOK,
    "threads.com": _THREADS,
    "threads.net": _THREADS,
}
"""By host without `www.`, `m.`, `mobile.`, `touch.`."""

_SHORT: Final = {
    "redd.it": "reddit",
    "fb.watch": "facebook",
    "fb.me": "facebook",
    "instagr.am": "instagram",
    "lnkd.in": "linkedin",
    "vm.tiktok.com": "tiktok",
    "maps.app.goo.gl": "google",
    "g.page": "google",
    "t.co": "x",
}
_FAMILIES: Final = {"trustpilot": "trustpilot", "tripadvisor": "tripadvisor"}
"""Sites with a host for each country, by a word between two dots."""

_WRAPPERS: Final = {"google.com": ("url", "q"), "l.facebook.com": ("u",), "l.instagram.com": ("u",)}
"""Hosts that only pass on, and the keys that say where to: Google's alerts and search, Meta's apps."""

_X_POST: Final = re.compile(r"/(?P<handle>\w{1,20}|i/web)/status(?:es)?/(?P<id>\d{1,25})(?:/.*)?\Z")
_REDDIT_POST: Final = re.compile(
    r"(?P<room>/(?:r|user|u)/[\w-]+)?/comments/(?P<post>[0-9a-z]{2,13})"
    r"(?:/(?:comment|[^/]*)(?:/(?P<comment>[0-9a-z]{2,13}))?)?\Z",
    re.IGNORECASE,
)
_BLUESKY_POST: Final = re.compile(r"/profile/(?P<who>[^/]+)/post/(?P<key>[0-9A-Za-z._:~-]{1,512})\Z")
_MASTODON_POST: Final = re.compile(
    r"(?:/web|/deck)?/@(?P<who>\w[\w.-]*)(?:@(?P<server>[\w.-]+\.\w+))?/(?:\d{5,}|[0-9A-HJKMNP-TV-Z]{26})\Z"
    r"|/users/(?P<user>\w[\w.-]*)/statuses/[0-9A-Za-z]+\Z"
)
"""As Mastodon, GoToSocial and Takahē write addresses of posts; some other host may too."""

_AT_HANDLE: Final = re.compile(r"/@(?P<handle>[\w.-]+)(?:/|\Z)")


def read(url: str) -> Address | None:
    """Return what an address tells, or None where it is no web address (http, https) of at most 2,000 signs.

    Addresses that carry a name or a password (`https://ada:secret@…`) are none either: nobody's to forward.
    """
    normal = _normal(url.strip())
    found = _PARTS.match(normal)
    return _told(normal, found) if found else None


def spellings(address: Address) -> tuple[str, ...]:
    """Return ways the same address may have been written, the normal form first.

    With and without `www.` and a slash at the path's end, and by either scheme.
    """
    plain, _hash, fragment = address.url.partition("#")
    base, question, query = plain.partition("?")
    scheme, _colon, rest = base.partition("://")
    www = rest.removeprefix("www.") if rest.startswith("www.") else f"www.{rest}"
    written = [
        f"{how}://{where}{slash}{question}{query}"
        for how in (scheme, "http" if scheme == "https" else "https")
        for where in (rest, www)
        for slash in ("", "/")
    ]
    if fragment:
        written = [f"{it}#{fragment}" for it in written]
    return tuple(written)


def _normal(url: str) -> str:
    """Return the normal form, empty where there is none."""
    found = _PARTS.match(link(url))
    if found is None:
        return ""
    scheme, host = found["scheme"].lower(), found["host"].lower().rstrip(".")
    path, query = _plain(found["path"] or ""), found["query"] or ""
    if inner := _wrapped(host.removeprefix("www."), path, query):
        return inner
    site = _SITES.get(_bare(host))
    if site is None:
        port = (
            ""
            if found["port"] in {None, {"http": "80", "https": "443"}[scheme]}
            else f":{int(found['port'])}"
        )
        fragment = found["fragment"] or ""
        anchor = f"#{fragment}" if _ANCHOR.match(fragment) else ""
        if host == "youtu.be":
            return _normal(f"https://www.youtube.com/watch?v={path.strip('/')}")
        return f"{scheme}://{host}{port}{path.rstrip('/')}{_kept(query)}{anchor}"
    return f"https://{site.host}{_tidied(site, path).rstrip('/')}{_kept(query, site.keys)}"


def _told(normal: str, parts: re.Match[str]) -> Address:
    """Return what a normal form tells of platform, author and post."""
    host, path = parts["host"], parts["path"] or ""
    site = _SITES.get(_bare(host))
    platform = site.platform if site else _SHORT.get(host, "") or _of_family(host, path)
    if not platform and (found := _MASTODON_POST.match(path)):
        return Address(normal, "mastodon", f"{found['who'] or found['user']}@{found['server'] or host}")
    handle, native_id = _post(platform, host, path, parts["query"] or "")
    return Address(normal, platform or LINK, handle, native_id)


def _post(platform: str, host: str, path: str, query: str) -> tuple[str, str]:
    """Return the handle of a post's author and the post's id, each empty where the address does not tell."""
    match platform:
        case "x" if found := _X_POST.match(path):
            return "" if found["handle"] in {"i/web", "i"} else found["handle"], found["id"]
        case "reddit":
            return "", _fullname(host, path)
        case "hackernews" if (item := _value(query, "id")).isdigit():
            return "", item
        case "bluesky" if found := _BLUESKY_POST.match(path):
            who = found["who"]
            is_did = who.startswith("did:")
            return ("", f"at://{who}/app.bsky.feed.post/{found['key']}") if is_did else (who.lower(), "")
        case "tiktok" | "threads" | "youtube" if found := _AT_HANDLE.match(path):
            return found["handle"], ""
        case _:
            return "", ""


def _bare(host: str) -> str:
    """Return a host without what only says on which device its pages are read."""
    for prefix in ("www.", "m.", "mobile.", "touch.", "amp."):
        host = host.removeprefix(prefix)
    return host


def _tidied(site: _Site, path: str) -> str:
    """Return a path without what may be different in addresses of one post: titles, a picture's number."""
    if site is _X and (found := _X_POST.match(path)):
        return f"/{found['handle']}/status/{found['id']}"
    if site is _REDDIT and (found := _REDDIT_POST.match(path.rstrip("/"))):
        comment = f"/_/{found['comment'].lower()}" if found["comment"] else ""
        return f"{found['room'] or ''}/comments/{found['post'].lower()}{comment}"
    return path


def _fullname(host: str, path: str) -> str:
    """Return Reddit's name of a post (t3_…) or a comment (t1_…), empty where the address holds none."""
    if host == "redd.it":
        return f"t3_{path[1:].lower()}" if re.fullmatch(r"/[0-9a-zA-Z]{2,13}", path) else ""
    found = _REDDIT_POST.match(path)
    if found is None:
        return ""
    return f"t1_{found['comment']}" if found["comment"] else f"t3_{found['post']}"


def _of_family(host: str, path: str) -> str:
    labels = host.split(".")[:-1]
    if "google" in labels and path.startswith("/maps"):
        return "google"
    return next((_FAMILIES[label] for label in labels if label in _FAMILIES), "")


def _wrapped(host: str, path: str, query: str) -> str:
    """Return the normal form of the address that another one passes on to, empty where it does not."""
    if host not in _WRAPPERS or path not in {"/url", "/l.php", "/"}:
        return ""
    inner = next((value for key in _WRAPPERS[host] if (value := _value(query, key))), "")
    return _normal(_unescaped(inner))


def _kept(query: str, keys: frozenset[str] | None = None) -> str:
    """Return a query with its question mark: only these keys, or all but those that track people."""
    kept = []
    for pair in query.split("&"):
        key = pair.partition("=")[0].lower()
        if pair and (key in keys if keys is not None else not _TRACKING.fullmatch(key)):
            kept.append(pair)
    return "?" + "&".join(kept) if kept else ""


def _value(query: str, key: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&"))
    return next((value for name, _equals, value in pairs if name == key), "")


def _plain(text: str) -> str:
    """Write escapes in one way: signs that need none bare, the others in capitals (RFC 3986, 6.2.2)."""

    def written(found: re.Match[str]) -> str:
        sign = chr(int(found[1], 16))
        return sign if sign in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(written, text) if "%" in text else text


def _unescaped(text: str) -> str:
    raw = re.sub(
        rb"%([0-9a-fA-F]{2})", lambda found: bytes((int(found[1], 16),)), text.encode("utf-8", "replace")
    )
    return raw.decode("utf-8", "replace")
