"""One record of an export → the facts it states."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import TIME_FIELDS, ActionItem, DocumentFacts, Event, EvidenceLink, Reading
from pipeline.record_mappings import field_paths

TODAY = date(2024, 6, 1)


def reading(fields: dict[str, Any] | None = None, export_format: str | None = None, **more: Any) -> Reading:
    """A reading by a mapping."""
    return Reading(record_fields=field_paths(export_format, fields or {}), today=TODAY, **more)


def read(record: dict[str, Any], using: Reading) -> DocumentFacts:
    """The facts of a record, kept as the source keeps it: each column on its line."""
    columns = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in record.items())
    return parse_document(f"{{\n{columns}\n}}", "export.json#1", using, "application/json")


def values(facts: DocumentFacts) -> dict[str, str]:
    """The chosen value of each field of the one incident."""
    assert len(facts.incidents) == 1, facts
    return {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}


def rules(facts: DocumentFacts) -> set[str]:
    """The rules that found something."""
    return {finding.rule for finding in facts.findings}


PAGERDUTY = {
    "id": "Q1ABC",
    "incident_number": 4711,
    "title": "Checkout answers slowly",
    "created_at": "2024-03-01T09:00:00Z",
    "resolved_at": "2024-03-01T10:30:00Z",
    "status": "resolved",
    "urgency": "high",
    "priority": {"id": "P1", "summary": "P2", "name": "P2"},
    "service": {"id": "S1", "summary": "checkout"},
    "teams": [{"id": "T1", "summary": "Payments"}],
    "html_url": "https://acme.pagerduty.example/incidents/Q1ABC",
    "log_entries": [
        {"type": "resolve_log_entry", "summary": "Resolved by Ana", "created_at": "2024-03-01T10:30:00Z"},
        {
            "type": "acknowledge_log_entry",
            "summary": "Acknowledged by Ana",
            "created_at": "2024-03-01T09:04:00Z",
        },
    ],
}

ANALYTICS = {
    "id": "Q2ABC",
    "incident_number": 4712,
    "description": "Search answers nothing",
    "created_at": "2024-03-02T09:00:00",
    "resolved_at": "2024-03-02T09:45:00",
    "status": "resolved",
    "priority_name": "P1",
    "service_name": "search",
    "team_name": "Discovery",
    "seconds_to_first_ack": 90,
    "seconds_to_resolve": 2700,
    "seconds_to_engage": None,
}


def test_a_pagerduty_incident_states_its_facts() -> None:
    """Triggered is detected; the log tells the acknowledgement; the urgency is no severity."""
    facts = read(PAGERDUTY, reading(export_format="pagerduty"))
    assert (facts.kind, facts.title) == ("postmortem", "Checkout answers slowly")
    assert values(facts) == {
        "title": "Checkout answers slowly",
        "incident_key": "4711",
        "severity_label": "P2",
        "severity": "2",
        "services": '["checkout"]',
        "service": "checkout",
        "team": "Payments",
        "detected_at": "2024-03-01 09:00:00",
        "acknowledged_at": "2024-03-01 09:04:00",
        "resolved_at": "2024-03-01 10:30:00",
        "is_resolved": "true",
    }
    assert facts.incidents[0].events == (
        Event(datetime(2024, 3, 1, 9, 4), "2024-03-01T09:04:00Z", "Acknowledged by Ana", "acknowledged", 13),
        Event(datetime(2024, 3, 1, 10, 30), "2024-03-01T10:30:00Z", "Resolved by Ana", "resolved", 13),
    )
    assert rules(facts) == {"no_start"}


def test_raw_incident_data_of_pagerduty_states_its_durations() -> None:
    """Analytics counts seconds and writes times in the zone it was asked for: the source's."""
    facts = read(ANALYTICS, reading(export_format="pagerduty", time_zone="Europe/Berlin"))
    assert values(facts) == {
        "title": "Search answers nothing",
        "incident_key": "4712",
        "severity_label": "P1",
        "severity": "1",
        "services": '["search"]',
        "service": "search",
        "team": "Discovery",
        "detected_at": "2024-03-02 08:00:00",
        "resolved_at": "2024-03-02 08:45:00",
        "stated_time_to_acknowledge_minutes": "1.5",
        "stated_time_to_resolve_minutes": "45",
        "is_resolved": "true",
    }


