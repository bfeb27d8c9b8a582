"""Sections → one incident: its evidence, events, action items and findings."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from pipeline.documents.blocks import Text, squeeze
from pipeline.documents.causes.categories import Verdict, categorise, what_triggered
from pipeline.documents.causes.detection import (
    detection_method,
    names_detection,
    speaks_of_detection,
    tells_detection,
)
from pipeline.documents.checks import check_incident, doubts_as_findings
from pipeline.documents.evidence import EvidenceList, as_timestamp
from pipeline.documents.evidence_links import evidence_links
from pipeline.documents.facts import Event, Finding, Incident, Method, Reading
from pipeline.documents.numbers import plain_numbers
from pipeline.documents.outline import Section
from pipeline.documents.people import affected_people, lone_counts, writers
from pipeline.documents.planned import planned_words
from pipeline.documents.promises.action_items import action_items
from pipeline.documents.promises.owners import NAME, is_name
from pipeline.documents.promises.trackers import Trackers
from pipeline.documents.severity import severity_number
from pipeline.documents.stated_values import StatedValues
from pipeline.documents.statements import Statement
from pipeline.documents.texts import (
    add_texts,
    introduction,
    needs_no_actions,
    opens_with_label,
    paragraphs,
    with_role,
)
from pipeline.documents.timelines.event_kinds import (
    is_only_noticed,
    is_weak_end,
    tells_relapse,
    tells_response,
    with_match,
)
from pipeline.documents.timelines.prose import (
    Span,
    Told,
    length_of_impact,
    sentences,
    stated_detection,
    stated_durations,
    stated_spans,
    told_events,
)
from pipeline.documents.timelines.timeline import Row, is_background
from pipeline.documents.times.calendar import Calendar
from pipeline.documents.times.moments import moments
from pipeline.documents.times.zones import Zone, day_of
from pipeline.documents.vocabulary import fields_of, label_role, normalise

_EVENT_FIELDS = {
    kind: f"{kind}_at"
    for kind in ("started", "detected", "acknowledged", "declared", "mitigated", "resolved")
}
_TITLE_SEVERITY = re.compile(
    r"\b(?:SEV|Sev|sev|Severity|severity)[- ]?[0-5]\b|^\W{0,3}P[0-5]\b(?=\s*[\]:)–—-]|\s+(?:incident|outage))"
)
_TOLD_SEVERITY = re.compile(
    r"\b[Tt]h(?:is|e) (?P<level>(?:SEV|Sev|sev)[- ]?[0-5]|P[0-5])[- ](?:incident|outage|event)\b"
)
_OWN_KEY = re.compile(
    r"(?<![\w-])((?:INC|INCIDENT|PM|PIR|RCA|IR|SEV|OUTAGE|IM)[-_ #]?\d{2,}(?:-\d{1,6})?)(?![\w-])"
)
#: What makes a time something else than the start: "2024-05-01 10:00, resolved", "10:00 (reported)".
_GOES_ON = re.compile(
    r"\b(?:resol|restor|report|detect|discover|notic|publi|review|updat|end|fix|until|till|meeting)", re.I
)
_SERVICE_BACK = re.compile(r"\b(?:outage|impact|downtime|disruption|degradation)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LISTS = ("contributing_factors", "five_whys")
_OCCURRENCES = ("incident", "outage", "event", "failure", "disruption")
_DATED = frozenset(
    {"date and time", "date time"}
    | {f"{of} date and time" for of in _OCCURRENCES}
    | {f"{of} date" for of in _OCCURRENCES}
    | {f"date of {the}{of}" for of in _OCCURRENCES for the in ("", "the ", "this ")}
)
#: "We did not find the root cause"
_NOT_KNOWN = re.compile(
    r"\b(?:(?:did|could|have|has|were|was|are)(?: not|n['’]t)(?: yet)?(?: been)?(?: able to)?|unable to"
    r"|never)"
    r"\W(?:\w+ ){0,2}?(?:figured? out|determined?|f(?:ind|ound)(?: out)?|identif(?:y|ied)|establish(?:ed)?"
    r"|pinpoint(?:ed)?|know)\b[^.]{0,30}\bcause\b"
    r"|^\W*(?:(?:currently|still|as yet|yet|it is) )?(?:unknown|unclear|undetermined"
    r"|not (?:yet )?(?:known|clear"
    r"|determined|identified|understood)|to be (?:confirmed|determined)|tb[cd])\b(?=\W*(?:$"
    r"|[.;,:(–—\n-]|but\b"
    r"|as of\b|yet\b|at (?:this|the)\b))"
    r"|\b(?:causes?|reason|trigger)\b[^.;]{0,40}?\b(?:is|was|are|remains?)\b(?: \w+){0,2}? (?:unknown|unclear"
    r"|undetermined|not (?:\w+ )?(?:known|clear|understood|determined|identified|established))\b"
    r"|\b(?:still|currently|being|under) (?:being |under )?investigat(?:ed|ing|ion)\b"
    r"|\binvestigation (?:is|was) (?:still )?(?:ongoing|continuing|open|in progress)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Source:
    """What an incident is read from: its sections and rows, and what holds for the whole document."""

    ordinal: int
    title: str | None
    title_line: int | None
    title_method: Method
    sections: list[Section]
    statements: list[Statement]
    rows: list[Row]
    calendar: Calendar
    path: str
    body: str
    _told: dict[int, list[tuple[Text, bool]]] = field(default_factory=dict)

    def told(self, section: Section) -> list[tuple[Text, bool]]:
        """The words of a section, its labelled lines left out: those are statements, read as such.

        With each, whether it holds a digit: words without one state no time.
        """
        if id(section) not in self._told:
            self._told[id(section)] = [
                (line, _DIGIT.search(line.text) is not None)
                for whole in paragraphs([section])[:40]
                for line in _told(whole)
            ]
        return self._told[id(section)]


def read_incident(source: Source, reading: Reading) -> tuple[Incident, list[Finding]]:
    """The incident of these sections, and the findings about it."""
    evidence = EvidenceList()
    if source.title:
        evidence.add("title", source.title, source.title_method, source.title_line, source.title)
    StatedValues(
        source.statements,
        source.calendar,
        reading,
        evidence,
        body=source.body,
        has_title=bool(source.title),
    ).read()
    _add_keys(source, evidence)
    _add_title_severity(source, reading, evidence)
    _add_told_severity(source, reading, evidence)
    _add_byline(source, evidence)
    _add_signature(source, evidence)
    add_texts(source.sections, source.title_line, evidence)
    _add_affected(source, evidence)
    _add_prose(source, evidence)
    _add_told_events(source, reading, evidence)
    _add_events(source, evidence)
    _add_dated_start(source, evidence)
    _add_days(source, evidence)
    _add_services(source, reading, evidence)
    _add_planned(source, reading, evidence)
    undecided = _add_categories(source, reading, evidence)
    _add_detection(source, evidence)
    items = action_items(
        source.sections,
        source.calendar,
        Trackers.known(reading.jira_hosts, reading.jira_projects),
        _people(source, evidence),
    )
    left_out, findings = check_incident(
        evidence,
        source.rows,
        items,
        reading,
        source.ordinal,
        undecided,
        needs_items=not needs_no_actions(source.sections),
    )
    findings.extend(doubts_as_findings(source.calendar.doubts, source.ordinal))
    events = tuple(
        Event(row.at, row.at_text, row.text or row.at_text, row.kind, row.line)
        for row in source.rows
        if row.at is not None or row.at_text
    )
    links = evidence_links(source.sections, source.statements)
    return Incident(source.ordinal, evidence.settled(left_out), events, tuple(items), links), findings


def add_inferences(source: Source, reading: Reading, evidence: EvidenceList) -> dict[str, Verdict]:
    """Add what the words stated so far speak for: services that the settings know, and categories.

    Returned is, by field, what the words leave undecided.
    """
    _add_services(source, reading, evidence)
    return _add_categories(source, reading, evidence)


def _people(source: Source, evidence: EvidenceList) -> frozenset[str]:
    """Names, in lower case, of those who wrote the document or took part: whole, and the first of each."""
    authors = [name for row in evidence.of("authors") for name in json.loads(row.value)]
    listed = [text.text for text in paragraphs(with_role(source.sections, "people"))][:60]
    listed += [s.value for s in source.statements if label_role(s.label) == "people"][:20]
    names = {
        match.group()
        for words in [*authors, *listed]
        for match in re.finditer(NAME, words[:400])
        if is_name(match.group())
    }
    return frozenset(part.casefold() for name in names for part in (name, name.split()[0]))


def _add_keys(source: Source, evidence: EvidenceList) -> None:
    name = source.path.rpartition("/")[2]
    for text, method, line in ((source.title or "", "title", source.title_line), (name, "path", None)):
        match = _OWN_KEY.search(text)
        if match is None and method == "path":
            match = re.match(r"([A-Z]{2,8}-?\d{2,}(?:-\d{1,6})?)(?![\w-])", text)
        if match is not None:
            evidence.add("incident_key", match.group(1), method, line, text)  # type: ignore[arg-type]
            return


def _add_title_severity(source: Source, reading: Reading, evidence: EvidenceList) -> None:
    match = _TITLE_SEVERITY.search(source.title or "")
    if match is not None and not evidence.of("severity_label"):
        label = match.group().strip(" [(:-")
        evidence.add("severity_label", label, "title", source.title_line, source.title or "")
        number = severity_number(label, dict(reading.severity_words))
        if number is not None:
            evidence.add("severity", str(number), "title", source.title_line, source.title or "")


def _add_told_severity(source: Source, reading: Reading, evidence: EvidenceList) -> None:
    """The level that the summary gives this incident: "This SEV-2 incident affected …"."""
    if evidence.of("severity_label"):
        return
    told = [*introduction(source.sections, source.title_line), *with_role(source.sections, "summary")]
    for text in paragraphs(told)[:6]:
        met = list(_TOLD_SEVERITY.finditer(text.text[:3000]))
        if len({match.group("level").casefold() for match in met}) == 1:
            label, line = met[0].group("level"), text.line_at(met[0].start())
            evidence.add("severity_label", label, "prose", line, met[0].group())
            number = severity_number(label, dict(reading.severity_words))
            if number is not None:
                evidence.add("severity", str(number), "prose", line, met[0].group())
            return


def _add_byline(source: Source, evidence: EvidenceList) -> None:
    """Who wrote it, as a line of its own under the title says: "By Ana Bell and Bo Li, 3 May"."""
    if evidence.of("authors"):
        return
    for text in paragraphs(introduction(source.sections, source.title_line))[:8]:
        for line in islice(text.lines(), 4):
            written = writers(line.text)
            if written:
                listed = json.dumps(written, ensure_ascii=False)
                evidence.add("authors", listed, "prose", line.line, line.text, 0.8)
                return


_SIGN_OFF = re.compile(
    r"(?:(?:kind|best|warm)(?:est)? (?:regards|wishes)|regards|sincerely(?: yours)?|yours (?:sincerely|truly"
    r"|faithfully)|cheers|many thanks|respectfully)[,.!]?",
    re.IGNORECASE,
)


def _add_signature(source: Source, evidence: EvidenceList) -> None:
    """Who wrote it, as a letter ends: "Kind regards," and below it a name."""
    if evidence.of("authors") or not source.sections:
        return
    lines = [line for text in paragraphs(source.sections[-1:])[-6:] for line in text.lines()][-6:]
    for above, line in itertools.pairwise(lines):
        if _SIGN_OFF.fullmatch(above.text.strip()):
            name = re.match(NAME, line.text.strip()[:80])
            if (
                name is not None
                and is_name(name.group())
                and line.text.strip()[name.end() :][:1] in ("", ",")
            ):
                listed = json.dumps([name.group()], ensure_ascii=False)
                evidence.add("authors", listed, "prose", line.line, squeeze(f"{above.text} {line.text}"), 0.7)
            return


def _add_prose(source: Source, evidence: EvidenceList) -> None:
    told = [
        *introduction(source.sections, source.title_line),
        *with_role(source.sections, "summary"),
        *with_role(source.sections, "impact"),
        *with_role(source.sections, "status"),
    ]
    _add_impact_length(source, evidence)
    told_spans: list[tuple[datetime, Span, datetime, Span]] = []
    calendar = source.calendar
    opening = True
    labelled = [
        (Text(s.value, s.line), True)
        for s in source.statements
        if normalise(s.label) in ("summary", "impact")
    ]
    for texts in [*(source.told(section) for section in {id(s): s for s in told}.values()), labelled]:
        for text, has_digit in texts:
            is_opening, opening = opening, False
            for lasting in stated_durations(text, is_opening=is_opening):
                evidence.add(
                    "stated_time_to_resolve_minutes", lasting.minutes, "prose", lasting.line, lasting.quote
                )
            for found in stated_detection(text):
                evidence.add("stated_time_to_detect_minutes", found.minutes, "prose", found.line, found.quote)
            for span in stated_spans(text, calendar.reading) if has_digit else ():
                moment = span.moment
                day = (
                    calendar.date_of(moment)
                    or _sentence_day(span.quote, calendar)
                    or (None if moment.has_date else calendar.day)
                )
                if day is None or moment.clock is None or moment.until is None:
                    continue
                end_day = calendar.end_day(moment, day)
                zone = calendar.zone_for(moment)
                start = calendar.utc(day, moment.clock, zone, span.line, span.quote)
                end = calendar.utc(end_day, moment.until, zone, span.line, span.quote)
                if start is not None and end is not None:
                    evidence.civil_days.setdefault(as_timestamp(start), day)
                    if told_spans and told_spans[-1][2] == start:  # a minor outage becomes a major one
                        told_spans[-1] = (*told_spans[-1][:2], end, span)
                    else:
                        told_spans.append((start, span, end, span))
    for start, first, end, last in told_spans:
        evidence.add("started_at", start, "prose", first.line, first.quote)
        evidence.add("resolved_at", end, "prose", last.line, last.quote)


def _add_impact_length(source: Source, evidence: EvidenceList) -> None:
    """How long customers went without, where the impact tells one length and nothing else is stated."""
    if any(evidence.of(name) for name in ("customer_impact_minutes", "stated_time_to_resolve_minutes")):
        return
    texts = [
        *(text for section in with_role(source.sections, "impact") for text, _ in source.told(section)),
        *(Text(s.value, s.line) for s in source.statements if normalise(s.label) == "impact"),
    ]
    lasting = length_of_impact(texts)
    if lasting is not None:
        evidence.add("customer_impact_minutes", lasting.minutes, "prose", lasting.line, lasting.quote, 0.6)


def _add_told_events(source: Source, reading: Reading, evidence: EvidenceList) -> None:
    """Times of sentences, where neither a label nor the timeline states that field.

    Several sentences that disagree state nothing, but that the first to see it detected it.
    """
    calendar = source.calendar
    roles = ("summary", "impact", "detection", "resolution")
    sections = [
        *introduction(source.sections, source.title_line),
        *(section for section in source.sections if section.role in roles),
    ]
    known = {row.kind for row in source.rows if row.at is not None}
    met: dict[str, dict[datetime, Told]] = {}
    # a timeline told in sentences has no rows for those that do not open with their time
    sections += [section for section in source.sections if section.role == "timeline" and _is_prose(section)]
    other_day = False  # whether the nearest date above is not the incident's, so that a bare time has two
    for section in {id(section): section for section in sections}.values():
        for text, has_digit in source.told(section):
            if has_digit:
                other_day = _names_other_day(text, calendar, other_day)
            for told in told_events(text, calendar.reading, reading.services) if has_digit else ():
                if told.kind in known or evidence.of(_EVENT_FIELDS[told.kind]):
                    continue
                clock = told.moment.clock
                bare = None if told.moment.has_date or other_day else calendar.day
                day = calendar.date_of(told.moment) or bare
                if day is None or clock is None:
                    continue
                zone = calendar.zone_for(told.moment)
                at = calendar.utc(day, clock, zone, told.line, told.quote, told.moment.beside)
                if at is not None:
                    evidence.civil_days.setdefault(as_timestamp(at), day)
                    met.setdefault(told.kind, {}).setdefault(at, told)
    for kind, times in met.items():
        if len(times) == 1 or kind == "detected":
            at = min(times)
            told = times[at]
            quote = with_match(told.quote, told.words)
            evidence.add(_EVENT_FIELDS[kind], at, "prose", told.line, quote, 0.6)


def _names_other_day(text: Text, calendar: Calendar, so_far: bool) -> bool:
    """Whether a time without a date, in or below `text`, may be of another day than the document's own."""
    days = {calendar.date_of(moment) for moment in moments(text.text, calendar.reading) if moment.has_date}
    return days != {calendar.day} if days else so_far


