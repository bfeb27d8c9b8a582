"""What every page shares: the open build, the reader's choices, and how a figure is shown.

Frames and drawn charts are kept per build and choice, so that a rerun neither queries nor draws twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st
from altair.utils.schemapi import debug_mode

from dashboard import cards, charts
from dashboard.charts import Figure, Look
from dashboard.launch import PUBLISHED_VARIABLE
from dashboard.theme import Palette, palette
from pipeline import metrics
from pipeline.errors import NothingPublishedError
from pipeline.metrics import Choices, Comparison, Filters, Grain, Published, open_published

INCIDENTS = "app_pages/incidents.py"
FOLLOW_THROUGH = "app_pages/follow_through.py"
NOT_STATED = "not stated"
PERIODS: dict[str, metrics.Preset] = {
    "Last quarter": "last_quarter",
    "Last 12 months": "last_12_months",
    "This year": "this_year",
    "All": "all",
}
CUSTOM_PERIOD = "Dates"


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: the build, its own account of itself, the choices, the colours."""

    published: Published
    run: Mapping[str, Any]
    choices: Choices
    filters: Filters
    colours: Palette

    @property
    def build(self) -> str:
        """What tells this build from all others."""
        return str(self.published.path)

    @property
    def compared(self) -> tuple[Filters, Filters]:
        """The period before, and the chosen one (with "All": its last 12 complete months)."""
        return metrics.compared_periods(self.filters, self.run["as_of"])


def published_folder() -> Path:
    """Where the builds are. Raises NothingPublishedError when nobody said."""
    folder = os.environ.get(PUBLISHED_VARIABLE)
    if not folder:
        raise NothingPublishedError(
            f"{PUBLISHED_VARIABLE} is not set; start this page with `postmortems dashboard`"
        )
    return Path(folder)


@st.cache_resource(max_entries=5, show_spinner=False)
def _opened(folder: str, resolved: str) -> Published:
    return open_published(Path(folder))


def open_build() -> Published:
    """The build this session looks at. It changes when the reader asks for the newer one, not before.

    Raises NothingPublishedError or RunError, as `open_published` does.
    """
    folder = published_folder()
    pinned = st.session_state.get("build")
    if pinned is None or not Path(pinned).exists():
        current = folder / "current.duckdb"
        pinned = str(current.resolve()) if current.exists() else ""
        st.session_state["build"] = pinned
    return _opened(str(folder), pinned)


def take_newer_build() -> None:
    """Let go of the build this session looks at."""
    st.session_state.pop("build", None)


def view() -> View:
    """What the page that is running looks at."""
    current: View = st.session_state["view"]
    return current


@st.cache_data(max_entries=5, show_spinner=False)
def _facts_of_build(build: str, _published: Published) -> tuple[dict[str, Any], Choices, pl.DataFrame]:
    return (
        metrics.run(_published),
        metrics.filter_choices(_published),
        metrics.sources(_published),
    )


def facts_of_build(published: Published) -> tuple[dict[str, Any], Choices, pl.DataFrame]:
    """The build's run, the choices its filters offer, and its sources."""
    return _facts_of_build(str(published.path), published)


def chosen_filters(choices: Choices, run: Mapping[str, Any]) -> Filters:
    """Draw the filters, which live in the address, and say what they choose."""
    with st.container(horizontal=True, key="filters", vertical_alignment="top", gap="medium"):
        period = st.segmented_control(
            "Period",
            [*PERIODS, CUSTOM_PERIOD],
            default="Last 12 months",
            key="period",
            bind="query-params",
            required=True,
        )
        if period == CUSTOM_PERIOD:
            first, last = metrics.preset_period("last_12_months", run["as_of"])
            days = st.date_input(
                "From and to", value=(first, last), key="dates", bind="query-params", width=240
            )
        else:
            days = ()
        teams = _choice("Team", "team", [team or NOT_STATED for team in choices.teams])
        services = _choice("Service", "service", [name or NOT_STATED for name in choices.services])
        severities = _choice(
            "Severity", "severity", [str(level) if level else NOT_STATED for level in choices.severities]
        )
    period_from, period_to = _period(period or "", days, run)
    return Filters(
        period_from=period_from,
        period_to=period_to,
        teams=tuple("" if team == NOT_STATED else team for team in teams),
        services=tuple("" if name == NOT_STATED else name for name in services),
        severities=tuple(0 if level == NOT_STATED else int(level) for level in severities),
    )


