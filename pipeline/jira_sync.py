"""Following promises in Jira: which issues to ask for, and when, until the warehouse holds what Jira has.

Two kinds of sync take turns:

- Most runs ask what changed since the last good sync began, minus an overlap, as search is late to show
  changes: of what the JQL finds, and of what is held, in whatever project it is.
- A *sweep*, once a day unless set, looks at everything: every id the JQL finds, every key a document names,
  and every issue held, each read afresh by its id. It finds what was deleted, moved or hidden, what search
  was too late to show, and what changed without a new `updated`, as a renamed status.

The watermark is Jira's own time when the sync began, and is kept in one transaction with the last rows: a run
that ends half-way keeps what it had, and the next one goes on from there. Whatever is read is read by id, as
only such reads are fresh: search decides what to look at, never what is true.
"""

from __future__ import annotations

import gc
import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pipeline.batches import batches
from pipeline.errors import JiraError
from pipeline.record_mappings.issues import without_order
from pipeline.settings import Jira
from pipeline.vanished import looks_lost
from pipeline.warehouse import Warehouse, now
from pipeline.warehouse.jira import DefinitionKind, FollowReason, IssueLine, issue_line

if TYPE_CHECKING:
    from pipeline.sources.jira.site import JiraSite

Item = TypeVar("Item")
log = logging.getLogger(__name__)

#: Issues are kept in batches of so many: small enough for any machine, large enough for the database.
ISSUES_PER_LOAD = 1000
KEYS_PER_SEEK = 1000
PROJECTS_PER_SEARCH = 200
#: A sweep is due when this much of the time between two has passed.
SWEEP_SLACK = 0.9
#: How far relations are followed: an epic's story's subtask's duplicate's survivor, and no further.
ROUNDS = 5
PARENTS_PER_SEARCH = 50
#: Calls for links to pages, one an issue: of those whose history tells of one, and in turn of the others.
TOLD_LINKS_PER_RUN = 500
LINKS_PER_SWEEP = 50
LINKS_PER_LOAD = 100
#: So many more objects than before, and those made last are looked through: more than a few answers are.
OBJECTS_PER_COLLECTION = 500_000

_EPOCH = datetime(1970, 1, 1)


class Progress(Protocol):
    """Shows how far something is."""

    def __call__(self, items: Iterable[Item], what: str) -> Iterator[Item]:
        """`items`, unchanged."""


def _in_silence(items: Iterable[Item], what: str) -> Iterator[Item]:
    yield from items


@dataclass(slots=True)
class SyncReport:
    """What a sync did. `followed` are the issues held that Jira shows, `gone` those it does not any more.

    `jql_count` is how many the JQL found, when everything was looked at and there is one; `unasked_count` how
    many were never asked for their links to pages.
    """

    is_sweep: bool = False
    followed: int = 0
    changed: int = 0
    gone: int = 0
    absent_keys: int = 0
    jql_count: int | None = field(default=None, compare=False)
    unasked_count: int = field(default=0, compare=False)


