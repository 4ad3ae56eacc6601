"""Sources and accounts in words: who paused, what went wrong and what to do, age, standing, money."""

from __future__ import annotations

import pytest

from cmconsole.config.language import speaking
from cmconsole.core.account import AccountState, Standing
from cmconsole.core.budget import DOLLAR
from cmconsole.core.clock import DAY, HOUR, MINUTE
from cmconsole.core.source import Health, SourceState
from cmconsole.desk import sources
from tests.unit.desk.parts import NOON


def state(health: Health = Health.OK, **more: object) -> SourceState:
    return SourceState("blog", "feeds", health, **more)  # type: ignore[arg-type]


def account(standing: Standing = Standing.VERIFIED, **more: object) -> AccountState:
    return AccountState("main", "x", "@acme", "live", standing, **more)  # type: ignore[arg-type]


def test_who_paused_it_says_more_than_how_it_is() -> None:
    assert sources.health(state(Health.OK)) == "ok"
    assert sources.health(state(Health.PAUSED)) == "paused"
    assert sources.health(state(Health.RETRYING, paused_by="Bob")) == "paused by Bob"


@pytest.mark.parametrize(
    ("shown", "trouble"),
    [
        (state(Health.OK), False),
        (state(Health.ENDED), False),
        (state(Health.RETRYING), True),
        (state(Health.REFUSED), True),
        (state(Health.PAUSED), False),
        (state(Health.PAUSED, retry_at=NOON), True),
        (state(Health.PAUSED, paused_by="Bob"), False),
        (state(Health.REFUSED, paused_by="Bob"), False),
    ],
)
def test_a_source_is_in_trouble_when_it_should_be_read_and_is_not(
    shown: SourceState, *, trouble: bool
) -> None:
    assert sources.in_trouble(shown) is trouble


@pytest.mark.parametrize(
    ("told", "error", "advice"),
    [
        ("", "", ""),
        ("X refuses the token. Renew it.", "X refuses the token.", "Renew it."),
        (
            "api.x.com v2.1 answers 503. Nothing was lost. It goes on.",
            "api.x.com v2.1 answers 503.",
            "Nothing was lost. It goes on.",
        ),
        ("X refuse le jeton. Écrivez « oui ».", "X refuse le jeton.", "Écrivez « oui »."),
        ("It broke off. `cmconsole doctor` says why.", "It broke off.", "`cmconsole doctor` says why."),
    ],
)
def test_an_error_is_told_in_two_parts(told: str, error: str, advice: str) -> None:
    assert sources.what_to_do(state(Health.OK, last_error=told)) == (error, advice)


def test_where_the_error_gives_no_advice_there_is_one_all_the_same() -> None:
    assert "token" in sources.what_to_do(state(Health.REFUSED, last_error="Forbidden"))[1]
    assert "by itself" in sources.what_to_do(state(Health.RETRYING, last_error="503"))[1]
    assert sources.what_to_do(state(Health.OK, last_error="503")) == ("503", "")


def test_the_lag_is_the_age_of_the_newest_mention_and_never_negative() -> None:
    assert sources.lag(state(), NOON) is None
    assert sources.lag(state(newest_at=NOON - HOUR), NOON) == HOUR
    assert sources.lag(state(newest_at=NOON + MINUTE), NOON) == 0


def test_a_busy_source_without_a_mention_for_a_day_is_unusual() -> None:
    late = NOON - DAY - MINUTE
    assert sources.unusually_quiet(state(taken=sources.BUSY, newest_at=late), NOON)
    assert not sources.unusually_quiet(state(taken=sources.BUSY, newest_at=NOON - HOUR), NOON)
    assert not sources.unusually_quiet(state(taken=3, newest_at=late), NOON)
    assert not sources.unusually_quiet(state(Health.PAUSED, taken=sources.BUSY, newest_at=late), NOON)


def test_a_locked_account_says_whose_token_it_is_and_what_to_do() -> None:
    locked = account(Standing.LOCKED, seen="other")
    error, advice = sources.account_trouble(locked)

    assert error == sources.standing(locked) == "token is @other, not @acme – locked"
    assert "[accounts.main]" in advice
    assert "`cmconsole accounts renew main`" in advice


def test_a_refused_account_says_its_error_and_a_verified_one_nothing() -> None:
    refused = account(Standing.REFUSED, error="X does not know the token. Make a new one.")

    assert sources.account_trouble(refused) == ("X does not know the token.", "Make a new one.")
    assert sources.account_trouble(account(Standing.UNREACHED)) == ("not reached", "")
    assert sources.account_trouble(account()) == ("", "")
    assert sources.wrong_accounts([account(), refused, account(Standing.UNREACHED)]) == [refused]


@pytest.mark.parametrize(
    ("spent", "cap", "said", "share"),
    [
        (12_900_000, 50 * DOLLAR, "$12/50", 0.258),
        (49_999_999, 50 * DOLLAR, "$49/50", 0.99999998),
        (50 * DOLLAR, 50 * DOLLAR, "$50/50", 1.0),
        (455_000, DOLLAR // 2, "$0.45/0.50", 0.91),
        (1_005_000, None, "$1.00", None),
        (0, None, "", None),
        (0, 0, "$0.00/0.00", 1.0),
    ],
)
def test_money_is_never_said_to_be_spent_before_it_is(
    spent: int, cap: int | None, said: str, share: float | None
) -> None:
    used = account(spent=spent, cap=cap)

    assert sources.money(used) == said
    assert sources.share(used) == share


def test_money_in_french_has_its_comma() -> None:
    with speaking("fr"):
        assert "0,45/0,50" in sources.money(account(spent=450_000, cap=DOLLAR // 2))
