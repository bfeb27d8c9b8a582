"""Accounts that are no forms: notices, mails, posts of static sites, records in front matter."""

from __future__ import annotations

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import DocumentFacts, Reading
from pipeline.documents.times.moments import TimeReading, leading_moment


def _parse(text: str, path: str = "x.txt") -> DocumentFacts:
    return parse_document(text, path, Reading())


def _chosen(text: str, path: str, *names: str) -> dict[str, str | None]:
    facts = _parse(text, path)
    assert len(facts.incidents) == 1, facts
    values = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    return {name: values.get(name) for name in names}


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("16:15 GMT+1: the shop is down", 60),
        ("16:15 UTC+02:00: the shop is down", 120),
        ("16:15 UTC-7. The shop is down", -420),
        ("16:15 UTC+5:30: the shop is down", 330),
        ("16:15 UTC+2 - the shop is down", 120),
        ("16:15 UTC: the shop is down", 0),
    ],
)
def test_an_offset_may_end_the_label_of_a_row(words: str, minutes: int) -> None:
    """The colon behind "GMT+1" begins no minutes, and the offset is not dropped."""
    moment = leading_moment(words, TimeReading())
    assert moment is not None
    assert moment.zone is not None
    assert moment.zone.offset == minutes


def test_a_record_in_front_matter_is_an_incident() -> None:
    """Start and end under their keys make one, whatever the text below says or leaves out."""
    text = (
        '---\nuuid: "8d1f"\ncompany: "Lumen"\nproduct: "Mail"\nstart_time: 2023-04-21T01:30:00Z\n'
        "end_time: 2023-04-21T03:00:00Z\ncategories:\n- cloud\n---\n\nA table was full.\n"
    )
    assert _chosen(text, "8d1f.md", "started_at", "resolved_at", "services") == {
        "started_at": "2023-04-21 01:30:00",
        "resolved_at": "2023-04-21 03:00:00",
        "services": '["Mail"]',
    }


def test_labels_below_a_label_are_read() -> None:
    """ "Duration:" may head the start and the end, each a label of its own."""
    text = (
        "# Outage of the shop\n\n- **Duration:**\n  - Start Time: March 8, 2024, 14:00 UTC\n"
        "  - End Time: March 8, 2024, 17:30 UTC\n- **Impact:** Nobody could buy.\n"
    )
    assert _chosen(text, "shop.md", "started_at", "resolved_at") == {
        "started_at": "2024-03-08 14:00:00",
        "resolved_at": "2024-03-08 17:30:00",
    }


def test_pictures_before_times_and_labels_say_nothing() -> None:
    """An emoji, or its short name, before a row's time or a label is passed over."""
    text = (
        "# Outage of the shop\n\n:small_blue_diamond:Start Time: January 31 2024, 16:15 UTC\n\n"
        "## Timeline\n\n🔸 16:15 UTC: The outage starts.\n\n🚨 16:20 UTC: An alert fires.\n\n"
        ":rocket: 17:00 UTC: Resolved.\n"
    )
    facts = _parse(text, "shop.md")
    assert [(f"{row.at:%H:%M}", row.kind) for row in facts.incidents[0].events if row.at] == [
        ("16:15", "started"),
        ("16:20", "detected"),
        ("17:00", "resolved"),
    ]


def test_a_mail_without_headings_is_an_account() -> None:
    """A few sentences on an outage of one's own tell of an incident; without a date its times stay empty."""
    text = (
        "Downtime this morning\n\nHi all,\n\nAt 8:28am one of the index machines froze. This took the site"
        " down at 8:34am, which is when I was paged at home for the first time. The site was restarted and"
        " came back at 8:52am.\n\nKind regards,\n\nAna Bell\n"
    )
    assert _chosen(text, "mail.txt", "title", "authors", "started_at", "resolved_at") == {
        "title": "Downtime this morning",
        "authors": '["Ana Bell"]',
        "started_at": None,
        "resolved_at": None,
    }


def test_promises_announced_in_a_sentence_are_action_items() -> None:
    """A list below "We will make the following changes:" is what is promised; what follows it is not."""
    text = (
        "# Outage of mail on 2024-05-06\n\nThe service was down between 10:00 and 11:00 UTC. A disk failed."
        " To keep this from happening again, we will be making the following changes:\n\n1. Replace the disks"
        " of both stores.\n2. Alert on failed reads.\n\nThanks for your patience.\n"
    )
    items = _parse(text, "mail.md").incidents[0].action_items
    assert [item.description for item in items] == [
        "Replace the disks of both stores.",
        "Alert on failed reads.",
    ]


