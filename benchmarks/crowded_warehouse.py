"""A warehouse that exists many times over: as many incidents as a benchmark of the build asks for."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.warehouse import Warehouse

#: So many copies share the services, teams, people and projects of one division.
COPIES_PER_DIVISION = 10
#: The first copy's number. All have four digits, so that a number before another stays one of its own.
FIRST = 1000
#: How many copies are written at once: few, so that memory stays small.
COPIES_AT_ONCE = 250

#: What stands in a text for the copy's number and for its division's name, small and large.
NUMBER, DIVISION, LARGE_DIVISION = "§", "¤", "¦"
#: Tables whose rows are of all divisions alike.
SHARED = (
    "raw.fetches",
    "settings.sources",
    "settings.parameters",
    "settings.categories",
    "settings.due_days",
)
#: Tables with a row for each division.
PER_DIVISION = ("settings.teams", "settings.team_services", "settings.team_projects", "settings.team_people")
#: Other tables of settings that stay as they are.
UNCHANGED = (
    "automation_accounts",
    "jira_fields",
    "merge_by",
    "postmortem_days",
    "action_item_links",
    "annotations",
)
#: Identifiers without meaning, which get the copy's number.
NUMBERED = ("document_id", "incident_id", "action_item_id", "content_hash")


def crowd_warehouse(original: Path, target: Path, incidents: int) -> int:
    """Make the warehouse `target` of the one at `original`, copied until it tells of so many incidents.

    Each copy stands for itself: documents, incidents, promises and issues get its number, in ids, keys, paths
    and in what issues say of each other. Ten copies make a division with services, teams, people and projects
    of its own, so that these grow with the incidents, as they do in a company; of one service there are some
    hundred incidents whatever the size. Within a division each copy is seven minutes later than the one
    before, and titles and causes end in words drawn by the copy, of which few are common and many rare. Kept
    are the days, the sources, the categories and the shares of everything that is missing or contradictory;
    left out are the texts of the documents, which no model reads, and the indexes of the keys, which only
    loading uses. Returns how many incidents' tellings there are.
    """
    target.unlink(missing_ok=True)
    with Warehouse(original):  # brings it to the tables of today
        pass
    with duckdb.connect(str(target), config={"preserve_insertion_order": "false"}) as con:
        con.execute("SET memory_limit = '2GB'")
        con.execute(f"ATTACH '{original}' AS original (READ_ONLY)")
        had = _count(con, "original.facts.incidents")
        copies = -(-incidents // had)
        if copies > 10 * FIRST - FIRST:
            raise ValueError(f"{incidents} incidents are more than {9 * FIRST} copies of {had}")
        _define_marking(con)
        for schema in ("raw", "facts", "settings"):
            con.execute(f"CREATE SCHEMA {schema}")
        tables = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
            " WHERE database_name = 'original' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            _copy(con, table, copies)
        con.execute("CHECKPOINT")
    return copies * had


def _copy(con: duckdb.DuckDBPyConnection, table: str, copies: int) -> None:
    con.execute(f"CREATE TABLE {table} AS FROM original.{table} LIMIT 0")
    if table in SHARED or table.removeprefix("settings.") in UNCHANGED:
        con.execute(f"INSERT INTO {table} FROM original.{table}")
        return
    columns = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'original'"
        " AND schema_name || '.' || table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    marked = ", ".join(_marked(table, name, kind) for name, kind in columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE marked AS SELECT {marked} FROM original.{table}")
    values = ", ".join(_of_copy(con, table, name, kind) for name, kind in columns)
    last = -(-copies // COPIES_PER_DIVISION) * COPIES_PER_DIVISION if table in PER_DIVISION else copies
    step = COPIES_PER_DIVISION if table in PER_DIVISION else 1
    for start in range(0, last, COPIES_AT_ONCE):
        con.execute(
            f"""
            WITH copies AS (
                SELECT
                    copy,
                    (copy + {FIRST})::VARCHAR AS number,
                    '-' || letters AS division,
                    upper(letters) AS large_division
                FROM (
                    SELECT range AS copy, letters_of(range // {COPIES_PER_DIVISION}) AS letters
                    FROM range({start}, {min(last, start + COPIES_AT_ONCE)}, {step})
                )
            )
            INSERT INTO {table} SELECT {values} FROM copies CROSS JOIN marked
            """
        )
    if table == "raw.jira_definitions":  # of all divisions but for the projects
        con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT DISTINCT * FROM {table}")


def _marked(table: str, name: str, kind: str) -> str:
    """The column with marks where a copy has words of its own."""
    if table == "raw.documents" and name == "content":
        return f"left({name}, 0) AS {name}"
    if table == "raw.documents" and name == "path":
        return f"""CASE
            WHEN contains(marked_text(path), '{NUMBER}') THEN marked_text(path)
            ELSE regexp_replace(marked_text(path), '([^/]+)$', '{NUMBER}-\\1')
        END AS path"""
    if table == "raw.jira_definitions" and name == "definition_id":
        return f"CASE WHEN kind = 'project' THEN {name} || '{LARGE_DIVISION}' ELSE {name} END AS {name}"
    if name in NUMBERED:
        return f"{name} || '~{NUMBER}' AS {name}"
    if name == "issue_id":
        return f"'{NUMBER}' || issue_id AS issue_id"
    if name == "team" or table == "settings.teams":
        return f"team || '{DIVISION}' AS team"
    if name == "project":
        return f"project || '{LARGE_DIVISION}' AS project"
    if name == "value" and table == "facts.evidence":
        return f"marked_text(value) || CASE WHEN field = 'team' THEN '{DIVISION}' ELSE '' END AS value"
    if kind in ("VARCHAR", "JSON"):
        return f'marked_text("{name}") AS "{name}"'
    return f'"{name}"'


def _of_copy(con: duckdb.DuckDBPyConnection, table: str, name: str, kind: str) -> str:
    """The column as a copy has it."""
    value = f'"{name}"'
    if kind in ("VARCHAR", "JSON"):
        for mark, own in ((NUMBER, "number"), (DIVISION, "division"), (LARGE_DIVISION, "large_division")):
            if _count(con, f"marked WHERE contains({name}::VARCHAR, '{mark}')"):
                value = f"replace({value}, '{mark}', {own})"
    later = f"to_minutes((copy % {COPIES_PER_DIVISION}) * 7)"
    if table == "facts.evidence" and name == "value":
        return f"""CASE
            WHEN ends_with(field, '_at')
                THEN coalesce(strftime(try_cast(value AS TIMESTAMP) + {later}, '%Y-%m-%d %H:%M:%S'), value)
            WHEN field IN ('title', 'summary', 'root_cause', 'trigger')
                THEN {value} || ' ' || drawn_word(hash(copy, document_id, field))
                    || ' ' || drawn_word(hash(field, document_id, copy))
            ELSE {value}
        END AS value"""
    if table == "settings.reviewed" and name == "line":
        return "line + copy * (SELECT max(line) FROM marked) AS line"
    if table == "facts.events" and name == "at":
        return f'"at" + {later} AS "at"'
    return f'{value} AS "{name}"'


def _define_marking(con: duckdb.DuckDBPyConnection) -> None:
    """The macros that put marks into a text, and that draw what takes their place."""
    projects = _words(con, "SELECT project FROM original.settings.team_projects")
    teams = _words(con, "SELECT team FROM original.settings.teams")
    services = _words(con, "SELECT service FROM original.settings.team_services")
    people = _words(con, "SELECT person FROM original.settings.team_people")
    text = "text::VARCHAR"
    for pattern, put in (
        (rf"\b({projects})-(\d+)\b", rf"\1{LARGE_DIVISION}-{NUMBER}\2"),
        (rf'"key":"({projects})"', rf'"key":"\1{LARGE_DIVISION}"'),
        (
            rf'"id":"(\d+)","key":"({projects}){LARGE_DIVISION}-',
            rf'"id":"{NUMBER}\1","key":"\2{LARGE_DIVISION}-',
        ),
        (r'\{"id":"(\d+)","(outward|inward)Issue"', rf'{{"id":"{NUMBER}\1","\2Issue"'),
        (rf'"name":"({teams})"', rf'"name":"\1{DIVISION}"'),
        (r"\b(INC|inc)-(\d+)\b", rf"\1-{NUMBER}\2"),
        (r"\b(\d{4}-\d\d-\d\d-[a-z])", rf"{NUMBER}-\1"),
        (r"\b(01QM\d+)", rf"{NUMBER}\1"),
        (r"\b(7120:[a-z]+-\d+)\b", rf"\1{DIVISION}"),
        (rf"({people})", rf"\1{DIVISION}"),
        (rf"(?i)\b({services})\b", rf"\1{DIVISION}"),
    ):
        text = f"regexp_replace({text}, '{pattern}', '{put}', 'g')"
    con.execute(f"CREATE TEMP MACRO marked_text(text) AS {text}")
    con.execute(
        "CREATE TEMP MACRO letters_of(n) AS"
        " chr((97 + n // 676)::INT) || chr((97 + n // 26 % 26)::INT) || chr((97 + n % 26)::INT)"
    )
    con.execute(
        """
        CREATE TEMP MACRO drawn_word(draw) AS translate(
            left(md5((30000 * power(draw % 100003 / 100003, 3))::INT::VARCHAR), 7), '0123456789', 'ghijklmnop'
        )
        """
    )


def _words(con: duckdb.DuckDBPyConnection, query: str) -> str:
    """What the query finds, the longest first, as the branches of a regular expression."""
    rows = con.execute(
        f"SELECT DISTINCT word FROM ({query}) AS words (word) ORDER BY length(word) DESC, word"
    )
    return "|".join(word for (word,) in rows.fetchall())


def _count(con: duckdb.DuckDBPyConnection, what: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {what}").fetchall()[0][0])
