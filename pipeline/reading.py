"""What the settings tell the parser. Light to import: linting a document needs it, and no warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.documents.facts import Reading
from pipeline.record_mappings import field_paths
from pipeline.settings import ExportSource, Settings, Source


def reading_of(settings: Settings, source: Source, known_projects: Sequence[str] = ()) -> Reading:
    """What the settings tell the parser about the documents of `source`.

    A bare `PAY-12` is an issue when the settings name the project; when they name none, when Jira showed it.
    """
    jira = settings.jira
    hosts = (
        {urlsplit(url).netloc.lower() for url in (jira.url, jira.browse_url or jira.url)} if jira else set()
    )
    projects = named_projects(settings) or set(known_projects if jira else ())
    return Reading(
        time_zone=source.time_zone,
        day_first=source.day_first,
        severity_words=tuple(
            (word.lower(), int(level)) for level, words in sorted(settings.severity.items()) for word in words
        ),
        planned_words=tuple(word.lower() for word in source.planned),
        taxonomy=settings.read_taxonomy(),
        services=tuple(service for team in settings.teams for service in team.services),
        jira_hosts=tuple(sorted(hosts)),
        jira_projects=tuple(sorted(projects)),
        record_fields=field_paths(source.format, source.fields) if isinstance(source, ExportSource) else (),
    )


def named_projects(settings: Settings) -> set[str]:
    """The Jira projects that the settings name, in [jira] or for a team."""
    named = settings.jira.projects if settings.jira else []
    return {*named, *(key for team in settings.teams for key in team.jira_projects)}
