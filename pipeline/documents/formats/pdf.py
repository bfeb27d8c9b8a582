"""PDF with text → blocks: from the places of its words follow lines, columns, tables and headings.

What a page repeats (its head, its foot, its number) is passed over. A line of the page that was wrapped is
one line here, and evidence counts these lines in the order one reads them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

from pipeline.documents.blocks import Block, Link, Text
from pipeline.documents.formats.lines import TIMED, Line, begins_item, read_lines
from pipeline.documents.formats.pdf_words import PageWords, UnreadablePdfError, Word, read_pdf_words

MAX_BYTES = 64_000_000  # of the file; a longer one is not opened
_MAX_ROWS = 2000  # of one page; more is no page for people

_MARGIN = 0.09  # of a page's height: where its head and foot stand
_GAP = 1.5  # ems between words that belong to different cells or columns, wherever they stand
_SOFT_GAP = 1.45  # spaces of the page between cells whose columns other rows show, too
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–]?\s*\d{1,4}\s*(?:(?:/|of|von)\s*\d{1,4})?\s*[-–]?", re.IGNORECASE)
_PRINTED = re.compile(
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d\d(?: ?[AP]M)?(?: .*)?|[a-z]+:\S+ +\d{1,4}/\d{1,4}"
)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9 &/'’-]{2,60}:?")
_LABEL = re.compile(r"[\w /-]{1,30}:")
_DRAWN_LINE = re.compile(r"[=_~*#–—-]{5,}")
_URL_END = re.compile(r"https?://\S*$")


@dataclass(slots=True)
class PdfText:
    """The blocks of a PDF and their words; `problem` says why there are none, or what was left out.

    It is one of `broken`, `encrypted`, `without_text`, `too_large` and `cut`.
    """

    blocks: list[Block] = field(default_factory=list)
    problem: str | None = None


@dataclass(slots=True)
class _Row:
    """The words on one base line of a page, in runs with wide gaps between."""

    runs: list[list[Word]]
    has_bullet: bool = False  # drawn before it
    is_beside: bool = False  # a column stands to its right, so its lines are shorter
    margin: float = 0.0  # where the text around it begins

    @property
    def words(self) -> list[Word]:
        return [word for run in self.runs for word in run]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def base(self) -> float:
        return self.runs[0][0].base

    @property
    def left(self) -> float:
        return self.runs[0][0].left

    @property
    def right(self) -> float:
        return self.runs[-1][-1].right

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)

    @property
    def is_code(self) -> bool:
        return all(word.is_monospaced for word in self.words)

    @property
    def is_bold(self) -> bool:
        return all(word.is_bold for word in self.words)


@dataclass(slots=True)
class _Page:
    rows: list[_Row]
    height: float

    def margin_rows(self) -> list[_Row]:
        """The rows where heads and feet of pages stand."""
        edge = _MARGIN * self.height
        return [row for row in self.rows if not edge < row.base < self.height - edge]


def read_pdf(content: str) -> PdfText:
    """The blocks of a PDF, whose bytes are `content` in base64. Never raises."""
    if len(content) > MAX_BYTES * 4 // 3:
        return PdfText(problem="too_large")
    try:
        data = base64.b64decode(content, validate=False)
    except (binascii.Error, ValueError):
        return PdfText(problem="broken")
    if not data[:1024].lstrip().startswith(b"%PDF"):
        return PdfText(problem="broken")
    try:
        read, is_cut = read_pdf_words(data)
    except UnreadablePdfError as reason:
        return PdfText(problem=str(reason))
    pages = [_Page(_rows(page)[:_MAX_ROWS], page.height) for page in read]
    if not any(page.rows for page in pages):
        return PdfText(problem="without_text")
    kept = _without_furniture(pages)
    rows = [_columns(page) for page in kept]
    if not any(rows):
        rows = [_columns(page.rows) for page in pages]
    rows = _without_code(rows)
    return PdfText(read_lines(_lines(rows)), "cut" if is_cut else None)


def _rows(page: PageWords) -> list[_Row]:
    """The words of a page on their base lines, from the top."""
    lines: list[list[Word]] = []
    for word in sorted(page.words, key=lambda word: -word.base):
        if lines and abs(lines[-1][0].base - word.base) <= 0.35 * max(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda word: word.left)
    gaps = sorted((word.left - before.right) / word.size for line in lines for before, word in pairwise(line))
    wide = min(max(_SOFT_GAP * gaps[len(gaps) // 2], 0.4), 0.8) if gaps else 0.4  # in ems
    starts = [_wide_starts(line, wide) for line in lines]
    rows = []
    for number, line in enumerate(lines):
        near = [place for other in range(max(0, number - 3), min(len(lines), number + 4)) if other != number
                for place in starts[other]]  # fmt: skip
        first = line[0]
        has_bullet = any(
            0 < first.left - right < 24 and 0 < middle - first.base < 0.8 * first.size
            for right, middle in page.bullets
        )
        rows.append(_Row(_runs(line, set(starts[number]), near), has_bullet))
    return rows


def _wide_starts(line: list[Word], wide: float) -> list[float]:
    """Where words begin behind a gap of more than `wide` ems, and wider than the others of their line."""
    gaps = [word.left - before.right for before, word in pairwise(line)]
    limit = wide * max(word.size for word in line)
    if gaps and min(gaps) < limit:
        limit = max(limit, 1.6 * min(gaps))
    return [word.left for gap, word in zip(gaps, line[1:], strict=True) if gap > limit]


def _runs(line: list[Word], own: set[float], near: list[float]) -> list[list[Word]]:
    """The words of a line, parted at wide gaps.

    A less wide one (before the words of `own`) counts where lines near it have one at the same place, or any,
    if this line is their head.
    """
    is_head = bool(near) and all(word.is_bold for word in line)
    runs = [[line[0]]]
    for before, word in pairwise(line):
        gap = word.left - before.right
        is_bullet = len(runs) == 1 and len(runs[0]) == 1 and begins_item(f"{before.text} x")
        is_column = word.left in own and (is_head or any(abs(word.left - place) < 2 for place in near))
        if (gap > _GAP * max(word.size, before.size) or is_column) and not is_bullet:
            runs.append([word])
        else:
            runs[-1].append(word)
    return runs


def _columns(rows: list[_Row]) -> list[_Row]:
    """The rows in reading order: a column beside the text is read for itself, the narrower one first.

    Cells of a table stand on the base lines of their row; what stands beside a text does not.
    """
    gutter = _gutter(rows)
    if gutter is None:
        return _with_margin(rows)
    beside: list[_Row] = []
    text: list[_Row] = []
    above: list[_Row] = []
    bases = [row.base for row in rows if any(run[0].left >= gutter for run in row.runs)]
    top, low = max(bases), min(bases)
    for row in rows:
        if row.base > top + 1:
            above.append(row)
            continue
        right = [run for run in row.runs if run[0].left >= gutter]
        left = [run for run in row.runs if run[0].left < gutter]
        if right:
            beside.append(_Row(right))
        if left:
            text.append(_Row(left, row.has_bullet, is_beside=row.base > low - 3 * row.size))
    widths = [max(row.right for row in part) - min(row.left for row in part) for part in (text, beside)]
    beside, text = _with_margin(beside), _with_margin(text)
    above = _with_margin(above)
    return [*above, *beside, *text] if widths[1] < 0.8 * widths[0] else [*above, *text, *beside]


def _with_margin(rows: list[_Row]) -> list[_Row]:
    margin = min((row.left for row in rows), default=0.0)
    for row in rows:
        row.margin = margin
    return rows


def _gutter(rows: list[_Row]) -> float | None:
    """Where the right column begins, when the page has two of which neither is a table's."""
    starts = Counter(round(run[0].left / 3) for row in rows for run in row.runs[-1:])
    left_margin = min((row.left for row in rows), default=0.0)
    for start, count in starts.most_common(6):
        place = start * 3 - 2.0
        if count < 3 or place < left_margin + 60:
            continue
        right = [row for row in rows if row.runs[-1][0].left >= place]
        low, high = min(row.base for row in right) - 1, max(row.base for row in right) + 1
        left = [row for row in rows if low <= row.base <= high and row.left < place]
        crossing = any(
            run[0].left < place - 1 and run[-1].right > place - 6 for row in left for run in row.runs
        )
        if crossing or len(left) < 3:
            continue
        shared = sum(1 for row in left if row.runs[-1][0].left >= place)
        if shared < 0.75 * len(right) and shared < 0.75 * len(left):
            return place
    return None


