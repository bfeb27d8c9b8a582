"""What must not be published is found, named and shown."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.models import build_models, check_models
from pipeline.models.files import SQL

#: For each check, what breaks the rule it guards, in a build that kept all of them.
BREAKERS = {
    "action_item_states__end_as_the_item_is": (
        "INSERT INTO build.marts.action_item_states (action_item_id, spell_number, outcome, from_at,"
        " until_at, is_last) VALUES ('a', 1, 'open', '2024-02-01', '2024-01-01', false)"
    ),
    "action_items__incidents_exist": (
        "INSERT INTO build.marts.action_items (action_item_id, incident_id, outcome, is_overdue) "
        "VALUES ('a', 'no such incident', 'unknown', false)"
    ),
    "action_items__no_promise_is_lost": (
        "INSERT INTO scratch.intermediate.int_promises (action_item_id) VALUES ('lost')"
    ),
    "action_items__outcomes_and_dates_agree": (
        "INSERT INTO build.marts.action_items (action_item_id, outcome, outcome_basis, is_overdue, done_at) "
        "VALUES ('a', 'open', 'jira', false, '2024-01-01')"
    ),
    "annotations__do_not_end_before_they_start": (
        "INSERT INTO build.marts.annotations (line, starts_on, ends_on) "
        "VALUES (2, '2024-03-02', '2024-03-01')"
    ),
    "evidence__one_value_is_chosen": (
        "INSERT INTO build.marts.evidence (incident_id, field, ordinal, is_chosen) "
        "VALUES ('i', 'title', 1, true), ('i', 'title', 2, true)"
    ),
    "findings__a_cost_names_its_figures": (
        "INSERT INTO build.marts.findings (finding_number, rule, doubted_figures, lost_incident_count, cost) "
        "VALUES (1, 'no_end', [], 0, 3)"
    ),
    "incident_documents__every_telling_has_its_incident": (
        "INSERT INTO build.marts.incident_documents (incident_id, document_id, place, is_shown) "
        "VALUES ('i', 'd', 1, true)"
    ),
    "incidents__durations_are_not_negative": (
        "INSERT INTO build.marts.incidents (incident_id, time_to_detect_minutes) VALUES ('i', -1)"
    ),
    "incidents__durations_have_a_basis": (
        "INSERT INTO build.marts.incidents (incident_id, time_to_resolve_minutes) VALUES ('i', 5)"
    ),
    "incidents__values_have_evidence": (
        "INSERT INTO build.marts.incidents (incident_id, severity) VALUES ('i', 2)"
    ),
    "links__addresses_are_of_the_web": (
        "INSERT INTO build.marts.links (incident_id, url) VALUES ('i', 'javascript:alert(1)')"
    ),
    "repeats__come_after_the_earlier_one": (
        "INSERT INTO build.marts.repeats (incident_id, earlier_incident_id, gap_days) VALUES ('i', 'j', -3)"
    ),
    "review_queue__reviewed_values_are_settled": (
        "INSERT INTO build.marts.evidence (incident_id, field, ordinal, method, is_chosen) "
        "VALUES ('i', 'severity', 1, 'reviewed', true); "
        "INSERT INTO build.marts.review_queue (incident_id, field) VALUES ('i', 'severity')"
    ),
    "runs__there_is_one": "DELETE FROM build.marts.runs",
    "teams__counts_add_up": (
        "INSERT INTO build.marts.teams (team, action_item_count, open_count, done_count, declined_count, "
        "unknown_count) VALUES ('t', 2, 1, 0, 0, 0)"
    ),
    "teams__key_is_unique": "INSERT INTO build.marts.teams (team) VALUES ('t'), ('t')",
}


def test_every_check_has_its_breaker() -> None:
    """No check goes untried."""
    assert {path.stem for path in (SQL / "checks").glob("*.sql")} | {"teams__key_is_unique"} == set(BREAKERS)


@pytest.mark.parametrize("check", BREAKERS)
def test_a_check_finds_what_it_guards_against(
    check: str, tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """A build that breaks one rule fails that check only, with the number of rows and the first of them."""
    build_models(warehouse, tmp_path / ".building-1.duckdb")
    assert check_models(warehouse) == []
    warehouse.execute(BREAKERS[check])
    failures = check_models(warehouse)
    assert [(failure.check, failure.row_count) for failure in failures] == [(check, 1)]
    assert str(failures[0]).startswith(f"check {check} found 1 row that must not exist: ")


def test_a_failure_shows_the_first_rows_only(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Many failing rows are counted, and three of them shown, in one line."""
    build_models(warehouse, tmp_path / ".building-1.duckdb")
    warehouse.execute(
        "INSERT INTO build.marts.repeats (incident_id, earlier_incident_id, gap_days) "
        "SELECT 'i' || n, 'j', -1 FROM range(1200) AS numbers (n)"
    )
    (failure,) = check_models(warehouse)
    assert (failure.row_count, len(failure.first_rows)) == (1200, 3)
    assert "found 1,200 rows" in str(failure)
    assert "\n" not in str(failure)
