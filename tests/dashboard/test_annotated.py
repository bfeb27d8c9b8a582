"""What else happened, marked in charts over time: where, with which words, and where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from dashboard import charts
from dashboard.charts import Annotation, Figure, Look
from dashboard.charts.annotated import CAPTION, MOST_CHARACTERS
from dashboard.exports import as_csv
from dashboard.theme import DARK, LIGHT
from pipeline import metrics
from pipeline.metrics import Filters, Grain, Published, open_published
from tests.dashboard.conftest import Open, Serve
from tests.published_rows import company, publish_rows

YEAR = Filters(date(2025, 3, 1), date(2026, 2, 28))
POLICY = Annotation(date(2025, 4, 16), date(2025, 4, 16), "New on-call policy", None, "policy")
FREEZE = Annotation(date(2025, 12, 1), date(2026, 1, 14), "Change\nfreeze", "checkout")
BEFORE = Annotation(date(2025, 2, 28), date(2025, 2, 28), "Too early")
AFTER = Annotation(date(2026, 3, 1), date(2026, 3, 9), "Too late")
ALL = (BEFORE, POLICY, FREEZE, AFTER)


@pytest.fixture(scope="module")
def published(small_build: Path) -> Iterator[Published]:
    """The small company's build, open."""
    build = open_published(small_build)
    yield build
    build.close()


def look(*annotations: Annotation, grain: Grain = "quarter") -> Look:
    """A look at these annotations."""
    return Look(LIGHT, grain, None, annotations)


def over_time(published: Published) -> dict[str, tuple[Callable[[pl.DataFrame, Look], Figure], pl.DataFrame]]:
    """Every chart with an axis of periods, and what it draws."""
    flow = metrics.action_items_by_period(published, YEAR, "quarter")
    return {
        "incidents": (charts.incidents_by_period, metrics.incidents_by_period(published, YEAR, "quarter")),
        "times": (charts.times_by_group, metrics.times_by_group(published, YEAR, "resolve", "quarter")),
        "quiet": (
            charts.time_between_incidents,
            metrics.time_between_incidents(published, YEAR, "quarter"),
        ),
        "flow": (charts.action_items_by_period, flow),
        "open": (charts.open_action_items_by_period, flow),
    }


