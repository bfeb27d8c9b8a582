"""Which column of a record states which field of an incident: ready-made for some tools, or one's own.

A mapping is a set of paths (see `paths`) by field. Those of known tools are the TOML files beside this one,
which anyone may copy into the settings and change; `issues` knows what is peculiar to Jira. It is shared by
the settings, which check it, by the source, which needs the id of a record, and by the reader.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from pipeline.record_mappings.paths import parse_path

ExportFormat = Literal["pagerduty", "incident.io", "firehydrant", "opsgenie", "jsm"]

#: What a field of a record is read as.
RecordKind = Literal[
    "identity", "text", "name", "key", "time", "date", "duration", "severity", "list", "number", "flag",
    "status", "type", "category", "detection", "links", "document", "records",
]  # fmt: skip

#: Every field that a column can state. Those not in `pipeline.documents.facts.FIELDS` say in their comment
#: what becomes of them.
RECORD_FIELDS: dict[str, RecordKind] = {
    "id": "identity",  # what tells the records of a file apart
    "url": "identity",  # where people read the record
    "title": "text",
    "incident_key": "key",
    "summary": "text",
    "severity": "severity",  # also severity_label
    "services": "list",  # also service
    "team": "name",
    "started_at": "time",
    "detected_at": "time",
    "acknowledged_at": "time",
    "declared_at": "time",
    "mitigated_at": "time",
    "resolved_at": "time",
    "occurred_on": "date",
    "published_at": "time",
    "reviewed_at": "time",
    "stated_time_to_detect_minutes": "duration",
    "stated_time_to_acknowledge_minutes": "duration",
    "stated_time_to_mitigate_minutes": "duration",
    "stated_time_to_resolve_minutes": "duration",
    "customer_impact_minutes": "duration",
    "affected_user_count": "number",
    "cost": "number",
    "impact": "text",
    "root_cause": "text",
    "trigger": "text",
    "contributing_factors": "list",
    "five_whys": "list",
    "cause_category": "category",
    "trigger_category": "category",
    "detection_method": "detection",
    "authors": "list",
    "reviewers": "list",
    "participants": "list",
    "is_planned": "flag",
    "is_resolved": "flag",
    "status": "status",  # is_resolved, or that it is no incident
    "type": "type",  # is_planned, or that it is no incident
    "links": "links",  # evidence: chat, tickets, documents; every alternative counts
    "document": "document",  # a postmortem in Markdown or HTML, read like any other
    "action_items": "records",
    "events": "records",
    "comments": "records",  # what was said while it went on: the timeline where nothing else tells one
}

#: The fields of one action item, event of the timeline or comment; `list` is the path to all of them.
PART_FIELDS: dict[str, tuple[str, ...]] = {
    "action_items": ("list", "description", "owner", "due_on", "priority", "status", "kind", "key", "url"),
    "events": ("list", "at", "text", "kind"),
    "comments": ("list", "at", "text"),
}

#: field → path, in order; the fields of parts as "action_items.owner"
FieldPaths = tuple[tuple[str, str], ...]


def field_paths(export_format: str | None, own: Mapping[str, str | Mapping[str, str]]) -> FieldPaths:
    """The ready-made paths of a tool, those of one's own instead where there are any; empty ones left out."""
    paths = dict(flat(_ready(export_format)[1])) if export_format else {}
    paths |= dict(flat(own))
    return tuple((name, path) for name, path in sorted(paths.items()) if path.strip())


def records_path(export_format: str | None) -> str | None:
    """Where the list of records stands in what the tool's API answers."""
    return _ready(export_format)[0] if export_format else None


def flat(fields: Mapping[str, str | Mapping[str, str]]) -> FieldPaths:
    """A mapping as the settings hold it, its parts' fields as "action_items.owner"."""
    found: list[tuple[str, str]] = []
    for name, path in fields.items():
        if isinstance(path, str):
            found.append((f"{name}.list" if name in PART_FIELDS else name, path))
        else:
            found += [(f"{name}.{part}", inner) for part, inner in path.items()]
    return tuple(found)


def check_fields(fields: Any) -> None:
    """Raise ValueError, in words that follow "should be", when a field or a path is none."""
    if not isinstance(fields, Mapping):
        raise ValueError('a table of paths, such as title = "name"')
    for name, path in fields.items():
        if name not in RECORD_FIELDS:
            raise ValueError(_no_field(name, tuple(RECORD_FIELDS), "an incident"))
        if isinstance(path, str):
            parts: Mapping[str, Any] = {name: path}
        elif name not in PART_FIELDS or not isinstance(path, Mapping):
            raise ValueError(f'a path in quotes for {name}, such as {name} = "column"')
        else:
            parts = path
            for part in path:
                if part not in PART_FIELDS[name]:
                    raise ValueError(_no_field(f"{name}.{part}", PART_FIELDS[name], "one of " + name))
        for part, inner in parts.items():
            if not isinstance(inner, str):
                raise ValueError(f'a path in quotes for {part}, such as {part} = "column"')
            if inner.strip():
                try:
                    parse_path(inner)
                except ValueError as error:
                    raise ValueError(f"{error} (of {part})") from None


def _no_field(name: str, known: tuple[str, ...], of: str) -> str:
    near = difflib.get_close_matches(name.rpartition(".")[2], known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    return f"fields of {of}, and {name} is none; {hint}"


@lru_cache(maxsize=8)
def _ready(export_format: str) -> tuple[str | None, dict[str, str | dict[str, str]]]:
    name = f"{export_format.replace('.', '_')}.toml"
    table = tomllib.loads((files(__name__) / name).read_text(encoding="utf-8"))
    return table.get("records"), table["fields"]