def _is_prose(section: Section) -> bool:
    return bool(section.blocks) and all(block.kind == "paragraph" for block in section.blocks)


def _told(text: Text) -> Iterable[Text]:
    if ":" not in text.text and not text.bold:
        return [text]
    if not any(opens_with_label(line) for line in text.lines()):
        return [text]
    return [line for line in text.lines() if not opens_with_label(line)]


def _sentence_day(sentence: str, calendar: Calendar) -> date | None:
    days = {calendar.date_of(moment) for moment in moments(sentence, calendar.reading) if moment.has_date}
    return days.pop() if len(days) == 1 else None


def _add_events(source: Source, evidence: EvidenceList) -> None:
    """Times that timeline rows state in words; a stated duration decides between several."""
    by_kind: dict[str, list[Row]] = {}
    for row in source.rows:
        if row.kind is not None and row.at is not None:
            by_kind.setdefault(row.kind, []).append(row)
    by_kind["detected"] = _first_seen(source.rows, by_kind.get("detected", []))
    relapse = max(
        (
            number
            for number, row in enumerate(source.rows)
            if tells_relapse(row.text) or (row.form == "update" and row.kind == "declared")
        ),
        default=-1,
    )
    above = {id(row) for row in source.rows[:relapse]} if relapse >= 0 else set()
    timed = [row for row in source.rows if row.at is not None]
    if len(timed) > 1 and timed[0].label is None and _is_before(timed[0], timed[1]):
        above.add(id(timed[0]))  # nothing has ended before anything happened
    for kind in ("mitigated", "resolved"):
        by_kind[kind] = [row for row in by_kind.get(kind, []) if id(row) not in above]
        by_kind[kind] = [row for row in by_kind[kind] if not is_weak_end(row.kind_words)] or by_kind[kind]
    ends = by_kind["resolved"]
    if len(ends) > 1 and "incident" in ends[-1].kind_words.lower():
        # where the incident's end is told, the end of the outage before it is when service was back
        back = [row for row in ends[:-1] if _SERVICE_BACK.search(row.kind_words)]
        by_kind["resolved"] = [row for row in ends if row not in back]
        if not any("mitigat" in row.kind_words.lower() for row in by_kind["mitigated"]):
            by_kind["mitigated"] += back
    first = next((row.at for row in source.rows if row.at is not None), None)
    for kind, rows in by_kind.items():
        if not rows:
            continue
        evidence_rows = [rows[0]] if kind in ("started", "declared", "acknowledged") else rows
        chosen = _agreeing(kind, rows, first, evidence) or (
            rows[-1] if kind in ("mitigated", "resolved") else rows[0]
        )
        for row in [chosen, *(row for row in evidence_rows if row is not chosen)]:
            if row.at is None:
                continue
            sure = (
                0.95 if row.label or row.kind_words == row.text else 0.85 if not row.day_is_assumed else 0.7
            )
            if row is not chosen:
                sure -= 0.3
            if row.day is not None:
                evidence.civil_days.setdefault(as_timestamp(row.at), row.day)
            evidence.add(_EVENT_FIELDS[kind], row.at, "timeline", row.line, row.proof, sure)


