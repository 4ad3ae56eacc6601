"""Finds personal data in a text: sure by their form, by their check digits, or by what stands around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cmconsole.desk.policy import contact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.desk.policy import GuardPolicy

_BLANK: Final = r"[ .\-\u00a0\u202f]?"
_PAIR: Final = rf"{_BLANK}\d\d"
_PHONES: Final = tuple(
    map(
        re.compile,
        (
            rf"(?<!\d[.,])(?<![\d+])(?:(?:\+|00)33{_BLANK}(?:\(0\){_BLANK})?|0)[1-9]{4 * _PAIR}(?!\d)",
            r"(?<![\w+])\+[1-9](?:[ .()\-\u00a0\u202f]{0,2}\d){7,13}(?!\d)",
            r"(?<![\d+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[.-])[2-9]\d{2}[ .-]\d{4}(?![\d-])",
            r"(?<![\d+])0(?:7\d{3}[ -]?\d{3}[ -]?\d{3}|2\d(?:[ -]\d{4}){2}|1\d{3}[ -]\d{3}[ -]?\d{3})(?!\d)",
        ),
    )
)
"""French numbers, those of anywhere with their `+`, North American ones, British ones."""

_SERVICE: Final = re.compile(
    r"(?:(?:\+|00)?33|0)(?:8\d{8}|969\d{6})|(?:(?:\+|00)?1)?8(?:00|33|44|55|66|77|88)\d{7}"
    r"|(?:(?:\+|00)44|0)(?:3|80|84|87)\d+"
)
"""Numbers one calls a service by, which are nobody's own: France (ARCEP: 08…, 0969…), North America (800 …),
the United Kingdom (Ofcom: 03…, 080…, 084…, 087…)."""

_MAIL: Final = re.compile(
    r"(?<![\w.+@/-])[a-z0-9][\w.+-]*@(?P<host>(?:[a-z0-9-]+\.)+[a-z]{2,})(?![\w@-])", re.IGNORECASE
)
_ROLE: Final = re.compile(
    r"(?:accueil|aide|assistance|billing|bonjour|care|client(?:s|ele)?|commande|complaints?|contact|customer\w*"
    r"|donnees|dpo|enquiries|hello|help|hey|info|jobs|legal|media|news|no-?reply|office|orders?|presse?"
    r"|privacy|reclamations?|recrutement|refunds?|relation\w*|returns?|retours?|sales|sav|security|service\w*"
    r"|shop|support|team|ventes?)(?:[._-]\w+)*",
    re.IGNORECASE,
)
"""Mail addresses of a post, not of a person; they count where no domains of the brand are set."""

_IBAN: Final = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?(?![A-Z0-9])",
    re.IGNORECASE,
)
_CARD: Final = re.compile(r"(?<![\d.,])\d(?:[ \u00a0-]?\d){12,18}(?![\d])")
_CARD_OF: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}"
)
"""By the first digits and the length: Visa, Mastercard, American Express, Diners Club, JCB, Discover
(ISO/IEC 7812)."""

_NIR: Final = re.compile(
    r"(?<!\d)(?P<body>[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3})"
    r" ?(?P<key>\d\d)(?!\d)",
    re.IGNORECASE,
)
"""A French social security number and its key (INSEE)."""

_STREET: Final = (
    r"(?:rue|avenue|av\.|boulevard|bd\.?|place|all[ée]e|impasse|chemin|route|quai|cours|square|passage"
    r"|r[ée]sidence)"
)
_ADDRESSES: Final = (
    re.compile(
        rf"(?<!\w)\d{{1,4}}(?: ?(?:bis|ter|quater))?,? {_STREET} [^\n.!?;]{{3,60}}?[, ] ?\d{{5}} ?"
        r"(?=[^\W\d])[^\W\d]+",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)\d{1,4}[a-c]? (?:[A-Z][\w'’]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive"
        r"|Way|Court|Terrace|Gardens)\b[^\n!?;]{0,40}?\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{2} \d{5})\b"
    ),
)
"""Number, street and postcode: French, then British and American. Less than that is no address for sure."""

_OURS: Final = re.compile(
    r"\b(?:notre|nos|nous|boutique|magasin|agence|atelier|si[èe]ge|showroom|entrep[ôo]t|point relais"
    r"|our|ours|we|us|shop|store|branch|warehouse|office|headquarters)\b",
    re.IGNORECASE,
)
"""Before an address: it is where customers are meant to go."""

_THEIRS: Final = re.compile(r"\b(?:votre|your) (?:adresse|domicile|address|home)\b", re.IGNORECASE)


def found(text: str, policy: GuardPolicy) -> Iterator[tuple[str, str]]:
    """Yield what was found as (kind, words), each place once.

    Kinds: phone, mail, iban, card, nir, address, order.
    """
    taken: list[tuple[int, int]] = []
    for kind, match in _all(text, policy):
        start, end = match.span()
        if any(start < other_end and other < end for other, other_end in taken):
            continue
        taken.append((start, end))
        yield kind, match.group().strip()


def _all(text: str, policy: GuardPolicy) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield candidates in the order in which they are believed: those with check digits first."""
    yield from (("iban", it) for it in _IBAN.finditer(text) if _is_iban(it.group()))
    yield from (("nir", it) for it in _NIR.finditer(text) if _is_nir(it))
    yield from (("card", it) for it in _CARD.finditer(text) if _is_card(_digits(it.group())))
    for pattern in policy.order_numbers:
        yield from (("order", it) for it in pattern.finditer(text) if it.group().strip())
    for pattern in _PHONES:
        yield from (("phone", it) for it in pattern.finditer(text) if _is_somebodys(it.group(), policy))
    yield from (("mail", it) for it in _MAIL.finditer(text) if not _is_ours(it, policy))
    for pattern in _ADDRESSES:
        yield from (("address", it) for it in pattern.finditer(text) if not _is_to_visit(text, it))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_somebodys(number: str, policy: GuardPolicy) -> bool:
    plain = re.sub(r"\(0\)|[^\d+]", "", number)
    if _SERVICE.fullmatch(plain):
        return False
    return contact(number) not in policy.contacts


def _is_ours(mail: re.Match[str], policy: GuardPolicy) -> bool:
    host = mail["host"].lower()
    if contact(mail.group()) in policy.contacts:
        return True
    if policy.domains:
        return any(host == it or host.endswith(f".{it}") for it in policy.domains)
    return bool(_ROLE.fullmatch(mail.group().partition("@")[0]))


def _is_iban(text: str) -> bool:
    """Say whether the check digits are right (ISO 13616: modulo 97)."""
    plain = re.sub(r"\s", "", text).upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _is_card(digits: str) -> bool:
    """Say whether it is a number of a card by its beginning and its check digit (Luhn, ISO/IEC 7812)."""
    if not _CARD_OF.fullmatch(digits):
        return False
    doubled = (int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - 9: two digits


def _is_nir(match: re.Match[str]) -> bool:
    """Say whether the key is right: 97 less the number modulo 97, Corsica's 2A and 2B taken as 19 and 18."""
    body = match["body"].replace(" ", "").upper().replace("2A", "19").replace("2B", "18")
    return int(match["key"]) == 97 - int(body) % 97


def _is_to_visit(text: str, address: re.Match[str]) -> bool:
    """Say whether the words before an address in its sentence speak of a place of ours, not of theirs."""
    before = re.split(r"[.!?;\n]", text[: address.start()])[-1]
    return bool(_OURS.search(before)) and not _THEIRS.search(before)
