"""The charts: what they draw, and what they say beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from subprocess import run
from typing import Any

import altair as alt
import polars as pl
import pytest

from dashboard import charts
from dashboard.charts import Look
from dashboard.charts.sharing import ENCODINGS
from dashboard.theme import DARK, LIGHT, Palette
from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published

YEAR = Filters(date(2025, 3, 1), date(2026, 2, 28))


@pytest.fixture(scope="module")
def published(small_build: Path) -> Iterator[Published]:
    """The small company's build, open."""
    build = open_published(small_build)
    yield build
    build.close()


def layers(spec: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The chart's layers."""
    assert spec is not None
    return list(spec["layer"])


def rows_drawn(spec: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The rows of the chart's first layer."""
    assert spec is not None
    name = (spec.get("data") or spec["layer"][0]["data"])["name"]
    return list(spec["datasets"][name])


def drawn_between(spec: dict[str, Any] | None) -> set[tuple[str, str]]:
    """The pairs of fields between which rules are drawn: the intervals."""
    pairs = set()
    for layer in layers(spec):
        encoding = layer["encoding"]
        for axis in ("x", "y"):
            if layer["mark"]["type"] == "rule" and f"{axis}2" in encoding:
                pairs.add((encoding[axis]["field"], encoding[f"{axis}2"]["field"]))
    return pairs


def tooltips(spec: dict[str, Any] | None) -> set[str]:
    """The titles of all tooltips."""
    assert spec is not None
    parts = spec.get("layer", [spec])
    return {tip["title"] for part in parts for tip in part["encoding"].get("tooltip", [])}


def test_counts_are_drawn_with_their_intervals(published: Published) -> None:
    """Every bar has its Poisson interval; the badge tells n and what was left out."""
    figure = charts.incidents_by_period(
        metrics.incidents_by_period(published, YEAR), Look(LIGHT, "quarter", date(2025, 9, 1))
    )
    assert drawn_between(figure.spec) == {("low", "high")}
    assert tooltips(figure.spec) == {"Period", "Incidents (90 % interval)", "Days"}
    assert figure.badge == "6 incidents; left out: 1 planned"
    assert "Mar–May ’25: 2 (0–6)" in figure.alt
    rows = rows_drawn(figure.spec)
    assert [(row["period"], row["n"], row["is_selected"]) for row in rows] == [
        ("Mar–May ’25", 2, False),
        ("Jun–Aug ’25", 1, False),
        ("Sep–Nov ’25", 1, True),
        ("Dec–Feb ’26", 2, True),
    ]


def test_durations_are_drawn_with_their_intervals(published: Published) -> None:
    """Median and p90 each have their interval; n, coverage and mean are in the tooltip."""
    figure = charts.times_by_group(
        metrics.times_by_group(published, YEAR, "resolve", "quarter"), Look(LIGHT, "quarter")
    )
    assert drawn_between(figure.spec) == {("median_low", "median_high"), ("p90_low", "p90_high")}
    assert {"n", "Coverage", "Mean", "Median (90 % interval)", "p90 (90 % interval)"} <= tooltips(figure.spec)
    assert figure.badge == (
        "n = 4 of 6 incidents (67\u00a0% coverage); left out: 1 planned, 1 unresolved, 1 without usable times"
    )


def test_teams_are_drawn_with_their_intervals(published: Published) -> None:
    """Each team's share has its exact interval and n, in the order of the alphabet."""
    figure = charts.action_items_by_team(metrics.action_items_by_team(published, YEAR), Look(LIGHT))
    assert drawn_between(figure.spec) == {("low", "high")}
    told = figure.alt.replace("\u00a0", " ")
    assert (
        "Payments 33 % (0–100 %), 1 of 3, too few to judge; Search 100 % (0–100 %), 1 of 1, too few to judge"
    ) in told
    assert figure.badge == (
        "4 action items due; left out: 1 without a committed date, 1 of unknown outcome, "
        "1 decided at an unknown time"
    )


def test_unknown_is_a_category_of_its_own(published: Published) -> None:
    """The unknown cause is drawn, in the colour of nothing known."""
    figure = charts.impact_by_cause(metrics.impact_shares(published, YEAR), Look(LIGHT))
    bars = layers(figure.spec)[0]
    assert [(row["name"], row["is_unknown"]) for row in rows_drawn(figure.spec)] == [
        ("Capacity", False),
        ("Configuration", False),
        ("Unknown", True),
    ]
    assert bars["encoding"]["color"]["condition"]["value"] == LIGHT.faint


def test_coverage_is_drawn_within_the_whole(published: Published) -> None:
    """Each figure's share lies in a track of all its incidents; what is missing is in the tooltip."""
    figure = charts.coverage_by_figure(metrics.coverage_by_figure(published, YEAR), Look(LIGHT))
    track, used, _ = layers(figure.spec)
    assert (track["encoding"]["x"]["field"], used["encoding"]["x"]["field"]) == ("all", "share")
    assert used["encoding"]["color"]["condition"]["value"] == LIGHT.bad
    rows = rows_drawn(figure.spec)
    assert [(row["figure"], row["label"], row["is_weak"], row["missing"]) for row in rows] == [
        ("Number of incidents", "6 of 6", False, "nothing"),
        ("Time to resolve", "4 of 6", False, "no end 2"),
        ("Time to detect", "0 of 6", True, "no detection 1, no finding says why 5"),
        ("Counts by severity", "4 of 6", False, "no severity 1, no finding says why 1"),
        ("Impact by cause", "3 of 6", False, "no finding says why 3"),
        ("Impact by service", "6 of 6", False, "nothing"),
        ("Counts by team", "6 of 6", False, "nothing"),
        ("Follow-through", "2 of 3", False, "no finding says why 1"),
    ]
    assert tooltips(figure.spec) == {"Figure", "Can use", "Left out because of"}
    assert figure.badge == "6 incidents"
    assert "Red: less than half." in figure.caption
    told = figure.alt.replace("\u00a0", " ")
    assert "Time to resolve 4 of 6 incidents (67 %), left out because of no end 2" in told


def test_completeness_is_drawn_with_its_intervals(published: Published) -> None:
    """Each team's mean has its interval and n, in the order of the alphabet; nobody judges it."""
    figure = charts.completeness_by_team(metrics.completeness_by_team(published, YEAR), Look(LIGHT))
    assert drawn_between(figure.spec) == {("low", "high")}
    told = figure.alt.replace("\u00a0", " ")
    assert told == (
        "Mean completeness, all teams 75 %: Payments 80 % (too few for an interval), n = 3; "
        "Search 60 % (too few for an interval), n = 1"
    )
    assert (figure.badge, "Red" in figure.caption) == ("4 incidents", False)


def test_teams_keep_their_order(published: Published) -> None:
    """A team that has no interval to draw stands where the alphabet puts it all the same."""
    frame = metrics.completeness_by_team(published, YEAR).with_columns(
        mean_low=pl.Series([None, 0.1]), mean_high=pl.Series([None, 0.9])
    )
    spec = charts.completeness_by_team(frame, Look(LIGHT)).spec
    orders = [layer["encoding"]["y"]["scale"]["domain"] for layer in layers(spec) if "y" in layer["encoding"]]
    assert orders == [["Payments", "Search"]] * 3


def test_flow_goes_up_and_down(published: Published) -> None:
    """Promised above the line, decided below, with the count itself in the tooltip."""
    frame = metrics.action_items_by_period(published, YEAR)
    figure = charts.action_items_by_period(frame, Look(LIGHT, "quarter"))
    first = [row for row in rows_drawn(figure.spec) if row["period"] == "Mar–May ’25"]
    assert [(row["what"], row["count"], row["height"]) for row in first] == [
        ("promised", 4, 4),
        ("done", 1, -1),
        ("declined", 0, 0),
    ]
    assert charts.open_action_items_by_period(frame, Look(LIGHT, "quarter")).alt == (
        "end of Mar–May ’25: 3 open; end of Jun–Aug ’25: 2 open; "
        "end of Sep–Nov ’25: 2 open; end of Dec–Feb ’26: 2 open"
    )


@pytest.mark.parametrize(
    "chart",
    [
        charts.incidents_by_period,
        charts.times_by_group,
        charts.action_items_by_team,
        charts.action_items_by_period,
        charts.coverage_by_figure,
        charts.completeness_by_team,
    ],
)
def test_nothing_is_not_drawn(empty_build: Path, chart: Callable[..., charts.Figure]) -> None:
    """Without rows there is no chart but a sentence."""
    build = open_published(empty_build)
    figure = chart(getattr(metrics, chart.__name__)(build, YEAR), Look(DARK))
    build.close()
    assert figure.spec is None
    assert figure.alt.endswith(".")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(colours: Palette) -> None:
    """Every colour of text has at least the contrast that WCAG AA asks for, on what it stands on."""
    pairs = [
        (colours.ink, colours.paper),
        (colours.ink, colours.card),
        (colours.muted, colours.paper),
        (colours.muted, colours.card),
        (colours.accent, colours.card),
        (colours.accent, colours.accent_soft),
        (colours.good, colours.good_soft),
        (colours.bad, colours.bad_soft),
        (colours.notice, colours.notice_soft),
    ]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def test_charts_need_no_streamlit() -> None:
    """Drawing and launching import no Streamlit, so that a report and the command line stay light."""
    code = "import sys, dashboard.charts, dashboard.launch; sys.exit('streamlit' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("chart", ["incidents_by_period", "team_funnel", "impact_by_cause"])
def test_shared_parts_change_no_chart(
    published: Published, monkeypatch: pytest.MonkeyPatch, chart: str
) -> None:
    """A chart whose rows and encodings are shared is the one that Altair draws of copies."""
    annotations = (charts.Annotation(date(2026, 1, 5), date(2026, 1, 9), "Freeze"),)
    look = Look(LIGHT, "month", None, annotations)
    frame = {
        "incidents_by_period": lambda: metrics.incidents_by_period(published, YEAR, "month"),
        "team_funnel": lambda: metrics.team_rates(published, YEAR).filter(measure="on_time"),
        "impact_by_cause": lambda: metrics.impact_shares(published, YEAR),
    }[chart]()
    shared = getattr(charts, chart)(frame, look)
    for kind in (*ENCODINGS, alt.InlineData):
        monkeypatch.delattr(kind, "__deepcopy__")
    for encoding in ENCODINGS:
        monkeypatch.delattr(encoding, "from_dict")
    assert shared == getattr(charts, chart)(frame, look)