def _is_before(row: Row, below: Row) -> bool:
    return row.at is not None and below.at is not None and row.at < below.at


def _first_seen(rows: list[Row], detected: list[Row]) -> list[Row]:
    """The rows of `detected` without those where somebody sees more of what is known already.

    That is what is being worked on, or what was declared before.
    """
    at_work = next((number for number, row in enumerate(rows) if tells_response(row.text)), len(rows))
    before = {id(row) for row in rows[: at_work + 1]}
    declared = min((row.at for row in rows if row.kind == "declared" and row.at is not None), default=None)
    return [
        row
        for row in detected
        if (id(row) in before or not is_only_noticed(row.kind_words))
        and (declared is None or row.label is not None or (row.at is not None and row.at <= declared))
    ]


def _agreeing(kind: str, rows: list[Row], first: datetime | None, evidence: EvidenceList) -> Row | None:
    """The row that a stated duration points at, from the start or else the timeline's `first` time."""
    stated = {
        "detected": "stated_time_to_detect_minutes",
        "mitigated": "stated_time_to_mitigate_minutes",
        "resolved": "stated_time_to_resolve_minutes",
    }.get(kind)
    best = evidence.best(stated) if stated else None
    if best is None or len(rows) < 2:
        return None
    length = timedelta(minutes=float(best.value))
    start = evidence.best("started_at")
    begun = datetime.fromisoformat(start.value) if start is not None else first
    if begun is None:
        return None
    away = [(abs(row.at - begun - length), number) for number, row in enumerate(rows) if row.at is not None]
    nearest, number = min(away)
    return rows[number] if nearest <= timedelta(minutes=1) else None


