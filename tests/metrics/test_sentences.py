"""The sentences claim no more than their intervals allow."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Comparison, Filters, Published
from pipeline.metrics import sentences as say

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


def test_change_in_words() -> None:
    """A signal gives its size and interval; no signal gives what would have shown."""
    plain = say.change_in_words(FEWER, "more", "fewer").replace("\u00a0", " ")
    assert plain == "50 % fewer (95 % interval: 66 % fewer to 27 % fewer)"
    plain = say.change_in_words(NO_SIGNAL, "more", "fewer").replace("\u00a0", " ")
    assert plain == "not distinguishable; to show, it would have to be 38 % fewer or 60 % more"


def test_sentences_of_the_small_company(published: Published) -> None:
    """Headlines and titles say what the rows say."""
    causes = metrics.impact_by_cause(published, YEAR)
    teams = metrics.action_items_by_team(published, YEAR)
    flow = metrics.action_items_by_period(published, YEAR)
    said = [
        say.impact_headline(causes),
        say.cause_title(causes),
        say.service_title(metrics.impact_by_service(published, YEAR)),
        say.follow_through_headline(teams),
        say.on_time_title(teams),
        say.flow_title(flow),
        say.open_title(flow),
        say.repeats_title(metrics.repeats_while_open(published, YEAR)),
    ]
    assert [sentence.replace("\u00a0", " ") for sentence in said] == [
        "Capacity cost most: 2 h 00 min.",
        "Capacity: 53 % of the impact, in 1 incident",
        "indexer: 53 % of the impact, in 1 incident",
        "50 % of what came due was decided in time; 1 promise is overdue.",
        "50 % of 4 action items were decided in time; no team stands out below",
        "6 promised, 3 done or declined",
        "2 open at the end, 3 at the end of the first period shown",
        "1 incident came back while the fix was still open",
    ]


def test_sentences_of_nothing(empty: Published) -> None:
    """Emptiness is a sentence, too."""
    nothing = metrics.impact_by_cause(empty, YEAR)
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
        "Nothing came back while its fix was open",
        "all time",
    ]


def impact(*rows: tuple[str, float]) -> pl.DataFrame:
    """A frame of impact by cause, two incidents each."""
    total = sum(minutes for _, minutes in rows)
    return pl.DataFrame(
        [
            {"cause_category": name, "n": 2, "impact_minutes": minutes, "impact_share": minutes / total}
            for name, minutes in rows
        ]
    )


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
            "Capacity cost most: 1 h 00 min.",
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
        ((213, 204, 0, 0), "What became of 204 of 213 promises is not known."),
        ((12, 12, 0, 0), "What became of all 12 promises is not known."),
        ((10, 2, 0, 0), "Nothing came due in this period; none is overdue."),
        ((10, 8, 2, 1), "50 % of what came due was decided in time; 1 promise is overdue."),
    ],
)
def test_unknown_outcomes_are_said_first(counts: tuple[int, int, int, int], headline: str) -> None:
    """Where nothing can be judged, the sentence says that nobody knows, not that all is well."""
    promised, unknown, due, late = counts
    teams = pl.DataFrame(
        {
            "action_item_count": [promised],
            "unknown_outcome_count": [unknown],
            "n": [due],
            "on_time_count": [due // 2],
            "overdue_count": [late],
        }
    )
    assert say.follow_through_headline(teams).replace("\u00a0", " ") == headline
