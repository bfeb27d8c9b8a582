"""Did the fix work: which moment counts as the closing, whatever the reader chose, and both directions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from tests.published_rows import AS_OF, action_item, incident, publish_rows

FIRST = datetime(2024, 1, 1)
SERVICES = 80
Spell = tuple[str, datetime, datetime | None]


def day(number: float) -> datetime:
    """So many days after the first record."""
    return FIRST + timedelta(days=number)


def spells_of(draw: Random) -> list[Spell]:
    """A life: open, then decided, taken up again or not known for a while, in whole days, hence with ties."""
    at = draw.randrange(0, 500)
    spells: list[Spell] = []
    outcome = "open"
    for _ in range(draw.randrange(1, 5)):
        until = at + draw.randrange(1, 120)
        spells.append((outcome, day(at), day(until)))
        at = until
        outcome = draw.choice([each for each in ("open", "done", "done", "declined") if each != outcome])
    return [*spells, (outcome, day(at), None)]


@pytest.fixture(scope="module")
def lives() -> dict[str, list[list[Spell]]]:
    """The prevention items of each service: one to four."""
    draw = Random(6)
    return {f"s{n}": [spells_of(draw) for _ in range(draw.randrange(1, 5))] for n in range(SERVICES)}


@pytest.fixture(scope="module")
def build(
    lives: dict[str, list[list[Spell]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    """Incidents of one cause in each service, of two teams in turn, every 40 days."""
    folder = tmp_path_factory.mktemp("lives")
    incidents: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    states: list[dict[str, Any]] = []
    for service, histories in lives.items():
        for place in range(20):
            incidents.append(
                incident(
                    f"{service}-{place:02d}",
                    day(40 * place),
                    60,
                    service=service,
                    cause_category="defect",
                    team=("Red", "Blue")[place % 2],
                )
            )
        for number, spells in enumerate(histories):
            name, (last, decided_at, _) = f"{service}-{number}", spells[-1]
            items.append(
                action_item(
                    name,
                    f"{service}-{number:02d}",
                    kind="prevent",
                    promised_at=spells[0][1],
                    outcome=last,
                    done_at=decided_at if last == "done" else None,
                    declined_at=decided_at if last == "declined" else None,
                )
            )
            states += [
                {
                    "action_item_id": name,
                    "spell_number": place,
                    "outcome": outcome,
                    "from_at": since,
                    "until_at": until,
                    "is_last": until is None,
                }
                for place, (outcome, since, until) in enumerate(spells, 1)
            ]
    rows = {"incidents": incidents, "action_items": items, "action_item_states": states}
    publish_rows(folder, "f1", rows)
    opened = open_published(folder)
    yield opened
    opened.close()


def closing(histories: list[list[Spell]]) -> datetime | None:
    """The first day on which none of the items is open and one was done, day by day."""
    for number in range(1100):
        now = day(number)
        is_open = any(
            outcome not in ("done", "declined") and since <= now and (until is None or until > now)
            for spells in histories
            for outcome, since, until in spells
        )
        was_done = any(o == "done" and since <= now for spells in histories for o, since, _ in spells)
        if was_done and not is_open:
            return now
    return None


def earliest(histories: list[list[Spell]]) -> datetime:
    """When the first of them was promised."""
    return min(spells[0][1] for spells in histories)


PERIODS = (
    (None, None),
    (date(2025, 3, 1), None),
    (date(2024, 6, 1), date(2025, 5, 31)),
    (None, date(2024, 12, 31)),
)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("more", [{}, {"teams": ("Red",)}, {"severities": (0,)}])
def test_the_closing_is_that_of_all_promises_whatever_is_chosen(
    build: Published,
    lives: dict[str, list[list[Spell]]],
    period: tuple[date | None, date | None],
    more: dict[str, Any],
) -> None:
    """Against a count day by day; only the incidents and days that count are those of the choice."""
    filters = Filters(*period, **more)
    frame = metrics.fix_effect(build, filters)
    start = max(FIRST, datetime.combine(period[0], datetime.min.time())) if period[0] else FIRST
    end = (
        min(AS_OF, datetime.combine(period[1] + timedelta(days=1), datetime.min.time()))
        if period[1]
        else AS_OF
    )
    expected = []
    for service, histories in sorted(lives.items()):
        if not any(outcome == "done" for spells in histories for outcome, _, _ in spells):
            continue
        closed = closing(histories)
        closed = closed if closed is not None and closed <= end else None
        first = f"{service}-{[spells[0][1] for spells in histories].index(earliest(histories)):02d}"
        counted = [
            day(40 * place)
            for place in range(20)
            if start <= day(40 * place) < end
            and (not more.get("teams") or place % 2 == 0)
            and f"{service}-{place:02d}" != first
        ]
        since = None if closed is None else max(closed, start)
        expected.append(
            (
                service,
                closed,
                0 if closed is None else sum(at < closed for at in counted),
                0 if closed is None else sum(at >= closed for at in counted),
                None if since is None else pytest.approx((since - start) / timedelta(days=1)),
                None if since is None else pytest.approx((end - since) / timedelta(days=1)),
                closed is not None and closed <= start,
            )
        )
    assert len(expected) > SERVICES / 2
    found = frame.sort("service").with_columns(is_older=pl.col("verdict").fill_null("") == "closed earlier")
    columns = "service closed_at before_count after_count before_days after_days is_older"
    assert found.select(columns.split()).rows() == expected
    assert found["closed_at"].is_null().equals(found["is_still_open"])
    assert set(found.filter("is_still_open")["verdict"]) <= {None}


def test_a_rise_after_a_fix_is_asked_for_and_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two before and eight after are too few before for any fall, and still a signal: of a rise."""
    folder = tmp_path_factory.mktemp("rise")
    days = (0, 10, 300, *range(720, 760, 5))
    rows = {
        "incidents": [
            incident(f"x{n}", day(at), 60, service="mail", cause_category="defect")
            for n, at in enumerate(days)
        ],
        "action_items": [
            action_item("fix", "x0", kind="prevent", outcome="done", promised_at=day(1), done_at=day(700))
        ],
    }
    publish_rows(folder, "r1", rows)
    build = open_published(folder)
    frame = metrics.fix_effect(build, Filters())
    earlier = metrics.fix_effect(build, Filters(period_from=day(715).date()))
    build.close()
    row = frame.row(0, named=True)
    assert (row["before_count"], row["after_count"], row["verdict"]) == (2, 8, "signal")
    assert row["ratio_low"] > 1
    assert row["p_value"] < 0.001
    assert say.fix_title(frame) == "After the one fix done incidents became more (signal)"
    columns = "n before_count after_count before_days verdict ratio p_value"
    assert earlier.select(columns.split()).rows() == [(8, 0, 8, 0.0, "closed earlier", None, None)]
    assert say.fix_title(earlier) == "The one fix done came before these days"


