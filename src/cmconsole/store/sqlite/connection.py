"""The two connections of a store object: one that writes, behind the gate, and one that never waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cmconsole.core.errors import N_, StoreBusyError, StoreError
from cmconsole.store.sqlite import files, schema
from cmconsole.store.sqlite.failures import speaking
from cmconsole.store.sqlite.gate import Gate
from cmconsole.store.sqlite.thread import ThreadedConnection, Writer

if TYPE_CHECKING:
    from cmconsole.store.sqlite.thread import Row

_T = TypeVar("_T")

_WAL_LIMIT = 32 * 1024 * 1024
"""Bytes of log after which intake copies it into the database.

Measured at a million mentions: 16 MiB takes 90 ms, 32 MiB 145 ms, 64 MiB 220 ms, in which nobody writes; and
a mention costs intake 160, 145 and 125 µs.
"""

_ALONE = 8
"""Times that length while nobody else writes, so that nobody waits: a page written often is copied once."""

_WAL_LIMIT_DESK = 2 * _WAL_LIMIT
"""The same for a person's writes: reached only where no intake runs."""

_CHECKPOINT_PATIENCE = 20
"""Milliseconds a checkpoint waits for readers; what it cannot finish now it finishes the next time."""


class Database:
    """Opens, closes, reads and writes one SQLite file.

    cache: kibibytes of pages the writing connection keeps; the reading one keeps little, because a console's
    memory must not grow with its store.
    """

    def __init__(self, path: Path, *, busy_timeout: float, cache: int) -> None:
        self.path = path
        self._busy_timeout = busy_timeout
        self._cache = cache
        self._mine = asyncio.Lock()
        self._gate: Gate | None = None
        self._writer: ThreadedConnection | None = None
        self._reader: ThreadedConnection | None = None
        self._durable = True
        self._version = 0
        self._times = _ALONE

    async def open(self) -> None:
        """Open or make the file and bring it up to date."""
        if self._gate is not None:
            return
        files.prepare(self.path)
        self._gate = Gate(self.path, self._busy_timeout)
        try:
            with speaking():
                async with self._gate.passing():
                    await self._connect()
        except BaseException:
            await self.close()
            raise

    async def _connect(self) -> None:
        """Connect. The log is copied back only behind the gate, therefore never by SQLite's own accord."""
        always = (
            "wal_autocheckpoint=0",
            f"journal_size_limit={_WAL_LIMIT_DESK}",
            "temp_store=MEMORY",
        )
        self._writer = await ThreadedConnection.open(self.path, self._busy_timeout, *always)
        found = await self._writer.run(schema.version)
        if found == 0:
            await self._writer.set("auto_vacuum=INCREMENTAL")
        if await self._writer.rows("PRAGMA journal_mode=WAL") != [("wal",)]:
            raise StoreError(
                N_("The store cannot keep a write-ahead log here."),
                advice=N_("Keep the store on a local disk."),
            )
        await self._writer.set(
            f"cache_size=-{self._cache}", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"
        )
        await self._writer.run(partial(schema.migrate, found=found))
        ((self._version,),) = await self._writer.rows("PRAGMA data_version")
        self._reader = await ThreadedConnection.open(
            self.path, self._busy_timeout, *always, "cache_size=-2048", "query_only=ON"
        )

    async def close(self) -> None:
        """Close both connections behind the gate, for the last one to leave copies the log back.

        Where the gate stays shut somebody is inside, so this is not the last connection and copies nothing.
        """
        gate, self._gate = self._gate, None
        if gate is None:
            return
        try:
            async with self._mine, gate.passing():
                await self._disconnect()
        except StoreBusyError:
            await self._disconnect()
        finally:
            gate.close()

    async def _disconnect(self) -> None:
        reader, self._reader = self._reader, None
        writer, self._writer = self._writer, None
        for connection in (reader, writer):
            if connection is not None:
                with speaking():
                    await connection.close()

    async def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[Row]:
        """Read with one statement; nobody's writing delays it."""
        if self._reader is None:
            raise _closed()
        with speaking():
            return await self._reader.rows(sql, parameters)

    async def write(self, job: Callable[[Writer], _T], *, durable: bool = True) -> _T:
        """Run a job in one transaction, committed when it returns, rolled back when it raises.

        durable: once returned, the commit survives power loss (what a person did); otherwise it survives the
        process's death only, which is enough for intake, whose cursor is in the same transaction.
        """
        written = await self.alone(partial(self._transaction, job, durable), patient=not durable)
        await self._tidy(_WAL_LIMIT_DESK if durable else self._times * _WAL_LIMIT)
        return written

    async def alone(self, job: Callable[[Writer], _T], *, patient: bool = True) -> _T:
        """Run a job inside the gate, without a transaction.

        The gate is left on the connection's thread as soon as the job has ended: a loop that is busy
        just then does not keep others waiting.
        """
        async with self._mine:
            writer, gate = self._writer, self._gate
            if writer is None or gate is None:
                raise _closed()
            await gate.enter(patient=patient)

            def inside(connection: Writer) -> _T:
                try:
                    return job(connection)
                finally:
                    gate.leave()

            with speaking():
                return await writer.run(inside)

    def _transaction(self, job: Callable[[Writer], _T], durable: bool, writer: Writer) -> _T:  # noqa: FBT001 - bound by partial
        if durable is not self._durable:
            writer.rows(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        writer.rows("BEGIN IMMEDIATE")
        try:
            self._look_round(writer)
            result = job(writer)
            writer.connection.commit()
        except BaseException:
            writer.connection.rollback()
            raise
        return result

    @property
    def is_shared(self) -> bool:
        """Say whether anybody else has committed lately: since the last few times the log was emptied."""
        return self._times < _ALONE

    def _look_round(self, writer: Writer) -> None:
        """Keep the log short from now on if anybody else has committed (consoles do, every few seconds)."""
        ((version,),) = writer.rows("PRAGMA data_version")
        if version != self._version:
            self._version, self._times = version, 1

    async def _tidy(self, limit: int) -> None:
        """Copy the log back if it is long. That the lock is busy just now is no failure: others tidy too."""
        try:
            length = files.side(self.path, "-wal").stat().st_size
        except FileNotFoundError:
            return
        if length > limit:
            self._times = min(2 * self._times, _ALONE)
            try:
                await self.checkpoint()
            except StoreBusyError:
                return

    async def checkpoint(self, *, patience: int = _CHECKPOINT_PATIENCE) -> bool:
        """Copy the log into the database and empty it, behind the gate; say whether it is empty now.

        patience: milliseconds to wait for readers.
        """
        return await self.alone(partial(self._emptied, patience))

    def _emptied(self, patience: int, writer: Writer) -> bool:
        writer.rows(f"PRAGMA busy_timeout={patience}")
        try:
            ((blocked, _, _),) = writer.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            writer.rows(f"PRAGMA busy_timeout={int(self._busy_timeout * 1000)}")
        return not blocked


def _closed() -> StoreError:
    return StoreError(N_("The store is closed."), advice=N_("Start cmconsole again."))
