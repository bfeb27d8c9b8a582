"""Where a value stands in a record: `severity.name`, `milestones[type=started].occurred_at | started_at`.

A path is a column, or keys joined by dots. Lists are walked through, with or without `[]`;
`[key=value]` keeps the entries whose `key` has that value (`[key=one|other]`: one of them), whatever its
case. Alternatives stand between bars, and the first that holds a value counts. A number gets its unit by
`in seconds` behind it. A name with one of `. | [ ] "` in it stands in double quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

UNITS = {
    "milliseconds": 1 / 60_000,
    "seconds": 1 / 60,
    "minutes": 1.0,
    "hours": 60.0,
    "days": 1440.0,
}
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|(\[[^\[\]]*\])|([.|])|([^."|\[\]]+)')
_UNIT = re.compile(rf"^(?P<path>.*\S)\s+in\s+(?P<unit>{'|'.join(UNITS)})\s*$", re.DOTALL)
_FILTER = re.compile(r"\[\s*([^=\]]+?)\s*=\s*([^\]]*?)\s*\]")
#: How exports spell that there is no value.
_NULLS = frozenset(
    {
        "null", "none", "nil", "n/a", "na", "#n/a", "nan", "nat", "undefined", "not set", "-", "--", "–", "—",
        "(none)", "(null)", "(blank)", "<null>", "\\n",
    }
)  # fmt: skip
_MAX_LENGTH = 1_000
_MAX_FOUND = 5_000  # values of one path
_MAX_JSON = 2_000_000  # characters of a cell that holds JSON
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class _Step:
    name: str  # empty for a filter
    key: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _End:
    """A value, the first key that led to it, and what the first filter on the way met."""

    value: Any = None
    column: str = ""
    met: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one alternative led to. `column` is the record's own key; `values` are not null.

    `label` is the path as people read it, with the entry that was met: `milestones[started]`.
    """

    column: str
    path: str
    label: str
    values: tuple[Any, ...]
    unit: str | None


@dataclass(frozen=True, slots=True)
class _Alternative:
    written: str
    steps: tuple[_Step, ...]
    unit: str | None


@dataclass(frozen=True, slots=True)
class RecordPath:
    """A path with its alternatives. Made by `parse_path`."""

    alternatives: tuple[_Alternative, ...]

    def all_found(self, record: Mapping[str, Any]) -> Iterator[Found]:
        """Every alternative that leads to a value, in order."""
        for each in self.alternatives:
            found = [end for end in _limited(_walk(record, each.steps, _End(), 0)) if not is_null(end.value)]
            if found:
                column = found[0].column or each.written
                plain = ".".join(step.name for step in each.steps if step.name)
                label = f"{column}[{found[0].met}]" if found[0].met else plain
                yield Found(column, each.written, label, tuple(end.value for end in found), each.unit)

    @property
    def names(self) -> list[list[str]]:
        """The keys of each alternative, from the record's own on, as far as the first filter."""
        ways = []
        for each in self.alternatives:
            until = next((at for at, step in enumerate(each.steps) if not step.name), len(each.steps))
            ways.append([name for step in each.steps[:until] for name in step.name.split(".")])
        return ways

    def find(self, record: Mapping[str, Any]) -> Found | None:
        """The first alternative that leads to a value; None when none does."""
        return next(self.all_found(record), None)


@lru_cache(maxsize=2048)
def parse_path(written: str) -> RecordPath:
    """The path that is written so. Raises ValueError, saying what is wrong with it."""
    if len(written) > _MAX_LENGTH:
        raise ValueError(f"a path of at most {_MAX_LENGTH} characters")
    alternatives = tuple(_alternative(part) for part in _split(written))
    return RecordPath(alternatives)


def is_null(value: Any) -> bool:
    """Whether a cell or key states nothing, however that is spelled."""
    if value is None or value != value or value == [] or value == {}:  # NaN is unlike itself
        return True
    if isinstance(value, str):
        said = value.strip()
        return len(said) <= 12 and (not said or said.casefold() in _NULLS)
    return False


def _split(written: str) -> Iterator[str]:
    """The alternatives: what stands between bars outside quotes and brackets."""
    part, position = "", 0
    while position < len(written):
        piece = _PIECE.match(written, position)
        if piece is None:
            raise ValueError(f"a path such as severity.name, not “{written}”: a bracket or quote is open")
        position = piece.end()
        if piece.group() == "|":
            yield part
            part = ""
        else:
            part += piece.group()
    yield part


def _alternative(written: str) -> _Alternative:
    text = written.strip()
    unit = _UNIT.match(text)
    path = unit.group("path") if unit else text
    steps: list[_Step] = []
    is_open = True  # a name must follow
    for piece in _PIECE.finditer(path):
        quoted, bracket, dot, name = piece.groups()
        if dot:
            if is_open:
                raise ValueError(f"a path with a name before each dot, not “{text}”")
            is_open = True
        elif bracket:
            if bracket in ("[]", "[*]"):
                continue  # lists are walked through anyway
            matched = _FILTER.fullmatch(bracket)
            if matched is None or not steps:
                raise ValueError(f"[] or [key=value] behind a name, not “{bracket}” in “{text}”")
            wanted = tuple(part.strip(' "').casefold() for part in matched.group(2).split("|"))
            steps.append(_Step("", tuple(matched.group(1).split(".")), wanted))
        elif not is_open:
            raise ValueError(f"a dot between the names in “{text}”")
        else:
            plain = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else name.strip()
            if not plain:
                raise ValueError(f"a path with a name before each dot, not “{text}”")
            steps.append(_Step(plain))
            is_open = False
    if is_open:
        raise ValueError(f"a path such as severity.name, not “{text}”")
    return _Alternative(path, tuple(steps), unit.group("unit") if unit else None)


def _limited(ends: Iterator[_End]) -> Iterable[_End]:
    for _, end in zip(range(_MAX_FOUND), ends, strict=False):
        yield end


def _walk(value: Any, steps: tuple[_Step, ...], way: _End, depth: int) -> Iterator[_End]:
    """The values that the steps lead to from `value`, and the way to each, which goes on from `way`."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str) and steps:
        value = decoded(value)
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, steps, way, depth + 1)
    elif not steps:
        yield _End(value, way.column, way.met)
    elif not isinstance(value, dict):
        return
    elif not steps[0].name:
        inner = tuple(_Step(name) for name in steps[0].key)
        stated = [str(end.value).strip() for end in _walk(value, inner, way, depth + 1)]
        met = next((said for said in stated if said.casefold() in steps[0].wanted), None)
        if met is not None:
            yield from _walk(value, steps[1:], _End(None, way.column, way.met or met), depth + 1)
    else:
        # The longest name first: a table made flat has columns such as "severity.name".
        plain = next((at for at, step in enumerate(steps) if not step.name), len(steps))
        for count in range(plain, 0, -1):
            key = _key(value, ".".join(step.name for step in steps[:count]))
            if key is not None:
                on = _End(None, way.column or key, way.met)
                yield from _walk(value[key], steps[count:], on, depth + 1)
                return


def _key(record: Mapping[str, Any], name: str) -> str | None:
    """The record's own key for this name, whatever its case."""
    if name in record:
        return name
    folded = name.casefold()
    return next((key for key in record if key.strip().casefold() == folded), None)


def decoded(text: str) -> Any:
    """What a cell holds that holds a list or an object of JSON; the text itself when it is none."""
    start = text.lstrip()[:1]
    if start not in ("{", "[") or len(text) > _MAX_JSON:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
