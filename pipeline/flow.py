"""The run, read aloud: fetch, parse, build, check, publish. Start reading here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from pipeline.annotations import load_annotations
from pipeline.batches import batches
from pipeline.errors import CheckError, SettingsError, SourceError
from pipeline.fetching import Fetches, fetch_documents, fetch_issues, fetch_projects, jira_sync
from pipeline.metrics.macros import define_macros
from pipeline.models import build_models, check_models, publish_build
from pipeline.models.past import PLACED
from pipeline.models.publishing import publish_past
from pipeline.narrator import Narrator, Silent
from pipeline.parsing import parse_documents, reading_hash
from pipeline.past import file_name, restored_past
from pipeline.reading import named_projects, reading_of
from pipeline.reviewed import load_reviewed
from pipeline.settings import Settings
from pipeline.settings_rows import settings_rows
from pipeline.sources.jira.fields import custom_fields
from pipeline.warehouse import Warehouse, now

BATCH = 1000


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. `counts` is read from what was published, `seconds` is time per stage.

    `unasked_count` is how many issues were never asked for their links to pages.
    """

    published: Path
    as_of: datetime
    counts: dict[str, int]
    seconds: dict[str, float]
    fetched: list[str] = field(default_factory=list)
    unasked_count: int = 0


def run(
    settings: Settings,
    narrator: Narrator | None = None,
    *,
    as_of: datetime | None = None,
    sweep: bool = False,
    accept_vanished: bool = False,
) -> RunSummary:
    """Fetch every source, read what changed, and publish the tables anew.

    `as_of` (naive UTC, default now) is the moment the tables speak of. `sweep` looks at every Jira issue.
    `accept_vanished` takes for gone what is there no more, though it is half or more of the issues or pages
    that were held, or all documents of a source. A source that fails keeps no other, nor Jira, from being
    read, but for those read with an account that was refused. Raises RunError and its kinds; what was
    published before then still stands, and what was fetched is kept.
    """
    narrator = narrator or Silent()
    if not settings.sources and settings.jira is None:
        raise SettingsError("sources: there is none; add [[sources]] with the folder of your postmortems")
    if settings.jira is not None:
        settings.jira_token()  # a missing token is told before an hour of reading, not after
    load_reviewed(settings)  # its mistakes, too
    load_annotations(settings)
    stages = _Stages()
    with Warehouse(settings.warehouse_path) as warehouse, _no_call_outlives():
        fetches = Fetches(warehouse, settings)
        with stages.time("fetch"):
            for source in settings.sources:
                fetches.attempt(
                    source,
                    partial(fetch_documents, warehouse, source, settings, narrator, sweep, accept_vanished),
                )
            sync = jira_sync(warehouse, settings, narrator, sweep, accept_vanished)
            if (
                sync is not None
                and not named_projects(settings)
                and not fetches.attempt(None, partial(fetch_projects, warehouse, sync))
            ):
                fetches.check()  # without the projects no bare key of a document can be read
        with stages.time("parse"):
            read_documents(warehouse, settings, narrator)
        if sync is not None:
            with stages.time("follow in Jira"):
                fetches.attempt(None, partial(fetch_issues, warehouse, sync, narrator))
        fetches.check()
        summary = _publish(warehouse, settings, narrator, stages, fetches.fetched, as_of)
    return replace(summary, unasked_count=sync.report.unasked_count if sync else 0)


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


def read_documents(warehouse: Warehouse, settings: Settings, narrator: Narrator) -> None:
    """Parse the documents whose text, parser or settings changed since they were last read."""
    for source in settings.sources:
        reading = reading_of(settings, source, warehouse.jira.projects())
        hash_of_it = reading_hash(reading)
        count, waiting = warehouse.unparsed_documents(source.name, hash_of_it)
        parsed = parse_documents(waiting, count, reading)
        for batch in batches(narrator.follow(parsed, f"parsing {source.name}", count), BATCH):
            warehouse.load_facts(batch, hash_of_it)


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
            settings_rows(settings, _jira_fields(warehouse, settings), build_id, built_at, moment, is_as_of)
        )
        with restored_past(warehouse, settings) if is_as_of else nullcontext():
            build_models(warehouse.connection, building, placed=PLACED if is_as_of else None)
    with stages.time("check"):
        failures = check_models(warehouse.connection)
        if failures:
            raise CheckError("; ".join(str(failure) for failure in failures))
    counts = _counts(warehouse)
    with stages.time("publish"):
        define_macros(warehouse.connection, "build")
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


def _jira_fields(warehouse: Warehouse, settings: Settings) -> dict[str, str]:
    """Which custom field of this Jira holds what."""
    if settings.jira is None:
        return {}
    return custom_fields(settings.jira.fields, warehouse.jira.fields())


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
