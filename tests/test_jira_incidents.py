"""Incidents that live in a Jira, from its issues to what is published: a whole run, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import flow
from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.site import Deployment
from pipeline.demo.jira.state import JiraState
from pipeline.errors import JiraError
from pipeline.models.files import SQL
from pipeline.record_mappings.issues import DUPLICATE_WORDS, LINK_WORDS
from pipeline.settings import Settings, load_settings
from pipeline.status import describe_status
from pipeline.warehouse import now
from tests.sources.service_desk import (
    BEGAN,
    DONE,
    EMAIL,
    NEW,
    SEVERITY,
    STARTED,
    TOKEN,
    WORKING,
    as_sent_by_jsm,
    raise_incident,
    service_desk,
)

AS_OF = datetime(2024, 6, 1)
DEPLOYMENTS: tuple[Deployment, ...] = ("cloud", "data_center")
INCIDENT_OF_DESK = "[System] Incident"
REVIEW = "[System] Post-incident review"


@dataclass
class Desk:
    """A served service desk and the settings that read it; its incident is INC-1, the review of it INC-2."""

    state: JiraState
    jira: SimulatedJira
    settings: Settings

    def run(self) -> flow.RunSummary:
        """One run."""
        return flow.run(self.settings, as_of=AS_OF)

    def published(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query over what is published now."""
        current = (self.settings.published_path / "current.duckdb").resolve()
        with duckdb.connect(str(current), read_only=True) as connection:
            return connection.execute(query).fetchall()


def desk_of(deployment: Deployment) -> JiraState:
    """A resolved incident with its review, and the work that is linked to both."""
    state = service_desk(deployment)

    def work(summary: str, **more: Any) -> str:
        given: dict[str, Any] = {"at": BEGAN, "status_id": NEW, "reporter": "ben"} | more
        return state.create_issue("PAY", summary, **given)

    work("Alert a month before a certificate expires")
    incident = raise_incident(state, custom=as_sent_by_jsm())
    state.transition(incident, WORKING, at=BEGAN + timedelta(minutes=12), by="ben")
    state.transition(incident, DONE, at=BEGAN + timedelta(minutes=95), by="ben", resolution="Done")
    after = BEGAN + timedelta(days=3)
    review = state.create_issue(
        "INC", "Review: checkout", at=after, status_id=NEW, reporter="ana", issue_type=REVIEW,
        description="h2. Lessons\n\nNobody owned the certificates of the payment gateway.",
    )  # fmt: skip
    state.link(review, incident, at=after, by="ana", link_type="Post-Incident Reviews")
    state.link(incident, work("Write down who owns them"), at=after, by="ana", link_type="Relates")
    state.link(review, work("Ask for a second pair of eyes"), at=after, by="ana", link_type="Relates")
    state.link(work("The gateway forgets"), incident, at=after, by="ana", link_type="Problem/Incident")
    state.create_issue(
        "INC",
        "Tell customers",
        at=after,
        status_id=NEW,
        reporter="ana",
        issue_type="Sub-task",
        parent=incident,
    )
    earlier = state.create_issue(
        "INC", "Of last year", at=BEGAN - timedelta(days=400), status_id=DONE, reporter="ana",
        issue_type=INCIDENT_OF_DESK,
    )  # fmt: skip
    state.link(incident, earlier, at=after, by="ana", link_type="Relates")
    return state


@contextmanager
def served(
    folder: Path, state: JiraState, monkeypatch: pytest.MonkeyPatch, jira: str = "", fields: str = ""
) -> Iterator[Desk]:
    """The desk over HTTP; `jira` and `fields` are further lines of the settings."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with serve_jira(state, email=EMAIL, token=TOKEN) as served_jira:
        path = folder / "postmortems.toml"
        path.write_text(
            f"""
