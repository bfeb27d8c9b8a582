"""Following issues in Jira, run by run: all at first, then what changed, now and then everything again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.payloads import SYSTEM_FIELD_TYPES
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from pipeline.jira_sync import JiraSync, SyncReport
from pipeline.record_mappings.issues import without_order
from pipeline.sources.jira.site import open_site
from tests.followed_jira import followed
from tests.sources.jira_served import (
    DEPLOYMENTS,
    START,
    TOKEN,
    add_issue,
    add_issues,
    id_of,
    jira_settings,
    milliseconds,
    plain_jira,
)

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


@both
def test_a_first_sync_brings_everything(deployment: Deployment, tmp_path: Path) -> None:
    """What the JQL finds, what documents name, with histories, reasons, and what the site defines."""
    state = plain_jira(deployment)
    first, second = add_issues(state, 2)
    named = add_issue(state, "OPS", labels=[])
    add_issue(state, "OPS", labels=["other"])
    state.transition(first, "2", at=START + timedelta(days=1), by="ana")
    with followed(state, tmp_path) as world:
        report = world.sync(keys=[named, second, "PAY-99"])
        assert report == SyncReport(is_sweep=True, followed=3, changed=3, gone=0, absent_keys=1)
        assert world.shown() == [named, first, second]
        assert world.follows() == {
            (first, "jql"),
            (second, "jql"),
            (second, "document"),
            (named, "document"),
        }
        assert world.rows("SELECT issue_id, payload ->> '$.items[0].field' FROM raw.jira_histories") == [
            (id_of(state, first), "status")
        ]
        assert world.rows("SELECT issue_key, issue_id FROM raw.jira_keys ORDER BY 1") == [
            (named, id_of(state, named)),
            (second, id_of(state, second)),
        ]
        assert world.absences() == [("PAY-99", None, "not_shown", False)]
        assert world.rows("SELECT kind, count(*) FROM raw.jira_definitions GROUP BY kind ORDER BY kind") == [
            ("field", len(SYSTEM_FIELD_TYPES) + len(state.custom_fields)),
            ("priority", 5),
            ("project", 2),
            ("status", 3),
        ]
        assert world.rows(
            "SELECT outcome, item_count, changed_count, is_sweep, call_count, retry_count FROM raw.fetches"
        ) == [("ok", 3, 3, True, len(world.requests), 0)]


@pytest.mark.parametrize(
    ("deployment", "endpoints"),
    [("cloud", ["myself", "search/jql", "search/jql"]), ("data_center", ["myself", "search", "search"])],
)
def test_where_nothing_changed_nothing_is_read_or_written(
    deployment: Deployment, endpoints: list[str], tmp_path: Path
) -> None:
    """A further sync asks who it is and what changed, of the JQL and of what is held: three calls."""
    state = plain_jira(deployment)
    for key in add_issues(state, 5):
        state.transition(key, "2", at=START + timedelta(days=1), by="ana")
    with followed(state, tmp_path) as world:
        world.sync()
        before = world.rows("SELECT * FROM raw.jira_issues"), world.rows("SELECT * FROM raw.jira_histories")
        world.later(hours=1)
        assert world.sync() == SyncReport(is_sweep=False, followed=5, changed=0)
        assert world.endpoints == endpoints
        after = world.rows("SELECT * FROM raw.jira_issues"), world.rows("SELECT * FROM raw.jira_histories")
        assert after == before


@both
def test_a_change_is_brought_wherever_the_issue_is(deployment: Deployment, tmp_path: Path) -> None:
    """Of the JQL, of a key alone, and where the JQL does not find it any more; a new issue too; no others."""
    state = plain_jira(deployment)
    labelled, unlabelled, quiet = add_issues(state, 3)
    named = add_issue(state, "OPS", labels=[])
    with followed(state, tmp_path) as world:
        world.sync(keys=[named])
        world.later(hours=2)
        at = world.now - timedelta(hours=1)
        state.edit(labelled, at=at, by="ana", summary="Changed")
        state.edit(unlabelled, at=at, by="ana", summary="Without its label", labels=[])
        state.transition(named, "3", at=at, by="ana", resolution="Done")
        new = add_issue(state, at=at)
        add_issue(state, at=at, labels=[])
        world.later(hours=1)
        assert world.sync(keys=[named]) == SyncReport(is_sweep=False, followed=5, changed=4)
        assert world.held() == {
            labelled: ("Changed", True),
            unlabelled: ("Without its label", True),
            quiet: ("A promise", True),
            named: ("A promise", True),
            new: ("A promise", True),
        }
        assert world.rows("SELECT count(*) FROM raw.jira_issues") == [(8,)]
        assert world.rows(
            "SELECT payload ->> '$.items[0].toString' FROM raw.jira_histories WHERE issue_id = ?",
            [id_of(state, named)],
        ) == [("Done",)]


@both
def test_what_is_asked_for_is_told_in_numbers_and_without_an_end(
    deployment: Deployment, tmp_path: Path
) -> None:
    """From twelve hours before the last good sync began, to the minute, by Jira's clock; OR stays whole."""
    state = plain_jira(deployment)
    add_issue(state)
    with followed(state, tmp_path, jql="project = OPS or labels = pm order by updated DESC") as world:
        world.hours_ahead = 3
        world.now = datetime(2024, 6, 1, 12, 34, 56)
        world.sync()
        world.later(hours=1)
        world.sync()
        since = milliseconds(datetime(2024, 6, 1, 3, 34))
        condition = f"(project = OPS or labels = pm) AND updated >= {since}"
        in_projects = f'project in ("PAY") AND updated >= {since}'
        if deployment == "data_center":
            condition, in_projects = f"({condition})", f"({in_projects})"
        assert world.queries() == [
            f"{condition} ORDER BY created, key",
            f"{in_projects} ORDER BY created, key",
        ]


