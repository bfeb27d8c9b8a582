"""Each page over the small company: what a reader finds there."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from subprocess import run
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.launch import PUBLISHED_VARIABLE
from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, table_after, words
from tests.published_hostile import HOSTILE
from tests.published_rows import (
    company,
    document,
    exclusions,
    incident,
    past_company,
    publish_rows,
)

PAGES = [
    *("overview", "reliability", "causes", "repeats", "incidents", "incident", "follow_through"),
    *("promises", "figure", "ledger", "teams", "team", "priorities"),
    *("postmortems", "data_health", "findings", "issues", "data_dictionary"),
]


def drawn_periods(page: AppTest) -> list[str]:
    """The periods of the first chart, as it tells them to those who do not see it."""
    return re.findall(r"(\S+ ’\d\d): ", str(page.get("vega_lite_chart")[0].proto.alt))


def titles(page: AppTest) -> list[str]:
    """The titles in the list of incidents."""
    return [
        unescape(title)
        for title in re.findall(r'<a href="incident\?[^"]*" target="_self">(.*?)</a>', markup(page))
    ]


def evidence(incident_id: str, field: str, value: str) -> dict[str, Any]:
    """A row of `marts.evidence`."""
    return {
        "document_id": f"doc-{incident_id}",
        "incident_id": incident_id,
        "field": field,
        "ordinal": 1,
        "value": value,
        "method": "label",
        "line": 1,
        "quote": value,
        "confidence": 0.9,
        "is_chosen": True,
    }


def specs(page: AppTest) -> list[dict[str, Any]]:
    """The charts of the page."""
    return [json.loads(element.proto.spec) for element in page.get("vega_lite_chart")]


def test_pandas_is_there_before_anything_is_drawn() -> None:
    """A click during the first page's drawing finds pandas whole, since Altair cannot wait for it."""
    code = "import sys, dashboard.frame; sys.exit(not hasattr(sys.modules.get('pandas'), 'Timestamp'))"
    assert run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_whose_data_and_how_fresh(open_page: Open, small_build: Path, name: str) -> None:
    """Company, moment, freshness by source, the invented notice and the resolve pair are on every page."""
    said = words(open_page(small_build, name))
    for expected in (
        "Acme & Sons",
        "Data as of 15 Mar 2026, 12:00 UTC",
        "handbook: 5 h old",
        "jira: fresh, last fetch failed",
        "This company is invented.",
        "Time to resolve runs from started to resolved .",
        "Build b1.",
    ):
        assert expected in said


def test_a_real_company_is_not_called_invented(open_page: Open, tmp_path: Path) -> None:
    """The notice stands only where the build says so."""
    publish_rows(tmp_path, "b1", company(), is_invented=False)
    assert "invented" not in words(open_page(tmp_path))


def test_overview_answers_three_questions(open_page: Open, small_build: Path) -> None:
    """Each answer comes with its n, its interval and what was left out."""
    page = open_page(small_build)
    said = words(page)
    for expected in (
        "Are we getting better? not distinguishable No change that can be told from chance.",
        "6 incidents 1 before",
        "1 h 15 min median to resolve too few for an interval",
        "What hurts most? Capacity cost most: 53 % of the impact (90 % interval 1–99 %). "
        "3 h 45 min of impact n = 4 of 6",
        "50 % of 4 promises that came due were decided in time (90 % interval 9–91 %); 1 promise is overdue.",
        "n = 5 of 7 incidents (71 % coverage); left out: 1 planned, 1 unresolved, 1 without usable times",
        "1 Mar 2025 – 28 Feb 2026, compared with 1 Mar 2024 – 28 Feb 2025.",
    ):
        assert expected in said
    assert len(specs(page)) == 5
    assert table_after(page, "came back while") == [["Incident i2", "checkout", "21", "1 h 00 min"]]


def test_overview_begins_with_three_things_to_decide(open_page: Open, small_build: Path) -> None:
    """Each is a sentence with its evidence and a door, and none claims more than so few rows allow."""
    page = open_page(small_build)
    said = words(page)
    assert said.index("To decide") < said.index("Are we getting better?")
    for expected in (
        "Where does the next week go?",
        "Whose promises need a talk?",
        "What came back unfixed? association 1 incident came back while a fix was open, and hurt for 1 h",
        "It resembles an earlier one; whether the fix would have stopped it is not known.",
        "Longest: Incident i2 , 1 h 00 min.",
    ):
        assert expected in said
    for address in ("priorities", "teams", "repeats"):
        assert f'<a href="{address}" target="_self">See ' in markup(page)


