"""The page on where the next week should go."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, table_after, words
from tests.published_rows import action_item, incident, publish_rows


@pytest.fixture(scope="module")
def promising_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkout's certificates fail each month, search's capacity failed twice; three promises are open."""
    folder = tmp_path_factory.mktemp("promising")
    checkout = {"service": "checkout", "cause_category": "certificate", "team": "Payments"}
    search = {"service": "search", "cause_category": "capacity", "team": "Search"}
    first = datetime(2025, 4, 1)
    promised = {"kind": "prevent", "promised_at": first}
    rows = {
        "incidents": [
            *(incident(f"c{n}", first + timedelta(days=30 * n), 120, **checkout) for n in range(10)),
            *(incident(f"s{n}", first + timedelta(days=90 * n), 30, **search) for n in range(2)),
            incident("bare", first, 60),
        ],
        "action_items": [
            action_item(
                "renew",
                "c0",
                team="Payments",
                jira_key="PAY-1",
                url="https://jira.example/browse/PAY-1",
                story_points=5.0,
                **promised,
            ),
            action_item("grow", "s0", team="Search", is_overdue=True, **promised),
            action_item("vague", "bare", **promised),
        ],
    }
    publish_rows(folder, "p1", rows)
    return folder


def test_what_is_open_is_ranked_by_what_it_would_avoid(open_page: Open, promising_build: Path) -> None:
    """The title says the assumption; each row leads to its issue, its incident and what it is against."""
    page = open_page(promising_build, "priorities")
    said = words(page)
    assert "“Promise renew” against certificate in checkout would avoid " in said
    assert "in 91 days, if a fix avoids 50 % of the incidents" in said
    assert "is an assumption, not a measurement" in said
    rows = table_after(page, "sets of assumptions")
    assert [(row[0], row[1]) for row in rows] == [
        ("1", "Promise renew Payments · PAY-1 · its incident"),
        ("2", "Promise grow Search · no issue · overdue · its incident"),
    ]
    assert rows[0][2] == "Certificate in checkout 10 incidents, n = 10 with a known loss"
    assert (rows[0][4].endswith("5 points"), rows[1][4]) == (True, "–")
    assert rows[0][5] == "9 of 9 whatever is assumed"
    html = markup(page)
    assert '<a href="https://jira.example/browse/PAY-1" target="_blank"' in html
    assert '<a href="incident?id=c0" target="_self">its incident</a>' in html
    months = "period=Dates&amp;dates=2025-03-15&amp;dates=2026-03-15"
    assert f'<a href="incidents?{months}&amp;cause=Certificate&amp;service=checkout"' in html
    assert table_after(page, "1 open prevention item cannot be ranked") == [
        ["Promise vague its incident", "no cause is known"]
    ]


def test_what_cannot_be_ranked_is_counted_where_it_is_cut(open_page: Open, tmp_path: Path) -> None:
    """Of sixty promises of no known cause fifty are shown, and it is told of how many."""
    bare = datetime(2025, 4, 1)
    items = [action_item(f"v{n:02}", "bare", kind="prevent", promised_at=bare) for n in range(60)]
    publish_rows(tmp_path, "p1", {"incidents": [incident("bare", bare, 60)], "action_items": items})
    page = open_page(tmp_path, "priorities")
    assert len(table_after(page, "60 open prevention items cannot be ranked")) == 50
    assert "50 of 60 open prevention items" in words(page)
    page.session_state["explain-refused"] = True
    page.run()
    assert len(page.dataframe[0].value) == 60


def test_the_charts_tell_items_and_causes_with_their_intervals(
    open_page: Open, promising_build: Path
) -> None:
    """Whoever does not see a chart is told each row, its interval and of how many the loss is known."""
    page = open_page(promising_build, "priorities")
    items, causes = (str(chart.proto.alt).replace("\u00a0", " ") for chart in page.get("vega_lite_chart"))
    assert "if a fix avoids 50 %" in items
    assert re.search(r"1\. Promise renew: [^;]+ \(90 % interval .+? – .+?\), n = 10 of 10; 2\. ", items)
    assert re.search(
        r"1\. Certificate in checkout: [^;]+ \(90 % interval .+? – .+?\), n = 10 of 10; ", causes
    )


def test_the_address_holds_the_assumptions(open_page: Open, promising_build: Path) -> None:
    """Twice the effectiveness and other days ahead are told; of a loss nobody states there is no ranking."""
    page = open_page(promising_build, "priorities", effectiveness="100", horizon="30", months="24", top="3")
    said = words(page)
    assert "in 30 days, if a fix avoids 100 % of the incidents" in said
    assert "Among the first 3" in said
    unknown = words(open_page(promising_build, "priorities", loss="Users"))
    assert "No open promise can be ranked by what it would avoid" in unknown
    assert "of no incident is the loss known" in unknown
