"""The words click says by itself, marked here so that the catalogues hold them; click looks them up there."""

from __future__ import annotations

from typing import Final

from cmconsole.config.language import N_, ngettext

WORDS: Final = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Choose from:\n\t{choices}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} is a directory."),
    N_("file"),
    N_("path"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("Aborted!"),
)
"""A test holds that click still says each of them."""


def counted(number: int) -> tuple[str, ...]:
    """Return the sentences of click whose form depends on a number."""
    return (
        ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", number),
        ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", number),
        ngettext(
            "Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", number
        ),
        ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", number),
    )
