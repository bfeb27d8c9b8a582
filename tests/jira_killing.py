"""Ends of processes: at which call or write one ends, and what it leaves of the warehouse's files."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeline.warehouse import Warehouse
from tests.sources.clock import StillClock


class KilledError(BaseException):
    """The process ends here."""


class Doom:
    """Counts down to the end: so many calls, or writes when `at_write`; 0 is never. `end` is how it comes."""

    def __init__(self, steps: int, *, at_write: bool, end: Callable[[], None]) -> None:
        self._left = steps
        self._at_write = at_write
        self._end = end
        self._lock = threading.Lock()

    def call(self) -> None:
        """A call is about to be made."""
        self._step(at_write=False)

    def write(self) -> None:
        """Something was written."""
        self._step(at_write=True)

    def _step(self, *, at_write: bool) -> None:
        with self._lock:
            if at_write != self._at_write or not self._left:
                return
            self._left -= 1
            is_now = self._left == 0
        if is_now:
            self._end()


class MortalClock(StillClock):
    """Every call looks at it, and one is the last."""

    def __init__(self, began_at: datetime, doom: Doom) -> None:
        super().__init__(began_at)
        self._doom = doom

    def monotonic(self) -> float:
        """Seconds waited so far."""
        self._doom.call()
        return super().monotonic()


class MortalWarehouse(Warehouse):
    """One of its writes is the last: within a transaction, before it is kept, or just after."""

    def __init__(self, path: Path, doom: Doom) -> None:
        super().__init__(path)
        self._doom = doom

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done within, or none of it."""
        with super().transaction():
            yield
            self._doom.write()
        self._doom.write()

    def stage_lines(self, name: str, lines: Iterable[str | bytes], columns: Mapping[str, str]) -> None:
        """Make whole lines of JSON the temporary table `name`."""
        super().stage_lines(name, lines, columns)
        self._doom.write()


def keep_as_killed(path: Path) -> None:
    """Keep the warehouse's files as they are now: as a process killed now would leave them."""
    for each in (path, _wal(path)):
        kept = each.with_name(f"{each.name}.killed")
        kept.unlink(missing_ok=True)
        if each.exists():
            shutil.copyfile(each, kept)


def restore_as_killed(path: Path) -> None:
    """Put the files as they were then in the place of what closing the connection made of them."""
    for each in (path, _wal(path)):
        each.unlink(missing_ok=True)
        kept = each.with_name(f"{each.name}.killed")
        if kept.exists():
            kept.rename(each)


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
