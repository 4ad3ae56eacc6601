"""`python -m bench [NAME …]`: runs benchmarks one after the other and prints them."""

from __future__ import annotations

import importlib
import sys

# near measures this very process's memory at its highest, so nothing may have used any before.
NAMES = ("near", "ingest", "lanes", "start", "keys", "triage")


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    for name in names or NAMES:
        print(f"bench/{name}", flush=True)
        figures: dict[str, object] = importlib.import_module(f"bench.{name}").run()
        width = max(map(len, figures))
        for label, figure in figures.items():
            print(f"  {label:<{width}}  {figure}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
