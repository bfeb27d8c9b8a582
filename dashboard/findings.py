"""How findings are shown: what to do, where, in the document's own words, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard import cards
from dashboard.cards import IncidentLink, Markup
from pipeline.metrics import sentences as say


def figures(row: Mapping[str, Any]) -> Markup:
    """The figures that lose incidents by findings, and those that use values they doubt."""
    doubted = say.figures_in_words(row["doubted_figures"])
    minutes = f" ({say.in_words(row['doubted_minutes'])})" if row["doubted_minutes"] else ""
    in_doubt = f"in doubt: {doubted}{minutes}" if doubted else ""
    lost = say.figures_in_words(row["lost_figures"])
    return cards.with_remark(lost, in_doubt) if lost else cards.text(in_doubt)


def place(row: Mapping[str, Any], incident_link: IncidentLink) -> Markup:
    """The incident, when it is about one; the document, and the line."""
    line = f", line {row['line']}" if row["line"] else ""
    document = Markup(f"{cards.link(row['path'], row['url'])}{line}") if row["path"] else Markup()
    if not row["incident_id"]:
        return document
    return cards.with_remark(incident_link(row["incident_id"], row["incident_title"]), document)


def table(found: pl.DataFrame, incident_link: IncidentLink) -> Markup:
    """Findings one by one, with their doors to the incident and the document."""
    return cards.table(
        ["What to mend", "Where", "Figures"],
        [
            (
                cards.with_remark(row["message"], cards.quoted(row["quote"])),
                place(row, incident_link),
                figures(row),
            )
            for row in found.iter_rows(named=True)
        ],
        ["", "", "words soft"],
    )
