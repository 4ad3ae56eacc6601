"""What can be posted: mentions and tips, each checked whole before anything of a request is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from cmconsole.core.clock import Instant
from cmconsole.core.links import read
from cmconsole.core.mention import Mention, Removed
from cmconsole.core.source import Batch
from cmconsole.core.tip import Tip
from cmconsole.platforms.form import LineMapper, decoded
from cmconsole.platforms.webhook.answers import Answer, Refusal, said
from cmconsole.platforms.webhook.complaints import MOST_TOLD, Complaint, Form

_BREATH: Final = 20
"""Items checked between two breaths: some milliseconds in which the engine does nothing else."""


class Route(Protocol):
    """Makes a batch of a request's items."""

    @property
    def form(self) -> Form:
        """Return what an item has to be."""
        ...

    def understand(self, raw: bytes, item: Any) -> object:
        """Return what an item of the right form says, or a Complaint that no schema can make."""
        ...

    def batch(self, understood: Sequence[object]) -> tuple[Batch, dict[str, Any]]:
        """Return the batch, and what the answer tells of it beside its number."""
        ...


@dataclass(frozen=True, slots=True)
class Mentions:
    """POST /v1/mentions: the NDJSON form, one mention or removal an item."""

    form: Form
    mapper: LineMapper
    now: Callable[[], Instant]

    def understand(self, raw: bytes, item: Any) -> object:  # noqa: ARG002 - a mention is read from its bytes
        found = self.mapper.item(raw, self.now())
        if isinstance(found, str):
            key = found.partition(" ")[0]
            if key in {"created_at", "edited_at"}:
                return Complaint(f"/{key}", "there is no such moment", "a real date, from 1970 to 9999")
            return Complaint("", found, "what the schema says (GET /v1/schema)")
        return found

    def batch(self, understood: Sequence[object]) -> tuple[Batch, dict[str, Any]]:
        mentions = tuple(it for it in understood if isinstance(it, Mention))
        removed = tuple(it for it in understood if isinstance(it, Removed))
        told: dict[str, Any] = {
            "mentions": [{"platform": it.platform, "id": it.native_id} for it in mentions]
        }
        if removed:
            told["removed"] = [{"platform": it.platform, "id": it.native_id} for it in removed]
        return Batch(mentions, removed=removed), told


@dataclass(frozen=True, slots=True)
class Tips:
    """POST /v1/tips: links that colleagues forward."""

    form: Form
    now: Callable[[], Instant]

    def understand(self, raw: bytes, item: Any) -> object:  # noqa: ARG002 - a tip is read from its values
        address = read(item["url"])
        if address is None:
            return Complaint(
                "/url", "it is no web address", "an address that begins with https:// or http://"
            )
        person = str(item["from"]).strip()
        if not person:
            return Complaint("/from", "it is blank", "who forwards the link")
        return Tip(address.url, person, self.now(), item.get("note") or "")

    def batch(self, understood: Sequence[object]) -> tuple[Batch, dict[str, Any]]:
        return Batch(tips=tuple(it for it in understood if isinstance(it, Tip))), {}


async def checked(route: Route, items: Sequence[bytes]) -> list[object]:
    """Return what the items say; raises Refusal (422) that tells all that is wrong, and takes none then."""
    understood: list[object] = []
    problems: list[dict[str, Any]] = []
    wrong = told = 0
    for number, raw in enumerate(items):
        if number % _BREATH == 0:
            await asyncio.sleep(0)
        complaints = _complaints(route, raw, understood)
        wrong += bool(complaints)
        told += len(complaints)
        problems += [_problem(number, it) for it in complaints[: MOST_TOLD - len(problems)]]
    if problems:
        raise Refusal(_unprocessable(wrong, len(items), problems, told))
    return understood


def _complaints(route: Route, raw: bytes, understood: list[object]) -> list[Complaint]:
    """Return what is wrong with an item; add what it says where nothing is."""
    try:
        item = decoded(raw)
    except (ValueError, RecursionError) as error:
        return [Complaint("", f"it is not JSON: {error}", "a JSON object")]
    if complaints := route.form.complaints(item):
        return complaints
    outcome = route.understand(raw, item)
    if isinstance(outcome, Complaint):
        return [outcome]
    understood.append(outcome)
    return []


def _problem(number: int, complaint: Complaint) -> dict[str, Any]:
    return {
        "item": number,
        "pointer": complaint.pointer,
        "problem": complaint.problem,
        "allowed": complaint.allowed,
    }


def _unprocessable(wrong: int, items: int, problems: list[dict[str, Any]], told: int) -> Answer:
    error = (
        f"{wrong} of {items} items cannot be taken, so none was. Put them right and send all of them again."
    )
    if items == 1:
        error = "The item cannot be taken as it is."
    untold = {"untold": told - len(problems)} if told > len(problems) else {}
    return said(422, error=error, problems=problems, **untold)
