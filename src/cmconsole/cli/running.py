"""Runs a command's coroutine, and opens the store for commands that only read it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cmconsole import wiring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from cmconsole.cli.scope import Scope
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import Store

_Result = TypeVar("_Result")


def run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine to its end; an interrupt cancels it, lets it clean up, and is raised again."""
    return asyncio.run(work)


@asynccontextmanager
async def reading(scope: Scope) -> AsyncIterator[Store]:
    """Open the store for a command that needs no engine; it has to be there already. Raises StoreError."""
    async with wiring.open_store(scope.settings(), "console", make=False) as store:
        yield store


@asynccontextmanager
async def at_desk(scope: Scope) -> AsyncIterator[Desk]:
    """Open the store and sit down at its desk, under the person's name where one is known."""
    async with reading(scope) as store:
        yield wiring.build_desk(scope.settings(), store, scope.config)
