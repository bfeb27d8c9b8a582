"""Timelines of every form: each row's moment in UTC, and the times that rows state in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

TODAY = date(2026, 1, 1)


def _events(timeline: str, head: str = "# Outage of 5 May 2024") -> list[tuple[str | None, str | None]]:
    facts = parse_document(f"{head}\n\n## Timeline\n\n{timeline}\n", "x.md", Reading(today=TODAY))
    return [
        (f"{event.at:%m-%d %H:%M}" if event.at else None, event.kind) for event in facts.incidents[0].events
    ]


def _chosen(text: str, *names: str) -> list[str | None]:
    facts = parse_document(text, "x.md", Reading(today=TODAY))
    values = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    return [values.get(name) for name in names]


def _rules(text: str) -> dict[str, str]:
    facts = parse_document(text, "x.md", Reading(today=TODAY))
    return {finding.rule: finding.message for finding in facts.findings}


@pytest.mark.parametrize(
    ("timeline", "events"),
    [
        (
            "T0 = 14:05 UTC\n\n- T+0: Outage begins\n- T+4m: the alert fires\n- T+1h10m: x",
            [("05-05 14:05", "started"), ("05-05 14:09", "detected"), ("05-05 15:15", None)],
        ),
        (
            "| Time | Event |\n|---|---|\n| T-5 | Deploy |\n| T+0 (23:58) | Outage begins |\n| T+00:04 | x |",
            [("05-05 23:53", None), ("05-05 23:58", "started"), ("05-06 00:02", None)],
        ),
        ("- T+0: Outage begins\n- T+4m: the alert fires", [(None, "started"), (None, "detected")]),
        (
            "- 01:10 Incident resolved\n- 00:20 Fix deployed\n- 23:50 Cause found\n- 23:31 First alert",
            [
                ("05-05 23:31", "detected"),
                ("05-05 23:50", None),
                ("05-06 00:20", None),
                ("05-06 01:10", "resolved"),
            ],
        ),
        (
            "At 05:15 UTC the first alarms fired. By 07:51 UTC, we had a suspect. At 09:39 UTC it\nwas.",
            [("05-05 05:15", "detected"), ("05-05 07:51", None), ("05-05 09:39", None)],
        ),
        (
            "- 00:00 Stopped\n- 00:01 First alert\n- 00:10 Service restored",
            [(None, None), (None, "detected"), (None, "mitigated")],
        ),
        (
            "All times in UTC.\n\n- 00:00 Stopped\n- 00:01 First alert\n- 00:10 x",
            [("05-05 00:00", None), ("05-05 00:01", "detected"), ("05-05 00:10", None)],
        ),
        (
            "2024-05-06 (*all times in UTC*)\n\n- 00:01 First alert\n- 00:10 x",
            [("05-06 00:01", "detected"), ("05-06 00:10", None)],
        ),
        (
            "- 2:00 PM Deploy\n- 06:10 Customers report errors",
            [("05-05 14:00", None), (None, "detected")],
        ),
        (
            "- 05-04 20:52 Reboot\n- 05-05 04:10 Outage begins\n- 05-13 11:00 Service restored",
            [("05-04 20:52", None), ("05-05 04:10", "started"), ("05-13 11:00", "mitigated")],
        ),
    ],
)
def test_rows_have_their_moments(timeline: str, events: list[tuple[str | None, str | None]]) -> None:
    """Counted times, newest first, sentences, short dates: read right, or left without a time."""
    head = "# Outage of 5 May 2024\n\nMerged again on 13 May 2024; dates such as 05/31/2024 and 05-31-2024."
    assert _events(timeline, head) == events


def test_times_that_count_from_an_unnamed_moment_are_told() -> None:
    """The finding names the words, and how to mend them."""
    rules = _rules("# Outage of 5 May 2024\n\n## Timeline\n\n- T+0: Outage begins\n- T+4m: x\n")
    assert "“T+0 (14:05 UTC)”" in rules["timeline_counted"]


def test_a_date_without_a_year_is_told() -> None:
    """Where no year is written anywhere the row has no time, and the finding says so."""
    text = (
        "# Outage postmortem\n\n**Severity**: SEV1\n**Duration**: 4 hours\n\n## Timeline\n\n"
        "- Sept 30 22:16 UTC: Outage begins\n- Oct 1 02:10 UTC: x\n\n## Root cause\n\nA full disk.\n"
    )
    assert _chosen(text, "started_at") == [None]
    assert "Sept 30 22:16" in _rules(text)["date_without_year"]


@pytest.mark.parametrize(
    ("text", "start", "rules"),
    [
        ("09:58 PDT / 16:58 UTC", "16:58", set()),
        ("16:58 UTC (09:58 PDT)", "16:58", set()),
        (
            "09:58 PST / 17:58 UTC",
            "17:58",
            {"zone_against_calendar"},
        ),  # PST taken by its name: UTC settles it
        ("17:58 UTC / 09:58 PST", "17:58", set()),
        ("09:58 PDT / 18:58 UTC", None, {"zones_disagree"}),
    ],
)
def test_two_zones_side_by_side(text: str, start: str | None, rules: set[str]) -> None:
    """Two clocks that agree are one moment; that disagree are none, and a finding."""
    document = (
        f"# Outage of 5 May 2024\n\n- **Started**: {text}\n- **Severity**: SEV1\n\n## Timeline\n\n- x\n"
    )
    assert _chosen(document, "started_at") == [f"2024-05-05 {start}:00" if start else None]
    assert set(_rules(document)) & {"zone_against_calendar", "zones_disagree"} == rules


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("Incident declared resolved", "resolved"),
        ("We declared the incident resolved", "resolved"),
        ("Incident declared", "declared"),
        ("Incident closed", "resolved"),
        ("Tim arrived and Ana handed the issue over to Tim", None),
        ("The outage is over", "resolved"),
        ("Error rate returns to baseline", "mitigated"),
        ("Error rates begin to return to normal", None),
        ("Errors are going back to normal", None),
        ("Noticed some errors when opening pages", "detected"),
        ("Noticed that errors have stopped", None),
        ("The page fires; nobody sees it", "detected"),
        ("Monitoring alerted us", "detected"),
        ("Students report that their kernels die", "detected"),
        ("Staff is notified in the chat", "detected"),
        ("Statuspage: Identified", None),
        ("Identified", None),
        ("Investigating", None),
        ("Site is hard down", "started"),
        ("All services became unresponsive", "started"),
        ("The network halted at block 41", "started"),
        ("A node goes down for maintenance", None),
        ("checkout-api starts returning HTTP 502", "started"),
        ("Success rate drops to zero", "started"),
        ("We think the site went offline", None),
    ],
)
def test_a_row_states_its_kind_in_words(row: str, kind: str | None) -> None:
    """What the words say, and nothing when they do not."""
    assert _events(f"- 10:00 x\n- 10:05 {row}")[1] == ("05-05 10:05", kind)


def test_the_evidence_shows_the_words_that_decided() -> None:
    """A time from the timeline quotes its row, and the words by which it is a start."""
    text = "# Outage\n\n## Timeline\n\n- 2024-05-05 10:00 UTC OUTAGE BEGINS, the shop is slow\n- 10:05 x\n"
    (incident,) = parse_document(text, "x.md", Reading(today=TODAY)).incidents
    (row,) = [row for row in incident.evidence if row.field == "started_at"]
    assert (row.quote, row.method, row.line) == (
        "2024-05-05 10:00 UTC OUTAGE BEGINS, the shop is slow [matched: “OUTAGE BEGINS”]",
        "timeline",
        5,
    )


def test_of_ends_the_one_that_says_it_best_counts() -> None:
    """A closed record and a curve gone flat give way to rows that tell of the service and the incident."""
    rows = (
        "- 10:00 Outage begins\n- 10:30 Service restored\n- 10:40 Incident resolved\n"
        "- 10:50 All metrics back to normal\n- 18:00 Incident closed\n"
    )
    text = f"# Outage of 5 May 2024\n\n## Timeline\n\n{rows}"
    assert _chosen(text, "mitigated_at", "resolved_at") == ["2024-05-05 10:30:00", "2024-05-05 10:40:00"]


def test_a_timeline_that_opens_with_what_led_up_to_it_has_the_incidents_day() -> None:
    """The day is that of the row that tells the beginning, not of a change weeks before."""
    rows = "- 2024-04-16 11:58 The change is merged\n- 2024-05-05 10:00 Outage begins\n- 11:00 Fix\n"
    assert _chosen(f"# Outage\n\n## Timeline\n\n{rows}", "occurred_on") == ["2024-05-05"]
    rows = "- 2024-04-16 11:58 Merged\n- 2024-05-05 10:00 Rollout\n- 2024-05-05 11:00 Rolled back\n"
    assert _chosen(f"# Outage\n\n## Timeline\n\n{rows}", "occurred_on") == ["2024-05-05"]


@pytest.mark.parametrize(
    ("sentence", "field", "value"),
    [
        ("On 5 May 2024 at 16:08 ET our monitoring alerted us that chat was down.", "detected_at", "20:08"),
        ("Around 14:30 UTC on Sunday 5th May 2024 we began experiencing issues.", "started_at", "14:30"),
        ("At **19:55 UTC, all services became unresponsive** on 5 May 2024.", "started_at", "19:55"),
        ("On 5 May 2024 mail failed. The incident was resolved at 15:10 UTC.", "resolved_at", "15:10"),
        ("On 5 May 2024 mail failed. By 10:23 PM UTC, mail was fully recovered.", "mitigated_at", "22:23"),
        ("Starting at 18:52 UTC on 5 May 2024, every login fails.", "started_at", "18:52"),
        ("Starting at 18:52 UTC on 5 May 2024, we looked at the logs.", "started_at", None),
        ("On 5 May 2024 mail failed. The incident was not resolved at 15:10 UTC.", "resolved_at", None),
        ("On 5 May 2024 mail failed. Before 15:10 UTC the incident was resolved.", "resolved_at", None),
        (
            "On 5 May 2024 mail failed. The outage was fixed by Ana, who left at 15:10 UTC.",
            "resolved_at",
            None,
        ),
    ],
)
def test_a_sentence_may_say_what_happened_when(sentence: str, field: str, value: str | None) -> None:
    """One time, and the clause it belongs to; anything less plain states nothing."""
    text = f"# Postmortem: chat outage\n\n{sentence}\n\n## Root cause\n\nA full disk.\n"
    assert _chosen(text, field) == [f"2024-05-05 {value}:00" if value else None]


@pytest.mark.parametrize(
    ("duration", "start"),
    [
        ("Ongoing (started 14:15 UTC)", "14:15"),
        ("18:52 UTC onwards", "18:52"),
        ("ongoing since ~09:05 UTC", "09:05"),
        ("30 minutes (started by a deploy)", None),
    ],
)
def test_an_incident_that_goes_on_has_a_start(duration: str, start: str | None) -> None:
    """A duration that is not over yet may say when it began."""
    text = (
        f"# Outage of 5 May 2024\n\n**Severity**: SEV1\n**Duration**: {duration}\n\n## Root cause\n\nx y z\n"
    )
    assert _chosen(text, "started_at", "resolved_at") == [f"2024-05-05 {start}:00" if start else None, None]


@pytest.mark.parametrize(
    ("timeline", "start", "rules"),
    [
        ("| Time (EST) | What |\n|---|---|\n| 18:59 | x |\n| 19:05 | y |", "23:52", set()),
        ("All times in EST.\n\n- 18:59 x", "23:52", set()),
        ("- 18:59 EST x\n- 19:05 y", "23:52", {"zone_taken_from_other_rows"}),
        ("- 18:59 EST x\n- 19:05 CET y", "18:52", set()),
        ("| Time (EST) | Time (CET) |\n|---|---|\n| 18:59 | 00:59 |", "18:52", set()),
    ],
)
def test_a_label_without_a_zone_means_the_documents(timeline: str, start: str, rules: set[str]) -> None:
    """The one zone that a sentence, a column or the rows name; where two are named, the source's."""
    text = (
        f"# Outage of 5 January 2024\n\n**Started**: 18:52\n**Severity**: SEV1\n\n## Timeline\n\n{timeline}\n"
    )
    assert _chosen(text, "started_at") == [f"2024-01-05 {start}:00"]
    assert set(_rules(text)) & {"zone_taken_from_other_rows"} == rules


