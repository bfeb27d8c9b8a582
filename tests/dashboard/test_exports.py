"""Frames as files: nothing in them runs, nothing is lost."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports import FORMULA_SIGNS, as_csv, as_parquet


def read(content: bytes) -> list[list[str]]:
    """What a spreadsheet reads of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_frame_as_csv() -> None:
    """Lists become JSON, nothing stays empty, numbers keep their sign, and formulas become text."""
    frame = pl.DataFrame(
        {
            "title": ["=HYPERLINK(1)", "+1", "-down", "@SUM(A1)", "\tx", "Search, “down”", None],
            "n": [-1, 2, 3, 4, 5, 6, None],
            "services": [["a", "=b"], [], None, ["c"], ["d"], ["e"], ["f"]],
            "started_at": [datetime(2026, 3, 1, 9, 30)] * 7,
            "due_on": [date(2026, 3, 1)] * 7,
        }
    )
    times = ["2026-03-01T09:30:00.000000", "2026-03-01"]
    assert read(as_csv(frame)) == [
        ["title", "n", "services", "started_at", "due_on"],
        ["'=HYPERLINK(1)", "-1", '["a", "=b"]', *times],
        ["'+1", "2", "[]", *times],
        ["'-down", "3", "", *times],
        ["'@SUM(A1)", "4", '["c"]', *times],
        ["'\tx", "5", '["d"]', *times],
        ["Search, “down”", "6", '["e"]', *times],
        ["", "", '["f"]', *times],
    ]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]))))
def test_no_cell_begins_like_a_formula(words: list[str]) -> None:
    """Whatever a document says, its cell is its words, behind an apostrophe where they would run."""
    cells = [
        row[0] if row else "" for row in read(as_csv(pl.DataFrame({"words": words}, {"words": pl.String})))
    ][1:]
    assert not [cell for cell in cells if cell.startswith(FORMULA_SIGNS)]


def test_a_frame_as_parquet() -> None:
    """Types and values come back."""
    frame = pl.DataFrame({"title": ["=1"], "services": [["a"]], "at": [datetime(2026, 3, 1)]})
    assert pl.read_parquet(as_parquet(frame)).equals(frame)
