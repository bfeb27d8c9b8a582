"""What the reader makes of the invented company's documents, brought by the sources its settings name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.demo.company import Company, invent_company
from pipeline.demo.demo_settings import write_settings
from pipeline.demo.house_styles import Document, write_documents
from pipeline.demo.house_styles.page import Value
from pipeline.demo.reviews import write_reviewed
from pipeline.documents import parse_document
from pipeline.documents.facts import TIME_FIELDS, DocumentFacts, Incident
from pipeline.fetching import document_source
from pipeline.narrator import Silent
from pipeline.raw_documents import FetchedDocument
from pipeline.reading import reading_of
from pipeline.settings import load_settings

AS_OF = datetime(2026, 11, 24)
JIRA = "http://127.0.0.1:8089"

#: What is read of a document with such a mistake, by the mistake: the rule of the finding that says so.
TOLD_AS = {
    "end_day_early": {"end_before_start"},
    "end_year_early": {"end_before_start", "time_far_from_others"},
    "front_matter_broken": {"front_matter_broken"},
    "midnight_without_date": {"timeline_passes_midnight"},
    "no_end": {"no_end", "no_duration"},
    "no_start": {"no_start"},
    "template": {"document_is_template"},
}


@dataclass(frozen=True)
class Read:
    """A document as it was written, fetched and read."""

    document: Document
    fetched: FetchedDocument
    facts: DocumentFacts

    def incidents(self) -> Iterator[tuple[str, Incident]]:
        """Each incident with its true id."""
        return zip(self.document.plan.incident_ids, self.facts.incidents, strict=True)


@pytest.fixture(scope="module")
def company() -> Company:
    """Twice the default size, so that rare mistakes are met."""
    return invent_company(seed=7, incident_count=480, as_of=AS_OF)


@pytest.fixture(scope="module")
def read(company: Company, tmp_path_factory: pytest.TempPathFactory) -> list[Read]:
    """Each document that has words, as its source brings it and the company's own settings have it read."""
    folder: Path = tmp_path_factory.mktemp("company")
    written = write_documents(company, folder, JIRA)
    write_reviewed(company, written, folder)
    settings = load_settings(write_settings(company, folder, JIRA))
    by_place = {(document.plan.unit.name, document.plan.path): document for document in written}
    pairs = []
    for source in settings.sources:
        reading = reading_of(settings, source)
        for fetched in document_source(source, settings, Silent()).fetch({}).changed:
            document = by_place.pop((source.name, fetched.path))
            if fetched.content is None:
                assert {fetched.problem} == {*document.mistakes} & {"not_utf8", "binary", "empty"}
                continue
            facts = parse_document(fetched.content, fetched.path, reading, fetched.media_type)
            pairs.append(Read(document, fetched, facts))
    assert not by_place
    return pairs


def _equal(read_value: str, stated: Value) -> bool:
    if isinstance(stated, bool):
        return read_value.lower() == str(stated).lower()
    if isinstance(stated, datetime):
        return datetime.fromisoformat(read_value) == stated
    if isinstance(stated, int | float):
        return float(read_value) == pytest.approx(stated)
    if isinstance(stated, tuple):
        return tuple(json.loads(read_value)) == stated
    return read_value == stated


def test_each_document_yields_the_incidents_it_tells(read: list[Read]) -> None:
    """One for one, two for a file of two, none for a template or a README."""
    assert [
        (each.document.plan.path, len(each.facts.incidents))
        for each in read
        if len(each.facts.incidents) != len(each.document.plan.incident_ids)
    ] == []


def test_nothing_stated_is_read_wrong_and_most_is_found(read: list[Read]) -> None:
    """Each stated field is read as it truly is or left empty; of each, nine in ten are found."""
    wrong = []
    counts: Counter[tuple[str, bool]] = Counter()
    for each in read:
        for incident_id, incident in each.incidents():
            chosen = {evidence.field: evidence.value for evidence in incident.evidence if evidence.is_chosen}
            for stated in each.document.stated:
                if stated.incident_id != incident_id:
                    continue
                value = chosen.get(stated.field)
                counts[stated.field, value is not None] += 1
                if value is not None and not _equal(value, stated.value):
                    wrong.append((each.document.plan.path, each.document.mistakes, stated, value))
    assert wrong == []
    fields = {field for field, _ in counts}
    assert {"five_whys", "reviewers", "reviewed_at", "detection_method", "trigger"} <= fields
    assert {field for field in fields if counts[field, True] < 9 * counts[field, False]} == set()