INCIDENT_IO: dict[str, Any] = {
    "id": "01FDAG",
    "reference": "INC-123",
    "name": "Orders were lost",
    "summary": "For half an hour, orders were accepted and lost.",
    "permalink": "https://app.incident.example/incidents/123",
    "created_at": "2024-03-01T09:12:00.801578Z",
    "postmortem_document_url": "https://docs.google.com/document/d/1",
    "slack_channel_url": "https://acme.slack.com/archives/C1",
    "mode": "standard",
    "incident_status": {"name": "Closed", "category": "closed"},
    "incident_type": {"name": "Production"},
    "severity": {"name": "Major", "rank": 2},
    "custom_field_entries": [
        {
            "custom_field": {"name": "Affected services"},
            "values": [
                {"value_catalog_entry": {"id": "c1", "name": "orders"}},
                {"value_catalog_entry": {"id": "c2", "name": "basket"}},
            ],
        },
        {"custom_field": {"name": "Affected Team"}, "values": [{"value_option": {"value": "Shop"}}]},
        {"custom_field": {"name": "Cause"}, "values": [{"value_option": {"value": "Configuration change"}}]},
    ],
    "incident_timestamp_values": [
        {"incident_timestamp": {"name": "Impact started at"}, "value": {"value": "2024-03-01T09:00:00Z"}},
        {"incident_timestamp": {"name": "Reported at"}, "value": {"value": "2024-03-01T09:10:00Z"}},
        {"incident_timestamp": {"name": "Fixed at"}, "value": {"value": "2024-03-01T09:30:00Z"}},
        {"incident_timestamp": {"name": "Resolved at"}, "value": {"value": "2024-03-01T10:00:00Z"}},
        {"incident_timestamp": {"name": "Closed at"}, "value": {"value": "2024-03-20T10:00:00Z"}},
        {"incident_timestamp": {"name": "Accepted at"}, "value": None},
    ],
    "duration_metrics": [
        {"duration_metric": {"name": "Time to fix"}, "value_seconds": 1800},
        {"duration_metric": {"name": "Time to resolve"}, "value_seconds": 3600},
    ],
    "follow_ups": [
        {
            "title": "Alert when orders are not stored",
            "status": "outstanding",
            "assignee": {"name": "Lisa Curtis"},
            "priority": {"name": "Urgent"},
            "external_issue_reference": {
                "provider": "jira",
                "issue_name": "SHOP-12",
                "issue_permalink": "https://acme.atlassian.example/browse/SHOP-12",
            },
        },
        {"title": "Ask the vendor", "status": "completed", "assignee": None},
        {"title": "Never mind", "status": "deleted"},
    ],
}


def test_an_incident_io_incident_states_its_facts() -> None:
    """Timestamps and durations by the names they have; being closed is no end; follow-ups are promises."""
    facts = read(
        INCIDENT_IO,
        reading(
            export_format="incident.io",
            severity_words=(("major", 2),),
            jira_hosts=("acme.atlassian.example",),
        ),
    )
    assert values(facts) == {
        "title": "Orders were lost",
        "incident_key": "INC-123",
        "summary": "For half an hour, orders were accepted and lost.",
        "severity_label": "Major",
        "severity": "2",
        "services": '["orders", "basket"]',
        "service": "orders",
        "team": "Shop",
        "started_at": "2024-03-01 09:00:00",
        "occurred_on": "2024-03-01",
        "declared_at": "2024-03-01 09:10:00",
        "mitigated_at": "2024-03-01 09:30:00",
        "resolved_at": "2024-03-01 10:00:00",
        "stated_time_to_mitigate_minutes": "30",
        "stated_time_to_resolve_minutes": "60",
        "cause_category": "change-configuration",
        "is_resolved": "true",
    }
    assert facts.incidents[0].links == (
        EvidenceLink("document", "https://docs.google.com/document/d/1", "postmortem document url", 8),
        EvidenceLink("chat", "https://acme.slack.com/archives/C1", "slack channel url", 9),
    )
    (started,) = [row for row in facts.incidents[0].evidence if row.field == "started_at"]
    assert started.quote == "incident_timestamp_values[Impact started at]: 2024-03-01T09:00:00Z"
    first, second = facts.incidents[0].action_items
    assert first == ActionItem(
        description="Alert when orders are not stored",
        kind="detect",
        kind_words=first.kind_words,
        owner="Lisa Curtis",
        priority="Urgent",
        is_marked_done=False,
        tracker="jira",
        issue_key="SHOP-12",
        url="https://acme.atlassian.example/browse/SHOP-12",
        line=17,
        quote="Alert when orders are not stored",
    )
    assert (second.description, second.is_marked_done, second.owner) == ("Ask the vendor", True, None)


