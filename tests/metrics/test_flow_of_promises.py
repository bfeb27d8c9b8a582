"""The flow of promises: what comes and goes makes what is open, whatever became of an item in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise, product
from random import Random
from typing import Any

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from tests.published_rows import action_item, incident, publish_rows

FIRST = datetime(2024, 1, 1)
OUTCOMES = ("open", "done", "declined", "unknown")


def lives() -> list[tuple[str, ...]]:
    """Every life of up to four spells, no two alike after each other."""
    found = [life for n in range(1, 5) for life in product(OUTCOMES, repeat=n)]
    return [life for life in found if all(a != b for a, b in pairwise(life))]


def rows_of_lives(chosen: list[tuple[tuple[str, ...], list[int]]]) -> dict[str, list[dict[str, Any]]]:
    """A build of one incident and of items that lived so, each spell from its day on."""
    items, states = [], []
    for number, (life, days) in enumerate(chosen):
        at = [FIRST + timedelta(days=day) for day in days]
        name = f"x{number}"
        decided = life[-1] if life[-1] in ("done", "declined") else None
        items.append(
            action_item(name, "i", promised_at=at[0], outcome=life[-1])
            | ({f"{decided}_at": at[-1]} if decided else {})
        )
        for place, outcome in enumerate(life):
            is_last = place + 1 == len(life)
            states.append(
                {
                    "action_item_id": name,
                    "spell_number": place + 1,
                    "outcome": outcome,
                    "from_at": at[place],
                    "until_at": None if is_last else at[place + 1],
                    "is_last": is_last,
                }
            )
    return {"incidents": [incident("i", FIRST, 60)], "action_items": items, "action_item_states": states}


@pytest.fixture(scope="module")
def every_life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Each life three times, on days drawn at random, among them some spells that end as they begin."""
    draw = Random(10)
    folder = tmp_path_factory.mktemp("every")
    chosen = [(life, sorted(draw.choices(range(400), k=len(life)))) for life in lives() for _ in range(3)]
    publish_rows(folder, "l1", rows_of_lives(chosen))
    build = open_published(folder)
    yield build
    build.close()


@pytest.mark.parametrize("grain", ["week", "month", "quarter", "span"])
def test_what_comes_and_goes_makes_what_is_open(every_life: Published, grain: metrics.Grain) -> None:
    """Open at the end is open before, and promised and taken up again, without done, declined and lost."""
    open_before = 0
    for row in metrics.action_items_by_period(every_life, Filters(), grain).iter_rows(named=True):
        came = row["promised_count"] + row["reopened_count"]
        went = row["done_count"] + row["declined_count"] + row["lost_count"]
        assert row["open_count"] == open_before + came - went, row["period_start"]
        open_before = row["open_count"]
    alive = [life for life in lives() if set(life) != {"unknown"}]
    assert open_before == 3 * sum(life[-1] == "open" for life in alive)


@pytest.mark.parametrize(
    ("life", "promised", "done", "declined", "reopened", "lost", "still_open", "said"),
    [
        ("open", 1, 0, 0, 0, 0, 1, "1 promised, none done or declined"),
        ("open done", 1, 1, 0, 0, 0, 0, "1 promised, 1 done or declined"),
        ("done", 1, 1, 0, 0, 0, 0, "1 promised, 1 done or declined"),
        ("open done declined", 1, 1, 0, 0, 0, 0, "1 promised, 1 done or declined"),
        ("open declined done", 1, 0, 1, 0, 0, 0, "1 promised, 1 done or declined"),
        ("open done open", 1, 1, 0, 1, 0, 1, "1 promised, 1 done or declined, 1 taken up again"),
        ("open unknown", 1, 0, 0, 0, 1, 0, "1 promised, none done or declined, 1 no longer shown"),
        ("open unknown done", 1, 0, 0, 0, 1, 0, "1 promised, none done or declined, 1 no longer shown"),
        (
            "open unknown open",
            1, 0, 0, 1, 1, 1,
            "1 promised, none done or declined, 1 taken up again, 1 no longer shown",
        ),
        ("open done unknown declined", 1, 1, 0, 0, 0, 0, "1 promised, 1 done or declined"),
        ("unknown done", 1, 1, 0, 0, 0, 0, "1 promised, 1 done or declined"),
        ("unknown open", 1, 0, 0, 0, 0, 1, "1 promised, none done or declined"),
        ("unknown", 0, 0, 0, 0, 0, 0, "Nothing was promised or decided in this period"),
    ],
)  # fmt: skip
def test_each_decision_counts_once(
    life: str, promised: int, done: int, declined: int, reopened: int, lost: int, still_open: int, said: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    """Decided is what was open until then; another word for a decision is no second one."""
    spells = tuple(life.split())
    folder = tmp_path_factory.mktemp("one")
    publish_rows(folder, "o1", rows_of_lives([(spells, [20 * n for n in range(len(spells))])]))
    build = open_published(folder)
    frame = metrics.action_items_by_period(build, Filters(), "span")
    build.close()
    columns = "promised_count done_count declined_count reopened_count lost_count open_count"
    assert frame.select(columns.split()).rows() == [(promised, done, declined, reopened, lost, still_open)]
    assert say.flow_title(frame) == said


def test_the_title_adds_the_periods_up() -> None:
    """Over all periods; what did not happen is not told."""
    counts = {"promised_count": [3, 4], "done_count": [1, 2], "declined_count": [0, 1]}
    frame = pl.DataFrame(counts | {"reopened_count": [0, 0], "lost_count": [0, 0], "open_count": [2, 3]})
    assert say.flow_title(frame) == "7 promised, 4 done or declined"
    assert say.flow_title(frame.head(0)) == "Nothing was promised or decided in this period"
    assert say.open_title(frame) == "3 open at the end, 2 at the end of the first period shown"
    assert say.open_title(frame.head(1)) == "2 open at the end"
    assert say.open_title(frame.head(0)) == "No action item was open"
