"""`python -m tests.twin`: runs the twin alone, for a console of your own to be pointed at."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from cmconsole.config.tasks import spawn
from tests.twin import scenario
from tests.twin.server import PLATFORMS, twin


def parser() -> argparse.ArgumentParser:
    """Return what can be said on the command line."""
    said = argparse.ArgumentParser(prog="python -m tests.twin", description=__doc__)
    said.add_argument(
        "--base-port", type=int, default=18_700, help="port of the control API; the platforms follow (0: any)"
    )
    said.add_argument(
        "--drip", type=float, default=0.0, metavar="N", help="scenes of the scenario a second (0: silence)"
    )
    said.add_argument(
        "--only",
        action="append",
        choices=list(PLATFORMS),
        metavar="PLATFORM",
        help="this one; may be repeated",
    )
    said.add_argument(
        "--while-stdin", action="store_true", help="end with the standard input, as with the parent process"
    )
    return said


async def run(options: argparse.Namespace) -> None:
    """Run the twin until a signal comes, or standard input ends where that was asked for."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if options.while_stdin:
        loop.add_reader(sys.stdin, lambda: None if os.read(sys.stdin.fileno(), 4096) else ended.set())
    async with twin(*(options.only or PLATFORMS), base_port=options.base_port) as running:
        for name, address in running.address.items():
            print(name, address, flush=True)
        waiting: list[asyncio.Task[Any]] = [spawn(ended.wait(), name="twin: the end")]
        if options.drip > 0:
            waiting.append(spawn(scenario.play(running, options.drip), name="twin: the scenario"))
        done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        await asyncio.gather(*done)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a command."""
    asyncio.run(run(parser().parse_args(arguments)))


if __name__ == "__main__":
    main()
