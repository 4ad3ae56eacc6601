"""A tiny platform of our own, to test what the twin does around every platform."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.twin.world import World

GUARD = 30
"""Seconds after which a test that hangs is ended."""

NATIVE_LIMIT = "Too many, said the dummy"


class EnoughError(Exception):
    """So much was seen that the test may end."""


class DummyTwin:
    """Posts are read at /posts, made at /post; /stream counts for ever; /broken is a bug of the twin."""

    name = "dummy"
    handle = "acme"
    credentials = {"token": "made-up"}  # noqa: RUF012 - the protocol has it so
    limit_body = {"error": NATIVE_LIMIT}  # noqa: RUF012 - likewise

    def __init__(self, world: World) -> None:
        self.world = world
        self.posts: dict[str, dict[str, Any]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/posts", self.read),
            web.post("/post", self.post),
            web.post("/oauth/token", self.read),
            web.get("/stream", self.stream),
            web.get("/broken", self.broken),
        ]

    def mention(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
        native_id = str(self.world.next_id(at))
        self.posts[native_id] = {"id": native_id, "text": text, "author": author, **more}
        return native_id

    def delete(self, native_id: str) -> None:
        del self.posts[native_id]

    def edit(self, native_id: str, text: str) -> None:
        self.posts[native_id]["text"] = text

    def limit_headers(self, reset: int) -> dict[str, str]:
        return {"X-Dummy-Reset": str(reset)}

    async def read(self, request: web.Request) -> web.Response:
        if self.world.faults.take("dummy", "GET", "/posts", {"repeat"}):
            return web.json_response([*self.posts.values(), *self.posts.values()])
        return web.json_response(list(self.posts.values()))

    async def post(self, request: web.Request) -> web.Response:
        said = await request.json()
        if not said["text"]:
            raise web.HTTPUnprocessableEntity(text="empty")
        self.world.record("dummy", said)
        return web.json_response({"posted": said["text"]}, status=201)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        number = 0
        while True:
            number += 1
            await answer.write(f"{number}\n".encode())
            await asyncio.sleep(0)

    async def broken(self, request: web.Request) -> web.Response:
        raise RuntimeError("a bug of the dummy")


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something has happened in the twin; a test that waits in vain fails."""
    async with asyncio.timeout(GUARD):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
