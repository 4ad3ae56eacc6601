"""Shapes of single settings: what a name, an address, a word may look like, said in words too."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from cmconsole.config.language import N_

# Where a pattern says what is allowed, the title says it in words.
Name: TypeAlias = Annotated[
    str, Meta(pattern=r"^\w[\w.-]{0,39}\Z", title=N_("a name of at most 40 letters, digits and . - _"))
]
Vip: TypeAlias = Annotated[
    str, Meta(pattern=r"^[a-z]+:@?\S+\Z", title=N_("platform:handle, as in mastodon:ada@piaille.fr"))
]
Url: TypeAlias = Annotated[str, Meta(pattern=r"^https?://[^\s/]+\S*\Z", title=N_("an http or https address"))]
MaybeUrl: TypeAlias = Annotated[
    str, Meta(pattern=r"^(?:https?://[^\s/]+\S*)?\Z", title=N_("an http or https address, or nothing"))
]
Hashtag: TypeAlias = Annotated[str, Meta(pattern=r"^#?\w+\Z", title=N_("a hashtag"))]
Mode: TypeAlias = Literal["rehearsal", "live"]
PriorityWord: TypeAlias = Literal["urgent", "high", "medium", "low"]
SeverityWord: TypeAlias = Literal["none", "minor", "major", "legal", "safety"]
HostilityWord: TypeAlias = Literal["rude", "insulting", "hateful"]
LanguageWord: TypeAlias = Literal["fr", "en", "other"]
Writer: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(?:[a-z]\w*:@?[^\s@](?:.*\S)?|@?[^\s:@](?:[^:\n]*[^\s:])?)\Z",
        title=N_("a handle, or platform:handle, as in mastodon:ada@piaille.fr"),
    ),
]
Phrase: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^\s*[^\s*]+\*?(?:\s+[^\s*]+\*?)*\s*\Z",
        title=N_("a word or a phrase; * at the end of a word stands for any ending"),
    ),
]
Tag: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[^\s,\x00-\x1f](?:[^,\x00-\x1f]{0,38}[^\s,\x00-\x1f])?\Z",
        title=N_("a tag of at most 40 characters, without commas"),
    ),
]
Line: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^\s*[^\s\x00-\x1f][^\x00-\x1f]{0,118}\Z",
        title=N_("text on one line, not empty, of at most 120 characters"),
    ),
]
Words: TypeAlias = tuple[str, ...]
Count: TypeAlias = Annotated[int, Meta(ge=0)]
