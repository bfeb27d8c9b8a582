"""Builds of the past: of which moment, from what was known by then, and what their file is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.batches import batches
from pipeline.errors import SettingsError
from pipeline.fact_rows import TABLES
from pipeline.models.past import PAST_FACTS, VERSIONS, begin_past, finish_past, leave_past
from pipeline.parsing import parse_documents, reading_hash
from pipeline.reading import reading_of
from pipeline.warehouse import now

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.warehouse import Warehouse

_BATCH = 1000


def moment_of(text: str, time_zone: str) -> datetime:
    """The moment that `--as-of` means, naive UTC: a date's end in `time_zone`; a time is UTC unless it says.

    Raises SettingsError for what is neither, and for a moment that is still to come.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            last = datetime.combine(date.fromisoformat(text), time.max, ZoneInfo(time_zone))
            moment = last.astimezone(UTC).replace(tzinfo=None)
        else:
            read = datetime.fromisoformat(text)
            moment = read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
    except (ValueError, OverflowError):
        raise SettingsError(
            f"--as-of: {text} is no date; write one as in 2026-09-30, or a time in UTC as in 2026-09-30T12:00"
        ) from None
    if moment > now():
        raise SettingsError(
            f"--as-of: {text} is not over yet ({time_zone}); name a moment that is past, "
            "or leave the option out for the tables of now"
        )
    return moment


def file_name(moment: datetime, time_zone: str) -> str:
    """What the build of that moment is called: by its day when it ends one, else by the time in UTC."""
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone))
    if local.time() == time.max:
        return f"as-of-{local:%Y-%m-%d}.duckdb"
    return f"as-of-{moment:%Y-%m-%dT%H%M%S}.duckdb"


def build_name(text: str, time_zone: str) -> str:
    """What the build is called that `build --as-of` makes of that text.

    Raises SettingsError as `moment_of` does.
    """
    return file_name(moment_of(text, time_zone), time_zone)


@contextmanager
def restored_past(warehouse: Warehouse, settings: Settings) -> Iterator[None]:
    """Within, the catalog `past` holds what was known at `settings.parameters.as_of`.

    Documents that existed then in another version than the last are read again, by the reader of today.
    """
    connection = warehouse.connection
    try:
        begin_past(connection, TABLES)
        for source in settings.sources:
            reading = reading_of(settings, source, warehouse.jira.projects())
            count, waiting = warehouse.unread_versions(
                f"""
                SELECT document_id, content_hash FROM {VERSIONS}
                WHERE source = '{source.name.replace("'", "''")}'
                EXCEPT
                SELECT document_id, content_hash FROM {PAST_FACTS}.documents
                """
            )
            parsed = parse_documents(waiting, count, reading)
            for batch in batches(parsed, _BATCH):
                warehouse.load_facts(batch, reading_hash(reading), PAST_FACTS)
        finish_past(connection)
        yield
    finally:
        leave_past(connection)
