"""The JQL of the simulated Jira: what it finds, in which order, and what it refuses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.demo.jira.query import QueryError, find_issues
from pipeline.demo.jira.state import JiraState

START = datetime(2024, 7, 1, 9, 30)


def site(zone: str = "UTC") -> JiraState:
    """Issues in two projects: PAY-1 and OPS-1 labelled, PAY-2 not; made a minute apart."""
    state = JiraState(account_time_zone=zone)
    state.add_status("1", "To Do", "new")
    state.add_project("PAY", "Payments and refunds")
    state.add_project("OPS", "Operations")
    state.add_user("ana", "Ana Silva")
    for minute, (project, labels) in enumerate((("PAY", ["pm", "sre"]), ("PAY", []), ("OPS", ["pm"]))):
        at = START + timedelta(minutes=minute)
        state.create_issue(project, "Promise", at=at, status_id="1", reporter="ana", labels=labels)
    return state


def found(jql: str, state: JiraState | None = None) -> list[str]:
    """The keys that `jql` finds."""
    return [issue.key for issue in find_issues(jql, state or site())]


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = PAY", ["PAY-1", "PAY-2"]),
        ('project = "Payments and refunds"', ["PAY-1", "PAY-2"]),
        ("project in (PAY, OPS) AND labels = pm", ["PAY-1", "OPS-1"]),
        ("labels = pm and project != OPS", ["PAY-1"]),
        ("labels not in (sre, other)", ["OPS-1"]),
        ("(labels = sre OR project = OPS) AND updated >= 0", ["PAY-1", "OPS-1"]),
        ("labels = sre OR project = OPS AND updated < 0", ["PAY-1"]),
        ("key in (PAY-2, 'OPS-1')", ["PAY-2", "OPS-1"]),
        ("id = 10001", ["PAY-2"]),
        ("updated >= 0 ORDER BY created DESC", ["OPS-1", "PAY-2", "PAY-1"]),
        ("updated >= 0 ORDER BY key", ["OPS-1", "PAY-1", "PAY-2"]),
        (f"created >= {1719826260000}", ["PAY-2", "OPS-1"]),
        (f"created > {1719826260000}", ["OPS-1"]),
    ],
)
def test_what_a_query_finds(jql: str, keys: list[str]) -> None:
    """Each condition, AND before OR, parentheses and orders find what they do in Jira."""
    assert found(jql) == keys


def test_quoted_times_are_minutes_in_the_accounts_zone() -> None:
    """The same words mean another moment for an account in another zone; milliseconds do not."""
    assert found('created >= "2024-07-01 09:31"') == ["PAY-2", "OPS-1"]
    assert found('created >= "2024/07/01 09:31"', site("America/New_York")) == []
    assert found('created >= "2024-07-01 05:31"', site("America/New_York")) == ["PAY-2", "OPS-1"]
    assert found("created >= 1719826260000", site("America/New_York")) == ["PAY-2", "OPS-1"]


@pytest.mark.parametrize(
    ("jql", "told"),
    [
        ("", "Unbounded JQL"),
        ("ORDER BY created", "Unbounded JQL"),
        ("project = NOPE", "'NOPE' does not exist for the field 'project'"),
        ("key = PAY-99", "An issue with key 'PAY-99' does not exist"),
        ("key in (PAY-1, PAY-99)", "An issue with key 'PAY-99' does not exist"),
        ("voter = ana", "Field 'voter' does not exist"),
        ("updated >= -1h", "Date value '-1h' for field 'updated' is invalid"),
        ('updated >= "2024-13-01 10:00"', "is invalid"),
        ("updated = 0", "operator '=' is not supported by the 'updated' field"),
        ("project > PAY", "operator '>' is not supported by the 'project' field"),
        ("labels is old", "not understood"),
        ("labels = pm labels = sre", "not understood"),
        ("(labels = pm", "not understood"),
        ("labels = pm AND", "ends before it is complete"),
        ('labels = "pm', "not understood"),
        ("labels = pm ORDER BY rank", "Field 'rank' does not exist"),
    ],
)
def test_what_is_refused(jql: str, told: str) -> None:
    """Anything outside the subset is refused in words, never read as something else."""
    with pytest.raises(QueryError, match=told):
        found(jql)


@given(jql=st.text(alphabet="()=<>!,\"' abinorORAND0123pm-", max_size=30))
def test_no_query_breaks_it(jql: str) -> None:
    """Any text finds issues or is refused; nothing else happens."""
    try:
        keys = found(jql, STATE)
    except QueryError:
        return
    assert set(keys) <= {"PAY-1", "PAY-2", "OPS-1"}


STATE = site()
