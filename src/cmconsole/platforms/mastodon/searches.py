"""Reads a search through: from the newest post back to what is known, in steps that may break off."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

import msgspec

from cmconsole.platforms.mastodon.client import PAGE, MastodonClient
from cmconsole.platforms.mastodon.mapping import Json, word
from cmconsole.platforms.mastodon.place import Sought

MOST_PASSED: Final = 9_960
"""Most posts passed in one reading: Elasticsearch gives 10,000 (`index.max_result_window`)."""

NOTHING: Final = "this server finds no posts: full-text search may be switched off there"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of fresh posts, the oldest first. told: what there is to say of the search itself, once."""

    statuses: list[Json]
    told: str = ""


class Search:
    """One reading of one search. `place` is where it stands.

    A search is no timeline: `min_id` only bounds it, and its first page is always the newest one. So the
    newest ids are known only once all pages before them are committed; until then the place keeps how far
    back the reading is, and a reading that breaks off is taken up there.
    """

    def __init__(self, client: MastodonClient, words: str, place: Sought | None) -> None:
        self._client = client
        self._words = words
        self.place = place or Sought()

    async def pages(self) -> AsyncGenerator[Page]:
        """Yield what is new, page by page; at the first reading the newest page only."""
        first, known = not self.place.begun, self.place.known
        while True:
            after = known[-1] if known else ""
            answer = await self._client.found(self._words, after, self.place.offset)
            ids = [native_id for item in answer if (native_id := word(item, "id"))]
            fresh = [item for item in answer if (native_id := word(item, "id")) and native_id not in known]
            coming = self.place.coming or tuple(dict.fromkeys([*ids, *known]))[:PAGE]
            passed = self.place.offset + len(answer)
            if first or len(fresh) < len(ids) or not ids or passed > MOST_PASSED:
                self.place = Sought(known=coming or known, begun=True)
                yield Page(fresh[::-1], NOTHING if first and not ids else "")
                return
            self.place = msgspec.structs.replace(self.place, coming=coming, offset=passed)
            yield Page(fresh[::-1])
