"""Blocks → sections with roles: what hangs below which heading, and what that heading says it is.

A heading is what a reader takes for one: a Markdown heading, a line in bold, a bold label before its text, or
in plain text a line that says "Root cause" and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.documents.blocks import Block, Text, texts
from pipeline.documents.vocabulary import Role, fields_of, label_role, normalise, role_of

_BOLD_LEVEL = 7  # below every Markdown heading
LABEL_LEVEL = 8  # of a section that a label opens
_LABEL = re.compile(
    r"[ \t]*(?P<label>[^\s:|`<>{}\[\]](?:[^:|`<>{}\n]|:(?=[0-5]\d[)\]])){0,60}?)[ \t]*:"
    r"(?:[ \t]+|[ \t]*(?=\n|$))"
)
_BEHIND_BOLD = re.compile(r"\s*(?::|\s[-–—]\s|\n)")  # a label in bold that is not whole bold
_MARK = re.compile(r"\s*(?::|[-–—])?\s*")
_GENERIC_TITLE = re.compile(
    r"(?:(?:an?|the|our|example|sample|internal|public|blameless|full|final|draft|incident|outage"
    r"|production|service"
    r"|post|root|cause|major) )*(?:post ?mortems?|mortem|report|review|analysis|rca|pir|retrospective"
    r"|incident|outage)"
    r"(?: (?:report|document|analysis|review))?"
    r"|(?:\w+ )?(?:current )?status(?: page)?(?: and incident reports?)?"
    r"|read ?me"
)
#: What a label's value may begin with where no colon stands before it: "**Impact** was high" has none.
BARE_VALUE = re.compile(r"[ \t]+[A-Z0-9~≈<$€£]")
_UNLABELLED: frozenset[str] = frozenset({"status", "people", "stats", "aside"})
_GROUP_ROLES = frozenset({"detection", "resolution", "status", "stats"})
_CAUSES = frozenset({"root_cause", "trigger", "contributing_factors"})
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b(?:INC|PM|SEV)-?\d+\b|#\d+", re.IGNORECASE)
_TIMED = re.compile(r"\d:[0-5]\d")
_STRIKING_ROLES = frozenset({"action_items", "lessons"})
_LISTING_ROLES = frozenset({"action_items", "lessons", "timeline", "contributing_factors"})


@dataclass(slots=True)
class Section:
    """A heading (None before the first), what stands directly below it, and where it hangs.

    `own_role` is what its heading says, `role` includes what it inherits from the sections above it.
    """

    heading: Text | None
    level: int
    own_role: Role | None = None
    role: Role | None = None
    blocks: list[Block] = field(default_factory=list)
    parent: Section | None = None
    is_title: bool = False

    @property
    def line(self) -> int:
        """Where it begins."""
        if self.heading is not None:
            return self.heading.line
        return self.blocks[0].line if self.blocks else 1

    @property
    def words(self) -> str:
        """The heading's words."""
        return self.heading.text if self.heading is not None else ""

    def ancestors(self) -> Iterator[Section]:
        """Itself and the sections above it, nearest first."""
        section: Section | None = self
        while section is not None:
            yield section
            section = section.parent


def split_label(text: Text) -> tuple[Text, Text] | None:
    """Label and value of `**Label**: value`, `**Label:** value` or `Label: value`; None for other words.

    Where the label is a known one, its bold letters are enough: `**Root cause** The disk was full`.
    """
    if text.bold and _opens_bold(text) and not text.is_bold:
        end = text.bold[0][1]
        rest = text.text[end:]
        inside = text.text[:end].rstrip()
        if inside.endswith(":") or _BEHIND_BOLD.match(rest):
            lead = _MARK.match(rest)
            start = end + (lead.end() if lead else 0)
            label = text.part(text.bold[0][0], end)
            label.text = label.text.rstrip(": ")
            return label, text.part(start)
        if BARE_VALUE.match(rest) and is_known_label(inside[text.bold[0][0] :]):
            return text.part(text.bold[0][0], end), text.part(end)
    if ":" not in text.text:
        return None
    match = _LABEL.match(text.text)
    if match is None or (match.end() == len(text.text) and not match.group("label")):
        return None
    return text.part(match.start("label"), match.end("label")), text.part(match.end())


