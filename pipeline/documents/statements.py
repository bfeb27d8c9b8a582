"""Labels and the values they state: front matter, bold labels, lists, headings and tables of facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.documents.blocks import Block, Link, Text, squeeze
from pipeline.documents.facts import Method
from pipeline.documents.formats.front_matter import FrontMatterField
from pipeline.documents.outline import BARE_VALUE, Section, is_known_label, split_label
from pipeline.documents.vocabulary import fields_of, normalise

_NO_VALUE = re.compile(
    r"[\s\[(<{]*(?:n\.?\s?/?\s?a\.?|not applicable|none(?: (?:known|identified|reported|yet|affected"
    r"|so far|needed|observed))?|nil|null|unknown|undefined|not "
    r"(?:known|available|yet|stated|measured)|tb[acd]|tbc|to ?do"
    r"|to be (?:determined|confirmed|added|filled).{0,20}|pending|\?+|[-–—_.…]+|x{2,}|"
    r"y{3,}|z{3,}|\*+|fill .{0,40})?[\s\])>}.]*",
    re.IGNORECASE,
)
_MAY_BE_NO_VALUE = re.compile(r"[\s\[(<{]*(?:[nutpxyzf?*\-–—_.…\])>}]|$)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\{\{.*?\}\}|\$\{.*?\}|<[^<>@/]{2,60}>|\[\?+\]|\bX{2,}\b|\bYYYY\b|\bHH:MM\b", re.IGNORECASE
)
_SIGNED = frozenset({"author", "authors", "author s", "prepared by", "written by", "authored by"})
_STRUCK = re.compile(r"~~[^~]{1,300}~~")  # front matter holds Markdown as it is written
_FACT_BREAK = re.compile(r"[.;,|] +(?=[A-Za-z])")
_LEVEL = re.compile(r"(?:SEV|Sev|sev|S|P)[- ]?[0-5]")
_ZONE = r"(?:\s?\(?(?:Z|UTC|GMT|[A-Z]{2,4}T)(?:[+-]\d{1,2}(?::?\d\d)?)?\)?)?"
_LABELLED_TIME = re.compile(
    r"(?P<label>[A-Za-z]+(?: [a-z]+)?)\s+(?:(?:at|on|around|about)\s+)?"
    r"(?P<time>~?(?:\d{4}-\d\d-\d\d[T ,]+)?\d{1,2}[:.]\d\d(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?" + _ZONE + r")",
)
_MAX_VALUE = 6000
_KEY_HOMES = frozenset(
    {"params", "extra", "taxonomies", "metadata", "meta", "custom", "data", "incident", "postmortem"}
)


@dataclass(slots=True)
class Statement:
    """A label, its value in words, and where it stands. `values` holds the parts of a list."""

    label: str
    value: str
    line: int
    method: Method
    quote: str
    values: tuple[str, ...] = ()
    links: list[Link] = field(default_factory=list)


def is_value(text: str) -> bool:
    """Whether the words state anything: not `N/A`, `?`, `TBD`, a dash, or a placeholder of a form."""
    says_nothing = _MAY_BE_NO_VALUE.match(text) is not None and _NO_VALUE.fullmatch(text[:100]) is not None
    return not says_nothing and not _is_placeholder(text)


def _is_placeholder(text: str) -> bool:
    head = text[:200]
    folded = head.casefold()
    may_be = (
        "{" in head or "<" in head or "[" in head or "xx" in folded or "yyyy" in folded or "hh:" in folded
    )
    if not may_be:
        return False
    match = _PLACEHOLDER.search(head)
    return match is not None and len(match.group()) * 2 >= len(text.strip())


def front_matter_statements(fields: list[FrontMatterField]) -> Iterator[Statement]:
    """Each key of the front matter that has a value."""
    for item in fields:
        kept = (_STRUCK.sub("", value).strip() for value in item.values)
        values = tuple(value for value in kept if is_value(value))
        if values:
            value = ", ".join(values)
            quote = squeeze(f"{item.key}: {value}")
            yield Statement(
                _own_name(item.key),
                values[0] if len(values) == 1 else value,
                item.line,
                "front_matter",
                quote,
                values,
            )


def _own_name(key: str) -> str:
    """The name of a nested key, without the table that site generators keep their users' own keys in."""
    home, _, name = key.partition(" ")
    return name if name and home.casefold() in _KEY_HOMES and not fields_of(key) else key


def section_statements(section: Section) -> Iterator[Statement]:
    """What a section's heading, paragraphs, lists and tables state under labels."""
    yield from _heading_statements(section)
    if section.role in ("lessons", "action_items"):
        yield from _signatures(section)
        return
    for number, block in enumerate(section.blocks):
        below = section.blocks[number + 1] if number + 1 < len(section.blocks) else None
        if block.kind == "paragraph" and below is not None and below.kind == "list":
            yield from _listed_below(block.text, below)
        yield from _block_statements(block, depth=0)


