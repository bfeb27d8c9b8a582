"""PDF with text → blocks: words and their places by PDFium, from which lines, columns and headings follow.

What a page repeats (its head, its foot, its number) is passed over. A line of the page that was wrapped is
one line here, and evidence counts these lines in the order one reads them. PDFium is native code: a file that
nobody vouches for is better read in a process of its own (`pipeline.isolation`).
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from pipeline.documents.blocks import Block, Link, Text
from pipeline.documents.lines import TIMED, Line, begins_item, read_lines

MAX_PAGES = 300  # what lies behind is not read
MAX_CHARACTERS = 300_000  # of all pages together
MAX_BYTES = 64_000_000  # of the file; a longer one is not opened
_MAX_LINKS = 200  # of one page
_MAX_ROWS = 2000  # of one page; more is no page for people

_PASSWORD = 4  # PDFium's FPDF_ERR_PASSWORD
_MARGIN = 0.09  # of a page's height: where its head and foot stand
_GAP = 1.5  # ems between words that belong to different cells or columns
_LETTERS = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\u00ad": "",
            "\ufffe": "-", "\x02": "-", "\u00a0": " ", "\u2010": "-", "\u2011": "-"}  # fmt: skip
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi|[-,]bd", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–]?\s*\d{1,4}\s*(?:(?:/|of|von)\s*\d{1,4})?\s*[-–]?", re.IGNORECASE)
_PRINTED = re.compile(
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d\d(?: ?[AP]M)?(?: .*)?|(?:https?|file)://\S+ +\d{1,4}/\d{1,4}"
)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9 &/'’-]{2,60}:?")
_URL_END = re.compile(r"https?://\S*$")


@dataclass(slots=True)
class PdfText:
    """The blocks of a PDF and their words; `problem` says why there are none, or what was left out.

    It is one of `broken`, `encrypted`, `without_text`, `too_large` and `cut`.
    """

    blocks: list[Block] = field(default_factory=list)
    problem: str | None = None


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    right: float
    base: float  # of its letters, in points from the foot of the page
    size: float
    is_bold: bool
    url: str = ""


@dataclass(slots=True)
class _Row:
    """The words on one base line of a page, in runs with wide gaps between."""

    runs: list[list[_Word]]

    @property
    def words(self) -> list[_Word]:
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
        pages, is_cut = _read_pages(data)
    except _UnreadableError as reason:
        return PdfText(problem=str(reason))
    if not any(page.rows for page in pages):
        return PdfText(problem="without_text")
    kept = _without_furniture(pages)
    rows = [_columns(page) for page in kept]
    if not any(rows):
        rows = [_columns(page.rows) for page in pages]
    return PdfText(read_lines(_lines(rows)), "cut" if is_cut else None)


class _UnreadableError(Exception):
    """PDFium cannot open the file; the words are the problem."""


def _read_pages(data: bytes) -> tuple[list[_Page], bool]:
    import pypdfium2  # late: its library takes a while to load, and few documents need it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        raise _UnreadableError("encrypted" if code == _PASSWORD else "broken") from error
    pages: list[_Page] = []
    left = MAX_CHARACTERS
    try:
        count = len(document)
        for number in range(min(count, MAX_PAGES)):
            if left <= 0:
                break
            try:
                page = document[number]
                words, read = _page_words(document, page, left)
            except pypdfium2.PdfiumError:
                continue  # one page that is broken
            left -= read
            pages.append(_Page(_rows(words)[:_MAX_ROWS], page.get_height()))
            page.close()
    finally:
        document.close()
    return pages, count > MAX_PAGES or left <= 0


def _page_words(document: Any, page: Any, limit: int) -> tuple[list[_Word], int]:
    """The words of a page as PDFium yields them, and how many characters were looked at."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    links = list(islice(_links(pdfium, document, page), _MAX_LINKS))
    count = min(textpage.count_chars(), limit)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    x, base = ctypes.c_double(), ctypes.c_double()
    words: list[_Word] = []
    word: _Word | None = None
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
        character = _LETTERS.get(character, character)
        if character.isspace() or (character and ord(character[0]) < 32):
            word = None
            continue
        pdfium.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, base)
        if (
            word is not None
            and abs(base.value - word.base) < 0.3 * word.size
            and -0.5 * word.size < left.value - word.right < 0.3 * word.size
        ):
            word.text += character
            word.right = max(word.right, right.value)
            continue
        size, is_bold = _font(pdfium, textpage, index)
        word = _Word(character, left.value, right.value, base.value, size, is_bold)
        words.append(word)
    for word in words:
        middle = (word.left + word.right) / 2
        for box, url in links:
            if box.left - 1 <= middle <= box.right + 1 and box.bottom - 2 <= word.base <= box.top + 2:
                word.url = url
                break
    textpage.close()
    return [word for word in words if word.text], count


