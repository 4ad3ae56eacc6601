"""Doctor's look at accounts: libraries, secrets, the keyring, and what a month has cost."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from cmconsole.cli import doctor_accounts
from cmconsole.cli.accounts_list import as_known
from cmconsole.cli.doctor_accounts import kept, libraries, money
from cmconsole.cli.findings import Level
from cmconsole.config import quiet
from cmconsole.config.loading import checked
from cmconsole.config.schema import Settings
from cmconsole.core.account import AccountState, Standing
from cmconsole.core.budget import DOLLAR
from tests.unit.config.keyring_backends import Broken, Locked, Working, in_use, none

X = '[accounts.shop]\nplatform = "x"\nhandle = "acme"\n'
FEDI = '[accounts.fedi]\nplatform = "mastodon"\nhandle = "acme@fedi.example"\n'
HOOK = '[sources.zapier]\ntype = "webhook"\n'


def settings(text: str) -> Settings:
    return checked(tomllib.loads(text), {}, Path("settings.toml"))


@pytest.mark.parametrize(
    ("spent", "cap", "level", "words"),
    [
        (0.0, None, Level.WARN, "no monthly cap"),
        (12.4, 50.0, Level.OK, "$12.40 of $50.00"),
        (40.0, 50.0, Level.WARN, "$40.00 of $50.00"),
        (50.0, 50.0, Level.ERROR, "$50.00 of $50.00"),
        (0.0, 0.0, Level.ERROR, "$0.00 of $0.00"),
    ],
)
def test_a_months_money_is_told_before_it_is_gone(
    spent: float, cap: float | None, level: Level, words: str
) -> None:
    of = settings(X + (f"monthly_cap = {cap}\n" if cap is not None else ""))
    state = AccountState("shop", "x", "acme", "live", spent=round(spent * DOLLAR))

    (found,) = money(as_known(of, [state]))

    assert found.level is level
    assert words in found.says
    assert ("monthly_cap" in found.advice) == (level is not Level.OK)


def test_what_the_engine_found_of_another_handle_is_not_told_of_this_one() -> None:
    of = settings(FEDI)
    former = AccountState("fedi", "mastodon", "other@fedi.example", "live", Standing.LOCKED, "x", spent=7)

    state = as_known(of, [former])["fedi"]

    assert (state.standing, state.seen, state.handle, state.spent) == (
        Standing.UNCHECKED, "", "acme@fedi.example", 7,
    )  # fmt: skip


def test_libraries_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [it.level for it in libraries(settings(FEDI))] == [Level.OK]
    assert list(libraries(settings(""))) == []

    monkeypatch.setattr(doctor_accounts, "find_spec", lambda _name: None)

    (found,) = libraries(settings(X))
    assert found.level is Level.ERROR
    assert "tweepy" in found.says
    assert "pip install 'cmconsole[x]'" in found.advice


def test_every_secret_is_looked_for_and_every_missing_one_told(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('[fedi]\naccess_token = "marked-t0ken"\n', encoding="utf-8")
    file.chmod(0o600)
    with in_use(none()):
        findings, whole = kept(settings(FEDI + X + HOOK), file)
    quiet.forget()

    wrong = [it for it in findings if it.level is Level.ERROR]
    assert whole == ["fedi"]
    assert any("fedi: access token in the private file" in it.says for it in findings)
    assert ["shop" in it.says or "zapier" in it.says for it in wrong] == [True, True]
    assert all("CMCONSOLE_SECRET_" in it.advice for it in wrong)


def test_a_file_open_to_others_is_told_and_the_other_places_still_serve(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('[fedi]\naccess_token = "marked-t0ken"\n', encoding="utf-8")
    file.chmod(0o644)
    ring = Working()
    ring.set_password("cmconsole", "fedi/access_token", "in-the-ring")
    with in_use(ring):
        findings, whole = kept(settings(FEDI), file)
    quiet.forget()

    assert findings[0].level is Level.ERROR
    assert findings[0].advice == f"Run: chmod 600 {file}"
    assert whole == ["fedi"]


@pytest.mark.parametrize(
    ("ring", "level", "words"),
    [
        (Working(), Level.OK, "Keyring: "),
        (none(), Level.OK, "no keyring here"),
        (Locked(), Level.WARN, "is locked"),
        (Broken(), Level.WARN, "fails"),
    ],
)
def test_the_keyring_is_told(tmp_path: Path, ring: KeyringBackend, level: Level, words: str) -> None:
    with in_use(ring):
        findings, _ = kept(settings(FEDI), tmp_path / "secrets.toml")

    assert any(it.level is level and words in it.says for it in findings), findings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[accounts.a]\nplatform = "myspace"\nhandle = "acme"\n', "myspace is no platform with accounts"),
        ('[accounts.a]\nplatform = "mastodon"\nhandle = "acme"\n', "its server is not known"),
        (X + X.replace("shop", "sh-op").replace("[accounts.sh-op]", '[accounts."sh.op"]')
         + X.replace("shop", "sh-op"), "have the same environment variables"),
    ],
)  # fmt: skip
def test_accounts_that_cannot_work_are_told(tmp_path: Path, text: str, words: str) -> None:
    with in_use(none()):
        findings, whole = kept(settings(text), tmp_path / "secrets.toml")

    found = next(it for it in findings if words in it.says)
    assert found.advice
    assert whole == []
