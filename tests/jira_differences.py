"""In what a warehouse and a Jira differ: by id, field by field, history by history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import requests

from pipeline.demo.jira.issue import Issue
from pipeline.demo.jira.site import EPIC_LINK, SPRINT, STORY_POINTS
from pipeline.demo.jira.state import JiraState
from pipeline.sources.jira.fields import FIELDS
from tests.jira_world import SEVERITY, TEAM, World

FIELDS_ASKED = {*FIELDS, TEAM, STORY_POINTS, SPRINT, EPIC_LINK, SEVERITY}
#: How far relations are followed from what is followed for itself.
_ROUNDS = 5
_DIRECT = {"document", "jql", "incident", "incident_link", "remote_link"}
_MISSING = "missing"


def differences(world: World, warehouse: duckdb.DuckDBPyConnection, account: tuple[str, str]) -> list[str]:
    """A line for each thing in which they differ; `account` may ask the served Jira."""
    return [
        *_of_scope(world, warehouse),
        *_of_issues(world.state, warehouse),
        *_of_histories(world.state, warehouse),
        *_of_absences(world, warehouse),
        *_of_keys(world, warehouse),
        *_of_remote_links(world.state, warehouse),
        *_of_definitions(world.state, warehouse, account),
    ]


def _of_scope(world: World, warehouse: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Everything that is to be followed is held."""
    held = {issue_id for (issue_id,) in _rows(warehouse, "SELECT DISTINCT issue_id FROM raw.jira_issues")}
    for issue in _in_scope(world, warehouse):
        if issue.issue_id not in held:
            yield f"{issue.key} ({issue.issue_id}) is in scope, and not held"


def _in_scope(world: World, warehouse: duckdb.DuckDBPyConnection) -> list[Issue]:
    """What the JQL finds, what documents name, and what these lead to, as far as the account may see it."""
    state = world.state
    reasons: dict[str, set[str]] = {}
    for issue_id, reason in _rows(warehouse, "SELECT issue_id, reason FROM raw.jira_follows"):
        reasons.setdefault(issue_id, set()).add(reason)
    for issue in world.found_by_jql():
        reasons.setdefault(issue.issue_id, set()).add("jql")
    for keys, reason in ((world.named, "document"), (world.incidents, "incident")):
        for key in keys:
            if (named := state.find(key)) is not None:
                reasons.setdefault(named.issue_id, set()).add(reason)
    for _ in range(_ROUNDS):
        for issue_id, why in list(reasons.items()):
            if (held := state.find(issue_id)) is not None:
                for other, reason in _led_to(state, held, why):
                    reasons.setdefault(other, set()).add(reason)
    found = (state.find(issue_id) for issue_id in reasons)
    return [issue for issue in found if issue is not None]


def _led_to(state: JiraState, issue: Issue, why: set[str]) -> Iterator[tuple[str, str]]:
    """The ids an issue leads to, by the reasons it is followed for."""
    is_direct = bool(why & _DIRECT)
    if is_direct or "child" in why:
        parent = state.parent_of(issue)
        # An epic stands in its issues only on Cloud.
        if parent is not None and (state.deployment == "cloud" or state.is_subtask(issue)):
            yield parent.issue_id, "parent"
        for child in state.children_of(issue):
            yield child.issue_id, "child"
    for link in issue.links:
        if link["type"] == "Duplicate" and link["side"] == "outwardIssue":
            if is_direct or "survivor" in why:
                yield link["issue_id"], "survivor"
        elif link["type"] not in ("Duplicate", "Cloners") and "incident" in why:
            yield link["issue_id"], "incident_link"


