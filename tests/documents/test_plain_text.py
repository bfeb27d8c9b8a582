"""Plain text → blocks, by how its lines stand."""

from __future__ import annotations

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from pipeline.documents.formats.front_matter import FrontMatterField
from pipeline.documents.formats.plain_text import is_plain_text, read_plain_text
from tests.documents.test_web_pages import Outline, outline


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "Outage\n======\n\nImpact\n------\nAll users.\n\n=== Timeline ===\n\nNone.\n\n"
            "ROOT CAUSE:\n\nA bug.",
            [
                ("h1", "Outage"),
                ("h2", "Impact"),
                ("paragraph", "All users."),
                ("h3", "Timeline"),
                ("paragraph", "None."),
                ("h4", "ROOT CAUSE:"),
                ("paragraph", "A bug."),
            ],
            id="underlined, framed and capital headings",
        ),
        pytest.param(
            "1. Summary\n\nIt broke.\n\n2. Root cause\n\nA bug.\n\n2.1 Trigger\n\nA deploy.",
            [
                ("h1", "1. Summary"),
                ("paragraph", "It broke."),
                ("h1", "2. Root cause"),
                ("paragraph", "A bug."),
                ("h2", "2.1 Trigger"),
                ("paragraph", "A deploy."),
            ],
            id="numbered headings",
        ),
        pytest.param(
            "╔════════╗\n║ Outage ║\n╚════════╝\n\n1. SUMMARY\n──────────\nIt broke.\n\n"
            "--------\n2. CAUSE\n--------\nA bug.\n\n┌───┬───┐\n│ a │ b │\n├───┼───┤\n│ c │ d │\n└───┴───┘",
            [
                ("h1", "Outage"),
                ("h2", "1. SUMMARY"),
                ("paragraph", "It broke."),
                ("h3", "2. CAUSE"),
                ("paragraph", "A bug."),
                ("table", [["a", "b"], ["c", "d"]]),
            ],
            id="drawn lines and boxes",
        ),
        pytest.param(
            "1. Add a test\n2. Add an alert\n   on slow queries\n",
            [("list", "", [("item", "Add a test"), ("item", "Add an alert on slow queries")])],
            id="numbered items are no headings",
        ),
        pytest.param(
            "  o One\n      - inner\n  o Two goes on\n    below\n",
            [
                (
                    "list",
                    "",
                    [("item", "One", [("list", "", [("item", "inner")])]), ("item", "Two goes on below")],
                )
            ],
            id="bullets",
        ),
        pytest.param(
            "    09:00  Deploy\n    09:05  Errors *begin* in <checkout>\n           and grow\n",
            [
                (
                    "list",
                    "",
                    [("item", "09:00  Deploy"), ("item", "09:05  Errors *begin* in <checkout> and grow")],
                )
            ],
            id="an indented timeline keeps its words",
        ),
        pytest.param(
            "The deploy of the morning dropped an index that all of the queries\n"
            "need. Nobody saw that before the customers did, and they called us.\n"
            "Note: done.\n",
            [
                (
                    "paragraph",
                    "The deploy of the morning dropped an index that all of the queries need. Nobody "
                    "saw that before the customers did, and they called us.",
                ),
                ("paragraph", "Note: done."),
            ],
            id="lines wrapped at the edge",
        ),
        pytest.param(
            "09:00 Errors begin\n\n2024-03-05 09:00:01 ERROR down\n09:00:02 WARN slow\n\n09:10 Over",
            [("list", "", [("item", "09:00 Errors begin")]), ("list", "", [("item", "09:10 Over")])],
            id="lines of a log are no timeline",
        ),
        pytest.param(
            "Severity: SEV2\nStarted:  2024-03-05 09:00\nSummary:  It broke\n          badly\n",
            [
                ("paragraph", "Severity: SEV2"),
                ("paragraph", "Started:  2024-03-05 09:00"),
                ("paragraph", "Summary:  It broke badly"),
            ],
            id="labels, one of which goes on",
        ),
        pytest.param(
            "+------+---------+\n| Time | Event   |\n+======+=========+\n| 9:00 | Errors  |\n"
            "|      | begin   |\n+------+---------+\n| 9:30 | Over    |\n+------+---------+\n",
            [("table", [["Time", "Event"], ["9:00", "Errors begin"], ["9:30", "Over"]])],
            id="a framed table",
        ),
        pytest.param(
            "Owner    Action           Due\n-----    ------           ---\nAna      Add a test       May 2\n"
            "Tom      Alert on slow    May 3\n         queries\n",
            [
                (
                    "table",
                    [
                        ["Owner", "Action", "Due"],
                        ["Ana", "Add a test", "May 2"],
                        ["Tom", "Alert on slow queries", "May 3"],
                    ],
                )
            ],
            id="a table in columns",
        ),
        pytest.param(
            "The queue of the printers filled up faster than they could print\nall of it.\n\n"
            "Graphs: https://graphs.example/d/printers/overview?from=1709285400000&to=17092890\n",
            [
                (
                    "paragraph",
                    "The queue of the printers filled up faster than they could print all of it.",
                ),
                (
                    "paragraph",
                    "Graphs: https://graphs.example/d/printers/overview?from=1709285400000&to=17092890",
                ),
            ],
            id="an address wider than the wrapped lines",
        ),
        pytest.param(
            "Ana wrote:\n\n> The checkout is down.\n> > Since when?\n",
            [
                ("paragraph", "Ana wrote:"),
                (
                    "quote",
                    "",
                    [("paragraph", "The checkout is down."), ("quote", "", [("paragraph", "Since when?")])],
                ),
            ],
            id="quotes of mail",
        ),
    ],
)
def test_lines_become_blocks(source: str, expected: Outline) -> None:
    """Headings, lists, tables and quotes are told by how they stand; what is wrapped is one."""
    assert outline(read_plain_text(source).blocks) == expected