def _without_furniture(pages: list[_Page]) -> list[list[_Row]]:
    """The rows without heads, feet and numbers: what most pages repeat, or only printing puts there."""
    repeated: Counter[str] = Counter()
    for page in pages:
        repeated.update({_pattern(row) for row in page.margin_rows()})
    kept = []
    for page in pages:
        furniture = {
            id(row)
            for row in page.margin_rows()
            if (len(pages) > 1 and repeated[_pattern(row)] * 2 > len(pages))
            or _PRINTED.fullmatch(row.text)
            or _PAGE_NUMBER.fullmatch(row.text)
        }
        kept.append([row for row in page.rows if id(row) not in furniture])
    return kept


def _without_code(pages: list[list[_Row]]) -> list[list[_Row]]:
    """The pages without lines of code, which have a font for code; a text all in such a font is none."""
    rows = [row for page in pages for row in page]
    code = {id(row) for row in rows if row.is_code}
    if len(code) * 2 > len(rows):
        return pages
    kept = []
    for page in pages:
        beside = [False, *(id(row) in code for row in page), False]
        kept.append(
            [
                row
                for position, row in enumerate(page, start=1)
                if not (beside[position] and (beside[position - 1] or beside[position + 1]))
            ]
        )
    return kept


def _pattern(row: _Row) -> str:
    return re.sub(r"\d+", "#", row.text)


