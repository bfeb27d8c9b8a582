"""What a document is: an account of an incident, however little it says, or a form, a list, another."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import DocumentFacts, Reading


def _parse(text: str, path: str = "x.md") -> DocumentFacts:
    return parse_document(text, path, Reading(today=date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "---\ncategories:\n- postmortem\ncompany: Acme\nstart_time: ''\n---\n\n"
            "A fire in a data centre sent messages to the wrong phones.\n",
            "a.md",
        ),
        (
            "Report of the case: https://git.example.org/acme/cases/pull/58\n\nOn 28th February, search "
            "went down "
            "for three hours, from 15:30 to 18:10 UTC. The index was lost, and clients retried.\n",
            "2024-02-28-search is down.md",
        ),
        (
            "# Project Moon: Outage Postmortem\n\n## Issue summary\n\n**Duration**: it began at 2 PM and "
            "ended at 4 PM.\n"
            "**Impact**: uploads were down.\n**Root cause**: a bug crashed the service.\n",
            "README.md",
        ),
        (
            "# Post mortem for June\n\nIn June the service failed several times and was unavailable for "
            "hours.\n\n"
            "## Attacks\n\nRouters restarted when rules were applied; new ones resolved it.\n",
            "june.md",
        ),
        (
            "# Case: wrong totals, 2025-02-10\n\n**Severity:** High\n\n## What happened\n\nInvoices were "
            "wrong.\n\n"
            "## Five whys\n\n- Why 1: The tax table was empty.\n- Why 2: The import had failed.\n",
            "case.md",
        ),
        (
            "document status: in review\n\n## Summary\n\n| **Data** | | | |\n| --- | --- | --- | --- |\n"
            "| **Incident ID** | 2022-05-09 web | **Start** | 2022-05-09 07:44:00 |\n"
            "| **Task** | none | **End** | 2022-05-09 07:51:00 |\n"
            "| **Impact** | For 5 minutes readers saw errors. | | |\n\n"
            "A command was run with a wrong parameter.\n",
            "web.md",
        ),
    ],
)
def test_an_account_that_says_little_is_one_incident(text: str, path: str) -> None:
    """What tells in the past of a failure, or is filed as a postmortem, is one, whatever its form."""
    facts = _parse(text, path)
    assert (facts.kind, len(facts.incidents)) == ("postmortem", 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "# Incident report\n\n## Summary\n\nBrief description of what happened.\n\n## Impact\n\n- "
            "User impact\n"
            "- Business impact\n\n## Root cause\n\nWhat caused the incident?\n\n## Resolution\n\nHow it "
            "was fixed.\n",
            "template",
        ),
        (
            "Postmortem\n\nTimeline:\n\nA chronological account of the incident.\n\nRoot cause:\n\n"
            "A detailed explanation of what caused it.\n\nLessons learned:\n\nAny insights gained during "
            "the incident.\n",
            "template",
        ),
        (
            "# Incident postmortem\n\n**Incident "
            "ID:**\n**Date:**\n**Duration:**\n**Severity:**\n**Author:**\n"
            "**Status:** Draft / Final\n\n## Impact\n\n- Users affected:\n- Duration of impact:\n- "
            "Revenue:\n\n"
            "## Note\n\nThis is about systems. Everyone was doing their best with what they had.\n",
            "template",
        ),
        (
            "# Incident reports\n\n| Date | Severity | Title |\n| --- | --- | --- |\n"
            "| 2026-05-11 | High | [DNS blocked](./a.md) |\n| 2026-05-09 | High | [Disk full](./b.md) |\n\n"
            "## Patterns\n\n1. Changes of security have a wide reach\n2. Causes are not where symptoms are\n",
            "index",
        ),
        (
            "# post-mortems\n\n- 2019-03-12 --- [Packets cut in the tunnel](https://example.org/a.md)\n",
            "index",
        ),
        (
            "# Postmortem writer: project brief\n\nDate: 2025-10-09\n\n## Impact\n\nSaves two hours.\n",
            "not_a_postmortem",
        ),
        (
            "# Incident postmortem: orders\n\n## Timeline\n\nUse UTC.\n\n| Time | Phase | Event |\n"
            "| --- | --- | --- |\n| | Detection | Incident detected |\n| | Resolution "
            "| Incident resolved |\n\n"
            "## What happened\n\nDescribe the failure mechanism in plain language.\n\n- Trigger:\n"
            "- Root cause:\n- Contributing factors:\n\n### Five whys\n\n1. Why did users see errors?\n"
            "2. Why did the service fail?\n\n## Lessons learned\n\n### What went well\n\n-\n",
            "template",
        ),
        (
            "# Incident postmortem: orders\n\n## Timeline\n\n| Time | Phase | Event |\n| --- | --- | --- |\n"
            "| | Detection | Incident detected |\n| | Resolution | Incident resolved |\n\n## Impact\n\n"
            "Describe the impact.\n\n## Root cause\n\nExplain why it broke.\n\n## Lessons\n\n-\n",
            "template",
        ),
        (
            "# Incident postmortem: orders\n\n## Timeline\n\n-\n\n## Impact\n\nWho was affected?\n\n"
            "## Root cause\n\n1. Why did users see errors?\n2. Why did it fail?\n\n## Lessons\n\n-\n",
            "template",
        ),
        (
            "# Incident postmortem: orders\n\n## Timeline\n\n| Time | Phase | Event |\n| --- | --- | --- |\n"
            "| | Detection | Incident detected |\n| | Resolution | Incident resolved |\n\n## Impact\n\n-\n\n"
            "## Root cause\n\n-\n\n## Lessons\n\nWrite them down within a week.\n",
            "template",
        ),
        ("# Incident Postmortem Doctrine\n\nThey establish:\n- What happened\n- Why\n", "not_a_postmortem"),
    ],
)
def test_forms_lists_and_talk_of_postmortems_are_none(text: str, kind: str) -> None:
    """Sections that say what belongs into them, tables of links, and talk of it yield no incident."""
    facts = _parse(text)
    assert (facts.kind, facts.incidents) == (kind, ())


def test_records_below_one_another_are_an_incident_each() -> None:
    """A list of past incidents with their own fields is no single one; their authors are the document's."""
    facts = _parse(
        "---\nauthors: [Ana Bell]\n---\n\n# Past incidents\n\n"
        "## Incident #2024-0001\n\n**Date**: October 08, 2024\n**System**: gateway\n**Severity**: SEV3\n"
        "**Users affected**: 183\n\n### Impact\n\nSlow answers.\n\n"
        "## Incident #2024-0002\n\n**Date**: August 10, 2024\n**System**: login\n**Severity**: SEV2\n"
        "**Users affected**: 1,204\n\n### Impact\n\nNobody could log in.\n"
    )
    wanted = ("title", "services", "severity", "affected_user_count", "impact", "authors", "occurred_on")
    rows = []
    for incident in facts.incidents:
        values = {row.field: row.value for row in incident.evidence if row.is_chosen}
        rows.append(tuple(values.get(name) for name in wanted))
    assert rows == [
        ("Incident #2024-0001", '["gateway"]', "3", "183", "Slow answers.", '["Ana Bell"]', "2024-10-08"),
        (
            "Incident #2024-0002",
            '["login"]',
            "2",
            "1204",
            "Nobody could log in.",
            '["Ana Bell"]',
            "2024-08-10",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "# Example postmortem\n\n## Search down after a rename (incident #465)\n\n",
            "Search down after a rename (incident #465)",
        ),
        ("Subject: Incident report: slow API (Jan 25)\n\nHello,\n\n", "Incident report: slow API (Jan 25)"),
        ("# Incident report\n\n**Title**: Checkout refused cards\n\n", "Checkout refused cards"),
        ("# Postmortem\n\n", "Postmortem"),
        ("Internal report: https://example.org/1\n\n", "checkout"),
    ],
)
def test_the_title_is_what_names_the_incident(text: str, title: str) -> None:
    """A heading that only names the kind of document gives way to the next; an address is no title."""
    body = "## Timeline\n\n- 2024-01-05 10:00 UTC outage starts\n- 11:00 resolved\n"
    assert _parse(text + body, "checkout.md").incidents[0].evidence[0].value == title


