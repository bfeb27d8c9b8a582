"""What an issue leads to is followed too: parents, children, what it duplicates, an incident's links."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.site import Deployment
from pipeline.demo.jira.state import JiraState
from pipeline.jira_sync import SyncReport
from tests.followed_jira import Followed, followed
from tests.sources.jira_served import DEPLOYMENTS, START, add_issue, id_of, plain_jira

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


def bystander(state: JiraState, **more: Any) -> str:
    """An issue that the JQL does not find."""
    return add_issue(state, labels=[], **more)


@both
def test_a_parent_and_subtasks_are_followed(deployment: Deployment, tmp_path: Path) -> None:
    """Of an issue that is followed for itself; its parent's other children are not."""
    state = plain_jira(deployment)
    story = bystander(state, issue_type="Story")
    task = add_issue(state, parent=story, issue_type="Sub-task")
    sibling = bystander(state, parent=story, issue_type="Sub-task")
    subtasks = [bystander(state, parent=task, issue_type="Sub-task") for _ in range(2)]
    with followed(state, tmp_path) as world:
        world.sync()
        assert world.follows() == {
            (task, "jql"),
            (task, "parent"),  # of its subtasks
            (story, "parent"),
            *((key, "child") for key in subtasks),
        }
        assert sibling not in world.held()


@both
def test_the_issues_of_an_epic_are_followed(deployment: Deployment, tmp_path: Path) -> None:
    """With their subtasks; they do not stand in the epic, and a new one does not change it."""
    state = plain_jira(deployment)
    epic = add_issue(state, issue_type="Epic")
    story = bystander(state, parent=epic)
    subtask = bystander(state, parent=story, issue_type="Sub-task")
    other = bystander(state, issue_type="Epic")
    bystander(state, parent=other)
    with followed(state, tmp_path) as world:
        world.sync()
        assert world.shown() == [epic, story, subtask]
        assert {(story, "child"), (subtask, "child")} <= world.follows()
        world.later(hours=20)
        later = bystander(state, parent=epic)
        world.sync()
        assert later not in world.held()
        world.sync(sweep=True)
        assert world.shown() == sorted([epic, story, subtask, later])


@both
def test_the_epic_of_an_issue_is_followed(deployment: Deployment, tmp_path: Path) -> None:
    """As its parent on Cloud, by a field that holds its key on Data Center; not the epic's other issues."""
    state = plain_jira(deployment)
    epic = bystander(state, issue_type="Epic")
    story = add_issue(state, parent=epic, issue_type="Story")
    bystander(state, parent=epic)
    hidden = bystander(state, issue_type="Epic")
    without = add_issue(state, parent=hidden)
    state.hide(hidden)
    with followed(state, tmp_path) as world:
        world.sync()
        assert world.shown() == sorted([epic, story, without])
        assert world.follows() == {(epic, "parent"), (story, "jql"), (without, "jql")}
        assert world.absences() == []
        world.later(hours=1)
        state.edit(epic, at=world.now, by="ana", due_on=date(2024, 7, 1))
        assert world.sync().changed == 1
        assert world.sync(sweep=True) == SyncReport(is_sweep=True, followed=3, changed=0)


@both
def test_an_epic_that_is_gone_spoils_no_sync(deployment: Deployment, tmp_path: Path) -> None:
    """The other epics' issues are found, though Jira refuses a query that names one it does not show."""
    state = plain_jira(deployment)
    epics = [add_issue(state, issue_type="Epic") for _ in range(3)]
    stories = [bystander(state, parent=epic) for epic in epics]

    def hides(request: Request) -> Fault | None:
        jql = (request.body or {}).get("jql", "")
        if "parent in" in jql or "cf[10014] in" in jql:
            state.hide(epics[1])
        return None

    with followed(state, tmp_path) as world:
        world.trouble = hides
        world.sync()
        assert set(world.shown()) == {*epics, stories[0], stories[2]}


