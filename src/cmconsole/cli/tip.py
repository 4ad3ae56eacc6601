"""`cmconsole tip`: forward a post to the desk, as a colleague who is not at it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import PersonName, global_options, json_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _, ngettext
from cmconsole.core.text import one_line

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.links import Address
    from cmconsole.core.tip import StoredTip


class _Forwarded(NamedTuple):
    """A tip as it is kept, the conversation if it is known, and whether an engine is there to look."""

    stored: StoredTip
    conversation: Conversation | None
    now: Instant
    is_followed: bool


@click.command(
    short_help=_("Forward a post to the desk."),
    help=_(
        "Forward the post at URL to the desk: “answer this one!” A post that is at the desk already is "
        "linked to its conversation and counted; any other is fetched from its platform, or stands there "
        "as a link."
    ),
)
@click.argument("url", metavar="URL")
@click.option("--from", "person", type=PersonName(), required=True, help=_("Who forwards it."))
@click.option("--note", default="", metavar="TEXT", help=_("Why, in a few words."))
@json_option
@global_options
@click.pass_obj
def command(scope: Scope, url: str, person: str, note: str, *, as_json: bool) -> None:
    """Keep the tip, and say what is known of it."""
    from cmconsole.core.links import read  # noqa: PLC0415 - help does without

    address = read(url)
    if address is None:
        raise click.UsageError(_("This is no web address; it begins with https:// or http://."))
    forwarded = run(_forward(scope, address, person, note))
    if as_json:
        say_json(_record(forwarded))
        return
    for line in _lines(forwarded):
        say(line)
    if not forwarded.is_followed:
        say(_("No engine is at work; it is looked up when a console or an engine starts."), file=sys.stderr)


async def _forward(scope: Scope, address: Address, person: str, note: str) -> _Forwarded:
    from cmconsole.core.tip import MOST_NOTE, Tip, TipState  # noqa: PLC0415 - help does without
    from cmconsole.engine.tips import known  # noqa: PLC0415 - the same
    from cmconsole.store.contract import ENGINE_LEASE  # noqa: PLC0415 - the same

    async with at_desk(scope) as desk:
        now = desk.now()
        stored = await desk.store.add_tip(Tip(address.url, person, now, one_line(note, MOST_NOTE)), now)
        wanted = stored.conversation_id
        if wanted is None and (mention := await known(desk.store, address)) is not None:
            wanted = mention.conversation_id
        found = await desk.store.conversations([wanted]) if wanted is not None else []
        lease = await desk.store.lease(ENGINE_LEASE)
        waits = stored.state is TipState.WAITING
        followed = not waits or (lease is not None and lease.expires_at > now)
        return _Forwarded(stored, found[0] if found else None, now, followed)


def _record(forwarded: _Forwarded) -> dict[str, object]:
    from cmconsole.desk.when import iso  # noqa: PLC0415 - help does without

    stored, conversation = forwarded.stored, forwarded.conversation
    return {
        "id": stored.id,
        "url": stored.tip.url,
        "from": stored.tip.person,
        "note": stored.tip.note or None,
        "at": iso(stored.tip.at),
        "state": stored.state.value,
        "again": stored.again,
        "conversation": None
        if conversation is None
        else {
            "id": conversation.id,
            "status": conversation.status.value,
            "lane": conversation.lane.value,
            "claimed_by": conversation.holder(forwarded.now) or None,
        },
    }


def _lines(forwarded: _Forwarded) -> list[str]:
    stored, conversation = forwarded.stored, forwarded.conversation
    lines = [_told(conversation, forwarded.now)]
    if stored.again:
        times = ngettext(
            "You had forwarded it {count} time before.",
            "You had forwarded it {count} times before.",
            stored.again,
        )
        lines.append(times.format(count=stored.again))
    return lines


def _told(conversation: Conversation | None, now: Instant) -> str:
    from cmconsole.desk.words import word  # noqa: PLC0415 - help does without

    if conversation is None:
        return _("Taken: the engine looks it up.")
    if holder := conversation.holder(now):
        return _("Known: conversation {id}, in the hands of {person}.").format(
            id=conversation.id, person=holder
        )
    outcome = word(conversation.outcome) if conversation.outcome is not None else word(conversation.status)
    return _("Known: conversation {id}, {status}.").format(id=conversation.id, status=outcome)
