"""The brief as text: Markdown in the reader's language for people, JSON for programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cmconsole.config.language import _, ngettext
from cmconsole.core.account import Mode
from cmconsole.core.reply import Act
from cmconsole.core.text import one_line
from cmconsole.core.verdict import Lane
from cmconsole.desk import sources, when
from cmconsole.desk.queue import record
from cmconsole.desk.words import newest_text, quoted, reach, reply_standing, word
from cmconsole.store.contract import OVERDUE_CAP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.reply import Reply
    from cmconsole.core.source import SourceState
    from cmconsole.desk.handover import Brief, Note, Section
    from cmconsole.store.contract import LaneCount

WORDS_LIMIT = 80
"""Most characters of a message in a line of the brief."""

NOTE_LIMIT = 300
"""Most characters of a note in a line of the brief."""

_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~!&$]|(?<=[a-zA-Z]):(?=//)|(?<=www)\.")


def escaped(text: str) -> str:
    """Return untrusted text as Markdown that shows it as it is: no emphasis, link, HTML or heading."""
    return _MARKS.sub(r"\\\g<0>", text)


def markdown(brief: Brief) -> str:
    """Return the brief as Markdown, one line an item, times as the reader's local ones."""
    return "\n".join(_lines(brief)) + "\n"


def _lines(brief: Brief) -> Iterator[str]:
    begun, ends = (
        when.shown(at, brief.at, brief.zone) for at in (brief.shift.started_at, brief.shift.ends_at)
    )
    title = _("Handover of {person}, {begun} to {ends}")
    yield "# " + title.format(person=escaped(brief.shift.person), begun=begun, ends=ends)
    yield ""
    yield _("Written at {time}.").format(time=when.shown(brief.at, brief.at, brief.zone))
    yield from _counts(brief)
    yield from _listed(_("Urgent and high, open"), brief.pressing, lambda one: _item(one, brief))
    yield from _listed(_("Held by me"), brief.mine, lambda one: _item(one, brief))
    yield from _listed(_("Snoozed"), brief.snoozed, lambda one: _snoozed(one, brief))
    yield from _listed(_("Left without an answer"), brief.silences, lambda one: _silence(one, brief))
    yield from _listed(_("Wins"), brief.wins, lambda one: _item(one, brief))
    yield from _headed(_("Replies"), _sent_count(brief))
    yield from list(_replies(brief)) or [_("Nothing.")]
    yield from _headed(_("Notes"), str(len(brief.notes)))
    yield from [_note(note, brief) for note in brief.notes] or [_("Nothing.")]
    yield from _headed(_("Sources in trouble"), str(len(brief.sources)))
    yield from [_source(state, brief) for state in brief.sources] or [_("Nothing.")]


def _headed(title: str, count: str) -> Iterator[str]:
    yield ""
    yield f"## {title} ({count})"
    yield ""


def _listed(title: str, section: Section, item: Callable[[Conversation], str]) -> Iterator[str]:
    yield from _headed(title, _section_count(section))
    for conversation in section.items:
        yield item(conversation)
    if section.more:
        more = ngettext("- … and {count} more", "- … and {count} more", section.more)
        yield more.format(count=f"{section.more}{'+' if section.at_least else ''}")
    if not section.items:
        yield _("Nothing.")


def _counts(brief: Brief) -> Iterator[str]:
    yield from _headed(_("Where the desk stands"), when.shown(brief.at, brief.at, brief.zone))
    for lane in Lane:
        if (count := brief.lanes.get(lane)) is not None:
            yield "- " + _("{what}: {count}").format(what=word(lane), count=_lane_count(count))
    for status, number in brief.statuses.items():
        if status.value in {"pending", "snoozed"}:
            yield "- " + _("{what}: {count}").format(what=word(status), count=number)
    yield "- " + _("done this shift: {count}").format(count=_section_count(brief.done))
    yield "- " + _("triage corrected this shift: {count}").format(count=_section_count(brief.corrected))


def _sent_count(brief: Brief) -> str:
    return f"{sum(it.count for it in brief.replies.sent)}{'+' if brief.replies.at_least else ''}"


def _replies(brief: Brief) -> Iterator[str]:
    """Yield what was sent as whom, then one line for every reply that somebody has to look at."""
    news = brief.replies
    for it in news.sent:
        words = (
            ngettext("{n} reply sent as {account}", "{n} replies sent as {account}", it.count)
            if it.mode is Mode.LIVE
            else ngettext(
                "{n} reply rehearsed as {account}: not published",
                "{n} replies rehearsed as {account}: not published",
                it.count,
            )
        )
        yield "- " + words.format(n=it.count, account=escaped(_account(it.account, brief)))
    if news.leaving:
        words = ngettext("{n} reply is about to leave", "{n} replies are about to leave", news.leaving)
        yield "- " + words.format(n=news.leaving)
    for waiting in news.waiting:
        asked = when.shown(brief.at - waiting.age, brief.at, brief.zone)
        yield _reply(waiting.reply, waiting.conversation, brief, _("asked at {time}").format(time=asked))
    for stuck in news.stuck:
        error = escaped(one_line(stuck.reply.error, NOTE_LIMIT))
        yield _reply(stuck.reply, stuck.conversation, brief, error)


def _account(name: str, brief: Brief) -> str:
    return brief.replies.handles.get(name) or name


def _reply(reply: Reply, talk: Conversation | None, brief: Brief, more: str) -> str:
    """Return one line: where it stands, whose, as whom, to whom, its first words, what went wrong, ids."""
    text = one_line("\n".join(reply.parts) or reply.text, WORDS_LIMIT)
    parts = [
        f"**{reply_standing(reply)}**",
        *([] if reply.act is Act.REPLY else [word(reply.act)]),
        escaped(reply.writer),
        _("as {account}").format(account=escaped(_account(reply.account, brief))),
        *([] if talk is None else [_("to {author}").format(author=escaped(talk.author.handle))]),
        *([quoted(escaped(text))] if text else []),
        *([more] if more else []),
    ]
    return f"- {' · '.join(parts)} · #{reply.conversation_id}"


