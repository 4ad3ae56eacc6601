"""The composer's lines: who speaks, who else does, how long it is, what would leave, what stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.canned import Canned
from cmconsole.core.clock import MINUTE
from cmconsole.core.guard import Finding, Level
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.core.replying import Known
from cmconsole.desk.canned.ranking import Offer
from cmconsole.desk.reply.length import Length, measure
from cmconsole.desk.reply.send import Clearance
from cmconsole.desk.reply.sheet import Sheet
from cmconsole.tui.keymap import keymap
from cmconsole.tui.present import composer
from cmconsole.tui.present.line import Line, width_of
from tests.unit.tui.desks import NOON
from tests.unit.tui.talks import talk

WIDTHS = (40, 80, 160)
MASTODON = Speaker("piaille", "mastodon", "acme@piaille.fr", Mode.LIVE)


def reply(**changed: object) -> Reply:
    mine = Reply(
        id=1, conversation_id=1, platform="mastodon", account="piaille", in_reply_to="m1", text="Thank you",
        writer="Alice", created_at=NOON, updated_at=NOON, mode=Mode.LIVE, seen=1,
    )  # fmt: skip
    return replace(mine, **changed)  # type: ignore[arg-type] # any field


def state(standing: Standing, **changed: object) -> AccountState:
    known = AccountState("piaille", "mastodon", "acme@piaille.fr", "live", standing, "acme@piaille.fr")
    return replace(known, **changed)  # type: ignore[arg-type] # any field


def sheet(
    *others: Reply,
    speaker: Speaker | None = MASTODON,
    account: AccountState | None = None,
    draft: Reply | None = None,
) -> Sheet:
    return Sheet(
        reply=draft or reply(),
        conversation=talk(),
        mentions=(),
        answered=None,
        speaker=speaker,
        account=account or state(Standing.VERIFIED),
        fitting=("piaille",),
        others=others,
        said=(),
    )


def words(*lines: Line) -> str:
    return "\n".join("".join(text for text, _meaning in line) for line in lines)


def meant(lines: list[Line], said: str) -> str:
    """Return what words mean to the eye."""
    return next(meaning for line in lines for text, meaning in line if said in text)


@pytest.mark.parametrize("mode", list(Mode))
def test_mode_account_platform_and_author_stand_in_one_line(mode: Mode) -> None:
    line = composer.identity(sheet(speaker=replace(MASTODON, mode=mode)), "kept 12:00", 100)

    assert mode.value.upper() in words(line)
    assert "as @acme@piaille.fr on Mastodon to @ada@piaille.fr" in words(line)
    assert words(line).rstrip().endswith("kept 12:00")
    assert line[1][1] == mode.value


def test_where_nobody_can_speak_it_says_so() -> None:
    line = composer.identity(sheet(speaker=None), "", 80)

    assert "no account on Mastodon" in words(line)
    assert "LIVE" not in words(line)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_note_is_filled_from_edge_to_edge(width: int) -> None:
    line = composer.private(width)

    assert width_of(line) == width
    assert {meaning for _text, meaning in line} == {"note"}
    assert words(line).startswith(" PRIVATE NOTE")


@pytest.mark.parametrize(
    ("standing", "said", "meaning"),
    [
        (Standing.UNCHECKED, "is not verified yet", "urgent"),
        (Standing.LOCKED, "cannot speak: token is @other", "overdue"),
        (Standing.REFUSED, "cannot speak: The token is refused", "overdue"),
        (Standing.UNREACHED, "cannot speak: The token is refused", "urgent"),
    ],
)
def test_an_account_that_is_not_verified_is_told(standing: Standing, said: str, meaning: str) -> None:
    account = state(standing, seen="other", error="The token is refused. Make a new one.")
    lines = composer.news(sheet(account=account), NOON, UTC, "Ctrl+R", 160, behind=False)

    assert said in words(*lines)
    assert meant(lines, "@acme") == meaning


def test_a_verified_account_is_no_news() -> None:
    assert composer.news(sheet(), NOON, UTC, "Ctrl+R", 160, behind=False) == []


def test_that_the_author_wrote_again_comes_before_a_refusal() -> None:
    draft = reply(refusal="Say sorry first")
    lines = composer.news(sheet(draft=draft), NOON, UTC, "Ctrl+R", 160, behind=True)

    assert "written again (11:55): read it, then Ctrl+R" in words(lines[0])
    assert words(lines[1]).strip() == "Given back: Say sorry first"


def test_others_are_told_the_most_pressing_first() -> None:
    at = NOON - MINUTE
    lines = composer.others(
        sheet(
            reply(id=2, writer="Bruno", text="a draft", updated_at=at),
            reply(id=3, writer="Chloé", text="asked", status=ReplyStatus.AWAITING),
            reply(id=4, writer="Dan", text="going", status=ReplyStatus.SENDING),
            reply(id=5, writer="Eve", text="old", status=ReplyStatus.SENT, sent_at=at),
            reply(id=6, writer="Fay", text="new", status=ReplyStatus.SENT, sent_at=NOON),
        ),
        NOON, UTC, 100, 5,
    )  # fmt: skip

    assert [words(line).strip() for line in lines] == [
        "Dan is answering, 12:00: “going”",
        "Chloé waits for a second yes, 12:00: “asked”",
        "Bruno writes too, 11:59: “a draft”",
        "Eve answered, 11:59: “old”",
    ]
    assert meant(lines, "Dan") == "overdue"


def test_what_is_no_reply_or_has_no_word_is_not_told() -> None:
    told = composer.others(sheet(reply(id=2, text=" "), reply(id=3, act=Act.LIKE)), NOON, UTC, 100, 5)

    assert told == []


@pytest.mark.parametrize("width", WIDTHS)
def test_where_they_are_too_many_they_are_counted(width: int) -> None:
    many = [reply(id=number, writer="Bruno", text="long " * 50) for number in range(2, 7)]
    lines = composer.others(sheet(*many), NOON, UTC, width, 2)

    assert len(lines) == 2
    assert "+3 more" in words(lines[1])
    assert all(width_of(line) <= width for line in lines)


def test_a_length_is_in_the_platforms_own_measure() -> None:
    assert "12 of 280 characters" in words(composer.ruler([measure("x", "a" * 12)], "", 80, split=False))
    bluesky = words(composer.ruler([measure("bluesky", "é" * 9)], "", 80, split=False))
    assert "9 of 300 characters, 18 of 3000 bytes" in bluesky
    assert "9 characters" in words(composer.ruler([Length(9, 0)], "", 80, split=False))
    assert "nothing written" in words(composer.ruler([], "", 80, split=False))


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (Length(283, 280), "too long by 3"),
        (Length(10, 300, 3_001, 3_000), "too long by 1 byte"),
        (Length(10, 300, 3_012, 3_000), "too long by 12 bytes"),
    ],
)
def test_what_is_too_long_is_said_in_red_and_by_how_much(length: Length, said: str) -> None:
    line = composer.ruler([Length(1, 280), length], "", 100, split=False)

    assert said in words(line)
    assert meant([line], said) == "overdue"
    assert meant([line], " characters") == "overdue"
    assert meant([composer.ruler([Length(1, 280)], "", 100, split=False)], "1 of") == "text"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_rule_is_as_wide_as_its_place(width: int) -> None:
    code = "/parcel-late: used 9 times today, 3 in this thread"

    assert width_of(composer.ruler([Length(1, 280)] * 3, code, width, split=True)) == width
    assert width_of(composer.note_ruler(width)) == width


def test_the_preview_shows_a_block_for_every_post() -> None:
    parts = ("One 1/2", "Two 2/2")
    lines = composer.preview(parts, [measure("x", it) for it in parts], 60, live=True)

    assert [words(line) for line in lines] == [
        " What will be published",
        " 1 of 2 · 7 of 280",
        " │ One 1/2",
        " 2 of 2 · 7 of 280",
        " │ Two 2/2",
    ]
    rehearsed = composer.preview(parts[:1], [measure("x", "One")], 60, live=False)
    assert words(*rehearsed) == " What would be published\n │ One 1/2"


def test_what_does_not_fit_is_counted() -> None:
    lines: list[Line] = [((str(number), "text"),) for number in range(9)]

    assert composer.shortened(lines, 9, 40) == lines
    assert words(composer.shortened(lines, 4, 40)[-1]) == " … 6 more lines"
    assert composer.shortened(lines, 0, 40) == []


def clearance(*findings: Finding, word: str = "") -> Clearance:
    return Clearance(sheet(), ("Thank you",), findings, word, (), Known(1))


def test_what_blocks_is_told_with_its_reason_and_the_key_that_helps() -> None:
    lines = composer.findings(
        clearance(
            Finding("too-long", Level.BLOCK, "12 characters too many"),
            Finding("sarcasm", Level.CONFIRM, "“bravo” may read as mockery"),
        ),
        keymap(), 80,
    )  # fmt: skip

    assert [words(line).strip() for line in lines] == [
        "This reply cannot leave like this. Your text is kept.",
        "✕ too long: 12 characters too many (Ctrl+L thread)",
        "! mockery: “bravo” may read as mockery",
        "Change what is marked ✕, then Ctrl+S again.",
    ]
    assert meant(lines, "too long") == "overdue"


def test_what_asks_says_which_word_to_type() -> None:
    asked = clearance(Finding("capitals", Level.CONFIRM, "it shouts"), word="publish")
    said = words(*composer.findings(asked, keymap(), 80))

    assert "To send it all the same, type “publish” and press Ctrl+S again." in said
    assert composer.findings(clearance(), keymap(), 80) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_findings_fit(width: int) -> None:
    found = Finding("link-price", Level.CONFIRM, "a link costs " * 9)
    lines = composer.findings(clearance(found, word="publish"), keymap(), width)

    assert all(width_of(line) <= width for line in lines)


def offer(code: str, *, today: int = 0, here: int = 0, warning: str = "") -> Offer:
    return Offer(Canned(code, code.title(), {"en": ("Hello",)}), "en", 0, "Hello", today, here, warning)


@pytest.mark.parametrize("width", WIDTHS)
def test_offers_have_their_digit_their_meter_and_their_warning(width: int) -> None:
    found = [
        (offer("late"), "Hello Ada, " + "we are sorry " * 20),
        (offer("lost", today=9, here=3), "Hello Ada"),
        (offer("again", today=1, warning="X refuses the same words again so soon."), "Hello Ada"),
    ]
    lines = composer.offers(found, width)

    assert all(width_of(line) <= width for line in lines)
    assert words(lines[0]).startswith(" 1 /late   Hello Ada")
    if width > 40:
        assert "used 9 times today, 3 in this thread" in words(lines[1])
        assert meant(lines[2:], "! X refuses") == "urgent"


def test_a_reply_tells_which_response_it_began_as() -> None:
    assert composer.canned_meter(None, "") == ""
    assert composer.canned_meter(None, "late") == "/late"
    assert composer.canned_meter(offer("late", today=2), "late") == "/late: used 2 times today"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_footer_holds_what_matters_most(width: int) -> None:
    line = composer.footer(keymap(), ["as-thread", "fill-in", "drop-draft"], width, note=False)

    assert width_of(line) <= width
    assert "Ctrl+S send" in words(line)
    assert ("Ctrl+G drop" in words(line)) is (width == 160)


def test_a_notes_footer_names_no_key_that_sends() -> None:
    said = words(composer.footer(keymap(), (), 100, note=True))

    assert "Ctrl+S keep the note" in said
    assert "Ctrl+N as a reply" in said
    assert "send" not in said


def test_the_footer_shows_the_keys_in_use() -> None:
    said = words(composer.footer(keymap({"send": "f5", "private": []}), (), 100, note=False))

    assert "F5 send" in said
    assert "note" not in said
