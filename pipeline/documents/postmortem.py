"""One document → its kind and its incidents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

from pipeline.documents.blocks import Block, squeeze, walk
from pipeline.documents.facts import DocumentFacts, Finding, Incident, Method, Reading
from pipeline.documents.formats import NoPage, Page, read_page
from pipeline.documents.incident_lists import listed_incidents
from pipeline.documents.incidents import Source, read_incident
from pipeline.documents.kinds import is_index, is_no_account, is_postmortem, is_template, placeholders
from pipeline.documents.outline import Section, is_generic_title, read_outline, split_label
from pipeline.documents.restriction import marks_restriction
from pipeline.documents.statements import Statement, front_matter_statements, section_statements
from pipeline.documents.timelines.prose import stated_spans
from pipeline.documents.timelines.timeline import Row, column_zones, only_zone, section_zone, timeline_rows
from pipeline.documents.times.calendar import Calendar, ClockDoubts
from pipeline.documents.times.durations import read_duration
from pipeline.documents.times.moments import (
    Moment,
    TimeReading,
    complete_year,
    dates_in_path,
    moments,
    named_month,
    written_orders,
)
from pipeline.documents.times.zones import Zone, announced_zone
from pipeline.documents.vocabulary import fields_of, normalise
from pipeline.documents.wording import blaming_findings

_MAX_INCIDENTS = 500  # of one document
_MONTHS_OFF = 45  # days: further off than any timeline begins before its incident
_RECENT_DAYS = 60  # before it was written: what is told without a year
_SUBJECT = re.compile(r"^(?:subject|betreff|re|fwd?|title)\s*:\s*", re.IGNORECASE)
_EMOJI = re.compile(r"^(?:\s|:[a-z0-9_+-]{2,40}:|[\U0001F000-\U0001FAFF☀-➿️‍])+")
_LAST_EMOJI = re.compile(r"(?:\s|[\U0001F000-\U0001FAFF☀-➿️‍])+$")
_TITLE_LABELS = (
    "title",
    "post title",
    "incident title",
    "heading",
    "name",
)  # the first that the front matter has
_DAY = re.compile(
    r"(?:[A-Z][a-z]{2,8},? )?(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8},? \d{4}"
    r"|[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}-\d\d-\d\d)"
)
_SHARED = frozenset({"authors", "reviewers", "reviewed_at", "published_at"})
_RECORDED = frozenset(
    {"occurred_on", "severity", "services", "affected_user_count", "customer_impact_minutes", "is_resolved"}
    | {
        "started_at",
        "resolved_at",
        "detected_at",
        "stated_time_to_resolve_minutes",
        "type",
        "root_cause",
        "impact",
    }
)
#: Titles of reports that sum up a time: their incidents are told, be the report itself no account.
_PERIODIC = re.compile(r"\b(?:weekly|monthly|quarterly|sprint|hand-?off|sla|slo)\b", re.IGNORECASE)
_Stated = dict[int, list[Statement]]  # id of a section → what it states

_INCIDENT_WORDS = re.compile(
    r"\b(?:incident|outage|post-?mortem|disruption|downtime|degradation|INC-?\d+|PM-?\d+)", re.IGNORECASE
)


def read_document(
    content: str,
    path: str,
    reading: Reading,
    media_type: str,
    given_title: str | None = None,
    *,
    is_account: bool = False,
) -> DocumentFacts:
    """What the content says; see `pipeline.documents.parse_document`.

    `is_account`: it is known to tell of an incident, as the postmortem that a tool keeps with its record.
    """
    page = read_page(content, path, media_type)
    if isinstance(page, NoPage):
        return DocumentFacts(page.kind, None, findings=(page.finding,))
    facts = _facts_of(page, path, reading, given_title, is_account=is_account)
    return replace(facts, is_restricted=marks_restriction(page.fields))


def _facts_of(
    page: Page, path: str, reading: Reading, given_title: str | None, *, is_account: bool
) -> DocumentFacts:
    text, blocks, findings = page.text, page.blocks, page.findings
    if not page.fields and not any(block.text.text.strip() or block.rows for block in walk(blocks)):
        rule = Finding(
            "document_empty", "info", "The document says nothing; write the postmortem, or delete it."
        )
        return DocumentFacts("empty", None, findings=(rule, *findings))
    statements = list(front_matter_statements(page.fields))
    front_title = min(
        (s for s in statements if normalise(s.label) in _TITLE_LABELS),
        key=lambda s: _TITLE_LABELS.index(normalise(s.label)),
        default=None,
    )
    sections = read_outline(blocks, has_title=front_title is not None or given_title is not None)
    stated = {id(section): list(section_statements(section)) for section in sections}
    title, line, method = _title(front_title, sections)
    if front_title is None and (title is None or is_generic_title(title)):
        title, line, method = _labelled_title(sections, stated) or (title, line, method)
    if front_title is None and given_title is not None:
        title, line, method = _clean(given_title), None, "title"
    groups = _incident_groups(sections, stated)
    listed = []
    if len(groups) == 1:
        told = [statement for told in stated.values() for statement in told]
        listed = listed_incidents(sections, [*statements, *told])
    if listed:
        groups = [(section, [section]) for section, _ in listed]
        stated |= {id(section): statements for section, statements in listed}
    document = _Document(path, reading, text, blocks, statements, sections, stated, title, line, method)
    sources = [document.source(number, group) for number, group in enumerate(groups, start=1)]
    no_incident = document.refusal(sources)
    if no_incident is not None and not (is_account and no_incident[0] == "not_a_postmortem"):
        return DocumentFacts(no_incident[0], title, findings=(*findings, no_incident[1]))  # type: ignore[arg-type]
    if document.title is None:
        for source in sources:
            if source.title is None:
                source.title, source.title_method = _title_of_path(path), "path"
    incidents: list[Incident] = []
    for source in sources:
        incident, found = read_incident(source, reading)
        incidents.append(incident)
        findings.extend(found)
    if len(incidents) == 1:
        blank = placeholders(text[:200_000])
        if blank:
            findings.append(
                Finding(
                    "placeholder_left",
                    "info",
                    f"“{squeeze(blank[0][1], 60)}” of the form was left in place; fill it in or delete it.",
                    blank[0][0],
                    1,
                )
            )
    findings.extend(blaming_findings(page, incidents))
    return DocumentFacts("postmortem", title or sources[0].title, tuple(incidents), tuple(findings))


class _Document:
    """What the incidents of one document share."""

    def __init__(
        self,
        path: str,
        reading: Reading,
        text: str,
        blocks: list[Block],
        statements: list[Statement],
        sections: list[Section],
        stated: _Stated,
        title: str | None,
        title_line: int | None,
        title_method: Method,
    ) -> None:
        self.path = path
        self.reading = reading
        self.text = text
        self.blocks = blocks
        self.front = statements
        self.sections = sections
        self.stated = stated
        self.title = title
        self.title_line = title_line
        self.title_method: Method = title_method
        self.shared: list[Statement] | None = None
        self.times = TimeReading(_known_zone(reading.time_zone), reading.day_first, written_orders(text))

    def source(self, ordinal: int, group: tuple[Section | None, list[Section]]) -> Source:
        """What one incident is read from."""
        head, sections = group
        statements = list(self.front) if ordinal == 1 and head is None else []
        if head is not None:
            statements.extend(self._shared(head))
        for section in sections:
            statements.extend(self.stated[id(section)])
        calendar = Calendar(self.times, ClockDoubts(), self._zone(sections, statements))
        title, line, method = self.title, self.title_line, self.title_method
        if head is not None:
            title, line, method = _clean(head.words), head.line, "heading"
        calendar.dates = self._dates(title, line, sections, statements, head is None)
        calendar.span = _stated_span(statements, self.times)
        rows: list[Row] = timeline_rows(sections, calendar, self.reading.services)
        told = {f"{zone.name}{zone.offset}": zone for zone in self._told_zones(sections)}
        if calendar.zone is None and len(told) == 1 and all(_names_no_zone(row) for row in rows) and rows:
            # the sentences above name one zone, the rows none: they mean the same
            calendar.zone, calendar.is_zone_inferred = next(iter(told.values())), True
            rows = timeline_rows(sections, calendar, self.reading.services)
            calendar.doubts.note("zone_taken_from_other_rows", rows[0].line, calendar.zone.written)
        if calendar.zone is None and (only := only_zone(rows)) is not None:
            calendar.zone, calendar.is_zone_inferred = only, True
        _drop_mistyped_day(rows, calendar)
        calendar.told = next((row.day for row in rows if row.day is not None), None)
        return Source(
            ordinal, title, line, method, sections, statements, rows, calendar, self.path, self.text
        )

    def _shared(self, head: Section) -> Iterable[Statement]:
        """What holds for every incident of the document: who wrote and reviewed it, and when."""
        if self.shared is None:
            before: list[Statement] = list(self.front)
            for section in self.sections[:20]:
                if section is head:
                    break
                before.extend(self.stated[id(section)])
            self.shared = [s for s in before if any(name in _SHARED for name, _ in fields_of(s.label))]
        return self.shared

    def _zone(self, sections: list[Section], statements: list[Statement]) -> Zone | None:
        """The zone the document announces for all its times; None when it announces none, or two."""
        found: dict[str, Zone] = {}
        for statement in statements:
            if any(name == "time_zone" for name, _ in fields_of(statement.label)):
                zone = announced_zone(f"time zone: {statement.value}", self.times.default_zone)
                if zone is not None:
                    return zone
        for section in sections:
            above = section_zone(section, self.times.default_zone)
            for zone in (above, *column_zones(section, self.times.default_zone)):
                if zone is not None:
                    found[f"{zone.name}{zone.offset}"] = zone
        if not found:
            found = {f"{zone.name}{zone.offset}": zone for zone in self._labelled_zones(statements)}
        return next(iter(found.values())) if len(found) == 1 else None

    def _labelled_zones(self, statements: list[Statement]) -> Iterable[Zone]:
        """The zones that labelled times name themselves: where all name one, the others mean it, too."""
        for statement in statements:
            if any(kind in ("time", "duration") for _, kind in fields_of(statement.label)):
                for moment in moments(statement.value[:200], self.times):
                    if moment.zone is not None and moment.clock is not None:
                        yield moment.zone

    def _told_zones(self, sections: list[Section]) -> Iterable[Zone]:
        """The zones of the times that the opening sentences tell; those of rows without one mean the same."""
        for section in sections[:6]:
            if section.role in (None, "summary", "impact"):
                for block in section.blocks[:6]:
                    for moment in moments(block.text.text[:2000], self.times):
                        if moment.zone is not None and moment.clock is not None:
                            yield moment.zone

    def _dates(
        self,
        title: str | None,
        line: int | None,
        sections: list[Section],
        statements: list[Statement],
        is_whole: bool,
    ) -> list[tuple[date, str, int | None]]:
        """The document's dates, the surest first: a label, the title, front matter, the path."""
        dates: list[tuple[date, str, int | None]] = []
        paths = dates_in_path(self.path)
        written = [m for m in moments(title or "", self.times) if m.has_date and not m.is_ambiguous]
        front: tuple[date, str, int | None] | None = None
        in_quotes = {s.line for s in statements if s.method == "prose"}
        for statement in sorted(statements, key=lambda s: s.method == "prose"):
            names = {name for name, _ in fields_of(statement.label)}
            lasting = {"stated_time_to_resolve_minutes", "customer_impact_minutes"}
            if names & ({"occurred_on", "started_at", "detected_at", "resolved_at", "declared_at"} | lasting):
                found = [
                    m
                    for m in moments(statement.value[:200], self.times)
                    if m.day is not None and not m.is_ambiguous
                ]
                if found and found[0].day is not None:
                    if statement.method == "front_matter" and "occurred_on" in names:
                        front = front or (found[0].day, "front_matter", statement.line)
                    elif found[0].start <= (120 if names & lasting else 30):
                        dates.append((found[0].day, "label", statement.line))
        dates = dates[:1]
        quoted, dates = ([], dates) if not dates or dates[0][2] not in in_quotes else (dates, [])
        near = dates[0][0] if dates else front[0] if front else paths[0] if paths else self._written_on()
        is_post = bool(paths) and paths[0] == self._written_on()  # the path's day is the publication's
        if not written:  # a number may hold it: INC-2025-11-17-001
            dates.extend((day, "title", line) for day in dates_in_path(title or "")[:1])
        for moment in written[:1]:
            day = moment.day
            if day is None and near is not None and moment.month_day is not None:
                day = complete_year(moment.month_day, near)
            if day is not None:
                dates.append((day, "title", line))
        if front is not None:
            dates.append(front)
        if is_whole or not dates:
            dates.extend((day, "path", None) for day in paths[:1])
        is_open = not dates or dates[0][1] == "front_matter" or (is_post and dates[0][1] == "path")
        told = self._told_days(sections) if is_open else []
        if told and (not dates or told[0][0] <= dates[0][0]):
            dates = told + dates  # a post is dated when it was written, its sentences when it happened
        return dates + quoted

    def _written_on(self) -> date | None:
        """The front matter's date, from which a heading such as "July 10" has its year."""
        for statement in self.front:
            if any(kind in ("date", "time") for _, kind in fields_of(statement.label)):
                for moment in moments(statement.value[:200], self.times):
                    if moment.day is not None:
                        return moment.day
        return None

    def _told_days(self, sections: list[Section]) -> list[tuple[date, str, int | None]]:
        """The one day that the opening sentences name, when they name just one.

        A day out of the month that the title names is another's; one without a year is in that of the title,
        or of the weeks before this was written.
        """
        days: dict[date, int] = {}
        month = named_month(self.title or "")
        written = self._written_on()
        for section in sections[:6]:
            if section.role not in (None, "summary", "impact"):
                continue
            told = [block.text for block in section.blocks[:6] if block.kind == "paragraph"]
            told += [
                i.text for block in section.blocks[:6] if block.kind == "list" for i in block.children[:6]
            ]
            for text in told:
                for line in text.lines():
                    if split_label(line) is None:
                        for moment in moments(line.text[:1000], self.times):
                            day = moment.day or _of_month(moment, month, written)
                            if day is not None and month in (None, (day.year, day.month)):
                                days.setdefault(day, line.line)
        return [(day, "prose", line) for day, line in days.items()] if len(days) == 1 else []

    def _tells_span(self) -> bool:
        """Whether an opening sentence says from when to when something failed."""
        opening = [block.text for block in self.blocks[:8] if block.kind == "paragraph"]
        return any(True for text in opening for _ in stated_spans(text, self.times))

    def refusal(self, sources: list[Source]) -> tuple[str, Finding] | None:
        """The kind and the reason when the document is no postmortem."""
        rows = [row for source in sources for row in source.rows]
        event_count = sum(1 for row in rows if row.at is not None)
        facts = [fact for source in sources for fact in _facts(source, self.times)]
        title = self.title or ""
        if len(sources) == 1 and is_index(
            title, self.path, self.blocks, event_count=event_count, fact_count=len(facts)
        ):
            return "index", Finding(
                "document_is_index",
                "info",
                "This lists other documents and describes no incident of its own.",
            )
        if is_template(
            title, self.path, self.text, self.sections, event_count=event_count, fact_count=len(facts)
        ):
            return "template", Finding(
                "document_is_template",
                "info",
                "This is a form that was not filled in; exclude it in the settings, or fill it in.",
            )
        source = sources[0]
        has_date = bool(source.calendar.dates) or any(row.day is not None for row in rows)
        front_fields = {name for s in self.front for name, _ in fields_of(s.label)}
        intro = " ".join(block.text.text for block in self.blocks[:6])[:3000]
        if (len(sources) > 1 and (not is_no_account(title) or _PERIODIC.search(title))) or is_postmortem(
            title,
            self.path,
            intro,
            self.sections,
            [s for source in sources for s in source.statements],
            body=self.text,
            event_count=event_count or sum(row.day is not None or _has_clock(row) for row in rows),
            has_time=bool(facts),
            has_date=has_date,
            has_span=self._tells_span,
            front_fields=front_fields,
        ):
            return None
        return "not_a_postmortem", Finding(
            "document_is_no_postmortem",
            "info",
            "No incident was recognised here: nothing says what failed and when. Exclude the "
            "file, or name the incident in its title and its times under “Timeline”.",
        )


