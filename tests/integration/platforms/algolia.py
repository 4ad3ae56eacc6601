"""A small Algolia of our own: what Hacker News says, newest first, a thousand hits at most."""

import re
from bisect import bisect_right
from typing import Any

from tests.integration.platforms.instance import as_json
from tests.integration.platforms.loopback import Answer, Request

NOW = 1_795_280_000_000
SECONDS = NOW // 1000
SEARCH = "/api/v1/search_by_date"


def hit(number: int, at: int, **more: Any) -> dict[str, Any]:
    return {
        "objectID": str(number),
        "author": "ada",
        "comment_text": f"<p>Acme {number}</p>",
        "created_at_i": at,
        "story_id": 1,
        "parent_id": 2,
        **more,
    }


class Algolia:
    """Answers like hn.algolia.com: newest first, a thousand hits at most, bounded by creation."""

    def __init__(self) -> None:
        self.hits: list[dict[str, Any]] = []
        self.items: dict[str, dict[str, Any]] = {}
        self.failing: list[Answer] = []

    def add(self, number: int, at: int, **more: Any) -> str:
        self.hits.append(hit(number, at, **more))
        return str(number)

    def respond(self, request: Request) -> Answer:
        if self.failing:
            return self.failing.pop(0)
        if request.path.startswith("/api/v1/items/"):
            item = self.items.get(request.path.rpartition("/")[2])
            return as_json(item) if item else as_json({"error": "Not Found"}, 404)
        assert request.path == SEARCH
        bounds = dict(re.findall(r"created_at_i(>|<=)(\d+)", request.query.get("numericFilters", "")))
        found = sorted(self.hits, key=lambda it: it["created_at_i"])
        dates = [it["created_at_i"] for it in found]
        low = bisect_right(dates, int(bounds.get(">", -1)))
        high = bisect_right(dates, int(bounds.get("<=", 10**12)))
        size = min(int(request.query["hitsPerPage"]), 1_000)
        return as_json({"hits": found[low:high][::-1][:size], "nbHits": high - low})