def test_what_is_not_stated_stays_empty(read: list[Read]) -> None:
    """No time is chosen that the document does not state: gaps and mistakes stay empty."""
    invented = []
    for each in read:
        stated = {(value.incident_id, value.field) for value in each.document.stated}
        for incident_id, incident in each.incidents():
            invented += [
                (each.document.plan.path, each.document.mistakes, evidence.field, evidence.quote)
                for evidence in incident.evidence
                if evidence.is_chosen
                and evidence.field in (*TIME_FIELDS, "five_whys", "reviewers")
                and (incident_id, evidence.field) not in stated
                and "clock_change" not in each.document.mistakes
            ]
    assert invented == []


def test_action_items_are_read_with_kind_owner_key_due_date_and_mark(read: list[Read]) -> None:
    """Every promise is found in order, with what the document tells of it and nothing else."""
    for each in read:
        for incident_id, incident in each.incidents():
            stated = [item for item in each.document.stated_action_items if item.incident_id == incident_id]
            assert [
                (item.owner and item.owner.lstrip("@"), item.issue_key, item.due_on, item.is_marked_done)
                for item in incident.action_items
            ] == [
                (item.owner and item.owner.lstrip("@"), item.issue_key, item.due_on, item.is_marked_done)
                for item in stated
            ], each.document.plan.path
            for promise, told in zip(incident.action_items, stated, strict=True):
                assert told.description in promise.description
                assert told.kind is None or told.kind == promise.kind


def test_evidence_is_read_with_what_it_leads_to(read: list[Read]) -> None:
    """Every address given as evidence is found, of its kind, and no other is."""
    count = 0
    for each in read:
        for incident_id, incident in each.incidents():
            stated = [link for link in each.document.stated_links if link.incident_id == incident_id]
            found = [(link.kind, link.url) for link in incident.links]
            assert found == [(link.kind, link.url) for link in stated], each.document.plan.path
            count += len(stated)
    assert count > 300


def test_mistakes_are_told_by_the_findings_on_them(read: list[Read]) -> None:
    """What an author got wrong or left out is a finding of the document."""
    untold = []
    for each in read:
        rules = {finding.rule for finding in each.facts.findings}
        untold += [
            (each.document.plan.path, mistake, sorted(rules))
            for mistake in each.document.mistakes
            if mistake in TOLD_AS and not TOLD_AS[mistake] & rules
        ]
    assert untold == []


def test_a_repository_says_when_a_document_was_written(read: list[Read]) -> None:
    """The documents kept in git were written when they were published; those in a folder do not say."""
    assert {each.document.plan.unit.kept for each in read if each.fetched.written_at} == {"git"}
    assert [
        each.document.plan.path
        for each in read
        if each.document.plan.unit.kept == "git"
        and each.fetched.written_at != each.document.plan.published_at.replace(second=0)
    ] == []


def test_a_flawless_document_has_no_finding_but_on_what_its_author_left_out(read: list[Read]) -> None:
    """Where no mistake was planted, nothing is doubted: only what is truly lacking is told."""
    left_out = {
        *("action_item_without_due_date", "action_item_without_owner", "action_item_without_tracker"),
        *("no_action_items", "no_detection", "no_cause", "short_timeline"),
        *("cause_uncategorised", "trigger_uncategorised"),
    }
    doubted = Counter(
        finding.rule
        for each in read
        if not each.document.mistakes
        for finding in each.facts.findings
        if finding.rule not in left_out
    )
    # Some lines of timelines tell the start or the end in words that no rule is sure of.
    assert doubted.keys() <= {"no_start", "no_end"}, doubted
    assert doubted.total() <= len(read) / 50
