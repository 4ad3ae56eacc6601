"""Doctor's look outside: whether each source can be reached, and what time it is there."""

from __future__ import annotations

import asyncio
import os
import statistics
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cmconsole.cli.accounts_asking import told
from cmconsole.cli.findings import Finding, about, error, ok, warn
from cmconsole.config import handles, sources
from cmconsole.config.language import _, ngettext
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND, Millis
from cmconsole.core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.config.schema import Settings
    from cmconsole.core.clock import Clock

PATIENCE: Final = 10.0
"""Seconds a server may take to answer."""

SLACK: Final[Millis] = 30 * SECOND
"""How far a clock may be off before it is told."""

BROKEN: Final[Millis] = 4 * MINUTE
"""From here on signed requests are refused: X takes OAuth 1.0a timestamps within five minutes of its own."""

_SERVERS: Final = {
    "x": "https://api.x.com",
    "reddit": "https://oauth.reddit.com",
    "bluesky": "https://bsky.social",
    "hackernews": "https://hn.algolia.com",
}
_PATHS: Final = {"mastodon": "/api/v2/instance"}
"""Where an answer says more than that somebody is there."""

_NOT_FOUND: Final = 404
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a look at one source. off: how far our clock is ahead of its server's, if it told."""

    finding: Finding
    off: Millis | None = None


async def look(settings: Settings, clock: Clock, patience: float = PATIENCE) -> list[Finding]:
    """Look at every source of the settings, all at once, and at the clock by what their servers say."""
    heard = await asyncio.gather(
        *(_looked(name, source, settings, clock, patience) for name, source in settings.sources.items())
    )
    return [*(it.finding for it in heard), *clock_off([it.off for it in heard if it.off is not None])]


def clock_off(offs: Sequence[Millis]) -> list[Finding]:
    """Say how far our clock is off, by the middle of what the servers told: one of them may be wrong."""
    if not offs:
        return []
    off = round(statistics.median(offs))
    if abs(off) <= SLACK:
        return [ok("clock", _("The clock agrees with the platforms'."))]
    length = _length(abs(off))
    says = (
        _("The clock of this computer is {length} ahead of the platforms'.")
        if off > 0
        else _("The clock of this computer is {length} behind the platforms'.")
    ).format(length=length)
    advice = _("Let the system set it: timedatectl set-ntp true (Linux), or the date settings (macOS).")
    if abs(off) >= BROKEN:
        return [error("clock", says, _("X refuses requests signed at a wrong time.") + f" {advice}")]
    return [warn("clock", says, advice)]


async def _looked(
    name: str, source: sources.SourceSettings, settings: Settings, clock: Clock, patience: float
) -> Heard:
    match source:
        case sources.NdjsonSource(path=path, follow=follow):
            return Heard(_file(name, path, follow=follow))
        case sources.WebhookSource(listen=listen):
            return Heard(await _listening(name, listen, patience))
    # The settings themselves see to it that there is the account a source names.
    account = settings.accounts.get(getattr(source, "account", ""))
    platform, address = _address(source, account)
    if not address:
        says = _("{name}: its server is not known.").format(name=name)
        return Heard(
            error("sources", says, _("Set server in the account's block, as in https://mastodon.social."))
        )
    try:
        async with asyncio.timeout(patience):
            return await _asked(name, platform, address, clock)
    except TimeoutError:
        host = urlsplit(address).netloc
        says = _("{name}: {host} did not answer within {seconds} seconds.")
        advice = _("Look at the network, a proxy or a firewall between here and there.")
        return Heard(error("sources", says.format(name=name, host=host, seconds=round(patience)), advice))


def _address(source: sources.SourceSettings, account: sources.Account | None) -> tuple[str, str]:
    """Return a source's platform, and the address that is asked for it."""
    if isinstance(source, sources.FeedSource):
        return "feed", source.url
    if account is None:
        return "hackernews", getattr(source, "server", "") or _SERVERS["hackernews"]
    platform = account.platform
    base = account.server or _SERVERS.get(platform, "") or handles.server_of(account.handle)
    return platform, base and base.rstrip("/") + _PATHS.get(platform, "/")


