"""The run: what it brings, what it keeps when it fails, and what a kill leaves behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import flow
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.documents import parse_document
from pipeline.errors import CheckError, SettingsError, SourceError
from pipeline.settings import Settings, load_settings

AS_OF = datetime(2024, 6, 1)

DOCUMENT = """# Checkout was down

- **Severity**: SEV2
- **Service**: checkout

## Timeline

All times in UTC.

| Time | Event |
| --- | --- |
| 2024-03-01 09:00 | Outage started: orders fail |
| 2024-03-01 09:10 | First alert detected the failures |
| 2024-03-01 10:30 | Resolved: orders succeed again |

## Root cause

A certificate expired.

## Action items

- [ ] Alert a month before a certificate expires (Ana)
- [x] Renew the certificate
"""


def settings_in(folder: Path) -> Settings:
    """Settings of one folder of documents, without a Jira."""
    (folder / "docs").mkdir(exist_ok=True)
    path = folder / "postmortems.toml"
    path.write_text(
        '[[sources]]\nname = "docs"\npath = "docs"\n\n[[teams]]\nname = "Shop"\nservices = ["checkout"]\n',
        encoding="utf-8",
    )
    return load_settings(path)


def published(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query over what is published now."""
    current = (settings.published_path / "current.duckdb").resolve()
    with duckdb.connect(str(current), read_only=True) as connection:
        return connection.execute(query).fetchall()


