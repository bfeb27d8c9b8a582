from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.demo.company import Company, invent_company
from pipeline.demo.demo_settings import JIRA_TOKEN, write_settings
from pipeline.demo.house_styles import Document, documents, write_documents
from pipeline.settings import load_settings

AS_OF = datetime(2026, 11, 24)
JIRA = "http://127.0.0.1:8089"
STRAYS = {"template", "readme", "empty", "binary"}


@pytest.fixture(scope="module")
def company() -> Company:
    """The company of default size."""
    return invent_company(seed=1, incident_count=240, as_of=AS_OF)


@pytest.fixture(scope="module")
def written(company: Company) -> list[Document]:
    """Its documents."""
    return list(documents(company, JIRA))


def test_equal_companies_write_equal_bytes(company: Company, written: list[Document]) -> None:
    """A second company of the same seed gives the same documents, byte for byte."""
    again = invent_company(seed=1, incident_count=240, as_of=AS_OF)
    assert list(documents(again, JIRA)) == written


def test_files_on_disk_are_the_documents(company: Company, written: list[Document], tmp_path: Path) -> None:
    """Every document lies in its unit's folder with its bytes and its date, and nothing else does."""
    assert write_documents(company, tmp_path, JIRA) == written
    on_disk = {
        path.relative_to(tmp_path).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert on_disk == {
        f"documents/{document.plan.unit.name}/{document.plan.path}": (
            document.content,
            document.plan.published_at.replace(tzinfo=UTC).timestamp(),
        )
        for document in written
    }


def test_only_the_planted_files_are_no_text(written: list[Document]) -> None:
    """All are valid UTF-8 but the picture and the one that was saved in an old encoding."""
    broken = []
    for document in written:
        try:
            document.content.decode("utf-8")
        except UnicodeDecodeError:
            broken.append(document.mistakes[-1])
    assert sorted(broken) == ["binary", "not_utf8"]


def test_every_style_is_written(written: list[Document]) -> None:
    """Each unit has its documents, most of them telling an incident."""
    by_unit = Counter(document.plan.unit.style for document in written if document.plan.incident_ids)
    assert set(by_unit) == {"runbook", "labels", "diary", "form", "status_post", "review"}
    assert min(by_unit.values()) >= 10


def test_each_incident_is_told_at_most_once_and_most_are(company: Company, written: list[Document]) -> None:
    """A few incidents are never written up, or not yet; none is told twice."""
    told = [name for document in written for name in document.plan.incident_ids]
    assert len(told) == len(set(told))
    assert 0.9 * len(company.incidents) < len(told) < len(company.incidents)


def test_mistakes_occur_as_they_do_in_real_documents() -> None:
    """Over a large company every mistake is made, and each document's list holds no mistake twice."""
    company = invent_company(seed=5, incident_count=1500, as_of=AS_OF)
    written = list(documents(company, JIRA))
    counts = Counter(mistake for document in written for mistake in document.mistakes)
    assert set(counts) == {
        *("no_start", "no_end", "no_severity", "no_cause", "not_available", "approximate_time"),
        *("dotted_time", "end_year_early", "duration_contradicts", "zone_against_season"),
        *("midnight_without_date", "two_incidents", "not_utf8", *STRAYS),
    } | (set(counts) & {"clock_change"})
    assert all(len(set(document.mistakes)) == len(document.mistakes) for document in written)
    flawless = sum(not document.mistakes for document in written)
    assert 0.5 < flawless / len(written) < 0.9


def test_what_is_stated_is_true(company: Company, written: list[Document]) -> None:
    """Apart from a duration that contradicts, the listed statements are the company's own truth."""
    stated_fields: Counter[str] = Counter()
    for document in written:
        for stated in document.stated:
            incident = company.incident(stated.incident_id)
            stated_fields[stated.field] += 1
            assert stated.incident_id in document.plan.incident_ids
            match stated.field:
                case "cause_category":
                    truth: object = incident.cause and incident.cause.category
                case "incident_key":
                    truth = incident.incident_id
                case "team":
                    truth = incident.team.name
                case "stated_time_to_resolve_minutes":
                    if "duration_contradicts" in document.mistakes:
                        continue
                    truth = incident.minutes("resolved_at")
                case "stated_time_to_detect_minutes":
                    truth = incident.minutes("detected_at")
                case "customer_impact_minutes":
                    truth = incident.minutes("mitigated_at")
                case _:
                    truth = getattr(incident, stated.field)
            assert stated.value == truth, stated
    assert stated_fields["started_at"] > 150
    assert stated_fields["resolved_at"] > 150


def test_a_planted_gap_is_a_gap(written: list[Document]) -> None:
    """A document that does not say when it was over states no end and no duration; and so for the others."""
    silent_on = {
        "no_start": {"started_at"},
        "no_end": {"resolved_at", "stated_time_to_resolve_minutes"},
        "no_severity": {"severity"},
        "end_year_early": {"resolved_at"},
        "not_available": {"stated_time_to_resolve_minutes"},
    }
    for document in written:
        fields = {stated.field for stated in document.stated}
        for mistake in document.mistakes:
            assert not fields & silent_on.get(mistake, set()), document.plan.path


def test_linked_keys_stand_in_the_text(company: Company, written: list[Document]) -> None:
    """Each key a document is said to name is there; a key that the author forgot is not."""
    promises = company.promises_by_incident()
    for document in written:
        text = document.content.decode("utf-8", "replace")
        for item in document.stated_action_items:
            assert item.description in text
            assert item.issue_key is None or item.issue_key in text
        words = set(text.replace("[", " ").replace("]", " ").replace("/", " ").split())
        for incident_id in document.plan.incident_ids:
            for promise in promises.get(incident_id, ()):
                assert promise.is_linked or promise.issue_key not in words


def test_documents_hold_no_address_but_the_jiras(written: list[Document]) -> None:
    """Nothing in them leads to a real site."""
    for document in written:
        text = document.content.decode("utf-8", "replace")
        assert text.count("://") == text.count(JIRA)


def test_the_settings_load_and_name_everything(company: Company, tmp_path: Path) -> None:
    """The written settings are valid and hold every unit, team, service, person and project."""
    path = write_settings(company, tmp_path, JIRA)
    settings = load_settings(path)
    assert settings.company.is_invented
    assert settings.jira is not None
    assert settings.jira.url == JIRA
    assert settings.jira_token().get_secret_value() == JIRA_TOKEN
    assert JIRA_TOKEN not in path.read_text(encoding="utf-8")
    assert [(source.name, source.time_zone) for source in settings.sources] == [
        (unit.name, unit.time_zone) for unit in company.units
    ]
    assert [(team.name, *team.services, *team.jira_projects, *team.people) for team in settings.teams] == [
        (team.name, *team.services, team.project, *(person.name for person in team.people))
        for team in company.teams
    ]
    assert set(settings.jira.projects) == {team.project for team in company.teams}


def test_the_settings_are_plain_toml(company: Company, tmp_path: Path) -> None:
    """An address with odd characters comes back as it was."""
    odd = 'http://127.0.0.1:8089/a"b\\c'
    path = write_settings(company, tmp_path, odd)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["jira"]["url"] == odd


def test_a_large_company_is_written_in_proportion() -> None:
    """Ten times the incidents give about ten times the documents, none lost to a path used twice."""
    company = invent_company(seed=4, incident_count=2400, as_of=AS_OF)
    paths = [(document.plan.unit.name, document.plan.path) for document in documents(company, JIRA)]
    assert len(paths) == len(set(paths)) > 2200


def test_recent_incidents_may_have_no_document_yet(company: Company) -> None:
    """Reviews take days, so the last week's incidents are mostly told by the status page alone."""
    told = {name for plan in company.documents for name in plan.incident_ids}
    recent = [
        incident
        for incident in company.incidents
        if incident.started_at > AS_OF - timedelta(days=3) and not incident.is_planned
    ]
    assert recent
    assert all(incident.team.unit == "status-page" for incident in recent if incident.incident_id in told), [
        incident.incident_id for incident in recent
    ]
