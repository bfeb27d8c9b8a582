"""The part of JQL that the simulated Jira understands; it refuses all else, as Jira does a misspelt query.

- Fields: `project`, `issuetype`/`type`, `status`, `statusCategory`, `resolution`, `priority`, `assignee`,
  `reporter`, `labels`, `parent`, `key`/`id`/`issuekey`, `updated`/`created`, and custom fields by `cf[10014]`
  or their quoted name (of two fields with one name, either may match).
- `=`, `!=`, `in`, `not in`, `is (not) EMPTY`, comparisons of times, AND, OR, NOT, parentheses, ORDER BY.
- Times are milliseconds since the epoch, or quoted minutes in the account's own zone, as Atlassian's JQL
  reference says. `!=` and `not in` leave out issues whose field is empty, as in Jira.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import total_ordering
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.demo.jira.issue import Issue
from pipeline.demo.jira.payloads import team_id
from pipeline.demo.jira.site import EPIC_LINK
from pipeline.demo.jira.store import IssueStore

_TOKEN = re.compile(
    r"""\s*(?:("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(>=|<=|!=|[=<>(),!])|([^\s=<>!(),"']+))"""
)
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_KEY_FIELDS = ("key", "issuekey", "id", "issue")
_EPOCH = datetime(1970, 1, 1)
_CATEGORIES = {"new": "to do", "indeterminate": "in progress", "done": "done"}

Test = Callable[[Issue], bool]
Values = Callable[[Issue], Iterable[str]]


class QueryError(Exception):
    """The query is not understood or not allowed; the message is Jira's."""


def find_issues(jql: str, state: IssueStore) -> list[Issue]:
    """The issues that search sees and `jql` finds, in its order. Raises QueryError."""
    return Query(jql, state).issues()


class Query:
    """A query read against a state. Raises QueryError.

    A `bounded` one must have a condition, as on Cloud. Without `validate` values that do not exist are
    skipped, as Data Center does when told to. `ties_reversed` orders equals the other way round.
    """

    def __init__(
        self,
        jql: str,
        state: IssueStore,
        *,
        bounded: bool = True,
        validate: bool = True,
        ties_reversed: bool = False,
    ) -> None:
        self._state = state
        self._tie = -1 if ties_reversed else 1
        self._validate = validate
        self._tokens = _tokens(jql)
        self._at = 0
        self._order: list[tuple[str, bool]] = []  # field, and whether it descends
        self._test: Test | None = None
        if self._tokens and self._word() != "order":
            self._test = self._either()
        elif bounded:
            raise QueryError(
                "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            )
        if self._word() == "order":
            self._take()
            self._expect("by")
            self._ordering()
        if self._at < len(self._tokens):
            raise self._not_understood()

    def issues(self, fresh: Collection[str] = ()) -> list[Issue]:
        """What it finds, in its order, ties by id; the `fresh` ids as they are, however late the index."""
        seen, test = self._state.searchable(fresh), self._test
        found = seen if test is None else [issue for issue in seen if test(issue)]
        return sorted(found, key=self.place) if self._order else found

    def place(self, issue: Issue) -> tuple[Any, ...]:
        """Where an issue stands in the order, to be compared with others."""
        parts: list[Any] = []
        for name, descends in self._order:
            part = _ORDERS[name](issue)
            parts.append(_Descending(part) if descends else part)
        return (*parts, int(issue.issue_id) * self._tie)

    # --- grammar ------------------------------------------------------------------------------------------

    def _either(self) -> Test:
        tests = [self._both()]
        while self._word() in ("or", "||"):
            self._take()
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda issue: any(test(issue) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._word() in ("and", "&&"):
            self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda issue: all(test(issue) for test in tests)

    def _one(self) -> Test:
        if self._word() in ("not", "!"):
            self._take()
            negated = self._one()
            return lambda issue: not negated(issue)
        if self._word() == "(":
            self._take()
            test = self._either()
            self._expect(")")
            return test
        name = self._take().strip("\"'")
        how = self._take().lower()
        if how == "is":
            is_empty = self._word() != "not"
            if not is_empty:
                self._take()
            if self._word() not in ("empty", "null"):
                raise self._not_understood()
            self._take()
            values_of = self._values_of(name)
            return lambda issue: (not any(values_of(issue))) == is_empty
        if how == "not":
            self._expect("in")
            how = "not in"
        if how in ("in", "not in"):
            self._expect("(")
            values = [self._value()]
            while self._word() == ",":
                self._take()
                values.append(self._value())
            self._expect(")")
        elif how in ("=", "!=") or how in _COMPARISONS:
            values = [self._value()]
        else:
            raise self._not_understood()
        return self._condition(name, how, values)

    def _ordering(self) -> None:
        while True:
            name = self._take().strip("\"'").lower()
            if name not in _ORDERS:
                raise QueryError(f"Field '{name}' does not exist or you do not have permission to view it.")
            descends = self._word() == "desc"
            if self._word() in ("asc", "desc"):
                self._take()
            self._order.append((name, descends))
            if self._word() != ",":
                return
            self._take()

    def _word(self) -> str | None:
        return self._tokens[self._at].lower() if self._at < len(self._tokens) else None

    def _value(self) -> str:
        value = self._take()
        if value in ("(", ")", ",", "=", "!"):
            raise self._not_understood()
        return value

    def _take(self) -> str:
        if self._at >= len(self._tokens):
            raise QueryError("Error in the JQL Query: it ends before it is complete.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, word: str) -> None:
        if self._word() != word:
            raise self._not_understood()
        self._at += 1

    def _not_understood(self) -> QueryError:
        near = self._tokens[min(self._at, len(self._tokens) - 1)]
        return QueryError(f"Error in the JQL Query: '{near}' is not understood here.")

    # --- meaning ------------------------------------------------------------------------------------------

    def _condition(self, name: str, how: str, written: list[str]) -> Test:
        values = [re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] in "\"'" else value for value in written]
        lower = name.lower()
        if lower in ("updated", "created"):
            if how not in _COMPARISONS:
                raise QueryError(f"The operator '{how}' is not supported by the '{name}' field.")
            limit, compare = self._milliseconds_of(name, written[0], values[0]), _COMPARISONS[how]
            if lower == "updated":
                return lambda issue: compare(_milliseconds(issue.updated_at), limit)
            return lambda issue: compare(_milliseconds(issue.created_at), limit)
        values_of = self._values_of(name)
        if how in _COMPARISONS:
            raise QueryError(f"The operator '{how}' is not supported by the '{name}' field.")
        wanted = self._known(lower, values)
        if how in ("=", "in"):
            return lambda issue: not wanted.isdisjoint(values_of(issue))

        def other(issue: Issue) -> bool:
            held = tuple(values_of(issue))
            return any(held) and wanted.isdisjoint(held)

        return other

    def _values_of(self, name: str) -> Values:
        """What an issue holds in a field, in the form that `_known` gives the values asked for."""
        state, lower = self._state, name.lower()
        if lower in _KEY_FIELDS:
            return lambda issue: (issue.issue_id,)
        if lower in _PLAIN:
            return _PLAIN[lower]
        match lower:
            case "status":
                return lambda issue: (str(issue.fields["status"]),)
            case "statuscategory":
                categories = {
                    status_id: _CATEGORIES[category] for status_id, (_, category) in state.statuses.items()
                }
                return lambda issue: (categories.get(issue.fields["status"], "in progress"),)
            case "priority":
                return lambda issue: (state.priorities.get(issue.fields["priority"], "").lower(),)
            case "parent":
                return lambda issue: (issue.parent_id or "",)
        if lower in ("epic link", "cf[10014]"):
            return self._epic
        fields = [
            field_id
            for field_id, custom in state.custom_fields.items()
            if lower in (custom.name.lower(), f"cf[{field_id.removeprefix('customfield_')}]")
        ]
        if not fields:
            raise QueryError(f"Field '{name}' does not exist or you do not have permission to view it.")
        return lambda issue: [
            word for field_id in fields for word in _words_of(state, field_id, issue.custom.get(field_id))
        ]

    def _epic(self, issue: Issue) -> Iterable[str]:
        parent = self._state.parent_of(issue)
        if issue.real is not None:
            epic = self._state.find_any(issue.custom.get(EPIC_LINK) or "")
            return ("" if epic is None else epic.issue_id,)
        if parent is None or self._state.issue_types[parent.fields["issuetype"]].level < 1:
            return ("",)
        return (parent.issue_id,)

    def _known(self, name: str, values: list[str]) -> set[str]:
        """The values asked for, in the form that issues hold them. Raises QueryError for one that is not."""
        state = self._state
        known: set[str] = set()
        for value in values:
            found: Iterable[str]
            said = f"The value '{value}' does not exist for the field '{name}'."
            if name in (*_KEY_FIELDS, "parent", "epic link", "cf[10014]"):
                issue = state.find(value)
                found = () if issue is None else (issue.issue_id,)
                said = (
                    f"A value with ID '{value}' does not exist for the field '{name}'."
                    if value.isdigit()
                    else f"An issue with key '{value}' does not exist for field '{name}'."
                )
            elif name == "project":
                found = [
                    key
                    for key, title in state.visible_projects().items()
                    if value.lower() in (key.lower(), title.lower(), state.project(key)["id"])
                ]
            elif name == "status":
                found = [
                    status_id
                    for status_id, (title, _) in state.statuses.items()
                    if value.lower() in (status_id, title.lower())
                ]
            elif name == "statuscategory":
                found = [
                    words
                    for key, words in _CATEGORIES.items()
                    if value.lower() in (key, words, words.title())
                ]
            elif name in ("issuetype", "type"):
                found = [
                    held.name.lower()
                    for held in state.issue_types.values()
                    if value.lower() in (held.name.lower(), held.type_id)
                ]
            elif name in ("labels", "assignee", "reporter"):
                found = (value,)
            elif name == "resolution":
                found = ("",) if value.lower() == "unresolved" else (value.lower(),)
            else:
                found = (value.lower(),)
            if not found and self._validate:
                raise QueryError(said)
            known.update(found)
        return known

    def _milliseconds_of(self, name: str, written: str, value: str) -> int:
        if written.isdigit():
            return int(written)
        for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
            try:
                local = datetime.strptime(value.replace("/", "-"), form)
                break
            except ValueError:
                continue
        else:
            raise QueryError(
                f"Date value '{value}' for field '{name}' is invalid. Valid formats include: "
                "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd'."
            )
        zoned = local.replace(tzinfo=ZoneInfo(self._state.account_time_zone))
        return _milliseconds(zoned.astimezone(UTC).replace(tzinfo=None))


@total_ordering
class _Descending:
    """Sorts the other way round."""

    __slots__ = ("part",)

    def __init__(self, part: Any) -> None:
        self.part = part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.part == other.part)

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.part < self.part)

    __hash__ = None  # type: ignore[assignment]


def _words_of(state: IssueStore, field_id: str, value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [word for each in value for word in _words_of(state, field_id, each)]
    if isinstance(value, dict):
        return [str(value[name]).lower() for name in ("id", "name", "value") if name in value]
    told = f"{value:g}" if isinstance(value, float) else str(value)
    if state.custom_fields[field_id].schema_type == "team":
        return [told.lower(), team_id(told)]
    return [told.lower()]


def _tokens(jql: str) -> list[str]:
    tokens, at = [], 0
    text = jql.rstrip()
    while at < len(text):
        read = _TOKEN.match(text, at)
        if read is None:
            raise QueryError(f"Error in the JQL Query: '{text[at:].strip()[:20]}' is not understood.")
        tokens.append(read[1] or read[2] or read[3])
        at = read.end()
    return tokens


def _milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


_PLAIN: dict[str, Values] = {
    "project": lambda issue: (issue.project,),
    "labels": lambda issue: issue.fields["labels"],
    "issuetype": lambda issue: (issue.fields["issuetype"].lower(),),
    "type": lambda issue: (issue.fields["issuetype"].lower(),),
    "assignee": lambda issue: (issue.fields["assignee"] or "",),
    "reporter": lambda issue: (issue.fields["reporter"] or "",),
    "resolution": lambda issue: ((issue.fields["resolution"] or "").lower(),),
}
_ORDERS: dict[str, Callable[[Issue], Any]] = {
    "created": lambda issue: issue.created_at,
    "updated": lambda issue: issue.updated_at,
    "key": lambda issue: (issue.project, int(issue.key.rpartition("-")[2])),
    "issuekey": lambda issue: (issue.project, int(issue.key.rpartition("-")[2])),
    "id": lambda issue: int(issue.issue_id),
}
