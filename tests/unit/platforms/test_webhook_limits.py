"""Limits: so many a minute from one address, so many in all, and nobody is locked out by the clock."""

from __future__ import annotations

from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.platforms.webhook.limits import MOST_ADDRESSES, TOTAL, Limit


class Clock:
    def __init__(self) -> None:
        self.at = 1_795_280_000_000

    def now(self) -> int:
        return self.at


def test_a_burst_of_a_minute_is_let_in_then_as_many_as_refill() -> None:
    clock = Clock()
    limit = Limit(60, clock.now)

    assert [limit.ask("10.0.0.1") for _ in range(61)] == [0] * 60 + [1]
    clock.at += SECOND
    assert [limit.ask("10.0.0.1") for _ in range(2)] == [0, 1]
    clock.at += MINUTE
    assert [limit.ask("10.0.0.1") for _ in range(61)] == [0] * 60 + [1]


def test_what_is_told_to_wait_is_enough() -> None:
    clock = Clock()
    limit = Limit(2, clock.now)
    assert [limit.ask("a"), limit.ask("a")] == [0, 0]
    wait = limit.ask("a")
    clock.at += wait * SECOND

    assert wait == 30
    assert limit.ask("a") == 0


def test_an_address_does_not_use_up_another_s() -> None:
    limit = Limit(10, Clock().now)
    for _ in range(100):
        limit.ask("10.0.0.1")

    assert limit.ask("10.0.0.2") == 0


def test_all_addresses_together_have_a_limit_too() -> None:
    limit = Limit(10, Clock().now)
    let_in = sum(limit.ask(f"10.0.{number}.1") == 0 for number in range(200))

    assert let_in == TOTAL * 10


def test_of_ipv6_the_network_counts_and_a_mapped_address_is_itself() -> None:
    limit = Limit(1, Clock().now)

    assert limit.ask("2001:db8::1") == 0
    assert limit.ask("2001:db8::2%eth0") > 0
    assert limit.ask("2001:db8:0:1::1") == 0
    assert limit.ask("10.0.0.1") == 0
    assert limit.ask("::ffff:10.0.0.1") > 0
    assert limit.ask("") == 0


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    clock = Clock()
    limit = Limit(1, clock.now)
    limit.ask("a")
    clock.at -= 60 * MINUTE

    assert 0 < limit.ask("a") <= 60
    clock.at += MINUTE
    assert limit.ask("a") == 0


def test_strangers_do_not_fill_the_memory() -> None:
    limit = Limit(1, Clock().now)
    for number in range(3 * MOST_ADDRESSES):
        limit.ask(f"host{number}")

    assert len(limit._each) == MOST_ADDRESSES
