"""Which fields of an issue are asked for, and which custom field holds what.

A custom field is known by its id. Its name is no help: it is changed and translated, and two may share it.
Where the settings name none, Jira's own type tells (`schema.custom`), if one field alone has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.settings import JiraFields

#: Fields asked for. Jira sends `id` only unless told.
FIELDS = (
    "summary",
    "status",
    "resolution",
    "resolutiondate",
    "statuscategorychangedate",
    "created",
    "updated",
    "duedate",
    "priority",
    "assignee",
    "reporter",
    "creator",
    "project",
    "issuetype",
    "labels",
    "components",
    "parent",
    "subtasks",
    "issuelinks",
    "comment",
)
#: Fields every issue has. One missing means that Jira failed to load it, never that it is empty.
ALWAYS = ("summary", "status", "created", "updated", "project", "issuetype")
#: Fields Jira leaves out of issues that have none, or that not every Jira has.
SOMETIMES = ("parent", "statuscategorychangedate", "creator")

#: The types by which a field is known, from Atlassian's own plugins; a field of a plainer type, such as a
#: number called "Story Points", is known only by its id.
SCHEMAS = {
    "team": (
        "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team",
        "com.atlassian.teams:rm-teams-custom-field-team",
    ),
    "story_points": ("com.pyxis.greenhopper.jira:jsw-story-points",),
    "sprint": ("com.pyxis.greenhopper.jira:gh-sprint",),
    "epic_link": ("com.pyxis.greenhopper.jira:gh-epic-link",),
}


def custom_fields(chosen: JiraFields, defined: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The id of the field that holds each purpose, as the settings say, else as the types tell.

    `defined` are Jira's fields as it lists them. A purpose that several fields would serve is left out.
    """
    found: dict[str, list[str]] = {}
    for field in defined:
        schema = (field.get("schema") or {}).get("custom")
        for purpose, known in SCHEMAS.items():
            if schema in known:
                found.setdefault(purpose, []).append(str(field["id"]))
    told = {purpose: ids[0] for purpose, ids in found.items() if len(ids) == 1}
    return told | {purpose: name for purpose, name in chosen if name is not None}
