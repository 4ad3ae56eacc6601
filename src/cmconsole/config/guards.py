"""The settings of the guards: what each of them may do, and what they go by."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from cmconsole.config.language import N_, _
from cmconsole.config.shapes import Count, Line, Phrase

LevelWord: TypeAlias = Literal["block", "confirm", "off"]
Domain: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(?!.*\.\.)[^\s./:@][^\s/:@]*\.[^\s/:@.]+\Z",
        title=N_("a domain without https://, as in acme.example"),
    ),
]
MaybeLevel: TypeAlias = LevelWord | None


class GuardRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the brand's own rules of wording: what raises it, and what it may do."""

    name: Annotated[Line, Meta(description="Shown as the reason.", examples=["no promise of dates"])]
    words: Annotated[
        tuple[Phrase, ...],
        Meta(
            min_length=1,
            title=N_("a list of at least one word or phrase"),
            description="A reply that holds one of these raises it.",
            examples=[["demain au plus tard", "by tomorrow", "guarantee*"]],
        ),
    ]
    level: Annotated[
        Literal["block", "confirm"],
        Meta(description="`block`: it does not leave; `confirm`: a word has to be typed."),
    ] = "confirm"
    advice: Annotated[
        str, Meta(max_length=200, description="What to write instead.", examples=["Say “as soon as we can”."])
    ] = ""


class Guards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What looks at every reply before it leaves; one left out is as [their own page](guards.md) says."""

    wrong_account: Annotated[MaybeLevel, Meta(description="Another account should answer.")] = None
    cannot_reply: Annotated[MaybeLevel, Meta(description="The platform does not let us answer.")] = None
    answered: Annotated[MaybeLevel, Meta(description="The post was answered already.")] = None
    colleague: Annotated[MaybeLevel, Meta(description="A colleague is answering, or holds it.")] = None
    rival_draft: Annotated[MaybeLevel, Meta(description="A colleague is writing a reply too.")] = None
    wrote_again: Annotated[MaybeLevel, Meta(description="The author has written again.")] = None
    gone: Annotated[MaybeLevel, Meta(description="The post is gone.")] = None
    edited: Annotated[MaybeLevel, Meta(description="The post was changed since the draft began.")] = None
    too_long: Annotated[MaybeLevel, Meta(description="It is longer than the platform takes.")] = None
    insult: Annotated[MaybeLevel, Meta(description="It insults or threatens the author.")] = None
    sarcasm: Annotated[MaybeLevel, Meta(description="The author may hear mockery in it.")] = None
    personal_data: Annotated[MaybeLevel, Meta(description="It holds somebody's personal data.")] = None
    colleague_name: Annotated[MaybeLevel, Meta(description="It names a colleague.")] = None
    link_price: Annotated[MaybeLevel, Meta(description="A link makes a post on X dearer.")] = None
    foreign_link: Annotated[MaybeLevel, Meta(description="A link leads elsewhere, or hides where.")] = None
    capitals: Annotated[MaybeLevel, Meta(description="It is written in capitals.")] = None
    other_language: Annotated[MaybeLevel, Meta(description="It is in another language than the post.")] = None
    same_text: Annotated[MaybeLevel, Meta(description="The account has just said the same.")] = None
    haste: Annotated[MaybeLevel, Meta(description="It was written sooner than the post is read.")] = None
    after_shift: Annotated[MaybeLevel, Meta(description="Your shift is over.")] = None
    banned_words: Annotated[
        tuple[Phrase, ...],
        Meta(
            description="Words the brand does not say: a reply that holds one does not leave.",
            examples=[["cheap", "pas cher*"]],
        ),
    ] = ()
    rules: Annotated[tuple[GuardRule, ...], Meta(description="The brand's own rules of wording.")] = ()
    domains: Annotated[
        tuple[Domain, ...],
        Meta(
            description="The brand's domains, each with those below it: links and mail addresses elsewhere"
            " raise a guard.",
            examples=[["acme.example", "acme-help.example"]],
        ),
    ] = ()
    contacts: Annotated[
        tuple[Line, ...],
        Meta(
            description="Phone numbers and mail addresses of the brand's own: they are no personal data.",
            examples=[["01 42 68 53 00"]],
        ),
    ] = ()
    colleagues: Annotated[
        tuple[Line, ...],
        Meta(description="Names that stay inside, besides those at the desk.", examples=[["Bruno Martin"]]),
    ] = ()
    order_numbers: Annotated[
        tuple[Annotated[str, Meta(min_length=2, max_length=100)], ...],
        Meta(
            description="What the brand's order numbers look like: regular expressions.",
            examples=[[r"\bAC-\d{6}\b"]],
        ),
    ] = ()
    haste_reach: Annotated[Count, Meta(description="The author's reach from which haste matters.")] = 10_000
    same_text_hours: Annotated[
        int, Meta(ge=1, le=48, description="For how long the same words count as the same text again.")
    ] = 24

    def __post_init__(self) -> None:
        for written in self.order_numbers:
            try:
                pattern = re.compile(written)
            except re.error as error:
                text = _("order_numbers holds {pattern}, which is no regular expression: {reason}")
                raise ValueError(text.format(pattern=written, reason=error)) from error
            if pattern.search("") is not None:
                text = _("order_numbers holds {pattern}, which any text matches")
                raise ValueError(text.format(pattern=written))
