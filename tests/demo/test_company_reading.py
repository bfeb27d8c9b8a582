from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.demo.company import Company, invent_company
from pipeline.demo.demo_settings import write_settings
from pipeline.demo.house_styles import Document, documents
from pipeline.demo.house_styles.page import Value
from pipeline.documents import parse_document
from pipeline.documents.facts import TIME_FIELDS, DocumentFacts, Reading
from pipeline.settings import load_settings

AS_OF = datetime(2026, 11, 24)
JIRA = "http://127.0.0.1:8089"


@pytest.fixture(scope="module")
def company() -> Company:
    """Twice the default size, so that rare mistakes are met."""
    return invent_company(seed=7, incident_count=480, as_of=AS_OF)


@pytest.fixture(scope="module")
def read(company: Company, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Document, DocumentFacts]]:
    """Each document that is text, with what the reader makes of it under the company's own settings."""
    folder: Path = tmp_path_factory.mktemp("company")
    settings = load_settings(write_settings(company, folder, JIRA))
    sources = {source.name: source for source in settings.sources}
    pairs = []
    for document in documents(company, JIRA):
        if {"not_utf8", "binary"} & set(document.mistakes):
            continue
        source = sources[document.plan.unit.name]
        reading = Reading(
            time_zone=source.time_zone,
            severity_words=tuple(
                (word.lower(), int(level)) for level, words in settings.severity.items() for word in words
            ),
            planned_words=tuple(source.planned),
            services=tuple(service for team in settings.teams for service in team.services),
            jira_hosts=("127.0.0.1:8089",),
            jira_projects=tuple(settings.jira.projects if settings.jira else ()),
            today=AS_OF.date(),
        )
        facts = parse_document(document.content.decode(), document.plan.path, reading)
        pairs.append((document, facts))
    return pairs


def _equal(read_value: str, stated: Value) -> bool:
    if isinstance(stated, bool):
        return read_value.lower() == str(stated).lower()
    if isinstance(stated, datetime):
        return datetime.fromisoformat(read_value) == stated
    if isinstance(stated, int | float):
        return float(read_value) == pytest.approx(stated)
    return read_value == stated


def test_each_document_yields_the_incidents_it_tells(
    read: list[tuple[Document, DocumentFacts]],
) -> None:
    """One for one, two for a file of two, none for a template, a README or an empty file."""
    assert [
        (document.plan.path, len(facts.incidents))
        for document, facts in read
        if len(facts.incidents) != len(document.plan.incident_ids)
    ] == []


def test_nothing_stated_is_read_wrong_and_most_is_found(
    read: list[tuple[Document, DocumentFacts]],
) -> None:
    """Each stated field is read as it truly is or left empty; nine in ten are found."""
    wrong = []
    counts: Counter[str] = Counter()
    for document, facts in read:
        for incident_id, incident in zip(document.plan.incident_ids, facts.incidents, strict=True):
            chosen = {evidence.field: evidence.value for evidence in incident.evidence if evidence.is_chosen}
            for stated in document.stated:
                if stated.incident_id != incident_id:
                    continue
                value = chosen.get(stated.field)
                counts["found" if value is not None else "missed"] += 1
                if value is not None and not _equal(value, stated.value):
                    wrong.append((document.plan.path, document.mistakes, stated, value))
    assert wrong == []
    assert counts["found"] > 0.9 * counts.total()


def test_what_is_not_stated_stays_empty(read: list[tuple[Document, DocumentFacts]]) -> None:
    """No time is chosen that the document does not state: gaps and mistakes stay empty."""
    invented = []
    for document, facts in read:
        stated = {(value.incident_id, value.field) for value in document.stated}
        for incident_id, incident in zip(document.plan.incident_ids, facts.incidents, strict=True):
            invented += [
                (document.plan.path, document.mistakes, evidence.field, evidence.quote)
                for evidence in incident.evidence
                if evidence.is_chosen
                and evidence.field in TIME_FIELDS
                and (incident_id, evidence.field) not in stated
                and "clock_change" not in document.mistakes
            ]
    assert invented == []


def test_action_items_are_read_with_kind_owner_key_due_date_and_mark(
    read: list[tuple[Document, DocumentFacts]],
) -> None:
    """Every promise is found in order, with what the document tells of it and nothing else."""
    for document, facts in read:
        for incident_id, incident in zip(document.plan.incident_ids, facts.incidents, strict=True):
            stated = [item for item in document.stated_action_items if item.incident_id == incident_id]
            assert [
                (item.owner and item.owner.lstrip("@"), item.issue_key, item.due_on, item.is_marked_done)
                for item in incident.action_items
            ] == [
                (item.owner and item.owner.lstrip("@"), item.issue_key, item.due_on, item.is_marked_done)
                for item in stated
            ]
            for promise, told in zip(incident.action_items, stated, strict=True):
                assert told.description in promise.description
                assert told.kind is None or told.kind == promise.kind
