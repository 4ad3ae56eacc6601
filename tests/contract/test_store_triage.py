"""What every store keeps for triage: its whole verdict, what a person decided, what was learned of it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest

from cmconsole.core import placing
from cmconsole.core.clock import HOUR
from cmconsole.core.conversation import Conversation, Decided, Outcome, Status
from cmconsole.core.errors import InputError, LeaseLostError
from cmconsole.core.event import EventKind
from cmconsole.core.moves import Change
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Verdict
from cmconsole.store.contract import JUDGED_ANEW, Learned, Lease, Move, Store
from tests.contract.samples import (
    COMPLAINT,
    NOW,
    POLICY,
    PRAISE,
    STAR,
    batch,
    done,
    mention,
    only,
    take,
    wait,
)

RICH = replace(
    COMPLAINT,
    severity=Severity.LEGAL,
    hostility=Hostility.HATEFUL,
    themes=("livraison", "staff"),
    tags=("à suivre",),
    route="legal",
)
IGNORED = replace(PRAISE, silence="concours « terminé »", tags=("contest",), route="press")
THANKS = replace(PRAISE, thanks=True)


def corrected(person: str, now: int = NOW) -> Move:
    decided = Decided(Kind.SPAM, Lane.OTHERS, Severity.NONE)
    return partial(
        placing.correct, verdict=replace(PRAISE, kind=Kind.SPAM), decided=decided, policy=POLICY,
        person=person, now=now,
    )  # fmt: skip


def rejudged(verdict: Verdict = STAR) -> Move:
    return partial(placing.rejudged, verdict=verdict, policy=POLICY)


async def _leases(store: Store) -> tuple[Lease, Lease]:
    """Return a lease that was lost and the one that holds."""
    old = await store.acquire_lease("engine", "a", NOW, 100)
    new = await store.acquire_lease("engine", "b", NOW + 200, 100)
    assert old is not None
    assert new is not None
    return old, new


async def test_all_that_triage_says_survives(store: Store) -> None:
    await take(store, mention(1), verdict=RICH)

    found = await only(store)
    assert (found.severity, found.hostility, found.themes, found.tags, found.route) == (
        Severity.LEGAL, Hostility.HATEFUL, ("livraison", "staff"), ("à suivre",), "legal",
    )  # fmt: skip
    assert (found.status, found.decided, found.cluster, found.lead) == (Status.OPEN, Decided(), None, True)


async def test_a_later_mention_adds_to_it(store: Store) -> None:
    await take(store, mention(1), mention(2), verdict=PRAISE)
    await take(store, mention(3, thread="1"), verdict=RICH)

    found, other = await store.conversations([1, 2])
    assert (found.hostility, found.themes, found.tags, found.route) == (
        RICH.hostility, RICH.themes, RICH.tags, RICH.route,
    )  # fmt: skip
    assert (other.hostility, other.themes, other.tags, other.route) == (Hostility.NONE, (), (), "")


async def test_what_a_rule_leaves_unanswered_is_resolved_as_it_comes(store: Store) -> None:
    await take(store, mention(1), mention(2), verdict=PRAISE)
    await take(store, mention(3, "bob", at=NOW - HOUR), verdict=IGNORED, now=NOW + 5)

    assert [it.id for it in await store.lane(Lane.OTHERS, 9)] == [1, 2]
    (found,) = await store.decisions(NOW + 5, Outcome.SILENCE)
    assert (found.id, found.silence_reason, found.tags, found.route) == (
        3, "concours « terminé »", ("contest",), "press",
    )  # fmt: skip
    assert (found.version, found.reasons, found.answer_by) == (0, IGNORED.reasons, None)
    assert (await store.status_counts())[Status.RESOLVED] == 1
    assert (await store.lane_counts(NOW))[Lane.OTHERS].open == 2
    last = (await store.events(0))[-1]
    assert (last.kind, last.conversation_id, last.person) == (EventKind.SILENCE_KEPT, 3, "")
    assert last.data == {"reason": "concours « terminé »", "by": "rule"}
    assert await store.trim(NOW + HOUR) > 0
    assert await store.conversations([3]) == []


async def test_what_is_left_unanswered_and_goes_on_in_the_same_batch_is_open(store: Store) -> None:
    intake = [(mention(1), IGNORED), (mention(2, thread="1"), COMPLAINT)]
    await store.ingest(replace(batch(), items=intake), POLICY, NOW)

    assert [it.id for it in await store.lane(Lane.COMPLAINTS, 9)] == [1]
    assert await store.events(0, kinds=[EventKind.SILENCE_KEPT]) == []


async def test_thanks_for_an_answer_are_a_win_of_that_moment(store: Store) -> None:
    await take(store, mention(1), mention(2))
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    await store.change(2, wait("Zoé"), person="Zoé", now=NOW)
    later = NOW + HOUR
    await take(
        store, mention(3, thread="1", at=later), mention(4, thread="2", at=later), verdict=THANKS, now=later
    )

    assert [it.id for it in await store.decisions(later, Outcome.WIN)] == [2, 1]
    assert await store.decisions(0, Outcome.DONE) == []
    won = await store.events(0, kinds=[EventKind.CONVERSATION_WON])
    assert [(it.conversation_id, it.person, it.at) for it in won] == [(1, "", later), (2, "", later)]
    assert (await store.status_counts())[Status.RESOLVED] == 2
    await store.change(1, partial(_tagged, name="merci"), person="Zoé", now=later + 9)
    assert [it.id for it in await store.decisions(later + 1, Outcome.WIN)] == []


def _tagged(it: Conversation, name: str) -> Change:
    return Change(replace(it, tags=(*it.tags, name)))


async def test_a_correction_stays_with_what_was_decided(store: Store, second: Store) -> None:
    await take(store, mention(1))
    change = await store.change(1, corrected("Zoé"), person="Zoé", now=NOW + 1)

    found = await only(second)
    assert found == change.conversation
    assert (found.lane, found.kind, found.decided) == (
        Lane.OTHERS, Kind.SPAM, Decided(Kind.SPAM, Lane.OTHERS, Severity.NONE),
    )  # fmt: skip
    (event,) = await second.history(1)
    assert (event.kind, event.data["kind"], event.data["was_kind"]) == (
        EventKind.CONVERSATION_CORRECTED, "spam", "complaint",
    )  # fmt: skip


async def test_a_lesson_is_the_newest_text_and_none_where_it_is_gone(store: Store) -> None:
    await take(store, mention(1, "eve"), mention(2, "eve", thread="1", at=NOW + 1), mention(3, "bob"))
    for number in (1, 2):
        await store.change(number, corrected("Zoé"), person="Zoé", now=NOW)
    assert await store.lesson(1) == "Le colis 2 n'est pas arrivé"

    await store.erase_author("x", "eve", person="Zoé", now=NOW)
    await store.change(2, done("Zoé"), person="Zoé", now=NOW)
    events = await store.events(0, kinds=[EventKind.CONVERSATION_CORRECTED])
    assert [bool(it.data) for it in events] == [False, True]
    assert (await store.lesson(1), await store.lesson(7)) == (None, None)
    assert await store.lesson(2) is not None
    while await store.trim(NOW + HOUR):
        pass
    assert await store.lesson(2) is None


async def test_what_was_learned_is_kept(store: Store, second: Store) -> None:
    assert await store.learned("desk") is None
    first = Learned("desk", '{"é": 1}', 3, NOW)
    assert await store.save_learned(first, None)
    assert await store.save_learned(replace(first, state="{}", seq=9), None)
    assert await store.save_learned(Learned("other", "[]", 1, NOW), None)

    assert await second.learned("desk") == replace(first, state="{}", seq=9)


async def test_what_was_forgotten_is_not_saved_by_who_has_not_seen_it(store: Store, second: Store) -> None:
    await take(store, mention(1))
    await store.change(1, corrected("Zoé"), person="Zoé", now=NOW)
    held = Learned("desk", "{}", await store.last_seq(), NOW)
    await store.save_learned(held, None)
    await second.forget_learned("desk", "Zoé", NOW + 5)

    seq = await store.last_seq()
    assert await store.learned("desk") == Learned("desk", "", seq, NOW + 5)
    (event,) = await store.events(0, kinds=[EventKind.TRIAGE_FORGOTTEN])
    assert (event.seq, event.person, event.at, dict(event.data)) == (seq, "Zoé", NOW + 5, {"name": "desk"})
    assert not await store.save_learned(replace(held, state="[1]"), None)
    assert await store.learned("desk") == Learned("desk", "", seq, NOW + 5)
    assert await store.save_learned(replace(held, state="[2]", seq=seq), None)


async def test_what_was_never_learned_can_be_forgotten(store: Store) -> None:
    await store.forget_learned("desk", "Zoé", NOW)
    assert await store.learned("desk") == Learned("desk", "", 1, NOW)


async def test_the_unresolved_come_by_id_with_their_newest_mentions(store: Store) -> None:
    await take(store, *(mention(n, f"p{n}") for n in range(1, 7)))
    await take(store, *(mention(10 + n, "p3", thread="3", at=NOW + n) for n in range(1, 9)))
    await take(store, mention("late", "p3", thread="3", at=NOW + 2))
    await store.change(2, done("Zoé"), person="Zoé", now=NOW)
    await store.change(4, wait("Zoé"), person="Zoé", now=NOW)

    page = await store.unresolved_after(0, 3)
    assert [it.id for it, _ in page] == [1, 3, 4]
    assert page[0][0] == await only(store)
    assert [it.mention.native_id for it in page[0][1]] == ["1"]
    assert [it.mention.native_id for it in page[1][1]] == ["14", "15", "16", "17", "18"]
    assert len(page[1][1]) == JUDGED_ANEW
    assert [it.id for it, _ in await store.unresolved_after(4, 9)] == [5, 6]
    assert await store.unresolved_after(6, 9) == []


async def test_judging_anew_tells_only_what_moved(store: Store) -> None:
    await take(store, mention(1), mention(2), mention(3))
    await store.change(3, wait("Zoé", NOW), person="Zoé", now=NOW)
    before = await store.conversations([1, 2, 3])

    def refused(_: Conversation) -> Change:
        raise InputError("no")

    changes = [(1, rejudged()), (2, refused), (3, rejudged()), (9, rejudged())]
    assert await store.rejudge(changes, NOW + HOUR, None) == 2

    one, two, three = await store.conversations([1, 2, 3])
    assert (one.lane, one.priority, one.reasons) == (Lane.INFLUENCERS, Priority.URGENT, STAR.reasons)
    assert (one.version, two, three.lane) == (before[0].version + 1, before[1], Lane.INFLUENCERS)
    assert [it.updated_at for it in (one, three)] == [before[0].updated_at, before[2].updated_at]
    events = await store.events(0, kinds=[EventKind.CONVERSATION_REJUDGED])
    assert [(it.conversation_id, it.person, it.at) for it in events] == [
        (1, "", NOW + HOUR), (3, "", NOW + HOUR),
    ]  # fmt: skip
    assert (await store.lane_counts(NOW))[Lane.INFLUENCERS].open == 1
    assert await store.rejudge([(1, rejudged())], NOW, None) == 0


async def test_many_are_judged_anew_in_steps(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 1_201)))
    assert await store.rejudge([(n, rejudged()) for n in range(1, 1_201)], NOW, None) == 1_200
    assert (await store.lane_counts(NOW))[Lane.INFLUENCERS].open == 1_200


async def test_notes_of_the_engine(store: Store, second: Store) -> None:
    assert await store.meta("triage") == ""
    await store.set_meta("triage", "é1")
    await store.set_meta("triage", "é2")
    await store.set_meta("progress", "3/9")

    assert (await second.meta("triage"), await second.meta("progress")) == ("é2", "3/9")


async def test_an_engine_that_lost_its_lease_keeps_nothing(store: Store) -> None:
    await take(store, mention(1))
    old, new = await _leases(store)
    before, seq = await only(store), await store.last_seq()
    with pytest.raises(LeaseLostError):
        await store.save_learned(Learned("desk", "{}", 0, NOW), old)
    with pytest.raises(LeaseLostError):
        await store.rejudge([(1, rejudged())], NOW, old)
    with pytest.raises(LeaseLostError):
        await store.set_meta("triage", "x", old)
    assert (await only(store), await store.last_seq()) == (before, seq)
    assert (await store.learned("desk"), await store.meta("triage")) == (None, "")

    assert await store.save_learned(Learned("desk", "{}", 0, NOW), new)
    assert await store.rejudge([(1, rejudged())], NOW, new) == 1
    await store.set_meta("triage", "x", new)
    assert await store.meta("triage") == "x"
    assert await store.acquire_lease("engine", "b", NOW + 999, 100) is not None
    with pytest.raises(LeaseLostError):
        await store.set_meta("triage", "after a gap", new)


async def test_the_export_holds_what_triage_and_persons_said(store: Store) -> None:
    await take(store, mention(1), verdict=RICH)
    await take(store, mention(2), verdict=RICH)
    await store.change(2, corrected("Zoé"), person="Zoé", now=NOW)
    await store.cluster([(2, 1)], NOW, None)
    first, second = [json.loads(json.dumps(it)) async for it in store.export()]

    assert {name: first[name] for name in ("hostility", "themes", "tags", "route", "cluster", "lead")} == {
        "hostility": "hateful", "themes": ["livraison", "staff"], "tags": ["à suivre"], "route": "legal",
        "cluster": 1, "lead": True,
    }  # fmt: skip
    assert first["decided"] == {"kind": None, "lane": None, "severity": None}
    assert second["decided"] == {"kind": "spam", "lane": "others", "severity": "none"}
