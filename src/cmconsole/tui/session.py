"""What one console holds while it runs: lanes as displayed, board as last read, where the person is."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from cmconsole.core.clock import SECOND
from cmconsole.core.conversation import Status
from cmconsole.core.reply import Act
from cmconsole.core.verdict import Lane
from cmconsole.desk import board as boards
from cmconsole.desk import progress
from cmconsole.desk.lanes import LaneView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmconsole.config.canned import Shelf
    from cmconsole.core.clock import Instant, Millis
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.reply import Reply
    from cmconsole.desk.board import Board
    from cmconsole.desk.context import Desk
    from cmconsole.desk.conversation import Dossier
    from cmconsole.store.contract import LaneCount
    from cmconsole.tui.alike import Alike
    from cmconsole.tui.settings import ConsoleSettings


_DOSSIERS: Final = 32
"""Conversations kept as read: those a person goes to and fro between."""


ENGINE_START: Final = 8 * SECOND
"""How long an engine may take from its process to its lease, on a slow machine, before it is missed."""


class Session:
    """The state behind the screens; it knows no widget.

    lane: where the keys go. others_open: the lane of the others is unfolded. why: reasons are shown in full.
    alike: the cluster that is open on a screen of its own. anew: how many conversations triage has judged
    anew, and of how many; None while it does not. watched: the conversation that is read on the screen.
    """

    def __init__(self, desk: Desk, settings: ConsoleSettings) -> None:
        self.desk = desk
        self.settings = settings
        self.views = {lane: LaneView(lane, follow=lane is not Lane.INFLUENCERS) for lane in Lane}
        self.lane = Lane.INFLUENCERS
        self.others_open = False
        self.why = False
        self.board: Board | None = None
        self.alike: Alike | None = None
        self.anew: tuple[int, int] | None = None
        self.began: Instant = desk.now()
        self.watched: int | None = None
        self._shelf: Shelf | None = None
        self._complete = False
        self._replies: dict[int, Reply] = {}
        self._outdated: set[int] = set()
        self._dossiers: OrderedDict[int, Dossier] = OrderedDict()

    @property
    def view(self) -> LaneView:
        """The lane the keys go to."""
        return self.views[self.lane]

    @property
    def shown(self) -> list[LaneView]:
        """Every list of rows there is: the lanes, and the cluster that is open."""
        return [*self.views.values(), *([] if self.alike is None else [self.alike.view])]

    @property
    def current(self) -> Conversation | None:
        """The conversation under the cursor."""
        return self.view.current

    @property
    def engine_starting(self) -> bool:
        """Whether it is too early to say that no engine works: one is started beside every console."""
        return self.desk.now() - self.began < ENGINE_START

    @property
    def shelf(self) -> Shelf:
        """The desk's canned responses, read when they are wanted first and whenever they change."""
        if self._shelf is None:
            from cmconsole.config.canned import Shelf  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

            replying = self.desk.replying
            self._shelf = Shelf(replying.canned, starter=replying.starter)
        return self._shelf

    @property
    def read_only(self) -> bool:
        """Whether this console's shift was handed over."""
        standing = self.board.standing if self.board is not None else None
        return standing is not None and standing.read_only

    def count(self, lane: Lane) -> LaneCount | None:
        """Return a lane's counts; None before the first reading."""
        return self.board.counts.get(lane) if self.board is not None else None

    def go_to(self, lane: Lane) -> None:
        """Let the keys go to a lane; the one left behind shows what comes, unless the person moved in it."""
        self.view.follow = True
        self.lane = lane
        self.view.follow = False
        self.others_open = self.others_open or lane is Lane.OTHERS

    def silence(self) -> Millis | None:
        """Return how long ago the newest mention of all came; None when there never was one."""
        board = self.board
        newest = [s.newest_at for s in board.sources if s.newest_at is not None] if board is not None else []
        return max(0, self.desk.now() - max(newest)) if newest else None

    # --------------------------------------------------------------------------------------------- what the
    # store says

    async def read(self) -> Board:
        """Read the board and offer it to the lanes. Raises StoreError."""
        wished = boards.wishes(self.views.values())
        if not self.others_open:
            # What is folded need not be read five times a second; `unfold` reads it when it is wanted.
            wished[Lane.OTHERS] = boards.Wish(1)
        board = await boards.read(self.desk, wished)
        self.anew = await progress.judging_anew(self.desk)
        await self._look_at_replies()
        self.take(board)
        return board

    def watch(self, conversation_id: int | None) -> None:
        """Say which conversation is read on the screen: its replies are looked at with every board.

        One that comes into sight is read again where it has replies: no board tells of all their steps.
        """
        if conversation_id == self.watched:
            return
        self.watched = conversation_id
        known = None if conversation_id is None else self._dossiers.get(conversation_id)
        if known is not None and known.replies:
            self._outdated.add(known.conversation.id)

    async def _look_at_replies(self) -> None:
        """Take note that the conversation on the screen has other replies than were read."""
        shown = None if self.watched is None else self._dossiers.get(self.watched)
        if shown is not None:
            now = await self.desk.store.replies(shown.conversation.id)
            if _marks(now) != _marks(shown.replies):
                self._outdated.add(shown.conversation.id)

    async def unfold(self) -> None:
        """Read the lane of the others, which nobody saw until now. Raises StoreError."""
        await self.read()
        self.views[Lane.OTHERS].merge()

    def take(self, board: Board) -> None:
        """Show a board that was read."""
        first, self.board = self.board, board
        replies = [*(it.reply for it in board.waiting), *(it.reply for it in board.replies)]
        self._replies = {it.conversation_id: it for it in replies if it.act is Act.REPLY}
        board.offer(self.views.values())
        if not self._complete and first is not None:
            # The very first reading held one screen of each lane: the rest is no news that has to wait below.
            self._complete = True
            for view in self.views.values():
                view.merge()

    def apply(self, changed: Iterable[Conversation]) -> None:
        """Show this person's own deeds at once."""
        changed = list(changed)
        for view in self.shown:
            view.apply(changed)

    def bring(self, conversation: Conversation) -> bool:
        """Put the cursor on a conversation in its lane; False when it is not open and stands in none."""
        if conversation.status is not Status.OPEN:
            return False
        if self.alike is not None:
            self.alike.bring(conversation)
        self.views[conversation.lane].bring(conversation)
        return True

    def dossier(self, conversation: Conversation) -> Dossier | None:
        """Return the conversation as read before, if it has not changed since."""
        known = self._dossiers.get(conversation.id)
        if known is None or conversation.id in self._outdated or self._answered_since(known):
            return None
        return None if _older(known.conversation, conversation) else known

    def _answered_since(self, known: Dossier) -> bool:
        """Say whether the board has a reply to it that was not there when it was read."""
        reply = self._replies.get(known.conversation.id)
        if reply is None:
            return False
        read = next((it.version for it in known.replies if it.id == reply.id), -1)
        return read < reply.version

    def reply_to(self, conversation_id: int) -> Reply | None:
        """Return a reply to a conversation that is on its way out, came back, or awaits approval."""
        return self._replies.get(conversation_id)

    def stale_dossier(self, conversation_id: int) -> Dossier | None:
        """Return the conversation as read before, changed or not, to show while it is read again."""
        return self._dossiers.get(conversation_id)

    async def read_dossier(self, conversation_id: int) -> Dossier:
        """Read a conversation whole. Raises NotFoundError, StoreError."""
        from cmconsole.desk import conversation as conversations  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        dossier = await conversations.read(self.desk, conversation_id)
        self._outdated.discard(conversation_id)
        self._dossiers[conversation_id] = dossier
        self._dossiers.move_to_end(conversation_id)
        while len(self._dossiers) > _DOSSIERS:
            self._dossiers.popitem(last=False)
        return dossier

    def forget(self, conversation_id: int) -> None:
        """Forget what was read of a conversation: something was done to it."""
        self._dossiers.pop(conversation_id, None)


def freshness(talk: Conversation) -> tuple[int, int, bool]:
    """Return what grows with every change: a tip, or a deletion after the end, gives it no new version."""
    return talk.version, talk.tips, talk.gone is not None


def _marks(replies: Sequence[Reply]) -> list[tuple[int, int]]:
    """Return what tells replies from the same ones at another time."""
    return [(it.id, it.version) for it in replies]


def _older(read: Conversation, shown: Conversation) -> bool:
    """Say whether a conversation changed since it was read."""
    return freshness(read) < freshness(shown)
