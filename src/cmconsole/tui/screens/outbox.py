"""The outbox on a screen of its own: what is on its way, what is stuck, and what a person says to each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cmconsole.config.language import _, said
from cmconsole.core.account import Mode
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.text import link
from cmconsole.desk.reply import outbox
from cmconsole.tui.present import outbox as present
from cmconsole.tui.present import replies
from cmconsole.tui.present.footer import Place
from cmconsole.tui.present.words import network
from cmconsole.tui.screens.reply_list import ReplyListScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.reply import Reply
    from cmconsole.desk.reply.outbox import Leaving
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.session import Session

Command = Callable[["Leaving"], Awaitable[None]]


class OutboxScreen(ReplyListScreen):
    """Shows the board's outbox; a key that means nothing to a reply as it stands says so."""

    place: ClassVar[Place] = Place.OUTBOX

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__(session, palette)
        self._turn = asyncio.Lock()

    # ----------------------------------------------------------------------------------------- what it says

    def box(self) -> Sequence[Leaving]:
        """Return the outbox, in the order of the rows."""
        board = self.session.board
        return () if board is None else board.replies

    def replies(self) -> Sequence[Reply]:
        return [it.reply for it in self.box()]

    def title_line(self, width: int) -> Line:
        return present.title(self.box(), width)

    def row_line(self, place: int, width: int, *, cursor: bool) -> Line:
        return present.row(self.box()[place], self.handles, self.session.desk.now(), width, cursor=cursor)

    def heading_line(self, place: int, width: int) -> Line:
        return present.heading(self.box()[place], self.handles, width)

    def detail_lines(self, place: int, width: int) -> list[Line]:
        desk, keymap = self.session.desk, self.session.settings.keymap
        return present.detail(self.box()[place], keymap, desk.zone, desk.now(), width)

    def empty_words(self) -> list[str]:
        return present.empty(self.key("back"))

    def without(self) -> frozenset[str]:
        return present.meaningless(self.reply)

    # ------------------------------------------------------------------------------------------------ actions

    def verbs(self) -> Mapping[str, Callable[[], Any]]:
        commands: dict[str, Command] = {
            "take-back": self._take_back,
            "yes": self._confirm,
            "retry": self._retry,
            "look-up": self._look_up,
            "seen-there": self._seen_there,
            "edit": self._edit,
            "discard": self._discard,
        }
        return {
            **{name: self._beginner(name, command) for name, command in commands.items()},
            "link": self._link,
            "outbox": self.leave,
            "refuse": lambda: None,
        }

    def _beginner(self, action_id: str, command: Command) -> Callable[[], None]:
        """Return what gives a command for the reply under the cursor, where it means something to it."""

        def begin() -> None:
            reply, at = self.reply, self.at
            if reply is None:
                self.console.say(_("Nothing is on its way."), "quiet")
            elif action_id not in present.possible(reply):
                words, _meaning = replies.state(reply, self.session.desk.now())
                self.console.say(_("Not now: {state}").format(state=words), "quiet")
            else:
                self.console.begin(self._done(command, self.box()[at]), action_id)

        return begin

    async def _done(self, command: Command, it: Leaving) -> None:
        if self._turn.locked():
            return
        async with self._turn:
            try:
                await command(it)
            except CmconsoleError as error:
                self.console.say(said(error), "overdue")
            self.session.forget(it.reply.conversation_id)
            await self.session.read()
        self.console.show()

    async def _take_back(self, it: Leaving) -> None:
        from cmconsole.tui.taking_back import taken_back  # noqa: PLC0415 - only when it is asked

        self.console.say(*await taken_back(self.console, it.reply))

    async def _confirm(self, it: Leaving) -> None:
        if await self._sure(it, self._question(it), self._window(), _("Let it leave")):
            await outbox.confirm(self.session.desk, it.reply.id)
            self._say_leaving()

    async def _retry(self, it: Leaving) -> None:
        if it.reply.status is ReplyStatus.UNKNOWN:
            warning = _("It may be there already: then it would stand there twice. Look there first.")
            detail = f"{warning} {self._window()}"
        else:
            detail = self._window()
        if await self._sure(it, self._question(it), detail, _("Send again")):
            await outbox.retry(self.session.desk, it.reply.id)
            self._say_leaving()

    async def _look_up(self, it: Leaving) -> None:
        await outbox.look_again(self.session.desk, it.reply.id)
        self.console.say(_("It is looked up now."), "success")

    async def _seen_there(self, it: Leaving) -> None:
        question = _("Did you see it there, to {whom}, with your own eyes?").format(whom=self._whom(it))
        if await self._sure(it, question, _("It counts as sent from then on."), _("It is there")):
            await outbox.settle(self.session.desk, it.reply.id)
            self.console.say(_("It counts as sent."), "success")

    async def _edit(self, it: Leaving) -> None:
        await outbox.revise(self.session.desk, it.reply.id)
        self.console.open_composer(it.reply.conversation_id)

    async def _discard(self, it: Leaving) -> None:
        question = _("Drop this reply to {whom} for good?").format(whom=self._whom(it))
        there = it.reply.status is ReplyStatus.UNKNOWN or bool(it.reply.native_ids)
        detail = _("What may be published already stays there.") if there else _("Nothing was published.")
        if await self._sure(it, question, detail, _("Discard")):
            await outbox.discard(self.session.desk, it.reply.id)
            self.console.say(_("Discarded."), "success")

    async def _sure(self, _it: Leaving, question: str, detail: str, yes: str) -> bool:
        from cmconsole.tui.screens.prompts import ConfirmPrompt  # noqa: PLC0415 - only when it is asked

        return await self.console.ask(ConfirmPrompt(question, detail, yes)) is True

    def _question(self, it: Leaving) -> str:
        reply = it.reply
        if reply.act is not Act.REPLY:
            words = _("{act}, as {account} on {network}: {whom}?")
        elif reply.mode is Mode.LIVE:
            words = _("Publish as {account} on {network} to {whom}?")
        else:
            words = _("Let it leave as {account} on {network} to {whom}? Rehearsal: not published.")
        return words.format(
            act=replies.act_words(reply).capitalize(),
            account=replies.account_name(reply, self.handles),
            network=network(reply.platform),
            whom=self._whom(it),
        )

    def _window(self) -> str:
        return _("{key} takes it back before it leaves.").format(key=self.key("take-back"))

    def _whom(self, it: Leaving) -> str:
        return replies.author(it.conversation)

    def _say_leaving(self) -> None:
        words = _("On its way · {key} takes it back").format(key=self.key("take-back"))
        self.console.say(words, "success")

    def _link(self) -> None:
        """Show and copy the link of what is published, else that of the conversation."""
        reply = self.reply
        if reply is None:
            return
        if url := link(reply.url):
            self.app.copy_to_clipboard(url)
            self.console.say(_("{url} (copied)").format(url=url), "accent")
        else:
            self.console.act("link", [reply.conversation_id])
