"""One SQLite connection on its own thread: statements one by one, or a whole job in one go."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import aiosqlite

_T = TypeVar("_T")

Row: TypeAlias = tuple[Any, ...]

_STATEMENTS = 64
"""Prepared statements a connection keeps: more than there are different texts."""


class Writer:
    """A connection as jobs use it, on the connection's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Run one statement to its end and return its rows: a half-read cursor would keep the lock."""
        return self.connection.execute(sql, parameters).fetchall()

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement once for each row of parameters."""
        self.connection.executemany(sql, rows)


class ThreadedConnection:
    """An aiosqlite connection that also runs jobs: functions of a Writer, whole, on the connection's thread.

    A batch is a dozen statements; handing each to the thread and back would cost two context switches apiece,
    which a busy machine makes the larger part of the time.
    """

    def __init__(self, connection: aiosqlite.Connection, writer: Writer) -> None:
        self._connection = connection
        self._writer = writer

    @classmethod
    async def open(cls, path: Path, busy_timeout: float, *pragmas: str) -> ThreadedConnection:
        """Connect and set the pragmas."""
        made: list[sqlite3.Connection] = []

        def connect() -> sqlite3.Connection:
            made.append(
                sqlite3.connect(
                    path, timeout=busy_timeout, isolation_level=None, cached_statements=_STATEMENTS
                )
            )
            return made[0]

        connection = cls(await aiosqlite.Connection(connect, _STATEMENTS), Writer(made[0]))
        try:
            await connection.set(*pragmas)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def set(self, *pragmas: str) -> None:
        """Set pragmas, given as `name=value`."""
        for pragma in pragmas:
            await self.rows(f"PRAGMA {pragma}")

    async def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[Row]:
        """Run one statement to its end, so that no open cursor pins the log, and return its rows."""
        return list(await self._connection.execute_fetchall(sql, parameters))  # type: ignore[arg-type]

    async def run(self, job: Callable[[Writer], _T]) -> _T:
        """Run a job to its end and return what it returns.

        A job cannot be stopped half-way: who is cancelled meanwhile waits for its end all the same, because
        the locks held around it must not be let go before.
        """
        loop = asyncio.get_running_loop()
        ended = loop.create_future()

        def whole() -> _T:
            try:
                return job(self._writer)
            finally:
                loop.call_soon_threadsafe(ended.set_result, None)

        try:
            # aiosqlite has no public way to run several statements at once; its own are made of this.
            return await self._connection._execute(whole)  # type: ignore[no-any-return, no-untyped-call]  # noqa: SLF001
        except asyncio.CancelledError:
            while not ended.done():
                try:
                    await asyncio.shield(ended)
                except asyncio.CancelledError:
                    continue
            raise

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._connection.close()
