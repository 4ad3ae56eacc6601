"""What to do when whoever read the output has gone, as in `cmconsole queue | head -1`: nothing, quietly."""

from __future__ import annotations

import os
from typing import TextIO


def let_go_of(stream: TextIO) -> None:
    """Send what is still buffered nowhere, for flushing it at the end would complain again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
