"""Random rules and mentions for the tests of rules, small enough that they often meet."""

from hypothesis import strategies as st

from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Tone
from cmconsole.triage.policy import Rule, TriagePolicy
from cmconsole.triage.rules import Asked

REACHES = st.none() | st.sampled_from([0, 5, 1_999, 2_000, 9_999, 10_000, 200_000])
_WORDS = st.lists(st.sampled_from(["fire", "fire*", "big fire", "smoke", "🤡"]), max_size=2, unique=True)

_TEXTS = st.lists(st.sampled_from(["big", "Fire", "fires", "smoke", "🤡", "and"]), max_size=4).map(" ".join)


def _some(*values: object) -> st.SearchStrategy[frozenset[object]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


RULES = st.builds(
    Rule,
    name=st.sampled_from(["a", "b", "c", "d"]),
    priority=st.none() | st.sampled_from(Priority),
    lanes=_some(*Lane),
    kinds=_some(*Kind),
    severities=_some(*Severity),
    min_reach=REACHES,
    max_reach=REACHES,
    verified=st.none() | st.booleans(),
    vip=st.none() | st.booleans(),
    languages=_some("fr", "en"),
    platforms=_some("x", "forum"),
    sources=_some("one", "two"),
    authors=_some(("x", "ada"), ("", "ada"), ("forum", "bob")),
    hostility=st.sampled_from(Hostility),
    tones=_some(*Tone),
    themes=_some("delivery", "refund"),
    words=_WORDS.map(tuple),
    not_words=_WORDS.map(tuple),
    lane=st.none() | st.sampled_from(Lane),
    route=st.sampled_from(["", "legal", "press"]),
    tags=st.lists(st.sampled_from(["t", "u"]), unique=True).map(tuple),
    silence=st.sampled_from(["", "spam"]),
    go_on=st.booleans(),
)
"""Rules that ask for anything, each for a little of it."""


@st.composite
def few_conditions(draw: st.DrawFn) -> Rule:
    """Return a rule that asks for one or two things only, so that rules often cover one another."""
    rule = draw(RULES)
    kept = draw(st.sets(st.sampled_from(CONDITIONS), max_size=2))
    plain = Rule("")
    values = {name: getattr(rule if name in kept else plain, name) for name in CONDITIONS}
    return Rule(rule.name, rule.priority, lane=rule.lane, tags=rule.tags, go_on=rule.go_on, **values)


CONDITIONS = (
    "lanes", "kinds", "severities", "min_reach", "max_reach", "verified", "vip", "languages", "platforms",
    "sources", "authors", "hostility", "tones", "themes", "words", "not_words",
)  # fmt: skip


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """Return what triage might read: only complaints are serious, and reach, VIP and kind decide the lane."""
    kind = draw(st.sampled_from(Kind))
    severity = draw(st.sampled_from(Severity)) if kind is Kind.COMPLAINT else Severity.NONE
    reach, vip, verified = draw(REACHES), draw(st.booleans()), draw(st.booleans())
    return Asked(
        _lane(kind, reach or 0, vip=vip, verified=verified),
        kind,
        severity,
        reach,
        vip,
        verified,
        draw(st.sampled_from(["fr", "en", "other"])),
        draw(st.sampled_from(["x", "forum", "y"])),
        draw(st.sampled_from(["one", "two", "three"])),
        draw(st.sampled_from(["Ada", "bob", "zoe"])),
        draw(st.sampled_from(Hostility)),
        draw(st.sampled_from(Tone)),
        tuple(draw(st.sets(st.sampled_from(["delivery", "refund", "price"])))),
        draw(_TEXTS),
        draw(st.booleans()),
    )


def _lane(kind: Kind, reach: int, *, vip: bool, verified: bool) -> Lane:
    usual = TriagePolicy()
    if vip or reach >= usual.influencer_reach or (verified and reach >= usual.verified_reach):
        return Lane.INFLUENCERS
    return Lane.COMPLAINTS if kind is Kind.COMPLAINT else Lane.OTHERS
