"""What Jira does not show any more: noted with its reason, kept as it was, found again, and never trusted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from pipeline.jira_sync import SyncReport
from tests.followed_jira import Followed, followed
from tests.sources.jira_served import DEPLOYMENTS, START, add_issue, add_issues, id_of, ids_of, plain_jira

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


@both
def test_what_is_deleted_or_hidden_is_gone_and_kept(deployment: Deployment, tmp_path: Path) -> None:
    """A sweep finds it, other syncs need not; what was last known, and its history, stay."""
    state = plain_jira(deployment)
    deleted, hidden, *rest = add_issues(state, 5)
    for key in (deleted, hidden):
        state.edit(key, at=START + timedelta(days=1), by="ana", summary=f"Last known of {key}")
    ids = dict(zip((deleted, hidden), ids_of(state, (deleted, hidden)), strict=True))
    with followed(state, tmp_path) as world:
        world.sync(keys=[deleted])
        world.later(hours=1)
        state.delete(deleted)
        state.hide(hidden)
        assert world.sync(keys=[deleted]) == SyncReport(is_sweep=False, followed=5, changed=0)
        assert world.absences() == []
        assert world.sync(keys=[deleted], sweep=True) == SyncReport(
            is_sweep=True, followed=3, changed=0, gone=2
        )
        assert world.absences() == [(key, ids[key], "not_shown", False) for key in (deleted, hidden)]
        assert world.shown() == rest
        assert world.held()[deleted] == (f"Last known of {deleted}", False)
        assert world.rows("SELECT count(*) FROM raw.jira_histories") == [(2,)]
        world.later(hours=1)
        assert world.sync(keys=[deleted], sweep=True).gone == 0
        assert len(world.absences()) == 2


@both
def test_what_is_shown_again_is_found_again(deployment: Deployment, tmp_path: Path) -> None:
    """An absence has an end; a second one is another span."""
    state = plain_jira(deployment)
    key, *_ = add_issues(state, 5)
    issue_id = id_of(state, key)
    with followed(state, tmp_path) as world:
        world.sync()
        spans: list[int] = []
        for hidden in (True, False, True, False):
            world.later(hours=1)
            state.hide(key, hidden=hidden)
            world.sync(sweep=True)
            spans.append(len(world.absences()))
            assert (key in world.shown()) is not hidden
        assert spans == [1, 1, 2, 2]
        assert world.absences() == [(key, issue_id, "not_shown", True)] * 2
        assert world.rows("SELECT bool_and(checked_at < found_again_at) FROM raw.jira_absences") == [(True,)]


@both
def test_what_changes_when_it_is_shown_again_needs_no_sweep(deployment: Deployment, tmp_path: Path) -> None:
    """A hidden issue that the JQL finds again, as it was changed, is absent no more."""
    state = plain_jira(deployment)
    key, *_ = add_issues(state, 5)
    with followed(state, tmp_path) as world:
        world.sync()
        state.hide(key)
        world.sync(sweep=True)
        world.later(hours=1)
        state.hide(key, hidden=False)
        state.edit(key, at=world.now, by="ana", summary="Shown again")
        assert world.sync() == SyncReport(is_sweep=False, followed=5, changed=1)
        assert world.held()[key] == ("Shown again", True)


@both
def test_a_key_may_come_to_be(deployment: Deployment, tmp_path: Path) -> None:
    """A document names an issue that is made later: absent first, asked for at the next sweep, then found."""
    state = plain_jira(deployment)
    add_issues(state, 2)
    with followed(state, tmp_path) as world:
        assert world.sync(keys=["PAY-3", "NOPE-1"]).absent_keys == 2
        assert world.absences() == [
            ("NOPE-1", None, "project_not_shown", False),
            ("PAY-3", None, "not_shown", False),
        ]
        world.later(hours=1)
        assert add_issue(state, at=world.now, labels=[]) == "PAY-3"
        world.sync(keys=["PAY-3", "NOPE-1"])
        assert "PAY-3" not in world.held()
        assert world.sync(keys=["PAY-3", "NOPE-1"], sweep=True).absent_keys == 1
        assert world.held()["PAY-3"] == ("A promise", True)
        assert ("PAY-3", "document") in world.follows()
        assert world.absences() == [
            ("NOPE-1", None, "project_not_shown", False),
            ("PAY-3", None, "not_shown", True),
        ]


def test_a_key_known_to_lead_nowhere_is_not_asked_for_at_every_run(tmp_path: Path) -> None:
    """Nor is one whose issue was deleted, whether it was known by that key or found by the JQL."""
    state = plain_jira()
    deleted, *_ = add_issues(state, 4)
    with followed(state, tmp_path) as world:
        world.sync()
        state.delete(deleted)
        world.later(hours=1)
        world.sync(keys=[deleted, "PAY-99"])
        world.later(hours=1)
        world.sync(keys=[deleted, "PAY-99"])
        assert world.endpoints == ["myself", "search/jql", "search/jql"]
        world.sync(keys=[deleted, "PAY-99"], sweep=True)
        assert [absence[0] for absence in world.absences()] == [deleted, "PAY-99"]
        assert (deleted, "document") in world.follows()


@both
def test_a_moved_issue_stays_one(deployment: Deployment, tmp_path: Path) -> None:
    """Under its new key, with both keys leading to it, and nothing is absent."""
    state = plain_jira(deployment)
    old, *_ = add_issues(state, 4)
    with followed(state, tmp_path) as world:
        world.sync(keys=[old])
        world.later(hours=1)
        new = state.move(old, "OPS", at=world.now, by="ana")
        assert world.sync(keys=[old]).changed == 1
        world.later(hours=1)
        assert world.sync(keys=[old], sweep=True) == SyncReport(is_sweep=True, followed=4, changed=0)
        assert new in world.shown()
        assert old not in world.held()
        assert world.absences() == []
        assert world.rows("SELECT issue_key, issue_id FROM raw.jira_keys") == [(old, id_of(state, new))]


@both
def test_a_move_that_search_does_not_show_is_found_by_the_sweep(
    deployment: Deployment, tmp_path: Path
) -> None:
    """Moved out of what the JQL and the projects held would find, an issue is read by its id."""
    state = plain_jira(deployment)
    old, *_ = add_issues(state, 4)
    with followed(state, tmp_path, jql="project = PAY") as world:
        world.sync()
        world.later(hours=1)
        new = state.move(old, "OPS", at=world.now, by="ana")
        assert world.sync().changed == 0
        assert world.sync(sweep=True) == SyncReport(is_sweep=True, followed=4, changed=1)
        assert new in world.shown()
        world.later(hours=1)
        state.edit(new, at=world.now, by="ana", summary="Changed there")
        world.sync()
        assert world.held()[new] == ("Changed there", True)


def test_a_key_that_was_given_again_leads_to_the_newer_issue(tmp_path: Path) -> None:
    """A key led to one issue, then to another, then to the first again: the last is the newest noted."""
    state = plain_jira()
    old, *_ = add_issues(state, 4)
    first_id = id_of(state, old)
    with followed(state, tmp_path) as world:

        def leads() -> str:
            ((issue_id,),) = world.rows(
                "SELECT max_by(issue_id, found_at) FROM raw.jira_keys WHERE issue_key = ?", [old]
            )
            return str(issue_id)

        world.sync(keys=[old])
        moved = state.move(old, "OPS", at=START + timedelta(days=1), by="ana")
        newer = state.payload(state.issues[first_id], None) | {"id": "20000", "key": old}
        newer["fields"] = newer["fields"] | {"project": state.project("PAY")}
        assert leads() == first_id
        state.load_issue(newer)
        world.sync(keys=[old], sweep=True)
        assert leads() == "20000"
        assert {old, moved} <= set(world.shown())
        state.delete(old)
        state._keys[old] = first_id  # as Jira does: the former key leads on once nobody bears it
        world.sync(keys=[old], sweep=True)
        assert leads() == first_id


# --- too much at once -------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(("hidden", "is_error"), [(2, False), (3, True), (6, True)])
def test_half_or_more_gone_at_once_is_not_believed(
    deployment: Deployment, hidden: int, is_error: bool, tmp_path: Path
) -> None:
    """Of six issues two may vanish; three or six look like lost rights: an error, which changes nothing."""
    state = plain_jira(deployment)
    keys = add_issues(state, 6)
    with followed(state, tmp_path) as world:
        world.sync()
        (watermark,) = world.rows("SELECT max(site_at) FROM raw.fetches WHERE outcome = 'ok'")
        for key in keys[:hidden]:
            state.hide(key)
        world.later(hours=1)
        if not is_error:
            assert world.sync(sweep=True).gone == hidden
            return
        with pytest.raises(JiraError) as error:
            world.sync(sweep=True)
        told = (
            "jira.jql finds nothing, and 6 of the 6 issues it had found are not observed any more"
            if hidden == len(keys)
            else f"{hidden} of the 6 issues held are not observed any more, which looks like lost rights, "
            "not like deletions"
        )
        assert str(error.value) == (
            f"jira: {told}; see whether reports@example.com may still browse their projects, or take them "
            "for gone with --sweep --accept-vanished"
        )
        assert world.absences() == []
        assert world.shown() == keys
        assert world.rows("SELECT max(site_at) FROM raw.fetches WHERE outcome = 'ok'") == [watermark]
        assert world.sync(sweep=True, accept_vanished=True).gone == hidden
        assert world.shown() == keys[hidden:]


@both
def test_rights_that_come_back_leave_no_trace(deployment: Deployment, tmp_path: Path) -> None:
    """A whole project was hidden for an hour: the sync failed, and the next one finds all as it was."""
    state = plain_jira(deployment)
    keys = add_issues(state, 6)
    with followed(state, tmp_path) as world:
        world.sync(keys=keys)
        state.hide_project("PAY")
        world.later(hours=24)
        with pytest.raises(JiraError, match="6 of the 6 issues it had found are not observed any more"):
            world.sync(keys=keys)
        state.hide_project("PAY", hidden=False)
        world.later(hours=1)
        assert world.sync(keys=keys) == SyncReport(is_sweep=True, followed=6, changed=0)
        assert world.absences() == []


@both
def test_a_project_that_is_hidden_is_told_as_such(deployment: Deployment, tmp_path: Path) -> None:
    """Two of five issues are in a project that is not shown any more: they are gone with it."""
    state = plain_jira(deployment)
    here, there = add_issues(state, 3), add_issues(state, 2, "OPS")
    with followed(state, tmp_path) as world:
        world.sync()
        state.hide_project("OPS")
        state.hide(here[0])
        with pytest.raises(JiraError, match="3 of the 5"):
            world.sync(sweep=True)
        state.hide(here[0], hidden=False)
        assert world.sync(sweep=True).gone == 2
        assert world.absences() == [
            (key, id_of(state, key), "project_not_shown", False) for key in sorted(there)
        ]


@both
def test_new_issues_do_not_outvote_what_vanished(deployment: Deployment, tmp_path: Path) -> None:
    """A token of another account shows other issues, and many: those held before are not taken for gone."""
    state = plain_jira(deployment)
    keys = add_issues(state, 4)
    with followed(state, tmp_path) as world:
        world.sync()
        for key in keys:
            state.hide(key)
        add_issues(state, 20, "OPS")
        with pytest.raises(JiraError, match="4 of the 4 issues held are not observed any more"):
            world.sync(sweep=True)


@both
def test_the_only_issue_may_be_deleted(deployment: Deployment, tmp_path: Path) -> None:
    """One is no crowd."""
    state = plain_jira(deployment)
    key = add_issue(state)
    with followed(state, tmp_path) as world:
        world.sync()
        state.delete(key)
        assert world.sync(sweep=True) == SyncReport(is_sweep=True, followed=0, changed=0, gone=1)


def test_a_dead_token_buries_nothing(tmp_path: Path) -> None:
    """Whenever it dies during a sweep, the sync fails, nothing is absent, no link is lost."""
    state = plain_jira()
    keys = add_issues(state, 3)
    state.add_remote_link(keys[0], "https://wiki.example/1", "Outage", noted_at=START, by="ana")
    state.rename_project("OPS", new_key="OLD")
    with followed(state, tmp_path) as world:
        world.sync(keys=keys, sweep=True)
        world.later(hours=1)
        world.sync(keys=keys, sweep=True)
        before = all_rows(world)
        for number in range(1, len(world.requests) + 1):
            world.later(hours=1)

            def dies(request: Request, at: int = number) -> Fault | None:
                return faults.expired_token() if request.number >= at else None

            world.trouble = dies
            with pytest.raises(JiraError, match="refuses the token"):
                world.sync(keys=[*keys, "PAY-99"], sweep=True)
            assert all_rows(world) == before


def all_rows(world: Followed) -> list[object]:
    """What is known of issues, absences and links, but for when it was last seen."""
    return [
        world.rows(query)
        for query in (
            "SELECT issue_id, issue_key, payload, history_complete FROM raw.jira_issues ORDER BY ALL",
            "SELECT * FROM raw.jira_absences ORDER BY ALL",
            "SELECT issue_id, payload FROM raw.jira_remote_links ORDER BY ALL",
            "SELECT issue_key, issue_id FROM raw.jira_keys ORDER BY ALL",
        )
    ]


@both
def test_a_jql_that_finds_nothing_is_told(deployment: Deployment, tmp_path: Path) -> None:
    """An error only when half or more of what it had found are not shown, whatever else still is."""
    state = plain_jira(deployment)
    keys = [add_issue(state) for _ in range(4)]
    others = [add_issue(state, "OPS", labels=[]) for _ in range(20)]
    with followed(state, tmp_path, jql="labels = none") as world:
        assert world.sync(keys=others).jql_count == 0
        world.settings["jql"] = "labels = pm"
        world.later(hours=1)
        assert world.sync(keys=others).jql_count == 4
        for key in keys[:3]:
            state.edit(key, at=world.now, by="ana", labels=[])
        state.hide(keys[3])
        world.later(hours=1)
        assert world.sync(keys=others, sweep=True).jql_count == 0
        for key in keys[:2]:
            state.hide(key)
        world.later(hours=1)
        with pytest.raises(JiraError, match=r"jira\.jql finds nothing, and 2 of the 3 issues it had found"):
            world.sync(keys=others, sweep=True)
        assert world.sync(keys=others, sweep=True, accept_vanished=True).gone == 2
