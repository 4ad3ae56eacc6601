"""Builds the rules by which a desk replies from the settings: accounts, approval, guards."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

from cmconsole.config.guards import Guards, MaybeLevel
from cmconsole.config.language import _
from cmconsole.config.paths import settings_file
from cmconsole.core.account import Mode, Speaker
from cmconsole.core.clock import HOUR, SECOND
from cmconsole.core.errors import SettingsError
from cmconsole.core.guard import Level
from cmconsole.core.text import one_line
from cmconsole.core.verdict import Hostility, Priority
from cmconsole.desk.policy import ANY, ApprovalPolicy, BrandRule, GuardPolicy, ReplyPolicy, contact
from cmconsole.triage import phrases

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cmconsole.config.replies import Approval
    from cmconsole.config.schema import Settings


def reply_policy(settings: Settings, config: Path | None = None) -> ReplyPolicy:
    """Return by which rules these settings let a desk reply.

    config: the settings file, beside which the desk's canned responses are; None: the usual place.
    """
    reply = settings.reply
    return ReplyPolicy(
        speakers=tuple(
            Speaker(name, it.platform, it.handle, Mode(it.mode)) for name, it in settings.accounts.items()
        ),
        source_accounts={name: it.account for name, it in settings.sources.items() if hasattr(it, "account")},
        undo=reply.undo_seconds * SECOND,
        undo_most=reply.undo_most_seconds * SECOND,
        signature=reply.signature,
        after=reply.after,
        canned=_canned_folder(reply.canned, config),
        starter=reply.starter,
        brand=settings.brand.name,
        languages=settings.brand.languages,
        approval=approval_policy(settings.approval),
        guards=guard_policy(settings.guards),
    )


def _canned_folder(written: str, config: Path | None) -> Path:
    beside = settings_file() if config is None else config
    return beside.absolute().parent / (Path(written).expanduser() if written else "canned")


def approval_policy(approval: Approval) -> ApprovalPolicy:
    """Return when a second person must say yes. Raises SettingsError for a guard that there is not."""
    _check_guards(approval.guards)
    return ApprovalPolicy(
        always=approval.always,
        priorities=frozenset(Priority[word.upper()] for word in approval.priorities),
        min_reach=approval.min_reach,
        hostility=Hostility[approval.hostility.upper()] if approval.hostility else None,
        min_alike=approval.min_alike,
        trainees=frozenset(approval.trainees),
        accounts=frozenset(approval.accounts),
        guards=frozenset(approval.guards),
    )


def _check_guards(named: Collection[str]) -> None:
    """Raise SettingsError for a name that is no guard's: it would silently ask nobody."""
    if not named:
        return
    from cmconsole.desk.reply.guards import GUARDS  # noqa: PLC0415 - most desks name none

    known = [ANY, *(guard.name for guard in GUARDS)]
    for name in named:
        if name not in known:
            raise SettingsError(
                _("approval.guards: there is no guard “{name}”.").format(name=name),
                advice=_("Possible: {names}").format(names=", ".join(known)),
            )


def guard_policy(guards: Guards) -> GuardPolicy:
    """Return what the guards go by."""
    return GuardPolicy(
        levels=_levels(guards),
        banned=tuple(_finder((word,)) for word in guards.banned_words),
        rules=tuple(
            BrandRule(one_line(rule.name), _finder(rule.words), Level(rule.level), one_line(rule.advice, 200))
            for rule in guards.rules
        ),
        domains=frozenset(it.lower().removeprefix("www.") for it in guards.domains),
        contacts=frozenset(map(contact, guards.contacts)),
        colleagues=frozenset(map(one_line, guards.colleagues)),
        order_numbers=tuple(re.compile(it, re.IGNORECASE) for it in guards.order_numbers),
        haste_reach=guards.haste_reach,
        same_text=guards.same_text_hours * HOUR,
    )


def guard_keys() -> frozenset[str]:
    """Return the keys of `[guards]` that say what a guard may do: the guards' names with underscores."""
    return frozenset(key for key, kind in get_type_hints(Guards).items() if kind == MaybeLevel)


def _levels(guards: Guards) -> dict[str, Level]:
    told = {key: getattr(guards, key) for key in sorted(guard_keys())}
    return {key.replace("_", "-"): Level(level) for key, level in told.items() if level is not None}


def _finder(words: Iterable[str]) -> re.Pattern[str]:
    return phrases.finder(map(phrases.parsed, words))
