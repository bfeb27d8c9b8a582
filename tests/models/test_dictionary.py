"""The comments of the models and the tables they make say the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.models import build_models
from pipeline.models.dictionary import dictionary_markdown, table_description
from pipeline.models.files import SQL, Model, read_model, read_models
from pipeline.models.runner import CATALOGS

MODELS = read_models()
MARTS = [model for model in MODELS.values() if model.layer == "marts"]
METRICS = [read_model(path) for path in sorted((SQL / "metrics").glob("*.sql"))]

#: What anyone may rely on: the columns of the published tables that were promised. More may be added.
PROMISED = {
    "incidents": """
        incident_id document_id source path url title severity severity_label service services team started_at
        detected_at acknowledged_at declared_at mitigated_at resolved_at stated_time_to_detect_minutes
        stated_time_to_mitigate_minutes stated_time_to_resolve_minutes time_to_detect_minutes
        time_to_acknowledge_minutes time_to_mitigate_minutes time_to_resolve_minutes duration_basis is_planned
        customer_impact_minutes affected_user_count cost cause_category cause_basis trigger_category
        trigger_basis published_at reviewed_at completeness_score action_item_count occurred_at
    """,
    "evidence": "document_id incident_id field value method line quote confidence",
    "incident_events": "incident_id at text kind line",
    "action_items": """
        action_item_id incident_id description kind owner team priority tracker jira_key url link_state
        outcome outcome_basis promised_at created_at started_at done_at declined_at due_on first_due_on
        committed_on
        is_overdue is_on_time is_ignored overdue_days open_days last_activity_at due_date_push_count
        reopen_count owner_change_count priority_drop_count found_by declined_reason survivor_key
        survivor_issue_id parent_key child_count child_done_count sprint story_points jira_severity
        absent_since_at absent_reason opened_at
    """,
    "action_item_states": "action_item_id spell_number outcome from_at until_at is_last",
    "slippage": """
        action_item_id team due_date_push_count due_date_push_days priority_drop_count owner_change_count
        reopen_count is_closed_in_bulk has_no_trace closed_by closed_at
    """,
    "issues": """
        issue_id issue_key url summary issue_type project followed_for status status_category resolution
        outcome owner priority created_at due_on parent_key sprint story_points team is_absent absent_since_at
        is_history_complete history_count first_seen_at last_changed_at
    """,
    "action_item_events": "action_item_id issue_id at field from_value to_value pushed_days",
    "categories": "kind category definition published_as",
    "repeats": """
        incident_id earlier_incident_id gap_days basis similarity open_prevention_item_count
        overdue_prevention_item_count is_prevention_known is_confirmed
    """,
    "repeat_chains": "incident_id chain_id place_in_chain",
    "teams": """
        team incident_count impact_minutes mean_completeness_score postmortem_count nothing_promised_count
        action_item_count on_time_count decided_with_commitment_count pushed_item_count due_date_push_days
        closed_in_bulk_count no_trace_count
    """,
    "documents": "document_id source path url title kind",
    "findings": """
        document_id line quote rule level message lost_figures doubted_figures lost_incident_count
        doubted_minutes cost rank
    """,
    "incident_documents": "incident_id document_id source path url place is_shown incident_ordinal basis",
    "review_queue": """
        review_rank incident_id document_id source path line incident_ordinal field value confidence method
        quote doubt reason figures minutes weight cost
    """,
    "exclusions": "incident_id figure weight minutes",
    "links": "incident_id url document_id kind label line",
    "runs": "build_id as_of is_invented resolve_from resolve_to product_version duckdb_version",
    "sources": """
        source kind last_fetched_at last_outcome document_count skipped_count skipped_reasons last_swept_at
        call_count retry_count waited_seconds absent_count
    """,
    "annotations": "line starts_on ends_on label service team kind",
}


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_every_model_says_what_it_is(model: Model) -> None:
    """Each opens with a purpose and a grain, and its key is made of its own columns."""
    assert model.purpose.endswith((".", ":")), "a purpose in sentences"
    assert model.grain, "a line `One row per …`"
    assert set(model.key) <= model.columns.keys()
    assert model.key or model.table in (
        "stg_facts__findings", "int_findings__read", "int_findings__compared", "int_findings__jira",
    )  # fmt: skip


@pytest.mark.parametrize("model", MARTS + METRICS, ids=lambda model: model.table)
def test_every_published_column_is_described(model: Model) -> None:
    """Each column says what it means at the end of its own line."""
    assert [column for column, meaning in model.columns.items() if not meaning] == []


def test_the_described_columns_are_the_tables_columns(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Built, each mart has the columns its file describes, in that order, and those that were promised."""
    build_models(warehouse, tmp_path / ".building-1.duckdb")
    for model in MARTS:
        described = warehouse.execute(f"DESCRIBE {CATALOGS['marts']}.{model.name}").fetchall()
        assert [row[0] for row in described] == list(model.columns), model.name
        assert set(PROMISED[model.table].split()) <= model.columns.keys(), model.name
        # What a BI tool or a frame cannot take is not published.
        types = {row[0]: row[1] for row in described}
        for column, kind in types.items():
            assert kind in (
                "VARCHAR", "VARCHAR[]", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "TIMESTAMP", "DATE",
            ), f"{model.name}.{column} is {kind}"  # fmt: skip
            assert column.endswith("_at") or column in ("at", "as_of") or kind != "TIMESTAMP", (
                f"{model.name}.{column}"
            )
            assert column.endswith("_on") == (kind == "DATE"), f"{model.name}.{column}"
            assert column.startswith(("is_", "has_")) == (kind == "BOOLEAN"), f"{model.name}.{column}"
    assert {model.table for model in MARTS} == set(PROMISED)


def test_the_dictionary_tells_every_table_and_column() -> None:
    """Each mart and each of its columns stands in the text with its meaning."""
    text = dictionary_markdown()
    for model in MARTS:
        section = text.split(f"## marts.{model.table}\n")[1].split("\n## ")[0]
        for column, meaning in model.columns.items():
            assert f"| `{column}` | {meaning} |" in section


def test_a_model_is_read_from_its_comments(tmp_path: Path) -> None:
    """Purpose, grain, key, notes and columns come from where they stand."""
    path = tmp_path / "marts" / "things.sql"
    path.parent.mkdir()
    path.write_text(
        "-- Things, and\n-- what they are.\n-- One row per thing and day.\n-- Key: thing_id, day.\n--\n"
        "-- A thing counts once.\n"
        "WITH step AS (SELECT 1 AS thing_id -- not this\n)\nSELECT\n    thing_id, -- its name\n"
        "    CASE\n        WHEN thing_id > 1 THEN 'a, b' -- inner\n    END AS day, -- its day, in UTC\n\n"
        "    3 AS silent\nFROM step\n",
        encoding="utf-8",
    )
    model = read_model(path)
    assert (model.purpose, model.grain, model.key, model.notes) == (
        "Things, and what they are.",
        "One row per thing and day.",
        ("thing_id", "day"),
        "A thing counts once.",
    )
    assert model.columns == {"thing_id": "its name", "day": "its day, in UTC", "silent": ""}
    assert table_description(model) == (
        "Things, and what they are. One row per thing and day. Key: thing_id, day. A thing counts once."
    )