def test_a_number_in_the_title_may_hold_the_date() -> None:
    """INC-2024-05-05-001 dates the rows of a timeline that has no date."""
    text = "# Review of INC-2024-05-05-001\n\n## Timeline (UTC)\n\n- 10:00 Outage begins\n- 11:00 x\n"
    assert _chosen(text, "started_at") == ["2024-05-05 10:00:00"]


def test_sentences_that_disagree_state_nothing_but_the_first_detection() -> None:
    """Two ends in prose are none; of two detections the earlier is the detection."""
    text = (
        "# Outage of 5 May 2024\n\nAt 10:00 UTC we noticed errors. At 10:20 UTC users reported errors.\n\n"
        "The incident was resolved at 11:00 UTC. The outage was over at 12:00 UTC.\n\n## Root cause\n\nx\n"
    )
    assert _chosen(text, "detected_at", "resolved_at") == ["2024-05-05 10:00:00", None]


@pytest.mark.parametrize(
    ("sentence", "start"),
    [
        ("From 14:09 to 14:41 UTC every payment failed.", "14:09"),
        ("Ana changed it between 14:09 and 14:41 UTC, resulting in a complete outage.", None),
        ("Every day from 14:09 to 14:41 UTC some payments failed.", None),
    ],
)
def test_a_span_is_the_troubles_own(sentence: str, start: str | None) -> None:
    """A span of what caused the trouble is not the trouble's."""
    text = f"# Outage of 5 May 2024\n\n{sentence}\n\n## Root cause\n\nx\n"
    assert _chosen(text, "started_at") == [f"2024-05-05 {start}:00" if start else None]


