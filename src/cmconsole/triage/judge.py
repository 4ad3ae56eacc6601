"""The door of triage: what every judge of mentions offers."""

from __future__ import annotations

from typing import Protocol

from cmconsole.core.mention import Mention
from cmconsole.core.verdict import Verdict


class Judge(Protocol):
    """Says of a mention where it stands and why. Pure and deterministic."""

    def judge(self, mention: Mention, *, vip: bool = False) -> Verdict:
        """Return the verdict on a cleaned mention; `vip`: its author was marked at the desk."""
        ...
