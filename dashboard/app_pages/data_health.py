"""How far can the figures be trusted, and what would mend them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, fields, findings, frame, issues
from dashboard.cards import Markup
from pipeline import metrics
from pipeline.metrics import sentences as say

#: So many values to review are shown here; the rows behind the list hold all.
REVIEWED = 10
#: So many documents that were skipped are named for each reason; the rows behind the list hold all.
NAMED = 50


def page() -> None:
    """What each figure can use, what to mend first, what was not read, and how well Jira is followed."""
    now = frame.view()
    coverage, rules = frame.rows("coverage_by_figure"), frame.rows("findings_by_rule")
    st.html(
        f'<h2 class="pm-section">{cards.text(say.coverage_headline(coverage))}</h2>'
        + cards.paragraph(f"Incidents of {now.period_words}, without planned work.{undated()}", "pm-lead")
    )
    teams = frame.rows("completeness_by_team")
    if teams.is_empty():
        st.html(cards.paragraph("Choose a longer period or fewer filters.", "pm-empty"))
    else:
        left, right = st.columns([3, 2] if len(teams) == 1 else 2, gap="medium")
        with left:
            frame.show("coverage_by_figure", say.coverage_title(coverage), door=figure_address)
        with right:
            if len(teams) > 1:
                frame.show("completeness_by_team", say.completeness_title(teams), door=team_address)
            else:
                with st.container(key="card-completeness_by_team"):
                    completeness_of_all(teams)
    if not (teams.is_empty() and rules.is_empty()):
        kinds_of_findings(rules)
        to_review(frame.rows("review_queue"))
    documents(frame.rows("skipped_documents"))
    for row in now.sources.filter(pl.col("kind") == "jira").iter_rows(named=True):
        issues.health(row)


def figure_address(row: Mapping[str, Any]) -> str:
    """The findings because of which a figure leaves incidents out."""
    return frame.left_out_address(row["figure"])


def team_address(row: Mapping[str, Any]) -> str:
    """The findings in the documents on one team's incidents."""
    return frame.findings_address(team=row["team"])


def undated() -> str:
    """How many incidents the period hides because no day of them is known."""
    chosen = frame.view().filters
    if chosen.period_from is None and chosen.period_to is None:
        return ""
    everything = frame.rows("coverage_by_figure", chosen.spanning(None, None))
    row = everything.row(by_predicate=pl.col("figure") == "incidents_by_period", named=True)
    n = row["left_out_count"]
    return f" {say.count_of(n, 'incident')} without a day: see the period All." if n else ""


def completeness_of_all(teams: pl.DataFrame) -> None:
    """The mean completeness where there is but one team to tell it of."""
    row = teams.row(0, named=True)
    interval = "" if row["mean_low"] is None else f"{say.share_span(row['mean_low'], row['mean_high'])}, "
    whole = say.percent(row["mean_completeness"])
    st.html(
        cards.paragraph(say.completeness_title(teams), "pm-title")
        + cards.paragraph("Mean share of ten things a good postmortem tells.", "pm-sub")
        + cards.figures([(whole, "complete", f"{interval}n = {row['n']:,}")])
    )
    frame.foot("", "completeness_by_team", teams)


def kinds_of_findings(rules: pl.DataFrame) -> None:
    """The findings of each rule together: what to do, how often, and what it costs."""
    st.html(f'<h2 class="pm-section">{cards.text(say.findings_headline(rules))}</h2>')
    if rules.is_empty():
        st.html(cards.paragraph("No document of these incidents has a finding.", "pm-empty"))
        return
    n = sum(rules["finding_count"].to_list())
    costly, free = rules.filter(pl.col("cost") > 0), rules.filter(pl.col("cost") == 0)
    st.html(
        cards.paragraph(
            cards.here(
                f"All {say.count_of(n, 'finding')}, one by one →" if n != 1 else "The finding →",
                frame.findings_address(),
            ),
            "pm-lead",
        )
        + (costs(costly) if not costly.is_empty() else Markup())
        + (
            cards.details(
                f"{say.count_of(len(free), 'more kind', 'more kinds')} of finding that "
                f"{'costs' if len(free) == 1 else 'cost'} no figure an incident",
                without_costs(free),
            )
            if not free.is_empty()
            else Markup()
        )
    )
    frame.foot("Cost: each incident a figure loses, the more severe the more.", "findings_by_rule", rules)


def costs(rules: pl.DataFrame) -> Markup:
    """The rules whose findings cost the figures something."""
    return cards.table(
        ["What to mend", "Findings", "Incidents lost", "Figures", "Cost"],
        [
            (
                kind(row),
                f"{row['finding_count']:,}",
                f"{row['lost_incident_count']:,}" if row["lost_incident_count"] else "",
                findings.figures(row),
                say.percent(row["cost_share"]),
            )
            for row in rules.iter_rows(named=True)
        ],
        ["", "num", "num", "words soft", "num"],
    )


def without_costs(rules: pl.DataFrame) -> Markup:
    """The other rules."""
    return cards.table(
        ["What to mend", "Findings"],
        [(kind(row), f"{row['finding_count']:,}") for row in rules.iter_rows(named=True)],
        ["", "num"],
    )


