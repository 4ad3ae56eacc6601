"""What a command came to, in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext, said
from cmconsole.core.verdict import Lane
from cmconsole.desk.deed import Verb
from cmconsole.desk.words import word
from cmconsole.tui.present.words import author_name

if TYPE_CHECKING:
    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.deed import Deed

_TAKEN_BACK: Final = frozenset({Verb.DONE, Verb.SILENCE, Verb.SNOOZE, Verb.WAIT, Verb.CORRECT})

# The verbs' own sentences are looked up when they are said, in the language in use.
_SAID: Final[Mapping[Verb, Callable[[], str]]] = {
    Verb.CLAIM: lambda: _("claimed: {whom}"),
    Verb.RELEASE: lambda: _("released: {whom}"),
    Verb.DONE: lambda: _("done: {whom}"),
    Verb.SILENCE: lambda: _("no answer to {whom}"),
    Verb.SNOOZE: lambda: _("snoozed: {whom}"),
    Verb.WAIT: lambda: _("waits for the author: {whom}"),
    Verb.REOPEN: lambda: _("open again: {whom}"),
    Verb.CORRECT: lambda: _("marked: {whom}"),
    Verb.TAG: lambda: _("tagged: {whom}"),
    Verb.UNTAG: lambda: _("tag removed: {whom}"),
    Verb.NOTE: lambda: _("note kept: {whom}"),
    Verb.VIP: lambda: _("VIP mark changed: {whom}"),
    Verb.TAKE_BACK: lambda: _("taken back: {whom}"),
}


def whom(talks: Sequence[Conversation]) -> str:
    """Return whom a command was about: one author by name, several by their number."""
    if len(talks) == 1:
        return author_name(talks[0].author)
    return ngettext("{n} conversation", "{n} conversations", len(talks)).format(n=len(talks))


def told(deed: Deed, take_back_key: str) -> tuple[str, str]:
    """Return (sentence, meaning) for a deed: what was done, what was refused and why, how to take it back."""
    parts = []
    touched = deed.changed or deed.unchanged
    if deed.verb is Verb.CORRECT and deed.changed:
        parts += _corrected(deed)
    elif touched:
        parts.append(_SAID[deed.verb]().format(whom=whom(touched)))
    if deed.refused:
        why = said(deed.refused[0][1])
        count = len(deed.refused)
        parts.append(
            why
            if count == 1 and not touched
            else ngettext("{n} refused: {why}", "{n} refused: {why}", count).format(n=count, why=why)
        )
    if not parts:
        return _("nothing changed"), "quiet"
    if deed.changed and deed.verb in _TAKEN_BACK and take_back_key:
        parts.append(_("{key} to take back").format(key=take_back_key))
    sentence = " · ".join(parts)
    return sentence[:1].upper() + sentence[1:], "overdue" if deed.refused and not deed.changed else "success"


def _corrected(deed: Deed) -> list[str]:
    """Return what they were marked as, the lane they all went to by that, and whether triage learns."""
    before, after = deed.before[0], deed.changed[0]
    decided = [
        it
        for it, was in (
            (after.decided.kind, before.decided.kind),
            (after.decided.lane, before.decided.lane),
            (after.decided.severity, before.decided.severity),
        )
        if it is not None and it is not was
    ]
    about = whom((*deed.changed, *deed.unchanged))
    as_what = ", ".join(map(word, decided))
    parts = [
        _("marked as {word}: {whom}").format(word=as_what, whom=about)
        if decided
        else _SAID[Verb.CORRECT]().format(whom=about)
    ]
    moved = [now.lane for was, now in zip(deed.before, deed.changed, strict=True) if now.lane is not was.lane]
    if len(moved) == len(deed.changed) and len(set(moved)) == 1 and moved[0] not in decided:
        parts.append(_("now in {lane}").format(lane=word(moved[0])))
    if _teaches(before, after):
        parts.append(_("triage learns from it"))
    return parts


def _teaches(before: Conversation, after: Conversation) -> bool:
    """Say whether the engine learns from it: who is an influencer says nothing of what was written."""
    decided = after.decided
    if decided.kind is not None and after.kind is not before.kind:
        return True
    if decided.severity is not None and after.severity is not before.severity:
        return True
    if decided.lane is None or after.lane is before.lane:
        return False
    return after.lane is Lane.COMPLAINTS or (after.lane is Lane.OTHERS and before.lane is Lane.COMPLAINTS)
