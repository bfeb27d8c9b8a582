"""The updates of a status page → a timeline: what each said, and when it was posted.

Statuspage, Instatus, incident.io, cState and their like print an incident as updates, the newest first:
a word for the state it was in, a few sentences, and the time they were posted. Read line by line, each
time would be taken for that of the update below it; so the updates become a list under a heading of its own.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.documents.blocks import Block, Text, walk

#: The heading over the updates.
STATUS_UPDATES = "Status updates"
_STATES = (
    r"(?:investigating|identified|monitoring|resolved|update|post-?mortem|acknowledged|mitigated"
    r"|in progress|completed|verifying|scheduled|recovering|fixing|observing)"
)
_STATE_BEGINNINGS = frozenset(state[:3] for state in re.findall(r"[a-z]+[ a-z]*", _STATES))
#: At least one of the updates must say one of these.
_TELLING = frozenset({"investigating", "identified", "monitoring", "resolved"})
_BEGINNINGS = tuple(_TELLING)
_ENDED = frozenset({"resolved", "completed", "postmortem", "post-mortem"})
_DATE = (
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?"
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?"
    r"|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}\.?(?:,? \d{4})?|\d{4}-\d\d-\d\d)"
)
_WHEN = (
    rf"{_DATE}(?:[ ,T]{{1,2}}(?:[-–—@|] "
    rf"|at )?)\d{{1,2}}:\d\d(?::\d\d)?(?:\.\d{{1,6}})?(?: ?[AaPp]\.?[Mm]\b\.?|[ap](?![\w.]))?"
    r"(?:Z| ?\(?[A-Z]{2,5}\)?(?:[+-]\d{1,2}(?::?\d\d)?)?| ?[+-]\d\d:?\d\d)?"
)
_POSTED = r"(?P<posted>(?:Posted|Published)\b:?(?: on)? *)?(?:(?:\d{1,4}|an?|about) [a-z]{3,8} ago[.,·]? *)?"
_STAMP = re.compile(rf"[>(\[]?{_POSTED}(?P<when>{_WHEN})[)\].]?")
_ALONE = re.compile(rf"(?P<state>{_STATES})\s*[-–—:]?", re.IGNORECASE)
_DATED = re.compile(
    rf"(?P<state>{_STATES})(?:\s*[-–—|·,]|\s+(?:at|on))?\s*[(\[]?(?P<when>{_WHEN})[)\]]?(?:\s*[-–—:]\s*)?",
    re.IGNORECASE,
)
_SAID = re.compile(rf"(?P<state>{_STATES})\s*(?:[-–—]|:)\s+(?=\S)", re.IGNORECASE)
_AT_END = re.compile(rf"(?<!at )(?<!on )(?<!by )(?<!until )(?<!since )(?P<when>{_WHEN})\s*$")
_UPDATE = re.compile(r"update\s*[:–—-]\s+", re.IGNORECASE)
_REPORT_FOR = re.compile(r"Incident Report for \S.{0,80}")
_MAX_BODY = 80  # lines of one update
_MAX_LINES = 5000
_LONG = 200  # characters: an update longer than this tells the incident, and is read as an account, too
_LINE_LENGTH = 2000


@dataclass(slots=True)
class _Line:
    text: Text
    block: int
    is_heading: bool = False


@dataclass(slots=True)
class _Update:
    state: str
    when: str
    line: int
    first: int
    last: int
    body: list[Text] = field(default_factory=list)
    is_posted: bool = False
    stamp: Text | None = None

    @property
    def words(self) -> str:
        words = " ".join(text.text.strip() for text in self.body)
        begun = _UPDATE.match(words)
        return words[begun.end() :] if begun else words


def with_status_updates(blocks: list[Block]) -> list[Block]:
    """The blocks, in which the updates of a status page have become a timeline; else as they are."""
    if not any(_begins_with_state(block.text.text) for block in walk(blocks) if block.text.text):
        return blocks
    lines = list(_lines(blocks))
    updates = list(_updates(lines))
    states = {update.state for update in updates}
    if not states & _TELLING or (len(states) < 2 and not any(update.is_posted for update in updates)):
        return blocks
    between = _headings_between(lines, updates)
    if between:  # a history: each incident below its own heading
        cuts = [0, *between, len(blocks)]
        parts = [blocks[start:stop] for start, stop in itertools.pairwise(cuts)]
        return [block for part in parts for block in with_status_updates(part)]
    return _rebuilt(_titled(blocks), lines, updates)


def _begins_with_state(words: str) -> bool:
    """Whether a line begins with a state that must be told: looked for first, since that is cheap."""
    if "\n" not in words:
        return words[:16].lstrip().lower().startswith(_BEGINNINGS)
    return any(line[:16].lstrip().lower().startswith(_BEGINNINGS) for line in words.split("\n"))


def _lines(blocks: list[Block]) -> Iterator[_Line]:
    """The lines of the blocks in their order; a table or code gives an empty one, an end."""
    count = 0
    for number, block in enumerate(blocks):
        for text, is_heading in _texts(block):
            count += 1
            if count > _MAX_LINES:
                return
            yield _Line(text, number, is_heading)


def _texts(block: Block) -> Iterator[tuple[Text, bool]]:
    stack = [block]
    while stack:
        top = stack.pop()
        if top.kind in ("table", "code"):
            yield Text(line=top.line), False
        elif top.text.text.strip():
            for text in top.text.lines():
                yield text, top.kind == "heading"
        stack.extend(reversed(top.children))


def _updates(lines: list[_Line]) -> Iterator[_Update]:
    at = 0
    while at < len(lines):
        update = _update_at(lines, at)
        if update is None:
            at += 1
        else:
            yield update
            at = update.last + 1


def _headings_between(lines: list[_Line], updates: list[_Update]) -> list[int]:
    """The blocks that are headings between two updates."""
    inside = {number for update in updates for number in range(update.first, update.last + 1)}
    return [
        lines[number].block
        for number in range(updates[0].first, updates[-1].last)
        if lines[number].is_heading and number not in inside
    ]


def _update_at(lines: list[_Line], at: int) -> _Update | None:
    """The update that begins with this line, in one of the four forms they are written in."""
    text = lines[at].text
    words = text.text.strip()[:_LINE_LENGTH]
    if words[:3].casefold() not in _STATE_BEGINNINGS:
        return None
    dated = _DATED.match(words)
    if dated is not None:  # the time behind the state, the words below it
        update = _Update(dated.group("state").lower(), dated.group("when"), text.line, at, at)
        update.body = [text.part(text.text.index(words) + dated.end())] if dated.end() < len(words) else []
        _take_below(lines, update)
        update.stamp = text
        return update if update.body else None
    if not words[:1].isupper():
        return None
    said = _SAID.match(words)
    if said is not None:
        end = _AT_END.search(words, said.end())
        if end is not None and end.start() > said.end():  # all in one line
            body = text.part(text.text.index(words) + said.end(), text.text.index(words) + end.start())
            return _Update(said.group("state").lower(), end.group("when"), text.line, at, at, [body])
    opening = _ALONE.fullmatch(words) or said
    if opening is None:
        return None
    return _with_stamp_below(lines, at, opening.group("state").lower(), opening.end() if said else None)


def _with_stamp_below(lines: list[_Line], at: int, state: str, said: int | None) -> _Update | None:
    """The update whose time stands in a line of its own below its words."""
    text = lines[at].text
    start = None if said is None else len(text.text) - len(text.text.lstrip()) + said
    body = [] if start is None else [text.part(start)]
    is_account = state.startswith("post")  # which has headings and lists of its own
    for number in range(at + 1, min(len(lines), at + 1 + (_MAX_BODY * 5 if is_account else _MAX_BODY))):
        line = lines[number]
        words = line.text.text.strip()
        stamp = _STAMP.fullmatch(words[:200])
        if stamp is not None and (body or is_account):
            is_posted = stamp.group("posted") is not None
            return _Update(
                state, stamp.group("when"), text.line, at, number, body, is_posted, stamp=line.text
            )
        if _ALONE.fullmatch(words[:60]) or (line.is_heading and not is_account):
            return None
        if not words and not is_account:
            return None
        body.append(line.text)
    return None


def _take_below(lines: list[_Line], update: _Update) -> None:
    for number in range(update.last + 1, min(len(lines), update.last + 1 + _MAX_BODY)):
        words = lines[number].text.text.strip()
        begins = _DATED.match(words[:200]) or _ALONE.fullmatch(words[:60])
        if not words or lines[number].is_heading or begins or _STAMP.fullmatch(words[:200]):
            return
        update.body.append(lines[number].text)
        update.last = number


def _titled(blocks: list[Block]) -> list[Block]:
    """ "Incident Report for …" stands below the title, which is no heading on every page."""
    for number, block in enumerate(blocks[1:6], start=1):
        above = blocks[number - 1]
        if block.kind == "paragraph" and _REPORT_FOR.fullmatch(block.text.text.strip()):
            if above.kind == "paragraph" and 0 < len(above.text.text.strip()) <= 200:
                title = Block("heading", above.line, above.text, level=1)
                empty = Block("paragraph", block.line, Text(line=block.line))
                return [*blocks[: number - 1], title, empty, *blocks[number + 1 :]]
            break
    return blocks


def _rebuilt(blocks: list[Block], lines: list[_Line], updates: list[_Update]) -> list[Block]:
    accounts = [update for update in updates if update.state.startswith("post")]
    updates = [update for update in updates if update not in accounts]
    taken = {number for update in updates for number in range(update.first, update.last + 1)}
    published = {}
    for account in accounts:
        taken.add(account.first)
        taken.add(account.last if account.stamp is lines[account.last].text else account.first)
        stamp = account.stamp or lines[account.first].text
        published[account.last] = _paragraph(f"Published: {account.when}", stamp.line)
    rows = updates[::-1] if updates and updates[0].state in _ENDED else updates
    told = [
        _paragraph(row.words, row.line) for row in rows if row.state in _ENDED and len(row.words) >= _LONG
    ]
    items = [
        Block(
            "item", row.line, Text(f"{row.when} – {row.state.capitalize()} – {row.words}", row.line, step=0)
        )
        for row in rows
    ]
    timeline: list[Block] = []
    if items:
        first = items[0].line
        heading = Block("heading", first, Text(STATUS_UPDATES, first), level=2)
        timeline = [*told, heading, Block("list", first, children=items)]
    last = max((lines[number].block for number in taken), default=-1)
    by_block: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        by_block.setdefault(line.block, []).append(number)
    rebuilt: list[Block] = []
    for position, block in enumerate(blocks):
        if position > last and block.kind == "heading":
            rebuilt.extend(timeline)
            timeline = []
        numbers = by_block.get(position, [])
        if taken.isdisjoint(numbers):
            rebuilt.append(block)
        else:
            rebuilt.extend(_paragraph_of(lines[n].text) for n in numbers if n not in taken)
        rebuilt.extend(published[n] for n in numbers if n in published)
    return rebuilt + timeline


def _paragraph(words: str, line: int) -> Block:
    return Block("paragraph", line, Text(words, line, step=0))


def _paragraph_of(text: Text) -> Block:
    return Block("paragraph", text.line, text)
