"""One incident in every format it may be written in gives the same facts."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Any

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from tests.documents.pdf_writing import Words, write_pdf

READING = Reading(
    severity_words=(("sev2", 2),),
    jira_hosts=("jira.example.com",),
    jira_projects=("PAY",),
    today=date(2026, 1, 1),
)

MARKDOWN = """\
# Checkout outage

**Severity:** SEV2

**Started:** 2024-03-05 09:12 UTC

**Resolved:** 2024-03-05 10:40 UTC

**Author:** Priya Shah

## Summary

Checkout failed for a third of all customers, as a deploy dropped an index.

## Timeline

| Time (UTC) | Event |
| --- | --- |
| 2024-03-05 09:14 | Errors begin in checkout |
| 2024-03-05 09:20 | Alert pages the on-call |
| 2024-03-05 10:40 | Incident resolved |

## Root cause

A migration dropped the index of orders.

## Contributing factors

- Migrations are not rehearsed
- The index has no test

## Action items

- [x] Add the index to the schema test PAY-12 (Owner: Ana Lima)
- [ ] Alert on slow queries (Owner: Tom Berg)
"""

SETEXT = (
    MARKDOWN.replace("# Checkout outage", "Checkout outage\n===", 1)
    .replace("## Summary", "Summary\n---")
    .replace("## Timeline", "Timeline\n---")
    .replace("## Root cause", "Root cause\n---")
    .replace("## Contributing factors", "Contributing factors\n---")
    .replace("## Action items", "Action items\n---")
    .replace("**", "__")
)

PLAIN = """\
Checkout outage
===============

Severity:  SEV2
Started:   2024-03-05 09:12 UTC
Resolved:  2024-03-05 10:40 UTC
Author:    Priya Shah

SUMMARY

    Checkout failed for a third of all customers, as a deploy
    dropped an index.

TIMELINE (UTC)

    2024-03-05 09:14  Errors begin in checkout
    2024-03-05 09:20  Alert pages the on-call
    2024-03-05 10:40  Incident resolved

ROOT CAUSE

    A migration dropped the index of orders.

CONTRIBUTING FACTORS

    * Migrations are not rehearsed
    * The index has no test

ACTION ITEMS

  [x] Add the index to the schema test PAY-12 (Owner: Ana Lima)
  [ ] Alert on slow queries (Owner: Tom Berg)
"""

HTML = """\
<!DOCTYPE html>
<html><head><title>Checkout outage | Pages of Larch</title><style>p { color: red }</style></head>
<body><nav><ul><li><a href="/">Start</a></li><li>2019-01-01 10:00 News</li></ul></nav>
<article>
<h1>Checkout outage</h1>
<table>
<tr><th>Severity</th><td>SEV2</td></tr>
<tr><th>Started</th><td>2024-03-05&nbsp;09:12 UTC</td></tr>
<tr><th>Resolved</th><td><time datetime="2024-03-05">2024-03-05</time> 10:40 UTC</td></tr>
<tr><th>Author</th><td>Priya Shah</td></tr>
</table>
<h2>Summary</h2>
<p>Checkout failed for a third of all customers,
   as a deploy dropped an index.</p>