class JiraSync:
    """One sync of the warehouse with one Jira.

    `sweep` asks for a look at everything, which is otherwise taken when it is due; `accept_vanished` takes
    issues for gone even when half of them or more are. `progress` passes batches through, showing how far
    they are.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        settings: Jira,
        site: Callable[[], JiraSite],
        *,
        sweep: bool = False,
        accept_vanished: bool = False,
        progress: Progress = _in_silence,
    ) -> None:
        self.report = SyncReport()
        self._warehouse = warehouse
        self._tables = warehouse.jira
        self._settings = settings
        self._open = site
        self._site: JiraSite | None = None
        self._accepts_vanished = accept_vanished
        self._progress = progress
        self._condition = without_order(settings.jql) if settings.jql else None
        self._jql = " ".join((self._condition or "").split())
        self._scope = _scope_of(settings)
        self._state = self._tables.state(self._scope)
        self.report.is_sweep = sweep or self._is_due()
        self._projects: list[str] | None = None
        self._waiting: list[IssueLine] = []
        self._asked_for_children: set[tuple[str, str]] = set()
        self._asked_for_epics: set[str] = set()
        self._absent_keys: set[str] = set()
        self._began_at = self._tables.now()
        self._resumed_at = self._began_at
        self._resumed_site_at: datetime | None = None

    # --- the sync, read aloud -----------------------------------------------------------------------------

    def learn_projects(self) -> None:
        """Ask for the keys of Jira's projects, when it is time to: PAY-12 is an issue if PAY is one."""
        if self.report.is_sweep or not self._tables.projects():
            self._shown_projects()

    def run(self, fetch_id: str, keys: Iterable[str], incident_keys: Iterable[str]) -> None:
        """Bring what changed of the issues of these keys, of the JQL, and of what these lead to.

        Notes in raw.fetches, under `fetch_id`, how it goes and that it is done. Raises JiraError; what was
        read until then is kept.
        """
        try:
            with _few_collections():
                self._run(fetch_id, sorted(set(keys)), sorted(set(incident_keys)))
        except JiraError as error:
            self._load()
            self._note_calls(fetch_id)
            if not self.report.changed:
                raise
            kept = f"{self.report.changed:,} new or changed issues are kept; the next run goes on from there"
            raise JiraError(f"{error}; {kept}") from error

    def _run(self, fetch_id: str, keys: list[str], incident_keys: list[str]) -> None:
        sought: tuple[tuple[list[str], FollowReason], ...] = ((keys, "document"), (incident_keys, "incident"))
        site = self.site()
        site.account()
        self._note_start(fetch_id)
        if self.report.is_sweep:
            self._learn_definitions()
            for named, reason in sought:
                self._seek(self._tables.keys_not_read_since(named, reason, self._resumed_at), reason)
            self._read(self._all_unread())
            if self._resumed_site_at is not None:
                self._read_changed(self._resumed_site_at)
            self._load()
            left = self._tables.ids_not_shown_since(self._resumed_at)
            self._read_again({*left, *self._tables.unheld_ids(self._resumed_at)})
        else:
            site.read_fields(self._tables.fields())
            for named, reason in sought:
                self._seek(self._tables.unsettled_keys(named, reason), reason)
            self._read(self._tables.unheld_ids(self._state.began_at or self._began_at))
            self._read_changed(self._state.watermark or _EPOCH)
        self._follow_relations()
        gone = self._find_gone() if self.report.is_sweep else set()
        self._ask_for_remote_links()
        if self.report.is_sweep or self.report.changed or self._absent_keys:
            site.account()  # an account that lost its rights half-way sees less and less, without an error
        self._finish(fetch_id, gone)

    def site(self) -> JiraSite:
        """The Jira, signed in when it is first needed."""
        if self._site is None:
            self._site = self._open()
        return self._site

    # --- beginning and end --------------------------------------------------------------------------------

    def _is_due(self) -> bool:
        # A clock set back must not put it off, and a daily run begins a little earlier on some days.
        swept_at = self._state.swept_at
        hours = SWEEP_SLACK * timedelta(hours=self._settings.sweep_every_hours)
        return swept_at is None or abs(now() - swept_at) >= hours

    def _note_start(self, fetch_id: str) -> None:
        """Write down from when on changes are not yet held, or go on with the sweep that was interrupted."""
        at = self.site().report.site_at or now()
        self._began_at = self._resumed_at = self._tables.now()
        hours = timedelta(hours=self._settings.sweep_every_hours)
        interrupted = [each for each in self._state.interrupted if abs(now() - each[0]) < hours]
        if self.report.is_sweep and interrupted:
            began_at, site_at = interrupted[0]
            self._resumed_at, self._resumed_site_at = began_at, min(at, site_at)
            at = self._resumed_site_at
            log.info("jira: going on with the look at everything that began at %s UTC", began_at)
        self._warehouse.note_fetch(
            fetch_id,
            started_at=self._began_at,
            site_at=at,
            is_sweep=self.report.is_sweep,
            scope=self._scope,
            jql=self._jql,
        )
        if self._state.began_at is not None:  # by the same settings, so what was found then was found by this
            self._tables.ascribe_finds(self._jql)

    def _finish(self, fetch_id: str, gone: set[str]) -> None:
        if self._absent_keys:
            self._shown_projects()
        with self._warehouse.transaction():
            self._load()
            self._tables.note_absent_issues(gone, self._projects or ())
            self._tables.note_absent_keys(self._absent_keys, self._projects or ())
            self.report.gone, self.report.absent_keys = len(gone), len(self._absent_keys)
            self.report.followed = self._tables.count_shown()
            if self._settings.remote_links:
                self.report.unasked_count = self._tables.count_without_remote_links()
            self._warehouse.note_fetch(fetch_id, jql_count=self.report.jql_count)
            self._note_calls(fetch_id)
            self._warehouse.finish_fetch(
                fetch_id, item_count=self.report.followed, changed_count=self.report.changed
            )

    def _note_calls(self, fetch_id: str) -> None:
        if self._site is not None:
            calls = self._site.report
            self._warehouse.note_fetch(
                fetch_id,
                call_count=calls.calls,
                retry_count=calls.retries,
                waited_seconds=calls.waited_seconds,
            )

    # --- what Jira defines --------------------------------------------------------------------------------

    def _learn_definitions(self) -> None:
        site = self.site()
        listed: tuple[tuple[DefinitionKind, Callable[[], list[dict[str, Any]]]], ...] = (
            ("status", site.statuses),
            ("priority", site.priorities),
            ("field", site.fields),
        )
        for kind, payloads in site.session.each(lambda one: (one[0], one[1]()), listed):
            self._tables.load_definitions(kind, payloads)
        self._shown_projects()

    def _shown_projects(self) -> list[str]:
        if self._projects is None:
            self._projects = self.site().projects()
            self._tables.load_definitions("project", [{"key": key} for key in self._projects])
        return self._projects

    # --- which issues -------------------------------------------------------------------------------------

    def _seek(self, keys: Iterable[str], reason: FollowReason) -> None:
        """Read the issues of these keys, and note which led to which; those to none are noted at the end."""
        for some in batches(keys, KEYS_PER_SEEK):
            sought = self.site().seek(some)
            held = self._tables.bearers_of(sought.absent)
            self._tables.note_keys(held | sought.ids)
            self._tables.follow({**held, **sought.ids}.values(), reason)
            self._absent_keys |= sought.absent - held.keys()
            self._keep(map(issue_line, sought.issues))
            self._load()

    def _all_unread(self) -> Iterator[str]:
        """What is unread of what the JQL finds, a page of ids at a time, then of all followed or held."""
        found: set[str] = set()
        if self._condition is not None:
            for ids in self.site().find_ids(self._condition):
                self._tables.follow(ids, "jql", self._jql)
                found.update(ids)
                yield from self._tables.unread_among(ids, self._resumed_at)
            self.report.jql_count = len(found)
        yield from (each for each in self._tables.unread_ids(self._resumed_at) if each not in found)

    def _changed_ids(self, since: int) -> Iterator[str]:
        """The ids of what the JQL finds changed, and of what is held and changed in the projects held."""
        found: set[str] = set()
        if self._condition is not None:
            for ids in self.site().find_ids(f"({self._condition}) AND updated >= {since}"):
                self._tables.follow(ids, "jql", self._jql)
                found.update(ids)
                yield from ids

        def changed_in(projects: Sequence[str]) -> Iterator[list[str]]:
            named = ", ".join(f'"{key}"' for key in projects)
            return self.site().find_ids(f"project in ({named}) AND updated >= {since}")

        for ids in _found_in(changed_in, self._tables.projects_held(), PROJECTS_PER_SEARCH):
            yield from self._tables.held_among([each for each in ids if each not in found])

    def _follow_relations(self) -> None:
        """Read what the issues read so far lead to, and what that leads to, round by round."""
        for _ in range(ROUNDS):
            self._load()
            is_more = self._warehouse.frugally(
                lambda: self._tables.follow_related(self._resumed_at, self._settings.action_item_links)
            )
            is_more |= self._follow_children()
            is_more |= self._follow_epics()
            if not is_more:
                return
            self._read(self._tables.unheld_ids(self._resumed_at))
        self._load()

    def _follow_children(self) -> bool:
        """Ask for the children of epics, which do not stand in them."""
        parents = sorted(set(self._tables.parents_of_many(self._resumed_at)) - self._asked_for_children)
        self._asked_for_children.update(parents)
        is_more = False
        for ids in _found_in(self.site().children, parents, PARENTS_PER_SEARCH):
            is_more |= bool(ids)
            self._tables.follow(ids, "child")
        return is_more

    def _follow_epics(self) -> bool:
        """Read the epics that issues name in a field of their own, by key, where no parent stands in them."""
        field = self.site().epic_field
        if field is None:
            return False
        keys = self._tables.unsettled_keys(self._tables.named_in(field, self._resumed_at), "parent")
        keys = [key for key in keys if key not in self._asked_for_epics]
        self._asked_for_epics.update(keys)
        sought = self.site().seek(keys)
        self._tables.note_keys(sought.ids)
        self._tables.follow(sought.ids.values(), "parent")
        self._keep(map(issue_line, sought.issues))
        return bool(sought.ids)

    # --- reading ------------------------------------------------------------------------------------------

    def _read(self, ids: Iterable[str]) -> None:
        for issues in self._progress(self.site().fetch_as(issue_line, ids), "following issues"):
            self._keep(issues)

    def _read_changed(self, site_at: datetime) -> None:
        """Read what changed since then, by Jira's clock, and in the overlap before."""
        overlap = timedelta(hours=self._settings.overlap_hours)
        since = (site_at - overlap).replace(second=0, microsecond=0)
        # Quoted times in JQL are minutes in the account's own zone; a number means the same everywhere.
        changed = list(self._changed_ids((since - _EPOCH) // timedelta(milliseconds=1)))
        self._read(changed)
        self._load()
        self._read_again(self._tables.unread_among(changed, self._began_at))

    def _read_again(self, ids: Collection[str]) -> None:
        """Read each by itself what a read of many did not bring: it may be there all the same."""
        if ids:
            self._keep(map(issue_line, self.site().read_again(ids)))
            self._load()

    def _keep(self, issues: Iterable[IssueLine]) -> None:
        self._waiting += issues
        if len(self._waiting) >= ISSUES_PER_LOAD:
            self._load()

    def _load(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.report.changed += self._warehouse.frugally(lambda: self._tables.load_issues(waiting))

    def _ask_for_remote_links(self) -> None:
        if not self._settings.remote_links:
            return
        self._load()
        ids = self._tables.ids_with_new_remote_links(TOLD_LINKS_PER_RUN)
        if self.report.is_sweep and self._state.swept_at is not None:
            ids += [
                each
                for each in self._tables.ids_longest_without_remote_links(LINKS_PER_SWEEP)
                if each not in ids
            ]
        for some in batches(self.site().remote_links(ids), LINKS_PER_LOAD):
            self._tables.load_remote_links(some)

    # --- what is gone -------------------------------------------------------------------------------------

    def _find_gone(self) -> set[str]:
        """The issues held that Jira shows no more, each asked for twice. Raises JiraError for too many."""
        self._load()
        gone = set(self._tables.ids_not_shown_since(self._resumed_at))
        shown_before = self._tables.count_shown(before=self._resumed_at)
        if gone:
            self._shown_projects()
        if self.report.jql_count == 0 and not self._accepts_vanished:
            found_before = self._tables.found_by(self._jql)
            lost = len(gone & found_before)
            if looks_lost(lost, len(found_before)):
                raise JiraError(
                    f"jira: jira.jql finds nothing, and {lost} of the {len(found_before)} issues it had "
                    f"found are not observed any more; see whether {self.site().session.account} may "
                    f"still browse their projects, or take them for gone with --sweep --accept-vanished"
                )
        if looks_lost(len(gone), shown_before) and not self._accepts_vanished:
            raise JiraError(
                f"jira: {len(gone)} of the {shown_before} issues held are not observed any more, which looks "
                f"like lost rights, not like deletions; see whether {self.site().session.account} may still "
                f"browse their projects, or take them for gone with --sweep --accept-vanished"
            )
        return gone


@contextmanager
def _few_collections() -> Iterator[None]:
    """Seldom look for cycles of objects: answers are many objects, of which each is freed without."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_PER_COLLECTION, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _scope_of(settings: Jira) -> str:
    """What names that which is followed and read: a change of it asks for a look at everything."""
    fields = sorted(dict(settings.fields).items(), key=str)
    told = repr((settings.jql, settings.remote_links, fields, settings.action_item_links))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _found_in(
    search: Callable[[Sequence[Item]], Iterator[list[str]]], items: Iterable[Item], size: int
) -> Iterator[list[str]]:
    """What searches for these items find, so many items in each.

    An item that is not shown any more spoils the query for all with a 400; then each is searched for alone.
    What it held is seen to by a sweep.
    """
    for some in batches(items, size):
        try:
            yield from search(some)
        except JiraError as error:
            if error.status != 400:
                raise
            if len(some) > 1:
                yield from _found_in(search, some, 1)
