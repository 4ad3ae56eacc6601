"""An afternoon of Acme, who make coffee machines: who says what, and where, for a person to play with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.twin.bluesky import BlueskyTwin
from tests.twin.mastodon import MastodonTwin
from tests.twin.server import Twin
from tests.twin.world import PlatformTwin


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that happens: somebody mentions us (`@acme`, whatever we are called there), or comes back.

    key: what is taken up later. does: "mention", "edit" or "delete". name, followers, verified: the author's.
    """

    platform: str
    author: str
    language: str
    text: str
    does: str = "mention"
    key: str = ""
    name: str = ""
    followers: int = 140
    verified: bool = False


def _fr(platform: str, author: str, text: str, **more: Any) -> Scene:
    return Scene(platform, author, "fr", text, **more)


def _en(platform: str, author: str, text: str, **more: Any) -> Scene:
    return Scene(platform, author, "en", text, **more)


# fmt: off
SCENES = (
    _fr("x", "lea_martin", "@acme ma machine fuit depuis ce matin, tout est inondé. Vous faites quoi ?"),
    _en("mastodon", "tomhiggs", "@acme third week without the gasket you promised. Is anybody there?"),
    _fr("bluesky", "nadia", "Merci @acme pour l'échange express, café parfait ce matin !", name="Nadia B."),
    _en("reddit", "grindset_barista", "@acme my order says delivered, no trace of it. Where is it?"),
    _fr("x", "cafe_critique", "Machine « réparable », dites-vous @acme ? La mienne est collée. Une réponse ?",
        name="Le Café critique", followers=186_000, verified=True),
    _en("bluesky", "ollie", "Hey @acme, do you ship to Ireland?", key="ireland"),
    _fr("mastodon", "sandrine", "@acme toujours pas remboursée de ma commande de septembre. Inadmissible.",
        key="refund"),
    _en("x", "darkroast66", "@acme lol your machines are garbage and so are the clowns who buy them"),
    _fr("reddit", "moka_pote", "L'appli @acme plante au démarrage depuis la mise à jour, chez vous aussi ?"),
    _en("x", "priya_k", "@acme charged twice for one grinder, chat closes on me. What now?", name="Priya K."),
    _en("bluesky", "ollie", "Hey @acme, do you ship to Ireland? And to Malta?", does="edit", key="ireland"),
    _fr("x", "jules_r", "Bonjour @acme, où trouve-t-on la notice du modèle Duo ?"),
    _en("mastodon", "hannahbrews", "@acme I am reviewing your new Duo tonight, live. Anything to say before?",
        name="Hannah Brews", followers=54_000),
    _fr("x", "seb_lyon", "@acme 45 minutes d'attente au téléphone, puis « rappelez demain ». Bravo."),
    _en("reddit", "latte_party", "The descaling light on my machine never goes off, @acme any idea?"),
    _en("bluesky", "marcus", "Best service this year: thank you @acme, the replacement came in a day."),
    _en("mastodon", "darkroast66", "@acme still hiding? typical. pathetic company", key="troll"),
    _fr("mastodon", "sandrine", "@acme toujours pas remboursée de ma commande de septembre. Ajout : réglé",
        does="edit", key="refund"),
    _fr("x", "maman_de_3", "@acme la carafe a explosé, mon fils a été coupé à la main. À qui je parle ?",
        name="Aurélie"),
    _fr("x", "consowatch", "Après l'accident de carafe de ce matin, @acme rappelle-t-elle le modèle Duo ?",
        name="ConsoWatch", followers=92_000, verified=True),
    _en("x", "rob_d", "@acme my Duo carafe cracked too. Is there a recall?"),
    _fr("bluesky", "claire", "@acme même carafe chez moi, même fêlure. J'attends une réponse."),
    _en("reddit", "pourover", "PSA: stop using the Duo carafe until @acme answers. Mine cracked as well."),
    _en("mastodon", "darkroast66", "", does="delete", key="troll"),
    _fr("mastodon", "yann", "@acme vous livrez en point relais à Liège ?"),
    _en("x", "mike_espresso", "Ordered Monday, delivered Tuesday, brewing Wednesday. @acme you are quick!"),
    _fr("reddit", "moka_pote", "@acme c'est réparé avec la 4.2.1, merci d'avoir fait vite."),
    _en("x", "promo4u", "@acme FREE crypto for coffee lovers!! click the link in my bio"),
    _fr("bluesky", "ines", "Le service client @acme raccroche dès qu'on parle de remboursement. Honteux."),
    _en("x", "dan_w", "@acme is the water filter of the Solo the same as that of the Duo?"),
)
# fmt: on
"""One round; a second round is told by other people (`lea_martin2`), so that nobody repeats themselves."""


async def play(
    running: Twin, per_second: float, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> None:
    """Let the scenes happen, so many a second, until cancelled, on the platforms that are there."""
    scenes = [scene for scene in SCENES if scene.platform in running.platforms]
    for number in count(1) if scenes else ():
        told: dict[str, str] = {}
        for scene in scenes:
            platform = running.platforms[scene.platform]
            if scene.does == "delete":
                platform.delete(told[scene.key])
            elif scene.does == "edit":
                platform.edit(told[scene.key], _text(platform, scene))
            else:
                author = scene.author if number == 1 else f"{scene.author}{number}"
                told[scene.key] = _mentioned(platform, scene, author)
            await sleep(1 / per_second)


def _mentioned(platform: PlatformTwin, scene: Scene, author: str) -> str:
    """Let it be said in the way of its platform; return the id."""
    text = _text(platform, scene)
    name = scene.name or author.replace("_", " ").title()
    if isinstance(platform, MastodonTwin):
        account = platform.posts.account(author)
        account.update(display_name=name, followers_count=scene.followers)
        return platform.mention(text.removeprefix("@acme "), author=author, language=scene.language)
    more: dict[str, Any] = {"langs": [scene.language]} if isinstance(platform, BlueskyTwin) else {}
    return platform.mention(
        text, author=author, name=name, followers=scene.followers, verified=scene.verified, **more
    )


def _text(platform: PlatformTwin, scene: Scene) -> str:
    """Return the words with our handle as it is written there."""
    ours = {"reddit": "u/acme", "bluesky": f"@{platform.handle}"}
    return scene.text.replace("@acme", ours.get(platform.name, "@acme"))
