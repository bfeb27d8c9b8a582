"""Payloads of a Jira to the rows of the staging tables, against loops over what the `jira` package gives.

Both sides begin with the same bytes and end with the same rows of issues and of changes, which are compared
first. Whoever uses the package writes such a loop, over its objects or over what `json_result=True` gives.

- *As kept*: ours is what each run does with the payloads it holds; the loop has their texts at hand, and its
  rows stay lists.
- *As fetched*: from the pages a server sends, answered from memory, to tables in a file. Ours is a whole
  sync, every payload kept and compared with the version held, and the staging models.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import jira
import polars
import requests

from benchmarks.crowded_jira import EMAIL, TOKEN, crowded_state
from benchmarks.jira_clients import JQL, history_of, package_client, package_fields, search_with_package, sync
from pipeline.demo.jira.server import serve_jira
from pipeline.models.files import SQL
from pipeline.sources.jira import site
from pipeline.warehouse import Warehouse

#: The columns compared, in the loop's order; when it was fetched only we know.
_ISSUES = """
    issue_id issue_key summary issue_type is_subtask hierarchy_level project parent_id parent_key
    status_id status status_category resolution priority_id priority
    owner_account owner owner_login owner_email
    creator_account creator_name creator_login creator_email is_created_by_app
    due_on created_at updated_at resolution_set_at status_category_changed_at comments links
"""
_CHANGES = """
    issue_id history_id item_number changed_at change_number
    author_account author_name author_login author_email is_app field from_id from_value to_id to_value
"""
COLUMNS = {"issues": _ISSUES.split(), "changes": _CHANGES.split()}
Payloads = Iterable[tuple[dict[str, Any], list[dict[str, Any]]]]


class Rows(NamedTuple):
    """What a loop makes."""

    issues: list[tuple[Any, ...]]
    changes: list[tuple[Any, ...]]


class Ways(NamedTuple):
    """Each returns how many changes it made rows of."""

    ours: Callable[[], int]
    objects: Callable[[], int]
    dictionaries: Callable[[], int]


def rows_of(payloads: Payloads) -> Rows:
    """The loop: an issue as REST v2 sends it and its history, oldest first, to rows."""
    rows = Rows([], [])
    for issue, histories in payloads:
        fields = issue["fields"]
        kind, status, project = fields["issuetype"], fields["status"], fields["project"]
        parent, owner = fields.get("parent") or {}, fields["assignee"] or {}
        creator, priority = fields.get("creator") or {}, fields["priority"] or {}
        rows.issues.append(
            (
                issue["id"],
                issue["key"].upper(),
                fields["summary"],
                kind["name"],
                kind["subtask"],
                kind["hierarchyLevel"],
                project["key"].upper(),
                parent.get("id"),
                parent["key"].upper() if parent else None,
                status["id"],
                status["name"],
                status["statusCategory"]["key"].lower(),
                (fields["resolution"] or {}).get("name"),
                priority.get("id"),
                priority.get("name"),
                owner.get("accountId") or owner.get("name"),
                owner.get("displayName") or owner.get("name"),
                owner.get("name"),
                owner.get("emailAddress"),
                creator.get("accountId") or creator.get("name"),
                creator.get("displayName"),
                creator.get("name"),
                creator.get("emailAddress"),
                creator.get("accountType") == "app",
                date.fromisoformat(fields["duedate"]) if fields["duedate"] else None,
                moment(fields["created"]),
                moment(fields["updated"]),
                moment(fields["resolutiondate"]),
                moment(fields.get("statuscategorychangedate")),
                [comment_of(comment) for comment in fields["comment"]["comments"]],
                [link_of(link) for link in fields["issuelinks"]],
            )
        )
        number = 0
        for entry in histories:
            author, at = entry.get("author") or {}, moment(entry["created"])
            account = author.get("accountId") or author.get("name")
            is_app = author.get("accountType") == "app"
            for place, item in enumerate(entry["items"], start=1):
                number += 1
                name = item.get("fieldId") or item["field"]
                name = item["field"] if name.startswith("customfield") else name
                rows.changes.append(
                    (
                        issue["id"],
                        entry["id"],
                        place,
                        at,
                        number,
                        account,
                        author.get("displayName"),
                        author.get("name"),
                        author.get("emailAddress"),
                        is_app,
                        name.lower(),
                        item["from"],
                        item["fromString"],
                        item["to"],
                        item["toString"],
                    )
                )
    return rows


def comment_of(comment: dict[str, Any]) -> dict[str, Any]:
    """When and by whom."""
    author = comment.get("author") or {}
    return {
        "commented_at": moment(comment["created"]),
        "author_account": author.get("accountId") or author.get("name"),
        "author_name": author.get("displayName"),
        "author_login": author.get("name"),
        "author_email": author.get("emailAddress"),
        "is_app": author.get("accountType") == "app",
    }


def link_of(link: dict[str, Any]) -> dict[str, Any]:
    """Of what kind, and to which issue."""
    other = link.get("outwardIssue") or link["inwardIssue"]
    return {
        "link_id": int(link["id"]),
        "link_type": link["type"]["name"],
        "outward_phrase": link["type"]["outward"],
        "direction": "outward" if "outwardIssue" in link else "inward",
        "other_issue_id": other["id"],
        "other_key": other["key"].upper(),
    }


def moment(written: str | None) -> datetime | None:
    """A time of Jira as naive UTC."""
    return None if written is None else datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)


def dictionaries_of(url: str) -> Payloads:
    """Every issue as `json_result=True` gives it, and its whole history."""
    client = package_client(url)
    fields, token = package_fields(client), None
    while True:
        page = client.enhanced_search_issues(
            JQL, nextPageToken=token, maxResults=100, fields=fields, expand="changelog", json_result=True
        )
        for issue in page["issues"]:
            yield issue, history_of(client, issue)
        token = page.get("nextPageToken")
        if token is None:
            return


def objects_of(url: str) -> Payloads:
    """The same by way of the package's objects."""
    for issue, histories in search_with_package(url, 1):
        yield issue.raw, histories


