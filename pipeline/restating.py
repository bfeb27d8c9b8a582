"""Says what of a period is stated otherwise now than then: for people, as CSV, or as JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import NothingPublishedError, SettingsError
from pipeline.metrics import Filters, open_published, restated_figures, restatement, run
from pipeline.metrics import sentences as say
from pipeline.metrics.restatement import until_then
from pipeline.past import build_name

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics import Published

_WIDTH = 34


def describe_restatement(
    folder: Path, then: str, now: str | None, filters: Filters, form: str, time_zone: str
) -> str:
    """The restatement of the build `then` by the build `now`, the current one unless named.

    `form` is text, csv or json. A build is named by its file, by the name of its file in `folder`, or by the
    day (of `time_zone`) or time of a build of the past, as `build --as-of` takes it.
    Raises NothingPublishedError when there is no such build, RunError when a file is none.
    """
    first = open_published(build_file(folder, then, time_zone))
    try:
        second = open_published(folder if now is None else build_file(folder, now, time_zone))
        try:
            return _told(first, second, filters, form)
        finally:
            second.close()
    finally:
        first.close()


def build_file(folder: Path, name: str, time_zone: str) -> Path:
    """The file of the build that a person names: by the file, or by what `build --as-of` was given.

    A day is one of `time_zone`. Raises NothingPublishedError when there is none.
    """
    paths = [Path(name), folder / name]
    try:
        paths.append(folder / build_name(name, time_zone))
        mend = f"make it with `postmortems build --as-of {shlex.quote(name)}`"
    except SettingsError:
        mend = "name a file of that folder, or a day that is past"
    for path in paths:
        if path.is_file():
            return path
    raise NothingPublishedError(f"{folder}: holds no build called {name}; {mend}")


def _told(first: Published, second: Published, filters: Filters, form: str) -> str:
    rows = restatement(first, second, filters)
    if form == "csv":
        import polars as pl

        return rows.with_columns(pl.col("figures").list.join(" ")).write_csv()
    figures = restated_figures(first, second, filters, rows)
    if form == "json":
        whole = {
            "then": run(first)["build_id"],
            "now": run(second)["build_id"],
            "rows": rows.to_dicts(),
            "figures": figures.to_dicts(),
        }
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(_lines(first, second, until_then(first, filters), rows, figures)) + "\n"


def _lines(
    first: Published, second: Published, filters: Filters, rows: pl.DataFrame, figures: pl.DataFrame
) -> Iterator[str]:
    then, now = run(first)["as_of"], run(second)["as_of"]
    moments = f"as of {then:%Y-%m-%d %H:%M} UTC and as of {now:%Y-%m-%d %H:%M} UTC"
    yield f"{say.period_in_words(filters)}, {moments}"
    yield say.restatement_headline(len(rows), figures.to_dicts())
    yield ""
    yield from (say.restated_figure_in_words(row) for row in figures.iter_rows(named=True))
    if rows.is_empty():
        return
    yield ""
    table: list[tuple[str, ...]] = [("what", "title", "field", "then", "now", "why", "document")]
    table += [
        (
            f"{'action item' if row['subject'] == 'action_item' else 'incident'} {row['change']}",
            *(_short(row[name]) for name in ("title", "field", "before", "after")),
            say.restatement_reason_in_words(row["reason"]),
            row["document"] or "",
        )
        for row in rows.iter_rows(named=True)
    ]
    widths = [max(len(line[place]) for line in table) for place in range(len(table[0]))]
    for line in table:
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()


def _short(text: str | None) -> str:
    """A text of a document in one cell, without what a terminal would obey."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text or "").split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
