"""Runs the demo: a temporary desk, settings that read the script, and the console in front of it."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from pathlib import Path

from cmconsole.config.clock import SystemClock
from cmconsole.core.clock import MINUTE
from cmconsole.demo.scenario import play

SHIFT = 17 * MINUTE
"""Length of the demo's shift: the quarter-hour prompt (T-15) comes after two minutes."""

_SETTINGS = """\
[brand]
name = "Velora"

[accounts.velora]
platform = "x"
handle = "velora"
mode = "rehearsal"

[engine]
idle_seconds = 5

[sources.demo]
type = "ndjson"
path = {path}
follow = true
"""


def settings_text(script: Path) -> str:
    """Return the demo's settings: one brand, one account in rehearsal, the script as the only source."""
    return _SETTINGS.format(path=json.dumps(str(script)))


def run(person: str = "", *, speed: float = 1.0) -> int:
    """Show the desk on the scripted afternoon, `speed` times faster; return the console's exit code.

    Everything lives in a temporary folder that is removed at the end: the user's own store and settings are
    neither read nor written.
    """
    from cmconsole import wiring  # noqa: PLC0415 - the whole program, not needed to show --help

    folder = Path(tempfile.mkdtemp(prefix="cmconsole-demo-"))
    clock, stop = SystemClock(), threading.Event()
    script, settings = folder / "mentions.ndjson", folder / "settings.toml"
    script.touch(mode=0o600)
    settings.write_text(settings_text(script), encoding="utf-8")
    player = threading.Thread(
        target=play, args=(script,), kwargs={"now": clock.now, "speed": speed, "stop": stop}, daemon=True
    )
    player.start()
    try:
        return wiring.run_demo_console(
            settings, store=folder / "desk.db", person=person or "Alice", until=clock.now() + SHIFT
        )
    finally:
        stop.set()
        player.join()
        shutil.rmtree(folder, ignore_errors=True)
