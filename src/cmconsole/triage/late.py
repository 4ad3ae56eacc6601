"""A judge that is made when it is first asked: a console that marks no VIP never pays for the lexicon."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmconsole.core.mention import Mention
    from cmconsole.core.verdict import Verdict
    from cmconsole.triage.judge import Judge


class LateJudge:
    """Judges as the judge that `make` returns."""

    def __init__(self, make: Callable[[], Judge]) -> None:
        self._make = make
        self._judge: Judge | None = None

    def judge(self, mention: Mention, *, vip: bool = False) -> Verdict:
        """Return the verdict on a cleaned mention; see Judge."""
        if self._judge is None:
            self._judge = self._make()
        return self._judge.judge(mention, vip=vip)
