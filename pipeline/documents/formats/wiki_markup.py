"""Light markups other than Markdown → blocks: MediaWiki, AsciiDoc, Org, Jira's and Confluence's, and reST.

Only what a postmortem is made of is known: headings, lists, tables, labels, links, and words in bold, in
italics or struck through. What is none of these stays as it is written; every line keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipeline.documents.blocks import Block, Link, Text
from pipeline.documents.formats.front_matter import FrontMatterField
from pipeline.documents.formats.lines import TIMED, Line, read_lines
from pipeline.documents.formats.plain_text import read_plain_text

_MAX_LINE = 20_000  # characters of a line in which marks are looked for


@dataclass(frozen=True, slots=True)
class _Markup:
    """How one markup writes what is looked for. Each pattern is matched against a line without its indent.

    `heading` has the groups `marks` (as many as its level, or a digit) and `words`; `bullet` has `marks` (as
    many as its depth) and `words`; `inline` has `bold`, `slanted`, `struck`, `words` and `url`, or `kept`.
    """

    heading: re.Pattern[str]
    bullet: re.Pattern[str]
    inline: re.Pattern[str]
    verbatim: re.Pattern[str]  # opens what is no prose; `closing` ends it
    passed_over: re.Pattern[str]
    closing: Callable[[str], str]
    row: Callable[[str], list[str] | None]
    label: re.Pattern[str] = field(default_factory=lambda: re.compile(r"(?!)"))
    anew: re.Pattern[str] = field(
        default_factory=lambda: re.compile(r"(?!)")
    )  # a line that ends the one before


_JIRA_PART = re.compile(r"\[[^\[\]]{0,2000}\]|\{[^{}]{0,300}\}|\|\|?|[^|\[{]+|[\[{]")


def _bars(line: str) -> list[str] | None:
    """The cells of `| a | b |`; an empty list for a line that only parts rows."""
    if not line.startswith("|") or line.count("|") < 2:
        return None
    if re.fullmatch(r"[|+:=-]+", line):
        return []
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def _jira_cells(line: str) -> list[str] | None:
    """The cells of `||a|b|`; a bar inside a link or a macro parts nothing."""
    if not line.startswith("|") or line.count("|") < 2:
        return None
    cells = [""]
    for part in _JIRA_PART.findall(line.strip("|")):
        if part in ("|", "||"):
            cells.append("")
        else:
            cells[-1] += part
    return [cell.strip() for cell in cells]


def _no_bars(line: str) -> list[str] | None:
    """No cells: tables are told by the lines that open and close them."""
    return None


_MARKUPS: dict[str, _Markup] = {
    "asciidoc": _Markup(
        heading=re.compile(r"(?P<marks>={1,6}) +(?P<words>\S.*)"),
        bullet=re.compile(r"(?P<marks>\*{1,5}|\.{1,5}|-) +(?P<words>\S.*)"),
        inline=re.compile(
            r"(?:link:)?(?P<url>https?://[^\s\[\]<>]{1,2000})\[(?P<words>[^\[\]]{0,300})\]"
            r"|<<[^<>,]{1,200}, ?(?P<kept>[^<>]{1,200})>>"
            r"|(?<!\w)\*{1,2}(?P<bold>[^*\s](?:[^*]{0,300}[^*\s])?)\*{1,2}(?!\w)"
            r"|(?<!\w)_{1,2}(?P<slanted>[^_\s](?:[^_]{0,300}[^_\s])?)_{1,2}(?!\w)"
            r"|`(?P<code>[^`]{1,300})`|^\.(?=[A-Z])"
        ),
        verbatim=re.compile(r"(?:-{4,}|\.{4,}|`{3}.*)"),
        passed_over=re.compile(
            r"\[[^\[\]]{0,300}\]|={4,}|\*{4,}|_{4,}|--|\|===|//.*|image::?.*|toc::\[\]|'''|\+"
        ),
        closing=lambda line: line[:3] if line.startswith("```") else line,
        row=_no_bars,
        label=re.compile(r":(?P<label>[A-Za-z][\w -]{0,40}): +(?P<value>\S.*)"),
    ),
    "org": _Markup(
        heading=re.compile(
            r"(?P<marks>\*{1,6}) +(?:(?:TODO|DONE|NEXT|WAITING) +)?(?P<words>\S.*?)(?: +:[\w:@]+:)?"
        ),
        bullet=re.compile(r"(?P<marks>[-+]|\d{1,2}[.)]) +(?P<words>\S.*)"),
        inline=re.compile(
            r"\[\[(?P<url>https?://[^\[\]]{1,2000})\](?:\[(?P<words>[^\[\]]{1,300})\])?\]"
            r"|[<\[](?P<kept>\d{4}-\d\d-\d\d)(?: [A-Za-z]{2,4})?(?P<clock> \d\d:\d\d)?[>\]]"
            r"|(?<!\w)\*(?P<bold>[^*\s](?:[^*]{0,300}[^*\s])?)\*(?!\w)"
            r"|(?<![\w/:])/(?P<slanted>[^/\s](?:[^/]{0,300}[^/\s])?)/(?![\w/])"
            r"|(?<!\w)\+(?P<struck>[^+\s](?:[^+]{0,300}[^+\s])?)\+(?!\w)"
            r"|(?<!\w)[=~](?P<code>[^=~\s][^=~]{0,300})[=~](?!\w)"
        ),
        verbatim=re.compile(r"#\+begin_(?:src|example)\b.*|:(?:properties|logbook):", re.IGNORECASE),
        passed_over=re.compile(r"#\+(?!title|author|date)\w+.*|# .*|-{5,}", re.IGNORECASE),
        closing=lambda line: (
            ":end:" if line.startswith(":") else "#+end_" + re.split(r"[_\s]", line)[1].lower()
        ),
        row=_bars,
        label=re.compile(r"#\+(?P<label>title|author|date): *(?P<value>\S.*)", re.IGNORECASE),
    ),
    "jira": _Markup(
        heading=re.compile(r"h(?P<marks>[1-6])\. *(?P<words>\S.*)"),
        bullet=re.compile(r"(?P<marks>[*#]{1,5}|-) +(?P<words>\S.*)"),
        inline=re.compile(
            r"\[(?P<words>[^\[\]|]{1,300})\|(?P<url>https?://[^\[\]|]{1,2000})(?:\|[^\[\]]{0,100})?\]"
            r"|\[(?P<bare>https?://[^\[\]|]{1,2000})\]|\[~(?P<user>[\w.@:-]{1,80})\]"
            r"|\{status:[^{}]{0,80}?title=(?P<kept>[^{}|]{1,80})[^{}]{0,80}\}"
            r"|\{\{(?P<code>[^{}]{1,300})\}\}|(?P<macro>\{[a-z-]{2,20}(?::[^{}]{0,300})?\})|(?P<done>\(/\))|(?P<undone>\(x\))"
            r"|(?<!\w)\*(?P<bold>[^*\s](?:[^*]{0,300}[^*\s])?)\*(?!\w)"
            r"|(?<!\w)_(?P<slanted>[^_\s](?:[^_]{0,300}[^_\s])?)_(?!\w)"
            r"|(?<![\w-])-(?P<struck>[^-\s](?:[^-]{0,300}[^-\s])?)-(?![\w-])"
        ),
        verbatim=re.compile(r"\{(?:code|noformat)(?::[^{}]{0,200})?\}(?!.*\{(?:code|noformat)\})"),
        passed_over=re.compile(r"-{4,}|\{toc(?::[^{}]{0,200})?\}|![^!\s]{1,200}!"),
        closing=lambda line: "{code}" if line.startswith("{code") else "{noformat}",
        row=_jira_cells,
        # Each line stands for itself here; those of a timeline must be told apart, those of prose need not.
        anew=TIMED,
    ),
    "mediawiki": _Markup(
        heading=re.compile(r"(?P<marks>={1,6}) *(?P<words>[^=\s](?:.{0,300}?[^=\s])?) *={1,6}"),
        bullet=re.compile(r"(?P<marks>[*#:]{0,5}[*#]) *(?P<words>\S.*)"),
        inline=re.compile(
            r"\[(?P<url>https?://[^\s\[\]]{1,2000}) +(?P<words>[^\[\]]{1,300})\]"
            r"|\[(?P<bare>https?://[^\s\[\]]{1,2000})\]"
            r"|\[\[(?:File|Image|Category):[^\[\]]{0,400}\]\]"
            r"|\[\[(?:[^\[\]|]{1,300}\|)?(?P<kept>[^\[\]|]{1,300})\]\]"
            r"|\{\{[^{}|]{1,80}\|(?P<code>[^{}|=]{1,200})\}\}|(?P<macro>\{\{[^{}]{0,400}\}\})"
            r"|<ref[^<>]{0,200}>[^<>]{0,400}</ref>|<ref[^<>]{0,200}/>|(?P<line><br */?>)"
            r"|</?(?:nowiki|code|small|span|div|s|del|u|tt|center|big)\b[^<>]{0,200}>"
            r"|'''(?P<bold>[^'](?:.{0,300}?[^'])?)'''|''(?P<slanted>[^'](?:.{0,300}?[^'])?)''"
        ),
        verbatim=re.compile(r"<(?:pre|syntaxhighlight|source)\b[^<>]{0,200}>(?!.*</)"),
        passed_over=re.compile(r"__[A-Z]+__|-{4,}|\[\[(?:File|Image|Category):[^\[\]]{0,400}\]\]"),
        closing=lambda line: "</" + re.split(r"[\s>]", line[1:])[0] + ">",
        row=_no_bars,
        label=re.compile(r";\s*(?P<label>[^:]{1,80}?)\s*:\s*(?P<value>\S.*)"),
    ),
}
_NAMES = (
    ("asciidoc", re.compile(r"\.(?:adoc|asciidoc|asc)$", re.IGNORECASE)),
    ("org", re.compile(r"\.org$", re.IGNORECASE)),
    ("mediawiki", re.compile(r"\.(?:wiki|mediawiki|wikitext)$", re.IGNORECASE)),
    ("jira", re.compile(r"\.(?:jira|confluence|textile)$", re.IGNORECASE)),
    ("rst", re.compile(r"\.(?:rst|rest)$", re.IGNORECASE)),
)
_OTHER_NAME = re.compile(r"\.(?:md|mdx|markdown|mdown|mkd|qmd|rmd|html?)(?:\.erb)?$", re.IGNORECASE)
#: What headings tell, in files whose name does not.
_SIGNS = (
    ("mediawiki", re.compile(r"^={2,5}[^=\n]{1,100}={2,5}[ \t]*$", re.MULTILINE)),
    ("jira", re.compile(r"^h[1-6]\. ?\S", re.MULTILINE)),
    ("asciidoc", re.compile(r"^={1,5} [^=\n]{1,100}$", re.MULTILINE)),
    ("org", re.compile(r"^#\+(?:title|author|begin_src)", re.MULTILINE | re.IGNORECASE)),
)
_MEDIAWIKI = re.compile(r"\[\[|\{\{|\{\||''|^\*{1,3} ?\S", re.MULTILINE)
_FIELDS = {
    "title": "title",
    "author": "author",
    "authors": "author",
    "date": "published",
    "revdate": "published",
}
_STYLED = re.compile(
    r"\s{0,3}(?:[\w-]{1,40}\s{0,3}=\s{0,3}(?:\"[^\"]{0,300}\"|[\w%]{1,40}(?=[\s|]))\s{0,3}){1,8}\|(?!\|)"
)
_PARAMETER = re.compile(r"\|\s*(?P<label>[\w -]{1,60}?)\s*=\s*(?P<value>.*)")

_DIRECTIVE = re.compile(r"(?P<indent> *)\.\. (?P<name>[\w-]+)::(?P<rest>.*)")
_SPOKEN = frozenset(
    ("note", "tip", "hint", "important", "warning", "caution", "danger", "attention", "admonition", "topic")
)
_RST_INLINE = re.compile(
    r"`(?P<words>[^`<>]{1,300}?)\s*<(?P<url>https?://[^<>\s]{1,2000})>`__?|(?::[\w:-]{1,40}:)?`{1,2}(?P<kept>[^`]{1,300})`{1,2}_{0,2}"
    r"|\*\*(?P<bold>[^*\s][^*]{0,300}?)\*\*|(?<!\w)\*(?P<slanted>[^*\s][^*]{0,300}?)\*(?!\w)"
)


@dataclass(slots=True)
class WikiText:
    """The blocks of a text, and what its head states."""

    blocks: list[Block] = field(default_factory=list)
    fields: list[FrontMatterField] = field(default_factory=list)


def markup_of(source: str, path: str) -> str | None:
    """The light markup a text is written in, by its name or by its headings; None for Markdown and others."""
    for name, pattern in _NAMES:
        if pattern.search(path):
            return name
    if _OTHER_NAME.search(path) or re.search(r"^#{1,6} \S", source, re.MULTILINE):
        return None
    for name, pattern in _SIGNS:
        if name == "mediawiki" and _MEDIAWIKI.search(source) is None:
            continue
        needed = 1 if name == "org" else 2
        for count, _ in enumerate(pattern.finditer(source), start=1):
            if count >= needed:
                return name
    return None


def read_wiki(source: str, markup: str) -> WikiText:
    """The blocks of a text in one of the markups that `markup_of` names. Never raises."""
    if markup == "rst":
        plain = read_plain_text("\n".join(_rst_lines(source.split("\n"))))
        return WikiText(plain.blocks, plain.fields)
    read = WikiText()
    read.blocks = read_lines(_lines(source.split("\n"), _MARKUPS[markup], read.fields))
    return read


def _lines(source: list[str], markup: _Markup, fields: list[FrontMatterField]) -> Iterator[Line]:
    words: list[Text] = []  # the lines of the paragraph or item that is open
    opened: Line | None = None  # that item
    end: str | None = None  # what closes the verbatim part that is open
    table = _Table()
    in_template = False
    is_mediawiki = markup is _MARKUPS["mediawiki"]
    for number, raw in enumerate(source, start=1):
        line = raw.strip()[:_MAX_LINE]
        special: list[Line] = []
        is_open = False  # whether the line only goes on with what is open
        if end is not None:
            end = None if line.lower().startswith(end) else end
            continue
        if table.takes(line, number, markup, is_mediawiki=is_mediawiki):
            special = table.finished()
        elif is_mediawiki and (in_template or (line.startswith("{{") and "}}" not in line)):
            parameter = _PARAMETER.fullmatch(line) if in_template else None
            in_template = "}}" not in line
            if parameter and parameter.group("value").strip("} "):
                value = _inline(parameter.group("value").strip().removesuffix("}}"), number, markup)
                special = [Line(_labelled(parameter.group("label"), value))]
        elif heading := markup.heading.fullmatch(line[:400]):
            marks = heading.group("marks")
            level = int(marks) if marks.isdigit() else len(marks)
            special = [Line(_inline(heading.group("words"), number, markup), level=min(level, 6))]
        elif markup.verbatim.fullmatch(line[:400]):
            end = markup.closing(line).lower()
        elif markup.passed_over.fullmatch(line):
            pass
        elif label := markup.label.fullmatch(line):
            key, value_words = label.group("label").strip(), label.group("value").strip()
            if key.lower() in _FIELDS and number < 40:
                fields.append(FrontMatterField(_FIELDS[key.lower()], (value_words[:300],), number))
            else:
                special = [Line(_labelled(key, _inline(value_words, number, markup)))]
        elif (cells := markup.row(line)) is not None:
            if not cells:
                continue
            special = [Line(Text(line=number), cells=tuple(_inline(cell, number, markup) for cell in cells))]
        elif bullet := markup.bullet.fullmatch(line):
            depth = len(bullet.group("marks")) * 2 + min(len(raw) - len(raw.lstrip()), 40)
            special = [Line(_inline(bullet.group("words"), number, markup, "• "), indent=depth)]
        else:
            is_open = bool(line)
        if is_open and words and markup.anew.match(line):
            yield Line(_joined(words), indent=opened.indent if opened else 0)
            words, opened = [], None
        if is_open and not (is_mediawiki and opened is not None):
            words.append(_inline(line, number, markup))
            continue
        if words:
            yield Line(_joined(words), indent=opened.indent if opened else 0)
            words, opened = [], None
        if is_open:
            words.append(_inline(line, number, markup))
        elif len(special) == 1 and special[0].text.text.startswith("• ") and not special[0].cells:
            opened = special[0]
            words = [opened.text]
        elif special:
            yield from special
        else:
            yield Line(Text(line=number))
    yield from table.finished(is_over=True)
    if words:
        yield Line(_joined(words), indent=opened.indent if opened else 0)


class _Table:
    """The table that is open in MediaWiki or AsciiDoc, whose rows go on over lines."""

    def __init__(self) -> None:
        self._is_open = False
        self._cells: list[Text] = []
        self._width = 0  # cells of a row in AsciiDoc
        self._rows: list[list[Text]] = []

    def takes(self, line: str, number: int, markup: _Markup, *, is_mediawiki: bool) -> bool:
        """Whether the line opens a table, closes it, or belongs to it."""
        begins, ends = ("{|", "|}") if is_mediawiki else ("|===", "|===")
        if markup.row is not _no_bars or not (self._is_open or line.startswith(begins)):
            return False
        if not self._is_open:
            self._is_open, self._width = True, 0
        elif line.startswith(ends):
            self._is_open = False
            self._close_row()
        elif is_mediawiki and line.startswith("|-"):
            self._close_row()
        elif line[:1] == "|" or (is_mediawiki and line[:1] == "!"):
            written = _mediawiki_cells(line) if is_mediawiki else line[1:].split("|")
            self._width = self._width or len(written)
            for cell in written:
                self._cells.append(_inline(cell.strip(), number, markup))
                if not is_mediawiki and len(self._cells) == self._width:
                    self._close_row()
        elif line and self._cells:
            self._cells[-1] = _joined([self._cells[-1], _inline(line, number, markup)])
        return True

    def _close_row(self) -> None:
        if self._cells:
            self._rows.append(self._cells)
        self._cells = []

    def finished(self, *, is_over: bool = False) -> list[Line]:
        """The rows of the table, once it is closed or the text is over."""
        if self._is_open and not is_over:
            return []
        self._close_row()
        rows, self._rows = self._rows, []
        return [Line(Text(line=row[0].line), cells=tuple(row)) for row in rows]


def _mediawiki_cells(line: str) -> list[str]:
    """The cells of `| a || b` or `! a !! b`, without what styles them."""
    cells = re.split(r"\|\||!!", line[1:_MAX_LINE]) if line[0] == "!" else line[1:_MAX_LINE].split("||")
    return [_STYLED.sub("", cell, count=1).strip() for cell in cells]


def _inline(words: str, number: int, markup: _Markup, before: str = "") -> Text:
    """A line's words without their marks, with what is bold, slanted or struck, and the links."""
    return _unmarked(words, number, markup.inline, before)


