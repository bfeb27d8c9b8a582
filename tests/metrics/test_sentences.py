"""The sentences claim no more than their intervals allow."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Comparison, Filters, Published
from pipeline.metrics import sentences as say
from tests.published_rows import AS_OF

YEAR = Filters(date(2025, 3, 1), date(2026, 2, 28))
NO_SIGNAL = Comparison(40, 44, 0.9, 0.6, 1.3, 1.6)
FEWER = Comparison(80, 40, 0.5, 0.34, 0.73, 1.6)
LONGER = Comparison(80, 90, 1.8, 1.2, 2.6, 1.5)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "not known"),
        (0.4, "0 min"),
        (59.4, "59 min"),
        (59.6, "1 h 00 min"),
        (65, "1 h 05 min"),
        (1500, "25 h"),
        (7632, "5.3 days"),
    ],
)
def test_durations_in_words(minutes: float | None, words: str) -> None:
    """A duration reads in the unit people would use, and does not break over lines."""
    assert say.in_words(minutes) == words.replace("not known", "not\0known").replace(" ", "\u00a0").replace(
        "\0", " "
    )


@pytest.mark.parametrize(
    ("counts", "times", "headline"),
    [
        (NO_SIGNAL, NO_SIGNAL, "No change that can be told from chance."),
        (FEWER, NO_SIGNAL, "Fewer incidents; no distinguishable change in time to resolve."),
        (FEWER, LONGER, "Fewer incidents, slower to resolve."),
        (
            NO_SIGNAL,
            LONGER,
            "Incidents are slower to resolve; their number has not distinguishably changed.",
        ),
        (
            Comparison(0, 0, None, None, None, None),
            Comparison(0, 0, None, None, None, None),
            "No incidents in this period or the one before.",
        ),
    ],
)
def test_headline_needs_a_signal(counts: Comparison, times: Comparison, headline: str) -> None:
    """Better or worse is said of a signal only."""
    assert say.reliability_headline(counts, times) == headline


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.0, 1.0, "0–100 %"),
        (0.004, 0.996, "0–100 %"),
        (0.26, 0.55, "26–55 %"),
        (0.261, 0.549, "26–55 %"),
        (-0.2, 1.3, "0–100 %"),
    ],
)
def test_an_interval_of_shares_is_rounded_outwards(low: float, high: float, shown: str) -> None:
    """What is shown holds at least what the interval holds, of what a share can be."""
    assert say.share_span(low, high) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("basis", "shared", "is_confirmed", "words"),
    [
        (None, None, None, "the first"),
        ("cause_and_service", None, None, "same cause and service; candidate"),
        ("text", list("abcdefg"), False, "like words (a, b, c, d, e, f); candidate"),
        ("reviewed", [], True, "a person said so; confirmed"),
    ],
)
def test_why_an_incident_is_like_an_earlier_one(
    basis: str | None, shared: list[str] | None, is_confirmed: bool | None, words: str
) -> None:
    """By what, six of the words shared at most, and whether a person said so."""
    row = {"basis": basis, "shared_words": shared, "is_confirmed": is_confirmed}
    assert say.likeness_in_words(row) == words


def test_chains_headline() -> None:
    """The first of each chain repeats nothing."""
    members = pl.DataFrame({"chain_id": ["a", "a", "a", "d", "d"]})
    assert say.chains_headline(members) == "3 incidents repeated an earlier one, in 2 chains."
    assert say.chains_headline(members.clear()) == "No incident is known to have come back."


def test_change_in_words() -> None:
    """A signal gives its size and interval; no signal gives what would have shown."""
    plain = say.change_in_words(FEWER, "more", "fewer").replace("\u00a0", " ")
    assert plain == "50 % fewer (95 % interval: 66 % fewer to 27 % fewer)"
    plain = say.change_in_words(NO_SIGNAL, "more", "fewer").replace("\u00a0", " ")
    assert plain == "not distinguishable; only 38 % fewer or 60 % more would show"


def test_sentences_of_the_small_company(published: Published) -> None:
    """Headlines and titles say what the rows say."""
    causes = metrics.impact_shares(published, YEAR)
    teams = metrics.action_items_by_team(published, YEAR)
    flow = metrics.action_items_by_period(published, YEAR)
    said = [
        say.impact_headline(causes),
        say.cause_title(causes),
        say.service_title(metrics.impact_shares(published, YEAR, "service")),
        say.follow_through_headline(teams),
        say.on_time_title(teams),
        say.flow_title(flow),
        say.open_title(flow),
        say.repeats_title(metrics.repeats_while_open(published, YEAR)),
    ]
    assert [sentence.replace("\u00a0", " ") for sentence in said] == [
        "Capacity cost most: 53 % of the impact (90 % interval 1–99 %).",
        "Capacity: 53 % of the impact (90 % interval 1–99 %), in 1 incident",
        "indexer: 53 % of the impact (90 % interval 1–99 %), in 1 incident",
        "50 % of 4 promises that came due were decided in time (90 % interval 9–91 %); 1 promise is overdue.",
        "50 % of 4 action items were decided in time; no team stands out",
        "5 promised, 3 done or declined",
        "2 open at the end, 3 at the end of the first period shown",
        "1 incident came back while the fix was still open (a candidate)",
    ]


def test_sentences_of_nothing(empty: Published) -> None:
    """Emptiness is a sentence, too."""
    nothing = metrics.impact_shares(empty, YEAR)
    teams = metrics.action_items_by_team(empty, YEAR)
    assert [
        say.impact_headline(nothing),
        say.cause_title(nothing),
        say.follow_through_headline(teams),
        say.on_time_title(teams),
        say.repeats_title(metrics.repeats_while_open(empty, YEAR)),
        say.period_in_words(Filters()),
    ] == [
        "No incident in this period states how long it hurt.",
        "No cause is known to have cost anything",
        "No promise is on record.",
        "No action item came due in this period",
        "Nothing is known to have come back while its fix was open",
        "all time",
    ]


def impact(*rows: tuple[str, float]) -> pl.DataFrame:
    """A frame of impact by cause, two incidents each."""
    total = sum(minutes for _, minutes in rows)
    return pl.DataFrame(
        [
            {
                "category": name,
                "is_unknown": name == "unknown",
                "n": 2,
                "impact_minutes": minutes,
                "impact_share": minutes / total,
            }
            for name, minutes in rows
        ]
    )


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ((5, 5, 5, 5), "4 causes make 25 % of the incidents each"),
        ((20, 15, 10, 10, 10), "A and b make 54 % of the incidents"),
        ((18, 12, 10, 10, 10), "A and b make 50 % of the incidents"),
        ((18, 11, 11, 10, 10), "A, b and c make 67 % of the incidents"),
        ((1,), "A makes 100 % of the incidents"),
    ],
)
def test_no_category_is_named_without_its_equal(counts: tuple[int, ...], title: str) -> None:
    """The title ends before the first of several that are alike, unless it names them all."""
    rows = [
        {"category": name, "incident_count": count, "is_unknown": False}
        for name, count in zip("abcde", counts, strict=False)
    ]
    assert say.pareto_title(pl.DataFrame(rows), "number").replace("\u00a0", " ") == title


@pytest.mark.parametrize(
    ("rows", "headline", "title"),
    [
        (
            [("unknown", 990.0), ("capacity", 10.0)],
            "The cause of 99 % of the impact is not known.",
            "Capacity: 1 % of the impact; 99 % has no known cause",
        ),
        (
            [("unknown", 9999.0), ("capacity", 1.0)],
            "The cause of over 99 % of the impact is not known.",
            "Capacity: under 1 % of the impact; over 99 % has no known cause",
        ),
        (
            [("unknown", 100.0)],
            "The cause of 100 % of the impact is not known.",
            "No cause is known to have cost anything",
        ),
        (
            [("capacity", 60.0), ("unknown", 40.0)],
            "Capacity cost most: 60 % of the impact.",
            "Capacity: 60 % of the impact",
        ),
    ],
)
def test_what_is_mostly_unknown_is_said_so(rows: list[tuple[str, float]], headline: str, title: str) -> None:
    """A cause with a small part of the impact is not called the costliest when most has no known cause."""
    frame = impact(*rows)
    said = [say.impact_headline(frame), say.cause_title(frame)]
    assert [sentence.replace("\u00a0", " ") for sentence in said] == [headline, title]


@pytest.mark.parametrize(
    ("counts", "headline"),
    [
        ((213, 204, 0, 0, 0), "What became of 204 of 213 promises is not known."),
        ((12, 12, 0, 0, 0), "What became of all 12 promises is not known."),
        ((10, 2, 0, 0, 0), "Nothing came due in this period; none is overdue."),
        (
            (10, 8, 2, 1, 0),
            "50 % of 2 promises that came due were decided in time (90 % interval 2–98 %); 1 promise is "
            "overdue.",
        ),
        (
            (10, 8, 2, 1, 2),
            "50 % of 2 promises that came due were decided in time (90 % interval 2–98 %); 1 promise is "
            "overdue, and 2 were deleted or hidden while open and late.",
        ),
        (
            (10, 2, 0, 0, 1),
            "Nothing came due in this period; none is overdue, "
            "and 1 was deleted or hidden while open and late.",
        ),
    ],
)
def test_unknown_outcomes_are_said_first(counts: tuple[int, int, int, int, int], headline: str) -> None:
    """Where nothing can be judged, the sentence says that nobody knows, not that all is well."""
    promised, unknown, due, late, lost = counts
    teams = pl.DataFrame(
        {
            "action_item_count": [promised],
            "unknown_outcome_count": [unknown],
            "n": [due],
            "on_time_count": [due // 2],
            "overdue_count": [late],
            "lost_overdue_count": [lost],
        }
    )
    assert say.follow_through_headline(teams).replace("\u00a0", " ") == headline


def coverage(**used: tuple[int, int]) -> pl.DataFrame:
    """A frame of coverage by figure: of so many incidents, so many usable; one rule explains all but one."""
    return pl.DataFrame(
        [
            {
                "figure": figure,
                "n": n,
                "incident_count": whole,
                "left_out_count": whole - n,
                "coverage": n / whole if whole else None,
                "rules": ["no_end"] if whole - n > 1 else [],
                "rule_counts": [whole - n - 1] if whole - n > 1 else [],
            }
            for figure, (n, whole) in used.items()
        ]
    )


@pytest.mark.parametrize(
    ("used", "headline", "title"),
    [
        (
            {"time_to_resolve": (0, 0), "follow_through": (0, 0)},
            "No incident is on record in this period.",
            "No figure has an incident to use",
        ),
        (
            {"time_to_resolve": (9, 9), "follow_through": (0, 0)},
            "Every figure can use all incidents.",
            "Time to resolve can use 9 of 9 incidents",
        ),
        (
            {"time_to_resolve": (9, 9), "follow_through": (4, 8)},
            "Every figure can use at least half of its incidents; follow-through leaves out most.",
            "Follow-through can use 4 of 8 incidents that promised something",
        ),
        (
            {"time_to_resolve": (4, 9), "severity": (1, 9)},
            "Less than half of the incidents can be used for time to resolve, counts by severity.",
            "Counts by severity can use 1 of 9 incidents",
        ),
        (
            dict.fromkeys(("time_to_resolve", "time_to_detect", "severity", "teams"), (1, 9)),
            "Less than half of the incidents can be used for 4 of 4 figures.",
            "Time to resolve can use 1 of 9 incidents",
        ),
    ],
)
def test_how_far_the_figures_reach(used: dict[str, tuple[int, int]], headline: str, title: str) -> None:
    """What most figures cannot use is said first; a figure that nothing is asked of is not judged."""
    frame = coverage(**used)
    assert (say.coverage_headline(frame), say.coverage_title(frame)) == (headline, title)


def test_reasons_name_what_nothing_explains() -> None:
    """Incidents that no finding accounts for are said, too."""
    rows = coverage(time_to_resolve=(4, 9), teams=(8, 9), severity=(9, 9)).iter_rows(named=True)
    assert [say.reasons_in_words(row) for row in rows] == [
        "no end 4, no finding says why 1",
        "no finding says why 1",
        "",
    ]


def test_figures_in_words() -> None:
    """Figures come in one order, in the middle of a sentence; an unknown name is shown as words."""
    assert say.figures_in_words(["teams", "time_to_resolve", "new_figure", "documents"]) == (
        "time to resolve, counts by team, the whole document, new figure"
    )


def rules(*costs: float) -> pl.DataFrame:
    """A frame of findings by rule, one after another."""
    return pl.DataFrame(
        [
            {
                "rule": "no_end",
                "cost": cost,
                "cost_share": cost / (sum(costs) or 1),
                "lost_incident_count": 2,
            }
            for cost in costs
        ],
        schema_overrides={"cost": pl.Float64},
    )


@pytest.mark.parametrize(
    ("costs", "headline"),
    [
        ([], "Nothing is missing, contradictory or doubtful."),
        ([0], "No finding costs a figure anything."),
        ([3, 1], "Mend first: no end – 2 incidents lost, 75 % of what all findings cost."),
    ],
)
def test_what_to_mend_first(costs: list[float], headline: str) -> None:
    """The costliest rule is named with its share; what costs nothing is not called urgent."""
    assert say.findings_headline(rules(*costs)).replace("\u00a0", " ") == headline


def test_completeness_names_teams_below_by_more_than_chance(published: Published, empty: Published) -> None:
    """A team is named when its whole interval lies below the mean of all, and only beside others."""
    few = metrics.completeness_by_team(published, YEAR)
    assert say.completeness_title(few) == "On average 7.5 of ten things are told"
    nothing = metrics.completeness_by_team(empty, YEAR)
    assert say.completeness_title(nothing) == "No incident has a completeness score"
    frame = pl.DataFrame(
        {
            "team": ["Edge", "Search"],
            "n": [10, 30],
            "mean_completeness": [0.5, 0.9],
            "mean_low": [0.4, 0.85],
            "mean_high": [0.6, 0.95],
        }
    )
    assert say.completeness_title(frame) == "On average 8.0 of ten things are told; below that: Edge"


@pytest.mark.parametrize(
    ("incidents", "headline"),
    [
        ([], "Nothing needs a person's eye."),
        (["i1"], "1 value of 1 incident needs a person's eye."),
        (["i1", "i1", "i2"], "3 values of 2 incidents need a person's eye."),
    ],
)
def test_what_to_review_is_counted(incidents: list[str], headline: str) -> None:
    """Values are counted, and the incidents they are of."""
    frame = pl.DataFrame({"incident_id": incidents}, schema={"incident_id": pl.String})
    assert say.review_headline(frame) == headline


@pytest.mark.parametrize(
    ("unread", "whole", "headline"),
    [
        ([], 0, "No document is on record."),
        ([], 9, "All 9 documents were read as postmortems."),
        ([False], 9, "1 of 9 documents is no postmortem; it was read."),
        ([False, False], 9, "2 of 9 documents are no postmortems; both were read."),
        ([True, False], 9, "2 of 9 documents are no postmortems; 1 of them could not be read."),
        ([True], 9, "1 of 9 documents could not be read."),
    ],
)
def test_skipped_documents_are_said(unread: list[bool], whole: int, headline: str) -> None:
    """What nobody could read is told apart from what is no postmortem."""
    frame = pl.DataFrame({"is_unread": unread}, schema={"is_unread": pl.Boolean})
    assert say.skipped_headline(frame, whole) == headline


@pytest.mark.parametrize(
    ("hours", "outcome", "words"),
    [
        (None, None, "never fetched"),
        (0.5, "ok", "fresh"),
        (5, "ok", "5 h old"),
        (72, "failed", "3 days old, last fetch failed"),
        (0.5, "failed", "fresh, last fetch failed"),
    ],
)
def test_age_in_words(hours: float | None, outcome: str | None, words: str) -> None:
    """How old what was fetched is, and whether the last attempt failed."""
    fetched = None if hours is None else AS_OF - timedelta(hours=hours)
    assert say.age_in_words(fetched, outcome, AS_OF) == words


def test_what_is_chosen_is_told_in_words() -> None:
    """For paper, where the filters cannot be seen; nothing is said of what was left at all."""
    chosen = Filters(teams=("Payments", ""), severities=(1, 0), causes=("unknown",))
    assert say.choices_in_words(Filters()) == ""
    assert say.choices_in_words(chosen) == (
        "Team Payments or not stated · severity 1 or not stated · cause Unknown"
    )
