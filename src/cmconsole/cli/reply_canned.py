"""A canned response as a command says it: the variant whose turn it is, filled from the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.canned import Shelf
from cmconsole.config.language import _
from cmconsole.core.canned import placeholders
from cmconsole.core.errors import InputError, NotFoundError
from cmconsole.desk.canned.filling import facts, fill, meaning
from cmconsole.desk.canned.ranking import find
from cmconsole.desk.reply.compose import signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cmconsole.core.canned import Canned
    from cmconsole.desk.canned.ranking import Offer
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.sheet import Sheet

_NEAR = 5
"""Codes that are named where there is none as it was given."""


def filled(desk: Desk, sheet: Sheet, code: str, values: Mapping[str, str]) -> str:
    """Return the text of a canned response for this sheet.

    values: by placeholder, what the writer fills in. Raises NotFoundError for a code that is not there, and
    InputError where something is still to be filled in, or nothing of that name is.
    """
    offer = _offer(desk, sheet, code)
    unknown = [name for name in values if name not in placeholders(offer.text)]
    if unknown:
        raise InputError(
            _("/{code} has no placeholder {names}.").format(code=code, names=", ".join(unknown)),
            advice=_("It has: {names}.").format(names=", ".join(placeholders(offer.text)) or "–"),
        )
    known = facts(
        sheet.conversation,
        sheet.answered,
        person=desk.person,
        brand=desk.replying.brand,
        account_handle=sheet.speaker.handle if sheet.speaker is not None else "",
        signature=signed(desk.replying.signature, desk.person),
        zone=desk.zone,
        now=desk.now(),
        language=offer.language,
    )
    made = fill(offer.text, known, values)
    if made.missing:
        raise InputError(
            _("/{code} is still to be filled: {questions}.").format(
                code=code, questions="; ".join(_questions(offer.canned, made.missing))
            ),
            advice=" ".join(f"--set {name}=…" for name in made.missing),
        )
    return made.text


def _offer(desk: Desk, sheet: Sheet, code: str) -> Offer:
    library = Shelf(desk.replying.canned, starter=desk.replying.starter).library()
    found = find(
        library,
        code,
        sheet.conversation,
        sheet.said,
        platform=sheet.conversation.platform,
        account=sheet.reply.account,
        language=sheet.conversation.language,
        now=desk.now(),
        zone=desk.zone,
        limit=max(_NEAR, len(library.responses)),
    )
    for offer in found:
        if offer.canned.code == code:
            return offer
    near = ", ".join(f"/{it.canned.code}" for it in found[:_NEAR])
    raise NotFoundError(
        _("There is no canned response /{code}.").format(code=code),
        advice=_("Near to it: {codes}.").format(codes=near) if near else _("See: cmconsole canned list"),
    )


def _questions(canned: Canned, missing: Iterable[str]) -> Iterable[str]:
    """Return what the writer is asked for: the response's own question, else what the placeholder means."""
    for name in missing:
        question = canned.asks.get(name) or meaning(name)
        yield _("{name} ({question})").format(name=name, question=question) if question else name
