"""Bringing documents and issues into the warehouse: from each source, and from the Jira that is followed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.accounts import SiteAccount, account_of
from pipeline.batches import batches
from pipeline.errors import SettingsError, SourceError
from pipeline.jira_sync import JiraSync
from pipeline.narrator import Narrator
from pipeline.raw_documents import DocumentSource
from pipeline.settings import (
    ConfluenceSource,
    ExportSource,
    FolderSource,
    GitSource,
    JiraSource,
    Settings,
    Source,
)
from pipeline.sources.folder import Folder
from pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    from pydantic import SecretStr

    from pipeline.settings import Jira
    from pipeline.sources.jira.site import JiraSite
    from pipeline.sources.rest import Patience

BATCH = 1000


class Fetches:
    """What each fetch brought, in `fetched`, a line each; one that fails keeps no other from being tried.

    Only what is read with an account that was refused is not asked any more: another try may lock it.
    """

    def __init__(self, warehouse: Warehouse, settings: Settings) -> None:
        self.fetched: list[str] = []
        self._warehouse = warehouse
        self._settings = settings
        self._failed: list[SourceError] = []
        self._refused: list[tuple[str, SiteAccount]] = []

    def attempt(self, source: Source | None, fetch: Callable[[], str | None]) -> bool:
        """Try `fetch`, which brings a source, or without one what is followed in Jira; whether it did."""
        try:
            self._check_account(source)
            line = fetch()
        except SourceError as error:
            self._failed.append(error)
            account = account_of(source, self._settings)
            if error.is_refusal and account is not None:
                self._refused.append((_called(source), account))
            return False
        if line is not None:
            self.fetched.append(line)
        return True

    def check(self) -> None:
        """Raises what failed, a line each, and says that the rest was fetched all the same."""
        if not self._failed:
            return
        told = "\n".join(map(str, self._failed))
        rest = "; the rest was fetched and is kept" if self.fetched else ""
        raise type(self._failed[0])(f"{told}{rest}") from self._failed[0]

    def _check_account(self, source: Source | None) -> None:
        account = account_of(source, self._settings)
        for name, refused in self._refused:
            if account is None or not account.may_be(refused):
                continue
            with _noted_fetch(self._warehouse, *_name_and_kind(source)):
                raise SourceError(
                    f"{_called(source)}: not asked, as {name} was refused with the same account, which "
                    f"another try may lock; mend that first"
                )


def fetch_documents(
    warehouse: Warehouse,
    source: Source,
    settings: Settings,
    narrator: Narrator,
    sweep: bool = False,
    accept_vanished: bool = False,
) -> str:
    """Bring the new and changed documents of one source; returns a line saying how many.

    `sweep` and `accept_vanished` are for what lives in Jira, as in `run`.
    """
    with _noted_fetch(warehouse, source.name, source.kind) as fetch_id:
        known = warehouse.known_documents(source.name)
        documents = document_source(source, settings, narrator, sweep=sweep, accept_vanished=accept_vanished)
        listing = documents.fetch(known)
        if known and not listing.paths and not accept_vanished:
            raise SourceError(
                f"source {source.name}: it held {len(known)} documents and now holds none that its "
                f"settings name; mend them, remove the source from the settings, or, if they are truly gone, "
                f"run with --accept-vanished"
            )
        changed = narrator.follow(listing.changed, f"reading {source.name}", listing.changed_count)
        count = 0
        for batch in batches(changed, BATCH):
            warehouse.load_documents(source.name, batch, ())
            count += len(batch)
        gone = known.keys() - set(listing.paths)
        warehouse.load_documents(source.name, (), sorted(gone))
        warehouse.finish_fetch(fetch_id, item_count=len(listing.paths), changed_count=count + len(gone))
    line = f"{source.name}: {_many(len(listing.paths), 'document')}, {count} read, {len(gone)} gone"
    narrator.say(line)
    return line


def document_source(
    source: Source,
    settings: Settings,
    narrator: Narrator,
    *,
    sweep: bool = False,
    accept_vanished: bool = False,
    patience: Patience | None = None,
) -> DocumentSource:
    """What the settings of a source mean: the thing that is fetched from, with that patience for a server.

    `sweep` and `accept_vanished` are for what lives in Jira, as in `run`.
    """
    if isinstance(source, FolderSource):
        return Folder(source, settings.resolve(source.path))
    if isinstance(source, GitSource):
        return _git_repository(source, settings)
    if isinstance(source, ConfluenceSource):
        from pipeline.sources.confluence import Confluence

        token = settings.token(f"source {source.name}", source.token_env, source.token_file)
        return Confluence(
            source, token, tell=narrator.say, patience=patience, accept_vanished=accept_vanished
        )
    if isinstance(source, ExportSource):
        from pipeline.sources.export import Export

        return Export(source, settings.resolve(source.path))
    if isinstance(source, JiraSource) and settings.jira is not None:
        from pipeline.sources.jira.incidents import JiraIncidents

        site = _jira_site(settings.jira, settings.jira_token(), narrator, patience)
        return JiraIncidents(source, settings.jira, site, sweep=sweep, accept_vanished=accept_vanished)
    raise SettingsError(f"sources: {source.name} is of the type {source.type}, which cannot be read yet")


def _git_repository(source: GitSource, settings: Settings) -> DocumentSource:
    from pipeline.sources.git import GitRepository, is_remote

    token = None
    if source.token_env or source.token_file:
        token = settings.token(f"source {source.name}", source.token_env or "", source.token_file)
    if not is_remote(source.repository):
        path = settings.resolve(Path(source.repository))
        return GitRepository(source.model_copy(update={"repository": str(path)}), path, token)
    name = hashlib.sha256(source.repository.encode()).hexdigest()[:16]
    return GitRepository(source, settings.warehouse_path.parent / "git" / name, token)


def fetch_projects(warehouse: Warehouse, sync: JiraSync) -> None:
    """Bring the keys of Jira's projects, for bare issue keys in documents, when the settings name none."""
    try:
        sync.learn_projects()
    except SourceError as error:
        warehouse.fail_fetch(warehouse.begin_fetch("jira", "jira"), str(error))
        raise


