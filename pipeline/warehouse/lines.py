"""Rows as lines of JSON, the form in which they go into the warehouse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from pipeline.fact_rows import as_json


def as_line(row: Mapping[str, Any]) -> bytes:
    """One row as a line of JSON, its keys in order, so that equal things have equal texts."""
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    try:
        return orjson.dumps(row, default=as_json, option=options)
    except TypeError:  # a number above 64 bits, or half a surrogate pair
        line = json.dumps(row, default=as_json, ensure_ascii=False, sort_keys=True) + "\n"
        return line.encode("utf-8", errors="replace")
