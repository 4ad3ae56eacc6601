"""The themes: readable everywhere they may be shown, and told apart by more than hue."""

from itertools import combinations
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem

from cmconsole.core.errors import SettingsError
from cmconsole.tui import themes
from cmconsole.tui.palette import Palette

NAMES = themes.names()
AA, AAA = 4.5, 7.0
STATES = ("overdue", "urgent", "success", "rehearsal", "live")


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance, WCAG 2.2."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: tuple[int, int, int]) -> float:
    """CIE L*, 0 to 100."""
    light = luminance(colour)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def shown(theme: themes.Theme, meaning: str, system: ColorSystem) -> tuple[int, int, int]:
    """Return what a terminal of that colour system shows."""
    table = theme.sixteen if system is ColorSystem.STANDARD else theme.colours
    colour = Color.parse(table[meaning])
    if system is ColorSystem.EIGHT_BIT:
        colour = colour.downgrade(system)
    red, green, blue = colour.get_truecolor()
    return red, green, blue


def test_there_are_the_four_promised_the_default_first() -> None:
    assert NAMES == ["calm-dark", "calm-light", "colour-blind", "high-contrast"]
    assert set(themes.TITLES) == set(NAMES)


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
@pytest.mark.parametrize("name", NAMES)
def test_every_word_is_readable_on_every_ground(name: str, system: ColorSystem) -> None:
    theme = themes.load(name)
    pairs = [(word, ground) for word in themes.WORDS for ground in themes.GROUNDS] + list(themes.FILLS)
    least = AAA if name == "high-contrast" and system is ColorSystem.TRUECOLOR else AA

    faint = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(shown(theme, pair[0], system), shown(theme, pair[1], system))) < least
    }

    assert faint == {}


def test_colour_blind_states_differ_in_lightness() -> None:
    theme = themes.load("colour-blind")
    light = {state: lightness(shown(theme, state, ColorSystem.TRUECOLOR)) for state in STATES}

    assert {pair: light for pair in combinations(STATES, 2) if abs(light[pair[0]] - light[pair[1]]) < 7} == {}


@pytest.mark.parametrize("name", NAMES)
def test_sixteen_colours_reach_the_terminal_as_named(name: str) -> None:
    theme = themes.load(name)

    for value in theme.sixteen.values():
        exact = Color.parse(value).downgrade(ColorSystem.STANDARD)
        assert exact.number == list(themes.SIXTEEN.values()).index(value)


def test_an_unknown_theme_is_refused_with_what_was_meant() -> None:
    with pytest.raises(SettingsError, match="“calm-dark”"):
        themes.load("calm-drak")
    with pytest.raises(SettingsError, match="calm-light"):
        themes.load("../../etc/passwd")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('text = "#', 'text = "red#', "colours.text"),
        ("[colours]", "[colors]", "[colours]"),
        ("accent = ", "accents = ", "accent"),
        ('overdue = "bright_red"', 'overdue = "pink"', "sixteen.overdue"),
        ("[colours]", "[colours", "theme.toml"),
    ],
)
def test_a_file_that_is_no_theme_says_what_is_wrong(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    good = (themes.folder() / "calm-dark.toml").read_text(encoding="utf-8")
    path = tmp_path / "theme.toml"
    path.write_text(good.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        themes.read(path)

    assert words in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_live_is_filled_and_rehearsal_is_not(name: str) -> None:
    palette = Palette(themes.load(name))

    assert palette.style("live", "panel").bgcolor != palette.style("text", "panel").bgcolor
    assert palette.style("rehearsal", "panel").bgcolor == palette.style("text", "panel").bgcolor


def test_without_colour_weight_and_reverse_tell() -> None:
    palette = Palette(themes.load(themes.DEFAULT), colour=False)

    assert palette.style("live").reverse
    assert palette.style("overdue").bold
    assert palette.style("overdue").color is None


def test_where_the_cursor_has_no_ground_of_its_own_weight_tells_the_row() -> None:
    palette = Palette(themes.load(themes.DEFAULT), sixteen=True)

    assert palette.style("text", "cursor").bold
    assert not palette.style("text", "surface").bold


def test_textual_knows_our_meanings() -> None:
    theme = Palette(themes.load("calm-light")).textual()

    assert {meaning for meaning in themes.MEANINGS if meaning not in theme.variables} == set()
    assert not theme.dark
