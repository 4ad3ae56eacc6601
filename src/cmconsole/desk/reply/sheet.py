"""The sheet: what a composer has before it, and the draft it keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from cmconsole.config.handles import server_of
from cmconsole.config.language import _
from cmconsole.core import replying
from cmconsole.core.clock import DAY
from cmconsole.core.errors import IllegalMoveError, NotFoundError
from cmconsole.core.reply import ANSWERED, Reply, ReplyStatus
from cmconsole.core.text import body

if TYPE_CHECKING:
    from cmconsole.core.account import AccountState, Speaker
    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.context import Desk
    from cmconsole.desk.policy import ReplyPolicy
    from cmconsole.store.contract import StoredMention
    from cmconsole.store.replying import Said

MENTIONS: Final = 50
"""Newest mentions that are read beside a reply."""

_SAID_SINCE: Final = 2 * DAY


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft and its surroundings, read at one moment.

    reply: the person's draft; its id is 0 until a word of it was kept. answered: the mention it answers: the
    newest that is still there and can be answered, else the newest. speaker: who would speak; None where the
    settings have nobody on this platform. fitting: names of the accounts that may answer, the most fitting
    first. others: the conversation's other replies, drafts of colleagues among them. said: what the desk's
    accounts on this platform said lately.
    """

    reply: Reply
    conversation: Conversation
    mentions: tuple[StoredMention, ...]
    answered: StoredMention | None
    speaker: Speaker | None
    account: AccountState | None
    fitting: tuple[str, ...]
    others: tuple[Reply, ...]
    said: tuple[Said, ...]

    @property
    def domain(self) -> str:
        """The server our account lives on, where accounts live on servers; else empty."""
        handle = self.speaker.handle if self.speaker is not None else ""
        return server_of(handle).removeprefix("https://") if handle.removeprefix("@").count("@") else ""


async def open_sheet(desk: Desk, conversation_id: int, *, account: str = "") -> Sheet:
    """Return the person's sheet for a conversation, with their draft where they have one.

    account: who is to speak, instead of whom the draft or the conversation suggests. Raises NotFoundError.
    """
    draft = await desk.store.draft(conversation_id, desk.person)
    return await _sheet(desk, conversation_id, draft, account)


async def sheet_of(desk: Desk, reply: Reply) -> Sheet:
    """Return the sheet around a reply that somebody else may have written. Raises NotFoundError."""
    return await _sheet(desk, reply.conversation_id, reply, reply.account)


async def again(desk: Desk, sheet: Sheet) -> Sheet:
    """Return the sheet with what is new around it; its draft stays."""
    return await _sheet(desk, sheet.conversation.id, sheet.reply, sheet.reply.account)


async def _sheet(desk: Desk, conversation_id: int, reply: Reply | None, account: str) -> Sheet:
    found = await desk.store.conversations([conversation_id])
    if not found:
        raise NotFoundError(
            _("There is no conversation {id}.").format(id=conversation_id),
            advice=_("It may have been erased, or trimmed with age."),
        )
    conversation, policy, now = found[0], desk.replying, desk.now()
    mentions = tuple(await desk.store.mentions(conversation_id, MENTIONS))
    others = tuple(
        it for it in await desk.store.replies(conversation_id) if reply is None or it.id != reply.id
    )
    answered = _answered(mentions)
    fitting = _fitting(policy, conversation, answered, others)
    name = account or (reply.account if reply is not None else "") or next(iter(fitting), "")
    speaker = next((it for it in policy.speakers if it.name == name), None)
    mine = [it.name for it in policy.speakers if it.platform == conversation.platform]
    return Sheet(
        reply=_with(reply or _blank(desk, conversation), speaker, name, answered, conversation),
        conversation=conversation,
        mentions=mentions,
        answered=answered,
        speaker=speaker,
        account=next((it for it in await desk.store.account_states() if it.name == name), None),
        fitting=fitting,
        others=others,
        said=tuple(await desk.store.said(mine, now - _SAID_SINCE)) if mine else (),
    )


