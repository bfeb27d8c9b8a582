"""How often a sync asks Jira Cloud, by the log of its requests."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

from benchmarks.crowded_jira import LABEL, crowded_state
from pipeline.jira_sync import SyncReport
from tests.followed_jira import followed

ISSUES = 10_000


def test_ten_thousand_issues_cost_few_calls(tmp_path: Path) -> None:
    """At most 130 for all of them with long histories; at most five when nothing changed; few for a few."""
    state = crowded_state(ISSUES, histories=1)
    with followed(state, tmp_path, jql=f"labels = {LABEL}", settings={"deployment": None}) as world:
        report = world.sync()
        assert report == SyncReport(is_sweep=True, followed=ISSUES, changed=ISSUES)
        calls = Counter(world.endpoints)
        assert sum(calls.values()) <= 130
        assert calls["search/jql"] == 2
        assert calls["issue/bulkfetch"] == ISSUES / 100
        sent = sum(len(issue.histories) for issue in state.visible())
        assert world.rows("SELECT count(*) FROM raw.jira_histories") == [(sent,)]
        assert world.rows("SELECT bool_and(history_complete) FROM raw.jira_issues") == [(True,)]

        world.later(hours=20)
        assert world.sync() == SyncReport(is_sweep=False, followed=ISSUES, changed=0)
        assert len(world.requests) <= 5

        for issue in state.visible()[:150]:
            state.edit(issue.key, at=world.now - timedelta(hours=1), by="person-1", summary="Changed")
        assert world.sync() == SyncReport(is_sweep=False, followed=ISSUES, changed=150)
        assert len(world.requests) <= 10