async def _asked(name: str, platform: str, address: str, clock: Clock) -> Heard:
    from cmconsole.platforms import http  # noqa: PLC0415 - only where there is somebody to ask
    from cmconsole.platforms.feeds.client import FeedClient, Validators  # noqa: PLC0415 - the same

    host = urlsplit(address).netloc
    async with http.new_client(PATIENCE) as client:
        try:
            if platform == "feed":
                await FeedClient(client, clock.now).fetch(address, Validators())
                return Heard(ok("sources", _("{name}: {host} can be reached.").format(name=name, host=host)))
            with http.in_words(host):
                before = clock.now()
                async with client.stream("GET", address) as response:
                    status, date = response.status_code, response.headers.get("date", "")
        except SourceError as failure:
            says, advice = told(failure)
            advice = advice or _("Look at the network, a proxy or a firewall between here and there.")
            return Heard(error("sources", about(name, says), advice))
    return Heard(_answered(name, platform, host, status), _off(date, before, clock.now()))


def _answered(name: str, platform: str, host: str, status: int) -> Finding:
    if status >= _SERVER_ERROR:
        says = _("{name}: {host} answers with an error ({status}).").format(
            name=name, host=host, status=status
        )
        return warn("sources", says, _("The trouble is theirs: wait, and look at their status page."))
    if platform == "mastodon" and status == _NOT_FOUND:
        says = _("{name}: there is no Mastodon at {host} ({status}).").format(
            name=name, host=host, status=status
        )
        return error(
            "sources", says, _("Correct server, or the server in the handle, in the account's block.")
        )
    return ok("sources", _("{name}: {host} can be reached.").format(name=name, host=host))


def _off(date: str, before: Millis, after: Millis) -> Millis | None:
    """Return how far our clock is ahead of a server's; its `Date` is whole seconds (RFC 9110, 6.6.1)."""
    try:
        there = round(parsedate_to_datetime(date).timestamp() * SECOND)
    except (ValueError, TypeError):
        return None
    return (before + after) // 2 - there - SECOND // 2


def _file(name: str, path_told: str, *, follow: bool) -> Finding:
    path = Path(path_told).expanduser()
    if not path.exists():
        says = _("{name}: there is no {file}.").format(name=name, file=path)
        if follow:
            return warn(
                "sources", says, _("It is read as soon as there is one; check its path if there should be.")
            )
        return error("sources", says, _("Correct path in [sources.{name}].").format(name=name))
    if not os.access(path, os.R_OK):
        says = _("{name}: {file} cannot be read.").format(name=name, file=path)
        return error("sources", says, _("Check its mode and its owner."))
    return ok("sources", _("{name}: {file} can be read.").format(name=name, file=path))


async def _listening(name: str, listen: str, patience: float) -> Finding:
    """Knock at our own door: the engine opens it."""
    host, _colon, port = listen.rpartition(":")
    host = host.strip("[]")
    # Where it listens on all addresses, this one is among them.
    knocked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared with
    try:
        async with asyncio.timeout(patience):
            _reader, writer = await asyncio.open_connection(knocked, int(port))
    except (OSError, OverflowError, TimeoutError):
        says = _("{name}: nothing listens on {address}.").format(name=name, address=listen)
        return warn(
            "sources", says, _("An engine opens it: run `cmconsole engine --stay`, and look at its log.")
        )
    writer.close()
    return ok("sources", _("{name}: listens on {address}.").format(name=name, address=listen))


def _length(off: Millis) -> str:
    """Return a length of time in its largest fitting unit, in words."""
    days, hours, minutes, seconds = (round(off / unit) for unit in (DAY, HOUR, MINUTE, SECOND))
    # The way there and back makes a day a little less than one.
    if off >= 20 * HOUR:
        return ngettext("{count} day", "{count} days", days).format(count=days)
    if off >= 2 * HOUR:
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    if off >= 2 * MINUTE:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return ngettext("{count} second", "{count} seconds", seconds).format(count=seconds)