@both
def test_duplicates_are_followed_to_the_issue_that_lives_on(deployment: Deployment, tmp_path: Path) -> None:
    """Four in a row to the last one; not backwards to others' duplicates, and other links lead nowhere."""
    state = plain_jira(deployment)
    promised = add_issue(state)
    chain = [bystander(state) for _ in range(4)]
    for key, survivor in zip([promised, *chain], chain, strict=False):
        state.link(key, survivor, at=START, by="ana", link_type="Duplicate")
    state.link(bystander(state), promised, at=START, by="ana", link_type="Duplicate")
    state.link(promised, bystander(state), at=START, by="ana", link_type="Relates")
    state.link(promised, bystander(state), at=START, by="ana", link_type="Cloners")
    with followed(state, tmp_path) as world:
        world.sync()
        assert world.follows() == {(promised, "jql"), *((key, "survivor") for key in chain)}
        world.later(hours=1)
        newest = bystander(state)
        state.link(chain[-1], newest, at=world.now, by="ana", link_type="Duplicate")
        world.sync()
        assert (newest, "survivor") in world.follows()


@both
def test_a_link_drawn_the_wrong_way_round_is_followed_from_an_issue_closed_as_a_duplicate(
    deployment: Deployment, tmp_path: Path
) -> None:
    """By any word for a duplicate; not where the issue goes on, or duplicates another by a right link."""
    state = plain_jira(deployment)
    state.add_link_type("Doublon", "fait double emploi avec", "est dupliqué par")
    closed, open_one, right = (add_issue(state) for _ in range(3))
    survivors = [bystander(state) for _ in range(4)]
    for key, survivor in zip((closed, open_one, right), survivors, strict=False):
        state.link(survivor, key, at=START, by="ana", link_type="Doublon")
    state.link(right, survivors[3], at=START, by="ana", link_type="Doublon")
    for key in (closed, right):
        state.transition(key, "3", at=START, by="ana", resolution="Closed as duplicate")
    with followed(state, tmp_path) as world:
        world.sync()
        assert set(survivors) & world.held().keys() == {survivors[0], survivors[3]}


@both
def test_the_issue_of_an_incident_leads_to_what_is_linked_to_it(
    deployment: Deployment, tmp_path: Path
) -> None:
    """In either direction, with the children of these; its clones and duplicates are other incidents."""
    state = plain_jira(deployment)
    incident, fix, cause, clone, twin = (bystander(state) for _ in range(5))
    subtask = bystander(state, parent=fix, issue_type="Sub-task")
    state.link(incident, fix, at=START, by="ana", link_type="Relates")
    state.link(cause, incident, at=START, by="ana", link_type="Blocks")
    state.link(clone, incident, at=START, by="ana", link_type="Cloners")
    state.link(twin, incident, at=START, by="ana", link_type="Duplicate")
    state.link(fix, bystander(state), at=START, by="ana", link_type="Relates")
    with followed(state, tmp_path) as world:
        world.sync(incidents=[incident])
        assert world.follows() == {
            (incident, "incident"),
            (fix, "incident_link"),
            (fix, "parent"),  # of its subtask
            (cause, "incident_link"),
            (subtask, "child"),
        }


@both
def test_an_issue_that_comes_to_be_an_incidents_leads_on(deployment: Deployment, tmp_path: Path) -> None:
    """One followed for long, by the JQL or as an action item, is an incident's since a document says so."""
    state = plain_jira(deployment)
    incident, other = add_issue(state), bystander(state)
    fixes = [bystander(state) for _ in range(2)]
    state.link(incident, fixes[0], at=START, by="ana", link_type="Relates")
    state.link(other, fixes[1], at=START, by="ana", link_type="Relates")
    with followed(state, tmp_path) as world:
        world.sync(keys=[other])
        assert not set(fixes) & world.held().keys()
        world.later(hours=20)
        world.sync(keys=[other], incidents=[incident, other])
        assert {(key, "incident_link") for key in fixes} <= world.follows()
        world.later(hours=1)
        world.sync(keys=[other], incidents=[incident, other])
        assert len(world.requests) == 3


def test_a_relation_made_later_is_followed_when_its_issue_changes(tmp_path: Path) -> None:
    """A link or a parent that an issue got since the last sync."""
    state = plain_jira()
    key = add_issue(state)
    survivor, epic = bystander(state), bystander(state, issue_type="Epic")
    with followed(state, tmp_path) as world:
        world.sync()
        world.later(hours=1)
        state.link(key, survivor, at=world.now, by="ana", link_type="Duplicate")
        state.edit(key, at=world.now, by="ana", parent=epic)
        world.sync()
        assert world.follows() == {(key, "jql"), (survivor, "survivor"), (epic, "parent")}


