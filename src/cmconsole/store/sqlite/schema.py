"""Brings a store's schema up to date: numbered SQL files, each in one transaction, never edited again."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from cmconsole.core.errors import N_, StoreError, StoreVersionError

if TYPE_CHECKING:
    from cmconsole.store.sqlite.thread import Writer

APPLICATION_ID = 0x434D434F
"""`PRAGMA application_id` of every store ("CMCO"): tells it from other programs' databases."""


@cache
def migrations() -> tuple[str, ...]:
    """Return the SQL of every migration in order: number N brings a store from version N-1 to N."""
    folder = resources.files("cmconsole.store.sqlite.migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple((folder / name).read_text(encoding="utf-8") for name in names)


def version(writer: Writer) -> int:
    """Return the version of an open store, 0 for an empty file.

    Raises StoreVersionError for a store from a newer program, StoreError for a database that is not a store.
    Nothing is written: a foreign file stays as it was.
    """
    ((found,),) = writer.rows("PRAGMA user_version")
    ((application,),) = writer.rows("PRAGMA application_id")
    ((tables,),) = writer.rows("SELECT count(*) FROM sqlite_schema")
    if tables and application != APPLICATION_ID:
        raise StoreError(
            N_("This file is another program's database."),
            advice=N_("Choose another file with --db; it was left as it is."),
        )
    if found > len(migrations()):
        raise StoreVersionError(
            N_("A newer cmconsole wrote this store (version {found}; known here: {known})."),
            advice=N_("Update cmconsole; the store was left as it is."),
            found=found,
            known=len(migrations()),
        )
    return int(found)


def migrate(writer: Writer, found: int) -> None:
    """Run the migrations after version `found`; a failure leaves the store at the last whole one."""
    for number, sql in enumerate(migrations(), start=1):
        if number > found:
            script = f"PRAGMA application_id={APPLICATION_ID};{sql};PRAGMA user_version={number};"
            try:
                writer.connection.executescript(f"BEGIN IMMEDIATE;{script}COMMIT;")
            except BaseException:
                writer.connection.rollback()
                raise
