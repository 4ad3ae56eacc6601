"""`cmconsole canned`: list, check, import and export, on real files and a real server on loopback."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.integration.cli.conftest import Home

LATE = """
[late]
title = "Parcel late"
owner = "Alice"
kinds = ["complaint"]
fr = ["{bonjour}, pardon.", "{bonjour}, désolés."]
en = ["{hello}, sorry."]
"""


@pytest.fixture
def canned(home: Home) -> Path:
    """Return the folder of the desk's own responses, beside its settings."""
    folder = home.settings("").parent / "canned"
    folder.mkdir()
    return folder


def save(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


# ------------------------------------------------------------------------------------------------------ list


def test_responses_are_listed_with_what_they_are_for(home: Home, canned: Path) -> None:
    save(canned / "ours.toml", LATE)
    lines = home.said("canned", "list").splitlines()

    assert lines[0] == "/late  Parcel late · fr 2, en 1 · complaint · Alice · ours.toml"
    assert any(line.startswith("/apology  ") for line in lines)
    assert home.said("canned", "list", "--own") == lines[0] + "\n"


def test_the_texts_of_a_language_are_listed(home: Home, canned: Path) -> None:
    save(canned / "ours.toml", LATE + '[only]\nen = ["Only English"]\n')
    said = home.said("canned", "list", "--own", "--language", "fr")

    assert "    {bonjour}, désolés.\n" in said
    assert "/only" not in said


def test_programs_read_them(home: Home, canned: Path) -> None:
    save(canned / "ours.toml", LATE)
    (record,) = home.records("canned", "list", "--own", "--json")

    assert record == {
        "code": "late",
        "title": "Parcel late",
        "texts": {"fr": ["{bonjour}, pardon.", "{bonjour}, désolés."], "en": ["{hello}, sorry."]},
        "placeholders": ["bonjour", "hello"],
        "ask": {},
        "kinds": ["complaint"],
        "lanes": [],
        "platforms": [],
        "themes": [],
        "severities": [],
        "hostility": None,
        "owner": "Alice",
        "review": None,
        "file": "ours.toml",
    }


def test_a_broken_file_is_told_beside_the_list(home: Home, canned: Path) -> None:
    save(canned / "a.toml", "[late")
    save(canned / "b.toml", LATE)
    ended = home.run("canned", "list", "--own")

    assert ended.stdout.startswith("/late")
    assert "a.toml, line 1, column 6: this is not TOML" in ended.stderr


def test_the_settings_name_the_folder_and_leave_ours_out(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    save(folder / "ours.toml", LATE)
    home.settings(f'[reply]\ncanned = "{folder}"\nstarter = false\n')

    assert [record["code"] for record in home.records("canned", "list", "--json")] == ["late"]


# ----------------------------------------------------------------------------------------------------- check


def test_ours_are_well(home: Home) -> None:
    assert home.said("canned", "check") == "45 responses looked at: all is well.\n"


def test_what_is_wrong_is_told_and_fails(home: Home, canned: Path) -> None:
    save(
        canned / "ours.toml",
        f'[long]\nfr = ["{"a" * 300}"]\nen = ["{{frist_name}}"]\n[old]\nfr = ["a"]\nreview = 2020-01-01\n',
    )
    ended = home.run("canned", "check", "--own")

    assert ended.returncode == 1
    assert ended.stdout.splitlines() == [
        "/long: {frist_name} is not filled by itself. Did you mean {first_name}?",
        "/long: fr, variant 1: 20 characters too long for X.",
        "/old: has no text in English.",
        "/old: was to be reviewed by 2020-01-01.",
        "2 responses looked at: 4 things to look at.",
    ]
    told = home.run("canned", "check", "--own", "--json")
    assert told.returncode == 1
    assert [json.loads(line)["about"] for line in told.stdout.splitlines()] == [
        "placeholder", "length", "translation", "review",
    ]  # fmt: skip


def test_the_platforms_and_languages_are_those_of_the_settings(home: Home, canned: Path) -> None:
    home.settings(
        '[brand]\nlanguages = ["fr"]\n[accounts.main]\nplatform = "mastodon"\nhandle = "@acme@piaille.fr"\n'
    )
    save(canned / "ours.toml", f'[long]\nfr = ["{"a" * 300}"]\n')

    assert home.said("canned", "check", "--own") == "1 response looked at: all is well.\n"


class _Pages(BaseHTTPRequestHandler):
    """A site with a page that is there, one that moved, one that is gone, one that is shut, and a fault."""

    def do_GET(self) -> None:
        answers = {"/there": 200, "/moved": 302, "/stale": 301, "/shut": 403, "/broken": 503}
        self.send_response(answers.get(self.path, 404))
        if self.path in {"/moved", "/stale"}:
            self.send_header("Location", "/there" if self.path == "/moved" else "/gone")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_dead_links_are_told_where_they_are_asked_for(home: Home, canned: Path, site: str) -> None:
    names = ("there", "moved", "shut", "gone", "stale", "broken")
    text = " ".join(f"{site}/{name}" for name in names)
    save(canned / "ours.toml", f'[page]\nfr = ["{text} http://127.0.0.1:1/"]\nen = ["{site}/there"]\n')
    home.settings('[accounts.main]\nplatform = "reddit"\nhandle = "acme"\n')
    ended = home.run("canned", "check", "--own", "--links")

    assert ended.returncode == 1
    assert ended.stdout.splitlines() == [
        f"/page: {site}/gone: 127.0.0.1 has no such page (404).",
        f"/page: {site}/stale: 127.0.0.1 has no such page (404).",
        f"/page: {site}/broken: 127.0.0.1 answers with an error (503).",
        "/page: http://127.0.0.1:1/: 127.0.0.1 cannot be reached.",
        "1 response looked at: 4 things to look at.",
    ]
    assert home.said("canned", "check", "--own") == "1 response looked at: all is well.\n"


# ---------------------------------------------------------------------------------------------------- import

FOREIGN = """\
Short code;Message;Lang;Title
/Colis Retardé;"Bonjour {{customer.first_name}}, désolés ; où en est-il ?";fr-FR;Colis en retard
/Colis Retardé;"Bonjour {Prénom}, nous regardons tout de suite pour vous.";;
/thanks;Thank you very much for this and have a nice day;;Thanks
;Bonjour à vous;fr;Un titre seul
;sans code;fr;
/empty;;en;
"""


def test_a_spreadsheet_of_another_tool_is_taken_in(home: Home, canned: Path, tmp_path: Path) -> None:
    ended = home.run("canned", "import", save(tmp_path / "Export du 3.csv", FOREIGN))

    assert ended.returncode == 1
    target = canned / "export-du-3.toml"
    assert ended.stdout.splitlines() == [
        f"3 responses came in, into {target}: /colis-retarde, /thanks, /un-titre-seul",
        "Not taken: line 6: no shortcode, and no title to make one of.",
        "Not taken: line 7: /empty has no text.",
        "Have a look: cmconsole canned check",
    ]
    late, thanks, _titled = home.records("canned", "list", "--own", "--json")
    assert late["texts"] == {
        "fr": [
            "Bonjour {first_name}, désolés ; où en est-il ?",
            "Bonjour {first_name}, nous regardons tout de suite pour vous.",
        ]
    }
    assert (late["title"], late["file"]) == ("Colis en retard", "export-du-3.toml")
    assert [*thanks["texts"]] == ["en"]


def test_old_spreadsheets_are_read_too(home: Home, canned: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes("code\ttext\tlanguage\r\nete\tÀ l'été !\tfr\r\n".encode("cp1252"))
    home.said("canned", "import", file)

    assert home.records("canned", "list", "--own", "--json")[0]["texts"] == {"fr": ["À l'été !"]}


@pytest.mark.parametrize(
    "exported",
    [
        [{"shortcut": "/late", "body": "Sorry for that", "locale": "en-GB", "name": "Late"}],
        {"macros": [{"name": "Late", "code": "late", "content": "Sorry for that", "language": "en"}]},
        {"late": {"text": "Sorry for that", "lang": "en", "title": "Late"}},
        [{"shortcode": "late", "en": ["Sorry for that"], "title": "Late"}],
    ],
)
def test_json_is_taken_in_whatever_its_shape(
    home: Home, canned: Path, tmp_path: Path, exported: object
) -> None:
    home.said("canned", "import", save(tmp_path / "in.json", json.dumps(exported)))
    (record,) = home.records("canned", "list", "--own", "--json")

    assert (record["code"], record["title"]) == ("late", "Late")
    assert record["texts"] == {"en": ["Sorry for that"]}


def test_json_of_codes_and_texts_takes_the_language_that_is_said(
    home: Home, canned: Path, tmp_path: Path
) -> None:
    file = save(tmp_path / "in.json", '{"ok": "OK!"}')
    home.said("canned", "import", file, "--language", "en")

    assert home.records("canned", "list", "--own", "--json")[0]["texts"] == {"en": ["OK!"]}


def test_nothing_is_overwritten_without_replace(home: Home, canned: Path, tmp_path: Path) -> None:
    ours = save(canned / "ours.toml", "# Ours.\n" + LATE + '\n# Kept.\n[other]\nfr = ["Autre"]\n')
    before = ours.read_text(encoding="utf-8")
    file = save(tmp_path / "in.toml", '[late]\nfr = ["Nouveau"]\n[fresh]\nfr = ["Frais"]\n')
    told = home.said("canned", "import", file)

    assert "Left as they were, for they are there already (--replace takes the new ones): /late\n" in told
    assert ours.read_text(encoding="utf-8") == before

    told = home.said("canned", "import", file, "--replace")
    assert "In the place of what was there: /late, /fresh\n" in told
    kept = [line for line in ours.read_text(encoding="utf-8").splitlines() if line]
    assert kept == ["# Ours.", "# Kept.", "[other]", 'fr = ["Autre"]']
    texts = {record["code"]: record["texts"] for record in home.records("canned", "list", "--own", "--json")}
    assert texts == {"late": {"fr": ["Nouveau"]}, "fresh": {"fr": ["Frais"]}, "other": {"fr": ["Autre"]}}


def test_what_only_a_person_can_change_is_left(home: Home, canned: Path, tmp_path: Path) -> None:
    ours = save(canned / "ours.toml", '[late]\nfr = """\n[a]\n"""\n')
    before = ours.read_text(encoding="utf-8")
    ended = home.run("canned", "import", save(tmp_path / "in.json", '{"late": "Bonjour"}'), "--replace")

    assert ended.returncode == 2
    assert "/late stands there in a way that only a person can change." in ended.stderr
    assert (ours.read_text(encoding="utf-8"), [*canned.iterdir()]) == (before, [ours])


def test_nothing_is_taken_in_beside_a_broken_file(home: Home, canned: Path, tmp_path: Path) -> None:
    save(canned / "broken.toml", "[late")
    ended = home.run("canned", "import", save(tmp_path / "in.json", '{"late": "Bonjour"}'))

    assert ended.returncode == 2
    assert "Mend that first; nothing was taken in." in ended.stderr
    assert len([*canned.iterdir()]) == 1


UNREADABLE = {
    "columns.csv": ("a,b\n1,2\n", "no column is called text"),
    "huge-cell.csv": ("code,text\nlate," + "a" * 200_000 + "\n", "line 2: this is not CSV"),
    "half.json": ("{", "half.json, line 1: this is not JSON"),
    "deep.json": ("[" * 100_000, "nested too deep"),
    "half.toml": ("[", "this is not TOML"),
    "text.pdf": ("x", "its ending tells of no kind of file that is known"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_told(home: Home, canned: Path, tmp_path: Path, name: str) -> None:
    text, says = UNREADABLE[name]
    ended = home.run("canned", "import", save(tmp_path / name, text))

    assert ended.returncode in {2, 3}
    assert says in ended.stderr
    assert [*canned.iterdir()] == []


def test_a_missing_file_is_told(home: Home, tmp_path: Path) -> None:
    assert "cannot be read" in home.run("canned", "import", tmp_path / "missing.csv").stderr


# ---------------------------------------------------------------------------------------------------- export


@pytest.mark.parametrize("form", ["toml", "csv", "json"])
def test_what_is_exported_is_imported_as_the_same(home: Home, tmp_path: Path, form: str) -> None:
    home.settings("")
    before = [
        {**record, "file": None, "texts": {name: record["texts"][name] for name in sorted(record["texts"])}}
        for record in home.records("canned", "list", "--json")
    ]
    file = save(tmp_path / f"all.{form}", home.said("canned", "export", "--format", form))
    home.said("canned", "import", file)
    home.settings("[reply]\nstarter = false\n")
    after = [
        {**record, "file": None, "texts": {name: record["texts"][name] for name in sorted(record["texts"])}}
        for record in home.records("canned", "list", "--json")
    ]

    assert after == before
    assert len(after) >= 30


def test_a_spreadsheet_has_a_row_for_each_variant(home: Home, canned: Path) -> None:
    save(canned / "ours.toml", LATE)
    rows = [*csv.DictReader(home.said("canned", "export", "--own", "--format", "csv").splitlines())]

    assert [(row["shortcode"], row["language"], row["text"]) for row in rows] == [
        ("late", "fr", "{bonjour}, pardon."),
        ("late", "fr", "{bonjour}, désolés."),
        ("late", "en", "{hello}, sorry."),
    ]
    assert rows[0]["kinds"] == "complaint"


def test_one_language_alone_is_exported(home: Home, canned: Path) -> None:
    save(canned / "ours.toml", LATE + '[only]\nen = ["Only English"]\n')
    said = home.said("canned", "export", "--own", "--language", "fr")

    assert "désolés" in said
    assert "sorry" not in said
    assert "[only]" not in said


def test_it_speaks_french(home: Home, french: None) -> None:
    said = home.said("canned", "list", LANG="fr_FR.UTF-8")
    assert "/parcel-late  Colis en retard : demander le numéro · fr 3, en 3" in said
