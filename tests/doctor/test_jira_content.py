"""What the doctor says of what the Jira shows: projects, issues, histories, comments, links, accounts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import flow
from pipeline.demo.jira.faults import Fault, Request, short_answer
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.settings import load_settings
from tests.doctor.examined import EMAIL, TOKEN, jira, small_jira, told

JQL = 'jql = "labels = postmortem"'
POSTMORTEM = """# Search was down

- 2024-03-01 09:00 UTC outage started
- 2024-03-01 10:00 UTC resolved

## Action items

- [ ] Alert before a certificate expires ({url}/browse/PAY-1)
- [ ] Renew it ({url}/browse/GONE-7)
- [ ] Renew it always ({url}/browse/GONE-8)
"""


def content(
    folder: Path, state: JiraState, *names: str, more: tuple[str, ...] = (JQL,), other: str = "", **how: Any
) -> list[str]:
    """The lines on these things, of a Jira of this state."""
    with serve_jira(state, email=EMAIL, token=TOKEN, **how) as served:
        signs = ['username = "' + EMAIL + '"'] if how.get("deployment") == "data_center" else []
        return told(folder, jira(served.url, *signs, *more) + other, *names)


# --- projects ---------------------------------------------------------------------------------------------


def test_projects_that_are_not_shown(tmp_path: Path) -> None:
    """Of those the settings name, each that is missing is told, with one that may be meant."""
    state = small_jira()
    state.add_project("OPS", "Operations")
    state.add_project("SEC", "Security")
    state.hide_project("SEC")
    lines = content(
        tmp_path,
        state,
        "jira projects",
        "jira.projects",
        "team",
        more=('projects = ["PAY", "OPSS", "sec", "ops"]',),
        other='[[teams]]\nname = "Shop"\njira_projects = ["PAY", "SHOP"]\n',
    )
    assert lines == [
        "ok jira projects Analytics may browse 2 projects: OPS, PAY",
        "wrong jira.projects Jira does not show the project OPSS; put OPS there if that is meant, "
        "or give Analytics the right Browse Projects in OPSS",
        "wrong jira.projects Jira does not show the project sec; "
        "give Analytics the right Browse Projects in sec",
        "warning team Shop Jira does not show the project SHOP; "
        "give Analytics the right Browse Projects in SHOP",
    ]


def test_many_projects_and_none(tmp_path: Path) -> None:
    """Of many the first are named; none at all is wrong."""
    state = small_jira()
    for number in range(12):
        state.add_project(f"A{number:02}", "…")
    assert content(tmp_path, state, "jira projects") == [
        "ok jira projects Analytics may browse 13 projects: A00, A01, A02, A03, A04, A05, A06, A07 and 5 more"
    ]
    state = small_jira()
    state.hide_project("PAY")
    assert content(tmp_path, state, "jira projects", "jira jql", "jira issues", "jira history") == [
        "wrong jira projects Analytics may browse no project; "
        "give the account the right Browse Projects in those it is to follow",
        "warning jira jql jira.jql finds no issue that Analytics may see; "
        "try it in Jira's own search as that account, and mend jira.jql or the account's rights",
        "skipped jira issues there is no issue to try reading with",
        "skipped jira history, comments, remote links: not asked before “jira issues” is right",
    ]


def test_projects_that_documents_name(tmp_path: Path) -> None:
    """After a run the warehouse knows which projects the documents' links lead to."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "search.md").write_text(POSTMORTEM.format(url=served.url), encoding="utf-8")
        settings = jira(served.url, JQL) + '[[sources]]\nname = "docs"\npath = "docs"\n'
        told(tmp_path, settings)
        flow.run(load_settings(tmp_path / "postmortems.toml"))
        assert told(tmp_path, settings, "linked projects") == [
            "warning linked projects documents name issues of projects that Jira does not show: GONE (2); "
            "give Analytics the right to browse them, if they are still there"
        ]
        served.state.add_project("GONE", "Found again")
        assert told(tmp_path, settings, "linked projects") == [
            "ok linked projects documents name issues of 2 projects: GONE, PAY, all of them shown"
        ]


