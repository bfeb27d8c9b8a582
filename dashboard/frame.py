"""What every page shares: the open build, the reader's choices, and how a figure is shown.

Frames and drawn charts are kept per build and choice, so that a rerun neither queries nor draws twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st
from altair.utils.schemapi import debug_mode
from streamlit.dataframe_util import convert_anything_to_arrow_bytes

from dashboard import cards, charts, reader
from dashboard.charts import Figure, Look
from dashboard.explanations import explanation, named_doors, parameters_of
from dashboard.launch import PUBLISHED_VARIABLE
from dashboard.theme import Palette
from pipeline import metrics
from pipeline.errors import NothingPublishedError, PostmortemsError
from pipeline.metrics import (
    Choices,
    Compared,
    Comparison,
    Decisions,
    Filters,
    Grain,
    Published,
    open_published,
)
from pipeline.metrics import sentences as say

# Altair looks for pandas among the modules already there, and fails on one that another thread, drawing the
# page for the first time, is still importing. Importing it whole before anything is drawn keeps them apart.
import_module("pandas")

INCIDENTS = "app_pages/incidents.py"
FOLLOW_THROUGH = "app_pages/follow_through.py"
#: The reader's choices in the address. They stay when a link leads on; all else in it belongs to one page.
CHOICES = ("period", "dates", "team", "service", "severity", "cause", "source")
ROWS_OF_A_PAGE = 50
NOT_STATED = "not stated"
PERIODS: dict[str, metrics.Preset] = {
    "Last quarter": "last_quarter",
    "Last 12 months": "last_12_months",
    "This year": "this_year",
    "All": "all",
}
ROLLING_PERIOD = "Last 12 months"
CUSTOM_PERIOD = "Dates"
Door = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: the build, its own account of itself, the choices, the colours.

    `kept` are the choices as they stand in the address.
    """

    published: Published
    run: Mapping[str, Any]
    choices: Choices
    filters: Filters
    period: str
    sources: pl.DataFrame
    colours: Palette
    kept: Mapping[str, list[str]]

    @property
    def has_jira(self) -> bool:
        """Whether a Jira is followed."""
        return "jira" in self.sources["kind"].to_list()

    @property
    def build(self) -> str:
        """What tells this build from all others, and what this reader sees of it."""
        return self.published.key

    @property
    def compared(self) -> tuple[Filters, Filters]:
        """The period before, and the chosen one (with "All": the last 12 complete months on record)."""
        return metrics.compared_periods(self.filters, self.run["as_of"], self.choices.last_day)

    @property
    def has_ended(self) -> bool:
        """Whether nothing is on record of the last 12 months."""
        return records_have_ended(self.choices, self.run)

    @property
    def listed(self) -> Filters:
        """What lists show: the chosen period; of the last 12 months also the days of the month that runs.

        Figures leave those days out, since a month that has just begun always looks like an improvement;
        who looks for yesterday's incident must find it.
        """
        if self.period != ROLLING_PERIOD:
            return self.filters
        return self.filters.spanning(self.filters.period_from, self.run["as_of"].date())

    @property
    def period_words(self) -> str:
        """The chosen period, for a sentence."""
        return say.period_in_words(self.filters, self.choices.first_day, self.choices.last_day)


def published_folder() -> Path:
    """Where the builds are. Raises NothingPublishedError when nobody said."""
    folder = os.environ.get(PUBLISHED_VARIABLE)
    if not folder:
        raise NothingPublishedError(
            f"{PUBLISHED_VARIABLE} is not set; start this page with `postmortems dashboard`"
        )
    return Path(folder)


@st.cache_resource(max_entries=10, show_spinner=False)
def _opened(folder: str, resolved: str, may_see_restricted: bool) -> Published:
    return open_published(Path(folder), may_see_restricted=may_see_restricted)


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
    return _opened(str(folder), pinned, reader.may_see_restricted())


def take_newer_build() -> None:
    """Let go of the build this session looks at."""
    st.session_state.pop("build", None)


def is_newer_published() -> bool:
    """Whether a build was published since this session's; not while none can be opened."""
    try:
        return open_build().is_stale()
    except PostmortemsError:
        return False


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
    return _facts_of_build(published.key, published)


def records_have_ended(choices: Choices, run: Mapping[str, Any]) -> bool:
    """Whether every incident on record lies before the last 12 complete months."""
    first, _ = metrics.preset_period(PERIODS[ROLLING_PERIOD], run["as_of"])
    return first is not None and choices.last_day is not None and choices.last_day < first


