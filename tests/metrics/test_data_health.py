"""What the figures can use, what to mend and what was skipped, over the small company: whole rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from tests.published_rows import company, document, finding, publish_rows

YEAR = Filters(date(2025, 3, 1), date(2026, 2, 28))


def rows_of(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of every row."""
    return frame.select(columns).rows()


def test_coverage_by_figure(published: Published) -> None:
    """Each incident a figure leaves out is counted once, beside the rule that says why, when one does."""
    assert metrics.coverage_by_figure(published, YEAR).rows() == [
        ("incidents_by_period", 6, 6, 0, 1.0, [], []),
        ("time_to_resolve", 6, 4, 2, 4 / 6, ["no_end"], [2]),
        ("time_to_detect", 6, 0, 6, 0.0, ["no_detection"], [1]),
        ("severity", 6, 4, 2, 4 / 6, ["no_severity"], [1]),
        ("impact_by_cause", 6, 3, 3, 0.5, [], []),
        ("impact_by_service", 6, 6, 0, 1.0, [], []),
        ("teams", 6, 6, 0, 1.0, [], []),
        ("follow_through", 3, 2, 1, 2 / 3, [], []),
    ]


def test_coverage_and_exclusions_agree_with_the_figure(published: Published) -> None:
    """The time to resolve uses as many incidents as its own metric counts, whatever is chosen."""
    for chosen in (Filters(), YEAR, replace(YEAR, teams=("Search",)), replace(YEAR, severities=(0,))):
        row = metrics.coverage_by_figure(published, chosen).row(1, named=True)
        figure = metrics.times_by_group(published, chosen, "resolve").row(0, named=True)
        assert (row["n"], row["incident_count"]) == (figure["n"], figure["incident_count"])


def test_findings_by_rule(published: Published) -> None:
    """The costliest rule first, with what it costs of all; planned work is left out."""
    frame = metrics.findings_by_rule(published, YEAR)
    assert rows_of(
        frame, "rule", "finding_count", "document_count", "lost_incident_count", "lost_figures", "cost"
    ) == [
        ("no_end", 2, 2, 2, ["time_to_resolve"], 6.0),
        ("no_detection", 1, 1, 1, ["time_to_detect"], 5.0),
        ("document_not_utf8", 1, 1, 1, ["documents"], 3.0),
        ("no_severity", 1, 1, 1, ["severity"], 3.0),
        ("duration_contradicts_times", 1, 1, 0, [], 1.5),
        ("document_is_template", 1, 1, 0, [], 0.0),
        ("owner_missing", 1, 1, 0, [], 0.0),
    ]
    assert rows_of(frame, "level", "doubted_figures", "doubted_minutes", "example_quote")[4] == (
        *("warning", ["time_to_resolve"], 90.0, "took <b>2 h</b>"),
    )
    assert frame["cost_share"][0] == pytest.approx(6 / 18.5)


def test_findings_matching(published: Published) -> None:
    """One by one in the order of their cost, with document, line, words and incident."""
    frame = metrics.findings_matching(published, YEAR)
    assert frame["finding_number"].to_list() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert frame.row(5) == (
        *(6, 6, "duration_contradicts_times", "warning"),
        "The stated time to resolve is 120 minutes, the times give 90; correct one of them.",
        *("handbook", "i3.md", "https://git.example/i3.md", 12, "took <b>2 h</b>", "i3", "Incident i3"),
        *([], ["time_to_resolve"], 0, 90.0, 1.5),
    )


@pytest.mark.parametrize(
    ("filters", "options", "expected"),
    [
        (YEAR, {"rule": "no_end"}, [2, 3]),
        (YEAR, {"figure": "time_to_resolve"}, [2, 3]),
        (YEAR, {"figure": "severity", "rule": "no_end"}, []),
        (replace(YEAR, teams=("Payments",)), {}, [1, 6, 7]),
        (replace(YEAR, teams=("Search",)), {}, [2, 3, 4]),
        (replace(YEAR, severities=(1,)), {}, [1, 7]),
        (replace(YEAR, sources=("wiki",)), {}, [5]),
        (Filters(date(2025, 7, 1), date(2025, 7, 31)), {}, [5, 6, 8]),
        (Filters(date(2030, 1, 1), date(2030, 1, 31), teams=("Search",)), {}, []),
    ],
)
def test_findings_follow_the_choices(
    published: Published, filters: Filters, options: dict[str, str], expected: list[int]
) -> None:
    """A finding goes with its incident, or those of its document; without any, with its source."""
    assert metrics.findings_matching(published, filters, **options)["finding_number"].to_list() == expected


