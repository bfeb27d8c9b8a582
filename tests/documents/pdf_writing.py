"""PDF files for the tests: pages of words at places, in Helvetica, plain or bold; and broken ones."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Words at a place of a page, in points from its lower left corner; `url` makes them a link."""

    x: float
    y: float
    text: str
    size: float = 11
    bold: bool = False
    url: str = ""


def write_pdf(pages: Sequence[Iterable[Words]], *, streams: Sequence[bytes] = (), trailer: str = "") -> bytes:
    """A PDF with these pages; `streams` replace the pages' content, `trailer` is added to the trailer."""
    objects: list[bytes] = [b"", b"", b"", b""]
    kids = []
    for number, page in enumerate(pages):
        words = list(page)
        content = streams[number] if number < len(streams) else "\n".join(map(_show, words)).encode("cp1252")
        packed = zlib.compress(content)
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
        )
        stream = len(objects)
        links = []
        for word in words:
            if word.url:
                box = (
                    f"{word.x} {word.y - 2} {word.x + len(word.text) * word.size * 0.6} {word.y + word.size}"
                )
                objects.append(
                    f"<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [{box}] "
                    f"/A << /S /URI /URI ({word.url}) >> >>".encode()
                )
                links.append(f"{len(objects)} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {stream} 0 R "
            f"/Annots [{' '.join(links)}] "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects[2] = _font("Helvetica")
    objects[3] = _font("Helvetica-Bold")
    return _file(objects, trailer)


def _show(words: Words) -> str:
    text = words.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F{2 if words.bold else 1} {words.size} Tf {words.x} {words.y} Td ({text}) Tj ET"


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return bytes(out)