@pytest.mark.parametrize(
    ("sentence", "minutes"),
    [
        ("The box was back at 23:11. Total outage 44 minutes, no data loss.", "44"),
        ("A full disk caused a complete outage for 45 minutes.", "45"),
        ("This was a 45-minute outage of the shop.", "45"),
        ("All was back at 10:30, total downtime 90 minutes.", "90"),
        ("It resembled the 45-minute outage of last year.", None),
        ("Each pod had an outage of 2 minutes.", None),
    ],
)
def test_a_sentence_may_state_the_length(sentence: str, minutes: str | None) -> None:
    """Lengths of this outage as a whole, and of no other."""
    text = f"# Postmortem: outage of 5 May 2024\n\n{sentence}\n\n## Root cause\n\nA full disk.\n"
    assert _chosen(text, "stated_time_to_resolve_minutes") == [minutes]


def test_a_start_after_the_end_and_far_from_all_other_dates_is_the_mistake() -> None:
    """Where title and detection side with the end, the start is left out, and both lines are named."""
    text = (
        "# Outage of 5 May 2024\n\nStart: 2025-05-05 10:00 UTC\nDetected: 2024-05-05 10:05 UTC\n"
        "End: 2024-05-05 11:00 UTC\n"
    )
    assert _chosen(text, "started_at", "resolved_at", "occurred_on") == [
        None,
        "2024-05-05 11:00:00",
        "2024-05-05",
    ]
    message = _rules(text).get("end_before_start") or _rules(text)["time_far_from_others"]
    assert "line 3" in message