def chosen_filters(choices: Choices, run: Mapping[str, Any]) -> tuple[str, Filters]:
    """Draw the filters, which live in the address: the name of the chosen period, and all choices."""
    with st.container(horizontal=True, key="filters", vertical_alignment="top", gap="small"):
        period = st.segmented_control(
            "Period",
            [*PERIODS, CUSTOM_PERIOD],
            default="All" if records_have_ended(choices, run) else ROLLING_PERIOD,
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
        # Where all documents come from one source there is nothing to choose. All stand in one line.
        has_sources = len(choices.sources) > 1
        width = 132 if has_sources else 164
        teams = _choice("Team", "team", [team or NOT_STATED for team in choices.teams], width)
        services = _choice("Service", "service", [name or NOT_STATED for name in choices.services], width)
        levels = [str(level) if level else NOT_STATED for level in choices.severities]
        severities = _choice("Severity", "severity", levels, width)
        named = {cause: say.category_in_words(cause) for cause in choices.causes}
        causes = _choice("Cause", "cause", list(dict.fromkeys(named.values())), width)
        sources = _choice("Source", "source", list(choices.sources), width) if has_sources else []
    period_from, period_to = _period(period or "", days, run)
    return period or ROLLING_PERIOD, Filters(
        period_from=period_from,
        period_to=period_to,
        teams=tuple("" if team == NOT_STATED else team for team in teams),
        services=tuple("" if name == NOT_STATED else name for name in services),
        severities=tuple(0 if level == NOT_STATED else int(level) for level in severities),
        causes=tuple(cause for cause, words in named.items() if words in causes),
        sources=tuple(sources),
    )


def kept_choices() -> dict[str, list[str]]:
    """The reader's choices as they stand in the address."""
    return {key: st.query_params.get_all(key) for key in CHOICES if key in st.query_params}


def _choice(label: str, key: str, options: list[str], width: int) -> list[str]:
    return st.multiselect(label, options, key=key, bind="query-params", placeholder="All", width=width)


def _period(period: str, days: Any, run: Mapping[str, Any]) -> tuple[date | None, date | None]:
    if period == CUSTOM_PERIOD:
        if isinstance(days, tuple) and len(days) == 2:
            return days[0], days[1]
        return None, None
    return metrics.preset_period(PERIODS.get(period, "last_12_months"), run["as_of"])


@st.cache_resource(max_entries=400, show_spinner=False)
def _rows(
    key: str, _published: Published, _name: str, _filters: Filters, _options: Mapping[str, Any]
) -> pl.DataFrame:
    frame: pl.DataFrame = getattr(metrics, _name)(_published, _filters, **_options)
    return frame


def rows(name: str, filters: Filters | None = None, **options: Any) -> pl.DataFrame:
    """The frame of the metric `name` for the reader's choices, or for others."""
    now = view()
    chosen = filters or now.filters
    return _rows(_key(now.build, name, chosen, options), now.published, name, chosen, options)


def _key(*parts: object) -> str:
    """What tells a call from others: as one text, because telling apart its parts takes far longer."""
    return repr([sorted(part.items()) if isinstance(part, dict) else part for part in parts])


def query_of(name: str, filters: Filters | None = None, **options: Any) -> str:
    """The query that gives these rows to any client of the published file."""
    now = view()
    return metrics.call_of(getattr(metrics, name), now.published, filters or now.filters, **options)


@st.cache_resource(max_entries=200, show_spinner=False)
def _history(key: str, _published: Published, _action_item_ids: tuple[str, ...]) -> pl.DataFrame:
    return metrics.action_item_history(_published, _action_item_ids)


def history(shown: pl.DataFrame) -> pl.DataFrame:
    """What was done to the issues of the promises shown, rows of the metric `action_items_matching`."""
    now, ids = view(), tuple(shown["action_item_id"])
    return _history(_key(now.build, ids), now.published, ids)


@st.cache_resource(max_entries=200, show_spinner=False)
def _change(
    key: str, _published: Published, _measure: Compared, _before: Filters, _after: Filters
) -> Comparison:
    return metrics.compare(_published, _before, _after, _measure)


def change(measure: Compared) -> Comparison:
    """Whether the chosen period differs from the one before, by one measure."""
    now = view()
    before, after = now.compared
    return _change(_key(now.build, measure, before, after), now.published, measure, before, after)


@st.cache_resource(max_entries=100, show_spinner=False)
def _decisions(
    key: str, _published: Published, _filters: Filters, _as_of: datetime, _last_day: date | None
) -> Decisions:
    return metrics.decisions(_published, _filters, as_of=_as_of, last_day=_last_day)


def decisions() -> Decisions:
    """The three things to decide, for the reader's choices."""
    now = view()
    key = _key(now.build, now.filters)
    return _decisions(key, now.published, now.filters, now.run["as_of"], now.choices.last_day)


@st.cache_resource(max_entries=400, show_spinner=False)
def _figure(
    key: str,
    _chart: str,
    _frame: pl.DataFrame,
    _look: Look,
    _door: Door | None,
) -> Figure:
    if _door is not None:  # only here, since addresses take longer than all else where rows are many
        doors = [_door(row) for row in _frame.iter_rows(named=True)]
        _frame = _frame.with_columns(pl.Series(charts.ADDRESS, doors, dtype=pl.String))
    # Altair checks each part against its schema as it goes, which takes most of the time; the tests do that.
    with debug_mode(False):
        drawn: Figure = getattr(charts, _chart)(_frame, _look)
    # The rows as Streamlit sends them, lest it turns them into that for every reader and every rerun.
    if drawn.spec is not None and "datasets" in drawn.spec:
        sent = {name: convert_anything_to_arrow_bytes(kept) for name, kept in drawn.spec["datasets"].items()}
        drawn = replace(drawn, spec=drawn.spec | {"datasets": sent})
    return drawn


def show(
    name: str,
    title: str,
    *,
    chart: str | None = None,
    card: str | None = None,
    filters: Filters | None = None,
    selected_from: date | None = None,
    door: Door | None = None,
    left_out: str | None = None,
    drawn_rows: pl.DataFrame | None = None,
    table_rows: pl.DataFrame | None = None,
    remark: str = "",
    **options: Any,
) -> None:
    """A card with the metric's chart: what it says, the chart, its n, and how it is computed.

    `door` gives the address behind each row of the metric, which the row's mark in the chart leads to;
    `left_out` is the address that tells why the figure leaves incidents out. `card` tells two cards of one
    chart apart. `drawn_rows` are what is drawn where that is made from the metric's rows, as a curve is, for
    the same choices and options; `table_rows` are those told as the rows behind, else what is drawn.
    `remark` follows the caption: what only this page can say, as of what its doors lead to.
    """
    now = view()
    named = card or chart or name
    chosen = filters or now.filters
    frame = rows(name, chosen, **options) if drawn_rows is None else drawn_rows
    happened = rows("annotations", chosen).select("starts_on", "ends_on", "label", "service", "kind")
    grain: Grain = options.get("grain") or options.get("group_by", "span")
    marked = tuple(charts.Annotation(**row) for row in happened.iter_rows(named=True))
    look = Look(now.colours, grain, selected_from, marked)
    key = _key(now.build, chart or name, name, chosen, options, now.colours.mode, selected_from, address(""))
    drawn = _figure(key, chart or name, frame, look, door)
    with st.container(key=f"card-{named}", gap="small", height="stretch"):
        caption = f"{drawn.caption} {remark}".strip()
        st.html(f'<p class="pm-title">{cards.text(title)}</p><p class="pm-sub">{cards.text(caption)}</p>')
        if drawn.spec is None:
            st.html(cards.paragraph(f"{drawn.alt} Choose a longer period or fewer filters.", "pm-empty"))
        else:
            st.vega_lite_chart(drawn.spec, theme=None, width="stretch", key=f"chart-{named}", alt=drawn.alt)
        foot(
            cards.here(drawn.badge, left_out) if left_out else drawn.badge,
            name,
            frame if table_rows is None else table_rows,
            named,
            filters=chosen,
            doors=(lambda: named_doors(name, frame, door)) if door else None,
            **options,
        )


def foot(
    badge: object,
    name: str,
    frame: pl.DataFrame | None = None,
    card: str = "",
    *,
    filters: Filters | None = None,
    doors: Callable[[], Sequence[tuple[str, str]]] | None = None,
    **options: Any,
) -> None:
    """A card's last line: n, coverage and what was left out; and the door to how it is computed.

    `frame` are the rows of the metric `name` for `filters` (else the reader's) and these options; `doors`
    tells where the marks of its chart lead.
    """
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        st.html(cards.paragraph(badge, "pm-badge"), width="stretch")
        explain(name, frame, card or name, filters or view().filters, options, doors)


def shown_of(shown: pl.DataFrame, found: pl.DataFrame) -> str:
    """How many rows there are, and how many of them are shown where that is fewer."""
    return f"{len(found):,}" if len(shown) == len(found) else f"{len(shown):,} of {len(found):,}"


def address(page: str, **changes: str | list[str] | None) -> str:
    """The address of a page with the reader's choices kept but for these changes; None takes one away."""
    said = {key: value for key, value in {**view().kept, **changes}.items() if value}
    return page + (f"?{urlencode(said, doseq=True)}" if said else "")


def incident_address(incident_id: str) -> str:
    """The address of an incident's page."""
    return address("incident", id=incident_id)


def incident_link(incident_id: str, title: str | None) -> cards.Markup:
    """An incident's title, else its id, which leads to its page."""
    return cards.here(title or incident_id, incident_address(incident_id))


def incidents_address(*, cause: str | None = None, **changes: str) -> str:
    """The address of incidents; a cause is given by the name of its category."""
    named = {"cause": say.category_in_words(cause)} if cause else {}
    return address("incidents", **changes, **named)


def period_address(row: Mapping[str, Any]) -> str:
    """The address of the incidents of one period of a metric, as far as the chosen period covers it."""
    last = row["period_end"].date() - timedelta(days=1)
    days = [row["period_start"].date().isoformat(), min(last, view().run["as_of"].date()).isoformat()]
    return address("incidents", period=CUSTOM_PERIOD, dates=days)


def promises_address(which: str, **changes: str) -> str:
    """The address of one of the lists of promises."""
    return address("promises", **changes, which=which)


def findings_address(**changes: str | list[str] | None) -> str:
    """The address of findings: `rule` and `figure`, in words, choose which."""
    return address("findings", **changes)


def left_out_address(figure: str, filters: Filters | None = None) -> str:
    """The address that tells why a figure leaves incidents out, in the chosen period or another one."""
    words = say.figure_in_words(figure)
    days = (filters.period_from, filters.period_to) if filters else (None, None)
    if days == (None, None):
        return findings_address(figure=words)
    first, last = days[0] or view().choices.first_day, days[1] or view().run["as_of"].date()
    if first is None:
        return findings_address(figure=words)
    return findings_address(figure=words, period=CUSTOM_PERIOD, dates=[first.isoformat(), last.isoformat()])


def team_address(row: Mapping[str, Any]) -> str:
    """The address of the promises of one team that came due in the period."""
    return promises_address("Due", team=str(row["team"]))


def paged(found: pl.DataFrame, drawn: Callable[[pl.DataFrame], cards.Markup], choice: object) -> None:
    """A list as `drawn` draws its rows, so many at a time; which page it is lives in the address.

    Another `choice` of rows or of their order begins at its first page.
    """
    pages = max(1, -(-len(found) // ROWS_OF_A_PAGE))
    if st.session_state.setdefault("paged", choice) != choice:
        st.session_state["paged"] = choice
        st.session_state["page"] = 1
    body = st.container()
    number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    with body:
        st.html(drawn(found.slice((number - 1) * ROWS_OF_A_PAGE, ROWS_OF_A_PAGE)))


def explain(
    name: str,
    frame: pl.DataFrame | None,
    card: str,
    filters: Filters,
    options: Mapping[str, Any],
    doors: Callable[[], Sequence[tuple[str, str]]] | None = None,
) -> None:
    """A small door to the metric's definition, its rows, its SQL and its files, filled when it is opened."""
    door = st.popover(
        "How is this computed?", type="tertiary", key=f"explain-{card}", on_change="rerun", width="content"
    )
    if not door.open:
        return
    with door:
        found = rows(name, filters, **options) if frame is None else frame
        explanation(
            name,
            found,
            query_of(name, filters, **options),
            card,
            figure_address(name, filters, options),
            doors() if doors else (),
        )


def figure_address(name: str, filters: Filters, options: Mapping[str, Any]) -> str:
    """The address of the page that shows how one figure is computed, in these days."""
    named = parameters_of(name, options)
    if filters == view().filters or filters.period_from is None:
        return address("figure", **named)
    last = filters.period_to or view().run["as_of"].date()
    days = [filters.period_from.isoformat(), last.isoformat()]
    return address("figure", period=CUSTOM_PERIOD, dates=days, **named)
