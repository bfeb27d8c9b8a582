"""One document → what its author can mend, and the completeness score with how it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipeline.documents.blocks import squeeze
from pipeline.documents.completeness import PARTS, Completeness, completeness
from pipeline.documents.facts import DocumentFacts, DocumentKind, Finding, Incident, Level, Reading
from pipeline.linting.end_states import open_ended_verb
from pipeline.parsing import parse, parse_alone
from pipeline.raw_documents import FetchedDocument, UnparsedDocument

#: What is told of a part of the completeness score that is missing and that the parser does not tell itself.
_MISSING: dict[str, tuple[Level, str]] = {
    "no_impact": (
        "warning",
        "The impact is not told; add a section “Impact”, or a line such as “Users affected: 1200”.",
    ),
    "no_detection_method": (
        "info",
        "It is not said who noticed the incident; add a line such as “Detected by: alert”, “customer” or "
        "“staff”.",
    ),
    "short_timeline": (
        "info",
        "The timeline has too few entries to follow what happened; add a section “Timeline” with a row for "
        "each event.",
    ),
}
_JIRA_URL = re.compile(r"https?://[^\s<>()\[\]\"'|]{3,200}?/browse/([A-Z][A-Z0-9_]+)-\d+")


@dataclass(frozen=True, slots=True)
class LintedIncident:
    """An incident of a document, its title's line, and what its completeness score is made of."""

    ordinal: int
    title: str | None
    line: int | None
    is_planned: bool  # maintenance: its score has no minimum
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class LintedDocument:
    """What there is to say about one document. `path` is as shown to people, with forward slashes."""

    path: str
    kind: DocumentKind
    title: str | None
    incidents: tuple[LintedIncident, ...]
    findings: tuple[Finding, ...]

    @property
    def score(self) -> float | None:
        """The lowest score of its incidents, 0 to 1; None when it has none."""
        return min((each.completeness.score for each in self.incidents), default=None)


def lint_document(
    shown: str,
    document: FetchedDocument,
    reading: Reading,
    *,
    minimum_score: float | None = None,
    ignore: Collection[str] = (),
    is_in_child: bool = False,
) -> LintedDocument:
    """What `document` lacks, contradicts and words badly, in the order of its lines.

    `shown` is its path for people. Rules named in `ignore` are not told; the score is the same with and
    without them. `is_in_child`: this process may be lost over it, so it needs no other. Never raises for
    what a document holds.
    """
    facts = _facts(document, reading, parse if is_in_child else parse_alone)
    incidents = tuple(_linted(incident) for incident in facts.incidents)
    findings = [*facts.findings]
    for incident, linted in zip(facts.incidents, incidents, strict=True):
        if not linted.is_planned:
            findings += _missing(incident, linted, facts.findings)
            findings += _below_minimum(linted, minimum_score)
        findings += _open_ended(incident)
    titles = {each.ordinal: each.line for each in incidents}
    kept = [
        finding if finding.line else replace(finding, line=titles.get(finding.ordinal or 0))
        for finding in findings
        if finding.rule not in ignore
    ]
    kept.sort(key=lambda finding: (finding.line or 0, finding.ordinal or 0))
    return LintedDocument(shown, facts.kind, facts.title, incidents, tuple(kept))


def reading_without_settings(reading: Reading, content: str | None) -> Reading:
    """`reading` when no settings say which Jira is ours: then each that the document links is."""
    met = list(_JIRA_URL.finditer(content or ""))
    return replace(
        reading,
        jira_hosts=tuple(sorted({urlsplit(match.group()).netloc.lower() for match in met})),
        jira_projects=tuple(sorted({match.group(1) for match in met})),
    )


def _facts(
    document: FetchedDocument,
    reading: Reading,
    read: Callable[[Reading, UnparsedDocument], DocumentFacts],
) -> DocumentFacts:
    given = UnparsedDocument(
        "",
        document.path,
        document.content,
        document.content_hash,
        document.problem,
        document.media_type,
        document.title,
    )
    return read(reading, given)


def _linted(incident: Incident) -> LintedIncident:
    chosen = {row.field: row for row in incident.evidence if row.is_chosen}
    title, planned = chosen.get("title"), chosen.get("is_planned")
    return LintedIncident(
        incident.ordinal,
        title.value if title else None,
        title.line if title else None,
        planned is not None and planned.value == "true",
        completeness(incident),
    )


def _missing(incident: Incident, linted: LintedIncident, told: tuple[Finding, ...]) -> Iterator[Finding]:
    """Parts of the score that are missing, unless the parser tells of them in its own words."""
    known = {finding.rule for finding in told if finding.ordinal == incident.ordinal}
    for part, has in zip(PARTS, linted.completeness.has, strict=True):
        if has or known.intersection(part.rules):
            continue
        for rule in part.rules:
            if rule in _MISSING:
                level, message = _MISSING[rule]
                yield Finding(rule, level, message, linted.line, incident.ordinal)


def _below_minimum(linted: LintedIncident, minimum: float | None) -> Iterator[Finding]:
    score = linted.completeness.score
    if minimum is not None and score < minimum:
        lacking = ", ".join(linted.completeness.lacking)
        yield Finding(
            "score_below_minimum",
            "error",
            f"The completeness score is {score:g}, and the minimum is {minimum:g}; missing: {lacking}.",
            linted.line,
            linted.ordinal,
        )


def _open_ended(incident: Incident) -> Iterator[Finding]:
    for item in incident.action_items:
        is_over = item.is_marked_done or item.is_marked_declined
        verb = None if is_over else open_ended_verb(item.description)
        if verb is not None:
            yield Finding(
                "action_item_without_end_state",
                "info",
                f"“{squeeze(item.description, 80)}” has no end that can be seen; write what will be true "
                f"when it is done, as in “an alert fires when a queue holds 1,000 messages”.",
                item.line,
                incident.ordinal,
            )
