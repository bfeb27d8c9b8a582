"""Chains of repeats, whether fixes made a difference, and where the next week should go: counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from tests.published_rows import AS_OF, action_item, incident, publish_rows

ALL = Filters()
FIRST = datetime(2024, 1, 1)


def _days(*days: int) -> list[datetime]:
    return [FIRST + timedelta(days=day) for day in days]


def repeating_rows() -> dict[str, list[dict[str, Any]]]:
    """Checkout's certificates were fixed after 400 days, search's capacity the day before yesterday; the
    mail queue's fix is open."""
    checkout = {"service": "checkout", "cause_category": "certificate", "team": "Payments"}
    search = {"service": "search", "cause_category": "capacity", "team": "Search"}
    mail = {"service": "mail", "cause_category": "defect", "team": "Mail"}
    incidents = [
        *(incident(f"c{n}", at, 60, **checkout) for n, at in enumerate(_days(*range(0, 390, 30), 600))),
        *(incident(f"s{n}", at, 120, **search) for n, at in enumerate(_days(100, 500, 700))),
        *(
            incident(f"m{n}", at, 600 if n else None, affected_user_count=50, **mail)
            for n, at in enumerate(_days(650, 700, 720))
        ),
        incident("p", FIRST + timedelta(days=10), 60, is_planned=True, **checkout),
        incident("bare", FIRST + timedelta(days=20), 60),
    ]
    done = {"kind": "prevent", "outcome": "done"}
    items = [
        action_item("fix", "c0", promised_at=FIRST, done_at=FIRST + timedelta(days=400), **done),
        action_item(
            "late",
            "s0",
            promised_at=FIRST + timedelta(days=101),
            done_at=AS_OF - timedelta(days=2),
            **done,
        ),
        action_item(
            "open",
            "m0",
            kind="prevent",
            promised_at=FIRST + timedelta(days=651),
            is_overdue=True,
            story_points=5.0,
        ),
        action_item("more", "c13", kind="prevent", promised_at=FIRST + timedelta(days=601)),
        action_item("no cause", "bare", kind="prevent", promised_at=FIRST),
        action_item("nobody's", None, kind="prevent", promised_at=FIRST),
        action_item("detect", "m0", kind="detect", promised_at=FIRST),
    ]
    pairs = [("m1", "m0", 50.0, 1, None), ("m2", "m1", 20.0, 0, True), ("s1", "s0", 400.0, 0, False)]
    return {
        "incidents": incidents,
        "action_items": items,
        "repeats": [
            {
                "incident_id": later,
                "earlier_incident_id": earlier,
                "gap_days": gap,
                "basis": "text",
                "open_prevention_item_count": count,
                "overdue_prevention_item_count": count,
                "is_confirmed": said,
            }
            for later, earlier, gap, count, said in pairs
        ],
        "repeat_chains": [
            {
                "incident_id": f"m{n}",
                "chain_id": "m0",
                "place_in_chain": n + 1,
                "follows_incident_id": f"m{n - 1}" if n else None,
            }
            for n in range(3)
        ],
    }


@pytest.fixture(scope="module")
def repeating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """That build, open."""
    folder: Path = tmp_path_factory.mktemp("repeating")
    publish_rows(folder, "r1", repeating_rows())
    build = open_published(folder)
    yield build
    build.close()


def test_a_chain_tells_what_came_back_and_what_is_open_against_it(repeating: Published) -> None:
    """Impact of the incidents that state one, users, confirmed repeats, and repeats while open."""
    frame = metrics.repeat_chains(repeating, ALL)
    columns = (
        "chain_id incident_count confirmed_count repeat_while_open_count span_days n impact_minutes"
        " affected_user_count cost open_prevention_item_count overdue_prevention_item_count last_incident_id"
    )
    assert frame.select(columns.split()).rows() == [("m0", 3, 1, 1, 70.0, 2, 1200.0, 150, None, 1, 1, "m2")]
    assert (
        say.chains_title(frame)
        == "Defect in mail has come 3 times in 70 days (1 confirmed); 1 fix still open"
    )
    assert metrics.repeat_chains(repeating, Filters(period_from=date(2025, 12, 15))).is_empty()


