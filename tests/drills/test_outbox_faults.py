"""The table of issue 5: what every fault of every platform comes to, and what the person reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from cmconsole.core.reply import ReplyStatus
from tests.contract.adapters import ADAPTERS, Adapter
from tests.integration.engine.test_outbox import WorldTime
from tests.unit.engine.outboxes import opened

pytestmark = pytest.mark.drill

FAULTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "none": ("", {}),
    "500 before accepting": ("status", {"status": 500}),
    "500 after accepting": ("error_after", {"status": 500}),
    "answer dropped": ("drop_after", {}),
    "connection cut before": ("drop_before", {}),
    "time-out, published": ("hang", {"seconds": 5, "after": True}),
    "time-out, published late": ("hang", {"seconds": 5}),
    "429": ("limit", {"reset_after": 90}),
    "HTML error": ("html", {"status": 503}),
    "wrong JSON, published": ("garbage", {}),
    "403": ("status", {"status": 403, "body": "{}"}),
    "token revoked": ("revoked", {}),
}
OWN: Final[dict[str, dict[str, tuple[str, dict[str, Any]]]]] = {
    "x": {"403 duplicate": ("duplicate", {})},
    "reddit": {"RATELIMIT in a 200": ("ratelimit", {"seconds": 120})},
}
CASES: Final = [
    (platform, fault) for platform in sorted(ADAPTERS) for fault in (*FAULTS, *OWN.get(platform, {}))
]


@pytest.fixture(scope="module")
def lines() -> Iterator[list[str]]:
    """Return the lines of the table, printed at the end."""
    told: list[str] = []
    yield told
    print("\n\n  platform  fault                     POSTs  there  state     what the person reads")
    print("\n".join(told))


@pytest.mark.parametrize(("platform", "fault"), CASES, ids=[" ".join(case) for case in CASES])
async def test_there_is_one_post_at_most_and_what_is_said_of_it_is_true(
    tmp_path: Path, lines: list[str], platform: str, fault: str
) -> None:
    async with ADAPTERS[platform]() as adapter:
        time = WorldTime(adapter.running.world)
        about = {"handle": adapter.platform.handle, "platform": platform}
        async with opened(tmp_path, time, make=lambda: adapter.doors()[1], **about) as desk:
            if fault == "token revoked":
                # After the outbox has made sure of the account, as it has in a desk at work.
                await desk.settled(await desk.hold(adapter.platform.mention("Et ça ?", author="bob")))
                adapter.published().clear()
                adapter.running.world.requests.clear()
            reply = await desk.hold(adapter.platform.mention("Où est mon colis ?"))
            _spoil(adapter, *{**FAULTS, **OWN.get(platform, {})}[fault])
            ended = await desk.settled(reply)
            seen, there = adapter.posts_seen(), len(adapter.published())
            words = " / ".join(filter(None, (ended.error, ended.advice))) or "–"
            lines.append(
                f"  {platform:<9} {fault:<25} {seen:>5}  {there:>5}  {ended.status.value:<8}  {words}"
            )

    assert there <= 1
    assert (ended.status is ReplyStatus.SENT) is (there == 1)
    assert ended.status in {ReplyStatus.SENT, ReplyStatus.FAILED}
    assert bool(ended.error) is (ended.status is ReplyStatus.FAILED)


def _spoil(adapter: Adapter, kind: str, args: dict[str, Any]) -> None:
    if kind == "revoked":
        adapter.running.world.faults.plant(adapter.kind, "status", status=401, body="{}", times=0)
    elif kind:
        adapter.fault(kind, **args)
