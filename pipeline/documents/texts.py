"""The words of sections: summary, impact and causes as text, without hints of a form and without labels."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.documents.blocks import Block, Text, squeeze, walk
from pipeline.documents.causes.five_whys import five_whys, is_why_section
from pipeline.documents.evidence import EvidenceList
from pipeline.documents.outline import LABEL_LEVEL, Section, split_label
from pipeline.documents.people import writers
from pipeline.documents.statements import is_run_of_facts, is_value
from pipeline.documents.timelines.prose import sentences
from pipeline.documents.vocabulary import fields_of

_LEAST_SUMMARY = 4  # words; fewer are a date, a name or a link
#: Sentences that say outright what the cause was; the first kind wherever it stands, the second in a summary.
_NOT_TOLD = (
    r"(?! (?:yet |now |only |being |currently )?(?:unknown|unclear|not|still|identified|found|fixed|known"
    r"|resolved|addressed|determined|clear|being|under|to be|tbd|pending)\b)"
)
_CAUSE_NAMED = re.compile(
    r"\b(?:root|ultimate|underlying|primary|main|actual|real) cause(?:s)?(?: (?:of|for|behind) [^.:;]{3,80})?"
    rf" (?:was|were|is|are|turned out to be|lay)\b{_NOT_TOLD}"
    r"|\b(?:is|was|as|be) the root cause\b"
    r"|\broot cause (?:was )?(?:identified|found|determined|confirmed)(?: as| to be|:) \S"
    r"|\bcause of (?:the|this) (?:outage|incident|issue|problem|failure|disruption|downtime)"
    rf" (?:was|is|turned out to be)\b{_NOT_TOLD}",
    re.IGNORECASE,
)
_CAUSE_TOLD = re.compile(
    r"\b(?:this|it|(?:the|an?|this) (?:[\w-]+ ){0,3}?(?:outage|incident|issue|problem|failures?"
    r"|disruption|downtime|errors?"
    r"|degradation|interruption|crash(?:es)?|event))"
    r" (?:was|were|happened|occurred|had been)(?: \w+ly)? (?:caused by|because(?: of)?|due to|(?:a"
    r"|the) result of"
    r"|triggered by|traced (?:back )?to)\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:suspect\w*|believe\w*|think|thought|might|may|maybe|perhaps|possibl[ey]|potential(?:ly)?"
    r"|probabl[ey]"
    r"|likely|seems?|appears?|hypothes\w+|theor\w+|unknown|unclear|assum\w+|could|\?)",
    re.IGNORECASE,
)
#: "No action items were needed.", "None required", "There is nothing to do."
_NO_ACTIONS = re.compile(
    r"\W*(?:(?:there (?:are|were|is|was)|we (?:have|had|see|saw|need|needed|identified)"
    r"|this incident (?:has|had"
    r"|needs|needed)) )?"
    r"(?:no (?:(?:further|new|additional|more|specific|open|immediate|follow[- ]?up|corrective|preventive) )*"
    r"(?:action items?|actions?|follow[- ]?ups?|tasks?|work|changes?|tickets?|measures?|steps?)\b"
    r"|nothing (?:further |else |more )?(?:to do|to be done|is needed|was needed|needed|required)"
    r"|none (?:is |are |was |were )?(?:needed|required|necessary|planned|identified|taken|agreed)"
    r"|not (?:needed|required|necessary))\b[^.!]{0,80}[.!]?\W*",
    re.IGNORECASE,
)
_MAX_CAUSE = 1500
_ONLY_A_LINK = re.compile(r"\s*<?https?://\S+\s*")
#: A line that marks what is below it, or divides it from what is above: "[Final message]", "=====".
_MARK = re.compile(r"\s*(?:\[[^\[\]\n]{1,60}\]|[=~_*#+-]{3,}|notes?:?)\s*", re.IGNORECASE)
_LAST_ANSWER = 0.6  # confidence in the last answer to "Why?" as the cause, where no words are named so
_TEXT_ROLES = ("summary", "impact", "root_cause", "trigger")


def with_role(sections: Iterable[Section], role: str) -> list[Section]:
    """The sections that hold `role`."""
    return [section for section in sections if section.role == role]


def introduction(sections: Iterable[Section], title_line: int | None) -> list[Section]:
    """What stands before the first section with a name: under the title, or before any heading."""
    found: list[Section] = []
    for section in sections:
        is_head = section.is_title or (section.heading is not None and section.heading.line == title_line)
        if is_head:
            found = []  # what stands above the title is not the account's
        elif section.heading is not None:
            if section.level >= LABEL_LEVEL:
                continue  # a line of the form
            break
        found.append(section)
    return found


def paragraphs(sections: Iterable[Section]) -> list[Text]:
    """The paragraphs and items of sections; of boxes to tick, the ticked ones where any is."""
    return [text for section in sections for block in section.blocks for text in _ticked(block)]


def _ticked(block: Block) -> Iterator[Text]:
    if block.kind == "list" and any(item.checked is not None for item in block.children):
        children = [item for item in block.children if item.checked]
    else:
        children = block.children
    if block.kind in ("paragraph", "item") and block.text.text.strip():
        yield block.text
    for child in children:
        yield from _ticked(child)


def opens_with_label(line: Text) -> bool:
    """Whether a line is a label and its value, or several."""
    if is_run_of_facts(line):
        return True
    if ":" not in line.text and not line.bold:
        return False
    label = split_label(line)
    if label is None:
        return False
    words = label[0].text
    if _ONLY_A_LINK.fullmatch(label[1].text):
        return True
    return (
        bool(fields_of(words))
        or bool(line.bold and line.bold[0][0] <= 1)
        or (words[:1].isupper() and len(words.split()) <= 2)
    )


def add_texts(sections: list[Section], title_line: int | None, evidence: EvidenceList) -> None:
    """Summary, impact, root cause, trigger, factors and five whys, as sections of these names tell them."""
    whys = five_whys(sections)
    for role in _TEXT_ROLES:
        told = with_role(sections, role)
        if role == "summary":
            text, line = _prose(told, with_lists=True)
            if not text:
                text, line = _prose(introduction(sections, title_line), with_lists=False)
        else:
            if role == "root_cause":
                apart = [section for section in told if not is_why_section(section)]
                are_whys = len(apart) < len(told) and not (section_text(apart)[0] or _table_text(apart)[0])
                if are_whys and (whys is not None or any(_has_list(section) for section in told)):
                    if whys is not None and whys.last:
                        evidence.add(role, whys.last, "heading", whys.last_line, whys.last, _LAST_ANSWER)
                    continue  # questions, and answers that cannot be told from them
                told = apart or told
            text, line = section_text(told)
            if not text:
                text, line = _table_text(told)
        if text:
            evidence.add(role, text, "heading", line, text)
        elif role == "root_cause" and not evidence.of(role):
            _add_told_cause(sections, title_line, evidence)
    _add_factors(with_role(sections, "contributing_factors"), evidence)
    if whys is not None:
        listed = json.dumps(whys.answers, ensure_ascii=False)
        evidence.add("five_whys", listed, "heading", whys.line, "; ".join(whys.answers))


def _has_list(section: Section) -> bool:
    return any(block.kind == "list" for block in section.blocks)


def _add_told_cause(sections: list[Section], title_line: int | None, evidence: EvidenceList) -> None:
    """The cause as a sentence tells it, where no section does and the sentence leaves no doubt."""
    opening = [*introduction(sections, title_line), *with_role(sections, "summary")]
    places = [
        *opening,
        *(section for section in sections if section.role in ("lessons", "resolution", "timeline")),
    ]
    for pattern, told in ((_CAUSE_NAMED, places), (_CAUSE_TOLD, [*opening, *_conclusions(sections)])):
        for section in {id(section): section for section in told}.values():
            for number, block in enumerate(section.blocks):
                for text in _ticked(block):
                    if "caus" not in text.text and "because" not in text.text and "due to" not in text.text:
                        continue
                    for sentence in sentences(text):
                        if pattern.search(sentence.text) is None or _UNSURE.search(sentence.text):
                            continue
                        words = sentence.text
                        if words.rstrip().endswith(":") and number + 1 < len(section.blocks):
                            words += "".join(
                                f"\n- {item.text}" for item in _factors(section.blocks[number + 1])
                            )
                        evidence.add("root_cause", words[:_MAX_CAUSE], "prose", sentence.line, words, 0.6)
                        return


def _conclusions(sections: Iterable[Section]) -> list[Section]:
    return [
        section
        for section in with_role(sections, "lessons")
        if section.heading is not None and section.words.casefold().startswith("conclusion")
    ]


def _add_factors(factors: list[Section], evidence: EvidenceList) -> None:
    said = [text for section in factors for block in section.blocks for text in _factors(block)]
    items = [squeeze(text.text, 1000) for text in said if is_value(text.text) and not text.is_slanted]
    if items:
        line = factors[0].line
        listed = json.dumps(list(dict.fromkeys(items)), ensure_ascii=False)
        evidence.add("contributing_factors", listed, "heading", line, "; ".join(items))


def _factors(block: Block) -> Iterator[Text]:
    """Each factor: an item or a paragraph; what only introduces a list stands for its items."""
    if block.kind == "list":
        for item in block.children:
            if item.text.text.rstrip().endswith(":") and item.children:
                for below in item.children:
                    yield from _factors(below)
            else:
                yield item.text
    elif block.kind == "table":
        for row in block.rows[1:]:
            cells = [cell for cell in row if cell.text.strip(" #.*0123456789")][:2]
            if cells and is_value(cells[-1].text):
                yield replace(cells[0], text=": ".join(cell.text.strip() for cell in cells))
    elif block.kind == "paragraph" and not block.text.text.rstrip().endswith(":"):
        yield block.text


def section_text(sections: Iterable[Section]) -> tuple[str, int | None]:
    """The words of sections, hints of the form left out, and the line they begin at."""
    parts: list[str] = []
    line: int | None = None
    for section in sections:
        for block in section.blocks:
            for inner in walk([block]):
                if inner.kind in ("code", "table") or not inner.text.text.strip():
                    continue
                if inner.checked is False or (inner.kind == "paragraph" and inner.text.is_slanted):
                    continue
                if not is_value(inner.text.text):
                    continue
                line = line or inner.text.line
                parts.append(("- " if inner.kind == "item" else "") + inner.text.text)
    return "\n".join(parts), line


def needs_no_actions(sections: list[Section]) -> bool:
    """Whether the section on action items says that none are needed, and nothing else."""
    told, _ = section_text(with_role(sections, "action_items"))
    return len(told) <= 200 and _NO_ACTIONS.fullmatch(told.removeprefix("- ")) is not None


def _table_text(sections: Iterable[Section]) -> tuple[str, int | None]:
    """The rows of the first table of sections that hold no other words."""
    for section in sections:
        for block in section.blocks:
            if block.kind == "table" and len(block.rows) > 1:
                rows = [
                    ": ".join(cell.text.strip() for cell in row[:2] if cell.text.strip())
                    for row in block.rows[1:]
                    if len(row) > 1 and is_value(row[1].text) and row[1].text.strip()
                ]
                if rows:
                    return "\n".join(f"- {row}" for row in rows), block.line
    return "", None


def _is_pointer(line: Text) -> bool:
    """Whether a line is a link and nothing else: the way to another page, or a picture."""
    words = line.text.strip(" .")
    return any(words == link.label.strip(" .") for link in line.links)


def _prose(sections: Iterable[Section], *, with_lists: bool) -> tuple[str, int | None]:
    """The sentences of sections, and their line: lines that open with a label are no summary.

    Under a title, lists are none either; in a section of that name they may be.
    """
    parts: list[str] = []
    line: int | None = None
    for section in sections:
        before: Block | None = None
        for block in section.blocks:
            introduced = before is not None and before.text.text.rstrip().endswith(":")
            if block.kind == "list" and introduced and before is not None and opens_with_label(before.text):
                continue  # the values of that label
            before = block
            takes_lists = with_lists or (introduced and bool(parts))  # "these were restarted:" is no whole
            kinds = ("paragraph", "item") if takes_lists else ("paragraph",)
            inside = walk([block]) if takes_lists or block.kind == "quote" else [block]
            told = [inner for inner in inside if inner.kind in kinds and inner.text.text.strip()]
            for text, mark in [(inner.text, "- " if inner.kind == "item" else "") for inner in told]:
                if text.is_slanted or not is_value(text.text):
                    continue
                lines = list(text.lines())
                # in a form, its other labels are none of ours either
                is_form = bool(lines) and opens_with_label(lines[0])
                kept = [
                    part
                    for part in lines
                    if not (opens_with_label(part) or (is_form and split_label(part) is not None))
                    and not (writers(part.text) or _MARK.fullmatch(part.text) or _is_pointer(part))
                ]
                if kept:
                    line = line or kept[0].line
                    parts.append(mark + "\n".join(part.text for part in kept))
    if len(parts) > 1 and parts[-1].endswith(":") and "\n" not in parts[-1]:
        parts.pop()  # it announces what is no words: a link, a picture, a log
    words = "\n".join(parts)
    return (words, line) if len(words.split()) >= _LEAST_SUMMARY else ("", None)
