"""What is published, how fresh it is, and what was skipped and why, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.metrics import (
    Filters,
    Published,
    absent_issues_by_project,
    issues_by_reason,
    issues_matching,
    open_published,
)
from pipeline.metrics.sentences import count_of
from pipeline.metrics.sentences import issues as tell

#: So many issues are named where more are counted.
NAMED = 10


def describe_status(published: Path, warehouse: Path) -> Iterator[str]:
    """The lines of `postmortems status`.

    Raises NothingPublishedError when nothing was published yet. What failed since the last build is told
    too, unless a run holds the warehouse at this moment.
    """
    build = open_published(published)
    try:
        yield from _published(build)
        yield from _sources(build)
        yield from _followed(build)
        yield from _lost(build)
        yield from _skipped(build)
    finally:
        build.close()
    yield from _failed_since(warehouse)


def _published(build: Published) -> Iterator[str]:
    run = build.query("SELECT build_id, built_at, as_of, company, is_invented FROM marts.runs").row(
        0, named=True
    )
    invented = " (an invented company)" if run["is_invented"] else ""
    yield f"Published    {build.path}"
    yield f"Company      {run['company']}{invented}"
    yield f"Build        {run['build_id']}, made {_moment(run['built_at'])}"
    yield f"Data as of   {_moment(run['as_of'])}"


def _sources(build: Published) -> Iterator[str]:
    yield ""
    yield "Sources"
    for row in build.query(
        "SELECT source, kind, last_fetched_at, item_count FROM marts.sources ORDER BY source"
    ).iter_rows(named=True):
        noun = "issues" if row["kind"] == "jira" else "documents"
        at = row["last_fetched_at"]
        fetched = f"fetched {_moment(at)}" if at else "never fetched"
        yield f"  {row['source']}: {row['item_count'] or 0:,} {noun}, {fetched}"


def _followed(build: Published) -> Iterator[str]:
    """Which issues are followed and why, what the last sync cost, and what Jira does not show."""
    everything = Filters()
    for jira in build.query("SELECT * FROM marts.sources WHERE kind = 'jira'").iter_rows(named=True):
        yield ""
        yield f"Jira         {tell.followed_headline(jira)}"
        if jira["last_fetched_at"] is None:
            return
        swept = f", everything looked at {_moment(jira['last_swept_at'])}" if jira["last_swept_at"] else ""
        yield f"  Last sync {_moment(jira['last_fetched_at'])}{swept}"
        yield f"  It brought {tell.sync_cost_in_words(jira)}"
        if jira.get("jql_count") == 0:
            yield "  jira.jql finds nothing; try it in Jira's own search as the account, and mend it"
        for row in issues_by_reason(build, everything).iter_rows(named=True):
            yield f"  {count_of(row['issue_count'], 'issue')}: {tell.followed_in_words(row['reason'])}"
        for row in absent_issues_by_project(build, everything).iter_rows(named=True):
            n = row["issue_count"]
            yield f"  {count_of(n, 'issue')} of {row['project']} not shown. {tell.absence_remedy(row)}"
        short = issues_matching(build, everything, "incomplete")["issue_key"].to_list()
        if short:
            more = ", …" if len(short) > NAMED else ""
            named = f"{', '.join(short[:NAMED])}{more}"
            yield f"  {count_of(len(short), 'history', 'histories')} incomplete: {named}"


def _lost(build: Published) -> Iterator[str]:
    """The rules whose findings cost the figures most, each with what is lost and a place to look at."""
    rows = build.query(
        """
        WITH costly AS (
            SELECT finding.*, document.source || '/' || document.path AS place
            FROM marts.findings AS finding
            LEFT JOIN marts.documents AS document ON finding.document_id = document.document_id
            WHERE finding.cost > 0
        ),

        figures AS (
            SELECT rule, string_agg(DISTINCT figure, ', ' ORDER BY figure) AS figures
            FROM (
                SELECT
                    rule,
                    unnest(CASE WHEN lost_figures = [] THEN doubted_figures ELSE lost_figures END) AS figure
                FROM costly
            ) AS named
            GROUP BY rule
        )

        SELECT
            costly.rule, any_value(figures.figures) AS figures,
            sum(costly.lost_incident_count) AS lost_count, sum(costly.doubted_minutes) AS doubted_minutes,
            count(*) AS finding_count,
            max(CASE WHEN costly.is_first THEN costly.place END) AS place,
            max(CASE WHEN costly.is_first THEN costly.line END) AS line
        FROM (
            SELECT *, row_number() OVER (PARTITION BY rule ORDER BY rank) = 1 AS is_first FROM costly
        ) AS costly
        INNER JOIN figures ON costly.rule = figures.rule
        GROUP BY costly.rule
        ORDER BY sum(costly.cost) DESC, costly.rule
        LIMIT 8
        """
    ).rows(named=True)
    yield ""
    yield "Costs most   what the figures lose or doubt, by rule" if rows else "Costs most   nothing is lost"
    for row in rows:
        lost = f"{count_of(row['lost_count'], 'incident')} lost to" if row["lost_count"] else "doubts about"
        minutes = count_of(round(row["doubted_minutes"] or 0), "minute")
        doubted = f", {minutes} doubted" if row["doubted_minutes"] else ""
        line = f":{row['line']}" if row["line"] else ""
        place = f"; as in {row['place']}{line}" if row["place"] else ""
        yield f"  {row['rule']}: {lost} {row['figures'].replace('_', ' ')}{doubted}{place}"


def _skipped(build: Published) -> Iterator[str]:
    rows = build.query(
        """
        SELECT document.source, document.path, document.kind, min(finding.message) AS reason
        FROM marts.documents AS document
        LEFT JOIN marts.findings AS finding ON document.document_id = finding.document_id
        WHERE document.is_listed AND document.kind <> 'postmortem'
        GROUP BY document.source, document.path, document.kind
        ORDER BY document.kind, document.source, document.path
        """
    ).rows(named=True)
    yield ""
    yield (
        f"Skipped      {count_of(len(rows), 'document')} telling of no incident"
        if rows
        else "Skipped      none"
    )
    for row in rows:
        kind = row["kind"].replace("_", " ")
        yield f"  {row['source']}/{row['path']}: {kind}. {row['reason'] or ''}".rstrip()


def _failed_since(warehouse: Path) -> Iterator[str]:
    """Fetches that failed or were cut off after the last one of their source that went well."""
    import duckdb

    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            rows: list[tuple[Any, ...]] = connection.execute(
                """
                SELECT attempt.source, attempt.started_at, attempt.message
                FROM raw.fetches AS attempt
                WHERE attempt.outcome IS DISTINCT FROM 'ok'
                    AND attempt.started_at > COALESCE((
                        SELECT max(good.started_at) FROM raw.fetches AS good
                        WHERE good.source = attempt.source AND good.outcome = 'ok'
                    ), TIMESTAMP '1970-01-01')
                ORDER BY attempt.started_at DESC
                LIMIT 5
                """
            ).fetchall()
    except duckdb.Error:
        if warehouse.exists():
            yield ""
            yield "A run is in progress, or the warehouse cannot be read."
        return
    if rows:
        yield ""
        yield "Failed since"
        for source, started_at, message in rows:
            yield f"  {source}, {_moment(started_at)}: {message or 'cut off before it ended'}"


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
