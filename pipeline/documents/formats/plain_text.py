"""Plain text → blocks: headings by how they are underlined, framed, numbered or set in capitals.

Also tables in columns or in frames, bullets, lines of a timeline, quotes and heads of mail, and lines that
were wrapped at the edge of a terminal. Nothing is code, and no word is taken for markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.documents.blocks import Block, Text
from pipeline.documents.formats.foreign import LOG_LINE
from pipeline.documents.formats.front_matter import FrontMatterField
from pipeline.documents.formats.lines import TIMED, Line, begins_item, read_lines
from pipeline.documents.vocabulary import role_of

_MIN_WRAP = 55  # a text whose longest line is shorter was not wrapped
_MAX_WRAP = 110  # a line longer than this was not wrapped, either
_MAX_QUOTES = 10  # levels of quotes in quotes

_RULE = re.compile(r"([=\-~^*#\"'`:._+])\1{2,}")
_FRAMED = re.compile(r"([=*#~_-])\1{1,60}[ \t]+(?P<words>\S(?:.{0,100}\S)?)[ \t]+\1{2,61}")
_CAPITALS = re.compile(r"(?=(?:[^A-Z]*[A-Z]){3})[^a-z]{3,90}")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?[ \t]+(?P<words>[A-Z][^\n]{1,80})")
_LABEL = re.compile(r"[A-Z][\w /&()'-]{0,40}:(?:\s|$)")
_GRID = re.compile(r"\+(?:[-=]{2,}\+){1,40}")
_BARS = re.compile(r"\|.*\|.*\|?|[^|\n]+(?:\|[^|\n]*){2,}")
_BAR_RULE = re.compile(r"[\s|+:=-]+")
_RULED_COLUMNS = re.compile(r"[-=]{2,}(?:[ \t]+[-=]{2,})+")
#: Lines and corners that are drawn, as the marks that stand for them.
_DRAWN = {
    code: "-" if chr(code) in "─━═╌╍┄┅┈┉" else "|" if chr(code) in "│┃║╎╏┆┇┊┋" else "+"
    for code in range(0x2500, 0x2580)
}
_QUOTE = re.compile(r">[ \t]?")
_MAIL = re.compile(
    r"(?P<name>From|To|Cc|Bcc|Subject|Date|Sent|Reply-To|Message-ID|List-\w{1,20}|In-Reply-To|X-[\w-]{1,40})"
    r":[ \t]*(?P<value>.*)",
    re.IGNORECASE,
)
_MAIL_FIELDS = {"subject": "title", "date": "published", "sent": "published", "from": "author"}
_REPLY = re.compile(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*[<(]?[\w.+-]{1,64}@[\w.-]{1,80}[>)]?\s*")

#: What only Markdown has; a text with any of these is read as such.
_MARKDOWN = re.compile(
    r"^#{1,6}[ \t]+\S|^ {0,3}(?:```|~~~)|\*\*[^*\s][^*\n]{0,200}\*\*|\]\(\S|^[ \t]*[-*+] \[[ xX]\] "
    r"|^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*\|[ \t:|-]*$|^\[[^\]\n]+\]:[ \t]+\S|`[^`\n]+`"
    r"|<(?:br|details|table|!--)",
    re.MULTILINE,
)
#: Words that Markdown takes for code, below a line that is no item.
_INDENTED = re.compile(r"^(?! *[-*+\d])\S[^\n]*\n(?:[ ]{0,3}\n){1,3}(?: {4}|\t)[ \t]*[^\s]", re.MULTILINE)
_MARKDOWN_NAME = re.compile(r"\.(?:md|mdx|markdown|mdown|mkd|qmd|rmd)(?:\.erb)?$", re.IGNORECASE)


@dataclass(slots=True)
class PlainText:
    """The blocks of a text, and what the head of a mail states."""

    blocks: list[Block] = field(default_factory=list)
    fields: list[FrontMatterField] = field(default_factory=list)


def is_plain_text(source: str, path: str) -> bool:
    """Whether a text has no markup: neither its name nor its content says Markdown.

    Neither is what is named Markdown, has none of its marks, and would lose words that are indented.
    """
    may_be_indented = "\n    " in source or "\n\t" in source
    is_indented = may_be_indented and _INDENTED.search(source) is not None
    if not is_indented and _MARKDOWN_NAME.search(path) is not None:
        return False
    return _MARKDOWN.search(source) is None


def read_plain_text(source: str) -> PlainText:
    """The blocks of a text without markup. Never raises."""
    lines = source.expandtabs(4).translate(_DRAWN).split("\n")
    read = PlainText()
    first = _read_mail_head(lines, read.fields)
    read.blocks = _blocks(lines, first, 0)
    return read


def _read_mail_head(lines: list[str], fields: list[FrontMatterField]) -> int:
    """The fields of a mail's head, and the line behind it; 0 when the text begins with none."""
    position = next((number for number, line in enumerate(lines) if line.strip()), 0)
    found: list[FrontMatterField] = []
    names = set()
    while position < len(lines) and (match := _MAIL.fullmatch(lines[position].strip())):
        name, value = match.group("name").casefold(), match.group("value").strip()
        line = position + 1
        position += 1
        while position < len(lines) and lines[position][:1] == " " and lines[position].strip():
            value = f"{value} {lines[position].strip()}"
            position += 1
        names.add(name)
        if name == "subject":
            value = _REPLY.sub("", value)
        elif name == "from":
            value = _ADDRESS.sub(" ", value[:500]).strip(' "')
        if name in _MAIL_FIELDS and value:
            found.append(FrontMatterField(_MAIL_FIELDS[name], (value,), line))
    if len(names) < 2 or not names & {"subject", "from"}:
        return 0
    fields.extend(found)
    return position