def _add_dated_start(source: Source, evidence: EvidenceList) -> None:
    """The time beside "Date and time", where nothing else says when the incident started."""
    if evidence.of("started_at"):
        return
    for statement in source.statements:
        if normalise(statement.label) not in _DATED:
            continue
        found = [m for m in moments(statement.value[:120], source.calendar.reading) if m.clock is not None]
        moment = found[0] if len(found) == 1 else None
        if (
            moment is None
            or moment.day is None
            or moment.clock is None
            or moment.until
            or moment.is_ambiguous
            or _GOES_ON.search(statement.value[:120], moment.end) is not None
        ):
            continue
        zone = source.calendar.zone_for(moment)
        at = source.calendar.utc(moment.day, moment.clock, zone, statement.line, statement.quote)
        if at is not None:
            evidence.civil_days.setdefault(as_timestamp(at), moment.day)
            evidence.add("started_at", at, statement.method, statement.line, statement.quote, 0.7)
        return


def _add_days(source: Source, evidence: EvidenceList) -> None:
    """The day of the incident: its start's, else the one its timeline, title, path or front matter states."""
    start = evidence.best("started_at")
    if start is not None:
        zone = source.calendar.zone or Zone(
            source.calendar.reading.default_zone, name=source.calendar.reading.default_zone
        )
        day = evidence.civil_days.get(start.value) or day_of(datetime.fromisoformat(start.value), zone)
        evidence.add("occurred_on", day, start.method, start.line, start.quote, 1.0)
    said = {day for day, where, _ in source.calendar.dates if where in ("title", "path", "label")}
    named = {day for day, where, _ in source.calendar.dates if where in ("title", "label")}
    first = next((row for row in source.rows if row.day in named and not row.day_is_assumed), None)
    first = first or _first_of_its_day(
        [r for r in source.rows if not is_background(r, source.calendar)], said
    )
    if start is None and first is not None and first.day is not None:
        evidence.add("occurred_on", first.day, "timeline", first.line, first.quote)
    for day, where, line in source.calendar.dates:
        if where in ("title", "path"):
            evidence.add("occurred_on", day, where, line, source.title or source.path)  # type: ignore[arg-type]
        elif where in ("front_matter", "prose") and not evidence.of("occurred_on"):
            evidence.add("occurred_on", day, where, line, f"{day}", 0.5)  # type: ignore[arg-type]


