"""Forms that documents of many houses are written in: what each states is read, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import ActionItem, DocumentFacts, Reading

READING = Reading(
    services=("checkout", "dns", "message", "monitoring"),
    jira_hosts=("jira.example.com",),
    jira_projects=("PAY",),
    today=date(2026, 1, 1),
)


def _parse(text: str, path: str = "x.md") -> DocumentFacts:
    return parse_document(text, path, READING)


def _chosen(text: str, *names: str) -> dict[str, str | None]:
    facts = _parse(text)
    assert len(facts.incidents) == 1, facts
    values = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    return {name: values.get(name) for name in names}


def _items(text: str) -> tuple[ActionItem, ...]:
    head = "# Outage 2024-01-05\n\n**Authors**: Priya Shah\n\n## Timeline\n\n- 10:00 Outage starts\n\n"
    return _parse(f"{head}## Action items\n\n{text}\n").incidents[0].action_items


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            '{"title": "Outage", "startedAt": "2024-01-05T10:00:00Z", "resolvedAt": "2024-01-05T11:00:00Z"}',
            "a",
        ),
        ('{"date": "2024-01-05"}\n{"severity": "SEV1", "start": "10:00", "end": "11:00"}\n', "a.md"),
        ("<?xml version='1.0'?>\n<outage><start>2024-01-05 10:00</start></outage>\n", "a"),
        ("incident:\n  severity: SEV1\n  start: 2024-01-05 10:00\n  end: 2024-01-05 11:00\n", "a.md"),
        ("time,event,who\n10:00,Outage starts,Ana\n11:00,Outage resolved,Bob\n", "outage.csv"),
        (
            '"""Postmortem: outage of 2024-01-05.\n\nStart: 2024-01-05 10:00\n\nTimeline\n\n- 10:00 Outage'
            ' starts\n- 11:00 resolved\n"""\n\nimport os\n\n\ndef main():\n    return os.name\n',
            "outage.py",
        ),
        (
            "2024-01-05 10:00:01 ERROR outage begins\n2024-01-05 10:00:02 INFO retry\n"
            "2024-01-05 10:00:03 WARN slow\n2024-01-05 11:00:00 INFO incident resolved\n",
            "outage.log",
        ),
        (
            "package main\n\n// Start: 2024-01-05 10:00\n// resolved 11:00\nfunc main() {\n\trun();\n}\n",
            "m.go",
        ),
    ],
)
def test_data_programs_and_logs_are_no_documents(text: str, path: str) -> None:
    """Whatever words they hold, they yield no incident but a finding that says what they are."""
    facts = _parse(text, path)
    assert (facts.kind, facts.incidents, [finding.rule for finding in facts.findings]) == (
        "not_a_postmortem",
        (),
        ["document_is_foreign"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "# Runbook: checkout is down\n\n## Timeline\n\n- 10:00 page\n- 10:05 escalate\n\n## Root cause\n\n"
        "See logs.\n",
        "# How to write a postmortem\n\n## Timeline\n\n- 2024-01-05 10:00 UTC outage starts\n"
        "- 11:00 resolved\n",
        "# Incident severity levels\n\n- Severity: SEV1\n- Downtime: 30 minutes\n\nUpdated 2024-01-05.\n",
        "# RFC 7: Retries\n\nDate: 2024-02-01\n\n## Summary\n\nAfter an outage.\n\n## Impact\n\nLow.\n\n"
        "## Timeline\n\n- 2024-03-01 10:00 design\n- 2024-04-01 10:00 rollout\n",
        "# Release 4.2 (2024-05-05)\n\n## Fixes\n\n- Fix crash\n\n## Timeline\n\n"
        "- 2024-05-05 10:00 UTC release\n- 2024-05-06 10:00 UTC rollout complete\n",
        "# Game day: stop the primary\n\nDate: 2024-07-01\n\n## Timeline\n\n- 10:00 start\n- 10:30 end\n",
        "# SLO: search\n\nReviewed: 2024-02-03\n\n## Summary\n\n99.9 %.\n\n## Impact\n\nBlocks releases.\n",
        "# Disaster recovery plan\n\n2023-11-01\n\n## Detection\n\nAlerts.\n\n## Recovery\n\nRTO: 4h\n",
        "Bill 113\nStart: 2024-04-01 10:00\nEnd: 2024-04-30 10:00\nDuration: 29 days\nTotal: 1200\n",
        "ABORT\nACTION\nIMPACT\nSCROLL\nTIMELINE\nTRIGGER\nTRIM\nCAUSE\nSUMMARY\nTYPE\n",
    ],
)
def test_guides_plans_and_lists_of_words_are_no_incidents(text: str) -> None:
    """A document that speaks about incidents, or only looks like a form, tells of none."""
    assert (_parse(text).kind, _parse(text).incidents) == ("not_a_postmortem", ())


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("Detected by monitoring: latency above 3 s", "detected"),
        ("Detected by Zoë Lind, who saw failed payments", "detected"),
        ("Priya notices errors in checkout", "detected"),
        ("Priya notices that the errors have stopped", None),
        ("Error rate above 50 %, triggering a PagerDuty alert", "detected"),
        ("checkout-api confirmed healthy, incident resolved", "resolved"),
        ("checkout-api restored", "mitigated"),
        ("message-bus loses its disk: outage begins", "started"),
        ("Calls from orders to ledger time out; errors start", "started"),
        ("The token used at login expires: outage begins", "started"),
        ("API starts failing", "started"),
        ("API starts failing again", None),
        ("Rolled back; resolved", "resolved"),
        ("Back to normal since 09:00", None),
    ],
)
def test_rows_say_what_happened_whatever_things_are_called(row: str, kind: str | None) -> None:
    """Names of services and programs are no words; the words around them tell the kind of the row."""
    facts = _parse(f"# Outage\n\n## Timeline (UTC)\n\n- 2024-01-05 09:00 x\n- 2024-01-05 10:00 {row}\n")
    assert facts.incidents[0].events[1].kind == kind


