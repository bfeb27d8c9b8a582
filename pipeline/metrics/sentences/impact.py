"""What do incidents cost, and are their postmortems written in time? In words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import floor
from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.times import days_in_words
from pipeline.metrics.sentences.words import (
    count_of,
    day_in_words,
    in_words,
    none_of,
    part_of,
    part_with_verb,
    percent,
    share_span,
    upper_first,
)

if TYPE_CHECKING:
    import polars as pl


def impact_in_words(row: Mapping[str, Any]) -> str:
    """What is known of the impact, and of how many incidents; `row` is one of `impact_by_group`."""
    of = row["incident_count"]
    if not of:
        return "No incident, so no impact."

    def known(*told: str) -> str:
        said = ", ".join(each for each in told if each)
        return f" ({said})" if said else ""

    def part(count: int) -> str:
        return part_of(count, of) if of > 1 else ""

    told = []
    if row["n"]:
        say = f"{part(row['n'])} {'says' if row['n'] == 1 else 'say'}" if of > 1 else ""
        told.append(f"customers felt {in_words(row['customer_impact_minutes'])}{known(say)}")
    if row["users_known_count"]:
        users = f"{count_of(row['affected_user_count'], 'user')} affected"
        added = ", added up over incidents" if row["users_known_count"] > 1 else ""
        told.append(f"{users}{added}{known(part(row['users_known_count']))}")
    if row["person_hours_known_count"]:
        hours = f"{count_of(round(row['person_hours']), 'hour')} of people's time"
        told.append(f"{hours}{known(part(row['person_hours_known_count']))}")
    if row["cost_known_count"]:
        money = f"{row['cost']:,.0f} {row['cost_currency'] or '(no currency set)'}"
        formula = row["cost_known_count"] - row["cost_stated_count"]
        by_formula = (f"{formula:,} by formula" if of > 1 else "by formula") if formula else ""
        told.append(f"a cost of {money}{known(part(row['cost_known_count']), by_formula)}")
    if not told:
        if of == 1:
            return "The one incident states no impact."
        return f"{upper_first(none_of(of, 'incident'))} states an impact."
    return f"Of {count_of(of, 'incident')}: {'; '.join(told)}. What is not stated adds nothing."


def timeliness_in_words(row: Mapping[str, Any]) -> str:
    """The share in time with its interval, and what is overdue; `row` is one of `postmortem_timeliness`."""
    if not row["incident_count"]:
        return "No incident, so no postmortem."
    said = _in_time(row)
    if row["n"]:
        said += f": {_share_in_time(row)}, {row['overdue_count']:,} overdue"
    if row["taken_count"]:
        said += f"; {_median_days(row)}"
    if row["no_day_count"]:
        said += f"; of {row['no_day_count']:,} more nobody knows when"
    if row["not_told_count"]:
        said += f"; {_not_told(row)}"
    if row["no_document_count"]:
        said += f"; {_without_document(row)}"
    return f"{said}."


def timeliness_title(row: Mapping[str, Any]) -> str:
    """How many of those that can be judged were in time, and of how many more that cannot be told."""
    if not row["incident_count"]:
        return "No incident, so no postmortem"
    said = _in_time(row)
    unknown = sum(row[name] for name in ("no_end_count", "no_day_count", "not_told_count"))
    if row["n"] and unknown:
        said += f"; of {count_of(unknown, 'incident')} more it cannot be told"
    return said


def timeliness_details(row: Mapping[str, Any]) -> str:
    """What the title leaves out: the share with its interval, the median, and how many have no postmortem."""
    told = [f"All of these: {_share_in_time(row)}"] if row["n"] else []
    if row["taken_count"]:
        told.append(_median_days(row))
    if row["no_document_count"]:
        told.append(_without_document(row))
    if row["not_told_count"]:
        told.append(_not_told(row))
    return f"{'; '.join(told)}." if told else ""


def _in_time(row: Mapping[str, Any]) -> str:
    if row["n"]:
        judged = part_with_verb(row["in_time_count"], row["n"], "postmortem")
        return f"{upper_first(judged)} {row['step']} in time"
    if row["not_due_count"]:
        return f"No postmortem is due to be {row['step']} yet"
    if row["not_agreed_count"]:
        return f"Nothing was agreed on when a postmortem is to be {row['step']}"
    return f"Of no incident is it known when its postmortem was {row['step']}"


def _share_in_time(row: Mapping[str, Any]) -> str:
    span = share_span(row["share_low"], row["share_high"])
    return f"{percent(row['share_in_time'])} (90\u00a0% interval {span})"


def _median_days(row: Mapping[str, Any]) -> str:
    return f"{days_in_words(row['median_days'])} after the end at the median (n = {row['taken_count']:,})"


def _not_told(row: Mapping[str, Any]) -> str:
    return f"{count_of(row['not_told_count'], 'incident')} of sources that tell no day of it left out"


def _without_document(row: Mapping[str, Any]) -> str:
    counted = count_of(row["no_document_count"], "incident has", "incidents have")
    return f"{counted} no postmortem at all"


#: Of fewer postmortems a ninth in ten says little.
LEAST_DELAYS = 10


def reporting_delay_in_words(delays: pl.DataFrame) -> str:
    """That the last days of the period may lack incidents; "" when they do not, or too little is known.

    `delays` is the metric `reporting_delay`.
    """
    row = delays.row(0, named=True)
    if not row["may_lack"] or row["n"] < LEAST_DELAYS:
        return ""
    since = day_in_words(row["as_of"] - timedelta(days=row["p90_days"]))
    return (
        f"One postmortem in ten came more than {count_of(floor(row['p90_days']), 'day')} after its incident "
        f"(n = {row['n']:,}): of incidents since {since} some may not be written down yet."
    )
