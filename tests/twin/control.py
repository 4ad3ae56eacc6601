"""The twin's control API: a test or a person makes things happen on the platforms, over HTTP and JSON."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from cmconsole.config.tasks import spawn
from tests.twin.faults import Fault
from tests.twin.world import PlatformTwin

if TYPE_CHECKING:
    from tests.twin.server import Twin

_BEAT = 0.02
"""Seconds between two gusts of a storm."""


class Storms:
    """Mentions by the thousand, at a given pace, in the background."""

    def __init__(self, failures: list[Exception]) -> None:
        self.delivered = 0
        self._failures = failures
        self._running: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """How many storms are blowing."""
        return len(self._running)

    def begin(self, platform: PlatformTwin, number: int, per_second: float) -> None:
        """Let `number` people mention us, so many a second; all at once where `per_second` is 0."""
        task = spawn(self._blow(platform, number, per_second), name=f"storm on {platform.name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self) -> None:
        """End all storms."""
        for task in (ended := list(self._running)):
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    async def _blow(self, platform: PlatformTwin, number: int, per_second: float) -> None:
        clock = asyncio.get_running_loop().time
        began, sent = clock(), 0
        try:
            while sent < number:
                due = number if per_second <= 0 else min(number, int((clock() - began) * per_second) + 1)
                for place in range(sent, due):
                    platform.mention(
                        f"Storm {place + 1} of {number}: still no answer?", author=f"storm{place % 97}"
                    )
                    self.delivered += 1
                sent = due
                await asyncio.sleep(_BEAT)
        except Exception as error:  # noqa: BLE001 - whatever it was, the test must hear of it
            self._failures.append(error)


class Control:
    """The routes of the control API; what makes no sense is answered 400 with {"error": …}."""

    def __init__(self, running: Twin, storms: Storms) -> None:
        self._twin = running
        self._world = running.world
        self._storms = storms

    def routes(self) -> list[web.RouteDef]:
        """Return what can be asked."""
        return [
            web.post("/mention", self.mention),
            web.post("/delete", self.delete),
            web.post("/edit", self.edit),
            web.post("/fault", self.fault),
            web.delete("/faults", self.clear),
            web.get("/requests", self.requests),
            web.get("/published", self.published),
            web.post("/clock", self.clock),
            web.post("/storm", self.storm),
            web.get("/storm", self.storms),
            web.post("/down", self.down),
            web.post("/up", self.up),
            web.get("/addresses", self.addresses),
            web.get("/accounts", self.accounts),
        ]

    async def mention(self, request: web.Request) -> web.Response:
        """POST {platform, text, author, at, …}: somebody mentions us; answer its id."""
        said = await request.json()
        return _answer({"id": self._platform(said).mention(said.pop("text"), **said)})

    async def delete(self, request: web.Request) -> web.Response:
        """POST {platform, id}: the author deletes it."""
        said = await request.json()
        self._platform(said).delete(said["id"])
        return _answer({})

    async def edit(self, request: web.Request) -> web.Response:
        """POST {platform, id, text}: the author writes it anew."""
        said = await request.json()
        self._platform(said).edit(said["id"], said["text"])
        return _answer({})

    async def fault(self, request: web.Request) -> web.Response:
        """POST {platform, kind, method, path, times, args}: plant a fault."""
        fault = Fault(**await request.json())
        self._world.faults.add(fault)
        return _answer(dataclasses.asdict(fault))

    async def clear(self, request: web.Request) -> web.Response:
        """DELETE: forget all faults, or with ?platform= those of one platform."""
        self._world.faults.clear(request.query.get("platform", "*"))
        return _answer({})

    async def requests(self, request: web.Request) -> web.Response:
        """GET: how often each route was asked and with what status, and the publishing requests whole."""
        counts = Counter((one.platform, one.method, one.path, one.status) for one in self._world.requests)
        return _answer(
            {
                "counts": [
                    {"platform": platform, "method": method, "path": path, "status": status, "count": count}
                    for (platform, method, path, status), count in sorted(counts.items())
                ],
                "publishing": [
                    dataclasses.asdict(one) for one in self._world.requests if one.body is not None
                ],
            }
        )

    async def published(self, request: web.Request) -> web.Response:
        """GET: the posts that clients made, by platform."""
        return _answer({name: self._world.published(name) for name in self._twin.platforms})

    async def clock(self, request: web.Request) -> web.Response:
        """POST {shift_ms}: the twin's clock runs so far ahead of the system's."""
        self._world.shift = int((await request.json())["shift_ms"])
        return _answer({"shift_ms": self._world.shift, "now": self._world.now()})

    async def storm(self, request: web.Request) -> web.Response:
        """POST {platform, n, per_second}: many mentions in the background; 0 a second is all at once."""
        said = await request.json()
        self._storms.begin(self._platform(said), int(said["n"]), float(said.get("per_second", 0)))
        return _answer({"n": said["n"]}, status=202)

    async def storms(self, request: web.Request) -> web.Response:
        """GET: whether storms are blowing, and how many mentions they brought."""
        return _answer({"running": self._storms.running, "delivered": self._storms.delivered})

    async def down(self, request: web.Request) -> web.Response:
        """POST {platform}: its port refuses connections."""
        await self._twin.down(self._platform(await request.json()).name)
        return _answer({})

    async def up(self, request: web.Request) -> web.Response:
        """POST {platform}: its port is open again, the same as before."""
        await self._twin.up(self._platform(await request.json()).name)
        return _answer({})

    async def addresses(self, request: web.Request) -> web.Response:
        """GET: where each platform listens, and this API."""
        return _answer(self._twin.address)

    async def accounts(self, request: web.Request) -> web.Response:
        """GET: our account on each platform and the (made-up) secrets that let a client in."""
        return _answer(
            {
                name: {
                    "server": self._twin.address[name],
                    "handle": platform.handle,
                    "credentials": platform.credentials,
                }
                for name, platform in self._twin.platforms.items()
            }
        )

    def _platform(self, said: dict[str, Any]) -> PlatformTwin:
        return self._twin.platforms[said.pop("platform")]


def application(running: Twin, storms: Storms) -> web.Application:
    """Return the control API of a twin."""
    served = web.Application(middlewares=[_refusing])
    served.add_routes(Control(running, storms).routes())
    return served


@web.middleware
async def _refusing(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Say what was wrong with a request, rather than 500."""
    try:
        return await handler(request)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        return _answer({"error": f"{type(error).__name__}: {error}"}, status=400)


def _answer(value: Any, *, status: int = 200) -> web.Response:
    return web.json_response(
        value, status=status, dumps=lambda given: json.dumps(given, ensure_ascii=False, default=str)
    )
