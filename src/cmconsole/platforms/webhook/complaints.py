"""What is wrong with an item, by JSON Schema: which part, what it is, and what is allowed there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

MOST_TOLD: Final = 50
"""Complaints told of one request; the others are counted."""

_KINDS: Final = {
    "object": "an object",
    "array": "an array",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong. pointer: where in the item (RFC 6901), empty for the item itself."""

    pointer: str
    problem: str
    allowed: str


class Form:
    """What an item has to be: a JSON Schema (draft 2020-12) kept in the package."""

    def __init__(self, package: str, name: str) -> None:
        self.text = files(package).joinpath(name).read_bytes()
        """The schema as it is served."""
        schema: dict[str, Any] = msgspec.json.decode(self.text)
        Draft202012Validator.check_schema(schema)
        self._validator = Draft202012Validator(schema)
        self._parts: Mapping[str, Any] = schema["properties"]

    def complaints(self, item: Any) -> list[Complaint]:
        """Return what is wrong with an item, in the order of its parts; nothing: it is right."""
        found = {it for error in self._validator.iter_errors(item) for it in self._told(error)}
        return sorted(found, key=lambda complaint: (complaint.pointer, complaint.problem))

    def _told(self, error: ValidationError) -> Iterator[Complaint]:
        """Tell an error; of alternatives that all fail, what is wrong by the one that was meant."""
        # Of alternatives that one was meant whose kind of value it is.
        depth = len(error.absolute_path)
        meant = [it for it in error.context or () if it.validator != "type" or len(it.absolute_path) > depth]
        if meant and error.validator == "anyOf":
            for inner in meant:
                yield from self._told(inner)
            return
        path = tuple(error.absolute_path)
        if error.validator == "required":
            missing = str(error.message).split("'")[1]
            yield Complaint(_pointer((*path, missing)), "it is missing", self._allowed((*path, missing)))
            return
        allowed = self._allowed(path) if path else _allowed_by(error.schema)
        yield Complaint(_pointer(path), _problem(error), allowed)

    def _allowed(self, path: tuple[str | int, ...]) -> str:
        """Say what may stand at a place: the kinds of value, and what the schema tells of it."""
        part: Any = self._parts.get(str(path[0]), {})
        kinds = _kinds(part, self._validator.schema)
        for step in path[1:]:
            inner = _resolved(part, self._validator.schema)
            options = [_resolved(option, self._validator.schema) for option in inner.get("anyOf", [inner])]
            part = next((it["properties"][step] for it in options if step in it.get("properties", {})), {})
            kinds = _kinds(part, self._validator.schema)
        description = str(part.get("description", "")).rstrip(".")
        return f"{' or '.join(kinds)}: {description}" if description else " or ".join(kinds)


def _problem(error: ValidationError) -> str:
    """Say what a value is, never repeating it: an answer may end up in anybody's log."""
    match error.validator:
        case "minLength":
            return "it is empty"
        case "maxLength":
            return f"it is longer than {error.validator_value} characters"
        case "minimum":
            return f"it is below {error.validator_value}"
        case "maximum" | "exclusiveMaximum":
            return f"it is above {error.validator_value}"
        case "pattern" | "format":
            return "it is a text of another form"
        case _:
            return f"it is {_kind(error.instance)}" if error.validator != "enum" else "it is another value"


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text" if value else "an empty text"
        case int() | float():
            return "a number"
        case list():
            return "an array"
        case _:
            return "an object"


def _kinds(part: Mapping[str, Any], schema: Any) -> list[str]:
    """Return in words which kinds of value a part of a schema allows."""
    resolved = _resolved(part, schema)
    if "enum" in resolved:
        return [msgspec.json.encode(value).decode() for value in resolved["enum"]]
    if "anyOf" in resolved:
        return list(dict.fromkeys(kind for it in resolved["anyOf"] for kind in _kinds(it, schema)))
    given = resolved.get("type", ())
    return [_KINDS[kind] for kind in ([given] if isinstance(given, str) else given)]


def _allowed_by(schema: Any) -> str:
    return " or ".join(_kinds(schema, schema)) if isinstance(schema, Mapping) else ""


def _resolved(part: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """Return a part of a schema with the definition it refers to laid under it."""
    reference = part.get("$ref", "")
    if not reference:
        return part
    return {**schema["$defs"][reference.removeprefix("#/$defs/")], **part}


def _pointer(path: Iterable[str | int]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
