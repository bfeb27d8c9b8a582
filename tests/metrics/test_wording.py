"""Every sentence at none, one, two and many: what it says as a whole, in whole and right sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.metrics import Comparison
from pipeline.metrics import sentences as say
from tests.metrics.rows_to_word import (
    BEGAN,
    CLEAR,
    MORE,
    MUTE,
    NONE,
    SIGNAL,
    blaming,
    cause,
    cell,
    closed,
    done,
    due,
    effort,
    gaps,
    impact,
    late,
    pair,
    placed,
    pushed,
    ranked,
    rate,
    repeat,
    reviews,
    skipped,
    table,
    timeliness,
)


def plain(words: str) -> str:
    """Without the spaces that do not break."""
    return words.replace("\u00a0", " ")


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


SAID: dict[str, list[tuple[tuple[Any, ...], object]]] = {
    # incidents and their times
    "incident_count_title": [
        ((MUTE,), "0 incidents against 1 before: not distinguishable"),
        ((BEGAN,), "7 incidents against 0 before: a signal: more than before"),
        ((SIGNAL,), "20 incidents against 40 before: a signal: fewer than before"),
        ((Comparison(2, 1, 0.5, 0.01, 9.0, None, 1.0),), "1 incident against 2 before: not distinguishable"),
    ],
    "time_to_resolve_title": [
        ((MUTE,), "Time to resolve: too few to compare with the period before"),
        ((NONE,), "Time to resolve: not distinguishable from before"),
        ((SIGNAL,), "Time to resolve: a signal, 50 % shorter than before"),
        ((MORE,), "Time to resolve: a signal, 100 % longer than before"),
    ],
    "reliability_headline": [
        ((Comparison(0, 0, None, None, None, None), MUTE), "No incidents in this period or the one before."),
        ((NONE, NONE), "No change that can be told from chance."),
        ((SIGNAL, NONE), "Fewer incidents; no distinguishable change in time to resolve."),
        ((NONE, MORE), "Incidents are slower to resolve; their number has not distinguishably changed."),
        ((MORE, SIGNAL), "More incidents, faster to resolve."),
    ],
    "median_title": [
        (({"n": 0},), "No incident has a time to resolve"),
        (
            ({"n": 1, "median_minutes": 60.0, "median_low": None, "median_high": None},),
            "Median to resolve: 1 h 00 min (too few for an interval)",
        ),
        (
            ({"n": 9, "median_minutes": 60.0, "median_low": 40.0, "median_high": 90.0}, "detect"),
            "Median to detect: 1 h 00 min (90 % interval 40 min – 1 h 30 min)",
        ),
    ],
    "spread_title": [
        (({"n": 0}, "detect"), "No incident has a time to detect"),
        (({"n": 1, "median_minutes": 60.0},), "The one time to resolve is 1 h 00 min"),
        (
            ({"n": 2, "median_minutes": 60.0, "p90_minutes": 90.0},),
            "Half took no longer than 1 h 00 min, nine in ten no longer than 1 h 30 min",
        ),
    ],
    "distribution_in_words": [
        ((table([], "n"),), "No incident has a time to resolve."),
        (
            (table([{"n": 1, "bin_to_minutes": 79.0, "cumulative_share": 1.0}]),),
            "The one time to resolve is below 1 h 19 min.",
        ),
        (
            (table([{"n": 2, "bin_to_minutes": 79.0, "cumulative_share": 1.0}]),),
            "Of 2 times to resolve, half are below 1 h 19 min and nine in ten below 1 h 19 min.",
        ),
    ],
    "impact_in_words": [
        ((impact(0),), "No incident, so no impact."),
        ((impact(1),), "The one incident states no impact."),
        ((impact(2),), "Neither incident states an impact."),
        ((impact(12),), "None of 12 incidents states an impact."),
        (
            (impact(1, n=1, users_known_count=1, affected_user_count=1, cost_known_count=1, cost=90),),
            "Of 1 incident: customers felt 1 h 00 min; 1 user affected; a cost of 90 EUR (by formula). "
            "What is "
            "not stated adds nothing.",
        ),
        (
            (
                impact(
                    2,
                    n=2,
                    users_known_count=2,
                    affected_user_count=90,
                    person_hours_known_count=1,
                    person_hours=1.2,
                ),
            ),
            "Of 2 incidents: customers felt 1 h 00 min (both say); 90 users affected, added up over "
            "incidents "
            "(both); 1 hour of people's time (1 of 2). What is not stated adds nothing.",
        ),
        (
            (impact(5, n=1, cost_known_count=5, cost_stated_count=3, cost=1200),),
            "Of 5 incidents: customers felt 1 h 00 min (1 of 5 says); a cost of 1,200 EUR (all 5, 2 by "
            "formula). "
            "What is not stated adds nothing.",
        ),
    ],
    # causes
    "impact_headline": [
        ((table([cause("defect", 0)]),), "No incident in this period states how long it hurt."),
        (
            (table([cause("unknown", 9), cause("defect", 1)]),),
            "The cause of 90 % of the impact is not known.",
        ),
        ((table([cause("defect", 9, impact_share=1.0)]),), "Defect cost most: 100 % of the impact."),
    ],
    "repeats_title": [
        ((table([], "is_confirmed"),), "Nothing is known to have come back while its fix was open"),
        ((table([repeat()]),), "1 incident came back while the fix was still open (a candidate)"),
        (
            (table([repeat(is_confirmed=True)]),),
            "1 incident came back while the fix was still open (confirmed)",
        ),
        (
            (table([repeat(is_confirmed=True)] * 2),),
            "2 incidents came back while the fix was still open (both confirmed)",
        ),
        (
            (table([repeat(is_confirmed=True), repeat(), repeat()]),),
            "3 incidents came back while the fix was still open (1 confirmed, the others candidates)",
        ),
    ],
    "repeats_cost": [
        ((table([], "impact_minutes"),), "Nothing is known to have come back while its fix was open."),
        (
            (table([repeat(None)]),),
            "1 incident came back while a fix was still open; none states how long it hurt.",
        ),
        (
            (table([repeat(), repeat(None, known=False)]),),
            "2 incidents came back while a fix was still open (for 1 nothing says that what was open is a "
            "fix) "
            "and hurt for 1 h 00 min (known of 1); whether the fix would have stopped them is not known.",
        ),
    ],
    "recurring_in_words": [
        ((table([], "incident_count"),), "No incident, so no cause."),
        ((table([cause("unknown", 1, 1)]),), "Of the one incident no cause is known."),
        ((table([cause("unknown", 1, 2)]), "trigger"), "Of both incidents no trigger is known."),
        ((table([cause("unknown", 1, 12)]),), "Of all 12 incidents no cause is known."),
        (
            (table([cause("defect", 1, 3, ratio=2.0, verdict="signal"), cause("unknown", 1, 1)]),),
            "Defect struck most often: 3 of 4 incidents (90 % interval 10–90 %); of 25 % no cause is "
            "known; a "
            "signal between the halves for defect 100 % more (corrected for 2 comparisons).",
        ),
    ],
    "pareto_title": [
        ((table([], "impact_minutes"),), "No incident in this period states how long it hurt"),
        ((table([], "incident_count"), "number"), "No incident"),
        ((table([cause("unknown", 5)]),), "Of none of the impact a cause is known"),
        ((table([cause("defect", 5)]),), "Defect makes 100 % of the impact"),
        (
            (table([cause("defect", 3), cause("load", 2), cause("unknown", 5)]),),
            "Defect and load make 50 % of the impact; of 50 % no cause is known",
        ),
        (
            (
                table([cause("defect", 3), cause("load", 3), cause("human", 3), cause("drift", 3)]),
                "number",
                "trigger",
            ),
            "4 triggers make 25 % of the incidents each",
        ),
    ],
    "trend_title": [
        ((table([], "compared"), "trigger"), "No incident, so no trigger became more or fewer"),
        (
            (table([cause("defect", 1, compared=1)]),),
            "No cause became more or fewer that can be told from chance (1 cause compared)",
        ),
        (
            (table([cause("defect", 1, verdict="signal", ratio=None), cause("load", 1)]),),
            "Defect began in the second half: a signal (2 causes compared)",
        ),
        (
            (
                table(
                    [
                        cause("defect", 1, verdict="signal", ratio=0.5),
                        cause("load", 1, verdict="signal", ratio=3.0),
                    ]
                ),
            ),
            "Defect struck 50 % less often; Load struck 200 % more often in the second half: a signal (2 "
            "causes "
            "compared)",
        ),
    ],
    "cells_in_words": [
        ((table([], "cause_category", "service", "n"),), "No incident, so no service and no cause."),
        ((table([cell("unknown", "mail")]),), "Of the one incident service and cause are not both known."),
        (
            (table([cell("unknown", "mail"), cell("defect", "not stated")]),),
            "Of neither incident are both service and cause known.",
        ),
        (
            (table([cell("unknown", "mail", 5)]),),
            "Of none of 5 incidents are both service and cause known.",
        ),
        (
            (table([cell("defect", "mail", 1)]),),
            "Defect in mail came most often: 1 of 1 incident, 0.5 if causes struck all services alike; "
            "both are "
            "known of 100 %.",
        ),
        (
            (table([cell("defect", "mail", 2), cell("load", "shop", 2)]),),
            "Defect in mail and load in shop came most often: 2 each of 4 incidents, 0.5 and 0.5 if "
            "causes struck "
            "all services alike; both are known of 100 %.",
        ),
    ],
    # postmortems
    "timeliness_title": [
        ((timeliness(0, 0, incident_count=0),), "No incident, so no postmortem"),
        ((timeliness(0, 0, not_due_count=1),), "No postmortem is due to be written yet"),
        ((timeliness(0, 0, not_agreed_count=1),), "Nothing was agreed on when a postmortem is to be written"),
        ((timeliness(0, 0),), "Of no incident is it known when its postmortem was written"),
        ((timeliness(1, 1),), "The one postmortem was written in time"),
        (
            (timeliness(1, 0, no_end_count=1),),
            "The one postmortem was not written in time; of 1 incident more it cannot be told",
        ),
        ((timeliness(2, 2),), "Both postmortems were written in time"),
        ((timeliness(2, 0),), "Neither postmortem was written in time"),
        ((timeliness(4, 4),), "All 4 postmortems were written in time"),
        ((timeliness(4, 0),), "None of 4 postmortems was written in time"),
        ((timeliness(4, 1),), "1 of 4 postmortems was written in time"),
        ((timeliness(4, 3),), "3 of 4 postmortems were written in time"),
    ],
    "timeliness_in_words": [
        ((timeliness(0, 0, incident_count=0),), "No incident, so no postmortem."),
        (
            (timeliness(1, 1, taken_count=1, no_document_count=1),),
            "The one postmortem was written in time: 100 % (90 % interval 5–95 %), 0 overdue; 3 days "
            "after the "
            "end at the median (n = 1); 1 incident has no postmortem at all.",
        ),
        (
            (timeliness(4, 3, no_day_count=2, not_told_count=2, no_document_count=2),),
            "3 of 4 postmortems were written in time: 75 % (90 % interval 5–95 %), 1 overdue; of 2 more "
            "nobody "
            "knows when; 2 incidents of sources that tell no day of it left out; 2 incidents have no "
            "postmortem "
            "at all.",
        ),
    ],
    "small_reviews_title": [
        ((reviews(),), "Of no small incident is it known when it was reviewed"),
        ((reviews(None),), "1 review of small incidents, and nothing to say which is over-long"),
        ((reviews(True),), "The one review of a small incident was over-long: took 10 days"),
        ((reviews(False),), "The one review of a small incident was not over-long: took 10 days"),
        (
            (reviews(False, False),),
            "Neither review of a small incident was over-long; the longest took 10 days",
        ),
        ((reviews(True, True),), "Both reviews of small incidents were over-long; the longest took 10 days"),
        (
            (reviews(True, False, None),),
            "1 of 2 reviews of small incidents was over-long; the longest took 10 days",
        ),
        (
            (reviews(False, False, False),),
            "None of 3 reviews of small incidents was over-long; the longest took 10 days",
        ),
    ],
    "blaming_title": [
        ((blaming(0, 0),), "No postmortem, so no wording that blames people"),
        ((blaming(1, 0),), "No wording that blames people was found in 1 postmortem"),
        (
            (blaming(1, 1),),
            "The one postmortem has wording that blames people: 100 % (90 % interval 5–100 %)",
        ),
        (
            (blaming(2, 2),),
            "Both postmortems have wording that blames people: 100 % (90 % interval 22–100 %)",
        ),
        ((blaming(4, 1),), "1 of 4 postmortems has wording that blames people: 25 % (90 % interval 1–76 %)"),
        (
            (blaming(4, 4),),
            "All 4 postmortems have wording that blames people: 100 % (90 % interval 47–100 %)",
        ),
    ],
    "skipped_headline": [
        ((skipped(), 0), "No document is on record."),
        ((skipped(), 1), "The one document was read as a postmortem."),
        ((skipped(), 2), "Both documents were read as postmortems."),
        ((skipped(), 9), "All 9 documents were read as postmortems."),
        ((skipped(True), 1), "The one document could not be read."),
        ((skipped(True), 9), "1 of 9 documents could not be read."),
        ((skipped(False), 9), "1 of 9 documents is no postmortem; it was read."),
        ((skipped(False, False), 2), "Both documents are no postmortems; both were read."),
        (
            (skipped(False, True, False), 9),
            "3 of 9 documents are no postmortems; 1 of them could not be read.",
        ),
    ],
    # promises
    "on_time_title": [
        ((due(0, 0),), "No action item came due in this period"),
        (
            (due(1, 1).with_columns(team=pl.lit("A"), on_time_flag=pl.lit("too_few")),),
            "The one action item was decided in time; no team stands out",
        ),
        (
            (due(1, 0).with_columns(team=pl.lit("A"), on_time_flag=pl.lit("too_few")),),
            "The one action item was not decided in time; no team stands out",
        ),
        (
            (
                due(4, 2).with_columns(
                    team=pl.Series(["A", "B"]), on_time_flag=pl.Series(["below_99_9", "within"])
                ),
            ),
            "50 % of 4 action items were decided in time; far below the others: A",
        ),
    ],
    "time_to_done_sentence": [
        ((done(0, None),), "Of no action item promised in this period can it be told how long it takes."),
        ((done(1, None),), "The one action item is not done so far."),
        ((done(1, 5.0),), "The one action item was done after 5 days."),
        ((done(2, 5.0),), "Half of the action items are done after 5 days (n = 2, too few for an interval)."),
        (
            (done(9, None, 12.0),),
            "Fewer than half of the action items are done so far (n = 9); it takes 12 days at the least.",
        ),
    ],
    "in_time_sentence": [
        (({"due_count": 0},), "No committed date has passed yet."),
        (({"due_count": 1, "in_time_share": 1.0},), "The one action item due was done by then."),
        (({"due_count": 1, "in_time_share": 0.0},), "The one action item due was not done by then."),
        (
            ({"due_count": 2, "in_time_share": 0.5, "in_time_low": 0.02, "in_time_high": 0.98},),
            "50 % of those due were done by then (n = 2, 90 % interval 2–98 %).",
        ),
    ],
    "open_age_sentence": [
        (({"n": 0},), "Nothing is open."),
        (({"n": 1, "median_days": 1.0},), "1 action item is open, for 1 day."),
        (
            ({"n": 2, "median_days": 5.0, "median_low": None, "median_high": None, "older_count": 0},),
            "2 action items are open, half of them for 5 days or more (too few for an interval).",
        ),
        (
            ({"n": 90, "median_days": 50.0, "median_low": 40.0, "median_high": 61.0, "older_count": 3},),
            "90 action items are open, half of them for 50 days or more (90 % interval 40 to 61); 3 for more "
            "than a year.",
        ),
    ],
    "slippage_sentence": [
        ((pushed(("A", 0, 0, 0)),), "No action item in Jira has a due date that could slip."),
        ((pushed(("A", 0, 0, 1)),), "The one due date was not moved later."),
        ((pushed(("A", 0, 0, 2)),), "Neither due date was moved later."),
        ((pushed(("A", 0, 0, 9)),), "None of 9 due dates was moved later."),
        ((pushed(("A", 1, 1, 1)),), "A due date was moved later once, for 1 day."),
        ((pushed(("A", 1, 9, 1), ("B", 0, 0, 1)),), "A due date was moved later once, for 9 days, by A."),
        (
            (pushed(("A", 2, 9, 1), ("B", 0, 0, 1)),),
            "Due dates were moved later 2 times, by 9 days in all; all of these days by A.",
        ),
        (
            (pushed(("A", 2, 9, 1), ("B", 1, 3, 1)),),
            "Due dates were moved later 3 times, by 12 days in all; 9 of these days by A.",
        ),
    ],
    "bulk_sentence": [
        ((closed(0, 0),), "Nothing was closed in Jira."),
        ((closed(1, 0),), "The one closed action item was not closed five or more at once."),
        ((closed(6, 5),), "5 of 6 closed action items were closed five or more at once."),
        (
            (closed(1, 0, 1, 0),),
            "The one closed action item was not closed five or more at once; Jira shows work on the one "
            "done.",
        ),
        (
            (closed(1, 0, 1, 1),),
            "The one closed action item was not closed five or more at once; for the one done Jira shows "
            "no work, "
            "which proves nothing alone.",
        ),
        (
            (closed(6, 6, 2, 0),),
            "All 6 closed action items were closed five or more at once; Jira shows work on both done ones.",
        ),
        (
            (closed(6, 0, 4, 1),),
            "None of 6 closed action items was closed five or more at once; for 1 of 4 done ones Jira "
            "shows no "
            "work, which proves nothing alone.",
        ),
    ],
    "promise_gaps_sentence": [
        ((gaps(0, 0, 0, 0),), "No promise and no postmortem is on record."),
        ((gaps(1, 0, 0, 0),), "The one action item has an owner, a due date and an issue."),
        ((gaps(1, 1, 0, 0),), "The one action item is without an owner."),
        ((gaps(1, 1, 0, 1),), "The one action item is without an owner and an issue."),
        ((gaps(1, 1, 1, 1),), "The one action item is without an owner, a due date and an issue."),
        (
            (gaps(2, 1, 0, 2, 1, 1),),
            "Of 2 action items 1 is without an owner, none without a due date and 2 without an issue; the "
            "one "
            "postmortem promises nothing.",
        ),
        (
            (gaps(9, 0, 3, 3, 4, 0),),
            "Of 9 action items none is without an owner, 3 without a due date and 3 without an issue; all 4 "
            "postmortems promise something.",
        ),
        ((gaps(0, 0, 0, 0, 4, 1),), "1 of 4 postmortems promises nothing."),
        ((gaps(0, 0, 0, 0, 2, 2),), "Both postmortems promise nothing."),
        ((gaps(0, 0, 0, 0, 1, 0),), "The one postmortem promises something."),
    ],
    "team_promises_sentence": [
        ((late(),), "Nothing it promised is overdue."),
        ((late("overdue"),), "1 promise is overdue, for 12 days."),
        ((late("ignored"),), "1 promise is overdue, for 12 days, and nobody touches it."),
        (
            (late("ignored", "ignored"),),
            "2 promises are overdue, and both of them nobody touches; the oldest for 12 days.",
        ),
        (
            (late("ignored", "overdue", "overdue"),),
            "3 promises are overdue, and 1 of them nobody touches; the oldest for 12 days.",
        ),
        ((late("overdue", "overdue", "overdue"),), "3 promises are overdue; the oldest for 12 days."),
    ],
    "outcomes_title": [
        (({},), ""),
        (({"open": 1, "unknown": 1},), "1 open, 1 of unknown outcome"),
        (({"done": 1401, "declined": 42},), "1,401 done, 42 declined"),
    ],
    "outcome_reason_in_words": [
        ((None,), ""),
        (("not_shown",), "Jira does not show the issue"),
        (("Won't Do",), "Won't Do"),
    ],
    "unknown_outcome_reason": [
        ((True,), "They name no issue that Jira shows, and their documents do not say what became of them."),
        (
            (False,),
            "No Jira was read, so an outcome is known only where the document itself marks it. A [jira] "
            "section "
            "in postmortems.toml lets the pipeline follow the issues that documents name.",
        ),
    ],
    # priorities
    "order_title": [
        ((ranked(),), "No cause of a service can be ranked"),
        ((ranked(pair("mail")),), "1 cause of a service, against it nothing is promised"),
        ((ranked(pair("mail", open_count=1)),), "1 cause of a service"),
        (
            (ranked(pair("mail"), pair("shop")),),
            "2 causes of services, against both nothing is promised: none stands out",
        ),
        (
            (ranked(pair("mail", **CLEAR), pair("shop", open_count=1), pair("db", open_count=2)),),
            "3 causes of services, against 1 of 3 nothing is promised: the first lies clear of all others",
        ),
    ],
    "overlap_in_words": [
        ((ranked(),), ""),
        ((ranked(pair("mail")),), ""),
        ((ranked(pair("mail", **CLEAR), pair("shop")),), "Its interval lies above that of the other."),
        (
            (ranked(pair("mail", **CLEAR), pair("shop"), pair("db")),),
            "Its interval lies above those of all others.",
        ),
        (
            (ranked(pair("mail"), pair("shop")),),
            "Its interval overlaps with that of the other: by these records the order is not distinguishable "
            "from chance.",
        ),
        (
            (ranked(pair("mail"), pair("shop"), pair("db")),),
            "Its interval overlaps with that of both others: by these records the order is not "
            "distinguishable "
            "from chance.",
        ),
    ],
    "ranking_title": [
        ((placed(),), "Nothing can be ranked"),
        (
            (placed((1.0, 27)),),
            "The one cause of a service that ever is among the first 5 does so under all 27 sets of "
            "assumptions",
        ),
        (
            (placed((0.5, 9)), 1),
            "The one cause of a service that ever comes first does not under all 27 sets of assumptions",
        ),
        (
            (placed((1.0, 27), (1.0, 27)),),
            "Both causes of services that ever are among the first 5 do so under all 27 sets of assumptions",
        ),
        (
            (placed((1.0, 27), (0.5, 9), (0.0, 0)),),
            "1 of 2 causes of services that ever are among the first 5 does so under all 27 sets of "
            "assumptions",
        ),
    ],
    "effort_in_words": [
        ((effort(),), ""),
        ((effort(None),), ""),
        (
            (effort(("Rotate", "PAY-3", 60.0)),),
            "Most for its effort, of 1 promise with an estimate: “Rotate” (PAY-3), 1 h 00 min "
            "(90 % interval 10 min – 1 h 30 min) a point.",
        ),
        (
            (effort(("Renew", None, 30.0), ("Rotate", "PAY-3", 60.0), None),),
            "Most for its effort, of 2 promises with an estimate: “Renew”, 30 min "
            "(90 % interval 10 min – 1 h 30 min) a point.",
        ),
    ],
    "loss_in_words": [
        ((0.0, "minutes"), "0 min"),
        ((1.2, "users"), "1 user"),
        ((1200.0, "users"), "1,200 users"),
        ((3731.0, "cost", "EUR"), "3,731 EUR"),
        ((1.0, "cost"), "1 (no currency set)"),
    ],
    "avoided_in_words": [
        (
            (
                {
                    "loss_avoided": 120.0,
                    "loss_avoided_low": 30.0,
                    "loss_avoided_high": 600.0,
                    "measure": "minutes",
                    "currency": None,
                },
            ),
            "2 h 00 min (90 % interval 30 min – 10 h)",
        ),
    ],
    "loss_interval": [
        (({"loss_avoided_low": 528.4, "loss_avoided_high": 12910.0, "measure": "users"},), "528 – 12,910"),
    ],
    # words
    "all_of": [
        ((1, "fix", "fixes"), "the one fix"),
        ((2, "fix", "fixes"), "both fixes"),
        ((1200, "item"), "all 1,200 items"),
    ],
    "none_of": [((2, "fix", "fixes"), "neither fix"), ((12, "item"), "none of 12 items")],
    "part_of": [
        ((0, 4), "0 of 4"),
        ((1, 1), "1 of 1"),
        ((2, 2), "both"),
        ((12, 12), "all 12"),
        ((204, 1213), "204 of 1,213"),
    ],
    "count_of": [((0, "day"), "0 days"), ((1, "day"), "1 day"), ((1204, "is", "are"), "1,204 are")],
    "times": [((1,), "once"), ((2,), "2 times")],
    "days_in_words": [
        ((None,), "not known"),
        ((0.5,), "12 h"),
        ((1.0,), "1 day"),
        ((3.4,), "3.4 days"),
        ((12.2,), "12 days"),
    ],
    "days_apart": [((0.4,), "under a day"), ((1.2,), "1 day"), ((12.0,), "12 days")],
    "days_interval_in_words": [
        ((None, None), "too few for an interval"),
        ((1.0, None), "90 % interval: 1 day or more"),
        ((None, 41.0), "90 % interval 0 to 41"),
        ((29.0, 41.0), "90 % interval 29 to 41"),
    ],
    "rate_in_words": [((0.0,), "0.00"), ((0.124,), "0.12"), ((1.0,), "1.0"), ((1204.6,), "1,204.6")],
    "ratio_in_words": [
        ((None, None, None), "nothing to compare"),
        ((2.7, 1.1, 7.6), "× 2.7 (× 1.1 – × 7.6)"),
        ((0.25, 0.0, 1.0), "÷ 4.0 (none – as before)"),
        ((None, 1.4, None), "none before (× 1.4 – no upper bound)"),
    ],
    "category_in_words": [
        ((None,), "Unknown"),
        (("software-defect",), "Software defect"),
        (("no_end",), "No end"),
    ],
    "is_bad": [
        (({"flag": "below_95", "is_good_high": True},), True),
        (({"flag": "above_99_9", "is_good_high": True},), False),
        (({"flag": "above_95", "is_good_high": False},), True),
        (({"flag": "within", "is_good_high": False},), False),
    ],
    "months_between": [
        ((None, date(2026, 5, 3)), 0),
        ((date(2026, 5, 31), date(2026, 6, 1)), 2),
        ((date(2025, 12, 1), date(2026, 11, 30)), 12),
    ],
    "percent": [
        ((0.0,), "0 %"),
        ((0.004,), "under 1 %"),
        ((0.533,), "53 %"),
        ((0.996,), "over 99 %"),
        ((1.0,), "100 %"),
        ((12.0,), "1,200 %"),
    ],
    "relative": [
        ((0.66, "longer", "shorter"), "34 % shorter"),
        ((3.0, "more", "fewer"), "200 % more"),
        ((None, "longer", "shorter"), "any amount longer"),
    ],
    "direction": [
        ((NONE, "more", "fewer"), ""),
        ((SIGNAL, "more", "fewer"), "fewer"),
        ((BEGAN, "more", "fewer"), "more"),
    ],
    "unknown_share": [
        ((table([cause("defect", 0)]),), 0.0),
        ((table([cause("defect", 3), cause("unknown", 1)]),), 0.25),
    ],
    "mean_completeness": [
        ((table([{"n": 0, "mean_completeness": 0.0}]),), 0.0),
        ((table([{"n": 1, "mean_completeness": 0.5}, {"n": 3, "mean_completeness": 0.7}]),), 0.65),
    ],
    "lower_first": [(("",), ""), (("Software defect",), "software defect")],
    "value_in_words": [
        (("team", None), "not stated"),
        (("occurred_on", date(2026, 5, 3)), "3 May 2026"),
        (("cause_category", "software-defect"), "Software defect"),
        (("service", "mail-queue"), "mail-queue"),
    ],
    "basis_in_words": [
        (({"basis": "cause_and_service", "shared_words": None},), "same cause and service"),
        (
            ({"basis": "both", "shared_words": ["token", "token", "expired"]},),
            "same cause and service, like words (token, expired)",
        ),
    ],
    "figure_in_words": [(("time_to_resolve",), "Time to resolve"), (("new_figure",), "New figure")],
    "used_in_words": [
        (({"figure": "severity", "n": 0, "incident_count": 1},), "0 of 1 incident"),
        (
            ({"figure": "follow_through", "n": 48, "incident_count": 81},),
            "48 of 81 incidents that promised something",
        ),
    ],
    "restatement_reason_in_words": [(("late_document",), "because a document came later")],
}


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        pytest.param(name, given, expected, id=f"{name}-{place}")
        for name, cases in SAID.items()
        for place, (given, expected) in enumerate(cases)
    ],
)
def test_whole_sentences(name: str, given: tuple[Any, ...], expected: object) -> None:
    """Of none, one, two and many, in the singular and the plural."""
    said = getattr(say, name)(*given)
    assert plain(said) == expected if isinstance(said, str) else said == pytest.approx(expected)


def test_every_sentence_is_tested() -> None:
    """Each that is exported stands in the table above, or a test elsewhere says what it says."""
    tests = Path(__file__).resolve().parents[1]
    elsewhere = "".join(path.read_text(encoding="utf-8") for path in sorted(tests.rglob("test_*.py")))
    exported = [name for name in say.__all__ if callable(getattr(say, name))]
    assert set(SAID) <= set(exported)
    assert [name for name in exported if name not in SAID and f"say.{name}(" not in elsewhere] == []