def test_the_overview_says_what_came_back(open_page: Open, small_build: Path) -> None:
    """In the same words as the page on repeats: which likeness counts, and which promises."""
    for name in ("overview", "repeats"):
        assert (
            "Each is like an earlier incident, by cause and service, by its words or because a person says so"
            ", which still had an open promise to prevent it or, where none is known to be one, of a kind "
            "not stated. Association, not proof."
        ) in words(open_page(small_build, name))


@pytest.mark.parametrize(
    ("name", "address", "linked"),
    [
        ("overview", {}, {"i2": 2}),
        ("repeats", {}, {"i1": 1, "i2": 1}),
        ("incident", {"id": "i2"}, {"i1": 1}),
        ("incidents", {}, {"i1": 1, "i2": 1}),
        ("promises", {"which": "All"}, {"i1": 2, "i2": 2}),
        ("ledger", {}, {"i2": 1}),
        ("findings", {}, {"i1": 1}),
    ],
)
def test_an_incident_without_a_title_is_linked_by_its_id(
    open_page: Open, tmp_path: Path, name: str, address: dict[str, str], linked: dict[str, int]
) -> None:
    """No link is without words, wherever an incident is named."""
    rows = company()
    for row in rows["incidents"]:
        row["title"] = None
    publish_rows(tmp_path, "b1", rows)
    html = markup(open_page(tmp_path, name, **address))
    assert 'target="_self"></a>' not in html
    for incident_id, count in linked.items():
        link = rf'<a href="incident\?[^"]*id={incident_id}" target="_self">{incident_id}</a>'
        assert len(re.findall(link, html)) >= count


def test_what_an_incident_resembles_is_counted_where_it_is_cut(open_page: Open, tmp_path: Path) -> None:
    """Of twelve earlier incidents like it ten are shown, and it is told of how many; an id is its title."""
    rows = company()
    like = rows["repeats"][0]
    rows["incidents"] += [incident(f"e{n}", datetime(2025, 1, 1 + n), 20) for n in range(12)]
    rows["repeats"] = [like | {"earlier_incident_id": f"e{n}", "gap_days": 21.0 + n} for n in range(12)]
    for row in rows["incidents"]:
        row["title"] = None
    publish_rows(tmp_path, "b1", rows)
    page = open_page(tmp_path, "incident", id="i2")
    assert len(table_after(page, "Like 12 earlier incidents, the last 21 days before")) == 10
    assert "10 of 12 similar on record, the nearest in time first." in words(page)
    assert '<h2 class="pm-incident">i2</h2>' in markup(page)


def test_filters_come_from_the_address(open_page: Open, small_build: Path) -> None:
    """An address with filters opens the filtered view, on whichever page."""
    page = open_page(small_build, team="Search", period="All")
    assert page.multiselect(key="team").value == ["Search"]
    assert "3 incidents; left out: 1 planned" in words(page)
    listed = titles(open_page(small_build, "incidents", severity="not stated", period="All"))
    assert listed == ["<script>alert(1)</script> **bold** outage", "Incident i4"]
    assert titles(open_page(small_build, "incidents", cause="Configuration")) == [
        "Incident i2",
        "Incident i1",
    ]


def test_an_unknown_filter_in_the_address_is_ignored(open_page: Open, small_build: Path) -> None:
    """A value that does not occur chooses nothing; choosing one that does narrows the page."""
    page = open_page(small_build, service="no such service")
    assert page.multiselect(key="service").value == []
    page.multiselect(key="service").select("indexer").run()
    assert "3 incidents; left out: 1 planned" in words(page)


def test_incidents_are_listed_whole(open_page: Open, small_build: Path) -> None:
    """The list shows each incident of the period with its facts, planned work marked, as links."""
    page = open_page(small_build, "incidents")
    assert "6 incidents and 1 planned maintenance" in words(page)
    rows = table_after(page, "6 incidents and 1")
    assert rows[-1] == [
        *("10 Apr 2025 10:00", "Incident i1 checkout · Configuration", "1", "Payments", "30 min", "2")
    ]
    assert rows[-2][-1] == "2 1 overdue"
    assert [row[2] for row in rows] == ["", "planned", "3", "", "3", "2", "1"]
    assert '<a href="incident?id=i1" target="_self">Incident i1</a>' in markup(page)


def test_the_incident_of_yesterday_is_found(open_page: Open, tmp_path: Path) -> None:
    """The list reaches up to now and says how many incidents no figure counts yet."""
    rows = company()
    rows["incidents"].append(incident("new", datetime(2026, 3, 14, 9), 20))
    publish_rows(tmp_path, "b1", rows)
    page = open_page(tmp_path, "incidents")
    assert titles(page)[0] == "Incident new"
    assert (
        "7 incidents and 1 planned maintenance 1 Mar 2025 – 15 Mar 2026, the last 12 complete months and the "
        "days since: 1 incident that no figure counts yet." in words(page)
    )
    assert "6 incidents 1 before" in words(open_page(tmp_path))


