"""A reply being written: its sheet, what of it is kept, and how it is sent or kept as a note; no widget."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.errors import IllegalMoveError
from cmconsole.desk import note as notes
from cmconsole.desk.reply import send as sending
from cmconsole.desk.reply import sheet as sheets

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk
    from cmconsole.desk.deed import Deed
    from cmconsole.desk.reply.length import Length
    from cmconsole.desk.reply.send import Clearance
    from cmconsole.desk.reply.sheet import Sheet


class Composing:
    """What a composer holds. Its commands come one after the other, whatever order they end in.

    text: as it stands in the field. note: it is one for colleagues; nothing of it reaches the reply then.
    split: the person asked for a thread. canned: the code of the canned response it began as, or empty.
    clearance: what stood between the text and its leaving when that was last asked; None once it changed.
    """

    def __init__(self, desk: Desk, sheet: Sheet) -> None:
        self.desk = desk
        self.sheet = sheet
        self.text = sheet.reply.text
        self.canned = sheet.reply.canned
        self.note = False
        self.split = False
        self.clearance: Clearance | None = None
        self._turn = asyncio.Lock()
        self._composed: tuple[tuple[str, bool, int], tuple[str, ...], tuple[Length, ...]] | None = None
        self._around = _surroundings(sheet)

    @classmethod
    async def open(cls, desk: Desk, conversation_id: int) -> Composing:
        """Open a conversation's sheet, with the person's draft on it. Raises NotFoundError, StoreError."""
        return cls(desk, await sheets.open_sheet(desk, conversation_id))

    # ------------------------------------------------------------------------------------------ the text

    def write(self, text: str) -> None:
        """Take note of the text: what was found out about another one no longer counts."""
        if text != self.text:
            self.text = text
            self.clearance = None
            self.canned = self.canned if text.strip() else ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not self.text.strip()

    @property
    def kept_at(self) -> Instant | None:
        """When the draft was kept last; None while there is none."""
        reply = self.sheet.reply
        return reply.updated_at if reply.id and reply.text.strip() else None

    @property
    def unkept(self) -> bool:
        """Whether words of the reply stand in the field only. A note's are kept when it is whole."""
        reply = self.sheet.reply
        return not self.note and (self.text, self.canned) != (reply.text, reply.canned)

    @property
    def parts(self) -> tuple[str, ...]:
        """Exactly what would be published, one element a post."""
        return self._measured()[0]

    @property
    def lengths(self) -> tuple[Length, ...]:
        """How long each part is, by its platform's own rule."""
        return self._measured()[1]

    @property
    def is_over(self) -> bool:
        """Whether a part is longer than its platform takes."""
        return any(it.over for it in self.lengths)

    def _measured(self) -> tuple[tuple[str, ...], tuple[Length, ...]]:
        from cmconsole.desk.reply.length import measure  # noqa: PLC0415 - what only a composer needs

        key = (self.text, self.split, id(self.sheet))
        if self._composed is None or self._composed[0] != key:
            sheet = self.sheet
            parts = sending.composed(self.desk, sheet, self.text, split=self.split)
            most = sheet.account.most if sheet.account is not None else None
            lengths = tuple(measure(sheet.conversation.platform, it, most=most) for it in parts)
            self._composed = (key, parts, lengths)
        return self._composed[1], self._composed[2]

    # ------------------------------------------------------------------------------------------ the draft

    async def keep(self) -> None:
        """Keep the draft as it stands, on disk. Raises ReadOnlyError, StoreError."""
        if not self.unkept:
            return
        async with self._turn:
            await self._keep()

    async def _keep(self) -> None:
        try:
            self.sheet = await sheets.save(self.desk, self.sheet, self.text, canned=self.canned)
        except IllegalMoveError:
            # The draft was sent or dropped at another console of this person: these words are another one.
            self.sheet = await sheets.open_sheet(
                self.desk, self.sheet.conversation.id, account=self.sheet.reply.account
            )
            self.sheet = await sheets.save(self.desk, self.sheet, self.text, canned=self.canned)

    async def leave(self) -> None:
        """Keep the draft for later; one without a word is dropped. Raises ReadOnlyError, StoreError."""
        if self.note or not self.is_empty:
            await self.keep()
        elif self.sheet.reply.id:
            await self.drop()

    async def drop(self) -> None:
        """Drop the draft for good. Raises ReadOnlyError, StoreError."""
        async with self._turn:
            await sheets.drop(self.desk, self.sheet)

    # -------------------------------------------------------------------------------------- what is around

    @property
    def behind(self) -> bool:
        """Whether the author has written since the draft began, and the person has not said they read it."""
        return self.sheet.reply.seen < self.sheet.conversation.last_mention

    async def look(self) -> bool:
        """Look whether anything around the draft moved; read it then. Raises StoreError, NotFoundError."""
        store, talk = self.desk.store, self.sheet.conversation
        found = await store.conversations([talk.id])
        replies = [it for it in await store.replies(talk.id) if it.id != self.sheet.reply.id]
        now = (
            [(it.version, it.last_mention) for it in found],
            [(it.id, it.version) for it in replies],
        )
        if now == self._around:
            return False
        await self.refresh()
        return True

    async def refresh(self) -> None:
        """Read what is around the draft. Nothing written yet: then all there is has been read."""
        async with self._turn:
            fresh = await (sheets.read_anew if self.is_empty else sheets.again)(self.desk, self.sheet)
            self._take(fresh)

    def _take(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._around = _surroundings(sheet)

    async def have_read(self) -> None:
        """Take note that the person has read what is new. Raises StoreError."""
        async with self._turn:
            self._take(await sheets.read_anew(self.desk, self.sheet))
            self.clearance = None
            await self._keep()

    async def speak_as(self, account: str) -> None:
        """Have another account speak. Raises StoreError."""
        async with self._turn:
            self.sheet = sending.with_account(self.desk, self.sheet, account)
            self.clearance = None
            await self._keep()
            self._take(await sheets.again(self.desk, self.sheet))

    # ---------------------------------------------------------------------------------- sending and noting

    async def clear(self) -> Clearance:
        """Return what stands between the text and its leaving. Raises StoreError, NotFoundError."""
        async with self._turn:
            self.clearance = await sending.clear(self.desk, self.sheet, self.text, split=self.split)
            self._take(self.clearance.sheet)
            return self.clearance

    async def send(self, word: str) -> Reply:
        """Send it on its way, or ask for a second person's yes; raises what `desk.reply.send` raises."""
        if self.note:
            raise IllegalMoveError(_("A private note is never sent."), advice=_("Nothing was done."))
        async with self._turn:
            return await sending.send(
                self.desk, self.sheet, self.text, word=word, split=self.split, canned=self.canned
            )

    async def keep_note(self, *, whole: bool = True) -> Deed:
        """Leave the text as a note for colleagues; the draft it may have been is dropped.

        whole: its writer says so; else it was cut off. Raises InputError where it is empty, ReadOnlyError.
        """
        text = self.text if whole else _("(unfinished) {text}").format(text=self.text)
        deed = await notes.note(self.desk, [self.sheet.conversation.id], text)
        if not deed.refused and self.sheet.reply.id:
            await self.drop()
        return deed


def _surroundings(sheet: Sheet) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return what tells one state of a conversation and its replies from another."""
    talk = sheet.conversation
    return (
        [(talk.version, talk.last_mention)],
        [(it.id, it.version) for it in sheet.others],
    )
