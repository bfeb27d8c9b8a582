"""Small pieces of HTML: figures, chips, tables. Whatever comes from a document is escaped here.

Only `http` and `https` addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from urllib.parse import urlsplit

Chip = tuple[str, str]


class Markup(str):
    """HTML made here, as opposed to text that must be escaped."""

    __slots__ = ()


#: The space between a number and its per cent sign.
#: Where a line that broke would part a number from what it is.
TIED = re.compile(r"(?<=\d) %|\bn = (?=\d)|(?<=%) interval")
#: Gives the link to an incident's page, of its id and its title, if it has one.
IncidentLink = Callable[[str, str | None], Markup]


def known(words: str, n: int) -> str:
    """A total and how many incidents it is of; a dash when none says so."""
    return f"{words} ({n:,})" if n else "–"


def section(title: str, lead: str) -> Markup:
    """A section's heading, and what is to be known of all in it."""
    return Markup(f'<h2 class="pm-section">{text(title)}</h2>{paragraph(lead, "pm-lead")}')


def text(value: object) -> Markup:
    """Any value as inert text, its numbers on one line with what they are; nothing for None."""
    if isinstance(value, Markup):
        return value
    return Markup("" if value is None else TIED.sub(_tied, escape(str(value).replace("\u00a0%", " %"))))


def _tied(found: re.Match[str]) -> str:
    return found[0].replace(" ", "\u00a0")


def safe_url(url: str | None) -> str | None:
    """The address, when following it only opens a page: http or https with a host. Else None."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def link(label: object, url: str | None) -> Markup:
    """A link to another page, or the label alone when the address is not a safe one."""
    address = safe_url(url)
    if address is None:
        return text(label)
    return Markup(f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{text(label)}</a>')


def here(label: object, address: str) -> Markup:
    """A link to another of these pages; `address` is relative and made by us."""
    return Markup(f'<a href="{escape(address)}" target="_self">{text(label)}</a>')


def with_remark(words: object, remark: object) -> Markup:
    """Words, and below them a quieter line when there is one."""
    return Markup(f'{text(words)}<span class="pm-remark">{text(remark)}</span>') if remark else text(words)


def details(summary: object, body: Markup) -> Markup:
    """Something that opens when the reader asks for it."""
    return Markup(f'<details class="pm-details"><summary>{text(summary)}</summary>{body}</details>')


def chip(label: object, kind: str = "") -> Markup:
    """A word in a coloured pill; `kind` is good, bad, notice or quiet."""
    return Markup(f'<span class="pm-chip {kind}">{text(label)}</span>')


def dotted(label: object, colour: str) -> Markup:
    """A label behind a dot of its colour, in one line."""
    dot = f'<span class="pm-dot" style="background:{escape(colour)}"></span>'
    return Markup(f'<span class="pm-dotted">{dot}{text(label)}</span>')


def figures(items: Iterable[tuple[object, object, object]]) -> Markup:
    """Key figures side by side: value, label, interval or n."""
    cells = "".join(
        f'<div class="pm-figure"><div class="v">{text(value)}</div><div class="l">{text(label)}</div>'
        f'<div class="i">{text(doubt)}</div></div>'
        for value, label, doubt in items
    )
    return Markup(f'<div class="pm-figures">{cells}</div>')


def finding(
    question: str,
    headline: str,
    shown: Iterable[tuple[object, object, object]],
    sentences: Iterable[object],
    verdict: Markup | None = None,
) -> Markup:
    """A card's words: the question, the answer in a sentence, its figures if any, its evidence."""
    told = list(shown)
    evidence = "".join(f'<p class="pm-text">{text(sentence)}</p>' for sentence in sentences)
    return Markup(
        f'<p class="pm-question">{text(question)}{text(verdict)}</p>'
        f'<p class="pm-headline">{text(headline)}</p>'
        f"{figures(told) if told else ''}{evidence}"
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[object]], classes: Sequence[str] | None = None
) -> Markup:
    """A plain table; `classes` gives each column "num" (right, aligned), "tight" (one line),
    "words" (broken between words only), "soft" or nothing."""
    styles = list(classes or [""] * len(head))
    top = "".join(
        f'<th class="{style}" scope="col">{text(name)}</th>' if name else f'<td class="{style}"></td>'
        for name, style in zip(head, styles, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{style}">{text(cell)}</td>' for cell, style in zip(row, styles, strict=True))
        + "</tr>"
        for row in rows
    )
    return Markup(
        f'<div class="pm-scroll"><table class="pm-table"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def bulleted(entries: Iterable[object]) -> Markup:
    """A list."""
    return Markup(f'<ul class="pm-list">{"".join(f"<li>{text(entry)}</li>" for entry in entries)}</ul>')


def numbered(entries: Iterable[object]) -> Markup:
    """A list in which the order tells something."""
    return Markup(f'<ol class="pm-list">{"".join(f"<li>{text(entry)}</li>" for entry in entries)}</ol>')


def quoted(words: object) -> Markup:
    """Words of a document, as such; nothing for None."""
    return Markup(f"<q>{text(words)}</q>") if words else Markup()


def paragraph(words: object, css_class: str) -> Markup:
    """One paragraph in one of the page's styles."""
    return Markup(f'<p class="{css_class}">{text(words)}</p>')
