"""What most needs a person's eye, from what is published: as text to read, or as rows for `reviewed.csv`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.metrics import open_published, reviewed_rows

_QUERY = """
    SELECT queue.*, incidents.severity, incidents.title
    FROM marts.review_queue AS queue
    INNER JOIN marts.incidents ON queue.incident_id = incidents.incident_id
    ORDER BY queue.review_rank
    LIMIT $limit
"""


def describe_review(published: Path, limit: int) -> Iterator[str]:
    """The lines of `postmortems review`: for each field its place, what is read, why in doubt, what it costs.

    Raises NothingPublishedError when nothing was published yet.
    """
    build = open_published(published)
    try:
        rows = build.query(_QUERY, {"limit": limit}).rows(named=True)
        (total,) = build.query("SELECT count(*) FROM marts.review_queue").row(0)
    finally:
        build.close()
    if not rows:
        yield "Nothing needs a person's eye: no figure lacks an incident, and none rests on a doubtful value."
        return
    for row in rows:
        yield from _described(row)
    if total > len(rows):
        yield f"{total - len(rows):,} more, which cost less; --limit shows more of them."


def review_rows(published: Path, limit: int, *, who: str, when: date) -> str:
    """The same as CSV with the columns of `reviewed.csv`, each value as read, to correct or confirm.

    Raises NothingPublishedError when nothing was published yet.
    """
    build = open_published(published)
    try:
        rows = build.query(_QUERY, {"limit": limit}).rows(named=True)
    finally:
        build.close()
    return reviewed_rows(rows, who=who, when=when)


def _described(row: dict[str, Any]) -> Iterator[str]:
    line = f":{row['line']}" if row["line"] else ""
    which = f" (its incident {row['incident_ordinal']})" if row["incident_ordinal"] else ""
    read = f"{_plain(row['value'])}, {row['confidence']:.0%} sure" if row["value"] else "nothing read"
    yield _plain(f"{row['review_rank']}. {row['source']}/{row['path']}{line}{which}")
    yield f"   {row['field']}: {read}. {_plain(row['reason'])}"
    if row["quote"]:
        yield f"   “{_plain(row['quote'])}”"
    figures = ", ".join(figure.replace("_", " ") for figure in row["figures"])
    effect = "missing in" if row["doubt"] in ("missing", "left_out") else "doubtful in"
    severity = f"severity {row['severity']}" if row["severity"] else "no severity"
    minutes = f"{row['minutes']:,.0f} minutes" if row["minutes"] is not None else "of unknown length"
    yield f"   {effect} {figures} ({severity}, {minutes})"


def _plain(text: str) -> str:
    """Text of a document in one line of a terminal, without what a terminal would obey."""
    words = "".join(letter if letter.isprintable() else " " for letter in text)
    return words if len(words) <= 160 else f"{words[:159]}…"
