"""What every test may use: the shared recordings, and how hard hypothesis tries."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("default", deadline=None, max_examples=50)
# The same examples in every run: a red build is red again when it is looked at.
settings.register_profile(
    "ci", parent=settings.get_profile("default"), max_examples=25, derandomize=True, database=None
)
settings.register_profile("drill", parent=settings.get_profile("default"), max_examples=5_000)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# Whoever is started in the background by a shell ignores interrupts, and so would every program that the
# tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of recordings and labelled texts that is handed around beside the checkout."""
    folder = Path(os.environ.get("CMCONSOLE_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no shared data: {folder} is not a folder (CMCONSOLE_SHARED_DATA names another)")
    return folder
