"""The settings of the guards: what is taken, and what is refused with its reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cmconsole.config.loading import checked
from cmconsole.config.schema import Settings
from cmconsole.core.errors import SettingsError


def settings(text: str) -> Settings:
    return checked(tomllib.loads(text), {}, Path("settings.toml"))


def test_a_guard_left_out_is_as_it_is() -> None:
    assert settings("").guards.sarcasm is None
    assert settings('[guards]\nsarcasm = "block"').guards.sarcasm == "block"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('sarcasm = "never"', 'guards.sarcasm is "never"; allowed'),
        ('unverified = "off"', "guards.unverified is not a setting"),
        ('order_numbers = ["AC-("]', "order_numbers holds AC-(, which is no regular expression"),
        (r'order_numbers = ["\\d*"]', "which any text matches"),
        ('domains = ["https://acme.fr"]', "a domain without https://"),
        ('domains = ["acme"]', "a domain without https://"),
        ('rules = [{ name = "a", words = [] }]', "at least one word"),
        ('rules = [{ name = "a", words = ["b"], level = "off" }]', 'is "off"; allowed'),
        ("same_text_hours = 72", "48"),
    ],
)
def test_what_cannot_be_meant_is_refused(written: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(f"[guards]\n{written}")

    assert told in str(refused.value)