def fetch_issues(warehouse: Warehouse, sync: JiraSync, narrator: Narrator) -> str:
    """Bring what changed of the issues followed in Jira; returns a line saying how many."""
    with _noted_fetch(warehouse, "jira", "jira") as fetch_id:
        sync.run(fetch_id, warehouse.jira.linked_keys(), warehouse.jira.incident_keys())
    report, calls = sync.report, sync.site().report
    said = [f"jira: {_many(report.followed, 'issue')} followed, {report.changed:,} new or changed"]
    if report.is_sweep:
        said.append("everything looked at" + (f", {report.gone:,} not shown any more" if report.gone else ""))
    if report.absent_keys:
        leads = "leads" if report.absent_keys == 1 else "lead"
        said.append(f"{_many(report.absent_keys, 'key')} {leads} to no issue")
    if report.jql_count == 0:
        said.append("jira.jql finds nothing; try it in Jira's own search as the account")
    repeats = f", {calls.retries:,} of them repeated" if calls.retries else ""
    waits = f", {calls.waited_seconds:,.0f} s waited" if calls.waited_seconds >= 1 else ""
    said.append(f"{_many(calls.calls, 'call')}{repeats}{waits}")
    line = "; ".join(said)
    narrator.say(line)
    return line


def jira_sync(
    warehouse: Warehouse, settings: Settings, narrator: Narrator, sweep: bool, accept_vanished: bool
) -> JiraSync | None:
    """The sync of the Jira whose issues are followed, if there is one; nothing is asked yet."""
    jira = settings.jira
    if jira is None:
        return None
    site = _jira_site(jira, settings.jira_token(), narrator)
    return JiraSync(
        warehouse, jira, site, sweep=sweep, accept_vanished=accept_vanished, progress=narrator.follow
    )


def _jira_site(
    jira: Jira, token: SecretStr, narrator: Narrator, patience: Patience | None = None
) -> Callable[[], JiraSite]:
    """Signs in to the Jira when that is needed."""

    def site() -> JiraSite:
        from pipeline.sources.jira.site import open_site  # its client takes half a second to import

        return open_site(jira, token, tell=narrator.say, patience=patience)

    return site


@contextmanager
def _noted_fetch(warehouse: Warehouse, source: str, kind: str) -> Iterator[str]:
    """Write down that a fetch began, and why it failed if it did; who did it notes that it is done."""
    fetch_id = warehouse.begin_fetch(source, kind)
    try:
        yield fetch_id
    except SourceError as error:
        warehouse.fail_fetch(fetch_id, str(error))
        raise


def _name_and_kind(source: Source | None) -> tuple[str, str]:
    return ("jira", "jira") if source is None else (source.name, source.kind)


def _called(source: Source | None) -> str:
    """What messages call it."""
    return "jira" if source is None else f"source {source.name}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
