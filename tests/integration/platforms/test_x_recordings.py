"""Every recorded answer of X through the real tweepy and the mapping: read, set aside, never a crash."""

import base64
import dataclasses
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cmconsole.core.account import Identity
from cmconsole.core.cleaning import cleaned
from cmconsole.core.errors import SourceError
from cmconsole.core.mention import Mention, SetAside
from cmconsole.platforms.x.client import XClient, XSecrets
from cmconsole.platforms.x.lists import Lists
from cmconsole.platforms.x.lookup import XLookup
from cmconsole.platforms.x.place import Place
from tests.integration.platforms.loopback import Answer, serving

NOW = 1_795_280_000_000
US = Identity("acme", "7700")
SECRETS = XSecrets("ck", "cs", "7700-at", "ats", "bearer")

INTERACTION = re.compile(r"^- request:\n", re.MULTILINE)
URI = re.compile(r"^    uri: (\S+)", re.MULTILINE)
STATUS = re.compile(r"^      code: (\d+)", re.MULTILINE)
BODY = re.compile(
    r"^      string: (?:!!binary \|\n(?P<binary>(?:        [^\n]+\n)+)|'(?P<single>(?:[^']|'')*)'"
    r"|\"(?P<double>(?:[^\"\\]|\\.)*)\")",
    re.MULTILINE | re.DOTALL,
)
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
LISTS = re.compile(
    r"/2/(?:users/\d+/(?:mentions|tweets|liked_tweets|bookmarks|timelines/\w+)|lists/\d+/tweets"
    r"|tweets(?:/search/(?:recent|all)|/\d+(?:/quote_tweets)?)?)(?:\?|\Z)"
)


@dataclass
class Recorded:
    """An answer as it was recorded."""

    name: str
    status: int
    body: bytes
    packed: bool
    of_posts: bool


@dataclass
class Row:
    """What became of a folder's answers."""

    responses: int = 0
    posts: int = 0
    mentions: int = 0
    set_aside: int = 0
    passed_on: int = 0
    refused: int = 0
    taken: list[Mention] = field(default_factory=list)


def unfolded(raw: str) -> str:
    return re.sub(r" *\n(\n*) *", lambda gap: gap[1] or " ", raw)


def body_of(interaction: str) -> tuple[bytes, bool]:
    """Return a body from VCR's YAML, and whether it is packed."""
    found = BODY.search(interaction)
    if found is None:
        return b"", False
    if found["binary"] is not None:
        return base64.b64decode(found["binary"]), "- gzip\n" in interaction.partition("response:")[2]
    if found["single"] is not None:
        return unfolded(found["single"]).replace("''", "'").encode(), False
    # An escaped line end goes with the blanks after it, before lines are folded.
    plain = re.sub(r"(?<!\\)((?:\\\\)*)\\\n *", r"\1", found["double"])
    return ESCAPE.sub(_meant, unfolded(plain)).encode(), False


