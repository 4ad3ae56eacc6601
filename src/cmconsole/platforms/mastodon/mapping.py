"""Mastodon's JSON to mentions: pure, and content with whatever a server of its family leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from cmconsole.core.clock import Instant
from cmconsole.core.mention import Author, Mention
from cmconsole.platforms.html import to_text

PLATFORM: Final = "mastodon"

Json: TypeAlias = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_ATTACHMENTS = 16
_KINDS: Final = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


def status_mention(status: Json, *, source: str, domain: str, thread: str, now: Instant) -> Mention | str:
    """Return a status as a mention, or in words why it is none.

    domain: the instance's, which completes the handles of its own accounts. thread: the id of the thread's
    first post, empty where the status begins one. now: when it was written, where it does not say.

    https://docs.joinmastodon.org/entities/Status/
    """
    native_id, account = word(status, "id"), status.get("account")
    if not native_id:
        return "a post has no id"
    if not isinstance(account, Mapping) or not word(account, "acct"):
        return f"post {native_id} has no author"
    url = word(status, "url") or word(status, "uri")
    return Mention(
        platform=PLATFORM,
        native_id=native_id,
        author=account_author(account, domain),
        text=status_text(status) or url,
        created_at=_instant(word(status, "created_at"), now),
        source=source,
        url=url,
        thread=thread,
        in_reply_to=word(status, "in_reply_to_id"),
        language=word(status, "language"),
    )


def account_author(account: Json, domain: str) -> Author:
    """Return an account as an author, its handle in full (`ada@piaille.fr`).

    Nobody vouches for anybody on Mastodon: a verified link in a profile says that its owner has a web page,
    so `verified` is false. A number of followers that is hidden comes as -1 or not at all.

    https://docs.joinmastodon.org/entities/Account/
    """
    acct = word(account, "acct")
    followers = account.get("followers_count")
    known = isinstance(followers, int) and not isinstance(followers, bool) and followers >= 0
    return Author(
        platform=PLATFORM,
        handle=acct if "@" in acct else f"{acct}@{domain}",
        name=word(account, "display_name") or word(account, "username"),
        reach=followers if known else None,
        bio=to_text(word(account, "note")),
        url=word(account, "url"),
    )


def status_text(status: Json) -> str:
    """Return a status's words: content warning, text, then what its pictures show and its poll asks."""
    warning = word(status, "spoiler_text").strip()
    text = to_text(word(status, "content"), addresses=True)
    opening = f"[CW: {warning}] {text}".rstrip() if warning else text
    return "\n".join(part for part in (opening, *_attached(status), _poll(status)) if part)


def word(item: Json, key: str) -> str:
    """Return a text of a JSON object, empty where there is none; a number counts as a text."""
    value = item.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _attached(status: Json) -> list[str]:
    attachments = status.get("media_attachments")
    described = []
    for item in attachments[:_MOST_ATTACHMENTS] if isinstance(attachments, list) else []:
        if isinstance(item, Mapping):
            kind = _KINDS.get(word(item, "type"), "file")
            description = word(item, "description").strip()
            described.append(f"[{kind}: {description}]" if description else f"[{kind}]")
    return described


def _poll(status: Json) -> str:
    poll = status.get("poll")
    options = poll.get("options") if isinstance(poll, Mapping) else None
    titles = [word(option, "title") for option in options or [] if isinstance(option, Mapping)]
    return f"[poll: {' / '.join(titles)}]" if titles else ""


def _instant(date: str, now: Instant) -> Instant:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return now
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0, (zoned - _EPOCH) // timedelta(milliseconds=1))
