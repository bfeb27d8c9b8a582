"""Jira Data Center's own answers (9 and 10), traps included.

- Only `/rest/api/2`; no `search/jql`, no bulk endpoints, no changelog but within an issue.
- `search` pages by offset: an issue that changes place between two pages is skipped or comes twice. A page
  may be shorter than asked for, and what is asked for is cut at the server's own most (1,000). With two
  nodes, issues that the order holds equal come in another order from either (knowledge base, "Inconsistent
  paginated API search result"). Past 10,000 results it fails (the same, "exceeding max_result_window").
- A value that does not exist fails the query, unless `validateQuery` is false: then it is skipped.
- A deleted issue is a 404, a hidden one a 403 in other words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.demo.jira.answers import INVALID_PAYLOAD, Answers, Call, RefusedError
from pipeline.demo.jira.issue import Issue

_SEARCH_KEYS = {"jql", "startAt", "maxResults", "fields", "expand", "validateQuery"}


class DataCenterAnswers(Answers):
    """A Jira Data Center of `nodes` nodes that take turns."""

    newest_first = False
    issue_missing = "Issue Does Not Exist"
    nodes = 1

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._searches = 0

    def answer(self, call: Call) -> Any:
        """The answer to a call, or RefusedError."""
        match call.method, call.parts:
            case "GET", ["search"]:
                asked: dict[str, Any] = {name: values[-1] for name, values in call.query.items()}
                return self.search(
                    asked
                    | {"fields": call.names("fields"), "expand": call.names("expand")}
                    | {"validateQuery": call.one("validateQuery", "true").lower() != "false"}
                )
            case "POST", ["search"]:
                if not isinstance(call.body, dict) or not call.body.keys() <= _SEARCH_KEYS:
                    raise RefusedError(400, INVALID_PAYLOAD)
                return self.search(call.body)
            case "GET", ["project"]:
                return [self.state.project(key) for key in self.state.visible_projects()]
        return super().answer(call)

    def server_info(self) -> dict[str, Any]:
        """A Data Center, which calls itself a server."""
        return {
            "baseUrl": self.state.base_url,
            "version": "10.3.2",
            "versionNumbers": [10, 3, 2],
            "deploymentType": "Server",
            "buildNumber": 10030002,
            "buildDate": "2025-01-20T00:00:00.000+0000",
            "serverTime": self.server_time(),
            "scmInfo": "0000000000000000000000000000000000000000",
            "serverTitle": "Jira",
        }

    def myself(self) -> dict[str, Any]:
        """The account signed in."""
        return {
            "self": f"{self.state.base_url}/rest/api/2/user?username={self.account}",
            "key": "JIRAUSER10000",
            "name": self.account,
            "emailAddress": "analytics@example.com",
            "displayName": "Analytics",
            "active": True,
            "timeZone": self.state.account_time_zone,
            "locale": "en_US",
        }

    def expired(self, call: Call) -> Any:
        """A token that is no longer valid is said to be so."""
        raise RefusedError(401, "Client must be authenticated to access this resource.")

    def unknown_path(self, call: Call) -> RefusedError:
        """A 404 in the words of its REST framework."""
        message = f"null for uri: {self.state.base_url}/rest/api/2/{'/'.join(call.parts)}"
        return RefusedError(404, message, body={"message": message, "status-code": 404})

    def refused_query(self, message: str) -> RefusedError:
        """The refusal of a query."""
        return RefusedError(400, message, body={"errorMessages": [message], "warningMessages": []})

    def visible(self, id_or_key: str) -> Issue:
        """The issue of that id or key: 404 for one that is not, 403 for one that is not to be seen."""
        issue = self.state.find_any(id_or_key)
        if issue is not None and not self.state.is_visible(issue):
            raise RefusedError(403, "You do not have the permission to see the specified issue.")
        return super().visible(id_or_key)

    def search(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One page of `search`, by offset."""
        start = int(asked.get("startAt") or 0)
        wanted = asked.get("maxResults")
        limit = min(50 if wanted is None else int(wanted), self.limits.page)
        self._searches += 1
        _, found = self.found(
            str(asked.get("jql") or ""),
            bounded=False,
            validate=asked.get("validateQuery") is not False,
            ties_reversed=self.nodes > 1 and self._searches % self.nodes == 0,
        )
        window = self.limits.window
        if window is not None and start + limit > window:
            message = (
                "Search limit exceeded. We couldn't complete your search because it requests "
                f"{start + limit:,} results which exceeded the search platform limit of {window:,}. Try "
                "refining your query or contact your Jira administrator. Repeating the same search may not "
                "work."
            )
            raise RefusedError(500, message, body={"message": message, "stack-trace": ""})
        shown = limit - 1 if self.short_pages and limit > 1 and self._searches % 2 == 0 else limit
        fields = list(asked.get("fields") or ()) or ["*navigable"]
        expand = ",".join(asked.get("expand") or ())
        return {
            "expand": "schema,names",
            "startAt": start,
            "maxResults": limit,
            "total": len(found),
            "issues": [self.sent(issue, fields, expand) for issue in found[start : start + max(0, shown)]],
        }
