"""Exports of other tools, from their files to the published incidents."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import flow
from pipeline.documents import parse_document
from pipeline.documents.facts import DocumentFacts
from pipeline.reading import reading_of
from pipeline.record_mappings import PART_FIELDS, RECORD_FIELDS, ExportFormat
from pipeline.settings import ExportSource, Settings, load_settings
from pipeline.sources.export import Export
from tests.sources.test_export import as_csv

AS_OF = datetime(2024, 6, 1)
LONG_AGO = 1_709_285_400_000_000_000

FIELDS = """
[sources.fields]
id = "number"
url = "link"
title = "what"
incident_key = "number"
severity = "level"
services = "services"
status = "state"
started_at = "began"
detected_at = "seen"
resolved_at = "ended"
customer_impact_minutes = "impact in seconds"
affected_user_count = "users"
root_cause = "cause"

[sources.fields.action_items]
list = "todo"
description = "what"
owner = "who"
due_on = "until"
status = "state"
"""

RECORD = {
    "number": "INC-7",
    "link": "https://tool.example/7",
    "what": "Checkout was down",
    "level": "SEV2",
    "services": "checkout; basket",
    "state": "closed",
    "began": "2024-03-01T10:00:00+01:00",
    "seen": "2024-03-01T10:10:00+01:00",
    "ended": "2024-03-01T11:30:00+01:00",
    "impact": "5400",
    "users": "1,200",
    "cause": "A certificate expired, as nothing renewed it.",
    "todo": '[{"what": "Alert before a certificate expires", "who": "Ana", "until": "2024-04-01", '
    '"state": "open"}, {"what": "Renew the certificate", "who": "Ben", "state": "done"}]',
}
OPEN = RECORD | {"number": "INC-8", "what": "Mail waits", "state": "investigating", "ended": "", "todo": ""}


def write(path: Path, rows: list[dict[str, Any]], *, nanoseconds: int = LONG_AGO) -> None:
    """Write records in the form that the file's name says."""
    kind = path.name.partition(".")[2]
    if kind == "json":
        content = json.dumps({"meta": {}, "incidents": rows}).encode()
    elif kind == "jsonl":
        content = "\n".join(json.dumps(row) for row in rows).encode()
    elif kind == "csv.gz":
        content = gzip.compress(as_csv(rows).encode())
    elif kind == "parquet":
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), sink)
        content = sink.getvalue()
    else:
        content = as_csv(rows, "\t" if kind == "tsv" else ",").encode()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(nanoseconds, nanoseconds))


def settings_in(folder: Path, name: str = "") -> Settings:
    """Settings of one export, or of a folder of them, with a mapping of one's own."""
    path = folder / "postmortems.toml"
    path.write_text(
        f'[[sources]]\ntype = "export"\nname = "tool"\npath = "exports/{name}"\n'
        f'records = "incidents"\n{FIELDS}'
        '\n[[teams]]\nname = "Shop"\nservices = ["checkout"]\n',
        encoding="utf-8",
    )
    return load_settings(path)


def facts_of(settings: Settings) -> list[DocumentFacts]:
    """The facts of each record of the one source."""
    (source,) = settings.sources
    assert isinstance(source, ExportSource)
    reading = reading_of(settings, source)
    return [
        parse_document(document.content or "", "x", reading, document.media_type)
        for document in Export(source, settings.resolve(source.path)).fetch({}).changed
    ]


