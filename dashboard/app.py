"""The router and the frame around every page: whose data, how fresh, and what is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame, lasting, reader, theme
from pipeline import metrics
from pipeline.errors import NothingPublishedError, PostmortemsError
from pipeline.metrics import Published
from pipeline.metrics import sentences as say


def main() -> None:
    """Open the build, draw the frame, run the page."""
    st.set_page_config(page_title="Postmortems", layout="wide", initial_sidebar_state="collapsed")
    colours = theme.palette(st.context.theme.type)
    st.html(theme.css(colours))
    try:
        if not reader.is_let_in():
            return
        published = frame.open_build()
        run, choices, sources = frame.facts_of_build(published)
    except PostmortemsError as error:
        welcome(error)
        return
    page = st.navigation(
        [
            st.Page("app_pages/overview.py", title="Overview", default=True),
            st.Page("app_pages/reliability.py", title="Reliability"),
            st.Page("app_pages/causes.py", title="Causes"),
            st.Page("app_pages/repeats.py", title="Repeats"),
            st.Page("app_pages/follow_through.py", title="Follow-through"),
            st.Page("app_pages/ledger.py", title="Slippage ledger", visibility="hidden"),
            st.Page("app_pages/teams.py", title="Teams"),
            st.Page("app_pages/team.py", title="Team", visibility="hidden"),
            st.Page("app_pages/promises.py", title="Promises", visibility="hidden"),
            st.Page("app_pages/priorities.py", title="Priorities"),
            st.Page("app_pages/incidents.py", title="Incidents"),
            st.Page("app_pages/incident.py", title="Incident", visibility="hidden"),
            st.Page("app_pages/postmortems.py", title="Postmortems"),
            st.Page("app_pages/data_health.py", title="Data health"),
            st.Page("app_pages/findings.py", title="Findings", visibility="hidden"),
            st.Page("app_pages/issues.py", title="Issues", visibility="hidden"),
            st.Page("app_pages/figure.py", title="Figure", visibility="hidden"),
            st.Page("app_pages/data_dictionary.py", title="Data dictionary"),
        ],
        position="top",
    )
    masthead(run, sources)
    reader.draw_sign_out()
    offer_newer_build()
    period, filters = frame.chosen_filters(choices, run)
    now = frame.View(published, run, choices, filters, period, sources, colours, frame.kept_choices())
    st.session_state["view"] = now
    told = " · ".join(filter(None, (now.period_words, say.choices_in_words(filters))))
    st.html(cards.paragraph(told, "pm-printed"))  # in place of the filters
    try:
        page.run()
    except PostmortemsError as error:  # a build of another version lacks what the page reads
        welcome(error)
        return
    footer(run, published)
    lasting.settle(page.title)


def masthead(run: Mapping[str, Any], sources: pl.DataFrame) -> None:
    """Whose numbers, as of when, from which sources; and that they are invented, when they are."""
    fresh = [f"<span>Data as of <b>{moment(run['as_of'])}</b></span>"]
    fresh += [f"<span>{cards.text(words)}</span>" for words in freshness(sources, run["as_of"])]
    notice = (
        '<div class="pm-notice" role="note"><b>This company is invented.</b> '
        "Its teams, incidents and promises were made up to show what these pages do with real ones.</div>"
        if run["is_invented"]
        else ""
    )
    st.html(
        f'<div class="pm-masthead"><h1 class="pm-company">{cards.text(run["company"])}</h1>'
        f'<div class="pm-fresh">{"".join(fresh)}</div></div>{notice}'
    )


def freshness(sources: pl.DataFrame, as_of: datetime) -> list[str]:
    """How long before `as_of` each source was last fetched whole; those of the same age in one phrase."""
    ages: dict[str, list[str]] = {}
    for source in sources.iter_rows(named=True):
        words = say.age_in_words(source["last_fetched_at"], source["last_outcome"], as_of)
        ages.setdefault(words, []).append(str(source["source"]))
    return [
        f"{', '.join(names) if len(names) <= 3 else f'{len(names)} sources'}: {words}"
        for words, names in ages.items()
    ]


def footer(run: Mapping[str, Any], published: Published) -> None:
    """What holds for every figure on the page."""
    hidden = metrics.restricted_count(published) if published.is_masked else 0
    restricted = (
        f"{say.count_of(hidden, 'incident')} of this company {'is' if hidden == 1 else 'are'} restricted: "
        "counted, not named. "
        if hidden
        else ""
    )
    start, end = (str(run[name]).removesuffix("_at") for name in ("resolve_from", "resolve_to"))
    st.html(
        f'<div class="pm-foot">{restricted}'
        f"Time to resolve runs from <b>{cards.text(start)}</b> to <b>{cards.text(end)}</b>. "
        "Intervals hold 90 %; a change is called a signal only when its 95 % interval leaves out no change. "
        "Planned work is left out of incident figures. All times are UTC. "
        f"Build {cards.text(run['build_id'])}.</div>"
    )


@st.fragment(run_every=30)
def offer_newer_build() -> None:
    """Notice a build published while the page is open, and offer it."""
    if not frame.is_newer_published():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="newer"):
        st.html('<div class="pm-notice">Newer data has been published since you opened this page.</div>')
        if st.button("Show the newer data", key="take_newer_build"):
            frame.take_newer_build()
            st.rerun()


def welcome(error: PostmortemsError) -> None:
    """Nothing to show yet, or nothing that can be read: say so, and what to do next."""
    empty = isinstance(error, NothingPublishedError)
    title = "Nothing has been published yet" if empty else "The published data cannot be read"
    lead = (
        "These pages show what the pipeline has published. Run it once, then reload this page."
        if empty
        else "The pages will be back when a good build is published. Nothing was changed."
    )
    commands = (
        "postmortems run      # your documents and Jira\npostmortems demo     # an invented company, to try"
        if empty
        else "postmortems build"
    )
    st.html(
        f'<div class="pm-welcome"><h1 class="pm-company">{title}</h1><p class="pm-lead">{lead}</p>'
        f'<pre>{commands}</pre><p class="pm-badge">{cards.text(error)}</p></div>'
    )
    with st.container(key="welcome"):
        st.button("Reload", on_click=frame.take_newer_build)


def moment(at: datetime) -> str:
    """A moment for people: 24 Nov 2026, 06:00 UTC."""
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


main()
