"""Spans, lengths, starts and ends as sentences and labels tell them, and sentences that tell none."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from pipeline.documents.timelines.event_kinds import event_kind

TIMES = ("started_at", "detected_at", "mitigated_at", "resolved_at")
LENGTHS = ("stated_time_to_resolve_minutes", "customer_impact_minutes")


def _chosen(text: str, names: tuple[str, ...]) -> dict[str, str]:
    facts = parse_document(text, "x.md", Reading(today=date(2026, 1, 1)))
    assert facts.kind == "postmortem", facts
    return {
        row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen and row.field in names
    }


def _told(told: str, names: tuple[str, ...]) -> dict[str, str]:
    """What a report with a dated title reads from the text below its title."""
    text = f"# Outage of the ferry shop on 2024-06-03\n\n{told}\n\n## Root cause\n\nThe pool was too small.\n"
    return {name: value.removeprefix("2024-06-03 ") for name, value in _chosen(text, names).items()}


@pytest.mark.parametrize(
    ("value", "start", "end", "minutes"),
    [
        ("The failure occurred on June 3rd, 2024, from 10:30 AM to 12:00 PM UTC (1 hour 30 minutes).",
         "10:30", "12:00", "90"),
        ("The outage persisted for two hours, commencing at 10:00 AM and concluding at 12:00 PM on June 3,"
         " 2024 (UTC timezone).", "10:00", "12:00", "120"),
        ("The incident started at 09:10 UTC and was resolved at 09:50 UTC.", "09:10", "09:50", None),
        ("The outage began at 09:10 and ended at 09:50 on 3 June 2024.", "09:10", "09:50", None),
        ("The disruption lasted from 7:05 AM until 8:15 AM UTC.", "07:05", "08:15", None),
        ("It lasted from 08:00 AM UTC on June 3, 2024, to 10:30 AM UTC that day.", "08:00", "10:30", None),
        ("Between 14:10 and 14:55 (UTC) the booking page was unavailable.", "14:10", "14:55", None),
        ("14:10 – 14:55 UTC (45 minutes)", "14:10", "14:55", "45"),
        ("approximately 45 minutes (10:15 - 11:00)", "10:15", "11:00", "45"),
        ("about 1 hour (from 10:15 to 11:15 UTC)", "10:15", "11:15", "60"),
        ("~2 hours (between 10:00 and 12:00 UTC)", "10:00", "12:00", "120"),
        ("40 minutes (started 10:15 UTC → resolved 10:55 UTC)", "", "", "40"),
        ("40 minutes (10:15 UTC started → 10:55 UTC resolved)", "10:15", "10:55", "40"),
        ("The outage lasted for 25 minutes.", "", "", "25"),
        ("Up to 30 minutes for each customer.", "", "", None),
        ("45 minutes (support hours: 09:00-17:00)", "", "", "45"),
        ("The outage would have lasted from 10:00 to 12:00 had nobody looked.", "", "", None),
        ("Each restart took the shop down between 10:00 and 10:05.", "", "", None),
        ("The drill ran well and the runbook of 10:00 was followed until 11:00.", "", "", None),
    ],
)  # fmt: skip
def test_a_duration_tells_its_span(value: str, start: str, end: str, minutes: str | None) -> None:
    """The span and the length that the value of a duration tells; a bound, a habit or a window tells none."""
    expected = {"started_at": f"{start}:00", "resolved_at": f"{end}:00"} if start else {}
    expected |= {"stated_time_to_resolve_minutes": minutes} if minutes else {}
    told = _told(f"## Issue summary\n\n- **Duration**: {value}\n", (*TIMES, *LENGTHS))
    assert told == expected


def test_a_detection_may_begin_the_span() -> None:
    """A time is what the word behind it says."""
    told = _told("- **Duration**: ~6 hours (07:05 UTC detected → ~13:30 UTC resolved)\n", TIMES)
    assert told == {"detected_at": "07:05:00", "resolved_at": "13:30:00"}


def test_a_date_told_in_the_duration_serves_the_timeline() -> None:
    """Rows without a date are of the day that the duration tells."""
    text = (
        "# Ferry shop postmortem\n\n## Issue summary\n\nDuration: The outage persisted for two hours,"
        " commencing at 10:00 AM and concluding at 12:00 PM on June 3, 2024 (UTC).\n\n"
        "## Timeline\n\n- 10:02 AM: Anomaly detected by probes\n- 12:00 PM: Service restoration achieved\n\n"
        "## Root cause\n\nThe pool was too small.\n"
    )
    assert _chosen(text, TIMES) == {
        "started_at": "2024-06-03 10:00:00",
        "detected_at": "2024-06-03 10:02:00",
        "mitigated_at": "2024-06-03 12:00:00",
        "resolved_at": "2024-06-03 12:00:00",
    }


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("At approximately 16:50 UTC, one of the main servers went belly-up.", {"started_at": "16:50:00"}),
        ("At about 16:50 UTC the link to the harbour went down.", {"started_at": "16:50:00"}),
        ("Around 11:40 UTC, the university lost access to the internet.", {"started_at": "11:40:00"}),
        ("At 11:40 UTC all users lost connectivity.", {"started_at": "11:40:00"}),
        ("After some hours - we went back on-line at 19:59 UTC.", {"mitigated_at": "19:59:00"}),
        ("As of 14:20 UTC all services are operational again.", {"mitigated_at": "14:20:00"}),
        ("Access was restored around 3:45 PM UTC.", {"mitigated_at": "15:45:00"}),
        ("At 21:28 UTC we received a report from a user that none was sold.", {"detected_at": "21:28:00"}),
        ("We closed the incident at 15:10 UTC.", {"resolved_at": "15:10:00"}),
        ("The outage began at 09:10 UTC and was resolved at 09:50 UTC.",
         {"started_at": "09:10:00", "resolved_at": "09:50:00"}),
        ("The outage started at 9:10 AM and ended at 9:50 AM on June 3, 2024.",
         {"started_at": "09:10:00", "resolved_at": "09:50:00"}),
        ("The site went down at 10:15 UTC and came back online at 11:00 UTC.",
         {"started_at": "10:15:00", "mitigated_at": "11:00:00"}),
        ("The incident began at 10:15, was detected at 10:20 and resolved at 11:00 UTC.",
         {"started_at": "10:15:00", "detected_at": "10:20:00", "resolved_at": "11:00:00"}),
        ("The service became unavailable at 10:15 AM and was restored at 11:00 AM on June 3 UTC.",
         {"started_at": "10:15:00", "mitigated_at": "11:00:00"}),
        ("From 10:15 UTC, customers were unable to pay.", {"started_at": "10:15:00"}),
        ("Our shop had an outage from 10:15 UTC until approximately 11:00 UTC.",
         {"started_at": "10:15:00", "resolved_at": "11:00:00"}),
        ("Timeframe: June 3, 4:06 pm – 4:38 pm UTC", {"started_at": "16:06:00", "resolved_at": "16:38:00"}),
        ("Incident window: from 10:15 to 11:00 UTC", {"started_at": "10:15:00", "resolved_at": "11:00:00"}),
        ("Timeframe: two weeks", {}),
        ("From 10:15 UTC, we looked into errors.", {}),
        ("From 10:15 UTC errors began to drop.", {}),
        ("The service went down at 23:50 UTC and came back online at 00:10 UTC.", {}),
        ("The standby site went down at 10:15 UTC and the deploy of 11:00 UTC was fine.", {}),
        ("Each night the service went down at 10:15 UTC and came back online at 10:20 UTC.", {}),
        ("In the previous outage the site went down at 10:15 and came back online at 11:00 UTC.", {}),
        ("The service never went down at 10:15 UTC and recovered at 11:00 UTC.", {}),
        ("The service will go down at 10:15 UTC and come back online at 11:00 UTC.", {}),
        ("In the drill the site went down at 10:15 UTC.", {}),
        ("A similar incident began at 10:15 UTC.", {}),
        ("The uplink goes down at 10:15 UTC every night.", {}),
        ("The number of orders on the line went down at 10:15 UTC.", {}),
        ("From 10:15 UTC requests failed over to the standby.", {}),
        ("Timeframe: 09:00 - 17:00 UTC on working days", {}),
        ("We expect that the link went down at 16:50 UTC or will go down again.", {}),
        ("It is estimated that service will be restored by 3:30 PM UTC.", {}),
        ("We should be back online at 19:59 UTC.", {}),
        ("We hope to be back on-line by 19:59 UTC.", {}),
        ("If the link goes down at 16:50 UTC, call the harbour.", {}),
        ("We were not back on-line at 19:59 UTC.", {}),
        ("Users never lost access at 11:40 UTC.", {}),
        ("The drill is planned to end at 15:10 UTC.", {}),
        ("We had not closed the incident at 15:10 UTC.", {}),
        ("Until 14:20 UTC the policy asks for two reviewers.", {}),
        ("Maintenance is scheduled at 22:00 UTC.", {}),
        ("At 12:05 UTC we received a report from a user that pages are faster, no longer slow.", {}),
    ],
)  # fmt: skip
def test_the_verb_of_a_notice_decides(sentence: str, expected: dict[str, str]) -> None:
    """A time in running text is what its verb says; what is hoped, foreseen or denied is nothing."""
    assert _told(sentence, TIMES) == expected


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("Old files are deleted. Incident is now considered resolved.", "resolved"),
        ("The issue was considered fixed", "resolved"),
        ("Ana closed the incident", "resolved"),
        ("Dashboards green; closing the incident", "resolved"),
        ("Checkout is fast. SEV closed.", "resolved"),
        ("The service is fully operational", "mitigated"),
        ("Service restoration achieved through new hardware", "mitigated"),
        ("We are back on-line", "mitigated"),
        ("Intrusion detected", "detected"),
        ("Anomaly detected in the error rate", "detected"),
        ("Unauthorized access was discovered", "detected"),
        ("First user report", "detected"),
        ("Users began reporting blank pages", "detected"),
        ("We received several reports from customers of blank pages", "detected"),
        ("Bo posted a message in the help channel that some tickets weren't showing", "detected"),
        ("The uplink to the harbour went down", "started"),
        ("Both database servers went dark", "started"),
        ("The campus lost connectivity", "started"),
        ("The incident was not considered resolved", None),
        ("We are considering the issue fixed", None),
        ("Ana closed the incident channel", None),
        ("Ana closed the incident review", None),
        ("We did not close the incident", None),
        ("Before closing the incident we wait for a day", None),
        ("No intrusion was detected", None),
        ("We posted a message in the channel that orders were down", None),
        ("Bo posted a status update in the channel that orders were down", None),
        ("Bo posted a message in the channel that the fix worked", None),
        ("Received a report from the supplier's auditors", None),
        ("We received a report from support that all is well", None),
        ("Service restoration attempted", None),
        ("We hope to be back on-line", None),
        ("The campus lost connectivity again", None),
        ("Maybe the link went down", None),
        ("Nobody lost access", None),
        ("The company lost money", None),
    ],
)
def test_other_words_for_a_report_and_an_end(row: str, kind: str | None) -> None:
    """Each form states its kind; denied, hoped for, of a channel or a review, it states none."""
    found = event_kind(row)
    assert (found[0] if found else None) == kind


@pytest.mark.parametrize(
    ("label", "start"),
    [
        ("Date of incident: 2024-06-03, 14:05 hrs", "14:05:00"),
        ("Incident date: 2024-06-03 14:05 UTC", "14:05:00"),
        ("Date of the outage: 3 June 2024 at 2:05 PM UTC", "14:05:00"),
        ("Date of incident: 2024-06-03", None),
        ("Date of incident: 2024-06-03, 14:05 (reported)", None),
        ("Incident date: 2024-06-03, resolved 14:05 UTC", None),
        ("Date of review: 2024-06-03, 14:05 hrs", None),
        ("Date: 2024-06-03 14:05", None),
        ("Incident date: 2024-06-03 14:05, updated 15:10", None),
    ],
)
def test_the_time_of_the_incidents_date_is_its_start(label: str, start: str | None) -> None:
    """A clock beside the incident's own date is its start, unless words give it to something else."""
    assert _told(label, ("started_at",)).get("started_at") == start