def _first_of_its_day(rows: list[Row], said: set[date]) -> Row | None:
    """The row that tells the incident's day: the first that tells its beginning, else the first of most.

    A timeline may open with what led up to it, weeks before; so a day that the title or a label names
    (`said`) is preferred, and where no day has most of the rows, none is taken.
    """
    dated = [row for row in rows if row.day is not None and not row.day_is_assumed]
    told = [row for row in dated if row.kind in ("started", "detected", "declared")]
    told += [row for row in dated if row.day in said]
    if told or not dated:
        return told[0] if told else None
    near = [row for row in dated if any(abs((day - (row.day or day)).days) <= 2 for day in said)]
    if near:
        return near[0]  # a path's day may be the one on which the file was begun
    day, count = Counter(row.day for row in dated).most_common(1)[0]
    if abs(((day or date.min) - (dated[0].day or date.min)).days) <= 1:
        return dated[0]
    return next(row for row in dated if row.day == day) if count * 2 > len(dated) else None


def _add_services(source: Source, reading: Reading, evidence: EvidenceList) -> None:
    """Services that the settings know and the title, else the summary's beginning, names."""
    if evidence.of("services") or not reading.services:
        return
    summary = evidence.best("summary")
    places = [(source.title or "", source.title_line)]
    if summary is not None:
        places.append((summary.value[:600], summary.line))
    for text, line in places:
        met = {}
        for name in reading.services:
            match = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE)
            if match is not None and len(name) > 2:
                met[name] = match.start()
        if met:
            names = sorted(met, key=lambda name: met[name])
            evidence.add("services", json.dumps(names, ensure_ascii=False), "rule", line, text, 0.6)
            evidence.add("service", names[0], "rule", line, text, 0.6)
            return


