"""A verdict accounted for: every cue that was found, what it weighs and why, and how the score adds up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cmconsole.cli.output import say, say_json
from cmconsole.cli.triage_figures import figure
from cmconsole.cli.triage_record import Recorder, plain
from cmconsole.config.language import N_, _, ngettext
from cmconsole.core.clock import MINUTE
from cmconsole.core.verdict import Hostility, Kind, Severity
from cmconsole.desk.explain import sentence
from cmconsole.desk.words import listed, quoted, score, theme, word
from cmconsole.triage import scoring, table
from cmconsole.triage.learning import Target, features
from cmconsole.triage.table import Cue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.core.mention import Mention
    from cmconsole.core.sla import SlaPolicy
    from cmconsole.core.verdict import Verdict
    from cmconsole.triage.matching import Found, Reading
    from cmconsole.triage.triage import Triage

_TURNED: Final = "¬ "
"""How a reading marks praise that a negation turned."""

_NOTABLE: Final = 0.005
"""Weights smaller than this do not show."""

_EVEN: Final = 0.5
"""Score from which a text is taken for a complaint: as likely as not."""

_SAYS: Final = {
    Cue.COMPLAINT: N_("complaint"),
    Cue.PRAISE: N_("praise"),
    Cue.THANKS: N_("thanks"),
    Cue.QUESTION: N_("question"),
    Cue.NEGATIVE: N_("bad mood"),
    Cue.POSITIVE: N_("good mood"),
    Cue.SARCASM: N_("sarcasm"),
    Cue.NEUTRALIZER: N_("news or advertising"),
    Cue.SPAM: N_("spam"),
    Cue.MAJOR: N_("serious"),
    Cue.SAFETY: N_("safety"),
    Cue.LEGAL: N_("legal"),
    Cue.THREAT: N_("threat"),
    Cue.RUDE: N_("rude"),
    Cue.INSULT: N_("insult"),
    Cue.HATEFUL: N_("hateful"),
    Cue.HARMLESS: N_("harmless"),
}
_STRENGTHS: Final = {
    table.weight(1): N_("hint"),
    table.weight(2): N_("clear"),
    table.weight(3): N_("decisive"),
}
_LANGUAGES: Final = {"en": N_("English"), "fr": N_("French"), "other": N_("another, or not recognised")}


@dataclass(frozen=True, slots=True)
class CueFound:
    """A cue as it counted. plain: what it weighs by the table, None where that is not known.

    turned: a negation made it its opposite; lifted: a negation took it away, and `weight` is what it would
    have weighed.
    """

    cue: Cue
    entry: str
    weight: float
    plain: float | None
    turned: bool = False
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """How a verdict came about.

    parts: what each cue adds to the weight of complaint, then negations, links and the weight every text
    begins with. shift: what lessons add. lost: weight of cues that a "but" after them took away.
    """

    verdict: Verdict
    cues: tuple[CueFound, ...]
    parts: tuple[tuple[str, float], ...]
    negations: int
    links: int
    learned: tuple[tuple[str, float], ...]
    shift: float
    lost: float

    @property
    def weight(self) -> float:
        """The weight of complaint, of which the score is made."""
        return sum(part for _name, part in self.parts) + self.shift


def account(triage: Triage, mention: Mention) -> Account:
    """Return how the verdict on a cleaned mention comes about."""
    verdict = triage.judge(mention)
    reading = triage.read(mention.text, mention.language)
    said = features(reading.vocabulary)
    counted = [0.0] * len(Cue)
    for cue, _entry, heft in reading.found:
        counted[cue] += heft
    return Account(
        verdict,
        tuple(_cues(reading)),
        tuple(_parts(reading)),
        reading.negations,
        reading.links,
        tuple(triage.learned.told(said, Target.COMPLAINT)),
        triage.learned.shift(said, Target.COMPLAINT),
        sum(counted) - sum(reading.sums),
    )


def record(found: Account, policy: SlaPolicy) -> dict[str, Any]:
    """Return an account as programs read it: the verdict, and what it is made of."""
    return plain(Recorder(policy).record(found.verdict)) | {
        "weight": round(found.weight, 4),
        "parts": {name: round(part, 4) for name, part in found.parts},
        "cues": [
            {
                "cue": one.cue.word,
                "entry": one.entry,
                "weight": 0.0 if one.lifted else round(one.weight, 4),
                "table": one.plain,
                "negated": one.turned or one.lifted,
            }
            for one in found.cues
        ],
        "learned": {
            "shift": round(found.shift, 4),
            "words": [{"word": said, "weight": round(weight, 4)} for said, weight in found.learned],
        },
    }


def tell(found: Account, policy: SlaPolicy, *, as_json: bool) -> None:
    """Print an account."""
    if as_json:
        say_json(record(found, policy))
        return
    for line in _lines(found, policy):
        say(line)


def _cues(reading: Reading) -> Iterator[CueFound]:
    weights = {(line.entry, line.cue): table.weight(line.strength) for line in table.shipped()[0]}
    for sign, cues in table.shipped()[1].items():
        weights |= {(sign, cue.word): table.weight(strength) for cue, strength in cues}
    for one in reading.found:
        yield _found(one, weights, lifted=False)
    for one in reading.lifted:
        yield _found(one, weights, lifted=True)


def _found(one: Found, weights: dict[tuple[str, str], float], *, lifted: bool) -> CueFound:
    number, entry, heft = one
    cue = Cue(number)
    turned = entry.startswith(_TURNED)
    text = entry.removeprefix(_TURNED)
    if turned:
        known = (weights.get((text, before.word)) for before in (Cue.PRAISE, Cue.THANKS, Cue.POSITIVE))
        usual = next((weight for weight in known if weight is not None), None)
    else:
        usual = weights.get((text, cue.word))
    return CueFound(cue, text, heft, usual, turned, lifted)


def _parts(reading: Reading) -> Iterator[tuple[str, float]]:
    """Yield what each thing adds to the weight of complaint, by leaving each out in turn: it is a sum."""
    whole = left = scoring.weight(reading)
    sums = reading.sums
    for cue in Cue:
        if sums[cue]:
            kept, sums[cue] = sums[cue], 0.0
            part = whole - scoring.weight(reading)
            sums[cue] = kept
            left -= part
            if part:
                yield cue.word, part
    for name in ("negations", "links"):
        kept = getattr(reading, name)
        setattr(reading, name, 0)
        part = whole - scoring.weight(reading)
        setattr(reading, name, kept)
        left -= part
        if part:
            yield name, part
    yield "base", left


def _lines(found: Account, policy: SlaPolicy) -> Iterator[str]:
    verdict = found.verdict
    yield from _verdict_lines(verdict, policy)
    yield ""
    yield _("Why")
    for reason in verdict.reasons:
        yield f"  {sentence(reason)}"
    yield ""
    if found.cues:
        yield _("Cues found, with their weight")
        width = max(len(_(_SAYS[one.cue])) for one in found.cues)
        for one in found.cues:
            weight = 0.0 if one.lifted else one.weight
            yield f"  {figure(weight, '5.2f')}  {_(_SAYS[one.cue]):{width}}  {_told(one)}"
        if found.lost > _NOTABLE:
            yield "  " + _("{weight} of it is lost: it stands before a “but”.").format(
                weight=figure(found.lost, ".2f")
            )
    else:
        yield _("No cue was found in it.")
    yield ""
    yield from _score_lines(found)


def _verdict_lines(verdict: Verdict, policy: SlaPolicy) -> Iterator[str]:
    said = [word(verdict.kind)]
    said += [word(verdict.severity)] if verdict.severity is not Severity.NONE else []
    said += [_("tone {tone}").format(tone=word(verdict.tone))]
    said += [word(verdict.hostility)] if verdict.hostility is not Hostility.NONE else []
    yield ", ".join(said)
    minutes = policy.target(verdict.lane, verdict.priority) // MINUTE
    yield _("Lane {lane}, priority {priority}: answer within {minutes} minutes").format(
        lane=word(verdict.lane), priority=word(verdict.priority), minutes=minutes
    )
    yield _("Language: {language}.").format(language=_(_LANGUAGES[verdict.language]))
    if verdict.themes:
        yield _("Themes: {themes}").format(themes=", ".join(map(theme, verdict.themes)))
    if verdict.tags:
        yield _("Tags: {tags}").format(tags=", ".join(verdict.tags))


def _told(one: CueFound) -> str:
    """Return a cue's words, how strong it is by the table, and what the words around it did to it."""
    strength = _STRENGTHS.get(one.plain) if one.plain is not None else None
    told = [quoted(one.entry)] + ([_(strength)] if strength else [])
    if one.lifted:
        told.append(_("negated: does not count"))
    elif one.turned:
        told.append(_("negated: counts as its opposite"))
    elif one.plain and abs(one.weight / one.plain - 1.0) > _NOTABLE:
        factor = figure(one.weight / one.plain, ".2f")
        stronger = one.weight > one.plain
        template = _("strengthened, times {factor}") if stronger else _("weakened, times {factor}")
        told.append(template.format(factor=factor))
    return ", ".join(told)


