"""What an engine is told when it is started, besides its parts."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from cmconsole.core.clock import DAY, MINUTE, SECOND, Millis

TTL: Final[Millis] = 6 * SECOND
"""How long the lease outlives its last heartbeat; a standby that looks every second is then within 10 s."""

HEARTBEAT: Final[Millis] = 2 * SECOND
"""Time between heartbeats: two may fail before the lease runs out."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits for so many seconds: `asyncio.sleep`, or a test's own time."""


def holder_name() -> str:
    """Return a name no other engine has: host, process id and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How an engine lives.

    stay: work on although no console lives.
    if_needed: end as soon as another engine at work gives a sign of life.
    idle: without any console for so long, it ends itself (counted from its start, too).
    retention: conversations resolved for longer than this are deleted; None keeps them.
    signals: end on SIGTERM, SIGINT and SIGHUP (only the main thread may listen to them).
    """

    stay: bool = False
    if_needed: bool = False
    idle: Millis = MINUTE
    retention: Millis | None = 365 * DAY
    signals: bool = True
    holder: str = field(default_factory=holder_name)
