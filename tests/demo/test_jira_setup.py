"""The setup of the simulated Jira: custom fields, parents, types, names that change, and what search sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.demo.jira.query import find_issues
from pipeline.demo.jira.site import EPIC_LINK, SPRINT, STORY_POINTS
from pipeline.demo.jira.state import JiraState

START = datetime(2024, 3, 1, 9, 30)
LATER = START + timedelta(days=1)
TEAM, SEVERITY = "customfield_10001", "customfield_10050"


@pytest.fixture
def state() -> JiraState:
    """Two projects, the second with its own workflow."""
    state = JiraState()
    for status_id, name, category in (
        ("1", "To Do", "new"),
        ("3", "Done", "done"),
        ("11", "Backlog", "new"),
        ("13", "Shipped", "done"),
    ):
        state.add_status(status_id, name, category)
    state.add_project("PAY", "Payments", statuses=["1", "3"])
    state.add_project("OPS", "Operations", statuses=["11", "13"])
    state.add_user("ana", "Ana Silva")
    state.add_user("bo", "Bo Berg")
    return state


def new_issue(state: JiraState, summary: str = "Promise", **more: Any) -> str:
    """An issue in PAY; returns its key."""
    return state.create_issue("PAY", summary, at=START, status_id="1", reporter="ana", **more)


def fields(state: JiraState, key: str) -> dict[str, Any]:
    """The fields of an issue as sent."""
    issue = state.find(key)
    assert issue is not None
    sent: dict[str, Any] = state.payload(issue, None)["fields"]
    return sent


def last_items(state: JiraState, key: str) -> list[tuple[Any, ...]]:
    """The changed items of the last history entry: field, id, and both sides."""
    issue = state.find(key)
    assert issue is not None
    return [
        (
            item["field"],
            item.get("fieldId"),
            item["from"],
            item["fromString"],
            item["to"],
            item["toString"],
        )
        for item in state.histories(issue)[-1]["items"]
    ]


def test_custom_fields_are_sent_in_the_form_of_their_type(state: JiraState) -> None:
    """Numbers, choices, teams and sprints as Cloud sends them; null where nothing is set."""
    state.add_sprint(4, "Sprint 4", "closed", endDate="2024-03-15T00:00:00.000Z")
    key = new_issue(state, custom={STORY_POINTS: 3, SEVERITY: "Sev 1", TEAM: "Red", SPRINT: [4]})
    sent = fields(state, key)
    assert (sent[STORY_POINTS], sent["customfield_10036"]) == (3.0, None)
    assert sent[SEVERITY]["value"] == "Sev 1"
    assert sent[TEAM]["name"] == "Red"
    assert sent[SPRINT] == [
        {
            "id": 4,
            "name": "Sprint 4",
            "state": "closed",
            "boardId": 1,
            "goal": "",
            "endDate": "2024-03-15T00:00:00.000Z",
        }
    ]
    state.deploy_as("data_center")
    assert fields(state, key)[SPRINT] == [
        "com.atlassian.greenhopper.service.sprint.Sprint@4[id=4,rapidViewId=1,state=CLOSED,name=Sprint 4,"
        "startDate=<null>,endDate=2024-03-15T00:00:00.000Z,completeDate=<null>,activatedDate=<null>,"
        "sequence=4,goal=]"
    ]


def test_custom_fields_change_in_the_history_by_their_id(state: JiraState) -> None:
    """The entry has the name of that time and the id; a new name is for what comes later."""
    state.add_sprint(4, "Sprint 4")
    key = new_issue(state, custom={STORY_POINTS: 3})
    state.edit(key, at=LATER, by="ana", custom={STORY_POINTS: 5.5, SEVERITY: "Sev 1", SPRINT: [4]})
    severity_id = fields(state, key)[SEVERITY]["id"]
    assert last_items(state, key) == [
        ("Story point estimate", STORY_POINTS, None, "3", None, "5.5"),
        ("Team", SEVERITY, None, None, severity_id, "Sev 1"),
        ("Sprint", SPRINT, "", "", "4", "Sprint 4"),
    ]
    state.rename_field(STORY_POINTS, "Points")
    state.edit(key, at=LATER, by="ana", custom={STORY_POINTS: None})
    assert last_items(state, key) == [("Points", STORY_POINTS, None, "5.5", None, None)]
    with pytest.raises(ValueError, match="no custom field customfield_1"):
        state.edit(key, at=LATER, by="ana", custom={"customfield_1": 1})


def test_a_parent_is_told_as_each_deployment_does(state: JiraState) -> None:
    """Cloud says `parent` of all; Data Center of subtasks, and Epic Link of the rest."""
    epic = new_issue(state, issue_type="Epic")
    story = new_issue(state, parent=epic)
    step = new_issue(state, issue_type="Sub-task", parent=story)
    assert [fields(state, key).get("parent", {}).get("key") for key in (epic, story, step)] == [
        None,
        epic,
        story,
    ]
    assert fields(state, story)[EPIC_LINK] == epic
    assert [each["key"] for each in fields(state, story)["subtasks"]] == [step]
    assert fields(state, step)["parent"]["fields"]["issuetype"]["hierarchyLevel"] == 0
    state.edit(story, at=LATER, by="ana", parent=None)
    assert last_items(state, story) == [("IssueParentAssociation", None, "10000", epic, None, None)]
    state.edit(story, at=LATER, by="ana", parent=epic)

    state.deploy_as("data_center")
    assert "parent" not in fields(state, story)
    assert fields(state, story)[EPIC_LINK] == epic
    assert fields(state, step)["parent"]["key"] == story
    assert "hierarchyLevel" not in fields(state, step)["issuetype"]
    assert last_items(state, story) == [("Epic Link", None, None, None, "10000", epic)]


def test_a_deleted_parent_takes_its_subtasks_along(state: JiraState) -> None:
    """Subtasks go with their issue; the issues of an epic stay, without it."""
    epic = new_issue(state, issue_type="Epic")
    story = new_issue(state, parent=epic)
    step = new_issue(state, issue_type="Sub-task", parent=story)
    state.delete(epic)
    assert "parent" not in fields(state, story)
    state.delete(story)
    assert state.find(step) is None
    assert state.visible() == []


def test_links_have_types_and_can_be_taken_away(state: JiraState) -> None:
    """Either side tells the link in its own words, and notes when it goes."""
    state.add_link_type("Causes", "causes", "is caused by")
    one, other = new_issue(state), new_issue(state)
    state.link(one, other, at=LATER, by="ana", link_type="Causes")
    (link,) = fields(state, other)["issuelinks"]
    assert (link["type"]["name"], link["inwardIssue"]["key"]) == ("Causes", one)
    state.unlink(other, one, at=LATER, by="ana", link_type="Causes")
    assert [fields(state, key)["issuelinks"] for key in (one, other)] == [[], []]
    assert last_items(state, one) == [("Link", None, other, f"This issue causes {other}", None, None)]
    assert last_items(state, other) == [("Link", None, one, f"This issue is caused by {one}", None, None)]
    with pytest.raises(ValueError, match="no link Causes"):
        state.unlink(one, other, at=LATER, by="ana", link_type="Causes")


def test_a_remote_link_does_not_move_updated(state: JiraState) -> None:
    """It is there, with or without an entry in the history, and the issue is as old as before."""
    key = new_issue(state)
    first = state.add_remote_link(key, "https://wiki.example/1", "One")
    second = state.add_remote_link(
        key, "https://wiki.example/2", "Two", global_id="appId=1&pageId=2", noted_at=LATER, by="ana"
    )
    issue = state.find(key)
    assert issue is not None
    assert [(link["id"], link["object"]["url"]) for link in state.remote_links(issue)] == [
        (int(first), "https://wiki.example/1"),
        (int(second), "https://wiki.example/2"),
    ]
    assert fields(state, key)["updated"] == fields(state, key)["created"]
    assert last_items(state, key) == [
        ("RemoteIssueLink", None, None, None, second, 'This issue links to "Two (Confluence)"')
    ]
    state.remove_remote_link(key, first)
    assert [link["id"] for link in state.remote_links(issue)] == [int(second)]


def test_a_move_changes_the_status_where_the_workflow_is_another(state: JiraState) -> None:
    """The status becomes the first of the same category there, in the same entry."""
    key = new_issue(state)
    state.transition(key, "3", at=START, by="ana")
    moved = state.move(key, "OPS", at=LATER, by="ana")
    assert fields(state, moved)["status"]["name"] == "Shipped"
    assert last_items(state, moved) == [
        ("project", "project", "10000", "Payments", "10001", "Operations"),
        ("Key", None, None, key, None, moved),
        ("status", "status", "3", "Done", "13", "Shipped"),
    ]


def test_a_renamed_project_key_renames_every_issue_and_nothing_else(state: JiraState) -> None:
    """Keys change, old ones lead there, `updated` and histories stay."""
    key = new_issue(state)
    state.rename_project("PAY", name="Money", new_key="MON")
    sent = fields(state, key)
    assert (sent["project"]["key"], sent["project"]["name"]) == ("MON", "Money")
    assert sent["updated"] == sent["created"]
    issue = state.find("MON-1")
    assert issue is not None
    assert (issue, issue.histories) == (state.find(key), [])
    assert state.create_issue("MON", "Next", at=LATER, status_id="1", reporter="ana") == "MON-2"


def test_new_names_show_in_issues_and_not_in_what_changed(state: JiraState) -> None:
    """A renamed person, status or priority: issues and authors show the new name, items the old."""
    key = new_issue(state, assignee="bo")
    state.edit(key, at=LATER, by="bo", assignee="ana", priority="High")
    state.rename_user("ana", "Ana Souza")
    state.rename_user("bo", "Bo Blom")
    state.rename_priority("High", "P1")
    state.rename_status("1", "Open")
    sent = fields(state, key)
    assert (sent["assignee"]["displayName"], sent["priority"]["name"], sent["status"]["name"]) == (
        "Ana Souza",
        "P1",
        "Open",
    )
    issue = state.find(key)
    assert issue is not None
    assert state.histories(issue)[0]["author"]["displayName"] == "Bo Blom"
    assert last_items(state, key) == [
        ("assignee", "assignee", "bo", "Bo Berg", "ana", "Ana Silva"),
        ("priority", "priority", "3", "Medium", "2", "High"),
    ]


def test_priorities_have_an_order_and_keep_their_ids(state: JiraState) -> None:
    """New ones get new ids, in whatever place; those known keep theirs."""
    state.set_priorities(["Blocker", "High", "Low"])
    assert state.priorities == {"6": "Blocker", "2": "High", "4": "Low"}


def test_an_entry_may_have_no_author(state: JiraState) -> None:
    """Some automations leave none."""
    key = new_issue(state)
    state.edit(key, at=LATER, by=None, resolution="Won't Do")
    issue = state.find(key)
    assert issue is not None
    assert [sorted(entry) for entry in state.histories(issue)] == [["created", "id", "items"]]
    assert fields(state, key)["resolutiondate"] == "2024-03-02T09:30:00.000+0000"


def found(state: JiraState, jql: str = "created > 0") -> list[tuple[str, str]]:
    """Key and summary of what search finds."""
    return [(issue.key, issue.fields["summary"]) for issue in find_issues(jql, state)]


def test_a_late_index_shows_the_past(state: JiraState) -> None:
    """While it is frozen search finds old fields, old keys, what was deleted, and nothing new."""
    edited, moved, deleted, hidden = (new_issue(state, name) for name in ("A", "B", "C", "D"))
    state.freeze_index()
    state.edit(edited, at=LATER, by="ana", summary="A2")
    state.edit(edited, at=LATER, by="ana", summary="A3")
    state.move(moved, "OPS", at=LATER, by="ana")
    state.delete(deleted)
    state.hide(hidden)
    new = new_issue(state, "E")
    assert found(state) == [(edited, "A"), ("PAY-2", "B"), (deleted, "C")]
    assert found(state, "project = OPS") == []
    assert fields(state, edited)["summary"] == "A3"
    assert state.find(deleted) is None

    state.refresh_index(edited, deleted)
    assert found(state) == [(edited, "A3"), ("PAY-2", "B")]
    state.edit(edited, at=LATER, by="ana", summary="A4")
    assert found(state) == [(edited, "A3"), ("PAY-2", "B")]

    state.refresh_index()
    assert found(state) == [(edited, "A4"), ("OPS-1", "B"), (new, "E")]
    state.edit(edited, at=LATER, by="ana", summary="A5")
    assert found(state)[0] == (edited, "A5")


def test_a_real_issue_cannot_be_changed(state: JiraState) -> None:
    """What was given is served; it can go, but not become something its sender never said."""
    payload = {
        "id": "77",
        "key": "REAL-7",
        "fields": {
            "summary": "As it was",
            "project": {"id": "5", "key": "REAL", "name": "Real"},
            "status": {"id": "1"},
            "issuetype": {"name": "故事", "subtask": False},
            "created": "2020-06-12T08:13:13.360+0800",
            "updated": "2020-06-12T09:13:13.360+0800",
            "customfield_99": {"whatever": None},
        },
    }
    key = state.load_issue(payload, [{"id": "2"}, {"id": "1"}])
    issue = state.find(key)
    assert issue is not None
    assert state.payload(issue, None) == payload
    assert state.payload(issue, {"customfield_99", "labels"})["fields"] == {
        "customfield_99": {"whatever": None}
    }
    assert state.histories(issue) == [{"id": "1"}, {"id": "2"}]
    assert issue.created_at == datetime(2020, 6, 12, 0, 13, 13, 360_000)
    assert found(state, "project = REAL AND issuetype = '故事'") == [("REAL-7", "As it was")]
    with pytest.raises(ValueError, match="REAL-7 was loaded from a real Jira"):
        state.transition(key, "3", at=LATER, by="ana")
    assert [each.key for each in state.visible()] == ["REAL-7"]
    state.delete(key)
    assert state.visible() == []
