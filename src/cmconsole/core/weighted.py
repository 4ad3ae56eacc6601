"""How long X takes a text to be: twitter-text's weighted length, configuration 3."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cmconsole.core.autolinks import places
from cmconsole.core.graphemes import PICTURES

PER_ADDRESS: Final = 23
"""What an address weighs however long it is: X publishes all of them as its own short links."""

PER_EMOJI: Final = 2


def _class(spans: str) -> str:
    """Return code points in hexadecimal (`2194-2199 21a9`) as the inside of a pattern's class."""
    ends = (span.partition("-") for span in spans.split())
    return "".join(
        f"\\U{int(first, 16):08x}" + (f"-\\U{int(last, 16):08x}" if last else "") for first, _, last in ends
    )


_SKINNED: Final = (
    "261d 26f9 270a-270d 1f385 1f3c2-1f3c4 1f3c7 1f3ca-1f3cc 1f442-1f443 1f446-1f450 1f466-1f478 1f47c"
    " 1f481-1f483 1f485-1f487 1f48f 1f491 1f4aa 1f574-1f575 1f57a 1f590 1f595-1f596 1f645-1f647"
    " 1f64b-1f64f 1f6a3 1f6b4-1f6b6 1f6c0 1f6cc 1f90c 1f90f 1f918-1f91f 1f926 1f930-1f939 1f93c-1f93e"
    " 1f977 1f9b5-1f9b6 1f9b8-1f9b9 1f9bb 1f9cd-1f9cf 1f9d1-1f9dd 1fac3-1fac5 1faf0-1faf8"
)
"""Emoji that take a skin tone (Emoji_Modifier_Base)."""

_FOLLOWERS: Final = (
    "2194-2195 2620 2640 2642 2695-2696 26a7 2708 2744 2764 27a1 2b1b 1f308 1f32b 1f33e 1f373 1f37c 1f384"
    " 1f393 1f3a4 1f3a8 1f3eb 1f3ed 1f430 1f466-1f469 1f48b 1f4a5 1f4a8 1f4ab 1f4bb-1f4bc 1f525 1f527"
    " 1f52c 1f5e8 1f680 1f692 1f7e9 1f7eb 1f91d 1f9af-1f9b3 1f9ba 1f9bc-1f9bd 1f9d1-1f9d2 1fa70"
    " 1fa79 1faef 1faf2"
)
"""What a joiner ties to another emoji: https://unicode.org/Public/emoji/latest/emoji-zwj-sequences.txt"""

_TONE: Final = r"[\U0001f3fb-\U0001f3ff]"
_PERSON: Final = f"[{_class(_SKINNED)}]{_TONE}"
_EMOJI: Final = re.compile(
    r"[#*0-9]\ufe0f?\u20e3"
    r"|[\U0001f1e6-\U0001f1ff]{2}"
    r"|\U0001f3f4[\U000e0061-\U000e007a]{4,6}\U000e007f"
    r"|[\xa9\xae]\ufe0f"
    rf"|(?:{_PERSON}|(?![\xa9\xae])[{_class(PICTURES)}]\ufe0f?)"
    rf"(?:\u200d(?=[{_class(_FOLLOWERS)}])(?:{_PERSON}|.\ufe0f?)){{0,3}}"
)
"""An emoji, of several code points or not. A sequence Unicode has no picture for is several emoji."""

_HEAVY: Final = re.compile(r"[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""Characters that weigh two: Chinese, Japanese and Korean ones above all, but `…` and `€`, too."""


def weight(text: str) -> int:
    """Return the weighted length of a post.

    An address weighs 23, an emoji 2, any other character 1 or 2. Emoji newer than twitter-text's own list,
    which is of 2019, weigh 2 as well: so say the pages of X.
    https://docs.x.com/fundamentals/counting-characters
    https://github.com/twitter/twitter-text/blob/master/config/v3.json
    """
    normal = text if text.isascii() else unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for start, end in places(normal):
        total += _bare(normal[at:start]) + PER_ADDRESS
        at = end
    return total + _bare(normal[at:])


def _bare(text: str) -> int:
    """Return the weight of a text without addresses."""
    if text.isascii():
        return len(text)
    rest, emoji = _EMOJI.subn("", text)
    return PER_EMOJI * emoji + len(rest) + len(_HEAVY.findall(rest))