def _signatures(section: Section) -> Iterator[Statement]:
    """Who wrote and reviewed the document and when, in lines at its end, whatever the last section is."""
    for block in section.blocks:
        if block.kind == "paragraph" and block.text.bold:
            for statement in _text_statements(block.text):
                names = {name for name, _ in fields_of(statement.label)}
                if names & {"reviewers", "reviewed_at"} or normalise(statement.label) in _SIGNED:
                    yield statement


def _listed_below(label: Text, items: Block) -> Iterator[Statement]:
    """`Services affected:` on a line of its own, and its values as a list below."""
    words = label.text.strip()
    if not words.endswith(":") or "\n" in words or not fields_of(words.rstrip(": ")):
        return
    filled = _ticked(items)
    if filled:
        values = tuple(text.text for text in filled)
        name = label.part(0, len(label.text.rstrip(": ")))
        yield from _statement(name, filled[0], "label", f"{words} {', '.join(values)}", values)


def _heading_statements(section: Section) -> Iterator[Statement]:
    if section.heading is None or section.is_title:
        return
    parts = split_label(section.heading)
    if parts is not None and parts[1].text:
        yield from _statement(parts[0], parts[1], "heading", section.words)
        return
    if not fields_of(section.words) or not section.blocks:
        return
    first = section.blocks[0]
    if first.kind == "paragraph":
        yield from _statement(section.heading, first.text, "heading", f"{section.words}: {first.text.text}")
    elif first.kind == "list":
        filled = _ticked(first)
        if not filled:
            return
        values = tuple(text.text for text in filled)
        yield from _statement(
            section.heading,
            filled[0],
            "heading",
            f"{section.words}: {', '.join(values)}",
            values,
        )


def _ticked(items: Block) -> list[Text]:
    """The words of items; where some are boxes to tick, of the ticked ones only."""
    is_choice = any(item.checked is not None for item in items.children)
    return [item.text for item in items.children if item.text.text and (item.checked or not is_choice)]


def _block_statements(block: Block, depth: int) -> Iterator[Statement]:
    if block.kind == "paragraph":
        yield from _text_statements(block.text)
    elif block.kind == "table":
        yield from _table_statements(block)
    elif block.kind == "quote" and depth < 4:
        for child in block.children:
            for statement in _block_statements(child, depth + 1):
                statement.method = "prose"  # another's words: what the document says itself goes first
                yield statement
    elif block.kind == "list" and depth < 4:
        for child in block.children:
            if child.kind != "item":
                yield from _block_statements(child, depth + 1)
                continue
            parts = split_label(child.text)
            nested = [text for below in child.children for text in _ticked(below)]
            if parts is not None and not parts[1].text and any(_names_field(text) for text in nested):
                for below in child.children:  # "Duration:", and below it "Start: …" and "End: …"
                    yield from _block_statements(below, depth + 1)
            elif parts is not None and not parts[1].text and nested:
                words = tuple(text.text for text in nested)
                yield from _statement(parts[0], nested[0], "label", child.text.text, words)
                if not fields_of(parts[0].text):
                    for below in child.children:
                        yield from _block_statements(below, depth + 1)
            else:
                yield from _text_statements(child.text)
                for below in child.children:
                    yield from _block_statements(below, depth + 1)


def _names_field(text: Text) -> bool:
    """Whether a line is a field's label and a value."""
    parts = split_label(text)
    return parts is not None and bool(parts[1].text) and bool(fields_of(parts[0].text))


def _text_statements(text: Text) -> Iterator[Statement]:
    """Statements of a paragraph or item: one per line that begins with a label, or several bold labels."""
    pending: tuple[Text, Text, int] | None = None
    lines = list(text.lines())
    for line in lines[:200]:
        run = list(_run_of_facts(line))
        if run:
            if pending is not None:
                yield from _pending(*pending)
            pending = None
            for label, value in run:
                yield from _statement(label, value, "label", line.text)
            continue
        for piece in _pieces(line):
            parts = split_label(piece)
            if parts is not None and fields_of(parts[0].text):
                if pending is not None:
                    yield from _pending(*pending)
                pending = (parts[0], parts[1], piece.line)
            elif pending is not None and parts is not None and _is_label(parts[0], piece):
                yield from _pending(*pending)
                pending = None
            elif pending is not None:
                label, value, at = pending
                if len(value.text) < _MAX_VALUE:
                    value.text = f"{value.text}\n{piece.text}".strip()
                pending = (label, value, at)
    if pending is not None:
        yield from _pending(*pending)


def _is_label(label: Text, piece: Text) -> bool:
    """Whether a line opens with a label, of whatever meaning, so that the value above it ends."""
    return bool(piece.bold and piece.bold[0][0] == 0) or (
        len(label.text.split()) <= 4 and label.text[:1].isupper()
    )


def _pending(label: Text, value: Text, line: int) -> Iterator[Statement]:
    yield from _statement(label, value, "label", f"{label.text}: {value.text}")


def is_run_of_facts(line: Text) -> bool:
    """Whether a line is nothing but facts: "Started 09:10 UTC. Resolved 10:05. SEV2"."""
    return next(_run_of_facts(line), None) is not None