def _font(pdfium: Any, textpage: Any, index: int) -> tuple[float, bool]:
    """The size of a character as it is seen, and whether its font is bold."""
    matrix = pdfium.FS_MATRIX()
    size = pdfium.FPDFText_GetFontSize(textpage, index)
    if pdfium.FPDFText_GetMatrix(textpage, index, matrix):
        size *= (matrix.b**2 + matrix.d**2) ** 0.5
    name = ctypes.create_string_buffer(100)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(textpage, index, name, 100, flags)
    is_bold = pdfium.FPDFText_GetFontWeight(textpage, index) >= 600 or _BOLD.search(name.value) is not None
    return min(max(size, 1.0), 200.0), is_bold


def _links(pdfium: Any, document: Any, page: Any) -> Iterator[tuple[Any, str]]:
    """The addresses that a page links to, with the boxes that lead there."""
    position = ctypes.c_int(0)
    link = pdfium.FPDF_LINK()
    for _ in range(_MAX_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, position, link):
            return
        box = pdfium.FS_RECTF()
        action = pdfium.FPDFLink_GetAction(link)
        if not action or not pdfium.FPDFLink_GetAnnotRect(link, box):
            continue
        length = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
        if 0 < length <= 4000:
            address = ctypes.create_string_buffer(length)
            pdfium.FPDFAction_GetURIPath(document, action, address, length)
            yield box, address.value.decode("utf-8", "replace")


def _rows(words: list[_Word]) -> list[_Row]:
    """The words of a page on their base lines, from the top."""
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda word: -word.base):
        if lines and abs(lines[-1][0].base - word.base) <= 0.35 * max(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_Row(_runs(sorted(line, key=lambda word: word.left))) for line in lines]


def _runs(words: Sequence[_Word]) -> list[list[_Word]]:
    runs = [[words[0]]]
    for before, word in pairwise(words):
        is_bullet = len(runs[-1]) == 1 and begins_item(f"{before.text} x")
        if word.left - before.right > _GAP * max(word.size, before.size) and not is_bullet:
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
        return rows
    beside: list[_Row] = []
    text: list[_Row] = []
    above: list[_Row] = []
    top = max(row.base for row in rows if any(run[0].left >= gutter for run in row.runs))
    for row in rows:
        if row.base > top + 1:
            above.append(row)
            continue
        right = [run for run in row.runs if run[0].left >= gutter]
        left = [run for run in row.runs if run[0].left < gutter]
        if right:
            beside.append(_Row(right))
        if left:
            text.append(_Row(left))
    widths = [max(row.right for row in part) - min(row.left for row in part) for part in (text, beside)]
    return [*above, *beside, *text] if widths[1] < 0.8 * widths[0] else [*above, *text, *beside]


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
            table = _table(rows, position)
            if table:
                position += sum(len(lines) for lines in table)
                for line in _table_lines(table, number + 1):
                    number += 1
                    yield line
                continue
            group = [rows[position]]
            level = _level(rows[position], levels, rows, position)
            while position + len(group) < len(rows) and _goes_on(
                group, rows[position + len(group)], edges, level
            ):
                group.append(rows[position + len(group)])
            number += 1
            yield Line(_text(group, number), indent=int(group[0].left / 9), level=level)
            position += len(group)


def _level(row: _Row, levels: dict[float, int], rows: list[_Row], position: int) -> int:
    """The level of a heading, 0 of other rows: set larger, or alone in bold or in capitals."""
    words = row.text
    if len(words) > 140 or not re.search(r"[^\W\d_]", words) or (begins_item(words) and not row.is_bold):
        return 0
    size = round(row.size, 1)
    if size in levels:
        return levels[size]
    if words.endswith((".", ",", ";")) or len(words) > 90 or TIMED.match(words):
        return 0
    is_label = row.is_bold or _CAPITALS.fullmatch(words) is not None
    follows = rows[position + 1] if position + 1 < len(rows) else None
    if not is_label or follows is None:
        return 0
    return min(len(levels) + 1 + (0 if row.is_bold else 1), 6)


