"""The settings of replies: the undo window, the signature, and when a second person must say yes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cmconsole.config.language import _
from cmconsole.config.shapes import Count, HostilityWord, Name, PriorityWord, Words

_Wait = Annotated[int, Meta(ge=1, le=86_400)]


class Replies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a reply leaves the desk."""

    undo_seconds: Annotated[
        int, Meta(ge=0, le=600, description="The undo window: how long a reply can be taken back.")
    ] = 10
    undo_most_seconds: Annotated[
        int,
        Meta(ge=0, le=600, description="The longest window: it grows with the author's reach and hostility."),
    ] = 30
    signature: Annotated[
        str,
        Meta(
            max_length=40,
            description="Put at the end of every reply; `{initials}` and `{person}` are the writer's.",
            examples=["^{initials}"],
        ),
    ] = ""
    after: Annotated[
        Literal["wait", "done", "open"],
        Meta(
            description="What becomes of a conversation that was answered: `wait` stops its clock until the"
            " author writes again, `done` resolves it, `open` leaves it."
        ),
    ] = "wait"
    look_up_seconds: Annotated[
        tuple[_Wait, ...],
        Meta(
            min_length=2,
            max_length=10,
            description="When a reply of which nobody knows whether it left is looked up: seconds after it,"
            " growing. Two look-ups in a row that do not find it say that it is not there.",
        ),
    ] = (10, 30, 120, 600)
    canned: Annotated[
        str,
        Meta(
            description="The folder of your canned responses. Empty: `canned` beside this file.",
            examples=["~/acme/canned"],
        ),
    ] = ""
    starter: Annotated[
        bool, Meta(description="Offer the canned responses that come with cmconsole, too.")
    ] = True

    def __post_init__(self) -> None:
        if list(self.look_up_seconds) != sorted(set(self.look_up_seconds)):
            raise ValueError(_("the numbers of look_up_seconds must grow"))
        if self.undo_most_seconds < self.undo_seconds:
            raise ValueError(_("undo_most_seconds cannot be less than undo_seconds"))


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a second person must say yes before a reply leaves; each of these is enough."""

    always: Annotated[bool, Meta(description="Before every reply.")] = False
    priorities: Annotated[
        tuple[PriorityWord, ...],
        Meta(description="The conversation has one of these priorities.", examples=[["urgent"]]),
    ] = ()
    min_reach: Annotated[
        Count | None, Meta(description="The author reaches so many people.", examples=[100_000])
    ] = None
    hostility: Annotated[
        HostilityWord | None, Meta(description="The author's words are at least so abusive.")
    ] = None
    min_alike: Annotated[
        Annotated[int, Meta(ge=2)] | None,
        Meta(description="A crisis: so many conversations say nearly the same as this one.", examples=[20]),
    ] = None
    trainees: Annotated[Words, Meta(description="These people wrote it.", examples=[["Bruno"]])] = ()
    accounts: Annotated[
        tuple[Name, ...], Meta(description="It speaks as one of these accounts.", examples=[["main"]])
    ] = ()
    guards: Annotated[
        Words,
        Meta(
            description="One of these guards was raised; see [their page](guards.md). The word `any` stands"
            " for all of them.",
            examples=[["sarcasm", "link-price"]],
        ),
    ] = ()
