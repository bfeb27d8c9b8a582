from __future__ import annotations

import itertools
import statistics
from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.demo.company import Company, invent_company
from pipeline.demo.promises import STATUSES, Edit, Move, Transition, last_activity_at
from pipeline.demo.roster import AUTOMATION, TEAMS

AS_OF = datetime(2026, 11, 24)
STAGES = ("started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at")


@pytest.fixture(scope="module")
def company() -> Company:
    """The company of default size."""
    return invent_company(seed=1, incident_count=240, as_of=AS_OF)


@pytest.fixture(scope="module")
def large() -> Company:
    """Enough incidents for shares to settle."""
    return invent_company(seed=2, incident_count=2400, as_of=AS_OF)


def test_equal_arguments_give_equal_companies(company: Company) -> None:
    """The same seed, size and moment give the same company; another seed another one."""
    assert invent_company(seed=1, incident_count=240, as_of=AS_OF) == company
    assert invent_company(seed=2, incident_count=240, as_of=AS_OF) != company


@pytest.mark.parametrize("incident_count", [1, 24, 240])
def test_size_is_what_was_asked_for(incident_count: int) -> None:
    """There are as many incidents as asked for, besides the planned work."""
    company = invent_company(seed=3, incident_count=incident_count, as_of=AS_OF)
    assert sum(not incident.is_planned for incident in company.incidents) == incident_count


def test_default_size_is_that_of_a_middling_company(company: Company) -> None:
    """Three years, eight teams, and between 600 and 900 action items."""
    assert len(company.teams) == 8
    assert 600 <= len(company.action_items) <= 900
    span = company.incidents[-1].started_at - company.incidents[0].started_at
    assert timedelta(days=1050) < span <= timedelta(days=1096)


def test_wrong_arguments_are_refused() -> None:
    """A company without incidents, or a moment with a zone, is a mistake of the caller."""
    with pytest.raises(ValueError, match="at least 1"):
        invent_company(seed=1, incident_count=0, as_of=AS_OF)
    with pytest.raises(ValueError, match="naive UTC"):
        invent_company(seed=1, incident_count=1, as_of=AS_OF.astimezone())


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(),
    incident_count=st.integers(1, 60),
    as_of=st.datetimes(datetime(2005, 1, 1), datetime(2090, 1, 1)),
)
def test_nothing_happens_after_the_moment_of_looking(seed: int, incident_count: int, as_of: datetime) -> None:
    """Whatever the arguments, every time is in order and none lies after `as_of`."""
    company = invent_company(seed=seed, incident_count=incident_count, as_of=as_of)
    for incident in company.incidents:
        times = [at for at in (getattr(incident, name) for name in STAGES) if at is not None]
        assert times == sorted(times)
        assert times[-1] <= as_of
    for plan in company.documents:
        assert plan.published_at <= as_of
    for item in company.action_items:
        for issue in (item, item.survivor, *item.children):
            if issue is not None:
                changes = [change.at for change in issue.changes]
                assert changes == sorted(changes)
                assert all(issue.created_at < at <= as_of for at in changes)
        assert (item.decided_at is None) == (item.outcome == "open")


def test_incidents_are_numbered_and_listed_by_start(company: Company) -> None:
    """Ids count from one in order of time, so an id finds its incident."""
    assert [company.incident(incident.incident_id) for incident in company.incidents] == list(
        company.incidents
    )
    starts = [incident.started_at for incident in company.incidents]
    assert starts == sorted(starts)


def test_one_incident_is_under_way(company: Company) -> None:
    """When one looks, an incident that began within the hour is not resolved, and has its document."""
    under_way = company.incidents[-1]
    assert under_way.resolved_at is None
    assert AS_OF - under_way.started_at < timedelta(hours=1)
    assert under_way.incident_id in {name for plan in company.documents for name in plan.incident_ids}


def test_durations_are_log_normal_and_know_nothing_of_severity(large: Company) -> None:
    """The standard deviation is 1.2 to 2.5 times the mean, the median well below it, equal by severity."""
    by_severity: dict[int, list[float]] = {1: [], 2: [], 3: [], 4: []}
    for incident in large.incidents:
        minutes = incident.minutes("resolved_at")
        if minutes is not None and not incident.is_planned and not incident.team.improves:
            by_severity[incident.severity].append(minutes)
    minutes_of_all = [minutes for group in by_severity.values() for minutes in group]
    mean = statistics.mean(minutes_of_all)
    assert 1.2 < statistics.stdev(minutes_of_all) / mean < 2.5
    assert statistics.median(minutes_of_all) < 0.65 * mean
    medians = [statistics.median(group) for group in by_severity.values()]
    assert max(medians) / min(medians) < 1.4


