"""Lines of words → blocks: what bullets, times and gaps say where there is no markup.

Plain text and PDF come as lines; so does an HTML paragraph whose lines are kept apart by `<br>` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.documents.blocks import Block, Text

_MAX_DEPTH = 30  # of nested lists

#: What a list item begins with; `o` only before a capital, as some mail programs write their bullets.
_BULLET = re.compile(
    r"(?:(?:[-*+•◦▪‣●○■–—·]|o(?=[ \t]{1,6}[A-Z])|\(?\d{1,2}[.)]|[a-z]\))[ \t]+)?"
    r"(?P<box>\[[ xX✓]\]|[☐☑☒✅])[ \t]+"
    r"|(?:[-*+◦▪‣–—]|o(?=[ \t]{1,6}[A-Z])|\(?\d{1,2}[.)]|[a-z]\))[ \t]+|[•●○■·][ \t]*"
)
_DONE_BOXES = frozenset(("[x]", "[X]", "[✓]", "☑", "✅"))
#: A line of a timeline: it begins with a time of day, after a date or not.
TIMED = re.compile(
    r"[\[(*~]{0,3}(?:\d{4}[-/.]\d\d[-/.]\d\d(?:T|[ ,]{1,3})|\d{1,2}[./]\d{1,2}[./]\d{2,4}[ ,]{1,3}"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,?(?: \d{4})?[ ,]{1,3}(?:at )?)?"
    r"[~≈]?\d{1,2}[:.h][0-5]\d(?!\d|\.\d| ?%)"
)
_LONE_TIME = re.compile(
    r"[\[(]?\d{1,2}[:.][0-5]\d(?::[0-5]\d)?(?: ?[AaPp]\.?[Mm]\.?)?(?: \(?[A-Z]{2,5}\)?)?[\])]?:?"
)
_DAY = re.compile(
    r"(?:[A-Z][a-z]{2,8},? )?"
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8})"
    r"(?:,? \d{4})?:?|\d{4}-\d\d-\d\d:?"
)


@dataclass(slots=True)
class Line:
    """A line of the document, whole even where it was wrapped.

    `level` is a heading's, 0 for other lines; `cells` those of a row of a table; `is_item` says that it is an
    item, though it begins with no bullet.
    """

    text: Text
    indent: int = 0
    level: int = 0
    cells: tuple[Text, ...] = ()
    is_item: bool = False


def begins_item(words: str) -> bool:
    """Whether a line begins with a bullet, a number or a box."""
    return _BULLET.match(words) is not None


def read_lines(lines: Iterable[Line]) -> list[Block]:
    """The blocks of the lines, in order; times that stand alone are joined with what happened then."""
    blocks: list[Block] = []
    lists: list[tuple[int, Block]] = []  # the lists that are open, with their indent
    is_parted = True  # whether a row of cells begins a table
    for line in lines:
        text = line.text
        if not text.text.strip() and not line.cells:
            lists.clear()
            is_parted = True
            continue
        if line.level:
            lists.clear()
            blocks.append(Block("heading", text.line, text, level=line.level))
        elif line.cells:
            lists.clear()
            if is_parted or blocks[-1].kind != "table":
                blocks.append(Block("table", text.line))
            is_parted = False
            rows = blocks[-1].rows
            if not rows or [cell.text for cell in rows[0]] != [cell.text for cell in line.cells]:
                rows.append(list(line.cells))  # a head that the next page repeats is none
        else:
            bullet = _BULLET.match(text.text)
            if bullet is not None and bullet.end() < len(text.text):
                _add_item(line, text.part(bullet.end()), bullet.group("box"), blocks, lists)
            elif line.is_item or (TIMED.match(text.text) and not _LONE_TIME.fullmatch(text.text)):
                _add_item(line, text, None, blocks, lists)
            else:
                lists.clear()
                blocks.append(Block("paragraph", text.line, text))
    return join_times(blocks)


def _add_item(
    line: Line, text: Text, box: str | None, blocks: list[Block], lists: list[tuple[int, Block]]
) -> None:
    while lists and line.indent < lists[-1][0]:
        lists.pop()
    if not lists or (line.indent > lists[-1][0] + 1 and len(lists) < _MAX_DEPTH):
        home = lists[-1][1].children[-1].children if lists else blocks
        block = Block("list", text.line)
        home.append(block)
        lists.append((line.indent, block))
    item = Block("item", text.line, text, checked=None if box is None else box in _DONE_BOXES)
    lists[-1][1].children.append(item)


def split_bullets(block: Block) -> list[Block]:
    """A paragraph, some of whose lines begin with bullets, as paragraphs and lists."""
    if block.kind != "paragraph":
        return [block]
    lines = list(block.text.lines())
    if not any(_BULLET.match(line.text) for line in lines):
        return [block]
    return read_lines(Line(line) for line in lines)


def join_times(blocks: list[Block]) -> list[Block]:
    """A paragraph that is a time and nothing else opens a row: the paragraphs below it belong to it."""
    if not any(block.kind == "paragraph" and _LONE_TIME.fullmatch(block.text.text) for block in blocks):
        return blocks
    joined: list[Block] = []
    row: Text | None = None
    for block in blocks:
        words = block.text.text
        if block.kind != "paragraph" or _DAY.fullmatch(words):
            row = None
            joined.append(block)
        elif _LONE_TIME.fullmatch(words):
            row = block.text
            row.step = 0
            joined.append(block)
        elif row is not None:
            offset = len(row.text) + 1
            row.text = f"{row.text}\n{words}"
            for link in block.text.links:
                link.start += offset
                row.links.append(link)
        else:
            joined.append(block)
    return joined
