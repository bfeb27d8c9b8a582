"""What dialects add to Markdown → CommonMark with tables, line by line: no line moves.

Admonitions (`:::note`, `!!! note`), shortcodes of Hugo (`{{< … >}}`), Liquid (`{% … %}`), imports of MDX,
wiki links (`[[page|words]]`), definition lists, `##Heading` without its space, and bullets such as `•`.
"""

from __future__ import annotations

import re

_TIGHT_HEADING = re.compile(r"^(#{2,6})(?=[^\W\d_])", re.MULTILINE)
_TIGHT = re.compile(r"##[^\W\d_]")  # what it ends with, found faster
_FENCE = re.compile(r"^ {0,3}:{3,}[^\n]*$", re.MULTILINE)
_ADMONITION = re.compile(
    r"^(?P<indent> {0,12})(?:!!!|\?\?\?\+?)[ \t]+[\w -]{1,40}(?:\"(?P<title>[^\"\n]{0,200})\")?[ \t]*$"
)
_SHORTCODE = re.compile(r"\{\{[<%][^{}\n]{0,400}[%>]\}\}|\{%[^{}\n]{0,400}%\}")
#: A shortcode that only prints a time: `{{< track "2024-05-03 10:20:00" >}}`.
_TIME = re.compile(r"\{\{<\s*[\w-]{1,30}\s+\"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\"\n]{0,20})\"\s*>\}\}")
_IMPORT = re.compile(
    r"^(?:import\s[^\n]{1,300}\bfrom\s+['\"][^'\"\n]{1,300}['\"];?|import\s+['\"][^'\"\n]{1,300}['\"];?"
    r"|export\s+(?:const|default|function|let|var)\s[^\n]{0,400})[ \t]*$",
    re.MULTILINE,
)
_EMBED = re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]{1,200}?\\?\|)?([^\[\]|\n]{1,200})\]\]")
_DEFINITION = re.compile(r"^([^\W\d_][^\n|:]{0,80})\n\n?:[ \t]+(?=\S)", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[•◦▪‣●○■]\s*(?=\S)", re.MULTILINE)
_BULLETS = tuple(bullet.encode() for bullet in "•◦▪‣●○■")  # which are found fastest among bytes
_TABLE_TAG = re.compile(r"<(/?)table\b", re.IGNORECASE)
_BLANK = re.compile(r"\n(?=[ \t]*\n)")
#: Sentences that stand indented right below their heading, which Markdown would take for code.
_INDENTED_SENTENCE = re.compile(
    r"^( {0,3}#{1,6} [^\n]+\n(?:[ \t]*\n)?)(?: {4,12}|\t)(?=[A-Z][a-z]*,? [^\n{};=<>]{60,}[.!?][ \t]*$)",
    re.MULTILINE,
)
#: An image or a break alone on a line, right above words: Markdown would take those words for HTML.
_LONE_TAG = re.compile(
    r"^[ \t]{0,3}<(?:img|br|hr)\b[^<>\n]{0,1000}>[ \t]*$(?=\n[ \t]{0,3}[^\s<])", re.MULTILINE | re.IGNORECASE
)


def plain_markdown(source: str) -> str:
    """The text without what only its own generator understands; every line stays on its number."""
    if _TIGHT.search(source) is not None:
        source = _TIGHT_HEADING.sub(r"\1 ", source)
    if ":::" in source:
        source = _FENCE.sub("", source)
    if "!!! " in source or "???" in source:
        source = _without_admonitions(source)
    if "{{<" in source or "{{%" in source or "{%" in source:
        source = _SHORTCODE.sub(_as_time, source)
    if "import " in source or "export " in source:
        source = _IMPORT.sub("", source)
    if "[[" in source:
        source = _WIKI_LINK.sub(r"\1", _EMBED.sub("", source))
    if "\n: " in source or "\n:\t" in source:
        source = _DEFINITION.sub(_as_label, source)
    if not source.isascii() and _holds_bullet(source.encode("utf-8", "replace")):
        source = _BULLET.sub(r"\1- ", source)
    if "<table" in source or "<TABLE" in source:
        source = _closed_tables(source)
    if "<" in source:
        source = _LONE_TAG.sub("", source)
    if "    " in source:
        source = _INDENTED_SENTENCE.sub(r"\1", source)
    return source


def _holds_bullet(source: bytes) -> bool:
    return b"\xe2" in source and any(bullet in source for bullet in _BULLETS)


def without_comments(source: str) -> str:
    """The text with the words of HTML comments blanked, line for line: hints of a form are no content."""
    if "<!--" not in source:
        return source
    parts = []
    done = 0
    while (start := source.find("<!--", done)) >= 0:
        end = source.find("-->", start + 4)
        if end < 0:
            break
        parts.append(source[done:start])
        parts.append("\n" * source.count("\n", start, end))
        done = end + 3
    parts.append(source[done:])
    return "".join(parts)


def _as_time(match: re.Match[str]) -> str:
    time = _TIME.fullmatch(match.group())
    return time.group(1) if time is not None else ""


def _as_label(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n") + f"**{match.group(1).strip(' *')}**: "


def _without_admonitions(source: str) -> str:
    """`!!! note "Title"` becomes its title in bold, and what is indented below it stands at the margin."""
    lines = source.split("\n")
    inside = -1
    for number, line in enumerate(lines):
        match = _ADMONITION.match(line)
        if match is not None:
            inside = len(match.group("indent")) + 4
            title = (match.group("title") or "").strip()
            lines[number] = f"**{title}**" if title else ""
        elif inside >= 0 and line.startswith(" " * inside):
            lines[number] = line[inside:] if inside == 4 else line[4:]
        elif inside >= 0 and line.strip():
            inside = -1
    return "\n".join(lines)


def _closed_tables(source: str) -> str:
    """Blank lines inside `<table>` are filled with empty comments, as a blank line ends HTML in Markdown."""
    parts = []
    done = depth = start = 0
    for match in _TABLE_TAG.finditer(source):
        if match.group(1):
            depth = max(0, depth - 1)
            if depth == 0 and start:
                parts.append(source[done : start - 1])
                parts.append(_BLANK.sub("\n<!-- -->", source[start - 1 : match.start()]))
                done, start = match.start(), 0
        else:
            if depth == 0:
                start = match.start() + 1
            depth += 1
    parts.append(source[done:])
    return "".join(parts)
