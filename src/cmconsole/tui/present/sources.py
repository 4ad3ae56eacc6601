"""The sources screen's lines: a row a source, what to do about it beneath, then the accounts."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from cmconsole.config.language import _, ngettext
from cmconsole.core.account import Standing
from cmconsole.core.source import Health
from cmconsole.desk import sources as told
from cmconsole.desk.words import reach, word
from cmconsole.tui.present.header import health_meaning, mode_label, money_meaning
from cmconsole.tui.present.lanes import RULE
from cmconsole.tui.present.line import cells, clip, left, right, steady, width_of, wrapped
from cmconsole.tui.present.numbers import bar
from cmconsole.tui.present.rows import CURSOR
from cmconsole.tui.present.times import local, span
from cmconsole.tui.present.words import account_name, network, platform_letter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from cmconsole.core.account import AccountState
    from cmconsole.core.clock import Instant
    from cmconsole.core.source import SourceState
    from cmconsole.desk.board import Board
    from cmconsole.store.contract import SetAsideItem
    from cmconsole.tui.present.line import Line, Span

_HELD: Final[Span] = ("=", "text")
_HEALTH_SIGNS: Final[Mapping[Health, Span]] = {
    Health.STARTING: ("…", "quiet"),
    Health.OK: ("✓", "success"),
    Health.RETRYING: ("!", "urgent"),
    Health.REFUSED: ("✕", "overdue"),
    Health.ENDED: ("▪", "quiet"),
    Health.PAUSED: ("=", "quiet"),
}
_STANDING_SIGNS: Final[Mapping[Standing, Span]] = {
    Standing.UNCHECKED: ("…", "quiet"),
    Standing.VERIFIED: ("✓", "success"),
    Standing.LOCKED: ("✕", "overdue"),
    Standing.REFUSED: ("✕", "overdue"),
    Standing.UNREACHED: ("!", "urgent"),
}
_NONE: Final = "–"
_ERROR_LINES, _ADVICE_LINES = 2, 3
"""Most lines of what went wrong and of what to do about it: as much as the engine keeps, at 80 columns."""

_INDENT: Final = 3
_LONG_COUNT: Final = 1_000_000
_BAR, _MONEY = 8, 10
_RAW_LINES: Final = 3
"""Most lines shown of an item set aside: enough to know it again."""


class Item(NamedTuple):
    """One entry of the list: a source or an account, with its lines."""

    name: str
    is_account: bool
    lines: tuple[Line, ...]


class Columns(NamedTuple):
    """Widths in cells: name, where it reads, health, and each of the five figures."""

    name: int
    where: int
    health: int
    figure: int


@lru_cache(maxsize=8)
def columns(width: int) -> Columns:
    """Return the columns of a screen `width` cells wide: names and words share what the figures leave."""
    figure = 6 if width < 110 else 10  # noqa: PLR2004 - from there all have room
    # Cursor, sign, four gaps before the figures' own, and the last cell.
    room = width - 2 - 3 - 5 * (figure + 1) - 1
    name, where = max(8, 30 * room // 100), max(8, 33 * room // 100)
    return Columns(name, where, max(6, room - name - where), figure)


def items(
    board: Board, accounts: Mapping[str, str], zone: tzinfo, now: Instant, *, width: int, at: int
) -> list[Item]:
    """Return all entries, sources first; the one at `at` has the cursor.

    accounts: the account that each source reads with, by the source's name.
    """
    handles = {it.name: account_name(it.handle) for it in board.accounts}
    found = [
        Item(it.name, False, tuple(_source(it, handles.get(accounts.get(it.name, ""), ""), zone, now, width)))  # noqa: FBT003 - a field
        for it in board.sources
    ]
    found += [Item(it.name, True, tuple(_account(it, width))) for it in board.accounts]  # noqa: FBT003 - a field
    return [
        item._replace(lines=(_marked(item.lines[0]), *item.lines[1:])) if index == at else item
        for index, item in enumerate(found)
    ]


def _marked(line: Line) -> Line:
    return ((CURSOR, "mark"), *line[1:])


def title(board: Board | None, width: int) -> Line:
    """Return the screen's rule: how many sources there are, and how many need somebody."""
    spans: list[Span] = [(" " + _("SOURCES"), "key"), ("  ", "quiet")]
    if board is not None:
        count = len(board.sources)
        spans.append((ngettext("{n} source", "{n} sources", count).format(n=count), "text"))
        down = sum(map(told.in_trouble, board.sources))
        held = sum(bool(it.paused_by) for it in board.sources)
        if down:
            spans += [(" · ", "quiet"), (_("{n} down").format(n=down), "overdue")]
        if held:
            words = ngettext("{n} paused", "{n} paused", held).format(n=held)
            spans += [(" · ", "quiet"), (words, "text")]
    return _ruled(spans, width, "accent")


