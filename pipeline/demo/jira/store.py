"""The issues of a simulated Jira: what is there, what search sees of it, and who may see it.

On Cloud a search sees a change late, while reads by id are fresh: `freeze_index` and `refresh_index`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipeline.demo.jira.issue import Issue
from pipeline.demo.jira.payloads import comments_of, fields_of, histories_of, remote_links_of, self_of
from pipeline.demo.jira.site import Deployment, JiraSite

_EXPAND = "operations,versionedRepresentations,editmeta,changelog,renderedFields"


class IssueStore(JiraSite):
    """The issues, by id and by every key they ever had."""

    def __init__(
        self, *, account_time_zone: str, deployment: Deployment, inline_comments: int | None
    ) -> None:
        super().__init__(account_time_zone=account_time_zone, deployment=deployment)
        self.inline_comments = inline_comments
        self.issues: dict[str, Issue] = {}  # by numeric id, in its order
        self._keys: dict[str, str] = {}  # every key ever given → id
        self._children: dict[str, list[str]] = {}  # id → ids of those whose parent it is
        self._is_frozen = False
        self._indexed: dict[str, Issue | None] = {}  # id → what search still sees; None: not there yet

    # --- what search sees ---------------------------------------------------------------------------------

    def freeze_index(self) -> None:
        """From now on search sees every issue as it is now, while reads by id are fresh."""
        with self._changed():
            self._is_frozen = True

    def refresh_index(self, *keys: str) -> None:
        """Search sees everything as it is and keeps up again; with keys, it catches up on these only.

        A deleted issue is caught up on by its last key.
        """
        with self._changed():
            if not keys:
                self._is_frozen = False
                self._indexed.clear()
            for key in keys:
                ids = [issue_id for issue_id, issue in self._indexed.items() if issue and issue.key == key]
                for issue_id in (*ids, self._keys.get(key, "")):
                    self._indexed.pop(issue_id, None)

    def searchable(self, fresh: Collection[str] = ()) -> list[Issue]:
        """The issues that search looks through, by id: as it last indexed them, and the account may see.

        Those whose ids are `fresh` it sees as they are.
        """
        if not self._indexed:
            return self.visible()
        indexed = {issue_id: issue for issue_id, issue in self._indexed.items() if issue_id not in fresh}
        seen = {**self.issues, **indexed}
        return [
            issue
            for _, issue in sorted(seen.items(), key=lambda pair: int(pair[0]))
            if issue is not None and self.is_visible(self.issues.get(issue.issue_id, issue))
        ]

    # --- reading ------------------------------------------------------------------------------------------

    def visible(self) -> list[Issue]:
        """The issues the account may see, by id."""
        return [issue for issue in self.issues.values() if self.is_visible(issue)]

    def is_visible(self, issue: Issue) -> bool:
        """Whether the account may see it."""
        return not issue.is_hidden and issue.project not in self.hidden_projects

    def find(self, id_or_key: str) -> Issue | None:
        """The visible issue of that id, key or former key."""
        issue = self.find_any(id_or_key)
        return None if issue is None or not self.is_visible(issue) else issue

    def find_any(self, id_or_key: str) -> Issue | None:
        """The issue of that id, key or former key, whoever may see it."""
        with self.lock:
            return self.issues.get(self._keys.get(id_or_key.upper(), id_or_key))

    def parent_of(self, issue: Issue) -> Issue | None:
        """The issue it is a part of."""
        return None if issue.parent_id is None else self.issues.get(issue.parent_id)

    def children_of(self, issue: Issue) -> list[Issue]:
        """The issues that are a part of it."""
        ids = self._children.get(issue.issue_id, ())
        return [self.issues[child_id] for child_id in ids if child_id in self.issues]

    def is_subtask(self, issue: Issue) -> bool:
        """Whether it is a part of another by its type."""
        return self.issue_types[issue.fields["issuetype"]].level < 0

    def hides(self, issue: Issue, name: str) -> bool:
        """Whether the issue's project does not have the field."""
        return (issue.project, name) in self._hidden_fields

    def payload(self, issue: Issue, names: set[str] | None) -> dict[str, Any]:
        """The issue as REST v2 sends it, with the fields in `names` (all when None)."""
        if issue.real is not None:
            fields = issue.real["fields"]
            chosen = {name: value for name, value in fields.items() if names is None or name in names}
            return {**issue.real, "fields": chosen}
        return {
            "expand": _EXPAND,
            "id": issue.issue_id,
            "self": self_of(self, issue),
            "key": issue.key,
            "fields": fields_of(self, issue, names),
        }

    def histories(self, issue: Issue) -> list[dict[str, Any]]:
        """Its whole changelog as this deployment sends it, oldest first."""
        return histories_of(self, issue)

    def remote_links(self, issue: Issue) -> list[dict[str, Any]]:
        """Its links to pages elsewhere, as they are sent."""
        return remote_links_of(self, issue)

    def comments(self, issue: Issue) -> list[dict[str, Any]]:
        """All its comments as this deployment sends them, oldest first."""
        return comments_of(self, issue)

    # --- inside -------------------------------------------------------------------------------------------

    def _find(self, key: str) -> Issue:
        try:
            return self.issues[self._keys[key]]
        except KeyError:
            raise ValueError(f"there is no issue {key}") from None

    def _set_parent(self, issue: Issue, parent: Issue | None) -> None:
        if issue.parent_id is not None:
            self._children[issue.parent_id].remove(issue.issue_id)
        issue.parent_id = None if parent is None else parent.issue_id
        if parent is not None:
            self._children.setdefault(parent.issue_id, []).append(issue.issue_id)

    def _keep_indexed(self, issue: Issue) -> None:
        """Before an issue changes: while the index is frozen, search goes on seeing it as it is."""
        if self._is_frozen and issue.issue_id not in self._indexed:
            self._indexed[issue.issue_id] = issue.as_of_now()
