"""What does not fit and what is missing: values left out because they contradict, and findings for people."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from statistics import median_low

from pipeline.documents.causes.categories import Verdict
from pipeline.documents.evidence import EvidenceList, as_minutes
from pipeline.documents.facts import TIME_FIELDS, ActionItem, Evidence, Finding, Level, Reading
from pipeline.documents.timelines.timeline import Row
from pipeline.documents.times.calendar import ClockDoubts

_YEAR = timedelta(days=300)  # as good as a year: what a mistyped year, and hardly an incident, makes of a gap
_MONTH = timedelta(days=31)
_GROSS = 3  # times the stated duration, and a day more: then the clock times are not this incident's
_NEAR = timedelta(days=3)  # within which dates of one document are one incident's
_SLACK_MINUTES = 5.0  # stated durations are rounded
_NAMES = {
    "started_at": "start",
    "detected_at": "detection",
    "acknowledged_at": "acknowledgement",
    "declared_at": "declaration",
    "mitigated_at": "mitigation",
    "resolved_at": "end",
}
_STATED = (
    ("stated_time_to_detect_minutes", "time to detect", "started_at", "detected_at"),
    ("stated_time_to_mitigate_minutes", "time to mitigate", "started_at", "mitigated_at"),
    ("stated_time_to_resolve_minutes", "time to resolve", "started_at", "resolved_at"),
)
#: What a form states once, and places that state it in so many words.
_STATED_ONCE = (("severity", "severity"), ("affected_user_count", "number of people affected"))
_FORM = frozenset({"front_matter", "label", "table", "heading"})
_SUPPORT_HOURS = ("support hours", "business hours", "working hours", "office hours")
_DOUBTS: dict[str, tuple[Level, str]] = {
    "zone_against_calendar": (
        "info",
        '"{words}" is not in force at that date; the times were read on the region\'s own '
        "clock. Write the offset, as in UTC-7.",
    ),
    "zone_taken_from_other_rows": (
        "info",
        "Times without a zone were read as {words}, which other rows name; name the zone "
        "once above the timeline.",
    ),
    "time_in_clock_gap": (
        "warning",
        '"{words}" does not exist on that day, as the clock was put forward, and was left out; '
        "correct it or write the offset.",
    ),
    "time_in_clock_fold": (
        "warning",
        '"{words}" happened twice that night and was left out; write the offset.',
    ),
    "zones_disagree": (
        "warning",
        '"{words}" names two moments, not one, and was left out; correct one of the two times.',
    ),
    "date_without_year": (
        "warning",
        '"{words}" has no year, and the document names none; write the year of the first date.',
    ),
    "timeline_counted": (
        "info",
        'Times such as "{words}" count from a moment that is not named, so these rows have no time; '
        "write when that was, as in “T+0 (14:05 UTC)”.",
    ),
    "time_ambiguous": (
        "warning",
        '"{words}" can be read in two ways and was left out; write the date as 2024-03-01 '
        "and the zone as UTC+1.",
    ),
    "date_ambiguous": (
        "warning",
        '"{words}" can be read in two ways and was left out; write 2024-03-01, or set '
        "day_first for this source.",
    ),
    "zone_unclear": (
        "warning",
        "It is not clear which time zone “{words}” is, and the times it stands for were left out; "
        "write the offset, as in UTC+1, or set time_zone for this source.",
    ),
    "date_impossible": (
        "warning",
        '"{words}" is no day of the calendar and was left out; correct it.',
    ),
    "timeline_day_contradicted": (
        "warning",
        'The times without a date below "{words}" would be of that day, which is not the one that the title '
        "or a label names, and were left out; write their date.",
    ),
    "duration_bounded": (
        "info",
        '"{words}" is a bound, no length, and was left out; write how long it was, as in 25 minutes.',
    ),
    "number_ambiguous": (
        "warning",
        'A number in "{words}" can be thousands or a fraction and was left out; write it without a mark, '
        "as in 3500.",
    ),
    "time_without_date": (
        "warning",
        '"{words}" has no date, and the document names none; write the date before it.',
    ),
    "timeline_without_date": (
        "warning",
        "The timeline's times have no date, and the document names none; write the date of the first row.",
    ),
    "timeline_date_contradicted": (
        "warning",
        'The timeline\'s day in "{words}" is months off the day that the text and another place name, so '
        "its times are left out of the figures; correct one of them.",
    ),
    "timeline_date_assumed": (
        "info",
        "The timeline's first times have no date; they were given that of the {words}. "
        "Write the date of the first row.",
    ),
    "timeline_hours_ambiguous": (
        "warning",
        'From "{words}" on it is not clear whether morning or afternoon is meant, so these '
        "rows have no time; write 13:10 or 1:10 pm.",
    ),
    "timeline_passes_midnight": (
        "info",
        'From "{words}" on the rows were read as the next day; write the date where the day changes.',
    ),
    "timeline_out_of_order": (
        "info",
        '"{words}" is earlier than the row above it; put the rows in order, or correct the time.',
    ),
}


def doubts_as_findings(doubts: ClockDoubts, ordinal: int) -> list[Finding]:
    """One finding for each doubt met while clocks were read."""
    found = []
    for rule, (line, words) in doubts.met.items():
        level, message = _DOUBTS[rule]
        found.append(Finding(rule, level, message.format(words=words), line, ordinal))
    return found


def check_incident(
    evidence: EvidenceList,
    rows: list[Row],
    items: list[ActionItem],
    reading: Reading,
    ordinal: int,
    undecided: dict[str, Verdict],
    *,
    needs_items: bool = True,
) -> tuple[set[int], list[Finding]]:
    """The ids of evidence rows that must not be chosen, and what to tell the author.

    `undecided` holds, by field, what the words on cause and trigger left open; `needs_items` is False where
    the document says that no action items are needed.
    """
    check = _Check(evidence, reading, ordinal)
    check.times()
    check.order()
    check.contradictions()
    check.durations()
    check.missing(rows)
    check.categories(undecided)
    if items or needs_items:
        check.items(items)
    return check.left_out, check.findings


def _at(met: tuple[Evidence, datetime]) -> datetime:
    return met[1]


class _Check:
    def __init__(self, evidence: EvidenceList, reading: Reading, ordinal: int) -> None:
        self._evidence = evidence
        self._reading = reading
        self._ordinal = ordinal
        self.left_out: set[int] = set()
        self.findings: list[Finding] = []
        self._explained: set[str] = set()  # fields left empty, as a finding says already

    def _tell(self, rule: str, level: Level, message: str, line: int | None = None) -> None:
        self.findings.append(Finding(rule, level, message, line, self._ordinal))

    def _chosen(self, name: str) -> Evidence | None:
        return next((row for row in self._evidence.of(name) if id(row) not in self.left_out), None)

    def _chosen_time(self, name: str) -> tuple[Evidence, datetime] | None:
        row = self._chosen(name)
        return (row, datetime.fromisoformat(row.value)) if row is not None else None

    def _leave_out(self, name: str) -> None:
        """Leave a field empty: if its best value is wrong, a lesser one is not to be trusted instead.

        The day that was taken from a start goes with it.
        """
        self._explained.add(name)
        best = self._chosen(name) if name == "started_at" else None
        self.left_out |= {id(row) for row in self._evidence.of(name)}
        if best is not None:
            self.left_out |= {id(row) for row in self._evidence.of("occurred_on") if row.line == best.line}
            self._explained.add("occurred_on")

    def times(self) -> None:
        """Times in the future, or more than a year from the incident's other times, are mistakes."""
        limit = datetime.combine(self._reading.today, datetime.min.time()) + timedelta(days=2)
        for name in TIME_FIELDS:
            met = self._chosen_time(name)
            if met is not None and met[1] > limit:
                self._leave_out(name)
                self._tell(
                    "time_in_future",
                    "warning",
                    f"The {_NAMES[name]} ({met[0].value} UTC) lies in the future and was left out; "
                    f"correct it.",
                    met[0].line,
                )
        # A day to come places an incident no better than a time to come.
        to_come = [
            row for row in self._evidence.of("occurred_on") if datetime.fromisoformat(row.value) > limit
        ]
        self.left_out |= {id(row) for row in to_come}
        if to_come and self._explained:
            self._explained.add("occurred_on")
        known = [(name, *met) for name in TIME_FIELDS if (met := self._chosen_time(name)) is not None]
        if len(known) < 3:
            return
        middle = median_low([at for _, _, at in known])
        for name, row, at in known:
            if abs(at - middle) > _YEAR:
                other = next(r for _, r, a in known if a == middle)
                self._leave_out(name)
                self._tell(
                    "time_far_from_others",
                    "warning",
                    f"The {_NAMES[name]} ({row.value} UTC, line {row.line}) is about a year from the "
                    f"others (line {other.line}) and was left out; correct the date.",
                    row.line,
                )

    def order(self) -> None:
        """Nothing may end before it starts, nor about a year after; nor be seen or mended after its end."""
        self._mistyped_start()
        start = self._chosen_time("started_at")
        for name in ("detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at"):
            met = self._chosen_time(name)
            if start is None or met is None:
                continue
            if met[1] < start[1] and name in (
                "mitigated_at",
                "resolved_at",
                "detected_at",
                "acknowledged_at",
            ):
                self._leave_out(name)
                self._tell(
                    "end_before_start" if name == "resolved_at" else "time_before_start",
                    "warning",
                    f"The {_NAMES[name]} ({met[0].value} UTC, line {met[0].line}) is before the start "
                    f"({start[0].value} UTC, line {start[0].line}) and was left out; correct one of "
                    f"them.",
                    met[0].line,
                )
            elif met[1] - start[1] > _YEAR:
                self._leave_out(name)
                self._tell(
                    "time_far_from_others",
                    "warning",
                    f"The {_NAMES[name]} ({met[0].value} UTC, line {met[0].line}) is "
                    f"{(met[1] - start[1]).days} days after the start (line {start[0].line}) "
                    "and was left out; correct the date.",
                    met[0].line,
                )
        end = self._chosen_time("resolved_at")
        if start is not None and end is not None and start[1] == end[1]:
            self._tell(
                "zero_duration",
                "warning",
                "The incident ends at the moment it starts; correct the start or the end.",
                end[0].line,
            )
        published = self._chosen_time("published_at")
        planned = self._chosen("is_planned")
        if planned is not None and planned.value == "true":
            published = None  # it is told before it happens
        last = max((met for name in TIME_FIELDS if (met := self._chosen_time(name))), key=_at, default=None)
        if published is not None and last is not None and last[1] - published[1] > timedelta(days=2):
            self._leave_out("published_at")
            self._tell(
                "published_before_end",
                "info",
                f"The date of publication (line {published[0].line}) is before what the document tells "
                f"(line {last[0].line}) and was left out; write the day it was published.",
                published[0].line,
            )
        detected = self._chosen_time("detected_at")
        if start is None and detected is not None:
            for name in ("mitigated_at", "resolved_at"):
                met = self._chosen_time(name)
                if met is not None and met[1] < detected[1]:
                    self._leave_out(name)
                    self._tell(
                        "time_before_detection",
                        "warning",
                        f"The {_NAMES[name]} (line {met[0].line}) is before the detection (line "
                        f"{detected[0].line}) and was left out; correct one of them.",
                        met[0].line,
                    )
        acknowledged = self._chosen_time("acknowledged_at")
        for name, last, rule in (
            ("mitigated_at", end, "mitigated_after_end"),
            ("detected_at", end, "detected_after_end"),
            ("acknowledged_at", end, "acknowledged_after_end"),
            ("detected_at", acknowledged, "acknowledged_before_detection"),
        ):
            met = self._chosen_time(name)
            if met is None or last is None or met[1] <= last[1] or last[0].field not in self._kept():
                continue
            left_out = met if name != "detected_at" or last is end else last
            other = last if left_out is met else met
            self._leave_out(left_out[0].field)
            self._tell(
                rule,
                "warning",
                f"The {_NAMES[left_out[0].field]} ({left_out[0].value} UTC, line {left_out[0].line}) is "
                f"{'later' if left_out is met else 'earlier'} than the {_NAMES[other[0].field]} "
                f"({other[0].value} UTC, line {other[0].line}) and was left out; correct one of them.",
                left_out[0].line,
            )
        declared = self._chosen_time("declared_at")
        if declared is not None and end is not None and declared[1] > end[1]:
            self._tell(
                "declared_after_end",
                "info",
                f"The incident was declared (line {declared[0].line}) after its end (line "
                f"{end[0].line}); correct one of them if that is a mistake.",
                declared[0].line,
            )

    def _kept(self) -> set[str]:
        return {name for name in TIME_FIELDS if self._chosen(name) is not None}

    def _mistyped_start(self) -> None:
        """Leave out a start after the end, where the document's other dates are the end's."""
        start, end = self._chosen_time("started_at"), self._chosen_time("resolved_at")
        if start is None or end is None or -_NEAR < end[1] - start[1] <= _YEAR:
            return
        with_start, with_end = self._agreeing(start[0], end[0])
        if with_end and not with_start:
            self._leave_out("started_at")
            is_after = start[1] > end[1]
            self._tell(
                "end_before_start" if is_after else "time_far_from_others",
                "warning",
                f"The start ({start[0].value} UTC, line {start[0].line}) is "
                f"{'after' if is_after else 'far from'} the end ({end[0].value} UTC, "
                f"line {end[0].line}) and far from the other dates of the document, and was left out; "
                "correct it.",
                start[0].line,
            )

    def _agreeing(self, *rows: Evidence) -> list[int]:
        """How many of the document's other dates are those of each of these times."""
        fields = {row.field for row in rows}
        others = [
            met[1]
            for name in TIME_FIELDS
            if name not in fields and (met := self._chosen_time(name)) is not None
        ]
        others += [
            datetime.fromisoformat(row.value)
            for row in self._evidence.of("occurred_on")
            if row.method in ("title", "path", "label", "table", "front_matter")
            and row.line not in {each.line for each in rows}
        ]
        return [sum(abs(at - datetime.fromisoformat(row.value)) < _NEAR for at in others) for row in rows]

    def contradictions(self) -> None:
        """Two places that state one thing differently."""
        for name in (*TIME_FIELDS, *(row[0] for row in _STATED), "customer_impact_minutes"):
            rows = [row for row in self._evidence.of(name) if id(row) not in self.left_out]
            if len(rows) < 2:
                continue
            first = rows[0]
            # a sentence may speak of a part of it; where a form states the whole, the two need not agree
            others = [row for row in rows[1:] if row.method != "prose" or first.method == "prose"]
            if name != "resolved_at" and first.method == "timeline":
                # of several alerts the first counts, of several recoveries the last
                others = [row for row in others if row.method != "timeline"]
            other = next((row for row in others if _differ(name, first.value, row.value)), None)
            if other is None:
                continue
            label = _NAMES.get(name) or name.removeprefix("stated_").removesuffix("_minutes").replace(
                "_", " "
            )
            unit = " UTC" if name in _NAMES else " minutes"
            level: Level = "info" if first.method == other.method == "timeline" else "warning"
            self._tell(
                "values_contradict",
                level,
                f"The {label} is {first.value}{unit} in line {first.line} and {other.value}{unit} "
                f"in line {other.line}; the first was taken.",
                other.line,
            )
        for name, label in _STATED_ONCE:
            rows = [
                row for row in self._evidence.of(name) if row.method in _FORM and id(row) not in self.left_out
            ]
            other = next((row for row in rows[1:] if row.value != rows[0].value), None)
            if other is not None:
                self._tell(
                    "values_contradict",
                    "warning",
                    f"The {label} is {rows[0].value} in line {rows[0].line} and {other.value} in line "
                    f"{other.line}; "
                    f"the first was taken.",
                    other.line,
                )
        days = [
            row
            for row in self._evidence.of("occurred_on")
            if row.method in ("timeline", "title", "label", "heading", "table")
        ]
        if days and any(
            abs((datetime.fromisoformat(row.value) - datetime.fromisoformat(days[0].value)).days) > 31
            for row in days[1:]
        ):
            other_day = next(row for row in days[1:] if row.value != days[0].value)
            self._tell(
                "dates_contradict",
                "warning",
                f"The document names {days[0].value} and {other_day.value} (line {other_day.line}) "
                f"as the incident's day; correct one of them.",
                other_day.line,
            )

    def durations(self) -> None:
        """What the document claims against what its times give."""
        for name, label, first, last in _STATED:
            stated = self._chosen(name)
            start, end = self._chosen_time(first), self._chosen_time(last)
            if stated is None:
                continue
            if any(words in stated.quote.casefold() for words in _SUPPORT_HOURS):
                self._tell(
                    "duration_in_support_hours",
                    "info",
                    f"The stated {label} counts some hours of the day only; it is kept as stated and is "
                    f"not comparable with the clock.",
                    stated.line,
                )
            if start is None or end is None:
                continue
            computed = (end[1] - start[1]).total_seconds() / 60
            if abs(computed - float(stated.value)) > max(_SLACK_MINUTES, 0.02 * computed):
                is_part = stated.method == "prose" and {start[0].method, end[0].method} <= _FORM
                if is_part and float(stated.value) < computed / 2:  # the form speaks of the whole
                    self.left_out |= {id(row) for row in self._evidence.of(name) if row.method == "prose"}
                    continue
                if self._is_gross(computed, stated):
                    self._leave_out_clock(label, stated, computed, start[0], end[0])
                    continue
                self._tell(
                    "duration_contradicts_times",
                    "warning",
                    f"The stated {label} is {stated.value} minutes, but the times in lines "
                    f"{start[0].line} and {end[0].line} give {as_minutes(computed)}; correct one of "
                    f"them.",
                    stated.line,
                )

    def _is_gross(self, computed: float, stated: Evidence) -> bool:
        """Whether the clock times give another length altogether, so that one of their dates is wrong."""
        minutes = float(stated.value)
        is_of_some_hours = any(words in stated.quote.casefold() for words in _SUPPORT_HOURS)
        return (
            not is_of_some_hours
            and computed - minutes > 24 * 60
            and computed > _GROSS * minutes
            and stated.method != "prose"
        )

    def _leave_out_clock(
        self, label: str, stated: Evidence, computed: float, first: Evidence, last: Evidence
    ) -> None:
        """Leave out the later time, or the earlier if the document's other dates side with the later.

        Months apart, with no other date, nobody can say which: then both.
        """
        with_first, with_last = self._agreeing(first, last)
        is_open = with_first == with_last and computed > _MONTH.total_seconds() / 60
        if with_last <= with_first:
            self._leave_out(last.field)
        if with_last > with_first or is_open:
            self._leave_out(first.field)
        self._tell(
            "duration_contradicts_times",
            "warning",
            f"The stated {label} is {stated.value} minutes, but the {_NAMES[first.field]} and the "
            f"{_NAMES[last.field]} (lines {first.line} and {last.line}) are {as_minutes(computed)} apart; "
            "the stated one was taken and the doubtful time left out: correct its date.",
            stated.line,
        )

    def missing(self, rows: list[Row]) -> None:
        """What the numbers need and the document does not say."""
        if (planned := self._chosen("is_planned")) is not None and planned.value == "true":
            return
        kinds = {row.kind for row in rows}
        # rows that say it at a time that is not clear: what is not clear is told already
        self._explained |= {
            f"{row.kind}_at"
            for row in rows
            if row.kind is not None and row.at is None and (row.moment is not None or row.counted is not None)
        }
        unsaid = " None of the timeline's rows says in words that it is the {}."
        has_length = self._chosen("stated_time_to_resolve_minutes") is not None
        if self._is_unexplained("started_at"):
            self._tell(
                "no_start",
                "warning" if not has_length else "info",
                "No start is stated; add a line such as “Started: 2024-03-01 09:30 UTC”."
                + (unsaid.format("start") if rows and "started" not in kinds else ""),
            )
        if self._is_unexplained("resolved_at"):
            self._tell(
                "no_end",
                "warning" if not has_length else "info",
                "No end is stated; add a line such as “Resolved: 2024-03-01 10:45 UTC”."
                + (unsaid.format("end") if rows and "resolved" not in kinds else ""),
            )
        if self._is_unexplained("detected_at"):
            self._tell(
                "no_detection",
                "info",
                "It is not said when the incident was detected; add a line such as “Detected: "
                "2024-03-01 09:40 UTC”.",
            )
        if self._is_unexplained("occurred_on"):
            self._tell(
                "no_date", "warning", "No date is stated anywhere; write it in the title or beside the start."
            )
        if self._chosen("severity_label") is None:
            self._tell("no_severity", "info", "No severity is stated; add a line such as “Severity: SEV2”.")
        elif self._chosen("severity") is None:
            row = self._chosen("severity_label")
            assert row is not None
            hint = (
                f"The severity “{row.value}” names several levels; write the one that holds."
                if len(set(re.findall(r"[0-5]", row.value))) > 1
                else f"The severity “{row.value}” is in no list of the settings; add it under [severity]."
            )
            self._tell("severity_unknown", "info", hint, row.line)
        if self._chosen("services") is None:
            self._tell(
                "no_service",
                "info",
                "No affected service is named; add a line such as “Affected services: checkout”.",
            )
        if self._chosen("root_cause") is None and self._chosen("contributing_factors") is None:
            self._tell(
                "no_cause",
                "warning",
                "No cause is told under a heading that says so; add a section “Root cause”.",
            )

    def _is_unexplained(self, name: str) -> bool:
        """Whether nothing states a field, and no finding told yet why what does was left out."""
        return self._chosen(name) is None and name not in self._explained

    def categories(self, undecided: dict[str, Verdict]) -> None:
        """Categories that the taxonomy does not know, and those that the words leave open."""
        taxonomy = self._reading.taxonomy
        for name, known in (("cause_category", taxonomy.causes), ("trigger_category", taxonomy.triggers)):
            what = name.removesuffix("_category")
            stated = self._chosen(name)
            has_words = what == "cause" and (
                self._chosen("root_cause") or self._chosen("contributing_factors")
            )
            if stated is not None:
                if stated.value not in {category.name for category in known}:
                    self._tell(
                        "category_unknown",
                        "info",
                        f"The {what} category “{stated.value}” is in no list of the taxonomy and is counted "
                        "as written; add it there as an alias or a category.",
                        stated.line,
                    )
            elif name in undecided:
                told = [
                    f"{each.name} (“{'”, “'.join(each.words[:3])}”)"
                    for each in undecided[name].candidates[:2]
                ]
                self._tell(
                    f"{what}_uncategorised",
                    "info",
                    f"The words on the {what} speak for {' and for '.join(told)}; add a line such as "
                    f"“{what.capitalize()} category: {undecided[name].candidates[0].name}”.",
                )
            elif has_words:
                self._tell(
                    f"{what}_uncategorised",
                    "info",
                    f"The words on the {what} fit no category clearly; add a line such as "
                    f"“{what.capitalize()} category: {known[0].name}”.",
                )

    def items(self, items: list[ActionItem]) -> None:
        """Promises that nobody can follow."""
        if (planned := self._chosen("is_planned")) is not None and planned.value == "true":
            return
        if not items:
            self._tell(
                "no_action_items",
                "info",
                "No action items are listed; add a section “Action items”, or say in it that none "
                "are needed.",
            )
            return
        wanted = [item for item in items if not item.is_marked_declined]
        for rule, what, hint, lacking in (
            (
                "action_item_without_owner",
                "no owner",
                "name one behind each, as in “(Owner: Ana)”",
                [i for i in wanted if not i.owner],
            ),
            (
                "action_item_without_tracker",
                "no ticket",
                "link one to each",
                [i for i in wanted if i.tracker is None and not i.is_marked_done],
            ),
            (
                "action_item_without_due_date",
                "no due date",
                "write one behind each, as in “due 2024-04-01”",
                [i for i in wanted if i.due_on is None and not i.is_marked_done and i.tracker is None],
            ),
        ):
            if lacking:
                have = "has" if len(lacking) == 1 else "have"
                self._tell(
                    rule,
                    "info" if rule.endswith("date") else "warning",
                    f"{len(lacking)} of {len(items)} action items {have} {what}{_lines(lacking)}; {hint}.",
                    lacking[0].line,
                )
        unknown = next(
            (i for i in items if i.tracker == "jira" and i.issue_key is None and i.url is not None), None
        )
        if unknown is not None:
            self._tell(
                "jira_host_unknown",
                "warning",
                f"{unknown.url} looks like a Jira issue of a host that is not in the settings; add "
                f"it under [jira].",
                unknown.line,
            )


def _lines(items: list[ActionItem]) -> str:
    """Where several promises stand, to find them all; a single one stands where the finding does."""
    lines = list(dict.fromkeys(str(item.line) for item in items if item.line is not None))
    if len(lines) < 2:
        return ""
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f" (lines {', '.join(lines[:5])}{more})"


def _differ(name: str, first: str, second: str) -> bool:
    if name in _NAMES:
        gap = abs((datetime.fromisoformat(first) - datetime.fromisoformat(second)).total_seconds()) / 60
        return gap > _SLACK_MINUTES
    return abs(float(first) - float(second)) > max(_SLACK_MINUTES, 0.02 * float(first))
