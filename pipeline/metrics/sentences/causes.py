"""What keeps hurting us? In words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.words import MOST, category_in_words, count_of, in_words, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl


def impact_headline(causes: pl.DataFrame) -> str:
    """The costliest known cause and what it cost; or how much has no known cause, when that is most."""
    total = sum(causes["impact_minutes"].to_list())
    if not total:
        return "No incident in this period states how long it hurt."
    named = _known(causes, "cause_category", "unknown")
    unknown = unknown_share(causes, "cause_category", "unknown")
    if named is None or unknown > MOST:
        return f"The cause of {percent(unknown)} of the impact is not known."
    return f"{category_in_words(named['cause_category'])} cost most: {in_words(named['impact_minutes'])}."


def unknown_share(frame: pl.DataFrame, column: str, unknown: str) -> float:
    """Which share of the impact lies in the row that stands for what is not known; 0 of nothing."""
    total = sum(frame["impact_minutes"].to_list())
    hidden = sum(row["impact_minutes"] for row in frame.iter_rows(named=True) if row[column] == unknown)
    return hidden / total if total else 0.0


def cause_title(causes: pl.DataFrame) -> str:
    """The costliest known cause, its share of the impact, and how much has none when that is most."""
    return _costliest(causes, "cause_category", "unknown", category_in_words, "no known cause") or (
        "No cause is known to have cost anything"
    )


def service_title(services: pl.DataFrame) -> str:
    """The costliest service and its share of the impact."""
    return _costliest(services, "service", "not stated", str, "no service stated") or (
        "No service is known to have been hurt"
    )


def repeats_title(repeats: pl.DataFrame) -> str:
    """How often something came back unfixed."""
    if repeats.is_empty():
        return "Nothing came back while its fix was open"
    return f"{count_of(len(repeats), 'incident')} came back while the fix was still open"


def _costliest(
    frame: pl.DataFrame, column: str, unknown: str, in_words_of: Callable[[str], str], no_name: str
) -> str:
    """The costliest row that has a name; and how much of the impact has none, when that is most of it."""
    row = _known(frame, column, unknown)
    if row is None or not row["impact_minutes"]:
        return ""
    cost = f"{in_words_of(row[column])}: {percent(row['impact_share'])} of the impact"
    if row["n"] == 1:
        cost += ", in 1 incident"
    hidden = unknown_share(frame, column, unknown)
    return f"{cost}; {percent(hidden)} has {no_name}" if hidden > MOST else cost


def _known(frame: pl.DataFrame, column: str, unknown: str) -> dict[str, Any] | None:
    """The first row of which the column is known."""
    return next((row for row in frame.iter_rows(named=True) if row[column] != unknown), None)
