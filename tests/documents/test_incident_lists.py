"""Several incidents in the rows of one table or the items of one list."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

_FIELDS = ("title", "started_at", "resolved_at", "severity", "service", "root_cause")


def _rows(text: str) -> list[tuple[str | None, ...]]:
    facts = parse_document(text, "log.md", Reading())
    found = []
    for incident in facts.incidents:
        read = {e.field: e.value for e in incident.evidence if e.is_chosen}
        found.append(tuple(read.get(name) for name in _FIELDS))
    return found


def test_a_table_with_an_incident_in_each_row_holds_several() -> None:
    """The head's labels and its zone hold for every row; its words name the incident."""
    text = """# Outages of the tills in spring

| Outage | Began (Europe/Berlin) | Ended (Europe/Berlin) | Severity | Service | Root cause |
|---|---|---|---|---|---|
| Tills offline | 2024-03-02 10:00 | 2024-03-02 10:30 | SEV2 | tills | The switch of the shop failed |
| Receipts slow | 2024-04-09 12:00 | 2024-04-09 12:20 | SEV3 | printer | |
"""
    assert _rows(text) == [
        (
            "Tills offline",
            "2024-03-02 09:00:00",
            "2024-03-02 09:30:00",
            "2",
            "tills",
            "The switch of the shop failed",
        ),
        ("Receipts slow", "2024-04-09 10:00:00", "2024-04-09 10:20:00", "3", "printer", None),
    ]


def test_a_weekly_list_holds_an_incident_for_each_item_that_tells_one() -> None:
    """Items with a day, a failure and its times are incidents; the others are not."""
    text = """# Weekly review of the shop systems

- Mon 2024-05-06: till outage from 10:00 to 10:30 UTC, ended by a restart
- Tue: all quiet
- Wed 2024-05-08: login outage from 12:00 to 12:40 UTC; SEV2
"""
    assert _rows(text) == [
        ("till outage", "2024-05-06 10:00:00", "2024-05-06 10:30:00", None, None, None),
        ("login outage", "2024-05-08 12:00:00", "2024-05-08 12:40:00", "2", None, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        # the regions that one incident struck
        "# Outage of 6 May 2024\n\n| Region | Start | End |\n|---|---|---|\n"
        "| North | 2024-05-06 10:00 | 2024-05-06 10:30 |\n| South | 2024-05-06 10:05 | 2024-05-06 10:40 |\n",
        # those before it
        "# Outage of the tills\n\nStart: 2024-05-06 10:00 UTC\nEnd: 2024-05-06 11:00 UTC\n\n"
        "## Other outages\n\n| Outage | Start | End |\n|---|---|---|\n"
        "| Tills | 2023-05-06 10:00 | 2023-05-06 10:30 |\n| Login | 2023-06-06 10:05 | 2023-06-06 10:40 |\n",
        # effects on one day
        "# Outage of 6 May 2024\n\n- Tills: outage from 10:00 to 10:30 UTC\n"
        "- Login: outage from 10:05 to 10:40 UTC\n",
    ],
)
def test_what_one_incident_struck_makes_no_further_ones(text: str) -> None:
    """Parts of one incident, and those before it, are no incidents of the document."""
    assert len(_rows(text)) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "# Shifts in May\n\n| Who | Start | End |\n|---|---|---|\n"
        "| Ana | 2024-05-06 10:00 | 2024-05-06 18:00 |\n| Bo | 2024-05-07 10:00 | 2024-05-07 18:00 |\n",
        "# Maintenance calendar\n\n| Name | Start | End |\n|---|---|---|\n"
        "| Tills | 2024-05-06 10:00 | 2024-05-06 11:00 |\n| Login | 2024-05-07 10:00 | 2024-05-07 11:00 |\n",
        "# Batch runs in May\n\n| Run | Start | End | Failures |\n|---|---|---|---|\n"
        "| nightly | 2024-05-06 01:00 | 2024-05-06 02:00 | 0 |\n"
        "| nightly | 2024-05-07 01:00 | 2024-05-07 02:00 | 3 |\n",
        "# Handoff of week 19\n\n- Tue 2024-05-07: an alert failed from 10:00 to 10:30 UTC in staging\n"
        "- Wed 2024-05-08: load test, site down from 12:00 to 13:00 UTC\n",
    ],
)
def test_a_table_of_shifts_or_planned_work_holds_no_incident(text: str) -> None:
    """A start and an end alone make no incident."""
    assert _rows(text) == []


@given(
    st.lists(
        st.tuples(st.datetimes(datetime(2015, 1, 1), datetime(2024, 1, 1)), st.integers(1, 900)),
        min_size=2,
        max_size=6,
    )
)
def test_every_row_of_any_such_table_is_read_back(spans: list[tuple[datetime, int]]) -> None:
    """As many incidents as rows, each with its own start and end."""
    starts = [start.replace(second=0, microsecond=0) for start, _ in spans]
    wanted = [(a, a + timedelta(minutes=m)) for a, (_, m) in zip(starts, spans, strict=True)]
    rows = [f"| Outage {n} | {a:%Y-%m-%d %H:%M} | {b:%Y-%m-%d %H:%M} |" for n, (a, b) in enumerate(wanted)]
    lines = "\n".join(rows)
    text = f"# Incident log\n\n| Incident | Start (UTC) | End (UTC) |\n|---|---|---|\n{lines}\n"
    assert [(row[1], row[2]) for row in _rows(text)] == [(str(a), str(b)) for a, b in wanted]
