from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.demo.company import Company, invent_company
from pipeline.demo.histories import fill_jira
from pipeline.demo.jira.state import JiraState
from pipeline.demo.promises import STATUSES, ActionItem, RelatedIssue
from pipeline.demo.roster import AUTOMATION, FOLLOW_UP_LABEL

AS_OF = datetime(2026, 11, 24)


@pytest.fixture(scope="module")
def company() -> Company:
    """The company of default size."""
    return invent_company(seed=1, incident_count=240, as_of=AS_OF)


@pytest.fixture(scope="module")
def state(company: Company) -> JiraState:
    """Its Jira."""
    state = JiraState()
    fill_jira(company, state)
    return state


def _everything(state: JiraState) -> list[tuple[object, object]]:
    return [(state.payload(issue, None), issue.histories) for issue in state.visible()]


def _at(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)


def related_issues(company: Company) -> list[RelatedIssue]:
    """The survivors and the children of its promises."""
    of_all = [(item.survivor, *item.children) for item in company.action_items]
    return [issue for some in of_all for issue in some if issue is not None]


def _outcome(item: ActionItem, state: JiraState) -> tuple[str, datetime | None]:
    """Outcome and its time as the issue's own history tells them."""
    assert item.issue_key is not None
    issue = state.find(item.issue_key)
    assert issue is not None
    outcome, decided_at = "open", None
    for history in issue.histories:
        changed = {change["field"]: change for change in history["items"]}
        if "status" in changed:
            category = STATUSES[changed["status"]["to"]][1]
            resolution = changed.get("resolution", {}).get("toString")
            if category != "done":
                outcome, decided_at = "open", None
            else:
                # A workflow that kept the resolution on reopening leaves no second change to "Done".
                outcome = "declined" if resolution not in ("Done", None) else "done"
                decided_at = _at(history["created"])
    return outcome, decided_at


def test_equal_companies_fill_equal_jiras(company: Company, state: JiraState) -> None:
    """Issues, ids, histories and comments come out the same."""
    again = JiraState()
    fill_jira(company, again)
    assert _everything(again) == _everything(state)


def test_every_issue_is_what_was_promised(company: Company, state: JiraState) -> None:
    """Each kept key shows its promise, first reporter, label and creation; each deleted one is gone."""
    for item in company.action_items:
        if item.issue_key is None:
            continue
        issue = state.find(item.issue_key)
        if item.is_deleted or item.is_hidden:
            assert issue is None
            continue
        assert issue is not None
        assert issue.key == item.key_now
        fields = state.payload(issue, None)["fields"]
        assert fields["summary"] == item.description
        assert FOLLOW_UP_LABEL in fields["labels"]
        assert _at(fields["created"]) == item.created_at


def test_the_histories_tell_the_true_outcomes(company: Company, state: JiraState) -> None:
    """Read from status changes alone, done, declined and open and their times are the company's own."""
    kept = [item for item in company.action_items if item.is_shown]
    for item in kept:
        outcome, decided_at = _outcome(item, state)
        expected = item.decided_at.replace(microsecond=0) if item.decided_at else None
        assert (outcome, decided_at and decided_at.replace(microsecond=0)) == (item.outcome, expected)
    assert {item.outcome for item in kept} == {"open", "done", "declined"}


def test_the_histories_tell_the_true_pushes(company: Company, state: JiraState) -> None:
    """The due dates moved later in the changelog are as many as the company's own count."""
    for item in company.action_items:
        issue = state.find(item.issue_key) if item.issue_key else None
        if issue is None:
            continue
        moves = [
            (date.fromisoformat(change["from"]), date.fromisoformat(change["to"]))
            for history in issue.histories
            for change in history["items"]
            if change["field"] == "duedate"
        ]
        assert sum(after > before for before, after in moves) == item.due_date_push_count


def test_nothing_in_the_jira_is_later_than_the_moment(state: JiraState) -> None:
    """No creation, change or comment lies after `as_of`, and histories run forward."""
    for issue in state.visible():
        assert issue.created_at <= issue.updated_at <= AS_OF
        created = [history["created"] for history in issue.histories]
        assert created == sorted(created)


