"""The header: brand, account, mode, rate, health of the sources, colleagues, shift clock; in any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cmconsole.config.language import _
from cmconsole.core.shift import Stage
from cmconsole.core.source import Health
from cmconsole.tui.present.line import clip, steady, width_of
from cmconsole.tui.present.numbers import TRENDS, bar, sparkline
from cmconsole.tui.present.times import local, short_span, span
from cmconsole.tui.present.words import network

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from cmconsole.core.clock import Instant, Millis
    from cmconsole.core.source import SourceState
    from cmconsole.desk.board import Board
    from cmconsole.desk.context import Desk
    from cmconsole.desk.shift import Standing
    from cmconsole.tui.present.line import Line, Span

_OUTLINE: Final = ("▏", "▕")
_SPARKS: Final = 8
_BAR: Final = 8
_SHORT_BAR: Final = 4
_NAMED: Final = 3
"""Colleagues and troubled sources named one by one; the others are counted."""

_URGENT_STAGES: Final = (Stage.LAST_HALF_HOUR, Stage.PREPARE_HANDOVER)


class Identity(NamedTuple):
    """Whom the desk speaks for: brand, account and its network, and whether what is sent is published."""

    brand: str
    account: str
    network: str
    live: bool


def header(
    identity: Identity,
    board: Board | None,
    desk: Desk,
    handover_key: str,
    width: int,
    *,
    engine_starting: bool = False,
    anew: tuple[int, int] | None = None,
) -> Line:
    """Return the header in exactly `width` cells. board: None before the first reading.

    engine_starting: an engine without a lease is not missed yet. anew: how many conversations were judged
    anew by today's rules, and of how many; None while nothing is.
    """
    blocks = [_identity(identity)]
    if board is not None:
        now = desk.now()
        clock = _clock(board.standing, now, desk.zone, handover_key)
        blocks += [
            _rate(board),
            _health(board, now, engine_starting=engine_starting),
            _triage(anew),
            _colleagues(board),
            clock,
        ]
    return _spread(_chosen(blocks, width), width)


# Each block is a list of renditions from the longest to the shortest; the last one may be empty.
Renditions = list["Line"]


def _chosen(blocks: list[Renditions], width: int) -> list[Line]:
    """Shorten the blocks, least important first, until all fit."""
    at = [0] * len(blocks)
    # Colleagues give way first, then the rate, the account's words, the clock's bar, how far triage is;
    # troubles of a source last.
    turns = [index for index in (4, 1, 0, 5, 2, 4, 1, 5, 3, 2, 0, 1, 2, 5, 2) if index < len(blocks)]
    for turn in turns:
        if _needed(blocks, at) <= width:
            break
        at[turn] = min(at[turn] + 1, len(blocks[turn]) - 1)
    return [block[place] for block, place in zip(blocks, at, strict=True) if block[place]]


def _needed(blocks: list[Renditions], at: list[int]) -> int:
    sizes = [width_of(block[place]) for block, place in zip(blocks, at, strict=True) if block[place]]
    # One cell at each end, two at least between blocks.
    return sum(sizes) + 2 * len(sizes)


def _spread(blocks: Sequence[Line], width: int) -> Line:
    """Set the blocks apart evenly, the first flush left, the last flush right."""
    room = width - 2 - sum(width_of(block) for block in blocks)
    gaps = max(1, len(blocks) - 1)
    spans = [(" ", "text")]
    for index, block in enumerate(blocks):
        if index:
            gap = room // gaps + (1 if index <= room % gaps else 0)
            spans.append((" " * max(1, gap), "text"))
        spans += block
    return (*spans, (" ", "text"))


def _identity(identity: Identity) -> Renditions:
    brand = (steady(identity.brand).upper(), "strong")
    mode = mode_label(live=identity.live)
    account, where = steady(identity.account), identity.network
    if not account:
        return [(brand, ("  ", "text"), *mode), (brand, (" ", "text"), *mode)]
    words = _("speaking as {account} on {network}") if where else _("speaking as {account}")
    long = words.format(account=account, network=where)
    short = f"{account}·{where}" if where else account
    return [
        (brand, ("  ", "text"), (long, "text"), ("  ", "text"), *mode),
        (brand, (" ", "text"), (short, "text"), (" ", "text"), *mode),
        ((clip(brand[0], 10), "strong"), (" ", "text"), *mode),
    ]


def mode_label(*, live: bool) -> Line:
    """Return the label that says whether what is sent is published: LIVE filled, REHEARSAL outlined."""
    if live:
        return ((" " + _("LIVE") + " ", "live"),)
    return ((_OUTLINE[0] + _("REHEARSAL") + _OUTLINE[1], "rehearsal"),)


def _rate(board: Board) -> Renditions:
    rate = board.rate
    said = _("{n}/min").format(n=rate.now)
    sign = TRENDS[rate.trend]
    sparks = sparkline(rate.per_minute, _SPARKS)
    return [
        ((sparks, "accent"), (" ", "text"), (said, "text"), (f" {sign}", "text")),
        ((said, "text"), (f" {sign}", "text")),
        ((said, "text"),),
    ]


def source_words(state: SourceState, now: Instant) -> str:
    """Return a source's health in words: `Mastodon retry 12 s`, `feeds refused`."""
    name = steady(state.name) or network(state.platform)
    if state.health is Health.RETRYING and state.retry_at is not None and state.retry_at > now:
        return _("{name} retry {span}").format(name=name, span=span(state.retry_at - now))
    words = {
        Health.STARTING: _("{name} starting"),
        Health.OK: _("{name} ok"),
        Health.RETRYING: _("{name} retrying"),
        Health.REFUSED: _("{name} refused"),
        Health.ENDED: _("{name} ended"),
        Health.PAUSED: _("{name} paused"),
    }
    return words[state.health].format(name=name)


