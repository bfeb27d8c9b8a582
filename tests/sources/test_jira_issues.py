"""Issues of a Jira come whole: every field, every comment, every entry of their histories, by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

import pytest

from pipeline.demo.jira import faults
from pipeline.demo.jira.issue import Issue
from pipeline.demo.jira.site import STORY_POINTS, Deployment
from pipeline.demo.jira.state import JiraState
from pipeline.errors import JiraError
from pipeline.sources.jira.fields import FIELDS
from pipeline.sources.jira.site import FetchedIssue
from tests.sources.jira_served import (
    DEPLOYMENTS,
    START,
    add_issue,
    add_issues,
    at_call,
    at_endpoint,
    id_of,
    ids_of,
    milliseconds,
    plain_jira,
    served,
)

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


def change(state: JiraState, key: str, times: int) -> None:
    """So many edits, an hour apart."""
    for n in range(times):
        state.edit(key, at=START + timedelta(days=1, hours=n), by="ana", summary=f"Version {n}")


def as_kept(state: JiraState, issue: Issue) -> dict[str, Any]:
    """An issue as it is sent, but for what depends on the endpoint, as how comments are cut into pages."""
    sent = state.payload(issue, set(FIELDS))
    comments = state.comments(issue)
    fields = sent["fields"] | {"comment": {"comments": comments, "total": len(comments)}}
    return {"id": sent["id"], "key": sent["key"], "self": sent["self"], "fields": fields}


def assert_whole(state: JiraState, found: Mapping[str, FetchedIssue]) -> None:
    """Every history is as the Jira has it, and said to be."""
    for key, issue in found.items():
        held = state.find(key)
        assert held is not None
        assert issue.histories == state.histories(held)
        assert issue.history_complete


@both
def test_an_issue_comes_with_its_whole_history(deployment: Deployment) -> None:
    """It is as Jira has it, with every entry of its history, and without the changelog within it."""
    state = plain_jira(deployment)
    key = add_issue(state)
    state.transition(key, "2", at=START + timedelta(days=1), by="ana")
    state.edit(key, at=START + timedelta(days=2), by=None, due_on=date(2024, 4, 1), priority="High")
    state.transition(key, "3", at=START + timedelta(days=3), by="ana", resolution="Done")
    with served(state) as jira:
        (issue,) = jira.fetch([id_of(state, key)]).values()
    held = state.find(key)
    assert held is not None
    assert (issue.issue_id, issue.issue_key, issue.updated_at, issue.history_complete) == (
        held.issue_id,
        "PAY-1",
        START + timedelta(days=3),
        True,
    )
    assert issue.payload == as_kept(state, held)
    assert issue.histories == state.histories(held)
    assert len(issue.histories) == 3


@pytest.mark.parametrize(
    ("deployment", "inline", "endpoints"),
    [
        ("cloud", None, ["issue/bulkfetch", "changelog/bulkfetch"]),
        ("data_center", None, ["search"]),
        ("data_center", 40, ["search", "issue/10001", "issue/10002"]),
    ],
)
def test_what_did_not_come_along_of_a_history_is_read_on(
    deployment: Deployment, inline: int | None, endpoints: list[str]
) -> None:
    """Of 40 entries all came along; of 41 and 60 the oldest did not, and are asked for: in bulk on Cloud."""
    state = plain_jira(deployment)
    keys = add_issues(state, 3)
    for key, times in zip(keys, (40, 41, 60), strict=True):
        change(state, key, times)
    with served(state, inline_histories=inline) as jira:
        found = jira.fetch(ids_of(state, keys))
        assert sorted(jira.endpoints()) == sorted(endpoints)
    assert [len(found[key].histories) for key in keys] == [40, 41, 60]
    assert_whole(state, found)


def test_a_page_of_histories_may_end_within_an_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 entries of one issue and 50 of another come whole in pages of 7."""
    monkeypatch.setattr("pipeline.sources.jira.cloud.HISTORIES_PER_PAGE", 7)
    state = plain_jira()
    keys = add_issues(state, 3)
    change(state, keys[1], 60)
    change(state, keys[2], 50)
    with served(state) as jira:
        found = jira.fetch(ids_of(state, keys))
        assert jira.endpoints().count("changelog/bulkfetch") == 16
    assert_whole(state, found)


@pytest.mark.parametrize("history_times", ["seconds", "milliseconds"])
def test_times_of_histories_are_kept_in_full_where_jira_sent_them(
    history_times: Literal["seconds", "milliseconds"],
) -> None:
    """Bulk histories may tell times in numbers; what came along with the issue in full is kept so."""
    state = plain_jira()
    key = add_issue(state)
    change(state, key, 45)
    with served(state, history_times=history_times) as jira:
        (issue,) = jira.fetch([id_of(state, key)]).values()
    held = state.find(key)
    assert held is not None
    assert issue.histories[5:] == state.histories(held)[5:]
    unit = 1 if history_times == "seconds" else 1000
    first = milliseconds(START + timedelta(days=1)) // 1000
    assert [entry["created"] for entry in issue.histories[:5]] == [
        (first + hour * 3600) * unit for hour in range(5)
    ]
    assert issue.history_complete


