"""`python -m benchmarks`: each pair in turn, several times; medians, extremes, the ratio and its goal.

The machine may be slow or busy: only ratios of one run mean anything. Each pair checks that both sides worked
on the same rows. The data is the invented company, so it is the same for the same size and seed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pyromark
import yaml

from benchmarks import building, calibration, jira_sync, pages, planted, sessions
from benchmarks.documents import write_documents
from benchmarks.jira_rows import as_fetched, as_kept
from pipeline import flow
from pipeline.demo.stage import staged_company
from pipeline.documents.facts import Reading
from pipeline.documents.template import Draft, postmortem_markdown
from pipeline.fetching import fetch_documents
from pipeline.models.files import SQL, read_models
from pipeline.models.runner import attach_catalogs, run_models
from pipeline.narrator import Silent
from pipeline.parsing import parse_documents
from pipeline.raw_documents import UnparsedDocument
from pipeline.settings import FolderSource, Settings, load_settings
from pipeline.sources.folder import Folder
from pipeline.warehouse import Warehouse

AS_OF = datetime(2026, 9, 30)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ways to do the same. `goal` bounds ours ÷ baseline, or baseline ÷ ours when `is_speedup`.

    Both return how many rows they worked on, which must agree.
    """

    name: str
    baseline_name: str
    ours: Callable[[], int]
    baseline: Callable[[], int]
    goal: float
    is_speedup: bool = False

    @property
    def full_name(self) -> str:
        """Both sides' names."""
        return f"{self.name} {self.baseline_name}"


def main() -> None:
    """Measure every pair and print one line each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--incidents", type=int, default=1000, help="size of the invented company")
    parser.add_argument("--documents", type=int, default=2000, help="how many documents of 6 kB are read")
    parser.add_argument("--issues", type=int, default=1000, help="how many issues the followed Jira has")
    parser.add_argument(
        "--only",
        help="measure the pairs whose name holds this; jira: all about Jira; calibration: the statistics; "
        "planted: whether what was planted in --runs invented companies is found; "
        "build: all models, pages: the dashboard in Chromium, sessions: what readers cost its server, each "
        "at all of --sizes",
    )
    parser.add_argument(
        "--write", action="store_true", help="put calibration or planted into docs/statistics.md"
    )
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[10_000, 100_000],
        help="incidents that build, pages and sessions are over",
    )
    parser.add_argument("--runs", type=int, default=5, help="how often each side is measured")
    chosen = parser.parse_args()
    if chosen.only == "calibration":
        tabulate(calibration.tables(), write=chosen.write)
        return
    if chosen.only == "planted":
        companies = planted.published_companies(range(1, chosen.runs + 1))
        tabulate(planted.tables(companies), write=chosen.write)
        return
    if chosen.only == "build":
        for line in building.told(chosen.sizes, chosen.runs, AS_OF):
            print(line, flush=True)
        return
    if chosen.only == "sessions":
        for line in sessions.told(chosen.sizes, chosen.runs):
            print(line, flush=True)
        return
    if chosen.only == "pages":
        for line in pages.told(chosen.sizes, chosen.runs):
            print(line, flush=True)
        return
    print(
        f"{chosen.incidents:,} incidents, {chosen.documents:,} documents, {chosen.issues:,} issues, "
        f"{chosen.runs} runs each, median (minimum to maximum)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only in (None, "jira"):
            for line in jira_sync.told(Path(folder), chosen.issues, chosen.runs):
                print(line, flush=True)
            with jira_rows(Path(folder), chosen.issues) as pairs:
                tell(pairs, chosen.runs)
        if chosen.only != "jira":
            with prepared(Path(folder), chosen.incidents, chosen.documents) as pairs:
                tell([pair for pair in pairs if (chosen.only or "") in pair.full_name], chosen.runs)


def tabulate(tables: Iterable[calibration.Table], *, write: bool) -> None:
    """Print every table, and keep them in the page when asked to."""
    for table in tables:
        print(f"{table.name}\n\n{table.markdown()}\n", flush=True)
        if write:
            calibration.write(table)


def tell(pairs: Iterable[Pair], runs: int) -> None:
    """Measure each of the pairs and print its line."""
    for pair in pairs:
        print(measured(pair, runs), flush=True)


def measured(pair: Pair, runs: int) -> str:
    """The pair's line: both sides in turn, after one warm-up each."""
    counts = pair.ours(), pair.baseline()
    if counts[0] != counts[1]:
        raise SystemExit(f"{pair.name}: the two sides did not work on the same rows: {counts}")
    ours, baseline = [], []
    for _ in range(runs):
        ours.append(seconds(pair.ours))
        baseline.append(seconds(pair.baseline))
    ratios = [
        other / own if pair.is_speedup else own / other for own, other in zip(ours, baseline, strict=True)
    ]
    sign = "≥" if pair.is_speedup else "≤"
    return (
        f"{pair.name}\n  {spread(ours)} against {spread(baseline)} for {pair.baseline_name}\n"
        f"  ratio {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {sign} {pair.goal}"
    )


