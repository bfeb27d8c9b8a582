"""Whole documents: what they state becomes evidence, events and action items, and nothing else does."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import parse_document, parser_hash
from pipeline.documents.facts import FIELDS, ActionItem, DocumentFacts, Reading

READING = Reading(
    severity_words=(("major", 2),),
    planned_words=("notice",),
    services=("checkout", "search"),
    jira_hosts=("jira.example.com",),
    jira_projects=("PAY",),
    today=date(2026, 1, 1),
)


def _parse(text: str, path: str = "x.md", reading: Reading = READING) -> DocumentFacts:
    return parse_document(text, path, reading)


def _chosen(facts: DocumentFacts, number: int = 0) -> dict[str, str]:
    return {row.field: row.value for row in facts.incidents[number].evidence if row.is_chosen}


def _rules(facts: DocumentFacts) -> set[str]:
    return {finding.rule for finding in facts.findings}


FORM = """\
---
title: Checkout down
severity: Major
---

**Date**: 2024-03-01
**Time to detect**: 12 minutes
**Duration**: 1h 35m

## Timeline

All times in CET.

| Time | Event |
| --- | --- |
| 23:40 | Outage begins: payments fail |
| 23:52 | On-call is paged |
| 00:20 | Cache flushed |
| 01:15 | Incident resolved |

## Root cause

The disk of the database filled up; no space left on the device.

## Action items

- [x] Free the disk (Ana)
- [ ] Alert at 80 % disk usage, PAY-12, due 2024-04-01
  - on all hosts
