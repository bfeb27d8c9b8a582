"""What people of the invented company want their charts to remind of: `annotations.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipeline.demo.truth import Company

ANNOTATIONS_FILE = "annotations.csv"


@dataclass(frozen=True, slots=True)
class _Happening:
    """So many days before the moment of the story, and how many days it lasted after the first."""

    days_ago: int
    lasted: int
    label: str
    kind: str


_HAPPENINGS = (
    _Happening(520, 0, "New on-call policy", "policy"),
    _Happening(110, 24, "Change freeze", "policy"),
)
_RELEASE = _Happening(250, 0, "{service} rewritten", "release")


def write_annotations(company: Company, folder: Path) -> Path:
    """Write what happened to all, and a release of one service, to `annotations.csv`; returns its path."""
    service = next(team for team in company.teams if team.improves).services[0]
    rows = [(each, each.label, "") for each in _HAPPENINGS]
    rows.append((_RELEASE, _RELEASE.label.format(service=service), service))
    path = folder / ANNOTATIONS_FILE
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "label", "end_date", "service", "kind"))
        for each, label, of_service in sorted(rows, key=lambda row: -row[0].days_ago):
            day = company.as_of.date() - timedelta(days=each.days_ago)
            last = day + timedelta(days=each.lasted) if each.lasted else ""
            writer.writerow((day, label, last, of_service, each.kind))
    return path