def _has_clock(row: Row) -> bool:
    """Whether a row has a time, though nobody can say of which day or half of it: what it tells was then."""
    return row.moment is not None and row.moment.clock is not None


def _names_no_zone(row: Row) -> bool:
    return row.zone is None and (
        row.moment is None or (row.moment.zone is None and not row.moment.is_ambiguous)
    )


def _of_month(moment: Moment, month: tuple[int, int] | None, written: date | None) -> date | None:
    """The day of a date without its year, when the title names its month, or it was just before `written`."""
    if moment.month_day is None or moment.is_ambiguous:
        return None
    near = date(*month, 1) if month is not None else written
    day = complete_year(moment.month_day, near) if near is not None else None
    is_recent = day is not None and written is not None and 0 <= (written - day).days <= _RECENT_DAYS
    return day if month is not None or is_recent else None


def _drop_mistyped_day(rows: list[Row], calendar: Calendar) -> None:
    """Rows on a day months off what the text and another place agree on state nothing: it was mistyped."""
    days = {row.day for row in rows if row.day is not None}
    told = {day for day, where, _ in calendar.dates if where in ("label", "title", "prose")}
    agreed = [day for day in told if len({where for other, where, _ in calendar.dates if other == day}) >= 2]
    if len(days) != 1 or len(agreed) != 1 or abs((next(iter(days)) - agreed[0]).days) <= _MONTHS_OFF:
        return
    first = next(row for row in rows if row.day is not None)
    calendar.doubts.note("timeline_date_contradicted", first.line, first.at_text)
    for row in rows:
        row.day = row.kind = None


