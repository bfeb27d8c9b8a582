"""Whether a change or a difference is real: planted ones are found, and none where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from pipeline.metrics.statistics import compare_shares
from tests.published_rows import action_item, incident, publish_rows

FIRST, SECOND = Filters(date(2024, 1, 1), date(2024, 12, 31)), Filters(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Two years: then three times the incidents, each a quarter as long; team C takes ten times as long."""
    folder = tmp_path_factory.mktemp("planted")
    rows = []
    for month in range(24):
        start = datetime(2024 + month // 12, month % 12 + 1, 1)
        for place in range(2 if month < 12 else 6):
            team = "ABC"[place % 3] if month >= 12 else "AB"[place]
            minutes = (100.0 + 7 * month + 3 * place) / (1 if month < 12 else 4) * (10 if team == "C" else 1)
            cause = "capacity" if team == "C" else "network"
            more = {
                "team": team,
                "service": f"svc-{team}",
                "cause_category": cause,
            }
            rows.append(incident(f"{month}-{place}", start + timedelta(days=4 * place + 1), minutes, **more))
    publish_rows(folder, "p1", {"incidents": rows})
    build = open_published(folder)
    yield build
    build.close()


def test_a_planted_change_is_a_signal_and_none_is_not(planted: Published) -> None:
    """More incidents, and resolved faster; a year against itself is not distinguishable."""
    counts = metrics.compare(planted, FIRST, SECOND, "incidents")
    assert (counts.n_before, counts.n_after, counts.verdict) == (24, 72, "signal")
    assert counts.ratio == pytest.approx(3.0, rel=0.01)
    team = {"teams": ("A", "B")}
    before, after = (Filters(each.period_from, each.period_to, **team) for each in (FIRST, SECOND))  # type: ignore[arg-type]
    times = metrics.compare(planted, before, after)
    assert (times.n_before, times.n_after, times.verdict) == (24, 48, "signal")
    assert times.ratio is not None
    assert times.high is not None
    assert 0.25 < times.ratio < times.high < 0.6
    same = metrics.compare(planted, FIRST, FIRST)
    assert (same.ratio, same.verdict) == (1.0, "not distinguishable")
    assert same.smallest_ratio is not None
    assert same.smallest_ratio > 1


def test_groups_may_be_compared_as_periods_are(planted: Published) -> None:
    """Two teams of one period: filters say which."""
    a, c = (Filters(SECOND.period_from, SECOND.period_to, teams=(name,)) for name in "AC")
    found = metrics.compare(planted, a, c)
    assert (found.n_before, found.n_after, found.verdict) == (24, 24, "signal")


@pytest.mark.parametrize("measure", ["customer_impact", "written_in_time", "reviewed_in_time", "acknowledge"])
def test_what_nobody_states_cannot_be_compared(planted: Published, measure: metrics.Compared) -> None:
    """No ratio, no interval, and no signal."""
    found = metrics.compare(planted, FIRST, SECOND, measure)
    assert (found.ratio, found.low, found.high, found.verdict) == (None, None, None, "not distinguishable")


def test_every_group_against_the_rest(planted: Published) -> None:
    """Corrected for three comparisons; the slow team stands out, and its n is beside it."""
    frame = metrics.compare_groups(planted, SECOND, "team")
    assert frame.select("group_name", "n", "n_others", "coverage", "compared", "verdict").rows() == [
        ("A", 24, 48, 1.0, 3, "signal"),
        ("B", 24, 48, 1.0, 3, "signal"),
        ("C", 24, 48, 1.0, 3, "signal"),
    ]
    assert [ratio > 1 for ratio in frame["ratio"]] == [False, False, True]
    counts = metrics.compare_groups(planted, SECOND, "team", "incidents")
    assert counts.select("n", "ratio", "verdict").rows() == [(24, 1.0, "not distinguishable")] * 3
    assert say.groups_in_words(counts, "incidents") == (
        "Number of incidents: no group is distinguishable from the others (corrected for 3 comparisons)."
    )
    assert say.groups_in_words(frame).startswith("Time to resolve: a signal for A (")
    nothing = metrics.compare_groups(planted, SECOND, "team", "detect")
    assert nothing["compared"].to_list() == [0, 0, 0]
    assert say.groups_in_words(nothing, "detect") == (
        "Time to detect: too few to compare any group with the others."
    )
    with pytest.raises(ValueError, match="written_in_time is a share: ask compare_group_shares"):
        metrics.compare_groups(planted, SECOND, "team", "written_in_time")


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Team C keeps 2 of 20 dates and declines one of these, A and B keep 16 of 20 each; of the postmortems
    those of C are late. What is open before its date, and what nobody knows, is in no share.
    """
    folder = tmp_path_factory.mktemp("agreed")
    made, committed = datetime(2025, 3, 1), date(2025, 4, 1)
    items, incidents = [], []
    for team, kept in (("A", 16), ("B", 16), ("C", 2)):
        for n in range(20):
            is_kept = n < kept
            outcome = "declined" if team == "C" and n == 1 else "done" if is_kept else "open"
            decided = {"done": {"done_at": made}, "declined": {"declined_at": made}}.get(outcome, {})
            items.append(
                action_item(f"{team}{n}", None, team=team, promised_at=made, committed_on=committed)
                | {"outcome": outcome, "is_on_time": is_kept or None, "is_overdue": outcome == "open"}
                | {"priority": "High" if n % 2 else "low"}
                | decided
            )
        items.append(
            action_item(f"{team} early", None, team=team, promised_at=made, committed_on=date(2030, 1, 1))
        )
        for n in range(10):
            ended = made + timedelta(days=n, hours=1)
            incidents.append(
                incident(f"{team}{n}", made + timedelta(days=n), 60, team=team, has_postmortem=True)
                | {"ended_at": ended, "written_within_days": 5 if n else None}
                | {"postmortem_at": ended + timedelta(days=9 if team == "C" else 2)}
            )
    publish_rows(folder, "s1", {"incidents": incidents, "action_items": items})
    build = open_published(folder)
    yield build
    build.close()


def test_shares_of_every_group_against_the_rest(agreed: Published) -> None:
    """A bad team makes no other look good; what could not be told stands beside it; declining is no doing."""
    frame = metrics.compare_group_shares(agreed, Filters())
    columns = "group_name n hit_count share n_others share_others left_out_count compared verdict"
    assert frame.select(columns.split()).rows() == [
        ("A", 20, 16, 0.8, 20, 0.8, 1, 3, "not distinguishable"),
        ("B", 20, 16, 0.8, 20, 0.8, 1, 3, "not distinguishable"),
        ("C", 20, 2, 0.1, 40, 0.8, 1, 3, "signal"),
    ]
    assert all(
        low < share < high for low, share, high in frame.select("share_low", "share", "share_high").rows()
    )
    assert frame["coverage"].to_list() == pytest.approx([20 / 21] * 3)
    assert frame["ratio"].to_list() == pytest.approx([1, 1, 0.125])
    done = metrics.compare_group_shares(agreed, Filters(), "team", "done_in_time")
    assert done.select("n", "hit_count").rows() == [(20, 16), (20, 16), (20, 1)]
    written = metrics.compare_group_shares(agreed, Filters(), "team", "written_in_time")
    assert written.select("group_name", "n", "hit_count", "left_out_count", "verdict").rows() == [
        ("A", 9, 9, 1, "not distinguishable"),
        ("B", 9, 9, 1, "not distinguishable"),
        ("C", 9, 0, 1, "signal"),
    ]
    assert (
        say.groups_in_words(frame, "on_time")
        .replace("\u00a0", " ")
        .endswith("C (10 % of 20, the others 80 % of 40), corrected for 3 comparisons.")
    )
    priorities = metrics.compare_group_shares(agreed, Filters(), "priority")
    assert priorities.select("group_name", "n", "verdict").rows() == [
        ("High", 30, "not distinguishable"),
        ("low", 30, "not distinguishable"),
        ("not stated", 0, "not distinguishable"),
    ]
    with pytest.raises(ValueError, match="on_time is grouped by all, team, priority, kind, severity, not by"):
        metrics.compare_group_shares(agreed, Filters(), "cause")
    with pytest.raises(ValueError, match="resolve is no share: ask compare_groups"):
        metrics.compare_group_shares(agreed, Filters(), "team", "resolve")  # type: ignore[arg-type]


def test_items_of_one_incident_tell_less(tmp_path: Path) -> None:
    """Where they end alike, and never of one incident alone; each item of no incident is its own."""
    made, committed = datetime(2025, 3, 1), date(2025, 4, 1)

    def item(team: str, incident_id: str | None, n: int, is_kept: bool) -> dict[str, Any]:
        decided = (
            {"outcome": "done", "is_on_time": True, "done_at": made} if is_kept else {"is_overdue": True}
        )
        dates = {"promised_at": made, "committed_on": committed}
        return action_item(f"{team}{incident_id}{n}", incident_id, team=team, **dates, **decided)

    groups = {
        "A": [item("A", f"a{n % 4}", n, n % 4 > 0) for n in range(16)],
        "B": [item("B", f"b{n % 4}", n, False) for n in range(14)] + [item("B", None, 20, False)],
        "C": [item("C", "c0", n, False) for n in range(9)],
    }
    incidents = [incident(name, made, 60) for name in ("a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3", "c0")]
    rows = {"incidents": incidents, "action_items": [each for items in groups.values() for each in items]}
    publish_rows(tmp_path, "c1", rows)
    build = open_published(tmp_path)
    frame = metrics.compare_group_shares(build, Filters())
    columns = ("group_name", "n", "cluster_count", "hit_count", "spread", "compared", "verdict")
    assert frame.select(columns).rows() == [
        ("A", 16, 4, 12, [4, 64, 48, 48], 2, "not distinguishable"),
        ("B", 15, 5, 0, [5, 51, 0, 0], 2, "not distinguishable"),
        ("C", 9, 1, 0, [1, 81, 0, 0], 2, "not distinguishable"),
    ]
    # As many items that have nothing to do with each other would be a signal.
    assert compare_shares(0, 24, 12, 16).verdict == "signal"
    alone = metrics.compare(build, Filters(teams=("A",)), Filters(teams=("C",)), "on_time")
    assert (alone.n_before, alone.n_after, alone.ratio, alone.verdict) == (16, 9, None, "not distinguishable")
    assert frame["p_value"].null_count() == 1
    build.close()


def test_shares_of_two_groups_or_periods(agreed: Published) -> None:
    """The ratio of the two shares; what came due in another period is another share."""
    one, other = Filters(teams=("A",)), Filters(teams=("C",))
    for measure, after, ratio in (
        ("on_time", 2, 0.125),
        ("done_in_time", 1, 0.0625),
        ("written_in_time", 0, 0.0),
    ):
        found = metrics.compare(agreed, one, other, measure)  # type: ignore[arg-type]
        assert found.verdict == "signal"
        assert found.ratio == pytest.approx(ratio), after
        assert found.smallest_ratio is not None
    change = metrics.compare(agreed, one, other, "on_time")
    assert say.compared_in_words(change, "on_time").startswith(
        "Action items decided in time (n = 20 and 20): "
    )
    april = Filters(date(2025, 4, 1), date(2025, 4, 30))
    assert (metrics.compare(agreed, april, april, "on_time").n_before) == 60
    assert metrics.compare(agreed, april, FIRST, "on_time").ratio is None
    assert metrics.compare(agreed, april, april, "done_in_time").n_before == 0


def test_the_month_in_which_the_rate_changed(planted: Published) -> None:
    """The planted month is found, no other; between changes all months have one level."""
    frame = metrics.monthly_rate_changes(planted, Filters(FIRST.period_from, SECOND.period_to))
    changed = frame.filter(frame["is_change"])
    assert changed["period_start"].to_list() == [datetime(2025, 1, 1)]
    assert changed["ratio"][0] == pytest.approx(3.0, rel=0.01)
    assert frame["level_rate"].n_unique() == 2
    assert frame["n"].to_list() == [2] * 12 + [6] * 12
    assert say.rate_changes_in_words(frame).startswith(
        "A signal in the monthly number of incidents: from 1 Jan 2025 200\u00a0% more a month"
    )
    quiet = metrics.monthly_rate_changes(planted, FIRST)
    assert not any(quiet["is_change"])
    assert quiet["ratio"].null_count() == len(quiet) == 12
    assert say.rate_changes_in_words(quiet) == (
        "No change in the monthly number of incidents can be told from chance (24 incidents in 12 months)."
    )


def test_a_comparison_in_words(planted: Published) -> None:
    """A signal with its interval; else that it is none, and what would have shown."""
    assert say.compared_in_words(
        metrics.compare(planted, FIRST, SECOND, "incidents"), "incidents"
    ).startswith("Number of incidents (n = 24 and 72): 200\u00a0% more (95 % interval: ")
    assert say.compared_in_words(metrics.compare(planted, FIRST, FIRST)).startswith(
        "Time to resolve (n = 24 and 24): not distinguishable; only "
    )


def test_causes_by_number_impact_and_trend(planted: Published) -> None:
    """Shares, Pareto's sums and a corrected trend; what came only in the second half is a signal."""
    frame = metrics.recurring_causes(planted, Filters(FIRST.period_from, SECOND.period_to))
    columns = ("category", "incident_count", "incident_share", "first_half_count", "second_half_count")
    assert frame.select(columns).rows() == [("capacity", 24, 0.25, 0, 24), ("network", 72, 0.75, 24, 48)]
    assert frame.select("cumulative_incident_share", "compared", "verdict").rows() == [
        (1.0, 2, "signal"),
        (0.75, 2, "signal"),
    ]
    assert frame["cumulative_impact_share"].to_list() == pytest.approx([frame["impact_share"][0], 1.0])
    assert all(
        row[0] < row[1] < row[2] for row in frame.select("share_low", "incident_share", "share_high").rows()
    )
    shares = frame.select("impact_share_low", "impact_share", "impact_share_high").rows()
    assert all(low < share < high for low, share, high in shares)
    assert say.recurring_in_words(frame).startswith(
        "Network struck most often: 72 of 96 incidents (90 % interval "
    )
    triggers = metrics.recurring_causes(planted, FIRST, "trigger")
    assert triggers.select("category", "is_unknown", "incident_count").rows() == [("unknown", True, 24)]
    assert say.recurring_in_words(triggers, "trigger") == "Of all 24 incidents no trigger is known."


def test_causes_meet_services(planted: Published) -> None:
    """Each pair that occurs, beside what would be if causes struck all services alike."""
    frame = metrics.causes_by_service(planted, SECOND)
    columns = ("service", "cause_category", "n", "expected_count", "service_count", "cause_count", "coverage")
    assert frame.select(columns).rows() == [
        ("svc-A", "network", 24, 16.0, 24, 48, 1.0),
        ("svc-B", "network", 24, 16.0, 24, 48, 1.0),
        ("svc-C", "capacity", 24, 8.0, 24, 24, 1.0),
    ]
    assert (frame["low"][0], frame["high"][0]) == pytest.approx((16.549, 33.752), abs=1e-3)
    assert say.cells_in_words(frame.head(1)) == (
        "Network in svc-A came most often: 24 of 24 incidents, 16.0 if causes struck all services alike; "
        "both are known of 100\u00a0%."
    )


def test_no_pair_comes_most_often_where_others_come_as_often(planted: Published) -> None:
    """Two pairs as frequent are both named, more are counted."""
    frame = metrics.causes_by_service(planted, SECOND)
    assert say.cells_in_words(frame.head(2)) == (
        "Network in svc-A and network in svc-B came most often: 24 each of 48 incidents, 16.0 and 16.0 if "
        "causes struck all services alike; both are known of 100\u00a0%."
    )
    assert say.cells_in_words(frame) == (
        "3 pairs of cause and service came most often: 24 each of 72 incidents; both are known of 100\u00a0%."
    )


def test_few_incidents_draw_a_rate_towards_the_whole(published: Published) -> None:
    """Each service's rate lies between its own and that of all."""
    frame = metrics.services_by_rate(published, Filters())
    assert frame.select("service", "n", "planned_count", "undated_count").rows() == [
        ("checkout", 4, 0, 0),
        ("indexer", 3, 1, 0),
    ]
    own = frame["own_rate_per_30_days"].to_list()
    drawn = frame["rate_per_30_days"].to_list()
    assert own[1] < drawn[1] < drawn[0]
    assert all(
        low < rate < high for low, rate, high in frame.select("low", "rate_per_30_days", "high").rows()
    )
    assert " as observed (n = 4), " in say.rates_in_words(frame)
    assert say.rates_in_words(frame).endswith("not distinguishable from the next.")
    tied = frame.vstack(frame.head(1).with_columns(service=frame["service"].head(1) + "-2"))
    assert say.rates_in_words(tied).startswith("2 services have most incidents: checkout, checkout-2: ")


def test_the_own_mix_beside_the_published_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Categories the taxonomy sets beside published ones are compared; the others and unknown stand apart."""
    folder = tmp_path_factory.mktemp("mix")
    triggers = ["rollout"] * 2 + ["release"] * 28 + ["odd"] * 5 + [None] * 15
    rows = [
        incident(f"x{n}", datetime(2025, 1, 1) + timedelta(days=n), 60, trigger_category=trigger)
        for n, trigger in enumerate(triggers)
    ]
    categories = [
        {"kind": "trigger", "category": "rollout", "published_as": "binary push"},
        {"kind": "trigger", "category": "release", "published_as": "binary push"},
        {"kind": "trigger", "category": "odd"},
    ]
    publish_rows(folder, "x1", {"incidents": rows, "categories": categories})
    build = open_published(folder)
    frame = metrics.published_mix(build, Filters())
    shown = frame.filter(frame["own_count"] > 0)
    columns = (
        "kind",
        "published_name",
        "published_share",
        "own_categories",
        "own_count",
        "n",
        "unknown_share",
    )
    assert shown.select(columns).rows() == [
        ("trigger", "binary push", 0.37, ["release", "rollout"], 30, 35, pytest.approx(0.3)),
        ("trigger", "not comparable", None, ["odd"], 5, 35, pytest.approx(0.3)),
        ("trigger", "unknown", None, [], 15, 35, pytest.approx(0.3)),
        ("cause", "unknown", None, [], 50, 0, 1.0),
    ]
    assert shown["own_share"].to_list() == [pytest.approx(30 / 35), pytest.approx(5 / 35), None, None]
    assert shown["verdict"].to_list() == ["signal", None, None, None]
    assert frame.group_by("kind").len().sort("kind").rows() == [("cause", 7), ("trigger", 10)]
    beside = frame.filter((frame["kind"] == "trigger") & frame["own_share"].is_not_null())
    assert beside["published_name"].to_list() == ["binary push", "not comparable"]
    assert frame.filter(frame["is_comparable"])["published_name"].to_list() == ["binary push"]
    assert metrics.published_mix(build, Filters(), "cause").equals(frame.filter(frame["kind"] == "cause"))
    assert say.mix_title(frame).replace("\u00a0", " ") == "Binary push: 86 % here, 37 % published (signal)"
    assert say.mix_title(frame, "cause").startswith("Of no incident the cause is known")
    assert say.mix_in_words(frame).startswith(
        "Of 35 incidents with a known trigger: a signal for binary push 86"
    )
    assert say.mix_in_words(frame, "cause") == (
        "Of no incident the cause is known, so none can be set beside the published ones."
    )
    build.close()


def test_one_incident_is_no_other_mix_than_the_published_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """One incident of a rare category is no signal, its interval reaches the published share; three are."""
    categories = [
        {"kind": "cause", "category": name, "published_as": name} for name in ("network", "software")
    ]
    shown = []
    for count in (1, 3):
        folder = tmp_path_factory.mktemp("one")
        rows = [
            incident(f"x{n}", datetime(2025, 1, 1 + n), 60, cause_category="network") for n in range(count)
        ]
        publish_rows(folder, "x1", {"incidents": rows, "categories": categories})
        build = open_published(folder)
        frame = metrics.published_mix(build, Filters(), "cause")
        build.close()
        columns = ("published_name", "own_low", "own_high", "p_value", "compared", "verdict")
        shown += [(count, *row) for row in frame.filter(frame["is_comparable"]).select(columns).rows()]
        said = say.mix_title(frame, "cause").replace("\u00a0", " ")
        assert said == (
            "No share of the causes can be told from the published one"
            if count == 1
            else "Network: 100 % here, 3 % published (signal)"
        )
    # Twice the smaller binomial tail, corrected for 2; each end of 3 intervals leaves out 1 in 60.
    assert shown == [
        (1, "software", 0.0, pytest.approx(59 / 60), 1.0, 2, "not distinguishable"),
        (1, "network", pytest.approx(1 / 60), 1.0, pytest.approx(2 * 2 * 0.03), 2, "not distinguishable"),
        (
            3,
            "software",
            0.0,
            pytest.approx(1 - (1 / 60) ** (1 / 3)),
            pytest.approx(2 * 0.59**3),
            2,
            "not distinguishable",
        ),
        (3, "network", pytest.approx((1 / 60) ** (1 / 3)), 1.0, pytest.approx(2 * 2 * 0.03**3), 2, "signal"),
    ]