@pytest.mark.parametrize(
    ("impact", "minutes"),
    [
        ("The shop was unavailable for 15 minutes.", "15"),
        ("Our web shop was down for three hours, and nothing was sold.", "180"),
        ("The shop was completely offline for about 1 hour and 20 minutes.", "80"),
        ("Customers found the shop unusable for a while.", None),
        ("The shop was unavailable for 15 minutes. Search was slow for two hours.", None),
        ("Some users found that the shop was unavailable for 15 minutes.", None),
        ("The staging shop was down for 15 minutes.", None),
        ("The shop would have been down for three hours.", None),
        ("The shop was down for 15 minutes in each region.", None),
        ("In a previous outage the shop was down for 15 minutes.", None),
        ("The shop was down for 15 minutes in the drill.", None),
        ("The shop was not down for 15 minutes.", None),
        ("One of our nodes was down for 15 minutes.", None),
        ("5% of requests failed while a cache was down for 15 minutes.", None),
        ("The shop was down for 15 minutes longer than planned.", None),
        ("The shop was unavailable for 15 minutes at a time.", None),
        ("The shop was down for 15 minutes per customer.", None),
        ("If the shop was down for 15 minutes, a credit is due.", None),
    ],
)
def test_the_impact_tells_how_long_all_was_down(impact: str, minutes: str | None) -> None:
    """One length of the whole is the customers' downtime; of a part, of another time or two of them, none."""
    told = _told(f"## Summary\n\nThe pool ran dry.\n\n## Impact\n\n{impact}\n", ("customer_impact_minutes",))
    assert told.get("customer_impact_minutes") == minutes


