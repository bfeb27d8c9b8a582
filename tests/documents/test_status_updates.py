"""Pages that print an incident as updates, each with the state it was in and the time it was posted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.blocks import Block, Text
from pipeline.documents.facts import DocumentFacts, Reading
from pipeline.documents.timelines.status_updates import with_status_updates

TIMES = ("started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at")

NEWEST_FIRST = """\
Resolved -
Payments go through everywhere, and the queue is empty.
Mar 13, 10:16 MDT
Update -
Update: The second region takes payments again.
Mar 13, 09:40 MDT
Monitoring -
Update: We have rolled back, and all services are back to normal.
Mar 13, 09:15 MDT
Identified -
A rate limit of the gateway was set too low.
Mar 13, 08:25 MDT
Investigating -
Some card payments fail. We are looking into it.
Mar 13, 07:00 MDT
"""

STATUSPAGE = """\
<!DOCTYPE html><html><head><title>Lumen Status - Search answers slowly</title></head><body>
<div class="incident-name">Search answers slowly</div>
<div class="subheader">Incident Report for <a href="/">Lumen</a></div>
<div class="row"><div class="update-title">Resolved</div>
<div class="update-body"><span>Answers come as fast as they did.</span></div>
<div>Posted <span></span>Jun <var>04</var>, <var>2024</var> - <var>14:14</var> CEST</div></div>
<div class="row"><div class="update-title">Investigating</div>
<div class="update-body"><span>Search is slow again after the fix.</span></div>
<div>Posted <span></span>Jun <var>04</var>, <var>2024</var> - <var>11:06</var> CEST</div></div>
<div class="row"><div class="update-title">Monitoring</div>
<div class="update-body"><span>The issue is fixed, and we watch the queues.</span></div>
<div>Posted <span></span>Jun <var>04</var>, <var>2024</var> - <var>10:28</var> CEST</div></div>
<div class="row"><div class="update-title">Investigating</div>
<div class="update-body"><span>Search is slow.</span></div>
<div>Posted <span></span>Jun <var>04</var>, <var>2024</var> - <var>10:08</var> CEST</div></div>
<div>This incident affected: Search and Suggestions.</div></body></html>
"""

DATED = """\
Lumen had a minor incident affecting uploads, lasting 2h 5m. The full list of updates is below.
Update timeline
- investigating Feb 19, 2024, 11:12 PM UTC
Uploads fail for some accounts.
- identified Feb 19, 2024, 11:17 PM UTC
A disk is full.
- resolved Feb 20, 2024, 01:17 AM UTC
The incident has been resolved.
"""

SHORTCODES = """\
---
title: Uploads fail
date: 2024-08-29 18:50:00
severity: disrupted
affected:
  - uploads
---

*Resolved* - The disk was cleared. {{< track "2024-08-29 20:00:00" >}}

*Monitoring* - We watch the disks. {{< track "2024-08-29 19:20:00" >}}

*Investigating* - Uploads fail. {{< track "2024-08-29 18:52:00" >}}
"""


def _parse(text: str, path: str = "2024-03-13-payments.txt") -> DocumentFacts:
    return parse_document(text, path, Reading())


def _times(facts: DocumentFacts) -> dict[str, str]:
    chosen = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    return {name: chosen[name] for name in TIMES if name in chosen}


def _rows(facts: DocumentFacts) -> list[tuple[str, str | None, str]]:
    return [(f"{row.at:%d %H:%M}", row.kind, row.text) for row in facts.incidents[0].events if row.at]


def test_each_update_has_the_time_below_its_words() -> None:
    """Updates stand newest first, and the time below the words is theirs, not that of the update below."""
    assert _rows(_parse(NEWEST_FIRST)) == [
        ("13 13:00", "declared", "Investigating – Some card payments fail. We are looking into it."),
        ("13 14:25", None, "Identified – A rate limit of the gateway was set too low."),
        ("13 15:15", "mitigated", "Monitoring – We have rolled back, and all services are back to normal."),
        ("13 15:40", None, "Update – The second region takes payments again."),
        ("13 16:16", "resolved", "Resolved – Payments go through everywhere, and the queue is empty."),
    ]


def test_the_first_update_declares_and_does_not_start() -> None:
    """When an incident began is not what the first update says; it says that there is one."""
    assert _times(_parse(NEWEST_FIRST)) == {
        "declared_at": "2024-03-13 13:00:00",
        "mitigated_at": "2024-03-13 15:15:00",
        "resolved_at": "2024-03-13 16:16:00",
    }


def test_a_page_of_updates_has_its_title_and_services() -> None:
    """The title stands above "Incident Report for …" without the site's name; a relapse takes back an end."""
    facts = _parse(STATUSPAGE, "search.html")
    chosen = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    assert (facts.title, chosen["services"]) == ("Search answers slowly", '["Search", "Suggestions"]')
    assert _times(facts) == {"declared_at": "2024-06-04 08:08:00", "resolved_at": "2024-06-04 12:14:00"}
    assert [row[0] for row in _rows(facts)] == ["04 08:08", "04 08:28", "04 09:06", "04 12:14"]


