"""What people of the invented company know better than its documents say: `reviewed.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.demo.house_styles import Document
from pipeline.demo.truth import Company, Incident, Mistake

REVIEWED_FILE = "reviewed.csv"
_DAYS_LATER = 9


@dataclass(frozen=True, slots=True)
class Review:
    """One value that a person gave, who, and when (naive UTC). `document` begins with its source."""

    document: str
    incident_id: str
    field: str
    value: str
    who: str
    reviewed_at: datetime


def reviews(company: Company, documents: Iterable[Document]) -> list[Review]:
    """The author of the latest document with each gap fills it: the end, the severity, the cause."""
    latest: dict[Mistake, Document] = {}
    for document in documents:
        if len(document.plan.incident_ids) == 1 and len(document.mistakes) == 1:
            mistake = document.mistakes[0]
            if document.plan.published_at + timedelta(days=_DAYS_LATER) < company.as_of:
                known = latest.get(mistake)
                if known is None or document.plan.published_at >= known.plan.published_at:
                    latest[mistake] = document
    found = []
    for mistake in ("no_end", "no_severity", "no_cause"):
        document_with = latest.get(mistake)
        if document_with is not None:
            plan = document_with.plan
            incident = company.incident(plan.incident_ids[0])
            field, value = _known(incident, mistake)
            found.append(
                Review(
                    document=f"{plan.unit.name}/{plan.path}",
                    incident_id=incident.incident_id,
                    field=field,
                    value=value,
                    who=plan.author.name,
                    reviewed_at=plan.published_at + timedelta(days=_DAYS_LATER),
                )
            )
    return found


def write_reviewed(company: Company, documents: Iterable[Document], folder: Path) -> Path:
    """Write the reviews to `reviewed.csv` in `folder`; returns its path."""
    path = folder / REVIEWED_FILE
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("document", "field", "value", "who", "when"))
        for each in reviews(company, documents):
            when = f"{each.reviewed_at:%Y-%m-%d}"
            writer.writerow((each.document, each.field, each.value, each.who, when))
    return path


def _known(incident: Incident, mistake: Mistake) -> tuple[str, str]:
    match mistake:
        case "no_end":
            return "resolved_at", f"{incident.resolved_at:%Y-%m-%d %H:%M}"
        case "no_severity":
            return "severity", str(incident.severity)
        case _:
            assert incident.cause is not None
            return "cause_category", incident.cause.category
