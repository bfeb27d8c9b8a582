"""Builds of the past: last quarter's tables made again are those that were published then."""

from __future__ import annotations

import csv
import math
import os
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import pipeline.warehouse
from pipeline import flow
from pipeline.demo.histories import TEAM
from pipeline.demo.house_styles import DOCUMENTS_FOLDER
from pipeline.demo.jira.site import SPRINT, STORY_POINTS
from pipeline.demo.promises import DONE, TO_DO
from pipeline.demo.reviews import REVIEWED_FILE
from pipeline.errors import SettingsError
from pipeline.models.files import SQL, warehouse_tables
from pipeline.past import file_name, moment_of
from pipeline.settings import load_settings
from tests.past_world import PastWorld, past_world

THEN = datetime(2026, 6, 30, 22, 59, 59, 999999)  # the end of a day in London
LATER = datetime(2026, 9, 30)
KEYS = {
    "incidents": ("incident_id",),
    "action_items": ("action_item_id",),
    "action_item_events": ("action_item_id", "issue_id", "change_number"),
    "action_item_states": ("action_item_id", "spell_number"),
    "slippage": ("action_item_id",),
    "incident_events": ("incident_id", "ordinal"),
    "incident_documents": ("incident_id", "document_id"),
    "evidence": ("incident_id", "field", "ordinal"),
    "documents": ("document_id",),
    "issues": ("issue_id",),
    "links": ("incident_id", "url"),
    "repeats": ("incident_id", "earlier_incident_id"),
    "teams": ("team",),
}
#: What is told of the fetches and readings themselves, made at other times; and when Jira says that
#: an issue was changed, which it moves for what leaves no trace in the changelog, too.
OF_FETCHES = {
    "documents": {"availability_basis", "parsed_at", "fetched_at", "first_listed_at", "version_count"},
    "issues": {"first_seen_at", "last_changed_at", "last_read_at", "followed_for", "updated_at"},
}


Rows = dict[tuple[Any, ...], dict[str, Any]]


