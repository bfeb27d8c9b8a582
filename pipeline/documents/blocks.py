"""The light tree every format is read into: blocks of plain text that know their lines and links.

A reader of another format only has to yield these blocks; everything after knows no Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

BlockKind = Literal["heading", "paragraph", "list", "item", "table", "quote", "code"]

#: A cut for quotes: long enough to recognise the words, short enough for a table cell.
QUOTE_LENGTH = 300

_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Link:
    """A link's words and address; `start` is where the words begin in the text around them.

    A picture is one, too: its words are what stands for it where it cannot be seen.
    """

    label: str
    url: str
    start: int
    is_image: bool = False


@dataclass(slots=True)
class Text:
    """Words without markup. A newline in `text` goes on by `step` lines of the source: 1, or 0 where a line
    break of the document is none of its source, as `<br>` is."""

    text: str = ""
    line: int = 1
    links: list[Link] = field(default_factory=list)
    bold: list[tuple[int, int]] = field(default_factory=list)  # spans of `text`
    struck: list[tuple[int, int]] = field(default_factory=list)
    slanted: list[tuple[int, int]] = field(default_factory=list)
    step: int = 1

    def line_at(self, offset: int) -> int:
        """The source line of the character at `offset`."""
        return self.line + self.step * self.text.count("\n", 0, offset)

    @property
    def is_bold(self) -> bool:
        """Whether all of it is set in bold."""
        return _covers(self.bold, self.text)

    @property
    def is_struck(self) -> bool:
        """Whether all of it is struck through."""
        return _covers(self.struck, self.text)

    @property
    def is_slanted(self) -> bool:
        """Whether all of it is in italics, as the hints of a form are."""
        return _covers(self.slanted, self.text)

    def drop_struck(self) -> None:
        """Take out the words that are struck through: they were taken back. Line breaks stay."""
        kept = [True] * len(self.text)
        for start, end in self.struck:
            for position in range(start, min(end, len(kept))):
                kept[position] = self.text[position] == "\n"
        before = [0, *accumulate(kept)]  # how many characters are kept before each

        def moved(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
            last = len(kept)
            shifted = [(before[min(start, last)], before[min(end, last)]) for start, end in spans]
            return [(start, end) for start, end in shifted if start < end]

        self.links = [
            Link(link.label, link.url, before[min(link.start, len(kept))], link.is_image)
            for link in self.links
            if not any(start <= link.start < end for start, end in self.struck)
        ]
        self.text = "".join(character for character, is_kept in zip(self.text, kept, strict=True) if is_kept)
        self.bold, self.slanted, self.struck = moved(self.bold), moved(self.slanted), []

    def part(self, start: int, end: int | None = None, *, line: int | None = None) -> Text:
        """The words from `start` to `end`, with their own line (counted, unless given), links and spans."""
        stop = len(self.text) if end is None else end
        while start < stop and self.text[start].isspace():
            start += 1
        words = self.text[start:stop].rstrip()
        stop = start + len(words)
        return Text(
            text=words,
            line=self.line_at(start) if line is None else line,
            links=[
                Link(link.label, link.url, link.start - start, link.is_image)
                for link in self.links
                if start <= link.start <= stop
            ],
            bold=_shift(self.bold, start, stop) if self.bold else [],
            struck=_shift(self.struck, start, stop) if self.struck else [],
            slanted=_shift(self.slanted, start, stop) if self.slanted else [],
            step=self.step,
        )

    def lines(self) -> Iterator[Text]:
        """One `Text` per line of the source that holds words."""
        if "\n" not in self.text:
            if self.text.strip():
                yield self
            return
        start = 0
        for number, words in enumerate(self.text.split("\n")):
            if words.strip():
                yield self.part(start, start + len(words), line=self.line + self.step * number)
            start += len(words) + 1


@dataclass(slots=True)
class Block:
    """A heading, paragraph, list, item, table, quote or code. Only the fields of its kind are filled."""

    kind: BlockKind
    line: int
    text: Text = field(default_factory=Text)
    level: int = 0  # of a heading
    checked: bool | None = None  # of an item that is a task
    children: list[Block] = field(default_factory=list)  # items of a list, what hangs below an item or quote
    rows: list[list[Text]] = field(default_factory=list)  # of a table; the first row is its head


def squeeze(text: str, limit: int = QUOTE_LENGTH) -> str:
    """`text` on one line, cut at `limit` characters."""
    text = " ".join(text[: limit * 4].split())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def walk(blocks: list[Block]) -> Iterator[Block]:
    """Every block, parents before children, in the order of the document."""
    stack = list(reversed(blocks))
    while stack:
        block = stack.pop()
        yield block
        if block.children:
            stack.extend(reversed(block.children))


def texts(blocks: list[Block]) -> Iterator[Text]:
    """Every run of words in the blocks, table cells included, code left out."""
    for block in walk(blocks):
        if block.kind == "table":
            for row in block.rows:
                yield from row
        elif block.kind != "code" and block.text.text:
            yield block.text


def _covers(spans: list[tuple[int, int]], text: str) -> bool:
    if not spans or not text.strip():
        return False
    rest = list(text)
    for start, end in spans:
        rest[start:end] = [" "] * (end - start)
    return not "".join(rest).strip(" \n\t:.")


def _shift(spans: list[tuple[int, int]], start: int, stop: int) -> list[tuple[int, int]]:
    return [(max(a, start) - start, min(b, stop) - start) for a, b in spans if a < stop and b > start]
