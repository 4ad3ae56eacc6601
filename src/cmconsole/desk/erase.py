"""Erase: remove an author and all they wrote, as the law may ask; it cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import Erased


def named(text: str) -> tuple[str, str]:
    """Return (platform, handle) of `PLATFORM:HANDLE`, a leading @ left out; raises InputError."""
    platform, colon, handle = text.strip().partition(":")
    platform, handle = platform.strip().lower(), handle.strip().removeprefix("@")
    if not (colon and platform and handle):
        raise InputError(
            _("“{text}” does not name an author.").format(text=text),
            advice=_("Write PLATFORM:HANDLE, such as mastodon:ada@piaille.fr."),
        )
    return platform, handle


async def erase(desk: Desk, platform: str, handle: str) -> Erased:
    """Remove an author and all that is theirs; raises NotFoundError, ReadOnlyError."""
    await desk.check_may_act()
    erased = await desk.store.erase_author(platform, handle, person=desk.person, now=desk.now())
    if not erased.authors:
        raise NotFoundError(
            _("There is no author {handle} on {platform}.").format(handle=handle, platform=platform),
            advice=_("Nothing was erased. Write the handle as the queue shows it."),
        )
    return erased
