"""HTML and Confluence storage format → blocks, read by lxml. What no reader of the page sees is passed over.

Storage format is XML without its namespaces declared (https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html):
`ac:` elements are macros, links and tasks, `ri:` elements what they point to. It is parsed as XML when it is
well formed, else as the tag soup that HTML is. No DTD is read, no entity is expanded, nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.entities import html5
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from pipeline.documents.blocks import Block, Link, Text
from pipeline.documents.formats.front_matter import FrontMatterField
from pipeline.documents.formats.lines import join_times, split_bullets

#: Elements that nest deeper than this are read as if they stood at this depth of lists and quotes.
_MAX_DEPTH = 30
_MAX_ELEMENTS = 100_000  # far above any page; what follows is not read
_MAX_SPAN = 50  # columns or rows that one cell may cover
_MAX_WORDS = 20_000  # of one paragraph
_MAX_CELLS = 100_000

_NAMESPACES = {"ac": "urn:ac", "ri": "urn:ri"}
_PREFIXES = {uri: prefix for prefix, uri in _NAMESPACES.items()}
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE_AMPERSAND = re.compile(r"&(?!#?[A-Za-z0-9]{1,32};)")
_EMPTY = re.compile(r"<((?:ac|ri):[\w-]{1,40}|time)(\s[^<>]{0,2000})?/>")
_PROLOGUE = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<!doctype\s+html[^<>\[\]]{0,300}>)?", re.IGNORECASE
)
_UNDECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_RULE = re.compile(r"\.([\w-]{1,40})\s*\{([^{}]{0,600})\}")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_SLANTED = re.compile(r"font-style\s*:\s*italic")
_STRUCK = re.compile(r"text-decoration[\w-]{0,20}\s*:[^;]{0,60}line-through")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all")
_NESTED_LIST = re.compile(r"\blst-kix_\w+-(\d)\b")  # Google Docs writes the level of a list in its class
_AGO = re.compile(r"\bago\b|\byesterday\b|\blast \w+$", re.IGNORECASE)
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:toc|table-of-contents|breadcrumbs?|sidebar|navbar|navbox|menu|cookie|cookies|share|sharing"
    r"|mw-editsection|mw-jump-link|catlinks|printfooter|page-metadata|pagination|related-posts|sr-only"
    r"|visually-hidden|headerlink|anchorjs-link|skip-link)(?:$|[\s_-])",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"^(?:comments?|respond|disqus_thread|comments-section)$", re.IGNORECASE)
_MAIN = ("main-content", "mw-content-text", "content-body", "wiki-body", "content", "main")

_PASSED_OVER = frozenset(
    (
        "ac:adf-attribute", "ac:adf-mark", "ac:image", "ac:macro-id", "ac:parameter", "ac:placeholder",
        "ac:task-id", "ac:task-status", "ac:task-uuid", "audio", "button", "canvas", "caption", "colgroup",
        "dialog", "footer", "head", "iframe", "map", "math", "nav", "noscript", "object", "option",
        "ri:attachment", "ri:blog-post", "ri:content-entity", "ri:page", "ri:shortcut", "ri:space", "ri:url",
        "ri:user", "script", "select", "style", "svg", "template", "textarea", "video",
    )
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = {
    "b": "bold", "strong": "bold", "i": "slanted", "em": "slanted", "s": "struck", "del": "struck",
    "strike": "struck", "cite": "slanted",
}  # fmt: skip
_FLOWING = frozenset(
    (
        "a", "abbr", "ac:emoticon", "ac:image", "ac:inline-comment-marker", "ac:link", "ac:link-body",
        "ac:plain-text-link-body", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "dfn",
        "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
_CODE_MACROS = frozenset(
    (
        "chart", "code", "drawio", "gliffy", "graphviz", "html", "latex", "mermaid", "noformat", "plantuml",
    )
)  # fmt: skip
_EMOTICONS = {"tick": "✅", "cross": "❌", "warning": "⚠️", "question": "?"}
_META = {
    "author": "author", "article:author": "author", "dc.creator": "author", "date": "published",
    "article:published_time": "published", "dc.date": "published", "datepublished": "published",
    "pubdate": "published", "dcterms.created": "published",
}  # fmt: skip


@dataclass(slots=True)
class WebPage:
    """The blocks of a page, what its head states, its words, and whether its end was not read."""

    blocks: list[Block] = field(default_factory=list)
    fields: list[FrontMatterField] = field(default_factory=list)
    is_cut: bool = False


def read_html(source: str) -> WebPage:
    """The blocks of an HTML page, a fragment of one, or a Confluence page. Never raises."""
    root, is_cut = _parse(source)
    if root is None:
        return WebPage(is_cut=is_cut)
    page = WebPage(fields=list(_head_fields(root)))
    walker = _Walker(_style_classes(root))
    content = _content(root)
    walker.read(content)
    page.blocks = join_times(walker.blocks)
    page.is_cut = is_cut or walker.is_cut
    if sum(block.kind == "heading" and block.level == 1 for block in page.blocks) != 1:
        title = _title(root, content)
        if title is not None:
            page.fields.append(FrontMatterField("title", (title[0],), title[1]))
    return page


def read_html_fragment(source: str, line: int) -> list[Block]:
    """The blocks of the HTML that stands in a text of another format, from its `line` on."""
    root, _ = _parse(source)
    if root is None:
        return []
    walker = _Walker({}, line - 1)
    walker.read(root)
    return join_times(walker.blocks)


def _parse(source: str) -> tuple[Any, bool]:
    """The root element, None when there is none, and whether the parser gave up at elements too deep."""
    source = source.replace("\x00", " ")
    if "<ac:" in source or "<ri:" in source:
        root = _parse_storage(source)
        if root is not None:
            return root, False
        source = _EMPTY.sub(r"<\1\2></\1>", _without_cdata(source))
    parser = etree.HTMLParser(
        encoding="utf-8",
        recover=True,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        root = None
    return root, any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)


def _parse_storage(source: str) -> Any:
    source = source[_PROLOGUE.match(source).end() :]  # type: ignore[union-attr]
    if _UNDECLARED.search(source):
        return None
    source = _BARE_AMPERSAND.sub("&amp;", _ENTITY.sub(_character, source))
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, recover=False, encoding="utf-8",
    )  # fmt: skip
    try:
        return etree.fromstring(f"<body {names}>{source}</body>".encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _without_cdata(source: str) -> str:
    """The sections of verbatim text as escaped text, for a parser that knows none."""
    first, *rest = source.split("<![CDATA[")
    parts = [first]
    for part in rest:
        verbatim, end, after = part.partition("]]>")
        parts.append(escape(verbatim) + after if end else part)
    return "".join(parts)


def _character(match: re.Match[str]) -> str:
    """A named entity of HTML as its character; XML's own stay, and what is none is text."""
    name = match.group(1)
    if name in _XML_NAMES:
        return match.group()
    return html5.get(f"{name};", f"&amp;{name};")


