"""What was said of a period then and now: every difference has its reason, and the figures say what moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import NothingPublishedError
from pipeline.metrics import Filters, Published, open_published, restated_figures, restatement
from pipeline.metrics import sentences as say
from pipeline.restating import build_file, describe_restatement
from tests.published_rows import AS_OF, action_item, document, incident, publish_rows

LATE = "1 incident because a document came later"
CHANGED = "1 incident because the document was changed"
GONE = "1 incident because the document is gone"
MERGED = "1 incident because other documents are on the incident now"
QUARTER = Filters(date(2026, 1, 1), date(2026, 3, 31))
AT = datetime(2026, 2, 1, 9)


def evidence(incident_id: str, field: str, method: str = "label") -> dict[str, Any]:
    """A row of `marts.evidence`, chosen."""
    return {
        "document_id": f"doc-{incident_id}",
        "incident_id": incident_id,
        "field": field,
        "ordinal": 1,
        "value": "…",
        "method": method,
        "confidence": 0.9,
        "is_chosen": True,
    }


def issue(issue_id: str, updated_at: datetime) -> dict[str, Any]:
    """A row of `marts.issues`."""
    return {"issue_id": issue_id, "issue_key": f"PAY-{issue_id}", "updated_at": updated_at}


def promise(action_item_id: str, incident_id: str, **more: Any) -> dict[str, Any]:
    """A promise of a document that came due in the quarter, with an issue in Jira."""
    committed = {"committed_on": date(2026, 2, 20), "promised_at": AT, "is_overdue": True}
    told = {"document_id": f"doc-{incident_id}", "issue_id": action_item_id}
    return action_item(action_item_id, incident_id, **(committed | told | more))


THEN: dict[str, list[dict[str, Any]]] = {
    "incidents": [
        incident("same", AT, 60),
        incident("edited", AT, 30),
        incident("gone", AT, 45),
        incident("judged", AT, 90, severity=3),
        incident("reread", AT, 20, cause_category="defect"),
        incident("joined", AT, 50),
        incident("before", datetime(2025, 6, 1), 500),
    ],
    "documents": [
        document(f"doc-{name}", content_hash="1")
        for name in ("same", "edited", "gone", "judged", "reread", "joined", "before")
    ],
    "evidence": [evidence("edited", "resolved_at"), evidence("judged", "severity")],
    "action_items": [promise("1", "same"), promise("2", "same"), promise("3", "gone")],
    "issues": [issue("1", AT), issue("2", AT), issue("3", AT)],
}
LATER = AS_OF + timedelta(days=9)
DONE = {"outcome": "done", "done_at": LATER, "is_on_time": False, "is_overdue": False}
NOW: dict[str, list[dict[str, Any]]] = {
    "incidents": [
        incident("same", AT, 60),
        incident("edited", AT, 300),
        incident("judged", AT, 90, severity=1),
        incident("reread", AT, 20, cause_category="overload"),
        incident("late", AT, 240),
        incident("before", datetime(2025, 6, 1), 400),
    ],
    "documents": [
        *(
            document(f"doc-{name}", content_hash="2" if name == "edited" else "1")
            for name in ("same", "edited", "judged", "reread", "joined", "late", "before")
        ),
        document("doc-gone", content_hash="1", is_listed=False),
    ],
    "incident_documents": [
        {"incident_id": "same", "document_id": name, "source": "handbook", "path": "…", "place": place}
        for place, name in enumerate(("doc-same", "doc-joined"), start=1)
    ],
    "evidence": [evidence("edited", "resolved_at"), evidence("judged", "severity", "reviewed")],
    "action_items": [promise("1", "same", **DONE), promise("2", "same", priority="Low")],
    "issues": [issue("1", LATER), issue("2", AT)],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the build of then and the current one lie."""
    folder = tmp_path_factory.mktemp("published")
    publish_rows(folder, "then", THEN).rename(folder / "as-of-2026-03-15.duckdb")
    publish_rows(folder, "now", NOW)
    return folder


@pytest.fixture(scope="module")
def builds(folder: Path) -> Iterator[tuple[Published, Published]]:
    """Both builds, opened."""
    then, now = open_published(folder / "as-of-2026-03-15.duckdb"), open_published(folder)
    yield then, now
    then.close()
    now.close()


def test_every_difference_is_told_with_its_reason(builds: tuple[Published, Published]) -> None:
    """Late, changed, removed and merged documents, reviews, other readings, and what Jira did since."""
    edited = ("changed_document", "handbook/edited.md")
    reread = ("rule_changed", "handbook/reread.md")
    columns = ("incident_id", "action_item_id", "change", "field", "before", "after", "reason", "document")
    assert sorted(restatement(*builds, QUARTER).select(columns).rows(), key=str) == sorted(
        [
            ("edited", None, "changed", "resolved_at", "2026-02-01 09:30:00", "2026-02-01 14:00:00", *edited),
            ("edited", None, "changed", "time_to_resolve_minutes", "30.0", "300.0", *edited),
            ("gone", None, "removed", None, None, None, "removed_document", "handbook/gone.md"),
            ("joined", None, "removed", None, None, None, "merged", "handbook/joined.md"),
            ("judged", None, "changed", "severity", "3", "1", "reviewed", None),
            ("late", None, "added", None, None, None, "late_document", "handbook/late.md"),
            ("reread", None, "changed", "cause_category", "defect", "overload", *reread),
            ("same", "1", "changed", "done_at", None, str(LATER), "changed_issue", None),
            ("same", "1", "changed", "is_on_time", None, "false", "changed_issue", None),
            ("same", "1", "changed", "outcome", "open", "done", "changed_issue", None),
            ("same", "2", "changed", "priority", None, "Low", "merged", "handbook/same.md"),
            ("gone", "3", "removed", None, None, None, "removed_document", "handbook/gone.md"),
        ],
        key=str,
    )


