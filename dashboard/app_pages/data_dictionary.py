"""Every published table and column, and how each metric is computed."""

from __future__ import annotations

import re

import streamlit as st

from dashboard import cards, frame
from pipeline import metrics


@st.cache_data(max_entries=5, show_spinner=False)
def _tables(build: str) -> list[dict[str, object]]:
    return metrics.data_dictionary(frame.view().published).to_dicts()


def page() -> None:
    """Tables first, then metrics; one search over both."""
    st.html(
        '<style>.st-key-filters { display: none; }</style><h2 class="pm-section">Data dictionary</h2>'
        + cards.paragraph(
            "Everything here can be queried from current.duckdb, schema marts, with any DuckDB client. "
            "Columns may be added, but are not renamed.",
            "pm-lead",
        )
    )
    wanted = (st.text_input("Search", key="find", bind="query-params", placeholder="A word") or "").casefold()
    tables: dict[str, list[dict[str, object]]] = {}
    for row in _tables(frame.view().build):
        tables.setdefault(str(row["table_name"]), []).append(row)
    shown = 0
    st.html('<h2 class="pm-section">Tables</h2>')
    for name, columns in tables.items():
        meaning = str(columns[0]["table_meaning"] or "")
        words = " ".join([name, meaning, *(f"{c['column_name']} {c['column_meaning']}" for c in columns)])
        if wanted in words.casefold():
            shown += 1
            with st.expander(label(f"marts.{name}", meaning), expanded=bool(wanted)):
                st.html(
                    cards.paragraph(meaning, "pm-lead")
                    + cards.table(
                        ["Column", "Type", "Meaning"],
                        [
                            (
                                cards.Markup(f"<code>{cards.text(column['column_name'])}</code>"),
                                cards.Markup(f"<code>{cards.text(column['data_type'])}</code>"),
                                column["column_meaning"],
                            )
                            for column in columns
                        ],
                        ["tight", "tight soft", ""],
                    )
                )
    st.html('<h2 class="pm-section">Metrics</h2>')
    for name in metrics.metric_names():
        definition = metrics.metric_definition(name)
        if wanted not in f"{name} {definition.sql}".casefold():
            continue
        shown += 1
        with st.expander(label(name, definition.purpose), expanded=False):
            st.html(
                cards.paragraph(definition.purpose, "pm-title")
                + cards.paragraph(f"{definition.grain} {definition.notes}", "pm-lead")
                + cards.table(
                    ["Column", "Meaning"],
                    [
                        (cards.Markup(f"<code>{cards.text(column)}</code>"), meaning)
                        for column, meaning in definition.columns.items()
                    ],
                    ["tight", ""],
                )
            )
            st.code(metrics.macro_call(name), language="sql")
            st.code(definition.sql, language="sql")
    if not shown:
        st.html(cards.paragraph("No table, column or metric holds that word.", "pm-empty"))


def label(name: str, meaning: str) -> str:
    """A name and the first sentence of its meaning, inert where Streamlit would read Markdown."""
    first = meaning.split(". ")[0].split("\n")[0].rstrip(".")
    return re.sub(r"([\\`*_\[\]#:$~<>|])", r"\\\1", f"{name}  –  {first}" if first else name)


page()
