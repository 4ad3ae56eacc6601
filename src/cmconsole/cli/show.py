"""`cmconsole show`: one conversation in full, with why it stands where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.cli.scope import Scope
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk
    from cmconsole.desk.conversation import Dossier, Entry
    from cmconsole.store.contract import AuthorCard, StoredMention


class _Alike(NamedTuple):
    """How many open conversations of the lane say nearly the same, and the others' ids (a few hundred)."""

    number: int
    others: tuple[int, ...]


@click.command(
    short_help=_("Show one conversation in full."),
    help=_(
        "Show the conversation with that id: messages, notes, what was done, its author, and the reasons."
    ),
)
@click.argument("conversation_id", metavar="ID", type=click.IntRange(min=1))
@json_option
@global_options
@click.pass_obj
def command(scope: Scope, conversation_id: int, *, as_json: bool) -> None:
    """Print the conversation."""
    run(_show(scope, conversation_id, as_json=as_json))


async def _show(scope: Scope, conversation_id: int, *, as_json: bool) -> None:
    from cmconsole.desk import clusters, conversation  # noqa: PLC0415 - help does without

    async with at_desk(scope) as desk:
        dossier = await conversation.read(desk, conversation_id)
        sizes = await clusters.sizes(desk, [dossier.conversation])
        alike = _Alike(sizes.get(conversation_id, 1), ())
        if sizes:
            found = await clusters.members(desk, dossier.conversation)
            alike = _Alike(alike.number, tuple(it.id for it in found if it.id != conversation_id))
        if as_json:
            say_json(_record(desk, dossier, alike))
            return
        for line in _lines(desk, dossier, alike):
            say(line)


def _record(desk: Desk, dossier: Dossier, alike: _Alike) -> dict[str, object]:
    from cmconsole.desk import queue, when  # noqa: PLC0415 - help does without

    card = dossier.card
    return {
        **queue.record(dossier.conversation, desk.now(), alike.number),
        "timeline": [
            {
                "at": when.iso(entry.at),
                "kind": entry.kind.value,
                "who": entry.who or None,
                "text": entry.text,
                "native_id": entry.mention.mention.native_id if entry.mention else None,
                "url": (entry.mention.mention.url or None) if entry.mention else None,
                **_changes(entry.mention),
                "reply": _reply(entry),
            }
            for entry in dossier.entries
        ],
        "card": {
            "name": card.author.name,
            "bio": card.author.bio,
            "url": card.author.url or None,
            "vip": card.vip,
            "first_seen": when.iso(card.first_seen),
            "mentions": card.mentions,
            "conversations": card.conversations,
            "mentions_this_month": card.mentions_this_month,
        },
        "tips": [
            {
                "person": stored.tip.person,
                "at": when.iso(stored.tip.at),
                "url": stored.tip.url,
                "note": stored.tip.note or None,
                "times": stored.again + 1,
            }
            for stored in dossier.tips
        ],
        "earlier": [other.id for other in dossier.earlier],
        "alike_ids": list(alike.others),
    }


def _changes(stored: StoredMention | None) -> dict[str, object]:
    """Return what became of a message on its platform: when it was edited, why it is gone, if it is."""
    from cmconsole.desk import when  # noqa: PLC0415 - help does without

    edited_at = stored.mention.edited_at if stored is not None else None
    return {
        "edited_at": when.iso(edited_at) if edited_at is not None else None,
        "gone": stored.gone.value if stored is not None and stored.gone is not None else None,
        "can_reply": stored.mention.can_reply if stored is not None else None,
    }


def _reply(entry: Entry) -> dict[str, object] | None:
    """Return where a reply of ours stands; None for anything else."""
    reply = entry.reply
    if reply is None:
        return None
    return {"id": reply.id, "act": reply.act.value, "status": reply.status.value, "deleted": entry.deleted}