def _blank(desk: Desk, conversation: Conversation) -> Reply:
    now = desk.now()
    return Reply(
        id=0,
        conversation_id=conversation.id,
        platform=conversation.platform,
        account="",
        in_reply_to="",
        text="",
        writer=desk.person,
        editor=desk.person,
        seen=conversation.last_mention,
        created_at=now,
        updated_at=now,
    )


def _with(
    reply: Reply,
    speaker: Speaker | None,
    name: str,
    answered: StoredMention | None,
    conversation: Conversation,
) -> Reply:
    """Return a reply that has not been asked for yet with what is to be answered, and as whom."""
    if reply.status is not ReplyStatus.DRAFT:
        return reply
    return replace(
        reply,
        account=name,
        mode=speaker.mode if speaker is not None else reply.mode,
        in_reply_to=answered.mention.native_id if answered is not None else "",
        thread=(answered.mention.thread if answered is not None else "") or conversation.thread,
    )


def _answered(mentions: tuple[StoredMention, ...]) -> StoredMention | None:
    """Return the mention that a reply answers."""
    there = [it for it in mentions if it.gone is None and it.mention.can_reply]
    return next(reversed(there or list(mentions)), None)


def _fitting(
    policy: ReplyPolicy,
    conversation: Conversation,
    answered: StoredMention | None,
    others: tuple[Reply, ...],
) -> tuple[str, ...]:
    """Return the accounts that may answer: first the one that did, then the one addressed."""
    before = [it.account for it in reversed(others) if it.status in ANSWERED]
    read_by = policy.source_accounts.get(answered.mention.source, "") if answered is not None else ""
    there = [it.name for it in policy.speakers if it.platform == conversation.platform]
    return tuple(dict.fromkeys(name for name in (*before, read_by, *there) if name in there))


async def save(desk: Desk, sheet: Sheet, text: str, *, canned: str | None = None) -> Sheet:
    """Keep what is written so far: durable when it returns. An empty new draft is not kept.

    Raises ReadOnlyError, StoreError; IllegalMoveError where the draft was sent or discarded meanwhile.
    """
    await desk.check_may_act()
    reply, now = sheet.reply, desk.now()
    text = text if len(text) <= _MOST else body(text)
    code = reply.canned if canned is None else canned
    if reply.id == 0:
        if not text.strip():
            return sheet
        kept = await desk.store.new_reply(replace(reply, text=text, canned=code), person=desk.person, now=now)
    else:
        # Not the sheet's: account, mode and what is answered change in it before they are kept.
        kept = await desk.store.reply(reply.id)
        replying.check_status(kept, {ReplyStatus.DRAFT})
    if _kept(kept) != _kept(replace(reply, text=text, canned=code)):
        move = partial(
            replying.written,
            person=desk.person,
            now=now,
            text=text,
            account=reply.account,
            mode=reply.mode,
            answers=(reply.in_reply_to, reply.thread),
            seen=reply.seen,
            canned=code,
        )
        kept = (await desk.store.change_reply(kept.id, move, person=desk.person, now=now)).reply
    return replace(sheet, reply=kept)


_MOST: Final = 20_000
"""Most characters of a draft: twice Reddit's limit, the longest there is."""


def _kept(reply: Reply) -> tuple[object, ...]:
    """Return all that a draft keeps: what is to be published decides, and so do where, as whom and how."""
    return (
        reply.text,
        reply.account,
        reply.mode,
        reply.in_reply_to,
        reply.thread,
        reply.seen,
        reply.canned,
    )


async def read_anew(desk: Desk, sheet: Sheet) -> Sheet:
    """Take note that the person has read what the author wrote since the draft began."""
    fresh = await again(desk, sheet)
    return replace(fresh, reply=replace(fresh.reply, seen=fresh.conversation.last_mention))


async def drop(desk: Desk, sheet: Sheet) -> None:
    """Discard the person's draft, if there is one."""
    await desk.check_may_act()
    if sheet.reply.id:
        if sheet.reply.writer != desk.person:
            raise IllegalMoveError(_("This draft is a colleague's."), advice=_("Only its writer drops it."))
        move = partial(replying.discard, person=desk.person, now=desk.now())
        await desk.store.change_reply(sheet.reply.id, move, person=desk.person, now=desk.now())