def kind(row: Mapping[str, Any]) -> Markup:
    """A rule in words, leading to its findings, with what the costliest of them says."""
    name = say.category_in_words(row["rule"])
    return cards.with_remark(cards.here(name, frame.findings_address(rule=name)), row["example_message"])


def to_review(queue: pl.DataFrame) -> None:
    """The values that most need a person's eye, by what hangs on them; and the rows that settle them."""
    st.html(f'<h2 class="pm-section">{cards.text(say.review_headline(queue))}</h2>')
    if queue.is_empty():
        words = "No figure lacks a value for these incidents, and none rests on a doubtful one."
        st.html(cards.paragraph(words, "pm-empty"))
        return
    shown = queue.head(REVIEWED)
    st.html(
        cards.paragraph(
            "What a person settles in reviewed.csv goes before what was read, and stays. "
            "Ordered by what hangs on each value: how long the incident lasted (where nobody knows, as "
            "long as half of all), weighed by its severity and by how much of the figure rests on the value.",
            "pm-lead",
        )
        + cards.table(
            ["Incident", "Value", "Why", "Figures", "It lasted"],
            [
                (
                    findings.place(row, frame.incident_link),
                    in_question(row),
                    cards.with_remark(row["reason"], cards.quoted(row["quote"])),
                    say.figures_in_words(row["figures"]),
                    say.in_words(row["minutes"]),
                )
                for row in shown.iter_rows(named=True)
            ],
            ["", "words", "", "words soft", "num"],
        )
    )
    with st.expander("Rows to paste into reviewed.csv", expanded=False):
        st.html(
            cards.paragraph(
                "Correct or fill in each value, and put your name for “you”. An empty value says that the "
                "document does not state it. postmortems review --format csv writes them, too.",
                "pm-sub",
            )
        )
        when = frame.view().run["as_of"].date()
        rows = metrics.reviewed_rows(shown.iter_rows(named=True), who="you", when=when)
        st.code(rows, language=None, wrap_lines=True)
    frame.foot(f"{len(shown):,} of {say.count_of(len(queue), 'value')}", "review_queue", queue)


def in_question(row: Mapping[str, Any]) -> Markup:
    """The field, and what was read for it, how sure."""
    if row["value"] is None:
        return cards.with_remark(fields.name(row["field"]), "nothing read")
    sure = f", {say.percent(row['confidence'])} sure" if row["confidence"] is not None else ""
    return cards.with_remark(
        fields.name(row["field"]), f"{fields.value_in_words(row['field'], row['value'])}{sure}"
    )


def documents(skipped: pl.DataFrame) -> None:
    """The sources, how fresh each is, and which of their documents are no postmortems."""
    now = frame.view()
    chosen = now.filters.sources
    sources = [
        row
        for row in now.sources.iter_rows(named=True)
        if not chosen or row["source"] in chosen or row["kind"] == "jira"
    ]
    total = sum(row["document_count"] or 0 for row in sources)
    st.html(
        f'<h2 class="pm-section">{cards.text(say.skipped_headline(skipped, total))}</h2>'
        + (
            cards.table(
                ["Source", "Fetched", "Documents", "Postmortems", "Incidents", "Others"],
                [source(row) for row in sources],
                ["words", "words", "num", "num", "num", "soft"],
            )
            if sources
            else cards.paragraph("The settings name no source.", "pm-empty")
        )
    )
    if skipped.is_empty():
        return
    reasons = skipped.group_by("reason", "message", maintain_order=True).agg(
        pl.len().alias("n"), pl.col("is_unread").any(), pl.struct("source", "path", "url").alias("documents")
    )
    st.html(
        cards.table(
            ["Why not", "What to do, and with which documents", "Documents"],
            [
                (
                    cards.chip(row["reason"].replace("_", " "), "notice" if row["is_unread"] else "quiet"),
                    Markup(cards.text(row["message"]) + named(row["documents"])),
                    f"{row['n']:,}",
                )
                for row in reasons.iter_rows(named=True)
            ],
            ["tight", "", "num"],
        )
    )
    frame.foot(
        "What may hold an incident comes first. Only the source chooses here.", "skipped_documents", skipped
    )


def named(found: list[dict[str, Any]]) -> Markup:
    """The documents by their paths: one at once, several behind a click."""
    listed = [
        Markup(f"{cards.link(row['path'], row['url'])} in {cards.text(row['source'])}")
        for row in found[:NAMED]
    ]
    if len(found) == 1:
        return cards.with_remark("", listed[0])
    more = [f"and {len(found) - NAMED:,} more"] if len(found) > NAMED else []
    return cards.details(f"The {len(found):,} documents", cards.bulleted([*listed, *more]))


def source(row: Mapping[str, Any]) -> tuple[object, ...]:
    """A source, how fresh it is, and what its documents are."""
    age = say.age_in_words(row["last_fetched_at"], row["last_outcome"], frame.view().run["as_of"])
    name, fetched = cards.with_remark(row["source"], row["kind"]), cards.with_remark(age, row["last_message"])
    if row["kind"] == "jira":
        followed = f"{say.count_of(row['item_count'] or 0, 'issue')} followed"
        return (name, fetched, "", "", "", cards.here(followed, frame.address("issues")))
    counted = (f"{row[f'{what}_count'] or 0:,}" for what in ("document", "postmortem", "incident"))
    return (name, fetched, *counted, (row["skipped_reasons"] or "").replace("_", " "))


page()
