"""The way to an account's secrets on each platform, step by step, with the exact pages and boxes to tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.config.language import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "x": (
        N_("Sign in at https://console.x.com as @{handle}, and create an app (New App)."),
        N_(
            "In the app, set up “User authentication settings”: permissions “Read and write”, type "
            "“Web App”; any address of yours will do as callback. Do this before you make tokens: those "
            "made earlier stay read-only."
        ),
        N_(
            "Under “Keys and tokens”, OAuth 1.0, show the consumer key and its secret, and generate the "
            "access token and its secret. They are shown once."
        ),
        N_("The bearer token is on the same page. It is needed for the stream only."),
        N_(
            "X takes money for each post read or written: buy credits under “Billing”, set a spending limit "
            "there, and a monthly cap here. A post read costs $0.005, a reply $0.015, one with a link $0.20."
        ),
    ),
    "reddit": (
        N_(
            "New keys need Reddit's approval: ask for it first, as https://support.reddithelp.com says under "
            "“Responsible Builder Policy”. It can take weeks."
        ),
        N_("Sign in as u/{handle}, open https://www.reddit.com/prefs/apps and choose “create another app”."),
        N_(
            "Choose “script” (it needs the account's name and password), or “web app” (it needs a refresh "
            "token: better, for it can be taken back alone and works with two-factor sign-in). "
            "Redirect uri: http://localhost:8080"
        ),
        N_("The client id is the line below the app's name; the client secret is called “secret”."),
        N_(
            "A refresh token needs the scopes identity, read, history, privatemessages, submit, edit, vote "
            "and report, and modposts where the account moderates; its duration is “permanent”."
        ),
    ),
    "mastodon": (
        N_(
            "Sign in as @{handle} and open {server}/settings/applications/new (Preferences → Development → "
            "New application)."
        ),
        N_(
            "Take away all ticks, then set these: read:accounts read:notifications read:statuses read:search "
            "write:statuses write:favourites write:reports"
        ),
        N_("Save, open the application you made, and copy “Your access token”. Nothing else is needed."),
    ),
    "bluesky": (
        N_(
            "Sign in as @{handle} and open https://bsky.app/settings/app-passwords (Settings → Privacy and "
            "security → App passwords)."
        ),
        N_("Choose “Add App Password” and name it cmconsole. Direct messages need not be allowed."),
        N_("Copy the password, four groups of four characters. Never give the account's main password here."),
    ),
}


def steps(platform: str, *, handle: str, server: str) -> list[str]:
    """Return the steps, numbered, in the person's language."""
    return [
        f"{number}. {_(step).format(handle=handle, server=server)}"
        for number, step in enumerate(_STEPS.get(platform, ()), start=1)
    ]
