"""The real documents beside the checkout: what they state is found, and nothing is read wrong."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from pipeline.evaluate import evaluate, evaluation_table

pytestmark = pytest.mark.corpora

FACTS = Path(__file__).resolve().parents[1] / "golden"
#: Share of the stated facts that is found today, cut to a hundredth: only ever raised.
FOUND = 0.95


def test_everything_stated_is_found_and_nothing_is_wrong(corpora: Path) -> None:
    """Over all golden files, found equals stated."""
    rows = evaluate(corpora / "golden", corpora, {"moj-cloud-platform": "Europe/London"})
    missed = [mistake for row in rows for mistake in row.mistakes]
    assert (missed, sum(row.stated for row in rows) > 700) == ([], True)
    assert evaluation_table(rows).splitlines()[-1].split()[-2:] == ["0", "0"]


def test_no_fact_is_read_wrong_and_few_are_missed(corpora: Path) -> None:
    """Over `tests/golden`, nothing is read otherwise than stated or out of nothing, and most is found."""
    rows = evaluate(FACTS, corpora, {"berkeley-datahub": "America/Los_Angeles"})
    print(evaluation_table(rows))
    mistakes = [mistake for row in rows for mistake in row.mistakes if not mistake.startswith("missed")]
    found = sum(row.found for row in rows) / sum(row.stated for row in rows)
    assert (mistakes, found >= FOUND) == ([], True)


def test_the_facts_speak_of_documents_that_are_there(corpora: Path) -> None:
    """Every fact names a document and a line of it, and every document of a collection has facts."""
    for path in sorted(FACTS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            facts = list(csv.DictReader(handle))
        lengths = {
            f"{path.stem}/{document.name}": len(document.read_text(encoding="utf-8").splitlines())
            for document in (corpora / path.stem).iterdir()
            if document.suffix in (".md", ".qmd")
        }
        assert {fact["doc"] for fact in facts} == set(lengths)
        assert [fact for fact in facts if int(fact["line"] or 0) > lengths[fact["doc"]]] == []


@pytest.mark.parametrize(
    ("folder", "kinds"),
    [
        ("templates-dastergon", {"template": 7}),
        ("mybinder", {"postmortem": 23, "template": 1}),
        ("dfds", {"postmortem": 23, "template": 1}),
        ("moj-cloud-platform", {"postmortem": 18, "index": 1}),
        ("berkeley-datahub", {"postmortem": 19}),
        ("python-discord", {"postmortem": 6}),
        ("jenkins-status", {"postmortem": 98}),
    ],
)
def test_documents_are_taken_for_what_they_are(corpora: Path, folder: str, kinds: dict[str, int]) -> None:
    """Forms and indexes are told from postmortems in every collection."""
    read = Counter(
        parse_document(path.read_text(encoding="utf-8"), path.name, Reading()).kind
        for path in sorted((corpora / folder).iterdir())
        if path.name != "LICENSE"
    )
    assert read == Counter(kinds)


def test_maintenance_among_status_posts_is_set_apart(corpora: Path) -> None:
    """Every post filed as maintenance, and no post on an outage, is planned."""
    for path in sorted((corpora / "jenkins-status").glob("*.md")):
        facts = parse_document(path.read_text(encoding="utf-8"), path.name, Reading())
        planned = any(
            row.field == "is_planned" and row.value == "true" for row in facts.incidents[0].evidence
        )
        if "maintenance" in path.name or "outage" in path.name:
            assert planned == ("maintenance" in path.name), path.name
