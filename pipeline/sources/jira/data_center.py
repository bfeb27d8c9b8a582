"""Jira Data Center: one search for all, paged by offsets, with histories inline.

An offset is worth nothing when something changes between two pages, and recent versions refuse offsets past
10,000 (`max_result_window`). So each page begins where the last one ended in time of creation, which never
changes; only where one moment holds more issues than a page is an offset used. A short page is not the last:
the total tells. There is no bulk read by id; `id in (…)` without validation takes its place, and leaves out
in silence what is not there.

Forms: Atlassian's REST description (docs.atlassian.com/software/jira/docs/api/REST), method `search`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import quote

from pipeline.sources.jira.answers import (
    is_whole_entry,
    lack_of_changelog,
    lack_of_fields,
    lack_of_list,
    lack_of_offsets,
    moment,
)
from pipeline.sources.jira.site import GONE, ISSUES_PER_FETCH, JiraSite

IDS_PER_PAGE = 1000


class DataCenterSite(JiraSite):
    """See `JiraSite`."""

    names_epics = True

    def projects(self) -> list[str]:
        """See `JiraSite`."""
        answered = self.session.call("project", check=lack_of_list("key"))
        return sorted(str(project["key"]) for project in answered)

    def count(self, condition: str) -> int:
        """See `JiraSite`."""
        return int(self._search(condition, ("created",), 0, limit=1)["total"])

    def children(self, parents: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
        """See `JiraSite`. Only the field of Jira Software knows an epic's issues here."""
        if self._epic_link is not None:
            number = self._epic_link.removeprefix("customfield_")
            keys = ", ".join(key for _, key in parents)
            yield from self.find_ids(f"cf[{number}] in ({keys})")

    def values(self, ids: Sequence[str], fields: Sequence[str]) -> list[dict[str, Any]]:
        """See `JiraSite`."""
        answered = self._search(f"id in ({', '.join(ids)})", fields, 0, of_ids=True)
        return [issue.get("fields") or {} for issue in answered["issues"]]

    # --- inside -------------------------------------------------------------------------------------------

    def _find(self, condition: str, fields: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        from_second: int | None = None
        seen: set[str] = set()  # those of that second, which comes again
        start = 0
        while True:
            floor = "" if from_second is None else f" AND created >= {from_second * 1000}"
            jql = f"({condition}){floor} ORDER BY created, key"
            answered = self._search(jql, ("created", *fields), start)
            page = {str(each["id"]): _second(each["fields"]["created"]) for each in answered["issues"]}
            yield [each for each in answered["issues"] if str(each["id"]) not in seen]
            if not page or start + len(answered["issues"]) >= answered["total"]:
                return
            seconds = list(page.values())
            last = seconds[-1]
            if last == from_second or last < seconds[0]:
                seen.update(page)
                start += len(answered["issues"])
            else:
                from_second, start = last, 0
                seen = {issue_id for issue_id, second in page.items() if second == last}

    def _read(self, ids_or_keys: Sequence[str]) -> list[dict[str, Any]]:
        name = "id" if ids_or_keys[0].isdigit() else "key"
        jql = f"{name} in ({', '.join(ids_or_keys)}) ORDER BY created, key"
        found: dict[str, dict[str, Any]] = {}
        start = 0
        while True:
            answered = self._search(jql, self._fields, start, "changelog", of_ids=True)
            found.update((str(issue["id"]), issue) for issue in answered["issues"])
            start += len(answered["issues"])
            if not answered["issues"] or start >= answered["total"]:
                return list(found.values())

    def _read_one(self, id_or_key: str) -> dict[str, Any] | None:
        query = {"fields": ",".join(self._fields), "expand": "changelog"}
        path = f"issue/{quote(id_or_key, safe='')}"
        read: dict[str, Any] | None = self.session.call(
            path, query=query, check=lack_of_fields(self._fields), gone=GONE
        )
        return read

    def _perhaps_shown(self, ids_or_keys: Collection[str]) -> Iterator[str]:
        yield from sorted(ids_or_keys)

    def _search(
        self,
        jql: str,
        fields: Sequence[str],
        start: int,
        *expand: str,
        of_ids: bool = False,
        limit: int = IDS_PER_PAGE,
    ) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "jql": jql,
            "startAt": start,
            "maxResults": ISSUES_PER_FETCH if of_ids else limit,
            "fields": list(fields),
            "validateQuery": not of_ids,  # of ids and keys some may be gone; a condition must be right
        }
        if expand:
            asked["expand"] = list(expand)
        answered: dict[str, Any] = self.session.call("search", asked, check=lack_of_offsets(fields))
        return answered

    def _rest_of_histories(self, ids: Sequence[str]) -> Mapping[str, Sequence[dict[str, Any]]]:
        """The changelogs of these issues, one by one: some versions cut them in a search only."""

        def changelog(issue_id: str) -> tuple[str, Any]:
            query = {"fields": "updated", "expand": "changelog"}
            path = f"issue/{issue_id}"
            return issue_id, self.session.call(path, query=query, check=lack_of_changelog, gone=GONE)

        return {
            issue_id: [entry for entry in read["changelog"]["histories"] if is_whole_entry(entry)]
            for issue_id, read in self.session.each(changelog, ids)
            if read is not None
        }


def _second(written: str) -> int:
    """Seconds since 1970. Jira's index may know no more of a time than its second."""
    return int(moment(written).replace(tzinfo=UTC).timestamp())
