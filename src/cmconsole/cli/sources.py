"""`cmconsole sources`: how sources and accounts are and what to do about it; pause a source, resume it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cmconsole.cli.scope import Scope
    from cmconsole.core.account import AccountState
    from cmconsole.core.clock import Instant
    from cmconsole.core.source import SourceState
    from cmconsole.desk.context import Desk


@click.group(
    invoke_without_command=True,
    short_help=_("Say how the sources are; pause one, let it go on."),
    help=_(
        "Say for each source how it is, how old its newest mention is, what it brought, and what to do where "
        "it is in trouble; then the same for each account, with what it cost this month."
    ),
)
@json_option
@global_options
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Print sources and accounts, where no command was given."""
    if context.invoked_subcommand is None:
        run(_list(context.obj, as_json=as_json))


@command.command(
    "list", short_help=_("Say how sources and accounts are."), help=_("The same as `sources` alone.")
)
@json_option
@global_options
@click.pass_context
def list_command(context: click.Context, *, as_json: bool) -> None:
    """Print sources and accounts; --json may stand before the word `list` too."""
    before = context.parent.params if context.parent else {}
    run(_list(context.obj, as_json=as_json or bool(before.get("as_json"))))


@command.command(
    "pause",
    short_help=_("Ask the engine to read a source no more."),
    help=_(
        "Ask the engine to read the source NAME no more, until somebody resumes it. Nothing is lost by it."
    ),
)
@click.argument("name", metavar="NAME")
@global_options
@click.pass_obj
def pause_command(scope: Scope, name: str) -> None:
    """Pause a source."""
    run(_pause(scope, name))


@command.command(
    "resume",
    short_help=_("Ask the engine to read a source again."),
    help=_("Ask the engine to read the source NAME again, from where it stopped."),
)
@click.argument("name", metavar="NAME")
@global_options
@click.pass_obj
def resume_command(scope: Scope, name: str) -> None:
    """Let a source go on."""
    run(_resume(scope, name))


async def _pause(scope: Scope, name: str) -> None:
    from cmconsole.desk import sources  # noqa: PLC0415 - help does without

    async with at_desk(scope) as desk:
        if await sources.pause(desk, name):
            say(_("{name} is paused; to go on: cmconsole sources resume {name}").format(name=name))
        else:
            say(_("{name} was paused before; it stays so.").format(name=name))


async def _resume(scope: Scope, name: str) -> None:
    from cmconsole.desk import sources  # noqa: PLC0415 - help does without

    async with at_desk(scope) as desk:
        if await sources.resume(desk, name):
            say(_("{name} is read again, from where it stopped.").format(name=name))
        else:
            say(_("{name} was not paused.").format(name=name))


# --------------------------------------------------------------------------------------------------- the list


async def _list(scope: Scope, *, as_json: bool) -> None:
    settings = scope.settings()
    used = {name: getattr(source, "account", "") for name, source in settings.sources.items()}
    async with at_desk(scope) as desk:
        states, accounts = await desk.store.source_states(), await desk.store.account_states()
        never = sorted(set(used) - {state.name for state in states})
        if as_json:
            for record in _records(desk, states, accounts, used):
                say_json(record)
            return
        for state in states:
            for line in _source_lines(desk, state, used.get(state.name, "")):
                say(line)
        for name in never:
            say(_("{name}: not read yet.").format(name=name))
        for account in accounts:
            for line in _account_lines(account):
                say(line)
        if not states and not never:
            say(_("No source is set.") + " " + _("Add one to the settings, see docs/guide/settings.md."))


def _source_lines(desk: Desk, state: SourceState, account: str) -> Iterator[str]:
    """Yield a source as one line of words, then what went wrong and what to do, where it is in trouble."""
    from cmconsole.desk import sources  # noqa: PLC0415 - help does without

    where = ", ".join(part for part in (state.platform, account) if part)
    facts = [sources.health(state), *_when(desk, state), *_counts(state)]
    yield _("{name} ({where}): {facts}").format(name=state.name, where=where, facts=", ".join(facts))
    if sources.in_trouble(state):
        yield from _indented(*sources.what_to_do(state))


