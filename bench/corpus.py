"""Made-up mentions in French and English, as many as asked for, the same ones every time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

_OPENINGS = (
    "@velora bonjour,",
    "@velora hello,",
    "Hey @velora",
    "Dites @velora :",
    "",
    "Franchement,",
    "Honestly,",
    "So,",
    "Bonsoir,",
    "Update:",
    "Petite question :",
    "PSA:",
)
_MIDDLES = (
    "ma commande {n} n'est toujours pas arrivée",
    "my order {n} has not arrived yet",
    "le colis {n} est arrivé abîmé",
    "parcel {n} was opened on the way",
    "l'appli plante quand j'ouvre le panier {n}",
    "the app crashes at step {n}",
    "comment puis-je modifier l'adresse de la commande {n} ?",
    "can I change the address of order {n}?",
    "merci pour le suivi du dossier {n}, parfait",
    "thanks for sorting out ticket {n} so quickly",
    "on m'a débité deux fois pour la facture {n}",
    "I was charged twice on invoice {n}",
    "je recommande, {n} achats déjà",
    "the blue one, size {n}, is lovely",
    "le magasin de la rue {n} ouvre lundi",
    "the shop at number {n} opens on Monday",
)
_ENDINGS = (
    "c'est inadmissible !",
    "this is unacceptable.",
    "merci d'avance.",
    "thanks!",
    "😡",
    "😍",
    "une réponse serait bien…",
    "anyone?",
    "je relance pour la troisième fois",
    "third time I ask",
    "bravo à l'équipe 👏",
    "",
    "",
    "bonne journée",
    "see photos below",
    "depuis ce matin, et toujours rien",
    "quelqu'un a le même problème ?",
)
_PLATFORMS = ("x", "x", "x", "mastodon", "bluesky", "reddit", "feed")
_START = 1_760_000_000_000


def mentions(count: int, *, first: int = 0) -> Iterator[dict[str, object]]:
    """Yield `count` mentions in NDJSON form, numbered from `first`; ids are scattered as real ones are."""
    draw = random.Random(first)
    people = max(1_000, (first + count) // 3)
    for number in range(first, first + count):
        person = int(people * draw.random() ** 2)
        platform = _PLATFORMS[person % len(_PLATFORMS)]
        words = " ".join(
            filter(
                None, (draw.choice(_OPENINGS), draw.choice(_MIDDLES).format(n=number), draw.choice(_ENDINGS))
            )
        )
        yield {
            "id": f"{draw.getrandbits(62):x}-{number}",
            "platform": platform,
            "author": {
                "handle": f"person_{person}",
                "name": f"Person {person}",
                "followers": int(10 ** (person * 0.618034 % 1 * 5.2)),
                "verified": person % 100 == 0,
            },
            "created_at": _START + number * 200,
            "text": words,
            "url": f"https://velora.example/p/{number}",
        }


def write(path: Path, count: int, *, first: int = 0) -> None:
    """Write `count` mentions to `path` as NDJSON."""
    with path.open("w", encoding="utf-8") as stream:
        for mention in mentions(count, first=first):
            stream.write(json.dumps(mention, ensure_ascii=False) + "\n")
