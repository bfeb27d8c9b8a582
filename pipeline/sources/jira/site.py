"""What any Jira can be asked, and how an issue is put together: its fields, its comments, its whole history.

What search and bulk reads send along of a changelog is cut at 40 entries on Cloud, the oldest lost first and
in silence (JRACLOUD-96459); but `changelog.total` tells how many there are. So what is short is read on, and
an issue says whether its history is whole.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, NamedTuple, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from pipeline.batches import batches
from pipeline.settings import Deployment, Jira
from pipeline.sources.jira.answers import (
    is_whole_entry,
    lack_of_account,
    lack_of_deployment,
    lack_of_list,
    lack_of_page,
    moment,
)
from pipeline.sources.jira.fields import FIELDS, custom_fields
from pipeline.sources.jira.session import JiraSession
from pipeline.sources.rest import CallReport, Clock, Patience

Made = TypeVar("Made")
log = logging.getLogger(__name__)

ISSUES_PER_FETCH = 100
#: So many fetches may wait for a worker or be ready: what comes in the time it takes to keep some.
FETCHES_AHEAD = 20
#: So many issues wait for the rest of their histories before these are asked for.
INCOMPLETE_AT_ONCE = 200
COMMENTS_PER_PAGE = 100
#: What an issue asked for by itself is answered with when the account may not see it, or nobody can.
GONE = (403, 404, 410)


@dataclass(frozen=True, slots=True)
class FetchedIssue:
    """One issue as Jira sent it. `payload` has no changelog; `histories` are its entries, oldest first.

    `updated_at` is naive UTC. `history_count` is how many entries Jira says there are; None: it did not say.
    """

    issue_id: str
    issue_key: str
    updated_at: datetime
    payload: dict[str, Any]
    histories: list[dict[str, Any]]
    history_count: int | None

    @property
    def history_complete(self) -> bool:
        """Whether every entry there is was read."""
        return self.history_count is not None and len(self.histories) >= self.history_count


class IssueState(NamedTuple):
    """An issue as a search lists it; search is late to show changes. `updated_at` is naive UTC."""

    issue_id: str
    issue_key: str
    updated_at: datetime


@dataclass(slots=True)
class Sought:
    """What asking for keys led to: the issues, which of them each key led to, and which keys to none."""

    issues: list[FetchedIssue] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)


class JiraSite(ABC):
    """One Jira, asked as one account. Every method raises JiraError when an answer cannot be trusted."""

    #: Whether an issue names its epic by key in a field of Jira Software, and not as its parent.
    names_epics: ClassVar[bool]

    def __init__(self, settings: Jira, session: JiraSession) -> None:
        self.session = session
        self.report = session.report
        self._settings = settings
        self.read_fields(())

    # --- the site -----------------------------------------------------------------------------------------

    def account(self) -> dict[str, Any]:
        """Who is signed in. An account that lost its rights sees less and less, and no error tells it."""
        answered: dict[str, Any] = self.session.call("myself", check=lack_of_account)
        return answered

    def statuses(self) -> list[dict[str, Any]]:
        """The statuses Jira knows now, each with its id, name and category."""
        check = lack_of_list("id", "name", "statusCategory")
        answered: list[dict[str, Any]] = self.session.call("status", check=check)
        return answered

    def priorities(self) -> list[dict[str, Any]]:
        """The priorities, the most urgent first."""
        answered: list[dict[str, Any]] = self.session.call("priority", check=lack_of_list("id", "name"))
        return answered

    def fields(self) -> list[dict[str, Any]]:
        """The fields of issues, with their types. Those that hold what we know of are read from then on."""
        check = lack_of_list("id", "name")
        answered: list[dict[str, Any]] = self.session.call("field", check=check)
        self.read_fields(answered)
        return answered

    def read_fields(self, defined: Iterable[Mapping[str, Any]], also: Collection[str] = ()) -> None:
        """Read, of these fields, those that hold what we know of, besides the fields every Jira has.

        `also` are ids of further fields to read.
        """
        custom = custom_fields(self._settings.fields, defined)
        self._epic_link = custom.get("epic_link")
        more = {*also, *custom.values()} - set(FIELDS)
        self._fields: tuple[str, ...] = (*FIELDS, *sorted(more))

    @property
    def epic_field(self) -> str | None:
        """The field in which issues name their epic by its key, where it is not told as their parent."""
        return self._epic_link if self.names_epics else None

    @abstractmethod
    def projects(self) -> list[str]:
        """The keys of the projects the account may browse, in order."""

    # --- which issues -------------------------------------------------------------------------------------

    def find_ids(self, condition: str) -> Iterator[list[str]]:
        """The ids of every issue that fulfils the JQL `condition`, a page at a time, each once."""
        for page in self._find(condition, ()):
            yield [str(issue["id"]) for issue in page]

    def find_states(self, condition: str) -> Iterator[list[IssueState]]:
        """The same, with each issue's key and time of change, as far as the search knows them by now."""
        for page in self._find(condition, ("updated",)):
            yield [
                IssueState(str(issue["id"]), issue["key"], moment(issue["fields"]["updated"]))
                for issue in page
            ]

    @abstractmethod
    def children(self, parents: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
        """The ids of the issues whose parent is one of these: of at most 100, by id and key."""

    @abstractmethod
    def count(self, condition: str) -> int:
        """About how many issues fulfil the JQL `condition`."""

    def seek(self, keys: Collection[str]) -> Sought:
        """The issues of these keys; a moved issue answers to its former keys too."""
        sought = Sought()
        left: list[str] = []
        doubtful: list[str] = []
        chunks = batches(sorted(set(keys)), ISSUES_PER_FETCH)
        read = list(self.session.each(lambda chunk: (chunk, self._read_whole(chunk)), chunks))
        # A history that is cut may lack the entry that tells of a move.
        every = self._with_rest([issue for _, found in read for issue in found])
        issues = {issue.issue_id: issue for issue in every}
        for asked, found in read:
            whole = [issues[issue.issue_id] for issue in found]
            led = _led(asked, whole)
            sought.ids |= led
            is_explained = {issue.issue_id for issue in whole} == set(led.values())
            is_sure = is_explained and all(issue.history_complete for issue in whole)
            (left if is_sure else doubtful).extend(key for key in asked if key not in led)
        if list(self._perhaps_shown(left)):
            doubtful += left
        else:
            sought.absent.update(left)
        alone = dict(self.session.each(lambda key: (key, self._read_alone(key)), doubtful))
        sought.absent.update(key for key, issue in alone.items() if issue is None)
        sought.ids |= {key: issue.issue_id for key, issue in alone.items() if issue is not None}
        missed = {issue.issue_id: issue for issue in alone.values() if issue is not None}
        issues |= {issue.issue_id: issue for issue in self._with_rest(list(missed.values()))}
        sought.issues = list(issues.values())
        return sought

    # --- issues -------------------------------------------------------------------------------------------

    def fetch(self, ids: Iterable[str]) -> Iterator[list[FetchedIssue]]:
        """The issues of these ids that Jira shows, whole, in batches, in the order they become ready."""
        return self.fetch_as(lambda issue: issue, ids)

    def fetch_as(self, make: Callable[[FetchedIssue], Made], ids: Iterable[str]) -> Iterator[list[Made]]:
        """What `make` makes of each, in the thread that read it; nothing else is held of it."""
        incomplete: list[FetchedIssue] = []

        def read(chunk: Sequence[str]) -> tuple[list[Made], list[FetchedIssue]]:
            found = self._read_whole(chunk)
            ready = [make(issue) for issue in found if issue.history_complete]
            return ready, [issue for issue in found if not issue.history_complete]

        def complete(some: Sequence[FetchedIssue]) -> tuple[list[Made], list[FetchedIssue]]:
            return [make(issue) for issue in self._with_rest(some)], []

        def work() -> Iterator[Callable[[], tuple[list[Made], list[FetchedIssue]]]]:
            for chunk in batches(ids, ISSUES_PER_FETCH):
                yield partial(read, chunk)
                if len(incomplete) >= INCOMPLETE_AT_ONCE:
                    some = incomplete.copy()
                    incomplete.clear()
                    yield partial(complete, some)

        for ready, short in self.session.each(lambda ask: ask(), work(), ahead=FETCHES_AHEAD):
            yield ready
            incomplete += short
        if incomplete:
            yield complete(incomplete)[0]

    def read_again(self, ids: Collection[str]) -> list[FetchedIssue]:
        """The issues of those of these ids that lead to one, each asked for alone.

        A read of many may leave one out, as may a search that is late.
        """
        suspects = list(self._perhaps_shown(ids))
        return self._with_rest(
            [issue for issue in self.session.each(self._read_alone, suspects) if issue is not None]
        )

    @abstractmethod
    def values(self, ids: Sequence[str], fields: Sequence[str]) -> list[dict[str, Any]]:
        """What these fields hold in those of at most 100 issues that Jira shows; absent: nothing."""

    def remote_links(self, ids: Iterable[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The links to pages elsewhere of those of these issues that Jira shows. A call for each: Jira sends
        them in no other way.
        """

        def links_of(issue_id: str) -> tuple[str, list[dict[str, Any]] | None]:
            path = f"issue/{issue_id}/remotelink"
            return issue_id, self.session.call(path, check=lack_of_list("object"), gone=GONE)

        for issue_id, links in self.session.each(links_of, ids):
            if links is not None:
                yield issue_id, links

    # --- inside -------------------------------------------------------------------------------------------

    @abstractmethod
    def _find(self, condition: str, fields: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        """Every issue that fulfils `condition`, with these fields, a page at a time, each once."""

    @abstractmethod
    def _read(self, ids_or_keys: Sequence[str]) -> list[dict[str, Any]]:
        """The payloads of those of at most 100 issues that Jira shows, with the changelogs it sends along."""

    @abstractmethod
    def _read_one(self, id_or_key: str) -> dict[str, Any] | None:
        """The payload of one issue with the changelog that comes along; None when it leads to none."""

    @abstractmethod
    def _perhaps_shown(self, ids_or_keys: Collection[str]) -> Iterator[str]:
        """What a second look at these finds that is worth asking for alone: ids, or all of them."""

    @abstractmethod
    def _rest_of_histories(self, ids: Sequence[str]) -> Mapping[str, Sequence[dict[str, Any]]]:
        """Every history entry of these issues, by issue, as far as Jira gives them."""

    def _read_whole(self, ids_or_keys: Sequence[str]) -> list[FetchedIssue]:
        return [self._put_together(payload) for payload in self._read(ids_or_keys)]

    def _read_alone(self, id_or_key: str) -> FetchedIssue | None:
        payload = self._read_one(id_or_key)
        return None if payload is None else self._put_together(payload)

    def _put_together(self, payload: dict[str, Any]) -> FetchedIssue:
        """An issue from its payload, with all its comments and what came along of its history."""
        changelog = payload.pop("changelog", None)
        if not isinstance(changelog, dict):
            changelog = {}
        total = changelog.get("total")
        self._add_comments(payload)
        payload.pop("expand", None)  # what else there is to ask for, which depends on the endpoint
        return FetchedIssue(
            issue_id=str(payload["id"]),
            issue_key=payload["key"],
            updated_at=moment(payload["fields"]["updated"]),
            payload=payload,
            histories=_in_order(entry for entry in changelog.get("histories") or () if is_whole_entry(entry)),
            history_count=total if isinstance(total, int) else None,
        )

    def _add_comments(self, payload: dict[str, Any]) -> None:
        """Give the issue the comments that did not come along with it."""
        page = payload["fields"].get("comment")
        if not isinstance(page, dict) or not isinstance(page.get("comments"), list):
            return
        found = {str(comment["id"]): comment for comment in page["comments"]}
        start, total = 0, page.get("total") or 0
        while len(found) < total and start < total:
            query = {"startAt": str(start), "maxResults": str(COMMENTS_PER_PAGE), "orderBy": "created"}
            answered = self.session.call(
                f"issue/{payload['id']}/comment",
                query=query,
                check=lack_of_page("comments", "id"),
                gone=GONE,
            )
            if answered is None or not answered["comments"]:
                break
            found = {str(comment["id"]): comment for comment in answered["comments"]} | found
            start, total = start + len(answered["comments"]), answered["total"]
        comments = sorted(found.values(), key=_number) if start else page["comments"]
        # How a page was cut depends on the endpoint, not on the issue.
        payload["fields"]["comment"] = {"comments": comments, "total": total}

    def _with_rest(self, issues: Sequence[FetchedIssue]) -> list[FetchedIssue]:
        """These issues, and those whose histories came cut short with the rest of them."""
        short = sorted((issue.issue_id for issue in issues if not issue.history_complete), key=int)
        rest = self._rest_of_histories(short) if short else {}
        return [
            issue if issue.history_complete else _extended(issue, rest.get(issue.issue_id))
            for issue in issues
        ]


def open_site(
    settings: Jira,
    token: SecretStr,
    *,
    tell: Callable[[str], None] = log.info,
    clock: Clock | None = None,
    patience: Patience | None = None,
) -> JiraSite:
    """The Jira of the settings, as the deployment it is. Nothing is asked but, if need be, which that is.

    `tell` hears why it waits; `clock` is the world's, but for tests. Raises JiraError.
    """
    session = JiraSession(settings, token, CallReport(), tell=tell, clock=clock, patience=patience)
    deployment = settings.deployment
    if deployment is None and is_atlassians(settings.url):
        deployment = "cloud"
    if deployment is None:
        deployment = told_deployment(session.call("serverInfo", check=lack_of_deployment))
    return site_of(deployment, settings, session)


def site_of(deployment: Deployment, settings: Jira, session: JiraSession) -> JiraSite:
    """The Jira of the settings, which is of that deployment."""
    from pipeline.sources.jira.cloud import CloudSite
    from pipeline.sources.jira.data_center import DataCenterSite

    return CloudSite(settings, session) if deployment == "cloud" else DataCenterSite(settings, session)


def told_deployment(server_info: Mapping[str, Any]) -> Deployment:
    """Which deployment `serverInfo` says it is; Data Center calls itself a server."""
    return "cloud" if server_info["deploymentType"].lower() == "cloud" else "data_center"


def is_atlassians(url: str) -> bool:
    """Whether only a Cloud can be at this address."""
    host = urlsplit(url).hostname or ""
    return host == "api.atlassian.com" or host.endswith((".atlassian.net", ".jira.com"))


def _extended(issue: FetchedIssue, rest: Sequence[dict[str, Any]] | None) -> FetchedIssue:
    """The issue with these entries of its history too; None when Jira gave none for it.

    What came along with the issue has its times in full; the rest may have them in whole seconds.
    """
    if rest is None:
        return issue
    entries = {str(entry["id"]): entry for entry in (*rest, *issue.histories)}
    count = len(entries) if issue.history_count is None else issue.history_count
    return replace(issue, histories=_in_order(entries.values()), history_count=count)


def _led(keys: Sequence[str], issues: Sequence[FetchedIssue]) -> dict[str, str]:
    """Which key led to which issue: by the key it has now, else by one its history says it had."""
    by_key: dict[str, str] = {}
    for issue in issues:
        for entry in issue.histories:
            for item in entry["items"]:
                is_key = str(item.get("field", "")).lower() == "key" and item.get("fieldtype") != "custom"
                if is_key and item.get("fromString"):
                    by_key[str(item["fromString"]).upper()] = issue.issue_id
    by_key |= {issue.issue_key.upper(): issue.issue_id for issue in issues}
    return {key: by_key[key.upper()] for key in keys if key.upper() in by_key}


def _in_order(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Jira numbers the entries of a history as they are made; each once."""
    numbered: dict[str, dict[str, Any]] = {}
    for entry in entries:
        numbered[str(entry["id"])] = entry
    return [numbered[each] for each in sorted(numbered, key=_place)]


def _number(numbered: Mapping[str, Any]) -> tuple[int, str]:
    return _place(str(numbered["id"]))


def _place(written: str) -> tuple[int, str]:
    return (int(written) if written.isdigit() else 0, written)