def _stated_span(statements: list[Statement], times: TimeReading) -> tuple[time, time] | None:
    """The clocks from which and until which the incident was, where labels state one span with am or pm."""
    names = {"started_at", "stated_time_to_resolve_minutes", "customer_impact_minutes", "occurred_on"}
    spans = {
        (moment.clock, moment.until)
        for statement in statements
        if names & {name for name, _ in fields_of(statement.label)}
        for moment in moments(statement.value[:200], times)
        if moment.clock is not None
        and moment.until is not None
        and moment.has_meridiem
        and not moment.is_ambiguous
        and moment.until_day in (None, moment.day)
        and moment.clock < moment.until
    }
    return spans.pop() if len(spans) == 1 else None


def _facts(source: Source, times: TimeReading) -> Iterable[str]:
    """Stated values of the kinds only a filled-in document has: times, durations, dates."""
    for statement in source.statements:
        for _, kind in fields_of(statement.label):
            if kind == "duration" and read_duration(statement.value) is not None:
                yield statement.label
                break
            if kind == "time" and any(
                m.clock is not None for m in moments(statement.value[:200], times, loose=True)
            ):
                yield statement.label
                break
            if kind == "date" and any(m.day is not None for m in moments(statement.value[:200], times)):
                yield statement.label
                break


