"""Marks by which a document says that only some may see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.documents.formats.front_matter import FrontMatterField

#: Keys that say it by yes, and keys whose value may be a mark; of a nested key the last word counts.
_FLAGS = frozenset({"restricted", "confidential", "private", "sensitive", "secret", "embargoed"})
_CLASSES = frozenset(
    {
        "access", "audience", "classification", "classifications", "confidentiality", "distribution",
        "labels", "privacy", "restriction", "security", "sensitivity", "tags", "tlp", "visibility",
    }
)  # fmt: skip
_MARK = re.compile(
    r"(?<!not )(?<!non-)(?<!non )(?<!un)\b(?:restricted|confidential|private|secret|sensitive|embargoed"
    r"|need[- ]to[- ]know|tlp:? ?(?:red|amber(?:\+strict)?))\b",
    re.IGNORECASE,
)
_YES = frozenset({"true", "yes", "y", "on", "1"})


def marks_restriction(fields: Iterable[FrontMatterField]) -> bool:
    """Whether a document's front matter restricts it: `restricted: true`, `classification: confidential` …"""
    return any(_is_mark(field.key, field.values) for field in fields)


def record_marks_restriction(record: Mapping[str, Any]) -> bool:
    """The same of a record, by its own keys; an issue of Jira is restricted by a security level."""
    fields = record.get("fields")
    if isinstance(fields, Mapping) and fields.get("security"):
        return True
    return any(
        _is_mark(key, [str(each) for each in (value if isinstance(value, list) else [value])])
        for key, value in record.items()
    )


def _is_mark(key: str, values: Iterable[str]) -> bool:
    words = re.findall(r"[a-z]+", key.casefold())
    name = next((word for word in reversed(words) if word not in ("is", "only", "level")), "")
    if name in _FLAGS:
        return any(value.strip().casefold() in _YES or _MARK.search(value) for value in values)
    if name == "tlp":
        return any(value.strip().casefold() in ("red", "amber", "amber+strict") for value in values)
    return name in _CLASSES and any(_MARK.search(value) for value in values)
