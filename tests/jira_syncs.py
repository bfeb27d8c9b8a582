"""Syncs of a warehouse with a Jira in which anything happens meanwhile, and what must hold after each.

A sync may be killed at any call and at any write, in this process or, really, in one of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

import duckdb
import pytest
from pydantic import SecretStr

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import PASSING, Fault, Request, random_trouble
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from pipeline.jira_sync import JiraSync
from pipeline.settings import Jira
from pipeline.sources.jira.site import JiraSite, open_site
from pipeline.sources.rest import RestSession
from pipeline.warehouse import Warehouse
from tests.jira_child import ChildSync
from tests.jira_differences import differences
from tests.jira_killing import (
    Doom,
    KilledError,
    MortalClock,
    MortalWarehouse,
    keep_as_killed,
    restore_as_killed,
)
from tests.jira_world import JQL, SEVERITY, TEAM, Step, World

Item = TypeVar("Item")
ACCOUNT, TOKEN = "reports@example.com", "a-token-for-tests"
#: Sizes of batches and pages that are large in life and small here, so that a few issues need several.
_SIZES = (
    *(f"pipeline.sources.jira.{name}.ISSUES_PER_FETCH" for name in ("site", "cloud", "data_center")),
    "pipeline.sources.jira.site.INCOMPLETE_AT_ONCE",
    "pipeline.sources.jira.site.COMMENTS_PER_PAGE",
    "pipeline.sources.jira.cloud.HISTORIES_PER_PAGE",
    "pipeline.sources.jira.cloud.ISSUES_PER_HISTORY_FETCH",
    "pipeline.sources.jira.cloud.PROJECTS_PER_PAGE",
    "pipeline.jira_sync.ISSUES_PER_LOAD",
    "pipeline.jira_sync.KEYS_PER_SEEK",
    "pipeline.jira_sync.PROJECTS_PER_SEARCH",
    "pipeline.jira_sync.PARENTS_PER_SEARCH",
    "pipeline.jira_sync.LINKS_PER_LOAD",
    "pipeline.warehouse.jira.tables._IDS_AT_ONCE",
)


@dataclass(frozen=True, slots=True)
class Setup:
    """How the Jira is served: the most of a page, of a batch, and of what comes within an issue."""

    deployment: Deployment
    page: int = 100
    batch: int = 100
    inline: int = 100
    short_pages: bool = False
    is_deployment_told: bool = True
    history_times: Literal["iso", "seconds", "milliseconds"] = "iso"


@dataclass(frozen=True, slots=True)
class Sync:
    """One sync. `clock_hours` is how wrong our clock is, `share` of the requests fail in passing.

    From request `refused_from` on Jira refuses everything, for the reason `refusal`; `omits` lets it leave
    out issues in silence. `killed_at` is a number of calls, or of writes when `is_killed_at_write`.
    `meanwhile` are steps taken before the answer to the request of that number.
    """

    is_sweep: bool = False
    clock_hours: int = 0
    share: float = 0.0
    seed: int = 0
    refused_from: int = 0
    refusal: int = 0
    omits: bool = False
    killed_at: int = 0
    is_killed_at_write: bool = False
    meanwhile: Mapping[int, Step] = field(default_factory=dict)


REFUSALS = (faults.unauthorized(), faults.captcha(), faults.expired_token(), faults.repeated_token())

#: What is said when so many of so many issues are gone.
NOT_OBSERVED = re.compile(r"(\d+) of the (\d+) issues (?:held|it had found) are not observed")


class Followed:
    """A world, served, and the warehouse that follows it."""

    def __init__(self, world: World, path: Path, setup: Setup) -> None:
        self.world = world
        self.path = path
        self.setup = setup
        self.url = ""
        self.outcomes: list[str] = []
        self._sync = Sync()
        self._trouble = random_trouble(0, 0)
        self._requests = 0
        self._ticks = 0
        self._versions: set[tuple[Any, ...]] = set()
        self._histories: set[tuple[str, str]] = set()

    @contextmanager
    def served(self, *, one_by_one: bool = True) -> Iterator[None]:
        """Serve the Jira, with small pages, until the block ends.

        `one_by_one`: requests come one after the other, so that an example is the same whenever it is run.
        """
        setup = self.setup
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for name in _SIZES:
                patch.setattr(name, setup.batch)
            patch.setattr("pipeline.warehouse.now", self._client_now)
            patch.setattr("pipeline.jira_sync.now", self._client_now)
            if one_by_one:
                patch.setattr(RestSession, "each", lambda _, work, items, **_more: map(work, items))
            jira = stack.enter_context(
                serve_jira(
                    self.world.state,
                    email=ACCOUNT,
                    token=TOKEN,
                    page_limit=setup.page,
                    id_page_limit=setup.page,
                    short_pages=setup.short_pages,
                    inline_histories=setup.inline if setup.deployment == "cloud" else None,
                    history_times=setup.history_times,
                    nodes=2,
                    trouble=self._answer,
                    clock=lambda: self.world.now.replace(tzinfo=UTC),
                )
            )
            self.url = jira.url
            yield

    def settings(self) -> Jira:
        """The settings of the Jira."""
        account = {"email": ACCOUNT} if self.setup.deployment == "cloud" else {}
        told = {"deployment": self.setup.deployment} if self.setup.is_deployment_told else {}
        return Jira.model_validate(
            {"url": self.url, "jql": JQL, "fields": {"severity": SEVERITY}} | account | told
        )

    def sync(self, sync: Sync, *, accept_vanished: bool = False) -> str:
        """Sync once: `ok`, `killed`, or why it failed. What must hold after any sync is looked at."""
        self._sync, self._requests = sync, 0
        self._trouble = random_trouble(sync.seed, sync.share, faults=self._faults())
        doom = Doom(sync.killed_at, at_write=sync.is_killed_at_write, end=_end)
        before = _Seen(self.world)
        pending, self.world.unnoticed = self.world.unnoticed, set()
        outcome = "killed"
        try:
            with MortalWarehouse(self.path, doom) as warehouse:
                self._look(warehouse)  # at what a kill left
                before.remember_held(warehouse)
                try:
                    is_sweep = self._run(warehouse, doom, accept_vanished)
                    outcome = "ok"
                    if not is_sweep:
                        self.world.unnoticed |= pending
                    if not sync.omits:
                        before.check(self.world, warehouse)
                    self._look(warehouse)
                except JiraError as error:
                    outcome = str(error)
                    self._look(warehouse)
                except KilledError:
                    keep_as_killed(self.path)
                    raise
        except KilledError:
            restore_as_killed(self.path)
        if outcome != "ok":
            self.world.unnoticed |= pending
        if sync.omits:
            self.world.unnoticed.update(self.world.state.issues)
        self._sync, self._trouble = Sync(), random_trouble(0, 0)
        self.outcomes.append(outcome)
        return outcome

    def sync_in_child(self, sync: Sync) -> str:
        """Sync in a process of its own, whose end is a real one; nothing happens meanwhile."""
        outcome = ChildSync(
            settings=self.settings().model_dump_json(),
            token=TOKEN,
            path=str(self.path),
            now=self._client_now().isoformat(),
            keys=sorted(self.world.named),
            incidents=sorted(self.world.incidents),
            sizes=dict.fromkeys(_SIZES, self.setup.batch),
            is_sweep=sync.is_sweep,
            killed_at=sync.killed_at,
            is_killed_at_write=sync.is_killed_at_write,
        ).run()
        self.outcomes.append(outcome)
        return outcome

    def _run(self, warehouse: Warehouse, doom: Doom, accept_vanished: bool) -> bool:
        settings = self.settings()
        clock = MortalClock(self._client_now(), doom)

        def site() -> JiraSite:
            return open_site(settings, SecretStr(TOKEN), tell=lambda line: None, clock=clock)

        sync = JiraSync(warehouse, settings, site, sweep=self._sync.is_sweep, accept_vanished=accept_vanished)
        fetch_id = warehouse.begin_fetch("jira", "jira")
        try:
            sync.run(fetch_id, self.world.named, self.world.incidents)
        except JiraError as error:
            warehouse.fail_fetch(fetch_id, str(error))
            raise
        return sync.report.is_sweep

    def _faults(self) -> tuple[Fault, ...]:
        chosen = PASSING
        if self.setup.deployment == "cloud":
            chosen += tuple(map(faults.missing_field, ("duedate", "labels", TEAM, "comment")))
        return (*chosen, faults.short_answer()) if self._sync.omits else chosen

    def _answer(self, request: Request) -> Fault | None:
        self._requests += 1
        if (step := self._sync.meanwhile.get(self._requests)) is not None:
            self.world.do(step)
        if 0 < self._sync.refused_from <= self._requests:
            return REFUSALS[self._sync.refusal]
        return self._trouble(request)

    def _client_now(self) -> datetime:
        self._ticks += 1
        hours = timedelta(hours=self._sync.clock_hours)
        return self.world.now + hours + timedelta(microseconds=self._ticks)

    # --- what must hold after any sync --------------------------------------------------------------------

    def _look(self, warehouse: Warehouse) -> None:
        """Nothing ever held is lost, and versions go forward."""
        run = warehouse.connection.execute
        versions = run(
            "SELECT issue_id, fetched_at, updated_at FROM raw.jira_issues ORDER BY issue_id, fetched_at"
        ).fetchall()
        for one, two in pairwise(versions):
            if one[0] == two[0]:
                assert one[2] <= two[2], f"{two} is older than {one}, and came later"
        assert self._versions <= set(versions)
        self._versions = set(versions)
        histories = set(run("SELECT issue_id, history_id FROM raw.jira_histories").fetchall())
        assert self._histories <= histories
        self._histories = histories

    # --- what must hold in the end ------------------------------------------------------------------------

    def settle(self, seed: int, share: float) -> None:
        """Let the lag pass, and look at everything until that ends well, troubles or no.

        Where half of the issues are gone, see that it is refused, and do as it says: accept it.
        """
        self.world.catch_up()
        ended_well = 0
        for attempt in range(8):
            trouble = share if attempt < 4 else 0.0
            outcome = self.sync(Sync(is_sweep=True, seed=seed + attempt, share=trouble))
            if told := NOT_OBSERVED.search(outcome):
                gone, held = int(told[1]), int(told[2])
                # What went after the look began that this one goes on with, the next one finds.
                assert held / 2 <= gone <= self._vanished(), outcome
                outcome = self.sync(Sync(is_sweep=True), accept_vanished=True)
            ended_well += outcome == "ok"
            if ended_well == 2:
                return  # the first may have gone on from one that was interrupted
        raise AssertionError(f"no look at everything ends well: {self.outcomes}")

    def _vanished(self) -> int:
        """How many of the issues held, and not absent, the Jira does not show."""
        with duckdb.connect(str(self.path)) as connection:
            rows = connection.execute(
                """
                SELECT DISTINCT issue_id FROM raw.jira_issues WHERE issue_id NOT IN (
                    SELECT issue_id FROM raw.jira_absences
                    WHERE issue_id IS NOT NULL AND found_again_at IS NULL)
                """
            ).fetchall()
        return sum(self.world.state.find(issue_id) is None for (issue_id,) in rows)

    def differences(self) -> list[str]:
        """In what the warehouse and the Jira differ, a line each."""
        with duckdb.connect(str(self.path)) as connection:
            return differences(self.world, connection, (ACCOUNT, TOKEN))


def _end() -> None:
    raise KilledError


class _Seen:
    """What search saw of the Jira when a sync began, and what the warehouse held."""

    def __init__(self, world: World) -> None:
        self.by_jql = {issue.issue_id: issue.updated_at for issue in world.found_by_jql()}
        self.by_project = {
            issue.issue_id: (issue.project, issue.updated_at) for issue in world.state.searchable()
        }
        self.updated_at = {issue.issue_id: issue.updated_at for issue in world.state.issues.values()}
        self.noticed = set(world.state.issues) - world.unnoticed
        self.held: set[str] = set()

    def remember_held(self, warehouse: Warehouse) -> None:
        """Note which issues are followed by their projects, too."""
        projects = warehouse.jira.projects_held()
        held = set(warehouse.jira.held_among(list(self.by_project)))
        self.held = {each for each in held if self.by_project[each][0] in projects}

    def check(self, world: World, warehouse: Warehouse) -> None:
        """What search saw, and nobody touched since, is held as it was seen or newer."""
        held = dict(
            warehouse.connection.execute(
                "SELECT issue_id, max(updated_at) FROM raw.jira_issues GROUP BY issue_id"
            ).fetchall()
        )
        expected = self.by_jql | {each: self.by_project[each][1] for each in self.held}
        for issue_id, updated_at in expected.items():
            issue = world.state.issues.get(issue_id)
            if (
                issue is not None
                and world.state.is_visible(issue)
                and issue_id in self.noticed - world.unnoticed
                and issue.updated_at == self.updated_at.get(issue_id)
            ):
                assert issue_id in held, f"{issue.key} ({issue_id}) was to be seen, and is not held"
                assert held[issue_id] >= updated_at, f"{issue.key} ({issue_id}) is held as it was before"
