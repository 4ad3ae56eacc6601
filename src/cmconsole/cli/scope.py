"""What is said before or after any command (`--db`, `--as`…), and the settings that it leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cmconsole.config.schema import Settings


@dataclass(slots=True)
class Scope:
    """The global options; click hands it to every command.

    person, until: empty where not given; until is a clock time as `18:00`.
    """

    db: Path | None = None
    config: Path | None = None
    person: str = ""
    until: str = ""
    _settings: Settings | None = field(default=None, repr=False)

    def settings(self) -> Settings:
        """Return the settings with the options over them, and use their language. Raises SettingsError."""
        if self._settings is None:
            self._settings = self._read()
        return self._settings

    def _read(self) -> Settings:
        from msgspec.structs import replace  # noqa: PLC0415 - help and version do without

        from cmconsole.cli.speech import use  # noqa: PLC0415 - the same
        from cmconsole.config.loading import load  # noqa: PLC0415 - the same

        settings = load(self.config)
        use(settings.desk.language)
        if self.db is not None:
            settings = replace(settings, store=replace(settings.store, path=str(self.db)))
        if self.person:
            settings = replace(settings, desk=replace(settings.desk, person=self.person))
        return settings
