"""What each metric means: the header and the SQL of `sql/metrics/<name>.sql`, and how it is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.metrics.filters import Basis, Compared, Filters, Grain, GroupBy, ItemGroup
from pipeline.metrics.statistics import ClusteredShare, Spread

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published
    from pipeline.metrics.statistics import Interval

FOLDER = Path(__file__).resolve().parents[2] / "sql" / "metrics"

#: What every metric may read besides the marts: what the reader's choices let through, each of it also what
#: stands before it.
SHARED = (
    "recorded_incidents",
    "selected_incidents",
    "postmortem_steps",
    "recorded_action_items",
    "selected_action_items",
    "selected_findings",
    "held_issues",
    "records",
    "periods",
    "counted_periods",
    "grouped_incidents",
    "incident_groups",
    "group_series",
    "grouped_action_items",
)

#: Of these, what is the same for many metrics, and is kept for them as a table (`pipeline.metrics.kept`).
KEPT = ("recorded_incidents", "recorded_action_items", "records", "periods")
#: In place of the periods: those that are kept of one span.
_PERIODS = "periods AS (\n    SELECT * EXCLUDE (span)\n    FROM spans\n    WHERE span = $span\n)"

FILTERS = """filters AS (
    SELECT
        CAST($period_from AS TIMESTAMP) AS period_from,
        CAST($period_to AS TIMESTAMP) AS period_to,
        CAST($teams AS VARCHAR[]) AS teams,
        CAST($services AS VARCHAR[]) AS services,
        CAST($severities AS INTEGER[]) AS severities,
        CAST($causes AS VARCHAR[]) AS causes,
        CAST($sources AS VARCHAR[]) AS sources,
        CAST($grain AS VARCHAR) AS grain,
        CAST($search_text AS VARCHAR) AS search_text,
        CAST($group_by AS VARCHAR) AS group_by,
        CAST($measure AS VARCHAR) AS measure,
        CAST($basis AS VARCHAR) AS basis
)"""


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric's own account of itself.

    `purpose`, `grain`, `key` and `notes` (what is left out, what is added after the query) come from the
    header, `columns` from the remarks in the last SELECT, `sql` is the file, `runnable_sql` the whole
    query with `$parameters`; `kept_sql` the same over tables that hold the steps `kept`.
    """

    name: str
    purpose: str
    grain: str
    key: str
    notes: str
    columns: dict[str, str]
    sql: str
    runnable_sql: str
    kept_sql: str
    kept: tuple[Definition, ...]


def metric_names() -> list[str]:
    """Every metric, by the name of its file, function and chart."""
    return sorted(path.stem for path in FOLDER.glob("*.sql") if path.stem not in SHARED)


@lru_cache(maxsize=64)
def metric_definition(name: str) -> Definition:
    """How the metric `name` is computed. Raises KeyError when there is none of that name."""
    path = FOLDER / f"{name}.sql"
    if not re.fullmatch(r"[a-z0-9_]+", name) or not path.is_file():
        raise KeyError(name)
    sql = path.read_text(encoding="utf-8")
    lines = sql.splitlines()
    header = []
    for line in lines:
        if not line.startswith("--"):
            break
        header.append(line.removeprefix("--").strip())
    body = "\n".join(lines[len(header) :])
    text = _sentences(header)
    grain = next((part for part in text if part.startswith("One row per")), "")
    key = next((part for part in text if part.startswith("Key:")), "")
    first = text.index(grain) if grain else len(text)
    kept = [step for step, text in _steps(name, body, KEPT).items() if not text]
    return Definition(
        name=name,
        purpose=" ".join(text[:first]),
        grain=grain,
        key=key.removeprefix("Key:").strip(" ."),
        notes=" ".join(part for part in text[first:] if part not in (grain, key)),
        columns=_columns(body),
        sql=sql,
        runnable_sql=_composed(_steps(name, body), body),
        kept_sql=_composed(_steps(name, body, KEPT), body),
        kept=tuple(metric_definition(step) for step in KEPT if step in kept),
    )


def rows_of_metric(
    published: Published,
    name: str,
    filters: Filters,
    grain: Grain = "span",
    search_text: str = "",
    *,
    group_by: GroupBy | ItemGroup = "all",
    measure: Compared = "resolve",
    basis: Basis = "used",
) -> pl.DataFrame:
    """The rows that the metric's SQL gives for these choices."""
    parameters = filters.parameters(grain, search_text, group_by, measure, basis)
    return published.rows_of(metric_definition(name), parameters)


def with_interval(frame: pl.DataFrame, low: str, high: str, intervals: Sequence[Interval]) -> pl.DataFrame:
    """The frame with each row's interval beside it, in the columns `low` and `high`."""
    import polars as pl

    return frame.with_columns(
        pl.Series(low, [interval[0] for interval in intervals], dtype=pl.Float64),
        pl.Series(high, [interval[1] for interval in intervals], dtype=pl.Float64),
    )


def clustered_shares(
    frame: pl.DataFrame, count: str = "hit_count", n: str = "n", spread: str = "spread"
) -> list[ClusteredShare]:
    """Each row's `count` of `n`, and how both spread over incidents: the sums that the metric's SQL gives."""
    return [
        ClusteredShare(hits, size, Spread(*sums))
        for hits, size, sums in frame.select(count, n, spread).rows()
    ]


def _sentences(header: list[str]) -> list[str]:
    """The header's lines, joined where a sentence goes on in the next line."""
    parts: list[str] = []
    for line in header:
        if parts and not parts[-1].endswith("."):
            parts[-1] += f" {line}"
        else:
            parts.append(line)
    return parts


def _columns(body: str) -> dict[str, str]:
    """Column → meaning, from the lines of the last SELECT: `expression AS name, -- meaning`."""
    last_select = body[body.rindex("\nSELECT") if "\nSELECT" in body else 0 :]
    found = re.findall(r'^.*?\b(\w+)"?,? +-- (.+)$', last_select, flags=re.MULTILINE)
    return {name: meaning.strip() for name, meaning in found}


def _steps(name: str, body: str, kept: Sequence[str] = ()) -> dict[str, str]:
    """What stands before the metric's own query: step → its SQL, empty for one that is kept."""
    steps: dict[str, str] = {}
    before = SHARED[: SHARED.index(name)] if name in SHARED else SHARED
    read = body
    for step in reversed(before):
        if re.search(rf"\b{step}\b", re.sub("--.*", "", read)):
            text = "" if step in kept else (FOLDER / f"{step}.sql").read_text(encoding="utf-8").rstrip()
            steps[step] = text
            read += text
    return dict(reversed(steps.items()))


def _composed(steps: Mapping[str, str], body: str) -> str:
    """The whole query: the choices and what they let through as CTEs, then the metric's own."""
    parts = [FILTERS]
    for name, text in steps.items():
        if text:
            parts.append(f"{name} AS (\n{text}\n)")
        elif name == "periods":
            parts.append(_PERIODS)
    opening = re.match(r"\s*WITH\s+(RECURSIVE\s+)?", body)
    rest = f",\n{body[opening.end() :]}" if opening else f"\n{body}"
    return "WITH RECURSIVE " + ",\n".join(parts) + rest
