"""What was promised, what is late, and whose."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import sentences as say
from pipeline.metrics import share_interval

LIST = "overdue-list"


def page() -> None:
    """The answer, the flow, the teams, and the list of what is late."""
    now = frame.view()
    teams = frame.rows("action_items_by_team")
    overdue = frame.rows("overdue_action_items")
    if not sum(teams["action_item_count"].to_list()):
        st.html(
            cards.paragraph(
                "No action item matches. The documents promise none, or the filters leave none.", "pm-empty"
            )
        )
        return
    st.html(
        f'<h2 class="pm-section">{cards.text(say.follow_through_headline(teams))}</h2>'
        + cards.paragraph(
            f"Due in {say.period_in_words(now.filters)}; open and overdue as of now.", "pm-lead"
        )
        + key_figures(teams, overdue)
    )
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("action_items_by_team", say.on_time_title(teams))
    with right, st.container(key="card-late", height="stretch"):
        late_by_team(teams)

    st.html('<h2 class="pm-section">How promises flow</h2>')
    flow = frame.rows("action_items_by_period", grain="quarter")
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("action_items_by_period", say.flow_title(flow), grain="quarter")
    with right:
        frame.show(
            "action_items_by_period",
            say.open_title(flow),
            chart="open_action_items_by_period",
            grain="quarter",
        )
    late_list(overdue)


def key_figures(teams: pl.DataFrame, overdue: pl.DataFrame) -> cards.Markup:
    """On time, open, overdue, ignored, pushed."""
    n, kept = sum(teams["n"].to_list()), sum(teams["on_time_count"].to_list())
    low, high = share_interval(kept, n)
    median = overdue["overdue_days"].median()
    return cards.figures(
        [
            (
                f"{kept / n:.0%}" if n else "–",
                "decided on time",
                f"{low:.0%}–{high:.0%}, n = {n:,}" if low is not None else "nothing came due",
            ),
            (f"{sum(teams['open_count'].to_list()):,}", "open now", "whenever promised"),
            (
                f"{len(overdue):,}",
                "overdue now",
                "" if median is None else f"half for more than {float(str(median)):.0f} days",
            ),
            (f"{sum(teams['ignored_count'].to_list()):,}", "ignored", "overdue and untouched"),
            (f"{sum(teams['push_count'].to_list()):,}", "due dates pushed", "each time counted"),
        ]
    )


def late_by_team(teams: pl.DataFrame) -> None:
    """Open, overdue, ignored and pushed, by team."""
    st.html(
        cards.paragraph("Whose promises are late", "pm-title")
        + cards.paragraph("As of now, whenever promised. In the order of the alphabet: no ranking.", "pm-sub")
        + cards.table(
            ["Team", "Open", "Overdue", "Ignored", "Dates pushed"],
            [
                (
                    row["team"],
                    f"{row['open_count']:,}",
                    f"{row['overdue_count']:,}",
                    f"{row['ignored_count']:,}",
                    f"{row['push_count']:,}",
                )
                for row in sorted(teams.iter_rows(named=True), key=lambda row: str(row["team"]).casefold())
            ],
            ["", "num", "num", "num", "num"],
        )
    )


def late_list(overdue: pl.DataFrame) -> None:
    """Every overdue promise, with its owner and its doors to Jira and to the incident."""
    st.html(
        '<h2 class="pm-section">What is late</h2>'
        + cards.paragraph(
            "The longest overdue first, whenever promised. Select a row to read the incident behind it.",
            "pm-lead",
        )
    )
    if overdue.is_empty():
        st.html(cards.paragraph("Nothing is overdue.", "pm-empty"))
        return

    selected = st.dataframe(
        listed(overdue),
        hide_index=True,
        height=min(38 * len(overdue) + 40, 640),
        row_height=38,
        key=LIST,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        alt=f"{len(overdue)} overdue action items with team, owner, days late, pushes, issue and incident",
        column_config={
            "Days late": st.column_config.NumberColumn(width=75, format="localized"),
            "Promise": st.column_config.TextColumn(width="large"),
            "Due": st.column_config.DateColumn(format="D MMM YYYY", width=105),
            "Pushed": st.column_config.NumberColumn(width=60),
            "Issue": st.column_config.LinkColumn(display_text=r".*/([^/?#]+)$", width="small"),
            "Incident": st.column_config.TextColumn(width="medium"),
        },
    )
    frame.foot(say.count_of(len(overdue), "overdue promise"), "overdue_action_items")
    chosen = selected["selection"]["rows"]
    incident_id = overdue["incident_id"][chosen[0]] if chosen else None
    if incident_id:
        st.switch_page(frame.INCIDENTS, query_params={"incident": incident_id})
    elif chosen:
        st.html(cards.paragraph("No document mentions this issue; open it in Jira instead.", "pm-sub"))


def listed(overdue: pl.DataFrame) -> pl.DataFrame:
    """The list's columns, in words; only http and https addresses stay links."""
    return pl.DataFrame(
        {
            "Days late": overdue["overdue_days"],
            "Promise": overdue["description"],
            "Team": overdue["team"],
            "Owner": overdue["owner"].fill_null("nobody named"),
            "Due": overdue["committed_on"],
            "Pushed": overdue["due_date_push_count"],
            "State": ["ignored" if ignored else "overdue" for ignored in overdue["is_ignored"]],
            "Issue": [cards.safe_url(url) for url in overdue["url"]],
            "Incident": overdue["incident_title"],
        },
        schema_overrides={"Issue": pl.String, "State": pl.String},
    )


page()
