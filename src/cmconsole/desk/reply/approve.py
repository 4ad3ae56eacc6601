"""Approve: look at what a colleague asks for, say yes to it, or change it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core import replying
from cmconsole.core.errors import IllegalMoveError
from cmconsole.core.guard import GuardError, Level
from cmconsole.desk.reply import guards
from cmconsole.desk.reply.send import check_word, clear, composed
from cmconsole.desk.reply.sheet import sheet_of
from cmconsole.desk.reply.window import undo_window

if TYPE_CHECKING:
    from cmconsole.core.guard import Finding
    from cmconsole.core.reply import Reply
    from cmconsole.core.replying import Case, ReplyChange
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.send import Clearance


async def look(desk: Desk, reply_id: int) -> Clearance:
    """Return a waiting reply as it stands now, with the guards raised since it was asked for.

    What its writer confirmed is told, not asked again; it was part of what approval was asked for.
    """
    reply = await desk.store.reply(reply_id)
    clearance = await clear(desk, await sheet_of(desk, reply), reply.text, split=len(reply.parts) > 1)
    findings = tuple(_told(it, reply) for it in clearance.findings)
    return replace(
        clearance,
        findings=findings,
        word=guards.word(findings),
        parts=reply.parts,
        known=replace(clearance.known, version=reply.version),
    )


def _told(finding: Finding, reply: Reply) -> Finding:
    if finding.level is Level.CONFIRM and finding.guard in reply.raised:
        return replace(finding, level=Level.TELL)
    return finding


async def approve(desk: Desk, seen: Clearance, *, word: str = "", watched: bool = True) -> Reply:
    """Say yes to the text that `look` returned; its undo window begins.

    Raises GuardError, AnsweredError, IllegalMoveError (one's own text; changed since), ReadOnlyError.
    """
    await desk.check_may_act()
    fresh = await look(desk, seen.sheet.reply.id)
    check_word(fresh, word)
    now = desk.now()
    move = partial(
        replying.approve,
        person=desk.person,
        now=now,
        until=now + undo_window(desk.replying, fresh.sheet.conversation),
        console=desk.console if watched else "",
        known=seen.known,
    )
    return (await desk.store.change_reply(seen.sheet.reply.id, move, person=desk.person, now=now)).reply


async def amend(desk: Desk, seen: Clearance, text: str) -> Reply:
    """Change the text of a waiting reply that `look` returned; whoever does so cannot approve it.

    Raises GuardError, IllegalMoveError (changed since), ReadOnlyError.
    """
    await desk.check_may_act()
    clearance = await clear(desk, seen.sheet, text, split=len(seen.parts) > 1)
    if clearance.blocked:
        raise GuardError(
            _("This reply cannot leave like this."),
            advice=_("The text was left as it was."),
            findings=clearance.findings,
        )
    now = desk.now()
    parts = composed(desk, clearance.sheet, text, split=len(seen.parts) > 1)

    def move(case: Case) -> ReplyChange:
        if case.reply.version != seen.known.version:
            raise IllegalMoveError(
                _("The text has changed since you looked."), advice=_("Read it again, then decide.")
            )
        return replying.amend(
            case, person=desk.person, now=now, text=text, parts=parts, language=clearance.language
        )

    return (await desk.store.change_reply(seen.sheet.reply.id, move, person=desk.person, now=now)).reply
