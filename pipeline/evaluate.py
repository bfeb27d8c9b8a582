"""Compare what the parser reads with what is known to stand in the documents, field by field.

A golden file is a CSV with a column `doc` in one of three forms: one row per document, its other columns
being fields; one row per fact with the columns `field`, `stated_value` and `normalised`; or one row per fact
with the columns `field` and `value`. In this last form `field` is a name of `FIELDS`, of `COLUMNS` or of
`COUNTS`, or one of the names below, and an empty `value` says that the document does not state the field,
so that whoever reads one is wrong.

- `kind`: what the document is taken for; `duration`: minutes, as impact or as time to resolve.
- `restored_at`: when service came back, be it called mitigated or resolved.
- `last_event_at`: the time of the timeline's last row, which tells whether days were counted right.
- `has_…`: `true` where the document states that field in words (`has_root_cause`).
- `…_line`: the line, or the lines `97-102`, where that field's words may be said to begin.
- `action_item_owner`, `action_item_url`: one row per value; those given are all there are.

Comparison is strict: the same minute, the same instant in UTC, the same words, the same count.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.documents import parse_document
from pipeline.documents.facts import FIELDS, TIME_FIELDS, ActionItem, DocumentFacts, Evidence, Reading
from pipeline.documents.times.durations import read_duration
from pipeline.errors import SettingsError, SourceError
from pipeline.sources.folder import content_of

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
    "restored_at": ("mitigated_at", "resolved_at"),
}

#: Name of a count → how many of it were read in a document. None read where some stand is a miss.
COUNTS: dict[str, Callable[[DocumentFacts], int]] = {
    "incident_count": lambda facts: len(facts.incidents),
    "event_count": lambda facts: sum(event.at is not None for row in facts.incidents for event in row.events),
    "action_item_count": lambda facts: len(_action_items(facts)),
    "action_item_done_count": lambda facts: sum(item.is_marked_done is True for item in _action_items(facts)),
    "five_whys_count": lambda facts: sum(
        len(json.loads(row.value)) for row in _evidence(facts, ("five_whys",)) if row.is_chosen
    ),
}

#: Fact of which a document has many → those read in it.
SETS: dict[str, Callable[[DocumentFacts], list[str]]] = {
    "action_item_owner": lambda facts: [item.owner for item in _action_items(facts) if item.owner],
    "action_item_url": lambda facts: [item.url for item in _action_items(facts) if item.url],
}


@dataclass(slots=True)
class FieldScore:
    """How a field of one golden file was read.

    `stated` counts the values known to stand in the documents, `found` those read the same, `wrong` those
    read otherwise. `absent` counts the documents known not to state the field, `invented` the values read
    all the same. `mistakes` says each in a line.
    """

    source: str
    field: str
    stated: int = 0
    found: int = 0
    wrong: int = 0
    absent: int = 0
    invented: int = 0
    mistakes: list[str] = dataclass_field(default_factory=list)

    @property
    def missed(self) -> int:
        """Values that stand in the documents and were not read at all."""
        return self.stated - self.found - self.wrong


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
        for (doc, field, has_anomaly), values in _stated(rows).items():
            name = _locate(doc, csv_path.stem, files)
            if name is None:
                continue
            if name not in parsed:
                parsed[name] = _parse(files[name], name, time_zones or {})
            score = scores.setdefault((csv_path.stem, field), FieldScore(csv_path.stem, field))
            _score(score, field, values, name, _read(field, parsed[name], has_anomaly))
    if not scores:
        raise SourceError(
            f"{golden}: no CSV file there names a document below {documents}; give each a column `doc`"
        )
    return list(scores.values())


def zones_of_folders(words: Iterable[str], documents: Path) -> dict[str, str]:
    """`FOLDER=ZONE` for each folder below `documents`, or `.` for all → the zone by folder.

    Raises SettingsError for a folder that is not there, and for a zone that is not known.
    """
    zones: dict[str, str] = {}
    for word in words:
        folder, mark, zone = word.partition("=")
        if not mark:
            raise SettingsError(f'--time-zone: "{word}": write FOLDER=ZONE, as in docs=Europe/London')
        if folder != "." and (not folder or "/" in folder or not (documents / folder).is_dir()):
            raise SettingsError(
                f'--time-zone: "{folder}" is no folder in {documents}; name one that is, or . for all'
            )
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise SettingsError(
                f'--time-zone: "{zone}" is no time zone; name one such as Europe/London or UTC'
            ) from None
        zones[folder] = zone
    return zones


def evaluation_table(rows: list[FieldScore]) -> str:
    """The scores as a table of text, and each mistake on a line of its own."""
    counts = ("stated", "found", "absent", "invented", "wrong", "missed")
    head = ("golden", "field", *counts)
    body = [(row.source, row.field, *(str(getattr(row, name)) for name in counts)) for row in rows]
    body.append(("all", "", *(str(sum(getattr(row, name) for row in rows)) for name in counts)))
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
    raw = path.read_bytes()
    content, media_type, _ = content_of(raw)
    if content is None:  # of an encoding that a folder's source would refuse: compared as far as it is read
        content = raw.decode("utf-8", "replace")
    return parse_document(content, rest or name, Reading(time_zone=zone), media_type)


def _stated(rows: list[dict[str, str]]) -> dict[tuple[str, str, bool], list[str]]:
    """(document, field, whether the golden file calls the value a mistake of the document) → its values."""
    stated: dict[tuple[str, str, bool], list[str]] = {}
    for row in rows:
        if "field" in row and "value" in row:
            facts = [(row["field"], row["value"])]
        elif "field" in row and "normalised" in row:
            facts = [(row["field"], row["normalised"])] if row["normalised"] else []
        else:
            facts = [(column, value) for column, value in row.items() if column in COLUMNS and value]
        for field, value in facts:
            stated.setdefault((row["doc"], field, bool(row.get("anomaly"))), []).append(value)
    return stated


def _score(score: FieldScore, field: str, values: list[str], name: str, read: list[Evidence]) -> None:
    """Scores one field of one document; `values` are all that it states of it, an empty one for nothing."""
    stated = list(dict.fromkeys(value for value in values if value))
    found = [value for value in stated if any(_same(field, value, row) for row in read)]
    score.stated += len(stated)
    score.found += len(found)
    score.absent += not stated
    read = [row for row in read if not _says_nothing(row)]
    if field not in SETS and read and len(found) < len(stated):
        score.wrong += 1
        words = ", ".join(repr(row.value) for row in read)
        score.mistakes.append(f"wrong: {name}: {field}: stated {stated[0]!r}, read {words}")
        return
    score.mistakes += [f"missed: {name}: {field}: stated {value!r}" for value in stated if value not in found]
    if field in SETS or not stated:
        invented = dict.fromkeys(row.value for row in read if row.value not in found)
        score.invented += len(invented)
        score.mistakes += [f"invented: {name}: {field}: not stated, read {value!r}" for value in invented]


def _read(field: str, facts: DocumentFacts, has_anomaly: bool) -> list[Evidence]:
    """What was read of a field of a golden file. Raises SourceError for a field that nothing is known of.

    A value that the golden file marks as a mistake of the document may be left out, but must be seen.
    """
    if field == "kind":
        return [_row(field, facts.kind)]
    if field in SETS:
        return [_row(field, value) for value in SETS[field](facts)]
    if field == "last_event_at":
        times = [event.at for incident in facts.incidents for event in incident.events if event.at]
        return [_row(TIME_FIELDS[0], times[-1].isoformat(" "))] if times else []
    of = field.removeprefix("has_").removesuffix("_line")
    fields = COLUMNS.get(of, (of,))
    if fields[0] in COUNTS:
        return [_row(fields[0], str(COUNTS[fields[0]](facts)))]
    if not set(fields) <= FIELDS.keys():
        raise SourceError(
            f"{field}: no field of that name is known; see the top of pipeline/evaluate.py for those that are"
        )
    rows = [row for row in _evidence(facts, fields) if row.is_chosen or has_anomaly]
    if field.endswith("_line"):
        return [_row(field, str(row.line)) for row in rows if row.line is not None]
    return rows


def _says_nothing(row: Evidence) -> bool:
    return (row.field in COUNTS and row.value == "0") or (
        FIELDS.get(row.field) == "BOOLEAN" and row.value == "false"
    )


def _same(field: str, stated: str, read: Evidence) -> bool:
    if field.startswith("has_"):
        return True
    if field.endswith("_line"):
        first, _, last = stated.partition("-")
        return int(first) <= int(read.value) <= int(last or first)
    if read.field not in FIELDS:
        return read.value == stated
    return _equal(read, stated)


def _row(field: str, value: str) -> Evidence:
    return Evidence(field, value, "rule", None, "")


def _evidence(facts: DocumentFacts, fields: tuple[str, ...]) -> list[Evidence]:
    return [row for incident in facts.incidents for row in incident.evidence if row.field in fields]


def _action_items(facts: DocumentFacts) -> list[ActionItem]:
    return [item for incident in facts.incidents for item in incident.action_items]


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