def headings(width: int) -> Line:
    """Return what stands above the columns."""
    wide = columns(width)
    figures = (_("newest"), _("read"), _("taken"), _("known"), _("aside"))
    return (
        ("   ", "quiet"),
        (left(_("source"), wide.name) + " ", "quiet"),
        (left(_("where"), wide.where) + " ", "quiet"),
        (left(_("health"), wide.health), "quiet"),
        *((" " + right(words, wide.figure), "quiet") for words in figures),
    )


def accounts_title(width: int) -> Line:
    """Return the rule above the accounts."""
    return _ruled(
        [(" " + _("ACCOUNTS"), "strong"), ("  ", "quiet"), (_("this month"), "quiet")], width, "rule"
    )


def _ruled(spans: Sequence[Span], width: int, meaning: str) -> Line:
    return (*spans, (" ", "rule"), (RULE * max(0, width - width_of(spans) - 2), meaning))


def empty() -> list[str]:
    """Return what is said where no source was ever read."""
    return [
        _("No source has been read yet."),
        _("Name them in the settings; `cmconsole accounts add` asks for all that a platform needs."),
    ]


def _source(state: SourceState, handle: str, zone: tzinfo, now: Instant, width: int) -> list[Line]:
    wide = columns(width)
    aside = ("text" if state.set_aside else "quiet", _count(state.set_aside))
    age, quiet = told.lag(state, now), told.unusually_quiet(state, now)
    figures = (
        ("urgent" if quiet else "text", _NONE if age is None else span(age)),
        ("quiet", _looked(state.last_ok_at, zone, now)),
        ("text", _count(state.taken)),
        ("quiet", _count(state.duplicate)),
        aside,
    )
    row: Line = (
        (" ", "text"),
        _HELD if state.paused_by else _HEALTH_SIGNS[state.health],
        (" ", "text"),
        (left(steady(state.name), wide.name) + " ", "strong"),
        (left(_where(state.platform, handle, wide.where), wide.where) + " ", "text"),
        (left(health_words(state, now), wide.health), _health_meaning(state)),
        *((" " + right(said, wide.figure), meaning) for meaning, said in figures),
    )
    if not told.in_trouble(state):
        return [row]
    return [row, *_explained(told.what_to_do(state), health_meaning(state), width)]


def health_words(state: SourceState, now: Instant) -> str:
    """Return a source's health in words, with the seconds until it is tried again."""
    if state.health is Health.RETRYING and not state.paused_by and (state.retry_at or 0) > now:
        return _("retry {span}").format(span=span((state.retry_at or now) - now))
    return steady(told.health(state))


def _health_meaning(state: SourceState) -> str:
    return "success" if state.health is Health.OK and not state.paused_by else health_meaning(state)


def _looked(at: Instant | None, zone: tzinfo, now: Instant) -> str:
    """Return when a source was last read: the time of day, or how many days ago."""
    if at is None:
        return _NONE
    moment = local(at, zone)
    return f"{moment:%H:%M}" if moment.date() == local(now, zone).date() else span(now - at)


def _count(number: int) -> str:
    return str(number) if number < _LONG_COUNT else reach(number)


def _explained(words: tuple[str, str], meaning: str, width: int) -> list[Line]:
    """Return, beneath a row, what went wrong and then what to do about it."""
    error, advice = words
    lines: list[Line] = [
        ((" " * _INDENT, "text"), (part, meaning)) for part in _few(error, width - _INDENT - 1, _ERROR_LINES)
    ]
    for number, part in enumerate(_few(advice, width - _INDENT - 3, _ADVICE_LINES)):
        sign: Span = ("→ " if not number else "  ", "accent")
        lines.append(((" " * _INDENT, "text"), sign, (part, "text")))
    return lines