def _when(desk: Desk, state: SourceState) -> Iterator[str]:
    from cmconsole.desk import sources, when  # noqa: PLC0415 - help does without
    from cmconsole.desk.queue import length  # noqa: PLC0415 - the same

    now = desk.now()
    if state.retry_at is not None and state.retry_at > now and sources.in_trouble(state):
        yield _("tried again at {time}").format(time=when.shown(state.retry_at, now, desk.zone))
    age = sources.lag(state, now)
    yield _("no mention yet") if age is None else _("newest mention {time} old").format(time=length(age))
    if state.last_ok_at is not None:
        yield _("read at {time}").format(time=when.shown(state.last_ok_at, now, desk.zone))


def _counts(state: SourceState) -> Iterator[str]:
    yield ngettext("{count} taken", "{count} taken", state.taken).format(count=state.taken)
    yield ngettext("{count} known already", "{count} known already", state.duplicate).format(
        count=state.duplicate
    )
    yield ngettext("{count} set aside", "{count} set aside", state.set_aside).format(count=state.set_aside)


def _account_lines(account: AccountState) -> Iterator[str]:
    """Yield an account as one line of words, then why it cannot be used, where it cannot."""
    from cmconsole.desk import sources  # noqa: PLC0415 - help does without

    facts = [_("LIVE") if account.mode == "live" else _("REHEARSAL"), sources.standing(account)]
    if money := sources.money(account):
        facts.append(_("{money} this month").format(money=money))
    yield _("Account {name} ({platform}, @{handle}): {facts}").format(
        name=account.name,
        platform=account.platform,
        handle=account.handle.removeprefix("@"),
        facts=", ".join(facts),
    )
    error, advice = sources.account_trouble(account)
    # That it is locked, and why, is in the line already.
    yield from _indented("" if error == sources.standing(account) else error, advice)


def _indented(error: str, advice: str) -> Iterator[str]:
    if error:
        yield f"    {error}"
    if advice:
        yield f"    → {advice}"


def _records(
    desk: Desk, states: list[SourceState], accounts: list[AccountState], used: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    """Yield a JSON object a source, then one an account; instants are ISO 8601 in UTC, else null."""
    for state in states:
        yield _source_record(desk, state, used.get(state.name, ""))
    for name in sorted(set(used) - {state.name for state in states}):
        yield {"type": "source", "name": name, "account": used[name] or None, "health": None}
    for account in accounts:
        yield _account_record(account)


def _source_record(desk: Desk, state: SourceState, account: str) -> dict[str, object]:
    from cmconsole.desk import sources  # noqa: PLC0415 - help does without

    age = sources.lag(state, desk.now())
    error, advice = sources.what_to_do(state)
    return {
        "type": "source",
        "name": state.name,
        "platform": state.platform,
        "account": account or None,
        "health": state.health.value,
        "in_trouble": sources.in_trouble(state),
        "paused_by": state.paused_by or None,
        "paused_at": _moment(state.paused_at),
        "retry_at": _moment(state.retry_at),
        "newest_at": _moment(state.newest_at),
        "lag_seconds": None if age is None else age // 1000,
        "read_at": _moment(state.last_ok_at),
        "taken": state.taken,
        "duplicate": state.duplicate,
        "set_aside": state.set_aside,
        "last_error": error or None,
        "advice": advice or None,
    }


def _account_record(account: AccountState) -> dict[str, object]:
    from cmconsole.desk import sources  # noqa: PLC0415 - help does without

    error, advice = sources.account_trouble(account)
    return {
        "type": "account",
        "name": account.name,
        "platform": account.platform,
        "handle": account.handle,
        "mode": account.mode,
        "standing": account.standing.value,
        "seen": account.seen or None,
        "checked_at": _moment(account.checked_at),
        "spent_micro_dollars": account.spent,
        "cap_micro_dollars": account.cap,
        "error": error or None,
        "advice": advice or None,
    }


def _moment(at: Instant | None) -> str | None:
    from cmconsole.desk import when  # noqa: PLC0415 - help does without

    return None if at is None else when.iso(at)
