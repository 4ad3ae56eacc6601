"""Asks whether links still lead somewhere: the pages that canned responses point to."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

import httpx

from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.platforms.http import in_words, new_client

_TIMEOUT: Final = 10.0
_AT_ONCE: Final = 4
"""Links asked for at a time: they often lie on one and the same server."""

_GONE: Final = frozenset({404, 410})
_SERVER_FAULT: Final = 500


async def dead_links(links: Collection[str]) -> dict[str, SourceError]:
    """Return the links that lead nowhere, each with why.

    Those are dead whose page is gone (404, 410), whose server fails (5xx) or cannot be reached. A page that
    is only shut to programs (401, 403, 429 and the like) is alive. Redirections are followed.
    """
    found: dict[str, SourceError] = {}
    turns = asyncio.Semaphore(_AT_ONCE)
    async with new_client(_TIMEOUT) as client:

        async def look(link: str) -> None:
            async with turns:
                try:
                    await _look(client, link)
                except SourceError as error:
                    found[link] = error

        async with asyncio.TaskGroup() as group:
            for link in links:
                group.create_task(look(link))
    return {link: found[link] for link in links if link in found}


async def _look(client: httpx.AsyncClient, link: str) -> None:
    """Ask for a page without reading it. Raises SourceError where it is dead."""
    try:
        host = httpx.URL(link).host
    except httpx.InvalidURL as error:
        raise SourceRefusedError(N_("This is not a web address.")) from error
    with in_words(host):
        async with client.stream("GET", link, follow_redirects=True) as response:
            status = response.status_code
    if status in _GONE:
        raise SourceRefusedError(N_("{host} has no such page ({status})."), host=host, status=status)
    if status >= _SERVER_FAULT:
        raise SourceError(N_("{host} answers with an error ({status})."), host=host, status=status)
