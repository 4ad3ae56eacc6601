"""Every recorded answer of Reddit through the real praw and the mapping: what it comes to, and no crash."""

import asyncio
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter

from cmconsole.core.cleaning import cleaned
from cmconsole.core.errors import PublishError, SourceError
from cmconsole.core.mention import Mention, Removed
from cmconsole.platforms.reddit.client import RedditClient, RedditSecrets
from cmconsole.platforms.reddit.keywords import Keywords
from cmconsole.platforms.reddit.listing import Listing, ListReader
from cmconsole.platforms.reddit.mapping import thing_mention
from cmconsole.platforms.reddit.trouble import told_errors

NOW = 1_795_280_000_000
TOKEN = '{"access_token": "x", "token_type": "bearer", "expires_in": 3600, "scope": "*"}'


class Cassette(BaseAdapter):
    """Answers every request with the one recorded answer it holds; tokens are always granted."""

    def __init__(self) -> None:
        super().__init__()
        self.recorded: Mapping[str, Any] = {}
        self.asked = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        token = str(request.url).endswith("/api/v1/access_token")
        self.asked += not token
        response = requests.Response()
        status: Mapping[str, Any] = {"code": 200, "message": "OK"} if token else self.recorded["status"]
        headers = {} if token else self.recorded["headers"]
        body = TOKEN if token else self.recorded["body"]["string"]
        kept = {
            name: values[0]
            for name, values in headers.items()
            if name.lower() not in {"content-encoding", "transfer-encoding"}
            and (name.lower() != "content-length" or not body)
        }
        raw = urllib3.HTTPResponse(
            io.BytesIO(body.encode()), headers=kept, status=status["code"], preload_content=False
        )
        response.status_code, response.reason = status["code"], status["message"]
        response.headers.update(kept)
        response.raw, response.url, response.request = raw, str(request.url), request
        return response

    def close(self) -> None:
        pass


def things(answer: Any) -> Iterator[Any]:
    """Yield everything with a kind and data, wherever it stands."""
    if isinstance(answer, list):
        for item in answer:
            yield from things(item)
    elif isinstance(answer, dict):
        if "kind" in answer and isinstance(answer.get("data"), dict) and answer["kind"] != "Listing":
            yield answer
        for item in answer.values():
            yield from things(item)


async def played(client: RedditClient, reader: ListReader, interaction: Mapping[str, Any]) -> list[Any]:
    """Ask what was recorded, through the real praw, and return what became of each thing."""
    request, body = interaction["request"], interaction["response"]["body"]["string"]
    path = urlsplit(request["uri"]).path.lstrip("/")
    if request["method"] != "GET":
        answer = await client.post(path, {"id": "t1_x"})
        if (error := told_errors(answer)) is not None:
            raise error
    elif body.startswith('{"kind": "Listing"') and interaction["response"]["status"]["code"] == 200:
        read = await reader.read(Listing("recorded", (path,), "the list"), None)
        answer = json.loads(body)
        children = answer["data"]["children"]
        assert len(read.entries) == len({entry.name for entry in read.entries}) <= len(children)
    else:
        answer = await client.get(path, {}, "the list")
    return [thing_mention(thing, source="recorded", reported_at=NOW) for thing in things(answer)]


def kind_of(request: Mapping[str, Any]) -> str:
    parts = urlsplit(request["uri"]).path.strip("/").split("/")
    return " ".join(["/".join(parts[:1]), *parts[2:4]]) if parts[0] == "r" else "/".join(parts[:2])


async def test_every_recorded_answer_goes_through_praw_and_the_mapping(shared_data: Path) -> None:
    table: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    crashes: list[str] = []
    cassette = Cassette()
    client = RedditClient(RedditSecrets("id", "secret", "refresh"), now=lambda: NOW)
    client._session.mount("https://", cassette)
    reader = ListReader(
        client, source="recorded", own="", keywords=Keywords([]), now=lambda: NOW, sleep=asyncio.sleep
    )
    for path in sorted((shared_data / "recordings" / "reddit-praw-cassettes").glob("*.json")):
        for interaction in json.loads(path.read_text(encoding="utf-8"))["interactions"]:
            if interaction["request"]["uri"].endswith("/api/v1/access_token"):
                continue
            row = table.setdefault(kind_of(interaction["request"]), Counter())
            row["responses"] += 1
            cassette.recorded, cassette.asked = interaction["response"], 0
            client._limits.remaining = None
            try:
                outcomes = await played(client, reader, interaction)
            except (SourceError, PublishError) as error:
                row["refused"] += 1
                reasons[f"{type(error).__name__}: {error.message}"] += 1
            except Exception as error:  # noqa: BLE001 - a crash is what is counted
                crashes.append(f"{path.name}: {error!r}")
            else:
                for outcome in outcomes:
                    count(row, reasons, outcome)
            if interaction["request"]["method"] != "GET":
                assert cassette.asked <= 2, path.name  # a 401 asks who we are; nothing is sent twice
    await client.aclose()
    print(shown(table, reasons))
    total = sum(table.values(), Counter[str]())
    assert crashes == []
    assert total["responses"] == 331
    assert total["mentions"] >= 4_800


def count(row: Counter[str], reasons: Counter[str], outcome: Mention | Removed | str) -> None:
    if isinstance(outcome, Mention):
        row["mentions"] += 1
        assert cleaned(outcome).author.handle
    elif isinstance(outcome, Removed):
        row["removed"] += 1
    else:
        row["set aside"] += 1
        reasons[outcome] += 1


def shown(table: Mapping[str, Counter[str]], reasons: Counter[str]) -> str:
    columns = ["responses", "mentions", "removed", "set aside", "refused"]
    total = sum(table.values(), Counter[str]())
    lines = [f"{'':34}" + "".join(f"{column:>11}" for column in columns)]
    lines += [
        f"{kind:34}" + "".join(f"{row[column]:>11}" for column in columns)
        for kind, row in [*sorted(table.items()), ("in all", total)]
    ]
    return "\n".join([*lines, *(f"{number:>6} × {reason}" for reason, number in reasons.most_common())])
