"""A candidate: a reply about to leave, with everything a guard may want to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmconsole.core.account import AccountState, Speaker
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.reply import Reply
    from cmconsole.desk.shift import Standing
    from cmconsole.store.contract import StoredMention
    from cmconsole.store.replying import Said


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reply and its surroundings, read at one moment.

    reply: as its writer has it now; `reply.created_at` is when they began. text: as written, without
    signature. parts: exactly what would be published (empty where it cannot be composed).
    mentions: the conversation's newest, oldest first. answered: the one that is answered.
    speaker: who would speak; None where the settings have no such account. account: as the engine last found
    it. fitting: names of the accounts that may answer here, the most fitting first; empty: none can.
    others: the conversation's other replies, not discarded. said: what the desk's accounts said lately.
    most: how many characters the platform takes where each server says so itself.
    standing: where the writer's shift stands; None while none was begun. colleagues: others at the desk.
    """

    reply: Reply
    text: str
    parts: tuple[str, ...]
    conversation: Conversation
    mentions: tuple[StoredMention, ...]
    answered: StoredMention | None
    speaker: Speaker | None
    account: AccountState | None
    fitting: tuple[str, ...]
    others: tuple[Reply, ...]
    said: tuple[Said, ...]
    most: int | None
    standing: Standing | None
    person: str
    colleagues: tuple[str, ...]
    now: Instant
