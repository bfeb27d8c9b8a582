"""The run, read aloud: fetch, parse, build, check, publish. Start reading here."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import uuid4

from pipeline.annotations import load_annotations
from pipeline.errors import CheckError, SettingsError, SourceError
from pipeline.jira_sync import JiraSync
from pipeline.models import build_models, check_models, publish_build
from pipeline.models.past import PLACED
from pipeline.models.publishing import publish_past
from pipeline.parsing import parse_documents, reading_hash
from pipeline.past import file_name, restored_past
from pipeline.raw_documents import DocumentSource
from pipeline.reading import named_projects, reading_of
from pipeline.reviewed import load_reviewed
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
from pipeline.sources.jira.fields import custom_fields
from pipeline.warehouse import Warehouse, now

if TYPE_CHECKING:
    from pydantic import SecretStr

    from pipeline.settings import Jira
    from pipeline.sources.jira.site import JiraSite
    from pipeline.sources.rest import Patience

Item = TypeVar("Item")
log = logging.getLogger(__name__)

BATCH = 1000


class Narrator(Protocol):
    """Who hears how the run goes."""

    def say(self, line: str) -> None:
        """One line on what was done."""

    def follow(self, items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
        """Pass `items` through, showing how far they are."""


class Silent:
    """A narrator for callers who want the result only."""

    def say(self, line: str) -> None:
        """Nothing."""

    def follow(self, items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
        """`items`, unchanged."""
        yield from items


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. `counts` is read from what was published, `seconds` is time per stage."""

    published: Path
    as_of: datetime
    counts: dict[str, int]
    seconds: dict[str, float]
    fetched: list[str] = field(default_factory=list)


def run(
    settings: Settings,
    narrator: Narrator | None = None,
    *,
    as_of: datetime | None = None,
    sweep: bool = False,
    accept_vanished: bool = False,
) -> RunSummary:
    """Fetch every source, read what changed, and publish the tables anew.

    `as_of` (naive UTC, default now) is the moment the tables speak of. `sweep` looks at every Jira issue, and
    `accept_vanished` takes issues, pages and documents for gone though half of them or more are. A source
    that fails keeps no other, nor Jira, from being read. Raises RunError and its kinds; what was published
    before then still stands, and what was fetched is kept.
    """
    narrator = narrator or Silent()
    if not settings.sources and settings.jira is None:
        raise SettingsError("sources: there is none; add [[sources]] with the folder of your postmortems")
    if settings.jira is not None:
        settings.jira_token()  # a missing token is told before an hour of reading, not after
    load_reviewed(settings)  # its mistakes, too
    load_annotations(settings)
    stages = _Stages()
    fetched: list[str] = []
    failed: list[SourceError] = []
    with Warehouse(settings.warehouse_path) as warehouse, _no_call_outlives():
        with stages.time("fetch"):
            for source in settings.sources:
                try:
                    line = fetch_documents(warehouse, source, settings, narrator, sweep, accept_vanished)
                    fetched.append(line)
                except SourceError as error:
                    if error.is_refusal:  # another try, for the issues, may lock the account
                        raise
                    failed.append(error)
            sync = _jira_sync(warehouse, settings, narrator, sweep, accept_vanished)
            if sync is not None and not named_projects(settings):
                fetch_projects(warehouse, sync)
        with stages.time("parse"):
            read_documents(warehouse, settings, narrator)
        if sync is not None:
            with stages.time("follow in Jira"):
                try:
                    fetched.append(fetch_issues(warehouse, sync, narrator))
                except SourceError as error:
                    if not failed:
                        raise
                    failed.append(error)
        if failed:
            raise _with_the_rest(failed, fetched)
        return _publish(warehouse, settings, narrator, stages, fetched, as_of)


def _with_the_rest(failed: Sequence[SourceError], fetched: Sequence[str]) -> SourceError:
    """What failed, a line each, and that the rest was fetched all the same."""
    told = "\n".join(map(str, failed))
    rest = "; the rest was fetched and is kept" if fetched else ""
    return type(failed[0])(f"{told}{rest}")


@contextmanager
def _no_call_outlives() -> Iterator[None]:
    """End the calls of every session when something fails: a stalled one would keep the process."""
    try:
        yield
    except BaseException:
        from pipeline.sources.rest import stop_sessions

        stop_sessions()
        raise


