"""The page on causes, triggers and where they strike, and its charts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboard import charts
from dashboard.charts import Look
from dashboard.theme import LIGHT
from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, rows_sent, words
from tests.dashboard.test_charts import drawn_between, layers, rows_drawn, tooltips
from tests.dashboard.test_pages import specs
from tests.published_rows import incident, publish_rows


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A build in which capacity strikes often in the second half, bad releases in both, one without cause."""
    start = datetime(2024, 3, 16)
    release = {"cause_category": "change-deployment", "trigger_category": "rollout", "service": "web"}
    rows = [
        *(incident(f"r{n}", start + timedelta(days=60 * n), 30, **release) for n in range(12)),
        *(
            incident(
                f"c{n}", start + timedelta(days=400 + 9 * n), 20, cause_category="capacity", service="db"
            )
            for n in range(16)
        ),
        incident("u", start + timedelta(days=300), None),
    ]
    categories = [
        {"kind": "trigger", "category": "rollout", "published_as": "binary push"},
        {"kind": "cause", "category": "change-deployment", "published_as": "deployment planning"},
    ]
    folder = tmp_path_factory.mktemp("growing")
    publish_rows(folder, "g1", {"incidents": rows, "categories": categories})
    build = open_published(folder)
    yield build
    build.close()


def test_what_the_reader_finds(open_page: Open, small_build: Path) -> None:
    """What cost most and struck most often, where, what grows, and the mix beside the published one."""
    page = open_page(small_build, "causes")
    said = words(page)
    for expected in (
        "Capacity cost most: 53 % of the impact (90 % interval 1–99 %).",
        "makes 53 % of the impact; of 7 % no cause is known",
        "Configuration and capacity make 50 % of the incidents; of 50 % no cause is known",
        "Configuration in checkout came most often: 2 of 6 incidents",
        "No cause became more or fewer that can be told from chance (3 causes compared)",
        "2 services have most incidents: checkout, indexer: 0.25 in 30 days as observed (n = 3 each)",
        "Of none of the incidents a trigger is known",
        "No known cause has a published counterpart, so none can be set beside one",
        "Association only",
    ):
        assert expected in said
    assert len(specs(page)) == 7


def test_every_mark_leads_to_its_incidents(open_page: Open, small_build: Path) -> None:
    """A bar to those of its cause, a cell to those of cause and service, a mix to those of its categories."""
    page = open_page(small_build, "causes")
    number, cells, mix = (rows_sent(page, at) for at in (1, 2, 6))
    assert [row["address"] for row in number] == [
        "incidents?cause=Unknown",
        "incidents?cause=Configuration",
        "incidents?cause=Capacity",
    ]
    assert "incidents?service=indexer&cause=Unknown" in [row["address"] for row in cells]
    assert {row["name"]: row["address"] for row in mix if row["address"]} == {
        "Not comparable": "incidents?cause=Capacity&cause=Configuration",
        "Unknown": "incidents?cause=Unknown",
    }


def test_nothing_to_tell(open_page: Open, empty_build: Path) -> None:
    """Without incidents the page says so in words, and nothing is drawn."""
    page = open_page(empty_build, "causes")
    assert "No incident lies in this period." in words(page)
    assert "None" not in markup(page)
    assert specs(page) == []


def test_pareto_adds_up_and_draws_the_intervals_of_shares(growing: Published) -> None:
    """By number and by impact with intervals; the curve reaches the whole; unknown is grey."""
    frame = metrics.recurring_causes(growing, Filters())
    number = charts.causes_by_number(frame, Look(LIGHT))
    assert drawn_between(number.spec) == {("low", "high")}
    rows = rows_drawn(number.spec)
    assert [(row["name"], row["label"], row["is_unknown"]) for row in rows] == [
        ("Capacity", "16", False),
        ("Change deployment", "12", False),
        ("Unknown", "1", True),
    ]
    assert [row["cumulative"] for row in rows] == pytest.approx([16 / 29, 28 / 29, 1.0])
    assert layers(number.spec)[0]["encoding"]["color"]["condition"]["value"] == LIGHT.faint
    assert number.badge.replace("\u00a0", " ") == "29 incidents, the category known of 28 (97 %)"
    impact = charts.causes_by_impact(frame, Look(LIGHT))
    assert drawn_between(impact.spec) == {("low", "high")}
    assert [row["name"] for row in rows_drawn(impact.spec)] == ["Change deployment", "Capacity", "Unknown"]
    assert impact.badge.replace("\u00a0", " ") == "n = 28 of 29 incidents (97 % coverage)"


