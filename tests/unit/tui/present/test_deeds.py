"""What is said after a command."""

from cmconsole.core.errors import ClaimHeldError
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
    assert all(told(Deed(verb, changed=(TALK,)), "u")[0] for verb in Verb)
    assert told(Deed(Verb.CLAIM), "u") == ("nothing changed", "quiet")
