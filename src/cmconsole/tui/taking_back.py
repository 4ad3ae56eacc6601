"""Taking a reply back before it leaves, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.errors import IllegalMoveError
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.desk.reply import outbox
from cmconsole.tui.actions import key_name
from cmconsole.tui.present import replies

if TYPE_CHECKING:
    from cmconsole.core.reply import Reply
    from cmconsole.tui.host import Host


async def take_back_reply(host: Host) -> bool:
    """Take back this person's newest reply inside its window; say so, and whether there was one."""
    reply = await outbox.newest_held(host.session.desk)
    if reply is None:
        return False
    words, meaning = await taken_back(host, reply)
    host.session.forget(reply.conversation_id)
    await host.session.read()
    host.say(words, meaning)
    host.show()
    return True


async def taken_back(host: Host, reply: Reply) -> tuple[str, str]:
    """Take a reply back and return what is said of it; too late is an answer, not a failure."""
    session = host.session
    talks = await session.desk.store.conversations([reply.conversation_id])
    whom = replies.author(talks[0] if talks else None)
    try:
        now = await outbox.take_back(session.desk, reply.id)
    except IllegalMoveError:
        return _("Too late: the reply to {whom} is on its way.").format(whom=whom), "overdue"
    if now.act is not Act.REPLY:
        return _("Taken back, nothing was done: {act}, {whom}.").format(
            act=replies.act_words(now), whom=whom
        ), "success"
    if now.status is ReplyStatus.FAILED:
        words = _("Stopped: a part of the thread to {whom} is published, the rest is in the outbox ({key}).")
        key = key_name(session.settings.keymap.first("outbox"))
        return words.format(whom=whom, key=key), "urgent"
    words = _("Taken back: the reply to {whom} is a draft again · {key} to go on writing")
    return words.format(whom=whom, key=key_name(session.settings.keymap.first("reply"))), "success"
