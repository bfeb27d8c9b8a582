"""A frame as a file that other programs open. No Streamlit.

Spreadsheets run cells that begin like a formula, and documents may hold such words on purpose, so these cells
get an apostrophe in CSV (OWASP, CSV Injection). Parquet keeps values as they are: nothing runs them.
"""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta

import polars as pl

#: What a spreadsheet takes for the beginning of a formula; tab and carriage return let one hide behind them.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(frame: pl.DataFrame) -> bytes:
    """The frame as CSV in UTF-8 with a byte order mark, which spreadsheets need to read it as such.

    Lists become JSON. Text that would run as a formula is made harmless; numbers and times are as they are.
    """
    flat = frame.with_columns(
        pl.col(name).map_elements(_as_json, return_dtype=pl.String)
        for name, kind in frame.schema.items()
        if kind.is_nested()
    )
    inert = flat.with_columns(
        pl.when(pl.col(name).str.head(1).is_in(FORMULA_SIGNS))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name, kind in flat.schema.items()
        if kind == pl.String
    )
    return b"\xef\xbb\xbf" + inert.write_csv().encode()


def as_parquet(frame: pl.DataFrame) -> bytes:
    """The frame as Parquet, with its types."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _as_json(value: pl.Series) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, pl.Series):
        return [_plain(each) for each in value.to_list()]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value