@pytest.mark.parametrize(
    "text",
    [
        "# 12. Move sessions after the outage\n\nDate: 2024-06-11\n\n## Context\n\nOn 2024-06-02 at "
        "10:00 UTC logins "
        "failed for 40 minutes.\n\n## Decision\n\nKeep them in the database.\n\n## "
        "Consequences\n\nSlower logins.\n",
        "# Root cause analysis reports\n\nThis directory contains reports made after incidents were "
        "resolved.\n\n"
        "## Format\n\n- **Severity**: Critical/High/Low\n- **Root cause**: what went wrong\n- "
        "**Impact**: who was affected\n",
        "# Spec: sharing by mail\n\n**Author**: Ana\n**Date**: 2026-09-11\n**Services affected**: api\n\n"
        "## Impact\n\nNone.\n\n## Root cause\n\nUsers failed to share.\n",
        "# Incident postmortem\n\n**Date:** YYYY-MM-DD\n**Severity:** SEV1 / SEV2\n\n## Root cause\n\n"
        "Describe the technical root cause.\n\n## Contributing factors\n\nList conditions that made it "
        "worse.\n\n"
        "## Detection\n\nHow was it detected?\n\n## Resolution\n\nWhat stopped the bleeding?\n",
        "# Incident report {INCIDENT_ID}\n\n| Field | Value |\n| --- | --- |\n| Severity "
        "| {SEVERITY: P0 / P1} |\n"
        "| Author | {AUTHOR} |\n\n## Summary\n\n{SUMMARY: three sentences}\n",
        "# Case study: flash sale outage (interview)\n\nAt 2024-01-05 10:00 checkout goes down.\n\n## "
        "Root cause\n\n"
        "Candidates should find the lock.\n\n## Impact\n\nOrders fail.\n",
        "# Incident postmortem (template)\n\n**Incident ID:** YYYYMMDD-##\n\n## Timeline\n\n- 14:02 "
        "alert received\n"
        "- 14:05 on-call acknowledged\n",
    ],
)
def test_decisions_directories_specifications_and_forms_with_examples_are_no_incidents(text: str) -> None:
    """They name an incident, its fields or example times, and tell of none of their own."""
    assert _parse(text).incidents == ()


