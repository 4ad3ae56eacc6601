"""From a key to a deed: the questions asked first, the command given, and what is said of its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext, said
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.desk import claim, correct, note, reopen, resolve, snooze, tag, vip, wait, when
from cmconsole.desk.deed import Deed, Verb
from cmconsole.desk.takeback import TakeBack
from cmconsole.tui.present.deeds import told, whom

if TYPE_CHECKING:
    from cmconsole.desk.context import Desk
    from cmconsole.tui.host import Host

Command = Callable[[], Awaitable[Deed | None]]


_BROUGHT: Final = frozenset({Verb.TAKE_BACK, Verb.REOPEN})
"""What these bring back is put under the cursor: the person asked to see it again."""


class Acts:
    """Carries out deciding and marking actions, one command at a time in the order of the keys."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._turn = asyncio.Lock()
        self._past = TakeBack(host.session.desk)
        self._handlers: Mapping[str, Callable[[Sequence[int]], Awaitable[None]]] = {
            "claim": self._claim,
            "done": self._done,
            "silence": self._silence,
            "snooze": self._snooze,
            "wait": self._wait,
            "take-back": self._take_back,
            "correct": self._correct,
            "tag": self._tag,
            "note": self._note,
            "vip": self._vip,
            "post": self._post,
        }

    async def carry_out(self, action_id: str, targets: Sequence[int]) -> None:
        """Carry out an action on the conversations chosen when its key was pressed; a failure is said."""
        if not targets and action_id != "take-back":
            self._host.say(_("There is no conversation here."), "quiet")
            return
        try:
            await self._handlers[action_id](targets)
        except CmconsoleError as error:
            self._host.say(said(error), "overdue")

    # ------------------------------------------------------------------------------------------------------
    # commands

    async def _give(self, command: Command) -> None:
        """Give a command, show what came of it at once, and remember it for taking back."""
        session = self._host.session
        async with self._turn:
            deed = await command()
        if deed is None:
            self._host.say(_("There is nothing to take back."), "quiet")
            return
        self._past.remember(deed)
        for talk in deed.changed:
            session.forget(talk.id)
        session.apply(deed.changed)
        if deed.verb in _BROUGHT:
            for talk in reversed(deed.changed):
                session.bring(talk)
        for view in session.shown:
            view.clear_selected()
        self._host.say(*told(deed, session.settings.keymap.first("take-back")))
        self._host.show()

    async def _claim(self, ids: Sequence[int]) -> None:
        await self._give(lambda: claim.toggle(self._desk, ids))

    async def _done(self, ids: Sequence[int]) -> None:
        question = ngettext("Mark {n} conversation as done?", "Mark {n} conversations as done?", len(ids))
        if await self._sure(ids, question, _("Done")):
            await self._give(lambda: resolve.done(self._desk, ids))

    async def _wait(self, ids: Sequence[int]) -> None:
        question = ngettext(
            "Stop the clock of {n} conversation until its author writes?",
            "Stop the clocks of {n} conversations until their authors write?",
            len(ids),
        )
        if await self._sure(ids, question, _("Wait")):
            await self._give(lambda: wait.wait(self._desk, ids))

    async def _sure(self, ids: Sequence[int], question: str, yes: str) -> bool:
        """Ask before an act on several conversations; one alone is taken back with a key."""
        if len(ids) == 1:
            return True
        from cmconsole.tui.screens.prompts import ConfirmPrompt  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        key = self._host.session.settings.keymap.first("take-back")
        detail = _("{key} takes it back.").format(key=key) if key else ""
        sure: bool | None = await self._host.ask(ConfirmPrompt(question.format(n=len(ids)), detail, yes))
        return sure is True

    async def _silence(self, ids: Sequence[int]) -> None:
        from cmconsole.tui.screens.prompts import ReasonPrompt  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        reasons = (*resolve.silence_reasons(), *self._host.session.settings.silence_reasons)
        reason = await self._host.ask(ReasonPrompt(reasons, len(ids)))
        if reason:
            await self._give(lambda: resolve.keep_silence(self._desk, ids, reason))

    async def _snooze(self, ids: Sequence[int]) -> None:
        from cmconsole.tui.screens.prompts import SnoozePrompt  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        desk, board = self._desk, self._host.session.board
        now = desk.now()
        standing = board.standing if board is not None else None
        offered = snooze.choices(now, standing.shift.ends_at if standing is not None else None, desk.zone)
        choices = [(choice.label, choice.until) for choice in offered]
        until = await self._host.ask(
            SnoozePrompt(choices, lambda text: when.parse(text, desk.now(), desk.zone))
        )
        if until is not None:
            await self._give(lambda: snooze.snooze(desk, ids, until))

    async def _take_back(self, ids: Sequence[int]) -> None:
        from cmconsole.tui.taking_back import take_back_reply  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        if await take_back_reply(self._host):
            return
        if self._past.last is not None:
            await self._give(self._past.undo)
        elif ids:
            await self._give(lambda: reopen.reopen(self._desk, ids))
        else:
            self._host.say(_("There is nothing to take back."), "quiet")

    async def _correct(self, ids: Sequence[int]) -> None:
        from cmconsole.tui.screens.correct import CorrectPrompt  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        talks = await self._desk.store.conversations(ids)
        chosen = await self._host.ask(CorrectPrompt(talks))
        if chosen is None:
            return
        await self._give(
            lambda: correct.correct(
                self._desk,
                ids,
                kind=chosen if isinstance(chosen, Kind) else None,
                lane=chosen if isinstance(chosen, Lane) else None,
                severity=chosen if isinstance(chosen, Severity) else None,
            )
        )

    async def _tag(self, ids: Sequence[int]) -> None:
        from cmconsole.tui.screens.prompts import LinePrompt  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        talks = await self._desk.store.conversations(ids)
        worn = sorted({name for talk in talks for name in talk.tags})
        title = _("Tag {whom}").format(whom=whom(talks))
        name = await self._host.ask(
            LinePrompt(title, _("a word; -word removes it"), [f"-{name}" for name in worn])
        )
        if not name:
            return
        if name.startswith("-"):
            await self._give(lambda: tag.untag(self._desk, ids, name.removeprefix("-")))
        else:
            await self._give(lambda: tag.tag(self._desk, ids, name))

    async def _note(self, ids: Sequence[int]) -> None:
        from cmconsole.tui.screens.prompts import NotePrompt  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        talks = await self._desk.store.conversations(ids)
        text = await self._host.ask(NotePrompt(whom(talks)))
        if text:
            await self._give(lambda: note.note(self._desk, ids, text))

    async def _post(self, ids: Sequence[int]) -> None:
        from cmconsole.tui.reply_acts import act_on_post  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        await act_on_post(self._host, ids)

    async def _vip(self, ids: Sequence[int]) -> None:
        await self._give(lambda: vip.toggle(self._desk, ids))

    # ---------------------------------------------------------------------------------------------------
    # small things

    @property
    def _desk(self) -> Desk:
        return self._host.session.desk