def test_order_is_checked_in_timelines_too() -> None:
    """An end before its start, a year's gap and a future day are kept as evidence, left out and told."""
    rows = (
        "- 2024-05-05 10:00 Outage begins\n- 2023-05-05 10:20 The alert fires\n"
        "- 2024-05-05 09:30 Incident resolved\n- 2031-05-05 12:00 Service restored\n"
    )
    text = f"# Outage\n\n## Timeline (UTC)\n\n{rows}"
    (incident,) = parse_document(text, "x.md", Reading(today=TODAY)).incidents
    times = [
        (row.field, row.value[:4], row.is_chosen) for row in incident.evidence if row.field.endswith("ed_at")
    ]
    assert times == [
        ("started_at", "2024", True),
        ("detected_at", "2023", False),
        ("resolved_at", "2024", False),
        ("mitigated_at", "2031", False),
    ]
    rules = _rules(text)
    assert all(f"line {line}" in rules["end_before_start"] for line in (5, 7))
    assert "line 6" in rules["time_far_from_others"]
    assert "future" in rules["time_in_future"]


@settings(deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 1)),
    st.lists(st.integers(0, 17 * 60), min_size=1, max_size=12),
)
def test_a_timeline_with_one_date_runs_forward(start: datetime, steps: list[int]) -> None:
    """Rows less than eighteen hours apart, with the date at the first only, are read back as they were."""
    moments = [start.replace(second=0, microsecond=0)]
    for step in steps:
        moments.append(moments[-1] + timedelta(minutes=step))
    rows = [
        f"- {moments[0]:%Y-%m-%d %H:%M} UTC row",
        *(f"- {moment:%H:%M} UTC row" for moment in moments[1:]),
    ]
    text = "# Outage\n\n## Timeline\n\n" + "\n".join(rows) + "\n"
    (incident,) = parse_document(text, "x.md", Reading(today=TODAY)).incidents
    read = [event.at for event in incident.events]
    known = [at for at in read if at is not None]
    assert known == sorted(known)
    assert all(at in (moment, None) for at, moment in zip(read, moments, strict=True))


