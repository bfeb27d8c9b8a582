"""Tables of promises: which column holds what, by its head and by what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.documents.blocks import Block, Text
from pipeline.documents.promises.trackers import is_reference
from pipeline.documents.vocabulary import normalise

Column = Literal["what", "owner", "due", "day", "priority", "status", "kind", "ticket", "aside"]

_HEADS: tuple[tuple[Column, str], ...] = (
    (
        "ticket",
        r"(?:jira|github|gitlab|linear|azure|devops|tracker|tracking)?(?: ?(?:tickets?|issues?|bugs?|tracker"
        r"|tracking|links?"
        r"|refs?|references?|keys?|urls?|pr|prs|story|stories|id|number|no|nr))+|jira|bug|tracked in|github"
        r"|linear|asana|work item"
        r"|tracking|tracker|where tracked",
    ),
    (
        "due",
        r"(?:due|deadline|eta|target|by when|due by|due on|complete by|target completion|completion|planned"
        r"|expected|expected completion"
        r"|estimated completion|delivery|target delivery)(?: ?(?:date|on|by))?|timeline|time ?frame",
    ),
    ("day", r"date|when"),
    (
        "owner",
        r"(?:action |task )?(?:owners?|who|assignees?|assigned(?: to)?|responsible|person|lead|dri|team|teams"
        r"|owned by|responsibility"
        r"|owner s|poc|champion|accountable|assignee s|owning team|owner team)(?: (?:person|team|party))?",
    ),
    ("priority", r"prio(?:rity)?(?: level)?|importance|urgency|severity|sev|current priority"),
    (
        "status",
        r"(?:current )?(?:status|state)|done|completed?|progress|resolved|closed|finished|completed on|done"
        r" at",
    ),
    ("kind", r"(?:action )?(?:type|kind|category|class|area type)|type mitigate.*"),
    (
        "what",
        r"(?:action|follow ?up|corrective|preventive|preventative|remediation|improvement|post ?mortem)? ?"
        r"(?:action|actions|items?|tasks?|descriptions?|todo|to do|what|summary|title|measures?|steps?"
        r"|details"
        r"|improvement|recommendations?|follow ?ups?|activity|work|name)(?: (?:description|items?|summary"
        r"|name))?|action items?"
        r"|corrective and preventive actions?",
    ),
    (
        "aside",
        r"notes?|comments?|source|evidence|effort|estimate|estimates|verification|done when|rationale|reason"
        r"|affected .*|components?"
        r"|blockers?|goal|acceptance .*|outcome|nr|no|number|id",
    ),
)
_PATTERNS = tuple((name, re.compile(words)) for name, words in _HEADS)
#: Heads that make a table one of promises wherever it stands, if others of it say owner, date, type or state.
_TELLING = re.compile(
    r"action items?|follow ?up(?: (?:items?|actions?|tasks?))?s?|(?:corrective|preventive|preventative"
    r"|remediation)(?: (?:actions?|items?|measures?))?"
)
_ASKS_DONE = re.compile(r"(?:is |all )?(?:done|completed?|finished|closed|resolved)")
_TIME_HEAD = re.compile(r"time|timestamp|time utc|date time|utc|event|events|at")
_LEAST_WORDS = 2.5  # on average, of the cells of a column taken for promises without a head that says so


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """The cells of one row by what their column holds, and the heads of the columns of issues."""

    what: Text
    cells: dict[Column, Text]
    others: tuple[Text, ...]  # of columns without a known head
    all: tuple[Text, ...]
    ticket_head: str | None
    asks_done: bool = False  # the column of states is headed "Done?", so a cross says "not yet"


def promise_rows(block: Block, *, is_listed: bool) -> list[PromiseRow]:
    """The rows of a table of promises, its head left out.

    `is_listed`: it stands among the action items; elsewhere the head itself must tell that it holds some.
    """
    rows = [row for row in block.rows if any(cell.text.strip() for cell in row)]
    if len(rows) < 2:
        return []
    head = [normalise(cell.text) for cell in rows[0]]
    body = rows[1:]
    columns = _columns(head, body)
    if not is_listed and not _tells(head, columns):
        return []
    if "what" not in columns:
        if not is_listed:
            return []
        place = _longest(head, body, set(columns.values()))
        if place is None:
            return []
        columns["what"] = place
    found: list[PromiseRow] = []
    for row in body:
        if columns["what"] >= len(row) or not row[columns["what"]].text.strip():
            continue
        cells = {name: row[place] for name, place in columns.items() if place < len(row)}
        named = set(columns.values())
        others = tuple(cell for place, cell in enumerate(row) if place not in named)
        ticket = columns.get("ticket")
        found.append(
            PromiseRow(
                cells["what"],
                cells,
                others,
                tuple(row),
                rows[0][ticket].text if ticket is not None else None,
                "status" in columns and _ASKS_DONE.fullmatch(head[columns["status"]]) is not None,
            )
        )
    return found


def _columns(head: list[str], body: list[list[Text]]) -> dict[Column, int]:
    columns: dict[Column, int] = {}
    for place, words in enumerate(head):
        name = next((name for name, pattern in _PATTERNS if words and pattern.fullmatch(words)), None)
        if name is None:
            continue
        cells = [row[place].text.strip() for row in body if place < len(row) and row[place].text.strip()]
        if name == "ticket" and words in ("issue", "issues", "bug", "bugs", "story", "stories", "tracker"):
            written = [
                cell
                for cell in cells
                if len(cell.split()) >= 4 and "://" not in cell and not re.search(r"\d{3}", cell)
            ]
            if len(written) * 2 > len(cells):
                name = "what"
        if name == "what" and cells and all(is_reference(cell) or len(cell) <= 3 for cell in cells):
            continue  # "Item" that only counts
        if name == "ticket" and words in ("id", "no", "nr", "number") and "ticket" not in columns:
            columns.setdefault("aside", place)
            continue
        if name in columns and name == "what" and _rank(words) < _rank(head[columns["what"]]):
            columns["what"] = place
        columns.setdefault(name, place)
    return columns


def _rank(words: str) -> int:
    """How surely a head names what is promised: "Action" before "Description" before "Title"."""
    for rank, pattern in enumerate(
        (r".*action.*|.*measure.*|.*recommend.*", r".*(?:task|follow|remediation|improvement|to ?do|what).*")
    ):
        if re.fullmatch(pattern, words):
            return rank
    return 2


def _tells(head: list[str], columns: dict[Column, int]) -> bool:
    if any(_TIME_HEAD.fullmatch(words) for words in head) or "what" not in columns:
        return False
    facts = {"owner", "due", "status", "kind", "ticket", "priority"} & set(columns)
    return _TELLING.fullmatch(head[columns["what"]]) is not None and "owner" in facts and len(facts) >= 2


def _longest(head: list[str], body: list[list[Text]], taken: set[int]) -> int | None:
    """The column without a known head that holds sentences."""
    best: tuple[float, int] | None = None
    for place in range(len(head)):
        if place in taken:
            continue
        counts = [
            len(row[place].text.split()) for row in body if place < len(row) and row[place].text.strip()
        ]
        if counts:
            best = max(best or (0.0, 0), (sum(counts) / len(counts), place))
    return best[1] if best is not None and best[0] >= _LEAST_WORDS else None