def _name(element: Any) -> str:
    """`h2`, `ac:link`: the same whether the page was read as XML or as HTML."""
    tag = element.tag
    if not isinstance(tag, str):
        return "script"  # a comment or an instruction
    if tag[0] == "{":
        uri, _, local = tag[1:].partition("}")
        return f"{_PREFIXES[uri]}:{local}" if uri in _PREFIXES else local.lower()
    return tag.lower()


def _attribute(element: Any, name: str) -> str:
    """The value of an attribute such as `href` or `ac:name`; empty when it has none."""
    prefix, _, local = name.rpartition(":")
    value = element.get(f"{{{_NAMESPACES[prefix]}}}{local}") if prefix else None
    return str(value if value is not None else element.get(name, ""))


def _child(element: Any, name: str, key: str = "") -> Any:
    """The first child of this name, and with this `ac:name` when one is asked for."""
    for child in element:
        if _name(child) == name and (not key or _attribute(child, "ac:name") == key):
            return child
    return None


def _words(element: Any, limit: int = 400) -> str:
    """The words of an element on one line."""
    if element is None:
        return ""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > limit * 4:
            break
    return _SPACE.sub(" ", "".join(parts)).strip()[:limit]


def _head_fields(root: Any) -> Iterator[FrontMatterField]:
    """Author and dates that the page's head states."""
    seen = set()
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        key = _META.get(name)
        value = _SPACE.sub(" ", meta.get("content") or "").strip()[:300]
        if key is not None and value and key not in seen and not value.startswith("http"):
            seen.add(key)
            yield FrontMatterField(key, (value,), meta.sourceline or 1)


