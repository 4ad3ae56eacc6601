"""By which rules this desk replies: accounts, undo window, approval, guards; built from the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cmconsole.core.account import Speaker
from cmconsole.core.clock import HOUR, SECOND, Millis
from cmconsole.core.guard import Level
from cmconsole.core.verdict import Hostility, Priority

ANY: Final = "any"
"""In `ApprovalPolicy.guards`: whatever guard was raised."""


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """When a second person must say yes; each condition is enough. See config.replies.Approval."""

    always: bool = False
    priorities: frozenset[Priority] = frozenset()
    min_reach: int | None = None
    hostility: Hostility | None = None
    min_alike: int | None = None
    trainees: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    guards: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BrandRule:
    """A rule of the brand's own: words that raise a guard. pattern: compiled from its words."""

    name: str
    pattern: re.Pattern[str]
    level: Level
    advice: str = ""


def contact(text: str) -> str:
    """Return a phone number or a mail address as it is compared: the last nine digits, or lower case.

    Nine digits are a French number without its 0 or +33; abroad they are enough to know one's own by.
    """
    return text.strip().lower() if "@" in text else re.sub(r"\D", "", text)[-9:]


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """What the guards go by. levels: by guard name, where it differs from the guard's own.

    domains: the brand's, lower case, each with its subdomains. colleagues: names that are nobody's business.
    contacts: phone numbers and mail addresses of the brand's own, as `contact` writes them.
    order_numbers: what the brand's order numbers look like. haste_reach: from which reach haste matters.
    same_text: how long the same words count as the same text again.
    """

    levels: Mapping[str, Level] = field(default_factory=dict)
    banned: tuple[re.Pattern[str], ...] = ()
    rules: tuple[BrandRule, ...] = ()
    domains: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    colleagues: frozenset[str] = frozenset()
    order_numbers: tuple[re.Pattern[str], ...] = ()
    haste_reach: int = 10_000
    same_text: Millis = 24 * HOUR


@dataclass(frozen=True, slots=True)
class ReplyPolicy:
    """speakers: the accounts, in the settings' order. source_accounts: which one each source reads with.

    undo, undo_most: the undo window and the longest it may be, in milliseconds. signature: with {initials}
    and {person}. after: what becomes of an answered conversation: `wait`, `done` or `open`.
    canned: the folder of the desk's own canned responses; None: there is none. starter: offer ours too.
    languages: those the brand answers in.
    """

    speakers: tuple[Speaker, ...] = ()
    source_accounts: Mapping[str, str] = field(default_factory=dict)
    undo: Millis = 10 * SECOND
    undo_most: Millis = 30 * SECOND
    signature: str = ""
    after: str = "wait"
    canned: Path | None = None
    starter: bool = True
    brand: str = ""
    languages: tuple[str, ...] = ("fr", "en")
    approval: ApprovalPolicy = ApprovalPolicy()
    guards: GuardPolicy = field(default_factory=GuardPolicy)
