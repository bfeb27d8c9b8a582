"""Postmortems that are missing, and reviews out of proportion: whole rows, counted by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, open_published
from pipeline.metrics import sentences as say
from tests.published_rows import AS_OF, document, finding, incident, publish_rows


def ended(name: str, days_ago: int, reviewed: int | None, **more: Any) -> dict[str, Any]:
    """An incident over so many days ago, written at once, reviewed after so many days; 7 and 14 agreed."""
    end = AS_OF - timedelta(days=days_ago)
    return incident(
        name,
        end - timedelta(minutes=30),
        30,
        **{
            "ended_at": end,
            "has_postmortem": True,
            "postmortem_at": end,
            "reviewed_at": None if reviewed is None else end + timedelta(days=reviewed),
            "written_within_days": 7,
            "reviewed_within_days": 14,
        }
        | more,
    )


def measured(folder: Path, rows: list[dict[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The overdue postmortems, how timely all are, and the reviews of small incidents."""
    publish_rows(folder, "p1", {"incidents": rows})
    build = open_published(folder)
    whole = Filters()
    found = (
        metrics.overdue_postmortems(build, whole),
        metrics.postmortem_timeliness(build, whole),
        metrics.reviews_of_small_incidents(build, whole),
    )
    build.close()
    return found


NONE_WRITTEN = {"has_postmortem": False, "postmortem_at": None}


def test_overdue_postmortems_are_listed_one_by_one(tmp_path: Path) -> None:
    """The longest first, by the step that is missing; as many as the timeliness counts."""
    overdue, steps, _ = measured(
        tmp_path,
        [
            ended("in time", 100, 3),
            ended("not reviewed", 50, None),
            ended("neither", 40, None, **NONE_WRITTEN),
            ended("not due", 3, None, **NONE_WRITTEN),
            ended("due to be reviewed", 10, None),
            ended("nothing agreed", 90, None, reviewed_within_days=None),
            ended("planned", 90, None, is_planned=True),
        ],
    )
    columns = "incident_id", "unwritten_days", "unreviewed_days", "overdue_days"
    assert overdue.select(columns).rows() == [
        ("not reviewed", None, 36.0, 36.0),
        ("neither", 33.0, 26.0, 33.0),
    ]
    assert steps.select("n", "overdue_count").rows() == [(5, 1), (3, 2)]
    assert (
        say.overdue_title(overdue, steps)
        == "2 postmortems are overdue: 1 of 5 not written, 2 of 3 not reviewed"
    )


def test_that_nothing_is_overdue_is_told_with_how_many_were_due(tmp_path: Path) -> None:
    """Nothing due is not the same as nothing overdue."""
    overdue, steps, _ = measured(tmp_path, [ended("in time", 100, 3)])
    assert say.overdue_title(overdue, steps) == (
        "No postmortem is overdue, of 1 due to be written, 1 due to be reviewed"
    )
    assert say.overdue_title(overdue, steps.clear()) == "No postmortem is known to be due"


def test_a_review_of_a_small_incident_is_over_long_past_three_times_what_was_agreed(tmp_path: Path) -> None:
    """Small by severity, else by an hour of impact; a grave one is not small however short it was."""
    _, _, reviews = measured(
        tmp_path,
        [
            ended("just", 200, 42, severity=3),
            ended("long", 200, 43, severity=3),
            ended("short", 200, 50, severity=None),
            ended("not short", 200, 60, severity=None, customer_impact_minutes=61.0),
            ended("grave", 200, 70, severity=2),
            ended("not reviewed", 200, None, severity=4),
        ],
    )
    columns = "incident_id", "review_days", "limit_days", "is_over_long", "coverage"
    assert reviews.select(columns).rows() == [
        ("short", 50.0, 42.0, True, 0.75),
        ("long", 43.0, 42.0, True, 0.75),
        ("just", 42.0, 42.0, False, 0.75),
    ]
    assert say.small_reviews_title(reviews).replace("\u00a0", " ") == (
        "2 of 3 reviews of small incidents were over-long; the longest took 50 days"
    )
    assert say.small_reviews_badge(reviews).replace("\u00a0", " ") == "n = 3, 75 % of the small incidents"


@pytest.mark.parametrize(
    ("known", "limit", "expected"),
    [
        (9, None, "9 reviews of small incidents, and nothing to say which is over-long"),
        (11, 10.0, "1 of 11 reviews of small incidents was over-long; the longest took 11 days"),
    ],
)
def test_without_an_agreement_a_review_is_held_against_the_others(
    tmp_path: Path, known: int, limit: float | None, expected: str
) -> None:
    """Later than nine of ten, of which ten at least are known; fewer tell nothing."""
    rows = [ended(f"i{n}", 200, n, severity=3, reviewed_within_days=None) for n in range(1, known + 1)]
    _, _, reviews = measured(tmp_path, rows)
    assert reviews["limit_days"].unique().to_list() == [limit]
    assert say.small_reviews_title(reviews).replace("\u00a0", " ") == expected


def test_no_small_incident_reviewed_is_told(tmp_path: Path) -> None:
    """Rather than that none was over-long."""
    _, _, reviews = measured(tmp_path, [ended("grave", 200, 70, severity=1)])
    assert say.small_reviews_title(reviews) == "Of no small incident is it known when it was reviewed"
    assert say.small_reviews_badge(reviews) == "n = 0"


def blaming_rows() -> dict[str, list[dict[str, Any]]]:
    """Three postmortems of Mail, of which one blames twice, and one of Shop; a record tells of the fifth."""
    names = ("a", "b", "c", "d", "e")
    blames = {"level": "info", "message": "“forgot to renew” blames people: memory is no control."}
    quote = "Somebody forgot to renew <it>."
    return {
        "incidents": [
            ended(name, 20 + n, 1, team="Shop" if name == "d" else "Mail") for n, name in enumerate(names)
        ],
        "documents": [document(f"doc-{name}", "postmortem" if name != "e" else "template") for name in names],
        "findings": [
            finding(1, "doc-a", "blaming_wording", incident_id="a", line=7, quote=quote, **blames),
            finding(2, "doc-a", "blaming_wording", incident_id="a", line=9, quote=quote, **blames),
            finding(3, "doc-b", "no_cause", incident_id="b"),
        ],
    }


def test_postmortems_that_blame_people_are_counted_by_team(tmp_path: Path) -> None:
    """A document counts once; what is no postmortem is not among those counted."""
    publish_rows(tmp_path, "p1", blaming_rows())
    build = open_published(tmp_path)
    frame = metrics.blaming_by_team(build, Filters())
    build.close()
    assert frame.select("team", "n", "blaming_count", "blaming_share", "phrase_count").rows() == [
        ("Mail", 3, 1, pytest.approx(1 / 3), 2),
        ("Shop", 1, 0, 0.0, 0),
    ]
    assert frame.select("blaming_low", "blaming_high").row(0) == pytest.approx((0.0170, 0.8647), abs=1e-4)
    assert say.blaming_title(frame).replace("\u00a0", " ") == (
        "1 of 4 postmortems has wording that blames people: 25 % (90 % interval 1–76 %)"
    )
    assert say.blaming_teams(frame).replace("\u00a0", " ") == (
        "By team, with 90 % intervals: Mail 1 of 3 (1–87 %)."
    )
    none = frame.filter(pl.col("team") == "Shop")
    assert say.blaming_title(none) == "No wording that blames people was found in 1 postmortem"
    assert say.blaming_title(none.clear()) == "No postmortem, so no wording that blames people"
    assert say.blaming_teams(none) == ""
