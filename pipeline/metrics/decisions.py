"""What is there to decide? Where the next week goes, whose promises need a talk, what came back unfixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.metrics.causes import repeats_while_open
from pipeline.metrics.comparisons import compare
from pipeline.metrics.filters import compared_periods
from pipeline.metrics.priorities import priorities, ranking_under
from pipeline.metrics.statistics import Comparison
from pipeline.metrics.teams import TeamMeasure, team_rates

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeline.metrics.filters import Filters
    from pipeline.metrics.published import Published

Row = Mapping[str, Any]
#: A priority counts as staying on top while it is among so many.
TOP = 3
#: The measures of `team_rates` that tell of promises, the most telling first.
PROMISES: tuple[TeamMeasure, ...] = (
    *("on_time", "decided", "ignored", "pushed", "reopened", "closed_in_bulk", "no_trace"),
)
#: A team that nothing tells cannot be talked with.
NOBODY = "not stated"


@dataclass(frozen=True, slots=True)
class NextWeek:
    """The open prevention item to begin with: `item`, its row of `priorities`; None when none can be ranked.

    `stays`, its row of `ranking_under`, tells under how many sets of assumptions it is among the first
    `TOP`; of `other_count` other items, `overlap_count` have intervals that overlap with its own.
    """

    item: Row | None
    stays: Row | None
    other_count: int
    overlap_count: int
    not_rankable_count: int

    @property
    def is_certain(self) -> bool:
        """Whether it stays among the first whatever is assumed, and its interval lies clear of all others."""
        return (
            self.stays is not None
            and self.stays["top_count"] == self.stays["scenario_count"]
            and not self.overlap_count
        )


@dataclass(frozen=True, slots=True)
class Talk:
    """Whose promises need a talk: `flagged`, rows of `team_rates` that are a signal on the bad side, by team;
    `beyond_chance`, those that are not, but more than chance; `most_ignored`, the row of the team with most
    ignored items, if any has one.

    `judged_count` is how many figures of teams could be judged at all.
    """

    flagged: Mapping[str, Sequence[Row]]
    beyond_chance: Mapping[str, Sequence[Row]]
    most_ignored: Sequence[Row]
    judged_count: int


@dataclass(frozen=True, slots=True)
class CameBack:
    """What came back while its fix was open: `repeats`, rows of `repeats_while_open`, the longest first;
    and what the reliability signal is, which is told when nothing came back."""

    repeats: Sequence[Row]
    counts: Comparison
    times: Comparison


@dataclass(frozen=True, slots=True)
class Decisions:
    """Three things to decide, each with the evidence it rests on."""

    next_week: NextWeek
    talk: Talk
    came_back: CameBack


def decisions(
    published: Published, filters: Filters, *, as_of: datetime, last_day: date | None = None
) -> Decisions:
    """Three things to decide, or that there is nothing to, by what the intervals allow.

    The ranking rests on the last twelve months before `as_of` whatever the period; `last_day` is the last on
    record, for the comparison when no period is chosen.
    """
    return Decisions(
        _next_week(published, filters),
        _talk(published, filters),
        _came_back(published, filters, as_of, last_day),
    )


def _next_week(published: Published, filters: Filters) -> NextWeek:
    import polars as pl

    rows = priorities(published, filters).filter(kind="action_item")
    known = rows.drop_nulls("loss_avoided")
    if known.is_empty():
        return NextWeek(None, None, 0, 0, len(rows))
    stays = ranking_under(published, filters, top=TOP).filter(kind="action_item")
    always = set(stays.filter(pl.col("top_count") == pl.col("scenario_count"))["priority_id"])
    first = known.head(TOP).rows(named=True)
    item = next((row for row in first if row["priority_id"] in always), first[0])
    overlapping = known.filter(
        pl.col("loss_avoided_high") >= item["loss_avoided_low"],
        pl.col("loss_avoided_low") <= item["loss_avoided_high"],
        pl.col("priority_id") != item["priority_id"],
    )
    own = stays.filter(priority_id=item["priority_id"]).rows(named=True)
    return NextWeek(item, own[0] if own else None, len(known) - 1, len(overlapping), len(rows) - len(known))


def _talk(published: Published, filters: Filters) -> Talk:
    rates = [
        row
        for row in team_rates(published, filters).iter_rows(named=True)
        if row["measure"] in PROMISES and row["team"] != NOBODY
    ]
    found: dict[str, dict[str, list[Row]]] = {"signal": {}, "beyond chance": {}}
    for row in sorted(rates, key=lambda row: (row["team"].casefold(), PROMISES.index(row["measure"]))):
        side = "below" if row["is_good_high"] else "above"
        if row["verdict"] in found and row["flag"].startswith(side):
            found[row["verdict"]].setdefault(row["team"], []).append(row)
    ignored = [row for row in rates if row["measure"] == "ignored" and row["hit_count"]]
    most = max((row["hit_count"] for row in ignored), default=0)
    return Talk(
        found["signal"],
        found["beyond chance"],
        [row for row in ignored if row["hit_count"] == most],
        sum(row["flag"] != "too_few" for row in rates),
    )


def _came_back(published: Published, filters: Filters, as_of: datetime, last_day: date | None) -> CameBack:
    repeats = sorted(
        repeats_while_open(published, filters).iter_rows(named=True),
        key=lambda row: -(row["impact_minutes"] or 0),
    )
    before, after = compared_periods(filters, as_of, last_day)
    return CameBack(
        repeats,
        compare(published, before, after, "incidents"),
        compare(published, before, after, "resolve"),
    )
