"""What is said after a command."""

import pytest

from cmconsole.core.conversation import Conversation, Decided
from cmconsole.core.errors import ClaimHeldError
from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.desk.deed import Deed, Verb
from cmconsole.tui.present.deeds import told
from tests.unit.tui.talks import TALK, talk


def test_one_is_named_several_are_counted() -> None:
    assert told(Deed(Verb.CLAIM, changed=(TALK,)), "u") == ("Claimed: @ada@piaille.fr", "success")
    assert told(Deed(Verb.CLAIM, changed=(TALK, talk(id=2))), "u")[0] == "Claimed: 2 conversations"


def test_what_can_be_taken_back_says_how() -> None:
    assert told(Deed(Verb.DONE, changed=(TALK,)), "u")[0].endswith("· u to take back")
    assert told(Deed(Verb.DONE, changed=(TALK,)), "")[0] == "Done: @ada@piaille.fr"


def test_a_refusal_says_why() -> None:
    words, meaning = told(Deed(Verb.CLAIM, refused=((1, ClaimHeldError("Bruno")),)), "u")

    assert words.startswith("Bruno holds this conversation.")
    assert meaning == "overdue"


def test_partly_done_says_both() -> None:
    words, meaning = told(Deed(Verb.CLAIM, changed=(TALK,), refused=((2, ClaimHeldError("Bruno")),)), "u")

    assert words.startswith("Claimed: @ada@piaille.fr · 1 refused: Bruno holds")
    assert meaning == "success"


def test_every_verb_has_its_sentence() -> None:
    assert all(told(Deed(verb, changed=(TALK,), before=(TALK,)), "u")[0] for verb in Verb)
    assert told(Deed(Verb.CLAIM), "u") == ("nothing changed", "quiet")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (
            talk(kind=Kind.QUESTION, decided=Decided(kind=Kind.QUESTION)),
            "Marked as question: @ada@piaille.fr · triage learns from it · u to take back",
        ),
        (
            talk(kind=Kind.SPAM, lane=Lane.OTHERS, decided=Decided(kind=Kind.SPAM)),
            "Marked as spam: @ada@piaille.fr · now in Others · triage learns from it · u to take back",
        ),
        (
            talk(severity=Severity.NONE, decided=Decided(severity=Severity.NONE)),
            "Marked as not serious: @ada@piaille.fr · triage learns from it · u to take back",
        ),
        (
            talk(lane=Lane.COMPLAINTS, decided=Decided(lane=Lane.COMPLAINTS)),
            "Marked as Complaints: @ada@piaille.fr · triage learns from it · u to take back",
        ),
        (
            talk(lane=Lane.OTHERS, decided=Decided(lane=Lane.OTHERS)),
            "Marked as Others: @ada@piaille.fr · u to take back",
        ),
    ],
)
def test_a_correction_says_what_it_is_now_and_whether_triage_learns(after: Conversation, said: str) -> None:
    assert told(Deed(Verb.CORRECT, changed=(after,), before=(TALK,)), "u") == (said, "success")


def test_who_is_an_influencer_teaches_nothing() -> None:
    before = talk(lane=Lane.COMPLAINTS)
    after = talk(decided=Decided(lane=Lane.INFLUENCERS))

    assert told(Deed(Verb.CORRECT, changed=(after,), before=(before,)), "")[0] == (
        "Marked as Influencers: @ada@piaille.fr"
    )


def test_corrections_of_several_are_counted_and_name_a_lane_they_share() -> None:
    decided = Decided(kind=Kind.SPAM)
    before = (TALK, talk(id=2, lane=Lane.OTHERS))
    after = tuple(talk(id=it.id, kind=Kind.SPAM, lane=Lane.OTHERS, decided=decided) for it in before)

    said = told(Deed(Verb.CORRECT, changed=after, before=before), "u")[0]

    assert said == "Marked as spam: 2 conversations · triage learns from it · u to take back"