FIREHYDRANT: dict[str, Any] = {
    "id": "a1b2",
    "name": "Images do not load",
    "number": 88,
    "created_at": "2024-03-01T09:12:00.000Z",
    "started_at": "2024-03-01T09:00:00.000Z",
    "summary": "A bucket was made private.",
    "customer_impact_summary": "No product had a picture.",
    "current_milestone": "resolved",
    "severity": "SEV3",
    "priority": "P2",
    "incident_url": "https://app.firehydrant.example/incidents/a1b2",
    "customers_impacted": 1200,
    "monetary_impact": 5000,
    "services": [{"id": "s1", "name": "images"}],
    "milestones": [
        {"type": "started", "occurred_at": "2024-03-01T09:00:00.000Z", "duration": "PT5M"},
        {"type": "detected", "occurred_at": "2024-03-01T09:05:00.000Z"},
        {"type": "acknowledged", "occurred_at": "2024-03-01T09:08:00.000Z"},
        {"type": "mitigated", "occurred_at": "2024-03-01T09:50:00.000Z"},
        {"type": "resolved", "occurred_at": "2024-03-01T10:00:00.000Z"},
    ],
    "incident_tickets": [
        {"type": "incident", "summary": "Images do not load", "state": "open"},
        {
            "type": "follow_up",
            "summary": "Forbid private buckets",
            "state": "done",
            "assignees": [{"id": "u1", "name": "Ana Silva"}],
            "due_at": "2024-03-20T00:00:00.000Z",
            "link": {"href_url": "https://github.com/acme/images/issues/7"},
        },
    ],
}


def test_a_firehydrant_incident_states_its_facts() -> None:
    """Milestones are its times, tickets of follow-ups its promises."""
    facts = read(FIREHYDRANT, reading(export_format="firehydrant"))
    assert values(facts) == {
        "title": "Images do not load",
        "incident_key": "88",
        "summary": "A bucket was made private.",
        "impact": "No product had a picture.",
        "severity_label": "SEV3",
        "severity": "3",
        "services": '["images"]',
        "service": "images",
        "started_at": "2024-03-01 09:00:00",
        "occurred_on": "2024-03-01",
        "detected_at": "2024-03-01 09:05:00",
        "acknowledged_at": "2024-03-01 09:08:00",
        "declared_at": "2024-03-01 09:12:00",
        "mitigated_at": "2024-03-01 09:50:00",
        "resolved_at": "2024-03-01 10:00:00",
        "affected_user_count": "1200",
        "cost": "5000",
        "is_resolved": "true",
    }
    assert [event.kind for event in facts.incidents[0].events] == [
        "started", "detected", "acknowledged", "mitigated", "resolved",
    ]  # fmt: skip
    (item,) = facts.incidents[0].action_items
    assert (item.description, item.owner, item.due_on, item.is_marked_done, item.tracker, item.url) == (
        "Forbid private buckets",
        "Ana Silva",
        date(2024, 3, 20),
        True,
        "github",
        "https://github.com/acme/images/issues/7",
    )


def test_an_opsgenie_incident_states_its_facts() -> None:
    """The impact's dates are start and end; ids of services and teams name nothing."""
    record = {
        "id": "70413a06-38d6-4c85-92b8-5ebc900d42e2",
        "tinyId": "1791",
        "message": "Payments fail",
        "status": "closed",
        "createdAt": "2024-03-01T09:12:00Z",
        "impactStartDate": "2024-03-01T09:00:00Z",
        "impactEndDate": "2024-03-01T10:00:00Z",
        "priority": "P1",
        "ownerTeam": "fc1448b7-46b2-401d-9da8-c02675958e3b",
        "impactedServices": ["1a2b3c4d-46b2-401d-9da8-c02675958e3b"],
        "links": {"web": "https://acme.opsgenie.example/incident/detail/1"},
    }
    assert values(read(record, reading(export_format="opsgenie"))) == {
        "title": "Payments fail",
        "incident_key": "1791",
        "severity_label": "P1",
        "severity": "1",
        "started_at": "2024-03-01 09:00:00",
        "occurred_on": "2024-03-01",
        "declared_at": "2024-03-01 09:12:00",
        "resolved_at": "2024-03-01 10:00:00",
        "is_resolved": "true",
    }


