"""How far an author's word reaches: followers in tiers, verified, VIPs, and journalists by their profile."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Final

from cmconsole.core.mention import Author
from cmconsole.core.text import fold
from cmconsole.core.verdict import Kind, Lane, Reason
from cmconsole.triage.policy import TriagePolicy

_TIERS: Final = ("low", "known", "high", "very_high")
_UNKNOWN: Final = Reason("reach.unknown")
_VERIFIED: Final = Reason("author.verified")

_PRESS: Final = re.compile(
    r"(?<!former )(?<!ex )(?<!ex-)(?<!ancien )(?<!ancienne )\b(?:"
    r"journalist(?:e|s|es)?|reporters?|reportrice|correspondente?s?|correspondante?s?|columnist|chroniqueu(?:r|se)"
    r"|(?:news|deputy|managing|political|business|tech|features) editor|editor[ -]in[ -]chief|editor at"
    r"|redact(?:eur|rice)s? en chef|anchor(?:man|woman) (?:at|of)|presentat(?:eur|rice) (?:sur|de|du)"
    r")\b"
)
"""What journalists write of themselves, folded; who was one, or answers for the press of a firm, does not."""

_PROFILES: Final = 4_096


class Reach:
    """Says by a policy in which lane an author stands, and why."""

    def __init__(self, policy: TriagePolicy) -> None:
        self._policy = policy
        self._lanes: dict[tuple[Lane, str], Reason] = {}

    def vip_by(self, author: Author, *, vip: bool) -> str:
        """Return who made the author a VIP: `desk`, `settings`, or nobody."""
        if vip:
            return "desk"
        named = self._policy.vips and (author.platform, fold(author.handle)) in self._policy.vips
        return "settings" if named else ""

    def lane(self, author: Author, kind: Kind, vip_by: str) -> tuple[Lane, str]:
        """Return the lane and what it follows from: `vip`, `reach`, `verified`, `press` or `kind`."""
        reach = author.reach or 0
        if vip_by:
            return Lane.INFLUENCERS, "vip"
        if reach >= self._policy.influencer_reach:
            return Lane.INFLUENCERS, "reach"
        if reach >= self._policy.verified_reach:
            if author.verified:
                return Lane.INFLUENCERS, "verified"
            if press(author.bio):
                return Lane.INFLUENCERS, "press"
        return (Lane.COMPLAINTS, "kind") if kind is Kind.COMPLAINT else (Lane.OTHERS, "kind")

    def standing(self, lane: Lane, because: str) -> Reason:
        """Return the reason for a lane: few there are, and each is made once."""
        key = (lane, because)
        found = self._lanes.get(key)
        if found is None:
            found = self._lanes[key] = Reason("lane", (("lane", lane.value), ("because", because)))
        return found

    def reasons(self, author: Author, vip_by: str) -> list[Reason]:
        """Return what is known of an author's reach: VIP, the tier of the followers, verified, journalist."""
        reasons = [Reason("author.vip", (("by", vip_by),))] if vip_by else []
        if author.reach is None:
            reasons.append(_UNKNOWN)
        else:
            tiers = self._policy.reach_tiers
            tier = bisect_right(tiers, author.reach)
            facts = (
                ("reach", author.reach),
                ("tier", _TIERS[tier]),
                ("floor", tiers[tier - 1] if tier else 0),
            )
            reasons.append(Reason("reach.tier", facts))
        if author.verified:
            reasons.append(_VERIFIED)
        if author.bio and (said := press(author.bio)):
            reasons.append(Reason("author.press", (("cue", said),)))
        return reasons


def press(bio: str) -> str:
    """Return the words by which a profile says that it is a journalist's, folded; or nothing."""
    return _press(bio) if bio else ""


@lru_cache(_PROFILES)
def _press(bio: str) -> str:
    found = _PRESS.search(fold(bio))
    return found.group() if found else ""
