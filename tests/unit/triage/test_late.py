"""A late judge judges like the one it makes, and makes it once."""

from __future__ import annotations

from cmconsole.core.mention import Author, Mention
from cmconsole.triage.late import LateJudge
from cmconsole.triage.triage import Triage


def test_it_is_made_once_and_only_when_asked() -> None:
    made: list[Triage] = []

    def make() -> Triage:
        made.append(Triage())
        return made[-1]

    late = LateJudge(make)
    mention = Mention("x", "1", Author("x", "ada"), "Toujours pas remboursé", 0)
    assert made == []
    assert late.judge(mention) == Triage().judge(mention)
    assert late.judge(mention, vip=True) == Triage().judge(mention, vip=True)
    assert len(made) == 1