def test_an_opsgenie_alert_states_how_long_it_was_open() -> None:
    """An alert's report counts milliseconds."""
    record = {"id": "1", "message": "High load", "status": "closed", "createdAt": "2024-03-01T09:00:00Z",
              "report": {"ackTime": 120000, "closeTime": 3600000}}  # fmt: skip
    found = values(read(record, reading(export_format="opsgenie")))
    assert found["stated_time_to_acknowledge_minutes"] == "2"
    assert found["stated_time_to_resolve_minutes"] == "60"


def test_a_jira_incident_over_rest_states_its_facts() -> None:
    """Fields stand below `fields`; the description is Atlassian's format; the resolution date is the end."""
    record = {
        "key": "OPS-7",
        "fields": {
            "summary": "VPN is down",
            "issuetype": {"name": "[System] Incident"},
            "priority": {"name": "High"},
            "status": {"name": "Completed", "statusCategory": {"key": "done", "name": "Done"}},
            "created": "2024-03-01T10:00:00.000+0100",
            "resolutiondate": "2024-03-01T12:00:00.000+0100",
            "components": [{"name": "vpn"}],
            "description": {
                "type": "doc",
                "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "Nobody could sign in."}]}
                ],
            },
        },
    }
    assert values(read(record, reading(export_format="jsm", severity_words=(("high", 2),)))) == {
        "title": "VPN is down",
        "incident_key": "OPS-7",
        "summary": "Nobody could sign in.",
        "severity_label": "High",
        "severity": "2",
        "services": '["vpn"]',
        "service": "vpn",
        "declared_at": "2024-03-01 09:00:00",
        "resolved_at": "2024-03-01 11:00:00",
        "is_planned": "false",
        "is_resolved": "true",
    }


def test_a_jira_incident_of_a_csv_states_its_facts() -> None:
    """The issue navigator writes 01/Mar/24 9:30 AM in the exporter's zone, and custom fields by name."""
    record = {
        "Summary": "VPN is down",
        "Issue key": "OPS-8",
        "Issue Type": "Incident",
        "Status": "Resolved",
        "Priority": "Medium",
        "Created": "01/Mar/24 9:30 AM",
        "Resolved": "01/Mar/24 1:05 PM",
        "Custom field (Severity)": "SEV2",
        "Custom field (Affected services)": ["vpn", "login"],
    }
    found = values(read(record, reading(export_format="jsm", time_zone="America/New_York")))
    assert (found["declared_at"], found["resolved_at"]) == ("2024-03-01 14:30:00", "2024-03-01 18:05:00")
    assert (found["severity"], found["services"]) == ("2", '["vpn", "login"]')


OWN = {"title": "what", "started_at": "from", "resolved_at": "to", "detected_at": "seen"}


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("2024-03-01T09:30:00Z", "Europe/Berlin", "2024-03-01 09:30:00"),
        ("2024-03-01 09:30:00 UTC", "Europe/Berlin", "2024-03-01 09:30:00"),
        ("2024-03-01T09:30:00.123456789+05:30", "UTC", "2024-03-01 04:00:00"),
        ("2024-03-01T09:30:00-0800", "UTC", "2024-03-01 17:30:00"),
        ("2024-03-01 09:30:00.5 +0000 UTC", "Europe/Berlin", "2024-03-01 09:30:00"),
        ("2024/03/01 09:30:00", "UTC", "2024-03-01 09:30:00"),
        ("1 March 2024, 09:30 (UTC)", "Europe/Berlin", "2024-03-01 09:30:00"),
        ("2024-03-01 09:30", "Europe/Berlin", "2024-03-01 08:30:00"),
        ("2023-07-01 09:30", "Europe/Berlin", "2023-07-01 07:30:00"),
        (1709285400, "Europe/Berlin", "2024-03-01 09:30:00"),
        ("1709285400", "Europe/Berlin", "2024-03-01 09:30:00"),
        (1709285400.75, "UTC", "2024-03-01 09:30:00"),
        (1709285400123, "UTC", "2024-03-01 09:30:00"),
        ("1709285400123456", "UTC", "2024-03-01 09:30:00"),
        ("20240301T093000Z", "Europe/Berlin", "2024-03-01 09:30:00"),
        ("20240301093000", "Europe/Berlin", "2024-03-01 08:30:00"),
        ("Fri, 01 Mar 2024 09:30:00 +0000", "Europe/Berlin", "2024-03-01 09:30:00"),
        ("March 1, 2024 9:30 AM", "UTC", "2024-03-01 09:30:00"),
        ("29/02/2024 09:30", "UTC", "2024-02-29 09:30:00"),
    ],
)
def test_times_are_read_in_every_style_of_tools(written: object, zone: str, utc: str) -> None:
    """An offset of the value counts, else the source's zone; numbers are epochs."""
    facts = read({"what": "Mail waits", "from": written}, reading(OWN, time_zone=zone))
    assert values(facts)["started_at"] == utc


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("03/04/2024 09:30", "time_ambiguous"),
        ("2024-03-31 02:30", "time_in_clock_gap"),
        ("yesterday", "value_unreadable"),
        ("about 09:30", "value_unreadable"),
        ("2024-03-01 09:30 to 10:30", "value_unreadable"),
        ("2024-03-01 09:30 or so, perhaps", "value_unreadable"),
        (45352.39, "value_unreadable"),
        ("202403010930", "value_unreadable"),
        (True, "value_unreadable"),
        ("2024-13-41T09:30:00Z", "value_unreadable"),
        ("2024-03-01", "value_unreadable"),
    ],
)
def test_a_time_that_is_not_clear_is_left_out_and_told(written: object, rule: str) -> None:
    """What can be read in two ways, in part, or not at all is a finding at its line, and no value."""
    using = reading(OWN, time_zone="Europe/Berlin")
    facts = read({"what": "Mail waits", "from": "2024-03-01T09:00:00Z", "to": written}, using)
    assert "resolved_at" not in values(facts)
    assert [(found.rule, found.line) for found in facts.findings if found.rule == rule] == [(rule, 4)]