def _blocks(lines: list[str], first: int, depth: int) -> list[Block]:
    reader = _Reader(lines, first)
    reader.read()
    blocks: list[Block] = []
    for part in reader.parts:
        if isinstance(part, _Quote):
            inside = part.lines if depth < _MAX_QUOTES else [line.lstrip("> ") for line in part.lines]
            children = _blocks([""] * part.start + inside, part.start, depth + 1)
            blocks.append(Block("quote", part.start + 1, children=children))
        else:
            blocks.extend(read_lines(part))
    return blocks


@dataclass(slots=True)
class _Quote:
    start: int
    lines: list[str]


class _Reader:
    """Goes through the lines once; each step takes a heading, a table, a quote, or a run of words."""

    def __init__(self, lines: list[str], first: int) -> None:
        self._lines = lines
        self._at = first
        self._styles: dict[str, int] = {}  # how headings look, in the order they were met
        # An address cannot be wrapped, so its line says nothing of how wide the others are.
        lengths = [len(line.rstrip()) for line in lines[first:] if line.strip() and "://" not in line]
        wrapped = [length for length in lengths if length <= _MAX_WRAP]
        # where many lines are longer, each holds a whole paragraph, and the short ones are whole, too
        self._width = max(wrapped, default=0) if (len(lengths) - len(wrapped)) * 8 < len(lengths) else 0
        self._numbers_are_headings = _numbers_are_headings(lines)
        self.parts: list[list[Line] | _Quote] = [[]]

    def read(self) -> None:
        """Every line, into `parts`."""
        while self._at < len(self._lines):
            words = self._lines[self._at].strip()
            if not words:
                self._put(Line(Text(line=self._at + 1)))
                while self._at < len(self._lines) and not self._lines[self._at].strip():
                    self._at += 1
            elif words.startswith(">"):
                self._quote()
            elif not (self._heading(words) or self._rule(words) or self._table(words)):
                self._words()

    def _put(self, line: Line) -> None:
        if isinstance(self.parts[-1], _Quote):
            self.parts.append([])
        part = self.parts[-1]
        assert isinstance(part, list)
        part.append(line)

    def _line(self, offset: int) -> str:
        number = self._at + offset
        return self._lines[number].strip() if 0 <= number < len(self._lines) else ""

    def _quote(self) -> None:
        start = self._at
        while self._at < len(self._lines) and self._lines[self._at].lstrip().startswith(">"):
            self._at += 1
        inside = [_QUOTE.sub("", line.lstrip(), count=1) for line in self._lines[start : self._at]]
        self.parts.append(_Quote(start, inside))

    def _heading(self, words: str) -> bool:
        below = self._line(1)
        is_underlined = (
            _RULE.fullmatch(below) is not None
            and len(below) * 2 >= len(words)
            and len(words) <= 120
            and not _RULE.fullmatch(words)
            and (not self._line(-1) or _RULE.fullmatch(self._line(-1)) is not None)
            and (not begins_item(words) or _NUMBERED.fullmatch(words) is not None)
        )
        if is_underlined:
            mark = f"under {below[0]}" + (" over" if _RULE.fullmatch(self._line(-1)) else "")
            return self._open(words, mark, taken=2)
        framed = _FRAMED.fullmatch(words)
        if framed:
            return self._open(framed.group("words"), f"framed {framed.group(1)}", taken=1)
        numbered = _NUMBERED.fullmatch(words)
        if numbered and self._numbers_are_headings and not self._line(-1):
            depth = numbered.group("number").count(".")
            return self._open(words, "numbered", taken=1, deeper=depth)
        is_alone = not self._line(-1) or not self._line(1) or self._at == 0
        if (
            is_alone
            and _CAPITALS.fullmatch(words)
            and not begins_item(words)
            and not TIMED.match(words)
            and not words.endswith((".", ",", ";"))
            and len(words.split()) <= 10
            and "|" not in words
            and ": " not in words.rstrip(":")
        ):
            return self._open(words, "capitals", taken=1)
        return False

    def _open(self, words: str, style: str, *, taken: int, deeper: int = 0) -> bool:
        level = self._styles.setdefault(style, len(self._styles) + 1)
        text = Text(words, self._at + 1)
        self._put(Line(text, level=min(level + deeper, 6)))
        self._at += taken
        return True

    def _rule(self, words: str) -> bool:
        """A line of marks alone parts what is above from what is below."""
        if _RULE.fullmatch(words) is None:
            return False
        self._put(Line(Text(line=self._at + 1)))
        self._at += 1
        return True

    def _table(self, words: str) -> bool:
        if _GRID.fullmatch(words):
            rows = self._grid()
        elif _BARS.fullmatch(words) and _BARS.fullmatch(self._line(1)):
            rows = self._bars()
        else:
            rows = self._columns()
        if not rows:
            return False
        if all(len(row) == 1 for row in rows):  # a frame around words
            for row in rows:
                level = self._styles.setdefault("boxed", len(self._styles) + 1)
                self._put(Line(row[0], level=level if len(row[0].text) <= 120 else 0))
            return True
        for row in rows:
            self._put(Line(Text(line=row[0].line), cells=tuple(row)))
        self._put(Line(Text(line=self._at)))
        return True

    def _grid(self) -> list[list[Text]]:
        """A table framed by `+---+`: each frame ends a row, whose cells may go on over lines."""
        rows: list[list[Text]] = []
        is_open = False
        while (words := self._line(0)) and words[0] in "+|":
            if words[0] == "+":
                is_open = False
            else:
                cells = [Text(cell.strip(), self._at + 1) for cell in words.strip("|").split("|")]
                if is_open and len(cells) == len(rows[-1]):
                    for cell, more in zip(rows[-1], cells, strict=True):
                        cell.text = f"{cell.text} {more.text}".strip()
                else:
                    rows.append(cells)
                is_open = True
            self._at += 1
        return rows

    def _bars(self) -> list[list[Text]]:
        rows: list[list[Text]] = []
        while (words := self._line(0)) and "|" in words:
            if not _BAR_RULE.fullmatch(words):
                cells = words.removeprefix("|").removesuffix("|").split("|")
                rows.append([Text(cell.strip(), self._at + 1) for cell in cells])
            self._at += 1
        return rows

    def _columns(self) -> list[list[Text]]:
        """A table without frames: a head, perhaps a line of dashes, and cells below the words of the head."""
        if _RULED_COLUMNS.fullmatch(self._line(0)) and _RULED_COLUMNS.fullmatch(self._line(2)):
            self._at += 1  # the rule above the head
        head = self._lines[self._at]
        starts = _starts(head)
        ruled = _RULED_COLUMNS.fullmatch(self._line(1)) is not None
        if len(starts) < 2 or begins_item(head.strip()) or (TIMED.match(head.strip()) and not ruled):
            return []
        if ruled:
            starts = _starts(self._lines[self._at + 1], single=True)
        number = self._at + (2 if ruled else 1)
        rows = [_cells(head, starts, self._at + 1)]
        while number < len(self._lines) and self._lines[number].strip():
            line = self._lines[number]
            number += 1
            if _RULED_COLUMNS.fullmatch(line.strip()):
                continue
            is_aligned = ruled or not set(starts[1:]).isdisjoint(_starts(line)[1:])
            if not is_aligned or any(line[start - 1 : start].strip() for start in starts[1:]):
                number -= 1
                break  # words reach over the gap: no columns any more
            cells = _cells(line, starts, number)
            if not cells[0].text and len(rows) > 1:
                for cell, more in zip(rows[-1], cells, strict=True):
                    cell.text = f"{cell.text} {more.text}".strip()
            else:
                rows.append(cells)
        if len(rows) < (2 if ruled else 3) or all(row[0].text.endswith(":") for row in rows):
            return []
        self._at = number
        return rows

    def _words(self) -> None:
        """A line with what was wrapped below it; lines of a log are passed over."""
        raw = self._lines[self._at]
        if LOG_LINE.match(raw.strip()):
            self._put(Line(Text(line=self._at + 1)))
            self._at += 1
            return
        indent = len(raw) - len(raw.lstrip())
        words = raw.strip()
        text = Text(words, self._at + 1)
        opens = begins_item(words) or TIMED.match(words) is not None
        is_label = _LABEL.match(words) is not None
        self._at += 1
        parts = [words]
        before = raw.rstrip()
        while self._at < len(self._lines):
            raw = self._lines[self._at].rstrip()
            more = raw.strip()
            if (
                not more
                or begins_item(more)
                or TIMED.match(more)
                or more.startswith(">")
                or _RULE.fullmatch(more)
            ):
                break
            deeper = len(raw) - len(raw.lstrip()) > indent
            hangs = deeper and (opens or (is_label and not _LABEL.match(more)))
            if not hangs and (_LABEL.match(more) or not self._is_full(before, more)):
                break
            if role_of(more) is not None and not hangs and len(before) < self._width * 0.6:
                break
            parts.append(more)
            before = raw
            self._at += 1
        text.text = " ".join(parts)
        self._put(Line(text, indent=indent))

    def _is_full(self, before: str, after: str) -> bool:
        """Whether the first word of the line below had no place in the line above it."""
        if self._width < _MIN_WRAP or len(before) > _MAX_WRAP:
            return False
        return len(before) + 1 + len(after.split(" ", 1)[0]) > self._width - 4


def _numbers_are_headings(lines: list[str]) -> bool:
    """Whether "1. Summary" heads what is below: such lines name sections, rather than follow each other."""
    numbered = [match for line in lines if (match := _NUMBERED.fullmatch(line.strip()))]
    named = sum(1 for match in numbered if role_of(match.group("words")) is not None)
    return named >= 2 and named * 4 >= len(numbered)


def _starts(line: str, *, single: bool = False) -> list[int]:
    """Where the cells of a line without frames begin: behind gaps of two spaces, or of one."""
    gap = r"(?:^| +)(?=\S)" if single else r"(?:^ *| {2,})(?=\S)"
    return [match.end() for match in re.finditer(gap, line.rstrip())]


def _cells(line: str, starts: list[int], number: int) -> list[Text]:
    ends = [*starts[1:], len(line)]
    return [Text(line[a:b].strip(), number) for a, b in zip([0, *starts[1:]], ends, strict=True)]
