"""The library of canned responses: read when it changes, faults told, the last good version kept."""

import os
from datetime import date
from pathlib import Path

import pytest

from cmconsole.config.canned import LANGUAGES, Response, Shelf, folder_of
from cmconsole.config.canned_text import table_of, toml_of, with_responses, without_response
from cmconsole.config.language import speaking
from cmconsole.config.toml_text import UnsafeChangeError
from cmconsole.core.canned import STARTER, placeholders
from cmconsole.core.verdict import Hostility, Kind, Lane, Severity

WHOLE = """
# A comment of ours.
[parcel-late]
title = { fr = "Colis en retard", en = "Parcel late" }
owner = "Alice"
review = 2027-03-01
kinds = ["complaint"]
lanes = ["complaints"]
platforms = ["X"]
themes = ["Delivery"]
severities = ["minor", "major"]
hostility = "rude"
fr = ["{bonjour}, où ?", "Bonjour, quel colis {order} ?"]
en = "{hello}, which one?"
ask = { order = "the order's number" }
"""


def shelf(folder: Path, *, starter: bool = False) -> Shelf:
    return Shelf(folder, starter=starter)


def save(file: Path, text: str, *, at: int = 0) -> None:
    """Save a file; at: seconds that its date is moved, for two saves within one tick of the disk's clock."""
    file.write_text(text, encoding="utf-8")
    now = file.stat()
    os.utime(file, ns=(now.st_atime_ns, now.st_mtime_ns + at * 10**9))


def test_a_response_is_read_with_all_it_says(tmp_path: Path) -> None:
    save(tmp_path / "ours.toml", WHOLE)
    with speaking("en"):
        library = shelf(tmp_path).library()
    canned = library.responses["parcel-late"]

    assert library.complaints == ()
    assert (canned.title, canned.owner, canned.review) == ("Parcel late", "Alice", date(2027, 3, 1))
    assert canned.texts == {
        "fr": ("{bonjour}, où ?", "Bonjour, quel colis {order} ?"),
        "en": ("{hello}, which one?",),
    }
    assert canned.kinds == {Kind.COMPLAINT}
    assert canned.lanes == {Lane.COMPLAINTS}
    assert canned.platforms == {"x"}
    assert canned.themes == {"delivery"}
    assert canned.severities == {Severity.MINOR, Severity.MAJOR}
    assert canned.hostility is Hostility.RUDE
    assert (canned.asks, canned.source) == ({"order": "the order's number"}, "ours.toml")


def test_a_title_is_in_the_language_of_the_interface(tmp_path: Path) -> None:
    save(tmp_path / "ours.toml", WHOLE)
    with speaking("fr"):
        assert shelf(tmp_path).library().responses["parcel-late"].title == "Colis en retard"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('fr = "a"\nkinds = ["complain"]', 'late.kinds[1] is "complain"; allowed: "complaint", "question"'),
        ('fr = "a"\nkind = ["complaint"]', "late.kind is not a setting. Did you mean late.kinds?"),
        ('fr = "a"\nreview = "soon"', 'late.review is "soon"; allowed: a day, as in 2027-03-01'),
        ("fr = 3", "late.fr is 3; allowed: text or a list, each: text"),
        ('title = "a"', "it has no text: it needs fr, en or both"),
        ('fr = ["a", " "]', "fr, variant 2: it is empty"),
        ('en = "Hello {Name}"', "en, variant 1: a brace is no placeholder's; those are written {first_name}"),
        ('en = "a\\u200bb"', "it holds a tab, or a sign nobody sees"),
        ('fr = "a"\nask = { order = "which?" }', "ask.order: no text holds that placeholder"),
    ],
)
def test_what_is_wrong_is_told_by_file_line_and_key(tmp_path: Path, table: str, says: str) -> None:
    file = tmp_path / "ours.toml"
    save(file, f'[fine]\nfr = "oui"\n\n[late]\n{table}\n')
    library = shelf(tmp_path).library()

    assert [*library.responses] == ["fine"]
    assert len(library.complaints) == 1
    assert library.complaints[0].startswith(f"{file}, line 4: late")
    assert says in library.complaints[0]


