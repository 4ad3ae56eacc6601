"""Acts on posts: what a platform lets us do there beside replying, and to which post of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cmconsole.core.reply import FLYING, Act, ReplyStatus
from cmconsole.desk.reply.sheet import open_sheet

if TYPE_CHECKING:
    from cmconsole.core.account import Speaker
    from cmconsole.core.clock import Instant
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.sheet import Sheet
    from cmconsole.store.contract import StoredMention

ACTS: Final[Mapping[str, tuple[Act, ...]]] = MappingProxyType(
    {
        "x": (Act.LIKE, Act.HIDE, Act.DELETE),
        "mastodon": (Act.LIKE, Act.REPORT, Act.DELETE),
        "bluesky": (Act.LIKE, Act.HIDE, Act.REPORT, Act.DELETE),
        "reddit": (Act.REPORT, Act.REMOVE, Act.APPROVE, Act.LOCK, Act.DELETE),
    }
)
"""What each platform's publisher can do, in the order it is offered; a contract test compares the two."""

_SETTLED: Final = FLYING | {ReplyStatus.SENT}
"""An act in one of these is done, or on its way: it is not offered again."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post that something can be done to.

    handle: who wrote it, as the store has it. ours: it is a reply of ours. speaker: who would act.
    acts: what can be done to it now; done: what was done to it already, or is under way.
    """

    native_id: str
    handle: str
    text: str
    at: Instant
    speaker: Speaker
    acts: tuple[Act, ...]
    done: tuple[Act, ...] = ()
    ours: bool = False


async def posts(desk: Desk, conversation_id: int) -> tuple[Post, ...]:
    """Return the posts of a conversation that something can be done to, newest first.

    Empty where the platform offers nothing, or no account of the settings is there. Raises NotFoundError.
    """
    sheet = await open_sheet(desk, conversation_id)
    speakers = {it.name: it for it in desk.replying.speakers}
    theirs = speakers.get(next(iter(sheet.fitting), ""))
    found = [] if theirs is None else [_theirs(it, theirs, sheet) for it in sheet.mentions if it.gone is None]
    for reply in sheet.others:
        if reply.act is Act.REPLY and (speaker := speakers.get(reply.account)) is not None:
            found += _ours(reply, speaker, sheet)
    return tuple(sorted((it for it in found if it.acts), key=lambda it: -it.at))


def _theirs(stored: StoredMention, speaker: Speaker, sheet: Sheet) -> Post:
    mention = stored.mention
    done = _done(sheet, mention.native_id)
    begins = not mention.in_reply_to and mention.thread in {"", mention.native_id}
    return Post(
        mention.native_id,
        mention.author.handle,
        mention.text,
        mention.created_at,
        speaker,
        tuple(
            act
            for act in ACTS.get(mention.platform, ())
            # Only answers in a thread of ours can be hidden, and what begins a thread answers nobody.
            if act is not Act.DELETE and act not in done and not (act is Act.HIDE and begins)
        ),
        done,
    )


def _ours(reply: Reply, speaker: Speaker, sheet: Sheet) -> list[Post]:
    """Return a post for each part of a reply that is published."""
    if Act.DELETE not in ACTS.get(reply.platform, ()):
        return []
    return [
        Post(
            native_id,
            speaker.handle,
            text,
            reply.sent_at if reply.sent_at is not None else reply.updated_at,
            speaker,
            () if Act.DELETE in (done := _done(sheet, native_id)) else (Act.DELETE,),
            done,
            ours=True,
        )
        for native_id, text in zip(reply.native_ids, reply.parts, strict=False)
    ]


def _done(sheet: Sheet, native_id: str) -> tuple[Act, ...]:
    found = (it.act for it in sheet.others if it.in_reply_to == native_id and it.status in _SETTLED)
    return tuple(dict.fromkeys(act for act in found if act is not Act.REPLY))
