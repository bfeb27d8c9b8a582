"""Markdown → blocks. CommonMark with tables, task lists, strike-through and footnotes, read by pyromark.

pyromark yields events with byte offsets, from which each word's line follows. HTML comments are passed over;
HTML that holds tables, headings or lists is read as such; `<br>` is a space, in a cell a line break. What
dialects add (admonitions, shortcodes, wiki links …) is put into plain Markdown first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pyromark

from pipeline.documents.blocks import Block, BlockKind, Link, Text
from pipeline.documents.formats.html import read_html_fragment
from pipeline.documents.formats.markdown_dialects import plain_markdown

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_GFM  # `> [!NOTE]`
)
_NOTES_LEVEL = 2  # of the heading over the footnotes
_MAX_DEPTH = 30  # of nested lists and quotes; what lies deeper hangs at this depth
_MAX_WORDS = 20_000  # of one paragraph: what runs on for longer is no prose
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HTML = re.compile(r"<(?:table|t[rdh]|h[1-6]|[uo]l|li|p|div|dl|summary|blockquote)\b", re.IGNORECASE)
_INLINE_TAG = re.compile(r"<(/?)(b|strong|s|del|strike)\s*>", re.IGNORECASE)
_MARKS = frozenset(("Strong", "Strikethrough", "Emphasis", "Link", "Image"))
_ROWS = frozenset(("TableHead", "TableRow"))
_TEXTS = frozenset(("Heading", "Paragraph", "TableCell"))
_LINE_BREAKS = frozenset(("SoftBreak", "HardBreak"))
_CONTAINERS: dict[str, BlockKind] = {
    "Item": "item",
    "BlockQuote": "quote",
    "List": "list",
    "FootnoteDefinition": "quote",
}


def read_markdown(source: str) -> list[Block]:
    """The blocks of a Markdown text, in order. Never raises: any text is Markdown."""
    return _Builder(source).blocks


class _Builder:
    """Follows the events once, holding the containers and the run of words that are open."""

    def __init__(self, source: str) -> None:
        plain = plain_markdown(source).encode("utf-8", "replace")
        self._line_starts = list(
            accumulate(len(line) + 1 for line in plain.split(b"\n"))
        )  # of all but the first
        self.blocks: list[Block] = []
        self._notes: list[Block] = []
        self._open: list[list[Block]] = [self.blocks]  # children lists; the last is where blocks go
        self._items: list[Block] = []
        self._text: Text | None = None
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[tuple[str, int, Any]] = []
        self._table: Block | None = None
        self._code = False
        self._html: list[str] = []
        self._html_line = 1
        take: dict[str, Callable[[Any, int], None]] = {
            "Start": self._start,
            "End": self._end,
            "Text": self._words,
            "Code": self._words,
            "InlineMath": self._words,
            "InlineHtml": self._inline_html,
            "Html": self._html_words,
            "TaskListMarker": self._checked,
        }
        for event, where in pyromark.events_with_range(plain.decode("utf-8"), options=_OPTIONS):
            if isinstance(event, str):
                if event in _LINE_BREAKS:
                    self._add("\n", where["start"])
                continue
            for name, value in event.items():
                if name in take:
                    take[name](value, where["start"])
        self._close_text()
        if self._notes:
            # what a footnote says stands apart from the section that it happens to be written in
            line = self._notes[0].line
            heading = Block("heading", line, Text("Footnotes", line), level=_NOTES_LEVEL)
            self.blocks.extend((heading, *self._notes))

    def _line(self, offset: int) -> int:
        return bisect_right(self._line_starts, offset) + 1

    def _words(self, words: str, offset: int) -> None:
        if not self._code:
            self._add(words, offset)

    def _html_words(self, words: str, offset: int) -> None:
        self._html.append(words)

    def _checked(self, is_checked: bool, offset: int) -> None:
        if self._items:
            self._items[-1].checked = is_checked

    def _start(self, tag: Any, offset: int) -> None:
        name: str
        value: Any
        name, value = (tag, None) if isinstance(tag, str) else next(iter(tag.items()))
        if name in _MARKS:
            self._marks.append((name, self._length, value))
            return
        if name in _ROWS:
            if self._table is not None:
                self._table.rows.append([])
            return
        self._close_text()
        line = self._line(offset)
        if name == "TableCell":
            if self._table is not None:
                self._text = Text(line=line)
                self._table.rows[-1].append(self._text)
        elif name == "Paragraph":
            owner = self._wordless_item()
            self._begin_text(owner if owner is not None else self._opened("paragraph", line), line)
        elif name in _CONTAINERS:
            block = Block(_CONTAINERS[name], line)
            (self._notes if name == "FootnoteDefinition" else self._open[-1]).append(block)
            self._items.append(block)
            self._open.append(block.children if len(self._items) <= _MAX_DEPTH else self._open[-1])
        elif name == "Heading":
            block = self._opened("heading", line)
            block.level = int(value["level"][1:])
            self._begin_text(block, line)
        elif name == "Table":
            self._table = self._opened("table", line)
        elif name == "CodeBlock":
            self._opened("code", line)
            self._code = True
        elif name == "HtmlBlock":
            self._html = []
            self._html_line = line

    def _end(self, tag: Any, offset: int) -> None:
        name = tag if isinstance(tag, str) else next(iter(tag))
        if name in _MARKS:
            self._end_mark(name)
        elif name in _TEXTS:
            self._close_text()
        elif name in _CONTAINERS:
            self._close_text()
            self._items.pop()
            self._open.pop()
        elif name == "Table":
            self._table = None
        elif name == "CodeBlock":
            self._code = False
        elif name == "HtmlBlock":
            html = "".join(self._html)
            if _HTML.search(html):
                self._open[-1].extend(read_html_fragment(html, self._html_line))

    def _end_mark(self, name: str) -> None:
        if not self._marks:
            return
        _, start, value = self._marks.pop()
        text = self._text
        if text is None:
            return
        if name == "Strong":
            text.bold.append((start, self._length))
        elif name == "Strikethrough":
            text.struck.append((start, self._length))
        elif name == "Emphasis":
            text.slanted.append((start, self._length))
        else:
            label = "".join(self._parts)[start:] if self._length - start < 500 else ""
            text.links.append(Link(label, str(value["dest_url"]), start, name == "Image"))

    def _inline_html(self, tag: str, offset: int) -> None:
        if _BREAK.match(tag):
            is_cell = self._table is not None and self._text is not None
            if is_cell and self._text is not None:
                self._text.step = 0  # a cell is one line of the source, however many it shows
            self._add("\n" if is_cell else " ", offset)
            return
        match = _INLINE_TAG.match(tag)
        if match is None:
            return
        name = "Strong" if match.group(2).lower() in ("b", "strong") else "Strikethrough"
        if not match.group(1):
            self._marks.append((name, self._length, None))
        elif self._marks and self._marks[-1][0] == name:
            self._end_mark(name)

    def _opened(self, kind: BlockKind, line: int) -> Block:
        block = Block(kind, line)
        self._open[-1].append(block)
        return block

    def _wordless_item(self) -> Block | None:
        """The item that is open, when nothing stands in it yet: what comes first are its words."""
        item = self._items[-1] if self._items else None
        if item is None or item.kind != "item" or item.children or item.text.text:
            return None
        return item

    def _begin_text(self, block: Block, line: int) -> None:
        block.text.line = line
        self._text = block.text

    def _add(self, words: str, offset: int) -> None:
        if self._text is None:
            if not words.strip() or not self._items:
                return
            # a tight item holds its words directly, without a paragraph
            owner, line = self._wordless_item(), self._line(offset)
            self._begin_text(owner if owner is not None else self._opened("paragraph", line), line)
        self._parts.append(words)
        self._length += len(words)

    def _close_text(self) -> None:
        if self._text is not None:
            self._text.text = "".join(self._parts)[:_MAX_WORDS].rstrip()
            self._text = None
            self._parts = []
            self._length = 0
        if self._marks:
            self._marks = []
