"""What the study of planted facts takes for true is what the invented company was made to be."""

from __future__ import annotations

from datetime import datetime

from benchmarks.planted import Unfixed
from pipeline.demo.company import invent_company


def test_what_is_open_against_a_cause_is_of_earlier_incidents_alike() -> None:
    """Every prevention item counted was promised and not decided; repeats of incidents with one are known."""
    company = invent_company(seed=3, incident_count=120, as_of=datetime(2026, 9, 30))
    unfixed = Unfixed(company)
    known = 0
    for incident in company.incidents:
        items = unfixed.items(incident)
        for item in items:
            assert item.incident_id is not None
            earlier = company.incident(item.incident_id)
            assert (earlier.service, earlier.cause) == (incident.service, incident.cause)
            assert earlier.started_at < incident.started_at
            assert item.kind == "prevent"
            assert item.created_at <= incident.started_at
            decided_at = item.fate[1]
            assert decided_at is None or decided_at > incident.started_at
        known += any(item.incident_id == incident.repeats for item in items)
    repeats = sum(incident.repeats is not None for incident in company.incidents)
    assert 0.8 * repeats < known <= repeats
    assert repeats > 10
