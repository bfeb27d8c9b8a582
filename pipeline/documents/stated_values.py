"""Labels and their values → evidence: the form of the value decides what a label with two meanings states."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta

from pipeline.documents.blocks import Text, squeeze
from pipeline.documents.causes.categories import stated_category
from pipeline.documents.causes.detection import detection_method
from pipeline.documents.evidence import EvidenceList, as_timestamp
from pipeline.documents.facts import TIME_FIELDS, Reading
from pipeline.documents.numbers import plain_numbers
from pipeline.documents.people import count_in_label, counts_people, names
from pipeline.documents.severity import is_choice, severity_number
from pipeline.documents.statements import Statement, is_value
from pipeline.documents.timelines.prose import stated_durations, stated_spans
from pipeline.documents.times.calendar import Calendar, is_far_back
from pipeline.documents.times.durations import after_duration, is_bound, read_duration
from pipeline.documents.times.moments import Moment, combine, leading_moment, moments, next_day
from pipeline.documents.times.zones import Zone, announced_zone
from pipeline.documents.vocabulary import ValueKind, fields_of, normalise

_STATED_BY_TIME = {
    "detected_at": "stated_time_to_detect_minutes",
    "acknowledged_at": "stated_time_to_acknowledge_minutes",
    "mitigated_at": "stated_time_to_mitigate_minutes",
    "resolved_at": "stated_time_to_resolve_minutes",
}
#: What happens first to last: a time without a date follows those before it.
_ORDER = {name: rank for rank, name in enumerate(TIME_FIELDS)}
_NUMBER = re.compile(
    r"[\s~≈=$€£a-zA-Z.:(]{0,24}?(\d{1,3}(?:[,\s']\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d+)?)\s*"
    r"(k|m|mn|"
    r"million|thousand|bn)?(?!\s?%|\w|[.,/:-]\d)",
    re.IGNORECASE,
)
_NUMBER_BOUND = re.compile(
    r"[<>≤≥]|\b(?:between|from|over|under|above|below|up to|at (?:least|most)|(?:more|less"
    r"|fewer) than|max(?:imum)?"
    r"|min(?:imum)?|within)\b",
    re.IGNORECASE,
)
_NUMBER_RANGE = re.compile(r"\s*(?:(?:[-–—]|to\b|and\b)\s*[$€£~]?\s?\d|\+|or (?:more|less)\b)", re.IGNORECASE)
_KEY = re.compile(r"#?\s*((?:[A-Za-z]{2,12}[-_#]?)?\d[\w-]{0,20})(?![\w-])")
_FALSE = re.compile(
    r"(?:false|no|n|0|open|ongoing|unresolved|investigating|in progress|active|"
    r"identified|monitoring|mitigated)\b",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\b(minutes?|mins?|hours?|hrs?|seconds?|secs?|days?)\b", re.IGNORECASE)
_CLOCK_UNIT = re.compile(r"\bh{1,2}:m{1,2}\b|\bh:mm\b", re.IGNORECASE)
_PLANNED = re.compile(
    r"\W*(?:(?:planned|scheduled)(?: (?:maintenance|downtime|work|outage|change))?|"
    r"maintenance(?: window)?)\W*",
    re.IGNORECASE,
)
_UNPLANNED = re.compile(r"\W*(?:un(?:planned|scheduled).*|incident|outage|emergency.*)\W*", re.IGNORECASE)
#: What may stand before a span of a duration: nothing else, so that "(support hours 10:00-17:00)" is none.
_BEFORE_SPAN = re.compile(
    r"[\s.(\[,:–—~-]*(?:(?:the|this|it) (?:(?!(?:would|could|might|should|will|may|not|usually|never)\b)"
    r"[\w-]+ ){0,4}?(?:occurred|lasted|was|ran) )?"
    r"(?:(?:from|between|on)\s*)?(?:(?:approximately|approx\.?|about|around|roughly|ca\.?)\s*)?",
    re.IGNORECASE,
)
#: Labels that state a start only when their value has an end, too: "Time: 12:08 – 13:30".
_SPANS_ONLY = frozenset(
    {"time", "times", "window", "period", "time window", "time period", "timeframe", "time frame"}
)
_OPEN_HOURS = re.compile(
    r"\b(?:working|business|office|support|opening|week)[ -]?(?:days?|hours)\b|\b(?:every|each|daily|planned"
    r"|scheduled|expected|estimated)\b",
    re.IGNORECASE,
)
#: A length behind its span: "08:41–09:54 UTC (1 h 13 m)"; or told: "from 10:00, lasting 37 minutes".
_BEHIND_SPAN = re.compile(r"[\s,;:–—-]*\(\s*(?:total(?: of)?:?\s*)?(?P<length>[^()]{2,40})\)")
_LASTING = re.compile(r"\b(?:lasting|lasted|for a total of)\s+(?P<length>[^().;,\n]{2,40})", re.IGNORECASE)
#: A time with what happened then: "(07:05 UTC detected → 13:30 UTC resolved)".
_NAMED = re.compile(
    r"\s*\(?(?:(?P<started>started|began|start)|(?P<detected>detected|reported|noticed|alerted)"
    r"|(?P<mitigated>mitigated|restored|recovered)|(?P<resolved>resolved|fixed|ended|end))\s*(?=$|[)\],;:→>–—-])",
    re.IGNORECASE,
)
#: An incident that goes on has a start, and no length: "ongoing (started 14:15 UTC)", "18:52 onwards".
_SINCE = re.compile(
    r"\b(?:started|began|since|starting|beginning)(?: at| on)?\s+(?=~?\d)"
    r"|^\W*(?=~?\d[\w :,.-]{2,40}\bonwards?\b)",
    re.IGNORECASE,
)
#: GitLab's way to write a label: ~"Service::Pages"
_LABEL_MARK = re.compile(r"~\"?(?:\w+::?)?\s*([^\"]+?)\"?\s*$")
#: "P2 — see severity-levels.md"
_SEE_ALSO = re.compile(r"\s*[-–—(,;]+\s*(?:see|cf\.?|as defined in|per)\b.*$", re.IGNORECASE)
#: "Sev 1 (tenant-affecting, partial degradation)"; but "P1 (Critical)" is a label of two words.
_EXPLAINED = re.compile(r"\s*\((?:[^()\s]+\s+){2,}[^()\s]+\)\s*$")
#: A subtitle that promises the account instead of giving it.
_TEASER = re.compile(
    r"\?|\bread (?:on|more)\b|\b(?:a|the) (?:combined )?(?:post-?mortem|root cause analysis|look)\b", re.I
)
#: What is said of a service behind its name: "Checkout (degraded)".
_NOTE = re.compile(r"\s{0,4}\([^()\n]{1,80}\)")
#: A sentence behind the names tells of them: "Chat (web). Mail was not affected."
_NEXT_SENTENCE = re.compile(r"(?<=[a-z)\]`])\.[ \t]+(?=[A-Z])")
_NOT_A_SERVICE = re.compile(
    r"(?:all|multiple|several|various|many|most|every|entire|everything|both|some|other|our|the)(?:\s.{0,40})?"
    r"|(?:but )?(?:not|no|none|never|without|except)(?:\s.{0,80})?|nothing(?: else)?|etc\.?|others?"
    r"|more|(?:only|mainly|mostly)(?:\s.{0,40})?"
    r"|yes|no|internal|external|production|customers?|users?",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,|;|\n|/(?=\s)|\band\b|&)\s*")


_BOUND = re.compile(
    r"\W{0,4}(?:over|under|(?:less|more|fewer) than|up to|at (?:least|most)|<|>|≤|≥)(?:\s|=|\W?(?=[\d$€£]))",
    re.IGNORECASE,
)


class StatedValues:
    """Labels and their values → evidence."""

    def __init__(
        self,
        statements: list[Statement],
        calendar: Calendar,
        reading: Reading,
        evidence: EvidenceList,
        *,
        body: str,
        has_title: bool,
    ) -> None:
        self._body = body
        self._statements = statements
        self._has_title = has_title
        self._calendar = calendar
        self._reading = reading
        self._evidence = evidence
        self._severities = dict(reading.severity_words)
        self._civil: dict[str, datetime] = {}  # the civil times read, for those without a date

    def read(self) -> None:
        """Every statement, in order; then the front matter's `date`, once it is known what it can mean."""
        dates: list[Statement] = []
        for statement in self._statements:
            if statement.method == "front_matter" and normalise(statement.label) in (
                "date",
                "datetime",
                "date time",
            ):
                dates.append(statement)
                continue
            for name, kind in fields_of(statement.label):
                if self._take(name, kind, statement):
                    break
        for statement in dates:
            self._front_matter_date(statement)

    def _take(self, name: str, kind: ValueKind, statement: Statement) -> bool:
        """Whether the statement's value has the form of this field; if so it is added."""
        reader = getattr(self, f"_{kind}")
        return bool(reader(name, statement))

    def _add(
        self,
        name: str,
        value: str | datetime | date | float,
        statement: Statement,
        confidence: float | None = None,
    ) -> None:
        self._evidence.add(name, value, statement.method, statement.line, statement.quote, confidence)

    def _moments(self, statement: Statement) -> list[Moment]:
        return moments(statement.value[:300], self._calendar.reading, loose=True)

    def _utc(
        self, moment: Moment, statement: Statement, name: str = "", *, end: bool = False
    ) -> datetime | None:
        """The moment in UTC as the time of the field `name`; `end` is that of its range."""
        clock = moment.until if end else moment.clock
        if clock is None or moment.is_ambiguous:
            if moment.is_ambiguous:
                rule = "date_impossible" if moment.is_impossible else "time_ambiguous"
                self._calendar.doubts.note(rule, statement.line, squeeze(statement.value, 60))
            return None
        day = self._calendar.date_of(moment)
        if end and day is not None and (moment.until_day or moment.until_month_day):
            day = self._calendar.end_day(moment, day)
        if moment.has_date and day is None:
            self._calendar.doubts.note("date_without_year", statement.line, squeeze(statement.value, 60))
            return None
        reference = (
            combine(day, moment.clock) if end and moment.clock and day else self._reference(name, clock)
        )
        if day is None:
            day = reference.date() if reference else self._calendar.day
            if day is None:
                self._calendar.doubts.note("time_without_date", statement.line, squeeze(statement.value, 60))
                return None
        if moment.ends_day and not end:
            day = next_day(day)
        civil = combine(day, clock)
        if end and moment.clock:
            reference = combine(day, moment.clock)
        undated = (not moment.has_date and not moment.ends_day) or (
            end and not (moment.until_day or moment.until_month_day)
        )
        if undated and reference is not None and civil < reference and is_far_back(reference, civil):
            day = next_day(day)
            civil = combine(day, clock)
        if name:
            self._civil.setdefault(name, civil)
        announced = announced_zone(
            f"time {statement.label}", self._calendar.reading.default_zone, is_heading=True
        )
        zone = self._calendar.zone_for(moment, announced)
        if self._calendar.is_zone_inferred and statement.method == "front_matter" and moment.zone is None:
            zone = Zone(self._calendar.reading.default_zone, name=self._calendar.reading.default_zone)
        elif self._calendar.is_zone_inferred and moment.zone is None and announced is None:
            self._calendar.doubts.note("zone_taken_from_other_rows", statement.line, zone.written)
        beside = None if end else moment.beside
        at = self._calendar.utc(day, clock, zone, statement.line, squeeze(statement.value, 60), beside)
        if at is not None:
            self._evidence.civil_days.setdefault(as_timestamp(at), day)
        return at

    def _reference(self, name: str, clock: time) -> datetime | None:
        """The time that one of the field `name` without a date follows: the latest of what comes before it.

        Where only what comes after it is known, it is of that day, or of the day before by its clock.
        """
        rank = _ORDER.get(name, len(_ORDER))
        before = [civil for field, civil in self._civil.items() if _ORDER[field] <= rank]
        if before:
            return max(before)
        after = min(self._civil.values(), default=None)
        if after is not None and is_far_back(combine(after.date(), clock), after):
            return datetime.combine(after.date() - timedelta(days=1), clock)
        return datetime.combine(after.date(), time.min) if after is not None else None

    def _time(self, name: str, statement: Statement) -> bool:
        found = self._moments(statement)
        clocked = [moment for moment in found if moment.clock is not None]
        if clocked:
            if clocked[0].until is None and normalise(statement.label) in _SPANS_ONLY:
                return False
            rest = (statement.value[: clocked[0].start] + statement.value[clocked[0].end :])[:60]
            if normalise(statement.label) in _SPANS_ONLY and _OPEN_HOURS.search(statement.value):
                return False
            if clocked[0].start > 40 or re.match(r"\W*[-–—]?\s*(?:\d{4,}-)", rest):
                return False
            at = self._utc(clocked[0], statement, name)
            if at is None:
                return True
            self._add(name, at, statement, None if not clocked[0].is_approximate else 0.8)
            if clocked[0].until is not None and name == "started_at":
                end = self._utc(clocked[0], statement, "resolved_at", end=True)
                if end is not None:
                    self._add("resolved_at", end, statement)
            return True
        minutes = read_duration(statement.value)
        if minutes is not None and name in _STATED_BY_TIME and not found:
            self._add(_STATED_BY_TIME[name], minutes, statement)
            return True
        if found and name == "started_at" and not found[0].is_ambiguous:
            day = self._calendar.date_of(found[0])
            if day is not None and found[0].start <= 20:
                self._add("occurred_on", day, statement, 0.8)
                return True
        return False

    def _duration(self, name: str, statement: Statement) -> bool:
        as_clock = _CLOCK_UNIT.search(statement.label) is not None
        minutes = read_duration(statement.value, as_clock=as_clock)
        if minutes is None:
            unit = _UNIT.search(statement.label)
            if unit is not None and re.fullmatch(r"\s*~?\s*\d+(?:\.\d+)?\s*", statement.value):
                minutes = read_duration(f"{statement.value.strip()} {unit.group()}")
        if minutes is None:
            minutes = self._length_behind(name, statement)
        if minutes is not None:
            self._add(name, minutes, statement)
        elif is_bound(statement.value):
            self._calendar.doubts.note("duration_bounded", statement.line, squeeze(statement.value, 60))
        since = _SINCE.search(statement.value[:200]) if minutes is None else None
        if since is not None and name in ("stated_time_to_resolve_minutes", "customer_impact_minutes"):
            if self._told_ends(name, statement):
                return True
            told = leading_moment(statement.value[since.end() : since.end() + 60], self._calendar.reading)
            at = self._utc(told, statement, "started_at") if told is not None and told.until is None else None
            if at is not None:
                self._add("started_at", at, statement, 0.85)
            return at is not None
        if name in ("stated_time_to_resolve_minutes", "customer_impact_minutes"):
            for moment in self._moments(statement)[:2]:
                if (
                    moment.until is not None
                    and moment.clock is not None
                    and _BEFORE_SPAN.fullmatch(after_duration(statement.value[: moment.start]))
                ):
                    last = "resolved_at" if name == "stated_time_to_resolve_minutes" else "mitigated_at"
                    at = self._utc(moment, statement, "started_at")
                    end = self._utc(moment, statement, last, end=True)
                    if at is not None and end is not None:
                        self._add("started_at", at, statement, 0.85)
                        self._add(last, end, statement, 0.85)
                    return True
            if self._told_ends(name, statement):
                return True
        return minutes is not None

    def _told_ends(self, name: str, statement: Statement) -> bool:
        """Whether the value tells in a sentence, or in a word behind each of two times, when it was."""
        found = [moment for moment in self._moments(statement) if moment.clock is not None]
        if len(found) == 2 and all(moment.until is None for moment in found):
            behind = (statement.value[found[0].end : found[1].start], statement.value[found[1].end :])
            told = [_NAMED.match(words) for words in behind]
            kinds = [match.lastgroup for match in told if match is not None]
            if kinds in (["started", "resolved"], ["detected", "resolved"], ["started", "mitigated"]):
                for kind, moment in zip(kinds, found, strict=True):
                    at = self._utc(moment, statement, f"{kind}_at")
                    if at is not None:
                        self._add(f"{kind}_at", at, statement, 0.85)
                return True
        if name != "stated_time_to_resolve_minutes" or len(statement.values) > 1:
            return False
        spans = list(stated_spans(Text(statement.value, statement.line), self._calendar.reading))
        if len(spans) != 1:
            return False
        at = self._utc(spans[0].moment, statement, "started_at")
        end = self._utc(spans[0].moment, statement, "resolved_at", end=True)
        if at is not None and end is not None:
            self._add("started_at", at, statement, 0.85)
            self._add("resolved_at", end, statement, 0.85)
        return True

    def _length_behind(self, name: str, statement: Statement) -> float | None:
        """The length that stands behind a span of times, or is told after a start."""
        found = self._moments(statement)[:1]
        told = None
        if found and (found[0].start <= 3 or _is_span(statement.value, found[0])):
            told = _BEHIND_SPAN.match(statement.value, found[0].end)
        if told is None and name == "stated_time_to_resolve_minutes":
            told = _LASTING.search(statement.value[:300])
        minutes = read_duration(told.group("length")) if told else None
        if minutes is None and name == "stated_time_to_resolve_minutes" and len(statement.values) < 2:
            lengths = {lasting.minutes for lasting in stated_durations(Text(statement.value, statement.line))}
            return lengths.pop() if len(lengths) == 1 else None
        return minutes

    def _date(self, name: str, statement: Statement) -> bool:
        found = [moment for moment in self._moments(statement) if moment.has_date or moment.is_ambiguous]
        if not found:
            return False
        moment = found[0]
        if moment.is_ambiguous and moment.day is None:
            rule = "date_impossible" if moment.is_impossible else "date_ambiguous"
            self._calendar.doubts.note(rule, statement.line, squeeze(statement.value, 60))
            return True
        day = self._calendar.date_of(moment)
        if day is None:
            return True
        if name == "occurred_on":
            self._add(name, day, statement)
            if moment.until is not None and moment.clock is not None:
                at = self._utc(moment, statement, "started_at")
                end = self._utc(moment, statement, "resolved_at", end=True)
                if at is not None and end is not None:
                    self._add("started_at", at, statement)
                    self._add("resolved_at", end, statement)
        else:
            at = self._utc(moment, statement) if moment.clock is not None else None
            self._add(name, at or datetime.combine(day, datetime.min.time()), statement)
        return True

    def _front_matter_date(self, statement: Statement) -> None:
        found = [moment for moment in self._moments(statement) if moment.day is not None]
        if not found:
            return
        moment = found[0]
        has_end = any(row.method == "front_matter" for row in self._evidence.of("resolved_at"))
        has_start = bool(self._evidence.of("started_at"))
        if has_end and not has_start and moment.clock is not None:
            at = self._utc(moment, statement, "started_at")
            if at is not None:
                self._add("started_at", at, statement)
                return
        at = self._utc(moment, statement) if moment.clock is not None else None
        self._add(
            "published_at",
            at or datetime.combine(moment.day or date.min, datetime.min.time()),
            statement,
            0.7,
        )

    def _severity(self, name: str, statement: Statement) -> bool:
        label = squeeze(_SEE_ALSO.sub("", statement.value.split("\n")[0]), 80)
        label = _EXPLAINED.sub("", label) or label
        if len(label) > 60:  # "High — every order of the day was lost …"
            label = re.split(r"\s[-–—]\s", label, maxsplit=1)[0]
        if statement.method != "heading":
            label = label.rstrip(" .") or label
        if is_choice(label, self._severities):
            return True  # the form's own list, nothing chosen
        number = severity_number(label, self._severities)
        if name == "severity_priority" and not re.match(r"\s*p[1-5]\b", label, re.IGNORECASE):
            return False
        is_sentence = statement.method == "heading" and (label.endswith(".") or len(label.split()) > 6)
        if number is None and (len(label) > 60 or is_sentence):
            return False
        self._add("severity_label", label, statement)
        if number is not None:
            self._add("severity", str(number), statement)
        return True

    def _list(self, name: str, statement: Statement) -> bool:
        if len(statement.value) > 1500:
            return False
        if name in ("authors", "reviewers", "participants"):
            return self._people(name, statement)
        value = statement.value.strip()
        if name == "services" and counts_people(value):
            self._number("affected_user_count", statement)
            return True
        if name == "services" and statement.method != "front_matter":
            value = _NEXT_SENTENCE.split(_NOTE.sub("", value), maxsplit=1)[0]
        parts = statement.values or tuple(_SPLIT.split(value))
        listed = [re.sub(r"^[@*`\s]+|[`*\s.]+$", "", _LABEL_MARK.sub(r"\1", part)) for part in parts]
        if name == "services":
            listed = [_named_service(part, statement.method == "front_matter") for part in listed]
        listed = list(dict.fromkeys(part for part in listed if part and len(part) <= 120 and is_value(part)))
        if not listed:
            return False
        if (
            name == "services"
            and statement.method != "front_matter"
            and any(len(part.split()) > 6 for part in listed)
        ):
            return False
        self._add(name, json.dumps(listed, ensure_ascii=False), statement)
        if name == "services":
            self._add("service", listed[0], statement)
        return True

    def _people(self, name: str, statement: Statement) -> bool:
        if statement.method == "front_matter" and normalise(statement.label) == "name":
            return False  # the document's own
        found = names(statement.values or (statement.value,), is_list=len(statement.values) > 1)
        if not found:
            return False
        self._add(name, json.dumps(found, ensure_ascii=False), statement)
        if name == "reviewers":
            self._date("reviewed_at", statement)  # "Reviewed by: Ana Bell, 2024-03-01"
        return True

    def _plain_numbers(self, statement: Statement) -> str | None:
        """The value with its numbers written plainly; None, and a doubt, when one can be read in two ways."""
        plain = plain_numbers(statement.value.split("\n")[0][:200], self._body)
        if plain is None:
            self._calendar.doubts.note("number_ambiguous", statement.line, squeeze(statement.value, 60))
        return plain

    def _number(self, name: str, statement: Statement) -> bool:
        value = self._plain_numbers(statement)
        if value is None:
            return True
        if name == "affected_user_count":
            count = count_in_label(value)
            if count is not None:
                self._add(name, str(count), statement)
            return count is not None
        match = _NUMBER.match(value)
        if match is not None and (
            _NUMBER_BOUND.search(value[: match.start(1)]) or _NUMBER_RANGE.match(value, match.end())
        ):
            return True  # no more is known than what it is below, above or between
        if match is None:
            return False
        if _BOUND.match(value):
            return True
        number = float(re.sub(r"[,\s']", "", match.group(1)))
        number *= {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9}.get(
            (match.group(2) or "").lower(), 1
        )
        self._add(name, f"{number:.2f}".rstrip("0").rstrip("."), statement)
        return True

    def _flag(self, name: str, statement: Statement) -> bool:
        said = statement.value.strip().casefold()
        if said in ("true", "yes", "false", "no"):
            self._add(name, "true" if said in ("true", "yes") else "false", statement)
            return True
        return False

    def _status(self, name: str, statement: Statement) -> bool:
        said = statement.value.strip()
        if len(said) > 60:
            return False
        if _FALSE.match(said):
            self._add(name, "false", statement)
        elif re.match(r"(?:resolved|closed|fixed)\b", said, re.IGNORECASE):
            self._add(name, "true", statement)
        return True

    def _type(self, name: str, statement: Statement) -> bool:
        said = statement.value.strip().casefold()
        label = normalise(statement.label)
        if (
            said in self._reading.planned_words
            or _PLANNED.fullmatch(said)
            or (label in ("planned", "is planned", "scheduled") and said in ("true", "yes"))
        ):
            self._add("is_planned", "true", statement)
        elif _UNPLANNED.fullmatch(said) or (
            label in ("planned", "is planned", "scheduled") and said in ("false", "no")
        ):
            self._add("is_planned", "false", statement)
        return True

    def _key(self, name: str, statement: Statement) -> bool:
        match = _KEY.fullmatch(statement.value.strip())
        if match is None or (normalise(statement.label) == "incident" and match.group(1).isdigit()):
            return False
        self._add(name, match.group(1), statement)
        return True

    def _text(self, name: str, statement: Statement) -> bool:
        value = statement.value.strip()
        if name == "time_zone":
            return True
        if name == "detection_method":
            found = detection_method(value)
            if found is not None:
                self._add(name, found[0], statement)
            return True
        if name in ("cause_category", "trigger_category", "team", "title"):
            value = squeeze(value, 200)
            if name != "title" and len(value) > 60:
                return False
            if name == "title" and (statement.method != "front_matter" or self._has_title):
                return True
            if name in ("cause_category", "trigger_category"):
                value = self._known_category(name, value)
        if name == "summary" and (statement.method != "front_matter" or _TEASER.search(value)):
            return True  # the section of that name holds it
        if name in ("impact", "root_cause", "trigger"):
            if statement.method not in ("front_matter", "table"):
                return True  # likewise
            if name == "impact" and value.casefold() in self._severities:
                return self._severity("severity", statement)
            if len(value.split()) < 3 and name != "trigger":
                return True  # "minor", "yes": a mark, no account
        self._add(name, value, statement)
        return True

    def _known_category(self, name: str, value: str) -> str:
        taxonomy = self._reading.taxonomy
        known = taxonomy.causes if name == "cause_category" else taxonomy.triggers
        return stated_category(value, known) or value


def _is_span(value: str, moment: Moment) -> bool:
    return moment.until is not None and _BEFORE_SPAN.fullmatch(value[: moment.start]) is not None


def _named_service(name: str, is_front_matter: bool) -> str:
    """The name without what is said of it; empty when it names none, as "all services"."""
    if is_front_matter:
        return name
    bare = re.split(r"\s[-–—](?:\s|$)|\s+only$", name, maxsplit=1)[0].strip()
    return "" if _NOT_A_SERVICE.fullmatch(bare) else bare
