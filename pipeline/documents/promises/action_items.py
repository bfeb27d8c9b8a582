"""The promises of a document: which bullets, rows, headings and sentences are one, and what is above them.

Nested bullets are details of the promise they hang below. They are promises of their own below a label: a
word for a kind, a term or a state ("Prevention", "Short term"), an owner alone, or a title in bold or before
a colon whose bullets read like promises. A title that opens with a verb ("**Add a retry**"), that is a task
to tick, or that holds an issue, is itself the promise; so are the titles beside it that are set alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.documents.blocks import Block, Text, squeeze, texts
from pipeline.documents.facts import ActionItem
from pipeline.documents.outline import Section
from pipeline.documents.promises.kinds import kind_by_rule, only_kind, stated_kind
from pipeline.documents.promises.marks import CROSS, SIGN, Facts, mark_in_cell, state, struck
from pipeline.documents.promises.owners import HANDLES, People, is_team, named_owner, owner_of
from pipeline.documents.promises.promise import Promise, PromiseReader, priority_of
from pipeline.documents.promises.tables import PromiseRow, promise_rows
from pipeline.documents.promises.trackers import Reference, Trackers
from pipeline.documents.promises.words import BOILERPLATE, is_promise, opens_with_verb, promising_sentences
from pipeline.documents.statements import is_value
from pipeline.documents.times.calendar import Calendar
from pipeline.documents.vocabulary import normalise, role_of

_MAX_DEPTH = 5
_GROUP = re.compile(
    r"(?:(?:very )?(?:short|medium|mid|long|near|longer|shorter)(?: to (?:medium|mid|long))? term|immediate"
    r"(?:ly)?|now|next|later|soon"
    r"|process|technical|documentation|people|tooling|organi[sz]ational|prevent\w*|detect\w*|mitigat\w*"
    r"|repairs?|corrective"
    r"|completed?|done|open|in progress|to ?do|not started|pending|planned|backlog|outstanding|other|misc"
    r"|(?:high|medium|low|critical|highest|lowest|urgent)(?: priority)?|priority \w+|p[0-5]|must have|nice to"
    r" have"
    r"|improvements?|fixes|improvements fixes|tasks?|specific tasks|action items?|actions?|follow ?ups?|next"
    r" steps|to ?dos?"
    r"|(?:today|this (?:week|sprint|month|quarter)|next (?:week|sprint|month|quarter)))"
    r"(?: (?:actions?|items?|tasks?|fixes|steps|improvements?|measures?|work|changes|follow ?ups?|solutions?"
    r"|remediations?|goals?))*"
    r"(?: \w+ days| to address (?:the )?(?:issue|problem))?"
)
_TAKEN = re.compile(
    r"\b(?:completed?|done|finished|already|taken|applied|implemented|performed|executed|delivered|shipped"
    r"|closed)\b",
    re.IGNORECASE,
)
_NOT_TAKEN = re.compile(
    r"\b(?:to be|not|will|should|must|needs?|how|what|when|being|incomplete|to (?:take|do))\b|\?",
    re.IGNORECASE,
)
_UNTAKEN = re.compile(
    r"(?:(?:still )?(?:open|outstanding|remaining|pending|planned|to ?do|not started|in progress|incomplete"
    r"|upcoming)(?: \w+){0,2})"
)
_UNWANTED = re.compile(
    r"(?:won ?t (?:do|fix)|wontfix|will not (?:do|be done)|cancell?ed|declined|rejected|decided against"
    r"|not doing)"
    r"(?: (?:actions?|items?|tasks?|action items?|ideas?|proposals?|follow ?ups?)){0,2}"
    r"|(?:actions?|items?|tasks?|action items?|ideas?|proposals?|follow ?ups?) (?:that were |we )?(?:declined"
    r"|cancell?ed|rejected|decided against|not taken|(?:will not|won ?t) (?:do|be done))"
)
_ITEM_LABEL = re.compile(r"action item|action|follow ?up|to ?do|next step")
_BULLET_LINE = re.compile(
    r"[ \t]*(?:[•◦▪‣*+–—-][ \t]+|[A-Z][A-Za-z]{0,6}[ #-]{0,2}\d{1,3}[:.)][ \t]+|\(?\d{1,2}[.)][ \t]+"
    rf"|\[[ xX-]?\][ \t]*|{SIGN}[ \t]*)(?=\S)"
)
_NEXT_TOLD = re.compile(r";[ \t\n]+(?:and[ \t]+)?")
_BOX = re.compile(r"[ \t]*(?:[•◦▪‣*+–—-][ \t]+)?\[(?P<mark>[ xX]?)\][ \t]+")
#: What opens a line and marks it: read with its words, not cut as a bullet is.
_MARK = re.compile(rf"\[-\]|{SIGN}")
_OWNER_LABEL = re.compile(
    r"^\W*(?:owners?|assignees?|assigned to|owned by|dri|responsible)\s*[:=]\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Group:
    """What the headings and labels above a promise say of it."""

    owner: str | None = None
    is_done: bool | None = None
    is_declined: bool = False
    kind: tuple[str, str] | None = None
    priority: str | None = None


def action_items(
    sections: list[Section],
    calendar: Calendar,
    trackers: Trackers,
    people: frozenset[str] = frozenset(),
) -> list[ActionItem]:
    """The promises of an incident's sections, in order. One per promise and issue of a followed Jira.

    `people` are names in lower case that the document gives elsewhere.
    """
    listed = [section for section in sections if section.role == "action_items" and not section.is_title]
    done = [section for section in listed if _tells_what_was_done(section)]
    if len(done) < len(listed):
        listed = [section for section in listed if section not in done]  # what is promised stands elsewhere
    elsewhere = [
        section for section in sections if section.role not in ("action_items", "timeline", "people", "aside")
    ]
    tables = [block for section in elsewhere for block in section.blocks if block.kind == "table"]
    if not listed and not tables:
        return []
    every = [text for section in sections for text in _all_texts(section)]
    written = [
        item.text.text
        for section in listed
        for block in section.blocks
        if block.kind == "list"
        for item in block.children
    ]
    known = People.of(people, (text.text for text in every))
    reader = PromiseReader(calendar, trackers.for_document(every), known.with_habits(w for w in written if w))
    return _Reader(reader, listed).read(elsewhere)


def _tells_what_was_done(section: Section) -> bool:
    """Whether a section, or one above it, is headed "Remediation", which may tell of the repair alone."""
    return any(
        above.own_role == "action_items" and normalise(above.words) in ("remediation", "remediations")
        for above in section.ancestors()
        if above.heading is not None
    )


class _Reader:
    """Walks the sections that list promises."""

    def __init__(self, reader: PromiseReader, listed: list[Section]) -> None:
        self._promises = reader
        self._people = reader.people
        self._listed = listed
        self._owners = _owner_headings(listed, reader.people)
        tops = [s for s in listed if s.parent is None or s.parent.role != "action_items"]
        self._names_kinds = len({kind[0] for s in tops if (kind := only_kind(s.words)) is not None}) > 1

    def read(self, elsewhere: list[Section]) -> list[ActionItem]:
        """All promises: of tables that tell so wherever they stand, and of the sections listed."""
        found: list[tuple[int, ActionItem]] = []
        for section in elsewhere:
            for block in section.blocks:
                if block.kind == "table":
                    found += [
                        (item.line or 0, item) for item in self._table(block, _Group(), is_listed=False)
                    ]
        listing = {
            id(above)
            for section in self._listed
            if any(block.kind in ("list", "table") for block in _flat(section.blocks))
            for above in section.ancestors()
        }
        for section in self._listed:
            home = section if section.heading is not None or section.parent is None else section.parent
            for item in self._section(section, has_list=id(home) in listing):
                found.append((item.line or 0, item))
        if elsewhere and found:
            found.sort(key=lambda entry: entry[0])
        return [item for _, item in found]

    def _section(self, section: Section, *, has_list: bool) -> Iterator[ActionItem]:
        group = self._group_of(section)
        blocks = list(_flat(section.blocks))
        headed = self._headed(section, blocks, group)
        if headed is not None:
            yield from headed
            return
        is_behind_list = False
        for block in blocks:
            if block.kind == "paragraph" and (said := self._facts_of(block.text)) is not None:
                group = replace(
                    group, owner=said.owner or group.owner, priority=said.priority or group.priority
                )
            elif block.kind == "paragraph" and self._heads_next(block.text):
                group = self._with_label(self._group_of(section), block.text)
            elif block.kind == "list":
                yield from self._list(block, group)
                is_behind_list = True
            elif block.kind == "table":
                yield from self._table(block, group, is_listed=True)
            elif block.kind == "paragraph":
                yield from self._paragraph(
                    block.text,
                    group,
                    is_labelled=_is_labelled(section),
                    has_list=has_list,
                    is_behind_list=is_behind_list,
                )

    # --- what stands above

    def _group_of(self, section: Section) -> _Group:
        group = _Group()
        above = [
            entry
            for entry in section.ancestors()
            if entry.role == "action_items" and entry.heading is not None
        ]
        for depth, entry in enumerate(reversed(above)):
            assert entry.heading is not None
            group = self._with_label(group, entry.heading, is_top=depth == 0)
            if id(entry) in self._owners and group.owner is None:
                group = replace(group, owner=entry.words.strip(" :*"))
        return group

    def _with_label(self, group: _Group, label: Text, *, is_top: bool = False) -> _Group:
        text = label.text
        owner = None
        stated = _OWNER_LABEL.match(text)
        if stated is not None:
            owner = named_owner(text[stated.end() :])
        elif HANDLES.fullmatch(text.strip(" :*")):
            owner = owner_of(text)
        elif self._people.is_owner_alone(text) or (
            is_team(text.strip(" :*")) and not _GROUP.fullmatch(normalise(text))
        ):
            owner = text.strip(" :*")
        is_done = None
        if _TAKEN.search(text) and not _NOT_TAKEN.search(text):
            is_done = True
        elif _UNTAKEN.fullmatch(normalise(text)):
            is_done = False
        is_declined = _UNWANTED.fullmatch(normalise(text)) is not None
        kind = None
        # "Corrective actions" over all of them names them all; beside "Preventive actions", or below, a kind
        if not is_top or self._names_kinds or role_of(text) in (None, "detection", "resolution"):
            kind = only_kind(text)
        return _Group(
            owner or group.owner,
            is_done if is_done is not None or is_declined else group.is_done,
            is_declined or (group.is_declined and is_done is None),
            kind or group.kind,
            priority_of(text) or group.priority,
        )

    # --- lists

    def _list(self, block: Block, group: _Group, depth: int = 0) -> Iterator[ActionItem]:
        merged = list(self._merged(block.children))
        above = [item for item in merged if _nested(item)]
        names = [item.text.text.strip(" :*") for item in above]
        if len(above) >= 2 and len(above) == len(merged) and all(self._may_own(name) for name in names):
            for item, name in zip(above, names, strict=True):
                for below in item.children:
                    if below.kind == "list":
                        owner = owner_of(name) if "@" in name else name
                        yield from self._list(below, replace(group, owner=owner), depth + 1)
            return
        are_promises = any(_is_set_bold(item.text) and self._is_plainly_a_promise(item) for item in above)
        for item in merged:
            item, label = _label_below(item)
            is_beside = are_promises and _is_set_bold(item.text)
            yield from self._item(item, group, depth, beside_promises=is_beside)
            if label is not None:
                group = self._with_label(
                    replace(group, kind=None, priority=None, is_done=None, is_declined=False), label
                )

    def _item(self, item: Block, group: _Group, depth: int, *, beside_promises: bool) -> Iterator[ActionItem]:
        nested = _nested(item)
        if nested and depth < _MAX_DEPTH and self._is_label(item, nested, beside_promises=beside_promises):
            inner = self._with_label(group, item.text)
            for block in item.children:
                if block.kind == "list":
                    yield from self._list(block, inner, depth + 1)
                elif block.kind == "table":
                    yield from self._table(block, inner, is_listed=True)
            return
        below = [text for child in item.children for text in _texts(child)]
        yield from self._made(item.text, group, below, checked=item.checked)

    def _merged(self, items: list[Block]) -> Iterator[Block]:
        """Bullets of facts alone ("Owner: Ana") belong to the bullet before them, or open the one behind."""
        last: Block | None = None
        early: list[Block] = []
        for item in items:
            said = None
            if ":" in item.text.text[:40] and not item.children:
                said = self._promises.facts_alone(item.text)
            fact = Block("paragraph", item.line, item.text)
            if said is None or said.what is not None:
                if last is not None:
                    yield last
                last = replace(item, children=[*item.children, *early])
                early = []
            elif last is not None:
                last = replace(last, children=[*last.children, fact])
            else:
                early.append(fact)
        if last is not None:
            yield last

    def _may_own(self, words: str) -> bool:
        return self._people.may_own(words) and not _GROUP.fullmatch(normalise(words))

    def _is_plainly_a_promise(self, item: Block) -> bool:
        words = item.text.text
        if item.checked is not None or struck(item.text):
            return True
        if _GROUP.fullmatch(normalise(words)) or self._people.is_owner_alone(words):
            return False
        return opens_with_verb(words) and len(words.split()) >= 2

    def _is_label(self, item: Block, nested: list[Block], *, beside_promises: bool) -> bool:
        # a list that opens with "4." goes on in the words of the bullet above it
        words = next((line.text.strip() for line in item.text.lines()), "")
        if not words:
            return True
        if item.checked is not None or struck(item.text) or (item.text.links and not words.endswith(":")):
            return False
        plain = normalise(words)
        if _names_aim(plain) and sum(_reads_like_promise(child) for child in nested) * 2 > len(nested):
            return True
        if (
            _GROUP.fullmatch(plain)
            or _UNWANTED.fullmatch(plain)
            or self._people.is_owner_alone(words)
            or _OWNER_LABEL.match(words)
        ):
            return True
        if all(self._promises.is_aside(child.text) for child in nested):
            return False
        if self._is_plainly_a_promise(item) or beside_promises:
            return False
        is_title = len(words) <= 80 and (words.endswith(":") or _is_set_bold(item.text))
        if not is_title:
            is_short = len(words.split()) <= 4 and words[-1:].isalnum()
            return is_short and len(nested) > 1 and all(opens_with_verb(child.text.text) for child in nested)
        return sum(_reads_like_promise(child) for child in nested) * 2 > len(nested)

    def _heads_next(self, text: Text) -> bool:
        """Whether a paragraph is nothing but the label of the list below it: "Completed:"."""
        words = text.text.strip()
        if not words.endswith(":") or len(words) > 60:
            return False
        plain = normalise(words)
        return (
            _GROUP.fullmatch(plain) is not None
            or _UNTAKEN.fullmatch(plain) is not None
            or _UNWANTED.fullmatch(plain) is not None
            or (len(plain.split()) <= 4 and _TAKEN.search(plain) is not None)
            or _names_kind(words)
            or self._people.is_owner_alone(words)
        )

    def _facts_of(self, text: Text) -> Facts | None:
        """The facts of a paragraph that promises nothing; None for other paragraphs."""
        said = [self._promises.facts_alone(line) for line in text.lines()] if ":" in text.text else []
        if not said or any(facts is None or facts.what is not None for facts in said):
            return self._promises.facts_alone(text) if len(said) == 1 else None
        together = Facts()
        for facts in said:
            together.take(facts or Facts())
        return together

    # --- headings and paragraphs

    def _headed(self, section: Section, blocks: list[Block], group: _Group) -> list[ActionItem] | None:
        """The promise that a heading makes, told in what stands below it; None when it heads others."""
        if (
            section.own_role is not None
            or section.heading is None
            or not blocks
            or id(section) in self._owners
        ):
            return None
        words = normalise(section.words)
        if (
            len(words.split()) < 2
            or _GROUP.fullmatch(words)
            or _UNWANTED.fullmatch(words)
            or _names_kind(section.words)
        ):
            return None
        lists = [block for block in blocks if block.kind == "list"]
        if any(block.kind == "table" for block in blocks):
            return None
        below = [block.text for block in blocks if block.kind == "paragraph"]
        if lists:
            items = [item for block in lists for item in block.children]
            facts = [item for item in items if self._promises.is_aside(item.text)]
            if not any(self._promises.facts_alone(item.text) for item in items) or len(facts) * 2 <= len(
                items
            ):
                return None
            below += [text for block in lists for text in _texts(block)]
        elif len(words.split()) < 3 and not opens_with_verb(section.words):
            return None
        if not below or BOILERPLATE.search(below[0].text):
            return None
        above = section.parent
        outer = self._group_of(above) if above is not None and above.role == "action_items" else _Group()
        return list(
            self._made(section.heading, replace(outer, priority=group.priority or outer.priority), below)
        )

    def _paragraph(
        self, text: Text, group: _Group, *, is_labelled: bool, has_list: bool, is_behind_list: bool
    ) -> Iterator[ActionItem]:
        lines = list(text.lines())
        if len(lines) > 1 or _BULLET_LINE.match(text.text):
            marked = [bool(_BULLET_LINE.match(line.text)) for line in lines]
            if marked[0] or (len(lines) > 1 and any(marked) and lines[0].text.rstrip().endswith(":")):
                yield from self._bullet_lines(lines, marked, group)
                return
        if has_list and not is_labelled and not is_behind_list:
            return
        words = text.text.strip()
        if words.endswith(":") or BOILERPLATE.search(words):
            return
        if is_labelled:
            for part in _each_told(text):
                yield from self._made(part, group)
            return
        for sentence in promising_sentences(text):
            is_sentence = sentence.text.rstrip()[-1:] in (".", "!")
            if has_list and not (is_sentence and opens_with_verb(sentence.text)):
                continue  # beside a list, prose tells more of it; what is promised there opens with a verb
            for part in _each_told(sentence):
                yield from self._made(part, group)

    def _bullet_lines(self, lines: list[Text], marked: list[bool], group: _Group) -> Iterator[ActionItem]:
        """Bullets of plain text, whose marks are words to Markdown; a line without a mark goes on."""
        items: list[list[Text]] = []
        for line, is_item in zip(lines, marked, strict=True):
            if is_item:
                items.append([line])
            elif items:
                items[-1].append(line)
        for first, *more in items:
            box = _BOX.match(first.text)
            checked = None if box is None else bool(box.group("mark").strip())
            mark = box or _BULLET_LINE.match(first.text)
            facts = [line for line in more if self._promises.facts_alone(line)]
            going_on = [line for line in more if line not in facts]
            text = first.part(
                mark.end() if mark is not None and _MARK.match(first.text.lstrip()) is None else 0
            )
            for line in going_on:
                text = replace(text, text=f"{text.text}\n{line.text}", links=[*text.links, *line.links])
            yield from self._made(text, group, facts, checked=checked)

    # --- tables

    def _table(self, block: Block, group: _Group, *, is_listed: bool) -> Iterator[ActionItem]:
        for row in promise_rows(block, is_listed=is_listed):
            yield from self._row(row, group)

    def _row(self, row: PromiseRow, group: _Group) -> Iterator[ActionItem]:
        def said(name: str) -> str:
            cell = row.cells.get(name)  # type: ignore[call-overload]
            return cell.text.strip() if cell is not None else ""

        if not is_promise(row.what):
            return
        cells = Facts(
            owner=named_owner(said("owner")),
            due_on=self._promises.due_in(said("due"), row.what.line)
            if said("due")
            else self._promises.due_in(said("day"), row.what.line, is_open_ended=True),
            priority=_stated_priority(said("priority")),
        )
        marked = state(said("status")) if said("status") else None
        if marked is not None:
            cells.is_done, cells.is_declined = marked.is_done, marked.is_declined
        elif row.asks_done and CROSS.match(said("status")) is not None:
            cells.is_done = False
        elif "status" not in row.cells:
            marks = [
                mark_in_cell(cell.text) for cell in (row.cells.get("ticket"), *row.others) if cell is not None
            ]
            cells.is_done = next((mark for mark in marks if mark is not None), None)
            if cells.is_done is None and struck(row.what):
                cells.is_done = True
        promise = self._promises.read(row.what, given=cells)
        references = self._row_references(row, promise)
        kind = stated_kind(said("kind")) if said("kind") else None
        quote = squeeze(" | ".join(cell.text for cell in row.all))
        yield from self._items_of(
            Promise(promise.description, promise.facts, references), group, row.what, quote, kind
        )

    def _row_references(self, row: PromiseRow, promise: Promise) -> list[Reference]:
        trackers = self._promises.trackers
        ticket = row.cells.get("ticket")
        found = list(promise.references)
        cells = [cell for cell in row.all if cell is not row.what and cell is not ticket]
        of_cells = [trackers.references(ticket, row.ticket_head)] if ticket is not None else []
        of_cells += [trackers.references(cell) for cell in cells]
        for references in of_cells:
            found += [
                new for new in references if all((new.key, new.url) != (old.key, old.url) for old in found)
            ]
        return found

    # --- one promise

    def _made(
        self, text: Text, group: _Group, below: Iterable[Text] = (), *, checked: bool | None = None
    ) -> Iterator[ActionItem]:
        if not is_promise(text):
            return
        promise = self._promises.read(text, below, checked=checked)
        facts = promise.facts
        if checked is not None and not facts.is_declined:
            facts.is_done = checked or facts.is_done is True
        elif facts.is_done is None and not facts.is_declined and struck(text):
            facts.is_done = True
        stated = stated_kind(facts.kind) if facts.kind else None
        yield from self._items_of(promise, group, text, squeeze(text.text.strip()), stated)

    def _items_of(
        self, promise: Promise, group: _Group, text: Text, quote: str, kind: tuple[str, str] | None
    ) -> Iterator[ActionItem]:
        if not promise.description:
            return
        facts = promise.facts
        kind = kind or group.kind or kind_by_rule(promise.description)
        is_declined = facts.is_declined or (group.is_declined and facts.is_done is None)
        made = ActionItem(
            description=promise.description,
            kind=kind[0] if kind is not None else None,
            kind_words=kind[1] if kind is not None else None,
            owner=facts.owner or group.owner,
            priority=facts.priority or group.priority,
            due_on=facts.due_on,
            is_marked_done=None
            if is_declined
            else facts.is_done
            if facts.is_done is not None
            else group.is_done,
            is_marked_declined=is_declined,
            line=text.line,
            quote=quote,
        )
        followed = [reference for reference in promise.references if reference.key is not None]
        others = sorted(promise.references, key=lambda reference: reference.tracker == "other")[:1]
        for reference in followed or others:
            yield replace(made, tracker=reference.tracker, issue_key=reference.key, url=reference.url)
        if not followed and not others:
            yield made


def _each_told(text: Text) -> list[Text]:
    """The promises of a sentence such as "Add a limit; alert on disk usage", each opening with a verb."""
    parts: list[Text] = []
    start = 0
    for match in _NEXT_TOLD.finditer(text.text):
        parts.append(text.part(start, match.start()))
        start = match.end()
    parts.append(text.part(start))
    return parts if len(parts) > 1 and all(opens_with_verb(part.text) for part in parts) else [text]


def _names_aim(words: str) -> bool:
    """Whether a title says what the promises below it are for: "Prevent recurrence", "Detect faster"."""
    return len(words.split()) <= 3 and re.match(r"(?:prevent|detect|mitigat|repair)\w*\b", words) is not None


def _names_kind(heading: str) -> bool:
    return len(heading.split()) < 4 and only_kind(heading) is not None and not opens_with_verb(heading)


def _is_labelled(section: Section) -> bool:
    """`**Action item:** Do this` — a label before one promise."""
    return section.level >= 8 and _ITEM_LABEL.match(normalise(section.words)) is not None


def _owner_headings(listed: list[Section], people: People) -> set[int]:
    """The headings among the action items that are owners, because all beside them may be, too."""
    by_parent: dict[int, list[Section]] = {}
    for section in listed:
        if section.parent is not None and section.heading is not None and section.own_role is None:
            by_parent.setdefault(id(section.parent), []).append(section)
    found: set[int] = set()
    for beside in by_parent.values():
        with_words = [section for section in beside if section.blocks]
        if len(with_words) >= 2 and all(
            people.may_own(section.words) and not _GROUP.fullmatch(normalise(section.words))
            for section in with_words
        ):
            found |= {id(section) for section in with_words}
    return found


def _stated_priority(words: str) -> str | None:
    if not is_value(words):
        return None
    plain = re.sub(r"^[^\w]+|[^\w)]+$", "", words)
    return plain if 0 < len(plain) <= 30 else None


def _reads_like_promise(item: Block) -> bool:
    words = item.text.text.strip()
    if item.checked is not None or item.text.links or "@" in words or opens_with_verb(words):
        return True
    return len(words.split()) >= 4 and words[:1].isupper() and not words.endswith(",")


def _is_set_bold(text: Text) -> bool:
    if text.is_bold:
        return True
    rest = list(text.text)
    for start, stop in text.bold:
        rest[start:stop] = [" "] * (stop - start)
    return bool(text.bold) and not re.search(r"\w", "".join(rest))


def _label_below(item: Block) -> tuple[Block, Text | None]:
    """A bullet, and the label of the next ones where one stands on the line below it without a blank"
    " between."""
    if "\n" not in item.text.text or item.children:
        return item, None
    *before, last = item.text.lines()
    if not before or not (
        last.is_bold or (last.text.endswith(":") and _GROUP.fullmatch(normalise(last.text)))
    ):
        return item, None
    words = item.text.part(0, item.text.text.rstrip().rindex("\n"))
    return replace(item, text=words), last


def _nested(item: Block) -> list[Block]:
    return [child for below in item.children if below.kind == "list" for child in below.children]


def _flat(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.kind == "quote":
            yield from _flat(block.children)
        else:
            yield block


def _texts(block: Block) -> Iterator[Text]:
    if block.kind == "code":
        return
    if block.text.text:
        yield block.text
    for child in block.children:
        yield from _texts(child)


def _all_texts(section: Section) -> Iterator[Text]:
    if section.heading is not None:
        yield section.heading
    yield from texts(section.blocks)