def _replied(desk: Desk, entry: Entry, reply: Reply) -> str:
    """Return a reply with where it stands: what is only a draft was not said."""
    from cmconsole.cli.reply_words import state  # noqa: PLC0415 - help does without
    from cmconsole.core.reply import Act  # noqa: PLC0415 - the same
    from cmconsole.desk.words import word  # noqa: PLC0415 - the same

    stands = _("deleted since") if entry.deleted else state(reply, desk.now(), desk.zone)
    if reply.act is not Act.REPLY:
        stands = f"{word(reply.act)}, {stands}"
    return _("reply {id} as @{who}, by {writer} ({state}): {text}").format(
        id=reply.id, who=entry.who.removeprefix("@"), writer=reply.writer, state=stands, text=entry.text
    )


def _line(desk: Desk, entry: Entry) -> str:
    """Return one line of the timeline."""
    from cmconsole.desk import when  # noqa: PLC0415 - help does without
    from cmconsole.desk.conversation import EntryKind  # noqa: PLC0415 - the same

    time = when.shown(entry.at, desk.now(), desk.zone)
    if entry.kind is EntryKind.NOTE:
        return _("{time}  {person}, note: {text}").format(time=time, person=entry.who, text=entry.text)
    if entry.kind is EntryKind.MENTION:
        return f"{time}  @{entry.who}: {entry.text}{_edited(desk, entry.mention)}"
    if entry.reply is not None:
        return f"{time}  {_replied(desk, entry, entry.reply)}"
    return f"{time}  {entry.who or 'cmconsole'}: {entry.text}"


def _lines(desk: Desk, dossier: Dossier, alike: _Alike) -> Iterator[str]:
    from cmconsole.desk import explain, queue  # noqa: PLC0415 - help does without

    now, conversation = desk.now(), dossier.conversation
    # The newest message comes below, with the others.
    yield queue.line(conversation, now, alike.number).partition(": ")[0]
    yield _author(dossier.card)
    if conversation.tags:
        yield _("Tags: {tags}").format(tags=", ".join(conversation.tags))
    if conversation.route:
        yield _("Route: {route}").format(route=conversation.route)
    if conversation.url:
        yield conversation.url
    if not conversation.can_reply:
        yield _("Its platform does not let us answer.")
    yield from _forwarded(dossier)
    yield ""
    yield explain.summary(conversation)
    yield from dossier.reasons
    yield ""
    for entry in dossier.entries:
        yield _line(desk, entry)
    if dossier.earlier:
        yield ""
        yield _("Earlier conversations: {ids}").format(
            ids=", ".join(str(other.id) for other in dossier.earlier)
        )
    if alike.others:
        yield _("They say nearly the same: {ids}").format(ids=", ".join(map(str, alike.others)))


def _edited(desk: Desk, stored: StoredMention | None) -> str:
    """Return when a message was edited, between brackets; empty where it was not, or is gone."""
    from cmconsole.desk import when  # noqa: PLC0415 - help does without

    if stored is None or stored.gone is not None or stored.mention.edited_at is None:
        return ""
    time = when.shown(stored.mention.edited_at, desk.now(), desk.zone)
    return f" ({_('edited {time}').format(time=time)})"


def _forwarded(dossier: Dossier) -> Iterator[str]:
    """Yield who forwarded it, with their notes."""
    from cmconsole.desk.words import quoted  # noqa: PLC0415 - help does without

    for stored in dossier.tips:
        note = f" ({quoted(stored.tip.note)})" if stored.tip.note else ""
        times = f" ×{stored.again + 1}" if stored.again else ""
        yield _("Forwarded by {person}").format(person=stored.tip.person) + note + times


def _author(card: AuthorCard) -> str:
    from cmconsole.desk.words import reach  # noqa: PLC0415 - help does without

    author = card.author
    said = [f"@{author.handle}", author.name]
    if author.reach is not None:
        said.append(_("{reach} followers").format(reach=reach(author.reach)))
    if author.verified:
        said.append(_("verified"))
    if card.vip:
        said.append(_("VIP"))
    count = card.mentions
    said.append(ngettext("{count} mention", "{count} mentions", count).format(count=count))
    return " · ".join(part for part in said if part)
