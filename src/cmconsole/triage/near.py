"""Texts that say nearly the same: found as they come in, verified, and forgotten after some days.

How it searches, and why not with MinHash or numpy: docs/decisions/0030-near-duplicates.md.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import compress
from operator import eq
from typing import NamedTuple

from cmconsole.core.clock import DAY, Instant, Millis
from cmconsole.triage.near_grams import FEWEST_WORDS, grams, says_enough, signs, words

HORIZON: Millis = 3 * DAY
"""How long a text is remembered after it was last repeated."""

MOST = 200_000
"""Most texts remembered."""

_KEYS = 20
"""Keys a text is filed under: three neighbours each, taken from the beginning of its sorted runs.

A run is found again in a text that is just .7 alike with a chance of .82, three with no newcomer between them
with one of .37: of 20 keys two are shared practically always.
"""

_VOTES = 2
"""Keys that a remembered text must share to be compared; one alone is mostly chance."""

_KIN = 4
"""Keys shared with a text that make older ones worth a look: of many of a kind the newest hide the rest."""

_NEARBY, _FAR = 8, 256
"""Generations looked at when a text is added (a storm must stay linear), and when all alike are asked for."""

_SMALLEST = 1 << 14
"""Places in the table of keys at the start; it doubles as soon as there are more than half as many keys."""

_STEP = 1_024
"""Texts for which room is made at a time."""


class _Cluster(NamedTuple):
    """A cluster's first text: its place in the order of arrival, the caller's key for it, and its signs."""

    number: int
    key: int
    text: bytes


class NearIndex:
    """Remembers texts and says of each new one which cluster it belongs to.

    A text *nearly repeats* another if the Jaccard index of their runs of four letters (see `near_grams`) is
    at least .7. It joins the cluster of such a text unless it is less than half like the one that began the
    cluster: a row that is answered at once must not drift. Nothing depends on chance.

    A text is forgotten `horizon` milliseconds after it was last repeated word by word, and the least recently
    repeated one as soon as there are more than `most`.
    """

    def __init__(self, horizon: Millis = HORIZON, most: int = MOST) -> None:
        self._horizon, self._most = horizon, max(1, most)
        self._now: Instant = 0
        self._added = 0
        # The slot of each text, the least recently repeated first. Slot 0 is nobody's.
        self._slots: OrderedDict[bytes, int] = OrderedDict()
        self._free: list[int] = []
        self._texts = [b""]
        # None: nothing has joined the text that began here.
        self._clusters: list[_Cluster | None] = [None]
        self._keys, self._seen, self._numbers = array("q", (0,)), array("q", (0,)), array("q", (0,))
        self._sizes = array("H", (0,))
        # Key k of slot s is node s * _KEYS + k. The table leads from a key to the newest node filed under it,
        # and `_earlier` from each node to the one before. Both may lead to a slot that was given to a later
        # text: that one is compared like any other, and is not alike.
        self._table = array("I", bytes(4 * _SMALLEST))
        self._earlier = array("I", bytes(4 * _KEYS))

    def __len__(self) -> int:
        """Return how many texts are remembered; identical ones count once."""
        return len(self._slots)

    def add(self, key: int, text: str, at: Instant) -> int | None:
        """Remember `text`; return the key of the first text of its cluster, None if it joins none.

        `at` may go back; the latest that was seen is the present. A text that says too little (`says_enough`)
        joins only the very same words, if they are FEWEST_WORDS or more. `key` fits in 64 bits.

        To go on after a restart, add once more what was added within the horizon: the first text may then be
        another of the same cluster.
        """
        self._now = max(self._now, at)
        self._expire()
        said = signs(text)
        slot = self._slots.get(said)
        if slot is not None:
            self._slots.move_to_end(said)
            self._seen[slot] = self._now
            return self._joined(slot).key
        runs = grams(said)
        if not says_enough(said, len(runs)):
            if words(said) >= FEWEST_WORDS:
                self._keep(key, said, None, 0, [])
            return None
        places = self._places(runs)
        heads = [self._table[place] for place in places]
        cluster = self._cluster(runs, heads)
        slot = self._keep(key, said, cluster, len(runs), heads)
        for node, place in enumerate(places, slot * _KEYS):
            self._table[place] = node
        return None if cluster is None else cluster.key

    def alike(self, text: str) -> list[int]:
        """Return the keys of all remembered texts that `text` nearly repeats, in no order.

        Unlike `add` it does not stop at the newest, and takes the longer the more there are. Identical texts
        are remembered once, by the first's key.
        """
        said = signs(text)
        runs = grams(said)
        slots = {self._slots[said]} if said in self._slots else set()
        if says_enough(said, len(runs)):
            heads = [self._table[place] for place in self._places(runs)]
            for found in self._candidates(heads, _FAR, _VOTES):
                slots.update(slot for slot in found if self._repeats(runs, slot))
        return [self._keys[slot] for slot in slots]

    def _places(self, runs: set[int]) -> list[int]:
        """Return where in the table a text's keys stand; tuples of numbers hash alike in every process."""
        chosen = sorted(runs)[: _KEYS + 2]
        mask = len(self._table) - 1
        return [code & mask for code in map(hash, zip(chosen, chosen[1:], chosen[2:], strict=False))]

    def _candidates(self, heads: Sequence[int], depth: int, kin: int) -> Iterator[set[int]]:
        """Yield slots that share keys with a text, newest first, and go on while one shares `kin` keys."""
        known: set[int] = set()
        nodes = heads
        owners = [node // _KEYS for node in nodes if node]
        votes = _VOTES if len(heads) == _KEYS else 1
        for _ in range(depth):
            nodes = [self._earlier[node] for node in nodes if node]
            owners += [node // _KEYS for node in nodes if node]
            owners.sort()
            found = set(_repeated(owners, votes)) - known
            known |= found
            yield found
            if not any(nodes) or not any(_repeated(owners, kin)):
                return

    def _cluster(self, runs: set[int], heads: Sequence[int]) -> _Cluster | None:
        """Return the oldest cluster among the newest texts that are alike."""
        for found in self._candidates(heads, _NEARBY, _KIN):
            matched: set[_Cluster] = set()
            for slot in found:
                if self._clusters[slot] not in matched and self._repeats(runs, slot):
                    cluster = self._joined(slot)
                    if _is_half_like(runs, cluster.text):
                        matched.add(cluster)
            if matched:
                return min(matched)
        return None

    def _joined(self, slot: int) -> _Cluster:
        """Return the cluster of the text in `slot`, which begins one now if it has none."""
        cluster = self._clusters[slot]
        if cluster is None:
            cluster = _Cluster(self._numbers[slot], self._keys[slot], self._texts[slot])
            self._clusters[slot] = cluster
        return cluster

    def _repeats(self, runs: set[int], slot: int) -> bool:
        """Return whether the Jaccard index with the text in `slot` is at least .7, exactly."""
        mine, theirs = len(runs), self._sizes[slot]
        if 10 * theirs < 7 * mine or 10 * mine < 7 * theirs:
            return False
        # s common runs of n and m: s / (n + m - s) >= 7 / 10.
        needed = -(-7 * (mine + theirs) // 17)
        text = self._texts[slot]
        quarter = set(memoryview(text)[: len(text) & ~3].cast("I"))
        if len(quarter - runs) > theirs - needed:
            return False
        return len(runs & grams(text)) >= needed

    def _keep(self, key: int, said: bytes, cluster: _Cluster | None, size: int, heads: list[int]) -> int:
        """Give the text a slot, the least recently repeated one's where there are too many, and return it."""
        if len(self._slots) >= self._most:
            self._release()
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._added += 1
        self._slots[said] = slot
        self._texts[slot], self._clusters[slot], self._sizes[slot] = said, cluster, size
        self._keys[slot], self._seen[slot], self._numbers[slot] = key, self._now, self._added
        node = slot * _KEYS
        self._earlier[node : node + len(heads)] = array("I", heads)
        return slot

    def _grow(self) -> None:
        """Make slots for _STEP more texts, and the table of keys large enough for them."""
        slot = len(self._texts)
        self._free.extend(range(slot + _STEP - 1, slot - 1, -1))
        self._texts += [b""] * _STEP
        self._clusters += [None] * _STEP
        for column in (self._keys, self._seen, self._numbers, self._sizes):
            column.frombytes(bytes(column.itemsize * _STEP))
        self._earlier.frombytes(bytes(self._earlier.itemsize * _STEP * _KEYS))
        if 2 * slot * _KEYS > len(self._table):
            # Every key is now led to from two places, one of which is wrong; it is overwritten in time.
            self._table *= 2

    def _expire(self) -> None:
        limit = self._now - self._horizon
        while self._slots and self._seen[next(iter(self._slots.values()))] < limit:
            self._release()

    def _release(self) -> None:
        """Forget the least recently repeated text."""
        _, slot = self._slots.popitem(last=False)
        self._texts[slot], self._clusters[slot], self._sizes[slot] = b"", None, 0
        self._free.append(slot)


def _repeated(owners: list[int], times: int) -> Iterator[int]:
    """Return what stands so many times in a sorted list."""
    return compress(owners, map(eq, owners, owners[times - 1 :]))


def _is_half_like(runs: set[int], first: bytes) -> bool:
    others = grams(first)
    return 3 * len(runs & others) >= len(runs) + len(others)
