"""A document's content → a page: its blocks and front matter, whatever format it was written in.

What follows (outline, statements, timeline, action items) knows pages and no formats.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.documents.blocks import Block, squeeze, texts, walk
from pipeline.documents.facts import DocumentKind, Finding
from pipeline.documents.formats.foreign import foreign_form, is_web_page
from pipeline.documents.formats.front_matter import FrontMatter, FrontMatterField, split_front_matter
from pipeline.documents.formats.html import read_html
from pipeline.documents.formats.markdown import read_markdown
from pipeline.documents.formats.markdown_dialects import without_comments
from pipeline.documents.formats.pdf import MAX_BYTES, read_pdf
from pipeline.documents.formats.pdf_words import MAX_CHARACTERS, MAX_PAGES
from pipeline.documents.formats.plain_text import is_plain_text, read_plain_text
from pipeline.documents.formats.wiki_markup import markup_of, read_wiki
from pipeline.documents.timelines.status_updates import with_status_updates

#: Characters of a text that are read, far above any postmortem; what is longer is a log that was pasted.
MAX_LENGTH = 400_000
#: The same of a web page, whose scripts and styles are longer than its words.
MAX_WEB_LENGTH = 4_000_000

#: A text that is known to be in Jira's wiki markup, whatever it looks like.
WIKI = "text/jira"

#: Hyphens and spaces that only forbid a line break are read as plain ones.
_PLAIN_CHARACTERS = tuple(zip("\x00\u00a0\u202f\u2007\u2010\u2011", "    --", strict=True))


#: A picture in front of a time or a label says nothing, unless it is a mark of what is done.
_MARK = re.compile(
    r"\s*(?:(?::(?!white_check|heavy_check|ballot|x:)[a-z0-9_+-]{2,40}:|[\U0001F300-\U0001FAFF"
    r"\u23e9-\u23fa\u25aa-\u25fe\u26a0-\u26ff]\ufe0f?)\s*){1,3}"
    r"(?=[\[(*~`]{0,3}(?:\d{1,2}[:.h][0-5]\d|\d{4}-\d\d-\d\d|[A-Z][A-Za-z ]{1,30}:(?:\s|$)))"
)


_SHORTCODE = re.compile(r"\{%[^{}\n]{0,400}%\}|\{\{[^{}\n]{0,400}\}\}")


@dataclass(slots=True)
class Page:
    """What every format is read into. `text` holds the words for questions about the document as a whole."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    fields: list[FrontMatterField] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoPage:
    """What is no document at all, or cannot be read, and why."""

    kind: DocumentKind
    finding: Finding


def read_page(content: str, path: str, media_type: str) -> Page | NoPage:
    """The page that the content holds; the media type as for `parse_document`. Never raises."""
    page = _read(content, path, media_type)
    if isinstance(page, Page):
        for block in walk(page.blocks):
            if block.kind in ("paragraph", "item") and (mark := _MARK.match(block.text.text)) is not None:
                block.text = block.text.part(mark.end())
        page.blocks = with_status_updates(page.blocks)
        page.fields = _without_site_name(page)
    return page


def _without_site_name(page: Page) -> list[FrontMatterField]:
    """A web page's own title tells the site, too, where a heading of it tells the title alone."""
    headings = [block.text.text.strip() for block in page.blocks[:8] if block.kind == "heading"]
    return [
        field
        for field in page.fields
        if field.key != "title"
        or not any(
            len(words) >= 4
            and re.search(rf"(?:^|[|–—:·-] ){re.escape(words)}(?:$| [|–—·-])", field.values[0])
            and field.values[0].strip() != words
            for words in headings[:3]
        )
    ]


def _read(content: str, path: str, media_type: str) -> Page | NoPage:
    if media_type == "text/html":
        return _web_page(content)
    if media_type == "text/plain":
        return _read_text(content, path)
    if media_type == "application/pdf":
        return _pdf(content)
    if media_type == WIKI:
        return _wiki(content)
    return _foreign(f"content of the type {squeeze(media_type, 60)}")


#: What a merge left in the text: its marks are no headings.
_CONFLICT = re.compile(r"^<{7} \S", re.MULTILINE)
_CONFLICT_END = re.compile(r"^>{7} \S", re.MULTILINE)
_CONFLICT_MARK = re.compile(r"^(?:<{7} [^\n]{0,200}|\|{7}[^\n]{0,200}|={7}|>{7} [^\n]{0,200})$", re.MULTILINE)