def build(
    settings: Settings, narrator: Narrator | None = None, *, as_of: datetime | None = None
) -> RunSummary:
    """Publish the tables anew from what was fetched before: nothing is asked of the outside world.

    With `as_of` (naive UTC) the past is made again: only what was known by then, or would have been had a run
    been made, counts. Such a build is published beside the others, as `as-of-<day>.duckdb`, and never becomes
    the current one. Raises RunError and its kinds, as `run` does.
    """
    narrator = narrator or Silent()
    if not settings.warehouse_path.exists():
        raise SourceError(
            f"warehouse {settings.warehouse_path}: there is none yet; fetch with `postmortems run`"
        )
    stages = _Stages()
    with Warehouse(settings.warehouse_path) as warehouse:
        with stages.time("parse"):
            read_documents(warehouse, settings, narrator)
        return _publish(warehouse, settings, narrator, stages, [], as_of, is_as_of=as_of is not None)


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
        for batch in _batches(changed, BATCH):
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


def read_documents(warehouse: Warehouse, settings: Settings, narrator: Narrator) -> None:
    """Parse the documents whose text, parser or settings changed since they were last read."""
    for source in settings.sources:
        reading = reading_of(settings, source, warehouse.jira.projects())
        hash_of_it = reading_hash(reading)
        count, waiting = warehouse.unparsed_documents(source.name, hash_of_it)
        parsed = parse_documents(waiting, count, reading)
        for batch in _batches(narrator.follow(parsed, f"parsing {source.name}", count), BATCH):
            warehouse.load_facts(batch, hash_of_it)


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
    if report.unasked_count:
        asked = _many(report.unasked_count, "issue")
        said.append(f"{asked} never asked for links to pages, which takes a call for each")
    repeats = f", {calls.retries:,} of them repeated" if calls.retries else ""
    waits = f", {calls.waited_seconds:,.0f} s waited" if calls.waited_seconds >= 1 else ""
    said.append(f"{_many(calls.calls, 'call')}{repeats}{waits}")
    line = "; ".join(said)
    narrator.say(line)
    return line


def _jira_sync(
    warehouse: Warehouse, settings: Settings, narrator: Narrator, sweep: bool, accept_vanished: bool
) -> JiraSync | None:
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


def _publish(
    warehouse: Warehouse,
    settings: Settings,
    narrator: Narrator,
    stages: _Stages,
    fetched: list[str],
    as_of: datetime | None,
    *,
    is_as_of: bool = False,
) -> RunSummary:
    built_at = now()
    build_id = f"{built_at:%Y%m%dT%H%M%S}-{uuid4().hex[:4]}"
    moment = as_of or built_at
    folder = settings.published_path
    folder.mkdir(parents=True, exist_ok=True)
    building = folder / f".building-{build_id}.duckdb"
    with stages.time("build"):
        warehouse.write_settings(
            _settings_tables(
                settings, _jira_fields(warehouse, settings), build_id, built_at, moment, is_as_of
            )
        )
        with restored_past(warehouse, settings) if is_as_of else nullcontext():
            build_models(warehouse.connection, building, placed=PLACED if is_as_of else None)
    with stages.time("check"):
        failures = check_models(warehouse.connection)
        if failures:
            raise CheckError("; ".join(str(failure) for failure in failures))
    counts = _counts(warehouse)
    with stages.time("publish"):
        if is_as_of:
            name = file_name(moment, settings.company.time_zone)
            published = publish_past(warehouse.connection, building, folder / name)
        else:
            published = publish_build(warehouse.connection, building, folder)
    narrator.say(f"published {published}")
    return RunSummary(published, moment, counts, stages.seconds, fetched)


def _counts(warehouse: Warehouse) -> dict[str, int]:
    """The figures of the summary, from the build about to be published."""
    rows = warehouse.connection.execute(
        """
        SELECT 'documents', count(*) FROM build.marts.documents WHERE is_listed
        UNION ALL SELECT 'postmortems', count(*) FROM build.marts.documents
            WHERE is_listed AND kind = 'postmortem'
        UNION ALL SELECT 'incidents', count(*) FROM build.marts.incidents WHERE NOT is_planned
        UNION ALL SELECT 'planned', count(*) FROM build.marts.incidents WHERE is_planned
        UNION ALL SELECT 'unresolved', count(*) FROM build.marts.incidents
            WHERE NOT is_planned AND time_to_resolve_minutes IS NULL
        UNION ALL SELECT 'action_items', count(*) FROM build.marts.action_items
        UNION ALL SELECT outcome, count(*) FROM build.marts.action_items GROUP BY outcome
        UNION ALL SELECT 'overdue', count(*) FROM build.marts.action_items WHERE is_overdue
        UNION ALL SELECT 'lost_overdue', count(*) FROM build.marts.action_items WHERE is_lost_overdue
        UNION ALL SELECT 'ignored', count(*) FROM build.marts.action_items WHERE is_ignored
        UNION ALL SELECT 'documents_' || availability_basis, count(*) FROM build.marts.documents
            WHERE is_listed GROUP BY availability_basis
        UNION ALL SELECT 'findings_' || level, count(*) FROM build.marts.findings GROUP BY level
        """
    ).fetchall()
    return dict(rows)