_LABELS = ("Start", "Detected", "Acknowledged", "Declared", "Mitigated", "Resolved")
_TIMES = ("started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at")


@settings(deadline=None, max_examples=150)
@given(
    st.datetimes(datetime(2023, 1, 1), datetime(2024, 6, 1)),
    st.lists(st.integers(-5000, 5000) | st.integers(-600_000, 600_000), min_size=6, max_size=6),
)
def test_times_that_are_used_are_in_order(start: datetime, minutes: list[int]) -> None:
    """Of six stated times those that are chosen never contradict each other, nor lie about a year apart."""
    stated = [start.replace(second=0, microsecond=0) + timedelta(minutes=number) for number in minutes]
    lines = [f"{label}: {at:%Y-%m-%d %H:%M} UTC" for label, at in zip(_LABELS, stated, strict=True)]
    text = "# Outage\n\n" + "\n".join(lines) + "\n"
    used = [datetime.fromisoformat(value) if value else None for value in _chosen(text, *_TIMES)]
    begun, seen, taken, _, mended, ended = used
    for first, last in ((begun, seen), (begun, mended), (begun, ended), (seen, ended), (mended, ended)):
        assert first is None or last is None or timedelta() <= last - first <= timedelta(days=300)
    assert seen is None or taken is None or seen <= taken
    left_out = {name for name, at in zip(_TIMES, used, strict=True) if at is None}
    assert not left_out or any(rule in _rules(text) for rule in _ORDER_RULES)


