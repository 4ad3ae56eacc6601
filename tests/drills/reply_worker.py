"""A person at a desk, as a process that may be killed: writes, approves, and sees to what came back.

    python -m tests.drills.reply_worker SETTINGS STORE PERSON JOURNAL SEED

Every deed that the store acknowledged is a line of the journal, on disk before the next one begins.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from cmconsole.config.loading import load
from cmconsole.config.schema import Store as StoreSettings
from cmconsole.config.tasks import spawn
from cmconsole.core.errors import AnsweredError, CmconsoleError
from cmconsole.core.guard import GuardError
from cmconsole.core.reply import ReplyStatus
from cmconsole.core.verdict import Lane
from cmconsole.desk import presence
from cmconsole.desk.reply import approval, approve, outbox, send, sheet
from cmconsole.wiring import build_desk, open_store

if TYPE_CHECKING:
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk

_WORDS: Final = (
    "bonjour", "merci", "votre", "message", "regardons", "ensemble", "demain", "suivi", "dossier",
    "équipe", "retour", "colis", "atelier", "pièce", "carafe", "machine", "adresse", "réponse",
)  # fmt: skip


class Person:
    """One person's deeds, one after another."""

    def __init__(self, desk: Desk, journal: Path, chance: Random) -> None:
        self._desk = desk
        self._chance = chance
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _note(self, did: str, reply: Reply) -> None:
        line = {"did": did, "reply": reply.id, "status": reply.status.value, "text": reply.text}
        os.write(self._journal, (json.dumps(line) + "\n").encode())
        os.fsync(self._journal)

    async def work(self) -> None:
        """Do the next thing there is to do, for ever."""
        while True:
            did = await self._approve() or await self._see_to_the_outbox() or await self._answer()
            await asyncio.sleep(self._chance.uniform(0, 0.1) if did else 0.1)

    async def live(self) -> None:
        while True:
            with suppress(CmconsoleError):
                await presence.beat(self._desk)
            await asyncio.sleep(0.5)

    async def _approve(self) -> bool:
        for waiting in await approval.lane(self._desk):
            if waiting.mine:
                continue
            with suppress(CmconsoleError):
                seen = await approve.look(self._desk, waiting.reply.id)
                self._note("approved", await approve.approve(self._desk, seen, word=seen.word))
                return True
        return False

    async def _see_to_the_outbox(self) -> bool:
        for leaving in await outbox.read(self._desk):
            reply = leaving.reply
            mine = self._desk.person in {reply.writer, reply.approver}
            if not mine or not outbox.needs_person(reply) or reply.status is ReplyStatus.UNKNOWN:
                continue
            try:
                self._note("retried", await outbox.retry(self._desk, reply.id))
            except AnsweredError:
                self._note("dropped", await outbox.discard(self._desk, reply.id))
            except CmconsoleError:
                continue
            return True
        return False

    async def _answer(self) -> bool:
        lanes = [talk for lane in Lane for talk in await self._desk.store.lane(lane, 200)]
        self._chance.shuffle(lanes)
        for talk in lanes:
            if any(
                it.text for it in await self._desk.store.replies(talk.id) if it.writer != self._desk.person
            ):
                continue
            with suppress(CmconsoleError):
                await self._reply(talk.id)
                return True
        return False

    async def _reply(self, conversation_id: int) -> None:
        opened = await sheet.open_sheet(self._desk, conversation_id)
        text = opened.reply.text or f"{' '.join(self._chance.sample(_WORDS, 9))} {conversation_id:05d}"
        opened = await sheet.save(self._desk, opened, text)
        self._note("drafted", opened.reply)
        await asyncio.sleep(self._chance.uniform(0, 0.3))
        try:
            reply = await send.send(self._desk, opened, text)
        except GuardError as error:
            reply = await send.send(self._desk, opened, text, word=error.word)
        self._note("sent", reply)
        if reply.status is ReplyStatus.HOLDING and self._chance.random() < 0.05:
            self._note("taken back", await outbox.take_back(self._desk, reply.id))


async def main(settings_file: Path, store: Path, person: str, journal: Path, seed: int) -> None:
    """Sit down at the desk."""
    settings = load(settings_file, dict(os.environ))
    settings = replace(
        settings, store=StoreSettings(path=str(store)), desk=replace(settings.desk, person=person)
    )
    async with open_store(settings, "console") as opened:
        at_work = Person(build_desk(settings, opened, settings_file), journal, Random(seed))
        beats = spawn(at_work.live(), name="presence")
        try:
            await at_work.work()
        finally:
            beats.cancel()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), int(sys.argv[5])))
