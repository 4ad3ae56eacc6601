"""The composer: who speaks to whom, who else writes, how long it is, what would leave, what stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core.account import Mode, Standing
from cmconsole.core.guard import Level
from cmconsole.core.reply import ANSWERED, FLYING, Act, ReplyStatus
from cmconsole.desk import sources as told
from cmconsole.desk.canned import meter
from cmconsole.desk.words import quoted, word
from cmconsole.tui.actions import ACTIONS, key_name
from cmconsole.tui.present.header import mode_label
from cmconsole.tui.present.lanes import RULE
from cmconsole.tui.present.line import cells, clip, left, steady, width_of, wrapped
from cmconsole.tui.present.times import clock
from cmconsole.tui.present.words import account_name, author_name, network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from cmconsole.core.account import AccountState, Speaker
    from cmconsole.core.clock import Instant
    from cmconsole.core.guard import Finding
    from cmconsole.core.reply import Reply
    from cmconsole.desk.canned.ranking import Offer
    from cmconsole.desk.reply.length import Length
    from cmconsole.desk.reply.send import Clearance
    from cmconsole.desk.reply.sheet import Sheet
    from cmconsole.tui.keymap import Keymap
    from cmconsole.tui.present.line import Line, Span

_GAP: Final = 2
_CODE: Final = 20
_WORDS: Final = 16
"""Cells that the beginning of a canned response keeps beside its meter."""
_SIGNS: Final[Mapping[Level, Span]] = {
    Level.BLOCK: ("✕", "overdue"),
    Level.CONFIRM: ("!", "urgent"),
    Level.TELL: ("·", "quiet"),
}
"""How far a guard goes: by sign and colour, and in words beside it."""

_HELPED_BY: Final[Mapping[str, str]] = {
    "too-long": "as-thread",
    "unfilled": "fill-in",
    "wrong-account": "speak-as",
    "wrote-again": "read-anew",
}
"""The composer's own action that deals with what a guard found, by the guard's name."""


# ------------------------------------------------------------------------------------- who speaks to whom


def identity(sheet: Sheet, kept: str, width: int) -> Line:
    """Return who speaks to whom, live or in rehearsal, and when the draft was kept."""
    speaker, there = sheet.speaker, network(sheet.conversation.platform)
    after: list[Span] = [(kept, "quiet"), (" ", "quiet")]
    before: list[Span] = [(" ", "text")]
    if speaker is None:
        before.append((_("no account on {network}").format(network=there), "overdue"))
    else:
        whom = _("as {account} on {network}").format(account=account_name(speaker.handle), network=there)
        before += [*mode_label(live=speaker.mode is Mode.LIVE), (" ", "text"), (whom, "strong")]
    author = author_name(sheet.conversation.author)
    before.append((" " + _("to {author}").format(author=author), "text"))
    room = width - width_of(before)
    if room < width_of(after):
        return tuple(before)
    return (*before, (" " * (room - width_of(after)), "text"), *after)


def private(width: int) -> Line:
    """Return the band of a note: nothing that is published looks like it."""
    words = f" {_('PRIVATE NOTE')}  {_('For colleagues only: never published.')}"
    return ((clip(words, width) + " " * max(0, width - cells(words)), "note"),)


def news(sheet: Sheet, now: Instant, zone: tzinfo, read_key: str, width: int, *, behind: bool) -> list[Line]:
    """Return what the writer has to know before the first word, the most pressing first."""
    found: list[Span] = []
    if behind:
        words = _("The author has written again ({time}): read it, then {key}.")
        found.append(
            (words.format(time=clock(sheet.conversation.last_at, now, zone), key=read_key), "urgent")
        )
    if trouble := _account_trouble(sheet):
        found.append(trouble)
    if sheet.reply.refusal:
        found.append((_("Given back: {reason}").format(reason=sheet.reply.refusal), "urgent"))
    return [((" ", "text"), (clip(steady(" ".join(words.split())), width - 2), how)) for words, how in found]


def _account_trouble(sheet: Sheet) -> Span | None:
    state, speaker = sheet.account, sheet.speaker
    if speaker is None:
        there = network(sheet.conversation.platform)
        words = _("The settings have no account on {network}: nothing can be sent.")
        return (words.format(network=there), "overdue")
    if state is None or state.standing is Standing.UNCHECKED:
        return (_("{account} is not verified yet.").format(account=account_name(speaker.handle)), "urgent")
    if state.standing is Standing.VERIFIED:
        return None
    error, advice = told.account_trouble(state)
    name = account_name(speaker.handle)
    words = _("{account} cannot speak: {why}").format(account=name, why=f"{error} {advice}".strip())
    return (words, "urgent" if state.standing is Standing.UNREACHED else "overdue")


def choice(speaker: Speaker, state: AccountState | None) -> Line:
    """Return an account as one that may speak: its name, live or in rehearsal, and how it stands."""
    standing = Standing.UNCHECKED if state is None else state.standing
    meaning = {Standing.VERIFIED: "success", Standing.LOCKED: "overdue", Standing.REFUSED: "overdue"}
    return (
        (account_name(speaker.handle), "text"),
        ("  ", "text"),
        *mode_label(live=speaker.mode is Mode.LIVE),
        ("  ", "text"),
        (word(standing), meaning.get(standing, "urgent")),
    )


_RANK: Final = (FLYING, {ReplyStatus.AWAITING}, {ReplyStatus.DRAFT}, {ReplyStatus.FAILED}, ANSWERED)


def others(sheet: Sheet, now: Instant, zone: tzinfo, width: int, most: int) -> list[Line]:
    """Return the drafts of colleagues and replies under way, a line each; of those sent only the newest."""
    ranked: list[Reply] = []
    for statuses in _RANK:
        found = [it for it in sheet.others if it.act is Act.REPLY and it.status in statuses]
        found.sort(key=lambda it: -it.updated_at)
        ranked += found[:1] if statuses is ANSWERED else found
    shown = [it for it in ranked if it.status is not ReplyStatus.DRAFT or it.text.strip()]
    lines = [_other(it, now, zone, width) for it in shown[:most]]
    if len(shown) > most and lines:
        more = ngettext("+{n} more", "+{n} more", len(shown) - most).format(n=len(shown) - most)
        lines[-1] = (*_clipped(lines[-1], width - cells(more) - 2), (f" {more} ", "quiet"))
    return lines


def _other(reply: Reply, now: Instant, zone: tzinfo, width: int) -> Line:
    words = {
        ReplyStatus.DRAFT: _("{person} writes too, {time}:"),
        ReplyStatus.AWAITING: _("{person} waits for a second yes, {time}:"),
        ReplyStatus.HOLDING: _("{person} is answering, {time}:"),
        ReplyStatus.SENDING: _("{person} is answering, {time}:"),
        ReplyStatus.UNKNOWN: _("{person} may have answered, {time}:"),
        ReplyStatus.FAILED: _("{person}'s answer did not leave, {time}:"),
    }.get(reply.status, _("{person} answered, {time}:"))
    meaning = "overdue" if reply.status in FLYING else "strong"
    when = reply.sent_at if reply.sent_at is not None else reply.updated_at
    said = words.format(person=steady(reply.editor or reply.writer), time=clock(when, now, zone))
    first = " ".join(steady(reply.text[: 4 * width]).split())
    return _clipped(((" ", "text"), (said, meaning), (" ", "text"), (quoted(first), "text")), width - 1)


def _cut(spans: Sequence[Span], width: int) -> Line:
    """Return as much of a line as fits."""
    cut: list[Span] = []
    for text, meaning in spans:
        room = width - width_of(cut)
        cut.append((clip(text, room), meaning))
        if cells(text) > room:
            break
    return tuple(cut)


def _clipped(line: Line, width: int) -> Line:
    """Return a line whose last span gives way to the others."""
    *head, (text, meaning) = line
    return (*head, (clip(text, max(0, width - width_of(head))), meaning))


# -------------------------------------------------------------------------------------------- how long it is


def ruler(lengths: Sequence[Length], canned: str, width: int, *, split: bool) -> Line:
    """Return the rule below the text: its length by the platform's rule, in red where it is too long."""
    spans: list[Span] = [(f" {RULE} ", "rule"), *_length(lengths, split=split)]
    if canned:
        spans += [(" · ", "quiet"), (canned, "quiet")]
    line = _cut(spans, width - 3)
    return (*line, (" ", "rule"), (RULE * max(0, width - width_of(line) - 2), "rule"), (" ", "rule"))