def rows(path: Path, table: str) -> Rows:
    """The rows of a published table by their key, without what is told of the fetches."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(f"SELECT * FROM marts.{table}")
        names = [column[0] for column in found.description]
        left = OF_FETCHES.get(table, set())
        told = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {
        tuple(row[name] for name in KEYS[table]): {
            name: value for name, value in row.items() if name not in left
        }
        for row in told
    }


def incidents_of_undated(path: Path) -> set[str]:
    """The documents without any date that tells, and the incidents they tell of."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            """
            SELECT document_id, incident_id FROM marts.documents
            LEFT JOIN marts.incident_documents USING (document_id)
            WHERE availability_basis = 'incident'
            """
        ).fetchall()
    return {name for row in found for name in row if name is not None}


def is_same(expected: Any, found: Any) -> bool:
    """Whether two values are one, but for the order in which numbers were added up."""
    if isinstance(expected, float) and isinstance(found, float):
        return math.isclose(expected, found, rel_tol=1e-9)
    return bool(expected == found)


def differences(expected: Rows, found: Rows) -> list[tuple[Any, ...]]:
    """The rows that only one has, and the values in which the others differ."""
    return [
        *(("only then", key) for key in expected.keys() - found.keys()),
        *(("only again", key) for key in found.keys() - expected.keys()),
        *(
            (key, name, value, found[key][name])
            for key in expected.keys() & found.keys()
            for name, value in expected[key].items()
            if not is_same(value, found[key][name])
        ),
    ]


def prepare(world: PastWorld) -> list[str]:
    """Links and parents that stand before the moment; the keys of the issues that are changed after it."""
    rng = random.Random(5)
    keys = [
        item.issue_key
        for item in world.company.action_items
        if item.issue_key is not None
        and item.incident_id is not None
        and item.created_at < THEN - timedelta(days=5)
        and not (item.is_deleted or item.is_hidden or item.survivor or item.children)
    ]
    chosen = rng.sample(keys, 12)
    before = THEN - timedelta(days=2)
    world.state.edit(chosen[0], at=before, by=None, parent=chosen[8], due_on=date(2026, 7, 3))
    world.state.edit(chosen[1], at=before, by=None, custom={STORY_POINTS: 3.0})
    world.state.link(chosen[2], chosen[9], at=before, by=None, link_type="Duplicate")
    world.state.transition(chosen[2], DONE, at=before, by=None, resolution="Duplicate")
    return chosen


def change(world: PastWorld, chosen: list[str]) -> None:
    """After the moment, one of every change that Jira keeps a history of, and some that it does not."""
    state = world.state
    moments = (THEN + timedelta(seconds=number) for number in range(1, 60))  # before the story goes on
    someone = world.company.teams[0].people[0].account_id
    state.edit(
        chosen[0],
        at=next(moments),
        by=someone,
        parent=None,
        due_on=date(2026, 12, 24),
        priority="Lowest",
        assignee=someone,
        summary="Something else",
        issue_type="Bug",
    )
    state.edit(chosen[1], at=next(moments), by=someone, custom={STORY_POINTS: 8.0, TEAM: "Another team"})
    state.edit(chosen[1], at=next(moments), by=someone, parent=chosen[8], assignee=None, due_on=None)
    state.edit(chosen[3], at=next(moments), by=someone, custom={SPRINT: [min(map(int, state.sprints))]})
    state.unlink(chosen[2], chosen[9], at=next(moments), by=someone, link_type="Duplicate")
    state.link(chosen[4], chosen[9], at=next(moments), by=someone, link_type="Duplicate")
    state.transition(chosen[4], DONE, at=next(moments), by=someone, resolution="Duplicate")
    state.transition(chosen[5], DONE, at=next(moments), by=someone, resolution="Done")
    state.transition(chosen[5], TO_DO, at=next(moments), by=someone)
    state.transition(chosen[5], DONE, at=next(moments), by=someone, resolution="Won't Do")
    state.comment(chosen[6], "Any news?", at=next(moments), by=someone)
    state.add_project("ELSEWHERE", "Elsewhere")
    state.move(chosen[7], "ELSEWHERE", at=next(moments), by=someone)


def change_documents(world: PastWorld) -> None:
    """One document is written anew, one is taken away, and somebody says what the documents do not."""
    folders = [unit.name for unit in world.company.units if unit.kept not in ("git", "export")]
    paths = sorted(
        (
            path
            for name in folders
            for path in (world.folder / DOCUMENTS_FOLDER / name).rglob("*.md")
            if datetime.utcfromtimestamp(path.stat().st_mtime) <= THEN
        ),
        key=lambda path: path.stat().st_mtime,
    )
    rewritten, removed = paths[-1], paths[-4]
    rewritten.write_text(
        rewritten.read_text(encoding="utf-8").replace("2026", "2025"), encoding="utf-8", newline=""
    )
    changed_at = (THEN + timedelta(days=40)).timestamp()
    os.utime(rewritten, (changed_at, changed_at))
    removed.unlink()
    with (world.folder / REVIEWED_FILE).open("a", encoding="utf-8", newline="") as file:
        document = paths[-2].relative_to(world.folder / DOCUMENTS_FOLDER)
        csv.writer(file).writerow((document, "severity", "1", "Ana Silva", "2026-08-01"))


@pytest.fixture(scope="module", params=["fetched_then", "fetched_only_later"])
def published(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, Path]]:
    """What was published then, by a run then, and the same moment built later from what was fetched later.

    The clock of the pipeline stands then at the first run (`fetched_then`), or at today's date, so that all
    was fetched after the moment and only the dates of documents and issues tell.
    """
    folder = tmp_path_factory.mktemp("world")
    with (
        pytest.MonkeyPatch.context() as patched,
        past_world(folder, incidents=40, seed=3, then=THEN, as_of=LATER) as world,
    ):
        chosen = prepare(world)
        if request.param == "fetched_then":
            patched.setattr(pipeline.warehouse, "now", lambda: THEN - timedelta(hours=1))
        then = flow.run(world.settings, as_of=THEN).published
        kept = then.rename(folder / "then.duckdb")
        if request.param == "fetched_then":
            patched.setattr(pipeline.warehouse, "now", lambda: LATER)
        change(world, chosen)
        world.go_on()
        world.state.delete(chosen[10])
        world.state.hide(chosen[11])
        change_documents(world)
        flow.run(world.settings, as_of=LATER, sweep=True, accept_vanished=True)
        again = flow.build(world.settings, as_of=THEN).published
        yield request.param, kept, again


@pytest.mark.parametrize("table", KEYS)
def test_the_past_made_again_is_what_was_published(published: tuple[str, Path, Path], table: str) -> None:
    """Row by row and value by value, whatever documents, issues and reviews did since."""
    mode, then, again = published
    expected, found = rows(then, table), rows(again, table)
    if mode == "fetched_only_later" and table != "issues":
        # A file whose date tells only when it was last written counts once its incident had ended.
        undated = incidents_of_undated(again)
        assert len(undated) <= 3
        if table in ("teams", "action_item_states", "slippage"):
            return  # not told apart by incident; made of what is
        expected, found = (
            {key: row for key, row in each.items() if not undated & {*key, row.get("incident_id")}}
            for each in (expected, found)
        )
    assert differences(expected, found) == []


def test_the_past_is_never_shown_as_the_present(published: tuple[str, Path, Path]) -> None:
    """It is a file of its own that says what it is; the current build stays the one of now."""
    _, then, again = published
    current = (again.parent / "current.duckdb").resolve()
    assert again.name == "as-of-2026-06-30.duckdb"
    told = []
    for path in (then, current, again):
        with duckdb.connect(str(path), read_only=True) as connection:
            told += connection.execute("SELECT as_of, is_as_of FROM marts.runs").fetchall()
    assert told == [(THEN, False), (LATER, False), (THEN, True)]


@pytest.mark.parametrize(
    ("text", "time_zone", "moment"),
    [
        ("2026-06-30", "UTC", datetime(2026, 6, 30, 23, 59, 59, 999999)),
        ("2026-06-30", "Europe/London", THEN),
        ("2026-06-30", "America/New_York", datetime(2026, 7, 1, 3, 59, 59, 999999)),
        ("2026-06-30T12:00", "Europe/London", datetime(2026, 6, 30, 12)),
        ("2026-06-30 12:00+02:00", "Europe/London", datetime(2026, 6, 30, 10)),
    ],
)
def test_a_day_means_its_end_where_the_company_is(text: str, time_zone: str, moment: datetime) -> None:
    """A date is the last moment of that day in the company's zone; a time is UTC unless it says another."""
    assert moment_of(text, time_zone) == moment