def _health(board: Board, now: Instant, *, engine_starting: bool) -> Renditions:
    if not board.engine_runs and engine_starting:
        return [((_("engine starting"), "quiet"),), ()]
    if not board.engine_runs:
        return [((_("engine stopped: nothing comes in"), "overdue"),), ((_("engine stopped"), "overdue"),)]
    states = board.sources
    bad = [state for state in states if state.health in (Health.RETRYING, Health.REFUSED)]
    every = _sources([*bad, *(state for state in states if state not in bad)], now)
    if not bad:
        fine = ((_("sources ok"), "quiet"),) if states else ()
        return [every, fine, ()] if len(states) <= _NAMED else [fine, ()]
    counted = (_("{n} down").format(n=len(bad)), "overdue")
    named = _sources(bad[:_NAMED], now)
    brief = (clip(source_words(bad[0], now), 24), "overdue")
    return [
        every if len(states) <= _NAMED else named,
        named,
        (brief,) if len(bad) == 1 else (counted,),
        (counted,),
    ]


def _triage(anew: tuple[int, int] | None) -> Renditions:
    """Return how far triage is with judging anew: rows may move by themselves until then."""
    if anew is None:
        return [()]
    done, total = anew
    return [((_("triage {percent} %").format(percent=100 * done // max(1, total)), "accent"),), ()]


def _sources(states: Sequence[SourceState], now: Instant) -> Line:
    spans: list[Span] = []
    for state in states:
        if spans:
            spans.append((" · ", "quiet"))
        bad = state.health in (Health.RETRYING, Health.REFUSED)
        spans.append(
            (
                clip(source_words(state, now), 32),
                "overdue" if state.health is Health.REFUSED else "urgent" if bad else "quiet",
            )
        )
    return tuple(spans)


def _colleagues(board: Board) -> Renditions:
    names = [steady(name) for name in board.colleagues]
    if not names:
        return [((_("alone at the desk"), "quiet"),), ()]
    return [((_some(names, _NAMED), "text"),), ((_some(names, 1), "text"),), ()]


def _some(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" +{more}" if more > 0 else "")


def _clock(standing: Standing | None, now: Instant, zone: tzinfo, handover_key: str) -> Renditions:
    if standing is None:
        return [((_("no shift"), "quiet"),), ()]
    # The board is a few seconds old; its shift is not.
    shift, stage = standing.shift, standing.shift.stage(now)
    meaning = stage_meaning(stage)
    if stage is Stage.HANDED_OVER:
        said = _("handed over")
        return [((_("{said} · read only").format(said=said), meaning),), ((said, meaning),)]
    ends = f"{local(shift.ends_at, zone):%H:%M}"
    share = (now - shift.started_at) / max(1, shift.ends_at - shift.started_at)
    long, short = _left_words(stage, shift.left(now), handover_key)
    return [
        ((long, meaning), (f" {bar(share, _BAR)} ", "accent"), (ends, "strong")),
        ((short, meaning), (f" {bar(share, _SHORT_BAR)} ", "accent"), (ends, "strong")),
        ((short, meaning), (f" {ends}", "strong")),
    ]


def _left_words(stage: Stage, left: Millis, handover_key: str) -> tuple[str, str]:
    """Return the time left in many words and in few; they change at T-30, T-15 and T-0."""
    if stage is Stage.OVER:
        return (
            _("over by {span} · {key} hand over").format(span=span(left), key=handover_key),
            _("over {span}").format(span=short_span(left)),
        )
    short = short_span(left)
    if stage is Stage.PREPARE_HANDOVER:
        return (_("{span} left · {key} hand over").format(span=span(left), key=handover_key), f"{short}!")
    return _("{span} left").format(span=span(left)), short


def stage_meaning(stage: Stage) -> str:
    """Return what a stage of the shift clock means to the eye."""
    if stage is Stage.OVER:
        return "overdue"
    if stage is Stage.HANDED_OVER:
        return "success"
    return "urgent" if stage in _URGENT_STAGES else "text"
