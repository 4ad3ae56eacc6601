"""Runs the twin: each platform on its own port, behind one middleware that logs requests and plays faults."""

from __future__ import annotations

import asyncio
import importlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from tests.twin import control
from tests.twin.faults import Fault
from tests.twin.world import PlatformTwin, Seen, World

if TYPE_CHECKING:
    from tests.twin.bluesky import BlueskyTwin
    from tests.twin.mastodon import MastodonTwin
    from tests.twin.reddit import RedditTwin
    from tests.twin.x import XTwin

PLATFORMS = {"x": "XTwin", "reddit": "RedditTwin", "mastodon": "MastodonTwin", "bluesky": "BlueskyTwin"}
"""The platforms that can be asked for by name, and the class that plays each, in the module of that name."""

_SEEN: web.RequestKey[Seen] = web.RequestKey("seen", Seen)

HOST = "127.0.0.1"

_STOPPING = 0.05
"""Seconds that requests under way have when a port closes; whoever hangs on purpose is cut then."""

_SIGNING_IN = re.compile(r".*(access_token|oauth|createSession|refreshSession|deleteSession).*")
"""Paths whose bodies hold secrets: they are not kept in the log."""

_ERROR_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{status} {reason}</title></head>"
    "<body><center><h1>{status} {reason}</h1></center><hr><center>nginx</center></body></html>\n"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Twin:
    """A running twin: the platforms, the world they share, and where each of them listens."""

    def __init__(self, platforms: Iterable[Callable[[World], PlatformTwin]], base_port: int = 0) -> None:
        self.world = World()
        self.platforms: dict[str, PlatformTwin] = {}
        for make in platforms:
            platform = make(self.world)
            self.platforms[platform.name] = platform
        self.address: dict[str, str] = {}
        """Where each listens, by the platform's name; the control API is `control`."""
        self._base_port = base_port
        self._ports: dict[str, int] = {}
        self._runners: dict[str, web.AppRunner] = {}
        self._storms = control.Storms(self.world.failures)

    @property
    def x(self) -> XTwin:
        """X."""
        return cast("XTwin", self.platforms["x"])

    @property
    def reddit(self) -> RedditTwin:
        """Reddit."""
        return cast("RedditTwin", self.platforms["reddit"])

    @property
    def mastodon(self) -> MastodonTwin:
        """Mastodon."""
        return cast("MastodonTwin", self.platforms["mastodon"])

    @property
    def bluesky(self) -> BlueskyTwin:
        """Bluesky."""
        return cast("BlueskyTwin", self.platforms["bluesky"])

    async def start(self) -> None:
        """Open all ports: the base port for the control API and the next ones, or any that are free."""
        for place, name in enumerate(["control", *self.platforms]):
            self._ports[name] = self._base_port and self._base_port + place
            await self.up(name)

    async def stop(self) -> None:
        """Close all ports; what is under way is cut."""
        await self._storms.stop()
        for name in list(self._runners):
            await self.down(name)

    async def up(self, name: str) -> None:
        """Open the port of a platform again, the one it had before; nothing where it is open."""
        if name in self._runners:
            return
        runner = web.AppRunner(self._application(name), access_log=None, shutdown_timeout=_STOPPING)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._ports[name]).start()
        except OSError:
            await runner.cleanup()
            raise
        self._ports[name] = runner.addresses[0][1]
        self.address[name] = f"http://{HOST}:{self._ports[name]}"
        self._runners[name] = runner

    async def down(self, name: str) -> None:
        """Close the port of a platform: connections are cut and new ones refused, until `up`."""
        if name in self._runners:
            await self._runners.pop(name).cleanup()

    def _application(self, name: str) -> web.Application:
        if name == "control":
            return control.application(self, self._storms)
        platform = self.platforms[name]
        application = web.Application(middlewares=[_middleware(self.world, platform)])
        application.on_response_prepare.append(_answering)
        application.add_routes(platform.routes())
        return application


@asynccontextmanager
async def twin(
    *names: str, also: Iterable[Callable[[World], PlatformTwin]] = (), base_port: int = 0
) -> AsyncIterator[Twin]:
    """Run the platforms of these names in this process, on free ports of 127.0.0.1, until the block ends.

    `also` are classes of platforms without a name here. An exception inside the twin itself, which clients
    see as a 500, is raised at the end as an ExceptionGroup: a test must not pass on a broken twin.
    """
    running = Twin([*(_platform(name) for name in names), *also], base_port)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()
    if running.world.failures:
        raise ExceptionGroup("the twin itself failed", running.world.failures)


def _platform(name: str) -> Callable[[World], PlatformTwin]:
    module = importlib.import_module(f"tests.twin.{name}")
    return cast("Callable[[World], PlatformTwin]", getattr(module, PLATFORMS[name]))


