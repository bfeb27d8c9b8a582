"""What the settings tell the parser. Light to import: linting a document needs it, and no warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.documents.facts import IssueReading, Reading
from pipeline.record_mappings import FieldPaths, field_paths
from pipeline.record_mappings.issues import named_types
from pipeline.settings import ExportSource, JiraSource, Settings, Source


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
        record_fields=_record_fields(settings, source),
        issues=_issue_reading(settings, source) if isinstance(source, JiraSource) else None,
    )


def _record_fields(settings: Settings, source: Source) -> FieldPaths:
    if isinstance(source, ExportSource):
        return field_paths(source.format, source.fields)
    if isinstance(source, JiraSource) and settings.jira is not None:
        return source.paths(settings.jira.fields)
    return ()


def _issue_reading(settings: Settings, source: JiraSource) -> IssueReading:
    links = settings.jira.action_item_links if settings.jira is not None else None
    return IssueReading(
        incident_types=named_types(source.jql),
        review_types=tuple(name.casefold() for name in source.reviews),
        link_types=None if links is None else tuple(name.casefold() for name in links),
    )


def named_projects(settings: Settings) -> set[str]:
    """The Jira projects that the settings name, in [jira] or for a team."""
    named = settings.jira.projects if settings.jira else []
    return {*named, *(key for team in settings.teams for key in team.jira_projects)}
