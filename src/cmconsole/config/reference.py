"""Writes the guide's page of settings from the schema, so that it cannot say anything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec

from cmconsole.config.guards import GuardRule
from cmconsole.config.language import speaking
from cmconsole.config.schema import Rule, Settings, Then, When
from cmconsole.config.sources import Account, SourceSettings
from cmconsole.config.wording import allowed, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = """\
[brand]
name = "Acme"

[accounts.main]
platform = "mastodon"
handle = "@acme@mastodon.social"
mode = "rehearsal"

[desk]
person = "Alice"
theme = "calm-light"
timezone = "Europe/Paris"

[triage]
vips = ["mastodon:ada@piaille.fr"]

[[triage.rules]]
name = "product recall"
when = { words = ["recall", "rappel produit"], kinds = ["complaint"] }
then = { priority = "urgent", route = "product", tags = ["recall"] }

[sla.complaints]
urgent = 10

[sources.mastodon]
type = "mastodon"
account = "main"
hashtags = ["acme"]

[sources.blog]
type = "feed"
url = "https://blog.example.org/atom.xml"
reach = 12000

[sources.reviews]
type = "ndjson"
path = "~/reviews.ndjson"
platform = "reviews"
"""
"""The page's example; a test loads it."""

_INTRODUCTION = """\
# Settings

<!-- written by `make docs` from cmconsole/config/schema.py -->

No settings are needed to start. Those you want go into one TOML file, `settings.toml`, in the place your
system keeps settings: `~/.config/cmconsole/` on Linux (or `$XDG_CONFIG_HOME/cmconsole/`),
`~/Library/Application Support/cmconsole/` on macOS. `--config FILE` or the variable `CMCONSOLE_CONFIG` names
another file. `cmconsole doctor` says which file was read and whether it is right.

A wrong setting stops the program before it starts (exit code 3). One line for each says where it is, what was
found and what is allowed:

```
settings.toml: desk.claim_minutes is "soon"; allowed: a whole number from 1 to 480.
settings.toml: desk.them is not a setting. Did you mean desk.theme?
```

## An example

```toml
{example}```

## From the environment

Every setting can be given by an environment variable, which goes before the file: `CMCONSOLE_`, then the key
in capitals with two underscores for each dot, and one for a hyphen.

```sh
CMCONSOLE_DESK__THEME=calm-light
CMCONSOLE_SOURCES__BLOG__INTERVAL_SECONDS=600
CMCONSOLE_TRIAGE__VIPS='["mastodon:ada@piaille.fr"]'
```

Text needs no quotes there; lists and tables are written as in TOML.

## Secrets

No setting holds a secret. The tokens of an account are looked for by its name in four places: the
environment, a systemd credential, a private file beside the settings, the keyring of your system.
`cmconsole accounts add` puts them where they belong, and [the page of accounts](accounts.md) tells the rest.

## Every key
"""


def markdown() -> str:
    """Return the whole page; always in English, whatever language is in use."""
    with speaking("en"):
        sections = ["\n".join(section) for section in _sections()]
    return "\n".join([_INTRODUCTION.format(example=EXAMPLE), "\n\n".join(sections), ""])


def _sections() -> Iterator[list[str]]:
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        name, struct = field.name, field.type
        if name == "accounts":
            yield _section("accounts.NAME", Account)
        elif name == "sources":
            for source in get_args(SourceSettings):
                yield _source(source)
        elif name == "keys":
            yield _keys(hints[name])
        elif name == "sla":
            for lane in msgspec.structs.fields(struct):
                yield _section(f"sla.{lane.name}", lane.type)
        else:
            yield _section(name, struct)
            if name == "triage":
                yield _section("triage.rules", Rule, heading="[[triage.rules]]")
                yield _section("triage.rules.when", When, heading="when = { … }")
                yield _section("triage.rules.then", Then, heading="then = { … }")
            elif name == "guards":
                yield _section("guards.rules", GuardRule, heading="[[guards.rules]]")


def _section(path: str, struct: type[msgspec.Struct], *, heading: str = "") -> list[str]:
    return [f"### `{heading or f'[{path}]'}`", "", _purpose(struct), "", *_table(struct)]


def _source(struct: type[msgspec.Struct]) -> list[str]:
    tag = struct.__struct_config__.tag
    kind = f'| `type` | `"{tag}"` | required | Says that the source is of this kind. |'
    head, rule, *rows = _table(struct)
    return [f'### `[sources.NAME]`, `type = "{tag}"`', "", _purpose(struct), "", head, rule, kind, *rows]


def _keys(annotation: Any) -> list[str]:
    example = [f"{name} = {_toml(keys)}" for name, keys in _examples(annotation)[0].items()]
    return ["### `[keys]`", "", _meaning(annotation), "", "```toml", "[keys]", *example, "```"]


def _table(struct: type[msgspec.Struct]) -> list[str]:
    hints = get_type_hints(struct, include_extras=True)
    rows = ["| key | allowed | when not given | meaning |", "|---|---|---|---|"]
    for field in msgspec.structs.fields(struct):
        meaning = _meaning(hints[field.name]) or f"Minutes for what is {field.name}."
        if examples := _examples(hints[field.name]):
            meaning += f" For example `{_toml(examples[0])}`."
        default = "required" if field.required else _default(field)
        rows.append(f"| `{field.name}` | {_words(hints[field.name])} | {default} | {meaning} |")
    return rows


def _meaning(annotation: Any) -> str:
    return next((note.description for note in unwrapped(annotation)[1] if note.description), "")


def _examples(annotation: Any) -> list[Any]:
    return next((note.examples for note in unwrapped(annotation)[1] if note.examples), [])


def _words(annotation: Any) -> str:
    return allowed(annotation).replace("|", "\\|")


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default
    if value is None or value is msgspec.NODEFAULT or isinstance(value, msgspec.Struct):
        return "nothing"
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _purpose(struct: type[msgspec.Struct]) -> str:
    return (struct.__doc__ or "").splitlines()[0]
