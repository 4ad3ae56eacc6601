"""What a shift's replies came to, for the next person: sent, waiting for a yes, and in need of somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cmconsole.core.account import Mode
from cmconsole.core.reply import ANSWERED, Act, ReplyStatus
from cmconsole.desk.reply import approval, outbox

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.approval import Waiting
    from cmconsole.desk.reply.outbox import Leaving

READ: Final = 500
"""Most replies counted; beyond, the count says "at least"."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How many replies an account sent; in rehearsal: would have sent."""

    account: str
    mode: Mode
    count: int


@dataclass(frozen=True, slots=True)
class ReplyNews:
    """Replies as a handover tells them.

    sent: since a moment, by account; at_least: there were more. waiting: for a second person's yes.
    stuck: failed, stopped, or of which nobody knows. leaving: how many leave by themselves just now.
    handles: of the desk's accounts, by name.
    """

    sent: tuple[Sent, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    stuck: tuple[Leaving, ...] = ()
    leaving: int = 0
    at_least: bool = False
    handles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


async def since(desk: Desk, begun: Instant) -> ReplyNews:
    """Read what became of replies since a moment; every read is bounded."""
    found = await desk.store.replies_in(ANSWERED, READ, since=begun)
    said = [it for it in found if it.act is Act.REPLY and (it.sent_at or 0) >= begun]
    counted = Counter((it.account, it.mode) for it in said)
    box = await outbox.read(desk)
    stuck = tuple(it for it in box if outbox.needs_person(it.reply) or it.reply.status is ReplyStatus.UNKNOWN)
    return ReplyNews(
        sent=tuple(Sent(account, mode, count) for (account, mode), count in sorted(counted.items())),
        waiting=await approval.lane(desk),
        stuck=stuck,
        leaving=len(box) - len(stuck),
        at_least=len(found) == READ,
        handles={it.name: it.handle for it in desk.replying.speakers},
    )
