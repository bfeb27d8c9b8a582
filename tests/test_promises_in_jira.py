"""What a whole run makes of promises closed as duplicates, split up, hidden, or only linked in Jira."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import flow
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.errors import SourceError
from pipeline.settings import load_settings
from pipeline.warehouse import now
from tests.sources import confluence_server
from tests.sources.confluence_server import Page, Wiki
from tests.test_flow import published, raw

AS_OF = datetime(2024, 6, 1)

DOCUMENT = """# Checkout was down

- **Incident**: OPS-1
- **Severity**: SEV2

## Timeline

All times in UTC.

| Time | Event |
| --- | --- |
| 2024-03-01 09:00 | Outage started: orders fail |
| 2024-03-01 10:30 | Resolved: orders succeed again |

## Root cause

A certificate expired.

## Action items

- SHOP-1: alert before a certificate expires
- SHOP-2: renew every certificate
- SHOP-3: test the renewal
- SHOP-4: write down how to renew
"""


def invented_jira() -> JiraState:
    """An incident's own issue, four promises, and what hangs on them."""
    state = JiraState()
    for status_id, name, category in (
        ("1", "To Do", "new"),
        ("2", "Doing", "indeterminate"),
        ("3", "Done", "done"),
    ):
        state.add_status(status_id, name, category)
    for key in ("OPS", "SHOP", "CERT"):
        state.add_project(key, key.title())
    for name in ("ana", "bo"):
        state.add_user(name, name.title())
    state.add_user("bot", "Automation for Jira", "app")
    state.add_field("customfield_10001", "Team", "any.plugin:select", "option")
    made = datetime(2024, 3, 2)

    def create(project: str, summary: str, **more: Any) -> str:
        return state.create_issue(project, summary, at=made, status_id="1", reporter="ana", **more)

    create("OPS", "Checkout is down", labels=["pm"])
    for summary in ("Alert early", "Renew all", "Test it", "Write it down"):
        create("SHOP", summary)
    create("CERT", "Alert on certificates", custom={"customfield_10001": "Certificates"})
    create("SHOP", "Renew the shop's", parent="SHOP-2", issue_type="Sub-task", labels=["pm"])
    create("CERT", "Rotate keys")
    create("CERT", "Read the postmortem", labels=["pm"])
    create("CERT", "Something else", labels=["pm"])
    state.link("SHOP-1", "CERT-1", at=made, by="ana", link_type="Duplicate")
    state.transition("SHOP-1", "3", at=datetime(2024, 3, 3), by="ana", resolution="Duplicate")
    state.transition("CERT-1", "3", at=datetime(2024, 4, 3), by="bo", resolution="Done")
    state.transition("SHOP-5", "2", at=datetime(2024, 5, 20), by="bo")
    state.edit("SHOP-2", at=datetime(2024, 5, 25), by="bot", labels=["swept"])
    state.transition("SHOP-3", "3", at=datetime(2024, 3, 9), by="ana", resolution="Won't Do")
    state.link("OPS-1", "CERT-2", at=made, by="ana", link_type="Relates")
    state.add_remote_link("CERT-3", "https://Wiki.example/checkout.md?src=jira#top", "Postmortem")
    return state


