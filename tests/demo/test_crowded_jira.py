"""The crowded Jira of the benchmarks: an ordinary one, but for how its histories are held."""

from __future__ import annotations

from datetime import timedelta

import requests

from benchmarks.crowded_jira import EMAIL, LABEL, TOKEN, crowded_jira, crowded_state
from pipeline.demo.jira.query import find_issues


def test_every_issue_has_its_own_whole_history() -> None:
    """As many entries as told, more for one in twenty, each id once; the status is where the last one led."""
    state = crowded_state(250, histories=3)
    issues = find_issues(f"labels = {LABEL}", state)
    counts = [len(state.histories(issue)) for issue in issues]
    assert (len(issues), counts.count(3), counts.count(60), counts.count(130)) == (250, 237, 11, 2)
    ids = [entry["id"] for issue in issues for entry in state.histories(issue)]
    assert len(set(ids)) == len(ids) == sum(counts)
    assert all(state.histories(issue)[-1]["items"][0]["to"] == issue.fields["status"] for issue in issues)


def test_a_later_change_comes_after_the_written_past() -> None:
    """An edit adds one entry, the newest by its id, and leaves the others as they were."""
    state = crowded_state(1, histories=3)
    (issue,) = state.visible()
    before = state.histories(issue)
    state.edit(issue.key, at=issue.updated_at + timedelta(days=1), by="person-1", summary="Changed")
    after = state.histories(issue)
    assert (after[:3], len(after)) == (before, 4)
    assert int(after[3]["id"]) > max(int(entry["id"]) for entry in before)


def test_it_is_served_by_another_process() -> None:
    """It answers at the address it tells, and in the end says how often it was asked."""
    with crowded_jira(5) as jira, requests.Session() as session:
        session.trust_env = False
        asked = {"jql": f"labels = {LABEL}"}
        answered = session.post(
            f"{jira.url}/rest/api/2/search/jql", json=asked, auth=(EMAIL, TOKEN), timeout=5
        )
        assert len(answered.json()["issues"]) == 5
    assert jira.calls == {"search/jql": 1}
