"""Jira Cloud: search by token, reads and histories in bulk.

- Ids come from `POST search/jql`, up to 5,000 to a page; issues from `POST issue/bulkfetch`, which reads
  afresh what search is late to show, follows moved keys, and omits in silence what the account may not see.
- Histories that came cut short are read on with `POST changelog/bulkfetch`; a page may end within an issue.
- Jira leaves out a field both where a project does not have it and where it failed to load. With
  `failFast=true`, which only `GET issue` and `GET search/jql` take, the second is an error.

Forms and limits: Atlassian's REST description (developer.atlassian.com/cloud/jira/platform/rest/v2).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pipeline.errors import JiraError
from pipeline.settings import Jira
from pipeline.sources.jira.answers import (
    lack_of_count,
    lack_of_fields,
    lack_of_histories,
    lack_of_issues,
    lack_of_projects,
)
from pipeline.sources.jira.fields import SOMETIMES
from pipeline.sources.jira.session import JiraSession
from pipeline.sources.jira.site import ISSUES_PER_FETCH, JiraSite

IDS_PER_PAGE = 5000
PROJECTS_PER_PAGE = 50
ISSUES_PER_HISTORY_FETCH = 1000
HISTORIES_PER_PAGE = 10_000


class CloudSite(JiraSite):
    """See `JiraSite`."""

    names_epics = False

    def __init__(self, settings: Jira, session: JiraSession) -> None:
        super().__init__(settings, session)
        self._lock = threading.Lock()
        self._lacking: set[tuple[str, str, str]] = set()  # project, type, field: known not to be there

    def projects(self) -> list[str]:
        """See `JiraSite`."""
        keys: dict[str, None] = {}
        while True:
            query = {"startAt": str(len(keys)), "maxResults": str(PROJECTS_PER_PAGE), "orderBy": "key"}
            page = self.session.call("project/search", query=query, check=lack_of_projects)
            known = len(keys)
            keys |= dict.fromkeys(str(project["key"]) for project in page["values"])
            if page["isLast"]:
                return list(keys)
            if len(keys) == known:
                raise JiraError(f"jira: {self.session.site} repeats a page of projects; run again")

    def count(self, condition: str) -> int:
        """See `JiraSite`."""
        return int(
            self.session.call("search/approximate-count", {"jql": condition}, check=lack_of_count)["count"]
        )

    def children(self, parents: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
        """See `JiraSite`."""
        yield from self.find_ids(f"parent in ({', '.join(issue_id for issue_id, _ in parents)})")

    def values(self, ids: Sequence[str], fields: Sequence[str]) -> list[dict[str, Any]]:
        """See `JiraSite`."""
        return [payload.get("fields") or {} for payload in self._bulk(ids, fields)]

    # --- inside -------------------------------------------------------------------------------------------

    def _find(self, condition: str, fields: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        asked = {
            "jql": f"{condition} ORDER BY created, key",
            "fields": list(fields) or ["id"],
            "maxResults": IDS_PER_PAGE,
        }
        seen: set[str] = set()
        for answered in self._tokened("search/jql", asked, lack_of_issues(fields)):
            found = {str(issue["id"]): issue for issue in answered["issues"]}
            yield [issue for issue_id, issue in found.items() if issue_id not in seen]
            seen.update(found)

    def _read(self, ids_or_keys: Sequence[str]) -> list[dict[str, Any]]:
        return [self._settled(payload) for payload in self._bulk(ids_or_keys, self._fields, "changelog")]

    def _read_one(self, id_or_key: str) -> dict[str, Any] | None:
        query = {"fields": ",".join(self._fields), "expand": "changelog", "failFast": "true"}
        read: dict[str, Any] | None = self.session.call(
            f"issue/{quote(id_or_key, safe='')}",
            query=query,
            check=lack_of_fields(self._fields),
            gone=(404, 410),
        )
        return read

    def _perhaps_shown(self, ids_or_keys: Collection[str]) -> Iterator[str]:
        asked = sorted(ids_or_keys)
        chunks = [asked[start : start + ISSUES_PER_FETCH] for start in range(0, len(asked), ISSUES_PER_FETCH)]
        for payloads in self.session.each(lambda chunk: self._bulk(chunk, ("updated",)), chunks):
            yield from (str(payload["id"]) for payload in payloads)

    def _bulk(self, ids_or_keys: Sequence[str], fields: Sequence[str], *expand: str) -> list[dict[str, Any]]:
        """Those Jira shows. What it could not load, as an answer can grow too large, is asked for alone."""
        asked: dict[str, Any] = {"issueIdsOrKeys": list(ids_or_keys), "fields": list(fields)}
        if expand:
            asked["expand"] = list(expand)
        answered = self.session.call("issue/bulkfetch", asked, check=lack_of_issues(fields))
        issues: list[dict[str, Any]] = answered["issues"]
        alone = (self._read_one(str(each["id"])) for each in answered.get("issueErrors") or ())
        return issues + [issue for issue in alone if issue is not None]

    def _settled(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload, read again when it lacks a field that its project and type have."""
        fields = payload["fields"]
        where = (str(fields["project"].get("key")), str(fields["issuetype"].get("id")))
        lacks = {(*where, name) for name in self._fields if name not in fields and name not in SOMETIMES}
        if lacks <= self._lacking:
            return payload
        read = self._read_one(str(payload["id"]))
        if read is None:
            return payload  # gone since; the next look will say so
        with self._lock:
            self._lacking |= {each for each in lacks if each[2] not in read["fields"]}
        return read

    def _rest_of_histories(self, ids: Sequence[str]) -> Mapping[str, Sequence[dict[str, Any]]]:
        histories: dict[str, list[dict[str, Any]]] = {}
        for start in range(0, len(ids), ISSUES_PER_HISTORY_FETCH):
            some = list(ids[start : start + ISSUES_PER_HISTORY_FETCH])
            asked = {"issueIdsOrKeys": some, "maxResults": HISTORIES_PER_PAGE}
            for answered in self._tokened("changelog/bulkfetch", asked, lack_of_histories):
                for changelog in answered["issueChangeLogs"]:
                    held = histories.setdefault(str(changelog["issueId"]), [])
                    held += changelog["changeHistories"]
        return histories

    def _tokened(
        self, path: str, asked: dict[str, Any], check: Callable[[Any], str | None]
    ) -> Iterator[dict[str, Any]]:
        """The answers of an endpoint that pages by token. A page may be short or empty and not the last."""
        tokens: set[str] = set()
        while True:
            answered = self.session.call(path, asked, check=check)
            yield answered
            token = answered.get("nextPageToken")
            if token is None:
                return
            if token in tokens:
                raise JiraError(f"jira: {self.session.site} repeats a page token; run again")
            tokens.add(token)
            asked = asked | {"nextPageToken": token}
