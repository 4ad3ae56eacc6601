"""The interface speaks the language that is asked for, and English where a catalogue is missing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmconsole.config import language
from cmconsole.config.language import N_, _, install, ngettext, preferred, said, speaking
from cmconsole.core.errors import InputError


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    install("en")


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_CA"}, "fr"),
        ({"LC_MESSAGES": "fr_FR", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "fr_BE.UTF-8"}, "fr"),
    ],
)
def test_the_environment_chooses_in_the_order_of_posix(environ: dict[str, str], code: str) -> None:
    assert preferred(environ) == code


def test_auto_asks_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")

    install()

    assert language.language() == "fr"


def test_a_missing_catalogue_speaks_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "CATALOGUES", os.fspath(tmp_path))

    install("fr")

    assert _("Nothing waits.") == "Nothing waits."
    assert ngettext("{count} mention", "{count} mentions", 0) == "{count} mentions"


def test_french_speaks_french_and_counts_as_french_does(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "CATALOGUES", os.fspath(catalogue))

    install("fr")

    assert _("true or false") == "true ou false"
    assert _("a word nobody translated") == "a word nobody translated"
    assert _("") == ""
    assert ngettext("{count} thing", "{count} things", 0) == "{count} chose"
    assert ngettext("{count} thing", "{count} things", 2) == "{count} choses"


def test_a_language_can_be_used_for_a_moment(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "CATALOGUES", os.fspath(catalogue))
    install("fr")

    with speaking("en"):
        assert _("true or false") == "true or false"

    assert _("true or false") == "true ou false"


def test_an_error_is_said_in_the_language_in_use(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "CATALOGUES", os.fspath(catalogue))
    error = InputError("{name} is “{found}”.", advice="true or false", name="mute", found="{x}")

    assert said(error) == "mute is “{x}”. true or false"
    install("fr")
    assert said(error) == "mute vaut « {x} ». true ou false"


def test_a_marked_message_stays_as_it_is() -> None:
    assert N_("true or false") == "true or false"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Return a folder with a small compiled French catalogue, made as a build makes one."""
    from hatch_build import compile_catalogue  # noqa: PLC0415 - only this fixture needs Babel

    source = tmp_path / "fr" / "LC_MESSAGES" / "cmconsole.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        'msgid "true or false"\nmsgstr "true ou false"\n\n'
        'msgid "{name} is “{found}”."\nmsgstr "{name} vaut « {found} »."\n\n'
        'msgid "{count} thing"\nmsgid_plural "{count} things"\n'
        'msgstr[0] "{count} chose"\nmsgstr[1] "{count} choses"\n',
        encoding="utf-8",
    )
    compile_catalogue(source)
    return tmp_path
