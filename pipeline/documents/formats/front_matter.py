"""YAML, TOML or JSON before the text → fields, strictly: strings stay strings, and each key knows its line.

YAML 1.1 would read `12:30` as 750 and `no` as false, would keep the last of two equal keys, and would
expand aliases without end; here scalars stay as written, and duplicate keys, aliases and tags are mistakes.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

_FENCED = re.compile(
    r"\A\ufeff?(---|\+\+\+)[ \t]*\r?\n(.*?)^(?:\1|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_KEY = re.compile(r"^\s*[\w \"'-]+\s*:", re.MULTILINE)
_MAX_LENGTH = 64_000
_MAX_FIELDS = 500  # of TOML and JSON
_MAX_BRACKETS = 40  # nested this deep, it is no front matter but an attack on the YAML reader


@dataclass(frozen=True, slots=True)
class FrontMatterField:
    """One key: its path joined with spaces, its values as text, and its line."""

    key: str
    values: tuple[str, ...]
    line: int


@dataclass(slots=True)
class FrontMatter:
    """`fields` in order, `problem` when it cannot be read, and `body`: the text, with as many lines."""

    body: str
    fields: list[FrontMatterField] = field(default_factory=list)
    problem: str | None = None
    problem_line: int = 1


# libyaml's parser where PyYAML was built with it: twelve times as fast
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):  # type: ignore[misc]
    """YAML without implicit types: every scalar stays the string that was written."""


_StrictLoader.yaml_implicit_resolvers = {}
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)


def split_front_matter(source: str) -> FrontMatter:
    """Front matter and body of a text. Broken front matter is a `problem`; the body is kept."""
    match = _FENCED.match(source[: _MAX_LENGTH + 100])
    if match is None:
        return _json(source) if source.startswith("{") else FrontMatter(source)
    content = match.group(2)
    body = "\n" * source.count("\n", 0, match.end()) + source[match.end() :]
    if match.group(1) == "+++":
        return _toml(content, body)
    if content.strip() and not _KEY.search(content):
        return FrontMatter(source)  # two thematic breaks, not front matter
    return _yaml(content, body)


def _yaml(content: str, body: str) -> FrontMatter:
    if _brackets(content) > _MAX_BRACKETS:
        return FrontMatter(body, problem="it is nested too deeply")
    try:
        if "*" in content:
            _reject_aliases(content)
        node = yaml.compose(content, Loader=_StrictLoader)
        if "!" in content:
            _reject_tags(node)
        fields: list[FrontMatterField] = []
        if isinstance(node, yaml.MappingNode):
            _flatten(node, (), fields)
        elif node is not None:
            return FrontMatter(body, problem="it is no list of keys and values")
        return FrontMatter(body, fields)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark is not None else 1
        return FrontMatter(body, problem=str(error.problem or error.context), problem_line=line)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return FrontMatter(body, problem=str(error).partition("\n")[0] or "it cannot be read")


def _reject_aliases(content: str) -> None:
    for event in yaml.parse(content, Loader=_StrictLoader):
        if isinstance(event, yaml.AliasEvent):
            mark: Any = event.start_mark  # libyaml's own kind of mark
            raise yaml.composer.ComposerError(None, None, "aliases are not read here", mark)


def _reject_tags(node: yaml.Node | None) -> None:
    """Raise for a tag that asks for more than text, lists and tables: nothing is made of it here."""
    waiting = [node] if node is not None else []
    while waiting:
        each = waiting.pop()
        if each.tag not in _PLAIN_TAGS:
            tag = each.tag.replace("tag:yaml.org,2002:", "!!")[:60]
            raise yaml.composer.ComposerError(
                None, None, f'the tag "{tag}" is not read here; remove it', each.start_mark
            )
        if isinstance(each, yaml.MappingNode):
            waiting.extend(part for pair in each.value for part in pair)
        elif isinstance(each, yaml.SequenceNode):
            waiting.extend(each.value)


def _brackets(content: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r"[\[\]{}]|(?:- )+", content):
        mark = match.group()
        if mark[0] == "-":
            deepest = max(deepest, depth + len(mark) // 2)
        else:
            depth = depth + 1 if mark in "[{" else max(0, depth - 1)
            deepest = max(deepest, depth)
    return deepest


def _flatten(node: yaml.MappingNode, path: tuple[str, ...], fields: list[FrontMatterField]) -> None:
    seen: set[str] = set()
    for key_node, value in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        if key in seen:
            raise yaml.composer.ComposerError(
                None, None, f'the key "{key}" stands there twice', key_node.start_mark
            )
        seen.add(key)
        line = key_node.start_mark.line + 2
        if isinstance(value, yaml.MappingNode):
            _flatten(value, (*path, key), fields)
        elif isinstance(value, yaml.SequenceNode):
            items = tuple(_scalar(item) for item in value.value)
            fields.append(FrontMatterField(" ".join((*path, key)), tuple(i for i in items if i), line))
        else:
            text = _scalar(value)
            fields.append(FrontMatterField(" ".join((*path, key)), (text,) if text else (), line))


def _scalar(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        text = str(node.value).strip()
        return "" if node.style is None and text.casefold() in ("null", "~") else text
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in ("name", "title", "id"):
                return _scalar(value)
    return ""


def _toml(content: str, body: str) -> FrontMatter:
    try:
        table = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return FrontMatter(body, problem=str(error))
    return FrontMatter(body, list(islice(_table_fields(table, content, 2), _MAX_FIELDS)))


def _json(source: str) -> FrontMatter:
    """An object before the text, as Hugo has it; one without a text behind it is data, not front matter."""
    head = source[:_MAX_LENGTH]
    if _brackets(head) > _MAX_BRACKETS:
        return FrontMatter(source)
    try:
        table, end = json.JSONDecoder().raw_decode(head)
    except (ValueError, RecursionError):
        return FrontMatter(source)
    rest = source[end:]
    if not isinstance(table, dict) or not re.match(r"[ \t]*\n\s*[^\s{\[\"]", rest[:1000]):
        return FrontMatter(source)
    fields = list(islice(_table_fields(table, source[:end], 1), _MAX_FIELDS))
    return FrontMatter("\n" * source.count("\n", 0, end) + rest, fields)


def _table_fields(
    table: dict[str, Any], content: str, first_line: int, path: tuple[str, ...] = ()
) -> Iterator[FrontMatterField]:
    """The fields of a table and of the tables in it; each is at the line where its key first stands."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _table_fields(value, content, first_line, (*path, key))
            continue
        items = value if isinstance(value, list) else [value]
        values = tuple(
            str(item).lower() if isinstance(item, bool) else str(item)
            for item in items
            if item is not None and not isinstance(item, dict | list)
        )
        found = re.search(rf"(?:^|[\s{{,])\"?{re.escape(key)}\"?[ \t]*[=:]", content, re.MULTILINE)
        line = content.count("\n", 0, found.end()) + first_line if found else 1
        yield FrontMatterField(" ".join((*path, key)), values, line)
