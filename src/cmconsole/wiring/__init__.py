"""The only module that knows every room: it builds engine and console from the settings."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cmconsole.config.clock import SystemClock, timezone
from cmconsole.config.language import _
from cmconsole.config.paths import make_private_dir, memory_file, state_dir, store_file
from cmconsole.core.clock import DAY, MINUTE, SECOND
from cmconsole.core.errors import StoreError
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.text import fold, one_line
from cmconsole.core.verdict import Hostility, Lane, Priority, Severity

# Rooms are imported inside functions: a console must not load what only an engine needs, nor the other way
# round, and a command that only lists a lane needs neither.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from cmconsole.config import schema
    from cmconsole.config.schema import Settings
    from cmconsole.core.clock import Instant
    from cmconsole.desk.context import Desk
    from cmconsole.engine.intake import Totals
    from cmconsole.store.contract import Store
    from cmconsole.triage.learning import Learned
    from cmconsole.triage.policy import Rule, TriagePolicy
    from cmconsole.triage.triage import Triage
    from cmconsole.tui.settings import ConsoleSettings
    from cmconsole.tui.terminal import Guard

Role = Literal["console", "engine"]


def store_path(settings: Settings) -> Path:
    """Return where the store of these settings is."""
    return Path(settings.store.path).expanduser().absolute() if settings.store.path else store_file()


def policy(settings: Settings) -> SlaPolicy:
    """Return the SLA targets of these settings."""
    rows = {
        Lane.INFLUENCERS: settings.sla.influencers,
        Lane.COMPLAINTS: settings.sla.complaints,
        Lane.OTHERS: settings.sla.others,
    }
    return SlaPolicy(
        {
            (lane, priority): getattr(row, priority.word) * MINUTE
            for lane, row in rows.items()
            for priority in Priority
        }
    )


def build_triage(settings: Settings, learned: Learned | None = None) -> Triage:
    """Return triage by the settings; learned: what a desk taught it, None for the table alone."""
    from cmconsole.triage.triage import Triage

    return Triage(triage_policy(settings), learned)


def triage_policy(settings: Settings) -> TriagePolicy:
    """Return what the settings say of triage: the desk's own rules come before the built-in ones."""
    from cmconsole.triage.policy import DEFAULT_RULES, TriagePolicy

    triage = settings.triage
    return TriagePolicy(
        reach_tiers=triage.reach_tiers,
        influencer_reach=triage.influencer_reach,
        verified_reach=triage.verified_reach,
        vips=frozenset(_identity(vip) for vip in triage.vips),
        complaint_words=triage.complaint_words,
        praise_words=triage.praise_words,
        severe_words=triage.severe_words,
        brand_handles=frozenset(
            handle for it in settings.accounts.values() for handle in _as_written(fold(it.handle))
        ),
        brand_words=(settings.brand.name,) if settings.brand.name else (),
        themes={theme.lower(): words for theme, words in triage.themes.items()},
        rules=(*map(_rule, triage.rules), *DEFAULT_RULES),
    )


def _as_written(handle: str) -> tuple[str, str]:
    """Return a handle with its server and without: people on the same server leave it out."""
    whole = handle.removeprefix("@")
    return whole, whole.partition("@")[0]


def _identity(vip: str) -> tuple[str, str]:
    platform, _colon, handle = vip.partition(":")
    return platform, fold(handle.removeprefix("@"))


def _rule(rule: schema.Rule) -> Rule:
    from cmconsole.triage.policy import Rule as TriageRule

    when, then = rule.when, rule.then
    return TriageRule(
        name=one_line(rule.name),
        lanes=frozenset(when.lanes),
        kinds=frozenset(when.kinds),
        severities=frozenset(Severity[word.upper()] for word in when.severities),
        hostility=Hostility[when.hostility.upper()] if when.hostility else Hostility.NONE,
        tones=frozenset(when.tones),
        themes=frozenset(theme.lower() for theme in when.themes),
        languages=frozenset(when.languages),
        platforms=frozenset(platform.lower() for platform in when.platforms),
        sources=frozenset(when.sources),
        authors=frozenset(_identity(author if ":" in author else f":{author}") for author in when.authors),
        verified=when.verified,
        vip=when.vip,
        min_reach=when.min_reach,
        max_reach=when.max_reach,
        words=when.words,
        not_words=when.not_words,
        priority=Priority[then.priority.upper()] if then.priority else None,
        lane=then.lane,
        route=then.route or "",
        tags=tuple(map(one_line, then.tags)),
        silence=one_line(then.silence or ""),
        go_on=then.go_on,
    )


