"""Keyrings as systems have them: one that works, one that is locked, one that never answers, a broken one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from cmconsole.config import keyrings


class Working(KeyringBackend):
    """Keeps entries for as long as it lives."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's own has none
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError


class Locked(Working):
    """Wants a person first."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


class Broken(Working):
    """Fails as an outdated binding does."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"dbus: {service} {username}")


class Silent(Working):
    """Waits for an answer that never comes, as D-Bus does in some containers."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.released.wait()
        return None


class InTheClear(Working):
    """What the library does not recommend."""

    priority = 0.5  # type: ignore[assignment]


@contextmanager
def in_use(ring: KeyringBackend) -> Iterator[None]:
    """Let the library use a keyring for the length of a `with` block."""
    before = keyring.get_keyring()
    keyring.set_keyring(ring)
    keyrings.ask_again()
    try:
        yield
    finally:
        keyring.set_keyring(before)
        keyrings.ask_again()


def none() -> KeyringBackend:
    """Return what the library uses on systems without a keyring."""
    return NoKeyring()  # type: ignore[no-untyped-call]  # the library's own has none