- Fix [rotation](https://github.com/acme/db/issues/7) @bob
"""


def test_a_form_is_read_whole() -> None:
    """Front matter, labels, a timeline over midnight in CET, cause and action items become facts."""
    facts = _parse(FORM)
    assert facts.kind == "postmortem"
    chosen = _chosen(facts)
    expected = {
        "title": "Checkout down",
        "severity_label": "Major",
        "severity": "2",
        "service": "checkout",
        "occurred_on": "2024-03-01",
        "started_at": "2024-03-01 22:40:00",
        "detected_at": "2024-03-01 22:52:00",
        "resolved_at": "2024-03-02 00:15:00",
        "stated_time_to_detect_minutes": "12",
        "stated_time_to_resolve_minutes": "95",
        "cause_category": "capacity",
    }
    assert {name: chosen.get(name) for name in expected} == expected
    assert [(event.at, event.kind) for event in facts.incidents[0].events] == [
        (datetime(2024, 3, 1, 22, 40), "started"),
        (datetime(2024, 3, 1, 22, 52), "detected"),
        (datetime(2024, 3, 1, 23, 20), None),
        (datetime(2024, 3, 2, 0, 15), "resolved"),
    ]
    assert "duration_contradicts_times" not in _rules(facts)


def test_every_value_shows_its_line_and_words() -> None:
    """The line of each evidence row of the form holds the words that state it."""
    lines = dict(enumerate(FORM.split("\n"), start=1))
    words = {row.field: lines[row.line or 0] for row in _parse(FORM).incidents[0].evidence if row.is_chosen}
    assert words["severity"] == "severity: Major"
    assert words["stated_time_to_detect_minutes"] == "**Time to detect**: 12 minutes"
    assert words["started_at"] == "| 23:40 | Outage begins: payments fail |"
    assert words["resolved_at"] == "| 01:15 | Incident resolved |"
    assert words["cause_category"].startswith("The disk of the database filled up")


def test_one_row_per_field_is_chosen() -> None:
    """Whatever was found, a field has at most one chosen row."""
    chosen = [row.field for row in _parse(FORM).incidents[0].evidence if row.is_chosen]
    assert len(chosen) == len(set(chosen))


def test_action_items_keep_owner_tracker_and_mark() -> None:
    """Checkboxes, names in brackets, handles, bare keys of known projects and links are understood."""
    items = _parse(FORM).incidents[0].action_items
    assert [(i.owner, i.is_marked_done, i.tracker, i.issue_key, i.due_on) for i in items] == [
        ("Ana", True, None, None, None),
        (None, False, "jira", "PAY-12", date(2024, 4, 1)),
        ("bob", None, "github", None, None),
    ]


ITEMS = (
    "# Outage 2024-01-05\n\n## Timeline\n\n- 10:00 Outage starts\n- 11:00 Incident "
    "resolved\n\n## Action items\n\n{}\n"
)


def _items(text: str) -> tuple[ActionItem, ...]:
    return _parse(ITEMS.format(text)).incidents[0].action_items


@pytest.mark.parametrize(
    ("text", "tracker", "key"),
    [
        ("- See https://jira.example.com/browse/ABC-3", "jira", "ABC-3"),
        ("- See https://other.example.com/browse/ABC-3", "jira", None),
        ("- Do PAY-12", "jira", "PAY-12"),
        ("- Do ABC-3", None, None),
        ("- Use UTF-8 and SHA-256 in US-EAST-1 for CVE-2021-44228 and PM2019-009", None, None),
        ("- See https://gitlab.com/a/b/-/issues/4", "gitlab", None),
    ],
)
def test_an_issue_belongs_to_a_known_jira_or_none(text: str, tracker: str | None, key: str | None) -> None:
    """A link counts by its host, a bare key by its project; words shaped like keys are no issues."""
    item = _items(text)[0]
    assert (item.tracker, item.issue_key) == (tracker, key)


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("- Add a test (DONE)", True),
        ("- ~~Add a test~~", True),
        ("- ✅ Add a test", True),
        ("- [x] Add a test", True),
        ("- [ ] Add a test", False),
        ("- Add a test (in progress)", False),
        ("- Add a test", None),
    ],
)
def test_a_done_mark_is_seen(text: str, done: bool | None) -> None:
    """What the document marks as done, open or neither stays so."""
    assert [item.is_marked_done for item in _items(text)] == [done]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("- Add a test @ana.b", "ana.b"),
        ("- Add a test (Ana)", "Ana"),
        ("- Add a test [Rick]", "Rick"),
        ("- Add a test. Owner: Bob Jones. Due: 5 May", "Bob Jones"),
        ("- Add a test (Kubernetes)", None),
        ("- Add a test (EKS)", None),
        ("- Add a test (issue created)", None),
    ],
)
def test_an_owner_is_a_person(text: str, owner: str | None) -> None:
    """Handles, names in brackets and labels name the owner; other brackets do not."""
    assert [item.owner for item in _items(text)] == [owner]


def test_a_table_of_action_items_is_read_by_its_head() -> None:
    """Owner, due date, priority, status, kind and ticket come from the columns that say so."""
    table = (
        "| Action | Type | Owner | Due date | Priority | Status | Ticket |\n|---|---|---|---|---|---|---|\n"
        "| Page on disk usage | detect | Ana Silva | 2024-02-01 | P1 | Done | PAY-3 |\n"
        "| Write it down | process | TBD | | | Open | |\n"
    )
    read = [
        (i.description, i.kind, i.owner, i.due_on, i.priority, i.is_marked_done, i.issue_key)
        for i in _items(table)
    ]
    assert read == [
        ("Page on disk usage", "detect", "Ana Silva", date(2024, 2, 1), "P1", True, "PAY-3"),
        ("Write it down", "process", None, None, None, False, None),
    ]


def test_nested_items_belong_to_their_parent_unless_it_is_a_label() -> None:
    """A sub-list tells more of its item; below a label or an owner each point is a promise."""
    text = (
        "- Add a test\n  - in staging\n- **Monitoring**\n  - Alert on errors\n  - Alert on "
        "latency\n- @ana\n  - Fix it\n"
    )
    assert [(i.description, i.owner) for i in _items(text)] == [
        ("Add a test", None),
        ("Alert on errors", None),
        ("Alert on latency", None),
        ("Fix it", "ana"),
    ]


def test_headings_may_be_the_timeline() -> None:
    """One heading per event: dates carry on, "PST" in July is Pacific time, unreadable times stay empty."""
    text = (
        "# 2024-07-01, queue stuck\n\n## Timeline\n\nAll times in PST\n\n### 2024-07-01 "
        "09:00 - Problem starts\n\nx\n\n"
        "### 9.30\n\nUsers report errors.\n\n### 1X:XX (unclear)\n\ny\n\n### 2. July, "
        "10:00\n\nEverything is back to normal.\n"
    )
    facts = _parse(text)
    assert [(e.at, e.kind) for e in facts.incidents[0].events] == [
        (datetime(2024, 7, 1, 16), "started"),
        (datetime(2024, 7, 1, 16, 30), "detected"),
        (None, None),
        (datetime(2024, 7, 2, 17), "mitigated"),
    ]
    assert "zone_against_calendar" in _rules(facts)


def test_a_bullet_label_list_is_read() -> None:
    """Key events below a label, in the source's zone; a mistyped year is left out, told with both lines."""
    text = (
        "# Incident on 2021-06-09\n\n- **Key events**\n  - First detected 2021-06-09 "
        "13:15\n  - Repaired 2021-06-09 13:46\n"
        "  - Incident declared 2020-06-09 13:54\n  - Resolved 2021-06-09 13:58\n\n- **Time "
        "to repair**: 0h 31m\n"
    )
    facts = _parse(text, reading=Reading(time_zone="Europe/London", today=date(2026, 1, 1)))
    chosen = _chosen(facts)
    assert {
        name: chosen.get(name) for name in ("detected_at", "mitigated_at", "declared_at", "resolved_at")
    } == {
        "detected_at": "2021-06-09 12:15:00",
        "mitigated_at": "2021-06-09 12:46:00",
        "declared_at": None,
        "resolved_at": "2021-06-09 12:58:00",
    }
    assert [(r.value, r.line) for r in facts.incidents[0].evidence if r.field == "declared_at"] == [
        ("2020-06-09 12:54:00", 6)
    ]
    finding = next(f for f in facts.findings if f.rule == "time_far_from_others")
    assert (finding.line, "line 6" in finding.message, "line 4" in finding.message) == (6, True, True)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("Outage begins", "started"),
        ("Culprit change deployed", "started"),
        ("First report of issue by user", "detected"),
        ("PagerDuty alert fires", "detected"),
        ("Alert acknowledged by Ana", "acknowledged"),
        ("Major incident declared", "declared"),
        ("Issue mitigated by restart", "mitigated"),
        ("Service fully restored", "mitigated"),
        ("Target group reattached (resolved)", "resolved"),
        ("Merged, bringing the outage to an end", "resolved"),
        ("Logs around the start of the outage are read", None),
        ("Issue not yet resolved", None),
        ("Believing the issue to be resolved, work resumes", None),
        ("Waiting until the service is restored", None),
        ("First user reports back that it works", None),
        ("Restarted the pods", None),
    ],
)
def test_a_row_states_only_what_its_words_say(row: str, kind: str | None) -> None:
    """Words decide what a row states; what is denied, hoped for or told of another moment states nothing."""
    facts = _parse(f"# Outage\n\n## Timeline (UTC)\n\n- 2024-01-05 09:00 x\n- 2024-01-05 10:00 {row}\n")
    assert facts.incidents[0].events[1].kind == kind


