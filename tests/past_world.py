"""An invented company whose documents and Jira stand still at one moment, and go on to a later one."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipeline.demo.company import Company, invent_company
from pipeline.demo.demo_settings import JIRA_EMAIL, JIRA_TOKEN, write_settings
from pipeline.demo.histories import fill_jira
from pipeline.demo.house_styles import DOCUMENTS_FOLDER, write_documents
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.demo.reviews import REVIEWED_FILE, write_reviewed
from pipeline.settings import Settings, load_settings


@dataclass
class PastWorld:
    """`folder` holds the settings and the documents; `state` is the Jira that is served."""

    company: Company
    folder: Path
    state: JiraState
    settings: Settings
    jira_url: str
    _rest: list[Callable[[], None]] = field(default_factory=list)

    def go_on(self) -> None:
        """Let everything happen up to the company's own moment."""
        self._rest.pop()()
        reviewed = self.folder / REVIEWED_FILE
        before = list(csv.reader(reviewed.open(encoding="utf-8")))
        shutil.rmtree(self.folder / DOCUMENTS_FOLDER)
        write_reviewed(self.company, write_documents(self.company, self.folder, self.jira_url), self.folder)
        after = list(csv.reader(reviewed.open(encoding="utf-8")))
        with reviewed.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*before, *(row for row in after if row not in before)])


@contextmanager
def past_world(
    folder: Path, *, incidents: int, seed: int, then: datetime, as_of: datetime
) -> Iterator[PastWorld]:
    """The company of `as_of` as far as it had come `then`; its Jira answers on a port of this machine."""
    company = invent_company(seed=seed, incident_count=incidents, as_of=as_of)
    state = JiraState()
    rest = fill_jira(company, state, until=then)
    with serve_jira(state, email=JIRA_EMAIL, token=JIRA_TOKEN) as server:
        known = tuple(plan for plan in company.documents if plan.published_at <= then)
        past = replace(company, as_of=then, documents=known)
        write_reviewed(past, write_documents(past, folder, server.url), folder)
        settings = load_settings(write_settings(company, folder, server.url))
        yield PastWorld(company, folder, state, settings, server.url, [rest])
