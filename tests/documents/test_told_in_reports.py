"""What reports of many houses state in passing, and what speaks against what they seem to state."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import DocumentFacts, Reading

TODAY = date(2026, 1, 1)


def _parse(text: str, path: str = "x.md") -> DocumentFacts:
    return parse_document(text, path, Reading(today=TODAY))


def _chosen(text: str, *names: str, path: str = "x.md") -> list[str | None]:
    facts = _parse(text, path)
    assert facts.kind == "postmortem", facts
    values = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    return [values.get(name) for name in names]


def _rules(text: str, path: str = "x.md") -> set[str]:
    return {finding.rule for finding in _parse(text, path).findings}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("First failed card payments.", "started"),
        ("The ticket printer service goes offline after the patch", "started"),
        ("We noticed the ticket printer went offline", "detected"),
        ("The edge server went down", "started"),
        ("Alert: high rate of system crashes", "detected"),
        ("All services hosted in the west region became inaccessible", "started"),
        ("First on-call alert issued", "detected"),
        ("First customer-reported case: an invoice is missing", "detected"),
        ("I was notified by a user", "detected"),
        ("The monitoring system reported 500 errors", "detected"),
        ("Manual testing reveals an outage", "detected"),
        ("Incoming report that members cannot log in", "detected"),
        ("Noticed the nightly pipeline was red", "detected"),
        ("Decided to treat it as an incident", "declared"),
        ("New proxy brought online, restoring service", "mitigated"),
        ("We are trying a reboot, restoring service as soon as possible", None),
        ("With no human intervention the application became available again", "mitigated"),
        ("Back online", "mitigated"),
        ("Monitoring complete; incident closed", "resolved"),
    ],
)
def test_rows_say_in_many_words_what_happened(row: str, kind: str | None) -> None:
    """A row has the kind that its words state; what is only supposed, tried or named in passing has none."""
    text = f"# Outage of 5 May 2024\n\n## Timeline\n\n- 10:00 A patch is rolled out\n- 10:05 {row}\n"
    assert [event.kind for event in _parse(text).incidents[0].events][1] == kind


def test_what_is_reported_after_the_declaration_was_detected_before() -> None:
    """A later report is neither the detection nor says who found it."""
    text = (
        "# Outage of 5 May 2024\n\n## Timeline\n\n- 10:00 Incident declared\n"
        "- 10:37 First reports of users arrive\n- 11:11 Incident resolved\n"
    )
    names = ("declared_at", "detected_at", "detection_method", "resolved_at")
    assert _chosen(text, *names) == ["2024-05-05 10:00:00", None, None, "2024-05-05 11:11:00"]


@pytest.mark.parametrize(
    ("sentence", "start", "minutes"),
    [
        ("On 5 May 2024, between 07:42 and 09:19 UTC, drivers could not start tours.", "07:42", None),
        ("For 17 minutes between 13:58 and 14:15 on 5 May 2024 orders failed.", "13:58", "17"),
        ("For roughly 4 hours (08:00 UTC - 12:00 UTC) on 5 May 2024 mail was slow.", "08:00", "240"),
        ("Between 4am-7am UTC on 5 May 2024 we had an outage.", "04:00", None),
        ("On 5 May 2024 there was approximately 79 minutes of partial availability.", None, "79"),
        ("On 5 May 2024 we had 53 minutes of downtime and 20 minutes of degraded service.", None, None),
        ("On 5 May 2024 a job failed. For 10 minutes from 08:00 each day it is slow.", None, None),
        ("On 5 May 2024 the outage could last between 10:00 and 11:00 at worst.", None, None),
    ],
)
def test_an_opening_sentence_states_a_span_or_a_length(
    sentence: str, start: str | None, minutes: str | None
) -> None:
    """Of this incident, once; what comes again, or stands beside another length, states none."""
    text = f"# Postmortem: tours\n\n## Summary\n\n{sentence}\n\n## Root cause\n\nA full disk.\n"
    found = _chosen(text, "started_at", "stated_time_to_resolve_minutes")
    assert found == [f"2024-05-05 {start}:00" if start else None, minutes]


def test_a_labelled_summary_states_what_its_sentences_do() -> None:
    """The words behind "Summary:" are read as those below a heading of that name."""
    text = (
        "# Postmortem 7\n\n**Date:** 2024-05-05\n\n**Summary:** For about 1 hour (19:00 UTC - 20:00 UTC) "
        "pairing was unusable.\n\n**Root causes:** Too many phones at once.\n"
    )
    assert _chosen(text, "started_at", "resolved_at", "stated_time_to_resolve_minutes") == [
        "2024-05-05 19:00:00",
        "2024-05-05 20:00:00",
        "60",
    ]


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ("On 5 May 2024 at 1pm EST the shop slowed down.", "2024-05-05 17:05:00"),
        ("On 5 May 2024 at 1pm EST, which is 7pm CEST, the shop slowed down.", "2024-05-05 13:05:00"),
        ("All times in IST. The shop slowed down on 5 May 2024.", None),
    ],
)
def test_rows_without_a_zone_mean_the_one_that_is_told(head: str, at: str | None) -> None:
    """The only zone of the sentences above holds for the rows; an unclear one leaves them without a time."""
    text = f"# Postmortem: shop\n\n## Timeline\n\n{head}\n\n- 13:05 Alert fires\n- 14:05 Shop is back\n"
    told = f"# Postmortem: shop\n\n## Summary\n\n{head}\n\n## Timeline\n\n- 13:05 Alert fires\n- 14:05 x\n"
    assert _chosen(text if at is None else told, "detected_at") == [at]


def test_a_day_months_off_what_all_else_says_states_nothing() -> None:
    """A mistyped month over the timeline decides neither the day nor a time; it is told."""
    text = (
        "---\ntitle: Workers hang\ndate: 2024-10-10\n---\n\n## Summary\n\nOn Oct 10, 2024 workers hung.\n\n"
        "## Timeline\n\n### 2024-05-09 10:45\n\nThe outage begins.\n\n### 12:30\n\nThe incident is over.\n"
    )
    names = ("occurred_on", "started_at", "resolved_at")
    assert _chosen(text, *names, path="2024-10-10-workers.md") == ["2024-10-10", None, None]
    assert "timeline_date_contradicted" in _rules(text, "2024-10-10-workers.md")


def test_a_labelled_day_wins_over_what_led_up_to_it() -> None:
    """The timeline may begin the day before; the label and the start say which day it was."""
    text = (
        "# Cluster down\n\n**Date**: 2024-05-05\n\n## Timeline\n\n- 2024-05-04\n  - 04:16 A test fails\n"
        "  - 18:30 We call it a day\n- 2024-05-05\n  - 09:50 All machines restart\n  - 12:09 Proxy replaced\n"
    )
    assert _chosen(text, "occurred_on") == ["2024-05-05"]


def test_a_time_whose_end_says_pm_by_mistake_is_taken_as_written() -> None:
    """ "02:00 and 02.30 PM" above 06:10 is two in the morning; else every row below would be a day late."""
    text = (
        "# Outage of 2024-05-05\n\n## Timeline\n\n### 2024-05-05 Between 02:00 and 02.30 PM\n\nMerged.\n\n"
        "### 06:10\n\nA ticket.\n\n### 07:45\n\nA fix.\n\n### 12:33\n\nThe outage is over.\n"
    )
    events = _parse(text).incidents[0].events
    assert [f"{event.at:%d %H:%M}" for event in events if event.at] == [
        "05 02:00",
        "05 06:10",
        "05 07:45",
        "05 12:33",
    ]


def test_a_line_of_running_text_that_opens_with_a_time_is_no_row() -> None:
    """Soft line breaks put times anywhere; only a line after a full stop begins anew."""
    text = (
        "# Name outage on 2024-05-05\n\nOn Sunday, 2024-05-05 at 09:15 UTC, we changed records\nof the zone "
        "and names failed. Slowly they came back and\nby 9:40 UTC traffic was as before.\n"
    )
    assert _parse(text).incidents[0].events == ()


def test_rows_at_the_end_of_lessons_are_a_timeline() -> None:
    """In plain text the last section runs on into the times."""
    text = (
        "Date: 2024-05-05\nAuthors: Ana Bell\nSummary: The search was down.\nRoot cause: A full "
        "disk.\nWhere we got lucky\n"
        "•\tIt was Sunday\n•\t14:54 OUTAGE BEGINS\n•\t14:55 Alert fires\n•\t14:58 Ana looks\n"
        "•\t15:01 Ana declares an incident\n"
    )
    assert _chosen(text, "started_at", "detected_at", "declared_at") == [
        "2024-05-05 14:54:00",
        "2024-05-05 14:55:00",
        "2024-05-05 15:01:00",
    ]


@pytest.mark.parametrize(
    ("label", "field", "value"),
    [
        ("**Author**: Ana Bell, Head of Engineering", "authors", '["Ana Bell"]'),
        ("**Authors**: Ana Bell, Bo Li", "authors", '["Ana Bell", "Bo Li"]'),
        ("**Severity**: Sev 1 (two tenants, partly degraded)", "severity_label", "Sev 1"),
        ("**Severity**: P1 (Critical)", "severity_label", "P1 (Critical)"),
        ("**Date / Duration**: 2024-05-05 03:07–04:02 UTC (55 min)", "stated_time_to_resolve_minutes", "55"),
        ("**Date and Time**: Sun, 05 May 2024 09:08:02 GMT", "started_at", "2024-05-05 09:08:02"),
        ("**Affected Services/Systems**: Ledger, Mail", "services", '["Ledger", "Mail"]'),
        (
            "**Duration**: The outage occurred from May 5, 2024, 10:00 AM UTC to May 5, 2024, 2:30 PM UTC",
            "resolved_at",
            "2024-05-05 14:30:00",
        ),
    ],
)
def test_labels_with_more_than_their_value(label: str, field: str, value: str) -> None:
    """What stands beside a value is not part of it, and one label may ask for two things."""
    text = f"# Outage of 5 May 2024\n\n{label}\n\n## Root cause\n\nA full disk.\n"
    assert _chosen(text, field) == [value]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("# 🔥 Search is down 🔥", "Search is down"),
        ("Title: Search outage in the west", "Search outage in the west"),
        (
            "---\npost_title: The search outage of May 5th\npost_date: 2024-05-09\n---",
            "The search outage of May 5th",
        ),
        ("# Exercise 3\n\n# Postmortem: search outage", "Postmortem: search outage"),
        ("<<<<<<< HEAD\n# Search outage\n=======\n# Search outage\n>>>>>>> 5d25ca3", "Search outage"),
    ],
)
def test_titles_in_their_wrappings(head: str, title: str) -> None:
    """Marks, labels and leavings around a title are not part of it."""
    text = f"{head}\n\nOn 5 May 2024 the search was down for 20 minutes.\n\n## Root cause\n\nA full disk.\n"
    assert _chosen(text, "title") == [title]


def test_a_blog_is_dated_when_it_was_written() -> None:
    """The day in the title, with its year from the publication, is that of its times."""
    text = (
        "---\npost_title: The search outage on May 5th\npost_date: 2024-05-09\n---\n\nThe search failed. At "
        "07:30 UTC the team became aware of the outage.\n\n## Root cause\n\nA full disk.\n"
    )
    names = ("occurred_on", "detected_at", "published_at")
    assert _chosen(text, *names, path="2024-05-09-the-search-outage.md") == [
        "2024-05-05",
        "2024-05-05 07:30:00",
        "2024-05-09 00:00:00",
    ]


def test_an_unknown_cause_has_no_category() -> None:
    """What is told after "we did not figure out the root cause" are guesses."""
    cause = (
        "We did not figure out the root cause. Before the upgrade a deployment of a new version had failed."
    )
    text = f"# Outage of 5 May 2024\n\n## Root cause\n\n{cause}\n\n## Timeline\n\n- 10:00 Outage begins\n"
    assert _chosen(text, "cause_category") == [None]


@pytest.mark.parametrize(
    ("section", "count"),
    [
        ("## Remediation\n\n- Paused the worker\n\n## Follow-ups\n\n- [ ] Alert on expiry", 1),
        ("## Remediation\n\n- Alert on expiry\n- Test the renewal", 2),
        ("## First attempt\n\n_Steps_:\n\n1. Purge all releases\n2. Restart the proxy", 0),
        ("## What we're doing differently\n\n- We will alert on expiry", 1),
        ("## Follow-up timeline\n\n- 20:16 A user writes\n- 20:20 Ana answers", 0),
    ],
)
def test_what_was_done_is_no_promise(section: str, count: int) -> None:
    """Steps, repairs and later events are not action items; intentions under any heading are."""
    text = f"# Outage of 5 May 2024\n\n## Timeline\n\n- 10:00 Outage begins\n\n{section}\n"
    assert len(_parse(text).incidents[0].action_items) == count


def test_initials_of_those_who_met_own_items() -> None:
    """ "[AB]" behind an item is Ana Bell, who attended."""
    text = (
        "# Outage of 5 May 2024\n\n| Date | 2024-05-13 |\n|---|---|\n| Attendance: | Ana Bell, Bo Li-Wu |\n\n"
        "## Timeline\n\n- 10:00 Outage begins\n\n## Actions\n\n- Move the reports [AB]\n- Buy a page [BLW]\n"
    )
    assert [item.owner for item in _parse(text).incidents[0].action_items] == ["AB", "BLW"]


@pytest.mark.parametrize(
    ("detection", "method"),
    [
        ("The issue was detected manually when looking at the board.", "staff"),
        ("Found via the metric `runs_total`.", "alert"),
        ("Nobody was alerted.", None),
    ],
)
def test_the_row_says_who_found_it_where_the_section_does_not(detection: str, method: str | None) -> None:
    """A section that names no finder leaves it to the timeline; one that denies an alert does not."""
    text = (
        f"# Outage of 5 May 2024\n\n## Detection\n\n{detection}\n\n## Timeline\n\n- 10:00 Outage begins\n"
        "- 10:05 Alert fires: queue is full\n"
    )
    assert _chosen(text, "detection_method") == [method]


def test_the_summary_may_name_the_level_and_who_was_charged() -> None:
    """ "This SEV-2 incident", and people counted by what happened to them."""
    text = (
        "# Outage of 5 May 2024\n\n## Summary\n\nThis SEV-2 incident hit billing. 6 customers were "
        "undercharged."
        "\n\n## Timeline\n\n- 10:00 Outage begins\n"
    )
    assert _chosen(text, "severity_label", "severity", "affected_user_count") == ["SEV-2", "2", "6"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "# v2.x upgrade RCA\n\n**Date**: 5 May 2024\n\n## Timeline\n\n- 5 May 2024, 13:00 UTC: chain "
            "halts\n"
            "- 5 May 2024, 17:45 UTC: chain resumes\n",
            "postmortem",
        ),
        (
            "# Draft: the great name outage\n\nLearning from a 6-hour outage.\n\n## Outline\n\n"
            "1. Overview: 6-hour outage\n2. Root cause: a change\n",
            "not_a_postmortem",
        ),
        (
            "# Executive summary\n\nOn 2024-05-05 the cart failed and was restored.\n\n## "
            "Impact\n\nShoppers saw "
            "errors; carts were lost.\n\n## Root causes\n\nA rule was deployed that caused aborts.\n\n"
            "## Detection\n\nIt was reported by users.\n\n## Timeline\n\nDay: **YYYY-MM-DD**\n\n"
            "* `HH:MM:SS`: {Description}\n* `HH:MM:SS`: {Description}\n",
            "postmortem",
        ),
    ],
)
def test_accounts_told_from_plans_and_forms(text: str, kind: str) -> None:
    """A version in the title, or one part of the form left blank, makes an account no less one."""
    assert _parse(text).kind == kind


def test_workflows_of_this_repository_are_no_text_about_texts() -> None:
    """Only what a repository holds makes a text one about others."""
    text = (
        "# Incident Report: Build Farm Outage\n\n**Date:** 2025-03-02\n"
        "**Duration:** ~5 hours (approximately 19:00 – 00:15 UTC)\n\n## Executive Summary\n\n"
        "The build farm had an outage, and jobs in this repository failed to start.\n\n## Timeline (UTC)\n\n"
        "| Time | Event |\n|---|---|\n| 19:00 | Jobs began failing |\n| 19:20 | We checked the status |\n"
    )
    names = ("started_at", "resolved_at", "stated_time_to_resolve_minutes")
    assert _chosen(text, *names) == ["2025-03-02 19:00:00", "2025-03-03 00:15:00", "300"]
    about = (
        "# Outages\n\nThis repository holds our reports of outages since 2025-03-02.\n\n- Cause: see each.\n"
    )
    assert _parse(about).kind != "postmortem"
    listed = about.replace("This repository holds reports", "The reports in this repository tell")
    assert _parse(listed).kind != "postmortem"


def test_image_above_a_list_hides_it_not() -> None:
    """Neither an image nor four blanks turn words into what is not read."""
    text = (
        "# Incident report: expired certificate\n\n  ### Summary\n"
        "    On 3 June 2024 the certificate of the shop expired, resulting in an outage that lasted for two"
        " hours from 14:00 to 16:00 UTC.\n\n"
        '### Timeline\n<img src="./clock.gif" width="80%">\n'
        "- 14:00 UTC - Customers complained that the shop was unreachable.\n"
        "- 16:00 UTC - The new certificate was installed, restoring the shop.\n"
    )
    names = ("started_at", "detected_at", "occurred_on", "stated_time_to_resolve_minutes")
    assert _chosen(text, *names) == ["2024-06-03 14:00:00", "2024-06-03 14:00:00", "2024-06-03", "120"]
    assert len(_parse(text).incidents[0].events) == 2


def test_code_below_a_heading_stays_code() -> None:
    """Output that stands indented below its heading tells no day and no cause."""
    text = (
        "# Outage of the shop on 3 June 2024\n\n## Summary\n\nThe shop was down.\n\n## Root cause\n\n"
        "    Traceback of 2023-01-01 10:00 worker failed with an error in line 12 of pool.py;\n"
    )
    assert _chosen(text, "occurred_on", "root_cause") == ["2024-06-03", None]


@pytest.mark.parametrize(
    ("sentence", "start", "end"),
    [
        ("The key expired, causing an outage from 10:20 to 11:00 UTC.", "10:20", "11:00"),
        ("The pool was resized, resulting in a full outage between 10:20 and 11:00 UTC.", "10:20", "11:00"),
        ("The pool was resized from 10:20 to 11:00 UTC, resulting in an outage.", None, None),
        ("The pool was resized, causing support to work from 10:20 to 11:00 UTC.", None, None),
    ],
)
def test_span_of_an_outcome(sentence: str, start: str | None, end: str | None) -> None:
    """A span behind the outcome is the outage's, one before it the cause's."""
    text = (
        f"# Outage of the shop on 2024-06-03\n\n## Summary\n\n{sentence}\n\n"
        "## Root cause\n\nThe pool was too small.\n"
    )
    told = [at and f"2024-06-03 {at}:00" for at in (start, end)]
    assert _chosen(text, "started_at", "resolved_at") == told


def test_timeline_told_in_sentences() -> None:
    """Times that end their sentences are read in a timeline, too."""
    text = (
        "# Outage of the fleet map, March 4, 2024\n\n## Timeline\n\n"
        "At 9:10 UTC, a campaign began. New requests began failing. "
        "The on-call engineer was paged at 9:45 UTC. Full service was restored at about 15:10 UTC.\n\n"
        "## Root cause\n\nThe pool was too small.\n"
    )
    assert _chosen(text, "detected_at", "mitigated_at") == ["2024-03-04 09:45:00", "2024-03-04 15:10:00"]


def test_day_out_of_the_month_that_the_title_names() -> None:
    """What was announced for another month is not the incident's day."""
    text = (
        '---\ntitle: "Shop outage post-mortem: October 2024"\ndate: 2024-10-09\n---\n\n'
        "The supplier had announced the change for 30 September 2024.\n\n"
        "At 16:30 UTC on Thursday 3 October the shop broke and was down for users.\n\n"
        "## Root cause\n\nThe address had changed.\n"
    )
    assert _chosen(text, "occurred_on") == ["2024-10-03"]


