"""PDF → blocks: lines, headings, columns, tables and what the pages repeat."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.blocks import Block
from pipeline.documents.facts import Reading
from pipeline.documents.formats.pdf import PdfText, read_pdf
from tests.documents.pdf_writing import Words, write_pdf


def _read(*pages: list[Words]) -> list[Block]:
    return read_pdf(_base64(write_pdf(pages))).blocks


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _told(blocks: list[Block]) -> list[tuple[object, ...]]:
    return [
        (block.kind, [[cell.text for cell in row] for row in block.rows])
        if block.kind == "table"
        else (block.kind, block.level or block.text.text or [item.text.text for item in block.children])
        for block in blocks
    ]


def test_lines_that_were_wrapped_are_one() -> None:
    """Words that had no place behind the line above go on with it; a short line ends."""
    blocks = _read(
        [
            Words(60, 700, "The deploy of the morning dropped an index of the"),
            Words(60, 686, "orders, and queries timed out."),
            Words(60, 672, "Nobody saw it."),
            Words(60, 640, "A paragraph of its own."),
            Words(60, 626, "See https://graphs.example.com/checkout/latency/of/"),
            Words(60, 612, "march-5 for more."),
        ]
    )
    assert [(block.line, block.text.text) for block in blocks] == [
        (1, "The deploy of the morning dropped an index of the orders, and queries timed out."),
        (2, "Nobody saw it."),
        (3, "A paragraph of its own."),
        (4, "See https://graphs.example.com/checkout/latency/of/march-5 for more."),
    ]


def test_lines_of_marks_part_what_is_above_from_what_is_below() -> None:
    """A line that a text drew below its title is neither a part of the title nor words of its own."""
    blocks = _read(
        [
            Words(60, 700, "Labels of the warehouse came out of the printers blank"),
            Words(60, 686, "======================================================"),
            Words(60, 672, "Everybody waited."),
        ]
    )
    assert [block.text.text for block in blocks] == [
        "Labels of the warehouse came out of the printers blank",
        "Everybody waited.",
    ]


def test_headings_are_larger_or_bold_and_alone() -> None:
    """Sizes give the levels; bold words before others are a label."""
    blocks = _read(
        [
            Words(60, 700, "Outage of the checkout that", 22, bold=True),
            Words(60, 674, "took all morning", 22, bold=True),
            Words(60, 640, "Impact", 15),
            Words(60, 620, "Everybody."),
            Words(60, 600, "Users affected", bold=True),
            Words(60, 580, "Duration:", bold=True),
            Words(120, 580, "30 minutes"),
            Words(60, 560, "More words that are as long as words in the body of a text are."),
        ]
    )
    assert [(block.kind, block.level, block.text.text) for block in blocks] == [
        ("heading", 1, "Outage of the checkout that took all morning"),
        ("heading", 2, "Impact"),
        ("paragraph", 0, "Everybody."),
        ("heading", 3, "Users affected"),
        ("paragraph", 0, "Duration: 30 minutes"),
        ("paragraph", 0, "More words that are as long as words in the body of a text are."),
    ]
    assert blocks[4].text.bold == [(0, 9)]


def test_cells_go_on_over_lines() -> None:
    """A line without a first cell belongs to the row above; a row of times without a head is a timeline."""
    blocks = _read(
        [
            Words(60, 700, "Action", bold=True),
            Words(300, 700, "Owner", bold=True),
            Words(60, 680, "Add a test of the"),
            Words(300, 680, "Ana Lima"),
            Words(60, 666, "schema"),
            Words(60, 646, "Alert on slow queries"),
            Words(300, 646, "Tom Berg"),
            Words(60, 600, "That is all."),
            Words(60, 560, "9:05 AM"),
            Words(160, 560, "Errors begin in all of the"),
            Words(160, 546, "regions"),
            Words(60, 526, "9:30 AM"),
            Words(160, 526, "Resolved"),
        ]
    )
    assert _told(blocks) == [
        (
            "table",
            [
                ["Action", "Owner"],
                ["Add a test of the schema", "Ana Lima"],
                ["Alert on slow queries", "Tom Berg"],
            ],
        ),
        ("paragraph", "That is all."),
        ("list", ["9:05 AM Errors begin in all of the regions", "9:30 AM Resolved"]),
    ]


def test_what_pages_repeat_is_passed_over() -> None:
    """Heads, feet and numbers of pages are no words of the document."""
    pages = [
        [
            Words(60, 770, "Larch Payments, internal", 8),
            Words(60, 700, f"Words of page {number}, which are its own."),
            Words(60, 680, "And a second line of it."),
            Words(60, 660, "And a third."),
            Words(300, 20, f"{number}", 8),
        ]
        for number in (1, 2, 3)
    ]
    words = [block.text.text for block in _read(*pages)]
    assert words == [
        line
        for number in (1, 2, 3)
        for line in (
            f"Words of page {number}, which are its own.",
            "And a second line of it.",
            "And a third.",
        )
    ]


def test_links_are_those_of_the_page() -> None:
    """The address is what the words lead to."""
    url = "https://jira.example.com/browse/PAY-7"
    text = _read([Words(60, 700, "Done in"), Words(110, 700, "PAY-7", url=url)])[0].text
    assert (text.text, [(link.label, link.url, link.start) for link in text.links]) == (
        "Done in PAY-7",
        [("PAY-7", "https://jira.example.com/browse/PAY-7", 8)],
    )


REPORT = write_pdf(
    [
        [
            Words(24, 770, "9/14/22, 5:05 PM", 8),
            Words(200, 770, "Postmortem Report - Larch - PagerDuty", 8),
            Words(40, 730, "Larch hub answers 500 when people log in", 20, bold=True),
            Words(40, 708, "Status: Reviewed", 10),
            Words(430, 672, "OWNER OF REVIEW PROCESS", 8, bold=True),
            Words(430, 658, "Ines Okafor", 10),
            Words(430, 634, "IMPACT TIME", 8, bold=True),
            Words(430, 620, "Sep 7 at 05:25 to Sep 7 at 10:48", 10),
            Words(430, 596, "DURATION", 8, bold=True),
            Words(430, 582, "5h 23m", 10),
            Words(430, 560, "*All times listed in this report are in", 8),
            Words(430, 549, "Pacific Time (US & Canada).", 8),
            Words(40, 675, "Overview", 14, bold=True),
            Words(
                40, 656, "People got 500 errors at login, as an application secret had expired and the", 10
            ),
            Words(40, 641, "fix was never merged. It ended when the secret was renewed.", 10),
            Words(40, 612, "What Happened", 14, bold=True),
            Words(40, 593, "The secret of the login application expired.", 10),
            Words(40, 563, "Contributing Factors", 14, bold=True),
            Words(40, 544, "- The secret expires every year.", 10),
            Words(40, 529, "- Nobody is told before it expires.", 10),
            Words(40, 500, "Resolution", 14, bold=True),
            Words(40, 481, "A local deploy with the new secret resolved it.", 10),
            Words(40, 450, "Action Items", 14, bold=True),
            Words(40, 431, "- Extend the validity of the secret", 10),
            Words(40, 416, "- Catch the next expiry before it happens (Owner: Ines Okafor)", 10),
            Words(24, 24, "https://larch.example/postmortems/1/export", 8),
            Words(560, 24, "1/2", 8),
        ],
        [
            Words(24, 770, "9/14/22, 5:05 PM", 8),
            Words(200, 770, "Postmortem Report - Larch - PagerDuty", 8),
            Words(40, 730, "Timeline", 14, bold=True),
            Words(40, 705, "Sep 7, 2022", 10, bold=True),
            Words(40, 680, "5:25 AM", 10),
            Words(120, 680, "Hub is redeployed with the expired secret, marking the beginning of", 10),
            Words(120, 666, "the outage", 10),
            Words(40, 640, "7:07 AM", 10),
            Words(120, 640, "A customer reports that the hub is down", 10),
            Words(40, 610, "10:48 AM", 10),
            Words(120, 610, "A redeploy fixes it; resolved", 10),
            Words(24, 24, "https://larch.example/postmortems/1/export", 8),
            Words(560, 24, "2/2", 8),
        ],
    ]
)


def test_a_pagerduty_report_is_read_beside_and_below() -> None:
    """The column beside the text holds impact time, duration, zone and owner; the timeline has the year."""
    facts = parse_document(_base64(REPORT), "r.pdf", Reading(today=date(2026, 1, 1)), "application/pdf")
    assert (facts.kind, facts.title) == ("postmortem", "Larch hub answers 500 when people log in")
    [incident] = facts.incidents
    fields = {row.field: row.value for row in incident.evidence if row.is_chosen}
    assert {name: fields.get(name) for name in (
        "started_at", "detected_at", "resolved_at", "stated_time_to_resolve_minutes", "authors",
        "contributing_factors", "summary",
    )} == {
        "started_at": "2022-09-07 12:25:00",
        "detected_at": "2022-09-07 14:07:00",
        "resolved_at": "2022-09-07 17:48:00",
        "stated_time_to_resolve_minutes": "323",
        "authors": '["Ines Okafor"]',
        "contributing_factors": '["The secret expires every year.", "Nobody is told before it expires."]',
        "summary": "People got 500 errors at login, as an application secret had expired and the fix was "
        "never merged. It ended when the secret was renewed.\nThe secret of the login application expired.",
    }  # fmt: skip
    assert [(item.description, item.owner) for item in incident.action_items] == [
        ("Extend the validity of the secret", None),
        ("Catch the next expiry before it happens", "Ines Okafor"),
    ]


def _encrypted() -> bytes:
    lock = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'00' * 32}> /U <{'00' * 32}> /P -4 >> /ID [<00><00>]"
    )
    return write_pdf([[Words(60, 700, "Outage")]], trailer=lock)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "broken"),
        (b"PK\x03\x04 a zip in disguise", "broken"),
        (REPORT[:900], "broken"),
        (_encrypted(), "encrypted"),
        (write_pdf([[]]), "without_text"),
        (write_pdf([[Words(60, 700, "x")]]).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]"), "without_text"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(data: bytes, problem: str) -> None:
    """Broken, encrypted and pictured files are unreadable, each with one finding that says what to do."""
    assert read_pdf(_base64(data)) == PdfText(problem=problem)
    facts = parse_document(_base64(data), "a.pdf", Reading(), "application/pdf")
    assert (facts.kind, facts.incidents, [finding.rule for finding in facts.findings]) == (
        "unreadable",
        (),
        [f"pdf_{problem}"],
    )


def test_thousands_of_pages_are_cut() -> None:
    """What lies behind the limit of pages is not read, and that is a finding."""
    pages = [[Words(60, 700, f"Outage {number}, words of it")] for number in range(320)]
    facts = parse_document(_base64(write_pdf(pages)), "a.pdf", Reading(), "application/pdf")
    assert [finding.rule for finding in facts.findings if finding.rule == "document_cut"] == ["document_cut"]


def test_rows_of_padded_cells_are_told_by_their_distance() -> None:
    """Cells a little apart are columns where rows agree; lines that stand closer are one row's."""
    rows = [
        (700, ["When"], ["What happened"], True),
        (678, ["2024-03-05", "09:14"], ["Errors begin in all of", "the regions"], False),
        (644, ["2024-03-05", "10:40"], ["Resolved"], False),
    ]
    words = [Words(60, 730, "Words of a text before it, which say how wide a space is here.")]
    for top, first, second, is_head in rows:
        for left, cell in ((60, first), (126, second)):
            words += [Words(left, top - 12 * line, text, bold=is_head) for line, text in enumerate(cell)]
    assert _told(_read(words))[1:] == [
        (
            "table",
            [
                ["When", "What happened"],
                ["2024-03-05 09:14", "Errors begin in all of the regions"],
                ["2024-03-05 10:40", "Resolved"],
            ],
        )
    ]


def test_bullets_may_be_drawn() -> None:
    """Browsers draw the bullets of lists; what is indented is an item, too."""
    dot = "56 {0} 4 4 re f"
    shown = [
        "BT /F1 11 Tf 40 700 Td (To do) Tj ET",
        dot.format(682),
        "BT /F1 11 Tf 68 680 Td (Add a test of the schema.) Tj ET",
        dot.format(668),
        "BT /F1 11 Tf 68 666 Td (Alert on slow queries) Tj ET",
    ]
    blocks = read_pdf(_base64(write_pdf([[]], streams=["\n".join(shown).encode()]))).blocks
    assert _told(blocks) == [
        ("paragraph", "To do"),
        ("list", ["Add a test of the schema.", "Alert on slow queries"]),
    ]
