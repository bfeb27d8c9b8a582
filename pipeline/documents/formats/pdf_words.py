"""PDF → the words of its pages with their places, size, weight and links, as PDFium finds them.

PDFium is native code, which a crafted file may crash or keep busy: a run reads PDFs in child processes.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

MAX_PAGES = 300  # what lies behind is not read
MAX_CHARACTERS = 300_000  # of all pages together
_MAX_PAGE_CHARACTERS = 30_000  # of one page
_MAX_LINKS = 200  # of one page
_MAX_SHAPES = 3000  # of one page, among which bullets are looked for

_PASSWORD = 4  # PDFium's FPDF_ERR_PASSWORD
_FIXED_PITCH = 1  # a flag of a font
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi|[-,]bd", re.IGNORECASE)
_MONOSPACED = re.compile(rb"mono|courier|consol|menlo|typewriter", re.IGNORECASE)
_LETTERS = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\u00ad": "",
    "\ufffe": "-", "\x02": "-", "\u00a0": " ", "\u2010": "-", "\u2011": "-",
}  # fmt: skip


@dataclass(slots=True)
class Word:
    """A word; places are in points from the lower left corner of its page, `base` is where letters stand."""

    text: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool
    is_monospaced: bool = False
    url: str = ""


@dataclass(slots=True)
class PageWords:
    """The words of a page as they come in the file, and the places (right, middle) of drawn bullets."""

    height: float
    words: list[Word] = field(default_factory=list)
    bullets: list[tuple[float, float]] = field(default_factory=list)


class UnreadablePdfError(Exception):
    """PDFium cannot open the file; the message is `encrypted` or `broken`."""


def read_pdf_words(data: bytes) -> tuple[list[PageWords], bool]:
    """The words of each page, and whether pages or words were left out. Raises UnreadablePdfError."""
    import pypdfium2  # late: its library takes a while to load, and few documents need it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        raise UnreadablePdfError("encrypted" if code == _PASSWORD else "broken") from error
    pages: list[PageWords] = []
    left = MAX_CHARACTERS
    is_cut = False
    try:
        count = len(document)
        for number in range(min(count, MAX_PAGES)):
            if left <= 0:
                break
            try:
                page = document[number]
                words, read, total = _page_words(document, page, min(left, _MAX_PAGE_CHARACTERS))
            except pypdfium2.PdfiumError:
                continue  # one page that is broken
            left -= read
            is_cut = is_cut or read < total
            pages.append(PageWords(page.get_height(), words, list(_bullets(page))))
            page.close()
    finally:
        document.close()
    return pages, is_cut or count > MAX_PAGES or left <= 0


def _page_words(document: Any, page: Any, limit: int) -> tuple[list[Word], int, int]:
    """The words of a page, how many of its characters were looked at, and how many it has."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    links = list(islice(_links(pdfium, document, page), _MAX_LINKS))
    total = textpage.count_chars()
    count = min(total, limit)
    box = pdfium.FS_RECTF()
    x, base = ctypes.c_double(), ctypes.c_double()
    words: list[Word] = []
    word: Word | None = None
    is_parted = True  # whether a space stands before the next letter
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
        character = _LETTERS.get(character, character)
        if character.isspace() or (character and ord(character[0]) < 32):
            # a space that only PDFium saw between two letters is believed when there is room for it
            is_parted = is_parted or pdfium.FPDFText_IsGenerated(textpage, index) != 1 or character == "\n"
            continue
        pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, base)
        if (
            word is not None
            and not is_parted
            and abs(base.value - word.base) < 0.3 * word.size
            and -0.5 * word.size < box.left - word.right < 0.12 * word.size
        ):
            word.text += character
            word.right = max(word.right, box.right)
            continue
        size, is_bold, is_monospaced = _font(pdfium, textpage, index)
        word = Word(character, box.left, box.right, base.value, size, is_bold, is_monospaced)
        words.append(word)
        is_parted = False
    for word in words:
        middle = (word.left + word.right) / 2
        for box, url in links:
            if box.left - 1 <= middle <= box.right + 1 and box.bottom - 2 <= word.base <= box.top + 2:
                word.url = url
                break
    textpage.close()
    return [word for word in words if word.text], count, total


def _font(pdfium: Any, textpage: Any, index: int) -> tuple[float, bool, bool]:
    """The size of a character as it is seen, and whether its font is bold, and monospaced."""
    matrix = pdfium.FS_MATRIX()
    size = pdfium.FPDFText_GetFontSize(textpage, index)
    if pdfium.FPDFText_GetMatrix(textpage, index, matrix):
        size *= (matrix.b**2 + matrix.d**2) ** 0.5
    name = ctypes.create_string_buffer(100)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(textpage, index, name, 100, flags)
    is_bold = pdfium.FPDFText_GetFontWeight(textpage, index) >= 600 or _BOLD.search(name.value) is not None
    is_monospaced = bool(flags.value & _FIXED_PITCH) or _MONOSPACED.search(name.value) is not None
    return min(max(size, 1.0), 200.0), is_bold, is_monospaced


def _bullets(page: Any) -> Iterator[tuple[float, float]]:
    """Right edge and middle of the small shapes of a page, as browsers draw the bullets of lists."""
    import pypdfium2.raw as pdfium

    for shape in islice(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3), _MAX_SHAPES):
        left, bottom, right, top = shape.get_bounds()
        if 1.5 <= right - left <= 8 and 1.5 <= top - bottom <= 8:
            yield right, (bottom + top) / 2


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
