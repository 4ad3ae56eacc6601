"""Exactly what is published: mention, signature, and threads in which no word is lost and every part fits."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cmconsole.core.fediverse import as_published
from cmconsole.desk.reply.compose import compose, signed
from cmconsole.desk.reply.length import measure

ADA = "ada@piaille.fr"
PLATFORMS = ["x", "bluesky", "mastodon", "reddit"]


def thread(text: str, platform: str = "x", signature: str = "", most: int | None = None) -> tuple[str, ...]:
    return compose(text, platform=platform, handle=ADA, signature=signature, most=most, split=True)


def test_a_reply_is_published_as_it_is_typed_with_tidy_ends() -> None:
    assert compose(" \r\nBonjour,\r\n\r\n  merci !\u00a0\n", platform="x", handle=ADA) == (
        "Bonjour,\n\n  merci !",
    )


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_words_are_no_reply(platform: str) -> None:
    assert compose(" \n\u00a0", platform=platform, handle=ADA, signature="^AL", split=True) == ()


def test_on_mastodon_it_mentions_whom_it_answers_and_the_publisher_adds_nothing() -> None:
    (post,) = compose("Bonjour", platform="mastodon", handle=ADA, domain="acme.social", signature="^AL")

    assert post == "@ada@piaille.fr Bonjour ^AL"
    assert as_published(post, ADA, "acme.social") == post
    assert compose("Merci @ADA@piaille.fr", platform="mastodon", handle=ADA) == ("Merci @ADA@piaille.fr",)
    ours = compose("Merci @ada", platform="mastodon", handle="ada@acme.social", domain="acme.social")
    assert ours == ("Merci @ada",)


@pytest.mark.parametrize(
    ("platform", "text", "published"),
    [
        ("x", "Merci", "Merci ^AL"),
        ("bluesky", "Merci\n", "Merci ^AL"),
        ("reddit", "Merci", "Merci\n\n^AL"),
        ("x", "Merci ^AL ", "Merci ^AL"),
        ("reddit", "Merci ^AL", "Merci ^AL"),
        ("x", "Merci\n^AL", "Merci\n^AL"),
        ("x", "^AL", "^AL"),
        ("x", "Merci^AL", "Merci^AL ^AL"),
        ("x", "^AL merci", "^AL merci ^AL"),
    ],
)
def test_it_is_signed_once(platform: str, text: str, published: str) -> None:
    assert compose(text, platform=platform, handle=ADA, signature="^AL") == (published,)


@pytest.mark.parametrize(
    ("person", "signature"),
    [
        ("Alice Lemoine", "^AL"),
        ("alice", "^A"),
        ("Jean-Paul Sartre", "^JPS"),
        ("Élodie d’Arc", "^ÉDA"),
        ("alice_2", "^A"),
        ("李 小龙", "^李小"),
        ("42", "^42"),
    ],
)
def test_initials(person: str, signature: str) -> None:
    assert signed("^{initials}", person) == signature


def test_a_signature_may_hold_the_name() -> None:
    assert signed("— {person}, Acme ({initials})", "Alice Lemoine") == "— Alice Lemoine, Acme (AL)"
    assert signed("", "Alice") == ""
    assert signed("^{team}", "Alice") == "^{team}"


def test_a_reply_that_is_too_long_is_one_post_unless_a_thread_is_asked_for() -> None:
    text = "mot " * 200

    assert len(compose(text, platform="x", handle=ADA)) == 1
    assert len(thread(text)) == 3
    assert thread("court", signature="^AL") == ("court ^AL",)


def test_a_thread_is_cut_between_paragraphs_first() -> None:
    first, second = "Un. " * 40, "Deux. " * 40

    assert thread(f"{first}\n\n{second}") == (f"{first.strip()} 1/2", f"{second.strip()} 2/2")


def test_a_thread_is_cut_between_sentences_next_and_never_before_a_sign_that_clings() -> None:
    long = "Nous regardons cela de près, et cela prend un peu de temps"
    parts = thread(f"{long} ! " * 9)

    assert len(parts) == 3
    assert all(re.fullmatch(rf"(?:{long} ! ?)+ \d/3", part) for part in parts)


def test_a_thread_is_cut_where_french_allows_a_new_line() -> None:
    assert all(part.startswith("mot") for part in thread("mot : " * 200))
    assert all(part.startswith("12\u00a0€") for part in thread("12\u00a0€\u00a0net " * 60))
    assert all(part.startswith("«") for part in thread("« mot » " * 200))


def test_a_short_paragraph_does_not_go_alone() -> None:
    parts = thread("Oui.\n\n" + "Nous regardons cela de près. " * 20)

    assert parts[0].startswith("Oui.\n\nNous")


def test_blanks_that_do_not_break_are_no_part() -> None:
    parts = thread("a" + "\u00a0" * 99 + "b", most=20)

    assert [part.removesuffix(f" {number}/2") for number, part in enumerate(parts, 1)] == ["a", "b"]
    address = "https://acme.fr/" + "a" * 400
    assert thread(f"{address}\u00a0{address}", "bluesky") == (f"{address} 1/2", f"{address} 2/2")


def test_m_dupont_is_no_end_of_a_sentence() -> None:
    parts = thread("voici ce que nous a dit M. Dupont " * 20)

    assert all(not re.search(r"M\. \d/\d\Z", part) for part in parts)


def test_addresses_and_mentions_are_never_cut() -> None:
    address = "https://acme.fr/" + "a" * 90
    for platform in PLATFORMS:
        parts = thread(f"{address} @support@acme.social, " * 90, platform, most=300)
        assert sum(part.count(address) for part in parts) == 90
        assert sum(part.count("@support@acme.social") for part in parts) == 90


def test_an_address_in_a_text_without_blanks_is_never_cut() -> None:
    for platform in PLATFORMS:
        parts = thread(("日本" * 9 + "https://acme.fr/aide/colis") * 30, platform, most=120)
        signs = [part.count("https://acme.fr/aide/colis") for part in parts]
        assert sum(signs) == 30, platform


def test_what_cannot_be_cut_is_left_whole_and_too_long() -> None:
    address = "https://acme.fr/" + "a" * 400
    parts = thread(f"Voir {address} merci", "bluesky", "^AL")

    assert parts == ("Voir 1/3", f"{address} 2/3", "merci ^AL 3/3")
    assert measure("bluesky", parts[1]).over


def test_the_signature_has_room_in_the_last_part() -> None:
    parts = thread("mot " * 139 + "fini", signature="^Alice-Lemoine")

    assert len(parts) == 3
    assert parts[-1].endswith("fini ^Alice-Lemoine 3/3")
    assert all(not measure("x", part).over for part in parts)


def test_a_signature_goes_alone_where_one_word_fills_the_last_part() -> None:
    address = "https://acme.fr/" + "a" * 276

    assert thread(f"Voir {address}", "bluesky", "^Alice")[1:] == (f"{address} 2/3", "^Alice 3/3")


def test_many_parts_have_room_for_their_numbers() -> None:
    parts = thread("日本語" * 1_000)

    assert len(parts) == 22
    assert parts[0].endswith(" 1/22")
    assert all(not measure("x", part).over for part in parts)


def test_a_long_word_is_cut_between_characters_people_see() -> None:
    family = "👩‍👩‍👧‍👦"
    parts = thread(family * 400, "bluesky")

    assert all(re.fullmatch(rf"(?:{family})+ \d/\d", part) for part in parts)
    assert all(not measure("bluesky", part).over for part in parts)


LONG = "anticonstitutionnellement https://acme.fr/aide @ada@piaille.fr acme.fr 日本語です。日本語です。"
SHORT = "mot fin. « » ! 1/2 M. e\u0301te\u0301 a\u00a0:\u00a0b ^AL @bob 👩🏽‍🚀"
WORDS = st.sampled_from([*LONG.split(" "), *SHORT.split(" "), "z" * 80])
GAPS = st.sampled_from([" ", " ", " ", "\n", "\n\n", "  ", "\u00a0", " \u00a0 ", "\r\n", "\u3000"])
TEXTS = st.lists(st.tuples(WORDS, GAPS), max_size=60).map(lambda pieces: "".join(map("".join, pieces)))


@given(TEXTS, st.sampled_from(PLATFORMS), st.sampled_from(["", "^AL", "— Alice, Acme"]), st.integers(60, 120))
def test_a_thread_loses_no_word_and_every_part_fits(
    text: str, platform: str, signature: str, most: int
) -> None:
    parts = compose(text, platform=platform, handle=ADA, signature=signature, most=most, split=True)
    whole = compose(text, platform=platform, handle=ADA, signature=signature, most=0)

    assert all(not measure(platform, part, most=most).over for part in parts)
    if len(parts) < 2:
        assert parts == whole
        return
    words = []
    for number, part in enumerate(parts, 1):
        numbered = f" {number}/{len(parts)}"
        assert part.endswith(numbered)
        bare = part.removesuffix(numbered)
        words.append(bare)
        if platform == "mastodon":
            assert as_published(part, ADA) == part
    assert unmentioned(words) == unmentioned(whole)


def unmentioned(posts: list[str] | tuple[str, ...]) -> str:
    """Return all signs of some posts, in order, without the mention put before them and without blanks."""
    return re.sub(r"\s+", "", "".join(posts)).replace("@ada@piaille.fr", "")


@given(
    st.text(st.characters(exclude_categories=[])), st.sampled_from([*PLATFORMS, "feeds"]), st.integers(1, 40)
)
@example("a" + "\u00a0" * 99 + "b", "x", 20)
@example("a" + "\u0301" * 99, "x", 20)
def test_any_text_can_be_cut(text: str, platform: str, most: int) -> None:
    parts = compose(text, platform=platform, handle="", signature="^AL", most=most, split=True)

    assert all(part.strip() == part and part for part in parts)
    assert bool(parts) == bool(text.strip())


def test_hostile_texts_can_be_cut(shared_data: Path) -> None:
    path = shared_data / "hostile" / "blns" / "blns.json"
    for text in json.loads(path.read_text(encoding="utf-8")):
        for platform in PLATFORMS:
            parts = compose(text, platform=platform, handle=ADA, most=120, split=True)
            signs = re.sub(r"\s", "", "".join(re.sub(r" \d+/\d+\Z", "", part) for part in parts))
            if platform != "mastodon" and len(parts) > 1:
                assert signs == re.sub(r"\s", "", text)
