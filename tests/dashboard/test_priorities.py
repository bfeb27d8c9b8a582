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


def test_causes_are_ranked_with_what_is_promised(open_page: Open, promising_build: Path) -> None:
    """The title says the assumption; each row leads to incidents, and its promises to issue and incident."""
    page = open_page(promising_build, "priorities")
    said = words(page)
    assert "Certificate in checkout comes first, with 1 open promise against it: a fix would avoid " in said
    assert "in 91 days, if it avoids 50 % of the incidents" in said
    assert "is an assumption, not a measurement" in said
    assert "Most for its effort, of 1 promise with an estimate: “Promise renew” (PAY-1), " in said
    first, second = table_after(page, "sets of assumptions")
    assert first[:2] == ["1", "Certificate in checkout 10 incidents, n = 10 with a known loss"]
    assert re.fullmatch(
        r"Promise renew Payments · PAY-1 · .+ a point \(5 points\) · its incident",
        first[3].replace("\u00a0", " "),
    )
    assert first[4] == "9 of 9 whatever is assumed"
    assert (second[0], second[3]) == ("2", "Promise grow Search · no issue · overdue · its incident")
    html = markup(page)
    assert '<a href="https://jira.example/browse/PAY-1" target="_blank"' in html
    assert '<a href="incident?id=c0" target="_self">its incident</a>' in html
    months = "period=Dates&amp;dates=2025-03-15&amp;dates=2026-03-15"
    assert f'<a href="incidents?{months}&amp;cause=Certificate&amp;service=checkout"' in html
    assert table_after(page, "1 open prevention item cannot be ranked") == [
        ["Promise vague its incident", "no cause is known"]
    ]


def test_what_nobody_promised_anything_against_is_said(open_page: Open, tmp_path: Path) -> None:
    """A cause without a promise says so; of many promises against one, three are seen at once."""
    day = datetime(2025, 4, 1)
    placed = {"cause_category": "capacity", "team": "Search"}
    items = [action_item(f"v{n}", "kept", kind="prevent", promised_at=day) for n in range(5)]
    incidents = [
        incident("kept", day, 60, service="search", **placed),
        incident("bare", day, 60, service="login", **placed),
    ]
    publish_rows(tmp_path, "p1", {"incidents": incidents, "action_items": items})
    page = open_page(tmp_path, "priorities")
    assert "2 causes of services, against 1 of 2 nothing is promised: none stands out" in words(page)
    told = {row[1].split(" 1 incident")[0]: row[3] for row in table_after(page, "sets of assumptions")}
    assert told["Capacity in login"] == "nothing promised"
    assert told["Capacity in search"].count("Promise v") == 5
    assert "2 more" in told["Capacity in search"]


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


def test_the_chart_tells_causes_with_their_intervals(open_page: Open, promising_build: Path) -> None:
    """Whoever does not see the chart is told each row, its interval, its n and what is promised."""
    page = open_page(promising_build, "priorities")
    (causes,) = (str(chart.proto.alt).replace("\u00a0", " ") for chart in page.get("vega_lite_chart"))
    assert "if a fix avoids 50 %" in causes
    assert re.search(
        r"1\. Certificate in checkout: [^;]+ \(90 % interval .+? – .+?\), n = 10 of 10, 1 promise; ", causes
    )


def test_the_address_holds_the_assumptions(open_page: Open, promising_build: Path) -> None:
    """Twice the effectiveness and other days ahead are told; of a loss nobody states there is no ranking."""
    page = open_page(promising_build, "priorities", effectiveness="100", horizon="30", months="24", top="3")
    said = words(page)
    assert "in 30 days, if it avoids 100 % of the incidents" in said
    assert "Among the first 3" in said
    unknown = words(open_page(promising_build, "priorities", loss="Users"))
    assert "Nothing can be ranked by what a fix would avoid" in unknown
    assert "of no incident is the loss known" in unknown
