"""Documents that were made to harm, were cut, or are something else: each ends soon, with a finding."""

from __future__ import annotations

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.blocks import walk
from pipeline.documents.facts import DocumentFacts, Reading
from pipeline.documents.formats.html import read_html
from pipeline.documents.formats.markdown import read_markdown
from pipeline.documents.formats.pdf import read_pdf
from pipeline.documents.formats.plain_text import read_plain_text
from tests.documents.pdf_writing import Words, write_pdf
from tests.documents.test_formats import HTML, MARKDOWN, PLAIN, STORAGE

_PDF = write_pdf([[Words(60, 700, "Outage 2024-03-05", 20), Words(60, 660, "10:00 UTC it broke")]])
_MARKS = st.text(alphabet="#*_-+=|:>`~[](){}<>&;!?/\\\"' \t\n0123456789abAB.•o\u00a0é✅", max_size=400)
_TAGS = st.lists(
    st.sampled_from(
        """<p>|</p>|<ul>|</ul>|<li>|</li>|<table>|<tr>|<td>|<td rowspan=3>|</td>|</tr>|</table>|<h1>|</h1>|<b>
        </b>|<br>|<a href="https://x.example">|</a>|<pre>|</pre>|<dl>|<dt>|<dd>|<!--|-->|<script>|</script>|&nbsp;
        <ac:task-list>|<ac:task>|<ac:task-status>complete</ac:task-status>|<ac:rich-text-body>
        </ac:rich-text-body>|<ac:structured-macro ac:name="info">|</ac:structured-macro>|<![CDATA[|]]>
        <time datetime="x"/>|<ri:user/>|10:00|words|- item""".replace("\n", "|").split("|")
    ).map(str.strip),
    max_size=60,
).map("".join)


def _bound(facts: DocumentFacts) -> int:
    return len(facts.findings) + sum(
        len(incident.evidence) + len(incident.events) + len(incident.action_items)
        for incident in facts.incidents
    )


@settings(max_examples=150, deadline=None)
@given(_MARKS)
def test_any_text_is_read(text: str) -> None:
    """Marks in any order raise nothing, in Markdown and in plain text, and blocks stay within the lines."""
    last = text.count("\n") + 1
    for blocks in (read_markdown(text), read_plain_text(text).blocks):
        assert [block for block in walk(blocks) if not 1 <= block.line <= last] == []
    for path in ("a.md", "a.txt"):
        assert _bound(parse_document(text, path, Reading())) < 200


@settings(max_examples=150, deadline=None)
@given(_TAGS)
def test_any_tags_are_read(source: str) -> None:
    """Tags in any order, closed or not, raise nothing."""
    assert len(list(walk(read_html(source).blocks))) <= len(source) + 1
    assert _bound(parse_document(source, "a.html", Reading(), "text/html")) < 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(_PDF)), st.binary(max_size=40), st.booleans())
def test_any_bytes_are_read_as_pdf(place: int, junk: bytes, is_cut: bool) -> None:
    """A PDF that was cut, or overwritten at a place, raises nothing."""
    data = _PDF[:place] + junk + (b"" if is_cut else _PDF[place + len(junk) :])
    content = base64.b64encode(data).decode()
    assert len(read_pdf(content).blocks) < 100
    assert _bound(parse_document(content, "a.pdf", Reading(), "application/pdf")) < 200


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([MARKDOWN, PLAIN, HTML, STORAGE]), st.integers(0, 4000), st.text(max_size=20))
def test_a_document_that_was_cut_is_read_to_the_cut(source: str, place: int, junk: str) -> None:
    """Whatever stands at the end, what stood before is read."""
    text = source[:place] + junk
    for media_type in ("text/plain", "text/html"):
        assert _bound(parse_document(text, "a", Reading(), media_type)) < 300


@pytest.mark.parametrize(
    ("content", "media_type", "rules"),
    [
        ("<html>" + "<div>" * 100_000 + "x", "text/html", ["document_cut"]),
        ("<ac:layout>" * 100_000 + "x", "text/html", ["document_cut"]),
        ("<html>" + "<ul><li>" * 50_000 + "x", "text/html", ["document_cut"]),
        ("> " * 50_000 + "x", "text/plain", ["document_is_no_postmortem"]),
        ("".join(" " * depth + "- x\n" for depth in range(600)), "text/plain", ["document_is_no_postmortem"]),
        ("a " * 50_000_000, "text/plain", ["document_cut", "document_is_no_postmortem"]),
        ("[" * 200_000, "text/plain", ["document_is_no_postmortem"]),
        (" " * 400_000, "text/plain", ["document_empty"]),
        ("<table>" * 50_000, "text/plain", ["document_cut"]),
        ("<!--" * 100_000, "text/plain", ["document_empty"]),
        (
            "---\na: &a [x, x]\nb: [*a, *a]\n---\n\nx\n",
            "text/plain",
            ["front_matter_broken", "document_is_no_postmortem"],
        ),
        (
            "---\na: !!python/object/apply:os.abort []\n---\n\nx\n",
            "text/plain",
            ["front_matter_broken", "document_is_no_postmortem"],
        ),
        ("@@@ not base64", "application/pdf", ["pdf_broken"]),
        ("x" * 90_000_000, "application/pdf", ["pdf_too_large"]),
        ("x", "image/png", ["document_is_foreign"]),
    ],
)  # fmt: skip
def test_what_would_take_long_ends_with_a_finding(content: str, media_type: str, rules: list[str]) -> None:
    """Depth, length and bombs are bounded; nothing is guessed from the rest."""
    facts = parse_document(content, "a", Reading(), media_type)
    assert (facts.incidents, [finding.rule for finding in facts.findings]) == ((), rules)


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/hostname">',
        '<!ENTITY % x SYSTEM "http://localhost:1/x.dtd"> %x;',
    ],
)
def test_entities_are_not_expanded(declared: str) -> None:
    """No entity of a page's own is read, no file and no address opened."""
    source = (
        f"<!DOCTYPE l [{declared}]><html><body><ac:layout><p>before &c; after</p></ac:layout></body></html>"
    )
    assert "before &c; after" in [block.text.text for block in read_html(source).blocks]


def test_a_name_with_a_newline_is_a_name() -> None:
    """The path is told as it is, and says nothing of the incident's time."""
    facts = parse_document(MARKDOWN, "a\n2019-01-01 10:00\n.md", Reading())
    assert (facts.title, len(facts.incidents)) == ("Checkout outage", 1)