def test_who_sees_more_of_a_known_incident_does_not_detect_it() -> None:
    """Once people are at work, somebody who notices errors is no detection."""
    text = (
        "# Outage 2024-01-05\n\n## Timeline\n\n- 10:00 Outage starts\n- 10:05 Ana restarts the pods\n"
        "- 10:20 Bob notices errors in the log\n"
    )
    assert _chosen(text, "started_at", "detected_at") == {
        "started_at": "2024-01-05 10:00:00",
        "detected_at": None,
    }


def test_a_time_may_end_in_a_colon() -> None:
    """`10:00: text` and `**10:00:05**: text` are rows with a time."""
    text = "# Outage 2024-01-05\n\n## Timeline\n\n- 10:00: Outage starts\n- **10:07:05**: Incident resolved\n"
    assert _chosen(text, "started_at", "resolved_at") == {
        "started_at": "2024-01-05 10:00:00",
        "resolved_at": "2024-01-05 10:07:05",
    }


def test_a_service_called_dns_is_no_network_fault() -> None:
    """The cause's category comes from what happened, not from what the service is called."""
    text = "# Outage 2024-01-05\n\nStart: 2024-01-05 10:00\n\n## Root cause\n\n{}\n"
    assert _chosen(text.format("A bug in dns made it stop."), "cause_category") == {
        "cause_category": "software-defect"
    }


@pytest.mark.parametrize(
    ("stated", "category"),
    [
        ("Configuration change", "change-configuration"),
        ("CONFIG-CHANGE", "change-configuration"),
        ("Third party", "dependency"),
        ("software bug", "software-defect"),
        ("Capacity", "capacity"),
        ("Moon phase", "Moon phase"),
    ],
)
def test_a_stated_category_is_the_taxonomys_where_it_plainly_means_one(stated: str, category: str) -> None:
    """Case, hyphens and synonyms do not matter; what means none of them stays as written."""
    text = f"# Outage\n\nStart: 2024-01-05 10:00\nRoot cause category: {stated}\n"
    assert _chosen(text, "cause_category") == {"cause_category": category}


