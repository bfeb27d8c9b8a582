"""`python -m benchmarks`: each pair in turn, several times; medians, extremes, the ratio and its goal.

The machine may be slow or busy: only ratios of one run mean anything. Each pair checks that both sides worked
on the same rows. The data is the invented company, so it is the same for the same size and seed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import jira
import pyromark
import yaml

from pipeline import flow
from pipeline.demo.stage import staged_company
from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from pipeline.models.files import SQL, read_models
from pipeline.models.runner import attach_catalogs, run_models
from pipeline.settings import FolderSource, Settings, load_settings
from pipeline.sources.folder import list_folder
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


def main() -> None:
    """Measure every pair and print one line each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--incidents", type=int, default=1000, help="size of the invented company")
    parser.add_argument("--runs", type=int, default=5, help="how often each side is measured")
    chosen = parser.parse_args()
    print(f"{chosen.incidents:,} incidents, {chosen.runs} runs each, median (minimum to maximum)\n")
    with tempfile.TemporaryDirectory() as folder, prepared(Path(folder), chosen.incidents) as pairs:
        for pair in pairs:
            print(measured(pair, chosen.runs), flush=True)


def measured(pair: Pair, runs: int) -> str:
    """The pair's line: both sides in turn, after one warm-up each."""
    if pair.ours() != pair.baseline():
        raise SystemExit(f"{pair.name}: the two sides did not work on the same rows")
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
def prepared(folder: Path, incidents: int) -> Iterator[list[Pair]]:
    """The pairs over a company that was fetched and built once."""
    with staged_company(folder, incidents=incidents, seed=1, as_of=AS_OF) as staged:
        settings = load_settings(staged.settings_path)
        flow.run(settings, as_of=AS_OF)
        with Warehouse(settings.warehouse_path) as warehouse:
            yield [
                reading(settings),
                nothing_changed(warehouse, settings),
                rebuild(warehouse, folder),
                jira_rows(warehouse),
                help_text(),
            ]


def reading(settings: Settings) -> Pair:
    """Documents to facts, against parsing their YAML and Markdown and doing nothing with them."""
    folders = [source for source in settings.sources if isinstance(source, FolderSource)]
    roots = [settings.resolve(source.path) for source in folders]
    texts = [
        file.read_text(encoding="utf-8")
        for root in roots
        for file in sorted(root.rglob("*.md"))
        if is_text(file)
    ]
    given = Reading(today=AS_OF.date())
    markdown = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS)

    def ours() -> int:
        return sum(parse_document(text, "a.md", given) is not None for text in texts)

    def baseline() -> int:
        for text in texts:
            head, front, body = text.partition("---\n")[2].partition("\n---\n")
            if text.startswith("---\n") and front:
                yaml.load(head, yaml.CSafeLoader)
            for _ in markdown.events_with_range(body or text):
                pass
        return len(texts)

    return Pair(f"reading {len(texts):,} documents", "YAML and Markdown alone", ours, baseline, 1.6)


def is_text(file: Path) -> bool:
    """Whether the file is UTF-8 with something in it: the company plants some that are not."""
    try:
        return bool(file.read_text(encoding="utf-8").strip())
    except UnicodeDecodeError:
        return False


def nothing_changed(warehouse: Warehouse, settings: Settings) -> Pair:
    """A second fetch and parse when no file changed, against listing the folders."""

    def ours() -> int:
        for source in settings.sources:
            flow.fetch_documents(warehouse, source, settings, flow.Silent())
        flow.read_documents(warehouse, settings, flow.Silent())
        return listed()

    def listed() -> int:
        folders = [source for source in settings.sources if isinstance(source, FolderSource)]
        return sum(len(list_folder(source, settings.resolve(source.path))) for source in folders)

    return Pair("fetch and parse when nothing changed", "listing the folders", ours, listed, 2)


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


def jira_rows(warehouse: Warehouse) -> Pair:
    """Kept payloads to rows of issues, against the Jira package's own objects."""
    query = "SELECT payload FROM raw.jira_issues"
    staged = (SQL / "staging" / "stg_jira__issues.sql").read_text(encoding="utf-8")

    def ours() -> int:
        rows = warehouse.connection.execute(f"SELECT count(*), count(COLUMNS(*)) FROM ({staged})").fetchall()
        return int(rows[0][0])

    def baseline() -> int:
        rows = warehouse.connection.execute(query).fetchall()
        return len([jira.Issue({}, None, json.loads(payload)) for (payload,) in rows])  # type: ignore[arg-type]

    return Pair("Jira payloads to rows", "the package's objects", ours, baseline, 15, is_speedup=True)


def help_text() -> Pair:
    """`postmortems --help`, against a Python that does nothing."""

    def start(*arguments: str) -> int:
        return subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True).returncode

    return Pair(
        "postmortems --help",
        "python -c pass",
        lambda: start("-m", "pipeline.cli", "--help"),
        lambda: start("-c", "pass"),
        10,
    )


if __name__ == "__main__":
    main()