@both
def test_the_overlap_is_that_of_the_settings(deployment: Deployment, tmp_path: Path) -> None:
    """A change that search shows two hours late is found with an overlap of three hours, not with one."""
    for hours, summary in ((1, "A promise"), (3, "Late")):
        state = plain_jira(deployment)
        key = add_issue(state)
        folder = tmp_path / str(hours)
        folder.mkdir()
        with followed(state, folder, settings={"overlap_hours": hours}) as world:
            world.sync()
            world.later(hours=10)
            state.freeze_index()
            state.edit(key, at=world.now - timedelta(hours=2), by="ana", summary="Late")
            world.sync()
            state.refresh_index()
            world.later(minutes=5)
            world.sync()
            assert world.held() == {key: (summary, True)}


@pytest.mark.parametrize("hours", [-1, 1])
@both
def test_an_hour_between_the_clocks_loses_no_change(
    deployment: Deployment, hours: int, tmp_path: Path
) -> None:
    """Jira's clock or ours is wrong by an hour, and there is no overlap: what changed since is found."""
    for theirs, ours in ((hours, 0), (0, hours)):
        state = plain_jira(deployment)
        key = add_issue(state)
        folder = tmp_path / f"{theirs} {ours}"
        folder.mkdir()
        with followed(state, folder, settings={"overlap_hours": 0}) as world:
            world.hours_ahead, world.our_hours_ahead = theirs, ours
            world.sync()
            at = world.now + timedelta(hours=theirs)
            assert world.rows(
                "SELECT site_at BETWEEN CAST($at AS TIMESTAMP) - INTERVAL 10 SECOND AND $at FROM raw.fetches",
                {"at": at},
            ) == [(True,)]
            state.edit(key, at=at + timedelta(minutes=1), by="ana", summary="Soon after")
            world.later(minutes=10)
            assert world.sync().changed == 1
            assert world.held() == {key: ("Soon after", True)}


@both
def test_a_clock_of_jiras_that_is_set_back_loses_no_change(deployment: Deployment, tmp_path: Path) -> None:
    """It was an hour ahead at one sync and is right ever since: what changes within that hour is found."""
    state = plain_jira(deployment)
    key = add_issue(state)
    with followed(state, tmp_path, settings={"overlap_hours": 0}) as world:
        world.hours_ahead = 1
        world.sync()
        world.hours_ahead = 0
        world.later(hours=1, minutes=5)
        world.sync()
        world.hours_ahead = -1
        world.sync()
        state.edit(key, at=world.now - timedelta(minutes=50), by="ana", summary="Changed")
        world.later(minutes=20)
        assert world.sync().changed == 1
        assert world.held() == {key: ("Changed", True)}


@both
def test_a_clock_of_ours_that_is_set_back_leaves_the_newest_on_top(
    deployment: Deployment, tmp_path: Path
) -> None:
    """It was an hour ahead at the first sync and is right at the second: what came later is the newer one."""
    state = plain_jira(deployment)
    key = add_issue(state)
    with followed(state, tmp_path) as world:
        world.our_hours_ahead = 1
        world.sync()
        world.our_hours_ahead = 0
        world.later(minutes=10)
        state.edit(key, at=world.now, by="ana", summary="Changed")
        world.restart()
        assert world.sync() == SyncReport(is_sweep=False, followed=1, changed=1)
        assert world.held() == {key: ("Changed", True)}
        world.later(minutes=10)
        world.restart()
        assert world.sync(sweep=True) == SyncReport(is_sweep=True, followed=1, changed=0)


