"""Makes a finished build the current one, so that a reader never sees half of it.

DuckDB locks a file between processes, and replacing a file under an open reader serves it stale pages; hence
one file per build, and a link `current.duckdb` that is moved in one step.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.models.dictionary import comment_statements
from pipeline.models.files import SQL, read_models
from pipeline.models.runner import scratch_path

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CURRENT = "current.duckdb"
KEPT_BUILDS = 5


def publish_build(con: DuckDBPyConnection, build_path: Path, folder: Path) -> Path:
    """Publish the attached catalog `build`, whose file is `build_path`; returns the published file.

    Tables and columns get their descriptions as comments; the file is closed, flushed to disk, named
    `build-<id>.duckdb` in `folder`, and `current.duckdb` is pointed to it. The last five builds are kept.
    Killed at any moment, `current.duckdb` names a whole build: the old one or the new one.
    """
    published = folder / build_path.name.replace(".building-", "build-", 1)
    _finish(con, build_path, published)
    link = folder / f".{CURRENT}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(published.name)
    link.replace(folder / CURRENT)
    _flush(folder)
    _remove_old_builds(folder, published)
    return published


def publish_past(con: DuckDBPyConnection, build_path: Path, published: Path) -> Path:
    """Publish the attached catalog `build` as the file `published`, beside the builds; returns it.

    `current.duckdb` is left alone, so that the past is never shown as the present. A file of that name is
    replaced in one step, and is not removed when builds get old.
    """
    _finish(con, build_path, published)
    _flush(published.parent)
    return published


def _finish(con: DuckDBPyConnection, build_path: Path, published: Path) -> None:
    for statement in comment_statements(read_models(SQL)):
        con.execute(statement).fetchall()
    con.execute("CHECKPOINT build").fetchall()
    con.execute("DETACH DATABASE build").fetchall()
    con.execute("DETACH DATABASE IF EXISTS scratch").fetchall()
    scratch_path(build_path).unlink(missing_ok=True)
    _flush(build_path)
    build_path.rename(published)


def _remove_old_builds(folder: Path, published: Path) -> None:
    older = sorted((path for path in folder.glob("build-*.duckdb") if path != published), reverse=True)
    for path in older[KEPT_BUILDS - 1 :]:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Wait until the disk has the file, or the names in the folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
