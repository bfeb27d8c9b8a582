"""One issue of a Jira → the facts it states: fields of every shape, links, reviews, texts in wiki markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import ActionItem, DocumentFacts, Event, IssueReading, Reading
from pipeline.record_mappings.issues import issue_paths, named_types
from tests.sources.service_desk import (
    CAUSE,
    COMMANDER,
    DESCRIPTION,
    MAJOR,
    POSTMORTEM,
    REQUEST,
    RESOLUTION_SLA,
    SERVICES,
    SEVERITY,
    STARTED,
    USERS,
    as_sent_by_jsm,
)

JQL = "project = INC AND issuetype in ('[System] Incident', 'Post-incident review')"


def reading(
    fields: Mapping[str, str] | None = None,
    texts: tuple[str, ...] = ("description",),
    *,
    jql: str = JQL,
    comments: bool = False,
    review_types: tuple[str, ...] = (),
    link_types: tuple[str, ...] | None = None,
    **more: Any,
) -> Reading:
    """A reading of the issues of a service desk."""
    return Reading(
        record_fields=issue_paths(fields or {}, texts, comments=comments),
        issues=IssueReading(named_types(jql), review_types, link_types),
        jira_projects=("INC", "PAY"),
        today=date(2024, 6, 1),
        **more,
    )


def issue(
    key: str = "INC-1", kind: str = "[System] Incident", state: str = "Completed", **fields: Any
) -> dict[str, Any]:
    """An issue's record; `fields` are added as they come."""
    category = {"Open": "new", "Completed": "done", "Canceled": "done"}.get(state, "indeterminate")
    held = {
        "summary": "Checkout was down",
        "status": {"id": "5", "name": state, "statusCategory": {"key": category, "name": "Done"}},
        "issuetype": {"id": "10005", "name": kind, "subtask": False},
        "created": "2024-03-01T10:08:00.000+0100",
        "resolutiondate": "2024-03-05T10:00:00.000+0100",
        "priority": {"id": "1", "name": "Highest"},
        "reporter": {"accountId": "5b10", "displayName": "Ana Silva"},
        "components": [{"id": "1", "name": "checkout"}, {"id": "2", "name": "payments"}],
        "issuelinks": [],
        "subtasks": [],
    } | fields
    return {"key": key, "id": "10001"} | {f"fields.{name}": value for name, value in held.items()}


def other(key: str, summary: str, kind: str = "Task") -> dict[str, Any]:
    """An issue as it stands within another."""
    return {"id": "20001", "key": key, "fields": {"summary": summary, "issuetype": {"name": kind}}}


def link(name: str, there: dict[str, Any], side: str = "outward", **phrases: str) -> dict[str, Any]:
    """A link of that type."""
    said = {"name": name, "outward": name.lower(), "inward": f"is {name.lower()}"} | phrases
    return {"id": "1", "type": said, f"{side}Issue": there}


def read(record: dict[str, Any], using: Reading) -> DocumentFacts:
    """The facts of a record, kept as the source keeps it: each column on its line."""
    columns = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in record.items())
    return parse_document(f"{{\n{columns}\n}}", "issues/10001", using, "application/json")


def values(facts: DocumentFacts) -> dict[str, str]:
    """The chosen value of each field of the one incident."""
    assert len(facts.incidents) == 1, facts
    return {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}


def promises(facts: DocumentFacts) -> list[tuple[str, str | None]]:
    """What is promised, and by which issue."""
    return [(item.description, item.issue_key) for item in facts.incidents[0].action_items]


def rules(facts: DocumentFacts) -> set[str]:
    """The rules that found something."""
    return {finding.rule for finding in facts.findings}


def test_what_jira_itself_says_of_an_incident_is_read_and_nothing_more() -> None:
    """Created is declared; no priority is a severity, no resolution date an end, no reporter an author."""
    facts = read(issue(), reading())
    assert (facts.kind, facts.title) == ("postmortem", "Checkout was down")
    assert values(facts) == {
        "title": "Checkout was down",
        "incident_key": "INC-1",
        "services": '["checkout", "payments"]',
        "service": "checkout",
        "declared_at": "2024-03-01 09:08:00",
        "is_resolved": "true",
        "is_planned": "false",
    }
    assert rules(facts) == {"no_start", "no_end"}


def test_an_open_incident_has_no_end_and_lacks_none() -> None:
    """By a status that is known, or else by its category, in whatever language it is named."""
    assert values(read(issue(state="Work in progress"), reading()))["is_resolved"] == "false"
    facts = read(issue(state="Wird bearbeitet"), reading())
    assert values(facts)["is_resolved"] == "false"
    assert rules(facts) == {"no_start"}
    done = issue()
    done["fields.status"]["name"] = "Erledigt"
    assert values(read(done, reading()))["is_resolved"] == "true"