def seconds(work: Callable[[], Any]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread(times: list[float]) -> str:
    """Median and extremes in milliseconds."""
    return f"{median(times) * 1000:.0f} ms ({min(times) * 1000:.0f} to {max(times) * 1000:.0f})"


@contextmanager
def prepared(folder: Path, incidents: int, documents: int) -> Iterator[list[Pair]]:
    """The pairs over a company that was fetched and built once."""
    with staged_company(folder, incidents=incidents, seed=1, as_of=AS_OF) as staged:
        settings = load_settings(staged.settings_path)
        flow.run(settings, as_of=AS_OF)
        with Warehouse(settings.warehouse_path) as warehouse:
            yield [
                *reading(folder / "many" / "documents", documents),
                nothing_changed(folder / "many" / "documents"),
                rebuild(warehouse, folder),
                help_text(),
                lint_of_one_file(folder),
            ]


def reading(folder: Path, count: int) -> Iterator[Pair]:
    """A first reading of many files to facts, against parsing their YAML and Markdown alone."""
    files = write_documents(folder, count, as_of=AS_OF)
    given = Reading(today=AS_OF.date())
    source = FolderSource(name="documents", path=folder)
    markdown = pyromark.Markdown(
        options=pyromark.Options.ENABLE_TABLES
        | pyromark.Options.ENABLE_TASKLISTS
        | pyromark.Options.ENABLE_STRIKETHROUGH
        | pyromark.Options.ENABLE_FOOTNOTES
    )

    def ours() -> int:
        fetched = Folder(source, folder).fetch({})
        waiting = (
            UnparsedDocument(each.path, each.path, each.content, each.content_hash, each.problem)
            for each in fetched.changed
        )
        parsed = parse_documents(waiting, fetched.changed_count, given)
        return sum("documents" in rows.lines for rows in parsed)

    def floor() -> int:
        for file in files:
            text = file.read_bytes().decode("utf-8")
            front, body = _front_matter(text)
            if front:
                with suppress(yaml.YAMLError):  # teams write such front matter, too
                    yaml.load(front, yaml.CSafeLoader)
            for _ in markdown.events_with_range(body):
                pass
        return len(files)

    def others() -> int:
        import frontmatter
        from markdown_it import MarkdownIt

        reader = MarkdownIt("commonmark").enable("table")
        for file in files:
            text = file.read_text(encoding="utf-8")
            with suppress(yaml.YAMLError):
                text = frontmatter.loads(text).content
            reader.parse(text)
        return len(files)

    what = f"reading {count:,} documents of 6 kB"
    yield Pair(what, "their bytes, YAML and Markdown alone, on one core", ours, floor, 1.6)
    yield Pair(what, "python-frontmatter and markdown-it-py alone", ours, others, 8, is_speedup=True)


def _front_matter(text: str) -> tuple[str, str]:
    if not text.startswith("---\n"):
        return "", text
    front, mark, body = text[4:].partition("\n---\n")
    return (front, body) if mark else ("", text)


def nothing_changed(folder: Path) -> Pair:
    """A second fetch and parse when no file changed, against listing the files and their times."""
    source = FolderSource(name="documents", path=folder)
    settings = Settings(sources=[source], folder=folder.parent)
    warehouse = Warehouse(folder.parent / "unchanged.duckdb")
    fetch_documents(warehouse, source, settings, Silent())
    flow.read_documents(warehouse, settings, Silent())

    def ours() -> int:
        fetch_documents(warehouse, source, settings, Silent())
        flow.read_documents(warehouse, settings, Silent())
        return listed()

    def listed() -> int:
        count = 0
        for _, _, names in os.walk(folder):
            count += len(names)
        return count

    def stated() -> int:
        count = 0
        for place, _, names in os.walk(folder):
            for name in names:
                count += Path(place, name).stat().st_size > 0
        return count

    return Pair("fetch and parse when nothing changed", "listing and stat of each file", ours, stated, 2)


def rebuild(warehouse: Warehouse, folder: Path) -> Pair:
    """All models, against the staging tables alone."""
    models = list(read_models(SQL).values())
    staging = [model for model in models if model.layer == "staging"]

    def built(chosen: list[Any]) -> int:
        attach_catalogs(warehouse.connection, folder / ".building-benchmark.duckdb")
        runs = run_models(warehouse.connection, chosen)
        return sum(run.row_count for run in runs if run.name.startswith("staging."))

    return Pair(
        "rebuilding all tables", "the staging tables", lambda: built(models), lambda: built(staging), 2.5
    )


@contextmanager
def jira_rows(folder: Path, issues: int) -> Iterator[Iterator[Pair]]:
    """Payloads of a Jira to rows, against loops over the package's objects and over its JSON."""
    with as_kept(folder, issues) as kept, as_fetched(folder, issues) as fetched:

        def pairs() -> Iterator[Pair]:
            for what, ways, goals in (("as kept", kept, (15, 3.5)), ("as fetched", fetched, (1, 1))):
                name = f"Jira payloads {what} to rows, {issues:,} issues"
                yield Pair(name, "its objects", ways.ours, ways.objects, goals[0], is_speedup=True)
                yield Pair(name, "its JSON", ways.ours, ways.dictionaries, goals[1], is_speedup=True)

        yield pairs()


def help_text() -> Pair:
    """`postmortems --help`, against a Python that does nothing."""
    return Pair(
        "postmortems --help",
        "python -c pass",
        lambda: _start("-m", "pipeline.cli", "--help"),
        lambda: _start("-c", "pass"),
        10,
    )


def lint_of_one_file(folder: Path) -> Pair:
    """`postmortems lint` of one file, against importing the libraries that read its text and the settings."""
    path = folder / "draft.md"
    path.write_text(postmortem_markdown(Draft("Checkout down", started_at=AS_OF)), encoding="utf-8")
    return Pair(
        "lint of one file",
        "its libraries alone",
        lambda: _start("-m", "pipeline.cli", "lint", str(path)),
        lambda: _start("-c", "import click, lxml.html, pydantic, pyromark, yaml"),
        5,
    )


def _start(*arguments: str) -> int:
    return subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True).returncode


if __name__ == "__main__":
    main()