def test_every_count_by_rule_is_the_length_of_its_list(published: Published) -> None:
    """What a rule counts is what its list shows."""
    for row in metrics.findings_by_rule(published, YEAR).iter_rows(named=True):
        found = metrics.findings_matching(published, YEAR, rule=row["rule"])
        assert (row["finding_count"], row["cost"]) == (len(found), sum(found["cost"]))


def test_skipped_documents(published: Published) -> None:
    """What may hold an incident comes first; what its source no longer lists is not there."""
    columns = ("path", "source", "reason", "is_unread", "rule", "message")
    assert rows_of(metrics.skipped_documents(published, YEAR), *columns) == [
        (
            *("notes.md", "wiki", "not_utf8", True, "document_not_utf8"),
            "The file is not UTF-8 text; save it as UTF-8.",
        ),
        ("form.md", "handbook", "template", False, "document_is_template", "This form is not filled in."),
    ]
    assert metrics.skipped_documents(published, Filters(sources=("handbook",)))["path"].to_list() == [
        "form.md"
    ]


def test_completeness_by_team(published: Published) -> None:
    """The mean score of each team, in the order of the alphabet; three scores bound nothing."""
    frame = metrics.completeness_by_team(published, YEAR)
    assert rows_of(frame, "team", "n", "mean_completeness", "mean_low", "mean_high") == [
        ("Payments", 3, pytest.approx(0.8), None, None),
        ("Search", 1, 0.6, None, None),
    ]


def test_review_queue(published: Published) -> None:
    """What hangs on most comes first, with its document; planned work is left out, and choices hold."""
    frame = metrics.review_queue(published, YEAR)
    assert frame.rows() == [
        (
            *(1, "i1", "Incident i1", "handbook", "i1.md", "https://git.example/i1.md", 10, None),
            *("resolved_at", "2025-04-10 10:30:00", 0.9, "timeline", "10:30 <b>All clear</b>"),
            *("contradicted", "Line 14 says 2025-04-10 11:30:00.", ["time_to_resolve"], 30.0, 150.0),
        ),
        (
            *(3, "i5", "Incident i5", "handbook", "i5.md", "https://git.example/i5.md", None, 2),
            *("resolved_at", None, None, None, None, "missing", "It is not stated."),
            *(["time_to_resolve"], None, None),
        ),
    ]
    search = metrics.review_queue(published, replace(YEAR, teams=("Search",)))
    assert search["review_rank"].to_list() == [3]


def test_rows_for_the_reviewed_file(published: Published) -> None:
    """Each row names its document, incident and field with the value as read; lists by semicolons."""
    rows = metrics.review_queue(published, YEAR).to_dicts()
    lists = [rows[0] | {"field": "services", "value": '["a, b", "c"]'}, rows[0] | {"value": "[not a list"}]
    assert metrics.reviewed_rows([*rows, *lists], who="you", when=date(2026, 3, 15)) == (
        "document,incident,field,value,who,when\n"
        "handbook/i1.md,,resolved_at,2025-04-10 10:30:00,you,2026-03-15\n"
        "handbook/i5.md,2,resolved_at,,you,2026-03-15\n"
        'handbook/i1.md,,services,"a, b; c",you,2026-03-15\n'
        "handbook/i1.md,,resolved_at,[not a list,you,2026-03-15\n"
    )


def test_findings_and_sources_reach_every_document_on_an_incident(tmp_path: Path) -> None:
    """A second document's findings and source count for the incident that both tell of."""
    rows = company()
    rows["documents"].append(document("doc-log", source="wiki"))
    rows["incident_documents"] = [
        {"incident_id": "i5", "document_id": "doc-i5", "source": "handbook", "path": "i5.md", "place": 1},
        {"incident_id": "i5", "document_id": "doc-log", "source": "wiki", "path": "log.md", "place": 2},
    ]
    rows["findings"] = [
        finding(1, "doc-log", "no_end", lost_figures=["time_to_resolve"], lost_incident_count=1, cost=3.0)
    ]
    publish_rows(tmp_path, "b1", rows)
    build = open_published(tmp_path)
    wiki, search = Filters(sources=("wiki",)), Filters(teams=("Search",))
    assert metrics.incidents_matching(build, wiki)["incident_id"].to_list() == ["i5"]
    for chosen in (wiki, search):
        assert metrics.findings_matching(build, chosen)["finding_number"].to_list() == [1]
        row = metrics.coverage_by_figure(build, chosen).row(1, named=True)
        assert (row["rules"], row["rule_counts"]) == (["no_end"], [1])
    assert metrics.findings_matching(build, Filters(teams=("Payments",))).is_empty()
    build.close()