def _meant(escape: re.Match[str]) -> str:
    """Return what a YAML escape stands for."""
    sign = escape[1]
    if len(sign) > 1:
        return chr(int(sign[1:], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "_": "\xa0", "N": "\x85", "L": "\u2028", "P": "\u2029"}.get(
        sign, sign
    )


def of_tweepy(folder: Path) -> Iterator[Recorded]:
    for file in sorted(folder.glob("*.yaml")):
        for interaction in INTERACTION.split(file.read_text(encoding="utf-8"))[1:]:
            uri, status = URI.search(interaction), STATUS.search(interaction)
            assert uri is not None
            assert status is not None
            body, packed = body_of(interaction)
            yield Recorded(
                file.name,
                int(status[1]),
                body,
                packed,
                bool(LISTS.search(uri[1])) and "    method: GET\n" in interaction,
            )
    for file in sorted(folder.glob("*.json")):
        for kept in json.loads(file.read_text(encoding="utf-8"))["interactions"]:
            answer = kept["response"]
            body = answer["body"]
            raw = body.get("string") or body.get("base64_string") or ""
            packed = "base64_string" in body
            content = base64.b64decode(raw) if packed else raw.encode()
            yield Recorded(
                file.name, answer["status"]["code"], content, packed and content[:2] == b"\x1f\x8b", False
            )


def of_pytwitter(folder: Path) -> Iterator[Recorded]:
    for file in sorted(folder.rglob("*.json")):
        of_posts = re.search(r"timeline_|search_tweets|tweets?_resp|bookmark|quote_tweets", file.name)
        owned = of_posts is not None and "create" not in file.name and "usage" not in file.name
        yield Recorded(str(file.relative_to(folder)), 200, file.read_bytes(), False, owned)


async def read(recorded: list[Recorded]) -> Row:
    """Ask for each answer as the source and as the lookup do, and count what became of its posts."""
    row = Row()
    current = recorded[0]

    def respond(_: object) -> Answer:
        packed = {"Content-Encoding": "gzip"} if current.packed else {}
        return Answer(current.status, current.body, {"Content-Type": "application/json", **packed})

    async with serving(respond) as site:
        client = XClient(SECRETS, now=lambda: NOW, server=site.url)
        client._me = US
        place = Lists(client, Place("acme"), US, source="x", mentions=True, queries=(), now=lambda: NOW)
        for answer in recorded:
            current = answer
            row.responses += 1
            try:
                page = await client.mentions(US.native_id)
                items = place._items(page, set())
                found = await XLookup(client, lambda: NOW).posts(["12"])
            except SourceError:
                row.refused += 1
                continue
            row.posts += len(page.posts)
            row.taken += [item.outcome for item in items if isinstance(item.outcome, Mention)]
            row.set_aside += sum(isinstance(item.outcome, SetAside) for item in items)
            row.passed_on += len(page.posts) - sum(not hasattr(item.outcome, "why") for item in items)
            assert {mention.native_id for mention in found.mentions} >= {
                item.outcome.native_id for item in items if isinstance(item.outcome, Mention)
            }
        await client.aclose()
    row.mentions = len(row.taken)
    return row


def completed(recorded: Recorded) -> Recorded:
    """Return an answer with an author for each post: our questions ask for it, the recorded ones did not."""
    if recorded.status != 200 or not recorded.body:
        return recorded
    whole = json.loads(gzip.decompress(recorded.body) if recorded.packed else recorded.body)
    posts = whole.get("data", [])
    for post in posts if isinstance(posts, list) else [posts]:
        post.setdefault("author_id", "12")
    return dataclasses.replace(recorded, body=json.dumps(whole).encode(), packed=False)


@pytest.mark.parametrize("name", ["x-tweepy-cassettes", "x-pytwitter-testdata"])
async def test_every_recorded_answer_is_read(shared_data: Path, name: str) -> None:
    folder = shared_data / "recordings" / name
    recorded = list(of_tweepy(folder) if "tweepy" in name else of_pytwitter(folder))
    lists = [answer for answer in recorded if answer.of_posts]
    others = [answer for answer in recorded if not answer.of_posts]
    as_recorded, of_others = await read(lists), await read(others)
    of_lists = await read([completed(answer) for answer in lists])
    for title, row in (
        ("posts as recorded", as_recorded),
        ("posts with the author that we ask for", of_lists),
        ("all other answers", of_others),
    ):
        print(
            f"\n{name}: {title}: {row.responses} responses, {row.posts} items, {row.mentions} mentions,"
            f" {row.passed_on} reposts, {row.set_aside} set aside, {row.refused} refused, crashed 0"
        )

    assert of_lists.mentions > 20
    assert (of_lists.set_aside, of_lists.refused) == (0, 0)
    assert of_lists.mentions + of_lists.passed_on == of_lists.posts
    for mention in of_lists.taken:
        assert mention.text
        assert "&amp;" not in mention.text
        assert mention.created_at < NOW
        assert cleaned(mention).native_id == mention.native_id
