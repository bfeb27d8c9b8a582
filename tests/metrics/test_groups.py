"""Groups are all that are on record: who had no incident in the period counts as none and is not left out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from pipeline import metrics
from pipeline.metrics import Filters, open_published
from tests.published_rows import incident, publish_rows


def test_a_group_without_an_incident_in_the_period_counts_none(tmp_path: Path) -> None:
    """A quiet team, one with planned work only and one that no incident names are 0; filters still choose."""
    rows = [
        incident("a", datetime(2026, 2, 1), 60, team="Busy", service="shop"),
        incident("b", datetime(2024, 2, 1), 60, team="Quiet", service="mail"),
        incident("c", datetime(2026, 2, 2), 60, team="Planner", service="shop", is_planned=True),
    ]
    teams = [{"team": team} for team in ("Busy", "Quiet", "Planner", "New")]
    publish_rows(tmp_path, "g1", {"incidents": rows, "teams": teams})
    build = open_published(tmp_path)
    year = Filters(date(2026, 1, 1), date(2026, 2, 28))
    counted = metrics.compare_groups(build, year, "team", "incidents")
    assert counted.select("group_name", "n", "n_others", "planned_count").rows() == [
        ("Busy", 1, 0, 0),
        ("New", 0, 1, 0),
        ("Planner", 0, 1, 1),
        ("Quiet", 0, 1, 0),
    ]
    services = metrics.incidents_by_group(build, year, "service")
    assert services.select("group_name", "n").rows() == [("mail", 0), ("shop", 1)]
    chosen = Filters(year.period_from, year.period_to, services=("shop",))
    assert metrics.incidents_by_group(build, chosen, "team")["group_name"].to_list() == ["Busy", "Planner"]
    build.close()
