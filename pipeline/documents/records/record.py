"""One record of an export, or one issue → the facts it states, by a mapping (`pipeline.record_mappings`).

What a tool's field states is taken as it stands, and a field that no column states stays empty, but for what
the stated words speak for by the same rules as in a document: a known service, a category. A column that
holds a whole postmortem is read like any other document; where both state a field, the record's value
is taken. Of a Jira issue, what is linked to it counts, too (`issue_links`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.documents.blocks import squeeze
from pipeline.documents.causes.categories import stated_category
from pipeline.documents.causes.detection import detection_method
from pipeline.documents.checks import check_incident, doubts_as_findings
from pipeline.documents.evidence import MAX_VALUE, EvidenceList
from pipeline.documents.facts import (
    TIME_FIELDS,
    DocumentFacts,
    DocumentKind,
    EvidenceLink,
    Finding,
    Incident,
    Reading,
)
from pipeline.documents.formats import WIKI
from pipeline.documents.incidents import Source, add_inferences
from pipeline.documents.postmortem import read_document
from pipeline.documents.records.columns import Columns
from pipeline.documents.records.issue_links import (
    OWN_LIFE,
    LinkedIssue,
    is_review_type,
    linked_issues,
    linked_items,
    named_mentions,
    reviewed_issues,
)
from pipeline.documents.records.parts import action_items, events, evidence_links
from pipeline.documents.records.states import (
    NO_INCIDENT_STATUS,
    NO_INCIDENT_TYPE,
    OPEN,
    PLANNED,
    RESOLVED,
)
from pipeline.documents.records.values import (
    plain_text,
    plain_word,
    read_day,
    read_instant,
    read_minutes,
    read_name,
    read_names,
    read_number,
)
from pipeline.documents.restriction import record_marks_restriction
from pipeline.documents.severity import severity_number
from pipeline.documents.statements import is_value
from pipeline.documents.times.calendar import Calendar, ClockDoubts
from pipeline.documents.times.moments import TimeReading, written_orders
from pipeline.record_mappings import RECORD_FIELDS
from pipeline.record_mappings.issues import INCIDENT_TYPES
from pipeline.record_mappings.paths import Found

_NUMBER_MARK = re.compile(r"^\[#\d+\]\s*")  # "[#1234] The server is on fire"
_HEADING = re.compile(r"^#{1,6} \S|<h[1-6]\b|^h[1-6]\. ", re.MULTILINE | re.IGNORECASE)
_WIKI_HEADING = re.compile(r"^h[1-6]\. ?\S", re.MULTILINE)
_SENTENCES = ("contributing_factors", "five_whys")
_LAST_COUNTS = ("mitigated_at", "resolved_at", "reviewed_at")  # of several: the incident was reopened
_YES = ("true", "yes", "y", "1")
_NO = ("false", "no", "n", "0")

#: Findings that tell the author of a document what to write: who maps columns is told otherwise, or knows.
_FOR_AUTHORS = frozenset(
    {
        "no_start", "no_end", "no_detection", "no_severity", "no_service", "no_cause", "no_action_items",
        "no_date", "cause_uncategorised",
    }
)  # fmt: skip


def read_record(content: str, path: str, reading: Reading) -> DocumentFacts:
    """What one record states, by `reading.record_fields`. `content` is a JSON object. Never raises."""
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        return _refused(
            "unreadable", "record_unreadable", "warning", "This record is no JSON object; export it again."
        )
    facts = _Record(record, content, path, reading).facts()
    return replace(facts, is_restricted=record_marks_restriction(record))


def _refused(
    kind: DocumentKind, rule: str, level: Any, message: str, title: str | None = None
) -> DocumentFacts:
    return DocumentFacts(kind, title, findings=(Finding(rule, level, message),))


class _Record:
    """One record, and what was read of it so far."""

    def __init__(self, record: dict[str, Any], content: str, path: str, reading: Reading) -> None:
        self._columns = Columns(record, content, reading.record_fields)
        self._path = path
        self._reading = reading
        times = TimeReading(
            _known_zone(reading.time_zone), reading.day_first, written_orders(content[:200_000])
        )
        self._calendar = Calendar(times, ClockDoubts())
        self._evidence = EvidenceList()
        self._findings: list[Finding] = []
        self._text: DocumentFacts | None = None  # what a column says that holds a whole postmortem
        self._text_column = ""
        self._text_has_sections = False
        self._linked: list[LinkedIssue] = []
        self._is_review = False
        if reading.issues is not None:
            self._linked = linked_issues(record, reading.issues)
            types = (read_name(value) for found in self._columns.all_found("type") for value in found.values)
            self._is_review = any(is_review_type(name, reading.issues) for name in types if name)
        if self._is_review:
            self._columns.passed_over = OWN_LIFE

    def facts(self) -> DocumentFacts:
        """The incident, or why the record is none."""
        said = self._no_incident()
        self._read_text()
        readers: dict[str, Callable[[str, Found], None]] = {
            "text": self._words, "name": self._name, "key": self._key, "time": self._time, "date": self._day,
            "duration": self._duration, "severity": self._severity, "list": self._list,
            "number": self._number, "flag": self._flag, "category": self._category,
            "detection": self._detection,
        }  # fmt: skip
        for name, kind in RECORD_FIELDS.items():
            reader = readers.get(kind)
            found = self._columns.find(name) if reader is not None else None
            if reader is not None and found is not None:
                reader(name, found)
        self._status()
        self._type()
        self._reviewed()
        best = self._evidence.best("title")
        title = best.value if best is not None else None
        if said is not None:
            return DocumentFacts("not_a_postmortem", title, findings=(said,))
        return self._incident(title)

    def _incident(self, title: str | None) -> DocumentFacts:
        calendar, columns = self._calendar, self._columns
        timeline = events(columns, "events", self._reading, calendar)
        items = action_items(columns, self._reading, calendar)
        if self._text is not None:
            told, line = self._text.incidents[0], self._columns.line(self._text_column)
            self._take_evidence(told, line)
            timeline = timeline or tuple(replace(event, line=line) for event in told.events)
            items = items or [replace(item, line=line) for item in told.action_items]
        timeline = timeline or events(columns, "comments", self._reading, calendar)
        if title is None and not self._evidence.of("summary") and not self._evidence.of("incident_key"):
            return self._unplaced(
                "record_without_title",
                "No mapped column of this record holds a title; map one to title under fields of its source.",
                title,
            )
        is_placed = self._is_review and bool(reviewed_issues(self._linked))  # its incident says when
        if not is_placed and not any(self._evidence.of(name) for name in (*TIME_FIELDS, "occurred_on")):
            return self._unplaced(
                "record_without_time",
                "No mapped column of this record holds a time that can be read; map one, such as started_at, "
                "under fields of its source.",
                title,
            )
        source = Source(1, title, None, "record", [], [], [], self._calendar, self._path, "")
        undecided = add_inferences(source, self._reading, self._evidence)
        left_out, findings = check_incident(self._evidence, [], items, self._reading, 1, undecided)
        findings = [each for each in findings if each.rule not in _FOR_AUTHORS] + self._findings
        findings += self._missing(left_out) + doubts_as_findings(self._calendar.doubts, 1)
        items += linked_items(
            self._linked, {item.issue_key for item in items}, columns
        )  # with owners in Jira
        incident = Incident(1, self._evidence.settled(left_out), timeline, tuple(items), self._links())
        return DocumentFacts("postmortem", title, (incident,), tuple(findings))

    def _take_evidence(self, told: Incident, line: int) -> None:
        """Add what the document inside states; a severity only where the record has none."""
        has_severity = bool(self._evidence.of("severity_label"))
        for row in told.evidence:
            is_ours = row.field == "title" or (has_severity and row.field in ("severity", "severity_label"))
            if row.is_chosen and not is_ours:
                self._evidence.add(row.field, row.value, row.method, line, row.quote, row.confidence)

    def _unplaced(self, rule: str, message: str, title: str | None) -> DocumentFacts:
        """The record is no incident, as nothing says what or when; also told is what could not be read."""
        unread = self._findings + doubts_as_findings(self._calendar.doubts, 1)
        findings = (Finding(rule, "warning", message), *(replace(each, ordinal=None) for each in unread))
        return DocumentFacts("not_a_postmortem", title, findings=findings)

    def _add(
        self,
        name: str,
        value: str | datetime | date | float,
        found: Found,
        said: Any = None,
        sure: float = 1.0,
    ) -> None:
        said = said if said is not None else found.values[0] if len(found.values) == 1 else list(found.values)
        quote = self._columns.quote(found, said)
        self._evidence.add(name, value, "record", self._columns.line(found.column), quote, sure)

    def _unread(self, found: Found, what: str, mend: str, rule: str = "value_unreadable") -> None:
        quote = self._columns.quote(found, found.values[0], 80)
        self._findings.append(
            Finding(rule, "warning", f"“{quote}” is no {what} and was left out; {mend}.",
                    self._columns.line(found.column), 1, quote)
        )  # fmt: skip

    # --- fields -------------------------------------------------------------------------------------------

    def _words(self, name: str, found: Found) -> None:
        inside = self._text.incidents[0].evidence if self._text is not None else ()
        is_document = found.column == self._text_column
        has_summary = self._text_has_sections or any(row.field == "summary" for row in inside)
        if name == "summary" and is_document and has_summary:
            return  # the whole document is none
        is_wiki = self._reading.issues is not None and name != "title"
        texts = (plain_text(value, is_wiki=is_wiki) for value in found.values)
        text = "\n\n".join(dict.fromkeys(filter(None, texts)))
        if name == "title":
            text = squeeze(_NUMBER_MARK.sub("", text), 300)
        if text and is_value(text):
            self._add(name, text, found)

    def _name(self, name: str, found: Found) -> None:
        names = [each for each in read_names(found.values) if not each.isdigit()]  # a number names nothing
        if len(names) == 1:  # of several, none is the one
            self._add(name, names[0], found)

    def _key(self, name: str, found: Found) -> None:
        value = found.values[0]
        key = read_name(value, 61) if not isinstance(value, Mapping) else None
        if key is not None and len(key) <= 60:
            self._add(name, key, found)

    def _time(self, name: str, found: Found) -> None:
        line = self._columns.line(found.column)
        column = found.column if "[" in found.label else found.label
        instants = [(read_instant(value, self._calendar, line, column), value) for value in found.values]
        read = [(instant.at, value, instant.day) for instant, value in instants if instant and instant.at]
        if read:
            at, value, day = (max if name in _LAST_COUNTS else min)(read, key=lambda entry: entry[0])
            self._add(name, at, found, value, 1.0 if len(read) == 1 else 0.9)
            if name == "started_at":
                self._add("occurred_on", day, found, value)
            return
        days = [(instant.day, value) for instant, value in instants if instant is not None]
        if days and name == "started_at":
            self._add("occurred_on", days[0][0], found, days[0][1], 0.8)
        elif days and name in ("published_at", "reviewed_at"):
            self._add(name, datetime.combine(days[0][0], datetime.min.time()), found, days[0][1])
        elif not self._calendar.doubts.met or all(at != line for at, _ in self._calendar.doubts.met.values()):
            what = "time of day" if days else "time that can be read"
            self._unread(found, what, "write it as 2024-03-01T09:30:00Z, or map another column")

    def _day(self, name: str, found: Found) -> None:
        day = read_day(found.values[0], self._calendar, self._columns.line(found.column))
        if day is not None:
            self._add(name, day, found, found.values[0])
        else:
            self._unread(found, "day that can be read", "write it as 2024-03-01")

    def _duration(self, name: str, found: Found) -> None:
        column = found.path if "." in found.path or "[" in found.path else found.column
        read = {read_minutes(value, found.unit, column) for value in found.values} - {None}
        if len(read) == 1:
            self._add(name, read.pop() or 0.0, found)
        elif read:
            self._unread(found, f"single duration, as there are {len(read)}", "map a path that leads to one")
        else:
            mend = f'write {name} = "{squeeze(found.path, 60)} in seconds"'
            self._unread(found, "duration whose unit is known", mend)

    def _severity(self, name: str, found: Found) -> None:
        label = read_name(found.values[0], 80)
        if label is None:
            return
        self._add("severity_label", label, found)
        number = severity_number(label, dict(self._reading.severity_words))
        if number is not None:
            self._add("severity", str(number), found)
        if label.casefold() in self._reading.planned_words:
            self._add("is_planned", "true", found)

    def _list(self, name: str, found: Found) -> None:
        names = read_names(found.values, are_sentences=name in _SENTENCES)
        lengths = accumulate(len(json.dumps(each, ensure_ascii=False)) + 2 for each in names)
        names = names[: sum(length < MAX_VALUE for length in lengths)]  # cut as text, it would be no list
        if names:
            self._add(name, json.dumps(names, ensure_ascii=False), found)
            if name == "services":
                self._add("service", names[0], found)

    def _number(self, name: str, found: Found) -> None:
        number = read_number(found.values[0])
        if number is None:
            self._unread(found, "number that can be read", "write it without words")
        elif name == "affected_user_count":
            self._add(name, f"{number:.0f}", found)
        else:
            self._add(name, f"{number:.2f}".rstrip("0").rstrip("."), found)

    def _flag(self, name: str, found: Found) -> None:
        said = plain_word(found.values[0])
        if said in _YES or said in _NO:
            self._add(name, "true" if said in _YES else "false", found)

    def _category(self, name: str, found: Found) -> None:
        said = read_name(found.values[0], 60)
        if said is not None:
            taxonomy = self._reading.taxonomy
            known = taxonomy.causes if name == "cause_category" else taxonomy.triggers
            self._add(name, stated_category(said, known) or said, found)

    def _detection(self, name: str, found: Found) -> None:
        said = plain_text(found.values[0])
        method = detection_method(said)
        if said.casefold() in ("alert", "customer", "staff"):
            self._add(name, said.casefold(), found)
        elif method is not None:
            self._add(name, method[0], found)

    def _status(self) -> None:
        if self._evidence.of("is_resolved"):
            return
        for found in self._columns.all_found("status"):
            said = plain_word(found.values[0])
            if said in RESOLVED or said in OPEN:
                self._add("is_resolved", "true" if said in RESOLVED else "false", found)
                return

    def _type(self) -> None:
        for found in self._columns.all_found("type"):
            for value in found.values:
                said = plain_word(value)
                given = (read_name(value) or "").casefold()
                if given in self._reading.planned_words or PLANNED.fullmatch(said):
                    self._add("is_planned", "true", found)
                elif said in INCIDENT_TYPES:
                    self._add("is_planned", "false", found, sure=0.9)

    def _no_incident(self) -> Finding | None:
        """What says that this record is no incident; None when it is one."""
        issues = self._reading.issues
        meant = issues.incident_types if issues is not None else ()
        for name, known in (("status", NO_INCIDENT_STATUS), ("type", NO_INCIDENT_TYPE)):
            for found in self._columns.every_column(name):
                for value in found.values:
                    is_meant = name == "type" and (read_name(value) or "").casefold() in meant
                    if plain_word(value) in known and not is_meant:
                        quote = self._columns.quote(found, value, 60)
                        message = f"The record says of itself that it is no incident (“{quote}”)."
                        line = self._columns.line(found.column)
                        return Finding("record_no_incident", "info", message, line, quote=quote)
        return None

    def _reviewed(self) -> None:
        """By which key a review is known: that of the incident it is of, else its own."""
        if not self._is_review or self._evidence.of("incident_key"):
            return
        reviewed = reviewed_issues(self._linked)
        if not reviewed:
            key = read_name(self._columns.record.get("key"), 61)
            if key is not None:
                self._evidence.add("incident_key", key, "record", self._columns.line("key"), f"key: {key}")
            return
        first = reviewed[0]
        line, quote = self._columns.line(first.column), f"{first.phrase} {first.key}: {first.summary}"
        self._evidence.add("incident_key", first.key, "record", line, quote)
        if len(keys := list(dict.fromkeys(each.key for each in reviewed))) > 1:
            message = (
                f"This review is of {len(keys)} incidents ({squeeze(', '.join(keys), 100)}), and was taken "
                f"for one of {first.key}; write a review for each, or link it to one."
            )
            self._findings.append(Finding("review_of_several", "warning", message, line, 1, squeeze(quote)))

    # --- a document inside --------------------------------------------------------------------------------

    def _read_text(self) -> None:
        found = self._columns.find("document")
        if found is None:
            return
        value = found.values[0]
        text = value if isinstance(value, str) else plain_text(value)
        is_wiki = self._reading.issues is not None
        if is_wiki:
            text = named_mentions(text, self._columns.record)
        if len(text.split()) < 10:
            return
        title = self._columns.find("title")
        given = read_name(title.values[0], 300) if title is not None else None
        has_sections = (_WIKI_HEADING if is_wiki else _HEADING).search(text) is not None
        media_type = WIKI if is_wiki else "text/plain"
        facts = read_document(text, "", self._reading, media_type, given, is_account=has_sections)
        if facts.kind == "postmortem" and len(facts.incidents) == 1:
            self._text, self._text_column = facts, found.column
            self._text_has_sections = has_sections
        elif facts.kind == "postmortem":
            self._findings.append(
                Finding(
                    "record_tells_several",
                    "info",
                    f"“{squeeze(found.path, 60)}” tells of {len(facts.incidents)} incidents, so none of it "
                    f"was taken for this one.",
                    self._columns.line(found.column),
                    1,
                )
            )

    # --- lists of parts -----------------------------------------------------------------------------------

    def _links(self) -> tuple[EvidenceLink, ...]:
        """The addresses that columns give as evidence, and those of the document inside."""
        links = evidence_links(self._columns)
        for told in self._text.incidents[0].links if self._text is not None else ():
            links.setdefault(told.url, replace(told, line=self._columns.line(self._text_column)))
        return tuple(links.values())

    # --- what is missing ----------------------------------------------------------------------------------

    def _missing(self, left_out: set[int]) -> list[Finding]:
        """That a start or an end is in no column, where the numbers need it."""

        def is_known(name: str) -> bool:
            return any(id(row) not in left_out for row in self._evidence.of(name))

        planned, resolved = self._evidence.best("is_planned"), self._evidence.best("is_resolved")
        if self._is_review or (planned is not None and planned.value == "true"):
            return []
        has_length = is_known("stated_time_to_resolve_minutes")
        findings = []
        for rule, name, what in (("no_start", "started_at", "start"), ("no_end", "resolved_at", "end")):
            is_open = name == "resolved_at" and resolved is not None and resolved.value == "false"
            if not is_known(name) and not is_open and not self._evidence.of(name):
                findings.append(
                    Finding(
                        rule,
                        "info" if has_length else "warning",
                        f"No mapped column of this record states the {what}; fill it in there, or map the "
                        f"column that holds it to {name}.",
                        None,
                        1,
                    )
                )
        return findings


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return "UTC"
    return name
