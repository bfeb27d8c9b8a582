"""Text from documents stays text, whatever it holds."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import cards


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://jira.example/browse/PAY-1", "https://jira.example/browse/PAY-1"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt://host/%0aalert(1)", None),
        ("data:text/html,<script>", None),
        ("//host/path", None),
        ("https:///nohost", None),
        ("http://[broken", None),
        ("file:///etc/passwd", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links(url: str | None, expected: str | None) -> None:
    """http and https with a host are followed, nothing else."""
    assert cards.safe_url(url) == expected


@given(st.text(), st.text())
def test_no_text_becomes_a_tag(words: str, address: str) -> None:
    """Whatever a document says, a table of it holds only the tags of a table and of safe links."""
    found: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(tag)
            found.extend(name for name, _ in attrs if name.startswith("on"))

    parts = [
        cards.table([words], [[words], [cards.link(words, f"https://host/{address}")]]),
        cards.chip(words),
        cards.paragraph(words, "pm-text"),
        cards.finding(words, words, [(words, words, words)], [words]),
    ]
    Tags().feed("".join(parts))
    assert set(found) <= {"div", "table", "thead", "tbody", "tr", "th", "td", "a", "span", "p"}


def test_a_number_stays_beside_its_per_cent_sign() -> None:
    """No line breaks between the two; other words are as they were."""
    assert cards.text("90 % of 5, 100 %; a % b") == "90\u00a0% of 5, 100\u00a0%; a % b"
