"""Incidents that live in a Jira as issues, over HTTP: what is listed and read, what a change costs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.site import Deployment
from pipeline.demo.jira.state import JiraState
from pipeline.errors import JiraError
from pipeline.raw_documents import FetchedDocument, Glance, KnownDocument
from pipeline.settings import Jira, JiraSource
from pipeline.sources.jira.incidents import JiraIncidents, status_changes
from pipeline.sources.jira.site import open_site
from tests.sources.clock import StillClock
from tests.sources.service_desk import (
    BEGAN,
    CANCELED,
    DONE,
    EMAIL,
    NEW,
    POSTMORTEM,
    SEVERITY,
    STARTED,
    TOKEN,
    WORKING,
    as_sent_by_jsm,
    raise_incident,
    service_desk,
)

DEPLOYMENTS: tuple[Deployment, ...] = ("cloud", "data_center")
LATER = datetime(2024, 6, 1)


@dataclass
class Desk:
    """A served service desk, and what a warehouse would hold of it."""

    state: JiraState
    jira: SimulatedJira
    source: dict[str, Any]
    held: dict[str, KnownDocument]
    at: datetime = LATER

    def incidents(self, **asked: bool) -> JiraIncidents:
        """The source as it is set now."""
        settings = Jira.model_validate({"url": self.jira.url, "email": EMAIL})
        source = JiraSource.model_validate(
            {"type": "jira", "name": "incidents", "jql": "project = INC ORDER BY key"} | self.source
        )

        def site() -> Any:
            return open_site(settings, SecretStr(TOKEN), clock=StillClock())

        return JiraIncidents(source, settings, site, now=lambda: self.at, **asked)

    def fetch(self, **asked: bool) -> list[FetchedDocument]:
        """What a run reads; afterwards that is held, and what is not listed any more is not."""
        listing = self.incidents(**asked).fetch(self.held)
        read = list(listing.changed)
        assert len(read) <= listing.changed_count
        for each in read:
            self.held[each.path] = KnownDocument(
                each.content_hash, each.size_bytes, each.modified_at, self.at, each.url, each.problem,
                each.version,
            )  # fmt: skip
        self.held = {path: known for path, known in self.held.items() if path in listing.paths}
        return read

    def asked(self) -> list[str]:
        """The endpoints asked since this was asked last."""
        asked = [request.endpoint for request in self.jira.requests]
        self.jira.requests.clear()
        return asked


@contextmanager
def served(state: JiraState, source: dict[str, Any] | None = None, **more: Any) -> Iterator[Desk]:
    """The service desk over HTTP, with nothing held of it."""
    with serve_jira(state, email=EMAIL, token=TOKEN, **more) as jira:
        yield Desk(state, jira, source or {}, {})


def record(document: FetchedDocument) -> dict[str, Any]:
    """The columns of an issue's record."""
    assert document.content is not None
    columns: dict[str, Any] = json.loads(document.content)
    return columns


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_every_issue_that_the_jql_finds_is_a_record(deployment: Deployment) -> None:
    """Over several pages: each once, by its id, with its address, its times, and a field on each line."""
    state = service_desk(deployment)
    for number in range(7):
        raise_incident(state, f"Outage {number}", at=BEGAN + timedelta(hours=number))
    state.create_issue("PAY", "No incident", at=BEGAN, status_id=NEW, reporter="ana")
    with served(state, page_limit=2, short_pages=True) as desk:
        documents = desk.fetch()
        url = desk.jira.url
    assert [(each.path, each.url) for each in sorted(documents, key=lambda each: each.path)] == [
        (f"issues/{10_000 + number}", f"{url}/browse/INC-{number + 1}") for number in range(7)
    ]
    first = min(documents, key=lambda each: each.path)
    assert (first.media_type, first.written_at, first.modified_at) == ("application/json", BEGAN, BEGAN)
    lines = (first.content or "").splitlines()
    assert lines[:4] == ["{", '"key": "INC-1",', '"id": "10000",', '"fields.summary": "Outage 0",']
    held = record(first)
    assert [line.partition(":")[0].strip('"') for line in lines[1:-1]] == list(held)
    assert [name for name in held if not name.startswith("fields.")] == ["key", "id", "names"]
    assert not {"fields.updated", "fields.comment", f"fields.{STARTED}"} & held.keys()


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_what_did_not_change_is_not_read(deployment: Deployment) -> None:
    """A second run lists, and reads nothing; a changed issue, and only that, is read by the next."""
    state = service_desk(deployment)
    keys = [raise_incident(state, f"Outage {number}") for number in range(3)]
    search = "search/jql" if deployment == "cloud" else "search"
    with served(state) as desk:
        assert len(desk.fetch()) == 3
        desk.asked()
        assert desk.fetch() == []
        assert desk.asked() == ["serverInfo", "myself", search]
        state.edit(keys[1], at=BEGAN + timedelta(days=1), by="ana", summary="Outage, told better")
        assert [record(each)["fields.summary"] for each in desk.fetch()] == ["Outage, told better"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_fields_are_read_that_the_settings_map(deployment: Deployment) -> None:
    """Custom fields come with their names as Jira sends them; another mapping reads the issues once more."""
    state = service_desk(deployment)
    raise_incident(state, custom=as_sent_by_jsm())
    with served(state, {"fields": {"severity": f"fields.{SEVERITY}.value"}}) as desk:
        (document,) = desk.fetch()
        assert record(document)[f"fields.{SEVERITY}"] == {"id": "20333", "value": "SEV-2"}
        assert record(document)["names"] == {SEVERITY: "Severity"}
        desk.source = {"fields": {"started_at": f"fields.{STARTED} | fields.created"}}
        (document,) = desk.fetch()
        assert record(document)[f"fields.{STARTED}"] == "2024-03-01T10:00:00.000+0100"
        assert record(document)["names"] == {STARTED: "Impact start"}
        assert desk.fetch() == []


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_the_texts_of_several_fields_are_one_document(deployment: Deployment) -> None:
    """The description opens it, each other field stands under its name, and an empty one is left out."""
    state = service_desk(deployment)
    told = raise_incident(state, description="Orders failed.", custom={POSTMORTEM: "It expired."})
    silent = raise_incident(state, description="")
    with served(state, {"document": ["description", POSTMORTEM]}) as desk:
        texts = {held["key"]: held for held in map(record, desk.fetch())}
    assert texts[told]["document"] == "Orders failed.\n\nh1. Root cause\n\nIt expired."
    assert not {"fields.description", f"fields.{POSTMORTEM}"} & texts[told].keys()
    assert texts[silent]["document"] is None


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_comments_come_whole_when_they_are_asked_for(deployment: Deployment) -> None:
    """All of them, although Cloud sends the newest along only; they are no part of a record otherwise."""
    state = JiraState(deployment=deployment, inline_comments=2)
    state.add_status(NEW, "Open", "new")
    state.add_project("INC", "Incidents", statuses=[NEW])
    state.add_user("ana", "Ana Silva")
    key = raise_incident(state)
    for minute in range(5):
        state.comment(key, f"Told {minute}", at=BEGAN + timedelta(minutes=10 + minute), by="ana")
    with served(state, {"comments": True}) as desk:
        (document,) = desk.fetch()
    told = [each["body"] for each in record(document)["fields.comment"]["comments"]]
    assert told == [f"Told {minute}" for minute in range(5)]


def test_the_history_of_the_status_comes_when_a_mapping_asks_for_it() -> None:
    """Each change with its categories; done is reached by the entry that was not taken back."""
    state = service_desk()
    key = raise_incident(state)
    for minutes, status in ((20, WORKING), (60, DONE), (70, WORKING), (100, DONE), (101, CANCELED)):
        state.transition(key, status, at=BEGAN + timedelta(minutes=minutes), by="ben")
    with served(state, {"fields": {"resolved_at": "history[reached=done].at"}}) as desk:
        (document,) = desk.fetch()
    assert [(each["at"][11:16], each["to"], each["reached"]) for each in record(document)["history"]] == [
        ("09:20", "Work in progress", "indeterminate"),
        ("10:00", "Completed", None),
        ("10:10", "Work in progress", "indeterminate"),
        ("10:40", "Completed", "done"),
        ("10:41", "Canceled", None),
    ]


def test_a_status_that_is_no_more_has_no_category() -> None:
    """What led to it, or away from it, reached nothing that is known."""
    changes = status_changes(
        [
            {"id": "1", "created": "2024-03-01T09:00:00.000+0000", "items": [
                {"field": "status", "from": "1", "fromString": "Open", "to": "9", "toString": "Gone"},
                {"field": "assignee", "from": None, "to": "ana"},
            ]},
            {"id": "2", "created": 1709289600000, "items": [
                {"field": "status", "from": "9", "fromString": "Gone", "to": "5", "toString": "Completed"},
            ]},
        ],
        {"1": "new", "5": "done"},
    )  # fmt: skip
    assert changes == [
        {
            "at": "2024-03-01T09:00:00.000+0000", "from": "Open", "to": "Gone",
            "from_category": "new", "to_category": None, "reached": None,
        },
        {
            "at": 1709289600000, "from": "Gone", "to": "Completed",
            "from_category": None, "to_category": "done", "reached": "done",
        },
    ]  # fmt: skip


def test_a_status_that_is_no_more_opens_nothing_again() -> None:
    """Done stays done when the issue passed through one, and a field called "Status" is not the status."""

    def entry(number: int, before: str, after: str, **more: str) -> dict[str, Any]:
        item = {"field": "status", "from": before, "to": after, **more}
        return {"id": str(number), "created": f"2024-03-0{number}T09:00:00.000+0000", "items": [item]}

    changes = status_changes(
        [
            entry(1, "1", "5"),
            entry(2, "1", "5", field="Status", fieldId="customfield_10042"),
            entry(3, "1", "5", field="Status", fieldtype="custom"),
            entry(4, "5", "9"),
            entry(5, "9", "5", fieldId="status", fieldtype="jira"),
            entry(6, "5", "6"),
        ],
        {"1": "new", "5": "done", "6": "done"},
    )
    assert [(change["at"][8:10], change["reached"]) for change in changes if change["at"]] == [
        ("01", "done"),
        ("04", None),
        ("05", None),
        ("06", None),
    ]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_what_changes_without_a_new_time_is_read_once_a_day(deployment: Deployment) -> None:
    """A subtask leaves its parent's time as it is: met by the next look at everything, or when asked for."""
    state = service_desk(deployment)
    key = raise_incident(state)
    with served(state) as desk:
        desk.fetch()
        state.create_issue(
            "INC",
            "Tell customers",
            at=BEGAN,
            status_id=NEW,
            reporter="ana",
            issue_type="Sub-task",
            parent=key,
        )
        desk.source = {"include": [key]}
        assert desk.fetch() == []
        (swept,) = desk.fetch(sweep=True)
        assert [each["key"] for each in record(swept)["fields.subtasks"]] == ["INC-2"]
        assert desk.fetch() == []
        desk.at += timedelta(hours=24)
        (again,) = desk.fetch()
        assert again.content_hash == swept.content_hash


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_what_is_deleted_hidden_or_moved_away_is_gone(deployment: Deployment) -> None:
    """And what was moved within the JQL stays the document it was, at its new address."""
    state = service_desk(deployment)
    keys = [raise_incident(state, f"Outage {number}") for number in range(8)]
    with served(state, {"jql": "project in (INC, PAY) AND issuetype = '[System] Incident'"}) as desk:
        desk.fetch()
        state.delete(keys[0])
        state.hide(keys[1])
        state.edit(keys[2], at=BEGAN + timedelta(days=1), by="ana", issue_type="Task")
        moved = state.move(keys[3], "PAY", at=BEGAN + timedelta(days=1), by="ana", status_id=NEW)
        (read,) = desk.fetch()
        assert (read.path, read.url) == ("issues/10003", f"{desk.jira.url}/browse/{moved}")
        assert sorted(desk.held) == [f"issues/{10_000 + number}" for number in range(3, 8)]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_most_of_them_gone_at_once_is_doubted(deployment: Deployment) -> None:
    """Lost rights look like deletions: an error, and nothing is taken for gone unless one says so."""
    state = service_desk(deployment)
    keys = [raise_incident(state, f"Outage {number}") for number in range(5)]
    with served(state) as desk:
        desk.fetch()
        for key in keys[:3]:
            state.hide(key)
        with pytest.raises(JiraError) as error:
            desk.fetch()
        assert str(error.value) == (
            "source incidents: 3 of 5 issues are gone at once, which looks like an index or a right that was "
            "lost, so nothing was taken for gone; look for them in Jira by its jql, and if that is meant, "
            "run with --accept-vanished"
        )
        assert desk.fetch(accept_vanished=True) == []
        assert sorted(desk.held) == ["issues/10003", "issues/10004"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_late_search_lists_what_is_not_there_and_keeps_nothing_of_it(deployment: Deployment) -> None:
    """What only the index still knows is not listed; what it does not know yet comes when it does."""
    state = service_desk(deployment)
    deleted, kept = raise_incident(state, "Deleted"), raise_incident(state, "Kept")
    state.freeze_index()
    state.delete(deleted)
    new = raise_incident(state, "New")
    state.edit(kept, at=BEGAN + timedelta(days=1), by="ana", summary="Kept and changed")
    with served(state) as desk:
        told = {held["key"]: held["fields.summary"] for held in map(record, desk.fetch())}
        assert (list(told), sorted(desk.held)) == ([kept], ["issues/10001"])
        assert desk.fetch() == []
        state.refresh_index()
        told |= {held["key"]: held["fields.summary"] for held in map(record, desk.fetch())}
        assert told == {kept: "Kept and changed", new: "New"}


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_field_that_jira_does_not_have_is_told(deployment: Deployment) -> None:
    """Jira would leave out its values in silence, for ever."""
    state = service_desk(deployment)
    raise_incident(state)
    with served(state, {"fields": {"started_at": "fields.customfield_99999"}}) as desk:
        with pytest.raises(JiraError) as error:
            desk.fetch()
        assert str(error.value) == (
            f"source incidents: {desk.jira.url} shows no field customfield_99999 to {EMAIL}; mend fields or "
            f"document of the source (`postmortems doctor` tells the ids of those in use)"
        )


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_jql_that_jira_does_not_understand_is_told_as_the_source_s(deployment: Deployment) -> None:
    """The message holds Jira's own words and the setting to mend."""
    with served(service_desk(deployment), {"jql": "project = NOPE"}) as desk:
        with pytest.raises(JiraError) as error:
            desk.fetch()
        assert str(error.value).endswith("; mend jql of source incidents")
        assert "NOPE" in str(error.value)


def test_an_expired_token_is_no_empty_list() -> None:
    """Cloud answers it with 200 and no issues; it is an error, and nothing is gone."""
    state = service_desk()
    raise_incident(state)
    with served(state) as desk:
        desk.fetch()
        desk.jira.token_is_expired = True
        with pytest.raises(JiraError, match="refuses the token"):
            desk.fetch()


def test_a_field_that_failed_to_load_is_read_again() -> None:
    """Cloud leaves such a field out like one the project does not have; asked by itself, it is there."""
    state = service_desk()
    raise_incident(state, custom={SEVERITY: "SEV-1"})
    state.add_project("OLD", "Without the field", statuses=[NEW])
    state.hide_field("OLD", SEVERITY)
    for number in range(3):
        state.create_issue("OLD", f"Old {number}", at=BEGAN, status_id=NEW, reporter="ana")
    with served(
        state, {"jql": "project in (INC, OLD)", "fields": {"severity": f"fields.{SEVERITY}"}}
    ) as desk:
        read = {held["key"]: held.get(f"fields.{SEVERITY}") for held in map(record, desk.fetch())}
        assert read == {
            "INC-1": {"id": "20332", "value": "SEV-1"},
            "OLD-1": None,
            "OLD-2": None,
            "OLD-3": None,
        }
        assert [each for each in desk.asked() if each.startswith("issue/100")] == ["issue/10001"]


def test_an_issue_above_the_limit_is_told_and_not_kept() -> None:
    """One of a megabyte and more is no record here; a larger limit reads it."""
    state = service_desk()
    raise_incident(state, description="word " * 250_000)
    with served(state, {"max_megabytes": 1}) as desk:
        assert [(each.problem, each.content) for each in desk.fetch()] == [("too_large", None)]
        assert desk.fetch() == []
        desk.source = {"max_megabytes": 2}
        assert [each.problem for each in desk.fetch()] == [None]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_glance_tells_what_there_is_and_which_field_nobody_fills_in(deployment: Deployment) -> None:
    """How many issues the JQL finds; that it finds none; that a mapped field is empty in all of them."""
    state = service_desk(deployment)
    with served(state, {"fields": {"severity": f"fields.{SEVERITY}"}}) as desk:
        url = desk.jira.url
        assert desk.incidents().glance() == Glance(
            f"{url} shows no issue to {EMAIL} that project = INC",
            "try that in Jira's own search as the account; mend jql of the source, or its rights",
        )
        key = raise_incident(state)
        assert desk.incidents().glance() == Glance(
            f"{url} shows 1 issue to {EMAIL} that project = INC; none of 1 tried holds anything in "
            f"Severity ({SEVERITY})",
            "see whether it is another field that is filled in, and mend fields or document of the source",
        )
        state.edit(key, at=BEGAN, by="ana", custom={SEVERITY: "SEV-1"})
        assert desk.incidents().glance() == Glance(f"{url} shows 1 issue to {EMAIL} that project = INC")
