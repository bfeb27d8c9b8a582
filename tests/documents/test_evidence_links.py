"""Links to evidence: what each leads to, and which links are none."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import EvidenceLink, Reading

HEAD = "# Outage of checkout\n\n## Timeline\n\n- 2024-01-05 10:00 UTC outage starts\n- 11:00 UTC resolved\n\n"


def _links(text: str) -> tuple[EvidenceLink, ...]:
    return parse_document(HEAD + text, "x.md", Reading(today=date(2026, 1, 1))).incidents[0].links


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://acme.grafana.net/d/abc/checkout?from=1&to=2", "graph"),
        ("https://app.datadoghq.com/dashboard/abc-def/checkout", "graph"),
        ("https://app.datadoghq.eu/logs?query=service", "log"),
        ("https://kibana.acme.dev/app/discover#/view/9c2", "log"),
        ("https://acme.sentry.io/issues/123/", "log"),
        ("https://acme.splunkcloud.com/en-US/app/search/search?q=x", "log"),
        ("https://acme.slack.com/archives/C012/p1620", "chat"),
        ("https://teams.microsoft.com/l/message/19:abc", "chat"),
        ("https://github.com/acme/shop/pull/441", "change"),
        ("https://gitlab.acme.dev/shop/web/-/merge_requests/7", "change"),
        ("https://github.com/acme/shop/commit/0a1b2c3", "change"),
        ("https://github.com/acme/shop/issues/12", "ticket"),
        ("https://acme.atlassian.net/browse/PAY-12", "ticket"),
        ("https://acme.pagerduty.com/incidents/PABC", "ticket"),
        ("https://docs.google.com/document/d/abc/edit", "document"),
        ("https://status.example.org/incidents/77", "document"),
        ("https://console.cloud.google.com/monitoring/dashboards/custom/5", "graph"),
    ],
)
def test_an_address_says_what_it_leads_to(url: str, kind: str) -> None:
    """Host and path decide, whatever the words of the link."""
    assert _links(f"## Root cause\n\nThe pool was full, [here]({url}).\n") == (
        EvidenceLink(kind, url, "here", 10),  # type: ignore[arg-type]
    )


def test_words_decide_where_an_address_says_nothing() -> None:
    """ "Latency graph" is one wherever it lies; what nothing tells is `other` within the account only."""
    text = (
        "## Root cause\n\nSee the [latency graph](https://files.example.org/a1) and "
        "[this](https://example.org/x/1).\n\n"
        "## References\n\n- [A paper](https://papers.example.org/p/9)\n- [Slack "
        "thread](https://go.example.org/t/5)\n"
    )
    assert [(link.kind, link.url) for link in _links(text)] == [
        ("graph", "https://files.example.org/a1"),
        ("other", "https://example.org/x/1"),
        ("chat", "https://go.example.org/t/5"),
    ]


def test_pictures_are_graphs_when_they_say_so() -> None:
    """By their caption or their file's name; a logo or a sketch is no evidence."""
    pictures = ("![Error rate over time](img/1.png)", "![](img/cpu-usage-12h.png)", "![logo](img/logo.png)")
    text = "## Impact\n\n" + "\n\n".join(pictures)
    assert [(link.kind, link.url, link.line) for link in _links(text)] == [
        ("graph", "img/1.png", 10),
        ("graph", "img/cpu-usage-12h.png", 12),
    ]


def test_pictures_of_web_pages_count_as_those_of_markdown() -> None:
    """A page's picture leads to its address; one without an address of its own does not."""
    page = (
        "<html><body><h1>Outage of checkout</h1><h2>Timeline</h2><ul><li>2024-01-05 10:00 UTC outage "
        "starts</li>"
        "<li>11:00 UTC resolved</li></ul><h2>Impact</h2><p>Orders failed.</p>"
        '<p><img src="/files/1.png" alt="Error rate over time"/></p>'
        '<p><img src="data:image/png;base64,AA" alt="Latency graph"/></p></body></html>'
    )
    links = parse_document(page, "x.html", Reading(today=date(2026, 1, 1))).incidents[0].links
    assert [(link.kind, link.url) for link in links] == [("graph", "/files/1.png")]


def test_promises_front_doors_manuals_and_profiles_are_no_evidence() -> None:
    """Links of action items stay with them; a service's own address and its manual explain nothing."""
    text = (
        "## Resolution\n\nWe restarted [shop](https://shop.example.org) as the "
        "[manual](https://docs.example.org/restart) says, thanks to [Ana](https://github.com/ana), "
        "as [our talk](https://www.youtube.com/watch?v=1) tells.\n\n"
        "## Action items\n\n- Add a test ([PAY-1](https://acme.atlassian.net/browse/PAY-1))\n"
    )
    assert _links(text) == ()


def test_bare_addresses_count_once_with_their_line() -> None:
    """An address in plain words is a link, too; a second mention adds nothing."""
    url = "https://github.com/acme/shop/pull/9"
    assert _links(f"## Resolution\n\nFixed by {url}.\nAgain: {url}\n") == (
        EvidenceLink("change", url, url, 10),
    )