def _lines(pages: list[list[_Row]]) -> Iterator[Line]:
    """The rows as whole lines with what they are: a heading, cells, an item, or words."""
    sizes: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            sizes[round(row.size, 1)] += len(row.text)
    body = sizes.most_common(1)[0][0]
    larger = sorted((size for size in sizes if size > body * 1.12), reverse=True)
    levels = {size: min(position, 5) for position, size in enumerate(larger, start=1)}
    number = 0
    for rows in pages:
        position = 0
        edges = _edges_of_columns(rows)
        while position < len(rows):
            table, columns = _table(rows, position)
            if table:
                position += sum(len(lines) for lines in table)
                for line in _table_lines(table, columns, number + 1):
                    number += 1
                    yield line
                continue
            if _DRAWN_LINE.fullmatch(rows[position].text):
                position += 1
                continue
            group = [rows[position]]
            level = _level(rows[position], levels, rows, position)
            while position + len(group) < len(rows) and _goes_on(
                group, rows[position + len(group)], edges, level
            ):
                group.append(rows[position + len(group)])
            number += 1
            indent = group[0].left - group[0].margin
            is_item = not level and (group[0].has_bullet or 12 <= indent <= 120)
            yield Line(_text(group, number), indent=int(indent / 9), level=level, is_item=is_item)
            position += len(group)


def _level(row: _Row, levels: dict[float, int], rows: list[_Row], position: int) -> int:
    """The level of a heading, 0 of other rows: set larger, or alone in bold or in capitals."""
    words = row.text
    is_time = TIMED.match(words) is not None
    if len(words) > 140 or not (re.search(r"[^\W\d_]", words) or (is_time and row.is_bold)):
        return 0
    if begins_item(words) and not row.is_bold:
        return 0
    size = round(row.size, 1)
    if size in levels:
        return levels[size]
    if words.endswith((".", ",", ";")) or len(words) > 90 or (is_time and not row.is_bold):
        return 0
    is_label = row.is_bold or _CAPITALS.fullmatch(words) is not None
    follows = rows[position + 1] if position + 1 < len(rows) else None
    if not is_label or follows is None:
        return 0
    return min(len(levels) + 1 + (0 if row.is_bold else 1), 6)


def _goes_on(group: list[_Row], after: _Row, edges: dict[tuple[int, int, bool], float], level: int) -> bool:
    """Whether a row is the rest of the line that was broken at the edge of the column above it."""
    before = group[-1]
    gap = before.base - after.base
    is_timed = TIMED.match(group[0].text) is not None
    if _DRAWN_LINE.fullmatch(after.text):
        return False
    if not 0 < gap < 1.75 * max(before.size, after.size) or len(after.runs) > 1:
        return False
    if len(before.runs) > 1 and not is_timed:
        return False
    if abs(before.size - after.size) > 0.1 * before.size:
        return False
    if level:
        is_larger = not before.is_bold and len(group) < 4
        return (
            after.is_bold == before.is_bold
            and abs(after.left - before.left) < 2
            and (is_larger or _fills(before, after, edges))
        )
    if (
        begins_item(after.text)
        or after.has_bullet
        or TIMED.match(after.text)
        or (after.words[0].is_bold and not before.is_bold)
    ):
        return False
    is_hanging = (is_timed or begins_item(group[0].text)) and after.left > group[0].left + 3
    is_open = not before.text.endswith((".", "!", "?", ":", ";")) and after.text[0].islower()
    goes_on = is_open and abs(after.left - before.left) < 3 and _LABEL.match(after.text) is None
    return is_hanging or goes_on or _fills(before, after, edges)


def _fills(before: _Row, after: _Row, edges: dict[tuple[int, int, bool], float]) -> bool:
    """Whether the first word of the row below had no place behind the row above it."""
    edge = max(
        edges.get((_column(before) + offset, round(before.size), before.is_beside), before.right)
        for offset in (-1, 0, 1)
    )
    first = after.words[0]
    return before.right + (first.right - first.left) + 0.25 * before.size > edge - 0.5 * before.size


def _edges_of_columns(rows: list[_Row]) -> dict[tuple[int, int, bool], float]:
    """How far to the right the rows of a page reach, by where they begin and by their size."""
    edges: dict[tuple[int, int, bool], float] = {}
    for row in rows:
        if len(row.runs) == 1:
            key = (_column(row), round(row.size), row.is_beside)
            edges[key] = max(edges.get(key, 0.0), row.right)
    return edges


