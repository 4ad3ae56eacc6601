"""Words in the reader's language for what the domain names in code: lanes, statuses, priorities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import N_, _, language, spoken_in
from cmconsole.core.account import Mode, Standing
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.event import EventKind
from cmconsole.core.mention import Absence
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.shift import Stage
from cmconsole.core.source import Health
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Tone
from cmconsole.desk.rate import Trend

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import Enum

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.reply import Reply

# One table for each type: members of different ones may be equal (Priority.URGENT == Severity.MINOR == 1).
_WORDS: dict[type[Enum], dict[str, str]] = {
    Lane: {"INFLUENCERS": N_("Influencers"), "COMPLAINTS": N_("Complaints"), "OTHERS": N_("Others")},
    Status: {
        "OPEN": N_("open"),
        "PENDING": N_("pending"),
        "SNOOZED": N_("snoozed"),
        "RESOLVED": N_("resolved"),
    },
    Outcome: {
        "DONE": N_("done"),
        "SILENCE": N_("no answer"),
        "WIN": N_("win"),
        "GONE": N_("taken back"),
    },
    Absence: {"DELETED": N_("deleted by its author"), "WITHHELD": N_("withheld by the platform")},
    Priority: {"URGENT": N_("urgent"), "HIGH": N_("high"), "MEDIUM": N_("medium"), "LOW": N_("low")},
    Kind: {
        "COMPLAINT": N_("complaint"),
        "QUESTION": N_("question"),
        "PRAISE": N_("praise"),
        "NEUTRAL": N_("neutral"),
        "SPAM": N_("spam"),
    },
    Severity: {
        "NONE": N_("not serious"),
        "MINOR": N_("minor"),
        "MAJOR": N_("serious"),
        "LEGAL": N_("legal"),
        "SAFETY": N_("safety"),
    },
    Hostility: {
        "NONE": N_("not hostile"),
        "RUDE": N_("rude"),
        "INSULTING": N_("insulting"),
        "HATEFUL": N_("hateful or threatening"),
    },
    Tone: {"NEGATIVE": N_("negative"), "NEUTRAL": N_("neutral"), "POSITIVE": N_("positive")},
    Health: {
        "STARTING": N_("starting"),
        "OK": N_("ok"),
        "RETRYING": N_("retrying"),
        "REFUSED": N_("refused"),
        "ENDED": N_("ended"),
        "PAUSED": N_("paused"),
    },
    Standing: {
        "UNCHECKED": N_("not checked yet"),
        "VERIFIED": N_("verified"),
        "LOCKED": N_("locked"),
        "REFUSED": N_("token refused"),
        "UNREACHED": N_("not reached"),
    },
    Trend: {"RISING": N_("rising"), "STEADY": N_("steady"), "FALLING": N_("falling")},
    Stage: {
        "RUNNING": N_("on shift"),
        "LAST_HALF_HOUR": N_("last half hour"),
        "PREPARE_HANDOVER": N_("prepare the handover"),
        "OVER": N_("shift over"),
        "HANDED_OVER": N_("handed over"),
    },
    EventKind: {
        "MENTION_TAKEN": N_("mention taken"),
        "CONVERSATION_CLAIMED": N_("claimed"),
        "CLAIM_RELEASED": N_("released"),
        "CONVERSATION_DONE": N_("done"),
        "SILENCE_KEPT": N_("no answer"),
        "CONVERSATION_SNOOZED": N_("snoozed"),
        "CONVERSATION_WOKEN": N_("woken"),
        "CONVERSATION_PENDING": N_("pending"),
        "CONVERSATION_REOPENED": N_("reopened"),
        "CONVERSATION_WON": N_("win"),
        "CONVERSATION_CORRECTED": N_("corrected"),
        "CONVERSATION_REJUDGED": N_("triaged anew"),
        "CONVERSATION_CLUSTERED": N_("joined to a cluster"),
        "TRIAGE_FORGOTTEN": N_("what triage had learned was forgotten"),
        "CONVERSATION_GONE": N_("nothing is left to answer"),
        "MENTION_EDITED": N_("its author changed a post"),
        "MENTION_REMOVED": N_("its author deleted a post"),
        "TIP_LINKED": N_("forwarded"),
        "SOURCE_PAUSED": N_("source paused"),
        "SOURCE_RESUMED": N_("source read again"),
        "ACCOUNT_CHECKED": N_("account checked"),
        "TAG_ADDED": N_("tag added"),
        "TAG_REMOVED": N_("tag removed"),
        "NOTE_ADDED": N_("note"),
        "VIP_MARKED": N_("marked VIP"),
        "VIP_UNMARKED": N_("VIP mark removed"),
        "AUTHOR_ERASED": N_("author erased"),
        "SHIFT_STARTED": N_("shift begun"),
        "SHIFT_EXTENDED": N_("shift prolonged"),
        "SHIFT_ENDED": N_("shift ended"),
        "HANDOVER_SAVED": N_("handover written"),
        "HANDOVER_ACCEPTED": N_("handover accepted"),
        "REPLY_DRAFTED": N_("reply begun"),
        "REPLY_ASKED": N_("approval asked for"),
        "REPLY_AMENDED": N_("text of the reply changed"),
        "REPLY_APPROVED": N_("reply approved"),
        "REPLY_REFUSED": N_("reply refused"),
        "REPLY_HELD": N_("reply about to leave"),
        "REPLY_STRANDED": N_("reply stopped inside its undo window"),
        "REPLY_TAKEN_BACK": N_("reply taken back"),
        "REPLY_SENDING": N_("reply being sent"),
        "REPLY_PART_SENT": N_("part of the reply sent"),
        "REPLY_SENT": N_("reply sent"),
        "REPLY_REHEARSED": N_("reply rehearsed, not published"),
        "REPLY_PUT_OFF": N_("reply not published yet"),
        "REPLY_FAILED": N_("reply not published"),
        "REPLY_DOUBTED": N_("nobody knows whether the reply is published"),
        "REPLY_LOOKED_UP": N_("reply looked up"),
        "REPLY_RETRIED": N_("reply sent again"),
        "REPLY_SETTLED": N_("reply seen there by a person"),
        "REPLY_DISCARDED": N_("reply discarded"),
    },
    ReplyStatus: {
        "DRAFT": N_("draft"),
        "AWAITING": N_("awaits approval"),
        "HOLDING": N_("about to leave"),
        "SENDING": N_("being sent"),
        "SENT": N_("sent"),
        "FAILED": N_("not published"),
        "UNKNOWN": N_("unknown"),
        "DISCARDED": N_("discarded"),
        "REHEARSED": N_("rehearsal: not published"),
    },
    Act: {
        "REPLY": N_("reply"),
        "DELETE": N_("delete"),
        "HIDE": N_("hide"),
        "LIKE": N_("like"),
        "REPORT": N_("report"),
        "REMOVE": N_("remove"),
        "APPROVE": N_("approve"),
        "LOCK": N_("lock"),
    },
    Mode: {"LIVE": N_("live"), "REHEARSAL": N_("rehearsal")},
}

_THEMES = {
    "delivery": N_("delivery"),
    "refund": N_("refund"),
    "billing": N_("billing"),
    "price": N_("price"),
    "bug": N_("bug"),
    "outage": N_("outage"),
    "staff": N_("staff"),
    "wait": N_("waiting"),
    "quality": N_("quality"),
    "stock": N_("stock"),
    "account": N_("account"),
    "contract": N_("contract"),
    "travel": N_("travel"),
    "food": N_("food"),
    "ethics": N_("ethics"),
    "security": N_("security"),
}
"""The themes of the shipped table; a brand's own are called what the brand calls them."""

