"""The means that an organisation published of its own incidents come out of the metrics."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from pipeline import flow, metrics
from pipeline.metrics import Filters, Measure, Published, open_published
from pipeline.settings import load_settings

pytestmark = pytest.mark.corpora

#: What the organisation calls them, and which duration each is by its own definition.
MEASURES: dict[str, Measure] = {"Mean Time to Repair": "mitigate", "Mean Time to Resolve": "resolve"}


@pytest.fixture(scope="module")
def stated(corpora: Path) -> list[dict[str, str]]:
    """The quarterly means that say something, and the documents that each is of."""
    with (corpora / "golden" / "moj_quarters.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["agrees"]]


@pytest.fixture(scope="module")
def quarters(
    corpora: Path, stated: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Published:
    """Those documents, published by the whole pipeline: one source for each quarter as they were grouped."""
    folder = tmp_path_factory.mktemp("stated")
    documents = {row["quarter"]: row["docs"].split() for row in stated}
    lines = []
    for quarter, names in documents.items():
        include = ", ".join(f'"{name}.html.md.erb"' for name in names)
        place = corpora / "moj-cloud-platform"
        lines += ["[[sources]]", f'name = "{quarter}"', f'path = "{place}"', f"include = [{include}]"]
        lines += ['time_zone = "Europe/London"']
    path = folder / "postmortems.toml"
    path.write_text("\n".join([*lines, "[merge]", "by = []"]), encoding="utf-8")
    settings = load_settings(path)
    flow.run(settings, as_of=datetime(2022, 1, 1))
    return open_published(settings.published_path)


def test_quarterly_means_of_stated_durations(stated: list[dict[str, str]], quarters: Published) -> None:
    """To the minute, wherever the published mean is that of the published durations; cut, as they cut it."""
    agreeing = [row for row in stated if row["agrees"] == "yes"]
    found = {}
    for row in agreeing:
        filters = Filters(sources=(row["quarter"],))
        mean = metrics.times_by_group(quarters, filters, MEASURES[row["field"]], basis="stated")
        found[row["quarter"], row["field"]] = mean.select("n", "mean_minutes").row(0)
    assert len(found) == len(agreeing) > 8
    assert {key: (n, int(mean)) for key, (n, mean) in found.items()} == {
        (row["quarter"], row["field"]): (int(row["n_with_stated"]), int(row["stated_min"]))
        for row in agreeing
    }


def test_a_published_mean_that_is_no_mean_of_theirs_stays_apart(
    stated: list[dict[str, str]], quarters: Published
) -> None:
    """Where they published another mean than their durations have, the metric gives that of the durations."""
    for row in [row for row in stated if row["agrees"] == "no"]:
        filters = Filters(sources=(row["quarter"],))
        mean = metrics.times_by_group(quarters, filters, MEASURES[row["field"]], basis="stated")
        assert mean["mean_minutes"][0] == pytest.approx(float(row["mean_of_stated_min"]), abs=0.06)
        assert mean["mean_minutes"][0] != pytest.approx(float(row["stated_min"]), abs=1)
