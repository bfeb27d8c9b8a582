"""Who found an incident, from the words that tell how it was noticed."""

from __future__ import annotations

import pytest

from pipeline.documents import parse_document
from pipeline.documents.causes.detection import detection_method
from pipeline.documents.facts import Reading


@pytest.mark.parametrize(
    ("words", "method"),
    [
        ("Monitoring", "alert"),
        ("Customer complaint", "customer"),
        ("Internal", "staff"),
        ("An alert on the error rate fired after four minutes and paged the on-call.", "alert"),
        ("An engineer received a monitoring alert that told of high latency on two hosts.", "alert"),
        ("We were paged at 02:10, as the health check of the gateway had failed twice.", "alert"),
        ("A customer reported that the basket stayed empty after they had logged in.", "customer"),
        ("We received a report from a user whose pictures had all failed to upload.", "customer"),
        ("The first sign was a support ticket about invoices that had lost all lines.", "customer"),
        ("A developer noticed the errors in the log while working on something else entirely.", "staff"),
        ("It was noticed by the engineer who deployed, on the monitoring dashboard of the shop.", "staff"),
        ("The platform team was alerted to the problem some minutes after it had begun.", None),
        ("We heard reports that a workshop had trouble starting; more came in the afternoon.", None),
        ("Customers reported errors at the same minute as the alert on the queue fired.", None),
        ("No alert fired, and nobody noticed anything until the morning of the next day.", None),
        ("An alert should have fired here, as the queue had grown for more than an hour.", None),
        ("A customer reported this to us twenty minutes before any alert on the queue went off.", "customer"),
        ("A colleague saw the errors while testing, ahead of our monitoring by some minutes.", "staff"),
        ("The alert fired a minute before the monitoring page turned red for everybody else.", "alert"),
        ("", None),
    ],
)
def test_only_plain_words_for_one_of_them_count(words: str, method: str | None) -> None:
    """Alert, customer or staff; a sentence that speaks of two, of none, or denies it, decides nothing."""
    found = detection_method(words)
    assert (found and found[0]) == method


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("on-call is paged", "alert"),
        ("Page received by on-call", "alert"),
        ("Alert fires on staging (unrelated, ignored)", None),
        ("An unrelated alert fired.", None),
        ("We notice that prints are not happening as expected.", "staff"),
        ("It was first detected through support tickets rather than by our monitoring.", "customer"),
        ("We got reports from the packing team.", "staff"),
        ("On-call engineer was paged by support", None),
    ],
)
def test_who_is_paged_or_what_did_not_see_it_found_nothing(text: str, method: str | None) -> None:
    """What was seen, who was told, and an alert on something else do not say who found it."""
    found = detection_method(text)
    assert (found[0] if found is not None else None) == method


def test_a_section_may_say_outright_what_found_it() -> None:
    """ "The detection was through …" counts before the sentences around it."""
    text = (
        "# Postmortem: label printer outage\n\nStart: 2024-05-06 10:00 UTC\nEnd: 2024-05-06 11:00 UTC\n\n"
        "## Detection\nThis was noticed when labels came out blank. The main detection was through alerts.\n"
    )
    facts = parse_document(text, "a.md", Reading())
    read = [e.value for e in facts.incidents[0].evidence if e.field == "detection_method" and e.is_chosen]
    assert read == ["alert"]
