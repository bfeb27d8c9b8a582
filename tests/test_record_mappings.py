"""Paths into records, and the ready-made mappings that use them."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.facts import FIELDS
from pipeline.record_mappings import (
    PART_FIELDS,
    RECORD_FIELDS,
    ExportFormat,
    check_fields,
    field_paths,
    records_path,
)
from pipeline.record_mappings.paths import parse_path

RECORD: dict[str, Any] = {
    "name": "Checkout is down",
    "severity": {"name": "SEV2"},
    "services": [{"name": "checkout"}, {"name": "cart"}],
    "marks": [
        {"type": "started", "at": "09:00", "who": {"team": "Shop"}},
        {"type": "Resolved", "at": "10:00", "who": {"team": "Ops"}},
        {"type": "resolved", "at": "11:00"},
    ],
    "Time to resolve (min.)": 90,
    "priority.name": "P1",
    "cell": '[{"title": "Add a test"}]',
    "nothing": "N/A",
    "seconds": 30,
}


@pytest.mark.parametrize(
    ("path", "column", "values"),
    [
        ("name", "name", ("Checkout is down",)),
        ("NAME", "name", ("Checkout is down",)),
        ("severity.name", "severity", ("SEV2",)),
        ("services.name", "services", ("checkout", "cart")),
        ("services[].name", "services", ("checkout", "cart")),
        ("services[*].name", "services", ("checkout", "cart")),
        ("marks[type=started].at", "marks", ("09:00",)),
        ("marks[type=resolved].at", "marks", ("10:00", "11:00")),
        ("marks[type=mitigated|started].at", "marks", ("09:00",)),
        ("marks[who.team=Ops].at", "marks", ("10:00",)),
        ("absent | nothing | severity.name", "severity", ("SEV2",)),
        ('"Time to resolve (min.)"', "Time to resolve (min.)", (90,)),
        ("priority.name", "priority.name", ("P1",)),
        ("cell.title", "cell", ("Add a test",)),
    ],
)
def test_a_path_leads_to_values(path: str, column: str, values: tuple[object, ...]) -> None:
    """Keys, lists, filters, alternatives, quoted and flattened columns, and JSON in a cell."""
    found = parse_path(path).find(RECORD)
    assert found is not None
    assert (found.column, found.values) == (column, values)


@pytest.mark.parametrize(
    "path", ["absent", "nothing", "name.deeper", "marks[type=closed].at", "severity.x.y"]
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    """A missing key, a spelled-out null and a path below a plain value hold nothing."""
    assert parse_path(path).find(RECORD) is None


def test_a_unit_stands_behind_its_alternative() -> None:
    """Each alternative has its own unit."""
    path = parse_path("absent in minutes | seconds in seconds")
    found = path.find(RECORD)
    assert found is not None
    assert (found.path, found.unit) == ("seconds", "seconds")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("a[b", "a bracket or quote is open"),
        ("", "a path such as severity.name"),
        ("a..b", "a name before each dot"),
        ("a.", "a path such as severity.name"),
        ("[x=1]", r"\[\] or \[key=value\] behind a name"),
        ("a[first]", r"\[\] or \[key=value\] behind a name"),
        ("x" * 1001, "at most 1000 characters"),
    ],
)
def test_a_path_that_is_none_is_told(path: str, told: str) -> None:
    """What is wrong with a path stands in the message."""
    with pytest.raises(ValueError, match=told):
        parse_path(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
        max_leaves=20,
    ),
    st.text(alphabet='ab.|[]="* \\', max_size=20),
)
def test_any_path_reads_any_record(value: object, path: str) -> None:
    """Whatever a record holds, a path finds values in it or none, and raises nothing but for its own form."""
    try:
        parsed = parse_path(path)
    except ValueError:
        return
    parsed.find({"a": value, "b": json.dumps(value)})


def test_every_field_of_an_incident_can_be_mapped() -> None:
    """What a record can state are the fields of an incident, but for those made of others, and a few more."""
    made = {"service", "severity_label"}
    more = {"id", "url", "status", "type", "links", "document", *PART_FIELDS}
    assert set(RECORD_FIELDS) - more == set(FIELDS) - made


@pytest.mark.parametrize("export_format", get_args(ExportFormat))
def test_the_ready_made_mappings_are_sound(export_format: str) -> None:
    """Each names known fields by paths that can be read, among them what an incident needs most."""
    paths = field_paths(export_format, {})
    nested: dict[str, Any] = {}
    for name, path in paths:
        part, dot, inner = name.partition(".")
        if dot:
            nested.setdefault(part, {})[inner] = path
        else:
            nested[name] = path
    check_fields(nested)
    assert {"id", "title", "status", "severity", "resolved_at"} <= set(dict(paths))
    assert records_path(export_format)


def test_ones_own_fields_replace_the_ready_made() -> None:
    """A field of one's own wins, an empty path leaves a field out, parts are replaced one by one."""
    own: dict[str, Any] = {"started_at": "began", "team": "", "action_items": {"owner": "who"}}
    paths = dict(field_paths("pagerduty", own))
    assert paths["started_at"] == "began"
    assert "team" not in paths
    assert paths["action_items.owner"] == "who"
    assert dict(field_paths("incident.io", own))["action_items.description"] == "title"
