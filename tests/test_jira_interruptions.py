"""A sync that ends half-way keeps what it had; the next one goes on from there and misses nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request, Trouble
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from pipeline.jira_sync import SyncReport
from pipeline.sources.jira import cloud, data_center, site
from tests.followed_jira import followed
from tests.sources.jira_served import DEPLOYMENTS, START, add_issue, add_issues, id_of, ids_of, plain_jira

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten issues to a read, and one read at a time, so that what comes when is known."""
    for module in (site, cloud, data_center):
        monkeypatch.setattr(module, "ISSUES_PER_FETCH", 10)
    monkeypatch.setattr("pipeline.sources.rest.CALLS_AT_ONCE", 1)
    monkeypatch.setattr("pipeline.sources.jira.site.FETCHES_AHEAD", 1)


def refused_after(reads: int, fault: Fault) -> Trouble:
    """So many bulk reads of whole issues succeed; every request after them fails."""
    done = 0

    def trouble(request: Request) -> Fault | None:
        nonlocal done
        is_read = "changelog" in ((request.body or {}).get("expand") or ())
        if done >= reads and (is_read or done > reads):
            done += 1
            return fault
        done += is_read
        return None

    return trouble


@both
def test_a_run_that_fails_keeps_what_it_had_and_says_so(deployment: Deployment, tmp_path: Path) -> None:
    """Of 50 issues 30 were read when the token died: they are held, and the sentence says so."""
    state = plain_jira(deployment)
    keys = add_issues(state, 50)
    with followed(state, tmp_path) as world:
        world.trouble = refused_after(3, faults.unauthorized())
        with pytest.raises(JiraError) as error:
            world.sync()
        assert str(error.value) == (
            f"jira: {world.jira.url} refuses the token of reports@example.com; make a new one and put it "
            "where jira.token_env or jira.token_file says; 30 new or changed issues are kept; the next run "
            "goes on from there"
        )
        assert world.shown() == sorted(keys[:30])
        assert world.rows("SELECT outcome, message, is_sweep, call_count FROM raw.fetches") == [
            ("failed", str(error.value), True, len(world.requests))
        ]


def test_a_run_that_fails_at_once_says_only_why(tmp_path: Path) -> None:
    """Where nothing was read nothing is said to be kept."""
    with followed(plain_jira(), tmp_path) as world:
        world.trouble = lambda request: faults.unauthorized()
        with pytest.raises(JiraError, match=r"jira\.token_file says$"):
            world.sync()
        assert world.rows("SELECT count(*) FROM raw.jira_issues") == [(0,)]


@both
def test_the_next_run_goes_on_where_the_last_one_stopped(deployment: Deployment, tmp_path: Path) -> None:
    """What was read is not read again, but for what changed since; the watermark is the first start."""
    state = plain_jira(deployment)
    keys = add_issues(state, 50)
    ids = ids_of(state, keys)
    with followed(state, tmp_path, settings={"overlap_hours": 0}) as world:
        world.trouble = refused_after(3, faults.unauthorized())
        with pytest.raises(JiraError):
            world.sync()
        world.later(hours=1)
        state.edit(keys[3], at=world.now, by="ana", summary="Changed meanwhile")
        world.later(hours=1)
        world.trouble = None
        world.restart()
        assert world.sync() == SyncReport(is_sweep=True, followed=50, changed=21)
        if deployment == "cloud":
            assert world.read_ids() == sorted([ids[3], *ids[30:]], key=int)
        assert world.held()[keys[3]] == ("Changed meanwhile", True)
        starts = world.rows("SELECT site_at FROM raw.fetches ORDER BY started_at")
        assert starts[0] == starts[1]
        world.later(hours=1)
        assert not world.sync().is_sweep


@both
def test_relations_of_what_was_read_before_are_followed(deployment: Deployment, tmp_path: Path) -> None:
    """An issue read before the interruption leads to its parent after it, to its subtask and its survivor."""
    state = plain_jira(deployment)
    story = add_issue(state, labels=[])
    survivor = add_issue(state, labels=[])
    first = add_issue(state, parent=story, issue_type="Sub-task")
    subtask = add_issue(state, labels=[], parent=first, issue_type="Sub-task")
    state.link(first, survivor, at=START, by="ana", link_type="Duplicate")
    rest = add_issues(state, 40)
    with followed(state, tmp_path) as world:
        world.trouble = refused_after(2, faults.unauthorized())
        with pytest.raises(JiraError):
            world.sync()
        assert first in world.held()
        world.trouble = None
        world.later(hours=1)
        world.sync()
        assert world.shown() == sorted([first, story, subtask, survivor, *rest])


