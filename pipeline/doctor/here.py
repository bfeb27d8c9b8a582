"""This machine: settings, files, warehouse, what is published, and whether the sources can be reached."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.accounts import SiteAccount, account_of
from pipeline.doctor.examination import PATIENCE, Examination
from pipeline.doctor.findings import Finding, of_error, of_glance, ok, warning, wrong
from pipeline.errors import NothingPublishedError, PostmortemsError, SourceError
from pipeline.narrator import Silent
from pipeline.settings import JiraSource
from pipeline.sources.jira.address import without_credentials

_LITTLE_SPACE = 1_000_000_000
_NO_SPACE = 100_000_000
_OLD_HOURS = 48


def settings(examination: Examination) -> Iterator[Finding]:
    """What the settings hold; their mistakes were told before anything was looked at."""
    given = examination.settings
    if not given.sources and given.jira is None:
        yield wrong("settings", "there is no source", "add [[sources]] with the folder of your postmortems")
        return
    held = [f"{len(given.sources)} source{'' if len(given.sources) == 1 else 's'} of documents"]
    if given.teams:
        held.append(f"{len(given.teams)} team{'' if len(given.teams) == 1 else 's'}")
    held.append(f"Jira at {without_credentials(given.jira.url)}" if given.jira else "no Jira")
    yield ok("settings", ", ".join(held))


def reviewed_values(examination: Examination) -> Iterator[Finding]:
    """Whether the file of reviewed values can be read. Raises SettingsError for its mistakes."""
    from pipeline.reviewed import load_reviewed

    values = [each for each in load_reviewed(examination.settings) if not each.is_implied]
    yield ok("reviewed values", f"{len(values):,}" if values else "none")


def annotation_file(examination: Examination) -> Iterator[Finding]:
    """Whether the file of annotations can be read. Raises SettingsError for its mistakes."""
    from pipeline.annotations import load_annotations

    found = load_annotations(examination.settings)
    yield ok("annotations", f"{len(found):,}" if found else "none")


def files(examination: Examination) -> Iterator[Finding]:
    """Whether a run may write where it keeps its files. Nothing is written."""
    given = examination.settings
    kept = {
        "paths.warehouse": given.warehouse_path.parent,
        "paths.published": given.published_path,
        "paths.log": given.log_path.parent,
    }
    is_fine = True
    for key, folder in kept.items():
        there = _nearest(folder)
        if not there.is_dir():
            is_fine = False
            yield wrong("files", f"{key}: {there} is a file where a folder must be", f"mend {key}")
        elif not os.access(there, os.W_OK | os.X_OK):
            is_fine = False
            yield wrong(
                "files", f"{key}: {there} cannot be written to", f"give this user the right, or mend {key}"
            )
    if is_fine:
        folders = dict.fromkeys(str(folder) for folder in kept.values())
        yield ok("files", f"{', '.join(folders)} can be written to")


def disk(examination: Examination) -> Iterator[Finding]:
    """Whether there is room for a run."""
    given = examination.settings
    size = given.warehouse_path.stat().st_size if given.warehouse_path.is_file() else 0
    disks: dict[int, Path] = {}
    for folder in map(_nearest, (given.warehouse_path.parent, given.published_path)):
        disks.setdefault(folder.stat().st_dev, folder)
    for folder in disks.values():
        yield space_left(folder, shutil.disk_usage(folder).free, size)


def space_left(folder: Path, free: int, warehouse_size: int) -> Finding:
    """What so many free bytes mean where a warehouse of that size is kept: a build may take as much again."""
    shown = f"{free / 1e9:,.1f} GB free at {folder}"
    if free < _NO_SPACE:
        return wrong("disk", shown, "make room")
    if free < max(_LITTLE_SPACE, 2 * warehouse_size):
        return warning(
            "disk", f"{shown}, for a warehouse of {warehouse_size / 1e9:,.1f} GB", "make room soon"
        )
    return ok("disk", shown)


def warehouse(examination: Examination) -> Iterator[Finding]:
    """Whether the warehouse can be opened, and how the last fetch ended."""
    path, held = examination.settings.warehouse_path, examination.held
    if held.state == "absent":
        yield ok("warehouse", f"there is none yet at {path}: the first run makes it")
    elif held.state == "held":
        yield warning(
            "warehouse",
            f"a run is in progress and holds {path}",
            "ask again when it is done, for the rest of this",
        )
    elif held.state == "unreadable":
        yield wrong("warehouse", f"{path} cannot be opened ({held.told})", "move it away and run again")
    elif held.last_fetch is None:
        yield ok("warehouse", f"{path} holds nothing yet")
    else:
        source, started_at, outcome, message = held.last_fetch
        when = f"{source}, {started_at:%Y-%m-%d %H:%M} UTC"
        if outcome == "ok":
            yield ok("warehouse", f"the last fetch went well ({when})")
        else:
            told = f"the last fetch failed ({when}): {message or 'it was cut off'}"
            yield warning("warehouse", told, "mend what is wrong below, and run again")


def published(examination: Examination) -> Iterator[Finding]:
    """Whether there is a build to look at, and how old it is."""
    from pipeline.metrics import open_published

    try:
        build = open_published(examination.settings.published_path)
    except NothingPublishedError:
        yield ok("published", "nothing yet: `postmortems run` publishes")
        return
    try:
        build_id, built_at = build.query("SELECT build_id, built_at FROM marts.runs").row(0)
    finally:
        build.close()
    yield build_age(build_id, built_at, examination.clock.now().replace(tzinfo=None))


def build_age(build_id: str, built_at: datetime, now: datetime) -> Finding:
    """What the age of a build means, which a nightly run makes anew; times are naive UTC."""
    hours = (now - built_at).total_seconds() / 3600
    shown = f"build {build_id}, made {built_at:%Y-%m-%d %H:%M} UTC"
    if hours > _OLD_HOURS:
        return warning(
            "published",
            f"{shown}, {hours / 24:,.0f} days ago",
            "see whether the run of every night still runs, and what `postmortems status` says",
        )
    return ok("published", shown)


def sources(examination: Examination) -> Iterator[Finding]:
    """Whether each source can be reached, and what it holds as far as that is told quickly.

    Incidents that live in the Jira wait until it is known that it takes the credentials.
    """
    from pipeline.fetching import document_source

    refused: list[SiteAccount] = []
    for source in examination.settings.sources:
        if isinstance(source, JiraSource):
            continue
        name = f"source {source.name}"
        account = account_of(source, examination.settings)
        if account is not None and any(map(account.may_be, refused)):
            yield Finding(name, "skipped", "not asked, as it refused these credentials before")
            continue
        try:
            reached = document_source(source, examination.settings, Silent(), patience=PATIENCE)
            yield of_glance(name, reached.glance())
        except PostmortemsError as error:
            yield from of_error(name, error)
            if account is not None and isinstance(error, SourceError) and error.is_refusal:
                refused.append(account)


def _nearest(path: Path) -> Path:
    """The path, or the nearest above it that exists."""
    return path if path.exists() or path == path.parent else _nearest(path.parent)