def _length(lengths: Sequence[Length], *, split: bool) -> list[Span]:
    if not lengths:
        return [(_("nothing written"), "quiet")]
    shown = max(lengths, key=lambda it: (it.over, it.count))
    meaning = "overdue" if shown.over else "text"
    words = _("{count} of {most} characters") if shown.most > 0 else _("{count} characters")
    spans: list[Span] = [(words.format(count=shown.count, most=shown.most), meaning)]
    if shown.most_bytes > 0:
        words = _("{count} of {most} bytes").format(count=shown.bytes, most=shown.most_bytes)
        spans += [(", ", meaning), (words, meaning)]
    if shown.over:
        words = (
            ngettext("too long by {n} byte", "too long by {n} bytes", shown.over)
            if shown.is_over_in_bytes
            else ngettext("too long by {n}", "too long by {n}", shown.over)
        )
        spans += [(" · ", "quiet"), (words.format(n=shown.over), "overdue")]
    if split:
        words = ngettext("a thread of {n} post", "a thread of {n} posts", len(lengths))
        spans += [(" · ", "quiet"), (words.format(n=len(lengths)), "accent")]
    return spans


def note_ruler(width: int) -> Line:
    """Return the rule below a note."""
    words = _("nothing of this is sent")
    return (
        (f" {RULE} ", "rule"),
        (words, "urgent"),
        (" ", "rule"),
        (RULE * max(0, width - cells(words) - 5), "rule"),
        (" ", "rule"),
    )


