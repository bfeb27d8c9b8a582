"""Files that are no documents: structured data, program code, logs. Told by what they hold.

A file's name only helps where the content leaves a doubt. What stands inside a fence of a Markdown document
is its own business: only lines outside fences are looked at.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import warnings
from itertools import islice

import yaml

_SAMPLE = 60_000  # characters: enough to tell, whatever the length
_MAX_PROGRAM = 300_000
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_JSON = re.compile(r"\s*(?:\{\s*\"[^\"\n]*\"\s*:|\[\s*(?:\{\s*\"|\[\s*[\"\d-]|\"[^\"\n]*\"\s*[,\]]))")
_WEB_PAGE = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<!--(?:[^-]|-(?!->)){0,2000}-->\s*){0,3}"
    r"(?:<!doctype\s+html|<html\b|<head\b|<body\b|<ac:)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\s*<[a-z][a-z0-9:-]{0,30}[\s>/]", re.IGNORECASE)
_WEB_NAME = re.compile(r"\.x?html?$", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:h[1-6]|p|div|table|ul|ol|section|article|ac:[\w-]+)[\s>]", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|[-*+] \S|\d{1,2}[.)] \S|\|.+\||```)", re.MULTILINE)
_XML = re.compile(r"\s*(?:<\?xml\b|<!DOCTYPE\s+(?!html)|<svg\b|<project\b|<rss\b|<feed\b)", re.IGNORECASE)
_NOTEBOOK = re.compile(r"\s*\{\s*\"cells\"\s*:")
_SHEBANG = re.compile(r"#!\s*/\S")
#: Lines that only a program has, at the margin.
_CODE_LINE = re.compile(
    r"""^(?=[\w@'"\#\])}])(?!\#[\# ])(?:
        from\s+[\w.]+\s+import\s | import\s+[\w.]+(?:\s+as\s+\w+)?\s*;?$ | (?:async\s+)?def\s+\w+\(
      | class\s+\w+(?:\(.*\)|<.*>)?\s*(?::$|\{|extends\b|implements\b) | @\w[\w.]*(?:\(.*\))?$
      | if\s+__name__\s*== | import\s+.*\bfrom\s+['"] | import\s+['"]
      | export\s+(?:default|const|async|function|class|type|interface)\b
      | (?:const|let|var)\s+[\w{\[].*=\s* | (?:async\s+)?function\s*\w*\( | (?:module\.)?exports\b.*=
      | ['"]use\ strict | package\s+[\w.]+;?$ | func\s+(?:\(.*\)\s*)?\w+\(
      | type\s+\w+\s+(?:struct|interface)\s*\{ | \#include\s*[<"] | \#(?:define|ifdef|ifndef|endif|pragma)\b
      | using\s+(?:namespace\s+)?[\w.]+;$ | (?:public|private|protected|static|final|abstract)\s+\w+.*[({;]$
      | (?:pub\s+)?(?:fn|struct|enum|impl|mod|use|trait)\s.*[{;(]$
      | (?:require|require_relative|use|my|local|gem)\b\s+.*['";]$
      | (?:SELECT|INSERT\ INTO|ALTER\ TABLE|WITH\s+\w+\s+AS\s*\()\b.*
      | CREATE\ (?:OR\ REPLACE\ )?(?:TABLE|VIEW|INDEX|FUNCTION)\b.*
      | (?:resource|variable|module|provider|data|output|terraform|locals)\s+(?:".*)?\{$
      | \w+(?:\.\w+)*\(.*\);?$ | \w+\(\)\s*\{$ | set\s+-[eux]+ | (?:elif|else|except|finally|try)\b.*:$
      | [\])}]+[;,]?$ | FROM\s+\S+(?:\s+AS\s+\w+)?$ | RUN\s+\S+
    )""",
    re.VERBOSE,
)
_PUNCTUATED = re.compile(r"(?:[;{}]|\},|\);|\],|\):|=>|&&)\s*$")
_PYTHON = re.compile(
    r"^(?:from\s+[\w.]+\s+import|import\s+\w|(?:async\s+)?def\s+\w+\(|class\s+\w)", re.MULTILINE
)
_PYTHON_WORDS = ("import", "def", "class")  # it holds one of these
_SECTIONS = re.compile(r"##(?<=^##)#{0,4} +\w", re.MULTILINE)  # `^` comes second, as "##" is found faster
_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?[\w.\"'-]+\s*(?:=|\+=|:=)\s*\S")
_INI_TABLE = re.compile(r"^\[\[?[\w.\"' -]+\]\]?\s*$")
#: A line that a program wrote: a time and a level, or a process.
LOG_LINE = re.compile(
    r"^[\[(<]?(?:\d{4}[-/]\d\d[-/]\d\d[T ]|[A-Z][a-z]{2} {1,2}\d{1,2} "
    r"|\d{1,2}/[A-Z][a-z]{2}/\d{4}:)?\d\d:\d\d:\d\d\S*.{0,60}?"
    r"(?:\b(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL)\b|\[\d+\]:|\b(?:level"
    r"|lvl|severity)=)"
    r"|^\S+ \S+ \S+ \[\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d|^(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR"
    r"|FATAL)[: \[]"
)
#: What such a line holds, found faster.
_MAY_BE_LOG = re.compile(r":\d\d:\d\d|TRACE|DEBUG|INFO|WARN|ERROR|FATAL")
_YAML_KEY = re.compile(r"^(?P<indent> *)(?P<item>- +)?(?P<key>[A-Za-z_$\"'][\w.$/\"'-]*):(?: |$)")
_YAML_LINE = re.compile(r"^ *(?:- .*|#.*|[|>][-+]?|---.*|\.\.\.|[A-Za-z_$\"'][\w.$/\"' -]*:(?: .*)?)$")
_YAML_NAME = re.compile(r"\.ya?ml$", re.IGNORECASE)
_SENTENCE = re.compile(r"^(?!\s*(?:#|//|/?\*|--|;|<!--))[^;{}=<>]*\b[a-z]+ [a-z]+ [a-z]+[^;{}=<>]*[.:!?]\s*$")


def is_web_page(text: str, path: str) -> bool:
    """Whether this is HTML or storage format as a whole, not Markdown that holds some of it."""
    head = text[:_SAMPLE]
    if _WEB_PAGE.match(head):
        return True
    if _MARKUP.match(head) is None:
        return False
    return _WEB_NAME.search(path) is not None or (
        len(_BLOCK_TAG.findall(head)) >= 3 and _MARKDOWN.search(head) is None
    )


def foreign_form(text: str, path: str) -> str | None:
    """What a file is when it is no document: "JSON", "program code", "a log" …; None when it may be one.

    `path` is a hint for YAML only, which a list of plain labels resembles.
    """
    head = text[:_SAMPLE]
    if _JSON.match(head) and _is_json(text):
        return "a notebook" if _NOTEBOOK.match(head) else "JSON"
    if _XML.match(head):
        return "XML"
    if _SHEBANG.match(head):
        return "program code"
    if "```" in head or "~~~" in head:
        head = _FENCE.sub("", head)
    if _is_python(text):
        return "program code"
    if _is_yaml(head, path):
        return "YAML"
    lines = [line for line in head.split("\n")[:1500] if line.strip()]
    if len(lines) < 3:
        return None
    if _is_separated(head):
        return "a table of separated values (CSV)"
    if len(lines) >= 4 and _MAY_BE_LOG.search(head) and _count(LOG_LINE, lines) * 2 > len(lines):
        return "a log"
    return _program(lines, len(_SECTIONS.findall(head)))


def _is_python(text: str) -> bool:
    """Whether Python itself reads it as a program: a docstring may hold any words."""
    if len(text) > _MAX_PROGRAM or not any(word in text for word in _PYTHON_WORDS):
        return False
    if _PYTHON.search(text) is None:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in strings
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) for node in tree.body)


def _is_json(text: str) -> bool:
    """A whole value, one value a line, or the beginning of a value that was cut or has a slip."""
    stripped = text.strip()
    try:
        json.loads(stripped)
    except (ValueError, RecursionError):
        first = stripped.split("\n", 1)[0]
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return not re.search(r"^#{1,6} \S", stripped, re.MULTILINE)
    return True


def _is_yaml(head: str, path: str) -> bool:
    """Nested keys and nothing but: a list of plain labels (`Start: 10:00`) is a document, not YAML."""
    lines = [line for line in head.split("\n") if line.strip()]
    if len(lines) < 2:
        return False
    keys = [match for line in lines if ":" in line and (match := _YAML_KEY.match(line))]
    named = _YAML_NAME.search(path) is not None
    if not named and len(keys) * 3 < len(lines):
        return False
    nested = sum(1 for match in keys if match.group("indent") and match.group("key")[:1].islower())
    if not named and (nested < 2 or nested * 5 < len(lines) or _count(_YAML_LINE, lines) * 2 < len(lines)):
        return False
    try:
        for node in islice(yaml.compose_all(head, Loader=_Loader), 1):
            return isinstance(node, (yaml.MappingNode, yaml.SequenceNode))
    except (yaml.YAMLError, ValueError, RecursionError):
        # a manifest with templates in it, or cut in the middle
        return len(keys) * 10 >= len(lines) * 6 and nested * 10 >= len(lines) * 3
    return False


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _is_separated(head: str) -> bool:
    """Whether every line has the same three or more fields."""
    sample = head.split("\n", 200)[:200]
    first = sample[0]
    for mark in (",", "\t", ";"):
        if first.count(mark) < 2:
            continue
        try:
            rows = [
                row
                for row in csv.reader(sample[:-1] if len(sample) == 200 else sample, delimiter=mark)
                if row
            ]
        except csv.Error:
            continue
        widths = [len(row) for row in rows]
        if len(rows) >= 3 and sum(1 for width in widths if width == widths[0]) * 10 >= len(rows) * 9:
            return True
    return False


def _count(pattern: re.Pattern[str], lines: list[str]) -> int:
    return sum(1 for line in lines if pattern.match(line))


def _program(lines: list[str], section_count: int) -> str | None:
    """Program code or settings, when such lines are many and sentences at the margin few."""
    code = _count(_CODE_LINE, lines)
    count = len(lines)
    if section_count >= 2 and code * 3 < count:
        return None  # Markdown that shows some code
    punctuated = sum(1 for line in lines if _PUNCTUATED.search(line))
    assigned, tables = _count(_ASSIGNMENT, lines), _count(_INI_TABLE, lines)
    is_code = (code >= 3 and code * 12 >= count) or (
        (code + punctuated) * 3 >= count and code + punctuated >= 5
    )
    is_settings = (tables >= 1 and (assigned + tables) * 2 >= count and assigned >= 2) or (
        assigned * 10 >= count * 7 and count >= 4
    )
    if not is_code and not is_settings:
        return None
    told = sum(1 for line in lines if not line.startswith((" ", "\t")) and _SENTENCE.match(line))
    if is_code and (told * 5 < count or (code >= 3 and code * 12 >= count and told <= code * 2 + 3)):
        return "program code"
    if is_settings and (told * 5 < count or tables):
        return "a settings file"
    return None
