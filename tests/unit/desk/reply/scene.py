"""A desk that replies, on a real store: authors write, persons answer, a pretended engine sends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from zoneinfo import ZoneInfo

from cmconsole.core import sending
from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.mention import Author, Mention, Removed
from cmconsole.core.reply import Reply
from cmconsole.core.sla import SlaPolicy
from cmconsole.desk.context import Desk
from cmconsole.desk.policy import ApprovalPolicy, ReplyPolicy
from cmconsole.desk.reply.send import send
from cmconsole.desk.reply.sheet import open_sheet
from cmconsole.store.contract import Intake
from cmconsole.store.replying import ReplyMove
from cmconsole.store.sqlite.store import SqliteStore
from cmconsole.triage.late import LateJudge
from cmconsole.triage.triage import Triage
from tests.unit.desk.parts import MovableClock

JUDGE = Triage()
POLICY = ReplyPolicy(
    speakers=(
        Speaker("main", "x", "@acme", Mode.LIVE),
        Speaker("care", "x", "@acme_care", Mode.LIVE),
        Speaker("fedi", "mastodon", "@acme@piaille.fr", Mode.REHEARSAL),
    ),
    source_accounts={"scripted": "main"},
)
ANSWER = "I am sorry to hear that. We will send you a new one today."


@dataclass(slots=True)
class Scene:
    """A store, a clock that is moved by hand, and everybody who comes to the desk."""

    store: SqliteStore
    clock: MovableClock = field(default_factory=MovableClock)
    policy: ReplyPolicy = POLICY
    written: int = 0

    def sit(self, person: str) -> Desk:
        return Desk(
            store=self.store,
            clock=self.clock,
            judge=LateJudge(Triage),
            policy=SlaPolicy(),
            person=person,
            console=f"console of {person}",
            zone=ZoneInfo("Europe/Paris"),
            replying=self.policy,
        )

    def with_approval(self, **rules: object) -> None:
        """Have the desks that sit down from now on owe a second yes."""
        self.policy = replace(self.policy, approval=ApprovalPolicy(**rules))  # type: ignore[arg-type]

    async def verify(self, *names: str) -> None:
        """Let the engine find accounts to be who the settings say."""
        for name in names:
            found = next(it for it in self.policy.speakers if it.name == name)
            state = AccountState(name, found.platform, found.handle, found.mode.value, Standing.VERIFIED)
            await self.store.set_account(state, self.clock.now(), None)

    async def say(
        self, text: str = "My order is broken, I want a refund", *, thread: str = "t1", reach: int = 50
    ) -> int:
        """Let Ada write; returns the conversation's id."""
        self.written += 1
        self.clock.at += SECOND
        author = Author("x", "ada", name="Ada", reach=reach)
        mention = Mention(
            "x", f"n{self.written}", author, text, self.clock.now(), source="scripted", thread=thread
        )
        item = (mention, JUDGE.judge(mention))
        await self.store.ingest(Intake("scripted", "x", [item]), SlaPolicy(), self.clock.now())
        stored = await self.store.find_mention("x", mention.native_id)
        assert stored is not None
        self.clock.at += MINUTE
        return stored.conversation_id

    async def delete(self, native_id: str) -> None:
        """Let Ada delete a post."""
        batch = Intake("scripted", "x", [], removed=[Removed("x", native_id)])
        await self.store.ingest(batch, SlaPolicy(), self.clock.now())

    async def held(
        self, desk: Desk, conversation_id: int, text: str = ANSWER, *, watched: bool = True
    ) -> Reply:
        """Send a reply on its way, whatever guards ask."""
        sheet = await open_sheet(desk, conversation_id)
        return await send(desk, sheet, text, word="publish", watched=watched)

    async def engine(self, reply_id: int, move: ReplyMove) -> Reply:
        """Do to a reply what the engine does."""
        return (await self.store.change_reply(reply_id, move, person="", now=self.clock.now())).reply

    async def begun(self, reply: Reply) -> Reply:
        """Let its window run out, and the engine call the platform."""
        self.clock.at = max(self.clock.at, reply.hold_until or 0) + SECOND
        return await self.engine(reply.id, partial(sending.begin, now=self.clock.now()))

    async def sent(self, reply: Reply, native_id: str = "s1") -> Reply:
        begun = await self.begun(reply)
        move = partial(
            sending.published, now=self.clock.now(), native_id=native_id, url="https://x.com/acme/s1",
            after_reply="wait",
        )  # fmt: skip
        return await self.engine(begun.id, move)

    async def failed(self, reply: Reply) -> Reply:
        begun = await self.begun(reply)
        move = partial(sending.fail, now=self.clock.now(), error="The token is void.", advice="Make one.")
        return await self.engine(begun.id, move)

    async def doubted(self, reply: Reply) -> Reply:
        begun = await self.begun(reply)
        move = partial(
            sending.doubt, now=self.clock.now(), next_at=self.clock.now() + 10 * SECOND, error="No answer."
        )
        return await self.engine(begun.id, move)

    async def stranded(self, reply: Reply) -> Reply:
        return await self.engine(reply.id, partial(sending.strand, now=self.clock.now()))
