"""The account of a verdict adds up, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.cli.triage_explain import account
from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Kind
from cmconsole.triage import scoring
from cmconsole.triage.triage import Triage

WORDS = [
    "not", "never", "very", "but", "late", "broken", "great", "thanks", "merci", "pas", "très", "nul", "mais",
    "retard", "?", "!", ":(", "😡", "http://x.example", "refund", "how do i", "awful", "a", "le", "SLOW",
]  # fmt: skip

triage = Triage()
taught = Triage()
for _ in range(20):
    taught.teach("refund never", kind=Kind.COMPLAINT)


@pytest.mark.parametrize("judge", [triage, taught])
@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
def test_the_parts_add_up_to_the_weight_of_which_the_score_is_made(judge: Triage, words: list[str]) -> None:
    mention = Mention("x", "1", Author("x", "a"), " ".join(words), 0)
    found = account(judge, mention)
    reading = judge.read(mention.text)

    assert found.verdict == judge.judge(mention)
    assert found.weight == pytest.approx(scoring.weight(reading) + found.shift)
    assert found.verdict.complaint == pytest.approx(scoring.score(reading, found.shift).complaint)
    assert found.lost >= -1e-9
    counted = sum(one.weight for one in found.cues if not one.lifted)
    assert counted - found.lost == pytest.approx(sum(reading.sums))