def test_the_first_and_last_rows_are_not_taken_for_start_and_end() -> None:
    """A timeline that does not say so yields a date, no start and no end, and findings."""
    facts = _parse(
        "# Outage\n\n## Timeline\n\n- 2024-01-05 09:00 Pods restarted\n- 2024-01-05 10:00 Nodes drained\n"
    )
    chosen = _chosen(facts)
    assert (chosen.get("started_at"), chosen.get("resolved_at"), chosen["occurred_on"]) == (
        None,
        None,
        "2024-01-05",
    )
    assert {"no_start", "no_end"} <= _rules(facts)


def test_an_end_that_was_undone_is_no_end() -> None:
    """When trouble is back in a later row, the rows above it state no end."""
    text = (
        "# Outage\n\n## Timeline\n\n- 2024-01-05 09:00 Outage starts\n- 2024-01-05 10:00 Issue resolved\n"
        "- 2024-01-05 11:00 The service is down again\n- 2024-01-05 12:00 Pods restarted\n"
    )
    assert _chosen(_parse(text)).get("resolved_at") is None


def test_hours_that_may_be_morning_or_afternoon_stay_empty() -> None:
    """After 12:30, a bare 1:10 is not taken for the next night."""
    facts = _parse("# Outage 2024-01-05\n\n## Timeline\n\n- 11:50 a\n- 12:30 b\n- 1:10 Issue resolved\n")
    assert [event.at for event in facts.incidents[0].events][2] is None
    assert "timeline_hours_ambiguous" in _rules(facts)


