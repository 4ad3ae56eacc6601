"""`cmconsole canned`: list the canned responses, check them, take some in from a file, give them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.config.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmconsole.cli.canned_taking import Taken
    from cmconsole.cli.scope import Scope
    from cmconsole.config.canned import Library, Shelf
    from cmconsole.core.canned import Canned
    from cmconsole.desk.canned.checking import Trouble

_INDENT: Final = "    "
_PLATFORMS: Final = ("x", "mastodon", "bluesky", "reddit")
"""Where replies may go: looked at where the settings have no account."""

language_option = click.option(
    "--language", type=click.Choice(["fr", "en"]), help=_("Only texts in this language.")
)
own_option = click.option("--own", is_flag=True, help=_("Leave out those that come with cmconsole."))


@click.group(
    short_help=_("List, check, take in and give out the canned responses."),
    help=_(
        "The canned responses: TOML files in the folder `canned` beside your settings, and those that come "
        "with cmconsole. docs/guide/canned.md tells how they are written."
    ),
)
@global_options
def command() -> None:
    """Do what the command after it says."""


@command.command(
    "list",
    short_help=_("List them."),
    help=_(
        "List the canned responses: shortcode, title, languages with the number of variants, and what each "
        "is meant for. With --language the texts themselves."
    ),
)
@language_option
@own_option
@json_option
@global_options
@click.pass_obj
def list_command(scope: Scope, language: str | None, *, own: bool, as_json: bool) -> None:
    """Print them, one a line or with their texts."""
    library = _shelf(scope, own=own).library()
    for canned in library.responses.values():
        if language and language not in canned.texts:
            continue
        if as_json:
            say_json(_record(canned, language))
            continue
        for line in _lines(canned, language):
            say(line)
    _say_complaints(library)


@command.command(
    "check",
    short_help=_("Say what is wrong with them."),
    help=_(
        "Look for texts that are too long for the platforms of your accounts, missing translations, unknown "
        "placeholders, codes that stand twice, and reviews that are due; with --links also for links that "
        "lead nowhere, which asks their servers. The exit code is 1 where something was found."
    ),
)
@click.option("--links", is_flag=True, help=_("Ask whether the links still lead somewhere."))
@own_option
@json_option
@global_options
@click.pass_obj
def check_command(scope: Scope, *, links: bool, own: bool, as_json: bool) -> ExitCode:
    """Print what is wrong, a line each."""
    library = _shelf(scope, own=own).library()
    found = [*_troubles(scope, library), *(_dead_links(library) if links else ())]
    for trouble in found:
        if as_json:
            say_json({"about": trouble.about, "code": trouble.code or None, "says": trouble.says})
        else:
            say(f"/{trouble.code}: {trouble.says}" if trouble.code else trouble.says)
    if not as_json:
        say(_verdict(len(library.responses), len(found)))
    return ExitCode.FAILED if found else ExitCode.DONE


@command.command(
    "import",
    short_help=_("Take some in from a file."),
    help=_(
        "Take canned responses in from FILE, a CSV, JSON or TOML file as other tools export them: shortcode, "
        "text, language and title; several rows with the same code and language become variants. They are "
        "written to a TOML file in your folder. What is there already is left as it is, unless you say "
        "--replace."
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help=_("Put them in the place of those with the same code."))
@click.option(
    "--language",
    type=click.Choice(["fr", "en"]),
    help=_("Language of the texts of which the file does not say it; else it is guessed."),
)
@json_option
@global_options
@click.pass_obj
def import_command(
    scope: Scope, file: Path, language: str | None, *, replace: bool, as_json: bool
) -> ExitCode:
    """Write them into the folder, and say what came in."""
    from cmconsole.cli import canned_taking  # noqa: PLC0415 - help does without

    settings = scope.settings()
    languages = settings.brand.languages
    fallback = languages[0] if languages else "en"
    taken = canned_taking.take_in(
        file, _folder(scope), replace=replace, language=language or "", fallback=fallback
    )
    if as_json:
        say_json(taken.record())
    else:
        for line in _told(taken):
            say(line)
    return ExitCode.FAILED if taken.refused else ExitCode.DONE


@command.command(
    "export",
    short_help=_("Print them as a file."),
    help=_(
        "Print the canned responses as a file that `import` takes, here or elsewhere: TOML as you would "
        "write it, CSV for a spreadsheet, JSON for programs."
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["toml", "csv", "json"]),
    default="toml",
    show_default=True,
    help=_("What kind of file."),
)
@language_option
@own_option
@global_options
@click.pass_obj
def export_command(scope: Scope, form: str, language: str | None, *, own: bool) -> None:
    """Print them as TOML, CSV or JSON."""
    from cmconsole.cli import canned_giving  # noqa: PLC0415 - help does without

    library = _shelf(scope, own=own).library()
    for piece in canned_giving.given_out(library.responses.values(), form, language or ""):
        say(piece)


def _folder(scope: Scope) -> Path:
    from cmconsole.config.canned import folder_of  # noqa: PLC0415 - help does without
    from cmconsole.config.paths import settings_file  # noqa: PLC0415 - the same

    return folder_of(scope.settings().reply.canned, scope.config or settings_file())


def _shelf(scope: Scope, *, own: bool) -> Shelf:
    from cmconsole.config.canned import Shelf  # noqa: PLC0415 - help does without

    return Shelf(_folder(scope), starter=scope.settings().reply.starter and not own)


def _say_complaints(library: Library) -> None:
    import sys  # noqa: PLC0415 - rare

    for complaint in library.complaints:
        say(complaint, file=sys.stderr)


# ------------------------------------------------------------------------------------------------------ list


def _lines(canned: Canned, language: str | None) -> Iterator[str]:
    counts = ", ".join(f"{name} {len(variants)}" for name, variants in canned.texts.items())
    parts = [canned.title, counts, _hints(canned), canned.owner, canned.source]
    yield f"/{canned.code}  " + " · ".join(filter(None, parts))
    if language:
        for text in canned.texts[language]:
            yield from (_INDENT + line for line in text.splitlines())
        yield ""


def _hints(canned: Canned) -> str:
    """Return what a response is meant for, in words."""
    from cmconsole.core.verdict import Hostility  # noqa: PLC0415 - help does without
    from cmconsole.desk.canned.filling import platform_name  # noqa: PLC0415 - the same
    from cmconsole.desk.words import theme, word  # noqa: PLC0415 - the same

    return ", ".join(
        [
            *(word(it) for it in sorted(canned.severities)),
            *([word(canned.hostility)] if canned.hostility is not Hostility.NONE else []),
            *(word(it) for it in sorted(canned.kinds)),
            *(theme(it) for it in sorted(canned.themes)),
            *(word(it) for it in sorted(canned.lanes)),
            *(platform_name(it) for it in sorted(canned.platforms)),
        ]
    )


def _record(canned: Canned, language: str | None) -> dict[str, object]:
    """Return a response as programs read it."""
    from cmconsole.core.canned import STARTER, placeholders  # noqa: PLC0415 - help does without
    from cmconsole.core.verdict import Hostility  # noqa: PLC0415 - the same

    texts = {name: variants for name, variants in canned.texts.items() if language in {None, name}}
    every = [text for variants in texts.values() for text in variants]
    return {
        "code": canned.code,
        "title": canned.title,
        "texts": texts,
        "placeholders": list(dict.fromkeys(name for text in every for name in placeholders(text))),
        "ask": dict(canned.asks),
        "kinds": sorted(canned.kinds),
        "lanes": sorted(canned.lanes),
        "platforms": sorted(canned.platforms),
        "themes": sorted(canned.themes),
        "severities": [it.word for it in sorted(canned.severities)],
        "hostility": canned.hostility.word if canned.hostility is not Hostility.NONE else None,
        "owner": canned.owner or None,
        "review": canned.review.isoformat() if canned.review else None,
        "file": None if canned.source == STARTER else canned.source,
    }


# ----------------------------------------------------------------------------------------------------- check


def _troubles(scope: Scope, library: Library) -> Iterator[Trouble]:
    from cmconsole.config.clock import SystemClock, timezone  # noqa: PLC0415 - help does without
    from cmconsole.desk import when  # noqa: PLC0415 - the same
    from cmconsole.desk.canned.checking import troubles  # noqa: PLC0415 - the same
    from cmconsole.desk.reply.compose import signed  # noqa: PLC0415 - the same

    settings = scope.settings()
    zone = timezone(settings.desk.timezone)
    yield from troubles(
        library,
        languages=settings.brand.languages,
        platforms={it.platform for it in settings.accounts.values()} or _PLATFORMS,
        today=when.local(SystemClock().now(), zone).date(),
        brand=settings.brand.name,
        signature=signed(settings.reply.signature, settings.desk.person),
    )


def _dead_links(library: Library) -> Iterator[Trouble]:
    from cmconsole.cli.running import run  # noqa: PLC0415 - help does without
    from cmconsole.config.language import said  # noqa: PLC0415 - the same
    from cmconsole.desk.canned.checking import Trouble, links  # noqa: PLC0415 - the same
    from cmconsole.platforms.links_check import dead_links  # noqa: PLC0415 - it loads the network library

    held = links(library)
    for link, error in run(dead_links(held)).items():
        for code in held[link]:
            yield Trouble("link", code, f"{link}: {said(error)}")


def _verdict(looked_at: int, found: int) -> str:
    looked = ngettext("{count} response looked at", "{count} responses looked at", looked_at).format(
        count=looked_at
    )
    if not found:
        return _("{looked}: all is well.").format(looked=looked)
    wrong = ngettext("{count} thing to look at", "{count} things to look at", found).format(count=found)
    return _("{looked}: {wrong}.").format(looked=looked, wrong=wrong)


# ---------------------------------------------------------------------------------------------------- import


def _told(taken: Taken) -> Iterator[str]:
    """Yield what came in, what was left as it was, and what could not be read."""
    came = len(taken.new) + len(taken.replaced)
    if came:
        yield ngettext(
            "{count} response came in, into {file}: {codes}",
            "{count} responses came in, into {file}: {codes}",
            came,
        ).format(count=came, file=taken.file, codes=_codes([*taken.new, *taken.replaced]))
    else:
        yield _("Nothing came in.")
    if taken.replaced:
        yield _("In the place of what was there: {codes}").format(codes=_codes(taken.replaced))
    if taken.kept:
        yield _(
            "Left as they were, for they are there already (--replace takes the new ones): {codes}"
        ).format(codes=_codes(taken.kept))
    for sentence in taken.refused:
        yield _("Not taken: {reason}").format(reason=sentence)
    if came:
        yield _("Have a look: cmconsole canned check")


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(f"/{code}" for code in codes)
