"""Approvals on a screen of their own: what awaits a second person's yes, and all they need to give it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cmconsole.config.language import _, said
from cmconsole.core.account import Mode
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.guard import GuardError
from cmconsole.desk.reply import approval, approve, outbox
from cmconsole.tui.present import approvals as present
from cmconsole.tui.present import replies
from cmconsole.tui.present.footer import Place
from cmconsole.tui.present.words import author_name, network
from cmconsole.tui.screens.reply_list import ReplyListScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.reply import Reply
    from cmconsole.desk.reply.approval import Waiting
    from cmconsole.desk.reply.send import Clearance
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.session import Session


class ApprovalsScreen(ReplyListScreen):
    """Shows what the board has waiting; what is under the cursor is read whole, and again when it moves."""

    place: ClassVar[Place] = Place.APPROVALS

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__(session, palette)
        self._turn = asyncio.Lock()
        self._seen: dict[int, Clearance] = {}
        self._read_at: tuple[int, ...] = ()

    # ----------------------------------------------------------------------------------------- what it says

    def waiting(self) -> list[Waiting]:
        """Return what waits, in the order of the rows."""
        board = self.session.board
        return [] if board is None else present.together(board.waiting)

    def replies(self) -> Sequence[Reply]:
        return [it.reply for it in self.waiting()]

    def title_line(self, width: int) -> Line:
        return present.title(self.waiting(), width)

    def row_line(self, place: int, width: int, *, cursor: bool) -> Line:
        found = self.waiting()
        there = [
            it.reply.id for it in found if it.reply.conversation_id == found[place].reply.conversation_id
        ]
        competing = (there.index(found[place].reply.id) + 1, len(there))
        return present.row(found[place], competing, self.handles, width, cursor=cursor)

    def heading_line(self, place: int, width: int) -> Line:
        return present.heading(self.waiting()[place], self.handles, width)

    def detail_lines(self, place: int, width: int) -> list[Line]:
        it = self.waiting()[place]
        return present.detail(it, self._known(it), self.session.desk, width)

    def empty_words(self) -> list[str]:
        return present.empty(self.key("back"))

    def without(self) -> frozenset[str]:
        chosen = self.chosen
        if chosen is None:
            return frozenset({"yes", "refuse", "edit", "discard", "open", "link"})
        desk = self.session.desk
        return frozenset({"yes"} if chosen.mine else ()) | (
            frozenset() if chosen.reply.writer == desk.person else frozenset({"discard"})
        )

    @property
    def chosen(self) -> Waiting | None:
        """What is under the cursor."""
        found = self.waiting()
        return found[self.at] if found else None

    # ------------------------------------------------------------------------------------- reading it whole

    def sync(self) -> None:
        chosen = self.chosen if self.is_mounted else None
        if chosen is not None:
            wanted = self._around(chosen)
            if self._read_at != wanted:
                self._read_at = wanted
                self.console.begin(self._look(chosen.reply.id), "look-at-reply")
        super().sync()

    def _around(self, chosen: Waiting) -> tuple[int, ...]:
        """Return what tells one state of a reply and of what is around it from another, as the board has it.

        Reading it whole asks every guard: not with every board of a stormy desk.
        """
        board, talk = self.session.board, chosen.conversation
        every = (
            []
            if board is None
            else [*(it.reply for it in board.waiting), *(it.reply for it in board.replies)]
        )
        near = [it for it in every if it.conversation_id == talk.id]
        marks = [number for it in near for number in (it.id, it.version)]
        return (chosen.reply.id, talk.version, talk.last_mention, *marks)

    async def _look(self, reply_id: int) -> None:
        try:
            self._seen[reply_id] = await approve.look(self.session.desk, reply_id)
        except CmconsoleError:
            # It is gone, or the store is busy: the next board tells, or asks again.
            return
        if self.is_mounted:
            super().sync()

    def _known(self, it: Waiting) -> Clearance | None:
        """Return what was read of this very text; None while it is being read."""
        seen = self._seen.get(it.reply.id)
        return seen if seen is not None and seen.known.version == it.reply.version else None

    # ------------------------------------------------------------------------------------------------ actions

    def verbs(self) -> Mapping[str, Callable[[], Any]]:
        return {
            "yes": lambda: self._begin(self._approve),
            "refuse": lambda: self._begin(self._refuse),
            "edit": lambda: self._begin(self._amend),
            "discard": lambda: self._begin(self._discard),
            "approvals": self.leave,
            **dict.fromkeys(("retry", "look-up", "seen-there"), _nothing),
        }

    def _begin(self, act: Callable[[Waiting], Any]) -> None:
        """Do something with what is under the cursor at this very moment."""
        if (chosen := self.chosen) is not None:
            self.console.begin(self._done(act, chosen), act.__name__)

    async def _done(self, act: Callable[[Waiting], Any], chosen: Waiting) -> None:
        if self._turn.locked():
            return
        async with self._turn:
            try:
                await act(chosen)
            except GuardError as error:
                reasons = "; ".join(it.reason for it in error.findings)
                self.console.say(f"{said(error)} {reasons}".strip(), "overdue")
            except CmconsoleError as error:
                self.console.say(said(error), "overdue")
            await self.session.read()
            self.session.forget(chosen.reply.conversation_id)
        self.console.show()

    async def _approve(self, chosen: Waiting) -> None:
        from cmconsole.tui.screens.prompts import ConfirmPrompt  # noqa: PLC0415 - only when it is asked
        from cmconsole.tui.screens.yes_prompts import WordPrompt  # noqa: PLC0415 - as above

        if chosen.mine:
            self.console.say(_("You changed this text last: a colleague has to approve it."), "urgent")
            return
        seen = self._known(chosen)
        if seen is None:
            seen = self._seen[chosen.reply.id] = await approve.look(self.session.desk, chosen.reply.id)
        if seen.blocked:
            reasons = present.guards(seen.findings, chosen.reply, 200)
            words = " ".join(text for line in reasons[1:2] for text, _meaning in line)
            self.console.say(_("It cannot leave like this: {reason}").format(reason=words), "overdue")
            return
        question, word = self._question(chosen), ""
        if seen.word:
            reasons = present.guards(seen.findings, chosen.reply, 70)[1:]
            answer = await self.console.ask(WordPrompt(question, reasons, seen.word))
            sure, word = bool(answer), answer or ""
        else:
            key = self.key("take-back")
            detail = _("{key} takes it back before it leaves.").format(key=key)
            sure = await self.console.ask(ConfirmPrompt(question, detail, _("Approve"))) is True
        if not sure:
            return
        reply = await approve.approve(self.session.desk, seen, word=word)
        left = replies.seconds(reply.hold_until or 0, self.session.desk.now())
        words = _("Approved: it leaves in {left} · {key} takes it back").format(
            left=left, key=self.key("take-back")
        )
        self.console.say(words, "success")

    def _question(self, chosen: Waiting) -> str:
        reply = chosen.reply
        words = (
            _("Publish {person}'s reply as {account} on {network} to {whom}?")
            if reply.mode is Mode.LIVE
            else _(
                "Let {person}'s reply leave as {account} on {network} to {whom}? Rehearsal: not published."
            )
        )
        return words.format(
            person=reply.writer,
            account=replies.account_name(reply, self.handles),
            network=network(reply.platform),
            whom=author_name(chosen.conversation.author),
        )

    async def _refuse(self, chosen: Waiting) -> None:
        from cmconsole.tui.screens.prompts import LinePrompt  # noqa: PLC0415 - only when it is asked

        title = _("Give it back to {person}: what is to be changed?").format(person=chosen.reply.writer)
        reason = await self.console.ask(LinePrompt(title, _("in a few words")))
        if reason:
            await approval.refuse(self.session.desk, chosen.reply.id, reason)
            words = _("Given back to {person}: it is a draft again.").format(person=chosen.reply.writer)
            self.console.say(words, "success")

    async def _amend(self, chosen: Waiting) -> None:
        from cmconsole.tui.screens.yes_prompts import AmendPrompt  # noqa: PLC0415 - only when it is asked

        seen = await approve.look(self.session.desk, chosen.reply.id)
        about = _("{person}'s reply to {whom}").format(
            person=chosen.reply.writer, whom=author_name(chosen.conversation.author)
        )
        text = await self.console.ask(AmendPrompt(about, seen.sheet.reply.text))
        if text is not None and text != seen.sheet.reply.text:
            await approve.amend(self.session.desk, seen, text)
            self.console.say(_("Changed: somebody else has to approve it now."), "success")

    async def _discard(self, chosen: Waiting) -> None:
        from cmconsole.tui.screens.prompts import ConfirmPrompt  # noqa: PLC0415 - only when it is asked

        if chosen.reply.writer != self.session.desk.person:
            words = _("It is {person}'s: refuse it, with the reason ({key}).")
            words = words.format(person=chosen.reply.writer, key=self.key("refuse"))
            self.console.say(words, "quiet")
            return
        question = _("Discard your reply to {whom}?").format(whom=author_name(chosen.conversation.author))
        detail = _("Its text is gone then; nothing was published.")
        if await self.console.ask(ConfirmPrompt(question, detail, _("Discard"))) is True:
            await outbox.discard(self.session.desk, chosen.reply.id)
            self.console.say(_("Discarded."), "success")


def _nothing() -> None:
    """Do nothing: what the key does in the outbox has no meaning here."""