def test_labels_in_one_paragraph_are_sections_and_facts_of_their_own() -> None:
    """Each line ends what the line above it told; a summary is prose."""
    text = (
        "# Search down (incident 7)\n\n**Date:** 2024-01-05\n**Severity:** SEV-2\n**Lead:** Ana\n"
        "**Impact:** No results for anyone.\n**Root cause:** The disk was full.\n**Status:** Resolved\n"
        "**Duration:** 10:00–11:10 UTC (1 h 10 m)\n"
    )
    expected = {
        "summary": None,
        "severity": "2",
        "impact": "No results for anyone.",
        "root_cause": "The disk was full.",
        "started_at": "2024-01-05 10:00:00",
        "resolved_at": "2024-01-05 11:10:00",
        "stated_time_to_resolve_minutes": "70",
    }
    assert _chosen(text, *expected) == expected


def test_a_list_of_labels_is_no_summary() -> None:
    """Labels under the title state fields; the first sentences are the summary."""
    text = "# Outage 2024-01-05\n\n- **Severity**: SEV1\n- **Commander**: Ana\n\nThe shop was down for all.\n"
    assert _chosen(text, "summary") == {"summary": "The shop was down for all."}


def test_values_may_stand_in_a_list_below_their_label() -> None:
    """`Services impacted:` and a list name the services."""
    text = "# Outage 2024-01-05\n\nStart: 2024-01-05 10:00\n\nServices impacted:\n\n- Shop\n- Portal\n"
    assert _chosen(text, "services") == {"services": '["Shop", "Portal"]'}


def test_dates_of_one_document_are_written_alike() -> None:
    """23/08/2024 tells how 01/08/2024 is meant; where both orders occur, nothing does."""
    text = "# Outage\n\nStart: 01/08/2024 10:00\nEnd: {} 10:00\n"
    assert _chosen(text.format("23/08/2024"), "started_at") == {"started_at": "2024-08-01 10:00:00"}
    assert _chosen(text.format("23/08/2024") + "\nPublished: 08/23/2024\n", "started_at") == {
        "started_at": None
    }


def test_times_without_zone_take_the_one_that_all_others_name() -> None:
    """When every labelled time with a zone names the same one, a bare time means it, too."""
    text = "# Outage\n\nStart: 2024-02-13 16:10 AEST\nDetected: 16:14\nResolved: 2024-02-13 17:15 AEST\n"
    assert _chosen(text, "detected_at") == {"detected_at": "2024-02-13 05:14:00"}


@pytest.mark.parametrize(
    ("sentence", "start", "end"),
    [
        ("The downtime started at 4:29PM UTC and ended at 7:27PM UTC.", "16:29", "19:27"),
        ("Between 10:00 and 10:42 UTC mail was delayed.", "10:00", "10:42"),
        ("On 5 January 2024, from 10:00 UTC to 11:00 UTC, payments failed.", "10:00", "11:00"),
        ("From 9:30 AM to 10:37 AM WAT requests failed.", "08:30", "09:37"),
    ],
)
def test_a_sentence_may_state_start_and_end(sentence: str, start: str, end: str) -> None:
    """In the opening, a span of trouble is its start and end."""
    text = f"# Outage of 5 January 2024\n\n{sentence}\n"
    assert _chosen(text, "started_at", "resolved_at") == {
        "started_at": f"2024-01-05 {start}:00",
        "resolved_at": f"2024-01-05 {end}:00",
    }