def test_one_team_improves_and_the_others_do_not(large: Company) -> None:
    """The improving team's median falls to about a fifth; no other team's halves or doubles."""
    for team in large.teams:
        before, after = (
            statistics.median(
                incident.minutes("resolved_at") or 0
                for incident in large.incidents
                if incident.team == team
                and not incident.is_planned
                and incident.resolved_at is not None
                and (incident.started_at >= large.improved_at) == is_after
            )
            for is_after in (False, True)
        )
        assert (after / before < 0.35) if team.improves else (0.6 < after / before < 1.6)


def test_each_teams_share_of_incidents_stays_the_same(large: Company) -> None:
    """No team's part of all incidents moves between the halves by more than chance would."""
    shares = []
    for is_after in (False, True):
        teams = [
            incident.team.name
            for incident in large.incidents
            if not incident.is_planned and (incident.started_at >= large.improved_at) == is_after
        ]
        counts = Counter(teams)
        shares.append({team.name: counts[team.name] / len(teams) for team in TEAMS})
    for team in TEAMS:
        assert abs(shares[0][team.name] - shares[1][team.name]) < 0.06


def test_what_was_not_fixed_comes_back(company: Company) -> None:
    """Repeats of incidents with an open prevention item are commonest where promises are ignored."""
    rates = {}
    for team in company.teams:
        own = [incident for incident in company.incidents if incident.team == team and incident.cause]
        rates[team.behaviour, team.name] = sum(bool(incident.repeats) for incident in own) / len(own)
    assert max(rates, key=lambda team: rates[team])[0] == "ignores"


def test_an_incident_is_likelier_to_return_before_its_prevention_is_closed_than_after() -> None:
    """Per day of exposure, the same service and cause fail at least three times as often while it is open."""
    counts, days = {True: 0, False: 0}, {True: 0.0, False: 0.0}
    for seed in range(5):
        company = invent_company(seed=seed, incident_count=240, as_of=AS_OF)
        promises = company.promises_by_incident()
        for earlier in company.incidents:
            preventions = [item for item in promises.get(earlier.incident_id, ()) if item.kind == "prevent"]
            if not preventions or earlier.resolved_at is None:
                continue
            closed_at = max(item.decided_at or AS_OF for item in preventions)
            until = min(AS_OF, earlier.started_at + timedelta(days=180))
            days[True] += max(0, (min(closed_at, until) - earlier.started_at).days)
            days[False] += max(0, (until - closed_at).days)
            for later in company.incidents:
                is_same = (later.service, later.cause) == (earlier.service, earlier.cause)
                if is_same and earlier.started_at < later.started_at < until:
                    counts[later.started_at < closed_at] += 1
    assert counts[True] / days[True] > 3 * counts[False] / days[False] > 0


def test_a_repeat_names_an_earlier_incident_of_its_service_and_cause(company: Company) -> None:
    """The earlier incident truly shares service and cause, and has a prevention item that was then open."""
    promises = company.promises_by_incident()
    repeats = [incident for incident in company.incidents if incident.repeats]
    assert repeats
    for incident in repeats:
        earlier = company.incident(incident.repeats or "")
        assert (earlier.service, earlier.cause) == (incident.service, incident.cause)
        assert earlier.started_at < incident.started_at
        assert any(
            item.kind == "prevent" and (item.decided_at is None or item.decided_at > incident.started_at)
            for item in promises[earlier.incident_id]
        )


def test_the_ignoring_team_ignores(company: Company) -> None:
    """Most of its items stay open, and no person ever touches them."""
    items = [item for item in company.action_items if item.team.behaviour == "ignores"]
    untouched = [
        item
        for item in items
        if item.outcome == "open" and all(change.by == AUTOMATION for change in item.changes)
    ]
    assert len(untouched) > 0.7 * len(items)


