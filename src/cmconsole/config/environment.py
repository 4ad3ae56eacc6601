"""Settings from the environment: CMCONSOLE_DESK__THEME=calm-light stands for `theme` in `[desk]`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Literal, get_origin

from cmconsole.config.checking import Path, type_at
from cmconsole.config.schema import Settings
from cmconsole.config.wording import unwrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "CMCONSOLE_"
SEPARATOR = "__"


def overlaid(tables: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[Path, str]]:
    """Return a file's tables with the environment's values over them, and which variable set which path.

    Only names with the separator are settings, as each setting is in a section; other variables with the
    prefix are left alone (CMCONSOLE_CONFIG).
    """
    merged, origins = dict(tables), {}
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and SEPARATOR in variable:
            path = _resolved(merged, variable.removeprefix(PREFIX).lower().split(SEPARATOR))
            merged = _with(merged, path, _read(environ[variable], type_at(Settings, path)))
            origins[path] = variable
    return merged, origins


def _resolved(tables: Mapping[str, Any], names: list[str]) -> Path:
    """Return the path as the file spells it: environment names know neither case nor hyphens."""
    path: list[str] = []
    here: Any = tables
    for name in names:
        known = here if isinstance(here, dict) else {}
        spelt = next((key for key in known if key.lower().replace("-", "_") == name), name)
        path.append(spelt)
        here = known.get(spelt)
    return tuple(path)


def _with(tables: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    """Return a copy in which the value stands at the path; a plain value on the way gives way to a table."""
    name, *rest = path
    inner = tables.get(name)
    if rest:
        value = _with(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    return {**tables, name: value}


def _read(raw: str, annotation: Any) -> object:
    """Read a value as TOML where the setting is not text; text needs no quotes in the environment."""
    if annotation is None or _is_text(annotation):
        return raw
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw


def _is_text(annotation: Any) -> bool:
    bare, _limits = unwrapped(annotation)
    return bare is str or get_origin(bare) is Literal
