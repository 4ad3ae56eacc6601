"""`cmconsole erase`: remove an author and all they wrote, for good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import at_desk, run
from cmconsole.config.language import _, ngettext
from cmconsole.core.text import fold, visible

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope
    from cmconsole.store.contract import Erased

_YES: Final = frozenset({"y", "yes", "o", "oui"})
"""In both languages: whoever answers thinks of the question, not of the language it was asked in."""


@click.command(
    short_help=_("Remove an author and all they wrote."),
    help=_(
        "Remove an author with their conversations, messages and notes from every page of the store. "
        "This cannot be taken back; what stays is one event that tells of an erasure, and names nobody."
    ),
)
@click.option("--author", metavar="PLATFORM:HANDLE", required=True, help=_("Whom to remove."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
@global_options
@click.pass_obj
def command(scope: Scope, author: str, *, yes: bool, as_json: bool) -> int:
    """Ask, unless told not to, then erase."""
    from cmconsole.desk.erase import named  # noqa: PLC0415 - help does without

    platform, handle = named(author)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError(_("There is nobody to ask here: add --yes to erase without being asked."))
        if not _agreed(handle, platform):
            say(_("Nothing was removed."), file=sys.stderr)
            return ExitCode.FAILED
    erased = run(_erase(scope, platform, handle))
    if as_json:
        say_json(erased)
    else:
        say(_told(erased))
    return ExitCode.DONE


def _agreed(handle: str, platform: str) -> bool:
    question = _("Remove @{handle} on {platform}, and all they wrote, for good? [y/N]")
    answer: str = click.prompt(
        question.format(handle=visible(handle), platform=visible(platform)),
        default="",
        show_default=False,
        prompt_suffix=" ",
        err=True,
    )
    return fold(answer.strip()) in _YES


async def _erase(scope: Scope, platform: str, handle: str) -> Erased:
    from cmconsole.desk.erase import erase  # noqa: PLC0415 - help does without

    async with at_desk(scope) as desk:
        return await erase(desk, platform, handle)


def _told(erased: Erased) -> str:
    conversations = ngettext("{count} conversation", "{count} conversations", erased.conversations)
    mentions = ngettext("{count} mention", "{count} mentions", erased.mentions)
    return _("Removed: {conversations}, {mentions}.").format(
        conversations=conversations.format(count=erased.conversations),
        mentions=mentions.format(count=erased.mentions),
    )