def _incident_groups(sections: list[Section], stated: _Stated) -> list[tuple[Section | None, list[Section]]]:
    """The sections of each incident: several headings with a timeline or times of their own are several."""
    levels = sorted(
        {section.level for section in sections if section.heading is not None and section.level <= 4}
    )
    for level in levels:
        groups: dict[int, list[Section]] = {}
        heads: list[Section] = []
        for section in sections:
            is_head = section.level == level and section.heading is not None and section.own_role is None
            if is_head and len(heads) < _MAX_INCIDENTS and _names_incident(section):
                heads.append(section)
                groups[id(section)] = []
            for above in section.ancestors() if groups else ():
                if id(above) in groups:
                    groups[id(above)].append(section)
        if len(heads) < 2:
            continue
        whole = [head for head in heads if _is_whole(groups[id(head)], stated)]
        if len(whole) >= 2:
            return [(head, groups[id(head)]) for head in whole]
    return [(None, sections)]


def _names_incident(section: Section) -> bool:
    words = section.words
    has_date = any(m.has_date and m.clock is None for m in moments(words, TimeReading()))
    return has_date or _INCIDENT_WORDS.search(words) is not None


def _is_whole(sections: list[Section], stated: _Stated) -> bool:
    roles = {section.own_role for section in sections[1:]}
    labels = {name for section in sections for s in stated[id(section)] for name, _ in fields_of(s.label)}
    times = {"started_at", "resolved_at", "stated_time_to_resolve_minutes", "detected_at"}
    if len(labels & _RECORDED) >= 3 and labels & (times | {"occurred_on"}):
        return True  # a record of its own, as lists of past incidents hold them
    return (
        ("timeline" in roles and len(roles) > 1)
        or len(labels & times) >= 2
        or bool(roles & {"root_cause", "timeline"} and labels & times)
    )


