"""What was said of a period then, and what is said of it now: every difference, with why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pipeline.metrics.catalogue import run
from pipeline.metrics.definitions import rows_of_metric
from pipeline.metrics.filters import Filters
from pipeline.metrics.follow_through import action_items_by_team
from pipeline.metrics.times import times_by_group

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

#: Why a value is another now than then.
Reason = Literal[
    "late_document",  # a document came after the build of then
    "changed_document",  # its document says something else now
    "removed_document",  # no source lists its document any more
    "merged",  # other documents are on the incident now, of those that were there then
    "changed_issue",  # its Jira issue was changed, came, or went
    "reviewed",  # a person stated the value, or took that back
    "rule_changed",  # the same document in the same version is read, or reckoned with, in another way
]
#: The figures that a restatement tells of.
FIGURES = ("incident_count", "median_time_to_resolve", "p90_time_to_resolve", "on_time_share")

#: Of what a value is reckoned: its reason is that of the first of these which changed, too.
_RECKONED_FROM: dict[str, str] = {
    "team": "service",
    "occurred_at": "started_at detected_at declared_at acknowledged_at mitigated_at resolved_at",
    "time_to_detect_minutes": "started_at detected_at stated_time_to_detect_minutes",
    "time_to_acknowledge_minutes": "detected_at acknowledged_at stated_time_to_acknowledge_minutes",
    "time_to_mitigate_minutes": "started_at mitigated_at stated_time_to_mitigate_minutes",
    "time_to_resolve_minutes": "started_at resolved_at mitigated_at detected_at declared_at acknowledged_at"
    " stated_time_to_resolve_minutes stated_time_to_mitigate_minutes",
}
#: What the document alone says of an action item that has an issue.
_OF_THE_DOCUMENT = ("description", "kind", "incident_id")
_TIMES = ("median_time_to_resolve", "p90_time_to_resolve")


def restated_values(published: Published, filters: Filters) -> pl.DataFrame:
    """What one build says of each incident and action item: one row per value.

    Columns as `sql/metrics/restated_values.sql` describes them.
    """
    return rows_of_metric(published, "restated_values", filters)


def restatement(published_then: Published, published_now: Published, filters: Filters) -> pl.DataFrame:
    """Every difference between two builds in what they say of a period: one row per value that is another.

    What the filters let through in either build counts; a period without end ends with the day of the build
    of then, for what came after it was never stated. Columns: subject (incident, action_item), incident_id,
    action_item_id (null of incidents), title, change (added, removed, changed), field (null when all of it
    came or went), before and after (text; null is unknown), reason (one of `Reason`), document (source and
    path of the one that explains it; null when none does), figures (those of `FIGURES` that it bears on).
    """
    import polars as pl

    filters = until_then(published_then, filters)
    then, now = _Build.of(published_then, filters), _Build.of(published_now, filters)
    keys = sorted(then.things.keys() | now.things.keys(), key=lambda key: (key[0] != "incident", key[1]))
    rows = [row for key in keys for row in _compared(then, now, key)]
    text = dict.fromkeys(
        (
            *("subject", "incident_id", "action_item_id", "title", "change", "field", "before", "after"),
            *("reason", "document"),
        ),
        pl.String(),
    )
    return pl.DataFrame(rows, schema={**text, "figures": pl.List(pl.String)})


def restated_figures(
    published_then: Published,
    published_now: Published,
    filters: Filters,
    rows: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The figures of a period in two builds: one row per figure of `FIGURES`.

    Columns: figure, before, after (incidents, minutes, or a share; null where nothing is known), n_before,
    n_after, and reasons: how many rows of `restatement` bear on it by each reason, the most frequent first,
    as a list of {reason, n}. `rows` are those of `restatement` for the same builds and filters, found anew
    when they are not given.
    """
    import polars as pl

    filters = until_then(published_then, filters)
    if rows is None:
        rows = restatement(published_then, published_now, filters)
    before, after = _figures(published_then, filters), _figures(published_now, filters)
    told = []
    for figure in FIGURES:
        subjects = {
            (row["action_item_id"] or row["incident_id"], row["reason"])
            for row in rows.iter_rows(named=True)
            if figure in row["figures"]
        }
        counts = Counter(reason for _, reason in subjects)
        told.append(
            {
                "figure": figure,
                "before": before[figure][0],
                "after": after[figure][0],
                "n_before": before[figure][1],
                "n_after": after[figure][1],
                "reasons": [
                    {"reason": reason, "n": n}
                    for reason, n in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
                ],
            }
        )
    schema = pl.Schema(
        {
            "figure": pl.String(),
            "before": pl.Float64(),
            "after": pl.Float64(),
            "n_before": pl.Int64(),
            "n_after": pl.Int64(),
            "reasons": pl.List(pl.Struct({"reason": pl.String(), "n": pl.Int64()})),
        }
    )
    return pl.DataFrame(told, schema=schema)


