"""Composers in real consoles: accounts, a small library of canned responses, and what tests ask of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.guard import Level
from cmconsole.core.mention import Author, Mention
from cmconsole.core.reply import Reply
from cmconsole.core.sla import SlaPolicy
from cmconsole.desk.context import Desk
from cmconsole.desk.policy import ApprovalPolicy, GuardPolicy, ReplyPolicy
from cmconsole.desk.reply import sheet as sheets
from cmconsole.store.contract import Intake
from cmconsole.triage.triage import Triage
from cmconsole.tui.screens.composer import ComposerScreen
from cmconsole.tui.settings import ConsoleSettings
from tests.unit.tui.consoles import WIDE, Console, console

LATE = "My parcel is late, where is it? @acme"

LIBRARY = """
[late]
title = "Parcel late"
en = "Hello {handle}, we are sorry that your parcel is late. We look for it now."
kinds = ["complaint"]
lanes = ["influencers"]

[order]
title = "Which order"
en = "Hello, we would like to look at it. Is {order} from {shop}, which you wrote of, your order?"
ask.order = "Which order number did they give?"

[thanks]
title = "Thanks"
en = "Thank you for your message, we read it with great care."
"""

CALM = GuardPolicy(levels={"haste": Level.OFF, "after-shift": Level.OFF, "other-language": Level.OFF})


@dataclass
class Composers:
    """A console, its desk, and the first conversation of its first lane."""

    console: Console
    desk: Desk
    talk: int

    @property
    def screen(self) -> ComposerScreen:
        """Return the composer, which must be open."""
        screen = self.console.app.screen
        assert isinstance(screen, ComposerScreen)
        return screen

    @property
    def text(self) -> str:
        """Return what stands in the composer's field."""
        return self.screen._text.text

    def band(self) -> str:
        """Return the words of the band above the text."""
        return "\n".join(
            "".join(text for text, _meaning in line)
            for line in self.screen._band_lines(self.screen.size.width)
        )

    async def type(self, text: str) -> None:
        """Type a text, key by key."""
        names = {" ": "space", "/": "slash", "\n": "enter", ".": "full_stop", "?": "question_mark"}
        for char in text:
            await self.console.pilot.press(names.get(char, char))
        await self.console.settle()

    async def replies(self) -> list[Reply]:
        """Return the conversation's replies as the store has them."""
        return await self.desk.store.replies(self.talk)

    async def reply(self) -> Reply:
        """Return the one reply there is."""
        (reply,) = await self.replies()
        return reply

    async def write_again(self, text: str) -> None:
        """Let the author write again in the same thread."""
        (talk,) = await self.desk.store.conversations([self.talk])
        author = Author("x", talk.author.handle, reach=talk.author.reach)
        now = self.desk.now()
        mention = Mention("x", f"again-{now}", author, text, now, thread=talk.thread)
        await self.console.place.store.ingest(
            Intake("test", "x", [(mention, Triage().judge(mention))]), SlaPolicy(), now
        )

    def colleague(self) -> Desk:
        """Sit Bruno down at the same desk, by the same rules."""
        bruno = self.console.place.desk("Bruno")
        bruno.replying = self.desk.replying
        return bruno

    async def draft_of(self, person: Desk, text: str) -> Reply:
        """Keep a draft of somebody else's."""
        sheet = await sheets.open_sheet(person, self.talk)
        return (await sheets.save(person, sheet, text)).reply


def policy(
    folder: Path,
    *,
    mode: Mode = Mode.LIVE,
    approval: ApprovalPolicy | None = None,
    guards: GuardPolicy = CALM,
    speakers: Sequence[Speaker] | None = None,
) -> ReplyPolicy:
    """Return rules of replying with two accounts on X and a library of three responses."""
    library = folder / "canned"
    library.mkdir(exist_ok=True)
    (library / "ours.toml").write_text(LIBRARY, encoding="utf-8")
    two = (Speaker("main", "x", "@acme", mode), Speaker("help", "x", "@acme_help", Mode.REHEARSAL))
    return ReplyPolicy(
        speakers=two if speakers is None else tuple(speakers),
        source_accounts={"test": "main"},
        signature="^{initials}",
        canned=library,
        starter=False,
        brand="Acme",
        approval=ApprovalPolicy() if approval is None else approval,
        guards=guards,
    )


@asynccontextmanager
async def composers(
    folder: Path,
    *texts: str,
    rules: ReplyPolicy | None = None,
    settings: ConsoleSettings | None = None,
    size: tuple[int, int] = WIDE,
    standing: Standing = Standing.VERIFIED,
) -> AsyncIterator[Composers]:
    """Run Alice's console with accounts to speak as."""
    async with console(folder, *(texts or (LATE,)), settings=settings, size=size) as shown:
        desk = shown.app.session.desk
        desk.replying = policy(folder) if rules is None else rules
        for it in desk.replying.speakers:
            state = AccountState(it.name, it.platform, it.handle, it.mode.value, standing, it.handle[1:])
            await shown.place.store.set_account(state, desk.now(), None)
        talk = shown.app.session.current
        assert talk is not None
        yield Composers(shown, desk, talk.id)
