"""Secrets: looked for in four places, never in the settings, and shown nowhere."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cmconsole.config import keyrings
from cmconsole.config.language import N_, _
from cmconsole.config.paths import PRIVATE_FILE, settings_file
from cmconsole.config.quiet import hide
from cmconsole.config.toml_text import (
    UnsafeChangeError,
    header,
    replace_file,
    with_value,
    without_tables,
    without_value,
)
from cmconsole.core.errors import SettingsError

_LIMIT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One secret of an account. words: what its platform calls it. shown: it may be read over a shoulder."""

    name: str
    words: str
    required: bool = True
    shown: bool = False


KEYS: Final[Mapping[str, tuple[SecretKey, ...]]] = {
    "x": (
        SecretKey("consumer_key", N_("API key (consumer key)")),
        SecretKey("consumer_secret", N_("API key secret (consumer secret)")),
        SecretKey("access_token", N_("access token")),
        SecretKey("access_token_secret", N_("access token secret")),
        SecretKey("bearer_token", N_("bearer token (for the stream)"), required=False),
    ),
    "reddit": (
        SecretKey("client_id", N_("client id")),
        SecretKey("client_secret", N_("client secret")),
        SecretKey("refresh_token", N_("refresh token (empty: name and password instead)"), required=False),
        SecretKey("username", N_("user name"), required=False, shown=True),
        SecretKey("password", N_("password"), required=False),
    ),
    "mastodon": (SecretKey("access_token", N_("access token")),),
    "bluesky": (SecretKey("app_password", N_("app password")),),
    "webhook": (SecretKey("token", N_("token")),),
}
"""What each platform asks for; a webhook is a source's, so its source's name stands for an account's."""

EITHER: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "reddit": (("refresh_token",), ("username", "password")),
}
"""Optional secrets of which one group has to be complete."""


class Place(StrEnum):
    """Where a secret was found."""

    ENVIRONMENT = "environment"
    CREDENTIAL = "credential"
    FILE = "file"
    KEYRING = "keyring"
    NOWHERE = "nowhere"


class _Lent:
    """Secrets of accounts that are being tried out and not kept yet: account → key → value."""

    values: Mapping[str, Mapping[str, str]] = MappingProxyType({})


def beside(settings: Path | None) -> Path:
    """Return the file of secrets that goes with a settings file (None: the usual one)."""
    return (settings_file() if settings is None else settings).absolute().with_name("secrets.toml")


def variable(account: str, key: str) -> str:
    """Return the environment variable of a secret: CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN.

    Never with two `_` in a row: such variables are settings.
    """
    return "CMCONSOLE_SECRET_" + re.sub(r"[-._]+", "_", f"{account}_{key}").upper()


def credential(account: str, key: str) -> str:
    """Return the name of a secret among systemd's credentials (systemd.exec(5), LoadCredential=)."""
    return f"cmconsole.{account}.{key}"


def read(
    account: str, platform: str, *, environ: Mapping[str, str] | None = None, file: Path | None = None
) -> dict[str, str]:
    """Return the secrets of an account by key; optional ones only where they were found.

    Looked for, key by key, in the environment, among systemd's credentials, in the private file of secrets
    (`file`; None: beside the usual settings) and in the keyring; asking a keyring may take some seconds.
    Raises SettingsError, which names what is missing and where it may be put, and never a value.
    """
    search = _Search(account, environ, file)
    values = {key.name: search.find(key)[0] for key in KEYS.get(platform, ())}
    if lacking := _missing(platform, values):
        raise _lacking(account, platform, lacking, search)
    return {name: value for name, value in values.items() if value}


def found(
    account: str, platform: str, *, environ: Mapping[str, str] | None = None, file: Path | None = None
) -> dict[str, str]:
    """Return the secrets there are, whether all are there or not. Raises SettingsError as `where` does."""
    search = _Search(account, environ, file)
    values = {key.name: search.find(key)[0] for key in KEYS.get(platform, ())}
    return {name: value for name, value in values.items() if value}


def where(
    account: str, platform: str, *, environ: Mapping[str, str] | None = None, file: Path | None = None
) -> dict[str, Place]:
    """Return where each secret of an account is. Raises SettingsError for a file that cannot be trusted."""
    search = _Search(account, environ, file)
    return {key.name: search.find(key)[1] for key in KEYS.get(platform, ())}