def _content(root: Any) -> Any:
    """The element that holds what the page says, without the frame of its site."""
    named: dict[str, Any] = {}
    articles, mains = [], []
    for count, element in enumerate(root.iter(etree.Element)):
        if count > _MAX_ELEMENTS:
            break
        name = _name(element)
        if name == "article":
            articles.append(element)
        elif name == "main" or element.get("role") == "main":
            mains.append(element)
        elif element.get("id") in _MAIN:
            named.setdefault(element.get("id"), element)
    candidates = [element for found in (mains, articles) if len(found) == 1 for element in found]
    candidates += [named[name] for name in _MAIN if name in named]
    for element in candidates:
        if len(_words(element, 200)) >= 120:
            return element
    return root


def _title(root: Any, content: Any) -> tuple[str, int] | None:
    """The words and the line of the title that stands outside of what the page says."""
    inside = set(content.iter("h1"))
    heads = [element for element in root.iter("h1") if element not in inside and _words(element)]
    if len(heads) == 1:
        return _words(heads[0], 300), heads[0].sourceline or 1
    for title in root.iter("title"):
        words = _words(title, 300)
        return (words, title.sourceline or 1) if words else None
    return None


def _style_classes(root: Any) -> dict[str, tuple[str, ...]]:
    """The classes that the page's own style sheets set in bold, in italics or struck through."""
    classes: dict[str, tuple[str, ...]] = {}
    for style in root.iter("style"):
        for match in _RULE.finditer((style.text or "")[:300_000]):
            marks = _style_marks(match.group(2))
            if marks:
                classes[match.group(1)] = marks
    return classes


def _style_marks(style: str) -> tuple[str, ...]:
    found = (("bold", _BOLD), ("slanted", _SLANTED), ("struck", _STRUCK))
    return tuple(name for name, pattern in found if pattern.search(style))


def _layout_tables(root: Any) -> set[Any]:
    """The tables that only place things: they hold headings or tables, or have a single cell."""
    layout: set[Any] = set()
    above: list[Any] = []
    cells: list[int] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = _name(element)
        if name == "table":
            if event == "start":
                layout.update(above[-1:])
                above.append(element)
                cells.append(0)
            else:
                above.pop()
                if cells.pop() <= 1:
                    layout.add(element)
        elif event == "start" and above:
            if name in ("td", "th"):
                cells[-1] += 1
            elif name in _HEADINGS:
                layout.add(above[-1])
    return layout


