"""What a Jira issue's record and its links are made of: shared by settings, source, reader and sync.

A record of an issue has the columns `key`, `id`, `fields.<id>` for each field, `names` of custom fields,
`history` when a mapping asks for it, and `document` when several texts make up the postmortem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pipeline.record_mappings import PART_FIELDS, FieldPaths, field_paths
from pipeline.record_mappings.paths import parse_path

LinkKind = Literal["duplicate", "clone", "cause", "review", "other"]

#: Words by which a type of link says what it is, in its name or its outward phrase, in lower case. The models
#: know the same (sql/intermediate/int_jira__link_words.sql).
LINK_WORDS: tuple[tuple[str, LinkKind], ...] = (
    ("dupli", "duplicate"), ("doublon", "duplicate"), ("дублик", "duplicate"), ("дублир", "duplicate"),
    ("重复", "duplicate"), ("重複", "duplicate"), ("중복", "duplicate"),
    ("clon", "clone"), ("klon", "clone"), ("клон", "clone"), ("克隆", "clone"), ("复制", "clone"),
    ("クローン", "clone"), ("複製", "clone"), ("복제", "clone"),
    ("problem/incident", "cause"), ("caus", "cause"), ("verursach", "cause"), ("ursache", "cause"),
    ("veroorza", "cause"), ("причин", "cause"), ("原因", "cause"), ("원인", "cause"),
    ("incident review", "review"), ("postmortem", "review"), ("post-mortem", "review"),
    ("reviewed by", "review"),
)  # fmt: skip

#: Resolutions and statuses of an issue closed as a duplicate, in lower case without blanks and signs. The
#: models know the same (sql/intermediate/int_jira__decline_words.sql).
DUPLICATE_WORDS = frozenset(
    {
        "duplicate", "duplicated", "duplicateissue", "closedasduplicate",
        "duplikat", "doublon", "duplicado", "duplicada", "duplicato", "duplicaat",
        "重复", "重複", "중복", "дубликат",
    }
)  # fmt: skip

NAMES = "names"  # the column that holds the names of custom fields, by id
#: Types of issues and records that are incidents and no planned work, in lower case with plain spaces.
INCIDENT_TYPES = frozenset({"incident", "outage", "major incident", "unplanned"})
#: Types that review an incident which may have an issue of its own.
REVIEW_TYPES = frozenset(
    {
        "incident postmortem", "incident report", "incident retrospective", "incident review", "pir",
        "post incident report", "post incident review", "post mortem", "post mortem report", "postmortem",
        "retrospective",
    }
)  # fmt: skip

_COLUMNS = ("id", "key", "history", "document")
_TYPES = re.compile(
    r"""\b(?:issuetype|worktype|type)\s*(?:=|\bin\b)\s*
        (?P<names>\((?:"[^"]*"|'[^']*'|[^()"'])*\)|"[^"]*"|'[^']*'|[^\s()"']+)
        |"[^"]*"|'[^']*'""",  # quoted words of other conditions are passed over
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(r"""["']([^"']*)["']|([^\s,()"']+(?:\s+[^\s,()"']+)*)""")


def issue_paths(
    own: Mapping[str, str | Mapping[str, str]],
    texts: Iterable[str] = ("description",),
    *,
    comments: bool = False,
    severity: str | None = None,
    team: str | None = None,
) -> FieldPaths:
    """The mapping of a source of issues: what Jira itself says, and one's `own` paths instead.

    `texts` are the fields that make up the postmortem, `severity` and `team` those known to hold these.
    """
    ready: dict[str, str | Mapping[str, str]] = {}
    named = list(texts)
    if named:
        text = f"fields.{named[0]}" if len(named) == 1 else "document"
        ready |= {"summary": text, "document": text}
    if comments:
        ready["comments"] = {"list": "fields.comment.comments", "at": "created", "text": "body"}
    if severity is not None:
        ready["severity"] = f"fields.{severity}"
    if team is not None:
        ready["team"] = f"fields.{team}"
    return field_paths("jira", {**ready, **own})


def columns_of(paths: FieldPaths) -> set[str]:
    """The columns of an issue's record that the paths lead to. Raises ValueError when one leads to none."""
    found: set[str] = set()
    for name, written in paths:
        part, _, inner = name.partition(".")
        if part in PART_FIELDS and inner != "list":
            continue  # goes on from an entry of the list
        for names in parse_path(written).names:
            column = ".".join(names[:2]) if names[0] == "fields" else names[0]
            if column not in _COLUMNS and not re.fullmatch(r"fields\.\w+", column):
                raise ValueError(_no_column(".".join(names), part))
            found.add(column)
    return found


def _no_column(path: str, name: str) -> str:
    meant = re.sub(r"^(?:issue\.)?(?:fields\.)?", "", path)
    near = f"fields.{meant}" if re.match(r"[A-Za-z]\w*(?:\.|$)", meant) else "fields.customfield_10042"
    return f"a path in an issue, such as {near}, key or history[reached=done].at, not “{path}” (of {name})"


_ORDER_BY = re.compile(
    r"""(?P<condition>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])*?)\border\s+by\b.*""",
    re.IGNORECASE | re.DOTALL,
)


def without_order(jql: str) -> str:
    """The JQL without its ORDER BY: ours takes its place, and a condition is added to it."""
    read = _ORDER_BY.fullmatch(jql)
    return (read["condition"] if read else jql).strip()


def link_kind(link_type: Mapping[str, Any]) -> LinkKind:
    """What a type of link says by its name and its outward phrase, as Jira sends them."""
    words = " ".join(str(link_type.get(part) or "") for part in ("name", "outward")).lower()
    return next((kind for word, kind in LINK_WORDS if word in words), "other")


def named_types(jql: str) -> tuple[str, ...]:
    """The types of issues that a JQL asks for by name, in lower case: who asks says what they are."""
    found: list[str] = []
    for match in _TYPES.finditer(jql):
        for quoted, plain in _NAME.findall(match["names"] or ""):
            found.append((quoted or plain).strip().casefold())
    return tuple(dict.fromkeys(name for name in found if name))