@pytest.mark.parametrize(
    ("state", "is_done"), [("🔄 Planned", False), ("🟢 Done", True), ("✅ Done", True), ("⏳ Waiting", False)]
)
def test_state_behind_a_sign_of_its_own(state: str, is_done: bool) -> None:
    """A sign that means nothing by itself leaves the words their say."""
    text = (
        "# Shop outage on 2024-06-03\n\n## Root cause\n\nThe pool was too small.\n\n## Action items\n\n"
        f"| Action | Status |\n|---|---|\n| Add an alert on the pool | {state} |\n"
    )
    assert [item.is_marked_done for item in _parse(text).incidents[0].action_items] == [is_done]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("Users began reporting trouble on the forum", "detected"),
        ("Automated monitors blare the alarm over a surge", "detected"),
        ("The first issues with names are reported", "detected"),
        ("The team began reporting hourly to the board", None),
    ],
)
def test_who_began_to_report(row: str, kind: str | None) -> None:
    """Reports that begin, and alarms that sound, detect; what a team does itself while at work does not."""
    text = f"# Outage of 5 May 2024\n\n## Timeline\n\n- 10:00 UTC {row}.\n- 11:00 UTC Incident resolved.\n"
    assert _parse(text).incidents[0].events[0].kind == kind


def test_report_of_a_response_is_an_account() -> None:
    """A response report tells of an incident, a response plan of none."""
    text = (
        "# Incident Response Report: supplier\n\n## Summary\n\nA supplier broke all forms, which failed"
        " until repaired.\n\n## Timeline\n\n### July 22, 2025\n\n- 12:30 PM: Last form recorded\n\n"
        "### September 10, 2025\n\n- 9:00 AM: Investigation began\n- 10:30 AM: The supplier was asked\n"
        "- 5:00 PM: Issue resolved\n\n## Root cause\n\nThe supplier changed its policy.\n"
    )
    names = ("occurred_on", "resolved_at")
    path = "2025-07-23-forms.md"
    assert _chosen(text, *names, path=path) == ["2025-07-22", "2025-09-10 17:00:00"]
    plan = text.replace("Response Report", "Response Plan")
    assert _parse(plan, path).kind != "postmortem"