_ORDER_RULES = (
    *("end_before_start", "time_before_start", "time_before_detection", "time_far_from_others"),
    *("mitigated_after_end", "detected_after_end", "acknowledged_after_end", "acknowledged_before_detection"),
)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 1)),
    st.lists(st.integers(0, 5 * 60), min_size=5, max_size=5),
    st.permutations(range(1, 6)),
)
def test_labels_without_a_date_follow_the_start(start: datetime, steps: list[int], order: list[int]) -> None:
    """In whatever order they are listed, times less than a day after the start are read right or left out."""
    moments = [start.replace(second=0, microsecond=0)]
    for step in steps:
        moments.append(moments[-1] + timedelta(minutes=step))
    if moments[-1] - moments[0] > timedelta(hours=18):
        return
    lines = [f"{_LABELS[0]}: {moments[0]:%Y-%m-%d %H:%M} UTC"]
    lines += [f"{_LABELS[number]}: {moments[number]:%H:%M}" for number in order]
    used = _chosen("# Outage\n\n" + "\n".join(lines) + "\n", *_TIMES)
    for at, moment in zip(used, moments, strict=True):
        assert at in (f"{moment:%Y-%m-%d %H:%M:%S}", None)


@pytest.mark.parametrize(
    ("lines", "kept", "rule"),
    [
        ("Start: 2024-03-02 10:00\nEnd: 2025-03-02 11:00", (1, 0), "time_far_from_others"),
        ("Start: 2023-05-05 10:00\nEnd: 2024-05-05 11:00", (0, 1), "time_far_from_others"),
        (
            "Start: 2024-05-05 10:00\nEnd: 2024-05-09 11:00\nDuration: 1 hour",
            (1, 0),
            "duration_contradicts_times",
        ),
        (
            "Start: 2024-05-01 10:00\nEnd: 2024-05-05 11:00\nDuration: 1h",
            (0, 1),
            "duration_contradicts_times",
        ),
        (
            "Start: 2024-01-05 10:00\nEnd: 2024-10-05 11:00\nDuration: 1h",
            (0, 0),
            "duration_contradicts_times",
        ),
        (
            "Start: 2024-05-05 10:00\nEnd: 2024-05-05 16:00\nDuration: 1h",
            (1, 1),
            "duration_contradicts_times",
        ),
        (
            "Start: 2024-05-05 10:00\nEnd: 2024-05-09 11:00\nDuration: 9h (support hours)",
            (1, 1),
            "duration_in_support_hours",
        ),
    ],
)
def test_a_gross_contradiction_leaves_the_doubtful_time_out(
    lines: str, kept: tuple[int, int], rule: str
) -> None:
    """A gap of about a year, or days against a stated hour: the date that nothing backs is not used."""
    text = f"# Outage of 5 May 2024\n\n{lines}\n"
    used = _chosen(text, "started_at", "resolved_at")
    assert (tuple(int(at is not None) for at in used), rule in _rules(text)) == (kept, True)


def test_a_value_left_out_is_told_once() -> None:
    """What a finding leaves out is not missing besides; and rows that say what they are need not say it."""
    text = "# Outage\n\nStart: 2024-05-05 10:00 UTC\nEnd: 2024-05-05 09:00 UTC\n"
    assert {"end_before_start", "no_end"} & _rules(text).keys() == {"end_before_start"}
    text = "# Outage postmortem\n\nStart: 2034-05-05 10:00 UTC\nEnd: 2034-05-05 11:00 UTC\n"
    assert {"time_in_future", "no_start", "no_end", "no_date"} & _rules(text).keys() == {"time_in_future"}
    rows = "- 10:00 outage starts\n- 10:40 outage resolved\n"
    text = f"# Postmortem: purge loop\n\nImpact: pages were stale.\n\n## Timeline\n\n{rows}"
    assert {"timeline_without_date", "no_start", "no_end"} & _rules(text).keys() == {"timeline_without_date"}


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Users affected: 3.500", "affected_user_count", None),
        ("Users affected: 1,200", "affected_user_count", "1200"),
        ("Users affected: over 3000", "affected_user_count", None),
        ("Users affected: 3.5k", "affected_user_count", "3500"),
        ("Cost: 4.500 EUR", "cost", None),
        ("Cost: 12.500,50 EUR", "cost", "12500.5"),
        ("Cost: 1.234.567 EUR", "cost", "1234567"),
        ("Cost: $12,500.00", "cost", "12500"),
        ("Cost: more than $12,500", "cost", None),
        ("Time to detect (target): 5 minutes", "stated_time_to_detect_minutes", None),
        ("Mean time to resolve (this quarter): 3h 20m", "stated_time_to_resolve_minutes", None),
        ("Duration: ~~2h~~ 1h", "stated_time_to_resolve_minutes", "60"),
        ("Service: ~~import~~ export", "service", "export"),
        ("~~Severity: SEV1~~", "severity_label", None),
        ("Duration: up to 2 hours", "stated_time_to_resolve_minutes", None),
    ],
)
def test_a_label_states_what_stands_there_and_is_plain(line: str, field: str, value: str | None) -> None:
    """Numbers of two readings, bounds, aims, averages and words struck out are no values."""
    assert _chosen(f"# Outage of 5 May 2024\n\n{line}\n\n## Root cause\n\nA full disk.\n", field) == [value]


