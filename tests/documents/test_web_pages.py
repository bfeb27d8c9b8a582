"""HTML and Confluence storage format → blocks."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.blocks import Block
from pipeline.documents.facts import Reading
from pipeline.documents.formats.html import read_html

Outline = list[tuple[object, ...]]


def outline(blocks: list[Block]) -> Outline:
    """Blocks as tuples: kind, words, and what is special about them."""
    rows: Outline = []
    for block in blocks:
        if block.kind == "table":
            rows.append(("table", [[cell.text for cell in row] for row in block.rows]))
        elif block.kind == "heading":
            rows.append((f"h{block.level}", block.text.text))
        elif block.children:
            rows.append((block.kind, block.text.text, outline(block.children)))
        else:
            rows.append((block.kind, block.text.text))
    return rows


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "<ul><li>One<ul><li>Two</li></ul></li><li><p>Three</p><p>and more</p></li></ul>",
            [
                (
                    "list",
                    "",
                    [
                        ("item", "One", [("list", "", [("item", "Two")])]),
                        ("item", "Three", [("paragraph", "and more")]),
                    ],
                )
            ],
            id="nested lists",
        ),
        pytest.param(
            '<ul class="lst-kix_a-0"><li>One</li></ul><ul class="lst-kix_a-1"><li>Two</li></ul>',
            [("list", "", [("item", "One", [("list", "", [("item", "Two")])])])],
            id="lists of Google Docs say their level in a class",
        ),
        pytest.param(
            '<p class="c1 title"><span>Outage</span></p><p class="c2"><span>Words</span></p>',
            [("h1", "Outage"), ("paragraph", "Words")],
            id="the title of Google Docs is a paragraph",
        ),
        pytest.param(
            "<table><tr><td rowspan=2>10:00</td><td>a</td></tr><tr><td>b</td></tr>"
            "<tr><td colspan=2>c</td></tr></table>",
            [("table", [["10:00", "a"], ["10:00", "b"], ["c", ""]])],
            id="cells over rows and columns",
        ),
        pytest.param(
            "<table><tr><td><h2>Left</h2><p>x</p></td><td><table><tr><td>a</td><td>b</td></tr></table>"
            "</td></tr></table>",
            [("h2", "Left"), ("paragraph", "x"), ("table", [["a", "b"]])],
            id="a table that only places things",
        ),
        pytest.param(
            "<p>Do:<br>- one<br>* two</p>",
            [("paragraph", "Do:"), ("list", "", [("item", "one"), ("item", "two")])],
            id="bullets between line breaks",
        ),
        pytest.param(
            "<div><p>9:05 AM</p></div><div><p>Errors begin</p></div><hr><p>9:07 AM</p><p>Page sent</p>",
            [("paragraph", "9:05 AM\nErrors begin"), ("paragraph", "9:07 AM\nPage sent")],
            id="a time and what happened then, each on its own",
        ),
        pytest.param(
            "<dl><dt>Severity</dt><dd>SEV1</dd></dl><details><summary>Timeline</summary><p>x</p></details>",
            [("paragraph", "Severity: SEV1"), ("paragraph", "Timeline"), ("paragraph", "x")],
            id="definitions and details",
        ),
        pytest.param(
            "<p>Seen <time datetime='2024-03-05T10:00Z'>3 years ago</time></p><pre>10:00 code</pre>",
            [("paragraph", "Seen 2024-03-05T10:00Z"), ("code", "")],
            id="a time that only its attribute tells",
        ),
        pytest.param(
            '<p>Kept</p><p style="display: none">10:00 x</p><p hidden>y</p><div class="toc">z</div>'
            '<div id="comments">w</div><p aria-hidden="true">v</p>',
            [("paragraph", "Kept")],
            id="what no reader sees",
        ),
    ],
)
def test_html_becomes_blocks(source: str, expected: Outline) -> None:
    """What a reader of the page sees, in its order."""
    assert outline(read_html(f"<html><body>{source}</body></html>").blocks) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            '<p>State: <ac:structured-macro ac:name="status"><ac:parameter ac:name="colour">Green'
            '</ac:parameter><ac:parameter ac:name="title">Resolved</ac:parameter></ac:structured-macro></p>',
            [("paragraph", "State: Resolved")],
            id="a status is its words",
        ),
        pytest.param(
            '<p>By <ac:link><ri:user ri:account-id="557:1" /></ac:link></p>'
            '<p><ac:link><ri:user ri:userkey="8a" /><ac:link-body>Ana Lima</ac:link-body></ac:link></p>'
            '<p><ac:link><ri:page ri:content-title="Runbook" /></ac:link></p>'
            '<p><ac:link><ri:page ri:content-title="X" /><ac:plain-text-link-body><![CDATA[see X]]>'
            "</ac:plain-text-link-body></ac:link></p>",
            [
                ("paragraph", "By"),
                ("paragraph", "Ana Lima"),
                ("paragraph", "Runbook"),
                ("paragraph", "see X"),
            ],
            id="an account is no name",
        ),
        pytest.param(
            '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">Timeline</ac:parameter>'
            "<ac:rich-text-body><p>09:00 Errors</p></ac:rich-text-body></ac:structured-macro>"
            '<ac:structured-macro ac:name="toc"><ac:parameter ac:name="maxLevel">2</ac:parameter>'
            '</ac:structured-macro><ac:image><ri:attachment ri:filename="a.png" /></ac:image>'
            "<ac:placeholder>Write here</ac:placeholder>",
            [("paragraph", "Timeline"), ("paragraph", "09:00 Errors")],
            id="macros with words, and without",
        ),
        pytest.param(
            '<p>Done <ac:emoticon ac:name="tick" /> &amp; &uuml;ber &lt;x&gt; &nosuch; R&D</p>',
            [("paragraph", "Done ✅ & über <x> &nosuch; R&D")],
            id="entities of HTML, and none of XML",
        ),
    ],
)
def test_storage_format_becomes_blocks(source: str, expected: Outline) -> None:
    """Macros, links and entities of Confluence, whether the XML is well formed or not."""
    assert outline(read_html(source).blocks) == expected
    assert outline(read_html(f"{source}<p>").blocks) == expected


def test_a_jira_macro_links_its_key() -> None:
    """The key is the word and the address; a macro with a query is no link."""
    source = (
        '<p>Fix <ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">PAY-7</ac:parameter>'
        '</ac:structured-macro><ac:structured-macro ac:name="jira"><ac:parameter ac:name="jqlQuery">'
        "project = PAY</ac:parameter></ac:structured-macro></p>"
    )
    text = read_html(source).blocks[0].text
    assert (text.text, [(link.label, link.url, link.start) for link in text.links]) == (
        "Fix PAY-7",
        [("PAY-7", "jira:PAY-7", 4)],
    )


def test_a_page_as_confluence_shows_it() -> None:
    """Tasks say whether they are done; an issue is its key, not what Jira says of it now."""
    source = (
        '<html><body><ul class="inline-task-list"><li class="checked" data-inline-task-id="1">Add a test '
        '<span class="jira-issue" data-jira-key="PAY-7">'
        '<a href="https://jira.example.com/browse/PAY-7">PAY-7</a>'
        ' - <span class="summary">Another title</span> <span>Done</span></span></li>'
        '<li data-inline-task-id="2">Add an alert</li></ul></body></html>'
    )
    items = read_html(source).blocks[0].children
    assert [(item.text.text, item.checked, [link.url for link in item.text.links]) for item in items] == [
        ("Add a test PAY-7", True, ["https://jira.example.com/browse/PAY-7"]),
        ("Add an alert", False, []),
    ]


def test_style_sheets_say_what_is_bold() -> None:
    """Google Docs writes bold into its classes, and leads links over its own address."""
    source = (
        "<html><head><style>.c3{font-weight:700}.c4{color:red}</style></head><body><p class='c4'>"
        '<span class="c3">Impact:</span> see <a href="https://www.google.com/url?q=https://x.example/1&amp;sa=D">'
        "graph</a></p></body></html>"
    )
    text = read_html(source).blocks[0].text
    assert (text.text, text.bold, [link.url for link in text.links]) == (
        "Impact: see graph",
        [(0, 7)],
        ["https://x.example/1"],
    )


def test_lines_are_those_of_the_source() -> None:
    """Evidence leads to the line of the element, and a line break inside it moves nothing."""
    blocks = read_html("<html>\n<body>\n<h1>A</h1>\n\n<p>b<br>c</p>\n<table>\n<tr><td>d</td>\n<td>e</td></tr>"
                       "</table></body></html>").blocks  # fmt: skip
    assert [(block.line, [part.line for part in block.text.lines()]) for block in blocks] == [
        (3, [3]),
        (5, [5, 5]),
        (6, []),
    ]
    assert [[cell.line for cell in row] for row in blocks[2].rows] == [[7, 8]]


def test_the_head_of_a_page_names_author_and_date() -> None:
    """`<meta>` and `<title>` are read like front matter; the title only where no heading is one."""
    source = (
        '<html><head><title>Outage of March | Larch</title><meta name="author" content="Ana Lima">'
        '<meta property="article:published_time" content="2024-03-08T09:00:00Z"></head><body>'
        "<h1>Summary</h1><p>x</p><h1>Timeline</h1><p>y</p></body></html>"
    )
    assert [(row.key, row.values) for row in read_html(source).fields] == [
        ("author", ("Ana Lima",)),
        ("published", ("2024-03-08T09:00:00Z",)),
        ("title", ("Outage of March | Larch",)),
    ]


PAGERDUTY = """\
<!DOCTYPE html><html><head><title>Postmortem Report - Larch - PagerDuty</title></head><body><div id="ember4">
<div><h1>Larch hub answers 500 at login</h1><p>Status: Reviewed</p></div>
<div class="rightcol"><div><h2>Owner of review process</h2><p>
<a href="https://larch.example/u/1">Ines Okafor</a></p></div>
<div><h2>Impact time</h2><p>Sep 7 at 05:25 to Sep 7 at 10:48</p></div>
<div><h2>Duration</h2><p>5h 23m</p></div>
<div><p>*All times listed in this report are in Pacific Time (US &amp; Canada).</p></div></div>
<div><h2>Overview</h2><p><span>People got 500 errors at login.</span></p></div>
<div><h2>What Went Well?</h2><p><span>- Deploys are fast</span></p></div>
<div><h2>Action Items</h2><p>
<span>- Extend the validity of the secret<br>- Catch the next expiry</span></p></div>
<div><h2>Timeline </h2><p>Sep 7, 2022</p>
<div><div><p>7:07 AM</p></div><div><p>A customer reports that the hub is down</p></div></div><hr>
<div><div><p>10:48 AM</p></div><div><p>A redeploy fixes it; resolved</p></div></div></div></div></body></html>
"""


def test_a_pagerduty_report_tells_impact_duration_and_zone() -> None:
    """Its times stand in a named zone and without a year, which the timeline has."""
    facts = parse_document(PAGERDUTY, "report.html", Reading(today=date(2026, 1, 1)))
    assert (facts.title, len(facts.incidents)) == ("Larch hub answers 500 at login", 1)
    fields = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    assert {name: fields.get(name) for name in (
        "started_at", "detected_at", "resolved_at", "stated_time_to_resolve_minutes", "authors", "impact",
    )} == {
        "started_at": "2022-09-07 12:25:00",
        "detected_at": "2022-09-07 14:07:00",
        "resolved_at": "2022-09-07 17:48:00",
        "stated_time_to_resolve_minutes": "323",
        "authors": '["Ines Okafor"]',
        "impact": None,
    }  # fmt: skip
    assert [item.description for item in facts.incidents[0].action_items] == [
        "Extend the validity of the secret",
        "Catch the next expiry",
    ]