SHAPES: list[tuple[str, str, str, str]] = [
    ("severity", f"fields.{SEVERITY}", "severity_label", "SEV-2"),
    ("severity", f"fields.{SEVERITY}.value", "severity", "2"),
    ("severity", "fields.priority", "severity_label", "Highest"),
    ("started_at", f"fields.{STARTED}", "started_at", "2024-03-01 09:00:00"),
    (
        "cause_category",
        f"fields.{CAUSE}.child | fields.{CAUSE}",
        "cause_category",
        "credentials-certificates",
    ),
    ("cause_category", f"fields.{CAUSE}", "cause_category", "change-configuration"),
    ("root_cause", f"fields.{POSTMORTEM}", "root_cause", "The certificate expired, and nothing renewed it."),
    ("affected_user_count", f"fields.{USERS}", "affected_user_count", "1200"),
    ("authors", f"fields.{COMMANDER}", "authors", '["Ben Ito"]'),
    ("authors", "fields.reporter", "authors", '["Ana Silva"]'),
    ("team", "fields.customfield_10001", "team", "Payments"),
    (
        "stated_time_to_resolve_minutes",
        f"fields.{RESOLUTION_SLA}.completedCycles.elapsedTime.millis in milliseconds",
        "stated_time_to_resolve_minutes",
        "92",
    ),
    (
        "acknowledged_at",
        f"fields.{RESOLUTION_SLA}.completedCycles.startTime.iso8601",
        "acknowledged_at",
        "2024-03-01 09:08:00",
    ),
]


@pytest.mark.parametrize(("field", "path", "stated", "value"), SHAPES)
def test_custom_fields_of_every_shape_are_read(field: str, path: str, stated: str, value: str) -> None:
    """Options, cascading choices, times with an offset, numbers, people, teams, texts, service levels."""
    custom = as_sent_by_jsm() | {
        SEVERITY: {"self": "https://jira.example/…/1", "value": "SEV-2", "id": "1"},
        COMMANDER: {"accountId": "5b11", "displayName": "Ben Ito"},
        POSTMORTEM: "The {color:#ff0000}certificate{color} *expired*, and nothing renewed it.",
        "customfield_10001": {"id": "0000-1", "name": "Payments", "isVisible": True},
    }
    assert values(read(issue(**custom), reading({field: path})))[stated] == value


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("services", f"fields.{SERVICES}"),  # ids of services, whose names Jira does not send
        ("severity", f"fields.{MAJOR}.value"),
        ("started_at", f"fields.{REQUEST}"),
        ("stated_time_to_resolve_minutes", f"fields.{RESOLUTION_SLA}.completedCycles.elapsedTime.millis"),
        ("team", "fields.customfield_10002"),  # the number of a team of Data Center
        ("resolved_at", "fields.customfield_10003"),
    ],
)
def test_what_states_no_value_is_left_out(field: str, path: str) -> None:
    """Ids without names, objects that are no times, numbers without a unit, fields that are empty."""
    custom: dict[str, Any] = as_sent_by_jsm() | {"customfield_10002": "12", "customfield_10003": None}
    found = values(read(issue(**custom), reading({field: path})))
    assert not {field, f"{field}_label"} & found.keys()


def test_evidence_names_the_field_as_people_know_it_and_its_line() -> None:
    """A custom field is quoted by its name, a field of every Jira by its own."""
    record = issue() | {f"fields.{SEVERITY}": {"value": "SEV-2"}, "names": {SEVERITY: "Severity"}}
    rows = read(record, reading({"severity": f"fields.{SEVERITY}.value"})).incidents[0].evidence
    quotes = {row.field: (row.line, row.quote) for row in rows}
    assert quotes["severity"] == (14, "Severity.value: SEV-2")
    assert quotes["title"] == (4, "summary: Checkout was down")


def test_the_description_is_read_like_any_document() -> None:
    """Wiki markup: timeline, cause and promises of the text, at the line of its field."""
    facts = read(issue(description=DESCRIPTION), reading())
    found = values(facts)
    assert {name: found[name] for name in ("summary", "root_cause", "detected_at", "declared_at")} == {
        "summary": "Orders failed for ninety minutes, as a certificate had expired.",
        "root_cause": "The certificate of the payment gateway expired, and nothing renewed it.",
        "detected_at": "2024-03-01 09:05:00",
        "declared_at": "2024-03-01 09:08:00",
    }
    (incident,) = facts.incidents
    assert incident.events == (
        Event(datetime(2024, 3, 1, 9, 5), "2024-03-01 09:05", "First alert: graph", "detected", 14),
        Event(datetime(2024, 3, 1, 10, 30), "2024-03-01 10:30", "Orders succeed again", None, 14),
    )
    assert promises(facts) == [
        ("Alert a month before a certificate expires", "PAY-1"),
        ("Renew certificates by a job", None),
    ]


