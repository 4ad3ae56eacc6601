"""What a platform delivered: a mention and its author, as values."""

from __future__ import annotations

from enum import StrEnum

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
    edited_at: when its author last changed it; None: never, or the platform does not tell. A known mention
    that comes again with a later one takes the new text and is judged anew.
    can_reply: False where the platform does not let us answer it (X: nobody mentioned or quoted us).
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
    edited_at: Instant | None = None
    can_reply: bool = True


class Absence(StrEnum):
    """Why a mention is no longer to be seen on its platform."""

    DELETED = "deleted"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Removed:
    """A mention that its platform shows no longer: the terms of all ask that its text goes here too."""

    platform: str
    native_id: str
    why: Absence = Absence.DELETED


@dataclass(frozen=True, slots=True)
class SetAside:
    """An input item that could not be read as a mention: kept, counted, never fatal.

    raw: the beginning of the item, made visible, for a person to look at.
    """

    reason: str
    raw: str