def test_everything_is_looked_at_once_a_day_or_when_told(tmp_path: Path) -> None:
    """A sweep is due about a day after the last one began, or as the settings say, or when asked for."""
    state = plain_jira()
    add_issue(state)
    with followed(state, tmp_path) as world:
        sweeps = []
        for hours in (0, 1, 20, 1, 1, 23, 24):
            world.later(hours=hours)
            sweeps.append(world.sync().is_sweep)
        assert sweeps == [True, False, False, True, False, True, True]
        assert world.sync(sweep=True).is_sweep
        world.settings["sweep_every_hours"] = 2
        world.later(hours=2)
        assert world.sync().is_sweep
        world.our_hours_ahead = -24 * 365
        assert world.sync().is_sweep


def test_another_scope_asks_for_a_look_at_everything(tmp_path: Path) -> None:
    """With another JQL, other fields or remote links, what is to be followed now is old: a sweep finds it."""
    state = plain_jira()
    first = add_issue(state)
    old = add_issue(state, "OPS", labels=[])
    with followed(state, tmp_path) as world:
        world.sync()
        world.later(hours=1)
        world.settings["jql"] = "labels = pm OR project = OPS"
        assert world.sync() == SyncReport(is_sweep=True, followed=2, changed=1)
        assert world.shown() == [old, first]
        for change in ({"fields": {"team": "customfield_10050"}}, {"remote_links": False}):
            world.later(hours=1)
            assert not world.sync().is_sweep
            world.settings |= change
            world.later(hours=1)
            assert world.sync().is_sweep


def test_it_is_kept_which_jql_found_an_issue(tmp_path: Path) -> None:
    """Each that found it, whether written on one line or two; what was found before that was kept is its."""
    state = plain_jira()
    first, second = add_issue(state), add_issue(state, "OPS")
    with followed(state, tmp_path, jql="labels = pm\n  ORDER BY created") as world:

        def finds() -> list[Any]:
            return world.rows(
                """
                SELECT DISTINCT issue.issue_key, find.jql FROM raw.jira_jql_finds AS find
                INNER JOIN raw.jira_issues AS issue ON find.issue_id = issue.issue_id ORDER BY ALL
                """
            )

        world.sync()
        world.rows("DELETE FROM raw.jira_jql_finds")
        world.later(hours=1)
        world.sync()
        assert finds() == [(second, "labels = pm"), (first, "labels = pm")]
        world.settings["jql"] = "labels = pm  AND\nproject = PAY"
        world.later(hours=1)
        assert world.sync().is_sweep
        assert finds() == [
            (second, "labels = pm"),
            (first, "labels = pm"),
            (first, "labels = pm AND project = PAY"),
        ]


@both
def test_a_sweep_finds_what_changed_without_a_new_time(deployment: Deployment, tmp_path: Path) -> None:
    """A renamed status shows in issues whose `updated` stays: a sweep brings it, other syncs do not."""
    state = plain_jira(deployment)
    key = add_issue(state)
    with followed(state, tmp_path) as world:
        world.sync()
        state.rename_status("1", "Backlog")
        world.later(hours=1)
        assert world.sync().changed == 0
        assert world.sync(sweep=True).changed == 1
        assert world.rows(
            "SELECT payload ->> '$.fields.status.name' FROM raw.jira_issues ORDER BY fetched_at"
        ) == [("To Do",), ("Backlog",)]
        assert world.rows(
            """
            SELECT payload ->> '$.name' FROM raw.jira_definitions
            WHERE kind = 'status' AND definition_id = '1' ORDER BY fetched_at
            """
        ) == [("To Do",), ("Backlog",)]
        assert key in world.held()


def test_a_history_that_was_not_whole_is_completed(tmp_path: Path) -> None:
    """While Jira gives half of it the issue says so; once it gives all of it, it is whole, and stays so."""
    state = plain_jira()
    key = add_issue(state)
    for n in range(45):
        state.edit(key, at=START + timedelta(hours=n), by="ana", summary=f"Version {n}")
    with followed(state, tmp_path) as world:

        def complete() -> list[tuple[bool, int]]:
            return world.rows(
                """
                SELECT history_complete, (SELECT count(*) FROM raw.jira_histories) FROM raw.jira_issues
                ORDER BY fetched_at
                """
            )

        def omits(request: Request) -> Fault | None:
            return faults.short_answer() if request.endpoint == "changelog/bulkfetch" else None

        world.trouble = omits
        world.sync()
        assert complete() == [(False, 40)]
        world.trouble = None
        assert world.sync(sweep=True).changed == 1
        assert complete() == [(False, 45), (True, 45)]
        world.trouble = omits
        assert world.sync(sweep=True).changed == 0
        assert complete() == [(False, 45), (True, 45)]


