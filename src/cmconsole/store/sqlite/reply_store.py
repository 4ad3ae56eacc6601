"""The replies' part of the Store on one SQLite file: wires `replies` and `audit` to the contract."""

# A console's first picture needs none of this: it is imported in the methods.
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.reply import Reply, ReplyStatus
    from cmconsole.core.replying import ReplyChange
    from cmconsole.store.replying import Audit, ReplyMove, Said
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.values import Lease


class SqliteReplyStore:
    """See store.replying.ReplyStore for what each method promises."""

    _database: Database

    async def new_reply(self, reply: Reply, *, person: str, now: Instant) -> Reply:
        from cmconsole.store.sqlite import replies

        return await self._database.write(lambda writer: replies.add(writer, reply, person=person, now=now))

    async def change_reply(
        self,
        reply_id: int,
        move: ReplyMove,
        *,
        person: str,
        now: Instant,
        lease: Lease | None = None,
        durable: bool = True,
    ) -> ReplyChange:
        from cmconsole.store.sqlite import replies

        return await self._database.write(
            lambda writer: replies.change(writer, reply_id, move, person=person, now=now, lease=lease),
            durable=durable,
        )

    async def reply(self, reply_id: int) -> Reply:
        from cmconsole.store.sqlite import replies

        return await replies.reply(self._database, reply_id)

    async def replies(self, conversation_id: int) -> list[Reply]:
        from cmconsole.store.sqlite import replies

        return await replies.of(self._database, conversation_id)

    async def draft(self, conversation_id: int, person: str) -> Reply | None:
        from cmconsole.store.sqlite import replies

        return await replies.draft(self._database, conversation_id, person)

    async def replies_in(
        self, statuses: Collection[ReplyStatus], limit: int = 500, *, since: Instant | None = None
    ) -> list[Reply]:
        from cmconsole.store.sqlite import replies

        return await replies.in_statuses(self._database, statuses, limit, since)

    async def reply_counts(self) -> dict[ReplyStatus, int]:
        from cmconsole.store.sqlite import replies

        return await replies.counts(self._database)

    async def due_replies(self, account: str, now: Instant, limit: int = 20) -> list[Reply]:
        from cmconsole.store.sqlite import replies

        return await replies.due(self._database, account, now, limit)

    async def said(self, accounts: Collection[str], since: Instant, limit: int = 2_000) -> list[Said]:
        from cmconsole.store.sqlite import replies

        return await replies.said(self._database, accounts, since, limit)

    async def audit(
        self,
        after: int = 0,
        limit: int = 500,
        *,
        reply_id: int | None = None,
        conversation_id: int | None = None,
        since: Instant | None = None,
    ) -> Sequence[Audit]:
        from cmconsole.store.sqlite import audit

        return await audit.lines(
            self._database, after, limit, reply_id=reply_id, conversation_id=conversation_id, since=since
        )
