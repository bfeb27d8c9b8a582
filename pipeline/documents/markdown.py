"""Markdown → blocks. CommonMark with tables, task lists, strike-through and footnotes, read by pyromark.

pyromark yields events with byte offsets (https://pypi.org/project/pyromark/), from which each word's line
follows. HTML comments are passed over; HTML that holds tables, headings or lists is read as such; `<br>` is a
space. What dialects add (admonitions, shortcodes, wiki links …) is put into plain Markdown first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

import pyromark

from pipeline.documents.blocks import Block, Link, Text
from pipeline.documents.html import read_html_fragment
from pipeline.documents.markdown_dialects import plain_markdown

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_GFM  # `> [!NOTE]`
)
_MAX_DEPTH = 30  # of nested lists and quotes; what lies deeper hangs at this depth
_MAX_WORDS = 20_000  # of one paragraph: what runs on for longer is no prose
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HTML = re.compile(r"<(?:table|t[rdh]|h[1-6]|[uo]l|li|p|div|dl|summary|blockquote)\b", re.IGNORECASE)
_INLINE_TAG = re.compile(r"<(/?)(b|strong|s|del|strike)\s*>", re.IGNORECASE)
_MARKS = ("Strong", "Strikethrough", "Emphasis", "Link", "Image")
_CONTAINERS = {"Item": "item", "BlockQuote": "quote", "List": "list", "FootnoteDefinition": "quote"}


def read_markdown(source: str) -> list[Block]:
    """The blocks of a Markdown text, in order. Never raises: any text is Markdown."""
    return _Builder(source).blocks


class _Builder:
    """Follows the events once, holding the containers and the run of words that are open."""

    def __init__(self, source: str) -> None:
        encoded = plain_markdown(source).encode("utf-8", "replace")
        self._newlines = [match.start() for match in re.finditer(b"\n", encoded)]
        self.blocks: list[Block] = []
        self._open: list[list[Block]] = [self.blocks]  # children lists; the last is where blocks go
        self._items: list[Block] = []
        self._text: Text | None = None
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[tuple[str, int, Any]] = []
        self._table: Block | None = None
        self._depth = 0
        self._code = False
        self._html: list[str] = []
        self._html_line = 1
        for event, where in pyromark.events_with_range(encoded.decode("utf-8"), options=_OPTIONS):
            self._take(event, where["start"])
        self._close_text()

    def _line(self, offset: int) -> int:
        return bisect_right(self._newlines, offset - 1) + 1 if offset else 1

    def _take(self, event: Any, offset: int) -> None:
        if isinstance(event, str):
            if event in ("SoftBreak", "HardBreak"):
                self._add("\n", offset)
            return
        for name, value in event.items():
            if name == "Start":
                self._start(value, offset)
            elif name == "End":
                self._end(value)
            elif name in ("Text", "Code", "InlineMath"):
                if self._code:
                    continue
                self._add(value, offset)
            elif name == "InlineHtml":
                self._inline_html(value, offset)
            elif name == "Html":
                self._html.append(value)
            elif name == "TaskListMarker" and self._items:
                self._items[-1].checked = value

    def _start(self, tag: Any, offset: int) -> None:
        name: str = tag if isinstance(tag, str) else next(iter(tag))
        value: Any = None if isinstance(tag, str) else tag[name]
        if name == "Heading":
            self._close_text()
            block = Block("heading", self._line(offset), level=int(value["level"][1:]))
            self._open[-1].append(block)
            self._begin_text(block, offset)
        elif name == "Paragraph":
            self._close_text()
            owner = self._items[-1] if self._items and not self._items[-1].children else None
            if owner is not None and owner.kind == "item" and not owner.text.text:
                self._begin_text(owner, offset)
            else:
                block = Block("paragraph", self._line(offset))
                self._open[-1].append(block)
                self._begin_text(block, offset)
        elif name in _CONTAINERS:
            self._close_text()
            block = Block(_CONTAINERS[name], self._line(offset))  # type: ignore[arg-type]
            self._open[-1].append(block)
            self._depth += 1
            self._items.append(block)
            self._open.append(block.children if self._depth <= _MAX_DEPTH else self._open[-1])
        elif name == "Table":
            self._close_text()
            self._table = Block("table", self._line(offset))
            self._open[-1].append(self._table)
        elif name in ("TableHead", "TableRow") and self._table is not None:
            self._table.rows.append([])
        elif name == "TableCell" and self._table is not None:
            self._close_text()
            self._text = Text(line=self._line(offset))
            self._table.rows[-1].append(self._text)
        elif name == "CodeBlock":
            self._close_text()
            self._open[-1].append(Block("code", self._line(offset)))
            self._code = True
        elif name == "HtmlBlock":
            self._close_text()
            self._html = []
            self._html_line = self._line(offset)
        elif name in _MARKS:
            self._marks.append((name, self._length, value))

    def _end(self, tag: Any) -> None:
        name = tag if isinstance(tag, str) else next(iter(tag))
        if name in ("Heading", "Paragraph", "TableCell"):
            self._close_text()
        elif name in _CONTAINERS:
            self._close_text()
            self._items.pop()
            self._open.pop()
            self._depth -= 1
        elif name == "Table":
            self._table = None
        elif name == "CodeBlock":
            self._code = False
        elif name == "HtmlBlock":
            html = "".join(self._html)
            if _HTML.search(html):
                self._open[-1].extend(read_html_fragment(html, self._html_line))
        elif name in _MARKS and self._marks:
            _, start, value = self._marks.pop()
            if self._text is None:
                return
            spans = {
                "Strong": self._text.bold,
                "Strikethrough": self._text.struck,
                "Emphasis": self._text.slanted,
            }
            if name in spans:
                spans[name].append((start, self._length))
            else:
                label = "".join(self._parts)[start:] if self._length - start < 500 else ""
                self._text.links.append(Link(label, str(value["dest_url"]), start, name == "Image"))

    def _inline_html(self, tag: str, offset: int) -> None:
        if _BREAK.match(tag):
            self._add(" ", offset)
            return
        match = _INLINE_TAG.match(tag)
        if match is None:
            return
        name = "Strong" if match.group(2).lower() in ("b", "strong") else "Strikethrough"
        if not match.group(1):
            self._marks.append((name, self._length, None))
        elif self._marks and self._marks[-1][0] == name:
            self._end(name)

    def _begin_text(self, block: Block, offset: int) -> None:
        block.text.line = self._line(offset)
        self._text = block.text

    def _add(self, words: str, offset: int) -> None:
        if self._text is None:
            if not words.strip() or not self._items:
                return
            # a tight item holds its words directly, without a paragraph
            owner = self._items[-1]
            if owner.kind == "item" and not owner.text.text and not owner.children:
                self._begin_text(owner, offset)
            else:
                block = Block("paragraph", self._line(offset))
                self._open[-1].append(block)
                self._begin_text(block, offset)
        self._parts.append(words)
        self._length += len(words)

    def _close_text(self) -> None:
        if self._text is not None:
            self._text.text = "".join(self._parts)[:_MAX_WORDS].rstrip()
            self._text = None
        self._parts = []
        self._length = 0
        self._marks = []