def test_a_small_step_back_is_a_row_out_of_order() -> None:
    """14:43 after 14:49 stays on its day."""
    facts = _parse("# Outage 2024-01-05\n\n## Timeline\n\n- 14:49 a\n- 14:43 b\n")
    assert facts.incidents[0].events[1].at == datetime(2024, 1, 5, 14, 43)
    assert "timeline_out_of_order" in _rules(facts)


def test_an_end_before_its_start_is_left_out() -> None:
    """The start stands, the end is kept as evidence, and the finding names both lines."""
    facts = _parse(
        "---\ntitle: Outage\ndate: 2021-09-23T10:01:00Z\nresolvedWhen: 2021-09-20T13:00:00Z\n---\nDown.\n"
    )
    chosen = _chosen(facts)
    assert (chosen.get("started_at"), chosen.get("resolved_at")) == ("2021-09-23 10:01:00", None)
    finding = next(f for f in facts.findings if f.rule == "end_before_start")
    assert ("line 4" in finding.message, "line 3" in finding.message) == (True, True)


def test_a_zero_duration_is_kept_and_told() -> None:
    """Start and end at one moment are both chosen, with a finding."""
    facts = _parse("# Outage\n\nStart: 2024-01-05 10:00\nEnd: 2024-01-05 10:00\n")
    chosen = _chosen(facts)
    assert (chosen["started_at"], chosen["resolved_at"]) == ("2024-01-05 10:00:00", "2024-01-05 10:00:00")
    assert "zero_duration" in _rules(facts)


def test_a_time_in_the_future_is_left_out() -> None:
    """A date after today is a mistake."""
    facts = _parse("# Outage\n\nStart: 2029-01-05 10:00\n")
    assert ("started_at" in _chosen(facts), "time_in_future" in _rules(facts)) == (False, True)


def test_a_stated_duration_that_contradicts_the_times_is_told() -> None:
    """Both are kept; the author is told which lines."""
    facts = _parse(
        "# Outage\n\nStart: 2024-01-05 10:00\nEnd: 2024-01-05 12:00\nDuration: 20 minutes "
        "(support hours 10:00-17:00)\n"
    )
    chosen = _chosen(facts)
    assert (chosen["stated_time_to_resolve_minutes"], chosen["resolved_at"]) == ("20", "2024-01-05 12:00:00")
    assert {"duration_contradicts_times", "duration_in_support_hours"} <= _rules(facts)


@pytest.mark.parametrize("value", ["N/A", "?", "[???]", "XXX", "TBD", "-"])
def test_a_blank_is_no_value(value: str) -> None:
    """What a form leaves open is not read as a value."""
    facts = _parse(
        f"# Outage 2024-01-05\n\n**Start**: 2024-01-05 10:00\n\n**Time to detect**: "
        f"{value}\n\n**Severity**: {value}\n"
    )
    assert {"stated_time_to_detect_minutes", "severity_label"} & set(_chosen(facts)) == set()


def test_sentences_may_state_start_end_and_length() -> None:
    """A summary that says how long and from when to when is evidence, below forms and tables."""
    text = (
        "# Search outage - May 5, 2024\n\nOn May 5, 2024 search had an outage lasting 1 "
        "hour and 48 minutes, from 16:58 to 18:46 UTC.\n\n## Impact\n\nAll users.\n"
    )
    chosen = _chosen(_parse(text))
    assert {
        n: chosen[n] for n in ("started_at", "resolved_at", "stated_time_to_resolve_minutes", "service")
    } == {
        "started_at": "2024-05-05 16:58:00",
        "resolved_at": "2024-05-05 18:46:00",
        "stated_time_to_resolve_minutes": "108",
        "service": "search",
    }


