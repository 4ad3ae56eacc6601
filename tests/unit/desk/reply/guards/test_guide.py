"""The guards' page in the guide names every guard, with what it may do and the key that changes it."""

from __future__ import annotations

import re
from pathlib import Path

from cmconsole.desk.reply.guards import GUARDS
from cmconsole.wiring.replies import guard_keys

PAGE = Path(__file__).resolve().parents[5] / "docs" / "guide" / "guards.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (\w+) \| (?:`(\w+)`|–) \| \S.* \|$", re.MULTILINE)


def test_the_page_is_as_the_registry() -> None:
    told = ROW.findall(PAGE.read_text(encoding="utf-8"))

    assert told == [
        (guard.name, guard.level.value, "" if guard.fixed else guard.name.replace("-", "_"))
        for guard in GUARDS
    ]


def test_the_settings_have_a_key_for_every_guard_that_can_be_changed() -> None:
    assert {guard.name.replace("-", "_") for guard in GUARDS if not guard.fixed} == guard_keys()
