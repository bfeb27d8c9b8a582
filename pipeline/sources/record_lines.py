"""A record as text: JSON, each of its columns on a line of its own, so that evidence can name the line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any


def as_lines(record: Mapping[str, Any]) -> str:
    """The record as JSON, each of its columns on a line. Raises RecursionError for one nested without end."""
    columns = [f"{_dumped(str(key))}: {_dumped(value)}" for key, value in record.items()]
    return "{\n" + ",\n".join(columns) + "\n}"


def _dumped(value: Any) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), default=_as_json)


def _finite(value: Any) -> Any:
    """The value without the numbers that JSON has no form for."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value


def _as_json(value: object) -> Any:
    """Values that Parquet has and JSON has not."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.0f}S"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
