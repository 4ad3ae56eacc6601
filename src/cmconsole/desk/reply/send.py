"""Send: guards first, then a second person's yes where it is owed, else the undo window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core import replying
from cmconsole.core.guard import Finding, GuardError, Level
from cmconsole.core.reply import ANSWERED, Reply
from cmconsole.core.replying import Known
from cmconsole.desk import presence
from cmconsole.desk import shift as shifts
from cmconsole.desk.reply import approval
from cmconsole.desk.reply import sheet as sheets
from cmconsole.desk.reply.candidate import Candidate
from cmconsole.desk.reply.window import undo_window

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmconsole.core.clock import Millis
    from cmconsole.core.replying import Case, ReplyChange
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Clearance:
    """What stands between a text and its leaving.

    parts: exactly what would be published. findings: the guards raised, blocking ones first. word: what has
    to be typed; empty where nothing has to be, or where typing does not help (`blocked`).
    owed: why a second person must say yes; empty where nobody must. sheet: what was read for it.
    language: of the text, where it is sure.
    """

    sheet: Sheet
    parts: tuple[str, ...]
    findings: tuple[Finding, ...]
    word: str
    owed: tuple[str, ...]
    known: Known
    language: str = ""

    @property
    def blocked(self) -> bool:
        """Whether a guard stops it whatever is typed."""
        return any(it.level is Level.BLOCK for it in self.findings)

    @property
    def raised(self) -> tuple[str, ...]:
        """The names of the guards that ask for a typed word."""
        return tuple(it.guard for it in self.findings if it.level is Level.CONFIRM)


def composed(desk: Desk, sheet: Sheet, text: str, *, split: bool = False) -> tuple[str, ...]:
    """Return exactly what would be published, one element a post; cheap enough for every key."""
    from cmconsole.desk.reply.compose import compose, signed  # noqa: PLC0415 - what only a composer needs

    return compose(
        text,
        platform=sheet.conversation.platform,
        handle=sheet.conversation.author.handle,
        domain=sheet.domain,
        signature=signed(desk.replying.signature, sheet.reply.writer),
        most=sheet.account.most if sheet.account is not None else None,
        split=split,
    )


async def clear(desk: Desk, sheet: Sheet, text: str, *, split: bool = False) -> Clearance:
    """Read what is new and return what stands between this text and its leaving. Raises StoreError."""
    from cmconsole.desk.reply import guards  # noqa: PLC0415 - what only a composer needs

    fresh = await sheets.again(desk, sheet)
    parts = composed(desk, fresh, text, split=split)
    candidate = Candidate(
        reply=fresh.reply,
        text=text,
        parts=parts,
        conversation=fresh.conversation,
        mentions=fresh.mentions,
        answered=fresh.answered,
        speaker=fresh.speaker,
        account=fresh.account,
        fitting=fresh.fitting,
        others=fresh.others,
        said=fresh.said,
        most=fresh.account.most if fresh.account is not None else None,
        standing=await shifts.standing(desk),
        person=desk.person,
        colleagues=await presence.colleagues(desk),
        now=desk.now(),
    )
    findings = guards.check(candidate, desk.replying.guards)
    alike = await desk.store.cluster_sizes([fresh.conversation])
    return Clearance(
        sheet=fresh,
        parts=parts,
        findings=findings,
        word=guards.word(findings),
        owed=approval.owed(
            desk.replying.approval,
            fresh.conversation,
            fresh.reply,
            tuple(it.guard for it in findings if it.level is not Level.TELL),
            alike.get(fresh.conversation.id, 1),
        ),
        known=Known(
            mention=fresh.conversation.last_mention,
            replies=frozenset(it.id for it in fresh.others if it.status in ANSWERED),
        ),
        language=guards.language_of(text),
    )


def check_word(clearance: Clearance, word: str) -> None:
    """Raise GuardError unless everything that was raised is confirmed by the typed word."""
    if clearance.blocked:
        raise GuardError(
            _("This reply cannot leave like this."),
            advice=_("Nothing was sent; your text is kept as a draft."),
            findings=clearance.findings,
        )
    if clearance.word and word.strip().casefold() != clearance.word.casefold():
        raise GuardError(
            _("This reply needs a second look."),
            advice=_("Type “{word}” if it may leave all the same.").format(word=clearance.word),
            findings=clearance.findings,
            word=clearance.word,
        )


async def send(
    desk: Desk,
    sheet: Sheet,
    text: str,
    *,
    word: str = "",
    split: bool = False,
    canned: str | None = None,
    ask: bool = False,
    watched: bool = True,
) -> Reply:
    """Send a text on its way and return the reply: holding, or awaiting a second person's yes.

    word: typed to confirm guards. split: as a thread, where it is too long for one post. ask: for a second
    person's yes although none is owed. watched: the undo window ends with this console (a person has to
    confirm then); else it runs out by itself.
    Raises GuardError, AnsweredError, ClaimHeldError, ReadOnlyError, StoreError; the text is a draft then.
    """
    kept = await sheets.save(desk, sheet, text, canned=canned)
    clearance = await clear(desk, kept, text, split=split)
    check_word(clearance, word)
    # What it answers, and whether it is a rehearsal, leave as the guards saw them, not as the draft began.
    kept = await sheets.save(desk, clearance.sheet, text)
    known = replace(clearance.known, version=kept.reply.version)
    now = desk.now()
    move: Callable[[Case], ReplyChange]
    if clearance.owed or ask:
        move = partial(
            replying.ask,
            person=desk.person,
            now=now,
            parts=clearance.parts,
            known=known,
            raised=clearance.raised,
            language=clearance.language,
        )
    else:
        move = partial(
            replying.hold,
            person=desk.person,
            now=now,
            until=now + undo_window(desk.replying, clearance.sheet.conversation),
            console=desk.console if watched else "",
            parts=clearance.parts,
            known=known,
            raised=clearance.raised,
            language=clearance.language,
        )
    return (await desk.store.change_reply(kept.reply.id, move, person=desk.person, now=now)).reply


def with_account(desk: Desk, sheet: Sheet, name: str) -> Sheet:
    """Return the sheet with another account speaking; kept with the next save."""
    speaker = next((it for it in desk.replying.speakers if it.name == name), None)
    mode = speaker.mode if speaker is not None else sheet.reply.mode
    return replace(sheet, speaker=speaker, account=None, reply=replace(sheet.reply, account=name, mode=mode))


def window_of(desk: Desk, sheet: Sheet) -> Millis:
    """Return how long this reply could be taken back."""
    return undo_window(desk.replying, sheet.conversation)
