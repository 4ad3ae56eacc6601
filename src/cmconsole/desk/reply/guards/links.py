"""Guards of links: what one costs on X, and whether it leads to the brand's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _, language
from cmconsole.core.budget import DOLLAR
from cmconsole.core.links import read
from cmconsole.desk.reply.guards.finding_links import Link, links
from cmconsole.desk.reply.guards.guard import Raised
from cmconsole.desk.reply.guards.quoting import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate


def link_price(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where a link makes a post on X dearer."""
    from cmconsole.platforms.x.prices import CREATE, CREATE_WITH_URL  # noqa: PLC0415 - only where it is X

    if candidate.conversation.platform == "x" and (found := links(candidate.text)):
        told = _("with a link, this post costs ${dear} on X instead of ${cheap}: {link}")
        yield Raised(
            told.format(dear=_dollars(CREATE_WITH_URL), cheap=_dollars(CREATE), link=quote(found[0].text))
        )


def _dollars(micro: int) -> str:
    whole, rest = divmod(micro, DOLLAR)
    cents = f"{rest:06}".rstrip("0").ljust(2, "0")
    return f"{whole}{',' if language() == 'fr' else '.'}{cents}"


def foreign_link(candidate: Candidate, policy: GuardPolicy) -> Iterator[Raised]:
    """Raise for links that hide where they lead and, where domains are set, for those that lead elsewhere."""
    told: dict[str, str] = {}
    for link in links(candidate.text):
        if link.is_meant and link.host not in told and (why := _odd(link, candidate, policy)):
            told[link.host] = why
    yield from map(Raised, told.values())


def _odd(link: Link, candidate: Candidate, policy: GuardPolicy) -> str:
    """Return what is wrong with a link, or an empty string."""
    shown = quote(link.text)
    if link.masked:
        return _("{link} leads to {host}, not where it seems to").format(link=shown, host=link.host)
    if link.is_of(policy.domains):
        return ""
    if hidden := _hidden(link):
        return hidden.format(link=shown)
    if not policy.domains or _is_at_home(link, candidate):
        return ""
    return _("{link} does not lead to the brand's own pages").format(link=shown)


def _hidden(link: Link) -> str:
    """Return how a link hides where it leads, or an empty string."""
    if link.is_odd:
        return _("{link} has letters that may imitate another address")
    if link.is_short:
        return _("{link} hides where it leads: give the whole address")
    return _("{link} leads to a machine without a name") if link.is_number else ""


def _is_at_home(link: Link, candidate: Candidate) -> bool:
    """Say whether a link stays on the platform of the conversation, as one to a direct message does."""
    text = link.text if "://" in link.text else f"https://{link.text}"
    address = read(text)
    return address is not None and address.platform == candidate.conversation.platform
