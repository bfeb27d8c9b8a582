"""What is kept for a choice changes no figure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.metrics import Filters, Published, kept, metric_definition, metric_names, open_published
from pipeline.metrics.definitions import rows_of_metric

CHOICES = (
    Filters(),
    Filters(date(2026, 1, 1), date(2026, 3, 31)),
    Filters(date(2026, 2, 1), None, teams=("Payments", ""), severities=(1, 2)),
    Filters(None, date(2026, 3, 1), services=("checkout",)),
    Filters(causes=("software-defect", "")),
    Filters(sources=("handbook",)),
)


def whole(published: Published, name: str, filters: Filters) -> pl.DataFrame:
    """What the whole query says, which keeps nothing."""
    parameters = filters.parameters("month", "", "all")
    return published.query(metric_definition(name).runnable_sql, parameters)


@pytest.mark.parametrize("name", metric_names())
def test_kept_rows_are_those_of_the_whole_query(published: Published, name: str) -> None:
    """Every metric says of tables that are kept what it says where nothing is."""
    for filters in CHOICES:
        assert_frame_equal(rows_of_metric(published, name, filters, "month"), whole(published, name, filters))


@pytest.mark.parametrize("room", ["MOST", "ROWS"])
def test_what_is_kept_gives_way_and_comes_back(
    published_folder: Path, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    """With room for no other choice and no other span each is made anew, and says the same."""
    monkeypatch.setattr(kept, room, 1)
    monkeypatch.setattr(kept, "FRAMES", 0)
    monkeypatch.setattr(kept, "SPANS", 1)
    build = open_published(published_folder)
    for filters in (*CHOICES, *CHOICES):
        for grain in ("month", "week"):
            found = rows_of_metric(build, "incidents_by_period", filters, grain)
            wanted = build.query(
                metric_definition("incidents_by_period").runnable_sql, filters.parameters(grain)
            )
            assert_frame_equal(found, wanted)
    build.close()


def test_threads_share_what_is_kept(published_folder: Path) -> None:
    """Readers of several choices at once, of a build just opened, see what each would see alone."""
    build = open_published(published_folder)
    asked = [
        (name, filters) for filters in CHOICES for name in ("times_by_group", "action_items_by_team")
    ] * 3
    with ThreadPoolExecutor(8) as readers:
        found = list(readers.map(lambda each: rows_of_metric(build, each[0], each[1], "month"), asked))
    for (name, filters), frame in zip(asked, found, strict=True):
        assert_frame_equal(frame, whole(build, name, filters))
    build.close()
