"""How far the syncs of a scope have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.warehouse.jira.tables import Tables


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the syncs of one scope have come. Times are naive UTC.

    `watermark` is by Jira's clock: what changed before it is held; None: nothing is. `began_at` is when the
    last good sync began, `swept_at` when the last look at everything did; `interrupted` are those begun since
    then that did not end, the first one first, each by its start by our clock and its watermark.
    """

    watermark: datetime | None
    began_at: datetime | None
    swept_at: datetime | None
    interrupted: tuple[tuple[datetime, datetime], ...]


class Progress(Tables):
    """What raw.fetches says of syncs."""

    def state(self, scope: str) -> SyncState:
        """How far the syncs of this scope have come."""
        ((watermark, began_at, swept_at),) = self._rows(
            """
            SELECT
                arg_max(coalesce(site_at, started_at), started_at),
                max(started_at),
                max(started_at) FILTER (WHERE is_sweep)
            FROM raw.fetches WHERE kind = 'jira' AND outcome = 'ok' AND scope = ?
            """,
            [scope],
        )
        interrupted = self._rows(
            """
            SELECT started_at, site_at FROM raw.fetches
            WHERE kind = 'jira' AND outcome IS DISTINCT FROM 'ok' AND scope = ? AND is_sweep
                AND site_at IS NOT NULL AND started_at > coalesce(?, TIMESTAMP '1970-01-01')
            ORDER BY started_at
            """,
            [scope, swept_at],
        )
        return SyncState(watermark, began_at, swept_at, tuple(interrupted))