# ---------------------------------------------------------------------------------- what will be published


def preview(parts: Sequence[str], lengths: Sequence[Length], width: int, *, live: bool) -> list[Line]:
    """Return exactly what would be published, one block a post."""
    title = _("What will be published") if live else _("What would be published")
    lines: list[Line] = [((f" {title}", "strong"),)]
    for number, (part, length) in enumerate(zip(parts, lengths, strict=True), start=1):
        if len(parts) > 1:
            words = _("{number} of {count} · {length} of {most}").format(
                number=number, count=len(parts), length=length.count, most=length.most
            )
            lines.append(((f" {words}", "overdue" if length.over else "quiet"),))
        bar: Span = ("│ ", "overdue" if length.over else "rule")
        lines += [((" ", "text"), bar, (it, "text")) for it in wrapped(steady(part), width - 4)]
    return lines


def shortened(lines: list[Line], most: int, width: int) -> list[Line]:
    """Return at most so many lines; the last one says how many are hidden."""
    if len(lines) <= most:
        return lines
    hidden = len(lines) - most + 1
    words = ngettext("{n} more line", "{n} more lines", hidden).format(n=hidden)
    return [*lines[: max(0, most - 1)], ((clip(f" … {words}", width), "quiet"),)][:most]


# -------------------------------------------------------------------------------------------- what stops it


def findings(clearance: Clearance, keymap: Keymap, width: int) -> list[Line]:
    """Return the guards that were raised, blocking ones first, each with its reason, and what to do then."""
    if not clearance.findings:
        return []
    send = key_name(keymap.first("send"))
    if clearance.blocked:
        title: Span = (_("This reply cannot leave like this. Your text is kept."), "overdue")
    elif clearance.word:
        title = (_("This reply needs a second look."), "urgent")
    else:
        title = (_("Good to know:"), "strong")
    lines: list[Line] = [((" ", "text"), (clip(title[0], width - 2), title[1]))]
    for finding in clearance.findings:
        lines += _finding(finding, keymap, width)
    if clearance.blocked:
        words = _("Change what is marked {sign}, then {key} again.").format(
            sign=_SIGNS[Level.BLOCK][0], key=send
        )
        lines.append(((" ", "text"), (clip(words, width - 2), "accent")))
    elif clearance.word:
        words = _("To send it all the same, type “{word}” and press {key} again.").format(
            word=clearance.word, key=send
        )
        lines += [((" ", "text"), (it, "accent")) for it in wrapped(words, width - 2)]
    return lines