def _choice(label: str, key: str, options: list[str]) -> list[str]:
    return st.multiselect(label, options, key=key, bind="query-params", placeholder="All", width=210)


def _period(period: str, days: Any, run: Mapping[str, Any]) -> tuple[date | None, date | None]:
    if period == CUSTOM_PERIOD:
        if isinstance(days, tuple) and len(days) == 2:
            return days[0], days[1]
        return None, None
    return metrics.preset_period(PERIODS.get(period, "last_12_months"), run["as_of"])


@st.cache_data(max_entries=400, show_spinner=False)
def _rows(
    build: str, name: str, filters: Filters, options: tuple[tuple[str, Any], ...], _published: Published
) -> pl.DataFrame:
    frame: pl.DataFrame = getattr(metrics, name)(_published, filters, **dict(options))
    return frame


def rows(name: str, filters: Filters | None = None, **options: Any) -> pl.DataFrame:
    """The frame of the metric `name` for the reader's choices, or for others."""
    now = view()
    return _rows(now.build, name, filters or now.filters, tuple(sorted(options.items())), now.published)


@st.cache_data(max_entries=200, show_spinner=False)
def _change(build: str, name: str, filters: Filters, _published: Published, _as_of: Any) -> Comparison:
    change: Comparison = getattr(metrics, name)(_published, filters, _as_of)
    return change


def change(name: str) -> Comparison:
    """What the metric `name` says of the chosen period against the one before."""
    now = view()
    return _change(now.build, name, now.filters, now.published, now.run["as_of"])


@st.cache_data(max_entries=400, show_spinner=False)
def _figure(
    build: str,
    chart: str,
    name: str,
    filters: Filters,
    options: tuple[tuple[str, Any], ...],
    mode: str,
    selected_from: date | None,
    _frame: pl.DataFrame,
) -> Figure:
    grain: Grain = dict(options).get("grain", "span")
    # Altair checks each part against its schema as it goes, which takes most of the time; the tests do that.
    with debug_mode(False):
        drawn: Figure = getattr(charts, chart)(_frame, Look(palette(mode), grain, selected_from))
    return drawn


def show(
    name: str,
    title: str,
    *,
    chart: str | None = None,
    filters: Filters | None = None,
    selected_from: date | None = None,
    **options: Any,
) -> None:
    """A card with the metric's chart: what it says, the chart, its n, and how it is computed."""
    now = view()
    chosen = filters or now.filters
    frame = rows(name, chosen, **options)
    drawn = _figure(
        now.build,
        chart or name,
        name,
        chosen,
        tuple(sorted(options.items())),
        now.colours.mode,
        selected_from,
        frame,
    )
    with st.container(key=f"card-{chart or name}", gap="small", height="stretch"):
        st.html(
            f'<p class="pm-title">{cards.text(title)}</p><p class="pm-sub">{cards.text(drawn.caption)}</p>'
        )
        if drawn.spec is None:
            st.html(cards.paragraph(f"{drawn.alt} Choose a longer period or fewer filters.", "pm-empty"))
        else:
            st.vega_lite_chart(
                drawn.spec, theme=None, width="stretch", key=f"chart-{chart or name}", alt=drawn.alt
            )
        foot(drawn.badge, name, frame, chart or name)


def foot(badge: str, name: str, frame: pl.DataFrame | None = None, card: str = "") -> None:
    """A card's last line: n, coverage and what was left out; and the door to the definition."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        st.html(cards.paragraph(badge, "pm-badge"), width="stretch")
        explain(name, frame, card or name)


def incident_address(incident_id: str) -> str:
    """The address of an incident's page, with the reader's choices kept."""
    kept = {key: st.query_params.get_all(key) for key in st.query_params if key != "incident"}
    return "incidents?" + urlencode({**kept, "incident": incident_id}, doseq=True)


def explain(name: str, frame: pl.DataFrame | None, card: str) -> None:
    """A small door to the metric's definition, its SQL and the rows behind the figure."""
    definition = metrics.metric_definition(name)
    with st.popover("How is this computed?", type="tertiary", key=f"explain-{card}"):
        st.html(
            f'<p class="pm-title">{cards.text(definition.purpose)}</p>'
            f'<p class="pm-sub">{cards.text(definition.grain)} {cards.text(definition.notes)}</p>'
        )
        if frame is not None:
            st.dataframe(frame, height=220, hide_index=True)
        st.code(definition.sql, language="sql", height=260)
