"""What one console holds while it runs: lanes as displayed, board as last read, where the person is."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from cmconsole.core.clock import SECOND
from cmconsole.core.conversation import Status
from cmconsole.core.verdict import Lane
from cmconsole.desk import board as boards
from cmconsole.desk import progress
from cmconsole.desk.lanes import LaneView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmconsole.core.clock import Instant, Millis
    from cmconsole.core.conversation import Conversation
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
    anew, and of how many; None while it does not.
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
        self._complete = False
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
        self.take(board)
        return board

    async def unfold(self) -> None:
        """Read the lane of the others, which nobody saw until now. Raises StoreError."""
        await self.read()
        self.views[Lane.OTHERS].merge()

    def take(self, board: Board) -> None:
        """Show a board that was read."""
        first, self.board = self.board, board
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
        return known if known is not None and not _older(known.conversation, conversation) else None

    def stale_dossier(self, conversation_id: int) -> Dossier | None:
        """Return the conversation as read before, changed or not, to show while it is read again."""
        return self._dossiers.get(conversation_id)

    async def read_dossier(self, conversation_id: int) -> Dossier:
        """Read a conversation whole. Raises NotFoundError, StoreError."""
        from cmconsole.desk import conversation as conversations  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        dossier = await conversations.read(self.desk, conversation_id)
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


def _older(read: Conversation, shown: Conversation) -> bool:
    """Say whether a conversation changed since it was read."""
    return freshness(read) < freshness(shown)
