"""Guards: every reply is asked about, and each guard that is raised says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.config.language import N_, _
from cmconsole.core.guard import Finding, Level
from cmconsole.desk.reply.guards import links, privacy, repetition, shape, standing, timing, wording
from cmconsole.desk.reply.guards.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate

__all__ = ["GUARDS", "Guard", "check", "language_of", "prepare", "word"]

GUARDS: Final[tuple[Guard, ...]] = (
    Guard("wrong-account", Level.CONFIRM, N_("another account"), standing.wrong_account),
    Guard("unverified", Level.BLOCK, N_("account not verified"), standing.unverified, fixed=True),
    Guard("rehearsal", Level.TELL, N_("rehearsal"), standing.rehearsal, fixed=True),
    Guard("cannot-reply", Level.BLOCK, N_("cannot be answered"), standing.cannot_reply),
    Guard("answered", Level.CONFIRM, N_("answered already"), timing.answered),
    Guard("colleague", Level.BLOCK, N_("a colleague answers"), timing.colleague),
    Guard("rival-draft", Level.CONFIRM, N_("a colleague is writing"), timing.rival_draft),
    Guard("wrote-again", Level.CONFIRM, N_("written again"), timing.wrote_again),
    Guard("gone", Level.BLOCK, N_("post gone"), standing.gone),
    Guard("edited", Level.CONFIRM, N_("post changed"), standing.edited),
    Guard("empty", Level.BLOCK, N_("no text"), shape.empty, fixed=True),
    Guard("unfilled", Level.BLOCK, N_("placeholder left"), shape.unfilled, fixed=True),
    Guard("too-long", Level.BLOCK, N_("too long"), shape.too_long),
    Guard("banned-words", Level.BLOCK, N_("banned word"), wording.banned_words, fixed=True),
    Guard("brand-rule", Level.CONFIRM, N_("rule of the brand"), wording.brand_rule, fixed=True),
    Guard("insult", Level.BLOCK, N_("insult or threat"), wording.insult),
    Guard("sarcasm", Level.CONFIRM, N_("mockery"), wording.sarcasm),
    Guard("personal-data", Level.CONFIRM, N_("personal data"), privacy.personal_data),
    Guard("colleague-name", Level.CONFIRM, N_("a colleague's name"), privacy.colleague_name),
    Guard("link-price", Level.CONFIRM, N_("price of a link"), links.link_price),
    Guard("foreign-link", Level.CONFIRM, N_("link elsewhere"), links.foreign_link),
    Guard("capitals", Level.CONFIRM, N_("capitals"), shape.capitals),
    Guard("other-language", Level.CONFIRM, N_("another language"), shape.other_language),
    Guard("same-text", Level.CONFIRM, N_("the same text again"), repetition.same_text),
    Guard("haste", Level.CONFIRM, N_("haste"), timing.haste),
    Guard("after-shift", Level.CONFIRM, N_("after the shift"), timing.after_shift),
)
"""Every guard, in the order in which findings of one level are shown."""

_GRAVEST_FIRST: Final = (Level.BLOCK, Level.CONFIRM, Level.TELL)


def language_of(text: str) -> str:
    """Return the language of a text (`fr`, `en`), an empty string where it is not sure."""
    return shape.surely(text)


def prepare() -> None:
    """Read what a first check would wait for, some tenths of a second: in a thread, while somebody types."""
    wording.prepare()


def check(candidate: Candidate, policy: GuardPolicy) -> tuple[Finding, ...]:
    """Return what the guards say of a reply, blocking findings first; nothing: it may leave."""
    found = [finding for guard in GUARDS for finding in _asked(guard, candidate, policy)]
    return tuple(sorted(found, key=lambda finding: _GRAVEST_FIRST.index(finding.level)))


def _asked(guard: Guard, candidate: Candidate, policy: GuardPolicy) -> Iterator[Finding]:
    level = guard.level if guard.fixed else policy.levels.get(guard.name, guard.level)
    for raised in guard.check(candidate, policy):
        told = level if raised.level is None else raised.level
        if told is not Level.OFF:
            yield Finding(guard.name, told, raised.reason)


def word(findings: Iterable[Finding]) -> str:
    """Return what has to be typed where all can be confirmed; empty: nothing, or one cannot."""
    levels = {finding.level for finding in findings}
    return _("publish") if Level.CONFIRM in levels and Level.BLOCK not in levels else ""