@asynccontextmanager
async def open_store(settings: Settings, role: Role, *, make: bool = True) -> AsyncIterator[Store]:
    """Open the store for the length of an `async with`; without `make` it has to be there already.

    Raises StoreError.
    """
    from cmconsole.store.sqlite import SqliteStore

    path = store_path(settings)
    if not make and not path.exists():
        raise StoreError(
            _("There is no store at {path} yet.").format(path=path),
            advice=_("`cmconsole` makes one, and so does `cmconsole ingest FILE`; --db names another place."),
        )
    store = SqliteStore(path, role=role)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def build_desk(settings: Settings, store: Store, config: Path | None = None) -> Desk:
    """Return the desk of the person the settings or the last start name; nobody's where neither does.

    config: the settings file, beside which canned responses are; None: the usual place.
    """
    from secrets import token_hex

    from cmconsole.config.memory import recall
    from cmconsole.desk.context import Desk
    from cmconsole.triage.late import LateJudge
    from cmconsole.wiring.replies import reply_policy

    return Desk(
        store=store,
        clock=SystemClock(),
        judge=LateJudge(partial(build_triage, settings)),
        policy=policy(settings),
        person=settings.desk.person or recall(memory_file()).person,
        console=token_hex(8),
        zone=timezone(settings.desk.timezone),
        hold=settings.desk.claim_minutes * MINUTE,
        replying=reply_policy(settings, config),
    )


async def ingest(
    settings: Settings,
    file: str,
    *,
    platform: str,
    source: str,
    progress: Callable[[Totals], None] | None = None,
) -> Totals:
    """Take in one NDJSON file (`-`: standard input) and return the totals. Raises SourceError, StoreError."""
    from cmconsole.engine import apart
    from cmconsole.engine.intake import drain
    from cmconsole.platforms.ndjson.source import NdjsonSource

    clock, judge = SystemClock(), build_triage(settings)
    reader = NdjsonSource(source, file, now=clock.now, default_platform=platform)
    with apart.begun(reader, judge) as reading:
        async with open_store(settings, "engine") as store:
            pieces = reading.pieces if reading else None
            return await drain(
                reader, store, judge, policy(settings), clock, progress=progress, pieces=pieces
            )


async def run_engine(
    settings: Settings,
    *,
    stay: bool = False,
    if_needed: bool = False,
    log: Path | None = None,
    config: Path | None = None,
) -> str:
    """Run an engine until there is a reason to end, and return it in words. Raises StoreError.

    config: the settings file, beside which the file of secrets is; None: the usual place.
    """
    from cmconsole.engine.journal import keep_journal
    from cmconsole.engine.options import EngineOptions
    from cmconsole.engine.process import step_back
    from cmconsole.engine.run import run
    from cmconsole.engine.sending import Terms
    from cmconsole.engine.turn import Parts
    from cmconsole.wiring.outside import Outside

    clock = SystemClock()
    options = EngineOptions(
        stay=stay,
        if_needed=if_needed,
        idle=settings.engine.idle_seconds * SECOND,
        retention=settings.retention.days * DAY,
    )
    journal = keep_journal(log)
    step_back()
    try:
        async with open_store(settings, "engine") as store:
            outside = Outside(settings, store, clock, config)
            async with outside.lookups() as lookups:
                parts = Parts(
                    store,
                    outside.sources(),
                    build_triage(settings),
                    policy(settings),
                    clock,
                    options,
                    accounts=outside.plans(),
                    lookups=lookups,
                    voices=outside.voices(),
                    terms=Terms(
                        settings.reply.after, tuple(it * SECOND for it in settings.reply.look_up_seconds)
                    ),
                )
                return await run(parts)
    finally:
        journal.close()


