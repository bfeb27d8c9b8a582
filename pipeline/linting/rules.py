"""Every rule that linting knows: its stable name, its level, what it means, and a text it speaks about.

The parser (`pipeline/documents`) finds what is contradictory or doubtful, linting what is missing or badly
worded. `postmortems lint --rules` shows this list, and docs/lint.md is made from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.documents.completeness import LEAST_EVENTS
from pipeline.documents.facts import Finding, Level


@dataclass(frozen=True, slots=True)
class Rule:
    """`level` is the usual one; a finding may be milder. `example` is a text the rule speaks about."""

    name: str
    level: Level
    explanation: str
    example: str


_ALL: tuple[Rule, ...] = (
    # what is missing
    Rule("no_start", "warning", "It is not stated when the incident started.", "“Resolved: 10:45 UTC” alone"),
    Rule("no_end", "warning", "It is not stated when the incident ended.", "“Started: 09:30 UTC” alone"),
    Rule(
        "no_detection",
        "info",
        "It is not stated when the incident was detected, or how long that took.",
        "a timeline without an alert, a report or “Detected:”",
    ),
    Rule("no_date", "warning", "No date is stated anywhere.", "“Outage on Tuesday morning”"),
    Rule("no_severity", "info", "No severity is stated.", "no line such as “Severity: SEV2”"),
    Rule(
        "severity_unknown",
        "info",
        "The severity is a word that the settings do not list, so its rank is unknown.",
        "“Severity: Purple”",
    ),
    Rule("no_service", "info", "No affected service is named.", "no line such as “Services: checkout”"),
    Rule(
        "no_impact",
        "warning",
        "The impact is told neither in words nor in users nor in minutes.",
        "no section “Impact” and no line “Users affected: 1200”",
    ),
    Rule("no_cause", "warning", "No section tells the cause or what contributed.", "no section “Root cause”"),
    Rule(
        "cause_uncategorised",
        "info",
        "The words on the cause fit no category clearly.",
        "“Root cause: see the discussion below.”",
    ),
    Rule(
        "trigger_uncategorised",
        "info",
        "The words on the trigger fit no category clearly.",
        "“Trigger: see the timeline.”",
    ),
    Rule(
        "category_unknown",
        "info",
        "The stated category of the cause or the trigger is in no list of the taxonomy.",
        "“Cause category: gremlins”",
    ),
    Rule(
        "no_detection_method",
        "info",
        "It is not said who noticed the incident: an alert, a customer or staff.",
        "no line such as “Detected by: alert”",
    ),
    Rule(
        "short_timeline",
        "info",
        f"The timeline has fewer than {LEAST_EVENTS} entries.",
        "“10:00 outage, 11:00 resolved”",
    ),
    Rule("no_action_items", "info", "No action items are listed.", "no section “Action items”"),
    Rule(
        "action_item_without_owner",
        "warning",
        "An action item has no owner, so nobody will do it.",
        "“- Add an alert on disk usage”",
    ),
    Rule(
        "action_item_without_tracker",
        "warning",
        "An action item names no ticket, so nobody can follow it.",
        "“- Add an alert on disk usage (Ana)”",
    ),
    Rule(
        "action_item_without_due_date",
        "info",
        "An action item has neither a due date nor a ticket that could hold one.",
        "“- Add an alert on disk usage (Ana)”",
    ),
    Rule(
        "action_item_without_end_state",
        "info",
        "An action item names an effort, and not what will be true when it is done.",
        "“- Improve monitoring”",
    ),
    Rule(
        "placeholder_left",
        "info",
        "A blank of the form was left in place.",
        "“Severity: {{severity}}”",
    ),
    Rule(
        "score_below_minimum",
        "error",
        "The completeness score is below the minimum that the settings or --threshold ask for.",
        "a score of 0.6 where minimum_score = 0.8",
    ),
    # what is contradictory or wrong
    Rule(
        "end_before_start",
        "warning",
        "The end lies before the start.",
        "“Started: 2024-03-02 09:00, Resolved: 2024-03-01 10:00”",
    ),
    Rule(
        "time_before_start",
        "warning",
        "The detection, acknowledgement or mitigation lies before the start.",
        "“Started: 09:30, Detected: 09:10”",
    ),
    Rule(
        "time_before_detection",
        "warning",
        "The mitigation or the end lies before the detection.",
        "“Detected: 09:30, Resolved: 09:10”",
    ),
    Rule("time_in_future", "warning", "A time lies in the future.", "“Started: 2042-03-01 09:30”"),
    Rule(
        "time_far_from_others",
        "warning",
        "A time lies about a year from the others, so its year or month is mistyped.",
        "“Started: 2023-03-01 09:30, Resolved: 2024-03-01 10:00”",
    ),
    Rule("zero_duration", "warning", "The incident ends when it starts.", "“From 09:30 to 09:30 UTC”"),
    Rule(
        "mitigated_after_end",
        "info",
        "The mitigation is later than the end.",
        "“Resolved: 10:00, Mitigated: 10:30”",
    ),
    Rule(
        "detected_after_end",
        "warning",
        "The detection is later than the end.",
        "“Detected: 14:00, Resolved: 11:00”",
    ),
    Rule(
        "acknowledged_after_end",
        "warning",
        "The acknowledgement is later than the end.",
        "“Acknowledged: 13:00, Resolved: 11:00”",
    ),
    Rule(
        "acknowledged_before_detection",
        "warning",
        "The acknowledgement is earlier than the detection.",
        "“Acknowledged: 09:30, Detected: 09:40”",
    ),
    Rule(
        "zone_unclear",
        "warning",
        "A time zone is announced, and it is not clear which.",
        "“All times in local time”",
    ),
    Rule("date_impossible", "warning", "A date is none of the calendar's.", "“2024-02-30”"),
    Rule(
        "timeline_day_contradicted",
        "warning",
        "Times without a date stand below a row of another day than the title or a label names.",
        "“2024-02-10 Flag added”, “10:00 Outage starts” under “Outage of 2024-03-08”",
    ),
    Rule(
        "duration_bounded",
        "info",
        "A duration is only a bound, so how long it was is not stated.",
        "“Duration: under 5 minutes”",
    ),
    Rule(
        "declared_after_end",
        "info",
        "The incident was declared after its end.",
        "“Resolved: 10:00, Declared: 10:30”",
    ),
    Rule(
        "published_before_end",
        "info",
        "The date of publication is days before what the document tells.",
        "“Published: 2024-03-01, Resolved: 2024-03-09 10:30”",
    ),
    Rule(
        "values_contradict",
        "warning",
        "Two places state one thing differently.",
        "“Resolved: 10:00” above, “10:40 resolved” in the timeline",
    ),
    Rule(
        "dates_contradict",
        "warning",
        "Two places name days of the incident that are more than a month apart.",
        "“2024-03-01 Outage” as the title, “2024-05-01 09:30” in the timeline",
    ),
    Rule(
        "duration_contradicts_times",
        "warning",
        "A stated duration is not what the times give.",
        "“Duration: 2 hours” from 09:00 to 10:00",
    ),
    Rule(
        "duration_in_support_hours",
        "info",
        "A stated duration counts some hours of the day only.",
        "“Time to resolve: 3 support hours”",
    ),
    # what can be read in two ways
    Rule(
        "zone_against_calendar",
        "info",
        "A zone's name is used in the half of the year in which it is not in force.",
        "“09:30 PST” in July",
    ),
    Rule(
        "zone_taken_from_other_rows",
        "info",
        "Some times have no zone and were given that of other rows.",
        "“09:30 CET … 09:40 … 09:50”",
    ),
    Rule(
        "time_in_clock_gap",
        "warning",
        "A time does not exist on that day, as the clock was put forward.",
        "“2024-03-31 02:30 CET”",
    ),
    Rule(
        "time_in_clock_fold",
        "warning",
        "A time happened twice that night, as the clock was put back.",
        "“2024-10-27 02:30” in Paris",
    ),
    Rule(
        "zones_disagree",
        "warning",
        "One moment is written in two zones that do not agree.",
        "“09:30 UTC / 09:45 CET”",
    ),
    Rule(
        "date_without_year",
        "warning",
        "A date has no year, and the document names none.",
        "“1 March, 09:30 UTC”",
    ),
    Rule(
        "timeline_counted",
        "info",
        "The timeline's times count from a moment that is not named.",
        "“T+5 Alert fires”",
    ),
    Rule("time_ambiguous", "warning", "A time can be read in two ways.", "“09:30 IST”"),
    Rule("number_ambiguous", "warning", "A number can be read in two ways.", "“3.500 users”"),
    Rule("date_ambiguous", "warning", "A date can be read in two ways.", "“03/04/2024”"),
    Rule("time_without_date", "warning", "A time has no date near it.", "“Started: 09:30 UTC”"),
    Rule("timeline_without_date", "warning", "The timeline's times have no date.", "“09:30 Alert fires”"),
    Rule(
        "timeline_date_contradicted",
        "warning",
        "The timeline's day is months off the day that the text and another place name.",
        "“2024-03-01 09:30 …” where title and file name say 2024-08-01",
    ),
    Rule(
        "timeline_date_assumed",
        "info",
        "The timeline's first times were given the date of another place.",
        "“09:30 Alert fires” under the title “Outage of 2024-03-01”",
    ),
    Rule(
        "timeline_hours_ambiguous",
        "warning",
        "It is not clear whether morning or afternoon is meant.",
        "“11:50 … 1:10 …” without am or pm",
    ),
    Rule(
        "timeline_passes_midnight",
        "info",
        "The clock goes back, so the rows below were read as the next day.",
        "“23:50 … 00:10”",
    ),
    Rule("timeline_out_of_order", "info", "A row is earlier than the one above it.", "“09:40 … 09:30”"),
    Rule(
        "front_matter_broken",
        "warning",
        "The front matter is no valid YAML or TOML.",
        "“title: Outage: part two” between lines of ---",
    ),
    Rule(
        "jira_host_unknown",
        "warning",
        "A link looks like a Jira issue, of a host that the settings do not name.",
        "“https://jira.example.com/browse/PAY-12”",
    ),
    # how it is worded
    Rule(
        "blaming_wording",
        "info",
        "The wording blames a person rather than the system that let it happen.",
        "“The engineer failed to check the region”",
    ),
    # what is no postmortem, or cannot be read
    Rule("document_is_template", "info", "A form that was not filled in.", "what `postmortems new` writes"),
    Rule("document_is_index", "info", "A list of other documents.", "a README with links"),
    Rule(
        "document_is_no_postmortem",
        "info",
        "No incident was recognised: nothing says what failed and when.",
        "a page on how to be on call",
    ),
    Rule("document_is_foreign", "info", "Data or source code, and no document.", "a Terraform file"),
    Rule("document_empty", "info", "The document says nothing.", "an empty file"),
    Rule("document_cut", "warning", "The document is too long, and only its beginning was read.", "a log"),
    Rule("document_binary", "info", "The file is not text.", "a photograph"),
    Rule("document_too_large", "warning", "The file is larger than max_megabytes.", "a dump of 40 MB"),
    Rule("document_not_utf8", "warning", "The file is text, and not in UTF-8.", "a file in Windows-1252"),
    Rule(
        "document_outside",
        "warning",
        "A link to a file or folder outside the folder.",
        "a link to another repository",
    ),
    Rule("document_is_no_file", "warning", "A pipe, a socket or a device.", "what `mkfifo` makes"),
    Rule("pdf_broken", "warning", "The PDF cannot be opened.", "half a download"),
    Rule("pdf_encrypted", "warning", "The PDF asks for a password.", "a protected report"),
    Rule("pdf_without_text", "warning", "The PDF holds pictures of words, and no words.", "a scan"),
    Rule("pdf_too_large", "warning", "The PDF is too large to be read.", "a report with many photographs"),
    Rule("document_unreadable", "warning", "The file cannot be read.", "a file without read permission"),
    Rule("parser_gave_up", "error", "Reading took too much time or memory.", "a file made to exhaust it"),
    Rule(
        "parser_failed", "error", "Reading the document failed: a defect of this product.", "none we know of"
    ),
    # what is wrong with a record of an export
    Rule("record_unreadable", "warning", "A record is no JSON object.", "half a line of a JSONL file"),
    Rule("record_malformed", "warning", "A part of an export is no record.", "a row with too many columns"),
    Rule("record_duplicate", "warning", "Another record of the file has the same id.", "a copied row"),
    Rule(
        "record_no_incident", "info", "A record says of itself that it is no incident.", "“status: declined”"
    ),
    Rule("record_without_title", "warning", "No mapped column holds a title.", "a mapping without title"),
    Rule(
        "record_without_time",
        "warning",
        "No mapped column holds a time that can be read.",
        "a mapping without started_at",
    ),
    Rule(
        "record_tells_several",
        "info",
        "A record's text tells of several incidents, so none was taken for it.",
        "a monthly report in one field",
    ),
    Rule(
        "review_of_several",
        "warning",
        "A review names several incidents, and counts for the first.",
        "an issue that reviews INC-1 and INC-2",
    ),
    Rule("value_unreadable", "warning", "A value has not the form of its field.", "“users: many”"),
)
RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}
LEVELS: tuple[Level, ...] = ("error", "warning", "info")


def rule_of(finding: Finding) -> Rule:
    """The rule of a finding."""
    known = RULES.get(finding.rule)
    return known or Rule(finding.rule, finding.level, finding.message, "")
