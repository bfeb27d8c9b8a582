"""What a reader finds on a page that was opened in memory: its HTML, its words, the rows of its tables."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import polars as pl
from streamlit.testing.v1 import AppTest


def markup(page: AppTest) -> str:
    """The HTML of the page, without the style sheet."""
    bodies = [str(element.proto.body) for element in page.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style>:root"))


def words(page: AppTest) -> str:
    """What is to be read on the page, one space between words."""
    text = unescape(re.sub(r"<[^>]+>", " ", markup(page)))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def table_after(page: AppTest, heading: str) -> list[list[str]]:
    """The rows of the first table behind these words; of one within a cell, the words."""
    html = markup(page)
    table = _FirstTable()
    table.feed(html[html.index(heading) :])
    return [[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in table.rows]


def rows_sent(page: AppTest, number: int) -> list[dict[str, Any]]:
    """The rows behind the marks of the chart of this number, as they go to the browser."""
    sent = page.get("vega_lite_chart")[number].proto.datasets
    longest = max((pl.read_ipc_stream(each.data.data) for each in sent), key=len)
    return longest.to_dicts()


class _FirstTable(HTMLParser):
    """Reads the body of the first table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._depth = 0
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and not self._is_over:
            self._depth += 1
        if self._depth == 1 and tag == "tr":
            self.rows.append([])
        elif self._depth == 1 and tag == "td":
            self.rows[-1].append("")
        else:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead" and self._depth <= 1 and not self._is_over:
            self._depth = 1  # also where the words stand in the table's own head
            self.rows.clear()
        if tag == "table" and self._depth:
            self._depth -= 1
            self._is_over = self._depth == 0
        self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._depth and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
