"""Guards of who speaks and whether anybody can be answered: account, rehearsal, a post that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.account import Mode, Standing
from cmconsole.core.guard import Level
from cmconsole.desk.reply.guards.guard import Raised
from cmconsole.desk.reply.guards.quoting import platform_name, quote
from cmconsole.desk.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate


def wrong_account(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where another account should speak; blocks where this one cannot."""
    speaker, platform = candidate.speaker, candidate.conversation.platform
    if speaker is None:
        if name := candidate.reply.account:
            told = _("there is no account {name} in the settings").format(name=name)
        else:
            told = _("the settings have no account on {platform}").format(platform=platform_name(platform))
        yield Raised(told, Level.BLOCK)
    elif speaker.platform != platform:
        told = _("{name} is on {own}; this conversation is on {platform}")
        said = told.format(
            name=speaker.name, own=platform_name(speaker.platform), platform=platform_name(platform)
        )
        yield Raised(said, Level.BLOCK)
    elif speaker.name not in candidate.fitting:
        yield Raised(_("{name} cannot answer here").format(name=speaker.name), Level.BLOCK)
    elif speaker.name != candidate.fitting[0]:
        told = _("this conversation was addressed to {right}; {name} would answer")
        yield Raised(told.format(right=candidate.fitting[0], name=speaker.name))


def unverified(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where a live account was not found to be who the settings say."""
    speaker, state = candidate.speaker, candidate.account
    if speaker is None or speaker.mode is not Mode.LIVE:
        return
    standing = state.standing if state is not None else Standing.UNCHECKED
    if standing is Standing.VERIFIED:
        return
    if standing is Standing.LOCKED and state is not None and state.seen:
        told = _("the platform takes {name} for @{seen}; the settings say @{handle}: correct one of them")
        yield Raised(
            told.format(
                name=speaker.name, seen=state.seen.removeprefix("@"), handle=speaker.handle.removeprefix("@")
            )
        )
        return
    advice = {
        Standing.LOCKED: _("look at its handle in the settings"),
        Standing.REFUSED: _("give it a new token with `cmconsole accounts add`"),
        Standing.UNREACHED: _("wait until its platform answers, or look at the sources"),
    }.get(standing, _("the engine checks it when it starts: see that one is running"))
    told = _("{name}: {standing}; {advice}")
    yield Raised(told.format(name=speaker.name, standing=word(standing), advice=advice))


def rehearsal(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Tell that nothing will leave."""
    mode = candidate.speaker.mode if candidate.speaker is not None else candidate.reply.mode
    if mode is Mode.REHEARSAL:
        yield Raised(_("this is a rehearsal: nothing leaves, nobody will read it"))


def cannot_reply(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where the platform does not let us answer."""
    answered = candidate.answered
    can = candidate.conversation.can_reply if answered is None else answered.mention.can_reply
    if can:
        return
    if candidate.conversation.platform == "x":
        told = _("X lets us answer only those who mention or quote our account; this post does neither")
    else:
        told = _("{platform} does not let us answer this post").format(
            platform=platform_name(candidate.conversation.platform)
        )
    yield Raised(told)


def gone(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where the post that is answered is not on its platform any more."""
    answered = candidate.answered
    if answered is None:
        yield Raised(_("the post you answer is not here any more"))
    elif answered.gone is not None:
        yield Raised(_("the post you answer was {why}").format(why=word(answered.gone)))


def edited(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where the author changed the post after the draft was begun."""
    answered = candidate.answered
    if answered is None or answered.gone is not None or answered.mention.edited_at is None:
        return
    if answered.mention.edited_at > candidate.reply.created_at:
        told = _("its author changed the post after you began: it says {text} now")
        yield Raised(told.format(text=quote(answered.mention.text)))
