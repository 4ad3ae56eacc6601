"""How long a reply is by its platform's own rule, and by how much it is too long: asked at every key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cmconsole.core import fediverse
from cmconsole.core.graphemes import graphemes
from cmconsole.core.limits import LIMITS, Limit
from cmconsole.core.weighted import weight

_COUNTS: Final[Mapping[str, Callable[[str], int]]] = {
    "x": weight,
    "bluesky": graphemes,
    "mastodon": fediverse.counted,
}
"""By the platform's word; any other counts code points."""

_NONE: Final = Limit()


@dataclass(frozen=True, slots=True)
class Length:
    """A text's length and the most its platform takes, in the platform's own unit; 0 or less: no limit.

    bytes, most_bytes: of UTF-8, where the platform counts these, too (Bluesky).
    """

    count: int
    most: int
    bytes: int = 0
    most_bytes: int = 0

    @property
    def over(self) -> int:
        """By how much it is too long: in characters, or in bytes where only these are too many."""
        return self._too_many(self.count, self.most) or self._too_many(self.bytes, self.most_bytes)

    @property
    def is_over_in_bytes(self) -> bool:
        """Say whether its bytes alone are too many: words like "12 bytes too long" go with `over`."""
        return not self._too_many(self.count, self.most) and bool(self.over)

    @staticmethod
    def _too_many(count: int, most: int) -> int:
        return max(0, count - most) if most > 0 else 0


def measure(platform: str, text: str, *, most: int | None = None) -> Length:
    """Return how long a text is. most: the server's own limit; None: the platform's usual one.

    text: as it is published, signature and mention included (`compose`): no platform leaves these out.
    """
    limit = LIMITS.get(platform, _NONE)
    size = len(text.encode("utf-8", "surrogatepass")) if limit.most_bytes else 0
    count = _COUNTS.get(platform, len)(text)
    return Length(count, limit.most if most is None else most, size, limit.most_bytes)