def _goes_on(group: list[_Row], after: _Row, edges: dict[tuple[int, int], float], level: int) -> bool:
    """Whether a row is the rest of the line that was broken at the edge of the column above it."""
    before = group[-1]
    gap = before.base - after.base
    if not 0 < gap < 1.75 * max(before.size, after.size) or len(before.runs) > 1 or len(after.runs) > 1:
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
    if begins_item(after.text) or TIMED.match(after.text) or (after.words[0].is_bold and not before.is_bold):
        return False
    is_hanging = begins_item(group[0].text) and after.left > group[0].left + 3
    return is_hanging or _fills(before, after, edges)


def _fills(before: _Row, after: _Row, edges: dict[tuple[int, int], float]) -> bool:
    """Whether the first word of the row below had no place behind the row above it."""
    edge = max(
        edges.get((_column(before) + beside, round(before.size)), before.right) for beside in (-1, 0, 1)
    )
    first = after.words[0]
    return before.right + (first.right - first.left) + 0.25 * before.size > edge - 0.5 * before.size


def _edges_of_columns(rows: list[_Row]) -> dict[tuple[int, int], float]:
    """How far to the right the rows of a page reach, by where they begin and by their size."""
    edges: dict[tuple[int, int], float] = {}
    for row in rows:
        if len(row.runs) == 1:
            key = (_column(row), round(row.size))
            edges[key] = max(edges.get(key, 0.0), row.right)
    return edges


def _column(row: _Row) -> int:
    return int(row.left // 40)


def _table(rows: list[_Row], start: int) -> list[list[_Row]]:
    """The rows of the table that begins here, each with the rows its cells were broken into; empty: none."""
    if len(rows[start].runs) < 2:
        return []
    columns = [run[0].left for run in rows[start].runs]
    table = [[rows[start]]]
    for before, row in pairwise(islice(rows, start, None)):
        gap = before.base - row.base
        if not 0 < gap < 3.5 * before.size:
            break
        places = [_place(run, columns) for run in row.runs]
        if any(place is None for place in places):
            break
        if places[0] == 0 and len(row.runs) > 1:
            table.append([row])
        elif gap < 1.75 * before.size and (places[0] != 0 or _is_rest(row, columns, gap)):
            table[-1].append(row)
        else:
            break
    return table


def _place(run: list[_Word], columns: list[float]) -> int | None:
    """The column a run of words begins in; None when it reaches over into the next."""
    place = max((index for index, left in enumerate(columns) if run[0].left >= left - 4), default=None)
    if place is None or (place + 1 < len(columns) and run[-1].right > columns[place + 1] - 2):
        return None
    return place


def _is_rest(row: _Row, columns: list[float], gap: float) -> bool:
    """Whether words in the first column alone are the rest of its cell, not what follows the table."""
    return row.right < columns[1] - 2 and gap < 1.45 * row.size and not row.is_bold


def _table_lines(table: list[list[_Row]], number: int) -> Iterator[Line]:
    """A line for each row of a table; where each begins with a time and none is a head, of a timeline."""
    columns = [run[0].left for run in table[0][0].runs]
    read: list[list[Text]] = []
    for offset, rows in enumerate(table):
        runs: list[list[list[_Word]]] = [[] for _ in columns]
        for row in rows:
            for run in row.runs:
                runs[_place(run, columns) or 0].append(run)
        read.append([_joined(cell, number + offset) for cell in runs])
    if all(TIMED.match(cells[0].text) for cells in read):
        for rows, cells in zip(table, read, strict=True):
            yield Line(_text(rows, cells[0].line))
        return
    for cells in read:
        yield Line(Text(line=cells[0].line), cells=tuple(cells))


def _text(rows: list[_Row], number: int) -> Text:
    """Rows as one line of words, with their links and what is bold."""
    return _joined([run for row in rows for run in row.runs], number)


def _joined(runs: list[list[_Word]], number: int) -> Text:
    text = Text(line=number)
    parts: list[str] = []
    length = 0
    before: _Word | None = None
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


def _is_split(before: _Word, word: _Word, *, is_new_run: bool) -> bool:
    """Whether two words are one that was broken at the end of a line: at a hyphen, or inside an address."""
    if not is_new_run or abs(before.base - word.base) < 1:
        return False
    if before.text.endswith("-"):
        return word.text[:1].islower() and before.text[-2:-1].isalpha()
    return _URL_END.search(before.text) is not None and (
        before.text.endswith(("/", "-", "=", "?", "&")) or (bool(before.url) and before.url == word.url)
    )