@pytest.mark.parametrize(
    ("title", "is_account"),
    [
        ("BUG-41: refunds are applied twice", False),
        ("Bug report: export fails", False),
        ("fix(api): retry on 503", False),
        ("CVE-2024-1234: injection in search", False),
        ("Chaos experiment: one broker less", False),
        ("Crash dump analysis 0xA0", False),
        ("Session notes 2025-02-11", False),
        ("Platform audit", False),
        ("How we write status updates", False),
        ("Bug in the scheduler caused downtime", True),
        ("How we broke checkout: outage of 5 January", True),
        ("Load test took down checkout", True),
        ("Audit log outage", True),
        ("CVE-2024-1234 exploited: incident of 5 January", True),
    ],
)
def test_a_title_tells_records_of_other_work_from_accounts(title: str, *, is_account: bool) -> None:
    """A bug, a change, an advisory, a drill has causes and times as well, but was no incident."""
    body = (
        "**Date**: 2024-01-05\n**Severity**: high\n\n## Timeline\n\n- 10:00 began\n- 11:00 fixed\n\n"
        "## Impact\n\nOrders failed.\n\n## Root cause\n\nThe index was missing.\n"
    )
    assert bool(_parse(f"# {title}\n\n{body}").incidents) is is_account


def test_rules_for_accounts_are_none() -> None:
    """What every postmortem must hold, with an example, tells of no incident."""
    text = (
        "# Incident retrospective\n\nEvery incident postmortem must hold these fields.\n\n## Timeline\n\n"
        "| Time | Event |\n| --- | --- |\n| 2026-05-09 14:32 | drift found |\n| 14:35 | model swapped |\n"
    )
    assert _parse(text).incidents == ()
    assert _parse(text.replace("Every incident postmortem must hold", "This holds")).incidents