def _add_affected(source: Source, evidence: EvidenceList) -> None:
    """The number of people that the impact's sentences, else the summary's, say were affected."""
    if evidence.of("affected_user_count"):
        return
    for role in ("impact", "summary"):
        told = paragraphs(with_role(source.sections, role))
        if role == "impact":
            told += [
                Text(statement.value, statement.line)
                for statement in source.statements
                if any(name == "impact" for name, _ in fields_of(statement.label))
            ]
        elif not told:
            told = paragraphs(introduction(source.sections, source.title_line))
        plain = list(_with_plain_numbers(told, source.body))
        found = affected_people(plain) or (lone_counts(plain) if role == "impact" else None)
        if found is not None:
            evidence.add("affected_user_count", str(found.count), "prose", found.line, found.quote)
            return


def _with_plain_numbers(told: list[Text], body: str) -> Iterator[Text]:
    """The texts whose numbers are clear, these written plainly."""
    for text in told:
        plain = plain_numbers(text.text, body) if _DIGIT.search(text.text) else text.text
        if plain is not None:
            yield text if plain == text.text else Text(plain, text.line, step=text.step)


def _add_planned(source: Source, reading: Reading, evidence: EvidenceList) -> None:
    for row in evidence.of("severity_label"):
        if row.value.casefold() in reading.planned_words:
            evidence.add("is_planned", "true", row.method, row.line, row.quote)
    if evidence.of("is_planned"):
        return
    tells_cause = any(
        section.own_role in ("root_cause", "trigger", "contributing_factors", "detection", "lessons")
        for section in source.sections
    ) or any(row.at is not None for row in source.rows[2:])
    found = planned_words(source.title or "", source.body[:4000], source.path, tells_cause=tells_cause)
    if found is None:
        return
    words, where = found
    if where == "title":
        evidence.add("is_planned", "true", "title", source.title_line, source.title or words, 0.8)
    else:
        at = source.body.find(words)
        evidence.add("is_planned", "true", "rule", source.body.count("\n", 0, max(at, 0)) + 1, words, 0.6)


