"""The two connections of a store object: one that writes, behind the gate, and one that reads and never waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import aiosqlite

from cmconsole.core.errors import StoreBusyError, StoreError
from cmconsole.store.sqlite import files, schema
from cmconsole.store.sqlite.failures import speaking
from cmconsole.store.sqlite.gate import Gate

Row: TypeAlias = tuple[Any, ...]

_WAL_LIMIT = 16 * 1024 * 1024
"""Bytes of log after which intake copies it into the database: a few tens of milliseconds of work at a time."""

_WAL_LIMIT_DESK = 4 * _WAL_LIMIT
"""The same for a person's writes: reached only where no intake runs."""

_CHECKPOINT_PATIENCE = 20
"""Milliseconds a checkpoint waits for readers; what it cannot finish now it finishes the next time."""


class Writer:
    """The writing connection inside a transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[Row]:
        """Run one statement to its end and return its rows: a half-read cursor would keep the lock."""
        return list(await self._connection.execute_fetchall(sql, parameters))  # type: ignore[arg-type]

    async def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement once for each row of parameters."""
        await self._connection.executemany(sql, rows)


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
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._durable = True

    async def open(self) -> None:
        """Open or make the file and bring it up to date."""
        if self._writer is not None:
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
        self._writer = await self._connection()
        found = await schema.version(self._writer)
        if found == 0:
            await self._writer.execute_fetchall("PRAGMA auto_vacuum=INCREMENTAL")
        ((mode,),) = await self._writer.execute_fetchall("PRAGMA journal_mode=WAL")
        if mode != "wal":
            raise StoreError(
                "The store cannot keep a write-ahead log here.", advice="Keep the store on a local disk."
            )
        await self._set(
            self._writer,
            f"cache_size=-{self._cache}",
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
        )
        await schema.migrate(self._writer, found)
        self._reader = await self._connection()
        await self._set(self._reader, "cache_size=-2048", "query_only=ON")
        await self._reader.execute_fetchall("PRAGMA data_version")

    async def _connection(self) -> aiosqlite.Connection:
        """Connect. The log is copied back only behind the gate, therefore never by SQLite's own accord."""
        connection = await aiosqlite.connect(
            self.path, isolation_level=None, timeout=self._busy_timeout, cached_statements=64
        )
        await self._set(
            connection, "wal_autocheckpoint=0", f"journal_size_limit={_WAL_LIMIT_DESK}", "temp_store=MEMORY"
        )
        return connection

    @staticmethod
    async def _set(connection: aiosqlite.Connection, *pragmas: str) -> None:
        for pragma in pragmas:
            await connection.execute_fetchall(f"PRAGMA {pragma}")

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
        """Read: one statement, run to its end, so that no open cursor pins the log."""
        if self._reader is None:
            raise _closed()
        with speaking():
            return list(await self._reader.execute_fetchall(sql, parameters))  # type: ignore[arg-type]

    @asynccontextmanager
    async def writing(self, *, durable: bool = True) -> AsyncIterator[Writer]:
        """Be inside a write transaction, committed at the end, rolled back by any exception.

        durable: once left, the commit survives power loss (what a person did); otherwise it survives the
        process's death only, which is enough for intake, whose cursor is in the same transaction.
        """
        if self._writer is None or self._gate is None:
            raise _closed()
        async with self._mine, self._gate.passing(patient=not durable):
            connection = self._writer
            with speaking():
                await self._sync(connection, durable=durable)
                try:
                    await connection.execute_fetchall("BEGIN IMMEDIATE")
                    yield Writer(connection)
                    await connection.commit()
                except BaseException:
                    await connection.rollback()
                    raise
        await self._tidy(_WAL_LIMIT_DESK if durable else _WAL_LIMIT)

    async def _sync(self, connection: aiosqlite.Connection, *, durable: bool) -> None:
        if durable is not self._durable:
            await connection.execute_fetchall(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._durable = durable

    async def _tidy(self, limit: int) -> None:
        """Copy the log back if it is long. That the lock is busy just now is no failure: others tidy too."""
        try:
            length = files.side(self.path, "-wal").stat().st_size
        except FileNotFoundError:
            return
        if length > limit:
            try:
                await self.checkpoint()
            except StoreBusyError:
                return

    async def checkpoint(self, *, patience: int = _CHECKPOINT_PATIENCE) -> bool:
        """Copy the log into the database and empty it, behind the gate; say whether it is empty now.

        patience: milliseconds to wait for readers.
        """
        if self._writer is None or self._gate is None:
            raise _closed()
        async with self._mine, self._gate.passing(patient=True):
            with speaking():
                await self._set(self._writer, f"busy_timeout={patience}")
                try:
                    ((blocked, _, _),) = await self._writer.execute_fetchall(
                        "PRAGMA wal_checkpoint(TRUNCATE)"
                    )
                finally:
                    await self._set(self._writer, f"busy_timeout={int(self._busy_timeout * 1000)}")
        return not blocked

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[aiosqlite.Connection]:
        """Be inside the gate with the writing connection and no transaction (for vacuuming)."""
        if self._writer is None or self._gate is None:
            raise _closed()
        async with self._mine, self._gate.passing(patient=True):
            with speaking():
                yield self._writer


def _closed() -> StoreError:
    return StoreError("The store is closed.", advice="Start cmconsole again.")
