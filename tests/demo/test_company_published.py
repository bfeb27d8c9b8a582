"""The invented company through the whole pipeline: what is put together, and what people know better."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import flow
from pipeline.demo.histories import sprint_name
from pipeline.demo.stage import StagedCompany, staged_company
from pipeline.settings import load_settings


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> tuple[StagedCompany, Path]:
    """A company, and the file of tables that a run on it published."""
    folder = tmp_path_factory.mktemp("staged")
    with staged_company(folder, incidents=120, seed=2, as_of=datetime(2026, 9, 30)) as company:
        summary = flow.run(load_settings(company.settings_path), as_of=company.as_of)
        return company, summary.published


@pytest.fixture
def tables(staged: tuple[StagedCompany, Path]) -> duckdb.DuckDBPyConnection:
    """The published tables."""
    return duckdb.connect(str(staged[1]), read_only=True)


def _keys(staged: tuple[StagedCompany, Path]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Source and path → the true ids of what a document tells."""
    plans = staged[0].company.documents
    return {(plan.unit.name, plan.path): plan.incident_ids for plan in plans if plan.incident_ids}


def test_a_post_and_a_postmortem_of_one_number_are_one_incident(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """What two documents tell is one incident with both; a copy counts once; all else stays alone."""
    found: dict[str, set[tuple[str, str]]] = {}
    rows = tables.execute("SELECT incident_id, source, path FROM marts.incident_documents").fetchall()
    for incident_id, source, path in rows:
        found.setdefault(incident_id, set()).add((source, path))
    told: dict[str, set[tuple[str, str]]] = {}
    for place, incident_ids in _keys(staged).items():
        for incident_id in incident_ids:
            told.setdefault(incident_id, set()).add(place)
    plans = staged[0].company.documents
    copies = {(plan.unit.name, plan.path): (plan.unit.name, plan.copy_of) for plan in plans if plan.copy_of}
    unread = {(plan.unit.name, plan.path) for plan in plans if "not_utf8" in plan.mistakes} | {*copies}
    expected = Counter(frozenset(places - unread) for places in told.values() if places - unread)
    assert Counter(frozenset(places) for places in found.values()) == expected
    assert sum(len(places) > 1 for places in found.values()) >= 2
    rows = tables.execute(
        """
        SELECT copies.source, copies.path, originals.source, originals.path
        FROM marts.documents AS copies
        INNER JOIN marts.documents AS originals ON copies.copy_of_document_id = originals.document_id
        WHERE originals.incident_count > 0
        """
    ).fetchall()
    assert {(row[:2], row[2:]) for row in rows} == {*copies.items()}


def test_what_people_reviewed_is_what_the_tables_say(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """Each row of reviewed.csv fills its gap in the incident of its document."""
    rows = tables.execute(
        """
        SELECT documents.source || '/' || documents.path, evidence.field, evidence.value
        FROM marts.evidence
        INNER JOIN marts.incident_documents AS documents
            ON evidence.document_id = documents.document_id AND evidence.incident_id = documents.incident_id
        WHERE evidence.method = 'reviewed' AND evidence.is_chosen
        """
    ).fetchall()
    written = (staged[0].settings_path.parent / "reviewed.csv").read_text(encoding="utf-8").splitlines()
    said = [line.split(",")[:3] for line in written[1:]]
    assert len(said) == 3
    assert sorted((place, field, value.removesuffix(":00")) for place, field, value in rows) == sorted(
        (place, field, value) for place, field, value in said
    )


def test_the_repository_dates_its_documents(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """`written_at` is the day a document was committed; a folder and an export do not know it."""
    rows = tables.execute(
        "SELECT source, path, written_at FROM marts.documents WHERE written_at IS NOT NULL"
    ).fetchall()
    assert sorted(rows) == sorted(
        (plan.unit.name, plan.path, plan.published_at)
        for plan in staged[0].company.documents
        if plan.unit.kept == "git"
    )


def test_a_promise_is_followed_to_where_it_lives_on_and_to_its_parts(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """Over HTTP: what became of duplicates in their survivors, and that no epic is ignored while in work."""
    rows = tables.execute(
        """
        SELECT jira_key, outcome, survivor_key, child_count, last_activity_at, is_ignored
        FROM marts.action_items WHERE survivor_key IS NOT NULL OR child_count > 0
        """
    ).fetchall()
    assert {(*row[:4], row[4].replace(microsecond=0), row[5]) for row in rows} == {
        (
            item.issue_key,
            item.fate[0],
            item.lasting and item.lasting.issue_key,
            len(item.children),
            item.last_activity_at.replace(microsecond=0),
            # All that is open is long overdue.
            item.fate[0] == "open" and item.last_activity_at < staged[0].as_of - timedelta(days=30),
        )
        for item in staged[0].company.action_items
        if item.lasting is not None or item.children
    }
    rows = tables.execute(
        "SELECT issue_key, followed_for FROM marts.issues WHERE action_item_count = 0"
    ).fetchall()
    context = {
        item.lasting.issue_key: ["survivor"] for item in staged[0].company.action_items if item.lasting
    }
    children = [child for item in staged[0].company.action_items for child in item.children]
    assert dict(rows) == context | {child.issue_key: ["child"] for child in children}
    lost = tables.execute(
        "SELECT count(*) FROM marts.findings WHERE rule = 'duplicate_without_survivor'"
    ).fetchone()
    assert lost is not None
    assert lost[0] >= 1


def test_a_promise_that_no_document_names_is_found_by_its_link_to_the_page(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """It belongs to the incident of which the page tells, and to no other."""
    rows = tables.execute(
        """
        SELECT jira_key, documents.source, documents.path
        FROM marts.action_items
        LEFT JOIN marts.incident_documents AS documents ON action_items.incident_id = documents.incident_id
        WHERE action_items.found_by = 'remote_link'
        """
    ).fetchall()
    places = {incident_ids: place for place, incident_ids in _keys(staged).items() if len(incident_ids) == 1}
    linking = [item for item in staged[0].company.action_items if item.page_url]
    assert sorted(rows) == sorted(
        (item.key_now, *places[item.incident_id,]) for item in linking if item.incident_id
    )
    assert len(rows) >= 3


def test_an_issue_is_followed_into_another_project(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """Its former key is known, and it counts for the team of that project, unless it states its own."""
    rows = tables.execute(
        """
        SELECT issues.former_keys, issues.issue_key, action_items.team
        FROM marts.issues
        INNER JOIN marts.action_items ON issues.issue_id = action_items.issue_id
        WHERE len(issues.former_keys) > 0
        """
    ).fetchall()
    moved = [item for item in staged[0].company.action_items if item.key_now != item.issue_key]
    assert len(moved) >= 2
    assert sorted(rows) == sorted(([item.issue_key], item.key_now, item.team_now.name) for item in moved)


def test_what_issues_say_in_fields_of_their_own_is_read(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """Team, estimate and sprint of every promise that Jira shows."""
    rows = tables.execute(
        """
        SELECT jira_key, team, story_points, sprint
        FROM marts.action_items WHERE issue_id IS NOT NULL
        """
    ).fetchall()
    expected = {
        (item.key_now, item.team_now.name, item.story_points, item.sprint_on and sprint_name(item.sprint_on))
        for item in staged[0].company.action_items
        if item.is_shown
    }
    assert {*rows} == expected
    assert sum(row[2] is not None for row in expected) > 50
    assert sum(row[3] is not None for row in expected) > 50
    stating = [item for item in staged[0].company.action_items if item.stated_team]
    assert any(item.stated_team != item.project_team for item in stating)


def test_what_came_back_unfixed_is_found(
    staged: tuple[StagedCompany, Path], tables: duckdb.DuckDBPyConnection
) -> None:
    """Of the repeats that both documents tell, nine in ten are found with the incident they repeat, or with
    one between the two; and what is alike in text only is of the same service."""
    company = staged[0].company
    ids: dict[str, str] = {}
    rows = tables.execute(
        "SELECT source, path, incident_ordinal, incident_id FROM marts.incident_documents"
    ).fetchall()
    told = _keys(staged)
    for source, path, ordinal, incident_id in rows:
        for place, true_id in enumerate(told.get((source, path), ()), start=1):
            if place == ordinal:
                ids[true_id] = incident_id
    chains = dict(tables.execute("SELECT incident_id, chain_id FROM marts.repeat_chains").fetchall())
    planted = [
        (ids[each.incident_id], ids[each.repeats])
        for each in company.incidents
        if each.repeats is not None and each.incident_id in ids and each.repeats in ids
    ]
    assert len(planted) >= 10
    found = [later for later, earlier in planted if chains.get(later, later) == chains.get(earlier, earlier)]
    assert len(found) >= 0.9 * len(planted)
    strangers = tables.execute(
        """
        SELECT count(*) FROM marts.repeats
        INNER JOIN marts.incidents AS later ON repeats.incident_id = later.incident_id
        INNER JOIN marts.incidents AS earlier ON repeats.earlier_incident_id = earlier.incident_id
        WHERE repeats.basis = 'text' AND NOT list_has_any(later.services, earlier.services)
        """
    ).fetchone()
    assert strangers == (0,)


def test_charts_have_something_to_mark(tables: duckdb.DuckDBPyConnection) -> None:
    """A policy and a freeze of all, and a release of the team that became faster."""
    rows = tables.execute(
        "SELECT starts_on, ends_on, label, service, team, kind FROM marts.annotations ORDER BY line"
    ).fetchall()
    assert rows == [
        (date(2025, 4, 28), date(2025, 4, 28), "New on-call policy", None, None, "policy"),
        (date(2026, 1, 23), date(2026, 1, 23), "login rewritten", "login", "Identity", "release"),
        (date(2026, 6, 12), date(2026, 7, 6), "Change freeze", None, None, "policy"),
    ]
