"""Handles are the same however people decorate them, and different where they are."""

import pytest

from cmconsole.config.handles import bare, same, server_of


@pytest.mark.parametrize(
    ("written", "handle"),
    [
        ("@acme", "acme"),
        (" u/acme ", "acme"),
        ("/u/acme", "acme"),
        ("@Acme@piaille.fr", "Acme@piaille.fr"),
        ("https://x.com/acme/", "acme"),
        ("https://www.reddit.com/user/acme", "acme"),
        ("https://bsky.app/profile/acme.bsky.social", "acme.bsky.social"),
        ("https://piaille.fr/@acme", "acme"),
        ("usine", "usine"),
    ],
)
def test_what_people_put_before_a_handle_goes(written: str, handle: str) -> None:
    assert bare(written) == handle


@pytest.mark.parametrize(
    ("told", "seen", "is_same"),
    [
        ("@Acme", "acme", True),
        ("u/acme", "Acme", True),
        ("@acme", "acme@piaille.fr", True),
        ("acme@piaille.fr", "acme@Piaille.fr", True),
        ("acme@mastodon.social", "acme@piaille.fr", False),
        ("acme", "acme_fr", False),
        ("acme", "rival@piaille.fr", False),
        ("acme.bsky.social", "acme.com", False),
        ("", "", False),
        ("@", "acme", False),
    ],
)
def test_two_handles_are_one_or_not(told: str, seen: str, is_same: bool) -> None:
    assert same(told, seen) is is_same


@pytest.mark.parametrize(
    ("handle", "server"), [("@acme@piaille.fr", "https://piaille.fr"), ("acme", ""), ("@acme@", "")]
)
def test_a_mastodon_handle_tells_its_server(handle: str, server: str) -> None:
    assert server_of(handle) == server