def test_a_list_of_what_was_done_promises_nothing() -> None:
    """ "We took the following steps:" heads no action items."""
    text = (
        "# Outage of mail on 2024-05-06\n\nThe service was down between 10:00 and 11:00 UTC. We took the"
        " following steps:\n\n- Restart both stores.\n- Check the disks.\n"
    )
    assert _parse(text, "mail.md").incidents[0].action_items == ()


def test_a_post_in_html_keeps_its_front_matter() -> None:
    """Static sites keep posts as HTML below front matter; the tags are no words, and a promise no plan."""
    text = (
        '---\nlayout: post\ntitle: "API downtime"\ndate: 2024-02-20 10:15:00 -0500\n---\n'
        "<p>The API was down this morning between 3:40AM and 7:49AM ET.</p>\n<p>A disk failed.</p>\n"
        "<p>We will be updating the monitoring.</p>\n"
    )
    assert _chosen(text, "2024-02-20-api.html", "title", "started_at", "resolved_at", "is_planned") == {
        "title": "API downtime",
        "started_at": "2024-02-20 08:40:00",
        "resolved_at": "2024-02-20 12:49:00",
        "is_planned": None,
    }


def test_a_summary_tells_how_it_was_found_and_how_fast() -> None:
    """ "detected within three minutes by monitoring", "time to resolution was about 64 minutes"."""
    text = (
        "# Service disruption\n\n## Summary\n\nOn June 4, 2024, between 07:28 and 08:32 UTC, some customers"
        " could not access pages in several regions. The incident was detected within three minutes by our"
        " monitoring. The total time to resolution was about 64 minutes.\n"
    )
    assert _chosen(
        text,
        "x.md",
        "started_at",
        "resolved_at",
        "detection_method",
        "stated_time_to_detect_minutes",
        "stated_time_to_resolve_minutes",
    ) == {
        "started_at": "2024-06-04 07:28:00",
        "resolved_at": "2024-06-04 08:32:00",
        "detection_method": "alert",
        "stated_time_to_detect_minutes": "3",
        "stated_time_to_resolve_minutes": "64",
    }


def test_lines_of_unwrapped_text_are_not_joined() -> None:
    """Where each paragraph is one long line, a short line is whole."""
    long = (
        "The server that holds the shop was switched off because an invoice had not been paid in time. " * 2
    )
    text = (
        f"The shop is not to be reached by those who come from abroad\n\nResolved, May 1\nby Ana\n\n{long}\n"
        f"{long}\nThe service was down from 10:00 to 11:00 UTC on 1 May 2024.\n"
    )
    assert _parse(text, "shop.txt").title == "The shop is not to be reached by those who come from abroad"


def test_spans_that_meet_are_one() -> None:
    """A minor outage that became a major one lasted from the start of the first to the end of the second."""
    text = (
        "# Outage of the mail store\n\nFrom 2024-05-18 17:25 UTC to 2024-05-19 06:05 UTC there was a minor"
        " outage. From 2024-05-19 06:05 UTC to 2024-05-19 22:58 UTC it was a major outage. A"
        " deploy caused both.\n"
    )
    assert _chosen(text, "mail.md", "started_at", "resolved_at") == {
        "started_at": "2024-05-18 17:25:00",
        "resolved_at": "2024-05-19 22:58:00",
    }


def test_a_clock_with_a_dot_is_read_before_its_half() -> None:
    """ "from 6.51pm to 7.33pm" are times; "6.51" alone is a number."""
    text = (
        "# Registry downtime 2024-02-16\n\nThe registry and the website were mostly down for about 40 minutes"
        " today, from 6.51pm to 7.33pm UTC. A switch failed; version 6.51 did not.\n"
    )
    assert _chosen(text, "x.md", "started_at", "resolved_at") == {
        "started_at": "2024-02-16 18:51:00",
        "resolved_at": "2024-02-16 19:33:00",
    }


def test_how_long_nobody_saw_it_is_a_time_to_detect() -> None:
    """ "it took about 45 minutes for us to notice"."""
    text = (
        "# Outage of 2024-05-06\n\nThe shop was down from 10:00 to 11:00 UTC. It took about 45 minutes for us"
        " to notice.\n"
    )
    assert _chosen(text, "x.md", "stated_time_to_detect_minutes") == {"stated_time_to_detect_minutes": "45"}


def test_a_site_s_own_headings_are_no_title() -> None:
    """Above the title a status page has its name, and what it shows."""
    text = (
        "<html><body><h1>Lumen Status</h1><h2>Current Status and Incident Report</h2><h3>Routing errors</h3>"
        "<p>Beginning at 2024-06-07 15:52 UTC, the mesh experienced a major outage. It was caused by a record"
        " that crashed the router.</p></body></html>"
    )
    assert _parse(text, "372.html").title == "Routing errors"