def until_then(published_then: Published, filters: Filters) -> Filters:
    """The same choices over a period that ends no later than the day of that build."""
    last_day = run(published_then)["as_of"].date()
    if filters.period_to is None or filters.period_to > last_day:
        return replace(filters, period_to=last_day)
    return filters


@dataclass(frozen=True, slots=True)
class _Thing:
    """An incident or an action item as one build tells it: field → the row of `restated_values`."""

    fields: Mapping[str, Mapping[str, Any]]

    @property
    def any_row(self) -> Mapping[str, Any]:
        return next(iter(self.fields.values()))


@dataclass(frozen=True, slots=True)
class _Build:
    """What one build says, ready to be compared."""

    as_of: Any
    things: dict[tuple[str, str], _Thing]
    documents: dict[str, Mapping[str, Any]]  # those its sources list
    tellings: dict[str, frozenset[str]]  # incident → its documents

    @classmethod
    def of(cls, published: Published, filters: Filters) -> _Build:
        grouped: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
        for row in restated_values(published, filters).iter_rows(named=True):
            grouped.setdefault((row["subject"], row["subject_id"]), {})[row["field"]] = row
        documents = published.query(
            "SELECT document_id, source || '/' || path AS name, content_hash"
            " FROM marts.documents WHERE is_listed"
        )
        tellings = published.query("SELECT incident_id, document_id FROM marts.incident_documents")
        told: dict[str, set[str]] = {}
        for incident_id, document_id in tellings.iter_rows():
            told.setdefault(incident_id, set()).add(document_id)
        return cls(
            run(published)["as_of"],
            {key: _Thing(fields) for key, fields in grouped.items()},
            {row["document_id"]: row for row in documents.iter_rows(named=True)},
            {incident_id: frozenset(names) for incident_id, names in told.items()},
        )

    def documents_of(self, row: Mapping[str, Any]) -> frozenset[str]:
        """The documents that what a row is about stands in."""
        if row["subject"] == "action_item":
            return frozenset() if row["document_id"] is None else frozenset([row["document_id"]])
        return self.tellings.get(row["incident_id"], frozenset())


