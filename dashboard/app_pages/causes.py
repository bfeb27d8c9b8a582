"""What keeps hurting us? Causes and triggers by impact and number, where they meet services, and trend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import sentences as say


def page() -> None:
    """Pareto's charts, the heat map of services, what grows, and the mix beside the published one."""
    causes = frame.rows("recurring_causes")
    period = f"{frame.view().period_words[0].upper()}{frame.view().period_words[1:]}"
    st.html(
        cards.section(
            say.impact_headline(causes),
            f"{period}. A cause is what the document says, else what a rule made of its words; planned work "
            "is left out.",
        )
    )
    if causes.is_empty():
        st.html(cards.paragraph("No incident lies in this period.", "pm-empty"))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show(
            "recurring_causes",
            say.pareto_title(causes),
            chart="causes_by_impact",
            door=cause_address,
            left_out=frame.left_out_address("impact_by_cause"),
        )
    with right:
        frame.show(
            "recurring_causes",
            say.pareto_title(causes, "number"),
            chart="causes_by_number",
            door=cause_address,
            left_out=frame.left_out_address("impact_by_cause"),
        )
    st.html(
        cards.section(
            "Where they strike", "Association only: that a cause came often in a service says not why."
        )
    )
    frame.show("causes_by_service", say.cells_in_words(frame.rows("causes_by_service")), door=cell_address)
    trends(causes)
    mix()


def trends(causes: pl.DataFrame) -> None:
    """Which causes grow, and which services have most."""
    st.html(cards.section("What becomes more, and where most happens", ""))
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("recurring_causes", say.trend_title(causes), chart="causes_over_time", door=cause_address)
    with right:
        frame.show(
            "services_by_rate", say.rates_in_words(frame.rows("services_by_rate")), door=service_address
        )


def mix() -> None:
    """What set them off, and both beside what Google published."""
    st.html(
        cards.section(
            "Triggers, and the mix beside a published one",
            "A trigger set it off, a cause made it possible. Published: The Site Reliability Workbook, "
            "appendix C, of thousands of Google’s postmortems.",
        )
    )
    triggers = frame.rows("recurring_causes", kind="trigger")
    both = frame.rows("published_mix")
    frame.show(
        "recurring_causes",
        say.pareto_title(triggers, "number", "trigger"),
        chart="causes_by_number",
        card="triggers_by_number",
        kind="trigger",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("published_mix", say.mix_title(both, "trigger"), card="published_triggers", kind="trigger")
    with right:
        frame.show(
            "published_mix",
            say.mix_title(both, "cause"),
            card="published_causes",
            door=mix_address,
            kind="cause",
        )


def cause_address(row: Mapping[str, Any]) -> str:
    """The incidents of one cause."""
    return frame.incidents_address(cause=row["category"])


def service_address(row: Mapping[str, Any]) -> str:
    """The incidents of one service."""
    return frame.incidents_address(service=row["service"])


def cell_address(row: Mapping[str, Any]) -> str:
    """The incidents of one cause in one service."""
    return frame.incidents_address(service=row["service"], cause=row["cause_category"])


def mix_address(row: Mapping[str, Any]) -> str:
    """The incidents of the own causes that stand for a published one."""
    names = ["unknown"] if row["published_name"] == "unknown" else row["own_categories"]
    return frame.address("incidents", cause=[say.category_in_words(name) for name in names])


page()
