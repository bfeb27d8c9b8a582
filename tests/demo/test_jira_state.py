"""What the simulated Jira holds after each change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.demo.jira.state import JiraState

START = datetime(2024, 3, 1, 9, 30)


@pytest.fixture
def state() -> JiraState:
    """Two projects, three statuses, a person and an automation."""
    state = JiraState()
    for status_id, name, category in (
        ("1", "To Do", "new"),
        ("2", "Doing", "indeterminate"),
        ("3", "Done", "done"),
    ):
        state.add_status(status_id, name, category)
    state.add_project("PAY", "Payments")
    state.add_project("OPS", "Operations")
    state.add_user("ana", "Ana Silva")
    state.add_user("bot", "Automation", "app")
    return state


def new_issue(state: JiraState, project: str = "PAY") -> str:
    """A plain issue; returns its key."""
    return state.create_issue(project, "Promise", at=START, status_id="1", reporter="ana")


def histories(state: JiraState, key: str) -> list[dict[str, object]]:
    """The changelog of an issue that is there."""
    issue = state.find(key)
    assert issue is not None
    return issue.histories


def fields(state: JiraState, key: str) -> dict[str, object]:
    """The fields of an issue that is there."""
    issue = state.find(key)
    assert issue is not None
    shown: dict[str, object] = state.payload(issue, None)["fields"]
    return shown


def test_a_transition_writes_ids_and_words_as_jira_does(state: JiraState) -> None:
    """One entry holds the status and the resolution, by id and by name, with its author and time."""
    key = new_issue(state)
    state.transition(key, "3", at=START + timedelta(hours=1), by="ana", resolution="Won't Do")
    assert histories(state, key) == [
        {
            "id": "100000",
            "author": {
                "accountId": "ana",
                "accountType": "atlassian",
                "active": True,
                "displayName": "Ana Silva",
            },
            "created": "2024-03-01T10:30:00.000+0000",
            "items": [
                {
                    "field": "status",
                    "fieldtype": "jira",
                    "fieldId": "status",
                    "from": "1",
                    "fromString": "To Do",
                    "to": "3",
                    "toString": "Done",
                },
                {
                    "field": "resolution",
                    "fieldtype": "jira",
                    "fieldId": "resolution",
                    "from": None,
                    "fromString": None,
                    "to": "10000",
                    "toString": "Won't Do",
                },
            ],
        }
    ]
    assert fields(state, key)["resolution"] == {
        "self": "https://jira.example/rest/api/2/resolution/10000",
        "id": "10000",
        "name": "Won't Do",
        "description": "",
    }
    assert fields(state, key)["resolutiondate"] == "2024-03-01T10:30:00.000+0000"


def test_reopening_clears_the_resolution_unless_the_workflow_forgets(state: JiraState) -> None:
    """A reopened issue has no resolution, or keeps the old one when asked to, as some workflows do."""
    tidy, sloppy = new_issue(state), new_issue(state)
    for key in (tidy, sloppy):
        state.transition(key, "3", at=START + timedelta(days=1), by="ana", resolution="Done")
        state.transition(key, "1", at=START + timedelta(days=2), by="ana", keep_resolution=key == sloppy)
    assert (fields(state, tidy)["resolution"], fields(state, tidy)["resolutiondate"]) == (None, None)
    assert fields(state, sloppy)["resolution"] == state.resolution("Done")
    assert fields(state, sloppy)["resolutiondate"] == "2024-03-02T09:30:00.000+0000"


def test_an_edit_notes_each_changed_field_and_no_other(state: JiraState) -> None:
    """Two changed fields and one left as it was are one entry with two items."""
    key = new_issue(state)
    state.edit(
        key,
        at=START + timedelta(days=1),
        by="bot",
        due_on=date(2024, 4, 1),
        assignee="ana",
        summary="Promise",
    )
    (entry,) = histories(state, key)
    assert entry["author"] == {
        "accountId": "bot",
        "accountType": "app",
        "active": True,
        "displayName": "Automation",
    }
    items = entry["items"]
    assert isinstance(items, list)
    assert [(item["field"], item["from"], item["to"], item["toString"]) for item in items] == [
        ("duedate", None, "2024-04-01", "2024-04-01 00:00:00.0"),
        ("assignee", None, "ana", "Ana Silva"),
    ]
    assert fields(state, key)["duedate"] == "2024-04-01"


def test_a_comment_moves_updated_and_leaves_no_history(state: JiraState) -> None:
    """The comment is shown with its author, `updated` moves, the changelog does not."""
    key = new_issue(state)
    state.comment(key, "Still on it", at=START + timedelta(days=5), by="ana")
    assert histories(state, key) == []
    assert fields(state, key)["updated"] == "2024-03-06T09:30:00.000+0000"
    comment = fields(state, key)["comment"]
    assert isinstance(comment, dict)
    assert [(each["id"], each["body"]) for each in comment["comments"]] == [("10000", "Still on it")]


def test_a_moved_issue_keeps_its_id_and_answers_to_both_keys(state: JiraState) -> None:
    """After a move the id stays, the key is new, the old key leads there, and the changelog says so."""
    old = new_issue(state)
    issue = state.find(old)
    assert issue is not None
    new = state.move(old, "OPS", at=START + timedelta(days=1), by="ana")
    assert (new, state.find(old), state.find(new)) == ("OPS-1", issue, issue)
    (entry,) = histories(state, new)
    items = entry["items"]
    assert isinstance(items, list)
    assert [(item["field"], item["fromString"], item["toString"]) for item in items] == [
        ("project", "Payments", "Operations"),
        ("Key", "PAY-1", "OPS-1"),
    ]
    assert new_issue(state) == "PAY-2"


def test_links_show_on_both_sides_while_both_are_seen(state: JiraState) -> None:
    """A link is outward on one issue and inward on the other, and goes with a hidden or deleted one."""
    one, other = new_issue(state), new_issue(state)
    state.link(one, other, at=START + timedelta(days=1), by="ana")

    def linked(key: str) -> list[tuple[str, str]]:
        links = fields(state, key)["issuelinks"]
        assert isinstance(links, list)
        return [(side, link[side]["key"]) for link in links for side in link if side.endswith("Issue")]

    assert (linked(one), linked(other)) == ([("outwardIssue", other)], [("inwardIssue", one)])
    assert [len(histories(state, key)) for key in (one, other)] == [1, 1]
    state.hide(other)
    assert linked(one) == []
    state.hide(other, hidden=False)
    state.delete(other)
    assert linked(one) == []


def test_deleted_and_hidden_look_the_same(state: JiraState) -> None:
    """Neither is found by key or id, nor listed; a hidden one can be given back."""
    gone, hidden, kept = new_issue(state), new_issue(state), new_issue(state)
    state.delete(gone)
    state.hide(hidden)
    assert [state.find(key) is None for key in (gone, hidden, kept, "10000", "10001")] == [
        True,
        True,
        False,
        True,
        True,
    ]
    assert [issue.key for issue in state.visible()] == [kept]
    state.hide(hidden, hidden=False)
    assert [issue.key for issue in state.visible()] == [hidden, kept]


def test_a_removed_status_is_known_to_histories_only(state: JiraState) -> None:
    """A status taken from the site is no longer listed, while changelogs still name it as it was called."""
    key = new_issue(state)
    state.transition(key, "2", at=START + timedelta(days=1), by="ana")
    state.transition(key, "3", at=START + timedelta(days=2), by="ana")
    state.remove_status("2")
    assert list(state.statuses) == ["1", "3"]
    first = histories(state, key)[0]["items"]
    assert isinstance(first, list)
    assert (first[0]["to"], first[0]["toString"]) == ("2", "Doing")


def test_what_cannot_be_is_an_error(state: JiraState) -> None:
    """Unknown projects, issues, fields, categories, and times with a zone are refused."""
    key = new_issue(state)
    with pytest.raises(ValueError, match="no project NOPE"):
        new_issue(state, "NOPE")
    with pytest.raises(ValueError, match="no issue PAY-9"):
        state.edit("PAY-9", at=START, by="ana", summary="x")
    with pytest.raises(ValueError, match="no editable field status"):
        state.edit(key, at=START, by="ana", status="3")
    with pytest.raises(ValueError, match="no status category finished"):
        state.add_status("9", "Finished", "finished")
    with pytest.raises(ValueError, match="takes naive UTC"):
        state.comment(key, "x", at=START.replace(tzinfo=UTC), by="ana")
