"""The demo's script: who writes what, and when, as NDJSON lines at a human pace."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from cmconsole.core.clock import SECOND, Instant


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the script; `at` in seconds from the start, negative for what was written before."""

    number: int
    at: float
    platform: str
    handle: str
    name: str
    reach: int
    verified: bool
    thread: str
    text: str

    def line(self, written_at: Instant) -> str:
        """Return the mention as one line of NDJSON (docs/guide/ndjson.md), written at that moment."""
        author = {
            "handle": self.handle,
            "name": self.name,
            "followers": self.reach,
            "verified": self.verified,
        }
        mention = {
            "id": f"demo-{self.number}",
            "platform": self.platform,
            "author": author,
            "created_at": written_at,
            "thread": self.thread,
            "url": f"https://velora.example/demo/{self.number}",
            "text": self.text,
        }
        return (
            json.dumps({key: value for key, value in mention.items() if value != ""}, ensure_ascii=False)
            + "\n"
        )


def script() -> Iterator[Cue]:
    """Yield the script's lines in the order of their time."""
    text = resources.files("cmconsole.demo").joinpath("scenario.tsv").read_text(encoding="utf-8")
    for number, row in enumerate(text.splitlines()):
        if not row.startswith("#"):
            at, platform, handle, name, reach, marks, thread, words = row.split("\t")
            yield Cue(number, float(at), platform, handle, name, int(reach), "v" in marks, thread, words)


def play(path: Path, *, now: Callable[[], Instant], speed: float, stop: threading.Event) -> None:
    """Append the script's lines to `path` as their time comes, `speed` times faster, until `stop` is set."""
    started = now()
    with path.open("a", encoding="utf-8") as stream:
        for cue in script():
            due = started + int(max(cue.at, 0.0) * SECOND / speed)
            if stop.wait(max(0, due - now()) / SECOND):
                return
            stream.write(cue.line(started + int(cue.at * SECOND) if cue.at < 0 else now()))
            stream.flush()
