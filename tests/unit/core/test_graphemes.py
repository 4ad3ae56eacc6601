"""Characters as people see them: counted and cut as the standard says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from cmconsole.core.graphemes import clusters, graphemes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("déjà vu", 7),
        ("de\u0301ja\u0300", 4),
        ("👩‍👩‍👧‍👦", 1),
        ("👩🏽‍🚀👍🏿", 2),
        ("🇫🇷🇩🇪🇫", 3),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 1),
        ("\r\n\n\r", 3),
        ("\n\u0301", 2),
        ("1️⃣❤️", 2),
        ("👩‍®😀\u200d\u200d😀", 3),
        ("👩\u093f\u200d👩", 2),
        ("한국어", 3),
        ("\u1112\u1161\u11ab", 1),
        ("क्षि", 1),
        ("क्\u200cष", 2),
        ("สวัสดี", 4),
    ],
)
def test_characters_are_counted_as_people_see_them(text: str, count: int) -> None:
    assert graphemes(text) == count
    assert len(clusters(text)) == count


ORDINARY = st.text(
    st.characters(codec="utf-8", max_codepoint=0x2FF)
    | st.sampled_from("éàœ’«» 👍🏽👩‍🚀❤️🇫🇷🇧🇪©®한국어漢字ひらがなकষ্\u0301\u200d\ufe0f\r\n€…ñçßДжאבعر")
)


@given(ORDINARY)
def test_cuts_agree_with_the_standard_as_others_implement_it(text: str) -> None:
    assert clusters(text) == list(iter_graphemes(text))
    assert graphemes(text) == len(clusters(text))


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_loses_a_sign_where_it_is_cut(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert all(clusters(text))