class _Walker:
    """Follows the elements once, holding the containers and the run of words that are open."""

    def __init__(self, classes: dict[str, tuple[str, ...]], lines_before: int = 0) -> None:
        self.blocks: list[Block] = []
        self.is_cut = False
        self._classes = classes
        self._lines_before = lines_before
        self._open: list[list[Block]] = [self.blocks]
        self._items: list[Block] = []
        self._text: Text | None = None
        self._parts: list[str] = []
        self._length = 0
        self._at_break = True  # whether a space would be the first of its line
        self._marks: list[tuple[Any, str, int, str]] = []
        self._line = 1
        self._table: Block | None = None
        self._cell: Text | None = None
        self._spans: dict[int, tuple[int, Text]] = {}  # column → rows left, and the cell that covers them
        self._cell_count = 0
        self._layout: set[Any] = set()

    def read(self, root: Any) -> None:
        """Read an element and all below it."""
        self._layout = _layout_tables(root)
        walk = etree.iterwalk(root, events=("start", "end"))
        for count, (event, element) in enumerate(walk):
            if count > 2 * _MAX_ELEMENTS:
                self.is_cut = True
                break
            name = _name(element)
            if event == "start":
                self._line = (element.sourceline or 1) + self._lines_before
                if element is not root and self._is_passed_over(element, name):
                    walk.skip_subtree()
                    continue
                if self._start(element, name):
                    if element.text:
                        self._add(element.text)
                else:
                    walk.skip_subtree()
            else:
                if element is root or not self._is_passed_over(element, name):
                    self._end(element, name)
                if element.tail and element is not root:
                    self._add(element.tail)
        self._close_text()

    def _is_passed_over(self, element: Any, name: str) -> bool:
        if name in _PASSED_OVER or element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        if name == "header":
            return next(element.iter("nav"), None) is not None or element.getparent() is None
        style, classes = (element.get("style") or "")[:2000], (element.get("class") or "")[:300]
        if style and _HIDDEN.search(style):
            return True
        if classes and (_CHROME.search(classes) or (name == "sup" and "reference" in classes)):
            return True
        identity = element.get("id")
        if identity and (identity == "toc" or _COMMENTS.match(identity)):
            return True
        return element.get("role") in ("navigation", "banner", "contentinfo", "search")

    def _start(self, element: Any, name: str) -> bool:
        """Open what the element opens; false when what is inside is not to be read."""
        if name in _FLOWING:
            return self._start_flowing(element, name)
        if name == "ac:structured-macro" or name == "ac:macro":
            return self._start_macro(element)
        if self._cell is not None and name not in ("td", "th", "tr", "table"):
            if name in ("pre", "ac:plain-text-body"):
                return False
            self._break()
            return True
        if name == "dd" and self._parts[-1:] == [": "]:
            return True  # goes on behind its term
        self._close_text()
        if name in _HEADINGS:
            self._begin(Block("heading", self._line, level=_HEADINGS[name]))
        elif name == "p" and {"title", "subtitle"} & set((element.get("class") or "").split()):
            is_title = "title" in (element.get("class") or "").split()
            self._begin(Block("heading" if is_title else "paragraph", self._line, level=1 if is_title else 0))
        elif name in ("ul", "ol", "ac:task-list"):
            self._start_list(element)
        elif name in ("li", "ac:task"):
            item = Block("item", self._line, checked=_checked(element, name))
            self._push(item)
        elif name == "blockquote":
            self._push(Block("quote", self._line))
        elif name in ("pre", "ac:plain-text-body"):
            self._open[-1].append(Block("code", self._line))
            return False
        elif name in ("summary", "dt"):
            self._begin(Block("paragraph", self._line))
            self._marks.append((element, "bold", 0, ""))
        elif name == "table" and element not in self._layout:
            self._table = Block("table", self._line)
            self._spans = {}
            self._open[-1].append(self._table)
        elif name == "tr" and self._table is not None:
            self._table.rows.append([])
        elif name in ("td", "th") and self._table is not None:
            self._start_cell(element)
        return True

    def _start_list(self, element: Any) -> None:
        nested = _NESTED_LIST.search(element.get("class") or "")
        home = self._open[-1]
        for _ in range(int(nested.group(1)) if nested else 0):
            if home and home[-1].kind == "list" and home[-1].children:
                home = home[-1].children[-1].children
        block = Block("list", self._line)
        home.append(block)
        self._items.append(block)
        self._open.append(block.children if len(self._open) <= _MAX_DEPTH else self._open[-1])

    def _start_flowing(self, element: Any, name: str) -> bool:
        if name == "br":
            self._break()
        elif name == "img":
            words = (element.get("alt") or "").strip()
            if words in ("checked", "unchecked") and self._items and self._items[-1].kind == "item":
                self._items[-1].checked = words == "checked"  # a box of Google Docs
            elif 0 < len(words) <= 40 and (not words.isascii() or re.fullmatch(r":[\w+-]+:", words)):
                self._add(words)
            else:
                self._picture(words, element.get("src") or "")
        elif name == "input":
            if element.get("type") == "checkbox" and self._items and self._items[-1].kind == "item":
                self._items[-1].checked = element.get("checked") is not None
        elif name == "time":
            return self._start_time(element)
        elif element.get("data-jira-key"):  # how Confluence shows its Jira macro
            key = str(element.get("data-jira-key"))[:60]
            url = next((a.get("href") for a in element.iter("a") if a.get("href")), "")
            self._add(key, Link(key, _address(url) or f"jira:{key}", 0))
            return False
        elif name == "ac:emoticon":
            fallback = _attribute(element, "ac:emoji-fallback")
            self._add(_EMOTICONS.get(_attribute(element, "ac:name"), fallback)[:40])
        elif name == "ac:link":
            user = _child(element, "ri:user")
            if user is not None and _attribute(user, "ri:username"):
                self._add(f"@{_attribute(user, 'ri:username')[:80]}")
            page = _child(element, "ri:page")
            if page is None:
                page = _child(element, "ri:blog-post")
            if page is not None and _child(element, "ac:link-body") is None:
                plain = _child(element, "ac:plain-text-link-body")
                self._add(_attribute(page, "ri:content-title")[:300] if plain is None else "")
        elif name == "ac:image":
            return False
        elif name == "a":
            address = _address(element.get("href") or "")
            if address:
                self._marks.append((element, "link", self._length, address))
        for mark in self._element_marks(element, name):
            self._marks.append((element, mark, self._length, ""))
        return True

    def _element_marks(self, element: Any, name: str) -> tuple[str, ...]:
        style = (element.get("style") or "")[:2000]
        if name in ("b", "strong") and "font-weight" in style and not _BOLD.search(style):
            return ()  # what editors wrap around a whole copy
        marks = [_INLINE[name]] if name in _INLINE else []
        if style:
            marks.extend(_style_marks(style))
        if self._classes:
            for one in (element.get("class") or "").split():
                marks.extend(self._classes.get(one, ()))
        return tuple(dict.fromkeys(marks))

    def _start_time(self, element: Any) -> bool:
        stamp = (element.get("datetime") or "").strip()[:60]
        words = _words(element)
        if stamp and (not words or _AGO.search(words)):
            self._add(stamp)
            return False
        return True

    def _start_macro(self, macro: Any) -> bool:
        name = _attribute(macro, "ac:name")
        if name == "status":
            self._add(_words(_child(macro, "ac:parameter", "title")))
            return False
        if name in ("jira", "jiraissues"):
            key = _words(_child(macro, "ac:parameter", "key"))
            if key:
                self._add(key, Link(key, f"jira:{key}", 0))
            return False
        if name in _CODE_MACROS:
            if self._cell is None:
                self._close_text()
                self._open[-1].append(Block("code", self._line))
            return False
        if _child(macro, "ac:rich-text-body") is None:
            return False
        title = _words(_child(macro, "ac:parameter", "title"))
        if self._cell is not None:
            self._break()
        elif _attribute(macro, "ac:name") != "excerpt":
            self._close_text()
        if title and self._cell is None:
            text = Text(title, self._line, bold=[(0, len(title))], step=0)
            self._open[-1].append(Block("paragraph", self._line, text))
        return True

    def _start_cell(self, element: Any) -> None:
        assert self._table is not None
        if not self._table.rows:
            self._table.rows.append([])
        row = self._table.rows[-1]
        self._cover(row)
        self._cell_count += 1
        cell = Text(line=self._line, step=0)
        width = _span(element, "colspan") if self._cell_count < _MAX_CELLS else 1
        height = _span(element, "rowspan") if self._cell_count < _MAX_CELLS else 1
        start = len(row)
        for column in range(start, start + width):
            row.append(cell if column == start else Text(line=self._line, step=0))
            if height > 1:
                self._spans[column] = (height - 1, row[-1])
        self._cell = self._text = cell

    def _cover(self, row: list[Text]) -> None:
        """Repeat the cells from rows above that reach down to the next column."""
        while len(row) in self._spans:
            left, cell = self._spans[len(row)]
            if left > 1:
                self._spans[len(row)] = (left - 1, cell)
            else:
                del self._spans[len(row)]
            row.append(cell)

    def _end(self, element: Any, name: str) -> None:
        while self._marks and self._marks[-1][0] is element:
            self._close_mark(*self._marks.pop()[1:])
        if name in _FLOWING or name in ("ac:structured-macro", "ac:macro"):
            return
        if self._cell is not None:
            if name in ("td", "th"):
                self._close_text()
                self._cell = None
            return
        if name == "table" and self._table is not None and element not in self._layout:
            self._table.rows = [row for row in self._table.rows if any(cell.text for cell in row)]
            self._table = None
        elif name == "tr" and self._table is not None and self._table.rows:
            self._cover(self._table.rows[-1])
        elif name == "dt" and self._text is not None:
            self._add(": ")
            return
        self._close_text()
        if name in ("ul", "ol", "ac:task-list", "li", "ac:task", "blockquote") and self._items:
            self._items.pop()
            self._open.pop()

    def _push(self, block: Block) -> None:
        self._open[-1].append(block)
        self._items.append(block)
        self._open.append(block.children if len(self._open) <= _MAX_DEPTH else self._open[-1])

    def _begin(self, block: Block) -> None:
        self._open[-1].append(block)
        self._text = block.text
        self._text.line = self._line
        self._text.step = 0

    def _add(self, words: str, link: Link | None = None) -> None:
        words = _SPACE.sub(" ", words)
        if self._at_break:
            words = words.lstrip()
        if not words:
            return
        if self._text is None:
            if self._table is not None:
                return  # between the cells of a table
            owner = self._items[-1] if self._items else None
            if owner is not None and owner.kind == "item" and not owner.text.text and not owner.children:
                self._text = owner.text
                self._text.line = self._line
                self._text.step = 0
            else:
                self._begin(Block("paragraph", self._line))
        if link is not None and self._text is not None:
            self._text.links.append(Link(link.label, link.url, self._length))
        self._parts.append(words)
        self._length += len(words)
        self._at_break = words[-1] == " "

    def _picture(self, words: str, address: str) -> None:
        """A picture leaves no words but the link to it, as in Markdown."""
        if not address or address.startswith("data:"):
            return
        if self._text is None:
            if self._table is not None:
                return
            self._begin(Block("paragraph", self._line))
        if self._text is not None:
            self._text.links.append(Link(words[:300], address[:2000], self._length, is_image=True))

    def _break(self) -> None:
        """A new line in the same run of words."""
        if self._text is not None and self._length and self._parts[-1] != "\n":
            self._parts.append("\n")
            self._length += 1
            self._at_break = True

    def _close_mark(self, kind: str, start: int, value: str) -> None:
        if self._text is None or start >= self._length:
            return
        if kind == "link":
            label = "".join(self._parts)[start:] if self._length - start < 500 else ""
            self._text.links.append(Link(label.strip(), value, start))
        else:
            getattr(self._text, kind).append((start, self._length))

    def _close_text(self) -> None:
        if self._text is not None:
            for position, (element, kind, start, value) in enumerate(self._marks):
                if kind != "link":
                    self._close_mark(kind, start, value)
                self._marks[position] = (element, kind, 0, value)
            self._text.text = "".join(self._parts)[:_MAX_WORDS].rstrip()
            self._text = None
            home = self._open[-1]
            if home and home[-1].kind == "paragraph" and home[-1].text.text:
                home[-1:] = split_bullets(home[-1])
        elif self._marks:
            self._marks = [(element, kind, 0, value) for element, kind, _, value in self._marks]
        self._parts = []
        self._length = 0
        self._at_break = True


def _checked(element: Any, name: str) -> bool | None:
    if name == "ac:task":
        return _words(_child(element, "ac:task-status")) == "complete"
    state = element.get("aria-checked") or element.get("data-checked")
    if state:
        return bool(state == "true")
    classes = (element.get("class") or "").split()
    if element.get("data-inline-task-id"):
        return "checked" in classes
    return True if "checked" in classes else False if "unchecked" in classes else None


def _span(element: Any, name: str) -> int:
    value = element.get(name) or ""
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _address(url: str) -> str:
    """Where a link leads, without the detour that Google Docs writes around it."""
    if not url.startswith(("http://", "https://", "mailto:", "/")):
        return ""
    if "google.com/url?" in url[:40]:
        try:
            return parse_qs(urlsplit(url).query).get("q", [url])[0]
        except ValueError:
            return url
    return url