def test_a_trend_is_coloured_only_for_a_signal(growing: Published) -> None:
    """What rose beyond chance is called a signal; no dot where nothing was before, but its interval."""
    figure = charts.causes_over_time(metrics.recurring_causes(growing, Filters()), Look(LIGHT))
    assert drawn_between(figure.spec) == {("from", "to")}
    rows = next(rows for rows in figure.spec["datasets"].values() if len(rows) > 1) if figure.spec else []
    assert [(row["name"], row["kind"], row["said"], row["ratio"]) for row in rows] == [
        ("Capacity", "more", "0 → 16, signal", None),
        ("Change deployment", "none", "7 → 5", pytest.approx(5 / 7)),
        ("Unknown", "none", "1 → 0", 0.0),
    ]
    assert rows[0]["to"] == 16
    assert rows[2]["at"] == rows[2]["from"] == 1 / 16


def test_a_cell_tells_what_would_be_without_association(growing: Published) -> None:
    """The heat map has a cell where service and cause met, unknown last, with interval and expectation."""
    figure = charts.causes_by_service(metrics.causes_by_service(growing, Filters()), Look(LIGHT))
    rows = rows_drawn(figure.spec)
    assert [(row["service"], row["cause"], row["n"], row["expected"], row["is_unknown"]) for row in rows] == [
        ("db", "Capacity", 16, "8.8", False),
        ("web", "Change deployment", 12, "5.0", False),
        ("not stated", "Unknown", 1, "0.0", True),
    ]
    scale = layers(figure.spec)[0]["encoding"]["y"]["scale"]["domain"]
    assert scale == ["db", "web", "not stated"]
    assert {"Incidents (90 % interval)", "If causes struck all services alike"} <= tooltips(figure.spec)


def test_rates_are_drawn_with_their_intervals(growing: Published) -> None:
    """The rate drawn towards the mean with its interval, and the one counted beside it."""
    figure = charts.services_by_rate(metrics.services_by_rate(growing, Filters()), Look(LIGHT))
    assert drawn_between(figure.spec) == {("low", "high")}
    rows = next(rows for rows in figure.spec["datasets"].values() if len(rows) > 1) if figure.spec else []
    assert [(row["name"], row["counted"]) for row in rows] == [
        ("db", "n = 16"),
        ("web", "n = 12"),
        ("not stated", "n = 1"),
    ]
    assert rows[0]["rate"] < rows[0]["own"]
    assert rows[2]["own"] < rows[2]["rate"]


def test_the_mix_compares_only_what_has_a_counterpart(growing: Published) -> None:
    """Beside a published share the own one with its interval, elsewhere words; unknown in grey."""
    figure = charts.published_mix(metrics.published_mix(growing, Filters(), "cause"), Look(LIGHT))
    assert drawn_between(figure.spec) == {("low", "high")}
    rows = rows_drawn(figure.spec)
    assert [(row["name"], row["label"].replace("\u00a0", " ")) for row in rows] == [
        ("Software", "no own category"),
        ("Development process", "no own category"),
        ("Complex system behaviour", "no own category"),
        ("Deployment planning", ""),  # too little is comparable
        ("Network", "no own category"),
        ("Not comparable", ""),
        ("Unknown", "3 % of all"),
    ]
    assert [row["own"] for row in rows[3:]] == [pytest.approx(12 / 28), None, pytest.approx(16 / 28), None]
    assert figure.badge.replace("\u00a0", " ") == (
        "n = 28 incidents of which the category is known (97 % coverage)"
    )


@pytest.mark.parametrize(
    ("metric", "chart"),
    [
        ("recurring_causes", "causes_by_impact"),
        ("recurring_causes", "causes_by_number"),
        ("recurring_causes", "causes_over_time"),
        ("causes_by_service", "causes_by_service"),
        ("impact_shares", "impact_by_cause"),
        ("impact_shares", "impact_by_service"),
    ],
)
def test_nothing_is_drawn_of_nothing(growing: Published, metric: str, chart: str) -> None:
    """Without incidents a chart is a sentence."""
    frame = getattr(metrics, metric)(growing, Filters(teams=("nobody",)))
    figure = getattr(charts, chart)(frame, Look(LIGHT))
    assert (figure.spec, figure.alt[-1]) == (None, ".")