def test_plain_text_with_lines_like_headings_is_read() -> None:
    """Capitals and lines that name a section are headings; the first line is the title."""
    text = (
        "POSTMORTEM: Checkout outage on 12 March 2024\n\nSeverity: Sev 2\nStart: 12 March "
        "2024 23:40 CET\nResolved: 01:15 CET\n\n"
        "ROOT CAUSE\nThe certificate of the gateway expired.\n\nACTION ITEMS\n- Renew it automatically\n"
    )
    facts = _parse(text, "note.txt")
    chosen = _chosen(facts)
    assert {n: chosen[n] for n in ("title", "severity", "started_at", "resolved_at", "cause_category")} == {
        "title": "POSTMORTEM: Checkout outage on 12 March 2024",
        "severity": "2",
        "started_at": "2024-03-12 22:40:00",
        "resolved_at": "2024-03-13 00:15:00",
        "cause_category": "credentials-certificates",
    }
    assert [item.description for item in facts.incidents[0].action_items] == ["Renew it automatically"]


def test_a_log_of_incidents_in_lists_holds_several() -> None:
    """Headings with label lists below them, in a document called a log, are incidents of their own."""
    text = (
        "# Incident log\n\n## Q1\n\n### Incident on 2024-03-05 - Search down\n\n- **Key events**\n"
        "  - First detected 2024-03-05 10:00\n  - Resolved 2024-03-05 11:00\n\n"
        "- **Time to resolve**: 1h 0m\n\n"
        "### Incident on 2024-02-01 - Login down\n\n- **Key events**\n  - First detected 2024-02-01 09:00\n"
        "  - Resolved 2024-02-01 09:30\n\n- **Time to resolve**: 0h 30m\n"
    )
    facts = _parse(text)
    read = [
        (_chosen(facts, n)["resolved_at"], _chosen(facts, n)["stated_time_to_resolve_minutes"])
        for n in range(len(facts.incidents))
    ]
    assert read == [("2024-03-05 11:00:00", "60"), ("2024-02-01 09:30:00", "30")]


def test_a_paragraph_may_be_the_whole_postmortem() -> None:
    """A title that names an outage and a sentence that says when are enough."""
    facts = _parse("# API outage (SEV2)\n\nOur API was down from 10:00 to 10:42 UTC on 3 June 2024.\n")
    chosen = _chosen(facts)
    assert (chosen["started_at"], chosen["resolved_at"], chosen["severity"]) == (
        "2024-06-03 10:00:00",
        "2024-06-03 10:42:00",
        "2",
    )


def test_one_file_may_hold_several_incidents() -> None:
    """Each heading with times of its own is an incident, in order, with its own facts."""
    text = (
        "# Incidents of 2024\n\n## 2024-02-01 Login down\n\nStart: 2024-02-01 10:00\nEnd: "
        "2024-02-01 11:00\n\n### Action items\n\n- Add a test\n\n"
        "## 2024-02-07 Search slow\n\nStart: 08:00\nEnd: 09:30\n"
    )
    facts = _parse(text)
    assert [
        (i.ordinal, _chosen(facts, n)["title"], _chosen(facts, n)["started_at"], len(i.action_items))
        for n, i in enumerate(facts.incidents)
    ] == [
        (1, "2024-02-01 Login down", "2024-02-01 10:00:00", 1),
        (2, "2024-02-07 Search slow", "2024-02-07 08:00:00", 0),
    ]


