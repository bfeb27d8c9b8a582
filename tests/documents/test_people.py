"""People: who wrote and reviewed a document, and how many an incident affected."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

BODY = "\n\n## Timeline\n\n- 2024-01-05 10:00 UTC outage starts\n- 11:00 resolved\n"


def _chosen(head: str, *names: str, below: str = "") -> dict[str, str | None]:
    facts = parse_document(
        f"# Outage of checkout\n\n{head}{BODY}{below}", "x.md", Reading(today=date(2026, 1, 1))
    )
    values = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    return {name: values.get(name) for name in names}


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("Ana Bell, Bo Ek", ["Ana Bell", "Bo Ek"]),
        ("@ana and @bo", ["ana", "bo"]),
        ("Ana Bell (SRE lead), Bo Ek (checkout)", ["Ana Bell", "Bo Ek"]),
        ("Ana Bell – 2024-01-09", ["Ana Bell"]),
        ("Ana Bell on 9 January 2024", ["Ana Bell"]),
        ("J. Ek / K. Ode", ["J. Ek", "K. Ode"]),
        ("Ana Bell, 2024-01-09. Process: see the handbook", ["Ana Bell"]),
        ("Platform Team", ["Platform Team"]),
        ("Self (only one person)", None),
        ("TBD", None),
        ("[Name]", None),
    ],
)
def test_authors_are_names_and_nothing_else(written: str, people: list[str] | None) -> None:
    """Marks, roles in brackets, days and what follows a sentence's end are no part of a name."""
    read = _chosen(f"**Authors**: {written}", "authors")["authors"]
    assert (json.loads(read) if read else None) == people


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("By Ana Bell and Bo Ek, 9 January 2024", ["Ana Bell", "Bo Ek"]),
        ("Published by Ana Bell, Engineer", ["Ana Bell"]),
        ("Posted on January 9, 2024 by Ana van Dyk", ["Ana van Dyk"]),
        ("By Monday Night all was well.", None),
        ("By the Platform Team", None),
        ("Caused by Redis Cluster", None),
        ("By Kafka Streams, mostly", None),
    ],
)
def test_a_line_under_the_title_may_say_who_wrote_it(line: str, people: list[str] | None) -> None:
    """Two names in capitals behind "by"; a day, a team or a cause is nobody."""
    read = _chosen(f"{line}\n\nOrders failed for an hour because a disk was full.", "authors", "summary")
    assert (json.loads(read["authors"]) if read["authors"] else None) == people
    assert people is None or read["summary"] == "Orders failed for an hour because a disk was full."


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("3,400 customers / 12%", {"affected_user_count": "3400", "services": None}),
        ("checkout, search", {"affected_user_count": None, "services": '["checkout", "search"]'}),
    ],
)
def test_what_was_affected_is_people_or_services(value: str, read: dict[str, str | None]) -> None:
    """One label asks for either; the words tell which."""
    assert _chosen(f"**Affected**: {value}", *read) == read


def test_reviewers_and_the_day_of_the_review_stand_in_one_line() -> None:
    """ "Reviewed by: name, day" states both; authors stay apart."""
    head = "**Prepared by:** Ana Bell - 2024-01-08\n**Reviewed by:** Bo Ek (payments) - 2024-01-09"
    assert _chosen(head, "authors", "reviewers", "reviewed_at") == {
        "authors": '["Ana Bell"]',
        "reviewers": '["Bo Ek"]',
        "reviewed_at": "2024-01-09 00:00:00",
    }


@pytest.mark.parametrize(
    "head",
    [
        "| Field | Value |\n| --- | --- |\n| Reviewers | Ana Bell (SRE), Bo Ek |\n| Review date "
        "| 2024-01-09 |",
        "- Reviewers: @Ana Bell, @Bo Ek\n- Reviewed on: 9 January 2024",
        "## Reviewers\n\n- Ana Bell\n- Bo Ek\n\n**Review date**: 2024-01-09",
    ],
)
def test_reviewers_are_read_from_tables_lists_and_headings(head: str) -> None:
    """Whatever the form, the same two people and the same day."""
    assert _chosen(head, "reviewers", "reviewed_at") == {
        "reviewers": '["Ana Bell", "Bo Ek"]',
        "reviewed_at": "2024-01-09 00:00:00",
    }


