"""The promises of a document: bullets, checkboxes, tables or headings, with owner, date and tracker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipeline.documents.blocks import Block, Text, squeeze
from pipeline.documents.calendar import Calendar
from pipeline.documents.facts import ActionItem
from pipeline.documents.outline import Section
from pipeline.documents.promises import (
    NAME,
    NOT_NAMES,
    bare_owner,
    habits_of,
    is_name,
    plain_description,
)
from pipeline.documents.statements import is_value
from pipeline.documents.times import Moment, moments
from pipeline.documents.trackers import Reference, Trackers
from pipeline.documents.vocabulary import normalise, role_of

_COLUMNS: tuple[tuple[str, str], ...] = (
    (
        "ticket",
        r"(?:jira|github|gitlab)?(?: ?(?:tickets?|issues?|bugs?|tracker|tracking|links?|"
        r"refs?|references?|keys?|urls?|pr|id|story|stories|number|no))+(?: (?:number|id|"
        r"link|url))?|jira|bug|tracked in|github|linear|asana|work item",
    ),
    (
        "due",
        r"(?:due|deadline|eta|target|by when|when|due by|due on|complete by|completion|"
        r"target completion|planned)(?: ?(?:date|on|by))?|date|by",
    ),
    (
        "owner",
        r"(?:action )?(?:owners?|who|assignees?|assigned(?: to)?|responsible|person|lead|"
        r"dri|team|owned by|responsibility|owner s|poc|champion)(?: (?:person|team))?",
    ),
    ("priority", r"prio(?:rity)?|importance|urgency|severity|sev"),
    ("status", r"status|state|done|completed?|progress|resolved|closed|finished"),
    ("kind", r"(?:action )?(?:type|kind|category|class)|type mitigate.*"),
    (
        "what",
        r"(?:action|follow ?up|corrective|preventive|preventative|remediation|improvement)? "
        r"?(?:action|actions|items?|tasks?|descriptions?|todo|to do|what|summary|title|"
        r"measures?|steps?|details|improvement|recommendation|follow ?up|activity|work|"
        r"name)(?: description)?|action items?",
    ),
)
_COLUMN_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _COLUMNS)
_DONE_WORDS = (
    r"done|completed?|finished|closed|resolved|fixed|shipped|merged|deployed|"
    r"implemented|already been done|has been done|was done"
)
_DONE = re.compile(
    rf"[(\[{{*_]+\s*(?:{_DONE_WORDS})\b[^)\]}}]{{0,30}}[!.]?\s*[)\]}}*_]+|^\W*(?:done|"
    rf"completed?|fixed)\s*[:\-–—!]|[-–—:]\s*(?:done|completed?|fixed)[!.]?\s*$"
    r"|[✅☑✔]|:white_check_mark:|:heavy_check_mark:|:ballot_box_with_check:|\bthis has "
    r"(?:already )?been done\b"
)
_DONE_ANY = re.compile(_DONE.pattern, re.IGNORECASE)
_OPEN = re.compile(
    r"[(\[]\s*(?:to ?do|open|in progress|wip|not started|pending|not done|"
    r"blocked)\s*[)\]]|🚧|⏳|❌|:x:|^\W*todo\s*:",
    re.IGNORECASE,
)
_STATUS_DONE = re.compile(rf"\W*(?:{_DONE_WORDS}|yes|y|x|true|100 ?%|✅|☑|✔️?)\W*(?:\b.*)?", re.IGNORECASE)
_STATUS_OPEN = re.compile(
    r"\W*(?:to ?do|open|in progress|in review|started|ongoing|not started|pending|"
    r"planned|scheduled|new|backlog|blocked|no|n|false|wip|investigating|proposed|"
    r"accepted|\d{1,2} ?%|❌|🚧|⏳)\W*(?:\b.*)?",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@/.])@(?P<name>[A-Za-z][\w.-]{1,38}\w)(?![\w@]*\.(?:com|org|net|io))")
_OWNER = re.compile(
    rf"(?:\b(?:owners?|assignees?|assigned(?: to)?|responsible|dri|who|lead|owned by|"
    rf"poc)\b\**\s*(?::|=|to\b|is\b|–|-)?\s*\**\s*@?)(?P<name>{NAME}|"
    rf"[a-z][\w.-]{{1,30}}|[\w.-]+ team)",
    re.IGNORECASE,
)
_OWNER_LABEL = re.compile(
    r"\b(?:owners?|assignees?|assigned to|assigned|responsible|dri|who|lead|owned by|poc)\b\**\s*(?::|=)",
    re.IGNORECASE,
)
#: "… - owner Maria": without a colon only a name in capitals, behind a dash, comma or bracket.
_OWNER_THEN_NAME = re.compile(
    rf"[-–—,;(]\s*(?:[Oo]wner|[Aa]ssignee|[Aa]ssigned to|[Oo]wned by|DRI)\s+(?P<name>{NAME})"
)
_TRAILING = re.compile(rf"[(\[](?P<name>{NAME}(?:\s*(?:,|&|/|and)\s*{NAME})*)[)\]]\s*[.!]?\s*$")
_DUE = re.compile(
    r"(?:\b(?:due(?: date| by| on)?|deadline|eta|target(?: date)?|by when|by|before|"
    r"until|complete by)\b\s*(?::|=|–|-)?\s*(?:end of |eod |the )?)(?=\S)",
    re.IGNORECASE,
)
_PRIORITY = re.compile(
    r"(?:[(\[]\s*|\bprio(?:rity)?\s*[:=]?\s*|^\W*)(?P<p>P[0-5]|(?:highest|high|medium|"
    r"low|lowest|critical|urgent)(?=\s*(?:[)\]]|priority|prio|$|[,;|])))(?:\b|$)",
    re.IGNORECASE,
)
_NOT_ITEM = re.compile(
    r"(?:n/?a|none(?: so far| yet| needed| identified| required)?|no (?:action items?|"
    r"actions?|follow ?ups?)(?: (?:needed|required|identified|at this time).*)?|tb[acd]|"
    r"to ?do|nothing|see (?:above|below).{0,40}"
    r"|\W*)\W*",
    re.IGNORECASE,
)
#: A form's own closing checklist speaks of the report, not of the systems.
_ABOUT_REPORT = re.compile(
    r"\b(?:sections above|incident has been dealt with|after-action report (?:is|has)|"
    r"actionable items above|this (?:report|document|post-?mortem|template) (?:is|has "
    r"been)"
    r"|post-?mortem (?:is|has been|was) (?:written|reviewed|published|shared|completed))\b",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"\b(?:sample subheadings|every action item should|list any tasks|should have a "
    r"(?:github )?issue|describe|for example,)\b",
    re.IGNORECASE,
)
_PLACEHOLDER_ONLY = re.compile(r"(?:\{\{[^}]*\}\}|<[^>]*>|\[[^\]]*\]|\s|[.:,–—-])*")
_FORM_PLACEHOLDER = re.compile(
    r"^\W*\{\{\s*(?:summary|description|action|item|title|task)[^}]*\}\}|"
    r"^\W*<[^<>]{2,60}>\W*$|^\W*\[(?:action|item|describe|insert|task|your)[^\]]*\]",
    re.IGNORECASE,
)

KINDS: tuple[tuple[str, str], ...] = (
    (
        "detect",
        r"\b(?:alert(?:s|ing)?|monitor(?:s|ing)?|alarms?|dashboards?|metrics?|observability|"
        r"notif(?:y|ication|ications|ied)|detect(?:s|ion)?|logging|log metric|paging|health "
        r"?checks?|tracing|probes?|slo)\b",
    ),
    (
        "process",
        r"\b(?:document(?:s|ation|ed)?|runbooks?|playbooks?|guidelines?|process(?:es)?|"
        r"procedures?|checklists?|train(?:ing)?|wiki|communicat\w+|on-?call|policy|policies|"
        r"drills?|meeting|review (?:the )?(?:process|procedure)|post-?mortems?|workshop|"
        r"guide|responsibilit(?:y|ies))\b",
    ),
    (
        "mitigate",
        r"\b(?:roll ?backs?|fail ?over|circuit breakers?|automatic(?:ally)? (?:recover|"
        r"restart|restore|roll)\w*|restore procedure|kill ?switch|degrade gracefully|"
        r"graceful\w*|retr(?:y|ies)|fallbacks?|feature flags?|recovery time|"
        r"auto-?recover\w*|recover(?:y|s)? faster)\b",
    ),
    (
        "prevent",
        r"\b(?:prevent(?:s|ion|ing)?|tests?|testing|validat(?:e|es|ion)|lint(?:ing)?|"
        r"guards?|limits?|quota|canary|stag(?:ing|ed)|review|enforce|avoid|ensure|make sure|"
        r"require(?:d|s)?|automat(?:e|ic|ically)|capacity|autoscal\w+|redundan\w+|pin|block|"
        r"restrict|least[- ]privilege|separate|replace|upgrade|migrate|increase|reduce|"
        r"remove)\b",
    ),
    ("repair", r"\b(?:fix(?:es)?|repair|clean ?up|correct|patch|restore|delete|backfill|revert)\b"),
)
_KIND_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in KINDS)
_KIND_WORDS: dict[str, str] = {
    "prevent": "prevent",
    "preventive": "prevent",
    "preventative": "prevent",
    "prevention": "prevent",
    "detect": "detect",
    "detection": "detect",
    "detective": "detect",
    "monitoring": "detect",
    "alerting": "detect",
    "mitigate": "mitigate",
    "mitigation": "mitigate",
    "mitigative": "mitigate",
    "process": "process",
    "documentation": "process",
    "training": "process",
    "repair": "repair",
    "fix": "repair",
    "corrective": "repair",
    "cleanup": "repair",
    "other": "other",
    "misc": "other",
}
_GROUP = re.compile(
    r"(?:short|medium|mid|long|near)[ -]?term|immediate|process|technical|documentation|"
    r"prevent\w*|detect\w*|mitigat\w*|repair|completed?|done|open|in progress|next|"
    r"later|now|other|misc",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Group:
    """What the headings and labels above an item say of it."""

    owner: str | None = None
    is_done: bool | None = None
    kind: str | None = None
    priority: str | None = None


def action_items(
    sections: list[Section],
    calendar: Calendar,
    trackers: Trackers,
    people: frozenset[str] = frozenset(),
) -> list[ActionItem]:
    """The promises in an incident's action item sections, in order. One per promise and Jira issue.

    `people` are names in lower case that the document gives elsewhere.
    """
    found: list[ActionItem] = []
    listed = [section for section in sections if section.role == "action_items" and not section.is_title]
    written = [
        item.text.text
        for section in listed
        for block in section.blocks
        if block.kind == "list"
        for item in block.children
        if item.text.text
    ]
    reader = _Reader(calendar, trackers, habits_of(written), people)
    has_list = any(block.kind in ("list", "table") for section in listed for block in section.blocks)
    for section in listed:
        group = _group_of(section)
        before = len(found)
        for block in section.blocks:
            if block.kind == "list":
                for item in block.children:
                    found.extend(reader.item(item, group))
            elif block.kind == "table":
                found.extend(reader.table(block, group))
            elif block.kind == "paragraph" and (not has_list or _is_labelled(section)):
                found.extend(reader.paragraph(block.text, group, whole=_is_labelled(section)))
        if (
            before == len(found)
            and section.own_role is None
            and section.heading is not None
            and section.blocks
        ):
            found.extend(reader.headed(section, group))
    return found


def _is_labelled(section: Section) -> bool:
    """`**Action item:** Do this` — a label before one promise."""
    return (
        section.level >= 8
        and re.match(r"action item|action|follow ?up|to ?do|next step", normalise(section.words)) is not None
    )


def _group_of(section: Section) -> _Group:
    group = _Group()
    for above in reversed(list(section.ancestors())):
        if above.role == "action_items" and above.heading is not None:
            group = _with_label(group, above.heading)
    return group


def _with_label(group: _Group, label: Text) -> _Group:
    words = normalise(label.text)
    handle = _HANDLE.search(label.text)
    owner = handle.group("name") if handle else None
    if owner is None:
        named = _OWNER.search(label.text) if _OWNER_LABEL.search(label.text) else None
        owner = named.group("name") if named else None
    is_done = True if re.search(r"\b(?:completed?|done|finished)\b", label.text, re.IGNORECASE) else None
    kind = None
    # "Corrective actions" names them all, "Prevention" alone a kind
    if role_of(label.text) in (None, "detection", "resolution") or words in _KIND_WORDS:
        kind = next((_KIND_WORDS[word] for word in words.split() if word in _KIND_WORDS), None)
    return _Group(
        owner or group.owner,
        is_done if is_done is not None else group.is_done,
        kind or group.kind,
        group.priority,
    )


class _Reader:
    """Reads promises with the document's calendar and the known trackers."""

    def __init__(
        self, calendar: Calendar, trackers: Trackers, habits: frozenset[str], people: frozenset[str]
    ) -> None:
        self._calendar = calendar
        self._trackers = trackers
        self._habits = habits
        self._people = people

    def item(self, item: Block, group: _Group, depth: int = 0) -> Iterator[ActionItem]:
        """A list item: a promise with what hangs below it, or the label of a group of promises."""
        nested = [child for below in item.children if below.kind == "list" for child in below.children]
        if nested and depth < 5 and _is_group_label(item.text):
            inner = _with_label(group, item.text)
            for child in nested:
                yield from self.item(child, inner, depth + 1)
            return
        below = [text for child in item.children for text in _texts(child)]
        done = item.checked
        if done is None and item.text.is_struck:
            done = True
        yield from self._promise(item.text, group, done, below)

    def paragraph(self, text: Text, group: _Group, *, whole: bool) -> Iterator[ActionItem]:
        """A paragraph that is a promise: short, and no introduction."""
        if text.text.rstrip().endswith(":") or _BOILERPLATE.search(text.text):
            return
        if whole or len(text.text) <= 400:
            yield from self._promise(text, group, None, [])

    def headed(self, section: Section, group: _Group) -> Iterator[ActionItem]:
        """A heading that is a promise, told in the paragraphs below it."""
        below = [block.text for block in section.blocks if block.kind == "paragraph"]
        words = normalise(section.words)
        if not below or section.heading is None or _GROUP.fullmatch(words) or words in _KIND_WORDS:
            return
        if len(words.split()) < 3 or _BOILERPLATE.search(below[0].text):
            return
        yield from self._promise(section.heading, group, None, below)

    def table(self, block: Block, group: _Group) -> Iterator[ActionItem]:
        """One promise per row; the head says which column is what."""
        if len(block.rows) < 2:
            return
        columns: dict[str, int] = {}
        for index, cell in enumerate(block.rows[0]):
            words = normalise(cell.text)
            name = next(
                (name for name, pattern in _COLUMN_PATTERNS if words and pattern.fullmatch(words)), None
            )
            if name is not None:
                columns.setdefault(name, index)
        if "what" not in columns:
            free = [i for i in range(len(block.rows[0])) if i not in columns.values()]
            if not free:
                return
            longest = max(free, key=lambda i: sum(len(row[i].text) for row in block.rows[1:] if i < len(row)))
            columns["what"] = longest
        for row in block.rows[1:]:
            cells = {name: row[index] for name, index in columns.items() if index < len(row)}
            what = cells.get("what")
            if what is None or not what.text.strip():
                continue
            yield from self._row(what, cells, row, group)

    def _row(
        self, what: Text, cells: dict[str, Text], row: list[Text], group: _Group
    ) -> Iterator[ActionItem]:
        def said(name: str) -> str | None:
            cell = cells.get(name)
            return cell.text.strip() if cell is not None and is_value(cell.text) else None

        status = said("status")
        done = None
        if status is not None:
            done = (
                True if _STATUS_DONE.fullmatch(status) else False if _STATUS_OPEN.fullmatch(status) else None
            )
        elif what.is_struck:
            done = True
        kind = next(
            (_KIND_WORDS[word] for word in normalise(said("kind") or "").split() if word in _KIND_WORDS), None
        )
        due = said("due")
        owner = said("owner")
        others = [cell for cell in row if cell is not what]
        quote = squeeze(" | ".join(cell.text for cell in row))
        for made in self._promise(what, group, done, others, nested_words=False):
            yield replace(
                made,
                owner=owner.strip("@ ") if owner else made.owner,
                due_on=self._date(due, what.line) if due else made.due_on,
                priority=said("priority") or made.priority,
                kind=kind or made.kind,
                quote=quote,
            )

    def _promise(
        self, text: Text, group: _Group, done: bool | None, below: list[Text], *, nested_words: bool = True
    ) -> Iterator[ActionItem]:
        words = text.text.strip()
        if (
            not words
            or _NOT_ITEM.fullmatch(words)
            or _ABOUT_REPORT.search(words)
            or _FORM_PLACEHOLDER.search(words)
        ):
            return
        if _PLACEHOLDER_ONLY.fullmatch(words) and not text.links:
            return
        whole = "\n".join([words, *(part.text for part in below)]) if nested_words else words
        references: list[Reference] = []
        for part in (text, *below):
            for reference in self._trackers.references(part):
                if reference not in references:
                    references.append(reference)
        jira = [reference for reference in references if reference.tracker == "jira"]
        chosen = (
            jira or sorted(references, key=lambda r: r.tracker is None)[:1] or [Reference(None, None, None)]
        )
        description = _description(words)
        if not description:
            return
        if done is None:
            done = True if _DONE_ANY.search(whole) else False if _OPEN.search(whole) else group.is_done
        owner = _owner(text, whole) or bare_owner(words, self._habits, self._people)
        due, due_words = self._due(whole, text.line)
        priority = _priority(words)
        description = plain_description(
            description,
            owner=owner,
            keys=[reference.key for reference in jira if reference.key],
            due=due_words,
            has_priority=priority is not None,
            has_url=chosen[0].url is not None,
        )
        made = ActionItem(
            description=description,
            kind=group.kind or _kind(description),
            owner=owner or group.owner,
            priority=priority or group.priority,
            due_on=due,
            is_marked_done=done,
            line=text.line,
            quote=squeeze(words),
        )
        for reference in chosen:
            yield replace(made, tracker=reference.tracker, issue_key=reference.key, url=reference.url)

    def _due(self, words: str, line: int) -> tuple[date | None, str | None]:
        """The due date, and the words that state it with their label."""
        for match in list(_DUE.finditer(words[:2000]))[:8]:
            rest = words[match.end() : match.end() + 40]
            found = moments(rest, self._calendar.reading)
            if found and found[0].has_date and not rest[: found[0].start].strip(" *_("):
                day = self._day(found[0], rest, line)
                written = words[match.start() : match.end() + found[0].end]
                return day, re.sub(r"\s+", " ", written) if day is not None else None
        return None, None

    def _date(self, words: str, line: int) -> date | None:
        found = [
            moment
            for moment in moments(words[:80], self._calendar.reading)
            if moment.has_date or moment.is_ambiguous
        ]
        if len(found) != 1:
            return None
        return self._day(found[0], words, line)

    def _day(self, moment: Moment, words: str, line: int) -> date | None:
        if moment.is_ambiguous:
            self._calendar.doubts.note("date_ambiguous", line, squeeze(words, 40))
            return None
        day = self._calendar.date_of(moment)
        reference = self._calendar.day
        if day is not None and moment.day is None and reference is not None and day < reference:
            try:  # a promise lies ahead: "by 15 January" in a document of December is next year's
                day = day.replace(year=reference.year + 1)
            except ValueError:
                return None
        return day


