"""Every sentence at none, one, two and many: what it says as a whole, in whole and right sentences."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.metrics import Comparison
from pipeline.metrics import sentences as say


def plain(words: str) -> str:
    """Without the spaces that do not break."""
    return words.replace("\u00a0", " ")


def due(n: int, on_time: int, overdue: int = 0, lost: int = 0, unknown: int = 0, promised: int = 0) -> Any:
    """A row of `action_items_by_team` for each of two teams, the second without anything."""
    names = ("n", "on_time_count", "overdue_count", "lost_overdue_count", "unknown_outcome_count")
    counts = dict(zip(names, (n, on_time, overdue, lost, unknown), strict=True))
    counts["action_item_count"] = promised or n + unknown
    return pl.DataFrame([counts, dict.fromkeys(counts, 0)])


@pytest.mark.parametrize(
    ("teams", "expected"),
    [
        (due(0, 0), "No promise is on record."),
        (due(0, 0, promised=3), "Nothing came due in this period; none is overdue."),
        (due(0, 0, unknown=1), "What became of the one promise is not known."),
        (due(0, 0, unknown=2), "What became of both promises is not known."),
        (due(0, 0, unknown=12), "What became of all 12 promises is not known."),
        (due(0, 0, unknown=3, promised=4), "What became of 3 of 4 promises is not known."),
        (due(1, 1), "The one promise that came due was decided in time; none is overdue."),
        (due(1, 0, 1), "The one promise that came due was not decided in time; 1 promise is overdue."),
        (
            due(15, 7, 8, 1),
            "47 % of 15 promises that came due were decided in time (90 % interval 24–71 %); 8 promises are "
            "overdue, and 1 was deleted or hidden while open and late.",
        ),
        (
            due(15, 15, 2, 2),
            "100 % of 15 promises that came due were decided in time (90 % interval 81–100 %); 2 promises "
            "are overdue, and 2 were deleted or hidden while open and late.",
        ),
    ],
)
def test_follow_through_headline(teams: pl.DataFrame, expected: str) -> None:
    """With how many came due and the interval of the share."""
    assert plain(say.follow_through_headline(teams)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            Comparison(0, 3, None, None, None, None),
            "Action items decided in time (n = 0 and 3): too few to compare with the period before.",
        ),
        (
            Comparison(1, 1, None, 0.2, None, None, 1.0, (0.0, 1.0)),
            "Action items decided in time (n = 1 and 1): 0 % before, 100 % now: not distinguishable, too few "
            "to tell.",
        ),
        (
            Comparison(20, 20, 1.2, 0.7, 2.0, 1.64, 0.4, (0.5, 0.6)),
            "Action items decided in time (n = 20 and 20): 50 % before, 60 % now: not distinguishable; only "
            "a share ÷ 1.6 or × 1.6 would show.",
        ),
        (
            Comparison(100, 90, 1.36, 1.1, 1.7, 1.3, 0.01, (0.47, 0.64)),
            "Action items decided in time (n = 100 and 90): 47 % before, 64 % now: a signal, × 1.4 "
            "(95 % interval × 1.1 – × 1.7).",
        ),
        (
            Comparison(9, 12, None, 1.4, None, 2.0, 0.01, (0.0, 0.75)),
            "Action items decided in time (n = 9 and 12): 0 % before, 75 % now: a signal, none before "
            "(95 % interval × 1.4 – no upper bound).",
        ),
    ],
)
def test_two_shares_are_told_not_only_their_ratio(change: Comparison, expected: str) -> None:
    """A share of 64 % after 47 % is not “35 % more”."""
    assert plain(say.compared_in_words(change, "on_time")) == expected


def rate(service: str, n: int, own: float, drawn: float, low: float, high: float) -> dict[str, Any]:
    """A row of `services_by_rate`."""
    return {
        "service": service,
        "n": n,
        "own_rate_per_30_days": own,
        "rate_per_30_days": drawn,
        "low": low,
        "high": high,
    }


MAIL = rate("mail", 1, 30.0, 30.0, 1.54, 142.3)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "No service has a rate of incidents."),
        ([MAIL | {"service": "not stated"}], "No service has a rate of incidents."),
        (
            [MAIL],
            "mail has most incidents: 30.0 in 30 days (n = 1, 90 % interval 1.5 – 142.3), the only service "
            "named.",
        ),
        (
            [MAIL, rate("not stated", 1, 30.0, 30.0, 5.0, 100.0)],
            "mail has most incidents: 30.0 in 30 days as observed (n = 1), 30.0 when drawn towards the whole "
            "(90 % interval 1.5 – 142.3), the only service named.",
        ),
        (
            [rate("a", 2, 0.5, 0.4, 0.1, 0.9), rate("b", 2, 0.5, 0.4, 0.1, 0.9)],
            "2 services have most incidents: a, b: 0.50 in 30 days as observed (n = 2 each), 0.40 when drawn "
            "towards the whole (90 % interval 0.10 – 0.90), not distinguishable from each other.",
        ),
        (
            [rate("a", 20, 5.0, 4.0, 3.0, 6.0), rate("b", 2, 0.5, 0.6, 0.1, 0.9)],
            "a has most incidents: 5.0 in 30 days as observed (n = 20), 4.0 when drawn towards the whole "
            "(90 % interval 3.0 – 6.0), apart from all others.",
        ),
    ],
)
def test_rates_in_words(rows: list[dict[str, Any]], expected: str) -> None:
    """What is alone is drawn towards nothing."""
    schema = ["service", "n", "own_rate_per_30_days", "rate_per_30_days", "low", "high"]
    assert plain(say.rates_in_words(pl.DataFrame(rows, schema=schema))) == expected