def test_an_incident_without_a_day_is_not_hidden_in_silence(open_page: Open, tmp_path: Path) -> None:
    """A period cannot hold an incident of unknown day; the list says so, and All shows it."""
    rows = company()
    rows["incidents"].append(incident("when", datetime(2025, 7, 1), 20) | {"occurred_at": None})
    publish_rows(tmp_path, "b1", rows)
    assert "1 incident without a day: see the period All." in words(open_page(tmp_path, "incidents"))
    assert titles(open_page(tmp_path, "incidents", period="All"))[-1] == "Incident when"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("Latest", ["i5", "i4", "i3", "i2", "i1"]),
        ("Longest to resolve", ["i4", "i3", "i2", "i1", "i5"]),
        ("Most severe", ["i1", "i2", "i5", "i3", "i4"]),
        ("Most promises overdue", ["i2", "i5", "i4", "i3", "i1"]),
    ],
)
def test_the_order_of_the_list(open_page: Open, small_build: Path, order: str, expected: list[str]) -> None:
    """Each order puts what is not stated last and lives in the address."""
    listed = titles(open_page(small_build, "incidents", order=order))
    assert [title.removeprefix("Incident ") for title in listed if title.endswith(tuple("12345"))] == expected


def test_a_long_list_has_pages(open_page: Open, tmp_path: Path) -> None:
    """Fifty at a time; the page lives in the address, and another choice begins at the first."""
    start = datetime(2025, 6, 1)
    rows = {"incidents": [incident(f"n{n:03}", start + timedelta(hours=n), 10) for n in range(120)]}
    publish_rows(tmp_path, "b1", rows)
    assert titles(open_page(tmp_path, "incidents"))[::49] == ["Incident n119", "Incident n070"]
    page = open_page(tmp_path, "incidents", page="3")
    assert titles(page) == [f"Incident n{n:03}" for n in reversed(range(20))]
    assert "120 incidents" in words(page)
    page.selectbox(key="order").select("Longest to resolve").run()
    assert titles(page)[0] == "Incident n119"
    assert len(titles(open_page(tmp_path, "incidents", page="77"))) == 50


def test_searching(open_page: Open, small_build: Path) -> None:
    """A search narrows the list; one that finds nothing says so in a sentence."""
    assert titles(open_page(small_build, "incidents", q="all clear")) == ["Incident i1"]
    nothing = open_page(small_build, "incidents", q="nowhere")
    assert "No incident matches (1 Mar 2025 – 15 Mar 2026)." in words(nothing)
    assert titles(nothing) == []


def test_one_incident_shows_its_evidence(open_page: Open, small_build: Path) -> None:
    """The address names an incident: its times, timeline, promises, findings, evidence and document."""
    page = open_page(small_build, "incident", id="i1")
    assert (
        '<a href="https://git.example/i1.md" target="_blank" rel="noopener noreferrer">i1.md</a>'
        in markup(page)
    )
    assert table_after(page, "What happened when") == [
        ["Started", "10 Apr 2025, 10:00", ""],
        ["Resolved", "10 Apr 2025, 10:30", "10"],
    ]
    assert "Not stated: detected, acknowledged, declared, mitigated." in words(page)
    assert table_after(page, "2 action items promised") == [
        ["Promise a1", "done", "10 May 2025", "nobody named Payments", "no issue", ""],
        ["Promise a2", "done 83 days late", "10 May 2025", "nobody named Payments", "no issue", ""],
    ]
    assert table_after(page, ">Findings<") == [
        ["info", "It is not said when it was detected; add a line.", "time to detect", ""],
        ["warning", "Two action items name no owner. Add an alert", "", "20"],
    ]
    assert table_after(page, "Where each value comes from") == [
        ["Resolved", "10 Apr 2025, 10:30", "timeline", "90 %", "10", "10:30 <b>All clear</b>"],
        ["", "10 Apr 2025, 11:30 not used", "prose", "50 %", "14", "over at half past eleven"],
    ]
    assert len(specs(page)) == 1


def test_an_incident_is_told_in_the_words_of_its_document(open_page: Open, small_build: Path) -> None:
    """Impact, causes, whys in order and people stand together, and evidence of the web is a link."""
    page = open_page(small_build, "incident", id="i1")
    assert table_after(page, "What the document tells") == [
        ["Impact", "Nobody could <b>pay</b>.", ""],
        ["Root cause", "A flag was on.", ""],
        ["Five whys", "The cart was empty. The <i>flag</i> was on.", ""],
        ["Detected by", "alert", ""],
        ["Authors", "Ada, Bob", ""],
        ["Reviewers", "Cleo", ""],
        ["Written", "11 Apr 2025", ""],
    ]
    assert "<ol" in markup(page)
    assert table_after(page, "Evidence it links to") == [["<b>errors</b>", "graph", "7"]]
    assert '<a href="https://graphs.example/d/1" target="_blank"' in markup(page)
    silent = words(open_page(small_build, "incident", id="i2"))
    assert "What the document tells Not told: impact, root cause." in silent
    assert "Evidence it links to" not in silent


