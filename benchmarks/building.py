"""How long a build of all models takes and how much memory, against writing the staging tables once.

Each build is a process of its own, `python -m benchmarks.building WAREHOUSE FOLDER`, so that the peak of its
memory is its own, too. What the core marts and the staging tables take is part of the same build: a machine
that is busy for a while is so for all three.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from benchmarks.crowded_warehouse import crowd_warehouse
from pipeline import flow
from pipeline.demo.stage import staged_company
from pipeline.models.files import SQL, ancestors, read_models
from pipeline.models.runner import build_models
from pipeline.settings import load_settings
from pipeline.warehouse import Warehouse

#: The invented company that is copied.
ORIGINAL_INCIDENTS = 240
#: What incidents are and what was promised after them: every other mart judges, compares or lists these.
CORE = ("incident_documents", "incident_events", "evidence", "incidents", "issues", "action_items")
#: Core ÷ floor, all ÷ floor, GiB, and how much longer a build of ten times the incidents may take.
CORE_GOAL, ALL_GOAL, MEMORY_GOAL, GROWTH_GOAL = 1.6, 2.5, 2.5, 11
SHOWN_MODELS = 10


@dataclass(frozen=True, slots=True)
class Built:
    """One build: seconds in all, GiB at its peak, and seconds and rows of each model."""

    seconds: float
    peak: float
    models: dict[str, tuple[float, int]]

    @property
    def floor(self) -> float:
        """Seconds of the staging tables, which take apart and write all that the warehouse holds."""
        return sum(spent for name, (spent, _) in self.models.items() if name.startswith("staging."))

    @property
    def core(self) -> float:
        """Seconds of the core marts with all they read, and the rest of the staging tables."""
        models = read_models(SQL)
        needed = {name for mart in CORE for name in ancestors(f"marts.{mart}", models)}
        return self.floor + sum(
            spent
            for name, (spent, _) in self.models.items()
            if name in needed and not name.startswith("staging.")
        )


def told(sizes: Sequence[int], runs: int, as_of: datetime) -> Iterator[str]:
    """Make a warehouse of each size, build it `runs` times, and tell the medians and the highest peak."""
    before: tuple[int, float] | None = None
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with staged_company(folder / "original", incidents=ORIGINAL_INCIDENTS, seed=1, as_of=as_of) as staged:
            settings = load_settings(staged.settings_path)
            flow.run(settings, as_of=as_of)
        for size in sizes:
            warehouse = folder / f"warehouse-{size}.duckdb"
            began = time.perf_counter()
            count = crowd_warehouse(settings.warehouse_path, warehouse, size)
            yield f"{count:,} incidents, {_rows(warehouse)}; made in {time.perf_counter() - began:.0f} s"
            builds = [_built(warehouse, folder) for _ in range(runs)]
            warehouse.unlink()
            whole = median(build.seconds for build in builds)
            yield f"  floor, the staging tables: {median(build.floor for build in builds):.1f} s"
            core = median(build.core for build in builds)
            ratio = median(build.core / build.floor for build in builds)
            yield f"  core marts: {core:.1f} s, {ratio:.2f} × floor, goal ≤ {CORE_GOAL}"
            ratio = median(build.seconds / build.floor for build in builds)
            yield f"  all marts: {whole:.1f} s, {ratio:.2f} × floor, goal ≤ {ALL_GOAL}"
            yield f"  memory: {max(build.peak for build in builds):.2f} GiB, goal ≤ {MEMORY_GOAL}"
            if before is not None:
                yield (
                    f"  {count / before[0]:.1f} × the incidents, {whole / before[1]:.1f} × as long,"
                    f" goal ≤ {GROWTH_GOAL} for ten times"
                )
            before = count, whole
            dearest = sorted(builds[-1].models.items(), key=lambda each: -each[1][0])
            for name, (spent, rows) in dearest[:SHOWN_MODELS]:
                yield f"    {name}: {spent:.1f} s, {rows:,} rows"


def _rows(warehouse: Path) -> str:
    with Warehouse(warehouse) as opened:
        counts = [
            opened.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            for table in ("facts.evidence", "facts.action_items", "raw.jira_issues", "raw.jira_histories")
        ]
    return "{:,} values, {:,} action items, {:,} issues, {:,} entries of their histories".format(*counts)


def _built(warehouse: Path, folder: Path) -> Built:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.building", str(warehouse), str(folder)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told = json.loads(ran.stdout)
    models = {name: (spent, rows) for name, spent, rows in told["models"]}
    return Built(told["seconds"], told["peak"], models)


def main(warehouse: Path, folder: Path) -> None:
    """Build once and print as JSON what it took."""
    read_models(SQL)  # which takes the same time at any size
    path = folder / ".building-measured.duckdb"
    with Warehouse(warehouse) as opened:
        began = time.perf_counter()
        runs = build_models(opened.connection, path)
        opened.connection.execute("CHECKPOINT build").fetchall()
        seconds = time.perf_counter() - began
    for left in folder.glob(".building-measured.*"):
        left.unlink()
    print(
        json.dumps(
            {
                "seconds": seconds,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
                "models": [(run.name, run.seconds, run.row_count) for run in runs],
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
