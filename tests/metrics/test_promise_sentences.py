"""What is said of how long promises take and how they slip: whole sentences."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.metrics import sentences as say

ROW: dict[str, Any] = {
    "group_name": "all",
    "n": 182,
    "median_days": 34.2,
    "median_low": 29.4,
    "median_high": 41.0,
}


def plain(sentence: str) -> str:
    """With every space an ordinary one."""
    return sentence.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "Half of the action items are done after 34 days (n = 182, 90 % interval 29 to 41)."),
        (
            {"group_name": "SRE", "n": 6, "median_high": None},
            "SRE: Half of the action items are done after 34 days (n = 6, 90 % interval: 29 days or more).",
        ),
        (
            {"n": 3, "median_low": None, "median_high": None, "median_days": 0.4},
            "Half of the action items are done after 9 h 36 min (n = 3, too few for an interval).",
        ),
        (
            {"n": 40, "median_days": None, "median_high": None},
            "Fewer than half of the action items are done so far (n = 40); it takes 29 days at the least.",
        ),
        ({"n": 0}, "Of no action item promised in this period can it be told how long it takes."),
    ],
)
def test_time_to_done_sentence(changed: dict[str, Any], sentence: str) -> None:
    """The median with its n and interval, or that it is not known yet and why."""
    assert plain(say.time_to_done_sentence(ROW | changed)) == sentence


def test_a_difference_is_told_as_a_signal_only() -> None:
    """Groups that differ are named with their direction; others are not distinguishable."""
    frame = pl.DataFrame(
        {
            "group_name": ["Payments", "Search", "Web"],
            "p_value": [0.6, 0.02, 0.001],
            "verdict": ["not distinguishable", "signal", "signal"],
            "direction": ["sooner", "sooner", "later"],
        }
    )
    assert say.time_to_done_difference(frame) == (
        "Done later than elsewhere: Web; sooner than elsewhere: Search (signal, corrected for 3 comparisons)."
    )
    assert say.time_to_done_difference(frame[:1]) == (
        "How soon things are done is not distinguishable between the groups (log-rank test)."
    )
    beyond = frame.with_columns(pl.Series("verdict", ["beyond chance", "not distinguishable", "signal"]))
    assert say.time_to_done_difference(beyond) == (
        "Done later than elsewhere: Web (signal, corrected for 3 comparisons); sooner than elsewhere: "
        "Payments (beyond chance, perhaps as teams differ)."
    )
    assert say.time_to_done_difference(frame[:0]) == "There is nothing to compare."


def test_in_time_sentence() -> None:
    """The share with its n and interval."""
    row = {"due_count": 120, "in_time_share": 0.58, "in_time_low": 0.5, "in_time_high": 0.66}
    assert plain(say.in_time_sentence(row)) == (
        "58 % of those due were done by then (n = 120, 90 % interval 50–66 %)."
    )
    assert plain(say.in_time_sentence({"due_count": 0})) == "No committed date has passed yet."


def test_open_age_sentence() -> None:
    """How many are open, how old half of them are, and how many are very old."""
    row = {"n": 91, "median_days": 120.0, "median_low": 88.0, "median_high": 160.0, "older_count": 4}
    assert plain(say.open_age_sentence(row)) == (
        "91 action items are open, half of them for 120 days or more (90 % interval 88 to 160); "
        "4 for more than a year."
    )
    assert plain(say.open_age_sentence({"n": 0})) == "Nothing is open."


def test_slippage_sentences() -> None:
    """Counts and days over all teams, and who moved due dates furthest."""
    teams = pl.DataFrame(
        {
            "team": ["Fulfilment", "Search"],
            "push_count": [28, 2],
            "push_days": [800, 28],
            "with_due_date_count": [30, 12],
            "closed_count": [25, 20],
            "bulk_count": [0, 11],
            "traceable_count": [22, 15],
            "no_trace_count": [1, 7],
        }
    )
    assert say.slippage_sentence(teams) == (
        "Due dates were moved later 30 times, by 828 days in all; 800 of these days by Fulfilment."
    )
    assert say.slippage_sentence(teams.with_columns(push_count=0)) == "None of 42 due dates was moved later."
    assert say.bulk_sentence(teams) == (
        "11 of 45 closed action items were closed five or more at once; for 8 of 37 done ones "
        "Jira shows no work, which proves nothing alone."
    )
    assert say.bulk_sentence(teams[:0]) == "Nothing was closed in Jira."


def test_each_way_of_slipping_has_its_words() -> None:
    """One promise that slipped in every way, and one that only waits."""
    nothing = {
        **dict.fromkeys(("due_date_push_count", "due_date_push_days", "priority_drop_count"), 0),
        **dict.fromkeys(("owner_change_count", "reopen_count"), 0),
        **dict.fromkeys(("is_closed_in_bulk", "has_no_trace"), False),
        "bulk_count": None,
        "is_ignored": True,
    }
    everything = nothing | {
        "due_date_push_count": 2,
        "due_date_push_days": 45,
        "priority_drop_count": 1,
        "owner_change_count": 3,
        "reopen_count": 1,
        "is_closed_in_bulk": True,
        "has_no_trace": True,
        "bulk_count": 7,
    }
    assert say.slips_in_words(nothing) == "late and untouched"
    assert say.slips_in_words(everything) == (
        "due date moved later 2 times, by 45 days; priority lowered once; reopened once; handed on 3 times; "
        "closed at once with 6 others; done with no work that Jira shows; late and untouched"
    )


def test_promise_gaps_sentence() -> None:
    """What promises lack, and how many postmortems promise nothing."""
    teams = pl.DataFrame(
        {
            "n": [100, 82],
            "no_owner_count": [20, 10],
            "no_date_count": [40, 0],
            "no_tracker_count": [22, 0],
            "postmortem_count": [50, 7],
            "nothing_promised_count": [3, 0],
        }
    )
    assert say.promise_gaps_sentence(teams) == (
        "Of 182 action items 30 are without an owner, 40 without a due date and 22 without an issue; "
        "3 of 57 postmortems promise nothing."
    )
    assert say.promise_gaps_sentence(teams[:0]) == "No promise and no postmortem is on record."