def test_the_head_of_a_mail_is_read() -> None:
    """Subject, sender and date are the title, the author and when it was published."""
    read = read_plain_text(
        "From: Ana Lima <ana@example.com>\nDate: Tue, 5 Mar 2024 10:00:00 +0000\nTo: all@example.com\n"
        "Subject: Re: [sre] Checkout\n  outage\n\nHello\n"
    )
    assert (read.fields, outline(read.blocks)) == (
        [
            FrontMatterField("author", ("Ana Lima",), 1),
            FrontMatterField("published", ("Tue, 5 Mar 2024 10:00:00 +0000",), 2),
            FrontMatterField("title", ("[sre] Checkout outage",), 4),
        ],
        [("paragraph", "Hello")],
    )


def test_lines_are_those_of_the_file() -> None:
    """Evidence leads to the first line of what was wrapped."""
    blocks = read_plain_text("TITLE HERE\n\n\nSome words:\n  - one\n    more\n  - two\n").blocks
    assert [(block.kind, block.line, [item.line for item in block.children]) for block in blocks] == [
        ("heading", 1, []),
        ("paragraph", 4, []),
        ("list", 5, [5, 7]),
    ]


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        ("IMPACT\n\n    None\n", "a.txt", True),
        ("IMPACT\n\n    None\n", "a", True),
        ("IMPACT\n\n    None\n", "a.md", True),
        ("Impact\n\nNone\n", "a.md", False),
        ("- Impact\n\n    None\n", "a.md", False),
        ("## Impact\n\nNone\n", "a.txt", False),
        ("**Impact**: none\n", "a.txt", False),
        ("See [this](https://x.example)\n", "a", False),
        ("| a | b |\n| --- | --- |\n", "a.txt", False),
    ],
)
def test_markdown_is_told_by_name_and_marks(source: str, path: str, expected: bool) -> None:
    """A name that says Markdown, or marks that only Markdown has; not where words would be lost as code."""
    assert is_plain_text(source, path) is expected


def test_indented_words_of_a_text_are_no_code() -> None:
    """What Markdown would pass over as code is read in plain text."""
    text = (
        "CHECKOUT OUTAGE\n\nTIMELINE\n\n    2024-03-05 09:00 UTC Errors begin\n"
        "    2024-03-05 09:30 UTC Resolved\n"
    )
    facts = parse_document(text, "a.txt", Reading())
    assert [(event.kind, event.line) for event in facts.incidents[0].events] == [
        ("started", 5),
        ("resolved", 6),
    ]