def test_the_file_is_named_for_the_day_or_the_time() -> None:
    """The end of a day gives the day, any other moment the time in UTC."""
    assert file_name(THEN, "Europe/London") == "as-of-2026-06-30.duckdb"
    assert file_name(THEN, "UTC") == "as-of-2026-06-30T225959.duckdb"


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "9999-12-31", "2999-01-01T00:00"])
def test_no_moment_and_no_future(text: str) -> None:
    """What is no date, and what is still to come, are told in one line."""
    with pytest.raises(SettingsError, match=r"^--as-of: .+; ") as raised:
        moment_of(text, "UTC")
    assert "\n" not in str(raised.value)


def test_before_the_first_record_the_tables_are_empty(
    published: tuple[str, Path, Path], tmp_path: Path
) -> None:
    """A moment before everything is allowed, and yields a build without rows."""
    _, _, again = published
    settings = load_settings(again.parents[2] / "postmortems.toml")
    long_ago = flow.build(settings, as_of=datetime(1999, 1, 1)).published
    assert {table: len(rows(long_ago, table)) for table in ("incidents", "action_items", "documents")} == {
        "incidents": 0,
        "action_items": 0,
        "documents": 0,
    }


def test_every_table_that_was_fetched_is_made_again() -> None:
    """A table of raw without its file in sql/past would leave a build of the past without that table."""
    raw = {name.removeprefix("raw.") for name in warehouse_tables() if name.startswith("raw.")}
    kept_apart = {"jira_statuses", "jira_projects"}  # of older warehouses; dropped when one is opened
    assert {path.stem for path in (SQL / "past" / "raw").glob("*.sql")} == raw - kept_apart
