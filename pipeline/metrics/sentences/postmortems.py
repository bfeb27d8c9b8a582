"""Which postmortems are missing, which reviews out of proportion, which wording blames people? In words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.sentences.times import days_in_words
from pipeline.metrics.sentences.words import (
    count_of,
    part_of,
    part_with_verb,
    percent,
    share_span,
    upper_first,
)
from pipeline.metrics.statistics import share_interval

if TYPE_CHECKING:
    import polars as pl

#: What the rows of `reviews_of_small_incidents` are.
SMALL_MEANING = (
    "Small: severity 3 or less grave; where none is stated, an hour of impact at most. Over-long: later than "
    "three times the days agreed; where nothing was agreed, than nine of ten reviews. Days waited, not hours "
    "spent."
)

#: What the findings of the rule `blaming_wording` are.
BLAMING_MEANING = (
    "Found by a list of phrases: a hint, and no judgement of who wrote it. “postmortems lint” tells it "
    "before a document is published."
)


def overdue_title(overdue: pl.DataFrame, steps: pl.DataFrame) -> str:
    """How many are overdue, not written or not reviewed, each of how many that were due.

    `overdue` is the metric `overdue_postmortems`, `steps` is `postmortem_timeliness` of the whole.
    """
    rows = [row for row in steps.iter_rows(named=True) if row["n"]]
    if not rows:
        return "No postmortem is known to be due"
    if overdue.is_empty():
        due = ", ".join(f"{row['n']:,} due to be {row['step']}" for row in rows)
        return f"No postmortem is overdue, of {due}"
    missing = ", ".join(
        f"{part_of(row['overdue_count'], row['n'])} not {row['step']}" for row in rows if row["overdue_count"]
    )
    are = "is" if len(overdue) == 1 else "are"
    return f"{count_of(len(overdue), 'postmortem')} {are} overdue: {missing}"


def small_reviews_title(reviews: pl.DataFrame) -> str:
    """How many reviews of small incidents were over-long; `reviews` is `reviews_of_small_incidents`."""
    judged = reviews.filter(reviews["is_over_long"].is_not_null())
    if reviews.is_empty():
        return "Of no small incident is it known when it was reviewed"
    if judged.is_empty():
        few = count_of(len(reviews), "review")
        return f"{few} of small incidents, and nothing to say which is over-long"
    longest = f"the longest took {days_in_words(max(judged['review_days'].to_list()))}"
    found = judged["is_over_long"].to_list().count(True)
    if len(judged) == 1:
        took = longest.removeprefix("the longest ")
        return f"The one review of a small incident was {'' if found else 'not '}over-long: {took}"
    judged_part = part_with_verb(
        found, len(judged), "review of a small incident", "reviews of small incidents"
    )
    return f"{upper_first(judged_part)} over-long; {longest}"


def small_reviews_badge(reviews: pl.DataFrame) -> str:
    """Of how many small incidents the review is known."""
    if reviews.is_empty():
        return "n = 0"
    return f"n = {len(reviews):,}, {percent(reviews['coverage'][0])} of the small incidents"


def blaming_title(by_team: pl.DataFrame) -> str:
    """How many postmortems have wording that blames people; `by_team` is `blaming_by_team`."""
    n, found = sum(by_team["n"].to_list()), sum(by_team["blaming_count"].to_list())
    if not n:
        return "No postmortem, so no wording that blames people"
    if not found:
        return f"No wording that blames people was found in {count_of(n, 'postmortem')}"
    low, high = share_interval(found, n)
    blaming = part_with_verb(found, n, "postmortem", verbs=("has", "have", "has no"))
    return (
        f"{upper_first(blaming)} wording that blames people: {percent(found / n)} "
        f"(90\u00a0% interval {share_span(low or 0.0, high or 1.0)})"
    )


def blaming_teams(by_team: pl.DataFrame) -> str:
    """The teams of those postmortems, each of how many, by name; nothing where there are none."""
    told = [
        f"{row['team']} {row['blaming_count']:,} of {row['n']:,} "
        f"({share_span(row['blaming_low'], row['blaming_high'])})"
        for row in by_team.iter_rows(named=True)
        if row["blaming_count"]
    ]
    return f"By team, with 90\u00a0% intervals: {', '.join(told)}." if told else ""