@pytest.mark.parametrize("null", [None, "", " ", "null", "None", "N/A", "-", "NaN", [], {}])
def test_a_null_states_nothing(null: object) -> None:
    """However a tool spells that there is no value, the field stays empty, without a finding of its own."""
    facts = read({"what": "Mail waits", "from": "2024-03-01T09:00:00Z", "seen": null}, reading(OWN))
    assert "detected_at" not in values(facts)
    assert rules(facts) == {"no_end"}


@pytest.mark.parametrize(
    ("path", "value", "minutes"),
    [
        ("long in seconds", 90, "1.5"),
        ("long in hours", "1.5", "90"),
        ("long in milliseconds", 60000, "1"),
        ("seconds_to_fix", 90, "1.5"),
        ("timeToFixMs", 60000, "1"),
        ('"Duration (min.)"', "12", "12"),
        ("long", "PT1H30M", "90"),
        ("long", "1h 30m", "90"),
        ("long", "01:30:00", "90"),
        ("long in seconds", "1,800", "30"),
        ("long in hours", "1,5", "90"),
        ("long in seconds", "1.800", None),
        ("long in seconds", "1.800,5", "30.008"),
        ("long", 90, None),
        ("long", "1:30", None),
        ("long in seconds", -5, None),
        ("long in seconds", True, None),
    ],
)
def test_durations_are_read_by_their_unit(path: str, value: object, minutes: str | None) -> None:
    """A number's unit is that of the mapping or of its column's name; without one it is told, not guessed."""
    column = path.split(" in ")[0].strip('"')
    using = reading(OWN | {"customer_impact_minutes": path})
    facts = read({"what": "Mail waits", "from": "2024-03-01T09:00:00Z", column: value}, using)
    assert values(facts).get("customer_impact_minutes") == minutes
    assert ("value_unreadable" in rules(facts)) == (minutes is None)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (1200, "1200"),
        ("1200", "1200"),
        ("1,200", "1200"),
        ("1 200", "1200"),
        ("1'200'000", "1200000"),
        ("1.200.000", "1200000"),
        ("$1,200.50", "1200"),
        ("0.250", "0"),
        ("1.200", None),
        ("-5", None),
        ("about 1200", None),
        ("1200 of 5000", None),
        (True, None),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_left_out(written: object, count: str | None) -> None:
    """Thousands may be parted in every usual way; 1.200 means two numbers, so it means none."""
    using = reading(OWN | {"affected_user_count": "users"})
    facts = read({"what": "Mail waits", "from": "2024-03-01T09:00:00Z", "users": written}, using)
    assert values(facts).get("affected_user_count") == count
    assert ("value_unreadable" in rules(facts)) == (count is None)


