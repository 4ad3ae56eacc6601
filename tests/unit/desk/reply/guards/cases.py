"""For each guard replies it must stop, with a part of what it has to say, and replies it must not mind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.claim import Claim
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND
from cmconsole.core.guard import Level
from cmconsole.core.mention import Absence
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.shift import Shift, Stage
from cmconsole.desk import shift
from cmconsole.desk.reply.candidate import Candidate
from tests.unit.desk.parts import NOON
from tests.unit.desk.reply.guards.parts import candidate, other, said, stored, talk

LONG_POST = " ".join(["mot"] * 100)


def state(standing: Standing, seen: str = "") -> AccountState:
    return AccountState("main", "x", "@acme", "live", standing, seen)


def over(stage: Stage, left: int = -20 * MINUTE) -> shift.Standing:
    return shift.Standing(Shift(1, "Alice", NOON - 8 * HOUR, NOON + left), stage, left, 1.0)


def claimed(by: str) -> Any:
    return replace(talk(), claim=Claim(by, NOON + HOUR))


def gone() -> Any:
    return replace(stored(), gone=Absence.DELETED)


def edited(at: int) -> Any:
    return stored(text="Finalement non, tout va bien", edited_at=at)


BAD: list[tuple[str, Level, str, Candidate]] = [
    ("wrong-account", Level.CONFIRM, "addressed to other", candidate(fitting=("other", "main"))),
    (
        "wrong-account",
        Level.BLOCK,
        "is on Reddit",
        candidate(speaker=Speaker("main", "reddit", "@acme", Mode.LIVE)),
    ),
    ("wrong-account", Level.BLOCK, "no account main", candidate(speaker=None)),
    ("wrong-account", Level.BLOCK, "no account on X", candidate(speaker=None, reply={"account": ""})),
    ("wrong-account", Level.BLOCK, "cannot answer here", candidate(fitting=())),
    (
        "unverified",
        Level.BLOCK,
        "for @acme_fans; the settings say @acme",
        candidate(account=state(Standing.LOCKED, "acme_fans")),
    ),
    ("unverified", Level.BLOCK, "accounts add", candidate(account=state(Standing.REFUSED))),
    ("unverified", Level.BLOCK, "not checked yet", candidate(account=None)),
    ("unverified", Level.BLOCK, "not reached", candidate(account=state(Standing.UNREACHED))),
    ("rehearsal", Level.TELL, "nothing leaves", candidate(mode=Mode.REHEARSAL)),
    ("cannot-reply", Level.BLOCK, "mention or quote", candidate(answered=stored(can_reply=False))),
    (
        "cannot-reply",
        Level.BLOCK,
        "Reddit does not",
        candidate(answered=stored(can_reply=False, platform="reddit"), platform="reddit"),
    ),
    (
        "answered",
        Level.CONFIRM,
        "Bruno answered already, 5 min ago: “Nous regardons.”",
        candidate(others=(other(ReplyStatus.SENT, sent_at=NOON - 5 * MINUTE),)),
    ),
    (
        "answered",
        Level.CONFIRM,
        "you answered already",
        candidate(others=(other(ReplyStatus.REHEARSED, writer="Alice"),)),
    ),
    (
        "colleague",
        Level.BLOCK,
        "a reply of Bruno is on its way",
        candidate(others=(other(ReplyStatus.HOLDING),)),
    ),
    (
        "colleague",
        Level.BLOCK,
        "a reply of Bruno is on its way",
        candidate(others=(other(ReplyStatus.UNKNOWN),)),
    ),
    ("colleague", Level.BLOCK, "Bruno holds", candidate(conversation=claimed("Bruno"))),
    ("rival-draft", Level.CONFIRM, "last change 5 min ago", candidate(others=(other(ReplyStatus.DRAFT),))),
    (
        "rival-draft",
        Level.CONFIRM,
        "awaits approval",
        candidate(others=(other(ReplyStatus.AWAITING, at=NOON - HOUR),)),
    ),
    (
        "wrote-again",
        Level.CONFIRM,
        "“Ah, il est là !”",
        candidate(mentions=(stored(), stored(2, "Ah, il est là !", at=NOON))),
    ),
    (
        "wrote-again",
        Level.CONFIRM,
        "60 s ago",
        candidate(reply={"seen": 0}, mentions=(stored(), stored(2, "Et ?", at=NOON - MINUTE + 1))),
    ),
    ("gone", Level.BLOCK, "was deleted by its author", candidate(answered=gone())),
    ("gone", Level.BLOCK, "not here any more", candidate(answered=None)),
    (
        "edited",
        Level.CONFIRM,
        "“Finalement non, tout va bien” now",
        candidate(answered=edited(NOON - MINUTE)),
    ),
    ("empty", Level.BLOCK, "no text", candidate(" \n")),
    ("empty", Level.BLOCK, "nothing in it but “@ada”", candidate("@ada ")),
    ("unfilled", Level.BLOCK, "{name}, {order_2}", candidate("Bonjour {name}, {order_2} et {name}")),
    ("unfilled", Level.BLOCK, "{initials}", candidate("Bonjour", parts=("Bonjour ^{initials}",))),
    ("too-long", Level.BLOCK, "20 characters too many", candidate("a" * 300)),
    ("too-long", Level.BLOCK, "post 2 of 2: 1 character", candidate(parts=("a", "b" * 281))),
    ("too-long", Level.BLOCK, "100 characters", candidate("a" * 200, platform="mastodon", most=100)),
    ("banned-words", Level.BLOCK, "“pas chères”", candidate("Nos chaises pas chères sont là.")),
    ("brand-rule", Level.CONFIRM, "no promise of dates: “Guaranteed”. Say “soon”.", candidate("Guaranteed!")),
    (
        "insult",
        Level.BLOCK,
        "“vous êtes une menteuse” insults",
        candidate("Bonjour, vous êtes une menteuse."),
    ),
    ("insult", Level.BLOCK, "crétin", candidate("Un crétin pareil, on n'avait jamais vu.")),
    ("insult", Level.BLOCK, "threatens", candidate("See you in court.")),
    ("sarcasm", Level.CONFIRM, "“C'est ça, oui”", candidate("C’est ça, oui.")),
    ("sarcasm", Level.CONFIRM, "refuses with a smile", candidate("On ne rembourse pas :)")),
    ("sarcasm", Level.CONFIRM, "to somebody who complains", candidate("Bonne question 😂")),
    ("sarcasm", Level.CONFIRM, "is rude", candidate("Putain, quel retard.")),
    (
        "personal-data",
        Level.CONFIRM,
        "“06 12 34 56 78” is a phone number",
        candidate("Je vous rappelle au 06 12 34 56 78"),
    ),
    ("colleague-name", Level.CONFIRM, "“Bruno”", candidate("Bruno s'en occupe.")),
    ("colleague-name", Level.CONFIRM, "“Dora”", candidate("Dora s'en occupe.", colleagues=("Dora",))),
    ("link-price", Level.CONFIRM, "$0.20 on X instead of $0.015", candidate("Ici : https://acme.fr/suivi")),
    (
        "foreign-link",
        Level.CONFIRM,
        "“https://acme.example/suivi” does not lead",
        candidate("Ici : https://acme.example/suivi."),
    ),
    ("capitals", Level.CONFIRM, "“NOUS NE POUVONS RIEN”", candidate("Bonjour, NOUS NE POUVONS RIEN faire.")),
    (
        "other-language",
        Level.CONFIRM,
        "post is in French, your reply in English",
        candidate("Hello, we are so sorry about this delay."),
    ),
    (
        "same-text",
        Level.CONFIRM,
        "once in the last 24 h",
        candidate(said=(said(candidate().text),), platform="mastodon"),
    ),
    (
        "haste",
        Level.CONFIRM,
        "12k people follow the author: the post takes 20 s to read, this reply took 4 s",
        candidate(post=LONG_POST, reach=12_000, reply={"created_at": NOON - 4 * SECOND}),
    ),
    ("after-shift", Level.CONFIRM, "over for 20 min", candidate(standing=over(Stage.OVER))),
    ("after-shift", Level.BLOCK, "handed over", candidate(standing=over(Stage.HANDED_OVER))),
]

GOOD: list[tuple[str, Candidate]] = [
    ("wrong-account", candidate(fitting=("main", "other"))),
    ("unverified", candidate(account=None, mode=Mode.REHEARSAL)),
    ("rehearsal", candidate(mode=Mode.LIVE)),
    ("cannot-reply", candidate(answered=stored(can_reply=True))),
    # The author wrote again after that answer.
    ("answered", candidate(others=(other(ReplyStatus.SENT, sent_at=NOON - 2 * HOUR, in_reply_to="m0"),))),
    ("answered", candidate(others=(other(ReplyStatus.SENT, act=Act.LIKE),))),
    ("colleague", candidate(conversation=claimed("Alice"))),
    # Whoever approves a reply does so although its writer holds the conversation.
    ("colleague", candidate(conversation=claimed("Alice"), person="Bruno")),
    ("colleague", candidate(others=(other(ReplyStatus.FAILED),))),
    ("rival-draft", candidate(others=(other(ReplyStatus.DRAFT, at=NOON - 10 * MINUTE),))),
    ("rival-draft", candidate(others=(other(ReplyStatus.DRAFT, writer="Alice"),))),
    ("wrote-again", candidate(mentions=(stored(), stored(2)), reply={"seen": 2})),
    ("gone", candidate(answered=stored())),
    ("edited", candidate(answered=edited(NOON - HOUR))),
    ("empty", candidate("❤️")),
    ("unfilled", candidate("{} et {Prénom}, entre { accolades }")),
    ("too-long", candidate("a" * 280)),
    ("too-long", candidate("a" * 600, platform="mastodon", most=1_000)),
    ("banned-words", candidate("Pas question d'acheter cher.")),
    ("brand-rule", candidate("Plus tard, au mieux.")),
    ("insult", candidate("Navrée qu'il vous ait traitée d'idiote en boutique.")),
    ("insult", candidate("Une de nos collaboratrices a bien votre adresse.")),
    (
        "insult",
        candidate(
            "« Bande de clowns », écrivez-vous : nous l'entendons.",
            mentions=(stored(text="Bande de clowns !"),),
        ),
    ),
    (
        "sarcasm",
        candidate("Bravo pour ce magnifique dessin !", post="Merci @acme, ma fille adore vos crayons ❤️"),
    ),
    ("sarcasm", candidate("Malheureusement, ce n'est pas possible. Écrivez-nous, nous trouverons mieux 😊")),
    ("sarcasm", candidate("Nous restons disponibles, au calme.")),
    (
        "personal-data",
        candidate("Appelez-nous au 09 69 36 12 34 ou écrivez à contact@acme.fr, dossier 482913."),
    ),
    ("personal-data", candidate("Passez à notre boutique du 12 rue de Rivoli, 75001 Paris.")),
    ("personal-data", candidate("+44 800 123 4567, or 1-800-555-0199")),
    ("colleague-name", candidate("Merci Bruno pour ce retour !")),
    ("colleague-name", candidate("Ada vous répond.", colleagues=("Ada",))),
    ("colleague-name", candidate("Alice, du service client.", colleagues=("Alice",))),
    ("colleague-name", candidate("L'eau de rose est de retour.")),
    ("link-price", candidate("Ici : https://acme.fr/suivi", platform="mastodon")),
    ("link-price", candidate("Écrivez à contact@acme.fr")),
    (
        "foreign-link",
        candidate("https://www.acme.fr/a, aide.acme.com (et https://ACME.fr).", platform="bluesky"),
    ),
    ("foreign-link", candidate("C'est noté.Je regarde, merci.Bonne journée")),
    ("foreign-link", candidate("https://x.com/messages/compose?recipient_id=1")),
    ("capitals", candidate("Le SAV et la FNAC, à Paris, ont le PDF ; OK ?")),
    ("capitals", candidate("Merci, @ACME_FRANCE #JEUCONCOURS !")),
    ("other-language", candidate("Bonjour, c'est noté, merci.")),
    ("other-language", candidate("Hello !")),
    ("same-text", candidate(said=(said("Votre colis est retrouvé, il part demain."),))),
    ("same-text", candidate(said=(said(candidate().text, at=NOON - 2 * DAY),))),
    ("same-text", candidate(said=(said(candidate().text, account="other"), said(candidate().text, key=7)))),
    ("haste", candidate(post=LONG_POST, reach=9_999, reply={"created_at": NOON})),
    ("haste", candidate(post=LONG_POST, reach=50_000, reply={"created_at": NOON - 20 * SECOND})),
    ("after-shift", candidate(standing=over(Stage.PREPARE_HANDOVER, left=5 * MINUTE))),
]
