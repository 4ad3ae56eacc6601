"""Brand keywords as X's search queries and stream rules: as few as its length limit allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cmconsole.core.errors import N_, SourceRefusedError

MOST_CHARACTERS: Final = 512
"""Longest query and rule of self-serve access (https://docs.x.com/x-api/posts/search/integrate/build-a-query)."""

_BARE = re.compile(r"[#@$]?\w+\Z")
_OPERATORS: Final = frozenset({"and", "or", "not"})


def mention_query(handle: str) -> str:
    """Return the query for posts that mention an account, without its own and without plain reposts."""
    return f"@{handle} -is:retweet -from:{handle}"


def keyword_queries(keywords: Sequence[str], handle: str, *, mentioning: bool) -> list[str]:
    """Return the queries for posts that hold one of the keywords, each at most MOST_CHARACTERS long.

    mentioning: with those that mention the account too; they come with its mentions otherwise, and would be
    paid for twice. Raises SourceRefusedError for a keyword that no query can hold.
    """
    rest = (
        " -is:retweet" + f" -from:{handle}" * bool(handle) + f" -@{handle}" * bool(handle and not mentioning)
    )
    queries: list[str] = []
    terms = ""
    for term in dict.fromkeys(filter(None, map(_term, keywords))):
        longer = f"{terms} OR {term}" if terms else term
        if len(longer) + len(rest) + 2 > MOST_CHARACTERS and terms:
            queries.append(f"({terms}){rest}")
            longer = term
        if len(longer) + len(rest) + 2 > MOST_CHARACTERS:
            raise SourceRefusedError(
                N_("A keyword is too long for X: “{keyword}”"),
                advice=N_("Shorten it in the settings."),
                keyword=f"{term[:40]}…",
            )
        terms = longer
    return [*queries, f"({terms}){rest}"] if terms else queries


def _term(keyword: str) -> str:
    """Return a keyword as X reads it: quoted where it is more than one plain word."""
    plain = " ".join(keyword.replace('"', " ").replace("\\", " ").split())
    if not plain or (_BARE.match(plain) and plain.lower() not in _OPERATORS):
        return plain
    return f'"{plain}"'