def _title(front: Statement | None, sections: list[Section]) -> tuple[str | None, int | None, Method]:
    if front is not None:
        return squeeze(front.value, 300), front.line, "front_matter"
    titled = next((section for section in reversed(sections[:8]) if section.is_title), None)
    if titled is not None and not titled.blocks and not _INCIDENT_WORDS.search(titled.words):
        # "Exercise 3" alone above "Postmortem: …", set alike: the second is the title
        position = sections.index(titled)
        below = sections[position + 1] if position + 1 < len(sections) else None
        if (
            below is not None
            and below.heading is not None
            and below.level == titled.level
            and below.own_role is None
            and _INCIDENT_WORDS.search(below.words)
        ):
            return _clean(below.words), below.line, "title"
    if titled is not None and titled.heading is not None:
        return _clean(titled.words), titled.line, "title"
    return _title_line(sections)


def _title_line(sections: list[Section]) -> tuple[str | None, int | None, Method]:
    """In plain text the first line, when it stands alone and is short."""
    first = sections[0] if sections else None
    if first is None or first.heading is not None or not first.blocks or first.blocks[0].kind != "paragraph":
        return None, None, "title"
    lines = list(first.blocks[0].text.lines())
    below = first.blocks[1] if len(first.blocks) > 1 else None
    if len(lines) == 1 and _DAY.fullmatch(lines[0].text.strip()) and below is not None:
        lines = list(below.text.lines())  # the day it was posted stands above it
    words = lines[0].text if lines else ""
    parts = split_label(lines[0]) if lines else None
    if "://" in words:
        return None, None, "title"
    names_field = parts is not None and any(name != "title" for name, _ in fields_of(parts[0].text))
    if len(lines) != 1 or len(words) > 120 or words.endswith((".", "!", "?", ":")) or names_field:
        return None, None, "title"
    return _clean(words), lines[0].line, "title"


def _labelled_title(sections: list[Section], stated: _Stated) -> tuple[str, int, Method] | None:
    """The title that a form asks for by that name, where no heading tells it."""
    for section in sections[:6]:
        for statement in stated[id(section)]:
            if any(name == "title" for name, _ in fields_of(statement.label)) and len(statement.value) <= 200:
                return squeeze(statement.value, 300), statement.line, statement.method
    return None


def _clean(words: str) -> str:
    plain = _LAST_EMOJI.sub("", _EMOJI.sub("", words))
    return squeeze(_SUBJECT.sub("", plain), 300) or squeeze(words, 300)


def _title_of_path(path: str) -> str:
    stem = path.rpartition("/")[2]
    stem = re.sub(
        r"(?:\.(?:md|markdown|mdx|qmd|rmd|txt|x?html?|erb|re?st|text|adoc|asciidoc|asc|org|(?:media)?wiki|textile|pdf))+$",
        "",
        stem,
        flags=re.IGNORECASE,
    )
    return re.sub(r"[-_]+", " ", re.sub(r"^\d{4}-\d\d-\d\d[-_ ]*", "", stem)).strip() or stem


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return "UTC"
    return name