@pytest.mark.parametrize(
    ("status", "resolved"),
    [
        ("open", "false"),
        ("INVESTIGATING", "false"),
        ("in_progress", "false"),
        ({"name": "Monitoring"}, "false"),
        ("Resolved", "true"),
        ("post-incident", "true"),
        ("Who knows", None),
    ],
)
def test_a_status_says_whether_it_goes_on(status: object, resolved: str | None) -> None:
    """An incident that goes on is not resolved, and needs no end; an unknown word says nothing."""
    using = reading(OWN | {"status": "status"})
    facts = read({"what": "Mail waits", "from": "2024-03-01T09:00:00Z", "status": status}, using)
    assert values(facts).get("is_resolved") == resolved
    assert ("no_end" in rules(facts)) == (resolved != "false")


@pytest.mark.parametrize(
    ("column", "said"),
    [("status", "Declined"), ("status", "merged"), ("type", "test"), ("type", "[System] Service request")],
)
def test_a_record_that_says_it_is_no_incident_is_none(column: str, said: str) -> None:
    """Declined and merged records, exercises and other issues of a service desk count nowhere."""
    using = reading(OWN | {"status": "status", "type": "type"})
    facts = read({"what": "Mail waits", "from": "2024-03-01T09:00:00Z", column: said}, using)
    assert (facts.kind, facts.title, facts.incidents) == ("not_a_postmortem", "Mail waits", ())
    assert rules(facts) == {"record_no_incident"}


@pytest.mark.parametrize(
    ("column", "said", "planned"),
    [
        ("type", "Maintenance", "true"),
        ("type", "scheduled_maintenance", "true"),
        ("type", "Incident", "false"),
        ("type", "Chore", "true"),
        ("sev", "chore", "true"),
        ("type", "Production", None),
    ],
)
def test_planned_work_is_told_by_its_type(column: str, said: str, planned: str | None) -> None:
    """By the usual words, and by those of the settings in the type or the severity."""
    using = reading(OWN | {"type": "type", "severity": "sev"}, planned_words=("chore",))
    facts = read({"what": "Upgrade the database", "from": "2024-03-01T09:00:00Z", column: said}, using)
    assert values(facts).get("is_planned") == planned


def test_a_record_without_a_time_is_no_incident() -> None:
    """Without any time it cannot be placed; the finding says what to do."""
    facts = read({"what": "Mail waits", "from": None}, reading(OWN))
    assert (facts.kind, facts.incidents, rules(facts)) == ("not_a_postmortem", (), {"record_without_time"})


def test_a_record_whose_times_cannot_be_read_says_so() -> None:
    """Beside that it has none, the finding tells which value was no time."""
    facts = read({"what": "Mail waits", "from": "in March"}, reading(OWN))
    assert [(found.rule, found.line, found.ordinal) for found in facts.findings] == [
        ("record_without_time", None, None),
        ("value_unreadable", 3, None),
    ]


def test_a_long_list_stays_a_list() -> None:
    """A list that is too long for evidence loses its end, not its form."""
    record = {
        "what": "Mail waits",
        "from": "2024-03-01T09:00:00Z",
        "why": ["because " * 100 + str(n) for n in range(90)],
    }
    found = values(read(record, reading(OWN | {"five_whys": "why"})))
    assert 5 < len(json.loads(found["five_whys"])) < 90


def test_several_durations_are_none() -> None:
    """Which of them would be meant is not known."""
    record = {"what": "Mail waits", "from": "2024-03-01T09:00:00Z", "long": [60, 120]}
    facts = read(record, reading(OWN | {"customer_impact_minutes": "long in seconds"}))
    assert "customer_impact_minutes" not in values(facts)
    assert "value_unreadable" in rules(facts)


def test_a_record_without_a_title_is_no_incident() -> None:
    """Nothing names it: neither a title nor a summary nor a key."""
    facts = read({"from": "2024-03-01T09:00:00Z"}, reading(OWN))
    assert (facts.kind, facts.incidents, rules(facts)) == ("not_a_postmortem", (), {"record_without_title"})


def test_an_end_before_the_start_is_left_out_and_names_both_lines() -> None:
    """The checks of documents hold for records, too."""
    facts = read({"what": "x y", "from": "2024-03-01T09:00:00Z", "to": "2024-03-01T08:00:00Z"}, reading(OWN))
    assert "resolved_at" not in values(facts)
    (told,) = [found for found in facts.findings if found.rule == "end_before_start"]
    assert "line 4" in told.message
    assert "line 3" in told.message


