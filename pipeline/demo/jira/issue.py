"""One issue as the simulated Jira holds it, and how Jira writes times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any


@dataclass(slots=True)
class Issue:
    """One issue as it is now.

    `fields` holds the system fields by their Jira names, with ids or names of this state in them; `custom`
    holds the values of custom fields by field id. `histories` are in the order they were made, oldest first.
    A `real` issue is served as it was given, whatever `fields` says.
    """

    issue_id: str
    key: str
    project: str
    created_at: datetime
    updated_at: datetime
    fields: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    parent_id: str | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    histories: list[dict[str, Any]] = field(default_factory=list)
    old_keys: list[str] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    remote_links: list[dict[str, Any]] = field(default_factory=list)
    is_hidden: bool = False
    real: dict[str, Any] | None = None

    def as_of_now(self) -> Issue:
        """A copy that later changes do not touch."""
        return replace(
            self,
            fields=dict(self.fields),
            custom=dict(self.custom),
            comments=list(self.comments),
            histories=list(self.histories),
            old_keys=list(self.old_keys),
            links=list(self.links),
            remote_links=list(self.remote_links),
        )


def jira_time(at: datetime) -> str:
    """A moment (naive UTC) as Jira writes it: `2024-03-01T09:30:00.000+0000`."""
    if at.tzinfo is not None:
        raise ValueError(f"{at} carries a zone; the simulated Jira takes naive UTC")
    return f"{at.isoformat(timespec='milliseconds')}+0000"


def read_time(written: str) -> datetime:
    """A moment as Jira writes it, in whatever zone, as naive UTC."""
    return datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)
