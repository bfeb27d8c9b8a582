"""Dialects of Markdown and the HTML in it → blocks."""

from __future__ import annotations

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from pipeline.documents.formats.front_matter import FrontMatterField, split_front_matter
from pipeline.documents.formats.markdown import read_markdown
from pipeline.documents.formats.markdown_dialects import plain_markdown, without_comments
from tests.documents.test_web_pages import Outline, outline


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "##Impact\nNone", [("h2", "Impact"), ("paragraph", "None")], id="a heading without space"
        ),
        pytest.param("#incidents is a channel", [("paragraph", "#incidents is a channel")], id="a channel"),
        pytest.param(
            ':::note Title\nSome *words*\n:::\n\n!!! warning "Impact"\n    All users.\n\n    - one\n\nAfter',
            [
                ("paragraph", "Some words"),
                ("paragraph", "Impact\nAll users."),
                ("list", "", [("item", "one")]),
                ("paragraph", "After"),
            ],
            id="admonitions",
        ),
        pytest.param(
            "> [!NOTE]\n> All users.", [("quote", "", [("paragraph", "All users.")])], id="alerts of GitHub"
        ),
        pytest.param(
            'import Tabs from "@theme/Tabs"\n\n<Tabs>\n\n{{< alert >}}Words{{< /alert >}} {% raw %}'
            "and more\n\n</Tabs>",
            [("paragraph", "Words and more")],
            id="MDX, shortcodes and Liquid",
        ),
        pytest.param(
            "[[Runbook|the runbook]] and [[Checkout]] ![[graph.png]]",
            [("paragraph", "the runbook and Checkout")],
            id="wiki links",
        ),
        pytest.param(
            "Severity\n: SEV1\n\nOwner\n: Ana",
            [("paragraph", "Severity: SEV1"), ("paragraph", "Owner: Ana")],
            id="definitions",
        ),
        pytest.param("• one\n• two", [("list", "", [("item", "one"), ("item", "two")])], id="other bullets"),
        pytest.param(
            "<h2>Timeline</h2>\n<table>\n<tr><th>Time</th><th>Event</th></tr>\n\n<tr><td>9:00</td>\n\n"
            "<td>Errors</td></tr>\n</table>\n\nAfter <b>all</b><br>of it <!-- hint --> and\n\n"
            "<ul><li>one</li></ul>",
            [
                ("h2", "Timeline"),
                ("table", [["Time", "Event"], ["9:00", "Errors"]]),
                ("paragraph", "After all of it  and"),
                ("list", "", [("item", "one")]),
            ],
            id="HTML inside",
        ),
        pytest.param(
            "<details><summary>Root cause</summary>\n\nA *bug*.\n\n</details>",
            [("paragraph", "Root cause"), ("paragraph", "A bug.")],
            id="details",
        ),
        pytest.param("<!-- Describe\n\nthe impact -->\n\nNone", [("paragraph", "None")], id="comments"),
    ],
)
def test_dialects_become_blocks(source: str, expected: Outline) -> None:
    """What only one generator understands is passed over, its words are kept."""
    assert outline(read_markdown(source)) == expected


def test_no_line_moves() -> None:
    """Blocks behind dialects and HTML are on the lines of the file."""
    source = (
        "##A\n\n:::note\nb\n:::\n\nTerm\n: c\n\n<table>\n\n<tr><td>d</td><td>e</td></tr>\n\n</table>\n\n"
        "!!! note\n    f\n"
    )
    assert plain_markdown(source).count("\n") == source.count("\n")
    assert [(block.line, block.text.text or block.rows[0][0].line) for block in read_markdown(source)] == [
        (1, "A"),
        (4, "b"),
        (8, "Term: c"),
        (10, 12),
        (17, "f"),
    ]


def test_hints_in_comments_are_no_content() -> None:
    """A form's comments hold neither values nor blanks to be filled in."""
    text = (
        "# Outage 2024-03-05\n\n<!-- Start: YYYY-MM-DD HH:MM\n\nEnd: [insert] -->\n\n## Timeline\n\n"
        "- 09:00 UTC Errors begin\n- 09:30 UTC Resolved\n"
    )
    assert without_comments("a <!-- b\nc --> d <!-- e") == "a \n d <!-- e"
    facts = parse_document(text, "a.md", Reading())
    assert "placeholder_left" not in [finding.rule for finding in facts.findings]
    assert [event.line for event in facts.incidents[0].events] == [9, 10]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '+++\ntitle = "Outage"\ndate = 2024-03-05\ndraft = false\n[params]\nseverity = "SEV1"\n+++\nx\n',
            [("title", ("Outage",), 2), ("date", ("2024-03-05",), 3), ("draft", ("false",), 4),
             ("params severity", ("SEV1",), 6)],
        ),
        (
            '{\n  "title": "Outage",\n  "tags": ["a", "b"],\n  "params": {"severity": "SEV1"}\n}\n\nx\n',
            [("title", ("Outage",), 2), ("tags", ("a", "b"), 3), ("params severity", ("SEV1",), 4)],
        ),
        ('{"title": "Outage"}\n', []),
        ('{"title": "Outage"}\n{"title": "Another"}\n', []),
    ],
)  # fmt: skip
def test_front_matter_of_hugo(source: str, expected: list[tuple[str, tuple[str, ...], int]]) -> None:
    """TOML and JSON before a text state fields; JSON alone is data."""
    assert split_front_matter(source).fields == [FrontMatterField(*row) for row in expected]