def test_several_documents_of_one_incident_are_told_apart(open_page: Open, tmp_path: Path) -> None:
    """Every document stands at the top with why it belongs there; a line of another one says which."""
    rows = company()
    rows["incident_documents"] = [
        {"incident_id": "i1", "document_id": "doc-i1", "source": "handbook", "path": "i1.md", "place": 1},
        {
            "incident_id": "i1",
            "document_id": "doc-log",
            "source": "wiki",
            "path": "log.md",
            "url": "https://git.example/log.md",
            "place": 2,
            "basis": "incident_key",
        },
    ]
    rows["evidence"] = [
        evidence("i1", "root_cause", "A flag was on.") | {"document_id": "doc-log", "line": 4},
        evidence("i1", "severity", "1") | {"method": "record"},
        evidence("i1", "impact", "") | {"value": None, "method": "reviewed", "line": None},
    ]
    publish_rows(tmp_path, "b1", rows)
    page = open_page(tmp_path, "incident", id="i1")
    assert "i1.md in handbook log.md in wiki (the same number)" in words(page)
    assert '<a href="https://git.example/log.md" target="_blank"' in markup(page)
    assert ["Root cause", "A flag was on.", "4 document 2"] in table_after(page, "What the document tells")
    assert [row[:5] for row in table_after(page, "Where each value comes from")] == [
        ["Severity", "1", "record", "90 %", "1"],
        ["Impact", "not stated, as a person says", "reviewed", "90 %", ""],
        ["Root cause", "A flag was on.", "label", "90 %", "4 document 2"],
    ]


def test_evidence_stands_in_the_order_people_think(open_page: Open, tmp_path: Path) -> None:
    """Title, severity, services, times, durations, cause; lists as words; a lone service said once."""
    fields = {
        "cause_category": "change_configuration",
        "stated_time_to_resolve_minutes": "95",
        "some_new_field": "?",
        "started_at": "2025-04-10 10:00:00",
        "services": '["checkout", "ledger"]',
        "service": "checkout",
        "is_resolved": "true",
        "severity": "1",
        "contributing_factors": '["No alert", "One zone"]',
        "occurred_on": "2025-04-10",
        "published_at": "2025-04-12 00:00:00",
        "title": "Checkout down",
    }
    rows = company()
    rows["evidence"] = [evidence("i1", field, value) for field, value in fields.items()]
    rows["evidence"] += [evidence("i2", "service", "checkout"), evidence("i2", "services", '["checkout"]')]
    publish_rows(tmp_path, "b1", rows)
    told = table_after(open_page(tmp_path, "incident", id="i1"), "Where each value comes from")
    assert [row[:2] for row in told] == [
        ["Title", "Checkout down"],
        ["Severity", "1"],
        ["Service", "checkout"],
        ["Services", "checkout; ledger"],
        ["Day", "10 Apr 2025"],
        ["Started", "10 Apr 2025, 10:00"],
        ["Over", "yes"],
        ["Stated time to resolve", "1 h 35 min"],
        ["Cause", "Change configuration"],
        ["Contributing factors", "No alert; One zone"],
        ["Published", "12 Apr 2025"],
        ["Some new field", "?"],
    ]
    told = table_after(open_page(tmp_path, "incident", id="i2"), "Where each value comes from")
    assert [row[:2] for row in told] == [["Service", "checkout"]]


@pytest.mark.parametrize(
    ("incident_id", "said"),
    [
        ("i5", "So it has no time to resolve, which runs from started to resolved."),
        ("i7", "The document states no time of the incident itself."),
        ("p0", "The document states no time of the incident itself, only the day, 3 Feb 2021."),
    ],
)
def test_missing_times_are_said(open_page: Open, tmp_path: Path, incident_id: str, said: str) -> None:
    """What the document leaves out is a sentence, and so is what follows from it."""
    rows = past_company() if incident_id.startswith("p") else company()
    publish_rows(tmp_path, "b1", rows)
    assert said in words(open_page(tmp_path, "incident", id=incident_id))


def test_an_unknown_incident_is_a_sentence(open_page: Open, small_build: Path) -> None:
    """A stale or wrong address does not fail, and what it says is inert."""
    page = open_page(small_build, "incident", id="<b>gone</b>")
    assert "This build holds no incident <b>gone</b>." in words(page)
    assert "<b>gone</b>" not in markup(page)
    assert "No incident is chosen." in words(open_page(small_build, "incident"))