@both
def test_an_incremental_run_that_failed_is_made_up_for(deployment: Deployment, tmp_path: Path) -> None:
    """What it did not come to, changes and a parent that it had found, is brought by the next one."""
    state = plain_jira(deployment)
    parent = add_issue(state, labels=[])
    keys = add_issues(state, 30)
    with followed(state, tmp_path, settings={"overlap_hours": 0}) as world:
        world.sync()
        world.later(hours=1)
        for n, key in enumerate(keys):
            state.edit(key, at=world.now + timedelta(seconds=n), by="ana", summary="Changed")
        child = add_issue(state, at=world.now, parent=parent, issue_type="Sub-task")
        world.later(hours=1)
        world.trouble = refused_after(
            4, faults.unauthorized()
        )  # of the 31 changes all come, their parent not
        with pytest.raises(JiraError, match="31 new or changed issues are kept"):
            world.sync()
        assert parent not in world.held()
        world.trouble = None
        world.later(hours=1)
        assert world.sync() == SyncReport(is_sweep=False, followed=32, changed=1)
        assert world.shown() == sorted([parent, child, *keys])


def test_an_interruption_of_long_ago_is_forgotten(tmp_path: Path) -> None:
    """After a day everything is read again."""
    state = plain_jira()
    ids = ids_of(state, add_issues(state, 30))
    with followed(state, tmp_path) as world:
        world.trouble = refused_after(2, faults.unauthorized())
        with pytest.raises(JiraError):
            world.sync()
        world.trouble = None
        world.later(hours=25)
        world.sync()
        assert world.read_ids() == ids


def test_interruptions_that_never_end_are_gone_on_from(tmp_path: Path) -> None:
    """Cut off for more than a day, a look at everything goes on from the first try that is not older."""
    state = plain_jira()
    ids = ids_of(state, add_issues(state, 30))
    with followed(state, tmp_path) as world:
        for reads in (0, 0, 1):
            world.trouble = refused_after(reads, faults.unauthorized())
            with pytest.raises(JiraError):
                world.sync()
            world.later(hours=10)
        world.trouble = None
        world.sync()
        assert world.read_ids() == ids[10:]


def test_a_forced_sweep_that_failed_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """The runs after it ask what changed, until a sweep is due again, which goes on where it stopped."""
    state = plain_jira()
    keys = add_issues(state, 30)
    ids = ids_of(state, keys)
    with followed(state, tmp_path) as world:
        world.sync()
        world.later(hours=10)
        world.trouble = refused_after(2, faults.unauthorized())
        with pytest.raises(JiraError):
            world.sync(sweep=True)
        world.trouble = None
        world.later(hours=1)
        state.edit(keys[0], at=world.now, by="ana", summary="Changed")
        assert world.sync() == SyncReport(is_sweep=False, followed=30, changed=1)
        world.later(hours=13)
        assert world.sync() == SyncReport(is_sweep=True, followed=30, changed=0)
        # Of the two answers before the refusal, the second may have come too late to be kept.
        assert world.read_ids() in ([ids[0], *ids[10:]], [ids[0], *ids[20:]])


def test_what_a_bulk_read_left_out_is_read_by_itself(tmp_path: Path) -> None:
    """An answer without an issue that is there, and without a word of it, buries none and loses no change."""
    state = plain_jira()
    keys = add_issues(state, 5)
    with followed(state, tmp_path) as world:
        world.sync(keys=[keys[0]])
        world.later(hours=1)
        state.edit(keys[0], at=world.now, by="ana", summary="Changed")
        new = add_issue(state, at=world.now, labels=[])

        def omits(request: Request) -> Fault | None:
            is_read = "changelog" in ((request.body or {}).get("expand") or ())
            return faults.short_answer() if is_read else None

        world.trouble = omits
        assert world.sync(keys=[keys[0], new]) == SyncReport(is_sweep=False, followed=6, changed=2)
        assert world.held()[keys[0]] == ("Changed", True)
        world.later(hours=1)
        state.rename_status("1", "Backlog")
        assert world.sync(keys=[keys[0], new], sweep=True) == SyncReport(is_sweep=True, followed=6, changed=6)
        assert world.absences() == []
        assert f"issue/{id_of(state, keys[1])}" in world.endpoints


def test_what_a_late_search_does_not_show_is_read_by_itself(tmp_path: Path) -> None:
    """On Data Center a read of many is a search; an issue it does not know yet is read by key, and by id."""
    state = plain_jira("data_center")
    keys = add_issues(state, 3)
    with followed(state, tmp_path) as world:
        state.freeze_index()
        new = add_issue(state, at=START + timedelta(days=1), labels=[])
        world.sync(keys=[new])
        assert world.shown() == sorted([*keys, new])
        world.later(hours=1)
        assert world.sync(keys=[new], sweep=True) == SyncReport(is_sweep=True, followed=4, changed=0)
        assert world.absences() == []
