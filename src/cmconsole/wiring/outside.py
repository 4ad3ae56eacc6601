"""Builds what reaches out to platforms: sources, and for each account who asks, looks up and publishes."""

# Each platform's library is loaded by whoever uses it, and by nobody else.
# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cmconsole.config import schema, secrets
from cmconsole.config.handles import bare, server_of
from cmconsole.config.language import _
from cmconsole.config.paths import state_dir
from cmconsole.config.sources import (
    Account,
    BlueskySource,
    FeedSource,
    HackerNewsSource,
    MastodonSource,
    NdjsonSource,
    RedditSource,
    SourceSettings,
    WebhookSource,
    XSource,
)
from cmconsole.core.account import Mode, Speaker, Standing
from cmconsole.core.budget import DOLLAR
from cmconsole.core.errors import SettingsError, SourceError
from cmconsole.engine.accounts import AccountPlan, Closing
from cmconsole.engine.metering import StoreMeter
from cmconsole.engine.speaking import Voice
from cmconsole.wiring.late import LateSource, NoSession, Open, SessionFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cmconsole.core.clock import Clock
    from cmconsole.core.lookup import Lookup
    from cmconsole.core.publishing import Publisher
    from cmconsole.core.source import Source
    from cmconsole.platforms.bluesky.client import BlueskyClient
    from cmconsole.platforms.reddit.client import RedditClient
    from cmconsole.platforms.x.client import XClient
    from cmconsole.store.contract import OutsideStore

