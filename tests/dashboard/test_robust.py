"""Every page over hardly anything, over nothing, and while builds come and go."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import Open
from tests.dashboard.every_page import every_address
from tests.dashboard.seen import markup, words
from tests.published_rows import company, document, exclusions, incident, publish_rows

#: What each page says of one incident of which only the day is known.
SAID = {
    "overview": "No cause is known to have cost anything",
    "reliability": "No incident has a time to resolve",
    "causes": "Of none of the incidents a cause is known",
    "repeats": "No incident of this period is known to have come back.",
    "follow-through": "No action item matches.",
    "promises": "No due date was moved",
    "ledger": "No promise slipped in this way",
    "teams": "There is too little to judge any team by.",
    "team": "Which team?",
    "priorities": "Nothing can be ranked by what a fix would avoid",
    "incidents": "1 incident",
    "incident": "only",
    "postmortems": "No document says what it lacks",
    "data-health": "Less than half of the incidents can be used for time to resolve",
    "findings": "No finding matches",
    "issues": "No issue of this kind is held.",
    "figure": "0 %",
    "data-dictionary": "Tables",
}
#: A value that is not there, where it would stand for itself.
NOTHING = re.compile(r">\s*(None|nan|NaN|null|inf|-inf)\s*<")


@pytest.fixture(scope="session")
def lone_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build of one incident that says when it was, and nothing else."""
    folder = tmp_path_factory.mktemp("lone")
    only = incident("only", datetime(2026, 1, 20), None) | {"title": None, "started_at": None, "url": None}
    left_out = exclusions(time_to_resolve="only", time_to_detect="only", severity="only", cause="only")
    publish_rows(
        folder, "l1", {"incidents": [only], "documents": [document("doc-only")], "exclusions": left_out}
    )
    return folder


def opened(open_page: Open, folder: Path, name: str) -> AppTest:
    """The page of this name, as its address opens it."""
    place, _, query = every_address("only")[name].partition("?")
    chosen = dict(pair.split("=") for pair in query.replace("+", " ").split("&") if pair)
    return open_page(folder, place or None, **chosen)


@pytest.mark.parametrize("name", SAID)
def test_one_incident_of_which_nothing_is_stated(open_page: Open, lone_build: Path, name: str) -> None:
    """No page fails, none shows a value that is not there, and each says what it can."""
    page = opened(open_page, lone_build, name)
    said = words(page)
    assert SAID[name] in said, said
    assert "pm-foot" in markup(page)
    assert NOTHING.findall(markup(page)) == []


@pytest.mark.parametrize("name", SAID)
def test_no_incident_at_all(open_page: Open, empty_build: Path, name: str) -> None:
    """No page fails, draws a chart of nothing or shows a value that is not there, as its address opens it."""
    page = opened(open_page, empty_build, name)
    assert "pm-foot" in markup(page)
    assert list(page.get("vega_lite_chart")) == []
    assert NOTHING.findall(markup(page)) == []


@pytest.mark.parametrize("name", ["incidents", "follow_through", "priorities", "data_health"])
def test_a_new_build_is_taken_on_any_page(open_page: Open, tmp_path: Path, name: str) -> None:
    """It is offered where the reader is; taken, the page and the choices stay, and the data is new."""
    publish_rows(tmp_path, "b1", company())
    page = open_page(tmp_path, name, team="Payments")
    publish_rows(tmp_path, "b2", {"incidents": company()["incidents"][:2]})
    page.run()
    assert "Newer data has been published" in words(page)
    assert "Build b1." in words(page)
    page.button(key="take_newer_build").click().run()
    assert not page.exception
    assert "Build b2." in words(page)
    assert "Newer data" not in words(page)
    assert page.multiselect(key="team").value == ["Payments"]


def test_two_readers_do_not_mix(open_page: Open, tmp_path: Path) -> None:
    """Each keeps the own build and the own choices, however their clicks fall between each other."""
    publish_rows(tmp_path, "b1", company())
    one = open_page(tmp_path, "incidents", period="All", team="Payments")
    publish_rows(tmp_path, "b2", {"incidents": company()["incidents"][4:]})
    other = open_page(tmp_path, "incidents", period="All", team="Search")
    for _ in range(2):
        one.run()
        other.run()
        assert "Build b1." in words(one)
        assert "Build b2." in words(other)
        assert ("Incident i1" in words(one), "Incident i4" in words(one)) == (True, False)
        assert ("Incident i1" in words(other), "Incident i4" in words(other)) == (False, True)
    other.multiselect(key="team").set_value([]).run()
    one.run()
    assert one.multiselect(key="team").value == ["Payments"]
    assert "Incident i4" not in words(one)


@pytest.mark.parametrize("content", [b"", b"nonsense" * 1000, b"\0" * 12288])
def test_a_broken_build_is_one_sentence_on_every_page(
    open_page: Open, tmp_path: Path, content: bytes
) -> None:
    """Whatever is wrong with the file: what happened, to which, and what to do next, on one line."""
    (tmp_path / "current.duckdb").write_bytes(content)
    for name in (None, "incidents", "priorities"):
        page = open_page(tmp_path, name)
        said = words(page)
        assert "The published data cannot be read" in said
        assert f"{tmp_path.resolve() / 'current.duckdb'}: " in said
        assert "run `postmortems build` to make it anew" in said
        assert "pm-foot" not in markup(page)


def test_a_build_that_vanishes_under_an_open_page_gives_way_to_the_current_one(
    open_page: Open, tmp_path: Path
) -> None:
    """On the page where the reader is, without a word of an error."""
    first = publish_rows(tmp_path, "b1", company())
    page = open_page(tmp_path, "incidents", period="All")
    publish_rows(tmp_path, "b2", {"incidents": company()["incidents"][:2]})
    first.unlink()
    page.run()
    assert not page.exception
    assert "Build b2." in words(page)
