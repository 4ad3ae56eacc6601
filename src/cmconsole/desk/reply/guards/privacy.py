"""Guards of privacy: what is somebody's own and stands in public once it is published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.text import fold
from cmconsole.desk.reply.guards.finding_data import found
from cmconsole.desk.reply.guards.guard import Raised
from cmconsole.desk.reply.guards.quoting import Folded, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate

_ADDRESSED = re.compile(
    r"(?:bonjour|bonsoir|salut|coucou|hello|hi|hey|dear|cher|chere|merci|thanks|thank you|cheers)"
    r"(?: (?:encore|a vous|beaucoup|m\.|mme|mr|mrs|ms|monsieur|madame|again|so much))?[ ,]*\Z"
)
"""What is said to the author: a colleague may have the author's name."""


def personal_data(candidate: Candidate, policy: GuardPolicy) -> Iterator[Raised]:
    """Raise for what tells who or where somebody is, how they are reached, and what they pay with."""
    names = {
        "phone": _("a phone number"),
        "mail": _("a mail address"),
        "iban": _("an account number (IBAN)"),
        "card": _("a card number"),
        "nir": _("a social security number"),
        "address": _("a postal address"),
        "order": _("an order number"),
    }
    for kind, text in found(candidate.text, policy):
        told = _("{text} is {what}: anybody will read it")
        yield Raised(told.format(text=quote(text), what=names[kind]))


def colleague_name(candidate: Candidate, policy: GuardPolicy) -> Iterator[Raised]:
    """Raise for the names of colleagues, unless it is the author who is called so."""
    author = fold(f"{candidate.conversation.author.name} {candidate.conversation.author.handle}")
    said = Folded(candidate.text)
    for name in sorted(policy.colleagues | frozenset(candidate.colleagues)):
        if not (folded := fold(name.strip())) or folded == fold(candidate.person):
            continue
        if re.search(rf"(?<!\w){re.escape(folded)}(?!\w)", author):
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(folded)}(?!\w)", said.text):
            written = said.original(*match.span())
            if written[:1].isupper() and not _ADDRESSED.search(said.text[: match.start()]):
                yield Raised(_("{name} is a colleague's name").format(name=quote(written)))
                break