BLUESKY: Final = "https://bsky.social"
"""Where most Bluesky accounts log in; it leads on to the server each lives on."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside world as the settings have it. config: the settings file, None: the usual one.

    store: where money is counted and accounts stand; without one (a check before anything is stored) nothing
    is metered.
    """

    settings: schema.Settings
    store: OutsideStore | None
    clock: Clock
    config: Path | None = None

    def plans(self) -> list[AccountPlan]:
        """Return the accounts of platforms that can say who a token is."""
        return [
            AccountPlan(
                name,
                it.platform,
                it.handle,
                it.mode,
                _cap(it),
                partial(self.member, name),
            )
            for name, it in self.settings.accounts.items()
            if it.platform in secrets.KEYS
        ]

    def voices(self) -> list[Voice]:
        """Return whom replies may leave as; for a rehearsal there is nobody who could speak."""
        return [
            Voice(
                Speaker(name, it.platform, it.handle, Mode(it.mode)),
                partial(self.publisher, name) if it.mode == "live" else None,
            )
            for name, it in self.settings.accounts.items()
        ]

    def member(self, name: str) -> Closing:
        """Return who can ask an account's platform whose token it has. Raises SettingsError."""
        account = self._account(name)
        match account.platform:
            case "mastodon":
                from cmconsole.platforms.mastodon.member import MastodonMember

                return MastodonMember(self._instance(account), self._token(name), self.clock.now)
            case "x":
                return self._x(name)
            case "reddit":
                return self._reddit(name)
            case "bluesky":
                return self._bluesky(name)
        raise SettingsError(
            _("There is no way to read {platform} with an account.").format(platform=account.platform),
            advice=_("Possible: {names}").format(names="x, reddit, mastodon, bluesky"),
        )

    def publisher(self, name: str) -> Publisher:
        """Return who speaks for an account; whoever asks closes it. Raises SettingsError."""
        account, now = self._account(name), self.clock.now
        match account.platform:
            case "mastodon":
                from cmconsole.platforms.mastodon.publisher import MastodonPublisher

                return MastodonPublisher(name, self._instance(account), self._token(name), now)
            case "x":
                from cmconsole.platforms.x.publisher import XPublisher

                return XPublisher(name, self._x(name), now)
            case "reddit":
                from cmconsole.platforms.reddit.publisher import RedditPublisher

                return RedditPublisher(name, self._reddit(name), now)
            case "bluesky":
                from cmconsole.platforms.bluesky.publisher import BlueskyPublisher

                return BlueskyPublisher(name, self._bluesky(name), now)
        raise SettingsError(
            _("Nothing can be published on {platform}.").format(platform=account.platform),
            advice=_("It can be read; answer there by hand."),
        )

    @asynccontextmanager
    async def lookups(self) -> AsyncIterator[dict[str, Lookup]]:
        """Provide who asks about single posts, by platform: with the first account that has its secrets."""
        found: dict[str, Lookup] = {}
        async with AsyncExitStack() as stack:
            for name, account in self.settings.accounts.items():
                if account.platform in found or account.platform not in secrets.KEYS:
                    continue
                try:
                    lookup, client = await asyncio.to_thread(self._lookup, name, account)
                except (SettingsError, SourceError):
                    # Said where the account's standing is shown.
                    continue
                stack.push_async_callback(client.aclose)
                found[account.platform] = lookup
            yield found

    def _lookup(self, name: str, account: Account) -> tuple[Lookup, Open]:
        """Return who asks about single posts, and what is to be closed in the end."""
        now = self.clock.now
        match account.platform:
            case "mastodon":
                from cmconsole.platforms.mastodon.lookup import MastodonLookup

                mastodon = MastodonLookup(self._instance(account), self._token(name), now)
                return mastodon, mastodon
            case "x":
                from cmconsole.platforms.x.lookup import XLookup

                x = self._x(name)
                return XLookup(x, now), x
            case "reddit":
                from cmconsole.platforms.reddit.lookup import RedditLookup

                reddit = self._reddit(name)
                return RedditLookup(reddit, now), reddit
            case _:
                from cmconsole.platforms.bluesky.lookup import BlueskyLookup

                bluesky = self._bluesky(name)
                return BlueskyLookup(bluesky, now), bluesky

    def sources(self) -> list[Source]:
        """Return the sources; one that cannot be built says so where its health is shown."""
        return [self._source(name, it) for name, it in self.settings.sources.items()]

    def _source(self, name: str, it: SourceSettings) -> Source:
        now = self.clock.now
        match it:
            case NdjsonSource():
                from cmconsole.platforms.ndjson.source import NdjsonSource as Ndjson

                # Absolute, for a bare "-" would mean the standard input of whoever started the engine.
                file = Path(it.path).expanduser().absolute()
                return Ndjson(name, file, now=now, follow=it.follow, default_platform=it.platform or "ndjson")
            case FeedSource():
                from cmconsole.platforms.feeds.source import FeedSource as Feed

                return Feed(name, it.url, now=now, interval=float(it.interval_seconds), reach=it.reach)
            case HackerNewsSource():
                from cmconsole.platforms.hackernews.source import HackerNewsSource as HackerNews

                server = it.server or "https://hn.algolia.com"
                return HackerNews(
                    name, it.keywords, now=now, server=server, interval=float(it.interval_seconds)
                )
            case WebhookSource():
                return LateSource(name, "webhook", partial(self._webhook, name, it))
            case _:
                platform = self._account(it.account).platform
                return LateSource(
                    name, platform, partial(self._read_by, name, it), partial(self._lock_of, it.account)
                )

    def _webhook(self, name: str, it: WebhookSource) -> tuple[Source, None]:
        from cmconsole.platforms.webhook.source import WebhookSource as Webhook

        token = secrets.read(name, "webhook", file=self._secrets)["token"]
        source = Webhook(
            name,
            it.listen,
            token,
            now=self.clock.now,
            platform=it.platform,
            most_bytes=it.most_bytes,
            per_minute=it.per_minute,
        )
        return source, None

    def _read_by(
        self, name: str, it: MastodonSource | XSource | RedditSource | BlueskySource
    ) -> tuple[Source, Open | None]:
        now, interval = self.clock.now, float(it.interval_seconds)
        match it:
            case MastodonSource():
                from cmconsole.platforms.mastodon.source import MastodonSource as Mastodon

                account = self._account(it.account)
                mastodon = Mastodon(
                    name,
                    self._instance(account),
                    self._token(it.account),
                    now=now,
                    hashtags=it.hashtags,
                    searches=it.keywords,
                    streaming=it.streaming,
                    interval=interval,
                )
                return mastodon, None
            case XSource():
                from cmconsole.platforms.x.source import XSource as X

                x = self._x(it.account)
                handle = bare(self._account(it.account).handle)
                return X(
                    name,
                    x,
                    now=now,
                    account_handle=handle,
                    mentions=it.mentions,
                    keywords=it.keywords,
                    stream=it.streaming,
                    interval=interval,
                ), x
            case RedditSource():
                from cmconsole.platforms.reddit.source import RedditSource as Reddit

                reddit = self._reddit(it.account)
                return Reddit(
                    name,
                    reddit,
                    now=now,
                    mentions=it.mentions,
                    subreddits=it.subreddits,
                    keywords=it.keywords,
                    moderated=it.moderated,
                    interval=interval,
                ), reddit
            case BlueskySource():
                from cmconsole.platforms.bluesky.source import BlueskySource as Bluesky

                bluesky = self._bluesky(it.account)
                return Bluesky(
                    name, bluesky, now=now, mentions=it.mentions, searches=it.keywords, interval=interval
                ), bluesky

    async def _lock_of(self, name: str) -> str:
        """Return whom the platform takes a locked account for, or an empty string."""
        states = await self.store.account_states() if self.store is not None else []
        return next((it.seen for it in states if it.name == name and it.standing is Standing.LOCKED), "")

    def _account(self, name: str) -> Account:
        try:
            return self.settings.accounts[name]
        except KeyError as error:
            known = ", ".join(self.settings.accounts) or "–"
            raise SettingsError(
                _("There is no account {account} in the settings.").format(account=name),
                advice=_("There are: {names}").format(names=known),
            ) from error

    @property
    def _secrets(self) -> Path:
        return secrets.beside(self.config)

    def _token(self, name: str) -> str:
        return secrets.read(name, "mastodon", file=self._secrets)["access_token"]

    def _instance(self, account: Account) -> str:
        address = account.server or server_of(account.handle)
        if not address:
            raise SettingsError(
                _("The instance of {handle} is not known.").format(handle=account.handle),
                advice=_("Write the handle in full (@acme@mastodon.social), or set `server`."),
            )
        return address

    def _kept(self, name: str) -> dict[str, str]:
        return secrets.read(name, self._account(name).platform, file=self._secrets)

    def _x(self, name: str) -> XClient:
        """Return a new client; whoever asks closes it, here as below. Raises SettingsError."""
        _installed("tweepy", "x")
        from cmconsole.platforms.x.client import XClient, XSecrets

        account, meter = self._account(name), None
        if self.store is not None:
            meter = StoreMeter(self.store, self.clock, name, _cap(account))
        server = account.server or "https://api.x.com"
        return XClient(XSecrets(**self._kept(name)), now=self.clock.now, meter=meter, server=server)

    def _reddit(self, name: str) -> RedditClient:
        _installed("praw", "reddit")
        from cmconsole.platforms.reddit.client import RedditClient, RedditSecrets

        account = self._account(name)
        return RedditClient(RedditSecrets(**self._kept(name)), now=self.clock.now, server=account.server)

    def _bluesky(self, name: str) -> BlueskyClient:
        from cmconsole.platforms.bluesky.client import BlueskyClient

        account = self._account(name)
        kept_in = state_dir() / f"bluesky-{name}.session"
        return BlueskyClient(
            account.server or BLUESKY,
            bare(account.handle),
            self._kept(name)["app_password"],
            now=self.clock.now,
            session=NoSession() if secrets.is_lent(name) else SessionFile(kept_in),
        )


def _cap(account: Account) -> int | None:
    """Return a month's cap in micro-dollars."""
    return None if account.monthly_cap is None else round(account.monthly_cap * DOLLAR)


def _installed(library: str, extra: str) -> None:
    from importlib.util import find_spec

    if find_spec(library) is None:
        raise SettingsError(
            _("The library {library} is not installed.").format(library=library),
            advice=_("Install it with: pip install 'cmconsole[{extra}]'").format(extra=extra),
        )