@pytest.mark.parametrize(
    ("rows", "start", "rule"),
    [
        ("- 2024-04-10: flag added\n- 10:00 Outage starts", None, True),
        ("- 2 May: query merged\n- 10:00 Outage starts", None, True),
        ("- 2024-04-10 09:00 flag added\n- 10:00 Outage starts", None, True),
        ("- 2024-05-04 22:00 Deploy\n- 23:00 Outage starts", "2024-05-04 23:00:00", False),
        ("- 2024-05-02 22:00 Deploy\n- 23:00 Outage starts", "2024-05-02 23:00:00", False),
        ("- 2024-04-10: flag added\n- 2024-05-05 10:00 Outage starts", "2024-05-05 10:00:00", False),
    ],
)
def test_a_row_of_what_led_up_to_it_dates_no_other(rows: str, start: str | None, rule: bool) -> None:
    """Below a day that is not the title's, times without a date have none, and that is told."""
    text = f"# Postmortem: outage of 5 May 2024\n\n## Timeline (UTC)\n\n{rows}\n- 11:00 x\n"
    assert _chosen(text, "started_at", "occurred_on") == [start, start[:10] if start else "2024-05-05"]
    assert ("timeline_day_contradicted" in _rules(text)) == rule


def test_a_day_that_is_not_in_the_calendar_is_told_as_such() -> None:
    """30 February can be read in no way, not in two."""
    text = "# Postmortem: outage\n\nStart: 2024-02-30 10:00 UTC\n\n## Root cause\n\nA full disk.\n"
    assert {"date_impossible", "time_ambiguous"} & _rules(text).keys() == {"date_impossible"}


def test_what_the_document_says_goes_before_what_it_quotes() -> None:
    """A label in a block quote counts only where the document itself has no such time."""
    rows = "## Timeline\n\n- 10:00 UTC: outage starts\n- 11:00 UTC: outage resolved\n"
    text = f"# Outage of 5 May 2024\n\n> Start: 2019-01-01 00:00 UTC\n\n{rows}"
    assert _chosen(text, "started_at", "resolved_at") == ["2024-05-05 10:00:00", "2024-05-05 11:00:00"]
    text = "# Outage\n\n> **Start**: 2024-05-05 10:00 UTC\n> **End**: 2024-05-05 11:00 UTC\n"
    assert _chosen(text, "started_at", "resolved_at") == ["2024-05-05 10:00:00", "2024-05-05 11:00:00"]


def test_a_second_column_of_times_is_no_part_of_what_happened() -> None:
    """The time of an event in another zone is not told again as its text."""
    rows = (
        "| UTC | Local | Event |\n|---|---|---|\n| 22:30 | 00:30 | Outage begins |\n| 23:30 | 01:30 | x |\n"
    )
    text = f"# Outage of 5 May 2024\n\n## Timeline\n\n{rows}"
    (incident,) = parse_document(text, "x.md", Reading(today=TODAY)).incidents
    assert [(f"{event.at:%H:%M}", event.text) for event in incident.events if event.at is not None] == [
        ("22:30", "Outage begins"),
        ("23:30", "x"),
    ]