def test_the_pushing_team_pushes(large: Company) -> None:
    """Its linked items are pushed about twice or more on average; other teams' hardly ever."""
    pushes: dict[bool, list[int]] = {True: [], False: []}
    for item in large.action_items:
        if item.issue_key and item.created_at < AS_OF - timedelta(days=365):
            pushes[item.team.behaviour == "pushes_due_dates"].append(item.due_date_push_count)
    assert statistics.mean(pushes[True]) > 1.2
    assert statistics.mean(pushes[False]) < 0.2
    assert max(pushes[True]) == 5


def test_the_bulk_closer_closes_in_the_last_two_days_of_a_quarter(large: Company) -> None:
    """Nearly all its items are decided then, and many within ten minutes of another."""
    decided = sorted(
        item.decided_at
        for item in large.action_items
        if item.team.behaviour == "closes_in_bulk" and item.decided_at is not None
    )
    at_the_end = [at for at in decided if (at + timedelta(days=2)).month in {1, 4, 7, 10} and at.day >= 29]
    assert len(at_the_end) > 0.85 * len(decided)
    gaps = [later - earlier for earlier, later in itertools.pairwise(at_the_end)]
    assert sum(gap < timedelta(minutes=10) for gap in gaps) > 0.8 * len(gaps)


def test_some_items_are_reopened_and_mostly_by_one_team(large: Company) -> None:
    """The reopening team reopens several times as often as the others."""
    rates = {
        is_reopening: statistics.mean(
            item.reopen_count
            for item in large.action_items
            if item.issue_key and (item.team.behaviour == "reopens") == is_reopening
        )
        for is_reopening in (True, False)
    }
    assert rates[True] > 3 * rates[False] > 0


def test_histories_hold_every_kind_of_change(company: Company) -> None:
    """Owner changes, priority drops, pushes, label edits by automation, and declining occur."""
    edits = Counter(
        change.field for item in company.action_items for change in item.changes if isinstance(change, Edit)
    )
    assert set(edits) == {"due_on", "priority", "assignee", "labels"}
    transitions = [
        change for item in company.action_items for change in item.changes if isinstance(change, Transition)
    ]
    assert {change.resolution for change in transitions} == {
        *("Done", "Won't Do", "Obsolete", "Out of Scope", "Duplicate", "Cannot Reproduce", None)
    }
    assert any(change.keep_resolution for change in transitions)
    assert {change.status_id for change in transitions} <= set(STATUSES)


def test_keys_count_up_by_project_in_order_of_creation(company: Company) -> None:
    """As Jira does it, and shared with ordinary issues, so that no key names two issues."""
    issues = [
        *(issue for item in company.action_items for issue in (item, item.survivor, *item.children)),
        *company.ordinary_issues,
    ]
    keyed = [(issue.created_at, issue.issue_key) for issue in issues if issue and issue.issue_key]
    moves = [change for item in company.action_items for change in item.changes if isinstance(change, Move)]
    keyed += [(move.at, move.issue_key) for move in moves if move.issue_key]
    for team in TEAMS:
        numbers = [
            int(key.split("-")[1]) for _, key in sorted(keyed) if key and key.split("-")[0] == team.project
        ]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
        assert numbers == sorted(numbers)


def test_some_promises_are_hard_to_follow(company: Company) -> None:
    """Some have no issue, some are not linked, some no document mentions, some were deleted."""
    assert any(not item.is_in_jira for item in company.action_items)
    assert any(
        item.is_in_jira and item.is_in_document and not item.is_linked for item in company.action_items
    )
    assert any(item.incident_id is None for item in company.action_items)
    assert any(item.is_deleted for item in company.action_items)
    assert any(item.owner is None for item in company.action_items)


def test_what_a_duplicate_lives_on_in_prevents_nothing(large: Company) -> None:
    """So that an incident comes back while its own prevention is open, and for no other reason."""
    duplicates = [item for item in large.action_items if item.survivor is not None]
    assert len(duplicates) >= 20
    assert "prevent" not in {item.kind for item in duplicates}
    assert all(item.outcome == "declined" for item in duplicates)


def test_an_epic_is_left_alone_while_people_work_on_its_parts(company: Company) -> None:
    """Nobody touched it for a month, and of its parts somebody did within the last two weeks."""
    epics = [item for item in company.action_items if item.children]
    assert 2 <= len(epics) <= 4
    for item in epics:
        assert item.team.behaviour != "ignores"
        assert last_activity_at(item.created_at, item.changes) < AS_OF - timedelta(days=30)
        assert item.last_activity_at > AS_OF - timedelta(days=14)
