"""The demo's script: bilingual, both lanes at once, a storm at the minute, and played at its pace."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Lane
from cmconsole.demo.scenario import Cue, play, script
from cmconsole.triage.triage import Triage


def lane(cue: Cue) -> Lane:
    author = Author(cue.platform, cue.handle, reach=cue.reach, verified=cue.verified)
    return Triage().judge(Mention(cue.platform, str(cue.number), author, cue.text, 0)).lane


def test_both_lanes_have_rows_before_three_seconds() -> None:
    lanes = [lane(cue) for cue in script() if cue.at <= 2]
    assert lanes.count(Lane.INFLUENCERS) >= 3
    assert lanes.count(Lane.COMPLAINTS) >= 3
    assert Lane.OTHERS in lanes


def test_a_storm_breaks_at_sixty_seconds() -> None:
    times = [cue.at for cue in script()]
    assert times[16:] == sorted(times[16:])
    calm = sum(30 <= at < 60 for at in times)
    storm = sum(60 <= at < 90 for at in times)
    assert storm >= 3 * calm


def test_the_script_speaks_both_languages() -> None:
    judge = Triage()
    languages = [judge.judge(Mention("x", "1", Author("x", "a"), cue.text, 0)).language for cue in script()]
    assert languages.count("fr") >= 25
    assert languages.count("en") >= 25


class MovingClock:
    """A second passes whenever somebody looks."""

    def __init__(self) -> None:
        self.at = 1_000_000_000

    def now(self) -> int:
        self.at += 1_000
        return self.at


def test_playing_writes_every_line_once_in_order(tmp_path: Path) -> None:
    path = tmp_path / "mentions.ndjson"
    play(path, now=MovingClock().now, speed=1_000_000.0, stop=threading.Event())
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == [f"demo-{cue.number}" for cue in script()]
    assert all(line["created_at"] > 990_000_000 for line in lines)
    assert "thread" not in lines[2]


def test_playing_stops_when_told(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    play(tmp_path / "mentions.ndjson", now=MovingClock().now, speed=1.0, stop=stop)
    assert (tmp_path / "mentions.ndjson").read_text(encoding="utf-8") == ""
