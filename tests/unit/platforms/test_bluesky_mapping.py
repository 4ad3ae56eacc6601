"""Bluesky's records to mentions: what is kept, what is written out, what is said of the rest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.mention import Mention
from cmconsole.platforms.bluesky.mapping import date, instant, is_withheld, post_mention, written_at
from cmconsole.platforms.bluesky.richtext import expanded, facets_of

NOW = 1_795_280_000_000
URI = "at://did:plc:bob/app.bsky.feed.post/3n2sxu7twus2r"
ROOT = "at://did:plc:acme/app.bsky.feed.post/3n2sxu7to3k2r"
LINK = "app.bsky.richtext.facet#link"


def view(**changes: Any) -> dict[str, Any]:
    record = {"text": "Bonjour", "createdAt": "2026-11-21T11:13:47.269227Z", **changes.pop("record", {})}
    author = {"did": "did:plc:bob", "handle": "bob.test", "displayName": "Bob", **changes.pop("author", {})}
    return {
        "uri": URI,
        "cid": "bafy",
        "author": author,
        "record": record,
        "indexedAt": "2026-11-21T11:13:50Z",
    } | changes


def mapped(item: dict[str, Any], **more: Any) -> Mention:
    outcome = post_mention(item, source="desk", now=NOW, **more)
    assert isinstance(outcome, Mention)
    return outcome


def link(start: int, end: int, uri: str) -> dict[str, Any]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [{"$type": LINK, "uri": uri}]}


def test_a_post_is_mapped_whole() -> None:
    reply = {"root": {"uri": ROOT, "cid": "a"}, "parent": {"uri": URI + "x", "cid": "b"}}
    mention = mapped(
        view(
            record={"langs": ["fr", "en"], "reply": reply},
            author={"verification": {"verifiedStatus": "valid"}, "description": "baker"},
        ),
        reach=1_200,
    )

    assert (mention.platform, mention.native_id, mention.source) == ("bluesky", URI, "desk")
    assert mention.url == "https://bsky.app/profile/bob.test/post/3n2sxu7twus2r"
    assert (mention.thread, mention.in_reply_to, mention.language) == (ROOT, URI + "x", "fr")
    assert mention.created_at == instant("2026-11-21T11:13:47.269Z")
    assert mention.can_reply
    author = mention.author
    assert (author.handle, author.name, author.reach, author.verified) == ("bob.test", "Bob", 1_200, True)
    assert (author.bio, author.url) == ("baker", "https://bsky.app/profile/bob.test")


def test_a_post_from_the_future_was_written_when_it_was_first_seen() -> None:
    assert written_at(view(record={"createdAt": "2031-01-01T00:00:00Z"})) == instant("2026-11-21T11:13:50Z")
    assert written_at(view(record={"createdAt": "yesterday"}, indexedAt=5)) is None
    assert mapped(view(record={"createdAt": "yesterday"}, indexedAt=5)).created_at == NOW


def test_a_handle_that_leads_nowhere_gives_way_to_the_did() -> None:
    mention = mapped(view(author={"handle": "handle.invalid"}))

    assert mention.author.handle == "did:plc:bob"
    assert mention.url == "https://bsky.app/profile/did:plc:bob/post/3n2sxu7twus2r"


@pytest.mark.parametrize(
    ("text", "facet", "expected"),
    [
        ("voir b.fr/tr... ici", link(5, 15, "https://b.fr/tres"), "voir https://b.fr/tres ici"),
        ("👩‍🚀 é ici", link(15, 18, "https://a.fr"), "👩‍🚀 é ici (https://a.fr)"),
        ("exemple.fr", link(0, 10, "https://exemple.fr/"), "https://exemple.fr/"),
        ("banque.fr", link(0, 9, "https://escroc.example"), "banque.fr (https://escroc.example)"),
        ("bonjour", link(3, 99, "https://a.fr"), "bonjour"),
        ("bonjour", link(5, 2, "https://a.fr"), "bonjour"),
        ("bonjour", link(-3, 2, "https://a.fr"), "bonjour"),
        ("é", link(1, 2, "https://a.fr"), "é"),
        ("bonjour", {"index": {"byteStart": True, "byteEnd": "3"}, "features": 5}, "bonjour"),
    ],
)  # fmt: skip
def test_links_are_written_out_by_their_bytes(text: str, facet: dict[str, Any], expected: str) -> None:
    assert mapped(view(record={"text": text, "facets": [facet]})).text == expected


def test_facets_that_overlap_count_once() -> None:
    facets = [link(0, 4, "https://a.fr"), link(2, 7, "https://b.fr")]

    assert expanded("bonjour", facets) == "bonj (https://a.fr)our"


VISIBLE = st.text(st.characters(exclude_characters="./…", exclude_categories=["Z", "C"]))


@given(VISIBLE, st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60))))
def test_any_facets_leave_the_words_in_place(text: str, places: list[tuple[int, int]]) -> None:
    shown = expanded(text, [link(start, end, "https://x.example") for start, end in places])

    assert shown.replace(" (https://x.example)", "") == text


def test_pictures_videos_and_cards_are_described() -> None:
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "Un colis ouvert"}, {"alt": ""}]}
    video = {"$type": "app.bsky.embed.video", "alt": "la fuite"}
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.fr/x", "title": "Avis"}}

    assert mapped(view(record={"embed": images})).text == "Bonjour\n[image: Un colis ouvert]\n[image]"
    assert mapped(view(record={"embed": video})).text == "Bonjour\n[video: la fuite]"
    assert mapped(view(record={"embed": card})).text == "Bonjour\n[link: Avis https://a.fr/x]"
    assert mapped(view(record={"embed": card, "text": "https://a.fr/x"})).text == "https://a.fr/x"


def quoting(told: dict[str, Any], *, with_picture: bool = False) -> dict[str, Any]:
    cited = {"record": {"uri": ROOT, "cid": "a"}}
    embed: dict[str, Any] = {"$type": "app.bsky.embed.record", **cited}
    shown: dict[str, Any] = {"record": told}
    if with_picture:
        embed = {
            "$type": "app.bsky.embed.recordWithMedia",
            "record": cited,
            "media": {"images": [{"alt": "vu"}]},
        }
        shown = {"record": {"record": told}}
    return view(record={"embed": embed}, embed=shown)


def test_a_quoted_post_is_told_as_far_as_it_is_shown() -> None:
    told = {
        "uri": ROOT,
        "author": {"handle": "acme.test", "did": "did:plc:acme"},
        "value": {"text": "Nouveau\ncafé"},
    }
    kind = "app.bsky.embed.record#view"

    assert mapped(quoting(told)).text == "Bonjour\n[quote: @acme.test: Nouveau café]"
    assert (
        mapped(quoting(told, with_picture=True)).text
        == "Bonjour\n[image: vu]\n[quote: @acme.test: Nouveau café]"
    )
    assert mapped(quoting({"$type": f"{kind}NotFound"})).text == "Bonjour\n[quote: deleted]"
    assert mapped(quoting({"$type": f"{kind}Blocked"})).text == "Bonjour\n[quote: blocked]"
    assert mapped(quoting({})).text == (
        "Bonjour\n[quote: https://bsky.app/profile/did:plc:acme/post/3n2sxu7to3k2r]"
    )


def test_labels_warn_and_orders_do_not() -> None:
    own = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
    given_labels = [{"val": "spam"}, {"val": "rude", "neg": True}, {"val": "!no-unauthenticated"}]
    post = view(record={"labels": own}, labels=given_labels)

    assert mapped(post).text == "[CW: graphic-media, spam] Bonjour"
    assert not is_withheld(post)
    assert is_withheld(view(labels=[{"val": "!takedown"}]))
    assert is_withheld(view(author={"labels": [{"val": "!takedown"}]}))


@pytest.mark.parametrize(
    "changes",
    [
        {"viewer": {"replyDisabled": True}},
        {"author": {"viewer": {"blockedBy": True}}},
        {"author": {"viewer": {"blocking": "at://did:plc:acme/app.bsky.graph.block/1"}}},
        {"author": {"viewer": {"blockingByList": {"uri": "at://x"}}}},
    ],
)
def test_a_threadgate_or_a_block_forbids_to_answer(changes: dict[str, Any]) -> None:
    assert not mapped(view(**changes)).can_reply
    assert not mapped(view(), view=view(**changes)).can_reply


@pytest.mark.parametrize(
    "item",
    [
        {},
        view(uri="https://bsky.app"),
        view(uri="at://did:plc:bob/app.bsky.feed.like/3n2sxu7twus2r"),
        view() | {"author": None},
        view() | {"author": {"handle": "", "did": 7}},
        view() | {"record": "text"},
        view(record={"text": ["a"]}),
    ],
)
def test_what_is_no_post_is_said_in_words(item: dict[str, Any]) -> None:
    assert isinstance(post_mention(item, source="desk", now=NOW), str)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.dictionaries(
        st.sampled_from(["text", "createdAt", "facets", "embed", "reply", "langs", "labels"]), JSON
    ),
    st.dictionaries(st.sampled_from(["author", "indexedAt", "viewer", "labels", "embed"]), JSON),
)
def test_nothing_in_a_post_makes_the_mapping_fail(record: dict[str, Any], rest: dict[str, Any]) -> None:
    item = view() | {"record": record} | rest

    assert isinstance(post_mention(item, source="desk", now=NOW, view=rest), Mention | str)


def test_dates_go_there_and_back() -> None:
    assert date(NOW) == "2026-11-21T16:53:20.000Z"
    assert instant(date(NOW + 7)) == NOW + 7


async def resolve(handle: str) -> str | None:
    return {"bob.test": "did:plc:bob", "ada.bsky.social": "did:plc:ada"}.get(handle)


def shown(text: str, facet: dict[str, Any]) -> tuple[str, object]:
    index, feature = facet["index"], facet["features"][0]
    value = feature.get("uri") or feature.get("did") or feature.get("tag")
    return text.encode()[index["byteStart"] : index["byteEnd"]].decode(), value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("👩‍🚀 é voir https://a.fr/é(1).", [("https://a.fr/é(1)", "https://a.fr/é(1)")]),
        ("(https://a.fr/b)", [("https://a.fr/b", "https://a.fr/b")]),
        ("« https://a.fr/b » !", [("https://a.fr/b", "https://a.fr/b")]),
        ("@bob.test, @nobody.test.", [("@bob.test", "did:plc:bob")]),
        ("(@ada.bsky.social).", [("@ada.bsky.social", "did:plc:ada")]),
        ("écrivez à moi@bob.test", []),
        ("merci.Nous #SAV, #2 #été!", [("#SAV", "SAV"), ("#été", "été")]),
        ("https://a.fr/@bob.test#SAV", [("https://a.fr/@bob.test#SAV", "https://a.fr/@bob.test#SAV")]),
        ("l’@bob.test", [("@bob.test", "did:plc:bob")]),
    ],
)  # fmt: skip
async def test_what_we_write_gets_facets_on_byte_offsets(text: str, expected: list[tuple[str, str]]) -> None:
    assert [shown(text, facet) for facet in await facets_of(text, resolve)] == expected
