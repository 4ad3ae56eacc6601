"""What a Mastodon instance of the twin holds: accounts, posts and notices, and their pages."""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tests.twin.world import World

DOMAIN: Final = "mastodon.twin"
_LONGEST_PAGE: Final = 40
_ULID: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LINKS = re.compile(r"(?P<url>https?://\S*[\w/])|@(?P<user>\w+)(?:@(?P<server>[\w.-]*\w))?")

Post = dict[str, Any]


class Posts:
    """Everything written on one instance, by number; ids are how a server writes numbers (`ulids`)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ulids = False
        self.by_number: dict[int, Post] = {}
        self.accounts: dict[str, Post] = {}
        self.noticed: list[int] = []
        self._order: list[int] = []
        self._notices: dict[int, int] = {}
        self._indices: dict[str, tuple[int, list[int]]] = {}
        self.own = self.account("acme")

    def notice(self, number: int, at: int | None) -> int:
        """Tell us of a post; return the notification's number."""
        notice = self.world.next_id(at)
        bisect.insort(self.noticed, notice)
        self._notices[notice] = number
        return notice

    def is_noticed(self, notice: int) -> bool:
        """Say whether a notification's post is still there."""
        return self._notices[notice] in self.by_number

    def by(self, account_id: str) -> list[int]:
        """Return the numbers of an account's posts, oldest first."""
        return [
            it
            for it in self._order
            if it in self.by_number and self.by_number[it]["account"]["id"] == account_id
        ]

    def id_text(self, number: int) -> str:
        """Return an id as this server writes it."""
        if not self.ulids:
            return str(number)
        return "".join(_ULID[number >> 5 * place & 31] for place in range(25, -1, -1))

    def shown(self, number: int) -> Post:
        """Return a status as the API gives it."""
        post = self.by_number[number]
        text = post["text"]
        hidden = {"text", "at"}
        return {
            **{name: value for name, value in post.items() if name not in hidden},
            "content": _content(text),
            "mentions": [{"id": self.own["id"], "acct": "acme"}] if "@acme" in text else [],
            "tags": [{"name": tag} for tag in re.findall(r"#(\w+)", text)],
        }

    def number(self, native_id: str) -> int:
        """Return the number of an id."""
        if native_id.isdigit() and not (self.ulids and len(native_id) == 26):
            return int(native_id)
        number = 0
        for sign in native_id.upper():
            number = number << 5 | max(_ULID.find(sign), 0)
        return number

    def account(self, author: str) -> Post:
        """Return the account of a name, made where there is none yet."""
        if author not in self.accounts:
            user, _, server = author.partition("@")
            self.accounts[author] = {
                "id": str(self.world.next_id()),
                "username": user,
                "acct": author,
                "display_name": user.title(),
                "followers_count": 120,
                "note": f"<p>{user}</p>",
                "url": f"https://{server or DOMAIN}/@{user}",
            }
        return self.accounts[author]

    def post(self, text: str, account: Post, at: int | None, more: Post) -> int:
        """Keep a post, `more` in its status; return its number."""
        number = self.world.next_id(at)
        written = self.world.now() if at is None else at
        native_id = self.id_text(number)
        self.by_number[number] = {
            "id": native_id,
            "created_at": date(written),
            "edited_at": None,
            "in_reply_to_id": None,
            "visibility": "public",
            "language": "en",
            "spoiler_text": "",
            "uri": f"https://{DOMAIN}/users/{account['username']}/statuses/{native_id}",
            "url": f"{account['url']}/{native_id}",
            "account": account,
            "media_attachments": [],
            **more,
            "text": text,
            "at": written,
        }
        bisect.insort(self._order, number)
        if self._order[-1] != number:
            self._indices.clear()
        return number

    def notification(self, notice: int) -> Post:
        """Return a notification as the API gives it."""
        post = self.shown(self._notices[notice])
        return {
            "id": self.id_text(notice),
            "type": "mention",
            "created_at": post["created_at"],
            "account": post["account"],
            "status": post,
        }

    def matching(self, words: str) -> list[int]:
        """Return the numbers of the posts with certain words, oldest first; looked through only once each."""
        done, found = self._indices.get(words, (0, []))
        wanted = words.casefold()
        for number in self._order[done:]:
            if number in self.by_number and wanted in self.by_number[number]["text"].casefold():
                found.append(number)
        self._indices[words] = (len(self._order), found)
        return found

    def page(
        self, asked: Mapping[str, str], numbers: list[int], is_there: Callable[[int], bool] | None = None
    ) -> list[int]:
        """Return the newest first: right after `min_id`, or the newest between `since_id` and `max_id`."""
        there = is_there or self.by_number.__contains__
        limit = min(int(asked.get("limit", "20")), _LONGEST_PAGE)
        ids = ("min_id", "since_id", "max_id")
        bounds = {name: self.number(asked[name]) for name in ids if name in asked}
        until = bisect.bisect_left(numbers, bounds["max_id"]) if "max_id" in bounds else len(numbers)
        if "min_id" in bounds:
            start = bisect.bisect_right(numbers, bounds["min_id"])
            return _first(numbers[start : min(until, start + 4 * limit)], limit, there)[::-1]
        start = bisect.bisect_right(numbers, bounds.get("since_id", 0))
        return _first(numbers[max(start, until - 4 * limit) : until][::-1], limit, there)


def _first(numbers: list[int], limit: int, there: Callable[[int], bool]) -> list[int]:
    return [number for number in numbers if there(number)][:limit]


def _content(text: str) -> str:
    """Return a text as the HTML an instance makes of it."""

    def linked(found: re.Match[str]) -> str:
        if found["url"]:
            return f'<a href="{html.escape(found["url"])}">{html.escape(found["url"])}</a>'
        server = found["server"] or DOMAIN
        name = found["user"]
        anchor = f'<a href="https://{server}/@{name}" class="u-url mention">@<span>{name}</span></a>'
        return f'<span class="h-card" translate="no">{anchor}</span>'

    pieces: list[str] = []
    position = 0
    for found in _LINKS.finditer(text):
        pieces += [html.escape(text[position : found.start()], quote=False), linked(found)]
        position = found.end()
    pieces.append(html.escape(text[position:], quote=False))
    return f"<p>{''.join(pieces)}</p>".replace("\n\n", "</p><p>").replace("\n", "<br />")


def date(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
