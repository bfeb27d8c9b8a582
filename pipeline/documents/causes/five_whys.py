"""Five whys: the chain of answers below a heading of that name, or among the causes, in the order written.

Houses write them as numbered questions, labels (`Why 1:`, `Q1:`/`A1:`), headings, tables, arrows, or answers
alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.documents.blocks import Block, Text, squeeze
from pipeline.documents.outline import Section
from pipeline.documents.statements import is_value
from pipeline.documents.vocabulary import label_role

_HEADING = re.compile(
    r"\b(?:5|five)[\s-]*whys?\b|\bwhy[\s-]*(?:why|analysis|chain)\b|\bwhys\b", re.IGNORECASE
)
#: What may stand before the words: a number, an arrow, a bullet.
_LEAD = r"[\s>*•·–—-]*(?:\(?\d{1,2}[.)]\s*)?"
_NUMBERED = re.compile(
    rf"{_LEAD}(?:why|level|step)\s*(?:\#|no\.?\s?)?(?P<number>\d{{1,2}})?\s*(?:[:.)–—]|->|→|=>|-(?=\s))\s*",
    re.IGNORECASE,
)
_QUESTION_MARKED = re.compile(r"\s*(?:Q(?:uestion)?\s*\#?\d{0,2}\s*[:.)]\s*)(?=\S)", re.IGNORECASE)
_ANSWER_MARKED = re.compile(r"\s*(?:A(?:nswer)?\s*\#?\d{0,2}\s*[:.)]\s*)(?=\S)", re.IGNORECASE)
_WHY = re.compile(rf"{_LEAD}(?P<question>(?:and |but |so )?why\b[^?\n]{{0,300}}\?)", re.IGNORECASE)
_BARE_WHY = re.compile(r"(?:and |but )?why\s*\?", re.IGNORECASE)
#: A label in front of an answer says that it is one, not what.
_ANSWER_LABEL = re.compile(
    r"[\s>*•·–—-]*(?:->|→|⇒|=>|=|↳|└─*>?)?\s*(?:(?:answer|because|analysis|reason|response"
    r"|(?:direct|immediate|underlying|surface|systemic|process|organi[sz]ational|technical)(?: \w+)? (?:cause"
    r"|reason|issue|factor))\s*:\s*)?(?:->|→|⇒|=>)?\s*",
    re.IGNORECASE,
)
#: Lines that state the trouble, or what follows from the answers: none of them an answer.
_ASIDE = re.compile(
    r"[\s>*•·–—-]*(?:problem(?: statement)?|symptom|issue|incident|event|effect)\s*[:=]", re.IGNORECASE
)
_END = re.compile(
    r"[\s>*•·–—-]*(?:the )?(?:(?:final |underlying |identified )?root causes?|conclusions?|actionable"
    r"|actions?"
    r"|corrective|counter-?measures?|fix|validation|evidence|lessons?|resolution|therefore|summary|notes?)\b"
    r"[^:\n]{0,40}:",
    re.IGNORECASE,
)
_MAX_WHYS = 20
_MAX_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Whys:
    """The answers in order, each with its question when one is written, and where the first stands.

    `last` is what the last question was answered with, at `last_line`; it is empty when the answers form
    several chains.
    """

    answers: tuple[str, ...]
    line: int
    last: str
    last_line: int


@dataclass(slots=True)
class _Why:
    question: str
    line: int
    answer: str = ""
    answer_line: int | None = None  # where it begins, if below the question


def is_why_section(section: Section) -> bool:
    """Whether a section, or one above it, is named after five whys."""
    for above in section.ancestors():
        if above.heading is not None and not above.is_title and _HEADING.search(above.words) is not None:
            return True
        if above.own_role is not None:
            return False  # "Root cause:" below the answers
    return False


def five_whys(sections: list[Section]) -> Whys | None:
    """The chain that the sections write; None when there are not two answers at least."""
    named = [section for section in sections if is_why_section(section)]
    for chosen, is_named in ((named, True), ([s for s in sections if s.role == "root_cause"], False)):
        reader = _Reader(is_named=is_named)
        found = reader.read(chosen) if chosen else []
        whys = [why for why in found if len(why.answer) > 2 and _is_answer(why.answer)]
        if len(whys) >= 2:
            said = tuple(squeeze(f"{why.question} {why.answer}", _MAX_LENGTH) for why in whys[:_MAX_WHYS])
            last = whys[len(said) - 1]
            end = "" if reader.chains > 1 else squeeze(last.answer, _MAX_LENGTH)
            return Whys(said, whys[0].line, end, last.answer_line or last.line)
    return None


class _Reader:
    """Follows the lines of sections; outside a section of that name only questions open an answer."""

    def __init__(self, *, is_named: bool) -> None:
        self._is_named = is_named
        self._found: list[_Why] = []
        self.chains = 0  # sections with questions or answers below their heading
        self._is_open = False  # whether what comes next continues the last answer

    def read(self, sections: list[Section]) -> list[_Why]:
        for section in sections:
            heading = section.heading
            if heading is None:
                self._is_open = False
            elif _HEADING.search(heading.text) is None:
                self._is_open = False
                if self._is_named and label_role(heading.text) is not None:
                    continue  # "Root cause:" below the answers says what follows from them
                self._take(heading, may_answer=False)
            before = len(self._found)
            numbered = self._is_named and self._answers_alone(section)
            for block in section.blocks:
                self._block(block, is_answer=numbered and block.kind == "list")
            self.chains += len(self._found) > before
        return self._found

    def _answers_alone(self, section: Section) -> bool:
        """Whether the section's only list holds answers without a question among them."""
        lists = [block for block in section.blocks if block.kind == "list"]
        if len(lists) != 1 or len(lists[0].children) < 3:
            return False
        words = [item.text.text for item in lists[0].children]
        return not any("?" in text or _numbered(text) or _ASIDE.match(text) for text in words)

    def _block(self, block: Block, *, is_answer: bool = False) -> None:
        if block.kind == "table":
            self._table(block)
        elif block.kind in ("list", "quote"):
            for child in block.children:
                if child.kind == "item" and child.text.text.strip():
                    if is_answer:
                        self._found.append(_Why("", child.text.line, child.text.text))
                        self._is_open = False
                    else:
                        self._lines(child.text)
                for below in child.children:
                    self._block(below)
                if child.kind != "item":
                    self._block(child)
        elif block.kind == "paragraph":
            self._lines(block.text)

    def _lines(self, text: Text) -> None:
        for line in text.lines():
            self._take(line, may_answer=True)

    def _take(self, line: Text, *, may_answer: bool) -> None:
        words = line.text.strip()
        if _ASIDE.match(words):
            return
        if _END.match(words):
            self._is_open = False
            return
        opened = _opening(words)
        if opened is not None:
            question, answer = opened
            self._found.append(_Why(question, line.line, answer))
            self._is_open = True
        elif may_answer and self._is_open:
            self._answer(words, line.line)

    def _answer(self, words: str, line: int) -> None:
        why = self._found[-1]
        marked = _ANSWER_MARKED.match(words)
        said = words[marked.end() :] if marked else _without_label(words)
        if said and len(why.answer) < _MAX_LENGTH:
            if not why.answer:
                why.answer_line = line
            why.answer = f"{why.answer} {said}".strip()

    def _table(self, block: Block) -> None:
        head = [cell.text.casefold() for cell in block.rows[0]] if block.rows else []
        if not self._is_named and not any("why" in words for words in head):
            return
        for row in block.rows[1:]:
            cells = [cell for cell in row if cell.text.strip()]
            for number, cell in enumerate(cells[:-1]):
                opened = _opening(cell.text.strip())
                bare = re.fullmatch(r"\W*(?:why)?\s*#?\d{1,2}\W*", cell.text, re.IGNORECASE)
                if bare is not None and number + 2 < len(cells) and "?" in cells[number + 1].text:
                    continue  # a column of numbers before the question
                if opened is None and bare is None:
                    continue
                question, answer = opened if opened is not None else ("", "")
                said = answer or _without_label(cells[number + 1].text.strip())
                self._found.append(_Why(question, cell.line, said))
                break
        self._is_open = False


