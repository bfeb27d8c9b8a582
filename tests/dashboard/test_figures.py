"""How a figure is computed: behind its door, and on a page of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, words


def test_a_closed_door_costs_nothing(open_page: Open, small_build: Path) -> None:
    """Rows, files and SQL are made for the reader who asks, not for every one who looks at the page."""
    page = open_page(small_build)
    assert [len(page.dataframe), len(page.code), len(page.get("download_button"))] == [0, 0, 0]


def test_behind_the_door(open_page: Open, small_build: Path) -> None:
    """The meaning, the rows, the SQL, the files, and the address of the same figure in the same days."""
    page = open_page(small_build, team="Payments")
    page.session_state["explain-incidents_by_period"] = True
    page.run()
    assert page.dataframe[0].value.columns[:3].to_list() == ["period_start", "period_end", "observed_days"]
    assert page.code[0].value == (
        "SELECT * FROM metrics.incidents_by_period(\n"
        "    first_day := DATE '2024-03-01',\n"
        "    last_day := DATE '2026-02-28',\n"
        "    only_teams := ['Payments'],\n"
        "    for_each := 'quarter'\n"
        ")"
    )
    assert page.code[1].value.startswith("-- How many incidents")
    assert [button.proto.label for button in page.get("download_button")] == ["CSV", "Parquet"]
    address = (
        "figure?team=Payments&amp;period=Dates&amp;dates=2024-03-01&amp;dates=2026-02-28"
        "&amp;metric=incidents_by_period&amp;options=%7B%22grain%22%3A+%22quarter%22%7D"
    )
    assert address in markup(page)
    first_door = "incidents?team=Payments&amp;period=Dates&amp;dates=2024-03-01&amp;dates=2024-05-31"
    assert f'<li><a href="{first_door}" target="_self">1 Mar 2024</a></li>' in markup(page)
    assert "Where the chart leads: 8 lists" in words(page)


@pytest.mark.parametrize(
    ("address", "said", "count"),
    [
        ({"metric": "impact_shares"}, "Impact shares 3 rows, 1 Mar 2025 – 28 Feb 2026.", 3),
        (
            {"metric": "action_items_matching", "options": '{"which": "late"}'},
            "Action items matching 1 row,",
            1,
        ),
        ({"metric": "action_items_matching", "options": "no JSON"}, "Action items matching", 7),
        (
            {"metric": "priorities", "options": '{"effectiveness": 1, "measure": null}'},
            "Priorities 2 rows,",
            2,
        ),
    ],
)
def test_a_figure_has_an_address(
    open_page: Open, small_build: Path, address: dict[str, str], said: str, count: int
) -> None:
    """It opens the figure with its options for the choices in it; broken options are none."""
    page = open_page(small_build, "figure", **address)
    assert said in words(page)
    assert len(page.dataframe[0].value) == count


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({}, "There is no figure called “”."),
        ({"metric": "<script>"}, "There is no figure called “<script>”."),
        ({"metric": "open_published"}, "There is no figure called “open_published”."),
        (
            {"metric": "impact_shares", "options": '{"published": 1}'},
            "The address asks for what this figure does not have.",
        ),
        *(
            ({"metric": name, "options": options}, "The address asks for what this figure does not have.")
            for name, options in (
                ("impact_shares", '{"filters": {}}'),
                ("impact_shares", '{"grain": "month"}'),
                ("incidents_by_period", '{"grain": "day"}'),
                ("incidents_by_period", '{"grain": ["month"]}'),
                ("incidents_by_period", '{"grain": null}'),
                ("incidents_matching", '{"search_text": ["a", "b"]}'),
                ("incidents_matching", '{"search_text": "\\ud800"}'),
                ("findings_matching", '{"rule": ["no_end"]}'),
                ("priorities", '{"months": 100000}'),
                ("priorities", '{"months": -100000}'),
                ("priorities", '{"months": "12"}'),
                ("priorities", '{"months": true}'),
                ("priorities", '{"effectiveness": 2}'),
                ("priorities", '{"effectiveness": NaN}'),
                ("priorities", '{"horizon_days": {}}'),
            )
        ),
    ],
)
def test_an_address_of_no_figure(
    open_page: Open, small_build: Path, address: dict[str, str], said: str
) -> None:
    """It is told in a sentence, and nothing but a figure can be asked for."""
    assert said in words(open_page(small_build, "figure", **address))
