"""From a key to a deed, where replies are concerned: act on a post, and leave while some are on hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _, said
from cmconsole.core.account import Mode
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.desk.reply import outbox
from cmconsole.tui.actions import key_name
from cmconsole.tui.present import replies
from cmconsole.tui.present.words import account_name, network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.reply import Reply
    from cmconsole.desk.reply.post_acts import Post
    from cmconsole.tui.host import Host


# ---------------------------------------------------------------------------------------------- acts on posts


async def act_on_post(host: Host, ids: Sequence[int]) -> None:
    """Ask what is to be done to which post of a conversation, and have it done after the undo window."""
    from cmconsole.desk.reply import post_acts  # noqa: PLC0415 - only when it is asked
    from cmconsole.tui.screens.post_acts import PostActs  # noqa: PLC0415 - as above
    from cmconsole.tui.screens.prompts import ConfirmPrompt, LinePrompt  # noqa: PLC0415 - as above

    session = host.session
    if len(ids) > 1:
        host.say(_("One conversation at a time: forget the selection first."), "quiet")
        return
    posts = await post_acts.posts(session.desk, ids[0])
    if not posts:
        talks = await session.desk.store.conversations(ids)
        on = network(talks[0].platform) if talks else ""
        host.say(_("Nothing can be done to these posts on {network} from here.").format(network=on), "quiet")
        return
    chosen = await host.ask(PostActs(posts, session.desk))
    if chosen is None:
        return
    post, act = chosen
    reason = ""
    if act is Act.REPORT:
        title = _("Report {whom}'s post: why?").format(whom=_whose(post))
        reason = await host.ask(LinePrompt(title, _("what the moderators should know"))) or ""
        if not reason:
            host.say(_("A report needs its reason; nothing was done."), "quiet")
            return
    detail = consequence(post, act, key_name(session.settings.keymap.first("take-back")))
    if await host.ask(ConfirmPrompt(question(post, act), detail, _("Do it"))) is not True:
        return
    reply = await outbox.perform(
        session.desk, ids[0], act, post.native_id, account=post.speaker.name, words=reason
    )
    session.forget(ids[0])
    await session.read()
    left = max(0, (reply.hold_until or 0) - session.desk.now()) // SECOND
    words = _("{act} in {left} s · {key} takes it back")
    key = key_name(session.settings.keymap.first("take-back"))
    host.say(words.format(act=replies.act_words(reply).capitalize(), left=left, key=key), "success")
    host.show()


def question(post: Post, act: Act) -> str:
    """Return the question that names an act and its object."""
    words = {
        Act.LIKE: _("Like {whom}'s post as {account} on {network}?"),
        Act.HIDE: _("Hide {whom}'s answer below our post, as {account} on {network}?"),
        Act.REPORT: _("Report {whom}'s post to the moderators, as {account} on {network}?"),
        Act.REMOVE: _("Remove {whom}'s post for everybody, as moderator {account} on {network}?"),
        Act.APPROVE: _("Approve {whom}'s post, as moderator {account} on {network}?"),
        Act.LOCK: _("Lock {whom}'s post, so that only moderators answer, as {account} on {network}?"),
        Act.DELETE: _("Delete our own reply as {account} on {network}?"),
    }[act]
    return words.format(
        whom=_whose(post),
        account=account_name(post.speaker.handle),
        network=network(post.speaker.platform),
    )


def consequence(post: Post, act: Act, take_back_key: str) -> str:
    """Return what comes of it, and how it is taken back."""
    told = [_("{key} takes it back before it happens.").format(key=take_back_key)]
    if act is Act.DELETE:
        told.append(_("After that it cannot be undone."))
    if post.speaker.mode is Mode.REHEARSAL:
        told.append(_("Rehearsal: nothing reaches the platform."))
    return " ".join(told)


def _whose(post: Post) -> str:
    return f"u/{post.handle}" if post.speaker.platform == "reddit" else account_name(post.handle)


# ---------------------------------------------------------------------------------------------------- leaving


async def may_leave(host: Host) -> bool:
    """Ask what becomes of replies whose undo window is this console's; say whether it may close."""
    session = host.session

    async def held() -> list[Reply]:
        desk = session.desk
        found = await desk.store.replies_in({ReplyStatus.HOLDING})
        return [it for it in found if it.console == desk.console and not it.is_stranded]

    try:
        found = await held()
    except CmconsoleError:
        # A store that cannot be read keeps nobody here; what is on hold will ask for a person.
        return True
    if not found:
        return True
    from cmconsole.tui.screens.yes_prompts import LeavePrompt  # noqa: PLC0415 - only when it is asked

    talks = await session.desk.store.conversations([it.conversation_id for it in found])
    known = {it.id: it for it in talks}
    names = replies.handles(session.desk)

    def told(reply: Reply) -> str:
        return _("as {account} on {network} to {whom}").format(
            account=replies.account_name(reply, names),
            network=network(reply.platform),
            whom=replies.author(known.get(reply.conversation_id)),
        )

    answer = await host.ask(LeavePrompt(found, held, session.desk.now, told))
    try:
        if answer == "back":
            for reply in await held():
                await outbox.take_back(session.desk, reply.id)
        elif answer == "go":
            await outbox.let_go(session.desk)
    except CmconsoleError as error:
        host.say(said(error), "overdue")
        return False
    return answer is not None
