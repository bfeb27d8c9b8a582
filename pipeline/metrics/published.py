"""Opening what was published: read-only, shut off from everything but the file itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import NothingPublishedError, RunError
from pipeline.metrics.kept import KeptSteps, frame_of
from pipeline.metrics.restriction import SHUT_OFF, masked_connection

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from pipeline.metrics.definitions import Definition

CURRENT = "current.duckdb"


@dataclass(frozen=True, slots=True)
class Published:
    """One published build, open for reading. It stays the same build while newer ones are published.

    `path` is the build's own file, `folder` the folder whose `current.duckdb` pointed to it, or the file
    itself when that was named: then it never gets stale. `is_masked`: restricted rows count, but their words
    are not there.
    """

    folder: Path
    path: Path
    is_masked: bool
    _connection: duckdb.DuckDBPyConnection = field(repr=False)
    _kept: KeptSteps = field(default_factory=KeptSteps, repr=False, compare=False)

    @property
    def key(self) -> str:
        """What tells what is seen here from what is seen of other builds, or of this one by other readers."""
        return f"{self.path} masked" if self.is_masked else str(self.path)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """The rows of one SELECT over schema `marts`; `$name` stands for a parameter.

        Safe from several threads at once: each call has its own cursor. The file cannot be changed, and
        no other file, extension or address can be reached from a query. Raises RunError for a table or
        column that the build does not have, as one that an older version published.
        """
        with self._explained(), self._connection.cursor() as cursor:
            return frame_of(cursor, sql, parameters)

    def rows_of(self, metric: Definition, parameters: Mapping[str, Any]) -> pl.DataFrame:
        """The rows of a metric, for parameters as `Filters.parameters` gives them. Raises as `query` does."""
        with self._explained():
            return self._kept.rows(self._connection, metric, parameters)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise RunError(
                f"{self.path}: lacks what is asked of it ({_first_line(error)}), as a build of another "
                "version does; run `postmortems build` to make it anew"
            ) from error

    def is_stale(self) -> bool:
        """Whether `current` points to another build by now."""
        try:
            return _resolved(self.folder) != self.path
        except RunError:
            return False

    def close(self) -> None:
        """Let go of the file."""
        self._kept.clear()
        self._connection.close()


def open_published(folder: Path, *, may_see_restricted: bool = True) -> Published:
    """Open the build that `current.duckdb` in `folder` points to; or, of a file, that build itself.

    The link is resolved first: DuckDB caches databases by path, so opening the link itself would go on
    showing the old build. For a reader who may not see what is restricted, its words are masked in every
    table (`pipeline.metrics.restriction`). Raises NothingPublishedError when there is
    none, RunError when the file is no readable build; each is one line.
    """
    path = _resolved(folder)
    import duckdb

    try:
        connection = _whole(path) if may_see_restricted else masked_connection(path)
    except duckdb.Error as error:
        raise RunError(
            f"{path}: cannot be opened as a published build ({_first_line(error)}); "
            "run `postmortems build` to make it anew"
        ) from error
    try:
        connection.execute("SELECT build_id, as_of FROM marts.runs").fetchall()
    except duckdb.Error as error:
        connection.close()
        raise RunError(
            f"{path}: is a DuckDB file but not a published build ({_first_line(error)}); "
            "run `postmortems build` to make it anew"
        ) from error
    return Published(folder, path, not may_see_restricted, connection)


def _whole(path: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(str(path), read_only=True, config={**SHUT_OFF, "lock_configuration": "true"})


def _resolved(folder: Path) -> Path:
    current = folder if folder.is_file() else folder / CURRENT
    try:
        return current.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise NothingPublishedError(
            f"{folder}: nothing is published there yet; run `postmortems run`, or `postmortems demo` to try"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