def test_follow_through_tells_what_is_late_and_whose(open_page: Open, small_build: Path) -> None:
    """By team, and one by one with owner, days, pushes, issue and incident; every number leads on."""
    page = open_page(small_build, "follow_through")
    assert table_after(page, "Whose promises are late") == [
        ["Payments", "2", "1", "1", "2"],
        ["Search", "0", "0", "0", "0"],
    ]
    assert '<a href="promises?team=Payments&amp;which=Late" target="_self">1</a>' in markup(page)
    assert '<a href="promises?which=Open" target="_self">2</a>' in markup(page)
    late = [
        "ignored 287 days late",
        "Promise a3 Incident i2",
        "Ada <b>L</b> Payments",
        "1 Jun 2025 pushed 2 times",
        "PAY-3",
    ]
    assert table_after(page, "Late for longest") == [late]
    assert (
        "50 % of 4 promises that came due were decided in time (90 % interval 9–91 %); 1 promise is overdue."
        in words(page)
    )


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("Late", ["a3"]),
        ("Ignored", ["a3"]),
        ("Open", ["a3", "a4"]),
        ("Pushed", ["a3"]),
        ("Due", ["a3", "a5", "a1", "a2"]),
        ("Done", ["a7", "a1", "a2"]),
        ("Declined", ["a5"]),
        ("Unknown", ["a6"]),
        ("No owner", ["a5", "a7", "a4", "a1", "a2", "a6"]),
        ("No date", ["a3", "a5", "a7", "a4", "a1", "a2", "a6"]),
        ("All", ["a3", "a5", "a7", "a4", "a1", "a2", "a6"]),
    ],
)
def test_every_count_of_promises_has_its_list(
    open_page: Open, small_build: Path, which: str, expected: list[str]
) -> None:
    """Each list holds the promises that the count of its name counts."""
    page = open_page(small_build, "promises", which=which)
    listed = [row[1].split(" ")[1] for row in table_after(page, "The promises, one by one")]
    assert listed == expected
    assert f"{len(expected)} promise" in words(page)


def test_a_list_of_pushed_promises_tells_how_often_they_were(open_page: Open, small_build: Path) -> None:
    """Figures count every time a date was moved, the list a promise: it says both."""
    said = words(open_page(small_build, "promises", which="Pushed"))
    assert "1 promise, whenever promised; due dates pushed 2 times" in said


def test_no_late_promise_is_a_sentence(open_page: Open, small_build: Path) -> None:
    """A list without a row says what that means."""
    assert "Nothing is overdue." in words(open_page(small_build, "promises", team="Search"))


def test_documents_of_past_years_are_shown(open_page: Open, tmp_path: Path) -> None:
    """Nothing of the last 12 months: all is chosen, its last 12 months judged, and both are said."""
    publish_rows(tmp_path, "b1", past_company())
    page = open_page(tmp_path)
    said = words(page)
    assert page.query_params.get("period", ["All"]) == ["All"]
    for expected in (
        "3 incidents 1 before",
        "Judged: 1 Jul 2021 – 30 Jun 2022.",
        "The documents end on 9 Jun 2022; whether nothing happened since or nothing was written, they do not",
        "0 overdue now 0 ignored No Jira was read, so an outcome is known only where the document itself",
        "All time, 3 Feb 2021 – 9 Jun 2022",
        "What became of all 4 promises is not known.",
    ):
        assert expected in said
    assert drawn_periods(page) == [f"Q{n % 4 + 1} ’{21 + n // 4}" for n in range(6)]
    assert len(titles(open_page(tmp_path, "incidents"))) == 4
    recent = open_page(tmp_path, period="Last 12 months")
    assert "No incident lies in either period." in words(recent)
    assert specs(recent) == []


def test_promises_nobody_followed_read_well(open_page: Open, tmp_path: Path) -> None:
    """Without a Jira the page says why nothing is known, what would help, and shows what was promised."""
    publish_rows(tmp_path, "b1", past_company())
    page = open_page(tmp_path, "follow_through")
    said = words(page)
    assert "What became of all 4 promises is not known. No Jira was read" in said
    assert "4 promised on record 0 open now" in said
    assert len(table_after(page, "The latest promises<")) == 4
    assert specs(page) == []


def test_the_dictionary_tells_tables_columns_and_metrics(open_page: Open, small_build: Path) -> None:
    """Every table with its columns, every metric with its SQL; a search narrows both."""
    page = open_page(small_build, "data_dictionary")
    labels = [expander.label for expander in page.expander]
    assert any(label.startswith("marts.incidents") for label in labels)
    assert any(label.startswith(r"times\_by\_group") for label in labels)
    assert any("quantile_cont" in code.value for code in page.code)
    narrowed = open_page(small_build, "data_dictionary", find="due_date_push_count")
    assert [expander.label.split(" ")[0] for expander in narrowed.expander] == [
        *(r"marts.action\_items", "marts.issues", "marts.slippage", "marts.teams"),
        *(r"action\_items\_by\_team", r"action\_items\_matching"),
        *(r"slippage\_by\_team", r"slippage\_ledger", r"team\_rates"),
    ]


