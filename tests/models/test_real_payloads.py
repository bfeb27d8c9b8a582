"""Real Jiras' payloads, served, synced and built: they come out as their publishers read them.

33 issues of a Cloud site, with Chinese status names, offsets and histories, as DevLake's tests expect them;
and 681 of a Server without histories.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.jira.state import JiraState
from pipeline.jira_sync import SyncReport
from pipeline.models.runner import build_models
from pipeline.sources.jira.fields import FIELDS
from tests.demo.real_jira import devlake_state, payloads, tidev_issues, tidev_state
from tests.followed_jira import Followed, followed
from tests.models.conftest import PARAMETERS

pytestmark = pytest.mark.corpora

EVERYTHING = "created > 0"


def synced(state: JiraState, folder: Path, **more: Any) -> Iterator[Followed]:
    """A warehouse that was synced with it, and every model built of it."""
    with followed(state, folder, jql=EVERYTHING, **more) as world:
        # Issues that search does not find are not there: K5-1 is the parent of one that is.
        assert world.sync() == SyncReport(
            is_sweep=True, followed=len(state.issues), changed=len(state.issues)
        )
        world.later(hours=1)
        assert world.sync(sweep=True).changed == 0
        world.rows(PARAMETERS)
        world.rows("INSERT INTO settings.sources VALUES ('jira', 'jira', NULL, 'UTC', FALSE)")
        build_models(world.warehouse.connection, folder / ".building-1.duckdb")
        yield world


@pytest.fixture(scope="module")
def devlake(corpora: Path) -> Path:
    """The folder of the Cloud site."""
    return corpora / "jira" / "devlake"


@pytest.fixture(scope="module")
def cloud(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    """The Cloud site, of whose histories only the newest ten entries come along with an issue."""
    yield from synced(devlake_state(corpora), tmp_path_factory.mktemp("cloud"), inline_histories=10)


@pytest.fixture(scope="module")
def server(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    """The Server."""
    yield from synced(tidev_state(corpora), tmp_path_factory.mktemp("server"), page_limit=300)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file whose fields may be as long as an issue."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(written: str) -> datetime | None:
    """A time as naive UTC; none for an empty one."""
    return datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None) if written else None


def without_pictures(value: Any) -> Any:
    """The same without the addresses of pictures, which are not kept."""
    if isinstance(value, dict):
        return {name: without_pictures(part) for name, part in value.items() if name != "avatarUrls"}
    return [without_pictures(part) for part in value] if isinstance(value, list) else value


def asked_for(issue: dict[str, Any]) -> dict[str, Any]:
    """The fields of an issue that every sync asks for; of comments, not their page."""
    fields: dict[str, Any] = without_pictures({name: issue["fields"].get(name) for name in FIELDS})
    if fields["comment"]:
        fields["comment"] = fields["comment"]["comments"]
    return fields


def held_fields(world: Followed) -> dict[str, dict[str, Any]]:
    """The same of the issues held, by id."""
    rows = world.rows("SELECT issue_id, CAST(payload AS VARCHAR) FROM raw.jira_issues")
    return {issue_id: asked_for(json.loads(payload)) for issue_id, payload in rows}


# --- Cloud ------------------------------------------------------------------------------------------------


def test_issues_are_kept_as_a_cloud_sent_them(cloud: Followed, devlake: Path) -> None:
    """Every field that is asked for, as it was sent, and every history whole."""
    sent = payloads(devlake / "_raw_jira_api_issues.csv")
    assert held_fields(cloud) == {issue["id"]: asked_for(issue) for issue in sent}
    entries = {
        (issue["id"], entry["id"]): without_pictures(entry)
        for issue in sent
        for entry in issue["changelog"]["histories"]
    }
    held = cloud.rows("SELECT issue_id, history_id, CAST(payload AS VARCHAR) FROM raw.jira_histories")
    assert {(issue_id, entry_id): json.loads(entry) for issue_id, entry_id, entry in held} == entries
    assert cloud.rows("SELECT count(*), bool_and(history_complete) FROM raw.jira_issues") == [(33, True)]
    assert len(entries) > 500


def test_issues_read_as_another_product_reads_them(cloud: Followed, devlake: Path) -> None:
    """Status, type, priority, assignee, parent, due date, times, and lead time from creation to its end."""
    read = cloud.rows(
        """
        SELECT
            issues.issue_key, issues.status, issues.issue_type, issues.priority, issues.owner,
            issues.parent_issue_id, issues.due_on, issues.created_at, issues.updated_at,
            staged.resolution_set_at,
            date_diff('second', issues.created_at, staged.resolution_set_at) // 60
        FROM build.marts.issues AS issues
        INNER JOIN scratch.staging.stg_jira__issues AS staged ON issues.issue_id = staged.issue_id
        """
    )
    told = {
        (
            row["issue_key"],
            row["original_status"],
            row["original_type"],
            row["priority"],
            row["assignee_name"] or None,
            row["parent_issue_id"].rpartition(":")[2] or None,
            date(2025, 3, 9) if row["due_date"] else None,  # told as midnight in Shanghai
            moment(row["created_date"]),
            moment(row["updated_date"]),
            moment(row["resolution_date"]),
            int(row["lead_time_minutes"]),
        )
        for row in rows_of(devlake / "expected_issues.csv")
    }
    assert len(told) == 30
    assert told <= set(read)


def test_histories_read_as_another_product_reads_them(cloud: Followed, devlake: Path) -> None:
    """Every change with its time, its field and its values by id and by word."""
    changes = cloud.rows(
        """
        SELECT history_id, coalesce(from_id, ''), coalesce(from_value, ''), coalesce(to_id, ''),
               coalesce(to_value, ''), changed_at
        FROM scratch.staging.stg_jira__changes
        """
    )
    times = {
        row["id"].split(":")[3]: moment(row["created_date"])
        for row in rows_of(devlake / "expected_issue_changelogs.csv")
    }
    expected = [
        (
            row["changelog_id"],
            row["from_value"],
            row["from_string"],
            row["to_value"],
            row["to_string"],
            times[row["changelog_id"]],
        )
        for row in rows_of(devlake / "expected__tool_jira_issue_changelog_items.csv")
    ]
    assert len(expected) > 500
    assert Counter(expected) - Counter(changes) == Counter()
    sent = payloads(devlake / "_raw_jira_api_issues.csv")
    assert len(changes) == sum(
        len(entry["items"]) for issue in sent for entry in issue["changelog"]["histories"]
    )


def test_statuses_mean_what_another_product_takes_them_for(cloud: Followed, devlake: Path) -> None:
    """By id, each with its name and category."""
    meant = {
        (row["id"], row["name"], row["status_category"])
        for row in rows_of(devlake / "expected__tool_jira_statuses.csv")
    }
    assert meant <= set(
        cloud.rows("SELECT status_id, status, status_category FROM scratch.staging.stg_jira__statuses")
    )


def test_every_end_of_a_cloud_issue_is_dated(cloud: Followed) -> None:
    """Those done and those declined, by a resolution "won't do", each have a day; the open ones none."""
    ends = cloud.rows(
        """
        SELECT outcome, declined_reason, count(*), count(coalesce(done_at, declined_at))
        FROM build.marts.issues GROUP BY outcome, declined_reason ORDER BY outcome
        """
    )
    assert ends == [("declined", "Won't Do", 5, 5), ("done", None, 25, 25), ("open", None, 3, 0)]


def test_links_to_pages_are_kept_as_a_cloud_sent_them(cloud: Followed, devlake: Path) -> None:
    """Of the issues that have any, whether their histories tell of them or not."""
    sent = payloads(devlake / "_raw_jira_api_remotelinks.csv")
    expected = [link for link in sent if "/issue/EE-1/" in link["self"]]
    assert cloud.rows(
        """
        SELECT CAST(payload AS VARCHAR) FROM raw.jira_remote_links
        WHERE issue_id = (SELECT issue_id FROM raw.jira_issues WHERE issue_key = 'EE-1')
        """
    ) == [(json.dumps(expected, sort_keys=True, separators=(",", ":"), ensure_ascii=False),)]


# --- Data Center ------------------------------------------------------------------------------------------


def test_issues_are_kept_as_a_server_sent_them(server: Followed, corpora: Path) -> None:
    """All 681, every field that is asked for; a history without an entry is whole."""
    sent = {issue["id"]: asked_for(issue) for issue in tidev_issues(corpora)}
    assert held_fields(server) == sent
    assert server.rows("SELECT count(*), bool_and(history_complete) FROM raw.jira_issues") == [(681, True)]


def test_issues_of_a_server_are_read_with_their_times(server: Followed, corpora: Path) -> None:
    """Status, resolution and times of each, in UTC."""
    told = {
        (
            issue["key"],
            issue["fields"]["status"]["name"],
            (issue["fields"]["resolution"] or {}).get("name"),
            moment(issue["fields"]["created"]),
            moment(issue["fields"]["updated"]),
            moment(issue["fields"]["resolutiondate"] or ""),
        )
        for issue in tidev_issues(corpora)
    }
    read = server.rows(
        """
        SELECT issue_key, status, resolution, created_at, updated_at, resolution_set_at
        FROM scratch.staging.stg_jira__issues
        """
    )
    assert set(read) == told


def test_issues_without_a_changelog_keep_what_their_server_knew(server: Followed) -> None:
    """The declined ones by their resolution, dated by it, and nothing guessed."""
    found = server.rows(
        """
        SELECT resolution, outcome, count(*) FROM build.marts.issues GROUP BY resolution, outcome
        """
    )
    by_resolution = {(resolution, outcome) for resolution, outcome, _ in found}
    declined = {"Won't Do", "Won't Fix", "Duplicate", "Cannot Reproduce", "Invalid", "Not Our Bug"}
    assert {resolution for resolution, outcome in by_resolution if outcome == "declined"} == declined
    assert not {resolution for resolution, outcome in by_resolution if outcome == "done"} & declined
    assert sum(count for *_, count in found) == 681


def test_real_duplicates_lead_to_the_issue_in_which_the_work_went_on(server: Followed) -> None:
    """Six of fourteen do, one by a link drawn the wrong way round; the others name no issue that is held."""
    found = server.rows(
        "SELECT issue_key, survivor_key FROM build.marts.issues WHERE declined_reason = 'Duplicate'"
    )
    assert len(found) == 14
    assert {row for row in found if row[1] is not None} == {
        ("DAEMON-148", "DAEMON-129"),
        ("DAEMON-155", "DAEMON-151"),
        ("DAEMON-158", "DAEMON-151"),
        ("DAEMON-292", "DAEMON-291"),
        ("MOD-2075", "MOD-2326"),
        ("MOD-2246", "MOD-2201"),
    }