FIXES = {
    "fewer": ("signal", 0.2, True),
    "more": ("signal", 5.0, True),
    "none before": ("signal", None, True),
    "early": ("too early to say", 0.0, True),
    "few": ("too few before", 0.0, True),
    "older": ("closed earlier", None, True),
    "neither": ("not distinguishable", 1.1, True),
    "no fix": ("not distinguishable", 1.1, False),
    "open": (None, None, True),
}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("", "No fix is done that could be judged"),
        ("open", "No fix is done that could be judged"),
        ("fewer open", "After the one fix done incidents became fewer (signal)"),
        ("fewer fewer", "After both fixes done incidents became fewer (signal)"),
        ("more", "After the one fix done incidents became more (signal)"),
        ("none before", "After the one fix done incidents became more (signal)"),
        ("early", "For the one fix done it is too early to say whether incidents became fewer"),
        ("early early early", "For all 3 fixes done it is too early to say whether incidents became fewer"),
        ("few", "Before the one fix done so few incidents came that no fall can ever show"),
        ("few few", "Before both fixes done so few incidents came that no fall can ever show"),
        ("older older", "Both fixes done came before these days"),
        ("neither", "After the one fix done no change in incidents is distinguishable"),
        (
            "no fix",
            "After the one fix done no change in incidents is distinguishable; for 1 nothing says that what "
            "was done is a fix",
        ),
        (
            "fewer more early few older neither neither",
            "After 1 of 7 fixes incidents became fewer (signal); after 1 they became more (signal); for 1 it "
            "is too early to say; before 1 so few came that no fall can ever show; 1 came before these days; "
            "2 not distinguishable from no change",
        ),
        (
            "few neither",
            "Of neither fix is it shown that incidents became fewer; before 1 so few came that no fall "
            "can ever show; 1 not distinguishable from no change",
        ),
    ],
)
def test_what_is_said_of_fixes(names: str, expected: str) -> None:
    """None, the one, both, all and some of them."""
    chosen = [FIXES[name] for name in ([names] if names in FIXES else names.split())]
    frame = pl.DataFrame(
        [(verdict is None, verdict, ratio, known) for verdict, ratio, known in chosen],
        schema={
            "is_still_open": pl.Boolean,
            "verdict": pl.String,
            "ratio": pl.Float64,
            "is_prevention_known": pl.Boolean,
        },
        orient="row",
    )
    assert say.fix_title(frame) == expected