@both
def test_without_a_jql_only_keys_are_followed(deployment: Deployment, tmp_path: Path) -> None:
    """No search is made but for changes in the projects of what is held."""
    state = plain_jira(deployment)
    named, _ = add_issues(state, 2)
    with followed(state, tmp_path, jql=None) as world:
        assert world.sync(keys=[named]).followed == 1
        world.later(hours=1)
        state.edit(named, at=world.now, by="ana", summary="Changed")
        assert world.sync(keys=[named]).changed == 1
        assert world.held() == {named: ("Changed", True)}
        assert sum("project in" in query for query in world.queries()) == 1
        assert not any("labels" in query for query in world.queries())


@both
def test_a_project_that_is_not_shown_any_more_spoils_no_sync(deployment: Deployment, tmp_path: Path) -> None:
    """What changed in the other projects is found, though Jira refuses a query that names a hidden one."""
    state = plain_jira(deployment)
    here, there = add_issue(state, labels=[]), add_issue(state, "OPS", labels=[])
    with followed(state, tmp_path, jql=None) as world:
        world.sync(keys=[here, there])
        world.later(hours=1)
        state.hide_project("OPS")
        state.edit(here, at=world.now, by="ana", summary="Changed")
        assert world.sync(keys=[here, there]).changed == 1
        assert world.held() == {here: ("Changed", True), there: ("A promise", True)}


def test_projects_are_listed_when_it_is_time_to(tmp_path: Path) -> None:
    """Before documents are read: when none are known, and at a sweep, once."""
    state = plain_jira()
    add_issue(state)
    with followed(state, tmp_path) as world:

        def learn(*, and_sync: bool = False) -> list[str]:
            settings = jira_settings(world.jira, **world.settings)
            del world.jira.requests[:]
            sync = JiraSync(world.warehouse, settings, lambda: open_site(settings, SecretStr(TOKEN)))
            sync.learn_projects()
            if and_sync:
                sync.run(world.warehouse.begin_fetch("jira", "jira"), (), ())
            asked = [request.endpoint for request in world.jira.requests]
            return [endpoint for endpoint in asked if endpoint.startswith("project")]

        assert learn(and_sync=True) == ["project/search"]
        assert world.warehouse.jira.projects() == ["OPS", "PAY"]
        world.later(hours=1)
        assert learn() == []
        state.add_project("NEW", "New")
        state.hide_project("OPS")
        world.later(hours=23)
        assert learn() == ["project/search"]
        assert world.warehouse.jira.projects() == ["NEW", "OPS", "PAY"]


def test_an_account_that_lost_its_rights_half_way_is_noticed(tmp_path: Path) -> None:
    """A token that dies after the last page fails the sync, and the watermark does not move."""
    state = plain_jira()
    key = add_issue(state)
    with followed(state, tmp_path) as world:
        world.sync()
        (before,) = world.rows("SELECT max(site_at) FROM raw.fetches WHERE outcome = 'ok'")
        world.later(hours=1)
        state.edit(key, at=world.now, by="ana", summary="Changed")

        def dies(request: Request) -> Fault | None:
            is_last = request.endpoint == "myself" and request.number > 1
            return faults.expired_token() if is_last else None

        world.trouble = dies
        with pytest.raises(JiraError, match=r"refuses the token of .*; 1 new or changed issues are kept; "):
            world.sync()
        assert world.rows("SELECT max(site_at) FROM raw.fetches WHERE outcome = 'ok'") == [before]


@pytest.mark.parametrize(
    ("jql", "condition"),
    [
        ("labels = pm", "labels = pm"),
        ("labels = pm ORDER BY created", "labels = pm"),
        ('labels = pm order by "Story Points" DESC', "labels = pm"),
        ("summary ~ 'sort order by date'", "summary ~ 'sort order by date'"),
        ('summary ~ "order by \\"x\\"" ORDER BY key', 'summary ~ "order by \\"x\\""'),
        ("ORDER BY key", ""),
    ],
)
def test_only_an_order_outside_quotes_is_taken_off(jql: str, condition: str) -> None:
    """ORDER BY is recognised as JQL does, never within a quoted text."""
    assert without_order(jql) == condition


def test_what_depends_on_the_endpoint_makes_no_issue_look_changed(tmp_path: Path) -> None:
    """An issue read by itself, as its project lacks a field, is as one of those read in bulk."""
    state = plain_jira()
    keys = add_issues(state, 5)
    state.hide_field("PAY", "duedate")
    for key in keys:
        state.comment(key, "On it", at=START + timedelta(days=1), by="ana")
    with followed(state, tmp_path) as world:
        world.sync()
        for key in keys:  # another one each time is the first of its project
            state.hide(key)
            world.sync(sweep=True)
            assert any("issue/1" in endpoint for endpoint in world.endpoints)
            state.hide(key, hidden=False)
        world.sync(sweep=True)
        assert world.rows("SELECT count(*) FROM raw.jira_issues") == [(5,)]