def _column(row: _Row) -> int:
    return int(row.left // 40)


def _table(rows: list[_Row], start: int) -> tuple[list[list[_Row]], list[tuple[float, float]]]:
    """The rows of the table that begins here, each with the rows its cells were broken into, and its columns.

    Where some rows stand closer than others, these are the lines of one row; where all stand alike, a line
    without a first cell goes on with the row above it.
    """
    if len(rows[start].runs) < 2:
        return [], []
    columns = [(run[0].left, run[-1].right) for run in rows[start].runs]
    lines = [rows[start]]
    for before, row in pairwise(islice(rows, start, None)):
        gap = before.base - row.base
        places = [_place(run, columns) for run in row.runs]
        if not 0 < gap < 3.5 * before.size or None in places or len(set(places)) < len(places):
            break
        if places == [0] and (gap > 1.45 * row.size or (row.is_bold and not before.is_bold)):
            break  # what follows the table, not the rest of a first cell
        for place, run in zip(places, row.runs, strict=True):
            if place is not None:
                columns[place] = (min(columns[place][0], run[0].left), max(columns[place][1], run[-1].right))
        lines.append(row)
    gaps = [before.base - row.base for before, row in pairwise(lines)]
    close = min(gaps, default=0.0) * 1.2
    has_close = any(gap > close for gap in gaps) and close < 1.9 * rows[start].size
    table = [[lines[0]]]
    for gap, row in zip(gaps, lines[1:], strict=True):
        is_first = _place(row.runs[0], columns) == 0 and len(row.runs) > 1
        if (gap > close) if has_close and is_first else is_first:
            table.append([row])
        else:
            table[-1].append(row)
    return table, columns


def _place(run: list[Word], columns: list[tuple[float, float]]) -> int | None:
    """The column a run of words stands in; None when it reaches into two, or stands in none."""
    left, right = run[0].left, run[-1].right
    met = [place for place, column in enumerate(columns) if left < column[1] and right > column[0]]
    if len(met) == 1:
        return met[0]
    if met:
        return None
    before = [place for place, column in enumerate(columns) if column[0] <= left + 4]
    place = before[-1] if before else 0
    return place if place + 1 == len(columns) or right < columns[place + 1][0] - 2 else None


def _table_lines(table: list[list[_Row]], columns: list[tuple[float, float]], number: int) -> Iterator[Line]:
    """A line for each row of a table; where each begins with a time and none is a head, of a timeline."""
    read: list[list[Text]] = []
    for offset, rows in enumerate(table):
        runs: list[list[list[Word]]] = [[] for _ in columns]
        for row in rows:
            for run in row.runs:
                runs[_place(run, columns) or 0].append(run)
        read.append([_joined(cell, number + offset) for cell in runs])
    if all(TIMED.match(cells[0].text) for cells in read):
        for rows, cells in zip(table, read, strict=True):
            yield Line(_text(rows, cells[0].line), indent=int((rows[0].left - rows[0].margin) / 9))
        return
    for cells in read:
        yield Line(Text(line=cells[0].line), cells=tuple(cells))


def _text(rows: list[_Row], number: int) -> Text:
    """Rows as one line of words, with their links and what is bold."""
    return _joined([run for row in rows for run in row.runs], number)


def _joined(runs: list[list[Word]], number: int) -> Text:
    text = Text(line=number)
    parts: list[str] = []
    length = 0
    before: Word | None = None
    for run in runs:
        for word in run:
            if before is not None and not _is_split(before, word, is_new_run=word is run[0]):
                parts.append(" ")
                length += 1
            start = length
            parts.append(word.text)
            length += len(word.text)
            if word.url:
                last = text.links[-1] if text.links else None
                if before is not None and last is not None and before.url == word.url:
                    last.label = "".join(parts)[last.start :]
                else:
                    text.links.append(Link(word.text, word.url, start))
            if word.is_bold:
                if before is not None and before.is_bold and text.bold:
                    text.bold[-1] = (text.bold[-1][0], length)
                else:
                    text.bold.append((start, length))
            before = word
    text.text = "".join(parts)
    return text


def _is_split(before: Word, word: Word, *, is_new_run: bool) -> bool:
    """Whether two words are one that was broken at the end of a line: at a hyphen, or inside an address."""
    if not is_new_run or abs(before.base - word.base) < 1:
        return False
    if before.text.endswith("-"):
        return before.text[-2:-1].isalnum() and (word.text[0].islower() or word.text[0].isdigit())
    return _URL_END.search(before.text) is not None and (
        before.text.endswith(("/", "-", "=", "?", "&")) or (bool(before.url) and before.url == word.url)
    )