_THOUSAND = 1_000


def word(value: Enum) -> str:
    """Return the word for a member of a domain enumeration; its name where there is none."""
    return _(_WORDS.get(type(value), {}).get(value.name, value.name.lower()))


def reply_standing(reply: Reply) -> str:
    """Return where a reply stands; one that only a person sends on says so."""
    return _("stopped inside its undo window") if reply.is_stranded else word(reply.status)


def in_its_place(why: Absence) -> str:
    """Return what stands where a text was that is gone: `[deleted by its author]`."""
    return f"[{word(why)}]"


def newest_text(conversation: Conversation) -> str:
    """Return the text of the newest message, or what stands in its place when it is gone."""
    return conversation.text if conversation.gone is None else in_its_place(conversation.gone)


def theme(name: str) -> str:
    """Return a theme's name: a built-in one in the reader's language, any other as the brand gave it."""
    return _(_THEMES[name]) if name in _THEMES else name


def theme_in(language: str, name: str) -> str:
    """Return a theme's name in a language, whatever the reader's: for what others are to read."""
    return spoken_in(language, _THEMES[name]) if name in _THEMES else name


def score(value: float) -> str:
    """Return a score in few characters, as the reader's language writes it: `.93`, `0,93`; never negative."""
    said = f"{value:.2f}"
    return said.replace(".", ",") if language() == "fr" else said.removeprefix("0")


def reach(count: int | None) -> str:
    """Return a reach in few characters, rounded down: `312`, `1.2k`, `48k`, `1.2M`; empty for None."""
    if count is None:
        return ""
    for unit, size in (("M", _THOUSAND**2), ("k", _THOUSAND)):
        if count >= 10 * size:
            return f"{count // size}{unit}"
        if count >= size:
            whole, tenth = divmod(count * 10 // size, 10)
            point = "," if language() == "fr" else "."
            return f"{whole}{point}{tenth}{unit}" if tenth else f"{whole}{unit}"
    return str(count)


def quoted(text: str) -> str:
    """Return the text between quotation marks."""
    return _("“{text}”").format(text=text)


def listed(words: Iterable[str]) -> str:
    """Return the words one after another, each between quotation marks."""
    return ", ".join(map(quoted, words))
