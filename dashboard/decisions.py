"""Three things to decide: each a sentence, its evidence, and the door to what it rests on."""

from __future__ import annotations

import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import CameBack, NextWeek, Talk
from pipeline.metrics import sentences as say

TEAMS_SHOWN = 3
REPEATS_SHOWN = 1


def three() -> None:
    """The three cards, side by side."""
    found = frame.decisions()
    first, second, third = st.columns(3, gap="medium")
    with first, st.container(key="card-decide-week", height="stretch"):
        st.html(week_card(found.next_week))
        door("See the whole ranking", frame.address("priorities"))
        frame.foot("Last 12 months", "priorities", card="decide-week")
    with second, st.container(key="card-decide-talk", height="stretch"):
        st.html(talk_card(found.talk))
        door("See how promises go", frame.address("teams"))
        figures = say.count_of(found.talk.judged_count, "figure")
        frame.foot(
            f"{figures} of teams judged; expected: as the other teams do",
            "team_rates",
            card="decide-talk",
        )
    with third, st.container(key="card-decide-back", height="stretch"):
        st.html(back_card(found.came_back))
        counted = say.count_of(len(found.came_back.repeats), "incident")
        if found.came_back.repeats:
            door("See them", frame.address("repeats"))
        frame.foot(f"n = {counted}", "repeats_while_open", card="decide-back")


def door(words: str, address: str) -> None:
    """The way on to what a decision rests on."""
    st.html(cards.paragraph(cards.here(f"{words} →", address), "pm-back"))


def week_card(found: NextWeek) -> cards.Markup:
    """Where the next week of engineering goes."""
    told: list[object] = list(say.next_week_evidence(found))
    verdict = None
    if found.item is not None and found.other_count:
        kind = ("signal", "good") if found.is_certain else ("not distinguishable", "quiet")
        verdict = cards.chip(*kind)
    if found.item is not None and found.item["jira_key"]:
        told.append(cards.link(found.item["jira_key"], found.item["url"]))
    return cards.finding("Where does the next week go?", say.next_week_headline(found), [], told, verdict)


def talk_card(found: Talk) -> cards.Markup:
    """Whose promises need a talk."""
    named = found.flagged or found.beyond_chance
    told: list[object] = [
        cards.Markup(
            f"{cards.here(team, frame.address('team', team=team))}: {cards.text(say.talk_evidence(rows))}."
        )
        for team, rows in list(named.items())[:TEAMS_SHOWN]
    ]
    if found.flagged:
        verdict = cards.chip("signal", "bad")
    elif found.beyond_chance:
        verdict = cards.chip("beyond chance", "notice")
    else:
        verdict = cards.chip("not distinguishable", "quiet")
        told = [say.most_ignored_sentence(found)]
    return cards.finding(
        "Whose promises need a talk?",
        say.talk_headline(found),
        [],
        told,
        verdict if found.judged_count else None,
    )


def back_card(found: CameBack) -> cards.Markup:
    """What came back while its fix was open."""
    told: list[object] = [say.came_back_evidence(found)]
    told += [
        cards.Markup(
            f"Longest: {frame.incident_link(row['incident_id'], row['title'])}, "
            f"{say.in_words(row['impact_minutes'])}."
        )
        for row in found.repeats[:REPEATS_SHOWN]
        if row["impact_minutes"] is not None
    ]
    verdict = cards.chip("association", "notice") if found.repeats else None
    return cards.finding("What came back unfixed?", say.came_back_headline(found), [], told, verdict)
