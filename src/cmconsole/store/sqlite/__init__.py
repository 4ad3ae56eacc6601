"""The store on one SQLite file."""

from cmconsole.store.sqlite.findings import SqliteFindings, sqlite_findings
from cmconsole.store.sqlite.store import SqliteStore

__all__ = ["SqliteFindings", "SqliteStore", "sqlite_findings"]
