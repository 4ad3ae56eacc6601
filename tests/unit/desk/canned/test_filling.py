"""Placeholders filled: what the conversation tells, what is asked for, and what strangers cannot do."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.config.language import language, speaking
from cmconsole.core.canned import placeholders
from cmconsole.core.clock import HOUR
from cmconsole.core.conversation import Conversation
from cmconsole.core.mention import Author, Mention
from cmconsole.desk.canned.filling import KNOWN, Filled, facts, fill, meaning
from cmconsole.store.contract import StoredMention
from hatch_build import compile_catalogue
from tests.unit.desk.canned.parts import talk
from tests.unit.desk.parts import NOON

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def french() -> None:
    """Compile the French catalogue of this tree, as its installation does."""
    compile_catalogue(ROOT / "src" / "cmconsole" / "locale" / "fr" / "LC_MESSAGES" / "cmconsole.po")


def told(
    conversation: Conversation, mention: Mention | StoredMention | None = None, **more: str | int
) -> dict[str, str]:
    return facts(
        conversation,
        mention,
        person="Alice",
        brand="Acme",
        account_handle="@acme@piaille.fr",
        signature="^AL",
        zone=UTC,
        now=int(more.pop("now", NOON)),
        language=str(more.pop("language", "")),
    )


def test_a_conversation_tells_all_that_is_documented() -> None:
    found = told(replace(talk(platform="mastodon"), themes=("delivery",)))

    assert found == {
        "first_name": "Ada",
        "name": "Ada Verlaine",
        "handle": "ada",
        "bonjour": "Bonjour Ada",
        "hello": "Hi Ada",
        "time_greeting": "Bonjour",
        "theme": found["theme"],
        "platform": "Mastodon",
        "brand": "Acme",
        "account": "acme@piaille.fr",
        "person": "Alice",
        "signature": "^AL",
    }
    assert {*found} == {*KNOWN}
    assert all(meaning(name) for name in KNOWN)


def test_the_theme_is_in_the_language_of_the_reply_and_the_interface_keeps_its_own(french: None) -> None:
    about = replace(talk(), themes=("delivery",))
    with speaking("en"):
        assert told(about)["theme"] == "livraison"
        assert told(about, language="en")["theme"] == "delivery"
        assert language() == "en"
    assert told(replace(talk(), themes=("loyalty",)))["theme"] == "loyalty"


def test_what_is_not_known_is_not_told() -> None:
    found = told(talk(name="cpt_nobody {brand}"))

    assert "first_name" not in found
    assert "theme" not in found
    assert (found["bonjour"], found["hello"]) == ("Bonjour", "Hello")


@pytest.mark.parametrize(
    ("hour", "language", "greeting"),
    [
        (4, "fr", "Bonsoir"), (5, "fr", "Bonjour"), (17, "fr", "Bonjour"), (18, "fr", "Bonsoir"),
        (9, "en", "Good morning"), (12, "en", "Good afternoon"), (18, "en", "Good evening"),
    ],
)  # fmt: skip
def test_the_greeting_goes_by_the_clock_of_the_desk(hour: int, language: str, greeting: str) -> None:
    found = told(talk(), now=NOON + (hour - 12) * HOUR, language=language)
    assert found["time_greeting"] == greeting


def test_the_clock_is_that_of_the_zone() -> None:
    at = NOON + 5 * HOUR
    found = facts(
        talk(), person="", brand="", account_handle="", signature="", zone=ZoneInfo("Europe/Paris"), now=at
    )
    assert found["bonjour"] == "Bonsoir Ada"
    assert "brand" not in found


def test_the_mention_that_is_answered_has_the_newest_name() -> None:
    mention = Mention("x", "1", Author("x", "ada", name="Adèle Verlaine"), "", NOON)

    assert told(talk(), mention)["first_name"] == "Adèle"
    assert told(talk(), StoredMention(1, 1, NOON, mention))["first_name"] == "Adèle"


def test_a_handle_that_is_none_is_not_repeated() -> None:
    odd = replace(talk(), author=Author("x", "ada} https://evil.example {brand"))
    assert "handle" not in told(odd)


def test_what_cannot_be_filled_stays_and_is_asked_for() -> None:
    text = "{bonjour}, votre commande {order} ? {link} {order}"

    assert fill(text, {"bonjour": "Bonjour"}) == Filled(
        "Bonjour, votre commande {order} ? {link} {order}", ("order", "link")
    )
    assert fill(text, {"bonjour": "Bonjour"}, {"order": " A-1 ", "link": " "}) == Filled(
        "Bonjour, votre commande A-1 ? {link} A-1", ("link",)
    )
    assert fill("{bonjour}", {"bonjour": "Bonjour"}, {"bonjour": "Salut"}).text == "Salut"


def test_the_fillings_of_a_hostile_name_are_harmless() -> None:
    name = "{order} @elon https://evil.example {{x}} Marie"
    filled = fill("{bonjour} {name} {handle}!", told(talk(name=name)))

    assert filled.missing == ()
    assert placeholders(filled.text) == ()
    assert "evil" not in filled.text
    assert "@" not in filled.text
    assert "://" not in filled.text


@given(st.text(), st.text())
def test_no_name_and_no_answer_becomes_a_placeholder(name: str, given_text: str) -> None:
    filled = fill("{name} {order}", told(talk(name=name)), {"order": f"{{brand}}{given_text}"})
    assert {*placeholders(filled.text)} <= {"name"}


def test_the_guide_tells_of_every_placeholder() -> None:
    guide = (ROOT / "docs" / "guide" / "canned.md").read_text(encoding="utf-8")
    assert [name for name in KNOWN if f"`{{{name}}}`" not in guide] == []