def _settings_tables(
    settings: Settings,
    jira_fields: dict[str, str],
    build_id: str,
    built_at: datetime,
    as_of: datetime,
    is_as_of: bool,
) -> dict[str, list[dict[str, Any]]]:
    """The settings as rows of the tables in schema `settings`."""
    import duckdb

    resolve_from, resolve_to = settings.metrics.time_to_resolve
    policy = settings.policy
    teams = settings.teams
    taxonomy = settings.read_taxonomy()
    jira_row = [
        {
            "source": "jira",
            "kind": "jira",
            "team": None,
            "time_zone": settings.company.time_zone,
            "is_restricted": False,
        }
    ]
    return {
        "sources": [
            {
                "source": each.name,
                "kind": each.kind,
                "team": each.team,
                "time_zone": each.time_zone,
                "is_restricted": each.restricted,
            }
            for each in settings.sources
        ]
        + (jira_row if settings.jira else []),
        "teams": [{"team": team.name} for team in teams],
        "team_services": [{"team": team.name, "service": name} for team in teams for name in team.services],
        "team_projects": [
            {"team": team.name, "project": key} for team in teams for key in team.jira_projects
        ],
        "team_people": [{"team": team.name, "person": person} for team in teams for person in team.people],
        "automation_accounts": [
            {"account": account} for account in (settings.jira.automation_accounts if settings.jira else [])
        ],
        "jira_fields": [
            {"purpose": purpose, "field_id": field_id} for purpose, field_id in jira_fields.items()
        ],
        "action_item_links": [
            {"link_type": name.casefold()}
            for name in (settings.jira.action_item_links if settings.jira else None) or ()
        ],
        "merge_by": [{"basis": basis} for basis in settings.merge.by],
        "reviewed": [
            asdict(each) for each in load_reviewed(settings) if not is_as_of or each.reviewed_at <= as_of
        ],
        "annotations": [asdict(each) for each in load_annotations(settings)],
        "due_days": [
            {"basis": basis, "word": word.lower(), "days": days}
            for basis, agreed in (
                ("priority", policy.due_days_by_priority),
                ("severity", policy.due_days_by_severity),
            )
            for word, days in agreed.items()
        ],
        "categories": [
            {
                "kind": kind,
                "category": category.name,
                "definition": category.definition or None,
                "published_as": category.published_as or None,
            }
            for kind, categories in (("cause", taxonomy.causes), ("trigger", taxonomy.triggers))
            for category in categories
        ],
        "postmortem_days": [
            {"step": step, "severity": severity, "days": days}
            for step, any_severity, by_severity in (
                ("written", policy.written_within_days, policy.written_within_days_by_severity),
                ("reviewed", policy.reviewed_within_days, policy.reviewed_within_days_by_severity),
            )
            for severity, days in [(None, any_severity), *by_severity.items()]
            if days is not None
        ],
        "parameters": [
            {
                "build_id": build_id,
                "built_at": built_at,
                "as_of": as_of,
                "is_as_of": is_as_of,
                "company": settings.company.name,
                "is_invented": settings.company.is_invented,
                "time_zone": settings.company.time_zone,
                "resolve_from": resolve_from,
                "resolve_to": resolve_to,
                "ignored_after_days": policy.ignored_after_days,
                "repeat_within_days": policy.repeat_within_days,
                "repeat_similarity": policy.repeat_similarity,
                "effectiveness": settings.priorities.effectiveness,
                "horizon_days": settings.priorities.horizon_days,
                "jira_issue_url": settings.jira.issue_url if settings.jira else None,
                "cost_formula": settings.cost.formula,
                "cost_currency": settings.cost.currency or None,
                "product_version": version("postmortem-analytics"),
                "duckdb_version": duckdb.__version__,
            }
        ],
    }


def _jira_fields(warehouse: Warehouse, settings: Settings) -> dict[str, str]:
    """Which custom field of this Jira holds what."""
    if settings.jira is None:
        return {}
    return custom_fields(settings.jira.fields, warehouse.jira.fields())


@contextmanager
def _noted_fetch(warehouse: Warehouse, source: str, kind: str) -> Iterator[str]:
    """Write down that a fetch began, and why it failed if it did; who did it notes that it is done."""
    fetch_id = warehouse.begin_fetch(source, kind)
    try:
        yield fetch_id
    except SourceError as error:
        warehouse.fail_fetch(fetch_id, str(error))
        raise


def _batches(items: Iterator[Item], size: int) -> Iterator[Sequence[Item]]:
    while batch := list(islice(items, size)):
        yield batch


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


class _Stages:
    """How long each stage took."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Time what is done within, as `stage`."""
        began = self._clock()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + self._clock() - began
