"""Faults a test plants: which request they hit, what happens to it, and how often."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

GENERIC = frozenset(
    {
        "status",  # answer {status, body, headers, content_type}; the request is not handled
        "html",  # an HTML error page, {status: 503}; not handled
        "limit",  # 429 with the platform's own headers and body, {reset_after: seconds}; not handled
        "drop_before",  # the connection is cut, nothing was done
        "drop_after",  # handled, then cut before the first byte of the answer
        "error_after",  # handled, then answered {status: 502}
        "hang",  # nothing for {seconds: 3600}, then handled and answered, though the client may have gone;
        #          {after: true}: handled at once, answered late
        "slow",  # handled, then the answer drips at {bytes_per_second: 100}
        "garbage",  # handled, then answered 200 with JSON cut in half
        "close_stream",  # 200 and closed at once; a WebSocket is accepted and closed
        "silent_stream",  # 200, then nothing for ever, not even a heartbeat; a WebSocket likewise
    }
)
"""The kinds that the server plays for every platform, whatever the route; all others are a platform's own."""

EVERYWHERE = "*"
"""As a platform: all of them. As a method: any."""


@dataclass
class Fault:
    """What happens to the requests that match; `times` 0 is always, otherwise it counts down.

    `path` is a regular expression that must match the whole path, without its query, percent signs resolved.
    """

    platform: str
    kind: str
    method: str = EVERYWHERE
    path: str = ".*"
    times: int = 1
    args: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        re.compile(self.path)
        if self.times < 0:
            raise ValueError(f"times is {self.times}: 0 is always, otherwise it is a count")

    def hits(self, platform: str, method: str, path: str) -> bool:
        """Tell whether this fault is meant for such a request."""
        return (
            self.platform in {EVERYWHERE, platform}
            and self.method.upper() in {EVERYWHERE, method.upper()}
            and re.fullmatch(self.path, path) is not None
        )


class Faults:
    """The faults that are planted: the first one planted that matches is played, one for each request."""

    def __init__(self) -> None:
        self._planted: list[Fault] = []

    @property
    def planted(self) -> tuple[Fault, ...]:
        """What has still to happen, in the order of planting."""
        return tuple(self._planted)

    def plant(
        self, platform: str, kind: str, *, method: str = "*", path: str = ".*", times: int = 1, **args: Any
    ) -> Fault:
        """Plant a fault, after those that are there; raise ValueError or re.error where it makes no sense."""
        fault = Fault(platform, kind, method, path, times, args)
        self.add(fault)
        return fault

    def add(self, fault: Fault) -> None:
        """Plant this fault, after those that are there."""
        self._planted.append(fault)

    def clear(self, platform: str = EVERYWHERE) -> None:
        """Forget all faults, or those of one platform."""
        self._planted = [fault for fault in self._planted if platform not in {EVERYWHERE, fault.platform}]

    def take(self, platform: str, method: str, path: str, kinds: Collection[str] = GENERIC) -> Fault | None:
        """Return the fault of one of these kinds that hits the request, counted down, or None.

        A platform asks for its own kinds: `world.faults.take("x", "POST", "/2/tweets", {"duplicate"})`.
        """
        for fault in self._planted:
            if fault.kind in kinds and fault.hits(platform, method, path):
                if fault.times == 1:
                    self._planted.remove(fault)
                elif fault.times > 1:
                    fault.times -= 1
                return fault
        return None
