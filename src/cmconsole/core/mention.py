"""What a platform delivered: a mention and its author, as values."""

from __future__ import annotations

from cmconsole.core.clock import Instant
from cmconsole.core.value import dataclass


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a mention; unique by (platform, handle).

    handle: as the platform shows it, without a leading "@" (`ada@piaille.fr`, `marc_d`, `blog.lerat.fr`).
    reach: followers, subscribers or the like; None where the platform tells nothing.
    """

    platform: str
    handle: str
    name: str = ""
    reach: int | None = None
    verified: bool = False
    bio: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """One post about or to the brand; unique by (platform, native_id).

    Every text in it has passed `core.text.visible`: it may be stored and shown as it is.
    thread: native id of the thread's first post; empty when the mention starts its own thread.
    source: name of the configured source that delivered it.
    language: BCP 47 tag the platform gave, or empty.
    """

    platform: str
    native_id: str
    author: Author
    text: str
    created_at: Instant
    source: str = ""
    url: str = ""
    thread: str = ""
    in_reply_to: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """An input item that could not be read as a mention: kept, counted, never fatal.

    raw: the beginning of the item, made visible, for a person to look at.
    """

    reason: str
    raw: str