def test_span_across_a_date_and_a_comma() -> None:
    """The date of the start may stand between both ends, with a comma behind."""
    text = (
        "# Outage of the shop\n\n- **Duration**: It lasted from 08:00 AM UTC on May 22, 2024, to 10:30 AM"
        " UTC on the same day.\n\n## Root cause\n\nThe pool was too small.\n"
    )
    ends = ["2024-05-22 08:00:00", "2024-05-22 10:30:00"]
    assert _chosen(text, "started_at", "resolved_at") == ends


def test_first_span_is_the_outage() -> None:
    """What was lost in passing, told further on, is not how long the outage was."""
    text = (
        "# Outage of 21 February 2024\n\n"
        "A faulty migration prevented all customers from using the shop from 05:01 to 17:05 UTC.\n\n"
        "Five minutes of orders were lost while the database was offline from 04:50 to 04:56 UTC.\n\n"
        "## Root cause\n\nThe migration ran against the wrong database.\n"
    )
    ends = ["2024-02-21 05:01:00", "2024-02-21 17:05:00"]
    assert _chosen(text, "started_at", "resolved_at") == ends


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("AI-001 — Tracking ticket: https://tickets.example.com/1", 1),
        ("Issue: the pool has no alert; add one", 2),
    ],
)
def test_line_that_only_says_where_something_is_tracked(line: str, count: int) -> None:
    """A ticket alone promises nothing new."""
    text = (
        "# Shop outage on 2024-06-03\n\n## Root cause\n\nThe pool was too small.\n\n## Action items\n\n"
        f"| ID | Title |\n|---|---|\n| AI-001 | Add a check of the pool's limit |\n\n- {line}\n"
    )
    assert len(_parse(text).incidents[0].action_items) == count


def test_a_bare_time_is_not_given_the_day_of_a_report_written_later() -> None:
    """The title bears the day of writing, the account another: a time without a date may be of either."""
    text = (
        "# 2024-04-21 Incident report: uploads fail\n\nOn March 14th 2024 (well before it was written)"
        " uploads failed; a fix had gone out on March 11th.\n\n## Impact\n\nNobody could upload anything. The"
        " incident was resolved at 10:24 UTC.\n"
    )
    (incident,) = parse_document(text, "x.md", Reading(today=date(2026, 1, 1))).incidents
    assert "resolved_at" not in {row.field for row in incident.evidence if row.is_chosen}
