"""Each page over the small company: what a reader finds there."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import Open
from tests.published_rows import company, publish_rows

PAGES = ["overview", "incidents", "follow_through", "data_dictionary"]


def markup(page: AppTest) -> str:
    """The HTML of the page, without the style sheet."""
    bodies = [str(element.proto.body) for element in page.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style>:root"))


def words(page: AppTest) -> str:
    """What is to be read on the page, one space between words."""
    text = unescape(re.sub(r"<[^>]+>", " ", markup(page)))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def table_after(page: AppTest, heading: str) -> list[list[str]]:
    """The rows of the first HTML table behind these words."""
    html = markup(page)
    body = html[html.index(heading) :].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [
        [
            re.sub(r"<[^>]+>", "", cell).replace("\u00a0", " ")
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body)
    ]


def specs(page: AppTest) -> list[dict[str, Any]]:
    """The charts of the page."""
    return [json.loads(element.proto.spec) for element in page.get("vega_lite_chart")]


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
        "What hurts most? Capacity cost most: 2 h 00 min. 3 h 45 min of impact n = 4 of 6",
        "50 % of what came due was decided in time; 1 promise is overdue.",
        "n = 5 of 7 incidents (71 % coverage); left out: 1 planned, 1 unresolved, 1 without usable times",
        "1 Mar 2025 – 28 Feb 2026, compared with 1 Mar 2024 – 28 Feb 2025.",
    ):
        assert expected in said
    assert len(specs(page)) == 5
    assert table_after(page, "came back while") == [["Incident i2", "checkout", "21", "1 h 00 min"]]


def test_filters_come_from_the_address(open_page: Open, small_build: Path) -> None:
    """An address with filters opens the filtered view, on whichever page."""
    page = open_page(small_build, team="Search", period="All")
    assert page.multiselect(key="team").value == ["Search"]
    assert "3 incidents; left out: 1 planned" in words(page)
    listed = open_page(small_build, "incidents", severity="not stated", period="All").dataframe[0].value
    assert listed["Incident"].tolist() == ["<script>alert(1)</script> **bold** outage", "Incident i4"]


def test_an_unknown_filter_in_the_address_is_ignored(open_page: Open, small_build: Path) -> None:
    """A value that does not occur chooses nothing; choosing one that does narrows the page."""
    page = open_page(small_build, service="no such service")
    assert page.multiselect(key="service").value == []
    page.multiselect(key="service").select("indexer").run()
    assert "3 incidents; left out: 1 planned" in words(page)


def test_incidents_are_listed_whole(open_page: Open, small_build: Path) -> None:
    """The list shows each incident of the period with its facts, planned work marked."""
    page = open_page(small_build, "incidents")
    assert "6 incidents and 1 planned maintenance" in words(page)
    listed = page.dataframe[0].value.fillna("")
    assert listed.drop(columns="When").to_numpy().tolist()[-1] == [
        *("Incident i1", "1", "Payments", "checkout", "Configuration", "30\u00a0min"),
        *(2, 0, 0),
    ]
    assert listed["Sev"].tolist() == ["", "planned", "3", "", "3", "2", "1"]


def test_searching(open_page: Open, small_build: Path) -> None:
    """A search narrows the list; one that finds nothing says so in a sentence."""
    assert open_page(small_build, "incidents", q="all clear").dataframe[0].value["Incident"].tolist() == [
        "Incident i1"
    ]
    nothing = open_page(small_build, "incidents", q="nowhere")
    assert "No incident matches (1 Mar 2025 – 28 Feb 2026)." in words(nothing)
    assert len(nothing.dataframe) == 0


def test_one_incident_shows_its_evidence(open_page: Open, small_build: Path) -> None:
    """The address names an incident: its times, timeline, promises, findings, evidence and document."""
    page = open_page(small_build, "incidents", incident="i1")
    assert (
        '<a href="https://git.example/i1.md" target="_blank" rel="noopener noreferrer">i1.md</a>'
        in markup(page)
    )
    assert table_after(page, "What happened when")[0] == ["Started", "10 Apr 2025, 10:00"]
    assert table_after(page, "2 action items promised") == [
        ["Promise a1", "done", "10 May 2025", "nobody named", "no issue"],
        ["Promise a2", "done", "10 May 2025", "nobody named", "no issue"],
    ]
    assert table_after(page, ">Findings<") == [["warning", "Two action items name no owner.", ""]]
    assert table_after(page, "Where each value comes from") == [
        ["Resolved at", "2025-04-10 10:30:00", "timeline", "90%", "10", "10:30 &lt;b&gt;All clear&lt;/b&gt;"],
        ["", "2025-04-10 11:30:00 not used", "prose", "50%", "14", "over at half past eleven"],
    ]
    assert len(specs(page)) == 1


def test_an_unknown_incident_is_a_sentence(open_page: Open, small_build: Path) -> None:
    """A stale or wrong address does not fail, and what it says is inert."""
    page = open_page(small_build, "incidents", incident="<b>gone</b>")
    assert "This build holds no incident <b>gone</b>." in words(page)
    assert "<b>gone</b>" not in markup(page)


def test_follow_through_tells_what_is_late_and_whose(open_page: Open, small_build: Path) -> None:
    """By team, and one by one with owner, days, pushes, issue and incident."""
    page = open_page(small_build, "follow_through")
    assert table_after(page, "Whose promises are late") == [
        ["Payments", "2", "1", "1", "2"],
        ["Search", "0", "0", "0", "0"],
    ]
    late = page.dataframe[-1].value
    assert late.drop(columns="Due").to_numpy().tolist() == [
        [
            *(287, "Promise a3", "Payments", "Ada <b>L</b>", 2, "ignored"),
            *("https://jira.example/browse/PAY-3", "Incident i2"),
        ]
    ]
    assert "50 % of what came due was decided in time; 1 promise is overdue." in words(page)


def test_the_dictionary_tells_tables_columns_and_metrics(open_page: Open, small_build: Path) -> None:
    """Every table with its columns, every metric with its SQL; a search narrows both."""
    page = open_page(small_build, "data_dictionary")
    labels = [expander.label for expander in page.expander]
    assert any(label.startswith("marts.incidents") for label in labels)
    assert any(label.startswith(r"time\_to\_resolve\_by\_period") for label in labels)
    assert any("quantile_cont" in code.value for code in page.code)
    narrowed = open_page(small_build, "data_dictionary", find="due_date_push_count")
    assert [expander.label.split(" ")[0] for expander in narrowed.expander] == [
        *(r"marts.action\_items", r"marts.teams"),
        *(r"action\_items\_by\_team", r"overdue\_action\_items"),
    ]


@pytest.mark.parametrize(("page", "address"), [("incidents", {}), ("incidents", {"incident": "i7"})])
def test_words_from_documents_are_inert(
    open_page: Open, small_build: Path, page: str, address: dict[str, str]
) -> None:
    """No tag from a document reaches the page as a tag."""
    html = markup(open_page(small_build, page, **address))
    assert "<script" not in html
    assert "<img" not in html


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_build_is_said_in_sentences(open_page: Open, empty_build: Path, name: str) -> None:
    """No page fails, and none shows an empty chart."""
    page = open_page(empty_build, name)
    said = words(page)
    expected = {
        "overview": "No incidents in this period or the one before.",
        "incidents": "No incident matches",
        "follow_through": "No action item matches.",
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
