"""Which issues a search finds, however it pages, and where the keys that people wrote down lead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from tests.sources.jira_served import (
    DEPLOYMENTS,
    START,
    add_issue,
    add_issues,
    at_endpoint,
    id_of,
    ids_of,
    plain_jira,
    served,
)

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


@both
@pytest.mark.parametrize("short_pages", [False, True])
def test_pages_are_followed_to_their_end(deployment: Deployment, short_pages: bool) -> None:
    """Full, short and empty pages that have a successor lose no issue: all 230 come, each once, in order."""
    state = plain_jira(deployment)
    ids = ids_of(state, add_issues(state, 230))
    with served(state, page_limit=40, id_page_limit=40, short_pages=short_pages) as jira:
        assert jira.find("labels = pm") == ids
        assert len(jira.endpoints()) >= 6


@pytest.mark.parametrize(("deployment", "calls"), [("cloud", 1), ("data_center", 2)])
def test_ids_come_in_large_pages(deployment: Deployment, calls: int) -> None:
    """1,500 ids are one page of Cloud, which gives 5,000, and two of Data Center, which gives 1,000."""
    state = plain_jira(deployment)
    ids = ids_of(state, add_issues(state, 1500))
    with served(state) as jira:
        assert jira.find("labels = pm") == ids
        assert len(jira.endpoints()) == calls


@both
def test_states_tell_key_and_time_of_change(deployment: Deployment) -> None:
    """What a search lists of an issue besides its id, as far as the search knows it by now."""
    state = plain_jira(deployment)
    first, second = add_issues(state, 2)
    state.edit(first, at=START + timedelta(days=1), by="ana", summary="Changed")
    with served(state) as jira:
        (page,) = jira.site.find_states("labels = pm")
    assert [tuple(each) for each in page] == [
        (id_of(state, first), first, START + timedelta(days=1)),
        (id_of(state, second), second, START + timedelta(minutes=1)),
    ]


@both
def test_an_or_in_the_condition_stays_whole(deployment: Deployment) -> None:
    """Whatever is added to a condition for paging applies to all of it."""
    state = plain_jira(deployment)
    labelled = add_issues(state, 3)
    other = add_issue(state, "OPS", at=START + timedelta(hours=1), labels=["other"])
    add_issue(state, at=START + timedelta(hours=2), labels=["other"])
    with served(state, page_limit=2) as jira:
        assert jira.find("project = OPS OR labels = pm") == ids_of(state, [*labelled, other])


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize("short_pages", [False, True])
def test_thousands_created_at_once_are_all_found(nodes: int, short_pages: bool) -> None:
    """An import made 90 issues in one second, in pages of 20, on nodes that order equals differently."""
    state = plain_jira("data_center")
    keys = add_issues(state, 5)
    keys += [add_issue(state, at=START + timedelta(hours=1, milliseconds=n)) for n in range(90)]
    keys += [add_issue(state, at=START + timedelta(hours=2, seconds=n)) for n in range(5)]
    with served(state, page_limit=20, nodes=nodes, short_pages=short_pages) as jira:
        assert sorted(set(jira.find("labels = pm")), key=int) == ids_of(state, keys)


def test_more_than_the_result_window_are_found() -> None:
    """430 issues are found though this Data Center refuses results past 200, as others do past 10,000."""
    state = plain_jira("data_center")
    ids = ids_of(state, add_issues(state, 430))
    with served(state, result_window=200, page_limit=100) as jira:
        assert jira.find("labels = pm") == ids
        assert {request.body["startAt"] for request in jira.jira.requests} == {0}


@both
@pytest.mark.parametrize("short_pages", [False, True])
def test_changes_between_pages_hide_no_issue(deployment: Deployment, short_pages: bool) -> None:
    """Issues edited, created and moved while the pages are read: those there from the start all come."""
    state = plain_jira(deployment)
    keys = add_issues(state, 30)
    ids = ids_of(state, keys)

    def meanwhile(request: Request) -> Fault | None:
        at = START + timedelta(days=1, minutes=request.number)
        state.edit(keys[0], at=at, by="ana", summary=f"Edited {at}")
        state.edit(keys[29], at=at, by="ana", summary=f"Edited {at}")
        add_issue(state, at=at)
        keys[15] = state.move(keys[15], "OPS" if request.number % 2 else "PAY", at=at, by="ana")
        return None

    with served(state, meanwhile, page_limit=7, id_page_limit=7, short_pages=short_pages) as jira:
        assert set(ids) <= set(jira.find("labels = pm"))


def test_deletions_between_pages_hide_no_issue() -> None:
    """Each page of Data Center begins at a time of creation, so that one less before it moves nothing."""
    state = plain_jira("data_center")
    keys = add_issues(state, 40)
    ids = ids_of(state, keys)

    def meanwhile(request: Request) -> Fault | None:
        state.delete(keys.pop(0))
        return None

    with served(state, meanwhile, page_limit=10) as jira:
        found = jira.find("labels = pm")
    assert ids[-30:] == found[-30:]


def test_a_repeated_page_token_is_no_endless_walk() -> None:
    """A Jira that hands out the same token again is an error, after the pages that could be read."""
    state = plain_jira()
    add_issues(state, 5)

    def again(request: Request) -> Fault | None:
        return faults.repeated_token() if request.number > 1 else None

    with (
        served(state, again, id_page_limit=2) as jira,
        pytest.raises(JiraError, match=r"^jira: http://127\S+ repeats a page token; run again$"),
    ):
        jira.find("labels = pm")
    assert len(jira.endpoints()) == 2


def test_a_token_is_sent_with_the_query_it_belongs_to() -> None:
    """Cloud refuses a token with another query; two searches at a time keep theirs apart."""
    state = plain_jira()
    labelled, others = add_issues(state, 5), add_issues(state, 5, "OPS", labels=["other"])
    with served(state, id_page_limit=2) as jira:
        pages = zip(jira.site.find_ids("labels = pm"), jira.site.find_ids("labels = other"), strict=True)
        found = list(pages)
    assert [issue_id for page, _ in found for issue_id in page] == ids_of(state, labelled)
    assert [issue_id for _, page in found for issue_id in page] == ids_of(state, others)


@both
def test_a_search_that_warns_is_no_answer(deployment: Deployment) -> None:
    """A 200 with a warning that issues were left out is asked again; one that always warns is an error."""
    state = plain_jira(deployment)
    ids = ids_of(state, add_issues(state, 3))
    path = "search/jql" if deployment == "cloud" else "search"
    with served(state, at_endpoint(path, faults.warning(), first=2)) as jira:
        assert jira.find("labels = pm") == ids
        assert jira.clock.waits == [2.0, 4.0]
    with (
        served(state, at_endpoint(path, faults.warning())) as jira,
        pytest.raises(JiraError, match="warns that it left out issues, 5 times in a row; run again later"),
    ):
        jira.find("labels = pm")


@pytest.mark.parametrize("start", [0, 40])
def test_a_page_without_its_issues_is_no_end(start: int) -> None:
    """A page of Data Center that is empty though its total tells of more is asked for again."""
    state = plain_jira("data_center")
    keys = [add_issue(state, at=START) for _ in range(60)]

    emptied: list[int] = []

    def empties(request: Request) -> Fault | None:
        if request.body["startAt"] != start or len(emptied) == 3:
            return None
        emptied.append(request.number)
        return faults.short_answer(1000)

    with served(state, empties, page_limit=20) as jira:
        assert sorted(set(jira.find("labels = pm")), key=int) == ids_of(state, keys)
        assert jira.clock.waits == [2.0, 4.0, 8.0]


@both
def test_a_mistake_in_the_query_is_told_in_jiras_words(deployment: Deployment) -> None:
    """A query that Jira refuses is an error with Jira's own reason, never zero issues."""
    with served(plain_jira(deployment)) as jira:
        with pytest.raises(JiraError) as error:
            jira.find("project = NOPE")
        assert str(error.value) == (
            f"jira: {jira.jira.url} answered 400 to {jira.endpoints()[0]}: "
            "The value 'NOPE' does not exist for the field 'project'; mend jira.jql"
        )
        assert error.value.status == 400
        assert jira.clock.waits == []