def _add_categories(source: Source, reading: Reading, evidence: EvidenceList) -> dict[str, Verdict]:
    """Add the categories that the words speak for; returned is, by field, what they leave undecided."""
    undecided = {}
    for name, categories, places in (
        (
            "cause_category",
            reading.taxonomy.causes,
            (("root_cause", 1.0), ("contributing_factors", 0.8), ("five_whys", 0.8), ("summary", 0.7)),
        ),
        (
            "trigger_category",
            reading.taxonomy.triggers,
            (("trigger", 1.0), ("root_cause", 0.8), ("summary", 0.7)),
        ),
    ):
        if evidence.of(name):
            continue
        for place, weight in places:
            best = evidence.best(place)
            if best is None:
                continue
            text = "\n".join(_listed(best.value)) if place in _LISTS else best.value
            if place in ("root_cause", "trigger") and _NOT_KNOWN.search(text[:300]):
                break  # what else is told there are guesses
            is_story = place in ("contributing_factors", "summary") and name == "cause_category"
            if is_story and place == "summary":
                text = f"{source.title or ''}\n{text[:1500]}"
            elif name == "trigger_category" and place != "trigger":
                text = what_triggered(text)
            verdict = categorise(text, categories, reading.services, is_story=is_story)
            chosen = verdict.chosen
            if chosen is not None and place == "contributing_factors" and len(chosen.words) < 2:
                continue  # of several factors, one phrase makes none the cause
            if chosen is None:
                if len(verdict.candidates) > 1 and not is_story:
                    undecided[name] = verdict
                    break  # what this place leaves open, a lesser one does not settle
                continue
            line = best.line
            if line is not None and place in ("root_cause", "trigger"):
                line += text.count("\n", 0, chosen.position)
            sure = round(verdict.confidence * weight, 2)
            evidence.add(name, chosen.name, "rule", line, "; ".join(chosen.words), sure)
            break
    return undecided