def _unmarked(words: str, number: int, pattern: re.Pattern[str], before: str = "") -> Text:
    text = Text(line=number)
    parts = [before]
    length = len(before)
    done = 0

    def add(part: str) -> None:
        nonlocal length
        parts.append(part)
        length += len(part)

    for match in pattern.finditer(words[:_MAX_LINE]):
        add(words[done : match.start()])
        done = match.end()
        found = {name: value for name, value in match.groupdict().items() if value}
        start = length
        if "url" in found or "bare" in found:
            url = found.get("url") or found["bare"]
            label = found.get("words") or url
            add(label)
            text.links.append(Link(label, url, start))
        elif "user" in found:
            add(f"@{found['user']}")
        elif "done" in found or "undone" in found:
            add("✅" if "done" in found else "❌")
        else:
            add(
                found.get("kept", "")
                + found.get("clock", "")
                + found.get("code", "")
                + (" " if "line" in found else "")
            )
            for name in ("bold", "slanted", "struck"):
                if name in found:
                    inner = (
                        _unmarked(found[name], number, pattern)
                        if len(found[name]) < len(words)
                        else Text(found[name])
                    )
                    add(inner.text)
                    text.links.extend(Link(link.label, link.url, link.start + start) for link in inner.links)
                    getattr(text, name).append((start, length))
    add(words[done:])
    text.text = "".join(parts)
    return text