def _opens_bold(text: Text) -> bool:
    """Whether bold letters open a text, be it behind a mark or an emoji."""
    start = text.bold[0][0]
    return start <= 1 or (start <= 8 and not any(letter.isalnum() for letter in text.text[:start]))


def is_known_label(label: str) -> bool:
    """Whether a label names a field or a section by itself."""
    return label[:1].isupper() and (bool(fields_of(label)) or label_role(label) not in (None, *_UNLABELLED))


def read_outline(blocks: list[Block], *, has_title: bool) -> list[Section]:
    """The sections of a document in order; the first may have no heading.

    `has_title` says that the front matter names the title, so that no heading needs to.
    """
    sections = [Section(None, 0)]
    is_corrected = any(text.struck for text in texts(blocks))
    headings = [block for block in blocks if block.kind == "heading"]
    # the first heading, alone on the first level, is the title, whatever its words
    is_alone = sum(block.level == 1 for block in headings) == 1 and headings[0].level == 1
    has_only = is_alone and (len(headings) > 1 or is_generic_title(headings[0].text.text))
    only = headings[0].text if has_only else None
    parts = (part for whole in _announced(blocks) for part in _actions_inside(whole))
    for block in (part for whole in parts for part in _labelled_lines(whole)):
        for part in _heading_lines(block):
            _place(part, sections)
            if sections[-1].heading is only and only is not None:
                sections[-1].own_role = None
    _find_title(sections, has_title)
    for section in sections:
        if section.is_title:
            section.own_role = None
        above_it = _inherited(section.parent) if section.parent is not None else None
        if section.own_role in _GROUP_ROLES and above_it == "action_items":
            section.own_role = None  # "Detection" among action items names a kind of them
        section.role = _inherited(section)
        if is_corrected and section.role not in _STRIKING_ROLES:
            _drop_struck(section)
    return [section for section in sections if section.heading is not None or section.blocks]


def _drop_struck(section: Section) -> None:
    """Take out what is struck through, which in a promise means that it was kept, and elsewhere an error."""
    if section.heading is not None and section.heading.struck and not section.heading.is_struck:
        section.heading.drop_struck()
    for block in section.blocks:
        for text in texts([block]):
            if text.struck and not _is_of_task(block):
                text.drop_struck()


def _is_of_task(block: Block) -> bool:
    return block.kind == "list" and any(item.checked is not None for item in block.children)


#: "We will make the following changes:", and below it the list of what is promised.
_ANNOUNCES = re.compile(
    r"\bwe(?:['’]re| are|['’]ll| will| plan to| intend to)\b"
    r"(?:[^.:!?]{0,80}\b(?:following|these|several)\b[^.:!?]{0,60}\b(?:changes|actions?|improvements?|steps"
    r"|measures|fixes|initiatives|follow-?ups|items)\b[^.:!?]{0,120}| going to)?:\s*$",
    re.IGNORECASE,
)


