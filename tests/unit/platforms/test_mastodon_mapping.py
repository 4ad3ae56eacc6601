"""Mastodon's JSON to mentions: every part, whatever is missing, and every status that was recorded."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.mention import Author, Mention
from cmconsole.platforms.mastodon.events import (
    Event,
    EventParser,
    OverlongEventError,
    RefusedStreamError,
    message_event,
)
from cmconsole.platforms.mastodon.mapping import (
    account_author,
    is_same_text,
    status_mention,
    status_text,
)
from tests.integration.platforms.instance import status

NOW = 1_795_280_000_000
SAMPLE = Path(__file__).resolve().parents[2] / "data" / "mastodon-status.json"


def mapped(given_status: dict[str, Any], thread: str = "") -> Mention | str:
    return status_mention(given_status, source="masto", domain="example.social", thread=thread, now=NOW)


def test_a_whole_status() -> None:
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))

    assert mapped(sample, thread="100") == Mention(
        platform="mastodon",
        native_id="113500000000000001",
        author=Author(
            "mastodon", "ada@example.social", "Ada :verified:", 12_345,
            bio="Mathématicienne\n#calcul https://ada.example/", url="https://example.social/@ada",
        ),
        text="[CW: livraison] @marque Toujours rien… https://www.example.com/suivi/123456789 (photo)\n\n"
             "Je fais quoi\N{NO-BREAK SPACE}? :blobcat:\n[image: Un colis ouvert]\n[video]\n"
             "[poll: attendre / râler]",
        created_at=1_795_258_800_123,
        source="masto",
        url="https://example.social/@ada/113500000000000001",
        thread="100",
        in_reply_to="101",
        language="fr",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({"acct": "ada"}, Author("mastodon", "ada@example.social")),
        ({"acct": "ada@piaille.fr", "username": "ada"}, Author("mastodon", "ada@piaille.fr", "ada")),
        ({"acct": "a", "followers_count": -1}, Author("mastodon", "a@example.social")),
        ({"acct": "a", "followers_count": "12"}, Author("mastodon", "a@example.social")),
        ({"acct": "a", "followers_count": True}, Author("mastodon", "a@example.social")),
        ({"acct": "a", "followers_count": 0}, Author("mastodon", "a@example.social", reach=0)),
        ({"acct": "a", "fields": [{"verified_at": "2026-01-01"}]}, Author("mastodon", "a@example.social")),
    ],
)
def test_accounts(account: dict[str, object], expected: Author) -> None:
    assert account_author(account, "example.social") == expected


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({}, "a post has no id"),
        ({"id": None}, "a post has no id"),
        ({"id": "1"}, "post 1 has no author"),
        ({"id": "1", "account": []}, "post 1 has no author"),
        ({"id": "1", "account": {"acct": ""}}, "post 1 has no author"),
    ],
)
def test_what_is_no_post_is_told_in_words(broken: dict[str, object], reason: str) -> None:
    assert mapped(broken) == reason


@pytest.mark.parametrize("date", [None, "", "yesterday", 5])
def test_a_date_that_is_missing_is_now(date: object) -> None:
    found = mapped({**status("1"), "created_at": date})

    assert isinstance(found, Mention)
    assert found.created_at == NOW


def test_ids_are_texts_whatever_they_are() -> None:
    for native_id in ("01J9ZZ", 113, "113"):
        found = mapped({**status("x"), "id": native_id, "in_reply_to_id": native_id})
        assert isinstance(found, Mention)
        assert (found.native_id, found.in_reply_to) == (str(native_id), str(native_id))


def test_a_post_of_two_hundred_thousand_tags_is_read_in_time() -> None:
    assert status_text({"content": "<p>début</p>" + "<div>" * 200_000}).startswith("début")


def test_an_edit_is_dated() -> None:
    edited = mapped({**status("1"), "edited_at": "2026-11-21T12:00:00.000Z"})
    never = mapped({**status("1"), "edited_at": None})

    assert isinstance(edited, Mention)
    assert isinstance(never, Mention)
    assert (edited.edited_at, never.edited_at) == (1_795_262_400_000, None)
    assert edited.can_reply


@pytest.mark.parametrize(
    ("content", "text", "same"),
    [
        ("<p>Bonjour</p>", "Bonjour", True),
        ("<p>Bonjour</p>", "Bonsoir", False),
        ("<p>@<span>ada</span> Bonjour</p>", "Bonjour", True),
        ("<p>@<span>ada</span> Bonjour</p>", "@ada@piaille.fr Bonjour", True),
        ("<p>@<span>bob</span> et @<span>ada</span> Bonjour</p>", "Bonjour", False),
        ("<p>a<br>b</p><p>c &amp; d</p>", "a\nb\n\n\nc & d ", True),
        ('<p>voir <a href="https://xn--a.b/c">https://á.b/c</a>.</p>', "voir https://á.b/c.", True),
    ],
)
def test_a_post_is_known_by_its_words(content: str, text: str, same: bool) -> None:
    assert is_same_text(content, text) is same


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.text(max_size=2), max_size=2)
)
KEYS = [*status("1"), "spoiler_text", "poll", "uri", "edited_at"]


@given(
    st.dictionaries(st.sampled_from(KEYS), VALUES), st.dictionaries(st.sampled_from(["acct", "note"]), VALUES)
)
def test_no_wrong_type_crashes(parts: dict[str, Any], account: dict[str, Any]) -> None:
    mapped({**status("1"), **parts})
    mapped({**status("1"), "account": account})


# ----------------------------------------------------------------------------------------------------- events


@given(st.integers(1, 9))
def test_events_do_not_depend_on_how_the_bytes_come(size: int) -> None:
    stream = (
        b':)\n\nevent: notification\ndata: {"id":\ndata: "\xc3\xa9"}\n\n'
        b":thump\nevent: update\r\ndata:x\r\n\r\nevent: z\n\n"
    )
    parser = EventParser()
    found = [
        event for start in range(0, len(stream), size) for event in parser.feed(stream[start : start + size])
    ]

    assert found == [Event("notification", '{"id":\n"é"}'.encode()), Event("update", b"x")]


def test_an_event_without_an_end_is_refused() -> None:
    for piece in (b"x" * 100_000, b"data: " + b"x" * 100_000 + b"\n"):
        parser = EventParser()
        for _ in range(9):
            assert parser.feed(piece) == []
        with pytest.raises(OverlongEventError):
            [parser.feed(piece) for _ in range(2)]


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ('{"stream":["user"],"event":"delete","payload":"113"}', Event("delete", b"113")),
        ('{"event":"notification","payload":"{\\"id\\":1}"}', Event("notification", b'{"id":1}')),
        ('{"event":"notification","payload":{"id":1}}', Event("notification", b'{"id":1}')),
        ('{"event":"filters_changed"}', Event("filters_changed", b"")),
        ('{"event":5}', None),
        ("[]", None),
        ("{broken", Event("notification", b"{broken")),
        (b"{broken", Event("notification", b"{broken")),
    ],
)
def test_messages_of_a_web_socket_are_events(message: str | bytes, event: Event | None) -> None:
    assert message_event(message) == event


def test_a_refusal_on_a_web_socket_is_one() -> None:
    with pytest.raises(RefusedStreamError):
        message_event('{"error":"Access token does not cover required scopes","status":403}')


# ------------------------------------------------------------------------------------------------- recordings

SCALAR = re.compile(r"^ +string: (?P<quote>['\"])", re.MULTILINE)
END = {"'": re.compile(r"'(?!')"), '"': re.compile(r'(?<!\\)(?:\\\\)*"')}


def bodies(cassette: str) -> Iterator[str]:
    """Yield the answers' bodies of a VCR cassette: quoted YAML scalars, folded over lines."""
    for found in SCALAR.finditer(cassette):
        quote, position = found["quote"], found.end()
        if quote == "'":
            raw = re.compile(r"(?:[^']|'')*").match(cassette, position)
        else:
            raw = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL).match(cassette, position)
        assert raw is not None
        text = raw.group()
        if quote == '"':
            text = re.sub(r"\\\n *\\?", "", text)
        text = re.sub(r" *\n(\n*) *", lambda gap: gap[1] or " ", text)
        yield text.replace("''", "'") if quote == "'" else json.loads(f'"{re.sub(ESCAPE, escaped, text)}"')


ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|[ eav0N_LP\n])")