@pytest.mark.parametrize(
    ("title", "body", "planned"),
    [
        ("Maintenance window on db-1", "The database will be upgraded.", True),
        ("Cluster version update", "We'll do an upgrade. No downtime is expected.", True),
        ("Restart of the wiki", "The wiki will be restarted.", True),
        ("Maintenance on issues.example.org", "Upgrade.", True),
        ("Issues after maintenance", "The database was unavailable.", False),
        ("Outage of the wiki", "It is down.", False),
        ("Upgrade broke the search", "Errors since the upgrade.", False),
    ],
)
def test_maintenance_is_set_apart_from_what_it_broke(title: str, body: str, planned: bool) -> None:
    """Announced work is planned; an incident that work caused is an incident."""
    facts = _parse(
        f"---\ntitle: {title}\ndate: 2024-01-05T10:00:00Z\nresolvedWhen: 2024-01-05T11:00:00Z\n---\n{body}\n"
    )
    assert (_chosen(facts).get("is_planned") == "true") is planned


def test_the_settings_may_name_a_severity_that_means_planned() -> None:
    """A severity in the source's list of planned words sets the document apart."""
    facts = _parse("---\ntitle: DNS\nseverity: Notice\ndate: 2024-01-05T10:00:00Z\nresolved: true\n---\nx\n")
    assert _chosen(facts)["is_planned"] == "true"


def test_a_stated_cause_category_wins_over_words() -> None:
    """The document's own category is taken, a subject such as "Category: Kubernetes" is not."""
    text = (
        "# Outage 2024-01-05\n\nStart: 2024-01-05 10:00\nCategory: Kubernetes\n{}\n\n## "
        "Root cause\n\nThe certificate expired.\n"
    )
    assert _chosen(_parse(text.format("Root cause category: Process")))["cause_category"] == "process"
    assert _chosen(_parse(text.format("")))["cause_category"] == "credentials-certificates"


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        ("", "a.md", "empty"),
        ("<!-- nothing -->\n", "a.md", "empty"),
        (
            "# Title of the incident\n\n## Summary\n\n## Timeline\n\n## Root cause\n\n## Action items\n",
            "a.md",
            "template",
        ),
        (
            "# {{ date }}, {{ name }}\n\n## Timeline\n\n### {{ hh:mm }}\n\nWhat "
            "happened.\n\n## Action items\n\n1. {{ summary }}\n",
            "a.md",
            "template",
        ),
        (
            "# Incident Log\n\n## Q1\n\n- **Mean time to repair**: 1h\n- [Outage a](a.md)\n- "
            "[Outage b](b.md)\n",
            "index.md",
            "index",
        ),
        (
            "# Postmortem process\n\n## Timeline\n\nWrite it within 5 days.\n\n## Action "
            "items\n\n- Each needs an owner\n\nLast updated: 2024-01-05\n",
            "README.md",
            "not_a_postmortem",
        ),
        (
            "# Weekly sync 2024-03-04\n\n## Attendees\n\n- Ana\n\n## Agenda\n\n- 10:00 "
            "Intro\n- 10:10 Plan\n\n## Action items\n\n- Send notes\n",
            "a.md",
            "not_a_postmortem",
        ),
        ("# Changelog\n\n## 1.2.0 - 2024-01-01\n\n- Fix errors\n", "CHANGELOG.md", "not_a_postmortem"),
        ("Some words about nothing.\n", "a.md", "not_a_postmortem"),
    ],
)
def test_what_is_no_postmortem_yields_no_incident(text: str, path: str, kind: str) -> None:
    """Empty files, forms, indexes, guides, meeting notes and prose are named for what they are."""
    facts = _parse(text, path)
    assert (facts.kind, facts.incidents, len(facts.findings) >= 1) == (kind, (), True)


def test_a_status_post_that_says_little_is_one_incident_with_findings() -> None:
    """Missing is normal: the incident stands, and what it lacks is told."""
    facts = _parse(
        "---\ntitle: Search slow\ndate: 2024-01-05T10:00:00Z\nresolvedWhen: "
        "2024-01-05T11:00:00Z\n---\nIt is slow.\n"
    )
    assert len(facts.incidents) == 1
    assert {"no_severity", "no_cause", "no_action_items", "no_detection"} <= _rules(facts)