def test_a_few_words_are_a_summary_and_no_document() -> None:
    """And without any, nothing is stated and nothing is missed."""
    facts = read(issue(description="Customers cannot pay."), reading())
    assert values(facts)["summary"] == "Customers cannot pay."
    for nothing in (None, "", " \r\n "):
        assert "summary" not in values(read(issue(description=nothing), reading()))


def test_a_numbered_list_is_no_heading() -> None:
    """`# one` is a list in wiki markup, though a heading in Markdown."""
    text = "What we did so far, and what you should know about it:\n# Restarted the gateway\n# Waited"
    assert values(read(issue(description=text), reading()))["summary"] == (
        "What we did so far, and what you should know about it:\nRestarted the gateway\nWaited"
    )


def test_texts_of_several_fields_are_read_as_one() -> None:
    """What the source put together: each text under the name of its field."""
    text = (
        "Orders failed on 2024-03-01.\n\nh1. Timeline\n\n09:05 First alert\n10:30 Resolved\n\n"
        "h1. Root cause\n\nThe certificate of the gateway expired."
    )
    facts = read(issue() | {"document": text}, reading(texts=("description", POSTMORTEM)))
    found = values(facts)
    assert (found["root_cause"], found["resolved_at"]) == (
        "The certificate of the gateway expired.",
        "2024-03-01 10:30:00",
    )


def test_a_huge_description_is_read_as_far_as_any_document() -> None:
    """Half a million characters, of which the beginning counts."""
    text = DESCRIPTION + "h2. Log\n\n" + "2024-03-01 09:05 the gateway says no\n" * 20_000
    assert promises(read(issue(description=text), reading()))[0][1] == "PAY-1"


def test_people_are_named_whom_the_issue_knows() -> None:
    """Cloud mentions accounts by their ids; an id that names nobody here is no owner."""
    text = (
        "h2. Action items\n\n* Alert before a certificate expires [~accountid:5b10]\n"
        "* Renew certificates by a job [~accountid:712020:0e99]\n* Write it down [~cruz]"
    )
    facts = read(issue(description=text), reading())
    assert [item.owner for item in facts.incidents[0].action_items] == ["Ana Silva", None, "cruz"]


def test_linked_issues_and_subtasks_are_promises() -> None:
    """Those that are linked, in either direction, and the subtasks: each by its key and summary, once."""
    record = issue(
        issuelinks=[
            link("Relates", other("PAY-1", "Alert before a certificate expires"), outward="relates to"),
            link("Blocks", other("PAY-2", "Renew certificates by a job", "Story"), "inward"),
            link("Action item", other("PAY-1", "Alert before a certificate expires")),
        ],
        subtasks=[other("INC-7", "Tell customers", "Sub-task")],
        description="h2. Action items\n\n* Renew certificates by a job, before they expire, PAY-2",
    )
    facts = read(record, reading())
    assert promises(facts) == [
        ("Renew certificates by a job, before they expire", "PAY-2"),
        ("Alert before a certificate expires", "PAY-1"),
        ("Tell customers", "INC-7"),
    ]
    assert facts.incidents[0].action_items[1] == ActionItem(
        description="Alert before a certificate expires",
        kind="detect",
        kind_words="Alert",
        tracker="jira",
        issue_key="PAY-1",
        line=12,
        quote="relates to PAY-1: Alert before a certificate expires",
    )
    assert "action_item_without_owner" in rules(facts)  # of the text's own; Jira knows the others'


@pytest.mark.parametrize(
    "linked",
    [
        link("Duplicate", other("INC-2", "Checkout down", "Bug"), outward="duplicates"),
        link("Cloners", other("INC-2", "CLONE - Checkout was down", "Bug"), outward="clones"),
        link("Problem/Incident", other("PAY-9", "Gateway forgets"), "inward", inward="is caused by"),
        link("Ursache", other("PAY-9", "Gateway forgets"), "inward", inward="wird verursacht durch"),
        link("Post-Incident Reviews", other("INC-3", "Review", "[System] Post-incident review"), "inward"),
        link("Relates", other("INC-3", "Review", "Postmortem")),
        link("Relates", other("INC-2", "Search was down, too", "[System] Incident")),
        link("Relates", other("INC-2", "Search was down, too", "Major incident")),
        link("Relates", other("", "An issue without a key")),
        link("Relates", {"key": "PAY-1"}),
        {"id": "1"},
    ],
)
def test_what_a_link_leads_to_is_no_promise_when_it_says_so(linked: dict[str, Any]) -> None:
    """Duplicates, clones, causes, reviews, other incidents, and links that tell nothing."""
    assert promises(read(issue(issuelinks=[linked]), reading())) == []


