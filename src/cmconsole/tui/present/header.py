"""The header: brand, account, mode, rate, sources, accounts, money, colleagues, shift clock; in any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cmconsole.config.language import _, ngettext
from cmconsole.core.shift import Stage
from cmconsole.core.source import Health
from cmconsole.desk import sources as told
from cmconsole.tui.present.line import clip, steady, width_of
from cmconsole.tui.present.numbers import TRENDS, bar, sparkline
from cmconsole.tui.present.times import local, short_span, span
from cmconsole.tui.present.words import network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from cmconsole.core.account import AccountState
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

_WRONG: Final = "✕"
_WORDS_MOST: Final = 60
"""Cells an account's trouble takes in words; the sources screen says all of it."""

_TURNS: Final = (
    "colleagues", "rate", "money", "identity", "clock", "wrong", "health", "colleagues", "rate", "clock",
    "triage", "wrong", "money", "health", "identity", "health", "clock", "money", "health", "rate",
)  # fmt: skip
"""Whose turn it is to give way by one rendition: colleagues first, then the rate, money that suffices, the
account's words, the clock's bar, how far triage is; troubles last."""

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
    blocks = {"identity": _identity(identity)}
    if board is not None:
        now = desk.now()
        blocks |= {
            "rate": _rate(board),
            "health": _health(board, now, engine_starting=engine_starting),
            "wrong": _wrong(board.accounts),
            "money": _money(board.accounts),
            "triage": _triage(anew),
            "colleagues": _colleagues(board),
            "clock": _clock(board.standing, now, desk.zone, handover_key),
        }
    return _spread(_chosen(blocks, width), width)


# Each block is a list of renditions from the longest to the shortest; the last one may be empty.
Renditions = list["Line"]


def _chosen(blocks: Mapping[str, Renditions], width: int) -> list[Line]:
    """Shorten the blocks in turn until all fit."""
    at = dict.fromkeys(blocks, 0)
    for turn in _TURNS:
        if _needed(blocks, at) <= width:
            break
        if turn in blocks:
            at[turn] = min(at[turn] + 1, len(blocks[turn]) - 1)
    return [block[at[name]] for name, block in blocks.items() if block[at[name]]]


def _needed(blocks: Mapping[str, Renditions], at: Mapping[str, int]) -> int:
    sizes = [width_of(block[at[name]]) for name, block in blocks.items() if block[at[name]]]
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
        (),
    ]


def source_words(state: SourceState, now: Instant) -> str:
    """Return a source's health in words: `Mastodon retry 12 s`, `feeds refused`, `blog paused by Bob`."""
    name = steady(state.name) or network(state.platform)
    if state.paused_by:
        return _("{name} paused by {person}").format(name=name, person=steady(state.paused_by))
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
    bad = [state for state in board.sources if told.in_trouble(state)]
    held = [state for state in board.sources if state.paused_by]
    every = _sources([*bad, *held, *(it for it in board.sources if it not in (*bad, *held))], now)
    few = len(board.sources) <= _NAMED
    if bad:
        counted = (_("{n} down").format(n=len(bad)), "overdue")
        return _troubles(every if few else (), bad, counted, now)
    if held:
        words = ngettext("{n} paused", "{n} paused", len(held)).format(n=len(held))
        return _troubles(every if few else (), held, (words, "text"), now)
    fine = ((_("sources ok"), "quiet"),) if board.sources else ()
    return [every, fine, ()] if few else [fine, ()]


def _troubles(every: Line, told_of: Sequence[SourceState], counted: Span, now: Instant) -> Renditions:
    """Return sources a person has to know of: named beside all others, named, and only counted."""
    named = _sources(told_of[:_NAMED], now)
    brief: Span = (clip(source_words(told_of[0], now), 24), counted[1])
    return [every or named, named, (brief,) if len(told_of) == 1 else (counted,), (counted,)]


def _wrong(accounts: Sequence[AccountState]) -> Renditions:
    """Return the accounts that cannot be used until a person acts, in red."""
    wrong = told.wrong_accounts(accounts)
    if not wrong:
        return [()]
    words = [
        clip(_("{what}: {how}").format(what=steady(it.name), how=steady(told.standing(it))), _WORDS_MOST)
        for it in wrong
    ]
    more = f" +{len(wrong) - 1}" if len(wrong) > 1 else ""
    return [
        ((" · ".join(words), "overdue"),),
        ((words[0] + more, "overdue"),),
        ((f"{_WRONG}{len(wrong)}", "overdue"),),
    ]


def _money(accounts: Sequence[AccountState]) -> Renditions:
    """Return what accounts with a cap used of it this month; where little is left of one it stays."""
    shares = [(share, it) for it in accounts if (share := told.share(it)) is not None]
    if not shares:
        return [()]
    on = [it.platform for _share, it in shares]
    spans: list[Span] = []
    for share, it in shares:
        name = network(it.platform) if on.count(it.platform) == 1 else steady(it.name)
        spans += [(" · ", "quiet")] if spans else []
        spans.append((f"{name} {told.money(it)}", money_meaning(share)))
    worst, account = max(shares, key=lambda pair: pair[0])
    if worst < told.LOW:
        return [tuple(spans), ()]
    name, meaning = network(account.platform), money_meaning(worst)
    return [tuple(spans), ((f"{name} {told.money(account)}", meaning),), ((told.money(account), meaning),)]


def money_meaning(share: float) -> str:
    """Return what a used share of a month's money means to the eye."""
    return "overdue" if share >= 1 else "urgent" if share >= told.LOW else "quiet"


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
        spans.append((clip(source_words(state, now), 32), health_meaning(state)))
    return tuple(spans)


def health_meaning(state: SourceState) -> str:
    """Return what a source's health means to the eye."""
    if state.paused_by:
        return "text"
    if not told.in_trouble(state):
        return "quiet"
    return "overdue" if state.health is Health.REFUSED else "urgent"


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