def test_evidence_names_column_value_and_line() -> None:
    """Every value has its column's name and value as its words, and the line of the column."""
    facts = read({"what": "Mail waits", "from": "2024-03-01T09:00:00Z"}, reading(OWN))
    assert [(row.field, row.method, row.line, row.quote) for row in facts.incidents[0].evidence] == [
        ("title", "record", 2, "what: Mail waits"),
        ("started_at", "record", 3, "from: 2024-03-01T09:00:00Z"),
        ("occurred_on", "record", 3, "from: 2024-03-01T09:00:00Z"),
    ]


POSTMORTEM = """# Orders were lost

## Summary

For half an hour, orders were accepted and lost.

## Timeline

All times in UTC.

- 2024-03-01 09:02 First alert detected the failures
- 2024-03-01 09:40 Resolved: orders are stored again

## Root cause

A certificate had expired.

## Action items

- [ ] Alert a month before a certificate expires (owner: Ana)
"""


def test_a_postmortem_in_a_column_is_read_and_the_record_wins() -> None:
    """What the document says fills what the record leaves empty, at the line of its column."""
    using = reading(OWN | {"document": "text", "summary": "text"})
    record = {"what": "Orders lost", "from": "2024-03-01T09:00:00Z", "to": "2024-03-01T10:00:00Z",
              "text": POSTMORTEM}  # fmt: skip
    facts = read(record, using)
    found = values(facts)
    assert (found["title"], found["started_at"], found["resolved_at"]) == (
        "Orders lost",
        "2024-03-01 09:00:00",
        "2024-03-01 10:00:00",
    )
    assert found["detected_at"] == "2024-03-01 09:02:00"
    assert found["root_cause"] == "A certificate had expired."
    assert found["summary"] == "For half an hour, orders were accepted and lost."
    assert {row.line for row in facts.incidents[0].evidence if row.field == "root_cause"} == {5}
    assert [item.owner for item in facts.incidents[0].action_items] == ["Ana"]
    assert len(facts.incidents[0].events) == 2
    assert "values_contradict" in rules(facts)  # 10:00 and 09:40


def test_a_document_without_a_time_is_read_for_what_it_tells() -> None:
    """The record places it; sections are enough to make it a document. Plain words are none."""
    text = "## Summary\n\nThe API answered errors.\n\n## Root cause\n\nNobody renewed the certificate"
    using = reading(OWN | {"document": "text", "summary": "text"})
    record = {"what": "API errors", "from": "2024-03-01T09:00:00Z", "to": "2024-03-01T10:00:00Z"}
    found = values(read(record | {"text": text}, using))
    assert found["root_cause"] == "Nobody renewed the certificate"
    assert found["summary"] == "The API answered errors."
    plain = "Somebody said that the API answered errors again, so we should have a look at it."
    found = values(read(record | {"text": plain}, using))
    assert (found["summary"], "root_cause" in found) == (plain, False)


@pytest.mark.parametrize(
    ("column", "utc"),
    [
        ("Start (PT)", "2024-03-01 17:30:00"),
        ("Start (UTC)", "2024-03-01 09:30:00"),
        ("started_utc", "2024-03-01 09:30:00"),
        ("Custom field (Incident start)", "2024-03-01 08:30:00"),
    ],
)
def test_the_zone_of_a_column_is_that_of_its_times(column: str, utc: str) -> None:
    """A time without a zone has that of its column's name, else the source's."""
    using = reading({"title": "what", "started_at": f'"{column}"'}, time_zone="Europe/Berlin")
    facts = read({"what": "Mail waits", column: "2024-03-01 09:30"}, using)
    assert values(facts)["started_at"] == utc


def test_text_of_html_is_read_without_its_tags() -> None:
    """A summary in HTML is its words."""
    using = reading(OWN | {"summary": "text"})
    record = {
        "what": "Mail waits",
        "from": "2024-03-01T09:00:00Z",
        "text": "<p>Mail <b>waited</b>.</p><p>Long.</p>",
    }
    assert values(read(record, using))["summary"].split() == ["Mail", "waited.", "Long."]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (["mail", {"name": "search"}, None], ["mail", "search"]),
        ('["mail", "search"]', ["mail", "search"]),
        ("mail; search", ["mail", "search"]),
        ("mail, search and find, mail", ["mail", "search and find"]),
        ("1a2b3c4d-46b2-401d-9da8-c02675958e3b", None),
    ],
)
def test_names_are_read_from_lists_objects_and_cells(cell: object, names: list[str] | None) -> None:
    """A cell may hold several, also as JSON; "and" parts no name; an id names nothing."""
    facts = read(
        {"what": "Mail waits", "from": "2024-03-01T09:00:00Z", "services": cell},
        reading(OWN | {"services": "services"}),
    )
    found = values(facts).get("services")
    assert (json.loads(found) if found else None) == names