def _compared(then: _Build, now: _Build, key: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of one incident or action item."""
    before, after = then.things.get(key), now.things.get(key)
    if not any(thing is not None and thing.any_row["is_selected"] for thing in (before, after)):
        return
    if before is None or after is None:
        thing = after or before
        assert thing is not None
        row = thing.any_row
        reason, document = _why_whole(then, now, row, is_added=before is None)
        yield _row(row, "added" if before is None else "removed", None, None, None, reason, document) | {
            "figures": _figures_of_whole(thing)
        }
        return
    changed = {
        name: (before.fields[name], row)
        for name, row in after.fields.items()
        if name in before.fields and before.fields[name]["value"] != row["value"]
    }
    moves = before.any_row["is_selected"] != after.any_row["is_selected"]
    for name, (was, is_now) in changed.items():
        base = next((each for each in _RECKONED_FROM.get(name, "").split() if each in changed), name)
        reason, document = _why_value(then, now, *changed[base])
        row = _row(is_now, "changed", name, was["value"], is_now["value"], reason, document)
        yield row | {"figures": _figures_of_value(before, after, name, moves)}


def _row(
    row: Mapping[str, Any],
    change: str,
    field: str | None,
    before: str | None,
    after: str | None,
    reason: Reason,
    document: str | None,
) -> dict[str, Any]:
    return {
        "subject": row["subject"],
        "incident_id": row["incident_id"],
        "action_item_id": row["subject_id"] if row["subject"] == "action_item" else None,
        "title": row["title"],
        "change": change,
        "field": field,
        "before": before,
        "after": after,
        "reason": reason,
        "document": document,
    }


def _why_whole(
    then: _Build, now: _Build, row: Mapping[str, Any], *, is_added: bool
) -> tuple[Reason, str | None]:
    """Why an incident or action item came, or went, and the document that explains it."""
    there, elsewhere = (now, then) if is_added else (then, now)
    documents = sorted(there.documents_of(row))
    if not documents:
        return "changed_issue", None
    for document_id in documents:
        other = elsewhere.documents.get(document_id)
        name = there.documents[document_id]["name"] if document_id in there.documents else None
        if other is None:
            return "late_document" if is_added else "removed_document", name
        if other["content_hash"] != there.documents[document_id]["content_hash"]:
            return "changed_document", name
    name = there.documents[documents[0]]["name"]
    if row["subject"] == "incident":
        told_elsewhere = frozenset().union(*elsewhere.tellings.values())
        return ("merged" if told_elsewhere & set(documents) else "rule_changed"), name
    if then.tellings.get(row["incident_id"]) != now.tellings.get(row["incident_id"]):
        return "merged", name
    return "rule_changed", name


def _why_value(
    then: _Build, now: _Build, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Reason, str | None]:
    """Why a value is another now, and the document that explains it."""
    if "reviewed" in (before["method"], after["method"]):
        return "reviewed", None
    if after["issue_id"] is not None or before["issue_id"] is not None:
        touched = after["issue_updated_at"]
        is_touched = touched is None or touched > then.as_of or before["issue_id"] != after["issue_id"]
        is_touched = is_touched or after["field"] == "link_state"  # what is not shown any more bears no date
        if is_touched and after["field"] not in _OF_THE_DOCUMENT:
            return "changed_issue", None
    # The document of the value itself first, then the others on the incident.
    own = [each["document_id"] for each in (after, before) if each["document_id"] is not None]
    others = sorted(_documents_about(then, before) | _documents_about(now, after))
    candidates = list(dict.fromkeys([*own, *others]))
    for document_id in candidates:
        was, is_now = then.documents.get(document_id), now.documents.get(document_id)
        if was is None and is_now is not None:
            return "late_document", is_now["name"]
        if was is not None and is_now is None:
            return "removed_document", was["name"]
        if was is not None and is_now is not None and was["content_hash"] != is_now["content_hash"]:
            return "changed_document", is_now["name"]
    name = next((now.documents[each]["name"] for each in candidates if each in now.documents), None)
    if then.tellings.get(before["incident_id"]) != now.tellings.get(after["incident_id"]):
        return "merged", name
    return "rule_changed", name


def _documents_about(build: _Build, row: Mapping[str, Any]) -> frozenset[str]:
    """The documents a value may rest on: an action item's dates rest on those of its incident, too."""
    return build.documents_of(row) | build.tellings.get(row["incident_id"], frozenset())


def _figures_of_whole(thing: _Thing) -> list[str]:
    value = {name: row["value"] for name, row in thing.fields.items()}
    if thing.any_row["subject"] == "action_item":
        return ["on_time_share"] if thing.any_row["is_due"] else []
    if value["is_planned"] == "true":
        return []
    return ["incident_count", *(_TIMES if value["time_to_resolve_minutes"] is not None else ())]


def _figures_of_value(before: _Thing, after: _Thing, field: str, moves: bool) -> list[str]:
    """The figures that a changed value bears on; one that moves it into or out of the choice, on all."""
    is_place = field in ("occurred_at", "team", "service", "severity", "cause_category")
    if after.any_row["subject"] == "action_item":
        return ["on_time_share"] if field in ("is_on_time", "outcome", "committed_on") else []
    if field == "is_planned" or (moves and is_place):
        return _figures_of_whole(after) or _figures_of_whole(before)
    if field == "time_to_resolve_minutes" and after.fields["is_planned"]["value"] != "true":
        return list(_TIMES)
    return []


def _figures(published: Published, filters: Filters) -> dict[str, tuple[float | None, int]]:
    """Each figure with its n."""
    times = times_by_group(published, filters)
    row = times.row(0, named=True) if len(times) else {"n": 0, "incident_count": 0}
    teams = action_items_by_team(published, filters)
    due, on_time = int(teams["n"].sum()), int(teams["on_time_count"].sum())
    return {
        "incident_count": (float(row["incident_count"]), row["incident_count"]),
        "median_time_to_resolve": (row.get("median_minutes"), row["n"]),
        "p90_time_to_resolve": (row.get("p90_minutes"), row["n"]),
        "on_time_share": (on_time / due if due else None, due),
    }