def _is_answer(words: str) -> bool:
    return is_value(words) and re.fullmatch(r"\[[^\]]*\]\W*", words) is None


def _numbered(words: str) -> bool:
    match = _NUMBERED.match(words)
    return match is not None and match.group("number") is not None


def _opening(words: str) -> tuple[str, str] | None:
    """The question that words open with, and what answers it in the same line; None when they open none."""
    rest = words
    numbered = _NUMBERED.match(rest)
    is_marked = numbered is not None and numbered.group("number") is not None
    if numbered is not None and is_marked:
        rest = rest[numbered.end() :]
    else:
        marked = _QUESTION_MARKED.match(rest)
        if marked is not None:
            rest = rest[marked.end() :]
            is_marked = "?" in rest
    asked = _WHY.match(rest)
    if asked is not None:
        question = asked.group("question").strip()
        answer = _without_label(rest[asked.end() :].strip().strip("*_ "))
        return ("" if _BARE_WHY.fullmatch(question) else question), answer
    if is_marked:
        end = rest.find("?") + 1
        return (rest[:end].strip(), _without_label(rest[end:].strip())) if end else ("", _without_label(rest))
    return None


def _without_label(words: str) -> str:
    match = _ANSWER_LABEL.match(words)
    return words[match.end() :].strip() if match else words