def escaped(found: re.Match[str]) -> str:
    """Return a YAML escape that JSON does not know as one it does."""
    code = found[1]
    known = {
        " ": " ",
        "e": "\x1b",
        "a": "\x07",
        "v": "\x0b",
        "0": "\0",
        "N": "\x85",
        "_": "\xa0",
        "L": "\u2028",
        "P": "\u2029",
    }
    return json.dumps(chr(int(code[1:], 16)) if code[0] in "xU" else known[code])[1:-1]


def statuses(value: object) -> Iterator[dict[str, Any]]:
    """Yield every status anywhere in an answer."""
    if isinstance(value, dict):
        if {"id", "content", "account", "visibility"} <= value.keys():
            yield value
        for inner in value.values():
            yield from statuses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from statuses(inner)


def answers(body: str) -> Iterator[object]:
    """Yield the JSON of an answer, or of each event of a stream."""
    if body.startswith(":)"):
        for event in EventParser().feed(body.encode()):
            yield json.loads(event.data)
    elif body[:1] in {"{", "["}:
        yield json.loads(body)


def test_every_recorded_status_is_mapped(shared_data: Path) -> None:
    cassettes = sorted((shared_data / "recordings" / "mastodon-cassettes").rglob("*.yaml"))
    read = 0
    found: list[dict[str, Any]] = []
    for cassette in cassettes:
        for body in bodies(cassette.read_text(encoding="utf-8")):
            for answer in answers(body):
                read += 1
                found += statuses(answer)
    outcomes = [mapped(recorded) for recorded in found]
    taken = [outcome for outcome in outcomes if isinstance(outcome, Mention)]
    print(
        f"\nmastodon-cassettes: {len(cassettes)} files, {read} answers and events, {len(found)} statuses, "
        f"taken {len(taken)}, set aside {len(outcomes) - len(taken)}, crashed 0"
    )
    assert len(found) > 300
    assert len(taken) == len(found)
    assert all("<p>" not in mention.text and "@" in mention.author.handle for mention in taken)
    assert all(mention.created_at != NOW for mention in taken)
