"""The Jira of an invented company in a warehouse, without its documents, and models built from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline.demo.company import invent_company
from pipeline.demo.histories import fill_jira
from pipeline.demo.jira.state import JiraState
from pipeline.demo.roster import FOLLOW_UP_LABEL
from pipeline.demo.truth import Company
from pipeline.models.files import ancestors, read_models
from pipeline.models.runner import attach_catalogs, run_models
from pipeline.warehouse import Warehouse
from pipeline.warehouse.jira import issue_line
from tests.models.conftest import PARAMETERS

AS_OF = datetime(2024, 6, 1)


@dataclass(frozen=True)
class Issue:
    """An issue as a source hands it over."""

    issue_id: str
    issue_key: str
    payload: dict[str, Any]
    updated_at: datetime
    histories: list[dict[str, Any]]
    history_complete: bool = True


@contextmanager
def followed_company(
    folder: Path, *models: str, seed: int = 3, incidents: int = 120
) -> Iterator[tuple[Company, duckdb.DuckDBPyConnection]]:
    """A company and a connection in which the named models are built of its Jira as it was at AS_OF."""
    company = invent_company(seed=seed, incident_count=incidents, as_of=AS_OF)
    state = JiraState()
    fill_jira(company, state)
    with Warehouse(folder / "w.duckdb") as warehouse:
        warehouse.jira.load_issues(
            issue_line(
                Issue(each.issue_id, each.key, state.payload(each, None), each.updated_at, each.histories)
            )
            for each in state.visible()
        )
        labelled = {each.issue_id for each in state.visible() if FOLLOW_UP_LABEL in each.fields["labels"]}
        warehouse.jira.follow(labelled, "jql")
        warehouse.jira.follow({each.issue_id for each in state.visible()} - labelled, "child")
        warehouse.jira.load_definitions("status", [state.status(status_id) for status_id in state.statuses])
        connection = warehouse.connection
        connection.execute(PARAMETERS).fetchall()
        connection.execute(
            "INSERT INTO settings.sources VALUES ('jira', 'jira', NULL, 'UTC', FALSE)"
        ).fetchall()
        owned = [(team.name, team.project) for team in company.teams]
        connection.executemany("INSERT INTO settings.team_projects VALUES (?, ?)", owned).fetchall()
        attach_catalogs(connection, folder / ".building-1.duckdb")
        known = read_models()
        needed = {name: None for model in models for name in ancestors(model, known)}
        run_models(connection, [known[name] for name in needed])
        yield company, connection
