"""A lane's rows: columns of fixed widths that shrink in the order words, author, reach."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cmconsole.config.language import _
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Outcome, Status
from cmconsole.desk.words import newest_text, reach, word
from cmconsole.tui.present.line import cells, clip, left, right, steady
from cmconsole.tui.present.times import to_answer
from cmconsole.tui.present.words import author_name, initials, platform_letter

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.verdict import Lane
    from cmconsole.desk.rows import Absent, Row
    from cmconsole.tui.present.line import Line, Span

CURSOR = "▌"
SELECTED = "●"
VERIFIED = "✓"
TIMES = "×"
ALIKE = "≈"
MUTE = "⊘"
"""The platform does not let us answer: beside its letter."""
FORWARDED = "▸"
"""Colleagues forwarded it, so often: before the first words."""

SOON = 5 * MINUTE
"""From here on the time left is shown as urgent: about what reading, checking and answering takes."""

_TIME = 5
"""The widest time to answer-by: `−119m`."""

_COUNTED = 4
"""The widest count of messages or of conversations that say nearly the same: `≈312`, then `≈9k`."""

_MESSAGES_LIMIT = 99
_THOUSAND = 1_000
_ROOMY = 70
_WORDS_WANTED, _AUTHOR_LEAST, _REACH_WIDE, _REACH_LEAST = 14, 8, 5, 4
_SCANNED = 4
"""Characters looked at for each cell of first words: blanks fold, wide ones fill two."""


class Columns(NamedTuple):
    """Widths in cells of the columns that shrink, and of the gap between columns."""

    gap: int
    author: int
    reach: int
    words: int


@lru_cache(maxsize=64)
def columns(width: int) -> Columns:
    """Return the columns of a lane `width` cells wide; priority, time and platform never shrink."""
    gap = 2 if width >= _ROOMY else 1
    author = 18 if width >= _ROOMY else 16
    reach_wide = _REACH_WIDE
    # Cursor, priority, selection, time; platform; verified; holder; counts: and the gaps around them.
    fixed = (1 + 2 + 1 + _TIME) + (gap + 1) + gap + 2 + gap + gap + 2 + (1 + _COUNTED) + gap
    words = width - fixed - author - reach_wide
    if words < _WORDS_WANTED:
        author = max(_AUTHOR_LEAST, author - (_WORDS_WANTED - words))
        words = width - fixed - author - reach_wide
    if words < _WORDS_WANTED:
        reach_wide = _REACH_LEAST
        words = width - fixed - author - reach_wide
    return Columns(gap, author, reach_wide, max(0, words))


def row(
    shown: Row,
    wide: Columns,
    now: Instant,
    person: str,
    *,
    cursor: bool = False,
    selected: bool = False,
    reply: Span = ("", ""),
) -> Line:
    """Return one row; claims of `person`, who looks at it, stand out. cursor, selected: its marks.

    reply: where a reply to it stands that is on its way, in a sign and a word or two.
    """
    talk = shown.conversation
    gap = " " * wide.gap
    faded = shown.gone is not None
    author = author_name(talk.author)
    return (
        (CURSOR if cursor else " ", "mark"),
        (f"P{talk.priority.value}", "quiet" if faded else f"p{talk.priority.value}"),
        (SELECTED if selected else " ", "mark"),
        _time(talk, now, faded=faded),
        (f"{gap}{platform_letter(talk.platform)}{' ' if talk.can_reply else MUTE}{gap[1:]}", "quiet"),
        (left(author, wide.author), "quiet" if faded else "text"),
        (f" {VERIFIED if talk.author.verified else ' '}{gap}", "accent"),
        (right(_reach(talk), wide.reach) + gap, "quiet"),
        _holder(talk, now, person),
        _counted(shown, gap),
        *(
            [(fate(shown.gone, talk.lane, wide.words), "quiet")]
            if shown.gone is not None
            else _words(talk, wide.words, reply)
        ),
    )


def _words(talk: Conversation, width: int, reply: Span) -> list[Span]:
    """Return where a reply to it stands, how often colleagues forwarded it, and its first words."""
    spans: list[Span] = []
    if reply[0]:
        spans.append((clip(reply[0], width - 2) + "  ", reply[1]))
    mark = f"{FORWARDED}{min(talk.tips, _MESSAGES_LIMIT)} " if talk.tips else ""
    if mark and cells(mark) <= width - sum(cells(text) for text, _meaning in spans):
        spans.append((mark, "accent"))
    room = width - sum(cells(text) for text, _meaning in spans)
    return [*spans, (first_words(newest_text(talk), room), "text" if talk.gone is None else "quiet")]


def _time(talk: Conversation, now: Instant, *, faded: bool) -> Span:
    if talk.answer_by is None or faded:
        return (" " * _TIME, "quiet")
    time_left = talk.answer_by - now
    meaning = "overdue" if time_left < 0 else "urgent" if time_left < SOON else "text"
    return (right(to_answer(time_left), _TIME), meaning)


def _reach(talk: Conversation) -> str:
    number = reach(talk.author.reach)
    return number or (_("VIP") if talk.vip else "")


def _holder(talk: Conversation, now: Instant, person: str) -> Span:
    holder = talk.holder(now)
    return (left(initials(holder), 2), "key" if holder == person else "strong")


def _counted(shown: Row, gap: str) -> Span:
    """Return how many conversations it stands for, or else how many messages it holds."""
    alike, messages = shown.alike, shown.conversation.messages
    if alike > 1:
        number = f"{ALIKE}{alike if alike < _THOUSAND else f'{alike // _THOUSAND}k'}"
        return (f" {number:{_COUNTED}}{gap}", "quiet" if shown.gone is not None else "accent")
    number = f"{TIMES}{min(messages, _MESSAGES_LIMIT)}" if messages > 1 else ""
    return (f" {number:{_COUNTED}}{gap}", "quiet")


def first_words(text: str, width: int) -> str:
    """Return the beginning of a text on one line."""
    return clip(steady(" ".join(text[: _SCANNED * width].split())), width)


def fate(gone: Absent, lane: Lane, width: int) -> str:
    """Return what became of a conversation that left its lane while its row was on the screen."""
    talk = gone.conversation
    if talk is None:
        said = _("erased")
    elif talk.status is Status.RESOLVED:
        said = word(talk.outcome or Outcome.DONE)
    elif talk.status is Status.SNOOZED:
        said = word(talk.status)
    elif talk.status is Status.PENDING:
        said = _("waits for the author")
    elif talk.lane is not lane:
        said = _("now in {lane}").format(lane=word(talk.lane))
    else:
        said = _("no longer here")
    return clip(f"{said} · {gone.by}" if gone.by else said, width)
