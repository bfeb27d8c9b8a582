"""A served Jira and a warehouse that follows it, sync by sync, at times that the tests tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.demo.jira.faults import Fault, Request, Trouble
from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.errors import JiraError
from pipeline.jira_sync import JiraSync, SyncReport
from pipeline.sources.jira.site import open_site
from pipeline.warehouse import Warehouse
from tests.sources.clock import StillClock
from tests.sources.jira_served import ACCOUNT, TOKEN, jira_settings

#: When a test's first sync is; the issues are from months before.
FIRST_SYNC = datetime(2024, 6, 1, 12)


@dataclass(slots=True)
class Followed:
    """What is followed, and by which settings; `requests` are those of the last sync.

    Both clocks stand still but for `later`; `hours_ahead` is how wrong Jira's is, `our_hours_ahead` ours.
    """

    jira: SimulatedJira
    path: Path
    settings: dict[str, Any]
    warehouse: Warehouse
    now: datetime = FIRST_SYNC
    hours_ahead: float = 0
    our_hours_ahead: float = 0
    trouble: Trouble | None = None
    requests: list[Request] = field(default_factory=list)

    def later(self, **by: float) -> None:
        """Time passes: hours, minutes, days, as a timedelta has them."""
        self.now += timedelta(**by)

    def our_now(self) -> datetime:
        """Naive UTC, by the computer that syncs."""
        return self.now + timedelta(hours=self.our_hours_ahead)

    def sync(
        self,
        *,
        keys: Iterable[str] = (),
        incidents: Iterable[str] = (),
        sweep: bool = False,
        accept_vanished: bool = False,
    ) -> SyncReport:
        """One sync. Raises JiraError."""
        del self.jira.requests[:]
        fetch_id = self.warehouse.begin_fetch("jira", "jira")
        settings = jira_settings(self.jira, **self.settings)
        clock = StillClock(self.our_now())
        sync = JiraSync(
            self.warehouse,
            settings,
            lambda: open_site(settings, SecretStr(TOKEN), clock=clock),
            sweep=sweep,
            accept_vanished=accept_vanished,
        )
        try:
            sync.run(fetch_id, keys, incidents)
        except JiraError as error:
            self.warehouse.fail_fetch(fetch_id, str(error))
            raise
        finally:
            self.requests = list(self.jira.requests)
        return sync.report

    def restart(self) -> None:
        """The process ends, and another opens the file."""
        self.warehouse.__exit__()
        self.warehouse = Warehouse(self.path)

    @property
    def endpoints(self) -> list[str]:
        """What the last sync asked for, in its order."""
        return [request.endpoint for request in self.requests]

    def queries(self) -> list[str]:
        """The JQL the last sync sent, in its order."""
        return [request.body["jql"] for request in self.requests if "jql" in (request.body or {})]

    def read_ids(self) -> list[str]:
        """The ids the last sync read in bulk, by number."""
        bodies = (request.body for request in self.requests if request.endpoint == "issue/bulkfetch")
        return sorted((each for body in bodies for each in body["issueIdsOrKeys"]), key=int)

    def rows(self, query: str, given: Any = None) -> list[Any]:
        """What a query of the warehouse yields."""
        return self.warehouse.connection.execute(query, given).fetchall()

    def held(self) -> dict[str, tuple[str, bool]]:
        """Each issue held by its newest key: the summary of its newest version, and whether it is shown."""
        rows = self.rows(
            """
            SELECT
                issue_key, payload ->> '$.fields.summary',
                issue_id NOT IN (
                    SELECT issue_id FROM raw.jira_absences
                    WHERE issue_id IS NOT NULL AND found_again_at IS NULL
                )
            FROM raw.jira_issues
            QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
            """
        )
        return {key: (summary, is_shown) for key, summary, is_shown in rows}

    def shown(self) -> list[str]:
        """The keys of the issues held that Jira shows, in order."""
        return sorted(key for key, (_, is_shown) in self.held().items() if is_shown)

    def follows(self) -> set[tuple[str, str]]:
        """The key of each issue held and each reason it is followed for."""
        return set(
            self.rows(
                """
                SELECT DISTINCT issue.issue_key, follow.reason
                FROM raw.jira_follows AS follow
                INNER JOIN raw.jira_issues AS issue ON follow.issue_id = issue.issue_id
                """
            )
        )

    def absences(self) -> list[tuple[Any, ...]]:
        """Key, id, reason, and whether it was found again, of each absence, in order of key and time."""
        return self.rows(
            """
            SELECT issue_key, issue_id, reason, found_again_at IS NOT NULL
            FROM raw.jira_absences ORDER BY issue_key, checked_at
            """
        )


@contextmanager
def followed(
    state: JiraState, folder: Path, *, jql: str | None = "labels = pm", **more: Any
) -> Iterator[Followed]:
    """The state served with `more`, and an empty warehouse; nothing has been synced yet."""
    clocks: list[Followed] = []

    def theirs() -> datetime:
        return (clocks[0].now + timedelta(hours=clocks[0].hours_ahead)).replace(tzinfo=UTC)

    def trouble(request: Request) -> Fault | None:
        wanted = clocks[0].trouble
        return wanted(request) if wanted else None

    path = folder / "warehouse.duckdb"
    settings = more.pop("settings", {}) | {"jql": jql}
    with (
        serve_jira(state, email=ACCOUNT, token=TOKEN, clock=theirs, trouble=trouble, **more) as jira,
        pytest.MonkeyPatch.context() as patch,
    ):
        for module in ("pipeline.warehouse", "pipeline.jira_sync"):
            patch.setattr(f"{module}.now", lambda: clocks[0].our_now(), raising=False)
        world = Followed(jira, path, settings, None)  # type: ignore[arg-type]
        clocks.append(world)
        world.warehouse = Warehouse(path)
        try:
            yield world
        finally:
            world.warehouse.__exit__()
