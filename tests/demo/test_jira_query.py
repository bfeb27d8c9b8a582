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


def varied_site() -> JiraState:
    """The same three, PAY-2 a part of PAY-1, OPS-1 a declined bug."""
    state = site()
    state.add_status("3", "Closed", "done")
    at = START + timedelta(hours=1)
    state.edit("PAY-1", at=at, by="ana", custom={"customfield_10050": "Red"})
    state.edit("PAY-2", at=at, by="ana", assignee="ana", priority="High", parent="PAY-1")
    state.edit("OPS-1", at=at, by="ana", issue_type="Bug", custom={"customfield_10016": 3})
    state.edit("OPS-1", at=at, by="ana", custom={"customfield_10001": "Blue"})
    state.transition("OPS-1", "3", at=at, by="ana", resolution="Won't Do")
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
        ("NOT labels = sre AND updated >= 0", ["PAY-2", "OPS-1"]),
        ("not (labels = sre or project = OPS)", ["PAY-2"]),
        ("labels is EMPTY", ["PAY-2"]),
        ("labels IS NOT empty", ["PAY-1", "OPS-1"]),
        ("labels is null", ["PAY-2"]),
        ("issuekey in (PAY-2)", ["PAY-2"]),
        ("id not in (10000)", ["PAY-2", "OPS-1"]),
        ("issuetype = Bug", ["OPS-1"]),
        ("type in (Task, bug)", ["PAY-1", "PAY-2", "OPS-1"]),
        ("status = 'to do'", ["PAY-1", "PAY-2"]),
        ("status != 1", ["OPS-1"]),
        ("statusCategory = Done", ["OPS-1"]),
        ("statusCategory in ('To Do', indeterminate)", ["PAY-1", "PAY-2"]),
        ("resolution is EMPTY", ["PAY-1", "PAY-2"]),
        ("resolution = Unresolved", ["PAY-1", "PAY-2"]),
        ('resolution = "won\'t do"', ["OPS-1"]),
        ("priority = high", ["PAY-2"]),
        ("assignee = ana", ["PAY-2"]),
        ("assignee != bo", ["PAY-2"]),
        ("assignee is EMPTY", ["PAY-1", "OPS-1"]),
        ("parent in (PAY-1)", ["PAY-2"]),
        ("parent is not EMPTY", ["PAY-2"]),
        ("'Epic Link' in (PAY-1, OPS-1)", []),
        ("cf[10050] = Red", ["PAY-1"]),
        ("Team in (red, blue)", ["PAY-1", "OPS-1"]),
        ("'Story point estimate' = 3", ["OPS-1"]),
        ("updated >= 0 ORDER BY created DESC", ["OPS-1", "PAY-2", "PAY-1"]),
        ("updated >= 0 ORDER BY 'key' DESC", ["PAY-2", "PAY-1", "OPS-1"]),
        ('created >= "2024-07-01" AND created < "2024-07-01 09:32"', ["PAY-1", "PAY-2"]),
        ("updated >= 0 ORDER BY key", ["OPS-1", "PAY-1", "PAY-2"]),
        (f"created >= {1719826260000}", ["PAY-2", "OPS-1"]),
        (f"created > {1719826260000}", ["OPS-1"]),
    ],
)
def test_what_a_query_finds(jql: str, keys: list[str]) -> None:
    """Each condition, AND before OR, parentheses and orders find what they do in Jira."""
    assert found(jql, varied_site()) == keys


def test_an_epics_issues_are_found_by_either_name() -> None:
    """`"Epic Link"`, its field number and `parent` find the issues of an epic by its key or id."""
    state = varied_site()
    state.edit("PAY-1", at=START, by="ana", issue_type="Epic")
    for jql in ('"Epic Link" = PAY-1', "cf[10014] in (10000)", "parent = PAY-1"):
        assert found(jql, state) == ["PAY-2"]


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
        ("status = Nope", "'Nope' does not exist for the field 'status'"),
        ("issuetype = Nope", "'Nope' does not exist for the field 'issuetype'"),
        ("id = 99", "A value with ID '99' does not exist for the field 'id'"),
        ("parent = PAY-99", "An issue with key 'PAY-99' does not exist for field 'parent'"),
        ("assignee = currentUser()", "not understood"),
        ("not", "ends before it is complete"),
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
