"""The system's keyring, asked so that a missing, locked or silent one never stops anything."""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

SERVICE: Final = "cmconsole"
"""The name our entries stand under; the user of each is `account/key`."""

PATIENCE: Final = 3.0
"""Seconds an answer may take: a keyring that waits for a person or for D-Bus would hold up the engine."""

_NO_BACKENDS: Final = frozenset({"keyring.backends.fail", "keyring.backends.null"})
"""Stand-ins of the library for systems without a keyring."""

_LEAST_PRIORITY: Final = 1
"""Of a backend worth trusting; what the library itself does not recommend keeps secrets in the clear."""


class Trouble(StrEnum):
    """Why the keyring cannot be used."""

    NONE = "none"
    ABSENT = "absent"
    LOCKED = "locked"
    SILENT = "silent"
    BROKEN = "broken"


class _State:
    """What is known of the keyring in this process. Once it kept silent it is not asked again."""

    trouble: Trouble = Trouble.NONE


def fetch(user: str) -> str | None:
    """Return what the keyring holds for `account/key`; None where it holds nothing or cannot be asked."""
    return _asked(lambda ring: _text(ring.get_password(SERVICE, user)), None)


def put(user: str, value: str) -> bool:
    """Keep a secret, and say whether it is there: it is read back."""

    def kept(ring: Any) -> bool:
        ring.set_password(SERVICE, user, value)
        return _text(ring.get_password(SERVICE, user)) == value

    return _asked(kept, default=False)


def drop(user: str) -> bool:
    """Remove an entry, and say whether there was one."""

    def dropped(ring: Any) -> bool:
        if ring.get_password(SERVICE, user) is None:
            return False
        ring.delete_password(SERVICE, user)
        return True

    return _asked(dropped, default=False)


def backend() -> tuple[str, Trouble]:
    """Return the name of the keyring in use, empty where there is none, and what is wrong with it."""
    name = _asked(_name, "")
    if name:
        # Only a question shows whether it is unlocked.
        fetch("cmconsole/probe")
    return name, _State.trouble


def ask_again() -> None:
    """Ask the keyring again although it kept silent before: a person may have unlocked it."""
    _State.trouble = Trouble.NONE


def _asked(question: Callable[[Any], _T], default: _T) -> _T:
    """Put a question to the keyring, in a thread that may be left behind."""
    if _State.trouble is Trouble.SILENT:
        return default
    answers: list[_T] = []

    def ask() -> None:
        _State.trouble, found = _answer(question)
        answers.extend(found)

    # A daemon: neither the question nor the end of the process waits for a keyring that does not answer.
    asking = threading.Thread(target=ask, name="keyring", daemon=True)
    asking.start()
    asking.join(PATIENCE)
    if asking.is_alive():
        _State.trouble = Trouble.SILENT
        return default
    return answers[0] if answers else default


def _answer(question: Callable[[Any], _T]) -> tuple[Trouble, list[_T]]:
    try:
        # Loading it looks for backends, and may wait for D-Bus: so it is loaded here, in the thread.
        import keyring  # noqa: PLC0415
        from keyring.errors import KeyringLocked  # noqa: PLC0415
    except ImportError:
        return Trouble.ABSENT, []
    try:
        ring = keyring.get_keyring()
        if type(ring).__module__ in _NO_BACKENDS or ring.priority < _LEAST_PRIORITY:
            return Trouble.ABSENT, []
        return Trouble.NONE, [question(ring)]
    except KeyringLocked:
        return Trouble.LOCKED, []
    except Exception:  # noqa: BLE001 - a backend may raise whatever its system's library raises
        return Trouble.BROKEN, []


def _name(ring: Any) -> str:
    name = getattr(ring, "name", "")
    return name if isinstance(name, str) and name else type(ring).__module__


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