def trusted(file: Path) -> bool:
    """Say whether there is a file of secrets. Raises SettingsError for one that cannot be trusted or read."""
    _tables(file)
    return file.exists()


def missing(platform: str, places: Mapping[str, Place]) -> list[SecretKey]:
    """Return the secrets that an account cannot do without and that are nowhere."""
    return _missing(platform, {key: "" if it is Place.NOWHERE else it for key, it in places.items()})


def keep(account: str, key: str, value: str, *, file: Path | None = None, into: Place | None = None) -> Place:
    """Keep a secret: where it is kept already, else in a working keyring, else in the private file.

    into: Place.FILE or Place.KEYRING, and nowhere else. Returns where it is now. Raises SettingsError.
    """
    hide(value)
    file = file or beside(None)
    in_file = key in _table(_tables(file), account)
    wanted = into or (Place.FILE if in_file else None)
    try:
        if wanted is not Place.FILE and keyrings.put(f"{account}/{key}", value):
            if in_file:
                # The file goes before the keyring: what it holds would be used instead.
                _write(file, without_value(_text(file), (account,), key))
            return Place.KEYRING
        if into is Place.KEYRING:
            raise SettingsError(
                _("The keyring of this system cannot be used."),
                advice=_("Unlock it, or keep the secrets in a private file: --keep-in file."),
            )
        _write(file, with_value(_text(file), (account,), key, value))
    except UnsafeChangeError as error:
        raise _by_hand(file) from error
    return Place.FILE


def forget(account: str, *, file: Path | None = None) -> None:
    """Remove the secrets of an account from the keyring and from the private file. Raises SettingsError."""
    for key in sorted({key.name for keys in KEYS.values() for key in keys}):
        keyrings.drop(f"{account}/{key}")
    file = file or beside(None)
    if not _table(_tables(file), account):
        return
    try:
        _write(file, without_tables(_text(file), (account,)))
    except UnsafeChangeError as error:
        raise _by_hand(file) from error


@contextmanager
def lent(account: str, values: Mapping[str, str]) -> Iterator[None]:
    """Let `read` find these for the length of a `with` block, before they are kept anywhere."""
    for value in values.values():
        hide(value)
    _Lent.values = {**_Lent.values, account: values}
    try:
        yield
    finally:
        _Lent.values = {name: kept for name, kept in _Lent.values.items() if name != account}


def is_lent(account: str) -> bool:
    """Say whether an account's secrets are being tried out: nothing made with them is to be kept."""
    return account in _Lent.values


