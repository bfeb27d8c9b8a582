"""Finding an incident, and everything known about one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.metrics.definitions import rows_of_metric
from pipeline.metrics.filters import Filters
from pipeline.metrics.follow_through import action_item_history, action_items_matching

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """One incident and what surrounds it, each table as `marts` holds it but for `action_items`.

    `facts` is its row of `marts.incidents`; `events` come in the document's order; `action_items` are rows of
    the metric `action_items_matching`, `history` what `action_item_history` gives of them; `evidence` comes
    by field with the chosen value first, `findings` by what they cost the figures, `links` to evidence and
    `documents` with the one the id is of first.
    """

    facts: dict[str, Any]
    events: pl.DataFrame
    action_items: pl.DataFrame
    history: pl.DataFrame
    evidence: pl.DataFrame
    findings: pl.DataFrame
    links: pl.DataFrame
    documents: pl.DataFrame


def incidents_matching(published: Published, filters: Filters, search_text: str = "") -> pl.DataFrame:
    """The incidents the filters let through that hold every word of the text, the latest first.

    Columns as `sql/metrics/incidents_matching.sql` describes them.
    """
    words = " ".join(search_text.split())
    return rows_of_metric(published, "incidents_matching", filters, search_text=words)


def incident(published: Published, incident_id: str) -> IncidentFile | None:
    """Everything known about one incident; None when the build holds none of that id."""
    import polars as pl

    key = {"incident_id": incident_id}
    facts = published.query("SELECT * FROM marts.incidents WHERE incident_id = $incident_id", key)
    if facts.is_empty():
        return None
    action_items = (
        action_items_matching(published, Filters())
        .filter(pl.col("incident_id") == incident_id)
        .sort("committed_on", "action_item_id", nulls_last=True)
    )
    return IncidentFile(
        facts=facts.row(0, named=True),
        events=published.query(
            "SELECT * FROM marts.incident_events WHERE incident_id = $incident_id ORDER BY ordinal", key
        ),
        action_items=action_items,
        history=action_item_history(published, action_items["action_item_id"].to_list()),
        evidence=published.query(
            "SELECT * FROM marts.evidence WHERE incident_id = $incident_id ORDER BY field, ordinal",
            key,
        ),
        findings=published.query(
            "SELECT findings.* FROM marts.findings INNER JOIN marts.incident_documents AS tellings"
            " ON findings.document_id = tellings.document_id"
            " WHERE tellings.incident_id = $incident_id"
            " AND coalesce(findings.incident_id, $incident_id) = $incident_id"
            ' ORDER BY findings."rank"',
            key,
        ),
        links=published.query(
            "SELECT * FROM marts.links WHERE incident_id = $incident_id ORDER BY line NULLS LAST, url",
            key,
        ),
        documents=published.query(
            "SELECT * FROM marts.incident_documents WHERE incident_id = $incident_id ORDER BY place", key
        ),
    )