<h2>Timeline</h2>
<table><thead><tr><th>Time (UTC)</th><th>Event</th></tr></thead>
<tbody><tr><td>2024-03-05 09:14</td><td>Errors begin in checkout</td></tr>
<tr><td>2024-03-05 09:20</td><td><p>Alert pages the on-call</p></td></tr>
<tr><td>2024-03-05 10:40</td><td>Incident resolved</td></tr></tbody></table>
<h2>Root cause</h2><p>A migration dropped the index of orders.<!-- 2001-01-01 --></p>
<h2>Contributing factors</h2><ul><li>Migrations are not rehearsed<li>The index has no test</ul>
<h2>Action items</h2>
<ul><li><input type="checkbox" checked> Add the index to the schema test PAY-12 (Owner: Ana Lima)</li>
<li><input type="checkbox"> Alert on slow queries (Owner: Tom Berg)</li></ul>
</article><footer>2020-02-02 Imprint</footer><script>var x = "2024-01-01 10:00 outage";</script></body></html>
"""

STORAGE = """\
<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell>
<ac:structured-macro ac:name="toc" /><h1>Checkout outage</h1>
<ac:structured-macro ac:name="details"><ac:rich-text-body><table><tbody>
<tr><th><p>Severity</p></th><td><p><ac:structured-macro ac:name="status"><ac:parameter \
ac:name="colour">Red</ac:parameter><ac:parameter ac:name="title">SEV2</ac:parameter>\
</ac:structured-macro></p></td></tr>
<tr><th><p>Started</p></th><td><p><time datetime="2024-03-05" />&nbsp;09:12 UTC</p></td></tr>
<tr><th><p>Resolved</p></th><td><p><time datetime="2024-03-05" /> 10:40 UTC</p></td></tr>
<tr><th><p>Author</p></th><td><p>Priya Shah<ac:link><ri:user ri:account-id="5570:1-2" /></ac:link></p></td>
</tr>
</tbody></table></ac:rich-text-body></ac:structured-macro>
<h2>Summary</h2><ac:structured-macro ac:name="info"><ac:rich-text-body>
<p>Checkout failed for a third of all customers, as a deploy dropped an index.</p>
</ac:rich-text-body></ac:structured-macro>
<h2>Timeline</h2><table><tbody><tr><th>Time (UTC)</th><th>Event</th></tr>
<tr><td>2024-03-05 09:14</td><td>Errors begin in checkout</td></tr>
<tr><td>2024-03-05 09:20</td><td>Alert pages the on-call</td></tr>
<tr><td>2024-03-05 10:40</td><td>Incident resolved</td></tr></tbody></table>
<h2>Root cause</h2><p>A migration dropped
<ac:inline-comment-marker ac:ref="1">the index</ac:inline-comment-marker> of orders.</p>
<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[DROP INDEX 2001-01-01 10:00]]>\
</ac:plain-text-body></ac:structured-macro>
<h2>Contributing factors</h2>
<ul><li><p>Migrations are not rehearsed</p></li><li>The index has no test</li></ul>
<h2>Action items</h2>
<ac:task-list>
<ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>
<ac:task-body>Add the index to the schema test <ac:structured-macro ac:name="jira">
<ac:parameter ac:name="server">Jira</ac:parameter><ac:parameter ac:name="key">PAY-12</ac:parameter>
</ac:structured-macro> (Owner: Ana Lima)</ac:task-body></ac:task>
<ac:task><ac:task-id>2</ac:task-id><ac:task-status>incomplete</ac:task-status>
<ac:task-body>Alert on slow queries (Owner: Tom Berg)</ac:task-body></ac:task>
</ac:task-list>
</ac:layout-cell></ac:layout-section></ac:layout>
"""

MEDIAWIKI = """\
= Checkout outage =
{{Incident
| severity = SEV2
| started = 2024-03-05 09:12 UTC
| resolved = 2024-03-05 10:40 UTC
| author = Priya Shah
}}
== Summary ==
Checkout failed for a third of all [[Customers|customers]], as a deploy dropped an index.<ref>Later</ref>

== Timeline ==
{| class="wikitable"
! Time (UTC) !! Event
|-
| 2024-03-05 09:14 || style="color: red" | Errors begin in checkout
|-
| 2024-03-05 09:20
| Alert pages the on-call
|-
| 2024-03-05 10:40 || Incident resolved
|}

== Root cause ==
A migration dropped ''the index'' of orders.
<pre>
10:00 DROP INDEX
</pre>

== Contributing factors ==
* Migrations are not rehearsed
* The index has '''no''' test