def rows_of_layer(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The rows that the layer of this mark draws among the annotations."""
    for layer in spec["layer"]:
        if layer["mark"]["type"] == kind and "expr" in str(layer["encoding"]["x"]):
            return list(spec["datasets"][layer["data"]["name"]])
    raise AssertionError(kind)


def flags(figure: Figure) -> list[dict[str, Any]]:
    """The rows behind the flags."""
    assert figure.spec is not None
    return rows_of_layer(figure.spec, "point")


@pytest.mark.parametrize("name", ["incidents", "times", "quiet", "flow", "open"])
def test_what_happened_is_marked_where_it_happened(published: Published, name: str) -> None:
    """A rule in its part of its quarter, a band for a span; the caption claims no cause; all is named."""
    draw, frame = over_time(published)[name]
    bare, figure = draw(frame, look()), draw(frame, look(*ALL))
    assert figure.spec is not None
    assert flags(figure) == [
        {
            "at": 0.125,  # half of the first of four quarters
            "label": "New on-call policy",
            "align": "left",
            "needs": pytest.approx(312, abs=15),
            "what": "New on-call policy (policy)",
            "days": "16 Apr 2025",
            "whose": "everything",
        },
        {
            "at": 0.75,
            "label": "Change freeze",
            "align": "right",
            "needs": pytest.approx(117, abs=25),
            "what": "Change freeze",
            "days": "1 Dec 2025 – 14 Jan 2026",
            "whose": "checkout",
        },
    ]
    (band,) = rows_of_layer(figure.spec, "rect")
    assert (band["at"], band["until"], band["what"]) == (0.75, 0.875, "Change freeze")
    assert figure.caption == bare.caption + CAPTION
    assert figure.badge == bare.badge
    assert figure.alt == bare.alt + (
        "; marked: 2025-04-16 New on-call policy; 2025-12-01 to 2026-01-14 Change freeze"
    )


@pytest.mark.parametrize("name", ["incidents", "times", "quiet", "flow", "open"])
def test_nothing_is_drawn_or_said_where_nothing_happened(published: Published, name: str) -> None:
    """Without annotations in the drawn periods a chart is what it was."""
    draw, frame = over_time(published)[name]
    bare = draw(frame, look())
    assert draw(frame, look(BEFORE, AFTER)) == bare
    assert "marked" not in bare.alt
    assert CAPTION not in bare.caption


def test_repeats_are_marked_on_their_axis_of_days(published: Published) -> None:
    """Between the first and the last moment drawn of the chains, an annotation lies where its day does."""
    rows = {
        "chain_id": ["c"] * 2,
        "incident_id": ["a", "b"],
        "title": ["A", "B"],
        "service": ["checkout"] * 2,
        "cause_category": ["dns"] * 2,
        "occurred_at": [datetime(2025, 3, 1), datetime(2025, 3, 11)],
        "impact_minutes": [5.0, 6.0],
        "is_confirmed": [None, False],
        "is_while_open": [None, True],
        "open_from": [datetime(2025, 3, 2), None],
        "open_until": [datetime(2025, 3, 21), None],
        "open_prevention_item_count": [1, None],
    }
    marked = Annotation(date(2025, 3, 6), date(2025, 3, 6), "DNS moved")
    figure = charts.incidents_in_chains(pl.DataFrame(rows), look(marked, POLICY))
    assert [(row["at"], row["label"]) for row in flags(figure)] == [(0.25, "DNS moved")]
    assert figure.alt.endswith("; marked: 2025-03-06 DNS moved")
    assert CAPTION in figure.caption


def test_what_begins_on_one_day_is_told_together(published: Published) -> None:
    """Two of one place share a flag; a span that began earlier begins at the edge; long words are cut."""
    draw, frame = over_time(published)["incidents"]
    long = Annotation(date(2025, 4, 16), date(2025, 4, 17), "A release of " + "x" * 50, "mail", "release")
    early = Annotation(date(2025, 1, 1), date(2025, 3, 9), "Freeze")
    first, second = flags(draw(frame, look(early, POLICY, long)))
    assert (first["at"], first["label"]) == (0.0, "Freeze")
    assert second["label"] == "New on-call policy, A release…"
    assert len(second["label"]) == MOST_CHARACTERS
    assert second["what"] == f"New on-call policy (policy); {long.label} (release)"
    assert second["days"] == "16 Apr 2025; 16 Apr 2025 – 17 Apr 2025"
    assert second["whose"] == "everything; mail"


def shown_at(width: float, rows: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """From where to where the labels lie that a plot of this width shows, at 4.7 pixels a character."""
    spans = []
    for row in rows:
        if width >= row["needs"]:
            at, long = row["at"] * width, 4.7 * len(row["label"])
            spans.append((at + 7, at + 7 + long) if row["align"] == "left" else (at - 7 - long, at - 7))
    return sorted(spans)


@given(
    st.lists(
        st.tuples(
            st.dates(date(2025, 2, 1), date(2026, 3, 10)), st.text(st.characters(codec="ascii"), max_size=40)
        ),
        max_size=12,
    ),
    st.integers(200, 1600),
)
def test_labels_overlap_neither_each_other_nor_the_edge_nor_a_flag(
    happened: list[tuple[date, str]], width: int
) -> None:
    """However wide the plot is, the labels drawn have room; the others are left to the tooltip."""
    frame = pl.DataFrame(
        [
            {
                "period_start": datetime(2025, month, 1),
                "period_end": datetime(2025, month + 1, 1),
                "observed_days": 30.0,
                "is_partial": False,
                "n": 3,
                "low": 1.0,
                "high": 6.0,
                "planned_count": 0,
            }
            for month in range(3, 12)
        ]
    )
    marked = [Annotation(day, day, label) for day, label in sorted(happened)]
    figure = charts.incidents_by_period(frame, look(*marked, grain="month"))
    if CAPTION not in figure.caption:
        return
    rows = flags(figure)
    spans = shown_at(width, rows)
    assert all(low >= 0 and high <= width for low, high in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    for row in rows:
        at = row["at"] * width
        assert not [span for span in spans if span[0] < at + 5 and at - 5 < span[1]]


def test_many_flags_leave_a_wide_label_out_of_a_narrow_plot(published: Published) -> None:
    """The latest is named first: of two that meet the earlier one waits for more room."""
    draw, frame = over_time(published)["incidents"]
    near = Annotation(date(2025, 5, 1), date(2025, 5, 1), "Near it")
    first, second = flags(draw(frame, look(POLICY, near)))
    assert first["needs"] > 800
    assert second["needs"] < 200


def test_marks_are_of_the_muted_colour(published: Published) -> None:
    """What is beside the point has the colour of what is beside the point, in both modes."""
    draw, frame = over_time(published)["incidents"]
    for palette in (LIGHT, DARK):
        figure = draw(frame, Look(palette, "quarter", None, (POLICY, FREEZE)))
        assert figure.spec is not None
        colours = {
            layer["mark"].get("color")
            for layer in figure.spec["layer"]
            if "expr" in str(layer["encoding"]["x"])
        }
        assert colours == {palette.muted}


@pytest.fixture(scope="module")
def marked_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company, with a policy of all, what is of two services, and words that mean harm."""
    policy, query, freeze = date(2025, 9, 20), date(2025, 4, 1), date(2026, 2, 20)
    of_search = {"service": "indexer", "team": "Search"}
    of_payments = {"service": "Checkout", "team": "Payments"}
    happened = [
        {"starts_on": policy, "ends_on": policy, "label": "On-call policy"},
        {"starts_on": freeze, "ends_on": date(2026, 3, 1), "label": "<b>{{1+1}}</b>", **of_payments},
        {"starts_on": query, "ends_on": query, "label": '=HYPERLINK("x")', **of_search},
    ]
    rows = [{"line": line, "kind": None, **each} for line, each in enumerate(happened, start=2)]
    folder = tmp_path_factory.mktemp("marked")
    publish_rows(folder, "m1", company() | {"annotations": rows})
    return folder


def told_marks(page: Any) -> list[str]:
    """What each chart of a page says is marked in it, to those who do not see it."""
    return [
        str(each.proto.alt).partition("; marked: ")[2]
        for each in page.get("vega_lite_chart")
        if "; marked: " in each.proto.alt
    ]


def test_a_reader_finds_what_else_happened_in_each_chart_over_time(
    open_page: Open, marked_build: Path, small_build: Path
) -> None:
    """On each page with such charts; what is of a service only where the filters let it through."""
    policy, freeze = "2025-09-20 On-call policy", "2026-02-20 to 2026-03-01 <b>{{1+1}}</b>"
    query = '2025-04-01 =HYPERLINK("x")'
    assert told_marks(open_page(marked_build)) == [f"{query}; {policy}; {freeze}"] * 2
    assert told_marks(open_page(marked_build, "reliability")) == [f"{query}; {policy}; {freeze}"] * 4
    assert told_marks(open_page(marked_build, "follow_through")) == [f"{query}; {policy}; {freeze}"] * 2
    chosen = open_page(marked_build, "reliability", service="checkout")
    assert set(told_marks(chosen)) == {f"{policy}; {freeze}"}
    chosen = open_page(marked_build, "reliability", team="Search")
    assert set(told_marks(chosen)) == {f"{query}; {policy}"}
    days = ["2025-10-01", "2025-11-30"]
    chosen = open_page(marked_build, "reliability", period="Dates", dates=days)
    assert policy in told_marks(chosen)[0]  # in the months compared with
    assert freeze not in "".join(told_marks(chosen))
    assert told_marks(open_page(small_build, "reliability")) == []


def test_a_label_like_a_formula_is_harmless_as_a_file(marked_build: Path) -> None:
    """What is taken away as CSV is the label behind an apostrophe; as a table it stays as it was written."""
    build = open_published(marked_build)
    frame = metrics.annotations(build, YEAR)
    build.close()
    assert frame["label"].to_list()[0] == '=HYPERLINK("x")'
    first = as_csv(frame).decode("utf-8-sig").splitlines()[1]
    assert first == """4,2025-04-01,2025-04-01,"'=HYPERLINK(""x"")",indexer,Search,"""


def test_the_labels_are_drawn_where_there_is_room(
    serve: Serve, marked_build: Path, page: tuple[Page, list[str]]
) -> None:
    """In a real browser: words are words, a wide plot shows more of them than a narrow one, none overlap."""
    browser, _ = page
    shown = {}
    for width in (1440, 420):
        browser.set_viewport_size({"width": width, "height": 1000})
        browser.goto(f"{serve(marked_build)}/reliability")
        card = browser.locator(".st-key-card-incidents_by_period")
        card.get_by_text("marks what happened then; not that it is the cause.").wait_for()
        card.locator("svg path[aria-label*='What happened']").first.wait_for()
        labels = card.locator("svg text[aria-label*='What happened']")
        shown[width] = [text for text in labels.all_text_contents() if text]
        boxes = [box for label in labels.all() if label.text_content() and (box := label.bounding_box())]
        spans = sorted((box["x"], box["x"] + box["width"]) for box in boxes)
        assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert sorted(shown[1440]) == ["<b>{{1+1}}</b>", '=HYPERLINK("x")', "On-call policy"]
    assert shown[420] == ['=HYPERLINK("x")']