@both
def test_the_children_of_an_epic_are_found(deployment: Deployment) -> None:
    """By their parent on Cloud, by the field Epic Link on Data Center; those of another epic are not."""
    state = plain_jira(deployment)
    epic, other = (add_issue(state, issue_type="Epic") for _ in range(2))
    stories = [add_issue(state, parent=epic, issue_type="Story") for _ in range(3)]
    add_issue(state, parent=other)
    with served(state) as jira:
        jira.site.fields()
        found = [each for ids in jira.site.children([(id_of(state, epic), epic)]) for each in ids]
        assert found == ids_of(state, stories)


# --- keys -------------------------------------------------------------------------------------------------


@both
def test_keys_lead_to_issues_or_to_none(deployment: Deployment) -> None:
    """A key, another one in small letters, and one of each kind that leads nowhere."""
    state = plain_jira(deployment)
    keys = add_issues(state, 4)
    state.delete(keys[2])
    state.hide(keys[3])
    asked = [keys[0], "pay-2", keys[2], keys[3], "PAY-99", "NOPE-1"]
    with served(state) as jira:
        sought = jira.site.seek(asked)
    assert sought.ids == {keys[0]: id_of(state, keys[0]), "pay-2": id_of(state, keys[1])}
    assert sought.absent == {keys[2], keys[3], "PAY-99", "NOPE-1"}
    assert [issue.issue_key for issue in sought.issues] == keys[:2]


