"""Writes every generated page of docs/, each from the code it describes."""

import sys
from pathlib import Path

from cmconsole.config import reference
from cmconsole.tui import actions
from tools import architecture, pages

GUIDE = pages.ROOT / "docs" / "guide"


def generated() -> dict[Path, str]:
    """Return each generated page with the text it should hold."""
    return {
        **architecture.generated(),
        GUIDE / "settings.md": reference.markdown(),
        GUIDE / "keys.md": actions.markdown(),
    }


if __name__ == "__main__":
    sys.exit(pages.command(generated()))
