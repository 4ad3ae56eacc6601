"""What stands around a lane's rows: rule with counts, notices, empty state, tabs, the folded others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _, ngettext
from cmconsole.core.verdict import Kind, Lane
from cmconsole.desk.words import word
from cmconsole.store.contract import OVERDUE_CAP
from cmconsole.tui.present.line import width_of
from cmconsole.tui.present.rows import ALIKE
from cmconsole.tui.present.times import span
from cmconsole.tui.present.words import kind_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cmconsole.core.clock import Millis
    from cmconsole.store.contract import LaneCount
    from cmconsole.tui.present.line import Line, Span

RULE = "─"


def number(count: int, cap: int = OVERDUE_CAP) -> str:
    """Return a count, `1000+` where counting stopped."""
    return f"{count}+" if count >= cap else str(count)


def title(lane: Lane, count: LaneCount | None, width: int, *, active: bool) -> Line:
    """Return a lane's rule: its name, how many are open and overdue, and a line to its end."""
    name: Span = (f" {word(lane).upper()}", "key" if active else "strong")
    spans = [name, ("  ", "quiet"), *_counts(count), (" ", "rule")]
    spans.append((RULE * max(0, width - width_of(spans) - 1), "accent" if active else "rule"))
    return tuple(spans)


def cluster(lane: Lane, size: int, listed: int, width: int) -> Line:
    """Return the rule of a cluster: how many say nearly the same in which lane, and how many are listed."""
    words = ngettext(
        "{n} conversation says nearly the same", "{n} conversations say nearly the same", size
    ).format(n=size)
    spans: list[Span] = [(f" {ALIKE} ", "accent"), (words, "strong"), (f" · {word(lane)}", "text")]
    if listed < size:
        spans.append((" · " + _("{n} listed").format(n=listed), "quiet"))
    spans.append((" ", "rule"))
    return (*spans, (RULE * max(0, width - width_of(spans) - 1), "accent"))


def none_left(back_key: str) -> list[str]:
    """Return what a cluster says of which none is left."""
    return [_("None of them waits any more."), _("{key} to go back.").format(key=back_key)]


def _counts(count: LaneCount | None) -> list[Span]:
    if count is None:
        return [("…", "quiet")]
    spans: list[Span] = [(ngettext("{n} open", "{n} open", count.open).format(n=count.open), "text")]
    if count.overdue:
        late = ngettext("{n} overdue", "{n} overdue", count.overdue).format(n=number(count.overdue))
        spans += [(" · ", "quiet"), (late, "overdue")]
    return spans


def notice(above: int, below: int, key: str, *, held: bool) -> Line:
    """Return what waits to be shown: `3 new above · g to see`, `12 new below`; nothing when nothing waits."""
    parts: list[Span] = []
    if above:
        parts.append((ngettext("{n} new above", "{n} new above", above).format(n=above), "accent"))
    if below:
        parts.append((ngettext("{n} new below", "{n} new below", below).format(n=below), "accent"))
    if held:
        parts.insert(0, (_("stream held"), "urgent"))
    if above or (held and below):
        parts.append((_("{key} to see").format(key=key), "quiet"))
    return joined(parts)


def joined(parts: Iterable[Span]) -> Line:
    """Return the parts with quiet dots between them."""
    spans: list[Span] = []
    for part in parts:
        if spans:
            spans.append((" · ", "quiet"))
        spans.append(part)
    return tuple(spans)


def empty(lane: Lane, last: Millis | None, handover_key: str) -> list[str]:
    """Return what an empty lane says: that nothing waits, since when, and what to do next.

    last: how long ago the newest mention came; None when there never was one.
    """
    if last is None:
        return [
            _("No mention yet."),
            _("They come from the sources in the settings;"),
            _("`cmconsole ingest FILE` takes in a file."),
        ]
    first = {
        Lane.INFLUENCERS: _("No influencer waits."),
        Lane.COMPLAINTS: _("No complaint waits."),
        Lane.OTHERS: _("Nobody else waits."),
    }[lane]
    return [
        first,
        _("Last mention {span} ago.").format(span=span(last)),
        _("{key} to hand over.").format(key=handover_key),
    ]


def others(count: LaneCount | None, key: str, *, opened: bool, active: bool) -> tuple[Line, Span]:
    """Return the bar of the others: counts by kind, and the key that opens them (shown flush right)."""
    spans: list[Span] = [(f" {word(Lane.OTHERS).upper()}", "key" if active else "strong"), ("  ", "quiet")]
    if count is not None and count.open:
        kinds = [kind for kind in Kind if count.kinds.get(kind)]
        spans += joined((kind_count(kind, count.kinds[kind]), "text") for kind in kinds)
        if count.overdue:
            late = ngettext("{n} overdue", "{n} overdue", count.overdue).format(n=number(count.overdue))
            spans += [(" · ", "quiet"), (late, "overdue")]
    elif count is not None:
        spans.append((_("nothing waits"), "quiet"))
    words = _("{key} to fold") if opened else _("{key} to open")
    return tuple(spans), (words.format(key=key), "quiet")


def tabs(counts: Mapping[Lane, LaneCount], active: Lane, width: int, *, waiting: int = 0) -> Line:
    """Return the lanes as tabs: `[Influencers 6!1]  Complaints 41!3   Others 18`; `!` means overdue.

    waiting: how many replies await approval; their tab is there only where one does.
    """
    spans: list[Span] = [(" ", "quiet")]
    for lane in Lane:
        count = counts.get(lane)
        words = word(lane)
        before, after = ("[", "]") if lane is active else (" ", " ")
        spans.append((f"{before}{words}", "key" if lane is active else "text"))
        if count is not None:
            spans.append((f" {count.open}", "strong" if lane is active else "quiet"))
            if count.overdue:
                spans.append((f"!{number(count.overdue)}", "overdue"))
        spans.append((f"{after} ", "key" if lane is active else "text"))
    if waiting:
        spans += [(" " + _("Approvals"), "text"), (f" {waiting} ", "urgent")]
    spans.append((" " * max(0, width - width_of(spans)), "quiet"))
    return tuple(spans)
