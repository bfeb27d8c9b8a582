"""How what is known of a team is shown: a rate with its interval and n, and what may be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import cards
from dashboard.cards import Markup
from pipeline.metrics import sentences as say

#: Each measure of `team_rates` by the name that stands in the address.
NAMES = {
    "decided": "Decided",
    "on_time": "Decided in time",
    "ignored": "Ignored",
    "pushed": "Due date moved later",
    "reopened": "Reopened",
    "closed_in_bulk": "Closed in bulk",
    "no_trace": "Done with no trace of work",
    "repeat_while_open": "Came back while a fix was open",
    "written_in_time": "Written in time",
    "reviewed_in_time": "Reviewed in time",
}


def share(row: Mapping[str, Any]) -> Markup:
    """A share, its interval and n; `row` is one of `team_rates`."""
    return cards.with_remark(
        say.percent(row["share"]), f"{say.share_span(row['low'], row['high'])}, n = {row['n']:,}"
    )


def verdict(row: Mapping[str, Any]) -> Markup:
    """What may be said of it: a signal in the colour of good or bad news, beyond chance in that of a notice,
    all else quietly."""
    if row["verdict"] == "not distinguishable":
        return Markup(f'<span class="pm-quiet">{cards.text(say.flag_in_words(row))}</span>')
    far = "far from the others" if row["verdict"] == "signal" else "perhaps as teams differ"
    return cards.with_remark(_chip(row), far)


def _chip(row: Mapping[str, Any]) -> Markup:
    side = "lower" if row["flag"].startswith("below") else "higher"
    return cards.chip(f"{row['verdict']}: {side}", _kind(row))


def _kind(row: Mapping[str, Any]) -> str:
    if row["verdict"] != "signal":
        return "notice"
    return "bad" if say.is_bad(row) else "good"


def rate(row: Mapping[str, Any] | None) -> Markup:
    """A share with its interval and n, and a word where there is more to say than nothing."""
    if row is None:
        return cards.text("–")
    if row["flag"] == "within":
        return share(row)
    if row["flag"] == "too_few":
        return cards.with_remark(f"{row['hit_count']:,} of {row['n']:,}", "too few to judge")
    return cards.with_remark(share(row), _chip(row))
