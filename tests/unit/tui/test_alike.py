"""A cluster as a console holds it: what the store lists, and what it only counts."""

from __future__ import annotations

from pathlib import Path

from cmconsole.core.verdict import Lane
from cmconsole.desk import resolve
from cmconsole.tui.alike import Alike
from tests.unit.tui.desks import place

LISTED = 500
"""What `DeskStore.cluster_members` gives at most."""


async def test_a_storm_is_listed_in_parts_and_is_not_over_with_the_first(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        await where.take(*["App down again, fix it"] * (LISTED + 3))
        ids = [talk.id for talk in await where.store.lane(Lane.INFLUENCERS, LISTED + 9)]
        pairs = [(id_, ids[0]) for id_ in ids[1:]]
        for start in (0, LISTED):
            await where.store.cluster(pairs[start : start + LISTED], where.clock.now(), None)
        [leading] = await where.store.lane(Lane.INFLUENCERS, 9)
        desk, alike = where.desk("Alice"), Alike(leading)

        await alike.read(desk)
        assert (len(alike.view), alike.size) == (LISTED, LISTED + 3)
        deed = await resolve.done(desk, alike.view.ids)
        alike.view.apply(deed.changed)
        assert len(alike.view) == 0
        assert not alike.is_over

        await alike.read(desk)
        assert (len(alike.view), alike.size) == (3, 3)
        deed = await resolve.done(desk, alike.view.ids)
        alike.view.apply(deed.changed)
        assert alike.is_over
