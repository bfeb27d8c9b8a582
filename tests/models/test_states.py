"""The spells of action items tell how things stood at any moment, as their whole histories do."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.demo.promises import ActionItem, Outcome, outcome_of
from tests.models.followed_company import AS_OF, followed_company


def stood(item: ActionItem, at: datetime) -> Outcome | None:
    """What the item was at a moment, by the changes that had been made till then; None before it was."""
    if item.created_at > at:
        return None
    lasting = item.lasting
    if lasting is not None and item.decided_at is not None and item.decided_at <= at:
        return outcome_of(change for change in lasting.changes if change.at <= at)[0]
    return outcome_of(change for change in item.changes if change.at <= at)[0]


def test_every_week_is_as_it_would_have_been_told_then(tmp_path: Path) -> None:
    """How many were open, done and declined at the end of each week is what a replay up to then gives."""
    with followed_company(tmp_path, "marts.action_item_states", seed=5) as (company, connection):
        items = [item for item in company.action_items if item.is_shown]
        weeks = [AS_OF - timedelta(weeks=week) for week in range(120)]
        for week in weeks:
            found = connection.execute(
                "SELECT outcome, count(*) FROM build.marts.action_item_states"
                " WHERE from_at <= $at AND (until_at IS NULL OR until_at > $at) GROUP BY outcome",
                {"at": week},
            ).fetchall()
            truth = Counter(outcome for item in items if (outcome := stood(item, week)) is not None)
            assert dict(found) == dict(truth), f"{week}"
        assert connection.execute(
            "SELECT max(spell_number) > 3 FROM build.marts.action_item_states"
        ).fetchone() == (True,)


def test_a_reopened_item_was_done_in_between(tmp_path: Path) -> None:
    """Each reopening of the invented company is an open spell after a done one."""
    with followed_company(tmp_path, "marts.action_item_states") as (company, connection):
        found = connection.execute(
            "SELECT count(*) FROM build.marts.action_item_states AS later"
            " INNER JOIN build.marts.action_item_states AS earlier"
            " ON later.action_item_id = earlier.action_item_id"
            " AND later.spell_number = earlier.spell_number + 1"
            " WHERE earlier.outcome = 'done' AND later.outcome = 'open'"
        ).fetchone()
        reopened = [
            item.reopen_count for item in company.action_items if item.is_shown and item.survivor is None
        ]
    assert sum(reopened) > 5
    assert found is not None
    assert found[0] >= sum(reopened)
