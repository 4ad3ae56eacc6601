"""The engine's workers of triage: they join what is alike, learn from corrections, and judge anew."""

from __future__ import annotations

from functools import partial

from cmconsole.core import placing
from cmconsole.core.conversation import Conversation, Decided, Status
from cmconsole.core.mention import Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Batch
from cmconsole.core.verdict import Kind, Lane, Priority, Severity, Verdict
from cmconsole.engine.anew import FINGERPRINT, PROGRESS, JudgingAnew
from cmconsole.engine.clustering import Clustering
from cmconsole.engine.intake import drain
from cmconsole.engine.lessons import Lessons
from cmconsole.store.sqlite.store import SqliteStore
from cmconsole.triage.judge import LEARNED
from tests.unit.engine.parts import NOON, PlainJudge, ScriptedSource, StillTime, Time, mention

POLICY = SlaPolicy()
STORM = "the whole app has been down since this morning and nobody answers the phone"


async def taken(
    store: SqliteStore, *mentions: Mention, judge: PlainJudge | None = None
) -> list[Conversation]:
    """Take mentions in and return the open conversations by id."""
    await drain(ScriptedSource([Batch(mentions)]), store, PlainJudge(), POLICY, StillTime())
    return sorted(await store.in_status(Status.OPEN, 1_000), key=lambda it: it.id)


async def correct(store: SqliteStore, it: Conversation, kind: Kind, **rest: Lane | Severity) -> None:
    """Say of a conversation what it is, as a person does at the desk."""
    lane = Lane.COMPLAINTS if kind is Kind.COMPLAINT else Lane.OTHERS
    move = partial(
        placing.correct,
        verdict=Verdict(lane, Priority.LOW, kind),
        decided=Decided(kind=kind, **rest),  # type: ignore[arg-type]
        policy=POLICY,
        person="Ada",
        now=NOON,
    )
    await store.change(it.id, move, person="Ada", now=NOON)


# ------------------------------------------------------------------------------------------------ clustering


def clustering(store: SqliteStore) -> Clustering:
    return Clustering(store, StillTime(), lambda: None)


async def test_what_says_nearly_the_same_stands_behind_the_first(store: SqliteStore) -> None:
    worker = clustering(store)
    assert await worker.look() == 0
    await taken(
        store, *(mention(n, f"{STORM}{'!' * n}") for n in range(4)), mention(9, "a quiet day at the sea")
    )

    assert await worker.look() == 5

    found = sorted(await store.in_status(Status.OPEN, 10), key=lambda it: it.id)
    assert [it.cluster for it in found] == [found[0].id] * 4 + [None]
    assert [it.lead for it in found] == [True, False, False, False, True]
    assert len(await store.lane(Lane.OTHERS, 10)) == 2


async def test_an_engine_that_starts_remembers_what_was_said_before(store: SqliteStore) -> None:
    await taken(store, mention(1, STORM))
    worker = clustering(store)
    await worker.look()
    again = clustering(store)
    await taken(store, mention(2, STORM))

    assert await again.look() == 2
    assert {it.cluster for it in await store.in_status(Status.OPEN, 10)} == {1}


async def test_more_than_a_step_is_looked_through_without_gaps(store: SqliteStore) -> None:
    count = 600
    await taken(store, *(mention(n, f"{STORM} {n % 3}") for n in range(count)))
    worker = clustering(store)
    looked = 0
    while step := await worker.look():
        looked += step

    assert looked == count
    assert all(it.cluster is not None for it in await store.in_status(Status.OPEN, count))


# -------------------------------------------------------------------------------------------------- lessons


def lessons(store: SqliteStore, judge: PlainJudge) -> Lessons:
    return Lessons(store, judge, StillTime(), lambda: None)


async def test_a_correction_is_learned_once_and_kept(store: SqliteStore) -> None:
    (it,) = await taken(store, mention(1, "gizmo"))
    judge = PlainJudge()
    worker = lessons(store, judge)
    await worker.recall()
    await correct(store, it, Kind.COMPLAINT)

    assert await worker.look() == 1
    assert await worker.look() == 0
    assert judge.taught == {"gizmo 1": Kind.COMPLAINT}
    later = PlainJudge()
    other = lessons(store, later)
    await other.recall()
    assert later.taught == judge.taught
    assert await other.look() == 0


async def test_what_is_forgotten_is_not_learned_again(store: SqliteStore) -> None:
    (it,) = await taken(store, mention(1, "gizmo"))
    judge = PlainJudge()
    worker = lessons(store, judge)
    await correct(store, it, Kind.COMPLAINT)
    await worker.look()
    await store.forget_learned(LEARNED, "Ada", NOON)
    await worker.look()

    assert judge.taught == {}
    fresh = PlainJudge()
    await lessons(store, fresh).recall()
    assert fresh.taught == {}


async def test_the_lesson_of_an_erased_author_is_passed_over(store: SqliteStore) -> None:
    (it,) = await taken(store, mention(1, "gizmo"))
    judge = PlainJudge()
    worker = lessons(store, judge)
    await correct(store, it, Kind.COMPLAINT)
    await store.erase_author(it.platform, it.author.handle, person="Ada", now=NOON)
    await worker.look()

    assert judge.taught == {}


# -------------------------------------------------------------------------------------------- judging anew


def anew(store: SqliteStore, judge: PlainJudge) -> JudgingAnew:
    return JudgingAnew(store, judge, POLICY, StillTime(), lambda: None, Time().sleep)


async def test_other_rules_judge_all_that_waits_and_say_so(store: SqliteStore) -> None:
    count = 450
    found = await taken(store, *(mention(n, "text") for n in range(count)))
    await correct(store, found[1], Kind.PRAISE)
    judge = PlainJudge("other rules")
    judge.taught = {f"text {n}": Kind.COMPLAINT for n in range(count)}

    await anew(store, judge).catch_up()

    kinds = {it.text: it.kind for it in await store.in_status(Status.OPEN, count)}
    assert kinds.pop("text 1") is Kind.PRAISE
    assert set(kinds.values()) == {Kind.COMPLAINT}
    assert await store.meta(FINGERPRINT) == "other rules"
    assert await store.meta(PROGRESS) == ""
    told = await store.events(0, 1_000, kinds=("conversation.rejudged",))
    assert len(told) == count - 1
    assert dict(told[0].data) == {"kind": "complaint", "was_kind": "neutral"}


async def test_the_same_rules_judge_nothing_anew(store: SqliteStore) -> None:
    await taken(store, mention(1, "gizmo"))
    judge = PlainJudge()
    judge.taught = {"gizmo 1": Kind.COMPLAINT}

    await anew(store, judge).catch_up()

    assert [it.kind for it in await store.in_status(Status.OPEN, 10)] == [Kind.NEUTRAL]


async def test_progress_is_told_while_it_lasts(store: SqliteStore) -> None:
    await taken(store, *(mention(n, "text") for n in range(450)))
    seen: list[str] = []

    async def sleep(_seconds: float) -> None:
        seen.append(await store.meta(PROGRESS))

    await JudgingAnew(store, PlainJudge("other"), POLICY, StillTime(), lambda: None, sleep).catch_up()

    assert seen == ["200/450", "400/450", "450/450"]