def test_data_health_tells_what_to_mend(open_page: Open, small_build: Path) -> None:
    """What each figure can use, the costliest findings first with their doors, and what was skipped."""
    page = open_page(small_build, "data_health")
    said = words(page)
    for expected in (
        "Less than half of the incidents can be used for time to detect. "
        "Incidents of 1 Mar 2025 – 28 Feb 2026, without planned work.",
        "Time to detect can use 0 of 6 incidents",
        "On average 7.5 of ten things are told",
        "Mend first: no end – 2 incidents lost, 32 % of what all findings cost. All 8 findings, one by one →",
        "2 more kinds of finding that cost no figure an incident",
        "2 of 10 documents are no postmortems; 1 of them could not be read.",
    ):
        assert expected in said
    assert len(specs(page)) == 2
    assert [row[1:] for row in table_after(page, "Mend first")] == [
        ["2", "2", "time to resolve", "32 %"],
        ["1", "1", "time to detect", "27 %"],
        ["1", "1", "the whole document", "16 %"],
        ["1", "1", "counts by severity", "16 %"],
        ["1", "", "in doubt: time to resolve (1 h 30 min)", "8 %"],
    ]
    assert table_after(page, "Mend first")[0][0] == "No end No end is stated; add a line."
    assert '<a href="findings?rule=No+end" target="_self">No end</a>' in markup(page)
    assert table_after(page, "are no postmortems") == [
        ["handbook folder", "5 h old", "9", "8", "8", "1 template"],
        ["jira jira", "fresh, last fetch failed Jira did not answer", "", "", "", "5 issues followed"],
        ["wiki git", "never fetched", "1", "0", "0", "1 not utf8"],
    ]
    assert table_after(page, "Why not") == [
        ["not utf8", "The file is not UTF-8 text; save it as UTF-8. notes.md in wiki", "1"],
        ["template", "This form is not filled in. form.md in handbook", "1"],
    ]


def test_what_needs_a_persons_eye_comes_with_its_rows(open_page: Open, small_build: Path) -> None:
    """The value in question, why, the words, the figures and the minutes; and rows to paste."""
    page = open_page(small_build, "data_health")
    assert table_after(page, "2 values of 2 incidents need a person&#x27;s eye.") == [
        [
            *("Incident i1 i1.md , line 10", "Resolved 10 Apr 2025, 10:30, 90 % sure"),
            "Line 14 says 2025-04-10 11:30:00. 10:30 <b>All clear</b>",
            *("time to resolve", "30 min"),
        ],
        ["Incident i5 i5.md", "Resolved nothing read", "It is not stated.", "time to resolve", "not known"],
    ]
    rows = next(code.value for code in page.code if code.value.startswith("document,"))
    assert rows.splitlines()[1] == "handbook/i1.md,,resolved_at,2025-04-10 10:30:00,you,2026-03-15"
    nothing = words(open_page(small_build, "data_health", severity="2"))
    assert "Nothing needs a person's eye. No figure lacks a value for these incidents" in nothing


def test_data_health_follows_the_choices(open_page: Open, small_build: Path) -> None:
    """Team and source narrow it; where there is one team there is a mean instead of a chart of teams."""
    page = open_page(small_build, "data_health", team="Search", source="handbook")
    assert page.multiselect(key="source").value == ["handbook"]
    said = words(page)
    assert "Mend first: no end – 2 incidents lost, 67 % of what all findings cost." in said
    assert "60 % complete n = 1" in said
    assert "1 of 9 documents is no postmortem; it was read." in said
    assert "notes.md" not in said
    assert len(specs(page)) == 1
    nothing = open_page(small_build, "data_health", team="Search", severity="1")
    assert "No incident is on record in this period." in words(nothing)
    assert "Choose a longer period or fewer filters." in words(nothing)
    assert specs(nothing) == []


def test_one_source_is_no_choice(open_page: Open, tmp_path: Path) -> None:
    """Where all documents come from one source, there is nothing to choose."""
    publish_rows(tmp_path, "b1", past_company())
    assert [box.key for box in open_page(tmp_path).multiselect] == ["team", "service", "severity", "cause"]