def _section_count(section: Section) -> str:
    return f"{section.count}{'+' if section.at_least else ''}"


def _lane_count(count: LaneCount) -> str:
    overdue = f"{count.overdue}{'+' if count.overdue >= OVERDUE_CAP else ''}"
    return _("{open} open, {overdue} overdue").format(open=count.open, overdue=overdue)


def _item(conversation: Conversation, brief: Brief, *extra: str) -> str:
    """Return one line: urgency, platform, author, reach, first words, state, owner, answer-by, id."""
    author = conversation.author
    holder = conversation.holder(brief.at)
    parts = [
        f"**{word(conversation.priority)}**",
        escaped(conversation.platform),
        escaped(author.handle),
        reach(author.reach) or _("reach unknown"),
        quoted(escaped(one_line(newest_text(conversation), WORDS_LIMIT))),
        word(conversation.status),
        *extra,
        *_alike(conversation, brief),
        _("held by {person}").format(person=escaped(holder)) if holder else _("held by nobody"),
    ]
    if conversation.answer_by is not None:
        due = when.shown(conversation.answer_by, brief.at, brief.zone)
        overdue = _("answer was due at {time}") if conversation.overdue(brief.at) else _("answer by {time}")
        parts.append(overdue.format(time=due))
    return f"- {' · '.join(parts)} · #{conversation.id}"


def _alike(conversation: Conversation, brief: Brief) -> Iterator[str]:
    if (count := brief.alike.get(conversation.id, 1)) > 1:
        yield _("one of {count} alike").format(count=count)


def _snoozed(conversation: Conversation, brief: Brief) -> str:
    if conversation.snoozed_until is None:
        return _item(conversation, brief)
    wakes = when.shown(conversation.snoozed_until, brief.at, brief.zone)
    return _item(conversation, brief, _("wakes at {time}").format(time=wakes))


def _silence(conversation: Conversation, brief: Brief) -> str:
    reason = _("reason: {reason}").format(reason=escaped(one_line(conversation.silence_reason, NOTE_LIMIT)))
    return _item(conversation, brief, reason)


def _note(note: Note, brief: Brief) -> str:
    text = escaped(one_line(note.text, NOTE_LIMIT))
    line = f"- {when.shown(note.at, brief.at, brief.zone)} · {escaped(note.person)} · {text}"
    if note.conversation is None:
        return line
    return f"{line} · {escaped(note.conversation.author.handle)} · #{note.conversation.id}"


def _source(state: SourceState, brief: Brief) -> str:
    said = f"- {escaped(state.name)} · {escaped(sources.health(state))}"
    if state.paused_by:
        return said
    if state.retry_at is not None:
        again = when.shown(state.retry_at, brief.at, brief.zone)
        said += " · " + _("tried again at {time}").format(time=again)
    return f"{said} · {escaped(one_line(state.last_error, NOTE_LIMIT))}" if state.last_error else said


def to_json(brief: Brief) -> dict[str, object]:
    """Return the brief as a JSON object; conversations are the records of `queue --json`."""
    return {
        "person": brief.shift.person,
        "started_at": when.iso(brief.shift.started_at),
        "ends_at": when.iso(brief.shift.ends_at),
        "written_at": when.iso(brief.at),
        "lanes": {
            lane.value: {"open": count.open, "overdue": count.overdue} for lane, count in brief.lanes.items()
        },
        "statuses": {status.value: number for status, number in brief.statuses.items()},
        **{
            name: _section_json(section, brief)
            for name, section in (
                ("pressing", brief.pressing),
                ("mine", brief.mine),
                ("snoozed", brief.snoozed),
                ("silences", brief.silences),
                ("wins", brief.wins),
                ("done", brief.done),
                ("corrected", brief.corrected),
            )
        },
        "replies": _replies_json(brief),
        "notes": [_note_json(note) for note in brief.notes],
        "sources": [_source_json(state) for state in brief.sources],
    }


def _replies_json(brief: Brief) -> dict[str, object]:
    news = brief.replies
    return {
        "sent": [{"account": it.account, "mode": it.mode.value, "count": it.count} for it in news.sent],
        "at_least": news.at_least,
        "leaving": news.leaving,
        "waiting": [_reply_json(it.reply) for it in news.waiting],
        "stuck": [_reply_json(it.reply) for it in news.stuck],
    }


def _reply_json(reply: Reply) -> dict[str, object]:
    return {
        "id": reply.id,
        "conversation": reply.conversation_id,
        "act": reply.act.value,
        "status": "stranded" if reply.is_stranded else reply.status.value,
        "account": reply.account,
        "writer": reply.writer,
        "error": reply.error or None,
    }


def _section_json(section: Section, brief: Brief) -> dict[str, object]:
    return {
        "count": section.count,
        "at_least": section.at_least,
        "items": [
            record(conversation, brief.at, brief.alike.get(conversation.id, 1))
            for conversation in section.items
        ],
    }


def _note_json(note: Note) -> dict[str, object]:
    return {
        "at": when.iso(note.at),
        "person": note.person,
        "text": note.text,
        "conversation": None if note.conversation is None else note.conversation.id,
    }


def _source_json(state: SourceState) -> dict[str, object]:
    return {
        "name": state.name,
        "platform": state.platform,
        "health": state.health.value,
        "retry_at": None if state.retry_at is None else when.iso(state.retry_at),
        "error": state.last_error or None,
        "paused_by": state.paused_by or None,
    }
