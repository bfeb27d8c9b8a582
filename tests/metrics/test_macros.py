"""The query that the page shows for a metric runs in any client, and gives the same rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, call_of, metric_definition, metric_names
from pipeline.metrics.macros import define_macros, macro_call

CHOSEN = Filters(
    date(2025, 3, 1), date(2026, 2, 28), teams=("Web", "O'Hara"), severities=(1, 2), services=("shop",)
)


@pytest.fixture(scope="module")
def client(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A plain connection to a published file of another name than the one its macros were made in."""
    folder = tmp_path_factory.mktemp("client")
    shutil.copyfile(published.path, folder / "made.duckdb")
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{folder / 'made.duckdb'}' AS build")
        define_macros(con, "build")
        assert con.execute("SELECT current_database()").fetchall() == [("memory",)]
    (folder / "made.duckdb").rename(folder / "current.duckdb")
    with duckdb.connect(str(folder / "current.duckdb"), read_only=True) as con:
        yield con


@pytest.mark.parametrize("filters", [Filters(), CHOSEN], ids=["all", "chosen"])
@pytest.mark.parametrize("name", metric_names())
def test_every_metric_is_a_macro(client: Any, published: Published, name: str, filters: Filters) -> None:
    """The call of a metric gives the rows and columns of its SQL for the same choices."""
    parameters = filters.parameters("month", "web", "team")
    own = published.query(metric_definition(name).runnable_sql, parameters)
    called = client.sql(macro_call(name, parameters)).pl()
    assert called.schema == own.schema
    key = metric_definition(name).key.split(", ")
    keys = [column for column in key if column in own.columns]
    assert called.sort(keys).rows() == own.sort(keys).rows()


def test_call_says_what_was_chosen() -> None:
    """Only what was chosen stands in a call, the last day as the day that was chosen."""
    assert macro_call("incidents_by_period", CHOSEN.parameters("month")) == (
        "SELECT * FROM metrics.incidents_by_period(\n"
        "    first_day := DATE '2025-03-01',\n"
        "    last_day := DATE '2026-02-28',\n"
        "    only_teams := ['Web', 'O''Hara'],\n"
        "    only_services := ['shop'],\n"
        "    only_severities := [1, 2],\n"
        "    for_each := 'month'\n"
        ")"
    )
    assert macro_call("fix_effect", Filters().parameters()) == "SELECT * FROM metrics.fix_effect()"


def test_call_of_a_function_holds_its_options(client: Any, published: Published) -> None:
    """The call of a metric's function is what the function asked, with its own names for the choices."""
    asked = call_of(metrics.time_to_done, published, Filters(), group_by="team")
    assert asked == "SELECT * FROM metrics.time_to_done(\n    grouped_by := 'team'\n)"
    called = client.sql(asked).pl()["group_name"].to_list()
    assert called == metrics.time_to_done(published, Filters(), group_by="team")["group_name"].to_list()
    assert call_of(metrics.impact_shares, published, Filters(), kind="service") == (
        "SELECT * FROM metrics.impact_shares(\n    grouped_by := 'service'\n)"
    )