@pytest.mark.parametrize(
    "head",
    [
        "**Responders**: Ana Bell (IC), @Bo Ek",
        "| Field | Value |\n| --- | --- |\n| People involved | Ana Bell, Bo Ek |",
        "## Responders\n\n- Ana Bell\n- Bo Ek",
        "Reviewers: Cy Dow\nIncident responders: Ana Bell and Bo Ek",
    ],
)
def test_who_took_part_is_read_where_it_is_stated(head: str) -> None:
    """Responders, participants, people involved; whoever reviewed the document did not take part."""
    assert _chosen(head, "participants") == {"participants": '["Ana Bell", "Bo Ek"]'}


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("~8,000 users (80% of active users)", "8000"),
        ("1.2k", "1200"),
        ("12 of 340 customers", "12"),
        ("about 30", "30"),
        ("2 million", "2000000"),
        ("30% (4,000 users)", "4000"),
        ("100%", None),
        ("between 100 and 200", None),
        ("100-200", None),
        ("2,300 failed payments", None),
        ("all users in 3 regions", None),
        ("none known", None),
    ],
)
def test_a_label_counts_people(value: str, count: str | None) -> None:
    """Neither shares nor ranges nor other things are a number of people."""
    assert _chosen(f"**Users affected**: {value}", "affected_user_count")["affected_user_count"] == count


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("Approximately 1,200 users were affected.", "1200"),
        ("The outage affected 6225 users and 2 services.", "6225"),
        ("About 3,200 customers saw timeouts at checkout.", "3200"),
        ("2,847 users were unable to log in.", "2847"),
        ("500 enterprise customers could not sign in.", "500"),
        ("410 shoppers had to try again an hour later.", "410"),
        ("For about 900 users, the search page was unavailable.", "900"),
        ("For 900 users, the search page was faster than ever.", None),
        ("40 employees had to be called in.", None),
        ("40% of users were affected.", None),
        ("5% of 20,000 users were affected.", None),
        ("At least 6 customers reported errors.", None),
        ("Up to 500 users were affected.", None),
        ("In 2024 users were unable to log in before.", None),
        ("On 3 May users could not log in.", None),
        ("The pool had hit 100 clients.", None),
        ("12,000 transactions were affected.", None),
        ("300 users were affected in Oslo, 200 users were affected in Bergen.", None),
        ("Version 2.3 users could not log in.", None),
        ("We told 40 customers who were affected.", None),
    ],
)
def test_sentences_on_the_impact_count_people(sentence: str, count: str | None) -> None:
    """A number counts when its words are people and what happened to them is told; several numbers do not."""
    below = f"\n## Impact\n\n{sentence}\n"
    assert _chosen("Intro words here.", "affected_user_count", below=below)["affected_user_count"] == count


@given(st.integers(1, 10**9), st.sampled_from(["users", "customers", "accounts"]))
def test_any_stated_number_of_people_is_read_back(count: int, people: str) -> None:
    """With or without separators."""
    for written in (str(count), f"{count:,}"):
        below = f"\n## Impact\n\n{written} {people} were affected.\n"
        assert _chosen("Intro words.", "affected_user_count", below=below)["affected_user_count"] == str(
            count
        )


def test_two_numbers_of_a_form_are_told() -> None:
    """The first is taken; the author is told of both lines."""
    text = f"# Outage\n\n**Users affected**: 120\n\n**Affected users**: 90\n{BODY}"
    facts = parse_document(text, "x.md", Reading(today=date(2026, 1, 1)))
    chosen = [
        row.value
        for row in facts.incidents[0].evidence
        if row.field == "affected_user_count" and row.is_chosen
    ]
    told = [finding.message for finding in facts.findings if finding.rule == "values_contradict"]
    assert (chosen, told) == (
        ["120"],
        ["The number of people affected is 120 in line 3 and 90 in line 5; the first was taken."],
    )


@pytest.mark.parametrize(
    ("impact", "count"),
    [
        ("~4,500 users", "4500"),
        ("- 312 merchants\n- two hours of sales", "312"),
        ("- 312 merchants\n- 4,500 users", None),
        ("Uploads failed for 12 % of our users (~4,500 users).", "4500"),
        ("12 % of users (of 4,500 users) are in that region.", None),
        ("We have 4,500 users", None),
        ("0 users lost data. 1,200 of them saw errors.", None),
        ("0 users lost data; 1,200 users saw errors.", "1200"),
        ("0 users were affected.", "0"),
    ],
)
def test_an_impact_that_is_nothing_but_a_number_of_people_counts_them(impact: str, count: str | None) -> None:
    """A number alone under "Impact", and the one behind a share, are those affected."""
    text = f"# Outage\n\nStart: 2024-05-06 10:00 UTC\nEnd: 2024-05-06 11:00 UTC\n\n## Impact\n{impact}\n"
    chosen = {e.field: e.value for e in parse_document(text, "a.md", Reading()).incidents[0].evidence}
    assert chosen.get("affected_user_count") == count