def _of_issues(state: JiraState, warehouse: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The newest version of every issue held is what the Jira shows."""
    for issue_id, key, payload, updated_at, is_whole in _rows(
        warehouse,
        """
        SELECT issue_id, issue_key, CAST(payload AS VARCHAR), updated_at, history_complete
        FROM raw.jira_issues
        QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
        ORDER BY issue_id
        """,
    ):
        if (issue := state.find(issue_id)) is None:
            continue
        if (key, updated_at, is_whole) != (issue.key, issue.updated_at, True):
            yield f"{issue_id}: {(key, updated_at, is_whole)}, not {(issue.key, issue.updated_at, True)}"
        held, shown = json.loads(payload), _as_sent(state.payload(issue, FIELDS_ASKED))
        comments = [each["fields"].pop("comment", {}).get("comments") for each in (held, shown)]
        if comments[0] != _as_sent(state.comments(issue)):
            yield f"{key}: has the comments {comments[0]}"
        for name in sorted(held["fields"].keys() | shown["fields"].keys()):
            one, two = (each["fields"].get(name, _MISSING) for each in (held, shown))
            if one != two:
                yield f"{key}: {name} is {one}, not {two}"
        del held["fields"], shown["fields"], shown["expand"]
        if held != shown:
            yield f"{key}: {held}, not {shown}"


def _of_histories(state: JiraState, warehouse: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Every entry of the history of every issue held is there, and tells the same."""
    held: dict[str, dict[str, Any]] = {}
    for issue_id, history_id, payload in _rows(
        warehouse, "SELECT issue_id, history_id, CAST(payload AS VARCHAR) FROM raw.jira_histories"
    ):
        held.setdefault(issue_id, {})[history_id] = _with_moment(json.loads(payload))
    for (issue_id,) in _rows(warehouse, "SELECT DISTINCT issue_id FROM raw.jira_issues ORDER BY 1"):
        if (issue := state.find(issue_id)) is None:
            continue
        shown = {entry["id"]: _with_moment(entry) for entry in _as_sent(state.histories(issue))}
        mine = held.get(issue_id, {})
        for history_id in sorted(mine.keys() | shown.keys(), key=int):
            one, two = mine.get(history_id, _MISSING), shown.get(history_id, _MISSING)
            if one != two:
                yield f"{issue.key}: history {history_id} is {one}, not {two}"


def _of_absences(world: World, warehouse: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What was held and is not to be seen is absent, and nothing else is."""
    state = world.state
    held = {issue_id for (issue_id,) in _rows(warehouse, "SELECT DISTINCT issue_id FROM raw.jira_issues")}
    rows = _rows(warehouse, "SELECT issue_id, issue_key FROM raw.jira_absences WHERE found_again_at IS NULL")
    absent = [issue_id for issue_id, _ in rows if issue_id is not None]
    gone = {issue_id for issue_id in held if state.find(issue_id) is None}
    if sorted(absent) != sorted(gone):
        yield f"absent are {sorted(absent)}, not {sorted(gone)}"
    absent_keys = sorted(key for issue_id, key in rows if issue_id is None)
    known = {
        key
        for (key,) in _rows(
            warehouse, "SELECT issue_key FROM raw.jira_issues UNION SELECT issue_key FROM raw.jira_keys"
        )
    }
    missing = {key for key in world.named | world.incidents if state.find(key) is None} - known
    if absent_keys != sorted(missing):
        yield f"keys that lead nowhere are {absent_keys}, not {sorted(missing)}"


def _of_keys(world: World, warehouse: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Each key that a document names led last to the issue it leads to."""
    led = dict(
        _rows(
            warehouse,
            """
            SELECT issue_key, issue_id FROM raw.jira_keys
            QUALIFY row_number() OVER (PARTITION BY issue_key ORDER BY found_at DESC) = 1
            """,
        )
    )
    for key in sorted(world.named | world.incidents):
        issue = world.state.find(key)
        if issue is not None and led.get(key) != issue.issue_id:
            yield f"{key} leads to {led.get(key)}, not to {issue.issue_id}"


def _of_remote_links(state: JiraState, warehouse: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The links of each issue whose history tells of one, and of every other that was asked for them."""
    held = dict(
        _rows(
            warehouse,
            """
            SELECT issue_id, CAST(payload AS VARCHAR) FROM raw.jira_remote_links
            QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
            """,
        )
    )
    for (issue_id,) in _rows(warehouse, "SELECT DISTINCT issue_id FROM raw.jira_issues ORDER BY 1"):
        issue = state.find(issue_id)
        if issue is None:
            continue
        tells = any(
            item["field"] == "RemoteIssueLink" for entry in issue.histories for item in entry["items"]
        )
        if issue_id not in held:
            if tells:
                yield f"{issue.key}: its links to pages were never read"
        elif json.loads(held[issue_id]) != (shown := _as_sent(state.remote_links(issue))):
            yield f"{issue.key}: links to pages are {held[issue_id]}, not {shown}"


def _of_definitions(
    state: JiraState, warehouse: duckdb.DuckDBPyConnection, account: tuple[str, str]
) -> Iterator[str]:
    """What the Jira defines now stands as it defines it; what it no longer lists may stand beside it."""
    for kind in ("status", "priority", "field"):
        answered = requests.get(f"{state.base_url}/rest/api/2/{kind}", auth=account, timeout=10)
        shown = {str(each["id"]): (place, each) for place, each in enumerate(answered.json(), start=1)}
        held = _defined(warehouse, kind)
        for definition_id, defined in shown.items():
            if held.get(definition_id) != defined:
                yield f"{kind} {definition_id} is {held.get(definition_id)}, not {defined}"
    missing = set(state.visible_projects()) - _defined(warehouse, "project").keys()
    if missing:
        yield f"the projects {sorted(missing)} are not known"


def _defined(warehouse: duckdb.DuckDBPyConnection, kind: str) -> dict[str, tuple[int, Any]]:
    rows = warehouse.execute(
        """
        SELECT definition_id, position, CAST(payload AS VARCHAR) FROM raw.jira_definitions WHERE kind = ?
        QUALIFY row_number() OVER (PARTITION BY definition_id ORDER BY fetched_at DESC) = 1
        """,
        [kind],
    ).fetchall()
    return {definition_id: (position, json.loads(payload)) for definition_id, position, payload in rows}


def _rows(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(query).fetchall()


def _as_sent(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _with_moment(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with `created` as whole seconds since 1970, in whatever form it came."""
    created = entry["created"]
    if isinstance(created, str):
        created = int(datetime.fromisoformat(created).astimezone(UTC).timestamp())
    elif created > 10_000_000_000:
        created //= 1000
    return entry | {"created": created}
