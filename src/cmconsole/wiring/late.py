"""What is made only when needed: sources with their secrets, and sessions that outlive an engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cmconsole.config.language import _
from cmconsole.config.paths import PRIVATE_FILE
from cmconsole.config.toml_text import replace_file
from cmconsole.core.errors import SettingsError, SourceRefusedError
from cmconsole.core.source import Batch, Source


class Open(Protocol):
    """Something that holds connections."""

    async def aclose(self) -> None:
        """Let go of them."""
        ...


@dataclass(frozen=True, slots=True)
class SessionFile:
    """Keeps a session between two starts, in a file that only its owner may read."""

    file: Path

    async def load(self) -> str:
        """Return what was saved, or an empty string. Raises OSError where it is there and cannot be read."""
        try:
            return self.file.read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return ""

    async def save(self, text: str) -> None:
        """Keep it, instead of what was saved. Raises OSError: log-ins are counted, so none may go unkept."""
        replace_file(self.file, text, mode=PRIVATE_FILE)


class NoSession:
    """Keeps nothing: for secrets that are only being tried out."""

    async def load(self) -> str:
        """Return that there is none."""
        return ""

    async def save(self, text: str) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class LateSource:
    """A source that is built when it is read, so that a token put right is used at the next try.

    lock: returns whom the platform takes its account for, where that is somebody else than the settings say.
    """

    name: str
    platform: str
    build: Callable[[], tuple[Source, Open | None]]
    lock: Callable[[], Awaitable[str]] | None = None

    async def batches(self, cursor: str | None) -> AsyncIterator[Batch]:
        if self.lock is not None and (other := await self.lock()):
            raise SourceRefusedError(
                _("The token of this account belongs to @{handle}: nothing is read with it.").format(
                    handle=other
                ),
                advice=_("Put the right token or the right handle; `cmconsole accounts check` tells more."),
            )
        try:
            # Elsewhere, for a keyring that waits for its owner would hold up the engine for seconds.
            source, client = await asyncio.to_thread(self.build)
        except SettingsError as error:
            raise SourceRefusedError(error.message, advice=error.advice) from error
        async with AsyncExitStack() as stack:
            if client is not None:
                stack.push_async_callback(client.aclose)
            batches = await stack.enter_async_context(aclosing(source.batches(cursor)))  # type: ignore[type-var]
            async for batch in batches:
                yield batch