def test_each_incident_of_a_chain_says_what_it_repeats_and_when_fixes_were_open(
    repeating: Published,
) -> None:
    """The pair it follows, whether a person confirmed it, and the days from promise to decision or now."""
    frame = metrics.incidents_in_chains(repeating, ALL)
    columns = (
        "chain_id place_in_chain incident_id follows_incident_id basis is_confirmed is_while_open"
        " prevention_item_count open_prevention_item_count open_from open_until"
    )
    assert frame.select(columns.split()).rows() == [
        ("m0", 1, "m0", None, None, None, False, 1, 1, FIRST + timedelta(days=651), AS_OF),
        ("m0", 2, "m1", "m0", "text", False, True, 0, 0, None, None),
        ("m0", 3, "m2", "m1", "text", True, False, 0, 0, None, None),
    ]
    assert metrics.incidents_in_chains(repeating, Filters(period_from=date(2025, 12, 15))).is_empty()


def test_items_of_unknown_kind_count_alike_everywhere_and_are_told(
    repeating: Published, tmp_path: Path
) -> None:
    """Where none is known to prevent, chains, fixes and priorities are the same, and say so."""
    rows = repeating_rows()
    for item in rows["action_items"]:
        if item["prevention_basis"]:
            item |= {"kind": None, "prevention_basis": "unknown_kind"}
    publish_rows(tmp_path, "u1", rows)
    unknown = open_published(tmp_path)
    for metric in (
        metrics.repeat_chains,
        metrics.incidents_in_chains,
        metrics.fix_effect,
        metrics.priorities,
    ):
        known, told = metric(repeating, ALL), metric(unknown, ALL)
        assert told.drop("is_prevention_known").equals(known.drop("is_prevention_known"))
        assert set(known["is_prevention_known"].to_list()) <= {True, None}
        assert set(told["is_prevention_known"].to_list()) <= {False, None}
    assert say.chains_title(metrics.repeat_chains(unknown, ALL)).endswith(
        "; 1 promise still open, of a kind not stated"
    )
    assert say.fix_title(metrics.fix_effect(unknown, ALL)).endswith(
        "; for 2 nothing says that what was done is a fix"
    )
    ranked = metrics.priorities(unknown, ALL)
    assert " comes first, with 1 open promise against it (of a kind not stated): a fix would avoid " in (
        say.priorities_title(ranked)
    )
    unknown.close()


def test_repeats_are_told_beside_what_chance_would_bring(repeating: Published) -> None:
    """Checkout's fourteen came month after month; what lies further apart than the days is no repeat."""
    frame = metrics.repeats_by_chance(repeating, ALL)
    assert frame.select("service", "n", "repeat_count", "within_days").rows() == [
        ("mail", 3, 2, 180),
        ("checkout", 14, 12, 180),
        ("search", 3, 0, 180),
    ]
    watched = (AS_OF - FIRST) / timedelta(days=1)
    assert frame["expected_count"].to_list() == pytest.approx(
        [(n - 1) * (1 - (1 - 180 / watched) ** n) for n in (3, 14, 3)]
    )
    assert frame["coverage"].to_list() == pytest.approx([20 / 21] * 3)
    assert say.beside_chance(frame) == (
        "By cause and service alone, 14 incidents came within 180 days of another; by chance, at "
        "random times, about 15 would (13 to 17 in 95 of 100 cases): not distinguishable from chance."
    )
    more = frame.with_columns(repeat_count=frame["repeat_count"] * 2)
    assert say.beside_chance(more).endswith(": more than chance explains.")
    short = metrics.repeats_by_chance(repeating, Filters(date(2025, 10, 1), date(2025, 12, 31)))
    assert say.beside_chance(short) == (
        "By cause and service alone, 2 incidents came within 180 days of another: in records of 92 days "
        "any further one does."
    )
    assert say.beside_chance(frame.head(0)) == ""


def test_chance_is_what_random_times_bring(tmp_path: Path) -> None:
    """Ten thousand times five incidents at random over the days: mean and scatter of their repeats."""
    days = (AS_OF - FIRST) / timedelta(days=1)
    rows = [
        incident(f"r{n}", FIRST + timedelta(days=n), 60, service="mail", cause_category="defect")
        for n in [*range(4), 790]
    ]
    publish_rows(tmp_path, "c1", {"incidents": rows})
    build = open_published(tmp_path)
    row = metrics.repeats_by_chance(build, ALL).row(0, named=True)
    build.close()
    rng = np.random.default_rng(3)
    gaps = np.diff(np.sort(rng.uniform(0, days, (10_000, 5)), axis=1), axis=1)
    came = (gaps <= row["within_days"]).sum(axis=1)
    assert row["expected_count"] == pytest.approx(came.mean(), abs=0.03)
    assert row["expected_deviation"] == pytest.approx(came.std(), abs=0.03)


