"""Near-duplicates: pairs found among 11,600 tweets, speed beside MinHash, memory after a million texts."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from bench import corpus
from cmconsole.triage.near import NearIndex
from cmconsole.triage.near_grams import says_enough, signs

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CMCONSOLE_SHARED_DATA") or ROOT.parent / "shared" / "data")
ROUNDS = 3
MANY = 1_000_000

Pair = tuple[int, int]


def _tweets() -> list[str]:
    files = [DATA / "text" / "airline" / f"{part}.jsonl" for part in ("train", "dev")]
    return [json.loads(line)["text"] for file in files for line in file.open(encoding="utf-8")]


def _true_pairs(texts: dict[int, bytes]) -> set[Pair]:
    """Return all pairs whose runs of four letters have a Jaccard index of .7 or more, told by counting.

    Sets of n and m runs that are .7 alike share at least .7 n of them. So, in whatever order runs are sorted,
    they share one of the first n - ceil(.7 n) + 1 of each; the rarest come first here.
    """
    runs = {key: {text[at : at + 4] for at in range(len(text) - 3)} for key, text in texts.items()}
    common = Counter(run for mine in runs.values() for run in mine)
    holders: defaultdict[bytes, list[int]] = defaultdict(list)
    pairs: set[Pair] = set()
    for key, mine in runs.items():
        rarest = sorted(mine, key=lambda run: (common[run], run))[: len(mine) - -(-7 * len(mine) // 10) + 1]
        for other in {other for run in rarest for other in holders[run]}:
            theirs = runs[other]
            if 10 * len(mine & theirs) >= 7 * len(mine | theirs):
                pairs.add((other, key))
        for run in rarest:
            holders[run].append(key)
    return pairs


def _found_pairs(texts: dict[int, bytes], originals: list[str]) -> tuple[set[Pair], dict[int, int | None]]:
    """Return the pairs that `alike` names as the texts come in, and what `add` answers."""
    index, answers = NearIndex(), dict[int, int | None]()
    same: defaultdict[bytes, list[int]] = defaultdict(list)
    pairs: set[Pair] = set()
    for key, said in texts.items():
        # The very same words are remembered once, under the first one's key.
        for first in index.alike(originals[key]):
            pairs.update((other, key) for other in same[texts[first]])
        same[said].append(key)
        answers[key] = index.add(key, originals[key], key)
    return pairs, answers


def _quality(originals: list[str]) -> dict[str, float]:
    said = {key: signs(text) for key, text in enumerate(originals)}
    texts = {
        key: text
        for key, text in said.items()
        if says_enough(text, len({text[at : at + 4] for at in range(len(text) - 3)}))
    }
    true = _true_pairs(texts)
    found, answers = _found_pairs(texts, originals)
    repeats = {later for _, later in true}
    joined = {key for key, answer in answers.items() if answer is not None}
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for key, answer in answers.items():
        rows[key if answer is None else answer].append(key)
    together = {pair for row in rows.values() for pair in combinations(row, 2)}
    return {
        "texts": len(originals),
        "texts that say enough to be compared": len(texts),
        "true pairs": len(true),
        "pairs: precision (>= .99)": round(len(found & true) / len(found), 4),
        "pairs: recall (>= .99)": round(len(found & true) / len(true), 4),
        "texts with an earlier near-duplicate": len(repeats),
        "texts that join a cluster: precision (>= .99)": round(len(joined & repeats) / len(joined), 4),
        "texts that join a cluster: recall (>= .99)": round(len(joined & repeats) / len(repeats), 4),
        "pairs that share a cluster: precision": round(len(together & true) / len(together), 4),
        "pairs that share a cluster: recall": round(len(together & true) / len(true), 4),
    }


def _add_all(originals: Iterable[str]) -> NearIndex:
    index = NearIndex()
    for key, text in enumerate(originals):
        index.add(key, text, key)
    return index


def _minhash(originals: list[str]) -> None:
    """Do what a user of datasketch does: 64 permutations, threshold .7, no verification, the same words."""
    datasketch: Any = importlib.import_module("datasketch")
    index = datasketch.MinHashLSH(threshold=0.7, num_perm=64)
    for key, text in enumerate(originals):
        said = signs(text)
        sketch = datasketch.MinHash(num_perm=64)
        sketch.update_batch({said[at : at + 4] for at in range(len(said) - 3)})
        index.query(sketch)
        index.insert(key, sketch)


def _seconds(work: Any, originals: list[str]) -> float:
    """Return the processor's time, for both work on one core and the machine may be shared."""
    started = time.process_time()
    work(originals)
    return time.process_time() - started


def _speed(originals: list[str]) -> dict[str, float | str]:
    """Measure in turn and keep the best of each (hiccups are the machine's)."""
    peer = importlib.util.find_spec("datasketch") is not None
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(_add_all, originals))
        if peer:
            theirs.append(_seconds(_minhash, originals))
    rate = len(originals) / min(ours)
    return {
        "texts/s (>= 15,000)": round(rate),
        "datasketch texts/s": round(len(originals) / min(theirs)) if peer else "not installed",
        "ratio to datasketch": round(min(theirs) / min(ours), 1) if peer else "not installed",
    }


def _varied(count: int) -> Iterator[str]:
    """Yield made-up texts: seven in ten are new, two change an earlier one a little, one repeats it."""
    draw = random.Random(1)
    known = sorted({word for mention in corpus.mentions(3_000) for word in str(mention["text"]).split()})
    known += ["".join(draw.choices("eeeaaiioutnrslcdmp", k=draw.randint(3, 10))) for _ in range(20_000)]
    words = draw.sample(known, len(known))
    recent: list[str] = []
    for _ in range(count):
        chance = draw.random()
        if chance < 0.7 or not recent:
            size = draw.randint(6, 28)
            text = " ".join([words[int(len(words) * draw.random() ** 3)] for _ in range(size)])
            recent.append(text)
        else:
            text = draw.choice(recent)
            if chance < 0.9:
                text = f"{text} {draw.choice(words)}"
        if len(recent) > 5_000:
            del recent[:2_500]
        yield text


def _memory() -> dict[str, float]:
    """Fill an index of the usual size with a million texts; the generator's share is taken before."""
    sum(map(len, _varied(20_000)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    index = _add_all(_varied(MANY))
    took = time.process_time() - started
    started = time.process_time()
    sum(map(len, _varied(MANY)))
    took -= time.process_time() - started
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "remembered after 1,000,000 texts": len(index),
        "memory after 1,000,000 texts MB": round(used / 1024),
        "texts/s over 1,000,000": round(MANY / took),
    }


def run() -> dict[str, float | str]:
    """Measure memory first, while nothing else has used any."""
    memory = _memory()
    originals = _tweets()
    return _quality(originals) | _speed(originals) | memory