@both
def test_a_moved_issue_answers_to_its_former_keys(deployment: Deployment) -> None:
    """Moved twice, it is found by all three keys, is one issue, and has the newest key."""
    state = plain_jira(deployment)
    first = add_issue(state)
    second = state.move(first, "OPS", at=START + timedelta(days=1), by="ana")
    third = state.move(second, "PAY", at=START + timedelta(days=2), by="ana")
    asked = [first, second, third]
    with served(state) as jira:
        sought = jira.site.seek(asked)
    assert sought.ids == dict.fromkeys(asked, id_of(state, third))
    assert (sought.absent, [issue.issue_key for issue in sought.issues]) == (set(), [third])


@both
def test_a_move_that_was_cut_off_the_history_still_leads(deployment: Deployment) -> None:
    """Sixty changes after it was moved, both its keys asked for at once lead to the issue."""
    state = plain_jira(deployment)
    first = add_issue(state)
    second = state.move(first, "OPS", at=START + timedelta(days=1), by="ana")
    for n in range(60):
        state.edit(second, at=START + timedelta(days=2, hours=n), by="ana", summary=f"Version {n}")
    with served(state) as jira:
        sought = jira.site.seek([first, second, "PAY-99"])
    assert sought.ids == dict.fromkeys([first, second], id_of(state, second))
    assert sought.absent == {"PAY-99"}
    assert [len(issue.histories) for issue in sought.issues] == [61]


@both
def test_a_key_that_was_given_again_means_the_issue_that_bears_it(deployment: Deployment) -> None:
    """An old key that has come to name another issue leads to it, not to the one that moved away."""
    state = plain_jira(deployment)
    old = add_issue(state)
    moved = state.move(old, "OPS", at=START + timedelta(days=1), by="ana")
    moved_id = id_of(state, moved)
    newer = state.payload(state.issues[moved_id], None) | {"id": "20000", "key": old}
    newer["fields"] = newer["fields"] | {"project": state.project("PAY")}
    state.load_issue(newer)
    with served(state) as jira:
        sought = jira.site.seek([old, moved])
    assert sought.ids == {old: "20000", moved: moved_id}
    assert sought.absent == set()


@both
def test_keys_of_a_renamed_project_lead_on(deployment: Deployment) -> None:
    """When a project gets another key no history tells of it; the old keys lead to the issues still."""
    state = plain_jira(deployment)
    keys = add_issues(state, 3)
    ids = ids_of(state, keys)
    state.rename_project("PAY", new_key="CASH")
    with served(state) as jira:
        sought = jira.site.seek([*keys, "PAY-99"])
    assert sought.ids == dict(zip(keys, ids, strict=True))
    assert sought.absent == {"PAY-99"}
    assert sorted(issue.issue_key for issue in sought.issues) == ["CASH-1", "CASH-2", "CASH-3"]


@both
def test_many_keys_cost_few_calls(deployment: Deployment) -> None:
    """250 keys that lead to issues are three reads."""
    state = plain_jira(deployment)
    keys = add_issues(state, 250)
    with served(state) as jira:
        assert jira.site.seek(keys).ids.keys() == set(keys)
        assert len(jira.endpoints()) == 3


@both
@pytest.mark.parametrize("fault", [faults.expired_token(), faults.captcha(), faults.unauthorized()])
def test_a_dead_token_makes_no_key_absent(deployment: Deployment, fault: Fault) -> None:
    """A 404, a 403 and an empty answer to a stranger are refusals, not issues that are gone."""
    state = plain_jira(deployment)
    key = add_issue(state)
    with served(state, lambda request: fault) as jira, pytest.raises(JiraError):
        jira.site.seek([key])
    with served(state, lambda request: fault) as jira, pytest.raises(JiraError):
        jira.site.read_again([id_of(state, key)])
    with served(state, lambda request: fault) as jira, pytest.raises(JiraError):
        dict(jira.site.remote_links([id_of(state, key)]))


def test_a_token_that_dies_between_two_reads_makes_no_key_absent() -> None:
    """On Cloud the read of one issue is a 404 then, as for a deleted one; its headers tell."""
    state = plain_jira()
    key = add_issue(state)
    state.rename_project("PAY", new_key="CASH")
    dies = at_endpoint(f"issue/{key}", faults.expired_token())
    with served(state, dies) as jira, pytest.raises(JiraError, match="refuses the token of reports@example"):
        jira.site.seek([key])