def test_a_post_is_dated_when_it_was_written_and_tells_of_another_day() -> None:
    """The day that the opening names is the incident's, not the front matter's date."""
    text = "---\ntitle: Outage postmortem\ndate: 2024-06-09\n---\n\nOn June 4, 2024 the site was down.\n"
    assert _chosen(text, "occurred_on") == {"occurred_on": "2024-06-04"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("- [PAY-76] Add a retry (Zoë Lindqvist)", ("Add a retry", "Zoë Lindqvist", "PAY-76", None, None)),
        ("- Alert on lag (PAY-3), owner: Tomasz", ("Alert on lag", "Tomasz", "PAY-3", None, None)),
        ("- Cap the pool PAY-20 @hamza", ("Cap the pool", "hamza", "PAY-20", None, None)),
        (
            "- [P1] Write it down, due 2024-02-01 — PAY-3",
            ("Write it down", None, "PAY-3", date(2024, 2, 1), "P1"),
        ),
        ("- Do PAY-12 before the release", ("Do PAY-12 before the release", None, "PAY-12", None, None)),
        ("- PAY-12", ("PAY-12", None, "PAY-12", None, None)),
        ("- Add a test — Priya", ("Add a test", "Priya", None, None, None)),
        ("- Priya to add a test", ("add a test", "Priya", None, None, None)),
        ("- Move to a new CDN — Cloudflare", ("Move to a new CDN — Cloudflare", None, None, None, None)),
        ("- Add a test — Ulla", ("Add a test", "Ulla", None, None, None)),
        ("- Add a test — Kestrel", ("Add a test — Kestrel", None, None, None, None)),
        ("- Catchword: do it\n- Golden Rule: do that", ("Catchword: do it", None, None, None, None)),
        (
            "- https://gitlab.com/a/b/-/issues/4 - Add a test",
            ("Add a test", None, None, None, None),
        ),
    ],
)
def test_a_promise_is_told_without_its_decorations(
    text: str, read: tuple[str, str | None, str | None, date | None, str | None]
) -> None:
    """Key, owner, date and priority leave the description when they were read; the quote keeps the whole."""
    item = _items(text)[0]
    assert (item.description, item.owner, item.issue_key, item.due_on, item.priority) == read
    assert item.quote == text.split("\n")[0][2:]


def test_bare_names_are_owners_where_they_are_a_habit() -> None:
    """Two promises written "Name – what" make a habit; a single one may be anything."""
    assert [(i.description, i.owner) for i in _items("- Ulla – add a test\n- Cyd – check hosts")] == [
        ("add a test", "Ulla"),
        ("check hosts", "Cyd"),
    ]


def test_headings_among_action_items_are_their_groups() -> None:
    """Detection, repair and prevention below the action items lose no item, and name their kind."""
    text = "### Detection\n\n- Look at it\n\n### Repair\n\n- Do it\n\n### Prevention\n\n- Stop it\n"
    assert [(i.description, i.kind) for i in _items(text)] == [
        ("Look at it", "detect"),
        ("Do it", "repair"),
        ("Stop it", "prevent"),
    ]


_LINES = st.sampled_from(
    [
        *("- a", "-", "- Start:", "  -", "  - b", "    - c", "  ```", "      x = 1", "> - q", "> | a | b |"),
        *("> |---|---|", "> | Start | 10:00 |", "1.", "1. **Start**:", "   - 2024-01-05 10:00", "| a | b |"),
        *("|---|---|", "| | |", "**Impact:**", "**Root cause:** x", "Services:", "", "# Outage 2024-01-05"),
        *(
            "## Timeline",
            "- 10:00: x",
            "## Action items",
            "- [ ]",
            "- Ana – x y",
            "- PAY-1",
            "key:",
            "  nested: v",
        ),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_LINES, max_size=30).map("\n".join))
def test_any_nesting_is_read_without_raising(text: str) -> None:
    """Empty items, code in lists, tables in quotes: the document has a kind, and one chosen row per field."""
    facts = _parse(text)
    for incident in facts.incidents:
        chosen = [row.field for row in incident.evidence if row.is_chosen]
        assert len(chosen) == len(set(chosen))
    assert (facts.kind == "postmortem") == bool(facts.incidents)


_POST = "---\ntitle: {0}\ndate: {1}\nresolvedWhen: {2}\nresolved: true\n---\n\n{3}\n"


@pytest.mark.parametrize(
    ("sentence", "minutes"),
    [
        ("The outage lasted 90 minutes.", "90"),
        ("During the planned upgrade the disruption lasted 90 minutes.", "90"),
        ("On 3 May the orders desk had an outage of 90 minutes.", "90"),
        ("A downtime of about 90 minutes is expected.", None),
        ("We expect a downtime of 90 minutes.", None),
        ("The worst case is an outage of 90 minutes, the time to go back.", None),
        ("The disruption is expected to last 90 minutes.", None),
        ("There may be a disruption of 90 minutes.", None),
    ],
)
def test_a_length_foreseen_is_none_stated(sentence: str, minutes: str | None) -> None:
    """What a sentence expects or fears states no duration; what it says was does."""
    text = f"# Till outage 2024-05-03\n\n## Summary\n\nThe tills of Kestrel Foods were slow. {sentence}\n"
    assert _chosen(text, "stated_time_to_resolve_minutes") == {"stated_time_to_resolve_minutes": minutes}