def test_a_label_in_bold_ends_the_list_of_the_label_before() -> None:
    """After the list below "Timeline:", "Root cause and resolution: …" is no event."""
    facts = _parse(
        "<h1>Outage of orders</h1>\n<hr/>\n<b>Issue summary:</b> Orders "
        "failed.\n<hr/>\n<b>Timeline:</b>\n\n<ol><li>2024-01-05 10:00 UTC outage starts</li>\n"
        "<li>11:00 UTC resolved</li></ol>\n<hr/>\n<b>Root cause and resolution:</b> The disk was full.\n",
        "x.html",
    )
    values = {row.field: row.value for row in facts.incidents[0].evidence}
    assert (values["root_cause"], len(facts.incidents[0].events)) == ("The disk was full.", 2)


def test_signatures_below_the_last_section_count() -> None:
    """Who reviewed a document often stands under its lessons or promises; the day not yet set is none."""
    facts = _parse(
        "# Outage of search\n\n- 2024-01-05 10:00 UTC outage starts\n- 11:00 UTC resolved\n\n## "
        "Lessons\n\n- Test it\n\n"
        "---\n\n**Reviewers**: Ana Bell, Bo Ek\n**Review date**: TBD\n"
    )
    values = {row.field: row.value for row in facts.incidents[0].evidence}
    assert (values["reviewers"], values.get("reviewed_at")) == ('["Ana Bell", "Bo Ek"]', None)


def test_numbered_lines_head_sections() -> None:
    """ "4. Root cause" with nothing below it is a heading, not a list of one."""
    facts = _parse(
        "# Incident wash-up: search down\n\n1. Summary\n\nSearch failed for all partners on 2024-01-05 "
        "from 09:10 to "
        "09:55 UTC.\n\n2. Root cause\n\nA rule in the firewall was removed.\n\n3. Factors that have "
        "contributed\n\n"
        "- Nobody watched the change\n",
    )
    values = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
    assert (values["root_cause"], values["contributing_factors"]) == (
        "A rule in the firewall was removed.",
        '["Nobody watched the change"]',
    )


_TIMED = "Started: 2024-05-06 10:00 UTC\nResolved: 2024-05-06 11:00 UTC\nSeverity: SEV2\n"
_TOLD = "## Impact\nPages could not be opened.\n\n## Root cause\nThe disk was full.\n"


@pytest.mark.parametrize(
    "title",
    [
        "Template service outage",
        "Runbook service returns 500",
        "Handbook site 404",
        "Checklist app down",
        "Newsletter sending failed",
        "Schedule page slow",
    ],
)
def test_a_service_may_be_called_like_a_guide(title: str) -> None:
    """Two stated times and what they are of outweigh a word in the title."""
    assert _parse(f"# {title}\n\n{_TIMED}\n{_TOLD}").kind == "postmortem"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "# Runbook: what to do when the gateway is down\n\n1. Start: log in at 10:00 UTC\n",
            None,
        ),
        (f"# Postmortem template\n\n{_TIMED}\n## Impact\n\n## Root cause\n\n## Timeline\n", "template"),
        (
            "# How we test failover\n\nOn 9 April 2024 from 10:00 to 11:00 UTC we took the primary down. It "
            "failed over and was restored.\n",
            None,
        ),
        ("# Schedule of on-call shifts\n\nStart: 2024-05-06 10:00 UTC\nEnd: 2024-05-13 10:00 UTC\n", None),
    ],
)
def test_guides_forms_and_plans_stay_what_they_are(text: str, kind: str | None) -> None:
    """Times alone make no incident of a guide, a form or a plan."""
    facts = _parse(text)
    assert (facts.kind, facts.incidents) == (kind or "not_a_postmortem", ())


@pytest.mark.parametrize(
    "text",
    [
        "# What happened to our labels on Tuesday, 9 April 2024\n\nOn 9 April 2024 between 10:05 and "
        "11:20 UTC our API returned errors. We were alerted at 10:12 UTC and restored service.\n",
        "# Postmortem: Label printer down\n\nSeverity: SEV3\n\n## Timeline\n- 5 Feb 09:00 UTC outage starts\n"
        "- 5 Feb 09:30 UTC outage resolved\n",
    ],
)
def test_an_account_in_prose_or_without_a_year_is_an_incident(text: str) -> None:
    """A failure and its times are enough, be they in a sentence or of an unknown year."""
    assert (_parse(text).kind, len(_parse(text).incidents)) == ("postmortem", 1)
