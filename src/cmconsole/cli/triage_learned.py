"""What the desk taught its triage: read from the store, told in words, handed out, forgotten."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from cmconsole import wiring
from cmconsole.cli.output import say, say_json
from cmconsole.cli.running import at_desk, reading, run
from cmconsole.cli.triage_figures import figure
from cmconsole.config.language import N_, _, ngettext
from cmconsole.core.errors import StoreError
from cmconsole.core.text import fold
from cmconsole.desk import when
from cmconsole.desk.words import quoted
from cmconsole.triage.judge import LEARNED
from cmconsole.triage.learning import Learned, Target

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope
    from cmconsole.core.clock import Instant

_SHOWN: Final = 12
"""Most words told for, and against, each target."""

_YES: Final = frozenset({"y", "yes", "o", "oui"})

_TARGETS: Final = {
    Target.COMPLAINT: N_("That it is a complaint"),
    Target.QUESTION: N_("That it is a question"),
    Target.PRAISE: N_("That it is praise"),
    Target.SPAM: N_("That it is spam"),
    Target.MAJOR: N_("That a complaint is serious"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store keeps of lessons. state: as it was dumped; at: when, None where nothing was."""

    state: str = ""
    at: Instant | None = None

    def learned(self) -> Learned:
        """Return it to judge with; raises StoreError where it cannot be read."""
        return Learned.loaded(self.state) if self.state else Learned()

    def counted(self) -> str:
        """Return the number of lessons in words."""
        try:
            count = self.learned().lessons
        except StoreError:
            return _("lessons that cannot be read")
        return ngettext("{count} lesson", "{count} lessons", count).format(count=count)


def of_desk(scope: Scope) -> Learned | None:
    """Return what was learned at this desk, None where there is no store yet; raises StoreError."""
    if not wiring.store_path(scope.settings()).exists():
        return None
    return run(_kept(scope)).learned()


async def _kept(scope: Scope) -> Kept:
    async with reading(scope) as store:
        found = await store.learned(LEARNED)
    return Kept() if found is None else Kept(found.state, found.at)


def tell(scope: Scope, *, as_json: bool) -> None:
    """Print how many lessons there were, and the heaviest words for and against each target."""
    kept = run(_kept(scope))
    learned = kept.learned()
    if as_json:
        say_json(_record(learned, kept.at))
        return
    if not learned.lessons:
        say(_("Nothing was learned at this desk yet. Triage learns when somebody corrects its verdict."))
        return
    say(_("Learned at this desk: {lessons}.").format(lessons=kept.counted()))
    for target, title in _TARGETS.items():
        for_it, against_it = _heaviest(learned, target)
        if for_it or against_it:
            say()
            say(_(title))
            say("  " + _("for: {words}").format(words=_listed(for_it)))
            say("  " + _("against: {words}").format(words=_listed(against_it)))


def export(scope: Scope) -> None:
    """Print the learned weights as one JSON object."""
    say_json(json.loads(run(_kept(scope)).learned().dumped()))


def reset(scope: Scope, *, yes: bool) -> bool:
    """Forget what was learned; ask first, unless told not to. False: the person said no."""
    lessons = run(_kept(scope)).counted()
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError(_("There is nobody to ask here: add --yes to forget without being asked."))
        if not _agreed(lessons):
            say(_("Nothing was forgotten."), file=sys.stderr)
            return False
    run(_forget(scope))
    say(_("Forgotten: {lessons}. The corrections themselves stay in the history.").format(lessons=lessons))
    return True


def _agreed(lessons: str) -> bool:
    question = _(
        "Forget what was learned at this desk ({lessons})? Triage judges by its table alone again; "
        "the corrections themselves stay in the history. [y/N]"
    )
    answer: str = click.prompt(
        question.format(lessons=lessons), default="", show_default=False, prompt_suffix=" ", err=True
    )
    return fold(answer.strip()) in _YES


async def _forget(scope: Scope) -> None:
    async with at_desk(scope) as desk:
        await desk.store.forget_learned(LEARNED, desk.person, desk.now())


def _record(learned: Learned, at: Instant | None) -> dict[str, Any]:
    return {
        "lessons": learned.lessons,
        "at": when.iso(at) if at is not None else None,
        "words": {
            target.value: {
                side: [{"word": word, "weight": round(weight, 4)} for word, weight in found]
                for side, found in zip(("for", "against"), _heaviest(learned, target), strict=True)
            }
            for target in Target
        },
    }


def _heaviest(learned: Learned, target: Target) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Return the heaviest words for a target, and those against it."""
    found = learned.heaviest(target, sys.maxsize)
    return (
        [one for one in found if one[1] > 0][:_SHOWN],
        [one for one in found if one[1] < 0][:_SHOWN],
    )


def _listed(found: list[tuple[str, float]]) -> str:
    if not found:
        return _("nothing")
    return ", ".join(f"{quoted(word)} {figure(weight, '+.2f')}" for word, weight in found)