def test_what_became_of_a_promise_is_found_wherever_jira_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The survivor's outcome, work on a child, what an incident or a page leads to, and what is hidden."""
    monkeypatch.setenv("JIRA_TOKEN", "invented")
    state = invented_jira()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "checkout.md").write_text(DOCUMENT, encoding="utf-8")
    config = tmp_path / "postmortems.toml"
    with serve_jira(state, email="me@example.com", token="invented") as jira:
        config.write_text(
            '[[sources]]\nname = "docs"\npath = "docs"\nurl = "https://wiki.example/{path}"\n\n'
            f'[jira]\nurl = "{jira.url}"\nemail = "me@example.com"\njql = "labels = pm"\n'
            'fields = { team = "customfield_10001" }\n',
            encoding="utf-8",
        )
        settings = load_settings(config)
        flow.run(settings, as_of=AS_OF)
        state.hide("SHOP-4")
        state.rename_status("3", "Finished")
        flow.run(settings, as_of=AS_OF, sweep=True)
    made = datetime(2024, 3, 2)
    assert published(
        settings,
        """
        SELECT jira_key, found_by, incident_id IS NOT NULL, link_state, status, outcome, declined_reason,
               survivor_key, coalesce(done_at, declined_at), last_activity_at, child_count
        FROM marts.action_items ORDER BY jira_key
        """,
    ) == [
        ("CERT-2", "incident_link", True, "linked", "To Do", "open", None, None, None, made, 0),
        ("CERT-3", "remote_link", True, "linked", "To Do", "open", None, None, None, made, 0),
        ("CERT-4", "jql", False, "linked", "To Do", "open", None, None, None, made, 0),
        (
            *("SHOP-1", "document", True, "linked", "Finished", "done", None, "CERT-1"),
            *(datetime(2024, 4, 3), datetime(2024, 4, 3), 0),
        ),
        (
            *("SHOP-2", "document", True, "linked", "To Do", "open", None, None, None),
            *(datetime(2024, 5, 20), 1),
        ),
        (
            *("SHOP-3", "document", True, "linked", "Finished", "declined", "Won't Do", None),
            *(datetime(2024, 3, 9), datetime(2024, 3, 9), 0),
        ),
        ("SHOP-4", "document", True, "missing", "To Do", "unknown", None, None, None, made, 0),
        (
            *("SHOP-5", "jql", False, "linked", "Doing", "open", None, None, None),
            *(datetime(2024, 5, 20), 0),
        ),
    ]
    assert published(
        settings,
        """
        SELECT issue_key, followed_for, action_item_count, is_absent, survivor_key, team
        FROM marts.issues WHERE parent_key IS NULL ORDER BY issue_key
        """,
    ) == [
        ("CERT-1", ["survivor"], 0, False, None, "Certificates"),
        ("CERT-2", ["incident_link"], 1, False, None, None),
        ("CERT-3", ["jql"], 1, False, None, None),
        ("CERT-4", ["jql"], 1, False, None, None),
        ("OPS-1", ["incident", "jql"], 0, False, None, None),
        ("SHOP-1", ["document"], 1, False, "CERT-1", None),
        ("SHOP-2", ["document", "parent"], 1, False, None, None),
        ("SHOP-3", ["document"], 1, False, None, None),
        ("SHOP-4", ["document"], 1, True, None, None),
    ]
    assert published(
        settings,
        "SELECT rule, line FROM marts.findings WHERE rule IN ('issue_missing', 'duplicate_without_survivor')",
    ) == [("issue_missing", 24)]


def test_what_only_an_earlier_jql_or_a_link_now_gone_led_to_is_no_action_item_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays held, with the reason it had; what lost its label under the same JQL stays an action item."""
    monkeypatch.setenv("JIRA_TOKEN", "invented")
    state = invented_jira()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "checkout.md").write_text(DOCUMENT, encoding="utf-8")
    config = tmp_path / "postmortems.toml"
    items = "SELECT jira_key, found_by FROM marts.action_items WHERE document_id IS NULL ORDER BY jira_key"
    held = """
        SELECT issue_key, followed_for FROM marts.issues
        WHERE followed_for && ['former_jql', 'former_incident_link'] ORDER BY issue_key
    """

    with serve_jira(state, email="me@example.com", token="invented") as jira:

        def run(jql: str) -> Any:
            config.write_text(
                '[[sources]]\nname = "docs"\npath = "docs"\n\n'
                f'[jira]\nurl = "{jira.url}"\nemail = "me@example.com"\njql = "{jql}"\n',
                encoding="utf-8",
            )
            settings = load_settings(config)
            flow.run(settings, as_of=AS_OF, sweep=True)
            return settings

        settings = run("labels = pm")
        found = [("CERT-2", "incident_link"), ("CERT-3", "jql"), ("CERT-4", "jql"), ("SHOP-5", "jql")]
        assert published(settings, items) == found
        state.edit("CERT-4", at=datetime(2024, 5, 28), by="ana", labels=[])
        state.unlink("OPS-1", "CERT-2", at=datetime(2024, 5, 28), by="ana", link_type="Relates")
        settings = run("labels = pm")
        assert published(settings, items) == found[1:]
        assert published(settings, held) == [("CERT-2", ["former_incident_link"])]
        between = now()
        settings = run("labels = pm AND project = SHOP")
        assert published(settings, items) == found[3:]
        # As of a past day counts the JQL of the last fetch before it; before any fetch, that of the last.
        for moment, then in ((between, found[1:]), (AS_OF, [found[0], found[3]])):
            past = flow.build(settings, as_of=moment).published
            with duckdb.connect(str(past), read_only=True) as build:
                assert build.execute(items).fetchall() == then
        assert published(settings, held) == [
            ("CERT-2", ["former_incident_link"]),
            ("CERT-3", ["former_jql"]),
            ("CERT-4", ["former_jql"]),
            ("OPS-1", ["former_jql", "incident"]),
        ]
        settings = run("labels = pm")
        assert published(settings, items) == found[1:]


def test_a_source_that_fails_keeps_no_other_and_no_jira_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said what failed and that the rest is kept; nothing is published."""
    monkeypatch.setenv("JIRA_TOKEN", "invented")
    state = invented_jira()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "checkout.md").write_text(DOCUMENT, encoding="utf-8")
    config = tmp_path / "postmortems.toml"
    with serve_jira(state, email="me@example.com", token="invented") as jira:
        config.write_text(
            '[[sources]]\nname = "gone"\npath = "nowhere"\n\n[[sources]]\nname = "docs"\npath = "docs"\n\n'
            f'[jira]\nurl = "{jira.url}"\nemail = "me@example.com"\njql = "labels = pm"\n',
            encoding="utf-8",
        )
        settings = load_settings(config)
        with pytest.raises(SourceError, match=r"gone.* is no folder.*the rest was fetched and is kept"):
            flow.run(settings, as_of=AS_OF)
    assert not (settings.published_path / "current.duckdb").exists()
    query = "SELECT source, outcome FROM raw.fetches ORDER BY source"
    assert raw(settings, query) == [("docs", "ok"), ("gone", "failed"), ("jira", "ok")]
    assert raw(settings, "SELECT count(DISTINCT issue_id) > 5 FROM raw.jira_issues") == [(True,)]