def test_broken_front_matter_is_told_and_the_body_read() -> None:
    """A duplicate key spoils the front matter, not the document."""
    facts = _parse("---\ntitle: a\ntitle: b\n---\n# Outage\n\nStart: 2024-01-05 10:00\n")
    finding = next(f for f in facts.findings if f.rule == "front_matter_broken")
    assert (finding.line, _chosen(facts)["started_at"]) == (3, "2024-01-05 10:00:00")


def test_a_tag_in_front_matter_is_named_and_nothing_made_of_it() -> None:
    """A tag that asks for more than text, lists and tables is a finding; a plain one is not."""
    source = '---\ntitle: Mail\nservice: !!python/object/apply:os.system ["x"]\n---\n# Mail queue full\n'
    found = [
        f for f in parse_document(source, "mail.md", Reading()).findings if f.rule == "front_matter_broken"
    ]
    assert [(f.line, f.message) for f in found] == [
        (
            3,
            'The front matter cannot be read (the tag "!!python/object/apply:os.system" is not read here; '
            "remove it), so what it states is missing; correct it.",
        )
    ]
    plain = source.replace('!!python/object/apply:os.system ["x"]', "!!str mail")
    assert "front_matter_broken" not in {f.rule for f in parse_document(plain, "mail.md", Reading()).findings}


def test_front_matter_scalars_stay_as_written() -> None:
    """12:30 is a time and `no` a word, not 750 and false."""
    facts = _parse("---\ntitle: Outage\nservice: no\nstart: 2024-01-05 12:30\nend: 2024-01-05 13:00\n---\n")
    chosen = _chosen(facts)
    assert (chosen.get("service"), chosen["started_at"]) == ("no", "2024-01-05 12:30:00")


def test_windows_line_ends_and_byte_order_marks_change_nothing() -> None:
    """The same words give the same facts."""
    assert _parse("\ufeff" + FORM.replace("\n", "\r\n")) == _parse(FORM)


def test_the_parsers_hash_is_stable_and_short() -> None:
    """It names this version of the parser."""
    assert (len(parser_hash()), parser_hash()) == (16, parser_hash())


_MARKS = "# ## ### - * | --- [x] {{ }} ``` <!-- --> ~~ : **Start**: Timeline Severity: Duration: 1h 9.59"
_SAID = "10:00 2024-01-05 UTC resolved @ana PAY-1 incident (Ana)"
_WORDS = st.sampled_from([*_MARKS.split(), *_SAID.split(), "\n", "\n\n"])


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS | st.text(max_size=12), max_size=60).map(" ".join))
def test_any_text_is_read_without_raising(text: str) -> None:
    """Whatever is written, fields are known, one row of each is chosen, and lines exist."""
    facts = _parse(text)
    for incident in facts.incidents:
        chosen = [row.field for row in incident.evidence if row.is_chosen]
        assert len(chosen) == len(set(chosen))
        assert all(row.field in FIELDS for row in incident.evidence)
        assert all(
            row.line is None or 1 <= row.line <= text.count("\n") + text.count("\r") + 1
            for row in incident.evidence
        )
    assert (facts.kind == "postmortem") == bool(facts.incidents)


@pytest.mark.parametrize(
    "junk",
    ["- 10:00 x\n", "a:\n", "> ", "[", "**a** ", "{{", "# a\n", "| 1 | 2 |\n", "the incident lasted not "],
)
def test_junk_is_read_in_seconds(junk: str) -> None:
    """Megabytes of one thing neither hang nor raise."""
    assert _parse(junk * (200_000 // len(junk))).kind != "unreadable"


def test_wording_that_blames_people_is_a_finding_of_the_document() -> None:
    """With its sentence; a name counts where the document gives it as a person's."""
    text = (
        "# Search was down\n\nStarted: 2024-03-01 09:30 UTC\n\nAuthor: Ana Silva\n\n## Root cause\n\n"
        "The disk was full. Ana should have checked it, as she knew.\n"
    )
    (found,) = [each for each in _parse(text).findings if each.rule == "blaming_wording"]
    assert (found.level, found.line, found.ordinal) == ("info", 9, 1)
    assert found.quote == "Ana should have checked it, as she knew."
    assert found.message.startswith("“Ana should have checked” blames people: write what happened")
