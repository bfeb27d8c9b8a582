"""The part of JQL that the simulated Jira understands; it refuses all else, as Jira does a misspelt query.

`project`, `labels`, `key`/`id` and `updated`/`created`, with `=`, `!=`, `in`, `not in` and comparisons,
joined by AND, OR and parentheses, and ORDER BY. Times are milliseconds since the epoch, or quoted minutes in
the account's own zone, as Atlassian's JQL reference says.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.demo.jira_state import JiraState

_TOKEN = re.compile(r"""\s*(?:("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(>=|<=|!=|[=<>(),])|([^\s=<>!(),"']+))""")
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_KEY_FIELDS = ("key", "issuekey", "id", "issue")
_EPOCH = datetime(1970, 1, 1)

Issue = Any  # what JiraState.visible() yields
Test = Callable[[Issue], bool]


class QueryError(Exception):
    """The query is not understood or not allowed; the message is Jira's."""


def find_issues(jql: str, state: JiraState) -> list[Issue]:
    """The visible issues that `jql` finds, in its order. Raises QueryError."""
    return _Query(jql, state).issues()


class _Query:
    def __init__(self, jql: str, state: JiraState) -> None:
        self.state = state
        self.tokens = _tokens(jql)
        self.at = 0
        self.order: list[tuple[str, bool]] = []  # field, and whether it descends
        if not self.tokens or self._word() == "order":
            raise QueryError(
                "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            )
        self.test = self._either()
        if self._word() == "order":
            self._take()
            self._expect("by")
            self._ordering()
        if self.at < len(self.tokens):
            raise self._not_understood()

    def issues(self) -> list[Issue]:
        found = [issue for issue in self.state.visible() if self.test(issue)]
        for name, descends in reversed(self.order):
            found.sort(key=_ORDERS[name], reverse=descends)
        return found

    # --- grammar ------------------------------------------------------------------------------------------

    def _either(self) -> Test:
        tests = [self._both()]
        while self._word() == "or":
            self._take()
            tests.append(self._both())
        return lambda issue: any(test(issue) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._word() == "and":
            self._take()
            tests.append(self._one())
        return lambda issue: all(test(issue) for test in tests)

    def _one(self) -> Test:
        if self._word() == "(":
            self._take()
            test = self._either()
            self._expect(")")
            return test
        name = self._take().strip("\"'").lower()
        how = self._take().lower()
        if how == "not":
            self._expect("in")
            how = "not in"
        if how in ("in", "not in"):
            self._expect("(")
            values = [self._take()]
            while self._word() == ",":
                self._take()
                values.append(self._take())
            self._expect(")")
        elif how in ("=", "!=") or how in _COMPARISONS:
            values = [self._take()]
        else:
            raise self._not_understood()
        return self._condition(name, how, values)

    def _ordering(self) -> None:
        while True:
            name = self._take().lower()
            if name not in _ORDERS:
                raise QueryError(f"Field '{name}' does not exist or you do not have permission to view it.")
            descends = self._word() == "desc"
            if self._word() in ("asc", "desc"):
                self._take()
            self.order.append((name, descends))
            if self._word() != ",":
                return
            self._take()

    def _word(self) -> str | None:
        return self.tokens[self.at].lower() if self.at < len(self.tokens) else None

    def _take(self) -> str:
        if self.at >= len(self.tokens):
            raise QueryError("Error in the JQL Query: it ends before it is complete.")
        self.at += 1
        return self.tokens[self.at - 1]

    def _expect(self, word: str) -> None:
        if self._word() != word:
            raise self._not_understood()
        self.at += 1

    def _not_understood(self) -> QueryError:
        near = self.tokens[min(self.at, len(self.tokens) - 1)]
        return QueryError(f"Error in the JQL Query: '{near}' is not understood here.")

    # --- meaning ------------------------------------------------------------------------------------------

    def _condition(self, name: str, how: str, written: list[str]) -> Test:
        values = [re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] in "\"'" else value for value in written]
        if name in ("updated", "created"):
            if how not in _COMPARISONS:
                raise QueryError(f"The operator '{how}' is not supported by the '{name}' field.")
            limit, compare = self._milliseconds_of(name, written[0], values[0]), _COMPARISONS[how]
            return lambda issue: compare(_milliseconds(getattr(issue, f"{name}_at")), limit)
        if name in (*_KEY_FIELDS, "project", "labels") and how in _COMPARISONS:
            raise QueryError(f"The operator '{how}' is not supported by the '{name}' field.")
        is_wanted = how in ("=", "in")
        if name in _KEY_FIELDS:
            found = [self.state.find(value) for value in values]
            for value, issue in zip(values, found, strict=True):
                if issue is None:
                    raise QueryError(f"An issue with key '{value}' does not exist for field '{name}'.")
            ids = {issue.issue_id for issue in found if issue is not None}
            return lambda issue: (issue.issue_id in ids) == is_wanted
        if name == "project":
            keys = {key for key, title in self.state.projects.items() if {key, title} & set(values)}
            for value in values:
                if value not in self.state.projects and value not in self.state.projects.values():
                    raise QueryError(f"The value '{value}' does not exist for the field 'project'.")
            return lambda issue: (issue.project in keys) == is_wanted
        if name == "labels":  # "not this label" leaves out issues without any label, as in Jira
            return lambda issue: (
                bool(issue.fields["labels"]) and set(values).isdisjoint(issue.fields["labels"]) != is_wanted
            )
        raise QueryError(f"Field '{name}' does not exist or you do not have permission to view it.")

    def _milliseconds_of(self, name: str, written: str, value: str) -> int:
        if written.isdigit():
            return int(written)
        try:
            local = datetime.strptime(value.replace("/", "-"), "%Y-%m-%d %H:%M")
        except ValueError:
            raise QueryError(
                f"Date value '{value}' for field '{name}' is invalid. Valid formats include: "
                "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd'."
            ) from None
        zoned = local.replace(tzinfo=ZoneInfo(self.state.account_time_zone))
        return _milliseconds(zoned.astimezone(UTC).replace(tzinfo=None))


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


_ORDERS: dict[str, Callable[[Issue], Any]] = {
    "created": lambda issue: _milliseconds(issue.created_at),
    "updated": lambda issue: _milliseconds(issue.updated_at),
    "key": lambda issue: (issue.project, int(issue.key.rpartition("-")[2])),
    "id": lambda issue: int(issue.issue_id),
}