def test_a_refused_account_is_tried_once_and_keeps_no_other_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another try may lock it: what is read with it is left out, told and noted; the rest is fetched."""
    monkeypatch.setenv("JIRA_TOKEN", "invented")
    monkeypatch.setenv("CONFLUENCE_TOKEN", "another")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "checkout.md").write_text(DOCUMENT, encoding="utf-8")
    config = tmp_path / "postmortems.toml"
    wiki = Wiki([Page("1", "Search was down", "<p>…</p>")])
    state = invented_jira()
    with confluence_server.serve(wiki), serve_jira(state, email="me@example.com", token="invented") as jira:
        config.write_text(
            "".join(
                f'[[sources]]\ntype = "confluence"\nname = "{name}"\nurl = "{wiki.url}"\n'
                f'email = "{confluence_server.EMAIL}"\nlabels = ["postmortem"]\n\n'
                for name in ("wiki", "wiki-too")
            )
            + '[[sources]]\ntype = "jira"\nname = "desk"\njql = "project = OPS"\n\n'
            + '[[sources]]\nname = "docs"\npath = "docs"\n\n'
            + f'[jira]\nurl = "{jira.url}"\nemail = "me@example.com"\njql = "labels = pm"\n',
            encoding="utf-8",
        )
        settings = load_settings(config)
        outcomes = "SELECT source, outcome FROM raw.fetches"

        with pytest.raises(SourceError) as raised:
            flow.run(settings, as_of=AS_OF)
        lines = str(raised.value).splitlines()
        assert [line.split(":")[0] for line in lines] == ["source wiki", "source wiki-too"]
        assert lines[1] == (
            "source wiki-too: not asked, as source wiki was refused with the same account, which another try "
            "may lock; mend that first; the rest was fetched and is kept"
        )
        assert len(wiki.requests) == 1
        assert sorted(raw(settings, outcomes)) == [
            ("desk", "ok"),
            ("docs", "ok"),
            ("jira", "ok"),
            ("wiki", "failed"),
            ("wiki-too", "failed"),
        ]

        jira.token_is_expired = True
        calls = len(jira.requests)
        with pytest.raises(SourceError) as raised:
            flow.run(settings, as_of=AS_OF)
        lines = str(raised.value).splitlines()
        assert [line.split(":")[0] for line in lines] == ["source wiki", "source wiki-too", "jira", "jira"]
        assert lines[3].startswith("jira: not asked, as source desk was refused with the same account, ")
        assert len(jira.requests) == calls + 1
    assert sorted(raw(settings, outcomes))[2:4] == [("docs", "ok"), ("docs", "ok")]
    assert not (settings.published_path / "current.duckdb").exists()
