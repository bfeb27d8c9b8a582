"""Words that are struck through were taken back: they are no part of any value."""

from __future__ import annotations

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

_DOCUMENT = """# Postmortem: ~~Kiosk~~ Till outage

- **Severity:** ~~SEV1~~ SEV2
- **Services:** ~~kiosk~~, tills, ~~stock~~
- Start: ~~2024-03-07 09:00 UTC~~ 2024-03-07 10:00 UTC

| Field | Value |
|---|---|
| Resolved | ~~2024-03-07 11:00 UTC~~ 2024-03-07 12:00 UTC |
| Duration | ~~1h~~ 2h |

## Root cause
~~The disk was full.~~ The certificate had expired.

## Contributing factors
- ~~Nobody was told~~
- No job renews certificates

## Action items
- ~~Renew the certificate~~ (Ana)
- [ ] Add a job that renews it (Bo)
"""
_HTML = """<h1>Postmortem: Till outage</h1><table><tr><th>Severity</th><td><del>SEV1</del> SEV2</td></tr>
<tr><th>Service</th><td><s>kiosk</s> tills</td></tr>
<tr><th>Started</th><td><del>2024-03-07 09:00 UTC</del> 2024-03-07 10:00 UTC</td></tr></table>"""


def _chosen(text: str, media_type: str) -> dict[str, str]:
    facts = parse_document(text, "till.md", Reading(), media_type)
    return {e.field: e.value for e in facts.incidents[0].evidence if e.is_chosen}


def test_what_is_struck_through_is_no_part_of_any_value() -> None:
    """Labels, lists, tables, sections and the title hold only what was not taken back."""
    read = _chosen(_DOCUMENT, "text/plain")
    wanted = {
        "title": "Postmortem: Till outage",
        "severity_label": "SEV2",
        "services": '["tills"]',
        "started_at": "2024-03-07 10:00:00",
        "resolved_at": "2024-03-07 12:00:00",
        "stated_time_to_resolve_minutes": "120",
        "root_cause": "The certificate had expired.",
        "contributing_factors": '["No job renews certificates"]',
    }
    assert {name: read.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
def test_what_a_page_marks_as_deleted_is_no_part_of_any_value(media_type: str) -> None:
    """The elements del and s of HTML mean the same."""
    read = _chosen(_HTML, media_type)
    wanted = {"severity_label": "SEV2", "services": '["tills"]', "started_at": "2024-03-07 10:00:00"}
    assert {name: read.get(name) for name in wanted} == wanted


def test_a_promise_that_is_struck_through_is_kept_and_done() -> None:
    """Among action items, striking out means done."""
    items = parse_document(_DOCUMENT, "till.md", Reading()).incidents[0].action_items
    assert [(item.description, item.owner, item.is_marked_done) for item in items] == [
        ("Renew the certificate", "Ana", True),
        ("Add a job that renews it", "Bo", False),
    ]


def test_what_is_struck_through_in_front_matter_is_no_value() -> None:
    """Front matter may hold the same marks."""
    text = (
        '---\ntitle: Till outage\nservices: ["~~kiosk~~", tills]\nseverity: "~~SEV1~~ SEV2"\n'
        "started: 2024-03-07T10:00:00Z\n---\nThe tills were down.\n"
    )
    read = _chosen(text, "text/plain")
    assert (read["services"], read["severity"]) == ('["tills"]', "2")