# --- the two measures -------------------------------------------------------------------------------------


@contextmanager
def as_fetched(folder: Path, issues: int) -> Iterator[Ways]:
    """The ways from the pages that a crowd of issues sends to tables in a file."""
    warehouse, file = folder / "fetched" / "warehouse.duckdb", folder / "rows.duckdb"

    def ours() -> int:
        shutil.rmtree(warehouse.parent, ignore_errors=True)
        sync(url, warehouse, pace=None, sweep=False)
        file.unlink(missing_ok=True)
        with Warehouse(warehouse) as opened:
            opened.connection.execute(f"ATTACH '{file}' AS loaded").fetchall()
            return stage(opened)

    def looped(payloads: Payloads) -> int:
        rows = rows_of(payloads)
        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as connection:
            for name, columns in COLUMNS.items():
                held = getattr(rows, name)
                frame = polars.DataFrame(held, schema=columns, orient="row", infer_schema_length=None)
                connection.register("frame", frame)
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame").fetchall()
        return len(rows.changes)

    site.INCOMPLETE_AT_ONCE = issues  # else what is asked for together depends on which answer is first
    with serve_jira(crowded_state(issues), email=EMAIL, token=TOKEN) as served, answers_from_memory():
        url = served.url
        expected = rows_of(dictionaries_of(url))
        ours()
        with Warehouse(warehouse) as opened:
            opened.connection.execute(f"ATTACH '{file}' AS loaded").fetchall()
            check_rows(opened, expected)
        yield Ways(ours, lambda: looped(objects_of(url)), lambda: looped(dictionaries_of(url)))


@contextmanager
def as_kept(folder: Path, issues: int) -> Iterator[Ways]:
    """The ways from the payloads of a warehouse to rows in memory."""
    with serve_jira(crowded_state(issues), email=EMAIL, token=TOKEN) as served:
        sync(served.url, folder / "kept.duckdb", pace=None, sweep=False)
    with Warehouse(folder / "kept.duckdb") as warehouse:
        texts = warehouse.connection.execute(
            """
            SELECT issue.payload, list(history.payload ORDER BY CAST(history.history_id AS BIGINT))
            FROM raw.jira_issues AS issue INNER JOIN raw.jira_histories AS history USING (issue_id)
            GROUP BY issue.payload
            """
        ).fetchall()
        payloads = [f"[{payload},[{','.join(entries)}]]" for payload, entries in texts]

        def objects() -> Payloads:
            for text in payloads:
                issue, histories = json.loads(text)
                issue["changelog"] = {"histories": histories}
                yield jira.Issue({}, None, issue).raw, histories  # type: ignore[arg-type]

        expected = rows_of(map(json.loads, payloads))
        warehouse.connection.execute("ATTACH ':memory:' AS loaded").fetchall()
        stage(warehouse)
        check_rows(warehouse, expected)
        yield Ways(
            lambda: stage(warehouse),
            lambda: len(rows_of(objects()).changes),
            lambda: len(rows_of(map(json.loads, payloads)).changes),
        )


def stage(warehouse: Warehouse) -> int:
    """The rows of both staging models as tables of the catalog `loaded`; how many changes."""
    for name in COLUMNS:
        model = (SQL / "staging" / f"stg_jira__{name}.sql").read_text(encoding="utf-8")
        warehouse.connection.execute(f"CREATE OR REPLACE TABLE loaded.{name} AS {model}").fetchall()
    ((count,),) = warehouse.connection.execute("SELECT count(*) FROM loaded.changes").fetchall()
    return int(count)


def check_rows(warehouse: Warehouse, expected: Rows) -> None:
    """Raises SystemExit unless the tables of the catalog `loaded` hold these rows."""
    for name, columns in COLUMNS.items():
        held = warehouse.connection.execute(f"SELECT {', '.join(columns)} FROM loaded.{name}").fetchall()
        if sorted(held, key=repr) != sorted(getattr(expected, name), key=repr):
            raise SystemExit(f"Jira payloads to rows: the two sides make different rows of {name}")


@contextmanager
def answers_from_memory() -> Iterator[None]:
    """What was asked once is answered as it was then, without a server, until the block ends."""
    answers: dict[tuple[str, Any], requests.Response] = {}
    send: Callable[..., requests.Response] = requests.Session.send

    def remembered(
        session: requests.Session, asked: requests.PreparedRequest, **more: Any
    ) -> requests.Response:
        key = (asked.url or "", asked.body)
        if key not in answers:
            answers[key] = send(session, asked, **more)
        return answers[key]

    requests.Session.send = remembered  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        requests.Session.send = send  # type: ignore[method-assign]
