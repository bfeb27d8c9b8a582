"""Compare what the parser reads with what is known to stand in the documents, field by field.

A golden file is a CSV with a column `doc`: either one row per document, its other columns being fields, or
one row per fact with the columns `field`, `stated_value` and `normalised`. Comparison is strict: the same
minute, the same instant in UTC, the same words.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.documents import parse_document
from pipeline.documents.durations import read_duration
from pipeline.documents.facts import FIELDS, DocumentFacts, Evidence, Reading
from pipeline.errors import SourceError

#: Column or fact of a golden file → the fields that may hold it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "fault_utc": ("started_at",),
    "start": ("started_at",),
    "detected_utc": ("detected_at",),
    "declared_utc": ("declared_at",),
    "repaired_utc": ("mitigated_at",),
    "resolved_utc": ("resolved_at",),
    "resolvedWhen": ("resolved_at",),
    "end": ("resolved_at",),
    "resolved": ("is_resolved",),
    "stated_repair_min": ("stated_time_to_mitigate_minutes",),
    "stated_resolve_min": ("stated_time_to_resolve_minutes",),
    "detection_min": ("stated_time_to_detect_minutes",),
    "recovery_min": ("stated_time_to_resolve_minutes",),
    "time_to_detect": ("stated_time_to_detect_minutes",),
    "detect": ("stated_time_to_detect_minutes",),
    "resolve": ("stated_time_to_resolve_minutes",),
    "total_down": ("customer_impact_minutes",),
    "duration": ("stated_time_to_resolve_minutes", "customer_impact_minutes"),
    "severity": ("severity_label",),
    "affected": ("services",),
    "owner": ("authors",),
    "date": ("started_at", "occurred_on"),
    "n_timeline_rows": ("event_count",),
}


@dataclass(slots=True)
class FieldScore:
    """How a field of one golden file was read: `stated` there, `found` the same, read otherwise (`wrong`)."""

    source: str
    field: str
    stated: int = 0
    found: int = 0
    wrong: int = 0
    mistakes: list[str] = dataclass_field(default_factory=list)


def evaluate(golden: Path, documents: Path, time_zones: Mapping[str, str] | None = None) -> list[FieldScore]:
    """Scores per golden file and field.

    `time_zones` maps a folder below `documents` (or `.` for all) to the zone of times written without one;
    UTC unless set. Raises SourceError when there is nothing to compare.
    """
    files = {
        path.relative_to(documents).as_posix(): path
        for path in sorted(documents.rglob("*"))
        if path.is_file()
    }
    scores: dict[tuple[str, str], FieldScore] = {}
    parsed: dict[str, DocumentFacts] = {}
    for csv_path in sorted(golden.glob("*.csv")):
        with csv_path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        if not rows or "doc" not in rows[0]:
            continue
        for row in rows:
            name = _locate(row["doc"], csv_path.stem, files)
            if name is None:
                continue
            if name not in parsed:
                parsed[name] = _parse(files[name], name, time_zones or {})
            for column, stated in _stated(row):
                _score(scores, csv_path.stem, column, stated, bool(row.get("anomaly")), name, parsed[name])
    if not scores:
        raise SourceError(
            f"{golden}: no CSV file there names a document below {documents}; give each a column `doc`"
        )
    return list(scores.values())


def evaluation_table(rows: list[FieldScore]) -> str:
    """The scores as a table of text, and each mistake on a line of its own."""
    head = ("golden", "field", "stated", "found", "wrong", "missed")
    body: list[tuple[str, ...]] = [
        (
            row.source,
            row.field,
            str(row.stated),
            str(row.found),
            str(row.wrong),
            str(row.stated - row.found - row.wrong),
        )
        for row in rows
    ]
    total = [sum(getattr(row, name) for row in rows) for name in ("stated", "found", "wrong")]
    body.append(("all", "", *(str(number) for number in (*total, total[0] - total[1] - total[2]))))
    widths = [max(len(line[i]) for line in (head, *body)) for i in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, *body)
    ]
    lines.extend(mistake for row in rows for mistake in row.mistakes)
    return "\n".join(lines)


def _locate(doc: str, stem: str, files: dict[str, Path]) -> str | None:
    """The document a golden row means; of several of that name, the one whose folder is named most alike."""
    found = [name for name in files if name == doc or name.endswith(f"/{doc}")]
    words = re.split(r"[_-]", stem)
    return max(found, key=lambda name: sum(word in name.partition("/")[0] for word in words), default=None)


def _parse(path: Path, name: str, time_zones: Mapping[str, str]) -> DocumentFacts:
    folder, _, rest = name.partition("/")
    zone = time_zones.get(folder) or time_zones.get(".") or "UTC"
    text = path.read_bytes().decode("utf-8", "replace")
    return parse_document(text, rest or name, Reading(time_zone=zone))


def _stated(row: dict[str, str]) -> list[tuple[str, str]]:
    if "field" in row and "normalised" in row:
        return [(row["field"], row["normalised"])]
    return [(column, value) for column, value in row.items() if column in COLUMNS and value]


def _score(
    scores: dict[tuple[str, str], FieldScore], source: str, column: str, stated: str, has_anomaly: bool,
    name: str, facts: DocumentFacts,
) -> None:  # fmt: skip
    fields = COLUMNS.get(column)
    if fields is None or not stated:
        return
    score = scores.setdefault((source, column), FieldScore(source, column))
    score.stated += 1
    if fields == ("event_count",):
        read = [str(sum(event.at is not None for incident in facts.incidents for event in incident.events))]
    else:
        rows = [row for incident in facts.incidents for row in incident.evidence if row.field in fields]
        # a value that the golden file marks as a mistake of the document may be left out, but must be seen
        read = [row.value for row in rows if row.is_chosen or has_anomaly]
        rows = [row for row in rows if row.value in read]
        if any(_equal(row, stated) for row in rows):
            score.found += 1
            return
    if fields == ("event_count",) and stated in read:
        score.found += 1
    elif read:
        score.wrong += 1
        score.mistakes.append(f"wrong: {name}: {column}: stated {stated!r}, read {', '.join(read)!r}")
    else:
        score.mistakes.append(f"missed: {name}: {column}: stated {stated!r}")


def _equal(row: Evidence, stated: str) -> bool:
    kind = FIELDS[row.field]
    if kind == "TIMESTAMP":
        instant = _instant(stated)
        return instant is not None and datetime.fromisoformat(row.value) == instant
    if kind == "DATE":
        instant = _instant(stated)
        return instant is not None and row.value == instant.date().isoformat()
    if kind == "DOUBLE":
        minutes = float(stated) if re.fullmatch(r"[\d.]+", stated) else read_duration(stated)
        return minutes is not None and abs(float(row.value) - minutes) < 0.05
    if kind == "VARCHAR[]":
        return bool(json.loads(row.value) == [part.strip() for part in stated.split(";")])
    if kind == "BOOLEAN":
        return row.value == stated.casefold()
    return " ".join(row.value.split()) == " ".join(stated.split())


def _instant(stated: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)
