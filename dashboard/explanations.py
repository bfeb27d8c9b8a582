"""How a figure is computed: its meaning, the rows behind it, its SQL, and all of it to take away."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from typing import Any, get_type_hints

import polars as pl
import streamlit as st
from pydantic import TypeAdapter

from dashboard import cards, exports
from pipeline import metrics
from pipeline.metrics import sentences as say

#: The keys of the address of the page that shows one figure's explanation.
METRIC, OPTIONS = "metric", "options"


def explanation(
    name: str,
    frame: pl.DataFrame,
    call: str,
    key: str,
    address: str = "",
    doors: Sequence[tuple[str, str]] = (),
) -> None:
    """What the metric `name` means, its rows as `frame`, the files of these, and the SQL that gave them.

    `call` is the query that gives them to any client of the published file; `address` leads to the same
    on a page of its own; `key` tells this explanation from others on the page. `doors` are what the
    marks of its chart are called and where they lead: no keyboard reaches a mark, and no screen reader
    tells it for a link.
    """
    definition = metrics.metric_definition(name)
    more = cards.here("A page of its own, to send →", address) if address else cards.Markup()
    st.html(
        cards.paragraph(definition.purpose, "pm-title")
        + cards.paragraph(f"{definition.grain} {definition.notes}", "pm-sub")
        + (cards.paragraph(more, "pm-sub") if more else "")
    )
    if doors:
        links = cards.bulleted(cards.here(label, place) for label, place in doors)
        st.html(cards.details(f"Where the chart leads: {say.count_of(len(doors), 'list')}", links))
    st.dataframe(frame, height=260, hide_index=True, key=f"rows-{key}", column_config=described(definition))
    with st.container(horizontal=True, gap="small"):
        for label, written, media_type in FILES:
            st.download_button(
                label,
                _once(written, frame),
                file_name=f"{name}.{label.lower()}",
                mime=media_type,
                key=f"{label}-{key}",
                on_click="ignore",
            )
    told = "For any DuckDB client on the published file; columns added after are not there:"
    st.html(cards.paragraph(told, "pm-sub"))
    st.code(call, language="sql")
    st.html(cards.paragraph("How it counts:", "pm-sub"))
    st.code(definition.sql, language="sql", height=260)


def named_doors(
    name: str, frame: pl.DataFrame, door: Callable[[Mapping[str, Any]], str]
) -> list[tuple[str, str]]:
    """The addresses behind the rows of `frame`, of the metric `name`, each once, with the row's title, else
    with what tells it from the others."""
    key = [column for column in metrics.metric_definition(name).key.split(", ") if column in frame.columns]
    named = ["title"] if "title" in frame.columns else key
    doors = (
        (", ".join(say.value_in_words(column, row[column]) for column in named), door(row))
        for row in frame.iter_rows(named=True)
    )
    return list(dict.fromkeys((label, address) for label, address in doors if address))


FILES: tuple[tuple[str, Callable[[pl.DataFrame], bytes], str], ...] = (
    ("CSV", exports.as_csv, "text/csv"),
    ("Parquet", exports.as_parquet, "application/vnd.apache.parquet"),
)


def described(definition: metrics.Definition) -> Mapping[str, Any]:
    """What each column means, shown where its name is pointed at."""
    return {name: st.column_config.Column(help=meaning) for name, meaning in definition.columns.items()}


def parameters_of(name: str, options: Mapping[str, Any]) -> dict[str, str]:
    """The address's own part for the page of one figure."""
    chosen = {key: value for key, value in options.items() if value is not None}
    return {METRIC: name} | ({OPTIONS: json.dumps(chosen, sort_keys=True)} if chosen else {})


def options_in(name: str, text: str | None) -> dict[str, Any]:
    """The options of the metric `name` that `parameters_of` wrote; none when the text is nothing of the kind.

    Raises ValueError for an option that the metric does not have, or a value that it does not take.
    """
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    json.dumps(found, ensure_ascii=False).encode()  # half a character, as "\ud800" is, can be no one's value
    metric = getattr(metrics, name)
    hints = get_type_hints(metric, localns={**vars(metrics), "pl": pl})
    taken = [key for key in signature(metric).parameters if key not in ("published", "filters")]
    if unknown := found.keys() - set(taken):
        raise ValueError(f"{name} has no {', '.join(sorted(unknown))}")
    return {key: TypeAdapter(hints[key]).validate_python(value, strict=True) for key, value in found.items()}


def _once(written: Callable[[pl.DataFrame], bytes], frame: pl.DataFrame) -> Callable[[], bytes]:
    """The file, made only when the reader asks for it."""
    return lambda: written(frame)
