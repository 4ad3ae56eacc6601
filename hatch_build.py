"""Build hook: compiles the translations and puts the themes inside the wheel."""

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("src", "cmconsole", "locale")


def compile_catalogue(source: Path) -> None:
    """Compile one .po file to the .mo file beside it, replacing it whole for whoever reads it meanwhile."""
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=source.parent.parent.name, domain=source.stem, abort_invalid=True)
    unfinished = source.with_suffix(f".mo.{os.getpid()}")
    with unfinished.open("wb") as compiled:
        write_mo(compiled, catalogue)
    unfinished.replace(source.with_suffix(".mo"))


class BuildHook(BuildHookInterface):  # type: ignore[type-arg] # its parameter is a private class of hatchling
    """Runs before every wheel, editable ones too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in sorted(Path(self.root, LOCALE).rglob("*.po")):
            compile_catalogue(source)
        if version == "standard":
            build_data["force_include"]["themes"] = "cmconsole/themes"