@pytest.mark.parametrize(
    ("end", "at"),
    [
        ("6/6/07, 0:43", "2007-06-06 00:43:00"),
        ("06/06/07, 0:43", None),
        ("6/7/07, 0:43", None),
    ],
)
def test_day_and_month_of_one_number_are_plain(end: str, at: str | None) -> None:
    """A date whose day and month are the same reads alike in every order that puts the year last."""
    text = f"# Mail outage\n\nEnd of outage: {end}\n\n## Root cause\n\nFile modes were changed.\n"
    assert _chosen(text, ("resolved_at",)).get("resolved_at") == at


@pytest.mark.parametrize(
    ("duration", "rows", "detected"),
    [
        ("~3 hours (12:55 PM – 4:17 PM)", ("12:55", "1:40", "4:17"), "13:40"),
        ("1:05 PM to 4:17 PM", ("1:05", "1:40", "4:17"), "13:40"),
        ("10:05 AM to 1:17 PM", ("10:05", "10:40", "1:17"), "10:40"),
        ("1:05 AM to 4:17 AM", ("1:05", "1:40", "4:17"), "01:40"),
        ("12:55 PM – 4:17 PM", ("12:50", "1:40", "4:17"), None),
        ("12:55 PM – 4:17 PM", ("12:55", "1:40", "5:30"), None),
        ("12:55 – 16:17", ("12:55", "1:40", "4:17"), None),
    ],
)
def test_rows_are_of_the_half_day_that_the_span_names(
    duration: str, rows: tuple[str, str, str], detected: str | None
) -> None:
    """Rows without am or pm have that of the stated span where they fit it, and no guess where not."""
    first, second, last = rows
    told = _told(
        f"- Duration: {duration}\n\n## Timeline\n\n- {first} – Changes deployed\n"
        f"- {second} – A customer raised an issue\n- {last} – Last table repaired\n",
        TIMES,
    )
    assert told.get("detected_at") == (detected and f"{detected}:00")
