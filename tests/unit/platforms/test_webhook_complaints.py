"""What is wrong with an item: where, what it is, what is allowed; never the value itself."""

from __future__ import annotations

from typing import Any

import pytest

from cmconsole.platforms.webhook.complaints import Complaint, Form

MENTION = Form("cmconsole.platforms", "mention.schema.json")
TIP = Form("cmconsole.platforms.webhook", "tip.schema.json")


def told(form: Form, item: Any) -> list[tuple[str, str, str]]:
    return [(it.pointer, it.problem, it.allowed.partition(":")[0]) for it in form.complaints(item)]


@pytest.mark.parametrize(
    ("item", "complaints"),
    [
        ({"text": "a"}, []),
        ({"removed": True, "id": 5}, []),
        (5, [("", "it is a number", "an object")]),
        ([], [("", "it is an array", "an object")]),
        ({}, [("/text", "it is missing", "a text")]),
        ({"text": ""}, [("/text", "it is empty", "a text")]),
        ({"text": None}, [("/text", "it is null", "a text")]),
        ({"removed": True}, [("/id", "it is missing", "a text or a whole number or null")]),
        ({"text": "a", "id": 1.5}, [("/id", "it is a number", "a text or a whole number or null")]),
        ({"text": "a", "author": []}, [("/author", "it is an array", "a text or null or an object")]),
        (
            {"text": "a", "author": {"followers": -1, "name": 4}},
            [
                ("/author/followers", "it is below 0", "a whole number or null"),
                ("/author/name", "it is a number", "a text or null"),
            ],
        ),
        (
            {"text": "a", "author": {"reach": 2**60}},
            [("/author/reach", "it is above 9007199254740991", "a whole number or null")],
        ),
        (
            {"text": "a", "created_at": "yesterday"},
            [("/created_at", "it is a text of another form", "a text or a number or null")],
        ),
        ({"text": "a", "created_at": -5}, [("/created_at", "it is below 0", "a text or a number or null")]),
        ({"text": "a", "created_at": {}}, [("/created_at", "it is an object", "a text or a number or null")]),
        ({"text": "a", "can_reply": "no"}, [("/can_reply", "it is a text", "true or false or null")]),
        (
            {"text": "a", "removed": "yes"},
            [("/removed", "it is another value", 'true or false or null or "deleted" or "withheld"')],
        ),
    ],
)
def test_a_mention_s_complaints(item: Any, complaints: list[tuple[str, str, str]]) -> None:
    assert told(MENTION, item) == complaints


def test_a_tip_s_complaints() -> None:
    assert told(TIP, {"url": "a" * 2_001, "note": 5}) == [
        ("/from", "it is missing", "a text"),
        ("/note", "it is a number", "a text or null"),
        ("/url", "it is longer than 2000 characters", "a text"),
    ]


def test_what_is_allowed_is_told_with_what_it_means() -> None:
    (complaint,) = MENTION.complaints({"text": ""})

    assert complaint == Complaint("/text", "it is empty", "a text: What was written, as plain text")


def test_no_complaint_repeats_a_value() -> None:
    secret = "hunter2"
    items = [
        {"text": "a", key: {secret: secret}}
        for key in ("id", "url", "created_at", "author", "lang", "removed")
    ]
    items += [{"text": "a", "author": {"followers": secret}}, {"text": "a", "created_at": secret}]

    assert secret not in repr([MENTION.complaints(item) for item in items])
