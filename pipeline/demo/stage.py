"""Putting the invented company on a stage: its files on disk, its Jira answering over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.demo.annotations import write_annotations
from pipeline.demo.company import Company, invent_company
from pipeline.demo.demo_settings import JIRA_EMAIL, JIRA_TOKEN, write_settings
from pipeline.demo.histories import fill_jira
from pipeline.demo.house_styles import write_documents
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.demo.reviews import write_reviewed
from pipeline.errors import SettingsError
from pipeline.metrics.sentences import count_of
from pipeline.warehouse import Warehouse

#: Stands in every folder the demo made, so that it never clears one that somebody else filled.
MARK = ".made-by-postmortems-demo"


@dataclass(frozen=True, slots=True)
class StagedCompany:
    """The company, where its settings lie, and the address of its Jira."""

    company: Company
    settings_path: Path
    jira_url: str

    @property
    def as_of(self) -> datetime:
        """The moment its story is told, naive UTC."""
        return self.company.as_of

    @property
    def description(self) -> str:
        """How large it is, in one line."""
        linked = sum(item.issue_key is not None for item in self.company.action_items)
        return (
            f"{count_of(len(self.company.teams), 'team')}, "
            f"{count_of(len(self.company.incidents), 'incident')}, "
            f"{count_of(len(self.company.documents), 'document')} and a Jira with "
            f"{count_of(linked, 'action item')}"
        )


@contextmanager
def staged_company(
    directory: Path, *, incidents: int, seed: int, as_of: datetime | None = None
) -> Iterator[StagedCompany]:
    """The company written anew into `directory`, while its Jira answers on a port of this machine.

    `as_of` (naive UTC) defaults to the last midnight, so that two demos of a day tell the same story.
    Raises SettingsError when `directory` holds something the demo did not make, RunInProgressError while
    another demo runs in it.
    """
    as_of = as_of or datetime.now(UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    _clear(directory)
    company = invent_company(seed=seed, incident_count=incidents, as_of=as_of)
    state = JiraState()
    fill_jira(company, state)
    with serve_jira(state, email=JIRA_EMAIL, token=JIRA_TOKEN) as server:
        write_reviewed(company, write_documents(company, directory, server.url), directory)
        write_annotations(company, directory)
        yield StagedCompany(company, write_settings(company, directory, server.url), server.url)


def _clear(directory: Path) -> None:
    if directory.exists() and any(directory.iterdir()):
        if not (directory / MARK).exists():
            raise SettingsError(
                f"--directory: {directory} holds files that the demo did not make; name an empty folder"
            )
        # Raises RunInProgressError while another demo is at work in there.
        with Warehouse(directory / "data" / "warehouse.duckdb"):
            pass
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARK).touch()
