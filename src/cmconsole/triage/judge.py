"""The door of triage: what every judge of mentions offers."""

from __future__ import annotations

from typing import Protocol

from cmconsole.core.conversation import UNDECIDED, Decided
from cmconsole.core.mention import Mention
from cmconsole.core.verdict import Kind, Severity, Verdict

LEARNED = "triage"
"""Name under which a store keeps what the judge has learned, and notes about judging anew."""


class Judge(Protocol):
    """Says of a mention where it stands and why. Pure and deterministic, given what it was taught."""

    def judge(self, mention: Mention, *, vip: bool = False, decided: Decided = UNDECIDED) -> Verdict:
        """Return the verdict on a cleaned mention.

        vip: its author was marked at the desk. decided: what a person decided, which stands; lane and
        priority follow from it.
        """
        ...

    def teach(self, text: str, *, kind: Kind | None = None, severity: Severity | None = None) -> None:
        """Learn what a person said of a text."""
        ...

    def remember(self, state: str) -> None:
        """Take up what was learned before, as `remembered` gave it; empty: begin anew. Raises StoreError."""
        ...

    def remembered(self) -> str:
        """Return all that was learned, as text."""
        ...

    def fingerprint(self) -> str:
        """Return a text that changes with the table, the rules and the policy, but not with lessons."""
        ...