def test_a_code_that_cannot_be_typed_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "ours.toml", '[Late_Parcel]\nfr = "a"\n')
    library = shelf(tmp_path).library()

    assert library.responses == {}
    assert (
        "Late_Parcel has a name that cannot be used; allowed: a code of at most 40" in library.complaints[0]
    )


def test_a_file_that_is_no_toml_is_told_with_line_and_column(tmp_path: Path) -> None:
    save(tmp_path / "a.toml", "[late]\nfr = \n")
    save(tmp_path / "b.toml", '[fine]\nfr = "oui"\n')
    library = shelf(tmp_path).library()

    assert [*library.responses] == ["fine"]
    assert f"{tmp_path / 'a.toml'}, line 2, column 6: this is not TOML" in library.complaints[0]


def test_the_last_good_version_stays_while_a_file_is_broken(tmp_path: Path) -> None:
    file, kept = tmp_path / "ours.toml", shelf(tmp_path)
    save(file, '[late]\nfr = "un"\n[other]\nfr = "deux"\n')
    kept.library()

    save(file, '[late]\nfr = "trois', at=2)
    broken = kept.library()
    assert broken.responses["late"].texts == {"fr": ("un",)}
    assert "The last good version stays in use." in broken.complaints[0]

    save(file, '[late]\nfr = 3\n[other]\nfr = "quatre"\n', at=4)
    half = kept.library()
    assert half.responses["late"].texts == {"fr": ("un",)}
    assert half.responses["other"].texts == {"fr": ("quatre",)}
    assert "The last good version stays in use." in half.complaints[0]

    save(file, '[late]\nfr = "cinq"\n', at=6)
    assert [(it.code, it.texts) for it in kept.library().responses.values()] == [("late", {"fr": ("cinq",)})]
    assert kept.library().complaints == ()