def test_a_sentence_on_a_part_is_not_the_length_of_the_whole() -> None:
    """Where the form's times give far more than a sentence says, the sentence speaks of a part."""
    times = "2024-05-02T17:00:00Z", "2024-05-03T18:30:00Z"
    story = "The key of the vault expired. There was a disruption of nearly 5 min on the shop at noon."
    whole = "The key of the vault expired. The outage lasted 25 hours."
    name = "stated_time_to_resolve_minutes"
    assert _chosen(_POST.format("Vault key expired", *times, story), name) == {name: None}
    assert _chosen(_POST.format("Vault key expired", *times, whole), name) == {name: "1500"}


def test_no_account_is_published_before_what_it_tells() -> None:
    """A date of publication days before the end is left out, with a finding; one of the same day is kept."""
    times = "**Started**: 2024-03-05 10:00\n\n**Resolved**: 2024-03-05 11:00\n"
    story = f"---\ndate: {{}}\n---\n# Lift outage\n\n{times}"
    early, same = story.format("2024-02-01"), story.format("2024-03-05")
    assert _chosen(early, "published_at", "resolved_at") == {
        "published_at": None,
        "resolved_at": "2024-03-05 11:00:00",
    }
    assert [(f.rule, f.line) for f in _parse(early).findings if f.rule.startswith("published")] == [
        ("published_before_end", 2)
    ]
    assert _chosen(same, "published_at") == {"published_at": "2024-03-05 00:00:00"}
    notice = early.replace("Lift outage", "Planned maintenance of the lift")
    assert _chosen(notice, "is_planned", "published_at") == {
        "is_planned": "true",
        "published_at": "2024-02-01 00:00:00",
    }


def test_a_stated_time_to_detect_tells_which_alert_counted() -> None:
    """Counted from the timeline's first row, it points at one of two alerts; how it was seen follows it."""
    text = (
        "# Ticket shop down\n\n**Time to detect**: {}\n\n## Timeline\n\n"
        "- 2024-01-20 15:36 Token of the shop runs out\n"
        "- 2024-01-20 16:02 Customer reports that the shop is down\n"
        "- 2024-01-20 16:30 Alert fires: the shop is down\n"
    )
    names = "detected_at", "detection_method"
    assert _chosen(text.format("54 minutes"), *names) == {
        "detected_at": "2024-01-20 16:30:00",
        "detection_method": "alert",
    }
    assert _chosen(text.format("26 minutes"), *names) == {
        "detected_at": "2024-01-20 16:02:00",
        "detection_method": "customer",
    }
    close = text.replace("16:30", "16:03")
    assert _chosen(close.format("27 minutes"), "detected_at") == {"detected_at": "2024-01-20 16:03:00"}


def test_a_line_that_only_points_elsewhere_is_no_summary() -> None:
    """A label with nothing but an address behind it is left out of the account."""
    text = (
        "# Outage 2024-01-05\n\n## Summary\n\n- The gate refused every badge of the north site.\n"
        "- Thread of the first calls: https://chat.example.com/archives/C1/p2\n"
    )
    assert _chosen(text, "summary") == {"summary": "- The gate refused every badge of the north site."}


def test_a_summary_is_words_and_whole_lists() -> None:
    """Marks, links alone and pictures are left out; a list that a sentence announces belongs to it."""
    text = (
        "---\ntitle: Depot gates outage\ndate: 2024-01-05\n---\n\n[OPS-7](https://tracker.example.org/7)\n\n"
        "[Final message]\n\nThe gates of the depot are open again.\n\n[Board](https://board.example.org)\n"
        "[Chat](https://chat.example.org)\n\n---\n\n[Initial message]\n\nThese gates did not open:\n\n"
        "- North gate\n- South gate\n\nThe whole story is here:\n\n[OPS-7](https://tracker.example.org/7)\n"
    )
    assert _chosen(text, "summary") == {
        "summary": "The gates of the depot are open again.\nThese gates did not open:\n"
        "- North gate\n- South gate"
    }