def _score_lines(found: Account) -> Iterator[str]:
    yield _("How the score of complaint adds up")
    rows = [(_part_name(name, found), part) for name, part in found.parts]
    if found.shift:
        words = listed(said for said, _weight in found.learned[:3])
        rows.append((_("learned at this desk: {words}").format(words=words), found.shift))
    for name, part in rows:
        yield f"  {figure(part, '+6.2f')}  {name}"
    told = _("together: score {score}; from {half} on it is a complaint.").format(
        score=score(found.verdict.complaint), half=score(_EVEN)
    )
    yield f"  {figure(found.weight, '+6.2f')}  {told}"
    if found.verdict.severity >= Severity.LEGAL:
        yield _("Words of law or safety make it a complaint whatever the score: a person decides.")
    elif found.verdict.kind is not Kind.COMPLAINT and found.verdict.complaint >= _EVEN:
        yield _("It is not taken for a complaint to you all the same: see the reasons.")


def _part_name(name: str, found: Account) -> str:
    if name == "base":
        return _("what every text begins with")
    if name == "negations":
        return ngettext("{count} negation", "{count} negations", found.negations).format(
            count=found.negations
        )
    if name == "links":
        return ngettext("{count} link", "{count} links", found.links).format(count=found.links)
    return _(_SAYS[Cue[name.upper()]])