class _Search:
    """Looks for the secrets of one account; the file is read once, and only if it is needed."""

    def __init__(self, account: str, environ: Mapping[str, str] | None, file: Path | None) -> None:
        self.account = account
        self.environ = os.environ if environ is None else environ
        self.file = file or beside(None)

    def find(self, key: SecretKey) -> tuple[str, Place]:
        """Return a secret and where it was; empty where it is nowhere."""
        lent_values = _Lent.values.get(self.account)
        if lent_values is not None:
            value, place = lent_values.get(key.name, ""), Place.ENVIRONMENT
        else:
            value, place = next((found for found in self._places(key.name) if found[0]), ("", Place.NOWHERE))
        return (value if key.shown else hide(value)), place

    def _places(self, key: str) -> Iterator[tuple[str, Place]]:
        yield self.environ.get(variable(self.account, key), "").strip(), Place.ENVIRONMENT
        yield self._credential(key), Place.CREDENTIAL
        yield self._in_file.get(key, ""), Place.FILE
        yield (keyrings.fetch(f"{self.account}/{key}") or "").strip(), Place.KEYRING

    def _credential(self, key: str) -> str:
        folder = self.environ.get("CREDENTIALS_DIRECTORY", "")
        if not folder:
            return ""
        try:
            with Path(folder, credential(self.account, key)).open("rb") as opened:
                return opened.read(_LIMIT).decode("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    @cached_property
    def _in_file(self) -> dict[str, str]:
        return _table(_tables(self.file), self.account)


def _missing(platform: str, values: Mapping[str, str]) -> list[SecretKey]:
    keys = {key.name: key for key in KEYS.get(platform, ())}
    lacking = [key for key in keys.values() if key.required and not values.get(key.name)]
    groups = EITHER.get(platform, ())
    if groups and not any(all(values.get(name) for name in group) for group in groups):
        begun = next((group for group in groups if any(values.get(name) for name in group)), groups[0])
        lacking += [keys[name] for name in begun if not values.get(name)]
    return lacking


def _lacking(account: str, platform: str, lacking: list[SecretKey], search: _Search) -> SettingsError:
    key = lacking[0].name
    places = _(
        "the variable {variable}, the systemd credential {credential}, {key} under {table} in {file} "
        "(mode 0600), or {account}/{key} in the keyring (service cmconsole)"
    ).format(
        variable=variable(account, key),
        credential=credential(account, key),
        table=header((account,)),
        file=search.file,
        account=account,
        key=key,
    )
    words = ", ".join(_(it.words) for it in lacking)
    if platform == "webhook":
        says = _("The source “{account}” lacks its {words}.").format(account=account, words=words)
        return SettingsError(says, advice=_("Put it into {places}.").format(places=places))
    return SettingsError(
        _("The account “{account}” lacks: {words}.").format(account=account, words=words),
        advice=_("Run `cmconsole accounts renew {account}`, or put it into {places}.").format(
            account=account, places=places
        ),
    )


def _tables(file: Path) -> dict[str, Any]:
    """Return what the private file holds; nothing where there is none. Raises SettingsError."""
    try:
        return tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        # Not even the reason is repeated: it may quote a piece of a secret.
        line = re.search(r"at line (\d+)", str(error))
        raise SettingsError(
            _("{file}, line {line}: this is not TOML.").format(file=file, line=line[1] if line else "?"),
            advice=_('It holds lines such as access_token = "…" under [the account\'s name].'),
        ) from None


def _text(file: Path) -> str:
    """Read the private file; mode and owner are asked of the opened file: nobody can swap it in between."""
    try:
        # O_NONBLOCK: to open a pipe that lies in its place would wait for whoever writes into it.
        handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _unreadable(file, error.strerror or type(error).__name__) from error
    try:
        _check_private(file, os.fstat(handle))
        return os.read(handle, _LIMIT).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _unreadable(file, _("it is not text")) from None
    finally:
        os.close(handle)


def _check_private(file: Path, state: os.stat_result) -> None:
    mode = stat.S_IMODE(state.st_mode)
    if not stat.S_ISREG(state.st_mode):
        raise _unreadable(file, _("it is not a file"))
    if state.st_uid != os.geteuid():
        raise SettingsError(
            _("The file of secrets {file} belongs to another user.").format(file=file),
            advice=_("It is not read: whoever owns it can change it. Make it yours (chown)."),
        )
    if mode & 0o077:
        raise SettingsError(
            _("The file of secrets {file} can be read by other users (mode {mode:04o}).").format(
                file=file, mode=mode
            ),
            advice=_("Run: chmod 600 {file}").format(file=file),
        )


def _unreadable(file: Path, reason: str) -> SettingsError:
    return SettingsError(
        _("The file of secrets {file} cannot be read: {reason}.").format(file=file, reason=reason),
        advice=_("Check its mode and its owner."),
    )


def _table(tables: Mapping[str, Any], account: str) -> dict[str, str]:
    """Return an account's table; [acme.fr] without quotes is understood as it was meant."""
    found: Any = tables.get(account)
    if found is None:
        found = tables
        for name in account.split("."):
            found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return {}
    return {key: value.strip() for key, value in found.items() if isinstance(value, str)}


def _write(file: Path, text: str) -> None:
    try:
        replace_file(file, text, mode=PRIVATE_FILE)
    except OSError as error:
        raise SettingsError(
            _("The file of secrets {file} cannot be written: {reason}.").format(
                file=file, reason=error.strerror
            ),
            advice=_("Check the mode and the owner of its folder."),
        ) from error


def _by_hand(file: Path) -> SettingsError:
    return SettingsError(
        _("The file of secrets {file} cannot be changed safely: it holds more than plain lines.").format(
            file=file
        ),
        advice=_("Change it yourself; it holds lines such as {line} under [the account's name].").format(
            line='access_token = "…"'
        ),
    )