== Action items ==
* [x] Add the index to the schema test [https://jira.example.com/browse/PAY-12 PAY-12] (Owner: Ana Lima)
* [ ] Alert on slow queries (Owner: Tom Berg)
"""

ASCIIDOC = """\
= Checkout outage
:severity: SEV2
:started: 2024-03-05 09:12 UTC
:resolved: 2024-03-05 10:40 UTC
:author: Priya Shah

== Summary

Checkout failed for a third of all customers, as a deploy dropped an index.

== Timeline

[cols="1,3",options="header"]
|===
|Time (UTC) |Event

|2024-03-05 09:14 |Errors begin in checkout
|2024-03-05 09:20
|Alert pages the on-call

|2024-03-05 10:40 |Incident resolved
|===

== Root cause

A migration dropped _the index_ of orders.

----
10:00 DROP INDEX
----

== Contributing factors

* Migrations are not rehearsed
* The index has *no* test

== Action items

* [x] Add the index to the schema test https://jira.example.com/browse/PAY-12[PAY-12] (Owner: Ana Lima)
* [ ] Alert on slow queries (Owner: Tom Berg)
"""

ORG = """\
#+TITLE: Checkout outage
#+AUTHOR: Priya Shah
- Severity: SEV2
- Started: <2024-03-05 Tue 09:12> UTC
- Resolved: <2024-03-05 Tue 10:40> UTC
* Summary
  Checkout failed for a third of all customers, as a deploy dropped an index.
* Timeline
| Time (UTC)       | Event                    |
|------------------+--------------------------|
| 2024-03-05 09:14 | Errors begin in checkout |
| 2024-03-05 09:20 | Alert pages the on-call  |
| 2024-03-05 10:40 | Incident resolved        |
* Root cause :sre:
  A migration dropped /the index/ of orders.
  #+BEGIN_SRC sql
  10:00 DROP INDEX
  #+END_SRC
* Contributing factors
  - Migrations are not rehearsed
  - The index has *no* test
* Action items
  - [X] Add the index to the schema test [[https://jira.example.com/browse/PAY-12][PAY-12]] (Owner: Ana Lima)
  - [ ] Alert on slow queries (Owner: Tom Berg)
"""

JIRA_WIKI = """\
h1. Checkout outage

||Severity|{status:colour=Red|title=SEV2}|
||Started|2024-03-05 09:12 UTC|
||Resolved|2024-03-05 10:40 UTC|
||Author|Priya Shah|

h2. Summary

{info:title=In short}
Checkout failed for a third of all customers, as a deploy dropped an index.
{info}

h2. Timeline

||Time (UTC)||Event||
|2024-03-05 09:14|Errors begin in checkout|
|2024-03-05 09:20|Alert pages the on-call|
|2024-03-05 10:40|Incident resolved|

h2. Root cause

A migration dropped _the index_ of orders.
{code:sql}
10:00 DROP INDEX
{code}

h2. Contributing factors

* Migrations are not rehearsed
* The index has *no* test

h2. Action items

* [x] Add the index to the schema test [PAY-12|https://jira.example.com/browse/PAY-12] (Owner: Ana Lima)
* [ ] Alert on slow queries (Owner: Tom Berg)
"""

REST = """\
===============
Checkout outage
===============

:Severity: SEV2
:Started: 2024-03-05 09:12 UTC
:Resolved: 2024-03-05 10:40 UTC
:Author: Priya Shah

Summary
=======

.. note::

   Checkout failed for a third of all customers, as a deploy dropped an index.

Timeline
========

================  ========================
Time (UTC)        Event
================  ========================
2024-03-05 09:14  Errors begin in checkout
2024-03-05 09:20  Alert pages the on-call
2024-03-05 10:40  Incident resolved
================  ========================

Root cause
==========

A migration dropped *the index* of orders.

.. code-block:: sql

   10:00 DROP INDEX

Contributing factors
====================

* Migrations are not rehearsed
* The index has **no** test

Action items
============

* [x] Add the index to the schema test PAY-12 (Owner: Ana Lima)
* [ ] Alert on slow queries (Owner: Tom Berg)
"""


def _pdf() -> str:
    """The incident on two pages with a head and a foot, as a word processor would print it."""
    furniture = [Words(60, 765, "Larch Payments, internal", 8), Words(500, 30, "Page 1 of 2", 8)]
    first = [
        Words(60, 720, "Checkout outage", 20, bold=True),
        *(
            word
            for row, (label, value) in enumerate(
                [
                    ("Severity:", "SEV2"),
                    ("Started:", "2024-03-05 09:12 UTC"),
                    ("Resolved:", "2024-03-05 10:40 UTC"),
                    ("Author:", "Priya Shah"),
                ]
            )
            for word in (Words(60, 690 - row * 24, label, bold=True), Words(118, 690 - row * 24, value))
        ),
        Words(60, 580, "Summary", 15, bold=True),
        Words(60, 560, "Checkout failed for a third of all customers, as a deploy dropped"),
        Words(60, 546, "an index."),
        Words(60, 510, "Timeline", 15, bold=True),
        Words(60, 490, "Time (UTC)", bold=True),
        Words(200, 490, "Event", bold=True),
        Words(60, 472, "2024-03-05 09:14"),
        Words(200, 472, "Errors begin in"),
        Words(200, 458, "checkout"),
        Words(60, 440, "2024-03-05 09:20"),
        Words(200, 440, "Alert pages the on-call"),
        Words(60, 422, "2024-03-05 10:40"),
        Words(200, 422, "Incident resolved"),
        Words(60, 390, "Root cause", 15, bold=True),
        Words(60, 370, "A migration dropped the index of orders."),
    ]
    second = [
        Words(60, 720, "Contributing factors", 15, bold=True),
        Words(70, 700, "•"),
        Words(84, 700, "Migrations are not rehearsed"),
        Words(70, 684, "•"),
        Words(84, 684, "The index has no test"),
        Words(60, 650, "Action items", 15, bold=True),
        Words(60, 630, "[x] Add the index to the schema test PAY-12 (Owner: Ana Lima)"),
        Words(60, 612, "[ ] Alert on slow queries (Owner: Tom Berg)"),
    ]
    later = [Words(60, 765, "Larch Payments, internal", 8), Words(500, 30, "Page 2 of 2", 8)]
    return base64.b64encode(write_pdf([furniture + first, later + second])).decode()


def _told(content: str, path: str, media_type: str) -> tuple[Any, ...]:
    """All that is read of a document, but for the places where it stands."""
    facts = parse_document(content, path, READING, media_type)
    return (
        facts.kind,
        facts.title,
        [(finding.rule, finding.level) for finding in facts.findings],
        [
            (
                sorted((row.field, row.value) for row in incident.evidence if row.is_chosen),
                [(event.at, event.text, event.kind) for event in incident.events],
                [
                    (item.description, item.owner, item.tracker, item.issue_key, item.is_marked_done)
                    for item in incident.action_items
                ],
            )
            for incident in facts.incidents
        ],
    )


def test_what_the_incident_says() -> None:
    """The Markdown that the other formats are held to is read in full."""
    kind, title, _, incidents = _told(MARKDOWN, "a.md", "text/plain")
    [(fields, events, items)] = incidents
    assert (kind, title) == ("postmortem", "Checkout outage")
    assert dict(fields) | {
        "title": "Checkout outage",
        "severity": "2",
        "severity_label": "SEV2",
        "started_at": "2024-03-05 09:12:00",
        "detected_at": "2024-03-05 09:20:00",
        "resolved_at": "2024-03-05 10:40:00",
        "authors": '["Priya Shah"]',
        "summary": "Checkout failed for a third of all customers, as a deploy dropped an index.",
        "root_cause": "A migration dropped the index of orders.",
        "contributing_factors": '["Migrations are not rehearsed", "The index has no test"]',
    } == dict(fields)
    assert events == [
        (datetime(2024, 3, 5, 9, 14), "Errors begin in checkout", "started"),
        (datetime(2024, 3, 5, 9, 20), "Alert pages the on-call", "detected"),
        (datetime(2024, 3, 5, 10, 40), "Incident resolved", "resolved"),
    ]
    assert items == [
        ("Add the index to the schema test", "Ana Lima", "jira", "PAY-12", True),
        ("Alert on slow queries", "Tom Berg", None, None, False),
    ]


@pytest.mark.parametrize(
    ("content", "path", "media_type"),
    [
        pytest.param("\ufeff" + MARKDOWN.replace("\n", "\r\n"), "a.md", "text/plain", id="CRLF and BOM"),
        pytest.param(SETEXT, "a.md", "text/plain", id="Setext"),
        pytest.param(PLAIN, "a.txt", "text/plain", id="plain text"),
        pytest.param(PLAIN, "a", "text/plain", id="plain text without a name"),
        pytest.param(HTML, "a.html", "text/plain", id="HTML in a file"),
        pytest.param(HTML, "a", "text/html", id="HTML"),
        pytest.param(STORAGE, "a", "text/html", id="storage format"),
        pytest.param(STORAGE.replace("</p></li>", "</li>"), "a", "text/html", id="storage format, broken"),
        pytest.param(_pdf(), "a.pdf", "application/pdf", id="PDF"),
        pytest.param(MEDIAWIKI, "a.wiki", "text/plain", id="MediaWiki"),
        pytest.param(MEDIAWIKI, "a.txt", "text/plain", id="MediaWiki by its headings"),
        pytest.param(ASCIIDOC, "a.adoc", "text/plain", id="AsciiDoc"),
        pytest.param(ASCIIDOC, "a", "text/plain", id="AsciiDoc by its headings"),
        pytest.param(ORG, "a.org", "text/plain", id="Org"),
        pytest.param(JIRA_WIKI, "a", "text/plain", id="wiki markup of Jira"),
        pytest.param(REST, "a.rst", "text/plain", id="reStructuredText"),
    ],
)
def test_a_format_changes_no_fact(content: str, path: str, media_type: str) -> None:
    """Fields, timeline, action items and findings are the same, whatever the incident is written in."""
    assert _told(content, path, media_type) == _told(MARKDOWN, "a.md", "text/plain")
