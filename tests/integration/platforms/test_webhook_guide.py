"""What the guides of webhook and tips tell people to send is sent to a real listener, and taken."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest

from cmconsole.core.mention import Absence, Removed
from cmconsole.core.source import Batch
from tests.integration.platforms.webhook_engine import NOW, TOKEN, hook, working

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide"
WEBHOOK = (GUIDE / "webhook.md").read_text(encoding="utf-8")
TIPS = (GUIDE / "tips.md").read_text(encoding="utf-8")
CURLS = re.findall(r"^```sh\n(curl .*?)\n```", WEBHOOK + TIPS, re.MULTILINE | re.DOTALL)
BODIES: dict[str, str] = dict(re.findall(r"^```json (\S+)\n(.*?)\n```", WEBHOOK, re.MULTILINE | re.DOTALL))
EXPRESSION = re.compile(
    r"\{\{ (?P<text>JSON\.stringify\()?\$json\.(?P<path>[\w.]+)(?: \?\? (?P<other>[^)]+?))?\)? \}\}"
)

# As Meta's documentation shows them; each item after "Split Out" holds one change.
# https://developers.facebook.com/docs/graph-api/webhooks/reference/page and …/instagram
FACEBOOK = {
    "id": "1122334455",
    "time": 1_795_279_990,
    "changes": {
        "field": "feed",
        "value": {
            "from": {"id": "9876543210", "name": 'Marie "Mimi" Martin'},
            "item": "comment",
            "verb": "add",
            "comment_id": "1234567890_987654321",
            "post_id": "1122334455_1234567890",
            "parent_id": "1122334455_1234567890",
            "created_time": 1_795_279_900,
            "message": 'Personne ne répond "depuis lundi" !\nC\'est \\ long',
            "post": {"permalink_url": "https://www.facebook.com/acme/posts/1234567890"},
        },
    },
}
INSTAGRAM = {
    "id": "17841405793187218",
    "time": 1_795_279_990,
    "changes": {
        "field": "comments",
        "value": {
            "id": "17919697626119712",
            "from": {"id": "6955", "username": "marie.martin"},
            "media": {"id": "18172143295349192", "media_product_type": "FEED"},
            "text": "Still no answer :(",
        },
    },
}


def filled(body: str, item: dict[str, Any]) -> str:
    """Return a body with its expressions evaluated, as n8n does: as text put between the rest."""

    def value(found: re.Match[str]) -> str:
        inner: Any = item
        for key in found["path"].split("."):
            inner = inner.get(key) if isinstance(inner, dict) else None
        if inner is None:
            assert found["other"] is not None, f"{found['path']} may be missing"
            inner = json.loads(found["other"])
        return json.dumps(inner) if found["text"] else str(inner)

    filled_in = EXPRESSION.sub(value, body)
    assert "{{" not in filled_in
    return filled_in


async def sent(body: str) -> Batch:
    async with (
        working(hook()) as engine,
        httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False) as http,
    ):
        headers = {"Content-Type": "application/json"}
        url = f"http://127.0.0.1:{engine.port}/v1/mentions"
        answer = await http.post(url, content=body.encode(), headers=headers)
        assert answer.status_code == 202, answer.text
        return engine.batches[-1]


@pytest.mark.parametrize("command", CURLS)
async def test_every_curl_of_the_guides_is_taken(command: str) -> None:
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:2] == ["curl", "-sS"]
    url = httpx.URL(words[2])
    options = dict(zip(words[3::2], words[4::2], strict=True))
    names = [word for word in words if word.startswith(("Authorization: ", "Content-Type: "))]
    headers = dict(name.split(": ", 1) for name in names)
    async with working(hook()) as engine, httpx.AsyncClient(trust_env=False) as http:
        headers["Authorization"] = headers["Authorization"].replace("$CMCONSOLE_SECRET_HOOK_TOKEN", TOKEN)
        answer = await http.post(
            url.copy_with(port=engine.port), content=options["-d"].encode(), headers=headers
        )

        assert (url.host, url.port) == ("127.0.0.1", 8787)
        assert answer.status_code == 202, answer.text
        batch = engine.batches[-1]
        assert answer.json()["kept"] == len(batch.mentions) + len(batch.removed) + len(batch.tips)


def test_the_guides_hold_what_is_tried_here() -> None:
    assert len(CURLS) == 3
    assert sorted(BODIES) == [
        "make-instagram", "n8n-facebook", "n8n-facebook-edited", "n8n-facebook-removed", "n8n-instagram",
        "zapier-facebook",
    ]  # fmt: skip


async def test_a_facebook_comment_comes_through_n8n() -> None:
    (mention,) = (await sent(filled(BODIES["n8n-facebook"], FACEBOOK))).mentions

    assert (mention.platform, mention.native_id) == ("facebook", "1234567890_987654321")
    assert (mention.author.handle, mention.author.name) == ("9876543210", 'Marie "Mimi" Martin')
    assert mention.text == 'Personne ne répond "depuis lundi" !\nC\'est \\ long'
    assert (mention.created_at, mention.edited_at, mention.can_reply) == (1_795_279_900_000, None, False)
    assert mention.url == "https://www.facebook.com/acme/posts/1234567890"
    assert mention.thread == "1122334455_1234567890"


async def test_a_picture_without_words_comes_through_too() -> None:
    item = json.loads(json.dumps(FACEBOOK))
    for key in ("message", "post", "parent_id"):
        del item["changes"]["value"][key]
    (mention,) = (await sent(filled(BODIES["n8n-facebook"], item))).mentions

    assert (mention.text, mention.url, mention.in_reply_to) == ("[picture]", "", "")


async def test_an_edited_and_a_removed_comment_come_through_n8n() -> None:
    (edited,) = (await sent(filled(BODIES["n8n-facebook-edited"], FACEBOOK))).mentions
    removed = (await sent(filled(BODIES["n8n-facebook-removed"], FACEBOOK))).removed

    assert edited.edited_at == 1_795_279_990_000
    assert removed == (Removed("facebook", edited.native_id, Absence.DELETED),)


async def test_an_instagram_comment_comes_through_n8n() -> None:
    (mention,) = (await sent(filled(BODIES["n8n-instagram"], INSTAGRAM))).mentions

    assert (mention.platform, mention.native_id) == ("instagram", "17919697626119712")
    assert (mention.author.handle, mention.text) == ("marie.martin", "Still no answer :(")
    assert (mention.thread, mention.in_reply_to) == ("18172143295349192", "")


@pytest.mark.parametrize("name", ["zapier-facebook", "make-instagram"])
async def test_what_zapier_and_make_send_is_taken(name: str) -> None:
    (mention,) = (await sent(BODIES[name])).mentions

    assert mention.platform == name.partition("-")[2]
    assert mention.created_at == 1_795_280_640_000 != NOW
