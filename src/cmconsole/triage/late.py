"""A judge that is made when it is first asked: a console that marks no VIP never pays for the lexicon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core.conversation import UNDECIDED, Decided

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmconsole.core.mention import Mention
    from cmconsole.core.verdict import Kind, Severity, Verdict
    from cmconsole.triage.judge import Judge


class LateJudge:
    """Judges as the judge that `make` returns."""

    def __init__(self, make: Callable[[], Judge]) -> None:
        self._make = make
        self._judge: Judge | None = None

    def judge(self, mention: Mention, *, vip: bool = False, decided: Decided = UNDECIDED) -> Verdict:
        """See Judge."""
        return self._made().judge(mention, vip=vip, decided=decided)

    def teach(self, text: str, *, kind: Kind | None = None, severity: Severity | None = None) -> None:
        """See Judge."""
        self._made().teach(text, kind=kind, severity=severity)

    def remember(self, state: str) -> None:
        """See Judge."""
        self._made().remember(state)

    def remembered(self) -> str:
        """See Judge."""
        return self._made().remembered()

    def fingerprint(self) -> str:
        """See Judge."""
        return self._made().fingerprint()

    def _made(self) -> Judge:
        if self._judge is None:
            self._judge = self._make()
        return self._judge
