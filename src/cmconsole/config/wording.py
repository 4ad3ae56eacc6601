"""Puts types and values of the settings into words: what is allowed, and what was found."""

from __future__ import annotations

from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from cmconsole.config.language import _
from cmconsole.core.text import one_line

_LONGEST = 60


def shown(value: object, *, quoted: bool = True) -> str:
    """Return a value that was found, as TOML would write it: on one line, and not too long."""
    if isinstance(value, str) and not quoted:
        return one_line(value, _LONGEST)
    return one_line(msgspec.json.encode(value, enc_hook=str).decode("utf-8", "replace"), _LONGEST)


def allowed(annotation: Any) -> str:
    """Return what the schema allows, in words: `a whole number from 1 to 480`."""
    bare, limits = unwrapped(annotation)
    title = next((limit.title for limit in limits if limit.title), "")
    if title:
        return _(title)
    arguments = get_args(bare)
    match get_origin(bare):
        case origin if origin is Literal:
            return _one_of(arguments)
        case origin if origin is tuple and Ellipsis in arguments:
            return _("a list, each: {allowed}").format(allowed=allowed(arguments[0]))
        case origin if origin is tuple:
            item = allowed(arguments[0])
            return _("a list of {count}, each: {allowed}").format(count=len(arguments), allowed=item)
        case origin if origin in {Union, UnionType} and not any(map(_is_table, arguments)):
            return _(" or ").join(allowed(arm) for arm in arguments if arm is not NoneType)
        case _:
            return _plain(bare, limits)


def unwrapped(annotation: Any) -> tuple[Any, list[msgspec.Meta]]:
    """Return the type without its notes, and the notes."""
    if get_origin(annotation) is not Annotated:
        return annotation, []
    bare, *notes = get_args(annotation)
    return bare, [note for note in notes if isinstance(note, msgspec.Meta)]


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)


def _plain(bare: Any, limits: list[msgspec.Meta]) -> str:
    if bare is bool:
        return _("true or false")
    if bare is int:
        return _whole_number(limits)
    if bare is float:
        return _number(limits)
    if bare is str:
        return _("text that is not empty") if any(limit.min_length for limit in limits) else _("text")
    if isinstance(bare, type) and issubclass(bare, Enum):
        return _one_of(tuple(member.value for member in bare))
    return _("a table")


def _whole_number(limits: list[msgspec.Meta]) -> str:
    least = next((limit.ge for limit in limits if limit.ge is not None), None)
    most = next((limit.le for limit in limits if limit.le is not None), None)
    if least is not None and most is not None:
        return _("a whole number from {least} to {most}").format(least=least, most=most)
    if least is not None:
        return _("a whole number of at least {least}").format(least=least)
    return _("a whole number")


def _number(limits: list[msgspec.Meta]) -> str:
    least = next((limit.ge for limit in limits if limit.ge is not None), None)
    most = next((limit.le for limit in limits if limit.le is not None), None)
    if least is not None and most is not None:
        return _("a number from {least} to {most}").format(least=least, most=most)
    return _("a number")


def _one_of(values: tuple[object, ...]) -> str:
    return ", ".join(f'"{value}"' for value in values)