# --- the JQL ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deployment", ["cloud", "data_center"])
@pytest.mark.parametrize(
    ("jql", "expected"),
    [
        (
            None,
            "ok jira jql there is no jira.jql: followed are the issues that documents name, "
            "and what these lead to",
        ),
        ("labels = postmortem", "ok jira jql jira.jql finds 2 issues"),
        (
            "labels = swept order by updated desc",
            "ok jira jql jira.jql finds 1 issue (its ORDER BY is left out: the order is our own)",
        ),
        (
            "labels = nobodys",
            "warning jira jql jira.jql finds no issue that Analytics may see; "
            "try it in Jira's own search as that account, and mend jira.jql or the account's rights",
        ),
        (
            "ORDER BY created",
            "wrong jira jql jira.jql has no condition, so that it means every issue there is; "
            "add one, as in labels = x",
        ),
    ],
)
def test_the_jql(tmp_path: Path, deployment: Any, jql: str | None, expected: str) -> None:
    """How many issues it finds, or why none."""
    more = () if jql is None else (f'jql = "{jql}"',)
    assert content(tmp_path, small_jira(), "jira jql", more=more, deployment=deployment) == [expected]


def test_a_jql_that_jira_refuses(tmp_path: Path) -> None:
    """Jira's own words are told, and the rest is asked."""
    lines = content(tmp_path, small_jira(), "jira jql", "jira issues", more=('jql = "labels = = x"',))
    assert lines[0].startswith("wrong jira jql http://127.0.0.1:")
    assert lines[0].partition(" answered ")[2].startswith("400 to search/approximate-count: ")
    assert lines[0].endswith("; mend jira.jql")
    assert lines[1] == "ok jira issues 2 of 2 issues tried can be read"


@pytest.mark.parametrize(("deployment", "path"), [("cloud", "search/jql"), ("data_center", "search")])
def test_a_jira_without_the_search(tmp_path: Path, deployment: Any, path: str) -> None:
    """One too old, or newer than this product."""
    state = small_jira()
    trouble = lambda request: Fault("status", 410) if request.endpoint == path else None  # noqa: E731
    assert content(tmp_path, state, "jira jql", deployment=deployment, trouble=trouble) == [
        f"wrong jira jql {state.base_url} lacks the search this product asks with (410); "
        "have that Jira brought up to date, or this product if the Jira is the newer of both"
    ]


# --- issues -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deployment", ["cloud", "data_center"])
def test_issues_are_read_whole(tmp_path: Path, deployment: Any) -> None:
    """A few issues are read as a run reads them: with histories, comments and links."""
    state = small_jira()
    state.add_remote_link("PAY-1", "https://wiki.example/1", "Search was down")
    names = ("jira issues", "jira history", "jira comments", "jira remote")
    assert content(tmp_path, state, *names, deployment=deployment) == [
        "ok jira issues 2 of 2 issues tried can be read",
        "ok jira history whole in 2 issues, the longest, of PAY-2, with all its 2 entries",
        "ok jira comments all 1 of 2 issues",
        "ok jira remote links they can be read (PAY-1 has 1)",
    ]


def test_without_a_jql_other_issues_are_tried(tmp_path: Path) -> None:
    """Those of the projects that are shown, before anything was fetched."""
    assert content(tmp_path, small_jira(), "jira issues", more=()) == [
        "ok jira issues 2 of 2 issues tried can be read"
    ]


def test_issues_that_search_alone_knows(tmp_path: Path) -> None:
    """Search is late to forget; what cannot be read by its id is told."""
    state = small_jira()
    state.freeze_index()
    state.delete("PAY-1")
    assert content(tmp_path, state, "jira issues") == [
        "warning jira issues 1 of 2 issues tried can be read; "
        "try again in a few minutes; the others were just deleted, or are hidden by a security level"
    ]
    state.delete("PAY-2")
    assert content(tmp_path, state, "jira issues", "jira history") == [
        "wrong jira issues search finds 2 issues, and none of them can be read by its id; "
        "see whether Analytics may see them in a browser",
        "skipped jira history, comments, remote links: not asked before “jira issues” is right",
    ]


def test_histories_that_do_not_come_whole(tmp_path: Path) -> None:
    """What Jira says there is and does not send is told with an issue to look at."""
    state = small_jira()

    def trouble(request: Request) -> Fault | None:
        return short_answer(9) if request.endpoint == "changelog/bulkfetch" else None

    assert content(tmp_path, state, "jira history", inline_histories=1, trouble=trouble) == [
        "wrong jira history of PAY-2 1 of 2 entries come; "
        "see in a browser whether its history opens; what is missing of it is missing in the figures"
    ]