def test_only_follow_ups_carry_the_label(company: Company, state: JiraState) -> None:
    """The projects hold other work too, which the label leaves out."""
    labelled = {issue.key for issue in state.visible() if FOLLOW_UP_LABEL in issue.fields["labels"]}
    assert labelled == {item.key_now for item in company.action_items if item.is_shown}
    related = {issue.issue_key for issue in related_issues(company) if not issue.is_deleted}
    assert {issue.key for issue in state.visible()} - labelled == related | {
        issue.issue_key for issue in company.ordinary_issues
    }


def test_a_duplicate_is_linked_to_the_issue_in_which_it_lives_on(company: Company, state: JiraState) -> None:
    """By a link that says so, from the one to the other; none is left of a survivor that was deleted."""
    linked = {
        (issue.key, link["outwardIssue"]["key"])
        for issue in state.visible()
        for link in state.payload(issue, None)["fields"]["issuelinks"]
        if link["type"]["name"] == "Duplicate" and "outwardIssue" in link
    }
    expected = [item for item in company.action_items if item.lasting is not None]
    assert linked == {(item.issue_key, item.lasting and item.lasting.issue_key) for item in expected}
    assert {item.fate[0] for item in expected} == {"open", "done"}
    assert any(item.survivor is not None and item.survivor.is_deleted for item in company.action_items)


def test_an_epic_has_its_children(company: Company, state: JiraState) -> None:
    """The promises with parts are epics, and the parts name them as their parents."""
    parents: dict[str, set[str]] = {}
    for issue in state.visible():
        parent = state.payload(issue, None)["fields"].get("parent")
        if parent:
            parents.setdefault(parent["key"], set()).add(issue.key)
    epics = [item for item in company.action_items if item.children]
    assert parents == {item.issue_key: {child.issue_key for child in item.children} for item in epics}
    assert len(epics) >= 2
    kinds = {issue.key for issue in state.visible() if issue.fields["issuetype"] == "Epic"}
    assert kinds == {item.issue_key for item in epics}


def test_automation_edits_and_is_known_as_such(state: JiraState) -> None:
    """Label edits are made by an account of type app, and by nobody else."""
    authors = {
        (history["author"]["accountId"], history["author"]["accountType"])
        for issue in state.visible()
        for history in issue.histories
        for change in history["items"]
        if change["field"] == "labels"
    }
    assert authors == {(AUTOMATION.account_id, "app")}


def test_a_jira_that_was_used_before_is_refused(company: Company, state: JiraState) -> None:
    """Keys would not be those in the documents, so it is an error and not a wrong link."""
    used = JiraState()
    fill_jira(invent_company(seed=9, incident_count=3, as_of=AS_OF - timedelta(days=1)), used)
    with pytest.raises(ValueError, match="begin with a new state"):
        fill_jira(company, used)


def test_links_to_pages_are_those_of_promises_that_no_document_names(
    company: Company, state: JiraState
) -> None:
    """Each leads to where people read the postmortem of its incident."""
    links = {
        (issue.key, link["object"]["url"]) for issue in state.visible() for link in state.remote_links(issue)
    }
    linking = [item for item in company.action_items if item.page_url]
    assert links == {(item.key_now, item.page_url) for item in linking}
    assert len(links) >= 5
    assert all(item.incident_id and not item.is_in_document for item in linking)


def test_issues_move_between_projects_and_one_is_hidden(company: Company, state: JiraState) -> None:
    """The key in the document still leads to what was moved; the hidden one is there, and not shown."""
    moved = [item for item in company.action_items if item.key_now != item.issue_key]
    assert len(moved) >= 3
    for item in moved:
        assert item.issue_key is not None
        issue = state.find(item.issue_key)
        assert issue is not None
        assert (issue.key, issue.project) == (item.key_now, item.project_team.project)
    hidden = [item for item in company.action_items if item.is_hidden]
    assert [state.find(item.issue_key or "") for item in hidden] == [None]
    assert [state.find_any(item.issue_key or "").is_hidden for item in hidden] == [True]  # type: ignore[union-attr]


def test_automation_reminds_of_what_it_does_not_work_on(state: JiraState) -> None:
    """Comments are by people and by the automation."""
    authors = {
        comment["author"]["accountId"] for issue in state.visible() for comment in state.comments(issue)
    }
    assert AUTOMATION.account_id in authors
    assert len(authors) > 20