def _listed(value: str) -> list[str]:
    """The items of a list as evidence holds it; a list cut short has none."""
    return json.loads(value) if value.endswith("]") else []


def _add_detection(source: Source, evidence: EvidenceList) -> None:
    if evidence.of("detection_method"):
        return
    for text in paragraphs(with_role(source.sections, "detection"))[:2]:
        if text.is_slanted:
            continue
        told = list(sentences(text))
        outright = [sentence for sentence in told if names_detection(sentence.text)]
        for sentence in (outright or told)[:1]:
            found = detection_method(sentence.text)
            if found is not None:
                evidence.add("detection_method", found[0], "rule", sentence.line, sentence.text, 0.6)
        if evidence.of("detection_method") or any(speaks_of_detection(sentence.text) for sentence in told):
            return
        break
    seen = _first_seen(source.rows, [row for row in source.rows if row.kind == "detected"])
    at = evidence.best("detected_at")
    row = next((row for row in seen if at is not None and row.line == at.line), seen[0] if seen else None)
    if row is not None:
        found = detection_method(row.text)
        if found is not None:
            evidence.add("detection_method", found[0], "rule", row.line, row.quote, 0.5)
            return
    told_by: dict[str, Text] = {}
    for section in (
        *introduction(source.sections, source.title_line),
        *with_role(source.sections, "summary"),
    ):
        for text, _ in source.told(section):
            for sentence in sentences(text):
                found = detection_method(sentence.text) if tells_detection(sentence.text) else None
                if found is not None:
                    told_by.setdefault(found[0], sentence)
    if len(told_by) == 1:
        name, sentence = told_by.popitem()
        evidence.add("detection_method", name, "rule", sentence.line, squeeze(sentence.text), 0.5)