def test_nothing_is_restated_of_a_build_by_itself(builds: tuple[Published, Published]) -> None:
    """A build differs from itself in nothing, and the sentence says so."""
    then, _ = builds
    rows, figures = restatement(then, then, QUARTER), restated_figures(then, then, QUARTER)
    assert rows.is_empty()
    assert figures.filter(figures["before"] != figures["after"]).is_empty()
    assert say.restatement_headline(0, figures.to_dicts()) == (
        "Nothing is restated: every value of the period is as it was said then."
    )


def test_what_came_after_then_is_no_restatement(builds: tuple[Published, Published]) -> None:
    """A period without end, or with one still to come, ends with the day of the build of then."""
    open_end = restatement(*builds, Filters(date(2026, 1, 1)))
    assert open_end.rows() == restatement(*builds, QUARTER).rows()
    assert (
        restatement(*builds, Filters(period_to=date(2026, 1, 31)))["incident_id"].to_list() == ["before"] * 2
    )


def test_the_figures_say_what_moved_them(builds: tuple[Published, Published]) -> None:
    """Each figure then and now with its n, and how many incidents or action items moved it, by reason."""
    rows = restated_figures(*builds, QUARTER).to_dicts()
    assert [say.restated_figure_in_words(row).replace("\u00a0", " ") for row in rows] == [
        f"Incidents: 5 now, 6 then; {LATE}, {MERGED}, {GONE}.",
        "Median time to resolve: 1 h 30 min (n = 5) now, 48 min (n = 6) then; "
        f"{CHANGED}, {LATE}, {MERGED}, {GONE}.",
        "90th percentile of the time to resolve: 4 h 36 min (n = 5) now, 1 h 15 min (n = 6) then; "
        f"{CHANGED}, {LATE}, {MERGED}, {GONE}.",
        "Share decided on time: 0 % (n = 2) now, 0 % (n = 3) then; "
        "1 action item because the Jira issue was changed, 1 action item because the document is gone.",
    ]


def test_it_is_told_as_text_csv_and_json(folder: Path) -> None:
    """People get the sentences and a table, programs every row in full."""
    text = describe_restatement(folder, "2026-03-15", None, QUARTER, "text", "UTC").splitlines()
    assert text[0] == "1 Jan 2026 – 15 Mar 2026, as of 2026-03-15 12:00 UTC and as of 2026-03-15 12:00 UTC"
    assert text[1].startswith("Restated: 12 rows are other now than then; moved: incidents, ")
    assert sum("because the Jira issue was changed" in line for line in text[text.index("", 3) :]) == 3
    csv_rows = describe_restatement(folder, "2026-03-15", None, QUARTER, "csv", "UTC").splitlines()
    assert len(csv_rows) == 13
    assert csv_rows[0] == (
        "subject,incident_id,action_item_id,title,change,field,before,after,reason,document,figures"
    )
    whole = json.loads(describe_restatement(folder, "2026-03-15", None, QUARTER, "json", "UTC"))
    assert (len(whole["rows"]), [each["figure"] for each in whole["figures"]]) == (
        12,
        ["incident_count", "median_time_to_resolve", "p90_time_to_resolve", "on_time_share"],
    )


def test_a_build_is_named_by_its_day_or_its_file(folder: Path) -> None:
    """One that is not there is told in one line, with how to make it."""
    file = folder / "as-of-2026-03-15.duckdb"
    assert [build_file(folder, name, "UTC") for name in ("2026-03-15", file.name, str(file))] == [file] * 3
    for name, mend in (
        ("2025-12-31", "make it with `postmortems build --as-of 2025-12-31`"),
        ("2025-12-31 12:00", "make it with `postmortems build --as-of '2025-12-31 12:00'`"),
        ("9999-12-31", "name a file of that folder, or a day that is past"),
        ("last quarter", "name a file of that folder, or a day that is past"),
    ):
        with pytest.raises(NothingPublishedError) as raised:
            build_file(folder, name, "UTC")
        assert str(raised.value) == f"{folder}: holds no build called {name}; {mend}"


def test_a_build_named_by_its_file_stays_that_build(folder: Path) -> None:
    """It is opened though it is not the current one, and is not out of date beside it."""
    past = open_published(folder / "as-of-2026-03-15.duckdb")
    assert not past.is_stale()
    past.close()
