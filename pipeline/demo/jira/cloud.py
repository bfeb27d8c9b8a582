"""Jira Cloud's own answers, traps included.

- `search/jql` pages by a token bound to its query, tells no total, sends ids unless told; a page may be short
  or empty and have a successor. A token goes on after the last issue it gave, by the order of the query, so
  that an issue which meanwhile moved forward in it is seen again and one that moved back is not.
- Search may be late (`freeze_index`); ids in `reconcileIssues` it sees as they are.
- `search` is gone (410). Histories within an issue are cut at the newest 40 (JRACLOUD-96459), comments too.
- Bulk answers leave out in silence what is deleted, hidden or unknown; a page of histories may end within an
  issue; `created` there comes as ISO, or as seconds (as in Atlassian's example) or milliseconds of the epoch.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pipeline.demo.jira.answers import INVALID_PAYLOAD, Answers, Call, RefusedError
from pipeline.demo.jira.encoding import written_each, written_list
from pipeline.demo.jira.issue import Issue, read_time

HistoryTimes = Literal["iso", "seconds", "milliseconds"]

_GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
    "guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
_EPOCH = datetime(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)
_SEARCH_KEYS = {
    "jql",
    "fields",
    "expand",
    "properties",
    "maxResults",
    "nextPageToken",
    "fieldsByKeys",
    "failFast",
    "reconcileIssues",
}


class CloudAnswers(Answers):
    """A Jira Cloud."""

    history_times: HistoryTimes = "iso"

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        #: Of each page token: the query it belongs to, after which place it goes on, which page comes.
        self._tokens: dict[str, tuple[Any, tuple[Any, ...], int]] = {}

    def answer(self, call: Call) -> Any:
        """The answer to a call, or RefusedError."""
        match call.method, call.parts:
            case "GET" | "POST", ["search"]:
                raise RefusedError(410, _GONE)
            case "GET", ["search", "jql"]:
                asked = {name: values[-1] for name, values in call.query.items()}
                names = {each: call.names(each) for each in ("fields", "reconcileIssues")}
                return self.search(asked | names)
            case "POST", ["search", "jql"]:
                self._check(call.body, _SEARCH_KEYS)
                return self.search(call.body)
            case "POST", ["search", "approximate-count"]:
                return {"count": len(self.found(str(call.body["jql"]))[1])}
            case "POST", ["issue", "bulkfetch"]:
                self._check(call.body, {"issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys"})
                return self.bulk_fetch(call.body)
            case "POST", ["changelog", "bulkfetch"]:
                self._check(call.body, {"issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"})
                return self.bulk_changelog(call.body)
            case "GET", ["issue", name, "changelog"]:
                return self.changelog(self.visible(name), call.number("startAt", 0), call)
            case "GET", ["project", "search"]:
                projects = [self.state.project(key) for key in self.state.visible_projects()]
                return _page(projects, call.number("startAt", 0), min(call.number("maxResults", 50), 50))
            case "GET", ["field", "search"]:
                kinds = call.names("type") or ["custom", "system"]
                listed = [
                    {"id": each["id"], "name": each["name"]}
                    | ({"schema": each["schema"]} if "schema" in each else {})
                    for each in self.state.real_list("field") or self.fields()
                    if ("custom" if each["custom"] else "system") in kinds
                ]
                return _page(listed, call.number("startAt", 0), min(call.number("maxResults", 50), 50))
            case "GET", ["mypermissions"] if not call.names("permissions"):
                raise RefusedError(400, "The 'permissions' query parameter is required.")
            case "POST", ["permissions", "project"]:
                may = set(call.body["permissions"]) <= {"BROWSE_PROJECTS"}
                return {
                    "projects": [
                        {"id": int(self.state.project(key)["id"]), "key": key}
                        for key in (self.state.visible_projects() if may else ())
                    ]
                }
        return super().answer(call)

    def server_info(self) -> dict[str, Any]:
        """A Cloud site."""
        return {
            "baseUrl": self.state.base_url,
            "displayUrl": self.state.base_url,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100286,
            "buildDate": "2026-01-05T00:00:00.000+0000",
            "serverTime": self.server_time(),
            "serverTimeZone": self.state.account_time_zone,
            "serverTitle": "Jira",
        }

    def myself(self) -> dict[str, Any]:
        """The account of the token."""
        return {
            "self": f"{self.state.base_url}/rest/api/2/user?accountId=analytics",
            "accountId": "analytics",
            "accountType": "atlassian",
            "emailAddress": self.account,
            "displayName": "Analytics",
            "active": True,
            "timeZone": self.state.account_time_zone,
            "locale": "en_US",
        }

    def expired(self, call: Call) -> Any:
        """Each question answered as to a stranger, who sees nothing."""
        match call.parts:
            case ["myself"]:
                raise RefusedError(
                    401,
                    "Client must be authenticated to access this resource.",
                )
            case ["search", "jql"]:
                return {"issues": [], "isLast": True}
            case ["issue", "bulkfetch"]:
                return {"issues": [], "issueErrors": []}
            case ["changelog", "bulkfetch"]:
                return {"issueChangeLogs": []}
            case ["search", "approximate-count"]:
                return {"count": 0}
            case ["project" | "field", "search"]:
                return _page([], 0, 50)
            case ["permissions", "project"]:
                return {"projects": []}
            case ["serverInfo"]:
                return self.server_info()
            case ["issue", *_]:
                raise RefusedError(404, self.issue_missing)
        return []

    # --- search -------------------------------------------------------------------------------------------

    def search(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One page of `search/jql`: issues, and a token unless it is the last."""
        jql = asked.get("jql") or ""
        fields = [name.strip() for given in asked.get("fields") or () for name in given.split(",")] or ["id"]
        expand = str(asked.get("expand") or "")
        bound = (jql, tuple(fields), expand)
        token = asked.get("nextPageToken")
        after, number = self._token(token, bound)
        fresh = frozenset(map(str, asked.get("reconcileIssues") or ()))
        if len(fresh) > 50:
            raise RefusedError(400, "The number of reconcileIssues must not be more than 50.")
        query, found = self.found(jql, fresh=fresh)
        start = 0 if token is None else bisect_right(found, after, key=query.place)
        ids_only = set(fields) <= {"id", "key"}
        limit = min(int(asked.get("maxResults") or 50), self.limits.ids if ids_only else self.limits.page)
        if limit < 1:
            raise RefusedError(400, "The maxResults parameter must be between 1 and 5000.")
        if self.short_pages and number % 4 == 3:
            limit = 0
        elif self.short_pages and number % 2 and limit > 1:
            limit -= 1
        page = found[start : start + limit]
        answered: dict[str, Any] = {"issues": [self._found_issue(issue, fields, expand) for issue in page]}
        if start + len(page) < len(found):
            following = secrets.token_urlsafe(12)
            self._tokens[following] = (bound, query.place(page[-1]) if page else after, number + 1)
            answered["nextPageToken"] = following
        answered["isLast"] = "nextPageToken" not in answered
        return answered

    def _found_issue(self, issue: Issue, fields: Sequence[str], expand: str) -> Any:
        if set(fields) <= {"id", "key"} and "changelog" not in expand:
            return {"id": issue.issue_id} | ({"key": issue.key} if "key" in fields else {})
        return self.sent(issue, fields, expand)

    def _token(self, token: str | None, bound: Any) -> tuple[tuple[Any, ...], int]:
        if token is None:
            return (), 0
        held, after, number = self._tokens.get(token, (None, (), 0))
        if held != bound:
            raise RefusedError(400, "The provided next page token is invalid or expired.")
        return after, number

    # --- in bulk ------------------------------------------------------------------------------------------

    def bulk_fetch(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Up to 100 issues by id or key, ascending by id; what is not to be seen is left out in silence."""
        found = self._named(asked["issueIdsOrKeys"], 100)
        fields = asked.get("fields") or ["*navigable"]
        expand = ",".join(asked.get("expand") or ())
        return {
            "expand": "names,schema",
            "issues": [self.sent(issue, fields, expand) for issue in found],
            "issueErrors": [],
        }

    def bulk_changelog(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A page of the histories of up to 1,000 issues, oldest first within each; it may end within one."""
        found = self._named(asked["issueIdsOrKeys"], 1000)
        wanted = set(asked.get("fieldIds") or ())
        if len(asked.get("fieldIds") or ()) > 10:
            raise RefusedError(400, "The number of field ids must not be more than 10.")
        limit = int(asked.get("maxResults") or 1000)
        if not 1 <= limit <= 10_000:
            raise RefusedError(400, "The maxResults parameter must be between 1 and 10000.")
        bound = (tuple(asked["issueIdsOrKeys"]), tuple(sorted(wanted)))
        token = asked.get("nextPageToken")
        after, number = self._token(token, bound)
        from_id, from_entry = after if after else (0, 0)
        logs: list[dict[str, Any]] = []
        following: tuple[int, int] | None = None
        for issue in found:
            issue_id = int(issue.issue_id)
            if issue_id < from_id:
                continue
            entries = self._entries(issue, wanted)
            start = from_entry if issue_id == from_id else 0
            if limit == 0 and start < len(entries):
                following = (issue_id, start)
                break
            shown = entries[start : start + limit]
            limit -= len(shown)
            if shown:
                logs.append({"issueId": issue.issue_id, "changeHistories": written_list(shown)})
            if start + len(shown) < len(entries):
                following = (issue_id, start + len(shown))
                break
        answered: dict[str, Any] = {"issueChangeLogs": logs}
        if following is not None:
            answered["nextPageToken"] = secrets.token_urlsafe(12)
            self._tokens[answered["nextPageToken"]] = (bound, following, number + 1)
        return answered

    def _entries(self, issue: Issue, wanted: set[str]) -> list[bytes]:
        if not wanted and self.history_times == "iso":
            return self.sent_histories(issue)
        entries = []
        for entry in self.state.histories(issue):
            if not wanted or any(item.get("fieldId") in wanted for item in entry["items"]):
                if self.history_times != "iso":
                    since = read_time(entry["created"]) - _EPOCH
                    unit = timedelta(seconds=1) if self.history_times == "seconds" else _MILLISECOND
                    entry = entry | {"created": since // unit}
                entries.append(entry)
        return written_each(entries)

    def changelog(self, issue: Issue, start: int, call: Call) -> dict[str, Any]:
        """A page of one issue's history, oldest first."""
        return _page(self.state.histories(issue), start, min(call.number("maxResults", 100), 100))

    def _named(self, names: Any, most: int) -> list[Issue]:
        if not isinstance(names, list) or not 1 <= len(names) <= most:
            raise RefusedError(400, f"The number of issues must be between 1 and {most}.")
        found = {issue.issue_id: issue for name in names if (issue := self.state.find(str(name))) is not None}
        return sorted(found.values(), key=lambda issue: int(issue.issue_id))

    @staticmethod
    def _check(body: Any, known: set[str]) -> None:
        if not isinstance(body, dict) or not body.keys() <= known or None in body.values():
            raise RefusedError(400, INVALID_PAYLOAD)


def _page(values: list[Any], start: int, limit: int) -> dict[str, Any]:
    page = values[start : start + limit]
    return {
        "startAt": start,
        "maxResults": limit,
        "total": len(values),
        "isLast": start + len(page) >= len(values),
        "values": page,
    }
