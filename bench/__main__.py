"""`python -m bench [NAME …]`: runs benchmarks one after the other and prints them."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

# near measures this very process's memory at its highest, so nothing may have used any before.
NAMES = ("near", "ingest", "lanes", "start", "keys", "triage", "sources")


def main(arguments: Sequence[str]) -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all where none is given"
    )
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="how long `sources` lets people talk (10)"
    )
    said = parser.parse_args(arguments)
    options = {"sources": {"minutes": said.minutes}}
    for name in said.names or NAMES:
        print(f"bench/{name}", flush=True)
        figures: dict[str, object] = importlib.import_module(f"bench.{name}").run(**options.get(name, {}))
        width = max(map(len, figures))
        for label, figure in figures.items():
            print(f"  {label:<{width}}  {figure}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
