"""Fills placeholders: from the conversation, and with what the writer was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import N_, _
from cmconsole.core.canned import placeholders, substituted
from cmconsole.core.mention import Mention
from cmconsole.desk import when, words
from cmconsole.desk.canned.naming import first_name, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.mention import Author
    from cmconsole.store.contract import StoredMention

KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "first_name": N_("the author's first name, where their name surely holds one"),
        "name": N_("the author's name, as they wrote it, without links and signs"),
        "handle": N_("the author's handle, without @"),
        "bonjour": N_("Bonjour or Bonsoir, with the first name where it is known"),
        "hello": N_("Hi with the first name where it is known, else Hello"),
        "time_greeting": N_("Bonjour or Bonsoir, Good morning, Good afternoon or Good evening"),
        "theme": N_("what the conversation is about, in its language"),
        "platform": N_("the name of the platform"),
        "brand": N_("the brand's name"),
        "account": N_("our handle there, without @"),
        "person": N_("your name, as colleagues see it"),
        "signature": N_("your signature, as the settings have it"),
    }
)
"""Every placeholder that is filled by itself, with what it stands for; any other is asked for."""

_LIMIT: Final = 2_000
"""Most characters that a single placeholder may bring in."""

_PLATFORMS: Final = {"x": "X", "hackernews": "Hacker News"}
_HANDLE: Final = re.compile(r"[\w-][\w.-]{0,63}(?:@[\w.-]{1,100})?\Z")
_EVENING: Final = 18
_MORNING: Final = 5
_AFTERNOON: Final = 12


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its placeholders filled; missing: those that have to be asked for, in order."""

    text: str
    missing: tuple[str, ...] = ()


def fill(text: str, facts: Mapping[str, str], given: Mapping[str, str] = MappingProxyType({})) -> Filled:
    """Return a text filled with facts, and before them with what the writer gave.

    What has no value stays as `{name}`. Nothing that is filled in can become a placeholder itself.
    """
    values = {**facts, **{name: value.strip()[:_LIMIT] for name, value in given.items() if value.strip()}}
    missing = tuple(name for name in placeholders(text) if not values.get(name))
    return Filled(substituted(text, values), missing)


def facts(
    conversation: Conversation,
    mention: Mention | StoredMention | None = None,
    *,
    person: str,
    brand: str,
    account_handle: str,
    signature: str,
    zone: tzinfo,
    now: Instant,
    language: str = "",
) -> dict[str, str]:
    """Return what a conversation tells, by placeholder (KNOWN); what it does not tell is not in it.

    mention: the one that is answered; its author's name is the newest. language: of the reply, for those
    placeholders that have one: `theme`, `time_greeting`; empty: the conversation's.
    """
    author = _author(conversation, mention)
    tongue = language or conversation.language
    first, hour = first_name(author.name), when.local(now, zone).hour
    is_evening = not _MORNING <= hour < _EVENING
    bonjour = "Bonsoir" if is_evening else "Bonjour"
    told = {
        "first_name": first,
        "name": spoken(author.name),
        "handle": author.handle if _HANDLE.match(author.handle) else "",
        "bonjour": f"{bonjour} {first}".rstrip(),
        "hello": f"Hi {first}" if first else "Hello",
        "time_greeting": bonjour if tongue == "fr" else _english_greeting(hour),
        "theme": _theme(conversation, tongue),
        "platform": platform_name(conversation.platform),
        "brand": brand,
        "account": account_handle.removeprefix("@"),
        "person": person,
        "signature": signature,
    }
    return {name: value for name, value in told.items() if value}


def platform_name(platform: str) -> str:
    """Return a platform's name as people write it."""
    return _PLATFORMS.get(platform, platform.capitalize())


def meaning(name: str) -> str:
    """Return what a placeholder of KNOWN stands for, in the reader's language; empty for any other."""
    return _(KNOWN[name]) if name in KNOWN else ""


def _author(conversation: Conversation, mention: Mention | StoredMention | None) -> Author:
    if mention is None:
        return conversation.author
    return (mention if isinstance(mention, Mention) else mention.mention).author


def _english_greeting(hour: int) -> str:
    if not _MORNING <= hour < _EVENING:
        return "Good evening"
    return "Good morning" if hour < _AFTERNOON else "Good afternoon"


def _theme(conversation: Conversation, language: str) -> str:
    # The console asks in a thread: the language of the interface must not change for it, not even shortly.
    return words.theme_in(language, conversation.themes[0]) if conversation.themes else ""