def _middleware(world: World, platform: PlatformTwin) -> Any:
    """Return the middleware of a platform: each request is logged and hit by one fault at most."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        seen = Seen(platform.name, request.method, request.path, world.now(), query=request.query_string)
        world.requests.append(seen)
        request[_SEEN] = seen
        if request.method not in {"GET", "HEAD"}:
            body = await request.read()
            if not _SIGNING_IN.fullmatch(request.path):
                seen.body = body.decode("utf-8", errors="replace")
        fault = world.faults.take(platform.name, request.method, request.path)
        seen.fault = fault.kind if fault else ""
        return await _played(_Exchange(world, platform, request, handler), fault)

    return middleware


class _Exchange:
    """One request on its way through the faults."""

    def __init__(self, world: World, platform: PlatformTwin, request: web.Request, handler: Handler) -> None:
        self.world = world
        self.platform = platform
        self.request = request
        self._handler = handler

    async def handled(self) -> web.StreamResponse:
        """Return the platform's own answer; its refusals are answers too."""
        try:
            return await self._handler(self.request)
        except web.HTTPException as refusal:
            return web.Response(
                status=refusal.status, reason=refusal.reason, text=refusal.text, headers=refusal.headers
            )
        except ConnectionError:  # the client left while a stream was being written
            return self.cut()
        except Exception as error:
            self.world.failures.append(error)
            raise

    def cut(self) -> web.Response:
        """Cut the connection; what is returned goes nowhere."""
        if self.request.transport is not None:
            self.request.transport.abort()
        return web.Response()


async def _played(exchange: _Exchange, fault: Fault | None) -> web.StreamResponse:
    """Return the answer that the fault makes of this request."""
    play = _PLAYS[fault.kind] if fault else _unharmed
    return await play(exchange, fault.args if fault else {})


async def _answering(request: web.Request, answer: web.StreamResponse) -> None:
    """Log the status as the answer begins; to a connection that was cut none does."""
    if _connected(request):
        request[_SEEN].status = answer.status


def _connected(request: web.Request) -> bool:
    """Tell whether the client is still there."""
    return request.transport is not None and not request.transport.is_closing()


async def _unharmed(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    return await exchange.handled()


async def _status(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    body = args.get("body", "")
    written = isinstance(body, str)
    return web.Response(
        status=args.get("status", 500),
        text=body if written else json.dumps(body),
        headers=args.get("headers"),
        content_type=args.get("content_type", "text/plain" if written else "application/json"),
    )


async def _html(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    answer = web.Response(status=args.get("status", 503), content_type="text/html")
    answer.text = _ERROR_PAGE.format(status=answer.status, reason=answer.reason)
    return answer


async def _limit(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    reset = exchange.world.now() + int(args.get("reset_after", 60) * 1000)
    body = getattr(exchange.platform, "limit_body", {"error": "Too Many Requests"})
    headers = exchange.platform.limit_headers(reset)
    return await _status(exchange, {"status": 429, "headers": headers, "body": body})


async def _drop_before(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    return exchange.cut()


async def _drop_after(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    await exchange.handled()
    return exchange.cut()


async def _error_after(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    await exchange.handled()
    return await _html(exchange, {"status": args.get("status", 502)})


async def _hang(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    seconds = args.get("seconds", 3600)
    if args.get("after"):
        answer = await exchange.handled()
        await asyncio.sleep(seconds)
        return answer
    await asyncio.sleep(seconds)
    return await exchange.handled()


async def _slow(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    whole = await exchange.handled()
    if not isinstance(whole, web.Response) or not isinstance(whole.body, bytes):
        return whole
    dripping = web.StreamResponse(status=whole.status, reason=whole.reason, headers=whole.headers)
    dripping.content_length = len(whole.body)
    await dripping.prepare(exchange.request)
    for byte in whole.body:
        await dripping.write(bytes([byte]))
        await asyncio.sleep(1 / args.get("bytes_per_second", 100))
    await dripping.write_eof()
    return dripping


async def _garbage(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    whole = await exchange.handled()
    body = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b""
    torn = body[: len(body) // 2] if body[:1] in {b"{", b"["} else b'{"data": [{"id": "1'
    return web.Response(body=torn, content_type="application/json")


async def _close_stream(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    stream = await _opened(exchange)
    if isinstance(stream, web.WebSocketResponse):
        await stream.close()
    else:
        await stream.write_eof()
    return stream


async def _silent_stream(exchange: _Exchange, args: dict[str, Any]) -> web.StreamResponse:
    stream = await _opened(exchange)
    while _connected(exchange.request):  # noqa: ASYNC110 - a transport has no event to wait for
        await asyncio.sleep(0.05)
    return stream


async def _opened(exchange: _Exchange) -> web.StreamResponse:
    """Accept a stream as the platform would, without a word on it; a WebSocket where one is asked for."""
    socket = web.WebSocketResponse(autoping=False)
    stream: web.StreamResponse = socket if socket.can_prepare(exchange.request) else web.StreamResponse()
    if not isinstance(stream, web.WebSocketResponse):
        events = "text/event-stream" in exchange.request.headers.get("Accept", "")
        stream.content_type = "text/event-stream" if events else "application/json"
        stream.force_close()
    await stream.prepare(exchange.request)
    return stream


_PLAYS: dict[str, Callable[[_Exchange, dict[str, Any]], Awaitable[web.StreamResponse]]] = {
    "status": _status,
    "html": _html,
    "limit": _limit,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "error_after": _error_after,
    "hang": _hang,
    "slow": _slow,
    "garbage": _garbage,
    "close_stream": _close_stream,
    "silent_stream": _silent_stream,
}