def test_an_incident_without_a_day_is_told_by_data_health(open_page: Open, tmp_path: Path) -> None:
    """A period cannot hold an incident of unknown day; the page says so."""
    rows = company()
    rows["incidents"].append(incident("when", datetime(2025, 7, 1), 20) | {"occurred_at": None})
    rows["exclusions"] += exclusions(incidents_by_period="when")
    publish_rows(tmp_path, "b1", rows)
    assert "1 incident without a day: see the period All." in words(open_page(tmp_path, "data_health"))
    assert "without a day" not in words(open_page(tmp_path, "data_health", period="All"))


def test_many_skipped_documents_stand_behind_a_click(open_page: Open, tmp_path: Path) -> None:
    """Documents skipped for one reason are one row; fifty are named, and how many more there are."""
    rows = {"documents": [document(f"doc-{n:03}", "template") for n in range(60)]}
    publish_rows(tmp_path, "b1", rows)
    page = open_page(tmp_path, "data_health")
    (row,) = table_after(page, "Why not")
    assert (row[0], row[2]) == ("template", "60")
    assert row[1].startswith("The 60 documents 000.md in handbook 001.md in handbook")
    assert row[1].endswith("049.md in handbook and 10 more")


def test_findings_one_by_one(open_page: Open, small_build: Path) -> None:
    """Each with what to do, the document's words, its line and incident, and what it costs."""
    page = open_page(small_build, "findings")
    assert "8 findings in 7 documents" in words(page)
    told = table_after(page, "8 findings in 7")
    assert [row[1] for row in told] == [
        "Incident i1 i1.md",
        "Incident i5 i5.md",
        "<script>alert(1)</script> **bold** outage i7.md",
        "i4.md",
        "notes.md",
        "Incident i3 i3.md , line 12",
        "Incident i1 i1.md , line 20",
        "form.md",
    ]
    assert told[5] == [
        "The stated time to resolve is 120 minutes, the times give 90; correct one of them. took <b>2 h</b>",
        "Incident i3 i3.md , line 12",
        "in doubt: time to resolve (1 h 30 min)",
    ]
    assert '<a href="incident?id=i3" target="_self">Incident i3</a>' in markup(page)
    assert '<a href="https://git.example/i3.md" target="_blank"' in markup(page)


@pytest.mark.parametrize(
    ("chosen", "said", "count"),
    [
        ({"rule": "No end"}, "2 findings in 2 documents", 2),
        (
            {"figure": "Time to resolve"},
            "Time to resolve can use 4 of 6 incidents of 1 Mar 2025 – 28 Feb 2026. Left out: no end 2.",
            2,
        ),
        ({"rule": "no such rule"}, "8 findings in 7 documents", 8),
        (
            {"rule": "No end", "figure": "Counts by severity"},
            "No finding matches in 1 Mar 2025 – 28 Feb 2026. Counts by severity can use 4 of 6 incidents",
            0,
        ),
        ({"team": "Search", "severity": "1"}, "No finding matches", 0),
    ],
)
def test_findings_of_one_kind(
    open_page: Open, small_build: Path, chosen: dict[str, str], said: str, count: int
) -> None:
    """The address chooses rule and figure; a figure says how much it can use and what it leaves out."""
    page = open_page(small_build, "findings", **chosen)
    assert said in words(page)
    assert (len(table_after(page, said)) if count else 0) == count