def test_two_plain_phrases_of_one_story_leave_the_cause_open() -> None:
    """A single phrase of a summary makes no category where another of it is as plain; alone it does."""
    head = "# Queue outage 2024-01-05\n\n## Summary\n\n"
    told = head + "{}Starvation of addresses resulted in an outage of queues.\n"
    rival = "An accidental command emptied the queue. "
    assert _chosen(told.format(""), "cause_category") == {"cause_category": "capacity"}
    assert _chosen(told.format(rival), "cause_category") == {"cause_category": None}


def test_a_label_that_ends_a_list_heads_what_stands_below_it() -> None:
    """A list may end in "* Timeline:" and go on below with other marks: the rows are the timeline's."""
    text = (
        "# Heron mail outage\n\n"
        "* Duration: March 4, 2024 2:00 PM UTC - March 4, 2024 3:00 PM UTC\n"
        "* Impact: Nobody could send mail.\n"
        "* Timeline:\n"
        "- 2:00 PM: The issue was detected by an alert of the monitoring system.\n"
        "- 2:20 PM: The spool was moved.\n\n"
        "* Root cause:\n\n"
        "The spool disk was full.\n\n"
        "* Corrective measures:\n\n"
        "To prevent this we need:\n"
        "- Add an alert on the spool\n"
        "- Clean the spool every night\n"
    )
    assert _chosen(text, "started_at", "detected_at", "resolved_at", "root_cause") == {
        "started_at": "2024-03-04 14:00:00",
        "detected_at": "2024-03-04 14:00:00",
        "resolved_at": "2024-03-04 15:00:00",
        "root_cause": "The spool disk was full.",
    }
    incident = _parse(text).incidents[0]
    assert [event.text for event in incident.events] == [
        "The issue was detected by an alert of the monitoring system.",
        "The spool was moved.",
    ]
    assert [item.description for item in incident.action_items] == [
        "Add an alert on the spool",
        "Clean the spool every night",
    ]


def test_nothing_ends_in_the_first_row_and_going_on_to_ack_is_no_acknowledgement() -> None:
    """The first row of a timeline tells how things were; only who acknowledges has acknowledged."""
    text = (
        "# Outage of the relay, 2024-03-04\n\n## Timeline (UTC)\n\n"
        "- 14:00 The cache is flushed; relay cluster healthy.\n"
        "- 14:10 The adapter serves stale work while continuing to ack.\n"
        "- 14:30 The relay cluster recovered.\n"
    )
    assert _chosen(text, "acknowledged_at", "mitigated_at") == {
        "acknowledged_at": None,
        "mitigated_at": "2024-03-04 14:30:00",
    }


def test_a_state_in_the_column_of_owners_is_nobody() -> None:
    """ "Done" among the owners says nothing of who did it."""
    items = _items(
        "| Item | Owner | Status |\n|---|---|---|\n| Add a probe | Done | Done |\n| Move it | SRE | Open |"
    )
    assert [(item.description, item.owner, item.is_marked_done) for item in items] == [
        ("Add a probe", None, True),
        ("Move it", "SRE", False),
    ]


def test_a_sentence_behind_the_affected_services_names_none() -> None:
    """What is said behind the names, as which services stayed up, is no list of affected ones."""
    text = (
        "# Chat outage 2024-03-04\n\n**Severity**: SEV2\n\n"
        "**Services affected**: Chat bridge (rooms, calls). Mail, calendar and search were not affected.\n\n"
        "## Timeline\n\n- 14:00 Outage starts\n"
    )
    assert _chosen(text, "services") == {"services": '["Chat bridge"]'}


def test_read_me_is_no_title() -> None:
    """A heading "README" above the document's own says where it stood."""
    told = "Mail was down.\n\n## Timeline\n\n- 14:00 Outage starts\n"
    text = f"## README\n\n# Heron mail outage, 4 March 2024\n\n{told}"
    assert _parse(text).title == "Heron mail outage, 4 March 2024"