def published(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query over what is published now."""
    current = (settings.published_path / "current.duckdb").resolve()
    with duckdb.connect(str(current), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("kind", ["jsonl", "csv", "tsv", "csv.gz", "parquet"])
def test_one_incident_has_the_same_facts_in_every_form(tmp_path: Path, kind: str) -> None:
    """JSON, JSON Lines, CSV, TSV and Parquet state the same: fields, promises and findings."""
    write(tmp_path / "exports" / "x.json", [RECORD, OPEN])
    expected = facts_of(settings_in(tmp_path, "x.json"))
    write(tmp_path / "exports" / f"x.{kind}", [RECORD, OPEN])
    assert facts_of(settings_in(tmp_path, f"x.{kind}")) == expected
    assert [facts.kind for facts in expected] == ["postmortem", "postmortem"]


def test_a_run_publishes_the_incidents_of_an_export(tmp_path: Path) -> None:
    """Records become incidents with their times, team, promises, evidence and link; checks hold."""
    settings = settings_in(tmp_path)
    write(tmp_path / "exports" / "x.csv", [RECORD, OPEN])
    flow.run(settings, as_of=AS_OF)
    assert published(
        settings,
        """
        SELECT path, url, title, severity, services, team, started_at, detected_at, resolved_at, is_resolved,
               time_to_detect_minutes, time_to_resolve_minutes, customer_impact_minutes, affected_user_count
        FROM marts.incidents ORDER BY path
        """,
    ) == [
        (
            "x.csv#INC-7", "https://tool.example/7", "Checkout was down", 2, ["checkout", "basket"], "Shop",
            datetime(2024, 3, 1, 9, 0), datetime(2024, 3, 1, 9, 10), datetime(2024, 3, 1, 10, 30), True,
            10.0, 90.0, 90.0, 1200,
        ),
        (
            "x.csv#INC-8", "https://tool.example/7", "Mail waits", 2, ["checkout", "basket"], "Shop",
            datetime(2024, 3, 1, 9, 0), datetime(2024, 3, 1, 9, 10), None, False,
            10.0, None, 90.0, 1200,
        ),
    ]  # fmt: skip
    assert published(
        settings, "SELECT description, owner, due_on, outcome FROM marts.action_items ORDER BY description"
    ) == [
        ("Alert before a certificate expires", "Ana", date(2024, 4, 1), "open"),
        ("Renew the certificate", "Ben", None, "done"),
    ]
    assert published(
        settings,
        """
        SELECT field, method, line, quote FROM marts.evidence
        WHERE is_chosen AND field IN ('started_at', 'severity') AND incident_id IN (
            SELECT incident_id FROM marts.incidents WHERE path = 'x.csv#INC-7'
        )
        ORDER BY field
        """,
    ) == [("severity", "record", 5, "level: SEV2"), ("started_at", "record", 8, f"began: {RECORD['began']}")]


def test_a_second_run_reads_what_changed(tmp_path: Path) -> None:
    """Nothing changed reads nothing; one changed record changes one incident; one that went is gone."""
    settings = settings_in(tmp_path)
    file = tmp_path / "exports" / "x.jsonl"
    write(file, [RECORD, OPEN])
    assert flow.run(settings, as_of=AS_OF).fetched == ["tool: 2 documents, 2 read, 0 gone"]
    assert flow.run(settings, as_of=AS_OF).fetched == ["tool: 2 documents, 0 read, 0 gone"]
    ended = OPEN | {"state": "resolved", "ended": "2024-03-01T12:00:00+01:00"}
    write(file, [RECORD, ended], nanoseconds=LONG_AGO + 10**9)
    assert flow.run(settings, as_of=AS_OF).fetched == ["tool: 2 documents, 1 read, 0 gone"]
    query = "SELECT time_to_resolve_minutes FROM marts.incidents ORDER BY path"
    assert published(settings, query) == [(90.0,), (120.0,)]
    write(file, [ended], nanoseconds=LONG_AGO + 2 * 10**9)
    assert flow.run(settings, as_of=AS_OF).fetched == ["tool: 1 document, 1 read, 1 gone"]
    assert published(settings, query) == [(120.0,)]


def test_another_mapping_reads_the_records_again_without_a_fetch(tmp_path: Path) -> None:
    """What was fetched holds every column, so a mended mapping needs only a new build."""
    settings = settings_in(tmp_path)
    write(tmp_path / "exports" / "x.csv", [RECORD])
    flow.run(settings, as_of=AS_OF)
    path = tmp_path / "postmortems.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('title = "what"', 'title = "cause"'), encoding="utf-8"
    )
    settings = load_settings(path)
    flow.build(settings)
    assert published(settings, "SELECT title FROM marts.incidents") == [(RECORD["cause"],)]


def test_what_is_no_record_is_a_finding_that_names_file_and_line(tmp_path: Path) -> None:
    """A broken line costs itself only, and stands in the findings with its file and line."""
    settings = settings_in(tmp_path)
    file = tmp_path / "exports" / "x.jsonl"
    write(file, [RECORD])
    file.write_bytes(file.read_bytes() + b"\n{broken")
    flow.run(settings, as_of=AS_OF)
    assert published(
        settings,
        """
        SELECT documents.path, findings.rule, findings.level
        FROM marts.findings INNER JOIN marts.documents USING (document_id)
        WHERE findings.rule LIKE 'record_%'
        """,
    ) == [("x.jsonl#line 2", "record_malformed", "warning")]
    assert published(settings, "SELECT count(*) FROM marts.incidents") == [(1,)]


DOCS = Path(__file__).resolve().parent.parent / "docs" / "exports.md"


def test_the_documented_example_is_read_as_it_says(tmp_path: Path) -> None:
    """The spreadsheet of docs/exports.md by the mapping beside it: whole facts."""
    text = DOCS.read_text(encoding="utf-8").split("### An example")[1]
    (table,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    mapping = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0]
    (tmp_path / "outages.csv").write_text(table, encoding="utf-8")
    (tmp_path / "postmortems.toml").write_text(mapping, encoding="utf-8")
    (facts,) = facts_of(load_settings(tmp_path / "postmortems.toml"))
    found = {row.field: row.value for row in facts.incidents[0].evidence if row.method == "record"}
    assert found == {
        "title": "Payments were refused",
        "incident_key": "17",
        "severity_label": "major",
        "severity": "2",
        "services": '["payments", "checkout"]',
        "service": "payments",
        "started_at": "2024-03-01 09:00:00",
        "occurred_on": "2024-03-01",
        "resolved_at": "2024-03-01 10:30:00",
        "affected_user_count": "1200",
        "root_cause": "An expired certificate",
    }
    assert [item.description for item in facts.incidents[0].action_items] == [
        "Alert before a certificate expires",
        "Renew certificates by a job",
    ]


def test_every_field_and_format_is_documented() -> None:
    """docs/exports.md names each field that can be mapped, each part, and each ready-made mapping."""
    text = DOCS.read_text(encoding="utf-8")
    names = [*RECORD_FIELDS, *(part for parts in PART_FIELDS.values() for part in parts)]
    assert [name for name in names if f"`{name}`" not in text] == []
    assert [name for name in get_args(ExportFormat) if name not in text] == []