def test_updates_may_begin_with_their_time() -> None:
    """State and time in one line, the words below it, the oldest first."""
    facts = _parse(DATED, "uploads.txt")
    assert _times(facts) == {"declared_at": "2024-02-19 23:12:00", "resolved_at": "2024-02-20 01:17:00"}
    chosen = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    assert chosen["stated_time_to_resolve_minutes"] == "125"


def test_a_shortcode_tells_the_time_of_an_update() -> None:
    """cState's updates end in a shortcode that prints their time."""
    facts = _parse(SHORTCODES, "uploads.md")
    assert [row[:2] for row in _rows(facts)] == [
        ("29 18:52", "declared"), ("29 19:20", None), ("29 20:00", "resolved")
    ]  # fmt: skip


def test_a_postmortem_among_updates_is_the_account() -> None:
    """Its words are read as a document's, and it was published when it was posted."""
    text = (
        "Mail is late\nIncident Report for Lumen\nPostmortem\n\nA disk of the mail store broke, and its spare"
        " did not take over.\n\nPosted 19 days ago. Dec 31, 2023 - 13:38 UTC\n\nResolved\nMail flows"
        " again.\nPosted 21 days ago. Dec 29, 2023 - 21:26 UTC\n"
    )
    facts = _parse(text, "mail.txt")
    chosen = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    assert chosen["published_at"] == "2023-12-31 13:38:00"
    assert chosen["summary"].startswith("A disk of the mail store broke")
    assert _times(facts) == {"resolved_at": "2023-12-29 21:26:00"}


def test_labels_with_times_are_no_updates() -> None:
    """What an incident's form states under "Resolved" and "Mitigated" stays a statement."""
    text = (
        "# Outage of the shop\n\nStarted: 2024-03-01 10:00 UTC\nMitigated: 2024-03-01 10:30 UTC\n"
        "Resolved: 2024-03-01 11:00 UTC\n\n## Root cause\n\nA certificate expired.\n"
    )
    facts = _parse(text, "shop.md")
    assert facts.incidents[0].events == ()
    assert _times(facts) == {
        "started_at": "2024-03-01 10:00:00",
        "mitigated_at": "2024-03-01 10:30:00",
        "resolved_at": "2024-03-01 11:00:00",
    }


def test_a_history_keeps_the_updates_of_each_incident_apart() -> None:
    """Below each heading, its updates become a timeline of their own."""
    blocks: list[Block] = []
    for day in (4, 9):
        blocks.append(Block("heading", day, Text(f"Search fails on May {day}", day), level=3))
        blocks += [
            Block("paragraph", day, Text(words, day))
            for words in (
                "Resolved",
                "Fixed.",
                f"May {day}, 11:00 UTC",
                "Investigating",
                "We look.",
                f"May {day}, 10:00 UTC",
            )
        ]
    assert [block.text.text or len(block.children) for block in with_status_updates(blocks)] == [
        *("Search fails on May 4", "Status updates", 2),
        *("Search fails on May 9", "Status updates", 2),
    ]


@given(
    st.lists(
        st.sampled_from(
            ["Resolved -", "Update", "Words.", "May 4, 10:00 UTC", "Posted May 4, 2024 - 09:00 UTC", ""]
        )
    )
)
def test_no_words_are_lost(lines: list[str]) -> None:
    """Whatever the lines, the words of each are still there, as often as they were."""
    blocks = [Block("paragraph", number, Text(line, number)) for number, line in enumerate(lines, 1)]
    after = with_status_updates(blocks)
    told = " ".join(part.text.text for block in after for part in (block, *block.children))
    assert told.count("Words.") >= lines.count("Words.")


def test_a_lone_letter_behind_a_clock_is_am_or_pm() -> None:
    """ "Resolved 4:00p" is in the afternoon, and the letter is none of the words."""
    text = (
        "# Power outage\n\n## Investigating 2025-01-04 9:27a\n\nWord came in of an outage.\n\n"
        "## Resolved 2025-01-04 4:00p\n\nPower was restored in all halls.\n"
    )
    (incident,) = parse_document(text, "x.md", Reading()).incidents
    assert [(str(event.at), event.kind) for event in incident.events] == [
        ("2025-01-04 09:27:00", "declared"),
        ("2025-01-04 16:00:00", "resolved"),
    ]