@both
def test_a_missing_changelog_is_no_empty_one(deployment: Deployment) -> None:
    """An issue that comes without one is asked for its history; what none is then given for stays unsure."""
    state = plain_jira(deployment)
    quiet, busy = add_issues(state, 2)
    change(state, busy, 3)
    with served(state, lambda request: faults.missing_field("changelog")) as jira:
        found = jira.fetch(ids_of(state, [quiet, busy]))
    assert (len(found[busy].histories), found[busy].history_complete) == (3, True)
    assert (found[quiet].histories, found[quiet].history_complete) == ([], deployment == "data_center")


@both
def test_comments_that_did_not_come_along_are_read(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cloud sends the newest hundred; the others are asked for, page by page, and each stands there once."""
    monkeypatch.setattr("pipeline.sources.jira.site.COMMENTS_PER_PAGE", 40)
    state = plain_jira(deployment)
    chatty, quiet = add_issues(state, 2)
    for n in range(230):
        state.comment(chatty, f"Said {n}", at=START + timedelta(hours=n), by="ana")
    with served(state) as jira:
        found = jira.fetch(ids_of(state, [chatty, quiet]))
        pages = [endpoint for endpoint in jira.endpoints() if endpoint.endswith("/comment")]
    held = state.find(chatty)
    assert held is not None
    assert found[chatty].payload["fields"]["comment"]["comments"] == state.comments(held)
    assert found[quiet].payload["fields"]["comment"]["comments"] == []
    assert len(pages) == (4 if deployment == "cloud" else 0)


def test_a_field_its_project_does_not_have_is_no_failure() -> None:
    """Where a project hides a field, system or custom, its issues lack it: made sure of once, by failFast."""
    state = plain_jira()
    for field in ("duedate", STORY_POINTS):
        state.hide_field("OPS", field)
    plain, *bare = add_issue(state), *add_issues(state, 3, "OPS")
    with served(state, settings={"fields": {"story_points": STORY_POINTS}}) as jira:
        jira.site.read_fields(())
        found = jira.fetch(ids_of(state, [plain, *bare]))
        sure = [request.path for request in jira.jira.requests if "failFast=true" in request.path]
    assert {"duedate", STORY_POINTS} <= found[plain].payload["fields"].keys()
    for key in bare:
        assert {"duedate", STORY_POINTS}.isdisjoint(found[key].payload["fields"])
    assert len(sure) == 1


@pytest.mark.parametrize("field", ["duedate", STORY_POINTS])
def test_a_field_that_failed_to_load_is_read_again(field: str) -> None:
    """A field that an answer lacks comes with the next one; while it fails to load, so does the sync."""
    state = plain_jira()
    key = add_issue(state, custom={STORY_POINTS: 5.0})
    state.edit(key, at=START + timedelta(days=1), by="ana", due_on=date(2024, 5, 1))
    asked = {"fields": {"story_points": STORY_POINTS}}
    with served(state, at_call(1, faults.missing_field(field)), settings=asked) as jira:
        (issue,) = jira.fetch([id_of(state, key)]).values()
    assert (issue.payload["fields"]["duedate"], issue.payload["fields"][STORY_POINTS]) == ("2024-05-01", 5.0)
    with (
        served(state, lambda request: faults.missing_field(field), settings=asked) as jira,
        pytest.raises(JiraError, match="answered 500, 5 times in a row"),
    ):
        jira.fetch([id_of(state, key)])


@both
@pytest.mark.parametrize("field", ["status", "updated", "issuetype"])
def test_a_field_every_issue_has_is_asked_for_until_it_comes(deployment: Deployment, field: str) -> None:
    """An issue without its status, time of change or type is no answer."""
    state = plain_jira(deployment)
    key = add_issue(state)
    with served(state, at_call(1, faults.missing_field(field))) as jira:
        (issue,) = jira.fetch([id_of(state, key)]).values()
        assert jira.clock.waits == [2.0]
    assert issue.payload["fields"][field] is not None
    with (
        served(state, lambda request: faults.missing_field(field)) as jira,
        pytest.raises(JiraError, match=f"sent PAY-1 without its {field}, 5 times in a row; run again later"),
    ):
        jira.fetch([id_of(state, key)])


def test_what_a_bulk_read_could_not_load_is_read_alone() -> None:
    """An answer that names an issue it could not load, as it would grow too large, costs no issue."""
    state = plain_jira()
    keys = add_issues(state, 3)
    change(state, keys[0], 50)
    with served(state, at_endpoint("issue/bulkfetch", faults.issue_errors())) as jira:
        found = jira.fetch(ids_of(state, keys))
        assert jira.endpoints() == ["issue/bulkfetch", "issue/10000"]
        assert jira.clock.waits == []
    assert sorted(found) == keys
    assert_whole(state, found)


@both
def test_what_a_read_of_many_left_out_is_read_again_alone(deployment: Deployment) -> None:
    """Issues that a read of many leaves out are found by themselves; those that are gone are not."""
    state = plain_jira(deployment)
    keys = add_issues(state, 5)
    change(state, keys[1], 120)
    ids = ids_of(state, keys)
    state.delete(keys[3])
    state.hide(keys[4])
    with served(state) as jira:
        found = {issue.issue_key: issue for issue in jira.site.read_again(ids)}
    assert sorted(found) == keys[:3]
    assert_whole(state, found)


@both
def test_only_what_is_shown_comes(deployment: Deployment) -> None:
    """Of a shown, a deleted, a hidden and an unheard-of id the first comes, and a moved issue as it is."""
    state = plain_jira(deployment)
    keys = add_issues(state, 4)
    ids = ids_of(state, keys)
    state.delete(keys[1])
    state.hide(keys[2])
    moved = state.move(keys[3], "OPS", at=START + timedelta(days=1), by="ana")
    with served(state) as jira:
        assert sorted(jira.fetch([*ids, "99999"])) == sorted([keys[0], moved])


@both
def test_many_issues_come_each_once(deployment: Deployment) -> None:
    """250 ids are three reads on Cloud, and as many searches on Data Center; pages cut short are read on."""
    state = plain_jira(deployment)
    keys = add_issues(state, 250)
    with served(state, page_limit=60 if deployment == "data_center" else None) as jira:
        batches = list(jira.site.fetch(ids_of(state, keys)))
        assert len(jira.endpoints()) == (3 if deployment == "cloud" else 5)
    assert sorted(issue.issue_key for batch in batches for issue in batch) == sorted(keys)


def test_pictures_of_people_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their addresses stand in every field, comment and entry on a person; nothing else is left out."""
    state = plain_jira()
    key = add_issue(state, assignee="ana")
    change(state, key, 45)
    state.comment(key, "Said", at=START + timedelta(days=9), by="ana")
    held = state.find(key)
    assert held is not None
    with monkeypatch.context() as pictured, served(state) as jira:
        plain_user = state.cloud_user
        pictured.setattr(state, "cloud_user", lambda name: plain_user(name) | {"avatarUrls": {"48x48": "x"}})
        assert str(state.payload(held, None)).count("avatarUrls") == 5
        assert str(state.histories(held)).count("avatarUrls") == 45
        (issue,) = jira.fetch([id_of(state, key)]).values()
    assert issue.payload == as_kept(state, held)
    assert issue.histories == state.histories(held)


@both
def test_remote_links_are_those_jira_has(deployment: Deployment) -> None:
    """Each issue comes with its links to pages; one that is gone does not come."""
    state = plain_jira(deployment)
    keys = add_issues(state, 3)
    state.add_remote_link(keys[0], "https://wiki.example/1", "Outage 1", global_id="appId=1&pageId=1")
    state.add_remote_link(keys[0], "https://wiki.example/2", "Outage 2")
    ids = ids_of(state, keys)
    state.delete(keys[2])
    with served(state) as jira:
        links = dict(jira.site.remote_links(ids))
    held = state.find(keys[0])
    assert held is not None
    assert links == {ids[0]: state.remote_links(held), ids[1]: []}
    assert [link["object"]["url"] for link in links[ids[0]]] == [
        "https://wiki.example/1",
        "https://wiki.example/2",
    ]


@both
def test_what_the_site_defines_comes_in_its_order(deployment: Deployment) -> None:
    """Statuses with categories, priorities the most urgent first, fields with types, projects by key."""
    state = plain_jira(deployment)
    for number in range(120):
        state.add_project(f"P{number:03}", f"Project {number}")
    state.hide_project("P007")
    with served(state) as jira:
        statuses, priorities, fields = jira.site.statuses(), jira.site.priorities(), jira.site.fields()
        projects = jira.site.projects()
    assert [(each["id"], each["statusCategory"]["key"]) for each in statuses] == [
        ("1", "new"),
        ("2", "indeterminate"),
        ("3", "done"),
    ]
    assert [each["name"] for each in priorities] == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert [each["id"] for each in fields if each["name"] == "Team"] == [
        "customfield_10001",
        "customfield_10050",
    ]
    assert projects == ["OPS", *(f"P{number:03}" for number in range(120) if number != 7), "PAY"]


def test_the_fields_asked_for_are_known_by_settings_and_type() -> None:
    """Some by their type, one by its id in the settings; two of a type are neither."""
    state = plain_jira()
    key = add_issue(state)
    with served(state, settings={"fields": {"team": "customfield_10050"}}) as jira:
        jira.site.fields()
        jira.fetch([id_of(state, key)])
        points = "com.pyxis.greenhopper.jira:jsw-story-points"
        state.add_field("customfield_10099", "Points", points, "number")
        jira.site.fields()
        jira.fetch([id_of(state, key)])
        bodies = [request.body for request in jira.jira.requests if request.endpoint == "issue/bulkfetch"]
    assert [[name for name in body["fields"] if name.startswith("custom")] for body in bodies] == [
        ["customfield_10014", "customfield_10016", "customfield_10020", "customfield_10050"],
        ["customfield_10014", "customfield_10020", "customfield_10050"],
    ]