def test_the_settings_say_which_links_are_promises() -> None:
    """Then these alone are, whatever they are called; another incident is none all the same."""
    record = issue(
        issuelinks=[
            link("Relates", other("PAY-1", "Something near")),
            link("Problem/Incident", other("PAY-9", "Mend the gateway")),
            link("Problem/Incident", other("INC-2", "Search was down, too", "[System] Incident")),
        ]
    )
    assert promises(read(record, reading(link_types=("problem/incident",)))) == [
        ("Mend the gateway", "PAY-9")
    ]


def test_tasks_are_incidents_where_the_jql_says_so_and_their_links_are_promises() -> None:
    """A type that mostly means other work is one when it is asked for; else the record says it is none."""
    task = issue(kind="Task", issuelinks=[link("Relates", other("OPS-1", "Renew certificates by a job"))])
    asked = reading(jql="project = OPS AND type = Task AND labels = outage")
    assert promises(read(task, asked)) == [("Renew certificates by a job", "OPS-1")]
    facts = read(task, reading(jql="project = OPS"))
    assert (facts.kind, rules(facts)) == ("not_a_postmortem", {"record_no_incident"})


def test_a_canceled_incident_is_none() -> None:
    """Its status says so of itself."""
    facts = read(issue(state="Canceled"), reading())
    assert (facts.kind, rules(facts)) == ("not_a_postmortem", {"record_no_incident"})


def test_maintenance_is_planned() -> None:
    """By the name of its type, or by a word of the settings."""
    assert values(read(issue(kind="Planned maintenance"), reading()))["is_planned"] == "true"
    change = reading(jql="type in (Incident, Change)", planned_words=("change",))
    assert values(read(issue(kind="Change"), change))["is_planned"] == "true"


REVIEW = "[System] Post-incident review"


def test_a_review_joins_its_incident_and_tells_nothing_of_its_own_life() -> None:
    """The key is the incident's; when the review was raised and closed is neither declared nor resolved."""
    record = issue(
        "INC-3",
        REVIEW,
        summary="Review: checkout",
        components=[],
        issuelinks=[
            link("Post-Incident Reviews", other("INC-1", "Checkout was down", "[System] Incident")),
            link("Relates", other("PAY-5", "Ask for a second pair of eyes")),
        ],
        description="h2. Root cause\n\nThe certificate of the payment gateway expired on its own.",
        customfield_10100="2024-03-01T10:00:00.000+0100",
    )
    fields = {
        "started_at": "fields.customfield_10100",
        "resolved_at": "fields.resolutiondate",
        "acknowledged_at": "history[to_category=indeterminate].at",
    }
    record["history"] = [{"at": "2024-03-04T10:00:00.000+0000", "to_category": "indeterminate"}]
    facts = read(record, reading(fields))
    assert values(facts) == {
        "title": "Review: checkout",
        "incident_key": "INC-1",
        "started_at": "2024-03-01 09:00:00",
        "occurred_on": "2024-03-01",
        "root_cause": "The certificate of the payment gateway expired on its own.",
        "cause_category": "credentials-certificates",
    }
    assert promises(facts) == [("Ask for a second pair of eyes", "PAY-5")]


@pytest.mark.parametrize(
    "linked",
    [
        {"issuelinks": [link("Post-Incident Reviews", other("INC-1", "Checkout was down", "Störung"))]},
        {"issuelinks": [link("Postmortem of", other("INC-1", "Checkout was down", "Bug"), "inward")]},
        {"issuelinks": [link("Relates", other("INC-1", "Checkout was down", "[System] Incident"))]},
        {"parent": other("INC-1", "Checkout was down", "Incident")},
    ],
)
def test_a_review_without_any_time_is_of_its_incident(linked: dict[str, Any]) -> None:
    """Whichever way they are linked: the incident says when it was."""
    facts = read(issue("INC-3", REVIEW, **linked), reading())
    assert (facts.kind, values(facts)["incident_key"]) == ("postmortem", "INC-1")
    assert (promises(facts), rules(facts)) == ([], set())