def test_a_change_is_seen_at_once_and_nothing_is_read_again_without_one(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    assert kept.library().responses == {}
    save(tmp_path / "a.toml", '[one]\nfr = "a"\n')
    first = kept.library()

    assert [*first.responses] == ["one"]
    assert kept.library() is first

    save(tmp_path / "b.toml", '[two]\nfr = "b"\n')
    second = kept.library()
    assert [*second.responses] == ["one", "two"]
    assert second.responses["one"] is first.responses["one"]

    (tmp_path / "a.toml").unlink()
    assert [*kept.library().responses] == ["two"]


def test_the_same_code_twice_is_told_and_the_first_file_counts(tmp_path: Path) -> None:
    save(tmp_path / "a.toml", '[late]\nfr = "a"\n')
    save(tmp_path / "b.toml", '[late]\nfr = "b"\n')
    library = shelf(tmp_path).library()

    assert library.responses["late"].texts == {"fr": ("a",)}
    assert library.complaints == (f"{tmp_path / 'b.toml'}: late stands in a.toml too; that one is used.",)


def test_a_response_of_ones_own_takes_the_place_of_ours(tmp_path: Path) -> None:
    save(tmp_path / "ours.toml", '[apology]\nfr = "Pardon."\n')
    library = shelf(tmp_path, starter=True).library()

    assert library.responses["apology"].texts == {"fr": ("Pardon.",)}
    assert library.complaints == ()
    assert library.responses["hours"].source == STARTER


def test_what_is_no_file_of_responses_is_left_alone(tmp_path: Path) -> None:
    for name in (".hidden.toml", "notes.md", "late.toml~"):
        save(tmp_path / name, "nothing of ours")
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")

    assert shelf(tmp_path).library().complaints == ()
    assert shelf(tmp_path / "missing").library().complaints == ()
    assert Shelf(None, starter=False).library().responses == {}


def test_a_file_of_another_editor_is_read_and_one_of_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_bytes("\ufeff[late]\r\nfr = 'Où ?'\r\n".encode())
    (tmp_path / "old.toml").write_bytes("[other]\nfr = 'Où ?'\n".encode("cp1252"))
    library = shelf(tmp_path).library()

    assert library.responses["late"].texts == {"fr": ("Où ?",)}
    assert f"{tmp_path / 'old.toml'}, line 2: this is not UTF-8 text." in library.complaints[0]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    save(tmp_path / "huge.toml", "#" * 1_000_001)
    assert "larger than 1 MB" in shelf(tmp_path).library().complaints[0]


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    save(tmp_path / "file", "")
    library = Shelf(tmp_path / "file", starter=True).library()

    assert f"{tmp_path / 'file'}: cannot be read" in library.complaints[0]


def test_the_folder_is_beside_the_settings_unless_they_name_another(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"

    assert folder_of("", settings) == tmp_path / "canned"
    assert folder_of("team/canned", settings) == tmp_path / "team" / "canned"
    assert folder_of(str(tmp_path / "x"), settings) == tmp_path / "x"


# --------------------------------------------------------------------------------------------------- as text


def test_what_is_written_is_read_as_the_same(tmp_path: Path) -> None:
    save(tmp_path / "ours.toml", WHOLE)
    before = shelf(tmp_path, starter=True).library().responses
    text = with_responses("", (toml_of(code, table_of(it)) for code, it in before.items()))
    (tmp_path / "again").mkdir()
    save(tmp_path / "again" / "ours.toml", text)
    after = shelf(tmp_path / "again").library()

    assert after.complaints == ()
    assert {code: table_of(it) for code, it in after.responses.items()} == {
        code: table_of(it) for code, it in before.items()
    }


def test_a_response_is_taken_out_and_the_others_stay_as_they_are() -> None:
    text = f'# Ours.\n[first]\nfr = [\n    "un", # why\n]\n{WHOLE}\n[parcel-late.extra]\n'
    text = text.replace("\n[parcel-late.extra]\n", '\n# Kept.\n[last]\nfr = "fin"\n')
    changed = without_response(text, "parcel-late")

    assert changed.startswith('# Ours.\n[first]\nfr = [\n    "un", # why\n]\n')
    assert changed.endswith('# Kept.\n[last]\nfr = "fin"\n')
    assert "parcel-late" not in changed


@pytest.mark.parametrize("inside", ["[not a table]\n", "[a]\n# "])
def test_a_response_whose_end_cannot_be_told_is_left(inside: str) -> None:
    text = f'[late]\nfr = """\n{inside}"""\n'
    with pytest.raises(UnsafeChangeError):
        without_response(text, "late")


# ---------------------------------------------------------------------------------------------- what we ship


def test_the_starter_library_is_whole() -> None:
    library = Shelf(None, starter=True).library()

    assert library.complaints == ()
    assert len(library.responses) >= 30
    for canned in library.responses.values():
        assert {*canned.texts} == {*LANGUAGES}, canned.code
        for language, variants in canned.texts.items():
            assert len({*variants}) == len(variants) >= 2, (canned.code, language)
            asked = [{*placeholders(text)} - {"bonjour", "hello"} for text in variants]
            assert {name for names in asked for name in names} <= {*canned.asks}, canned.code


def test_the_starter_library_greets_in_its_language_and_types_french_as_it_should() -> None:
    for canned in Shelf(None, starter=True).library().responses.values():
        for text in canned.texts["en"]:
            assert text.startswith("{hello}, "), canned.code
        for text in canned.texts["fr"]:
            assert text.startswith("{bonjour}, "), canned.code
            for sign in "?!:;»":
                assert all(before.endswith("\N{NO-BREAK SPACE}") for before in text.split(sign)[:-1]), text
            assert all(after.startswith("\N{NO-BREAK SPACE}") for after in text.split("«")[1:]), text
            assert "'" not in text, text


def test_the_example_of_the_guide_is_read_as_it_stands(tmp_path: Path) -> None:
    guide = (Path(__file__).resolve().parents[3] / "docs" / "guide" / "canned.md").read_text(encoding="utf-8")
    save(tmp_path / "guide.toml", guide.partition("```toml\n")[2].partition("```")[0])
    library = shelf(tmp_path).library()

    assert library.complaints == ()
    assert [*library.responses] == ["parcel-late"]
    assert [key for key in Response.__struct_fields__ if f"`{key}`" not in guide] == []