def _joined(lines: list[Text]) -> Text:
    """Lines that follow each other as one run of words."""
    text = lines[0]
    shift = len(text.text) + 1
    for line in lines[1:]:
        text.links.extend(Link(link.label, link.url, link.start + shift) for link in line.links)
        for ours, theirs in (
            (text.bold, line.bold),
            (text.slanted, line.slanted),
            (text.struck, line.struck),
        ):
            ours.extend((start + shift, stop + shift) for start, stop in theirs)
        shift += len(line.text) + 1
    text.text = "\n".join(line.text for line in lines)
    return text


def _labelled(label: str, value: Text) -> Text:
    shift = len(label) + 2
    return Text(
        f"{label}: {value.text}",
        value.line,
        [Link(link.label, link.url, link.start + shift) for link in value.links],
        [(0, len(label))],
    )


def _rst_lines(lines: list[str]) -> Iterator[str]:
    """The lines of reST as plain text: directives open, or pass over, what is indented below them."""
    opened: tuple[int, bool] | None = None  # the indent of the directive that is open, and whether it speaks
    for raw in lines:
        line = raw.expandtabs(8)
        indent = len(line) - len(line.lstrip())
        if opened is not None and line.strip() and indent <= opened[0]:
            opened = None
        directive = _DIRECTIVE.fullmatch(line[:400])
        if directive:
            speaks = directive.group("name").lower() in _SPOKEN
            opened = (len(directive.group("indent")), speaks)
            yield directive.group("rest").strip() if speaks else ""
        elif re.match(r"\s*\.\. ", line[:200]) or (
            opened is not None and (not opened[1] or re.match(r"\s+:[\w-]+:", line[:80]))
        ):
            yield ""
        else:
            shown = re.sub(r"^(\s*):([A-Za-z][\w -]{0,40}):(?=\s)", r"\1\2:", line)
            shown = re.sub(r"^(\s*)#\. ", r"\g<1>1. ", shown)
            yield _RST_INLINE.sub(_rst_words, shown) if len(shown) < _MAX_LINE else shown


def _rst_words(match: re.Match[str]) -> str:
    if match.group("url"):
        return f"{match.group('words')} ({match.group('url')})"
    return str(match.group("kept") or match.group("bold") or match.group("slanted") or "")
