"""What the doctor says of what the Jira defines: custom fields, priorities, statuses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.site import STORY_POINTS
from pipeline.demo.jira.state import JiraState
from tests.doctor.examined import EMAIL, TOKEN, jira, small_jira, told

JQL = 'jql = "labels = postmortem"'
SELECT = "com.atlassian.jira.plugin.system.customfieldtypes:select"


def defined(folder: Path, state: JiraState, *names: str, more: str = "", jql: str = JQL) -> list[str]:
    """The lines on these things; `more` follows the table of the Jira."""
    with serve_jira(state, email=EMAIL, token=TOKEN) as served:
        return told(folder, jira(served.url, jql) + more, *names)


def test_fields_by_their_types(tmp_path: Path) -> None:
    """Each purpose is told with its field, what the field is, why it is that one, and how often it is set."""
    state = small_jira()
    state.remove_field("customfield_10050")
    state.remove_field("customfield_10036")
    state.edit("PAY-1", at=datetime(2024, 3, 4), by="ana", custom={STORY_POINTS: 3})
    assert defined(tmp_path, state, "jira.fields", "jira fields") == [
        "ok jira fields 4 custom fields, 1 of them set in the issues tried: customfield_10016 "
        '"Story point estimate" (jsw-story-points, set in 1 of 2 issues)',
        'ok jira.fields.team customfield_10001 "Team" (atlassian-team, set in 0 of 2 issues), by its type',
        'ok jira.fields.story_points customfield_10016 "Story point estimate" '
        "(jsw-story-points, set in 1 of 2 issues), by its type",
        "ok jira.fields.severity no field holds it, and none is called so",
        'ok jira.fields.sprint customfield_10020 "Sprint" (gh-sprint, set in 0 of 2 issues), by its type',
        'ok jira.fields.epic_link customfield_10014 "Epic Link" (gh-epic-link, set in 0 of 2 issues), '
        "by its type",
        "ok jira.fields.incident no field holds it, and none is called so",
    ]


def test_two_fields_of_one_name(tmp_path: Path) -> None:
    """The one that issues have set more often may be meant; which has is told."""
    state = small_jira()
    state.edit("PAY-1", at=datetime(2024, 3, 4), by="ana", custom={"customfield_10050": "Payments"})
    known = (
        'customfield_10001 "Team" (atlassian-team, set in 0 of 2 issues)',
        'customfield_10050 "Team" (select, set in 1 of 2 issues)',
    )
    assert defined(tmp_path, state, "jira.fields.team") == [
        f"warning jira.fields.team {known[0]}, by its type; "
        f'if {known[1]} is meant, set jira.fields.team = "customfield_10050"'
    ]
    chosen = '[jira.fields]\nteam = "customfield_10050"\n'
    assert defined(tmp_path, state, "jira.fields.team", more=chosen) == [
        f"ok jira.fields.team {known[1]}, by the settings"
    ]
    for key in ("PAY-1", "PAY-2"):
        state.edit(key, at=datetime(2024, 3, 5), by="ana", custom={"customfield_10001": "Payments"})
    assert defined(tmp_path, state, "jira.fields.team") == [
        'ok jira.fields.team customfield_10001 "Team" (atlassian-team, set in 2 of 2 issues), by its type'
    ]


def test_two_fields_of_one_name_and_no_issue(tmp_path: Path) -> None:
    """Without an issue to look at, both are told."""
    state = JiraState()
    state.add_project("NEW", "New")
    assert defined(tmp_path, state, "jira fields", "jira.fields.team") == [
        'ok jira fields 6 custom fields: customfield_10001 "Team" (atlassian-team), '
        'customfield_10014 "Epic Link" (gh-epic-link), customfield_10016 "Story point estimate" '
        '(jsw-story-points), customfield_10020 "Sprint" (gh-sprint), '
        'customfield_10036 "Story Points" (float), '
        'customfield_10050 "Team" (select)',
        'warning jira.fields.team customfield_10001 "Team" (atlassian-team), by its type; '
        'if customfield_10050 "Team" (select) is meant, set jira.fields.team',
    ]


def test_two_fields_of_one_type(tmp_path: Path) -> None:
    """Then it is not known which is meant, and nothing is read until the settings say."""
    state = small_jira()
    state.remove_field("customfield_10036")
    state.add_field("customfield_10090", "Punkte", "com.pyxis.greenhopper.jira:jsw-story-points", "number")
    assert defined(tmp_path, state, "jira.fields.story_points") == [
        "warning jira.fields.story_points it is not known which of 2 fields is meant: "
        'customfield_10016 "Story point estimate" (jsw-story-points, set in 0 of 2 issues), '
        'customfield_10090 "Punkte" (jsw-story-points, set in 0 of 2 issues); '
        "set jira.fields.story_points to the one whose values count"
    ]


def test_fields_that_may_serve(tmp_path: Path) -> None:
    """A name alone is no proof: the field is told, and has to be chosen."""
    state = small_jira()
    state.add_field("customfield_10060", "Incident Severity", SELECT, "option")
    state.edit("PAY-1", at=datetime(2024, 3, 4), by="ana", custom={"customfield_10060": "SEV1"})
    assert defined(tmp_path, state, "jira.fields.severity", "jira.fields.incident") == [
        'warning jira.fields.severity no field is known to hold it; customfield_10060 "Incident Severity" '
        '(select, set in 1 of 2 issues) may; if so, set jira.fields.severity = "customfield_10060"',
        'warning jira.fields.incident no field is known to hold it; customfield_10060 "Incident Severity" '
        '(select, set in 1 of 2 issues) may; if so, set jira.fields.incident = "customfield_10060"',
    ]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (
            'sprint = "customfield_99999"',
            "wrong jira.fields.sprint Jira has no field customfield_99999; "
            'set it to customfield_10020 "Sprint" (gh-sprint, set in 0 of 2 issues)',
        ),
        (
            'incident = "Sprnt"',
            "wrong jira.fields.incident Jira has no field Sprnt; "
            'set it to customfield_10020 "Sprint" (gh-sprint, set in 0 of 2 issues)',
        ),
        (
            'severity = "customfield_99999"',
            "wrong jira.fields.severity Jira has no field customfield_99999; "
            "take jira.fields.severity out, or name a field by its id",
        ),
    ],
)
def test_fields_that_are_not_there(tmp_path: Path, chosen: str, expected: str) -> None:
    """An id that Jira does not have, or a name in place of one, with the field that may be meant."""
    state = small_jira()
    lines = defined(
        tmp_path, state, f"jira.fields.{chosen.partition(' ')[0]}", more=f"[jira.fields]\n{chosen}\n"
    )
    assert lines == [expected]


def test_priorities(tmp_path: Path) -> None:
    """Their order, and what the policy calls by a name that none has."""
    policy = "[policy]\ndue_days_by_priority = { highest = 7, Hihg = 30, P1 = 3 }\n"
    assert defined(tmp_path, small_jira(), "jira prio", "policy", more=policy) == [
        "ok jira priorities Highest, High, Medium, Low, Lowest, the most urgent first",
        "warning policy “Hihg” of due_days_by_priority is no priority of this Jira; "
        "put “High” there if that is meant",
        "warning policy “P1” of due_days_by_priority is no priority of this Jira; "
        "leave it if documents use that word",
    ]
    state = small_jira()
    state.set_priorities(())
    assert defined(tmp_path, state, "jira prio") == [
        "warning jira priorities Jira tells of none; see whether the account may see any issue type"
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            {"To do": "new", "Done": "done", "Shut": "done"},
            "ok jira statuses 3: 1 to do, 0 in progress, 2 done",
        ),
        (
            {"To do": "new", "Shut": "undefined"},
            "warning jira statuses Shut: of no category, so that it is neither open nor done for Jira; "
            "give each status its category in Jira's administration",
        ),
        (
            {"To do": "new", "Closed": "indeterminate"},
            "warning jira statuses none is of the category Done, so that nothing ever counts as done; "
            "give the statuses that mean it their category in Jira's administration",
        ),
    ],
)
def test_statuses(tmp_path: Path, names: dict[str, str], expected: str) -> None:
    """How many mean what, and those that mean nothing."""
    payloads: list[dict[str, Any]] = [
        {"id": str(number), "name": name, "statusCategory": {"id": number, "key": key, "name": key}}
        for number, (name, key) in enumerate(names.items(), start=1)
    ]
    state = JiraState()
    state.add_project("NEW", "New")
    state.load_list("status", payloads)
    assert defined(tmp_path, state, "jira statuses") == [expected]
