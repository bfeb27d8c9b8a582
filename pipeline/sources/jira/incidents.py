"""Incidents that live in a Jira as issues, each a record like those of exports.

A search lists the issues with their times of change; what is new or changed is read by its id, as only such
reads are fresh. Now and then all are read again: a new subtask, a renamed choice or a deleted link changes an
issue without changing its time. A record holds the fields that the settings map and those every Jira has.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.errors import JiraError
from pipeline.raw_documents import FetchedDocument, Glance, KnownDocument, Listing
from pipeline.record_mappings.issues import NAMES, columns_of, without_order
from pipeline.settings import Jira, JiraSource
from pipeline.sources.folder import is_named, max_bytes
from pipeline.sources.jira.answers import moment
from pipeline.sources.jira.fields import FIELDS
from pipeline.sources.jira.site import FetchedIssue, IssueState, JiraSite
from pipeline.sources.record_lines import as_lines
from pipeline.vanished import looks_lost

log = logging.getLogger(__name__)

#: Fields of every Jira that tell nothing of the incident.
_LEFT_OUT = ("updated", "comment", "statuscategorychangedate", "creator")
_TRIED = 100  # issues of a glance


class JiraIncidents:
    """The issues of a Jira that the settings of a source name.

    `sweep` reads every issue again; `accept_vanished` takes issues for gone though most of them are.
    """

    def __init__(
        self,
        source: JiraSource,
        settings: Jira,
        site: Callable[[], JiraSite],
        *,
        sweep: bool = False,
        accept_vanished: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).replace(tzinfo=None),
    ) -> None:
        self._source = source
        self._settings = settings
        self._condition = without_order(source.jql)
        self._open = site
        self._accepts_vanished = accept_vanished
        self._read_again = None if sweep else now() - timedelta(hours=settings.sweep_every_hours)
        columns = columns_of(source.paths(settings.fields))
        mapped = {column.removeprefix("fields.") for column in columns if column.startswith("fields.")}
        self._asked = sorted((mapped | set(source.document)) - set(FIELDS))
        self._texts = source.document if len(source.document) > 1 else []
        plain = [name for name in FIELDS if name in mapped or name not in _LEFT_OUT]
        self._held = plain + [name for name in self._asked if name in mapped or name not in self._texts]
        self._has_history = "history" in columns
        seen_by = repr((self._held, self._texts, self._has_history, settings.issue_url))
        self._seen_by = hashlib.sha256(seen_by.encode()).hexdigest()[:8]

    def glance(self) -> Glance:
        """See `DocumentSource`. A few calls: the fields, the count, and what some issues hold in them."""
        site = self._signed_in()
        names = self._learn_fields(site)
        count = site.count(self._condition)
        where, who = site.session.site, site.session.account
        if not count:
            return Glance(
                f"{where} shows no issue to {who} that {self._condition}",
                "try that in Jira's own search as the account; mend jql of the source, or its rights",
            )
        found = f"{where} shows {count:,} issue{'' if count == 1 else 's'} to {who} that {self._condition}"
        tried = next(site.find_ids(self._condition), [])[-_TRIED:]
        held = site.values(tried, self._asked) if tried and self._asked else []
        empty = [name for name in self._asked if held and not any(fields.get(name) for fields in held)]
        if not empty:
            return Glance(found)
        told = ", ".join(f"{names[name]} ({name})" for name in empty)
        return Glance(
            f"{found}; none of {len(held)} tried holds anything in {told}",
            "see whether it is another field that is filled in, and mend fields or document of the source",
        )

    def fetch(self, known: Mapping[str, KnownDocument]) -> Listing:
        """See `DocumentSource`. An issue whose time of change is as before is not read."""
        site = self._signed_in()
        site.account()
        states = {
            state.issue_id: state
            for page in site.find_states(self._condition)
            for state in page
            if is_named(state.issue_key, self._source)
        }
        paths = {_path(issue_id) for issue_id in states}
        self._doubt(len(known.keys() - paths), len(known))
        changed = [
            state.issue_id
            for state in states.values()
            if self._must_read(state, known.get(_path(state.issue_id)))
        ]

        def read() -> Iterator[FetchedDocument]:
            names = self._learn_fields(site)
            categories = _categories(site) if self._has_history else {}
            missing = set(changed)
            for issues in site.fetch(changed):
                for issue in issues:
                    missing.discard(issue.issue_id)
                    yield self._document(issue, names, categories)
            # The search was late: these are not there any more.
            self._doubt(len(missing), len(changed))
            paths.difference_update(map(_path, missing))

        return Listing(paths, len(changed), read() if changed else iter(()))

    def _signed_in(self) -> JiraSite:
        site = self._open()
        site.session.query = f"jql of source {self._source.name}"
        return site

    # --- what is listed -----------------------------------------------------------------------------------

    def _learn_fields(self, site: JiraSite) -> dict[str, str]:
        """The names of fields. Raises JiraError when a field is asked for that Jira does not have.

        Jira itself says nothing of such a field, and its values would be missing for ever.
        """
        defined = site.fields()
        names = {str(field["id"]): str(field["name"]) for field in defined}
        unknown = [name for name in self._asked if name not in names]
        if unknown:
            raise JiraError(
                f"source {self._source.name}: {site.session.site} shows no field {', '.join(unknown)} to "
                f"{site.session.account}; mend fields or document of the source "
                f"(`postmortems doctor` tells the ids of those in use)"
            )
        site.read_fields(defined, also=self._asked)
        return names

    def _doubt(self, gone: int, of: int) -> None:
        if looks_lost(gone, of) and not self._accepts_vanished:
            raise JiraError(
                f"source {self._source.name}: {gone} of {of} issues are gone at once, which looks like an "
                f"index or a right that was lost, so nothing was taken for gone; look for them in Jira by "
                f"its jql, and if that is meant, run with --accept-vanished"
            )

    def _must_read(self, state: IssueState, known: KnownDocument | None) -> bool:
        if known is None or known.version is None or known.url != self._url(state.issue_key):
            return True
        held_at, _, seen_by = known.version.partition(" ")
        return (
            seen_by != self._seen_by
            or held_at < _written(state.updated_at)
            or self._read_again is None
            or known.fetched_at <= self._read_again
            or (known.problem == "too_large") != (known.size_bytes > max_bytes(self._source))
        )

    def _url(self, key: str) -> str:
        return f"{self._settings.issue_url}/browse/{key}"

    # --- what is read -------------------------------------------------------------------------------------

    def _document(
        self, issue: FetchedIssue, names: Mapping[str, str], categories: Mapping[str, str]
    ) -> FetchedDocument:
        raw = as_lines(self._record(issue, names, categories)).encode("utf-8", "replace")
        is_too_large = len(raw) > max_bytes(self._source)
        return FetchedDocument(
            path=_path(issue.issue_id),
            url=self._url(issue.issue_key),
            content=None if is_too_large else raw.decode("utf-8"),
            content_hash=hashlib.sha256(raw).hexdigest(),
            size_bytes=len(raw),
            problem="too_large" if is_too_large else None,
            modified_at=issue.updated_at,
            media_type="application/json",
            version=f"{_written(issue.updated_at)} {self._seen_by}",
            written_at=moment(issue.payload["fields"]["created"]),
        )

    def _record(
        self, issue: FetchedIssue, names: Mapping[str, str], categories: Mapping[str, str]
    ) -> dict[str, Any]:
        fields = issue.payload["fields"]
        record: dict[str, Any] = {"key": issue.issue_key, "id": issue.issue_id}
        record |= {f"fields.{name}": fields[name] for name in self._held if fields.get(name) is not None}
        record[NAMES] = {
            name: names[name]
            for name in self._held
            if name.startswith("customfield_") and fields.get(name) is not None
        }
        if self._texts:
            record["document"] = self._text(fields, names)
        if self._has_history:
            record["history"] = status_changes(issue.histories, categories)
        return record

    def _text(self, fields: Mapping[str, Any], names: Mapping[str, str]) -> str | None:
        """The texts of the postmortem as one, each under the name of its field; a description may open it."""
        parts: list[str] = []
        for name in self._texts:
            text = fields.get(name)
            if isinstance(text, str) and text.strip():
                is_opening = name == "description" and not parts
                parts.append(text if is_opening else f"h1. {names.get(name, name)}\n\n{text}")
        return "\n\n".join(parts) or None


def status_changes(
    histories: list[dict[str, Any]], categories: Mapping[str, str]
) -> list[dict[str, str | None]]:
    """The changes of status of an issue, oldest first; `categories` are those of statuses, by id.

    `reached` is the category that a change led to from another one; of a change to done it is only told when
    the issue was not opened again afterwards. A status that Jira lists no more has no category: it neither
    opens an issue again nor ends it.
    """
    changes: list[dict[str, str | None]] = []
    for entry in histories:
        for item in entry["items"]:
            if _is_of_status(item):
                before, after = (categories.get(str(item.get(side))) for side in ("from", "to"))
                is_told = after is not None and after != before
                if after == "done" and before is None:
                    is_told = not any(earlier["reached"] == "done" for earlier in changes)
                elif after is not None and after != "done":
                    for earlier in changes:
                        if earlier["reached"] == "done":
                            earlier["reached"] = None
                changes.append(
                    {
                        "at": entry["created"],
                        "from": item.get("fromString"),
                        "to": item.get("toString"),
                        "from_category": before,
                        "to_category": after,
                        "reached": after if is_told else None,
                    }
                )
    return changes


def _is_of_status(item: Mapping[str, Any]) -> bool:
    """Whether a change is of the issue's status, not of a custom field that is called so.

    Data Center tells no `fieldId`.
    """
    named = str(item.get("fieldId") or item.get("field", "")).lower()
    return named == "status" and str(item.get("fieldtype", "")).lower() != "custom"


def _categories(site: JiraSite) -> dict[str, str]:
    return {str(status["id"]): str(status["statusCategory"]["key"]) for status in site.statuses()}


def _path(issue_id: str) -> str:
    """What identifies it: a move to another project gives an issue another key."""
    return f"issues/{issue_id}"


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