def _plain(content: str, limit: int = MAX_LENGTH) -> tuple[str, bool]:
    """The text with one kind of line end, space and hyphen, and whether its end was left out."""
    text = content[:limit].replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    text = text.encode("utf-8", "replace").decode("utf-8")
    for character, plain in _PLAIN_CHARACTERS:
        text = text.replace(character, plain)
    if "<<<<<<< " in text and _CONFLICT.search(text) is not None and _CONFLICT_END.search(text) is not None:
        text = _CONFLICT_MARK.sub("", text)
    return text, len(content) > limit


def _read_text(content: str, path: str) -> Page | NoPage:
    text, is_cut = _plain(content)
    if is_web_page(text, path):
        return _web_page(content)
    front = split_front_matter(text)
    if front.fields and is_web_page(front.body.lstrip("\n"), path):  # a post that its site puts into a frame
        web = _web_page(_SHORTCODE.sub("", front.body))
        if isinstance(web, Page):
            web.fields = front.fields + [field for field in web.fields if field.key != "title"]
        return web
    form = foreign_form(front.body.lstrip("\n"), path)
    if form is not None:
        return _foreign(form)
    page = Page(fields=front.fields, findings=_front_matter_findings(front))
    markup = markup_of(front.body, path)
    if markup is not None or is_plain_text(front.body, path):
        body = without_comments(front.body)
        read = read_plain_text(body) if markup is None else read_wiki(body, markup)
        page.text, page.blocks = text if markup is None else _words(read.blocks), read.blocks
        page.fields = page.fields + read.fields
    else:
        page.text, page.blocks = without_comments(text), read_markdown(front.body)
    if is_cut:
        page.findings.append(_cut(text))
    return page


def _cut(text: str) -> Finding:
    message = (
        f"Only the first {MAX_LENGTH:,} characters were read; move logs and dumps to files of their own."
    )
    return Finding("document_cut", "warning", message, text.count("\n") + 1)


def _wiki(content: str) -> Page:
    text, is_cut = _plain(content)
    read = read_wiki(text, "jira")
    return Page(_words(read.blocks), read.blocks, read.fields, [_cut(text)] if is_cut else [])


def _web_page(content: str) -> Page | NoPage:
    text, is_cut = _plain(content, MAX_WEB_LENGTH)
    read = read_html(text)
    page = Page(_words(read.blocks), read.blocks, read.fields)
    if is_cut or read.is_cut:
        message = (
            f"Only the beginning of the page was read: it is longer than {MAX_WEB_LENGTH:,} characters, "
            "holds too many elements, or nests them too deeply; save what it says without its frame."
        )
        finding = Finding("document_cut", "warning", message)
        if not page.text.strip():
            return NoPage("unreadable", finding)
        page.findings.append(finding)
    return page


_PDF_SAID = {
    "broken": ("pdf_broken", "The file is no PDF that can be opened; export it again."),
    "encrypted": ("pdf_encrypted", "The PDF asks for a password; save it without one."),
    "without_text": (
        "pdf_without_text",
        "The PDF holds pictures of words, and no words; export it from where it was written, or use OCR.",
    ),
    "too_large": (
        "pdf_too_large",
        f"The PDF is larger than {MAX_BYTES:,} bytes; export it without pictures.",
    ),
}


def _pdf(content: str) -> Page | NoPage:
    read = read_pdf(content)
    if read.problem in _PDF_SAID:
        rule, message = _PDF_SAID[read.problem]
        return NoPage("unreadable", Finding(rule, "warning", message))
    page = Page(_words(read.blocks), read.blocks)
    if read.problem == "cut":
        message = (
            f"Only the first {MAX_PAGES} pages and {MAX_CHARACTERS:,} characters of the PDF were read; "
            "keep the postmortem in a file of its own."
        )
        page.findings.append(Finding("document_cut", "warning", message))
    return page


def _words(blocks: list[Block]) -> str:
    """The words of the blocks, each on its line of the source."""
    lines: list[str] = []
    for part in texts(blocks):
        lines.extend([""] * (part.line - len(lines)))
        words = part.text.split("\n") if part.step else [part.text.replace("\n", " ")]
        lines[-1] = f"{lines[-1]} {words[0]}".lstrip()
        lines.extend(words[1:])
    return "\n".join(lines)


def _foreign(form: str) -> NoPage:
    said = f"This is {form}, not a document; exclude files of its kind in the settings."
    return NoPage("not_a_postmortem", Finding("document_is_foreign", "info", said))


def _front_matter_findings(front: FrontMatter) -> list[Finding]:
    if front.problem is None:
        return []
    message = (
        f"The front matter cannot be read ({squeeze(front.problem, 120)}), so what it "
        f"states is missing; correct it."
    )
    return [Finding("front_matter_broken", "warning", message, front.problem_line)]