def test_issues_without_a_history_or_comments(tmp_path: Path) -> None:
    """Nothing changed ever is told as strange; comments that a project does not show, as lost activity."""
    state = JiraState()
    state.add_status("1", "To do", "new")
    state.add_project("NEW", "New")
    state.add_user("ana", "Ana")
    state.create_issue(
        "NEW", "…", at=datetime(2024, 3, 1), status_id="1", reporter="ana", labels=("postmortem",)
    )
    state.hide_field("NEW", "comment")
    assert content(tmp_path, state, "jira history", "jira comments") == [
        "warning jira history none of the 1 issues tried has a history; see in a browser whether that is so",
        "warning jira comments NEW-1 comes without comments, so that what is only discussed looks ignored; "
        "let the field Comment be shown in that project",
    ]


def test_links_that_cannot_be_read(tmp_path: Path) -> None:
    """A Jira without issue linking says no; then they need not be asked for."""
    state = small_jira()
    trouble = lambda request: Fault("status", 403) if "remotelink" in request.path else None  # noqa: E731
    assert content(tmp_path, state, "jira remote", trouble=trouble) == [
        f"warning jira remote links {state.base_url} does not tell the links of PAY-1 to pages elsewhere; "
        "have issue linking turned on for the account, or set jira.remote_links = false"
    ]
    assert content(tmp_path, state, "jira remote", more=(JQL, "remote_links = false")) == [
        "ok jira remote links not asked for, as jira.remote_links is false"
    ]


# --- incidents that live in the Jira ------------------------------------------------------------------------


def test_incidents_in_jira(tmp_path: Path) -> None:
    """Their sources are looked at by the same connection, after the account was let in, and not otherwise."""
    sources = "".join(
        f'[[sources]]\ntype = "jira"\nname = "{name}"\njql = "{jql}"\n'
        for name, jql in (
            ("incidents", "project = PAY"),
            ("none", "labels = nobodys"),
            ("wrong", "labels = = x"),
        )
    )
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        lines = told(tmp_path, jira(served.url) + sources, "source")
        assert lines[:2] == [
            f"warning source incidents {served.url} shows 2 issues to {EMAIL} that project = PAY; none of 2 "
            "tried holds anything in Description (description); see whether it is another field that is "
            "filled in, and mend fields or document of the source",
            f"warning source none {served.url} shows no issue to {EMAIL} that labels = nobodys; "
            "try that in Jira's own search as the account; mend jql of the source, or its rights",
        ]
        assert lines[2].startswith(
            f"wrong source wrong {served.url} answered 400 to search/approximate-count: "
        )
        assert lines[2].endswith("; mend jql of source wrong")
        served.requests.clear()
        served.token_is_expired = True
        assert told(tmp_path, jira(served.url) + sources, "source") == []
        assert [request.endpoint for request in served.requests] == ["serverInfo", "myself"]


# --- accounts ---------------------------------------------------------------------------------------------


def test_automation_accounts(tmp_path: Path) -> None:
    """A name that did nothing in any history is told with those like it, once there are histories."""
    named = 'automation_accounts = ["automation for jira ", "Automation fro Jira", "Nobody At All"]'
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        settings = jira(served.url, JQL, named)
        assert told(tmp_path, settings, "jira automation") == [
            "ok jira automation not compared: no histories were fetched yet"
        ]
        flow.run(load_settings(tmp_path / "postmortems.toml"))
        assert told(tmp_path, settings, "jira automation") == [
            "warning jira automation “Automation fro Jira” of jira.automation_accounts did nothing in any "
            "history; put “Automation for Jira” there if that is meant",
            "warning jira automation “Nobody At All” of jira.automation_accounts did nothing in any history; "
            "name it as it stands in Jira's histories",
        ]
        settings = jira(served.url, JQL, 'automation_accounts = ["bot"]')
        assert told(tmp_path, settings, "jira automation", "jira issues") == [
            "ok jira issues 2 of 2 issues tried can be read",
            "ok jira automation every name in jira.automation_accounts is known in histories",
        ]