# --- links to pages ---------------------------------------------------------------------------------------


def page(state: JiraState, key: str, number: int, *, is_noted: bool = False, hours: int = 1) -> str:
    """A link from an issue to a page, which its history tells of when noted."""
    noted_at = START + timedelta(hours=hours) if is_noted else None
    return state.add_remote_link(key, f"https://wiki.example/{number}", "Outage", noted_at=noted_at, by="ana")


def urls(world: Followed) -> dict[str, list[str]]:
    """The addresses of the newest known links of each issue, by key."""
    rows = world.rows(
        """
        SELECT issue.issue_key, links.payload ->> '$[*].object.url'
        FROM raw.jira_remote_links AS links
        INNER JOIN (SELECT DISTINCT issue_id, issue_key FROM raw.jira_issues) AS issue
            ON links.issue_id = issue.issue_id
        QUALIFY row_number() OVER (PARTITION BY links.issue_id ORDER BY links.fetched_at DESC) = 1
        """
    )
    return dict(rows)


@both
def test_links_to_pages_that_histories_tell_of_are_read(deployment: Deployment, tmp_path: Path) -> None:
    """In the same sync, once; though a link does not move `updated`, the next look at its history tells."""
    state = plain_jira(deployment)
    told, quiet = add_issue(state), add_issue(state)
    page(state, told, 1, is_noted=True)
    with followed(state, tmp_path) as world:
        world.sync()
        assert urls(world) == {told: ["https://wiki.example/1"]}
        world.later(hours=1)
        world.sync()
        assert not any(endpoint.endswith("remotelink") for endpoint in world.endpoints)
        page(state, told, 2, is_noted=True, hours=2)
        state.edit(told, at=world.now, by="ana", summary="Changed")
        world.sync()
        assert urls(world) == {told: ["https://wiki.example/1", "https://wiki.example/2"]}
        assert world.endpoints.count(f"issue/{id_of(state, quiet)}/remotelink") == 0


@both
def test_links_that_nothing_tells_of_are_found_in_turn(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sweep after the first asks a few issues for theirs, those not asked for longest first."""
    monkeypatch.setattr("pipeline.jira_sync.LINKS_PER_SWEEP", 2)
    state = plain_jira(deployment)
    keys = [add_issue(state) for _ in range(5)]
    for number, key in enumerate(keys):
        page(state, key, number)
    with followed(state, tmp_path) as world:
        world.sync()
        assert urls(world) == {}
        asked = []
        for _ in range(4):
            world.later(hours=1)
            assert not world.sync().is_sweep
            assert not any(endpoint.endswith("remotelink") for endpoint in world.endpoints)
            world.sync(sweep=True)
            asked.append(sorted(each.split("/")[1] for each in world.endpoints if "remotelink" in each))
        ids = [id_of(state, key) for key in keys]
        assert asked == [ids[:2], ids[2:4], [ids[0], ids[4]], ids[1:3]]
        assert urls(world) == {key: [f"https://wiki.example/{n}"] for n, key in enumerate(keys)}
        assert world.rows("SELECT count(*) FROM raw.jira_remote_links") == [(5,)]


@both
def test_a_link_taken_away_is_no_link_any_more(deployment: Deployment, tmp_path: Path) -> None:
    """When it is the issue's turn; what was known of an issue that is hidden meanwhile stays."""
    state = plain_jira(deployment)
    kept, hidden, *_ = [add_issue(state) for _ in range(4)]
    link = page(state, kept, 1, is_noted=True)
    page(state, hidden, 2, is_noted=True)
    with followed(state, tmp_path) as world:
        world.sync()
        state.remove_remote_link(kept, link)
        state.hide(hidden)
        world.later(hours=1)
        world.sync(sweep=True)
        assert urls(world)[kept] == []
        assert urls(world)[hidden] == ["https://wiki.example/2"]


def test_links_to_pages_may_be_left_alone(tmp_path: Path) -> None:
    """With `remote_links = false` no issue is asked for them."""
    state = plain_jira()
    page(state, add_issue(state), 1, is_noted=True)
    with followed(state, tmp_path, settings={"remote_links": False}) as world:
        for _ in range(2):
            world.sync(sweep=True)
            assert not any(endpoint.endswith("remotelink") for endpoint in world.endpoints)
