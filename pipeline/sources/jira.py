"""Jira issues with their whole histories, batch by batch. Fetches, and knows nothing of what they mean.

Paging is ours, because that of the `jira` package loses issues: it stops at a short page, goes round on a
repeated token, and throws away warnings. `jira_session.py` signs in, `rest.py` asks and waits.

- Issues come from `POST search/jql` and, for keys that documents name, `POST issue/bulkfetch`.
- Histories come from `POST changelog/bulkfetch`: what search sends inline is cut at 40 (JRACLOUD-96459).
- Times in JQL are milliseconds since the epoch: quoted ones are minutes in the account's own zone.
- Every doubt is an error: a run either brought what Jira has, or says that it did not.

Forms and limits of the endpoints: Atlassian's REST description for Jira Cloud
(developer.atlassian.com/cloud/jira/platform/rest/v2).
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from pipeline.errors import JiraError
from pipeline.settings import Jira
from pipeline.sources.jira_session import JiraReport, JiraSession

log = logging.getLogger(__name__)

#: Fields asked for. Jira sends `id` only unless told.
FIELDS = (
    "summary",
    "status",
    "resolution",
    "resolutiondate",
    "created",
    "updated",
    "duedate",
    "priority",
    "assignee",
    "reporter",
    "project",
    "issuetype",
    "labels",
    "parent",
    "issuelinks",
    "comment",
)
#: Fields every issue has. One missing means that Jira failed to load it, never that it is empty.
ALWAYS = ("summary", "status", "created", "updated", "project", "issuetype")
#: Fields Jira leaves out of issues that have none.
SOMETIMES = ("parent",)

ISSUES_PER_PAGE = 100
IDS_PER_PAGE = 5000
KEYS_PER_FETCH = 100
PROJECTS_PER_PAGE = 50
ISSUES_PER_HISTORY_FETCH = 1000
HISTORIES_PER_PAGE = 10_000

#: Search sees changes late, by "seconds to minutes" (Atlassian), in others' experience by hours.
OVERLAP = timedelta(hours=12)

_EPOCH = datetime(1970, 1, 1)
_ORDER_BY = re.compile(
    r"""(?P<condition>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])*?)\border\s+by\b.*""",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class FetchedIssue:
    """One issue as Jira sent it. `payload` has no changelog; `histories` are its entries, oldest first.

    `updated_at` is naive UTC. `history_complete` says that every entry there is was read.
    """

    issue_id: str
    issue_key: str
    updated_at: datetime
    payload: dict[str, Any]
    histories: list[dict[str, Any]]
    history_complete: bool


class JiraSource:
    """One sync with one Jira Cloud.

    `tell` hears why it waits; `sleep` and `clock` (UTC, with its zone) are the world's, but for tests.
    `absent_keys` are the keys asked for that Jira shows under no name: deleted, hidden, or never there;
    `absent_ids` are the ids of issues held from before that it shows no more.
    """

    def __init__(
        self,
        settings: Jira,
        token: SecretStr,
        *,
        tell: Callable[[str], None] = log.info,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.report = JiraReport()
        self.absent_keys: set[str] = set()
        self.absent_ids: set[str] = set()
        self._jql = settings.jql
        self._session = JiraSession(settings, token, self.report, tell=tell, sleep=sleep, clock=clock)

    def statuses(self) -> list[dict[str, Any]]:
        """The statuses Jira knows now, each with its id, name and category. Raises JiraError."""
        statuses: list[dict[str, Any]] = self._session.call("status", check=_lack_of_statuses)
        return statuses

    def projects(self) -> list[str]:
        """The keys of the projects the account may browse, in order. Raises JiraError."""
        keys: list[str] = []
        while True:
            query = {"startAt": str(len(keys)), "maxResults": str(PROJECTS_PER_PAGE), "orderBy": "key"}
            page = self._session.call("project/search", query=query, check=_lack_of_projects)
            keys += [str(project["key"]) for project in page["values"]]
            if page["isLast"] or not page["values"]:
                return keys

    def fetch_issues(
        self,
        keys: Collection[str],
        *,
        known: Mapping[str, datetime],
        updated_since: datetime | None,
    ) -> Iterator[list[FetchedIssue]]:
        """The issues of these keys and of the settings' JQL that are new or changed, in batches.

        `known` maps the numeric ids already held with their whole histories to their `updated` (naive UTC);
        an issue with the same `updated` is not yielded again. `updated_since` (naive UTC) is when the last
        good sync began; the search goes back 12 hours further, and finds besides what is not known at all.
        `absent_keys` is whole when the iteration has ended. Raises JiraError as soon as an answer cannot be
        trusted; what was yielded before that is true.
        """
        self._check_account()
        seen: set[str] = set()
        waiting: list[dict[str, Any]] = []
        for page in self._pages(sorted(set(keys)), known, updated_since, seen):
            for payload in page:
                issue_id = str(payload["id"])
                if issue_id in seen:
                    continue
                seen.add(issue_id)
                if known.get(issue_id) != _moment(payload["fields"]["updated"]):
                    waiting.append(payload)
            while len(waiting) > ISSUES_PER_HISTORY_FETCH:
                batch = self._with_histories(waiting[:ISSUES_PER_HISTORY_FETCH])
                waiting = waiting[ISSUES_PER_HISTORY_FETCH:]
                self._check_account()
                yield batch
        last = self._with_histories(waiting) if waiting else []
        # An account that lost its rights half-way sees less and less, without an error anywhere.
        self._check_account()
        if last:
            yield last

    # --- which issues -------------------------------------------------------------------------------------

    def _check_account(self) -> None:
        self._session.call("myself", check=_lack_of_account)

    def _pages(
        self,
        keys: Sequence[str],
        known: Mapping[str, datetime],
        updated_since: datetime | None,
        seen: Collection[str],
    ) -> Iterator[list[dict[str, Any]]]:
        """Payloads by key, then by search. `seen` grows while the caller takes them."""
        for chunk in _chunks(keys, KEYS_PER_FETCH):
            yield self._by_key(chunk)
        listed: set[str] = set()
        if self._jql:
            condition = _without_order(self._jql)
            if updated_since is None:
                yield from self._search(condition)
            else:
                since = (updated_since - OVERLAP - _EPOCH) // timedelta(milliseconds=1)
                yield from self._search(f"({condition}) AND updated >= {since}")
                # What the JQL finds since it was changed, and what search was late to show.
                for page in self._search(condition, fields=("id",), page_size=IDS_PER_PAGE):
                    listed.update(str(issue["id"]) for issue in page)
                unknown = sorted(listed - known.keys() - set(seen), key=int)
                for chunk in _chunks(unknown, KEYS_PER_FETCH):
                    yield self._bulk(chunk, FIELDS)
        if known and not seen and not listed and (keys or self._jql):
            self._check_known_are_shown(known)
        # What is held and neither linked nor found any more is asked for by its id: it may have lost the
        # label it was found by, and still change; or it is gone.
        outside = sorted(known.keys() - set(seen) - listed, key=int)
        for chunk in _chunks(outside, KEYS_PER_FETCH):
            found = self._bulk(chunk, FIELDS)
            self.absent_ids |= set(chunk) - {str(payload["id"]) for payload in found}
            yield found
        self.report.issues_seen = len(set(seen) | listed)

    def _by_key(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        """The issues of at most 100 keys, moved ones under their new key; notes which are absent."""
        found = self._bulk(keys, FIELDS)
        shown = {payload["key"].upper() for payload in found}
        self.absent_keys |= self._absent_among([key for key in keys if key.upper() not in shown])
        return found

    def _absent_among(self, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that lead to no issue. Jira leaves them out in silence, and a moved issue answers
        to its old key under another name; so only the count tells, and the halves tell which.
        """
        if not keys:
            return set()
        found = self._bulk(keys, ("updated",))
        if not found:
            return set(keys)
        if len(found) == len(keys):
            return set()
        middle = len(keys) // 2
        return self._absent_among(keys[:middle]) | self._absent_among(keys[middle:])

    def _bulk(self, ids_or_keys: Sequence[str], fields: Sequence[str]) -> list[dict[str, Any]]:
        """Those of at most 100 issues that Jira shows."""
        asked = {"issueIdsOrKeys": list(ids_or_keys), "fields": list(fields)}
        answered = self._session.call("issue/bulkfetch", asked, check=_lack_of_fields(fields))
        issues: list[dict[str, Any]] = answered["issues"]
        return issues

    def _check_known_are_shown(self, known: Mapping[str, datetime]) -> None:
        """Nothing was found where there had been something: see whether it is really gone."""
        some = sorted(known, key=known.__getitem__)[-KEYS_PER_FETCH:]
        if not self._bulk(some, ("updated",)):
            raise JiraError(
                f"jira: {self._session.site} shows none of the {len(known)} issues it showed before; "
                f"see whether {self._session.account} may still browse their projects"
            )

    def _search(
        self,
        condition: str,
        *,
        fields: Sequence[str] = FIELDS,
        page_size: int = ISSUES_PER_PAGE,
        fail_fast: bool = False,
    ) -> Iterator[list[dict[str, Any]]]:
        """Every issue that fulfils the JQL, a page at a time, in an order that no change disturbs."""
        asked = {"jql": f"{condition} ORDER BY created, key", "fields": list(fields), "maxResults": page_size}
        check = _lack_of_fields(fields)
        for answered in self._tokened("search/jql", asked, check, fail_fast=fail_fast):
            yield answered["issues"]

    def _tokened(
        self,
        path: str,
        asked: dict[str, Any],
        check: Callable[[Any], str | None],
        *,
        fail_fast: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """The answers of an endpoint that pages by token. A page may be short or empty and not the last."""
        tokens: set[str] = set()
        while True:
            if fail_fast:  # which only GET takes
                query = {name: str(value) for name, value in asked.items() if name != "fields"}
                query |= {"fields": ",".join(asked["fields"]), "failFast": "true"}
                answered = self._session.call(path, query=query, check=check)
            else:
                answered = self._session.call(path, asked, check=check)
            yield answered
            token = answered.get("nextPageToken")
            if token is None:
                return
            if token in tokens:
                raise JiraError(f"jira: {self._session.site} repeats a page token; run again")
            tokens.add(token)
            asked = asked | {"nextPageToken": token}

    # --- histories ----------------------------------------------------------------------------------------

    def _with_histories(self, payloads: Sequence[dict[str, Any]]) -> list[FetchedIssue]:
        """These issues with every entry of their changelogs; a page may end within an issue."""
        payloads = self._settled(payloads)
        histories: dict[str, dict[str, dict[str, Any]]] = {str(payload["id"]): {} for payload in payloads}
        asked = {"issueIdsOrKeys": list(histories), "maxResults": HISTORIES_PER_PAGE}
        for answered in self._tokened("changelog/bulkfetch", asked, _lack_of_histories) if histories else ():
            for changelog in answered["issueChangeLogs"]:
                entries = histories.get(str(changelog["issueId"]))
                if entries is not None:
                    entries.update((str(entry["id"]), entry) for entry in changelog["changeHistories"])
        self.report.issues_changed += len(payloads)
        return [
            FetchedIssue(
                issue_id=str(payload["id"]),
                issue_key=payload["key"],
                updated_at=_moment(payload["fields"]["updated"]),
                payload={name: value for name, value in payload.items() if name != "changelog"},
                histories=[
                    entry for _, entry in sorted(histories[str(payload["id"])].items(), key=_by_number)
                ],
                history_complete=True,
            )
            for payload in payloads
        ]

    def _settled(self, payloads: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """`payloads`, those that lack a field read again.

        Jira leaves out a field both where the project does not have it and where it failed to load it. With
        `failFast=true` the second is an error, so what is then missing is truly not there. An issue that
        search does not show yet is left to the next sync.
        """
        doubtful = [
            str(payload["id"])
            for payload in payloads
            if set(FIELDS) - set(SOMETIMES) - payload["fields"].keys()
        ]
        if not doubtful:
            return list(payloads)
        settled: dict[str, dict[str, Any]] = {}
        for chunk in _chunks(doubtful, KEYS_PER_FETCH):
            for page in self._search(f"id in ({', '.join(chunk)})", fail_fast=True):
                settled.update((str(payload["id"]), payload) for payload in page)
        whole = [payload for payload in payloads if str(payload["id"]) not in doubtful]
        return whole + list(settled.values())


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _by_number(entry: tuple[str, Any]) -> tuple[int, str]:
    """Jira numbers history entries as they are made."""
    return (int(entry[0]) if entry[0].isdigit() else 0, entry[0])


def _without_order(jql: str) -> str:
    """The JQL without its ORDER BY: ours takes its place, and a condition is added to it."""
    read = _ORDER_BY.fullmatch(jql)
    return (read["condition"] if read else jql).strip()


def _lack_of_account(answered: Any) -> str | None:
    if isinstance(answered, dict) and (answered.get("accountId") or answered.get("name")):
        return None
    return "does not say who is signed in"


def _lack_of_projects(answered: Any) -> str | None:
    if not isinstance(answered, dict) or not isinstance(answered.get("values"), list):
        return "answered without its projects"
    if "isLast" not in answered or not all(project.get("key") for project in answered["values"]):
        return "answered with half a list of projects"
    return None


def _lack_of_statuses(answered: Any) -> str | None:
    if isinstance(answered, list) and all(
        isinstance(status, dict) and {"id", "name", "statusCategory"} <= status.keys() for status in answered
    ):
        return None
    return "does not list its statuses with their categories"


def _lack_of_fields(fields: Sequence[str]) -> Callable[[Any], str | None]:
    """What an answer with issues lacks, when `fields` were asked for."""
    needed = [name for name in ALWAYS if name in fields]

    def lack(answered: Any) -> str | None:
        if not isinstance(answered, dict) or not isinstance(answered.get("issues"), list):
            return "answered without issues"
        if answered.get("warnings"):
            return "warns that it left out issues"
        if answered.get("issueErrors"):
            return "could not load every issue"
        if answered.get("isLast") is False and answered.get("nextPageToken") is None:
            return "says that a page follows, and not which"
        for issue in answered["issues"]:
            if not isinstance(issue, dict) or not str(issue.get("id", "")).isdigit():
                return "sent an issue without its id"
            if not needed:
                continue
            held = issue.get("fields")
            if not isinstance(issue.get("key"), str) or not isinstance(held, dict):
                return f"sent issue {issue['id']} without its key and fields"
            for name in needed:
                if held.get(name) is None:
                    return f"sent {issue['key']} without its {name}"
            try:
                _moment(held["updated"])
            except (TypeError, ValueError):
                return f"sent {issue['key']} with an unreadable time of change"
        return None

    return lack


def _lack_of_histories(answered: Any) -> str | None:
    if not isinstance(answered, dict) or not isinstance(answered.get("issueChangeLogs"), list):
        return "answered without histories"
    if answered.get("warnings"):
        return "warns that it left out histories"
    for changelog in answered["issueChangeLogs"]:
        for entry in changelog.get("changeHistories", (None,)):
            if not isinstance(entry, dict) or not {"id", "created", "items"} <= entry.keys():
                return "sent a history that is not whole"
    return None


def _moment(written: str) -> datetime:
    """`2024-03-01T10:30:00.000+0100` as naive UTC."""
    return datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)