def _few(text: str, width: int, most: int) -> list[str]:
    """Return the text's lines, at most so many, cut where there are more."""
    if not text:
        return []
    parts = list(wrapped(steady(text), width))
    if len(parts) <= most:
        return parts
    return [*parts[: most - 1], clip(f"{parts[most - 1]} {parts[most]}", width)]


def _where(platform: str, handle: str, width: int) -> str:
    """Return platform and account; where room is short the platform's letter, as in the lanes."""
    if not handle:
        return network(platform)
    long = f"{network(platform)} {handle}"
    return long if cells(long) <= width else f"{platform_letter(platform)} {handle}"


def _account(account: AccountState, width: int) -> list[Line]:
    wide = columns(width)
    mode = mode_label(live=account.mode == "live")
    gap = max(cells(_("REHEARSAL")), cells(_("LIVE"))) + 2 - width_of(mode)
    sign = _STANDING_SIGNS[account.standing]
    money = _money(account)
    where = wide.where + (0 if wide.figure < _BAR else _BAR)
    room = width - 3 - wide.name - where - 2 - width_of(mode) - gap - 2 - width_of(money) - 1
    row: Line = (
        (" ", "text"),
        sign,
        (" ", "text"),
        (left(steady(account.name), wide.name) + " ", "strong"),
        (left(_where(account.platform, account_name(account.handle), where), where) + " ", "text"),
        *mode,
        (" " * (gap + 2), "text"),
        (left(word(account.standing), max(0, room)), sign[1]),
        *money,
        (" ", "text"),
    )
    return [row, *_explained(told.account_trouble(account), sign[1], width)]


def _money(account: AccountState) -> Line:
    """Return what an account used this month of what it may, with a bar; blank where nothing costs money."""
    used, said = told.share(account), right(told.money(account), _MONEY)
    if used is None:
        return ((" " * _BAR, "quiet"), (f" {said}", "quiet"))
    meaning = money_meaning(used)
    return ((bar(used, _BAR), "accent" if meaning == "quiet" else meaning), (f" {said}", meaning))


def window(found: Sequence[Item], width: int, height: int, at: int, top: int) -> tuple[list[Line], int]:
    """Return the lines to show and the first entry among them: `top`, unless it hides the cursor."""
    blocks = _blocks(found, width)
    top = min(top, at)
    while top < at and sum(map(len, blocks[top : at + 1])) > height:
        top += 1
    while top and sum(map(len, blocks[top - 1 :])) <= height:
        top -= 1
    return [line for block in blocks[top:] for line in block][:height], top


def entry_at(found: Sequence[Item], top: int, line: int) -> int | None:
    """Return the entry that stands on a line of the window which begins with the entry `top`."""
    for place, block in enumerate(_blocks(found[top:], 1, before=found[:top])):
        if line < len(block):
            return top + place
        line -= len(block)
    return None


def _blocks(found: Sequence[Item], width: int, before: Sequence[Item] = ()) -> list[list[Line]]:
    """Return each entry's lines; the accounts' rule stands before the first account."""
    blocks, ruled = [], any(item.is_account for item in before)
    for item in found:
        blocks.append([*([] if ruled or not item.is_account else [accounts_title(width)]), *item.lines])
        ruled = ruled or item.is_account
    return blocks


def set_aside(
    state: SourceState | None, found: Sequence[SetAsideItem], zone: tzinfo, now: Instant, width: int
) -> list[Line]:
    """Return what could not be read of a source, newest first, after what last went wrong with it."""
    lines: list[Line] = []
    if state is not None and state.last_error:
        lines.append(((_("What last went wrong:"), "quiet"),))
        lines += [((part, "text"),) for part in _few(state.last_error, width, _ERROR_LINES + _ADVICE_LINES)]
        lines.append(())
    if not found:
        return [*lines, ((_("Everything this source delivered could be read."), "text"),)]
    for item in found:
        moment = local(item.at, zone)
        same = moment.date() == local(now, zone).date()
        when = f"{moment:%H:%M}" if same else f"{moment:%Y-%m-%d %H:%M}"
        reason, *more = _few(_(item.reason) if item.reason else _NONE, width - cells(when) - 2, _ERROR_LINES)
        lines.append(((f"{when}  ", "quiet"), (reason, "text")))
        lines += [((" " * (cells(when) + 2), "quiet"), (part, "text")) for part in more]
        lines += [((part, "quiet"),) for part in _few(item.raw, width, _RAW_LINES)]
        lines.append(())
    return lines[:-1]
