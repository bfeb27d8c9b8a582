"""What a metric counts: a period, teams, services, severities, causes, sources of documents."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

Grain = Literal["week", "month", "quarter", "year", "span"]
GroupBy = Literal["all", "month", "quarter", "year", "team", "service", "severity", "cause", "trigger"]
#: What action items can be grouped by; the severity is that of the incident.
ItemGroup = Literal["all", "team", "priority", "kind", "severity"]
#: The four durations of an incident, each as `marts.incidents` defines it.
Measure = Literal["detect", "acknowledge", "mitigate", "resolve"]
#: Shares of what is as agreed, as `sql/metrics/compare_group_shares.sql` defines them.
ShareMeasure = Literal["written_in_time", "reviewed_in_time", "on_time", "done_in_time"]
#: What two periods or groups are compared by.
Compared = Literal[Measure, "customer_impact", "incidents", ShareMeasure]
#: What a duration rests on: what the metrics use (timestamps, else as stated), or only what documents state.
Basis = Literal["used", "stated"]
Preset = Literal["last_quarter", "last_12_months", "this_year", "all"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What to count. An empty choice means all.

    `period_from` and `period_to` are the first and the last day, both counted, in UTC; None leaves that
    side open. In `teams`, `services` and `causes`, "" stands for "not stated"; in `severities`, 0 does.
    """

    period_from: date | None = None
    period_to: date | None = None
    teams: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    severities: tuple[int, ...] = ()
    causes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def parameters(
        self,
        grain: Grain = "span",
        search_text: str = "",
        group_by: GroupBy | ItemGroup = "all",
        measure: Compared = "resolve",
        basis: Basis = "used",
    ) -> dict[str, Any]:
        """As the one row of the CTE `filters` that the metrics' SQL reads.

        Groups that are periods set the grain; other groups lie in periods of the grain given.
        """
        if group_by in ("month", "quarter", "year"):
            grain = group_by
        return {
            "period_from": self.period_from,
            "period_to": None if self.period_to is None else self.period_to + timedelta(days=1),
            "teams": list(self.teams) or None,
            "services": list(self.services) or None,
            "severities": list(self.severities) or None,
            "causes": list(self.causes) or None,
            "sources": list(self.sources) or None,
            "grain": grain,
            "search_text": search_text,
            "group_by": group_by,
            "measure": measure,
            "basis": basis,
        }

    def spanning(self, period_from: date | None, period_to: date | None) -> Filters:
        """The same choices over another period."""
        return replace(self, period_from=period_from, period_to=period_to)


def preset_period(preset: Preset, as_of: datetime) -> tuple[date | None, date | None]:
    """The first and the last day of a period that people name, seen from `as_of`.

    "last_quarter" and "last_12_months" hold complete quarters and months only, because a month that has
    just begun always looks like an improvement.
    """
    today = as_of.date()
    this_month = today.replace(day=1)
    match preset:
        case "last_quarter":
            this_quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
            return _months_later(this_quarter, -3), this_quarter - timedelta(days=1)
        case "last_12_months":
            return _months_later(this_month, -12), this_month - timedelta(days=1)
        case "this_year":
            return today.replace(month=1, day=1), today
        case "all":
            return None, None


def compared_periods(
    filters: Filters, as_of: datetime, last_day: date | None = None
) -> tuple[Filters, Filters]:
    """The period to judge and, before it, the equally long one to judge it against: (before, after).

    Whole months are matched with as many whole months, other periods with as many days. A period without
    a first day is judged by its last 12 complete months; when the records end before these, on `last_day`,
    by the 12 months that end with that day's month.
    """
    last = filters.period_to or as_of.date()
    last = min(last, as_of.date())
    if filters.period_from is None:
        following = last + timedelta(days=1)
        last = following.replace(day=1) - timedelta(days=1)
        first = _months_later(last.replace(day=1), -11)
        if last_day is not None and last_day < first:
            first = _months_later(last_day.replace(day=1), -11)
            last = _months_later(first, 12) - timedelta(days=1)
    else:
        first = filters.period_from
    before_last = first - timedelta(days=1)
    if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        before_first = _months_later(first, -months)
    else:
        before_first = first - (last - first) - timedelta(days=1)
    return filters.spanning(before_first, before_last), filters.spanning(first, last)


def _months_later(first_of_month: date, months: int) -> date:
    count = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
