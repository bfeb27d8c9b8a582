"""Lines of text as a PDF that prints them: pages of a typewriter's letters, as a text editor exports them.

Written as its specification (ISO 32000-1, 7.5 and 9.4) says, with none but the fonts every viewer has.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

_LINES_ON_A_PAGE = 54
_LEFT, _TOP, _SIZE, _LEADING = 72, 738, 10, 12.5  # points


def printed(lines: Sequence[str]) -> bytes:
    """The PDF. Letters that Western European typewriters lack become question marks."""
    pages = [lines[at : at + _LINES_ON_A_PAGE] for at in range(0, len(lines), _LINES_ON_A_PAGE)] or [[]]
    numbers = count(4)
    contents = [(next(numbers), next(numbers), _content(page)) for page in pages]
    kids = " ".join(f"{page} 0 R" for page, _, _ in contents)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for _, stream, content in contents:
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % stream
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _file(objects)


def _content(lines: Sequence[str]) -> bytes:
    shown = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in lines]
    drawn = "\n".join(f"({line}) Tj T*" for line in shown)
    return f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td\n{drawn}\nET".encode("cp1252", "replace")


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
