"""Secrets come from four places in one order, are kept in two, and are in no error whatever happens."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmconsole.config import quiet, secrets
from cmconsole.config.secrets import Place, beside, forget, keep, lent, missing, read, variable, where
from cmconsole.core.errors import SettingsError
from tests.unit.config.keyring_backends import Working, in_use, none

MARKED = "marked-s3cret"


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    with in_use(none()):
        yield
    quiet.forget()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets.toml"


def private(file: Path, text: str, mode: int = 0o600) -> Path:
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_places_are_asked_in_their_order(tmp_path: Path, file: Path) -> None:
    (tmp_path / "cmconsole.main.access_token").write_text("from-systemd\n", encoding="utf-8")
    private(file, '[main]\naccess_token = "from-file"\n')
    environ = {"CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN": " from-environment\n"}
    systemd = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    ring = Working()
    ring.set_password("cmconsole", "main/access_token", "from-keyring")

    with in_use(ring):
        found = [
            (read("main", "mastodon", environ=it, file=at), where("main", "mastodon", environ=it, file=at))
            for it, at in (
                (environ | systemd, file),
                (systemd, file),
                ({}, file),
                ({}, tmp_path / "none.toml"),
            )
        ]

    assert found == [
        ({"access_token": "from-environment"}, {"access_token": Place.ENVIRONMENT}),
        ({"access_token": "from-systemd"}, {"access_token": Place.CREDENTIAL}),
        ({"access_token": "from-file"}, {"access_token": Place.FILE}),
        ({"access_token": "from-keyring"}, {"access_token": Place.KEYRING}),
    ]


def test_each_key_is_looked_for_by_itself(file: Path) -> None:
    private(file, '[acme-x]\nconsumer_key = "aaaaaa"\nconsumer_secret = "bbbbbb"\naccess_token = "cccccc"\n')
    environ = {"CMCONSOLE_SECRET_ACME_X_ACCESS_TOKEN_SECRET": "dddddd"}

    assert read("acme-x", "x", environ=environ, file=file) == {
        "consumer_key": "aaaaaa",
        "consumer_secret": "bbbbbb",
        "access_token": "cccccc",
        "access_token_secret": "dddddd",
    }


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ("main", "CMCONSOLE_SECRET_MAIN_TOKEN"),
        ("acme-fr.x", "CMCONSOLE_SECRET_ACME_FR_X_TOKEN"),
        ("a__b-", "CMCONSOLE_SECRET_A_B_TOKEN"),
    ],
)
def test_variables_are_never_taken_for_settings(account: str, name: str) -> None:
    assert variable(account, "token") == name
    assert "__" not in name


def test_what_is_missing_is_named_with_the_four_places(file: Path) -> None:
    with pytest.raises(SettingsError) as lacking:
        read("main", "x", environ={"CMCONSOLE_SECRET_MAIN_CONSUMER_KEY": MARKED}, file=file)

    words = str(lacking.value)
    assert "“main” lacks: API key secret (consumer secret), access token, access token secret." in words
    for place in (
        "CMCONSOLE_SECRET_MAIN_CONSUMER_SECRET",
        "cmconsole.main.consumer_secret",
        str(file),
        "main/consumer_secret in the keyring",
        "cmconsole accounts renew main",
    ):
        assert place in words
    assert MARKED not in words


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({}, "client id, client secret, refresh token"),
        ({"client_id": "a", "client_secret": "b"}, "lacks: refresh token"),
        ({"client_id": "a", "client_secret": "b", "username": "acme"}, "lacks: password."),
        ({"client_id": "a", "client_secret": "b", "username": "acme", "password": "p"}, ""),
        ({"client_id": "a", "client_secret": "b", "refresh_token": "r"}, ""),
    ],
)
def test_reddit_takes_a_refresh_token_or_a_name_with_its_password(
    given: dict[str, str], lacks: str, file: Path
) -> None:
    environ = {variable("r", key): value for key, value in given.items()}
    if not lacks:
        assert read("r", "reddit", environ=environ, file=file) == given
        return
    with pytest.raises(SettingsError, match=lacks.replace("(", r"\(")):
        read("r", "reddit", environ=environ, file=file)
    assert missing("reddit", where("r", "reddit", environ=environ, file=file))


def test_a_webhook_is_a_source_and_a_platform_without_secrets_needs_none(file: Path) -> None:
    assert read("hn", "hackernews", environ={}, file=file) == {}
    with pytest.raises(SettingsError, match="The source “zapier” lacks its token") as lacking:
        read("zapier", "webhook", environ={}, file=file)
    assert "accounts" not in lacking.value.advice


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_open_to_others_is_refused_with_advice(file: Path, mode: int) -> None:
    private(file, f'[main]\naccess_token = "{MARKED}"\n', mode)

    with pytest.raises(SettingsError) as refused:
        read("main", "mastodon", environ={}, file=file)

    assert f"{mode:04o}" in refused.value.message
    assert refused.value.advice == f"Run: chmod 600 {file}"
    assert MARKED not in str(refused.value)


def test_a_file_of_somebody_else_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private(file, "")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    with pytest.raises(SettingsError, match="belongs to another user"):
        read("main", "mastodon", environ={}, file=file)


@pytest.mark.parametrize("content", [f"[main]\naccess_token = {MARKED}\n", f'main"{MARKED}', "\xff"])
def test_a_file_that_is_no_toml_is_refused_without_telling_what_it_holds(file: Path, content: str) -> None:
    file.write_bytes(content.encode("latin-1"))
    file.chmod(0o600)

    with pytest.raises(SettingsError) as refused:
        read("main", "mastodon", environ={}, file=file)

    assert str(file) in str(refused.value)
    assert MARKED not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused_and_not_waited_for(file: Path, make: object) -> None:
    assert callable(make)
    make(file)
    file.chmod(0o700)

    with pytest.raises(SettingsError, match="is not a file"):
        read("main", "mastodon", environ={}, file=file)


def test_kept_secrets_are_private_and_leave_what_others_wrote(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secrets.toml"
    keep("acme.fr", "access_token", 'quo"ted \\ é', file=file)
    file.write_text("# ours\n" + file.read_text(encoding="utf-8") + "\n# theirs\n[b]\ntoken = 'x'\n", "utf-8")

    assert keep("acme.fr", "access_token", "second", file=file) is Place.FILE
    keep("acme.fr", "bearer_token", "third", file=file)

    assert file.read_text(encoding="utf-8") == (
        '# ours\n["acme.fr"]\nbearer_token = "third"\naccess_token = "second"\n'
        "\n# theirs\n[b]\ntoken = 'x'\n"
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]

    forget("acme.fr", file=file)

    assert file.read_text(encoding="utf-8") == "# ours\n# theirs\n[b]\ntoken = 'x'\n"


def test_quotes_survive_the_file(file: Path) -> None:
    value = 'quo"ted \\ é\x7f'
    keep("main", "access_token", value, file=file)

    assert read("main", "mastodon", environ={}, file=file) == {"access_token": value}


def test_a_table_named_without_quotes_is_understood(file: Path) -> None:
    private(file, '[acme.fr]\naccess_token = "t0ken-t0ken"\n')

    assert read("acme.fr", "mastodon", environ={}, file=file) == {"access_token": "t0ken-t0ken"}


def test_a_file_written_otherwise_is_left_to_its_writer(file: Path) -> None:
    text = f'main = {{ access_token = "{MARKED}" }}\n'
    private(file, text)

    with pytest.raises(SettingsError, match="cannot be changed safely") as refused:
        keep("main", "access_token", "other-t0ken", file=file)

    assert file.read_text(encoding="utf-8") == text
    assert MARKED not in str(refused.value)


def test_a_secret_stays_in_the_file_it_is_in_unless_told(file: Path) -> None:
    private(file, '[main]\naccess_token = "former"\n# kept\n')
    ring = Working()
    with in_use(ring):
        assert keep("main", "access_token", "second", file=file) is Place.FILE
        assert keep("main", "access_token", "third", file=file, into=Place.KEYRING) is Place.KEYRING
        assert read("main", "mastodon", environ={}, file=file) == {"access_token": "third"}

    assert file.read_text(encoding="utf-8") == "[main]\n# kept\n"


def test_a_keyring_that_was_asked_for_and_is_none_is_told(file: Path) -> None:
    with pytest.raises(SettingsError, match="keyring of this system cannot be used"):
        keep("main", "access_token", MARKED, file=file, into=Place.KEYRING)
    assert not file.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("", encoding="utf-8")

    with pytest.raises(SettingsError) as refused:
        keep("main", "access_token", MARKED, file=tmp_path / "plain" / "secrets.toml")

    assert MARKED not in str(refused.value)


def test_lent_secrets_are_found_only_meanwhile(file: Path) -> None:
    with lent("new", {"access_token": MARKED}):
        assert read("new", "mastodon", environ={}, file=file) == {"access_token": MARKED}
    with pytest.raises(SettingsError):
        read("new", "mastodon", environ={}, file=file)


def test_what_was_read_does_not_show_itself_and_is_hidden_from_now_on(file: Path) -> None:
    environ = {variable("main", "access_token"): MARKED}

    found = read("main", "mastodon", environ=environ, file=file)

    assert repr(found) == "{'access_token': •••}"
    assert quiet.without(f"Bearer {MARKED}") == "Bearer •••"


def test_the_file_is_beside_the_settings(tmp_path: Path) -> None:
    assert beside(tmp_path / "acme.toml") == tmp_path / "secrets.toml"
    assert beside(None).name == "secrets.toml"


def test_user_names_are_no_secrets() -> None:
    shown = {key.name for keys in secrets.KEYS.values() for key in keys if key.shown}

    assert shown == {"username"}