[[sources]]
type = "jira"
name = "incidents"
jql = "project = INC AND created >= '2024-01-01' AND issuetype in ('{INCIDENT_OF_DESK}', '{REVIEW}')"
[sources.fields]
started_at = "fields.{STARTED}"
severity = "fields.{SEVERITY}.value"
resolved_at = "history[reached=done].at"
{fields}
[[teams]]
name = "Payments"
services = ["checkout"]
jira_projects = ["PAY"]
[jira]
url = "{served_jira.url}"
email = "{EMAIL}"
{jira}
""",
            encoding="utf-8",
        )
        yield Desk(state, served_jira, load_settings(path))


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_an_incident_and_its_review_are_one_with_all_that_was_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deployment: Deployment
) -> None:
    """What text, links and subtasks promise is followed; causes, reviews and other incidents are none."""
    with served(tmp_path, desk_of(deployment), monkeypatch) as desk:
        summary = desk.run()
        assert summary.fetched[0] == "incidents: 2 documents, 2 read, 0 gone"
        assert desk.published(
            """
            SELECT title, severity, started_at, detected_at, declared_at, resolved_at, source, url
            FROM marts.incidents
            """
        ) == [
            (
                "Checkout was down", 2, BEGAN, BEGAN + timedelta(minutes=5), BEGAN + timedelta(minutes=8),
                BEGAN + timedelta(minutes=95), "incidents", f"{desk.jira.url}/browse/INC-1",
            )
        ]  # fmt: skip
        assert desk.published(
            """
            SELECT item.description, item.jira_key, item.link_state, item.outcome, item.team,
                document.url[-5:]
            FROM marts.action_items AS item LEFT JOIN marts.documents AS document USING (document_id)
            ORDER BY item.jira_key, item.description
            """
        ) == [
            ("Tell customers", "INC-3", "linked", "open", "Payments", "INC-1"),
            ("Alert a month before a certificate expires", "PAY-1", "linked", "open", "Payments", "INC-1"),
            ("Write down who owns them", "PAY-2", "linked", "open", "Payments", "INC-1"),
            ("Ask for a second pair of eyes", "PAY-3", "linked", "open", "Payments", "INC-2"),
            ("Renew certificates by a job", None, "unlinked", "unknown", "Payments", "INC-1"),
        ]
        assert desk.published("SELECT DISTINCT incident_id IS NOT NULL FROM marts.action_items") == [(True,)]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_the_settings_name_the_links_that_are_promises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deployment: Deployment
) -> None:
    """Then these lead to promises, in the documents and in what is followed, and others do not."""
    links = 'action_item_links = ["Problem/Incident"]'
    with served(tmp_path, desk_of(deployment), monkeypatch, links) as desk:
        desk.run()
        assert desk.published(
            "SELECT jira_key, description FROM marts.action_items WHERE jira_key IS NOT NULL ORDER BY 1"
        ) == [
            ("INC-3", "Tell customers"),
            ("PAY-1", "Alert a month before a certificate expires"),
            ("PAY-4", "The gateway forgets"),
        ]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_second_run_reads_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deployment: Deployment
) -> None:
    """The rest stays as it is; a new incident, still open, and the kept promise are there."""
    state = desk_of(deployment)
    with served(tmp_path, state, monkeypatch) as desk:
        desk.run()
        state.transition("PAY-2", DONE, at=now(), by="ben", resolution="Done")
        raise_incident(state, "Search is slow", at=BEGAN + timedelta(days=9), description="")
        assert desk.run().fetched[0] == "incidents: 3 documents, 1 read, 0 gone"
        assert desk.published("SELECT title, declared_at, resolved_at FROM marts.incidents ORDER BY 2 DESC")[
            0
        ] == ("Search is slow", BEGAN + timedelta(days=9), None)
        outcome = "SELECT outcome FROM marts.action_items WHERE jira_key = 'PAY-2'"
        assert desk.published(outcome) == [("done",)]


def test_lost_rights_leave_what_was_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run fails with a sentence, the source says so where it is shown, and nothing is gone."""
    state = desk_of("cloud")
    for number in range(4):
        raise_incident(state, f"Outage {number}", at=BEGAN + timedelta(days=number))
    with served(tmp_path, state, monkeypatch) as desk:
        desk.run()
        for issue in list(state.issues.values()):
            if issue.project == "INC":
                state.hide(issue.key)
        with pytest.raises(JiraError, match="source incidents: 6 of 6 issues are gone at once"):
            desk.run()
        assert desk.published("SELECT count(*) FROM marts.incidents") == [(5,)]
        flow.build(desk.settings)
        assert desk.published(
            "SELECT kind, document_count, last_outcome, last_message LIKE '%gone at once%' "
            "FROM marts.sources WHERE source = 'incidents'"
        ) == [("jira_incidents", 6, "failed", True)]


def test_status_tells_the_source_beside_the_jira(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents here, issues followed there, each as fresh as it is."""
    with served(tmp_path, desk_of("cloud"), monkeypatch) as desk:
        desk.run()
        told = describe_status(desk.settings.published_path, desk.settings.warehouse_path)
        lines = [re.sub(r"fetched .*", "fetched", line) for line in told]
    assert "  incidents: 2 documents, fetched" in lines
    assert any(re.fullmatch(r"  jira: \d+ issues, fetched", line) for line in lines)


def test_the_token_is_in_nothing_that_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of a run and of a failed run holds it."""
    with served(tmp_path, desk_of("cloud"), monkeypatch) as desk:
        desk.run()
        desk.jira.token_is_expired = True
        with pytest.raises(JiraError):
            desk.run()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 3
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []


def test_the_models_and_the_reader_know_the_same_words_of_links() -> None:
    """What a link says is told by one list, written down twice."""
    query = (SQL / "intermediate" / "int_jira__link_words.sql").read_text(encoding="utf-8")
    assert re.findall(r"\('([^']+)', '([a-z]+)'\)", query) == [(word, kind) for word, kind in LINK_WORDS]


def test_the_models_and_the_sync_know_the_same_words_of_duplicates() -> None:
    """What closes an issue as a duplicate is told by one list, written down twice."""
    query = (SQL / "intermediate" / "int_jira__decline_words.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"\('([^']+)'\)", query.split("UNION ALL")[1])) == DUPLICATE_WORDS
