"""The undo window: at least the desk's own, longer with reach and abuse, never longer than its most."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cmconsole.core.clock import SECOND
from cmconsole.core.mention import Author
from cmconsole.core.verdict import Hostility
from cmconsole.desk.policy import ReplyPolicy
from cmconsole.desk.reply.window import undo_window
from tests.unit.desk.parts import conversation


@pytest.mark.parametrize(
    ("reach", "hostility", "seconds"),
    [
        (None, Hostility.NONE, 10),
        (9_999, Hostility.RUDE, 10),
        (10_000, Hostility.NONE, 15),
        (100_000, Hostility.NONE, 20),
        (1_000_000, Hostility.NONE, 30),
        (None, Hostility.INSULTING, 15),
        (None, Hostility.HATEFUL, 20),
        (100_000, Hostility.INSULTING, 25),
        (50_000_000, Hostility.HATEFUL, 30),
    ],
)
def test_it_grows_with_reach_and_abuse(reach: int | None, hostility: Hostility, seconds: int) -> None:
    talk = replace(conversation(1), author=Author("x", "ada", reach=reach), hostility=hostility)

    assert undo_window(ReplyPolicy(), talk) == seconds * SECOND


def test_it_is_never_shorter_than_the_desk_wants_and_may_be_none() -> None:
    loud = replace(conversation(1), author=Author("x", "ada", reach=10**7), hostility=Hostility.HATEFUL)

    assert undo_window(ReplyPolicy(undo=0, undo_most=0), loud) == 0
    assert undo_window(ReplyPolicy(undo=20 * SECOND, undo_most=10 * SECOND), loud) == 20 * SECOND
