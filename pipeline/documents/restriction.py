"""Marks by which a document says that only some may see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.documents.formats.front_matter import FrontMatterField

#: Keys that say it by yes, keys whose value may hold a mark, and keys of words on any subject, of which one
#: may be a mark as a whole; of a nested key the last word counts.
_FLAGS = frozenset({"restricted", "confidential", "private", "sensitive", "secret", "embargoed"})
_CLASSES = frozenset(
    {
        "access", "classification", "classifications", "confidentiality", "distribution", "privacy",
        "restriction", "security", "sensitivity", "visibility",
    }
)  # fmt: skip
_LABELS = frozenset({"audience", "label", "labels", "tag", "tags"})
_WORDS = (
    r"(?:restricted|confidential|private|secret|sensitive|embargoed"
    r"|need[- ]to[- ]know|tlp:? ?(?:red|amber(?:\+strict)?))"
)
_MARK = re.compile(rf"(?<!not )(?<!non-)(?<!non )(?<!un)\b{_WORDS}\b", re.IGNORECASE)
_WHOLE_MARK = re.compile(rf"(?:(?:strictly|highly|company)[- ])?{_WORDS}", re.IGNORECASE)
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
    if name in _LABELS:
        return any(_is_label(label.strip()) for value in values for label in re.split("[,;]", value))
    return name in _CLASSES and any(_MARK.search(value) for value in values)


def _is_label(label: str) -> bool:
    """Whether a label is a mark: "confidential", "classification:restricted", but not "private-network"."""
    key, colon, value = label.partition(":")
    return bool(_WHOLE_MARK.fullmatch(label)) or (bool(colon) and _is_mark(key, [value.strip()]))
