"""The settings as rows: what the models know of them, besides what lies in the warehouse."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from typing import Any

from pipeline.annotations import load_annotations
from pipeline.reviewed import load_reviewed
from pipeline.settings import Settings


def settings_rows(
    settings: Settings,
    jira_fields: dict[str, str],
    build_id: str,
    built_at: datetime,
    as_of: datetime,
    is_as_of: bool,
) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table in schema `settings`, for a build at `built_at` that speaks of `as_of`.

    `jira_fields` is which custom field of the Jira holds what, by purpose; `is_as_of` is whether the build is
    one of the past, which knows no review of later.
    """
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
