"""A clock for tests: waiting takes no time, and is written down."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from pipeline.sources.rest import Clock


class StillClock(Clock):
    """Goes forward only while somebody waits. `waits` holds the waits, in seconds; pacing is left out."""

    def __init__(self, began_at: datetime = datetime(2024, 6, 1, 12, 0)) -> None:
        super().__init__()
        self.began_at = began_at.replace(tzinfo=UTC)
        self.waits: list[float] = []
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """This moment in UTC, with its zone."""
        return self.began_at + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """Seconds waited so far."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Pass the time."""
        with self._lock:
            self._passed += seconds
            if seconds >= 1:
                self.waits.append(seconds)