def test_action_items_in_one_cell_are_one_for_each_line() -> None:
    """A spreadsheet's cell may hold them all; without parts, each line is a promise."""
    using = reading(OWN | {"action_items": "todo"})
    record = {
        "what": "Mail waits",
        "from": "2024-03-01T09:00:00Z",
        "todo": "- Add an alert\n- Write a runbook",
    }
    items = read(record, using).incidents[0].action_items
    assert [item.description for item in items] == ["Add an alert", "Write a runbook"]


@pytest.mark.parametrize("content", ["", "[]", "null", "{", "[" * 100_000, '{"a": ' * 5_000, "\x00", '"x"'])
def test_content_that_is_no_record_is_a_finding(content: str) -> None:
    """Nothing is raised for what is no JSON object."""
    facts = parse_document(content, "x#1", reading(OWN), "application/json")
    assert (facts.kind, rules(facts)) == ("unreadable", {"record_unreadable"})


@given(
    st.dictionaries(
        st.sampled_from(["what", "from", "to", "text", "todo", "rank", "log"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
            lambda inner: (
                st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
            ),
            max_leaves=12,
        ),
    )
)
def test_any_record_is_read(record: dict[str, Any]) -> None:
    """Whatever a record holds, it is read without an error, and each value has its words."""
    using = reading(
        OWN
        | {
            "document": "text", "summary": "text", "severity": "rank", "services": "log", "team": "rank",
            "action_items": {"list": "todo", "description": "a", "due_on": "b", "status": "c"},
            "events": {"list": "log", "at": "a", "text": "b"}, "cost": "rank", "status": "rank",
            "type": "text", "customer_impact_minutes": "rank", "occurred_on": "log", "five_whys": "log",
        }
    )  # fmt: skip
    facts = read(record, using)
    for incident in facts.incidents:
        assert all(row.quote for row in incident.evidence)


MINUTE = st.datetimes(datetime(2020, 1, 1), datetime(2023, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
WORDS = st.text(alphabet="abcdefghij klmno", min_size=5, max_size=30).map(lambda text: f"Name {text.strip()}")


@given(
    start=MINUTE,
    steps=st.lists(st.integers(1, 300), min_size=5, max_size=5),
    style=st.sampled_from(["iso", "epoch", "millis", "plain"]),
    title=WORDS,
    level=st.integers(1, 5),
    services=st.lists(st.sampled_from(["mail", "search", "cart"]), min_size=1, unique=True),
    minutes=st.integers(0, 10_000),
)
def test_facts_written_into_a_record_are_read_again(
    start: datetime,
    steps: list[int],
    style: str,
    title: str,
    level: int,
    services: list[str],
    minutes: int,
) -> None:
    """By one mapping, what is written into a record comes out of it, whatever the style of its times."""
    times = [start]
    for step in steps:
        times.append(times[-1] + timedelta(minutes=step))
    epoch = datetime(1970, 1, 1)

    def write(at: datetime) -> object:
        seconds = int((at - epoch).total_seconds())
        return {
            "iso": f"{at.isoformat()}Z",
            "epoch": seconds,
            "millis": str(seconds * 1000),
            "plain": f"{at:%Y-%m-%d %H:%M}",
        }[style]

    fields = {name: f"times.{name}" for name in TIME_FIELDS}
    fields |= {"title": "title", "severity": "sev", "services": "services",
               "customer_impact_minutes": "impact in seconds"}  # fmt: skip
    record = {
        "title": title,
        "sev": f"SEV{level}",
        "services": services,
        "impact": minutes * 60,
        "times": {name: write(at) for name, at in zip(TIME_FIELDS, times, strict=True)},
    }
    found = values(read(record, reading(fields)))
    expected = {name: f"{at:%Y-%m-%d %H:%M:%S}" for name, at in zip(TIME_FIELDS, times, strict=True)}
    assert {name: found[name] for name in TIME_FIELDS} == expected
    assert found["title"] == " ".join(title.split())
    assert (found["severity"], json.loads(found["services"])) == (str(level), services)
    assert float(found["customer_impact_minutes"]) == minutes