def test_a_review_of_several_incidents_is_of_the_first_and_told() -> None:
    """It is counted once, and the finding names the others."""
    links = [
        link("Post-Incident Reviews", other(key, "Checkout was down", "[System] Incident"))
        for key in ("INC-1", "INC-2")
    ]
    facts = read(issue("INC-3", REVIEW, issuelinks=links), reading())
    assert values(facts)["incident_key"] == "INC-1"
    assert [(each.rule, each.line, each.message) for each in facts.findings] == [
        (
            "review_of_several",
            12,
            "This review is of 2 incidents (INC-1, INC-2), and was taken for one of INC-1; write a review "
            "for each, or link it to one.",
        )
    ]


def test_a_review_of_no_incident_stands_for_itself() -> None:
    """Where postmortems are issues and incidents are none: its text tells when, its own key names it."""
    text = "h2. Timeline\n\n2024-03-01 09:05 UTC First alert fired\n2024-03-01 10:30 UTC Resolved"
    facts = read(issue("PM-3", "Postmortem", description=text), reading())
    found = values(facts)
    assert (found["incident_key"], found["detected_at"]) == ("PM-3", "2024-03-01 09:05:00")
    assert not {"declared_at", "is_resolved"} & found.keys()
    untold = read(issue("PM-3", "Postmortem"), reading())
    assert (untold.kind, rules(untold)) == ("not_a_postmortem", {"record_without_time"})


def test_the_settings_name_types_that_review() -> None:
    """Where no usual name is used."""
    linked = [link("Relates", other("INC-1", "Checkout was down", "Incident"))]
    record = issue("INC-3", "Nachbetrachtung", issuelinks=linked)
    assert values(read(record, reading()))["incident_key"] == "INC-3"
    named = reading(review_types=("nachbetrachtung",))
    assert values(read(record, named))["incident_key"] == "INC-1"


def test_comments_are_the_timeline_where_the_text_tells_none() -> None:
    """In their order and without marks; a timeline of the text stands alone."""
    said = [
        {"created": "2024-03-01T10:30:00.000+0000", "body": "*Resolved*: orders succeed again"},
        {"created": "2024-03-01T09:05:00.000+0000", "body": "First alert, {{payments}} is silent"},
    ]
    record = issue(comment={"comments": said})
    (incident,) = read(record, reading(comments=True)).incidents
    assert [(event.at, event.text, event.kind) for event in incident.events] == [
        (datetime(2024, 3, 1, 9, 5), "First alert, payments is silent", "detected"),
        (datetime(2024, 3, 1, 10, 30), "Resolved: orders succeed again", "resolved"),
    ]
    assert "detected_at" not in {row.field for row in incident.evidence}
    (told,) = read(
        issue(comment={"comments": said}, description=DESCRIPTION), reading(comments=True)
    ).incidents
    assert [event.text for event in told.events] == ["First alert: graph", "Orders succeed again"]
    assert read(record, reading()).incidents[0].events == ()


@pytest.mark.parametrize(
    ("jql", "names"),
    [
        ("project = INC", ()),
        ("type = Task AND labels = outage", ("task",)),
        ("project = INC AND issuetype in (Incident, 'Major incident', \"[System] Incident\")",
         ("incident", "major incident", "[system] incident")),
        ("issuetype != Task AND type not in (Story)", ()),
        ("workType IN (Incident) OR issueType=Bug", ("incident", "bug")),
        ("summary ~ 'type in doubt'", ()),
    ],
)  # fmt: skip
def test_a_jql_names_the_types_that_are_incidents(jql: str, names: tuple[str, ...]) -> None:
    """Those it asks for by name, and none that it excludes."""
    assert named_types(jql) == names


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("PAY-1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "key",
                    "fields",
                    "type",
                    "name",
                    "outwardIssue",
                    "inwardIssue",
                    "summary",
                    "issuetype",
                    "comments",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(links=JSON, subtasks=JSON, parent=JSON, status=JSON, kind=JSON, comment=JSON, description=JSON)
def test_whatever_a_field_holds_nothing_is_raised(**fields: Any) -> None:
    """Apps put into fields what they like."""
    record = issue(
        issuelinks=fields["links"], subtasks=fields["subtasks"], parent=fields["parent"],
        status=fields["status"], issuetype=fields["kind"], comment=fields["comment"],
        description=fields["description"],
    ) | {"names": fields["parent"], "history": fields["links"]}  # fmt: skip
    facts = read(record, reading({"resolved_at": "history[reached=done].at"}, comments=True))
    assert facts.kind
