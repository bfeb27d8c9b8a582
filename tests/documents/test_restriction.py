"""By which marks a document is restricted."""

from __future__ import annotations

import json

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

BODY = "\n# Checkout was down\n\nIncident start: 2024-03-01 09:30 UTC\n\n## Root cause\n\nA full disk.\n"


@pytest.mark.parametrize(
    ("front_matter", "restricted"),
    [
        ("restricted: true", True),
        ("Restricted: Yes", True),
        ("restricted: false", False),
        ("confidential: true", True),
        ("private: yes", True),
        ("is_restricted: true", True),
        ("classification: Strictly confidential", True),
        ("data_classification: internal", False),
        ("classification: Public", False),
        ("classification: non-confidential", False),
        ("classification: unrestricted", False),
        ("params:\n  visibility: restricted", True),
        ("visibility: internal", False),
        ("tlp: amber", True),
        ("tlp: green", False),
        ("labels: [database, confidential]", True),
        ("tags: [Strictly confidential]", True),
        ("tags: database, Need-to-know", True),
        ("tags: [classification:restricted]", True),
        ("tags: [tlp:amber]", True),
        ("audience: private", True),
        ("classification: Company-confidential (leads only)", True),
        ("tags: [secrets-manager, private-cloud-x]", False),
        ("tags: [private-network]", False),
        ("labels: [secret-rotation, database]", False),
        ("tags: case-sensitive, dns", False),
        ("labels: [area:private-network, non-confidential]", False),
        ("audience: people of the private cloud", False),
        ("title: The restricted zone was down", False),
        ("services: [private-api]", False),
    ],
)
def test_front_matter_restricts(front_matter: str, restricted: bool) -> None:
    """Flags, classes of confidentiality and labels that are one do; labels that hold such a word do not."""
    facts = parse_document(f"---\n{front_matter}\n---\n{BODY}", "2024-03-01.md", Reading())
    assert facts.is_restricted is restricted


def test_words_of_the_text_restrict_nothing() -> None:
    """Only front matter counts: a text may tell of restricted access."""
    assert not parse_document(f"{BODY}\nConfidential: true\n", "2024-03-01.md", Reading()).is_restricted


@pytest.mark.parametrize(
    ("record", "restricted"),
    [
        ({"private": True}, True),
        ({"visibility": "private"}, True),
        ({"visibility": "public", "private": False}, False),
        ({"tags": ["dns", "confidential"]}, True),
        ({"tags": ["private-network", "secret-rotation"]}, False),
        ({"fields": {"security": {"name": "Leads"}}}, True),
        ({"fields": {"security": None}}, False),
    ],
)
def test_records_restrict(record: dict[str, object], restricted: bool) -> None:
    """A record of another tool does by its own keys, an issue by its security level."""
    assert (
        parse_document(json.dumps(record), "r/1", Reading(), "application/json").is_restricted is restricted
    )
