"""A cluster as one console shows it: the conversations of a lane that say nearly the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.desk import clusters
from cmconsole.desk.lanes import LaneView

if TYPE_CHECKING:
    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.context import Desk


class Alike:
    """The rows of one cluster: the leading one, then the others by time.

    talk: one of them, by which the others are found. size: how many there were at the last reading; the store
    counts on where it lists no more.
    """

    def __init__(self, talk: Conversation) -> None:
        self.talk = talk
        self.view = LaneView(talk.lane)
        self.size = 0
        self._listed = 0
        self._brought: int | None = None

    def holds(self, talk: Conversation) -> bool:
        """Say whether a conversation is one of them."""
        return talk.cluster == self.talk.cluster and talk.lane is self.talk.lane

    @property
    def is_over(self) -> bool:
        """Whether all that were there are dealt with."""
        return not len(self.view) and self.size <= self._listed

    def bring(self, talk: Conversation) -> None:
        """Put the cursor on one that was taken back, as soon as it has been read again."""
        if self.holds(talk):
            self._brought = talk.id

    async def read(self, desk: Desk) -> None:
        """Read them and offer them to the view. Raises StoreError."""
        brought, self._brought = self._brought, None
        members = await clusters.members(desk, self.talk)
        counted = await clusters.sizes(desk, members[:1])
        self.size = max([len(members), *counted.values()])
        self._listed = len(members)
        # What is listed is all that is to be seen: a row that is not among them is gone.
        self.view.offer(members, limit=len(members) + 1)
        if brought is not None:
            self.view.merge()
            self.view.select(brought)
