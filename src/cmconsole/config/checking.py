"""Finds everything that is wrong in settings: where it is, what was found there, and what is allowed."""

from __future__ import annotations

import types
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from cmconsole.config.language import _
from cmconsole.config.wording import allowed, shown, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Path = tuple[str, ...]
"""The names that lead to a value: `("sources", "blog", "url")`; places in a list count from `[1]`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the path to it, and the rest of the sentence that begins with its key."""

    path: Path
    says: str

    @property
    def key(self) -> str:
        """The dotted key: `triage.rules[2].priority`."""
        return dotted(self.path)


def dotted(path: Path) -> str:
    """Return a path as people write it."""
    return ".".join(path).replace(".[", "[")


def problems(value: object, annotation: Any, path: Path = ()) -> Iterator[Problem]:
    """Yield what keeps a value from being of a type of the schema, in the order of the schema.

    msgspec alone decides what is valid; this walks down to the smallest part that it refuses.
    """
    bare, _limits = unwrapped(annotation)
    origin = get_origin(bare)
    if _is_struct(bare) and isinstance(value, dict):
        yield from _in_table(value, bare, path)
    elif tagged := _tagged(bare):
        yield from _in_tagged(value, annotation, tagged, path)
    elif origin is dict and isinstance(value, dict):
        yield from _in_names(value, bare, path)
    elif origin is tuple and Ellipsis in get_args(bare) and isinstance(value, list):
        within = [
            problem
            for place, item in enumerate(value, start=1)
            for problem in problems(item, get_args(bare)[0], (*path, f"[{place}]"))
        ]
        yield from within or _refused(value, annotation, path)
    else:
        yield from _refused(value, annotation, path)


def type_at(annotation: Any, path: Sequence[str]) -> Any | None:
    """Return the type the schema gives to what lies at a path; None where it knows no such place."""
    for name in path:
        bare, _limits = unwrapped(annotation)
        if _is_struct(bare):
            annotation = _fields(bare).get(name)
        elif tagged := _tagged(bare):
            known = [_fields(struct)[name] for struct in tagged.values() if name in _fields(struct)]
            annotation = known[0] if known else (str if name == "type" else None)
        else:
            annotation = get_args(bare)[1] if get_origin(bare) is dict else None
        if annotation is None:
            return None
    return annotation


def _refused(value: object, annotation: Any, path: Path) -> Iterator[Problem]:
    try:
        msgspec.convert(value, annotation)
    except msgspec.ValidationError:
        says = _("is {found}; allowed: {allowed}.").format(found=shown(value), allowed=allowed(annotation))
        yield Problem(path, says)


def _in_table(
    value: Mapping[str, object], struct: type[msgspec.Struct], path: Path, tag: str = ""
) -> Iterator[Problem]:
    fields = _fields(struct)
    found = [_unknown(name, [*fields], path) for name in value if name not in fields and name != tag]
    required = {field.name for field in msgspec.structs.fields(struct) if field.required}
    for name, annotation in fields.items():
        if name in value:
            found += problems(value[name], annotation, (*path, name))
        elif name in required:
            says = _("is missing; allowed: {allowed}.").format(allowed=allowed(annotation))
            found.append(Problem((*path, name), says))
    yield from found
    if not found:
        yield from _as_a_whole(value, struct, path)


def _as_a_whole(value: Mapping[str, object], struct: type[msgspec.Struct], path: Path) -> Iterator[Problem]:
    """Find what single values do not show: what a struct itself refuses when it is made."""
    try:
        msgspec.convert(value, struct)
    except msgspec.ValidationError as error:
        yield Problem(path, _("cannot be used: {reason}.").format(reason=str(error).partition(" - at `")[0]))


def _in_tagged(
    value: object, annotation: Any, tagged: Mapping[str, type[msgspec.Struct]], path: Path
) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield from _refused(value, annotation, path)
        return
    kind = value.get("type")
    if isinstance(kind, str) and kind in tagged:
        yield from _in_table(value, tagged[kind], path, tag="type")
        return
    words = ", ".join(f'"{tag}"' for tag in tagged)
    if kind is None:
        yield Problem((*path, "type"), _("is missing; allowed: {allowed}.").format(allowed=words))
    else:
        says = _("is {found}; allowed: {allowed}.").format(found=shown(kind), allowed=words)
        yield Problem((*path, "type"), says)


def _in_names(value: Mapping[str, object], annotation: Any, path: Path) -> Iterator[Problem]:
    key_type, value_type = get_args(annotation)
    for name, item in value.items():
        place = (*path, shown(name, quoted=False))
        for problem in _refused(name, key_type, place):
            yield Problem(
                problem.path,
                _("has a name that cannot be used; allowed: {allowed}.").format(allowed=allowed(key_type)),
            )
            break
        else:
            yield from problems(item, value_type, place)


def _unknown(name: str, known: Sequence[str], path: Path) -> Problem:
    place = (*path, shown(name, quoted=False))
    near = get_close_matches(name, known, n=1)
    if near:
        says = _("is not a setting. Did you mean {key}?").format(key=dotted((*path, near[0])))
    else:
        says = _("is not a setting; allowed there: {names}.").format(names=", ".join(sorted(known)))
    return Problem(place, says)


def _is_struct(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)


def _tagged(annotation: Any) -> dict[str, type[msgspec.Struct]]:
    """Return the structs of a tagged union by their tag; nothing for any other type."""
    if get_origin(annotation) not in {Union, types.UnionType}:
        return {}
    structs = [arm for arm in get_args(annotation) if _is_struct(arm)]
    return {str(struct.__struct_config__.tag): struct for struct in structs}


def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(struct, include_extras=True)
