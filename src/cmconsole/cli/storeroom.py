"""Doctor's look at the store and what works on it: files, SQLite, integrity, engine, sources."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

from cmconsole import wiring
from cmconsole.cli import doctor_accounts
from cmconsole.cli.accounts_list import as_known
from cmconsole.cli.findings import Finding, Level, about, error, ok, warn
from cmconsole.config.clock import SystemClock
from cmconsole.config.language import _, ngettext, said
from cmconsole.config.paths import PRIVATE_DIR, PRIVATE_FILE
from cmconsole.core.errors import StoreError
from cmconsole.core.source import Health, SourceState
from cmconsole.store.contract import ENGINE_LEASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cmconsole.config.schema import Settings
    from cmconsole.store.contract import Store

_REASONS: Final = 5
"""Items set aside whose reason is told: the newest ones."""


async def store(settings: Settings) -> list[Finding]:
    """Look at the store these settings lead to, and at what works on it; a missing store is not made."""
    path = wiring.store_path(settings)
    findings = list(_sqlite())
    if not path.exists():
        says = _("There is no store at {path} yet.").format(path=path)
        findings.append(warn("store", says, _("`cmconsole` makes one at its first start.")))
        return [*findings, *doctor_accounts.money(as_known(settings, ()))]
    findings += _modes(path)
    findings.append(_integrity(path))
    if findings[-1].level is Level.ERROR:
        return findings
    try:
        async with wiring.open_store(settings, "console", make=False) as opened:
            findings.append(await _engine(opened))
            findings += await _sources(opened, settings)
            findings += doctor_accounts.money(as_known(settings, await opened.account_states()))
    except StoreError as failure:
        findings.append(error("store", said(failure), ""))
    return findings


def _sqlite() -> Iterator[Finding]:
    from cmconsole.store.sqlite import sqlite_findings  # noqa: PLC0415 - only doctor looks

    found = sqlite_findings()
    if not found.full_text:
        yield error(
            "store",
            _("SQLite {version} was built without full-text search (FTS5).").format(version=found.version),
            _("Use a Python whose SQLite has FTS5; all common builds do."),
        )
    if not found.wal_reset_bug:
        yield ok("store", _("SQLite {version}.").format(version=found.version))
    elif found.protected:
        says = _("SQLite {version} has the WAL-reset bug; cmconsole keeps clear of it.")
        yield ok("store", says.format(version=found.version))
    else:
        yield warn(
            "store",
            _("SQLite {version} has the WAL-reset bug.").format(version=found.version),
            _("Use SQLite 3.51.3, 3.50.7, 3.44.6 or later."),
        )


def _modes(path: Path) -> Iterator[Finding]:
    """Look who may read the store: mentions and notes concern nobody else on the machine."""
    for place, wanted in ((path.parent, PRIVATE_DIR), (path, PRIVATE_FILE)):
        mode = stat.S_IMODE(place.stat().st_mode)
        if mode & 0o077:
            yield warn(
                "store",
                _("{path} is open to other users of this machine (mode {mode:04o}).").format(
                    path=place, mode=mode
                ),
                _("Run: chmod {mode:o} {path}").format(mode=wanted, path=place),
            )


def _integrity(path: Path) -> Finding:
    from cmconsole.store.sqlite.integrity import damage  # noqa: PLC0415 - only doctor looks

    found = damage(path)
    if found:
        return error(
            "store",
            _("The store at {path} is damaged: {damage}").format(path=path, damage=found[0]),
            _("Stop cmconsole, copy the file away, and bring back a backup."),
        )
    return ok("store", _("The store at {path} is whole.").format(path=path))


async def _engine(opened: Store) -> Finding:
    lease, now = await opened.lease(ENGINE_LEASE), SystemClock().now()
    if lease is not None and lease.expires_at > now:
        return ok("engine", _("An engine is at work ({holder}).").format(holder=lease.holder))
    return ok("engine", _("No engine is at work; a console starts one."))


async def _sources(opened: Store, settings: Settings) -> list[Finding]:
    states = await opened.source_states()
    findings = [_source(state) for state in states]
    never = sorted(set(settings.sources) - {state.name for state in states})
    findings += [ok("sources", _("{name}: not read yet.").format(name=name)) for name in never]
    if not findings:
        findings = [
            warn("sources", _("No source is set."), _("Add one to the settings, see docs/guide/settings.md."))
        ]
    for item in await opened.set_aside_items(_REASONS):
        says = _("{name}: set aside: {reason}").format(name=item.source, reason=item.reason)
        findings.append(ok("sources", says))
    return findings


def _source(state: SourceState) -> Finding:
    from cmconsole.desk.words import word  # noqa: PLC0415 - only doctor needs it here

    counts = ngettext("{count} mention", "{count} mentions", state.taken).format(count=state.taken)
    says = about(state.name, f"{word(state.health)}, {counts}")
    if state.set_aside:
        aside = ngettext("{count} set aside", "{count} set aside", state.set_aside)
        says += f", {aside.format(count=state.set_aside)}"
    if state.health in {Health.REFUSED, Health.RETRYING}:
        says = about(says, state.last_error) if state.last_error else says
        advice = _("Check its address and its token; the engine tries again by itself.")
        return (error if state.health is Health.REFUSED else warn)("sources", says, advice)
    return ok("sources", says)
