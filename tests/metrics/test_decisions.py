"""Three things to decide: what is said, and that it is never more than the intervals allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline import metrics
from pipeline.metrics import Decisions, Filters, open_published
from pipeline.metrics import sentences as say
from tests.published_rows import AS_OF, action_item, incident, publish_rows

YEAR = Filters(period_from=date(2025, 3, 1), period_to=date(2026, 2, 28))
FIRST = datetime(2025, 4, 1)


def decided(folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Decisions:
    """What is to decide in a build of these rows."""
    publish_rows(folder, "b1", rows)
    return metrics.decisions(open_published(folder), YEAR, as_of=AS_OF, last_day=date(2026, 2, 28))


def due(number: int, team: str, **more: Any) -> dict[str, Any]:
    """An action item of Jira that came due in the year."""
    return action_item(
        f"{team}{number}",
        None,
        team=team,
        issue_id=f"{team}{number}",
        promised_at=FIRST,
        committed_on=date(2025, 6, 1),
        **more,
    )


def test_nothing_to_decide_is_said_as_such(tmp_path: Path) -> None:
    """Without a row there is nothing to rank, nobody to judge and nothing that came back."""
    found = decided(tmp_path, {})
    assert say.next_week_headline(found.next_week) == "Nothing that is open can be ranked."
    assert say.next_week_evidence(found.next_week) == ["No prevention item is open."]
    assert say.talk_headline(found.talk) == "There is too little to judge any team by."
    assert say.most_ignored_sentence(found.talk) == "No promise that came due is ignored."
    assert (
        say.came_back_headline(found.came_back)
        == "Nothing is known to have come back while its fix was open."
    )
    assert say.came_back_evidence(found.came_back) == "No incidents in this period or the one before."


def test_the_first_of_two_close_ones_is_not_certain(tmp_path: Path) -> None:
    """Where the intervals overlap the order is not certain, and by how much is said."""
    rows = {
        "incidents": [
            incident(
                f"{service}{n}",
                FIRST + timedelta(days=40 * n),
                60 + 20 * n,
                service=service,
                cause_category="capacity",
            )
            for service, count in (("search", 4), ("mail", 3))
            for n in range(count)
        ],
        "action_items": [
            action_item("grow", "search0", kind="prevent", promised_at=FIRST),
            action_item("shrink", "mail0", kind="prevent", promised_at=FIRST),
        ],
    }
    found = decided(tmp_path, rows).next_week
    assert found.item is not None
    assert (found.item["priority_id"], found.other_count, found.overlap_count) == ("grow", 1, 1)
    assert not found.is_certain
    assert say.next_week_headline(found) == "“Promise grow” comes first, but the order is not certain."
    assert say.next_week_evidence(found)[1] == (
        "Among the first 3 under all 6 sets of assumptions; its interval overlaps with that of the other."
    )


def test_a_team_beyond_the_limits_is_named_with_its_figures(tmp_path: Path) -> None:
    """Of two teams the one whose promises are all ignored is named, the one that does well is not."""
    kept = {"outcome": "done", "is_on_time": True, "done_at": datetime(2025, 5, 1)}
    rows = {
        "action_items": [
            *(due(n, "Payments", **kept) for n in range(60)),
            *(due(n, "Search", is_overdue=True, is_ignored=True) for n in range(15)),
        ]
    }
    found = decided(tmp_path, rows).talk
    assert list(found.flagged) == ["Search"]
    assert say.talk_headline(found) == "Talk with Search: their promises go far worse than elsewhere."
    assert say.talk_evidence(found.flagged["Search"]).replace("\u00a0", " ") == (
        "0 % of 15 decided in time (expected 99 %); 0 % of 15 decided (expected 99 %); "
        "100 % of 15 ignored (expected 1 %)"
    )


def test_what_is_beyond_chance_is_not_told_as_chance(tmp_path: Path) -> None:
    """Without a signal, but with figures that chance does not explain, the team is named as just that."""
    kept = {"outcome": "done", "is_on_time": True, "done_at": datetime(2025, 5, 1)}
    late = kept | {"is_on_time": False}
    rows = {
        "action_items": [
            due(n, team, **(kept if n < count else late))
            for team, count in (("Edge", 75), ("Payments", 74), ("Search", 52))
            for n in range(100)
        ]
    }
    found = decided(tmp_path, rows).talk
    assert (list(found.flagged), list(found.beyond_chance)) == ([], ["Search"])
    assert say.talk_headline(found) == (
        "No team is far out; of Search some figures are worse than chance explains."
    )
    assert say.talk_evidence(found.beyond_chance["Search"]).replace("\u00a0", " ") == (
        "52 % of 100 decided in time (expected 74 %)"
    )


def test_without_a_signal_the_most_ignored_are_told_as_no_signal(tmp_path: Path) -> None:
    """Two teams alike: none stands out, and who has most ignored items is no judgement."""
    ignored = {"is_overdue": True, "is_ignored": True}
    kept = {"outcome": "done", "is_on_time": True, "done_at": datetime(2025, 5, 1)}
    rows = {
        "action_items": [
            due(n, team, **(ignored if n < count else kept))
            for team, count in (("Payments", 3), ("Search", 2))
            for n in range(20)
        ]
    }
    found = decided(tmp_path, rows).talk
    assert say.talk_headline(found) == "No team stands out."
    assert say.most_ignored_sentence(found) == (
        "Most ignored: Payments, 3 of 20; not distinguishable from chance."
    )


def test_what_came_back_is_told_with_what_is_known_of_its_cost(tmp_path: Path) -> None:
    """The longest first; what no incident states adds nothing, and no fix is blamed."""
    rows = {
        "incidents": [incident(f"i{n}", FIRST + timedelta(days=n), minutes) for n, minutes in ENDS],
        "repeats": [
            {
                "incident_id": f"i{n}",
                "earlier_incident_id": "i0",
                "gap_days": float(n),
                "basis": "text",
                "open_prevention_item_count": 1,
                "overdue_prevention_item_count": 0,
            }
            for n in (1, 2, 3)
        ],
    }
    found = decided(tmp_path, rows).came_back
    assert [row["incident_id"] for row in found.repeats] == ["i2", "i1", "i3"]
    assert say.came_back_headline(found).replace("\u00a0", " ") == (
        "3 incidents came back while a fix was open, and hurt for 1 h 30 min."
    )
    assert say.came_back_evidence(found) == (
        "The impact of 2 of 3 is known. They resemble earlier ones; whether the fix would have stopped them "
        "is not known."
    )


ENDS = [(0, 60), (1, 30), (2, 60), (3, None)]