def _finding(finding: Finding, keymap: Keymap, width: int) -> list[Line]:
    sign, meaning = _SIGNS[finding.level]
    reason = steady(_("{guard}: {reason}").format(guard=_titles()[finding.guard], reason=finding.reason))
    helper = _HELPED_BY.get(finding.guard, "")
    if helper and keymap.first(helper) and finding.level is not Level.TELL:
        label = next(_(it.label) for it in ACTIONS if it.id == helper)
        reason += f" ({key_name(keymap.first(helper))} {label})"
    lines: list[Line] = []
    for index, part in enumerate(wrapped(reason, width - 5)):
        lead: Span = (f" {sign} " if not index else "   ", meaning)
        lines.append((lead, (part, meaning if finding.level is Level.BLOCK else "text")))
    return lines


def offers(found: Sequence[tuple[Offer, str]], width: int) -> list[Line]:
    """Return the canned responses that suit best, a line each: digit, code, beginning of its text, meter."""
    codes = min(_CODE, max((len(it.canned.code) + 1 for it, _text in found), default=0))
    return [_offer(*offered, number, codes, width) for number, offered in enumerate(found, start=1)]


def _offer(offer: Offer, text: str, number: int, codes: int, width: int) -> Line:
    used = meter.told(offer.used_today, offer.used_here)
    after: list[Span] = []
    if offer.warning:
        after.append((clip(f"! {offer.warning}", max(0, width // 2)), "urgent"))
    elif used:
        after.append((clip(used, max(0, width // 2)), "quiet"))
    before: list[Span] = [
        (f" {number} ", "key"),
        (left(f"/{offer.canned.code}", codes) + "  ", "strong"),
    ]
    if width_of(before) + width_of(after) + _WORDS > width:
        after = [("!", "urgent")] if offer.warning else []
    room = width - width_of(before) - width_of(after) - (3 if after else 1)
    text = clip(" ".join(steady(text).split()), max(0, room))
    gap = " " * (max(0, room - cells(text)) + 2) if after else ""
    return (*before, (text, "text"), (gap, "text"), *after)


def canned_meter(offer: Offer | None, code: str) -> str:
    """Return the code a reply began as, and how often that was used; empty where it began as none."""
    if not code:
        return ""
    used = meter.told(offer.used_today, offer.used_here) if offer is not None else ""
    return f"/{code}: {used}" if used else f"/{code}"


def _titles() -> dict[str, str]:
    """Return what guards look after, in few words, by their names."""
    from cmconsole.desk.reply.guards import GUARDS  # noqa: PLC0415 - not before one was raised

    return {it.name: _(it.title) for it in GUARDS}


def told_of(texts: Iterable[str], width: int) -> list[Line]:
    """Return plain paragraphs, quiet."""
    return [((" ", "text"), (it, "quiet")) for text in texts for it in wrapped(steady(text), width - 2)]


# ------------------------------------------------------------------------------------------------- the keys


_ALWAYS: Final = ("send", "back", "private", "writing-help")
_LABELLED: Final[tuple[str, ...]] = (
    "send", "back", "private", "read-anew", "as-thread", "fill-in", "speak-as", "drop-draft", "writing-help",
)  # fmt: skip
"""The order in which the footer shows its keys."""

_WEIGHT: Final = (
    "send", "back", "read-anew", "fill-in", "as-thread", "private", "writing-help", "speak-as", "drop-draft",
)  # fmt: skip
"""Which of them stay the longest where it is narrow."""


def footer(keymap: Keymap, meant: Iterable[str], width: int, *, note: bool) -> Line:
    """Return the composer's keys that mean something now, as many as fit. meant: beside those of always."""
    wanted = {*meant, *_ALWAYS}
    labels = {it.id: _(it.label) for it in ACTIONS}
    labels |= {"back": _("leave")} if note else {"back": _("leave, draft kept")}
    labels |= {"send": _("keep the note"), "private": _("as a reply")} if note else {}
    chosen: dict[str, Line] = {}
    room = width - 1
    for action_id in _WEIGHT:
        key = keymap.first(action_id)
        if action_id not in wanted or not key:
            continue
        item = ((key_name(key), "key"), (f" {labels[action_id]}", "quiet"))
        if width_of(item) + _GAP <= room + 1:
            chosen[action_id] = item
            room -= width_of(item) + _GAP
    spans: list[Span] = [(" ", "quiet")]
    for action_id in _LABELLED:
        if action_id in chosen:
            spans += [*chosen[action_id], (" " * _GAP, "quiet")]
    return tuple(spans[:-1])