def test_a_rejected_pair_is_no_repeat_while_open(repeating: Published) -> None:
    """Only what nobody rejected, with what it cost."""
    frame = metrics.repeats_while_open(repeating, ALL)
    assert frame.select("incident_id", "impact_minutes", "affected_user_count", "basis").rows() == [
        ("m1", 600.0, 50, "text")
    ]
    assert (
        say.repeats_cost(frame)
        .replace("\u00a0", " ")
        .startswith("1 incident came back while a fix was still open and hurt for 10 h;")
    )


def test_an_incident_is_shown_with_those_it_resembles_before_and_after_it(repeating: Published) -> None:
    """Both ways, the nearest in time first; what a person rejected comes last and counts for nothing."""
    columns = "other_incident_id", "is_earlier", "gap_days", "is_confirmed", "open_prevention_item_count"

    def similar(incident_id: str) -> pl.DataFrame:
        # The choices of the reader do not hide what an incident resembles.
        return metrics.similar_incidents(repeating, Filters(teams=("nobody",)), incident_id)

    assert similar("m1").select(columns).rows() == [
        ("m2", False, 20.0, True, 0),
        ("m0", True, 50.0, None, 1),
    ]
    assert similar("s0").select(columns).rows() == [("s1", False, 400.0, False, 0)]
    assert similar("").is_empty()
    titles = {name: say.similar_title(similar(name)) for name in ("m0", "m1", "m2", "s0")}
    assert titles == {
        "m0": "1 like it came since, 50 days after, while a fix of this one was still open",
        "m1": "Like 1 earlier incident, 50 days before, of which a fix was still open; "
        "1 like it came since, 20 days after",
        "m2": "Like 1 earlier incident, 20 days before",
        "s0": "Resembles no other incident on record",
    }


def test_of_several_similar_incidents_the_nearest_is_told() -> None:
    """With how many of them had something open, called a fix only where that is known."""
    rows = [
        (True, 0.4, 1, True),
        (True, 90.0, 2, True),
        (True, 120.0, 0, None),
        (False, 30.0, 1, False),
        (False, 31.0, 1, True),
    ]
    frame = pl.DataFrame(
        rows,
        schema=["is_earlier", "gap_days", "open_prevention_item_count", "is_prevention_known"],
        orient="row",
    ).with_columns(is_confirmed=pl.lit(None, pl.Boolean))
    assert say.similar_title(frame) == (
        "Like 3 earlier incidents, the last under a day before, for 2 of 3 a fix was still open; "
        "2 like it came since, the first 30 days after, both while a promise of this one was still open"
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {},
            "Sought: the same cause and service within 180 days, or a text of like words, however long ago.",
        ),
        (
            {"cause_category": "unknown"},
            "Its cause is not known; sought was a text of like words, however long ago.",
        ),
        (
            {"cause_category": None, "service": None},
            "Its cause and its service are not known; sought was a text of like words, however long ago.",
        ),
        ({"is_planned": True}, "Planned work is compared with nothing."),
        ({"occurred_at": None}, "Its day is not known, so it is neither before nor after any other."),
    ],
)
def test_what_was_sought_is_told(facts: dict[str, Any], expected: str) -> None:
    """An incident of which something is not known is not said to have been compared by it."""
    whole = {"cause_category": "defect", "service": "mail", "occurred_at": AS_OF, "is_planned": False}
    assert say.likeness_sought(whole | facts, {"repeat_within_days": 180}) == expected


def test_what_may_be_no_fix_is_told_as_that(repeating: Published) -> None:
    """Where the kind of what was open is not known, the sentence says so."""
    frame = metrics.repeats_while_open(repeating, ALL).with_columns(is_prevention_known=False)
    said = say.repeats_cost(frame).replace("\u00a0", " ")
    assert said.startswith(
        "1 incident came back while a fix was still open (for 1 nothing says that what was open is a fix) and"
    )