def test_the_overview_leads_to_what_its_figures_leave_out(open_page: Open, small_build: Path) -> None:
    """Every count of incidents that a figure leaves out is a door to the findings that say why."""
    page = markup(open_page(small_build, team="Search")).replace("\u00a0", " ")
    figure = "figure=Time+to+resolve"
    two_years = f"{figure}&amp;period=Dates&amp;dates=2024-03-01&amp;dates=2026-02-28"
    for expected in (
        f'<a href="findings?team=Search&amp;{two_years}" target="_self">n = 1 of 3',
        f'<a href="findings?team=Search&amp;{figure}" target="_self">n = 1 of 3</a>',
        '<a href="findings?team=Search&amp;figure=Impact+by+cause" target="_self">0',
        '<a href="data_health?team=Search" target="_self">n = 1 of 3 incidents',
    ):
        assert expected in page


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("overview", {}),
        ("incidents", {}),
        ("incident", {"id": "h1"}),
        ("incident", {"id": "h2"}),
        ("follow_through", {}),
        ("promises", {}),
        ("priorities", {}),
        ("ledger", {}),
        ("teams", {}),
        ("team", {"team": HOSTILE}),
        ("data_health", {}),
        ("findings", {}),
        ("issues", {}),
        ("data_dictionary", {}),
    ],
)
def test_words_from_documents_are_inert(
    open_page: Open, hostile_build: Path, name: str, address: dict[str, str]
) -> None:
    """No tag and no address from a document is one on the page, and nothing reads it as Markdown."""
    page = open_page(hostile_build, name, period="All", **address)
    tags: list[str] = []
    addresses: list[str] = []
    said: list[str] = []

    class Page(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            tags.extend(name for name, _ in attrs if name.startswith("on"))
            addresses.extend(value or "" for name, value in attrs if name in ("href", "src"))

        def handle_data(self, data: str) -> None:
            said.append(data)

    Page().feed(markup(page))
    assert {"script", "img", "onerror"}.isdisjoint(tags)
    own = "incidents?|promises|priorities|ledger|teams?|follow_through|data_health|findings|issues|repeats"
    ours = rf"({own})(\?|$)|https://git\.example/"
    assert [url for url in addresses if not re.match(ours, url)] == []
    assert name == "data_dictionary" or any(HOSTILE in text for text in said)
    for kind in ("markdown", "caption", "heading", "metric"):
        assert list(page.get(kind)) == []


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_build_is_said_in_sentences(open_page: Open, empty_build: Path, name: str) -> None:
    """No page fails, and none shows an empty chart."""
    page = open_page(empty_build, name)
    said = words(page)
    expected = {
        "overview": "No incidents in this period or the one before.",
        "incidents": "No incident matches",
        "reliability": "No incident has a time to resolve",
        "incident": "No incident is chosen.",
        "figure": "There is no figure called “”.",
        "follow_through": "No action item matches.",
        "promises": "Nothing is overdue.",
        "postmortems": "No incident, so no postmortem",
        "priorities": "Nothing can be ranked by what a fix would avoid",
        "ledger": "No promise slipped in this way",
        "teams": "No team has an incident or a promise here.",
        "team": "No team is on record.",
        "causes": "No incident lies in this period.",
        "repeats": "No incident of this period is known to have come back.",
        "data_health": "No incident is on record in this period.",
        "findings": "No finding matches",
        "issues": "No issue of this kind is held.",
        "data_dictionary": "Tables",
    }
    assert expected[name] in said
    assert specs(page) == []


def test_nothing_published_is_a_friendly_page(open_page: Open, tmp_path: Path) -> None:
    """Before the first run the page says which command comes next; after it, a reload shows the data."""
    page = open_page(tmp_path)
    assert "Nothing has been published yet" in words(page)
    assert "postmortems run" in words(page)
    publish_rows(tmp_path, "b1", company())
    page.button[0].click().run()
    assert "Acme & Sons" in words(page)


def test_a_build_of_another_version_is_a_friendly_page(open_page: Open, tmp_path: Path) -> None:
    """A build that lacks a table of today gives a page with the next command, not a traceback."""
    publish_rows(tmp_path, "b1", company())
    with duckdb.connect(str((tmp_path / "current.duckdb").resolve())) as build:
        build.execute("DROP TABLE marts.review_queue")
    said = words(open_page(tmp_path, "data_health"))
    assert "The published data cannot be read" in said
    assert "postmortems build" in said


def test_a_broken_build_is_a_friendly_page(open_page: Open, tmp_path: Path) -> None:
    """A file that is no build gives a page with the next command, not a traceback."""
    (tmp_path / "current.duckdb").write_bytes(b"nonsense" * 1000)
    said = words(open_page(tmp_path))
    assert "The published data cannot be read" in said
    assert "postmortems build" in said


def test_a_new_build_is_offered_not_forced(open_page: Open, tmp_path: Path) -> None:
    """An open page keeps its build until the reader asks for the newer one."""
    publish_rows(tmp_path, "b1", company())
    page = open_page(tmp_path)
    assert "Newer data" not in words(page)
    publish_rows(tmp_path, "b2", {"incidents": company()["incidents"][:2]})
    page.run()
    assert "Newer data has been published" in words(page)
    assert "Build b1." in words(page)
    page.button(key="take_newer_build").click().run()
    assert "Build b2." in words(page)
    assert "Newer data" not in words(page)


def test_a_build_that_cannot_be_opened_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """While builds are moved, an open page looks for a newer one in vain and stays as it is."""
    publish_rows(tmp_path / "here", "b1", company())
    script = """
import streamlit as st
from dashboard import frame
st.text(frame.is_newer_published())
"""
    page = AppTest.from_string(script, default_timeout=60)

    def told(folder: str) -> list[str]:
        monkeypatch.setenv(PUBLISHED_VARIABLE, str(tmp_path / folder))
        page.run()
        assert not page.exception
        return [str(element.value) for element in page.text]

    assert told("here") == ["False"]
    publish_rows(tmp_path / "here", "b2", company())
    assert told("here") == ["True"]
    (tmp_path / "here").rename(tmp_path / "moved")
    assert told("here") == ["False"]
    assert told("moved") == ["False"]
    monkeypatch.delenv(PUBLISHED_VARIABLE)
    page.run()
    assert not page.exception