def _run_of_facts(line: Text) -> Iterator[tuple[Text, Text]]:
    """The labels and values of a line that is nothing but facts: "Started 09:10 UTC. Resolved 10:05. SEV2."

    Each may do without its colon, where its value shows what it is; nothing comes of a line that also tells.
    """
    if len(line.text) > 400 or not line.text[:1].isalpha() or _FACT_BREAK.search(line.text) is None:
        return
    facts: list[tuple[Text, Text]] = []
    start, breaks = 0, [(match.start(), match.end()) for match in _FACT_BREAK.finditer(line.text)]
    for stop, after in [*breaks, (len(line.text.rstrip(" .;")), len(line.text))]:
        fact = _fact(line.part(start, stop)) if stop > start else None
        if fact is not None:
            facts.append(fact)
        elif start and line.text[start - 2 : start].startswith(",") and facts and ":" in line.text[:start]:
            value = facts[-1][1]  # a list goes on: "Services: cart, checkout"
            value.text = f"{value.text}, {line.text[start:stop].strip()}"
        else:
            return
        start = after
    if sum(1 for label, _ in facts if _states_measure(label.text)) >= 2:
        yield from facts


def _fact(words: Text) -> tuple[Text, Text] | None:
    """The label and the value of a few words, or None when they are no plain fact."""
    if _LEVEL.fullmatch(words.text):
        return Text("Severity", words.line), words
    timed = _LABELLED_TIME.fullmatch(words.text)
    if timed is not None and any(kind == "time" for _, kind in fields_of(timed.group("label"))):
        return words.part(0, timed.end("label")), words.part(timed.start("time"))
    parts = split_label(words)
    if parts is None or not fields_of(parts[0].text) or len(parts[1].text.split()) > 8:
        return None
    return parts


def _states_measure(label: str) -> bool:
    return any(kind in ("time", "duration", "severity", "date") for _, kind in fields_of(label))


def _pieces(line: Text) -> Iterator[Text]:
    """`**Severity**: SEV2 **Status**: done` and `Severity: SEV2 | Status: done` hold one statement each."""
    cuts = [0]
    for start, end in line.bold[1:]:
        inside = line.text[start:end].rstrip()
        has_colon = inside.endswith(":") or line.text[end : end + 2].lstrip(" ").startswith(":")
        if has_colon or (
            line.bold[0][0] <= 1 and BARE_VALUE.match(line.text, end) and is_known_label(inside)
        ):
            cuts.append(start)
    if len(cuts) == 1 and " | " in line.text:
        offset = 0
        for part in line.text.split(" | "):
            if offset and ":" in part:
                cuts.append(offset)
            offset += len(part) + 3
    if len(cuts) == 1 and line.text[-1:] not in " |,;·•":
        yield line
        return
    for start, stop in zip(cuts, [*cuts[1:], len(line.text)], strict=True):
        piece = line.part(start, stop)
        piece.text = piece.text.rstrip(" |,;·•")
        if piece.text:
            yield piece


def _table_statements(block: Block) -> Iterator[Statement]:
    rows = [row for row in block.rows if row]
    if not rows:
        return
    head = [cell.text for cell in rows[0]]
    across = [bool(fields_of(words)) for words in head]
    if len(rows) == 2 and sum(across) >= 2 and len(head) > 2:
        for label, cell in zip(rows[0], rows[1], strict=False):
            yield from _statement(label, cell, "table", f"{label.text} | {cell.text}")
        return
    if len(rows) == 2 and all(across) and len(head) == 2 and not fields_of(rows[1][0].text):
        for label, cell in zip(rows[0], rows[1], strict=False):
            yield from _statement(label, cell, "table", f"{label.text} | {cell.text}")
        return
    if len(head) > 2 and len(rows) > 2 and (len(head) % 2 or not _are_labels(rows)):
        return  # a table of rows, not of facts
    for row in rows:
        for position in range(0, len(row) - 1, 2):
            label, cell = row[position], row[position + 1]
            yield from _statement(label, cell, "table", f"{label.text} | {cell.text}")


def row_statements(head: list[Text], row: list[Text]) -> Iterator[Statement]:
    """What a row of a table states under the labels of its head."""
    for label, cell in zip(head, row, strict=False):
        for statement in _statement(label, cell, "table", f"{label.text} | {cell.text}"):
            statement.line = cell.line
            yield statement


def _are_labels(rows: list[list[Text]]) -> bool:
    """Whether many different labels stand where labels would: "Start | 10:00 | End | 11:00"."""
    cells = [row[position].text for row in rows for position in range(0, len(row) - 1, 2)]
    filled = [normalise(words) for words in cells if words.strip()]
    known = {words for words in filled if fields_of(words)}
    return len(known) >= 3 or len(known) * 2 >= len(filled) > 0


def _statement(
    label: Text, value: Text, method: Method, quote: str, values: tuple[str, ...] = ()
) -> Iterator[Statement]:
    if not normalise(label.text) or not is_value(value.text):
        return
    kept = tuple(item for item in values if is_value(item))
    yield Statement(
        label.text.strip(),
        value.text.strip()[:_MAX_VALUE],
        label.line,
        method,
        squeeze(quote),
        kept,
        value.links,
    )