def test_a_fix_is_judged_by_the_rates_before_and_after_it(repeating: Published) -> None:
    """Exposure is counted from the first record, the incident that led to the promise is left out; two
    incidents before a fix are too few for any quiet after it to say much, though not for a rise."""
    frame = metrics.fix_effect(repeating, ALL)
    columns = "service n left_out_count before_count after_count is_still_open verdict compared_count"
    assert frame.select(columns.split()).rows() == [
        ("checkout", 14, 1, 12, 1, False, "signal", 2),
        ("search", 3, 1, 2, 0, False, "too few before", 2),
    ]
    checkout = frame.row(0, named=True)
    assert checkout["coverage"] == pytest.approx(20 / 21)
    assert 0 < checkout["smallest_fall"] < 1
    watched = (AS_OF - FIRST) / timedelta(days=1)
    assert (checkout["before_days"], checkout["after_days"]) == pytest.approx((400.0, watched - 400.0))
    assert checkout["ratio"] == pytest.approx((1 / (watched - 400)) / (12 / 400))
    assert checkout["ratio_low"] < checkout["ratio"] < checkout["ratio_high"] < 1
    assert say.fix_title(frame) == (
        "After 1 of 2 fixes incidents became fewer (signal); before 1 so few came that no fall can ever show"
    )
    few = frame.filter(service="search")
    few = few.vstack(few.with_columns(verdict=pl.lit("too early to say")))
    assert say.fix_title(few) == (
        "Of neither fix is it shown that incidents became fewer; for 1 it is too early to say; "
        "before 1 so few came that no fall can ever show"
    )


def test_priorities_are_ranked_by_the_loss_they_avoid(repeating: Published) -> None:
    """The mail queue, which fails often and for long, comes first; what cannot be ranked says why."""
    frame = metrics.priorities(repeating, ALL)
    items = [row for row in frame.rows(named=True) if row["kind"] == "action_item"]
    assert [(row["priority_id"], row["priority_rank"], row["not_rankable_reason"]) for row in items] == [
        ("open", 1, None),
        ("more", 2, None),
        ("no cause", None, "no cause is known"),
        ("nobody's", None, "belongs to no incident"),
    ]
    first = items[0]
    assert (first["measure"], first["n"], first["incident_count"]) == ("minutes", 2, 3)
    assert first["loss_avoided_low"] < first["loss_avoided"] < first["loss_avoided_high"]
    assert first["loss_per_point"] == pytest.approx(first["loss_avoided"] / 5)
    assert (items[1]["loss_per_point"], first["not_rankable_count"]) == (None, 2)
    assert say.priorities_title(frame).endswith(
        "if it avoids 50\u00a0% of the incidents; how long it hurt is known of 83\u00a0% of them"
    )


def test_effectiveness_scales_what_is_avoided_and_moves_no_rank(repeating: Published) -> None:
    """A fix that avoids all avoids twice what one that avoids half does; and the same twice over."""
    half, whole = (metrics.priorities(repeating, ALL, effectiveness=share) for share in (0.5, 1.0))
    assert whole["loss_avoided"].to_list() == pytest.approx(
        [None if value is None else 2 * value for value in half["loss_avoided"].to_list()]
    )
    assert whole["priority_id"].to_list() == half["priority_id"].to_list()
    assert metrics.priorities(repeating, ALL, effectiveness=0.5).equals(half)
    with pytest.raises(ValueError, match="share from 0 to 1"):
        metrics.priorities(repeating, ALL, effectiveness=1.5)


def test_a_ranking_tells_under_which_assumptions_it_would_be_another(repeating: Published) -> None:
    """Minutes and users are known, cost is not: two measures × three spans × three effectivenesses."""
    frame = metrics.ranking_under(repeating, ALL, top=1)
    items = [row for row in frame.rows(named=True) if row["kind"] == "action_item"]
    assert [(row["priority_id"], row["scenario_count"]) for row in items] == [("open", 18), ("more", 18)]
    assert items[0]["best_rank"] == 1
    assert {row["worst_under"].split(", ")[2] for row in items} <= {
        f"a fix avoiding {share} %" for share in (25, 50, 75)
    }
    assert items[0]["top_count"] > items[1]["top_count"]
    assert say.ranking_title(frame, 1) == (
        "None of 3 causes of services that ever come first does so under all 18 sets of assumptions"
    )