def raw(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query over the warehouse."""
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_folder_without_jira_is_enough(tmp_path: Path) -> None:
    """One document in a folder becomes one incident with its team, times, action items and evidence."""
    settings = settings_in(tmp_path)
    (tmp_path / "docs" / "checkout.md").write_text(DOCUMENT, encoding="utf-8")
    summary = flow.run(settings, as_of=AS_OF)
    assert {
        key: summary.counts[key] for key in ("documents", "postmortems", "incidents", "action_items")
    } == {
        "documents": 1,
        "postmortems": 1,
        "incidents": 1,
        "action_items": 2,
    }
    assert published(settings, "SELECT sum(n) FROM metrics.incidents_by_period(for_each := 'month')") == [
        (1,)
    ]
    assert published(
        settings,
        """
        SELECT path, title, severity, service, team, started_at, detected_at, resolved_at,
               time_to_detect_minutes, time_to_resolve_minutes, duration_basis, is_planned
        FROM marts.incidents
        """,
    ) == [
        (
            "checkout.md",
            "Checkout was down",
            2,
            "checkout",
            "Shop",
            datetime(2024, 3, 1, 9, 0),
            datetime(2024, 3, 1, 9, 10),
            datetime(2024, 3, 1, 10, 30),
            10.0,
            90.0,
            "timestamps",
            False,
        )
    ]
    assert published(
        settings,
        "SELECT description, owner, outcome, outcome_basis FROM marts.action_items ORDER BY outcome",
    ) == [
        ("Renew the certificate", None, "done", "document"),
        ("Alert a month before a certificate expires", "Ana", "open", "document"),
    ]
    assert published(
        settings, "SELECT line, quote FROM marts.evidence WHERE field = 'resolved_at' AND is_chosen"
    ) == [(14, "2024-03-01 10:30 Resolved: orders succeed again [matched: “Resolved”]")]


def test_promises_are_followed_in_jira(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bare keys of a project Jira shows, links, and what the JQL finds are followed; look-alikes are not."""
    monkeypatch.setenv("JIRA_TOKEN", "invented")
    state = JiraState()
    for status_id, name, category in (("1", "To Do", "new"), ("3", "Done", "done")):
        state.add_status(status_id, name, category)
    state.add_project("SHOP", "Shop")
    state.add_user("ana", "Ana Silva")
    for number in range(3):
        at = datetime(2024, 3, 2 + number)
        state.create_issue("SHOP", f"Promise {number}", at=at, status_id="1", reporter="ana", labels=["pm"])
    state.transition("SHOP-1", "3", at=datetime(2024, 3, 20), by="ana", resolution="Done")
    with serve_jira(state, email="me@example.com", token="invented") as jira:
        settings = settings_in(tmp_path)
        with (tmp_path / "postmortems.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[jira]\nurl = "{jira.url}"\nemail = "me@example.com"\njql = "labels = pm"\n')
        settings = load_settings(tmp_path / "postmortems.toml")
        items = (
            f"- SHOP-1: renew it\n- [renew all]({jira.url}/browse/SHOP-2)\n- read about CVE-2024 and UTF-8\n"
        )
        text = DOCUMENT.replace("- [ ] Alert a month", f"{items}- SHOP-77 alert a month")
        (tmp_path / "docs" / "checkout.md").write_text(text, encoding="utf-8")
        summaries = [flow.run(settings, as_of=AS_OF) for _ in range(2)]
    assert [re.sub(r"\d+ calls$", "… calls", each.fetched[-1]) for each in summaries] == [
        "jira: 3 issues followed, 3 new or changed; everything looked at; 1 key leads to no issue; … calls",
        "jira: 3 issues followed, 0 new or changed; … calls",
    ]
    assert [each.unasked_count for each in summaries] == [3, 3]
    assert published(
        settings,
        """
        SELECT jira_key, link_state, outcome, outcome_basis, incident_id IS NULL
        FROM marts.action_items ORDER BY jira_key NULLS LAST, outcome
        """,
    ) == [
        ("SHOP-1", "linked", "done", "jira", False),
        ("SHOP-2", "linked", "open", "jira", False),
        ("SHOP-3", "linked", "open", "jira", True),
        ("SHOP-77", "missing", "unknown", None, False),
        (None, "unlinked", "done", "document", False),
        (None, "unlinked", "unknown", None, False),
    ]


def test_issues_out_of_scope_are_still_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lost its label is seen to be done, what was deleted goes missing; without [jira] none counts."""
    monkeypatch.setenv("JIRA_TOKEN", "invented")
    state = JiraState()
    for status_id, name, category in (("1", "To Do", "new"), ("3", "Done", "done")):
        state.add_status(status_id, name, category)
    state.add_project("SHOP", "Shop")
    state.add_user("ana", "Ana Silva")
    for number in range(4):
        at = datetime(2024, 3, 2 + number)
        state.create_issue("SHOP", f"Promise {number}", at=at, status_id="1", reporter="ana", labels=["pm"])
    query = """
        SELECT jira_key, link_state, outcome FROM marts.action_items WHERE tracker = 'jira' ORDER BY jira_key
    """
    with serve_jira(state, email="me@example.com", token="invented") as jira:
        settings_in(tmp_path)
        config = tmp_path / "postmortems.toml"
        without_jira = config.read_text(encoding="utf-8")
        (tmp_path / "docs" / "checkout.md").write_text(DOCUMENT, encoding="utf-8")
        config.write_text(
            f'{without_jira}\n[jira]\nurl = "{jira.url}"\nemail = "me@example.com"\njql = "labels = pm"\n',
            encoding="utf-8",
        )
        flow.run(load_settings(config), as_of=AS_OF)
        state.edit("SHOP-2", at=datetime(2024, 4, 1), by="ana", labels=[])
        state.transition("SHOP-2", "3", at=datetime(2024, 4, 2), by="ana", resolution="Done")
        state.delete("SHOP-3")
        (_, line) = flow.run(load_settings(config), as_of=AS_OF, sweep=True).fetched
        assert line.startswith(
            "jira: 3 issues followed, 1 new or changed; everything looked at, 1 not shown any more; "
        )
        assert published(load_settings(config), query) == [
            ("SHOP-1", "linked", "open"),
            ("SHOP-2", "linked", "done"),
            ("SHOP-3", "missing", "unknown"),
            ("SHOP-4", "linked", "open"),
        ]
        held = "SELECT item_count FROM raw.fetches WHERE source = 'jira' ORDER BY started_at"
        assert raw(load_settings(config), held) == [(4,), (3,)]
    config.write_text(without_jira, encoding="utf-8")
    flow.run(load_settings(config), as_of=AS_OF)
    assert published(load_settings(config), query) == []


def test_a_copy_counts_once(tmp_path: Path) -> None:
    """The same text under two paths is one incident; the copy is told, with the path of the original."""
    settings = settings_in(tmp_path)
    for name in ("b.md", "a.md"):
        (tmp_path / "docs" / name).write_text(DOCUMENT, encoding="utf-8")
    flow.run(settings, as_of=AS_OF)
    assert published(settings, "SELECT path FROM marts.incidents") == [("a.md",)]
    assert published(
        settings,
        """
        SELECT document.path, document.is_listed, finding.message
        FROM marts.findings AS finding INNER JOIN marts.documents AS document USING (document_id)
        WHERE finding.rule = 'document_copied'
        """,
    ) == [
        (
            "b.md",
            True,
            "This is a copy of docs/a.md; it counts once. Remove one, or exclude it in the settings.",
        )
    ]


def test_what_a_person_knows_better_holds(tmp_path: Path) -> None:
    """Reviewed values hold at the next build and when the document changes; what was read stays."""
    settings = settings_in(tmp_path)
    (tmp_path / "docs" / "a.md").write_text(DOCUMENT, encoding="utf-8")
    flow.run(settings, as_of=AS_OF)
    reviewed = tmp_path / "reviewed.csv"
    reviewed.write_text(
        "document,field,value,who,when\n"
        "docs/a.md,resolved_at,2024-03-01 11:00,Ana,2024-05-01\n"
        "a.md,severity,,Ana,2024-05-01\n"
        "gone.md,severity,1,Ana,2024-05-01\n",
        encoding="utf-8",
    )
    figures = "SELECT time_to_resolve_minutes, severity, incident_id FROM marts.incidents"
    flow.build(settings)
    ((minutes, severity, first_id),) = published(settings, figures)
    assert (minutes, severity) == (120.0, None)
    (tmp_path / "docs" / "a.md").write_text(DOCUMENT.replace("10:30", "10:45"), encoding="utf-8")
    flow.run(settings, as_of=AS_OF)
    assert published(settings, figures) == [(120.0, None, first_id)]
    assert published(
        settings,
        """
        SELECT field, value, method, quote, is_chosen FROM marts.evidence
        WHERE field IN ('resolved_at', 'severity') ORDER BY field, ordinal
        """,
    ) == [
        (
            "resolved_at",
            "2024-03-01 11:00:00",
            "reviewed",
            "Reviewed by Ana on 2024-05-01 (reviewed.csv, line 2)",
            True,
        ),
        (
            "resolved_at",
            "2024-03-01 10:45:00",
            "timeline",
            "2024-03-01 10:45 Resolved: orders succeed again [matched: “Resolved”]",
            False,
        ),
        ("severity", None, "reviewed", "Reviewed by Ana on 2024-05-01 (reviewed.csv, line 3)", True),
        ("severity", "2", "label", "Severity: SEV2", False),
    ]
    assert published(
        settings, "SELECT document_id, message FROM marts.findings WHERE rule = 'reviewed_value_unused'"
    ) == [
        (
            None,
            "The reviewed severity (line 4 of the file of reviewed values) is not used: "
            'no source lists "gone.md".',
        )
    ]
    reviewed.write_text("document,field,value,who,when\na.md,severity,9,Ana,2024-05-01\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"reviewed\.csv, line 2: severity: should be a number from 1"):
        flow.run(settings, as_of=AS_OF)


def test_two_documents_on_one_incident_give_one(tmp_path: Path) -> None:
    """A document added later joins the incident of its key, and changes neither id nor better values."""
    settings = settings_in(tmp_path)
    first = DOCUMENT.replace("# Checkout was down", "# INC-7: Checkout was down")
    (tmp_path / "docs" / "z-first.md").write_text(
        f"---\nincident_id: INC-7\n---\n\n{first}", encoding="utf-8"
    )
    flow.run(settings, as_of=AS_OF)
    ids = "SELECT incident_id, document_count, severity, time_to_resolve_minutes FROM marts.incidents"
    ((first_id, *alone),) = published(settings, ids)
    assert alone == [1, 2, 90.0]
    (tmp_path / "docs" / "a-later.md").write_text(
        "---\nincident_id: INC-7\n---\n\n# What customers felt when checkout was down\n\n"
        "- **Severity**: SEV1\n- **Customer impact**: 45 minutes\n- **Started**: 2024-03-01 09:00 UTC\n\n"
        "## Root cause\n\nThe certificate expired over night.\n\n"
        "## Action items\n\n- [ ] Alert a month before a certificate expires (Ana)\n"
        "- [ ] Tell customers sooner\n",
        encoding="utf-8",
    )
    flow.run(settings, as_of=AS_OF)
    assert published(settings, ids) == [(first_id, 2, 2, 90.0)]
    assert published(settings, "SELECT path, place, basis FROM marts.incident_documents ORDER BY place") == [
        ("z-first.md", 1, None),
        ("a-later.md", 2, "incident_key"),
    ]
    assert published(settings, "SELECT description FROM marts.action_items ORDER BY description") == [
        ("Alert a month before a certificate expires",),
        ("Renew the certificate",),
        ("Tell customers sooner",),
    ]
    assert published(
        settings, "SELECT line, message FROM marts.findings WHERE rule = 'documents_contradict'"
    ) == [
        (
            7,
            "The severity is 1 here and 2 in docs/z-first.md (line 7), which is on the same incident; the "
            "latter was taken. Correct one of them.",
        )
    ]


def test_changed_settings_reach_unchanged_files(tmp_path: Path) -> None:
    """A new address of the documents and a higher limit hold at the next run, though no file changed."""
    settings = settings_in(tmp_path)
    config = tmp_path / "postmortems.toml"
    (tmp_path / "docs" / "a b.md").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "docs" / "large.md").write_text(DOCUMENT + "x" * 1_100_000, encoding="utf-8")
    source = '[[sources]]\nname = "docs"\npath = "docs"\n'
    config.write_text(f"{source}max_megabytes = 1\n", encoding="utf-8")
    flow.run(load_settings(config), as_of=AS_OF)
    query = "SELECT path, url, problem FROM marts.documents ORDER BY path"
    assert published(settings, query) == [("a b.md", None, None), ("large.md", None, "too_large")]
    config.write_text(f'{source}max_megabytes = 2\nurl = "https://git.example/{{path}}"\n', encoding="utf-8")
    flow.run(load_settings(config), as_of=AS_OF)
    assert published(settings, query) == [
        ("a b.md", "https://git.example/a%20b.md", None),
        ("large.md", "https://git.example/large.md", None),
    ]


def test_unchanged_documents_are_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run reads nothing; after one change it reads that document only; a removed one leaves."""
    settings = settings_in(tmp_path)
    for name in ("a.md", "b.md"):
        file = tmp_path / "docs" / name
        file.write_text(DOCUMENT, encoding="utf-8")
        os.utime(file, (1_700_000_000, 1_700_000_000))
    parsed: list[str] = []
    real = parse_document

    def noted(text: str, path: str, *rest: Any) -> Any:
        parsed.append(path)
        return real(text, path, *rest)

    monkeypatch.setattr("pipeline.parsing.parse_document", noted)
    flow.run(settings, as_of=AS_OF)
    assert parsed == ["a.md", "b.md"]
    first = published(settings, "SELECT incident_id FROM marts.incidents ORDER BY incident_id")
    flow.run(settings, as_of=AS_OF)
    assert parsed == ["a.md", "b.md"]
    assert published(settings, "SELECT incident_id FROM marts.incidents ORDER BY incident_id") == first
    (tmp_path / "docs" / "b.md").write_text(DOCUMENT.replace("Checkout", "Search"), encoding="utf-8")
    flow.run(settings, as_of=AS_OF)
    assert parsed == ["a.md", "b.md", "b.md"]
    (tmp_path / "docs" / "a.md").unlink()
    flow.run(settings, as_of=AS_OF)
    assert published(settings, "SELECT title FROM marts.incidents") == [("Search was down",)]
    assert raw(settings, "SELECT count(*) FROM raw.documents") == [(3,)], "what was fetched once stays"


def test_foreign_files_become_findings_not_incidents(tmp_path: Path) -> None:
    """Binary, empty, huge, badly encoded, broken and template files are told, and invent nothing."""
    settings = settings_in(tmp_path)
    docs = tmp_path / "docs"
    (docs / "good.md").write_text(DOCUMENT, encoding="utf-8")
    (docs / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (docs / "empty.md").write_text("", encoding="utf-8")
    (docs / "latin.md").write_bytes("# Störung\n\nGröße".encode("latin-1"))
    (docs / "broken.md").write_text(
        "---\ntitle: [unclosed\ndate: : :\n---\nNothing more.\n", encoding="utf-8"
    )
    (docs / "template.md").write_text(
        "# {{ Incident title }}\n\n## Timeline\n\n| Time | Event |\n| --- | --- |\n"
        "| YYYY-MM-DD HH:MM | what |\n\n## Action items\n\n- \n",
        encoding="utf-8",
    )
    with (docs / "dump.md").open("wb") as file:
        file.truncate(50_000_000)
    flow.run(settings, as_of=AS_OF)
    assert published(settings, "SELECT path FROM marts.incidents") == [("good.md",)]
    told = published(
        settings,
        """
        SELECT DISTINCT document.path
        FROM marts.findings AS finding INNER JOIN marts.documents AS document USING (document_id)
        ORDER BY document.path
        """,
    )
    assert [path for (path,) in told if path != "good.md"] == [
        "broken.md",
        "dump.md",
        "empty.md",
        "latin.md",
        "picture.png",
        "template.md",
    ]


def test_a_failed_run_leaves_what_was_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing folder, a folder suddenly empty and a failing check each publish nothing."""
    settings = settings_in(tmp_path)
    document = tmp_path / "docs" / "checkout.md"
    document.write_text(DOCUMENT, encoding="utf-8")
    flow.run(settings, as_of=AS_OF)
    before = (settings.published_path / "current.duckdb").resolve()

    document.rename(tmp_path / "elsewhere.md")
    with pytest.raises(SourceError, match="held 1 documents and now holds none"):
        flow.run(settings, as_of=AS_OF)
    (tmp_path / "docs").rmdir()
    with pytest.raises(SourceError, match="is no folder"):
        flow.run(settings, as_of=AS_OF)
    assert raw(settings, "SELECT outcome, count(*) FROM raw.fetches GROUP BY outcome ORDER BY outcome") == [
        ("failed", 2),
        ("ok", 1),
    ]
    monkeypatch.setattr(flow, "check_models", lambda connection: ["incidents__are_wrong: 1 row"])
    with pytest.raises(CheckError, match="incidents__are_wrong: 1 row"):
        flow.build(settings, as_of=AS_OF)
    assert (settings.published_path / "current.duckdb").resolve() == before
    assert published(settings, "SELECT count(*) FROM marts.incidents") == [(1,)]


def test_nothing_to_fetch_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    """Without a source the message says what to add."""
    path = tmp_path / "postmortems.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"add \[\[sources\]\]"):
        flow.run(load_settings(path))


def test_building_before_any_fetch_says_so(tmp_path: Path) -> None:
    """`build` without a warehouse names the command that makes one."""
    with pytest.raises(SourceError, match="fetch with `postmortems run`"):
        flow.build(settings_in(tmp_path))


# The child counts the statements it sends to DuckDB, and kills itself before the one it was given.
KILLED = """
import os, signal, sys
from pathlib import Path
import duckdb

class Counting:
    def __init__(self, connection): self._connection = connection
    def __getattr__(self, name): return getattr(self._connection, name)
    def execute(self, *arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._connection.execute(*arguments)

left = int(sys.argv[2])
real = duckdb.connect
duckdb.connect = lambda *arguments, **named: Counting(real(*arguments, **named))
from datetime import datetime
from pipeline import flow
from pipeline.settings import load_settings
flow.run(load_settings(Path(sys.argv[1])), as_of=datetime(2024, 6, 1))
print(-left)
"""


def test_a_kill_at_any_moment_costs_nothing(tmp_path: Path) -> None:
    """Killed before any statement, a run leaves the old build readable and the next run completes."""
    settings = settings_in(tmp_path)
    docs = tmp_path / "docs"
    (docs / "old.md").write_text(DOCUMENT, encoding="utf-8")
    flow.run(settings, as_of=AS_OF)

    def child(statement: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path / "postmortems.toml"), str(statement)],
            capture_output=True,
            text=True,
            check=False,
        )

    whole = child(-1)
    statements = int(whole.stdout.split()[-1]) - 1
    points = sorted({max(1, statements * step // 8) for step in range(1, 9)})
    for number, point in enumerate(points):
        text = DOCUMENT.replace("Checkout was down", f"Checkout was down again, number {number}")
        (docs / f"new-{number}.md").write_text(text, encoding="utf-8")
        before = (settings.published_path / "current.duckdb").resolve()
        counted = published(settings, "SELECT count(*) FROM marts.incidents")
        killed = child(point)
        assert killed.returncode == -signal.SIGKILL, f"statement {point} of {statements}: {killed.stderr}"
        after = (settings.published_path / "current.duckdb").resolve()
        if after == before:
            assert published(settings, "SELECT count(*) FROM marts.incidents") == counted
        flow.run(settings, as_of=AS_OF)
        assert published(settings, "SELECT count(*) FROM marts.incidents") == [(number + 2,)]
        assert raw(settings, "SELECT count(*) FROM raw.documents") == [(number + 2,)]
        assert (
            raw(
                settings,
                """
                SELECT document_id FROM raw.listings WHERE listed_until IS NULL
                GROUP BY document_id HAVING count(*) > 1
                """,
            )
            == []
        )
    assert not list(settings.published_path.glob(".building-*"))