def _texts(block: Block) -> Iterator[Text]:
    if block.kind == "code":
        return
    if block.text.text:
        yield block.text
    for child in block.children:
        yield from _texts(child)


def _is_group_label(text: Text) -> bool:
    words = text.text.strip()
    if words.endswith(":"):
        return len(words) <= 80
    if text.is_bold and len(words) <= 60:
        return True
    if _GROUP.fullmatch(words.strip(" *:")):
        return True
    return re.fullmatch(r"@[\w.-]+|(?:owner:? )?@?[A-Z]\w+", words) is not None


def _description(words: str) -> str:
    text = _DONE_ANY.sub(" ", words)
    text = _OPEN.sub(" ", text)
    text = re.sub(r"\s+", " ", text).strip(" -–—:")
    return text[:1000]


def _owner(text: Text, whole: str) -> str | None:
    labelled = _OWNER_LABEL.search(whole)
    if labelled is not None:
        rest = whole[labelled.end() : labelled.end() + 60]
        match = re.match(rf"[\s*_@]*(?P<name>{NAME}|[a-z][\w.-]{{1,30}})", rest)
        if match is not None and is_value(match.group("name")):
            return match.group("name").strip(" .")
    handle = _HANDLE.search(whole)
    if handle is not None:
        return handle.group("name")
    named = _OWNER_THEN_NAME.search(whole)
    if named is not None and named.group("name").split()[0].casefold() not in NOT_NAMES:
        return named.group("name")
    trailing = _TRAILING.search(text.text)
    if trailing is not None and not any(
        link.start <= trailing.start() + 1 <= link.start + len(link.label) for link in text.links
    ):
        name = trailing.group("name")
        if is_name(name):
            return name
    return None


def _priority(words: str) -> str | None:
    match = _PRIORITY.search(words[:400])
    return match.group("p") if match else None


def _kind(description: str) -> str | None:
    """By the words that stand first: "Add an alert on …" detects, "Document how …" is process."""
    met = [
        (match.start(), order, kind)
        for order, (kind, pattern) in enumerate(_KIND_PATTERNS)
        if (match := pattern.search(description))
    ]
    if not met:
        return None
    strong = [entry for entry in met if entry[2] in ("detect", "process", "mitigate")]
    return min(strong or met)[2]