def start_engine(
    settings: Settings, *, config: Path | None, folder: Path, environ: Mapping[str, str] | None = None
) -> None:
    """Start an engine as a process of its own; it ends itself at once where another one is at work.

    Its log is in `folder`. A console without an engine still shows what is in the store, and says that none
    is at work.
    """
    from cmconsole.engine.process import start

    with suppress(OSError):
        make_private_dir(folder)
    arguments = ["--db", str(store_path(settings)), "--if-needed", "--log", str(folder / "engine.log")]
    if config is not None:
        arguments += ["--config", str(config.absolute())]
    start(arguments, env=environ, errors=folder / "engine.errors")


def console_settings(settings: Settings) -> ConsoleSettings:
    """Return what the console needs to know beside the desk. Raises SettingsError for wrong keys."""
    from cmconsole.tui.keymap import keymap
    from cmconsole.tui.present.words import network
    from cmconsole.tui.settings import ConsoleSettings, Mode

    account = next(iter(settings.accounts.values()), None)
    return ConsoleSettings(
        brand=settings.brand.name or _("Your brand"),
        account="@" + account.handle.removeprefix("@") if account else "",
        network=network(account.platform) if account else "",
        mode=Mode(account.mode) if account else Mode.REHEARSAL,
        theme=settings.desk.theme,
        ascii=settings.desk.ascii,
        mute=settings.desk.mute,
        keymap=keymap(settings.keys),
        silence_reasons=settings.desk.silence_reasons,
        accounts={name: it.account for name, it in settings.sources.items() if hasattr(it, "account")},
    )


def run_console(settings: Settings, *, until: str = "", config: Path | None = None) -> int:
    """Show the console to the person the settings name, and return its exit code.

    until: the end of their shift as `18:00`. Who and when are remembered from the last start, or asked, where
    they are not given. Raises SettingsError before anything is shown.
    """
    from cmconsole.tui.seat import asked_seat, known_seat
    from cmconsole.tui.terminal import Guard

    looks = console_settings(settings)
    beside = partial(start_engine, settings, config=config, folder=state_dir())
    with Guard(state_dir()) as guard:
        seat = known_seat(settings.desk, until) or asyncio.run(asked_seat(settings.desk, looks, guard))
        if seat is not None:
            named = _named(settings, seat.person)
            asyncio.run(_show(named, looks, seat.ends_at, guard, beside=beside, config=config))
    return guard.code


def run_demo_console(file: Path, *, store: Path, person: str, until: Instant) -> int:
    """Show the console on the demo's own settings and store; nothing of the user's own is read."""
    from msgspec.structs import replace

    from cmconsole.config.loading import load
    from cmconsole.config.schema import Store as StoreSettings
    from cmconsole.tui.terminal import Guard

    environ = {name: value for name, value in os.environ.items() if not name.startswith("CMCONSOLE_")}
    settings = replace(_named(load(file, environ), person), store=StoreSettings(path=str(store)))
    beside = partial(start_engine, settings, config=file, folder=file.parent, environ=environ)
    with Guard(state_dir()) as guard:
        looks = console_settings(settings)
        asyncio.run(_show(settings, looks, until, guard, beside=beside, config=file))
    return guard.code


def _named(settings: Settings, person: str) -> Settings:
    from msgspec.structs import replace

    return replace(settings, desk=replace(settings.desk, person=person))


async def _show(
    settings: Settings,
    looks: ConsoleSettings,
    until: Instant,
    guard: Guard,
    *,
    beside: Callable[[], None],
    config: Path | None,
) -> None:
    from cmconsole.desk import shift
    from cmconsole.tui.run import run_console as show

    async with AsyncExitStack() as stack:

        async def seated() -> Desk:
            store = await stack.enter_async_context(open_store(settings, "console"))
            desk = build_desk(settings, store, config)
            await shift.start(desk, until)
            return desk

        await show(seated(), looks, guard, beside)