def _announced(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, in which a sentence that announces a list of promises heads that list."""
    for number, block in enumerate(blocks):
        below = blocks[number + 1] if number + 1 < len(blocks) else None
        if block.kind == "paragraph" and below is not None and below.kind == "list":
            match = _ANNOUNCES.search(block.text.text, max(0, len(block.text.text) - 400))
            if match is not None:
                start = max(0, block.text.text.rfind(". ", 0, match.start()) + 1)
                if block.text.text[:start].strip():
                    yield Block("paragraph", block.line, block.text.part(0, start))
                words = block.text.part(start)
                yield Block("heading", words.line, words, level=_BOLD_LEVEL)
                continue
        yield block


#: What opens the promises inside a paragraph, behind other lines or sentences of it.
_ACTIONS = re.compile(
    r"(?:\n|(?<=[.!?)])[ \t])[ \t]{0,4}(?=(?:(?:our|the|immediate|planned|further|proposed) )?"
    r"(?:(?:corrective(?: (?:and|&) preventi(?:ve|tative))?|preventi(?:ve|tative)|follow[ -]?up|remedial"
    r"|remediation) (?:actions?|measures|items|steps)|action items?|next steps):[ \t]+\S)",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(r"\n(?=[A-Z][^:\n.!?]{1,40}:\s)")


def _actions_inside(block: Block) -> Iterator[Block]:
    """In "… was full. Corrective actions: add an alert." the label opens a paragraph of its own."""
    text = block.text
    match = _ACTIONS.search(text.text, 0, 20_000) if block.kind == "paragraph" and ":" in text.text else None
    if match is None or text.bold:
        yield block
        return
    yield Block("paragraph", block.line, text.part(0, match.start()))
    more = _NEXT_LABEL.search(text.text, match.end()) if match.group().startswith("\n") else None
    said = text.part(match.end(), more.start() if more is not None else None)
    yield Block("paragraph", said.line, said)
    yield Block("paragraph", said.line)  # ends what the label opened
    if more is not None:
        yield from _actions_inside(Block("paragraph", text.line_at(more.end()), text.part(more.end())))


def _place(block: Block, sections: list[Section]) -> None:
    if block.kind == "heading":
        if block.text.text.strip():
            _open(block.text, block.level, sections)
        return
    if _awaits(sections[-1]) and block.kind in ("paragraph", "list") and not _is_labelled(block):
        _place_awaited(block, sections)
        return
    if block.kind == "paragraph":
        if not block.text.text and not block.text.links:
            if sections[-1].level == LABEL_LEVEL:
                sections.append(Section(None, LABEL_LEVEL, parent=sections[-1].parent))
            return
        if block.text.is_bold and len(block.text.text) <= 90 and "\n" not in block.text.text:
            _open(block.text, _BOLD_LEVEL, sections)
            return
        if _is_said_in_full(sections[-1]) or _is_next_label(block.text, sections[-1]):
            sections.append(Section(None, _BOLD_LEVEL, parent=sections[-1].parent))
        labelled = _labelled_section(block.text, sections[-1])
        if labelled is None and sections[-1].level == LABEL_LEVEL and _opens_in_bold(block.text):
            sections.append(Section(None, LABEL_LEVEL, parent=sections[-1].parent))
        if labelled is not None:
            _open(labelled[0], LABEL_LEVEL, sections)
            if labelled[1].text:
                sections[-1].blocks.append(Block("paragraph", labelled[1].line, labelled[1]))
            return
    if block.kind == "list" and (name := _lone_name(block)) is not None:
        _open(name, _BOLD_LEVEL, sections)
        return
    if block.kind == "list" and (
        _inherited(sections[-1]) not in _LISTING_ROLES or _tells_causes_apart(block, sections[-1])
    ):
        _place_list(block, sections)
        return
    sections[-1].blocks.append(block)


def _place_list(block: Block, sections: list[Section]) -> None:
    """A list whose items are labels of sections, each with its text or list below, becomes those sections."""
    home = sections[-1]
    rest = Block("list", block.line)
    for item in block.children:
        labelled = _labelled_section(item.text, home)
        if labelled is None:
            rest.children.append(item)
            continue
        label, value = labelled
        section = Section(label, LABEL_LEVEL + 1, role_of(label.text), parent=home)
        if value.text:
            section.blocks.append(Block("paragraph", value.line, value))
        section.blocks.extend(item.children)
        sections.append(section)
    if rest.children:
        home.blocks.append(rest)
    if sections[-1] is not home and not (_awaits(sections[-1]) and block.children[-1] not in rest.children):
        sections.append(Section(None, home.level, parent=home))


def _is_labelled(block: Block) -> bool:
    """Whether a block opens with a label of its own, or holds nothing."""
    first = block.text if block.kind == "paragraph" else block.children[0].text if block.children else None
    if first is None or not first.text.strip():
        return True
    label = split_label(first)
    return first.is_bold or (label is not None and _opens_section(label[0].text))


def _awaits(section: Section) -> bool:
    """Whether a section was opened by a list's item that has neither words nor items of its own."""
    return section.level > LABEL_LEVEL and section.heading is not None and not section.blocks


def _place_awaited(block: Block, sections: list[Section]) -> None:
    """Under the label that a list ended with, "* Timeline:", stands the list or the paragraph below it."""
    section = sections[-1]
    section.blocks.append(block)
    home = section.parent
    if home is not None and not (block.kind == "paragraph" and block.text.text.rstrip().endswith(":")):
        sections.append(Section(None, home.level, parent=home))


def _labelled_section(text: Text, home: Section) -> tuple[Text, Text] | None:
    parts = split_label(text)
    if parts is None:
        if not text.is_bold and text.text.strip():
            return None
        parts = (text, Text(line=text.line))
    role = label_role(parts[0].text)
    if role is None or role in _UNLABELLED:
        return None
    above = _inherited(home)
    if above == "contributing_factors" and role in _CAUSES:
        return parts
    if above in _LISTING_ROLES and role != "action_items" and not _is_own_account(home):
        return None
    return parts


def _open(heading: Text, level: int, sections: list[Section]) -> None:
    parent: Section | None = sections[-1]
    while parent is not None and (parent.level >= level or parent.heading is None):
        parent = parent.parent
    role = role_of(heading.text) if level < _BOLD_LEVEL else label_role(heading.text) or role_of(heading.text)
    if level == _BOLD_LEVEL and role is None and _ANNOUNCES.search(heading.text):
        role = "action_items"
    if (
        level == _BOLD_LEVEL
        and parent is not None
        and role != "action_items"
        and _inherited(parent) == "lessons"
    ):
        role = None  # "Impact on the project" among the lessons is one of them
    sections.append(Section(heading, level, role, parent=parent))


def _is_said_in_full(section: Section) -> bool:
    """Whether a line such as `Root cause:` was followed by its list: what comes next is not its own."""
    heading = section.heading
    return (
        heading is not None
        and section.level == _BOLD_LEVEL
        and not heading.bold
        and heading.text.rstrip().endswith(":")
        and len(section.blocks) == 1
        and section.blocks[0].kind == "list"
    )


def _is_next_label(text: Text, above: Section) -> bool:
    """Whether a label in bold, with its value, follows the list of another: "**Timeline:**", then this."""
    if above.level != _BOLD_LEVEL or above.heading is None or not above.heading.bold:
        return False
    if not above.blocks or above.blocks[-1].kind not in ("list", "table") or not _opens_in_bold(text):
        return False
    label = split_label(text)
    return label is not None and _opens_section(label[0].text)


def _lone_name(block: Block) -> Text | None:
    """In "2. Root cause" with nothing below it, a number before a heading makes a list of one."""
    if len(block.children) != 1 or block.children[0].children or block.children[0].checked is not None:
        return None
    text = block.children[0].text
    words = text.text.strip()
    is_name = (
        0 < len(words) <= 50
        and words[:1].isupper()
        and not words.endswith((".", ":", ";", "?"))
        and not text.links
    )
    role = label_role(words) if is_name else None
    return text if role is not None and role not in _UNLABELLED else None


def _tells_causes_apart(block: Block, home: Section) -> bool:
    """Whether the items of a list of factors say which is the root cause, which the trigger."""
    if _inherited(home) != "contributing_factors":
        return False
    labels = [split_label(item.text) for item in block.children]
    return any(
        label is not None and label_role(label[0].text) in ("root_cause", "trigger") for label in labels
    )


def _is_own_account(home: Section) -> bool:
    """Whether a dated heading, though it hangs below "Timeline", tells of an incident of its own."""
    heading = next(
        (above for above in home.ancestors() if above.heading is not None and above.level < _BOLD_LEVEL), None
    )
    return (
        heading is not None
        and heading.own_role is None
        and _DATED.search(heading.words) is not None
        and _TIMED.search(heading.words) is None
    )


def _inherited(section: Section) -> Role | None:
    above: Section | None = section
    while above is not None:
        if above.own_role:
            return above.own_role
        above = above.parent
    return None


def _heading_lines(block: Block) -> Iterator[Block]:
    """In a paragraph of plain text, lines that are headings by their words become headings."""
    text = block.text
    if block.kind != "paragraph" or "\n" not in text.text:
        words = text.text.strip()
        names = (
            len(words) <= 40
            and (words.endswith(":") or words[:1].isupper())
            and label_role(words.rstrip(": "))
        )
        is_heading = bool(names) and names not in _UNLABELLED and not words.endswith(".")
        yield (
            Block("heading", block.line, text, level=_BOLD_LEVEL)
            if block.kind == "paragraph" and is_heading
            else block
        )
        return
    start = 0
    offset = 0
    found = False
    for words in text.text.split("\n"):
        stripped = words.strip().rstrip(":").strip()
        is_heading = (
            0 < len(stripped) <= 40
            and not stripped.endswith((".", ",", ";"))
            and (words.strip().endswith(":") or stripped[:1].isupper())
            and label_role(stripped) is not None
            and label_role(stripped) not in _UNLABELLED
            and (offset == 0 or found or words.strip().endswith(":") or stripped.isupper())
        )
        if is_heading:
            found = True
            if text.text[start:offset].strip():
                part = text.part(start, offset)
                yield Block("paragraph", part.line, part)
            heading = text.part(offset, offset + len(words))
            yield Block("heading", heading.line, heading, level=_BOLD_LEVEL)
            start = offset + len(words) + 1
        offset += len(words) + 1
    if not found:
        yield block
    elif start < len(text.text) and text.text[start:].strip():
        part = text.part(start)
        yield Block("paragraph", part.line, part)


def _opens_in_bold(text: Text) -> bool:
    """Whether a text opens with a label in bold and goes on, which ends what the label above it opened."""
    if not text.bold or not _opens_bold(text):
        return False
    parts = split_label(text)
    return parts is not None and bool(parts[1].text) and len(parts[0].text.split()) <= 4


def _labelled_lines(block: Block) -> Iterator[Block]:
    """Lines such as `**Impact:** …` and `**Root cause:** …` in one paragraph are a paragraph each."""
    text = block.text
    if block.kind != "paragraph" or "\n" not in text.text or len(text.bold) < 2:
        yield block
        return
    cuts = [0]
    offset = 0
    starts = {text.text.rfind("\n", 0, start) + 1 for start, _ in text.bold}
    for words in text.text.split("\n")[:200]:
        if offset in starts and offset:
            line = text.part(offset, offset + len(words))
            parts = split_label(line)
            if parts is not None and (len(cuts) > 1 or _opens_section(parts[0].text)):
                cuts.append(offset)
        offset += len(words) + 1
    for start, stop in zip(cuts, [*cuts[1:], len(text.text)], strict=True):
        part = text.part(start, stop)
        if part.text:
            yield Block("paragraph", part.line, part)
    if len(cuts) > 1 and (last := split_label(text.part(cuts[-1]))) is not None and last[1].text:
        yield Block("paragraph", block.line)  # ends what the last label opened


def _opens_section(label: str) -> bool:
    role = label_role(label)
    return role is not None and role not in _UNLABELLED


def _find_title(sections: list[Section], has_title: bool) -> None:
    """The first heading is the title, unless it names a section or the title is known already."""
    for position, section in enumerate(sections):
        if section.heading is None:
            continue
        first_level = min((s.level for s in sections if s.heading is not None), default=0)
        if section.own_role is not None:
            return
        if section.level < _BOLD_LEVEL and (section.level == first_level or not has_title) and position <= 2:
            section.is_title = not has_title or section.level == 1
            if section.is_title and not section.blocks and is_generic_title(section.words):
                below = sections[position + 1] if position + 1 < len(sections) else None
                while below is not None and not below.blocks and is_generic_title(below.words):
                    position += 1
                    below = sections[position + 1] if position + 1 < len(sections) else None
                if (
                    below is not None
                    and below.heading is not None
                    and below.level < _BOLD_LEVEL
                    and below.own_role is None
                ):
                    below.is_title = not is_generic_title(below.words)
        return


def is_generic_title(words: str) -> bool:
    """Whether a title only says what kind of document it heads: "Postmortem", "Incident report"."""
    return _GENERIC_TITLE.fullmatch(normalise(words)) is not None
