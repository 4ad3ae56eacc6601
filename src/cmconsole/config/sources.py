"""The settings of accounts and sources: whom the desk speaks as, and where its mentions come from."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from cmconsole.config.language import N_, _
from cmconsole.config.shapes import Count, Hashtag, MaybeUrl, Mode, Name, Phrase, Url

Keywords: TypeAlias = Annotated[
    tuple[Phrase, ...],
    Meta(description="Words of yours to search for besides the mentions.", examples=[["acme", "acme cloud"]]),
]
OfAccount: TypeAlias = Annotated[
    Name, Meta(description="The account it reads with: a NAME of `[accounts]`.", examples=["main"])
]
Subreddit: TypeAlias = Annotated[
    str, Meta(pattern=r"^(?:/?r/)?\w{2,50}/?\Z", title=N_("a subreddit, as in france or r/france"))
]
Mentions: TypeAlias = Annotated[bool, Meta(description="Take what mentions the account.")]


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One identity the desk reads and may publish as, on one platform. NAME is yours to choose."""

    platform: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z0-9_-]{0,39}\Z",
            title=N_("a platform in lower case, such as x, reddit, mastodon or bluesky"),
            description="Which platform it is on, in lower case.",
            examples=["mastodon"],
        ),
    ]
    handle: Annotated[str, Meta(description="Its handle there.", examples=["@acme@mastodon.social"])]
    mode: Annotated[
        Mode,
        Meta(description="`live` publishes for good; `rehearsal` records and shows, and reaches nobody."),
    ] = "rehearsal"
    server: Annotated[
        MaybeUrl,
        Meta(
            description="The address of its server. Empty: the instance in a Mastodon handle, elsewhere the"
            " platform's own.",
            examples=["https://mastodon.social"],
        ),
    ] = ""
    monthly_cap: Annotated[
        Annotated[float, Meta(ge=0, le=1_000_000)] | None,
        Meta(
            description="What reading and writing may cost in a calendar month (UTC), in dollars, where the"
            " platform takes money (X); at the cap its sources pause.",
            examples=[50.0],
        ),
    ] = None


class NdjsonSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="ndjson"):
    """Mentions from a file, one JSON object a line; the format has [its own page](ndjson.md)."""

    path: Annotated[
        str, Meta(min_length=1, description="The file; `~` is your home.", examples=["~/mentions.ndjson"])
    ]
    follow: Annotated[bool, Meta(description="Wait for more lines at the end, as `tail -F` does.")] = True
    platform: Annotated[
        str, Meta(description="The platform of lines that name none.", examples=["reviews"])
    ] = ""


class FeedSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="feed"):
    """An RSS or Atom feed, asked again and again."""

    url: Annotated[
        Url, Meta(description="The feed's address.", examples=["https://blog.example.org/atom.xml"])
    ]
    interval_seconds: Annotated[
        int, Meta(ge=60, description="Seconds between two looks; a feed that asks for more is given more.")
    ] = 300
    reach: Annotated[
        Count | None, Meta(description="How many people read it, as feeds do not say.", examples=[12_000])
    ] = None


class MastodonSource(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="mastodon"
):
    """Mentions of a Mastodon account, posts with hashtags, and what a search of its instance finds."""

    account: OfAccount
    hashtags: Annotated[
        tuple[Hashtag, ...],
        Meta(description="Hashtags to follow besides the mentions.", examples=[["acme"]]),
    ] = ()
    keywords: Keywords = ()
    streaming: Annotated[bool, Meta(description="Listen to the stream; off: only ask every interval.")] = True
    interval_seconds: Annotated[int, Meta(ge=15, description="Seconds between two looks.")] = 60


class XSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="x"):
    """Mentions of an X account, and what a search of seven days finds. X takes money for each post."""

    account: OfAccount
    mentions: Mentions = True
    keywords: Keywords = ()
    streaming: Annotated[
        bool, Meta(description="Listen to the filtered stream for the keywords; needs the bearer token.")
    ] = False
    interval_seconds: Annotated[int, Meta(ge=15, description="Seconds between two looks.")] = 60


class RedditSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="reddit"):
    """Mentions of a Reddit account, what subreddits say of the brand, and the queues of moderated ones."""

    account: OfAccount
    mentions: Mentions = True
    subreddits: Annotated[
        tuple[Subreddit, ...],
        Meta(description="Subreddits to follow; only what holds a keyword is taken.", examples=[["france"]]),
    ] = ()
    keywords: Annotated[
        tuple[Phrase, ...],
        Meta(description="The words a post there must hold, one of them.", examples=[["acme"]]),
    ] = ()
    moderated: Annotated[
        tuple[Subreddit, ...],
        Meta(description="Subreddits the account moderates: their queue and reports.", examples=[["acme"]]),
    ] = ()
    interval_seconds: Annotated[int, Meta(ge=30, description="Seconds between two looks.")] = 60

    def __post_init__(self) -> None:
        if self.subreddits and not self.keywords:
            raise ValueError(_("subreddits need keywords: without them everything there would be taken"))


class BlueskySource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="bluesky"):
    """Mentions of a Bluesky account, answers to it and quotes of it, and what searches find."""

    account: OfAccount
    mentions: Mentions = True
    keywords: Keywords = ()
    interval_seconds: Annotated[int, Meta(ge=10, description="Seconds between two looks.")] = 30


class HackerNewsSource(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="hackernews"
):
    """What Hacker News says of the brand, by its search; it can be read only."""

    keywords: Annotated[
        tuple[Phrase, ...],
        Meta(
            min_length=1,
            title=N_("a list of at least one word or phrase"),
            description="The words to search for.",
            examples=[["acme cloud"]],
        ),
    ]
    server: Annotated[MaybeUrl, Meta(description="Another server that answers as Algolia's does.")] = ""
    interval_seconds: Annotated[int, Meta(ge=30, description="Seconds between two looks.")] = 120


class WebhookSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="webhook"):
    """Mentions that others post to us over HTTP: Zapier, Make, n8n, your tools ([its page](webhook.md))."""

    listen: Annotated[
        str,
        Meta(
            pattern=r"^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/]+):\d{1,5}\Z",
            title=N_("an address and a port, as in 127.0.0.1:8787"),
            description="Where it listens. Another address than 127.0.0.1 needs a proxy with TLS before it.",
        ),
    ] = "127.0.0.1:8787"
    platform: Annotated[
        str, Meta(min_length=1, description="The platform of mentions that name none.", examples=["facebook"])
    ] = "webhook"
    most_bytes: Annotated[int, Meta(ge=1_000, le=20_000_000, description="Largest request taken.")] = (
        1_000_000
    )
    per_minute: Annotated[int, Meta(ge=1, description="Requests a minute taken from one address.")] = 600


SourceSettings: TypeAlias = (
    NdjsonSource
    | FeedSource
    | MastodonSource
    | XSource
    | RedditSource
    | BlueskySource
    | HackerNewsSource
    | WebhookSource
)
