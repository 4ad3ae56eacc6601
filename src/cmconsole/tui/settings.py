"""What the console needs to know beside the desk: whom it speaks for, and how it looks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cmconsole.tui.keymap import Keymap, keymap
from cmconsole.tui.themes import DEFAULT


class Mode(StrEnum):
    """Whether what is sent is published: said in words and colour, all the time."""

    LIVE = "live"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """One console's settings; the person and their time zone are the desk's.

    brand: whom the desk speaks for. account, network: as whom and where, `@acme` and `X`; both may be empty.
    theme: a name of `tui.themes`. ascii: draw with ASCII only. mute: no bell, ever. colour: off when
    NO_COLOR is set.
    keymap: keys in use. silence_reasons: reasons for not answering beside the built-in ones.
    accounts: the account that each source reads with, by the source's name; not of those that need none.
    """

    brand: str
    account: str = ""
    network: str = ""
    mode: Mode = Mode.REHEARSAL
    theme: str = DEFAULT
    ascii: bool = False
    mute: bool = False
    colour: bool = field(default_factory=lambda: not os.environ.get("NO_COLOR"))
    keymap: Keymap = field(default_factory=keymap)
    silence_reasons: tuple[str, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
