"""What linting found: text for people, JSON for programs, SARIF for code scanning, GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from pipeline.documents.completeness import PARTS
from pipeline.documents.facts import Finding, Level
from pipeline.linting.lint import LintedDocument, LintedIncident
from pipeline.linting.rules import LEVELS, RULES, rule_of

Paint = Callable[[str, str], str]  # words, colour → words in that colour, or as they are
_WORDS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "hint"}
_COLOURS: dict[Level, str] = {"error": "red", "warning": "yellow", "info": "cyan"}
_SARIF_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "note"}
_GITHUB_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}
_NO_POSTMORTEM = {
    "template": "a form that was not filled in",
    "index": "a list of documents",
    "empty": "empty",
    "unreadable": "not readable",
    "not_a_postmortem": "no postmortem",
}


def as_text(documents: Sequence[LintedDocument], paint: Paint) -> str:
    """One line for each finding, under the document's score; of one document, the score's whole table."""
    lines: list[str] = []
    postmortems = [document for document in documents if document.kind == "postmortem"]
    for document in documents:
        if document.kind != "postmortem":
            lines.append(f"{_shown(document.path)}: {paint(_NO_POSTMORTEM[document.kind], 'bright_black')}")
            is_alone = len(documents) == 1  # then somebody expected a postmortem and wants to know why not
            lines += [
                _text_line(document, finding, paint)
                for finding in document.findings
                if is_alone or _counts(finding)
            ]
            continue
        for incident in document.incidents:
            lines.append(_score_line(document, incident))
            if len(documents) == 1:
                lines += _score_table(incident, paint)
        lines += [_text_line(document, finding, paint) for finding in document.findings]
    counts = count_levels(documents)
    scores = [document.score for document in postmortems if document.score is not None]
    lowest = f"; lowest score {min(scores):g}" if len(scores) > 1 else ""
    found = sum(counts.values())
    lines.append(
        f"{_many(len(documents), 'document')}, {_many(len(postmortems), 'postmortem')} among them: "
        + (", ".join(_many(counts[level], _WORDS[level]) for level in LEVELS) if found else "nothing to mend")
        + lowest
    )
    return "\n".join(lines) + "\n"


def as_json(documents: Sequence[LintedDocument]) -> str:
    """The same as data: an object whose `version` rises when a name in it changes its meaning."""
    content = {
        "version": 1,
        "counts": count_levels(documents),
        "documents": [
            {
                "path": document.path,
                "kind": document.kind,
                "title": document.title,
                "score": document.score,
                "incidents": [_incident_as_data(incident) for incident in document.incidents],
                "findings": [
                    {
                        "rule": finding.rule,
                        "level": finding.level,
                        "line": finding.line,
                        "incident": finding.ordinal,
                        "quote": finding.quote,
                        "message": finding.message,
                    }
                    for finding in document.findings
                ],
            }
            for document in documents
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_sarif(documents: Sequence[LintedDocument]) -> str:
    """SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning takes it.

    What is no postmortem is no result: nobody has to mend a README.
    """
    from importlib.metadata import version  # takes a while to import, and only this form needs it

    told = [(document, finding) for document in documents for finding in _told(document)]
    rules = RULES | {finding.rule: rule_of(finding) for _, finding in told}
    position = {name: number for number, name in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "postmortems lint",
                "version": version("postmortem-analytics"),
                "rules": [
                    {
                        "id": rule.name,
                        "shortDescription": {"text": _sarif_text(rule.explanation)},
                        "help": {"text": _sarif_text(f"It speaks about: {rule.example}")},
                        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.level]},
                    }
                    for rule in rules.values()
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": finding.rule,
                "ruleIndex": position[finding.rule],
                "level": _SARIF_LEVELS[finding.level],
                "message": {"text": _sarif_text(finding.message)},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": quote(document.path)},
                            "region": {"startLine": finding.line or 1},
                        }
                    }
                ],
            }
            for document, finding in told
        ],
    }
    content = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_annotations(documents: Sequence[LintedDocument]) -> str:
    """GitHub's workflow commands: `::warning file=…,line=…,title=…::message`, one line each."""
    lines = []
    for document in documents:
        for finding in _told(document):
            line = f",line={finding.line}" if finding.line else ""
            lines.append(
                f"::{_GITHUB_LEVELS[finding.level]} file={_property(document.path)}{line},"
                f"title={_property(finding.rule)}::{_data(finding.message)}\n"
            )
    return "".join(lines)


def rules_as_text() -> str:
    """Every rule with its level, what it says and what it speaks about."""
    lines = []
    for rule in RULES.values():
        lines.append(
            f"{rule.name} ({rule.level})\n    {rule.explanation}\n    speaks about: {rule.example}\n"
        )
    return "".join(lines)


def count_levels(documents: Sequence[LintedDocument]) -> dict[Level, int]:
    """How many findings there are of each level, in documents that somebody has to mend."""
    levels = [finding.level for document in documents for finding in _told(document)]
    return {level: levels.count(level) for level in LEVELS}


def _told(document: LintedDocument) -> list[Finding]:
    """The findings that somebody may mend: of a file that is no postmortem, those worse than hints."""
    if document.kind == "postmortem":
        return list(document.findings)
    return [finding for finding in document.findings if _counts(finding)]


def _counts(finding: Finding) -> bool:
    return finding.level != "info"


def _score_line(document: LintedDocument, incident: LintedIncident) -> str:
    has = sum(incident.completeness.has)
    name = incident.title or document.title or "an incident without a title"
    where = _where(document, incident.line)
    lacking = ", ".join(incident.completeness.lacking)
    planned = " (planned work)" if incident.is_planned else ""
    rest = f"; missing: {lacking}" if lacking else ""
    return (
        f"{where}: {_shown(name)}{planned}: completeness {incident.completeness.score:g}, "
        f"{has} of {len(PARTS)} things{rest}"
    )


def _score_table(incident: LintedIncident, paint: Paint) -> list[str]:
    width = max(len(part.name) for part in PARTS)
    return [
        f"  {paint('yes', 'green') if has else paint('no ', 'red')}  {part.name:<{width}}  {part.explanation}"
        for part, has in zip(PARTS, incident.completeness.has, strict=True)
    ]


def _text_line(document: LintedDocument, finding: Finding, paint: Paint) -> str:
    level = paint(_WORDS[finding.level], _COLOURS[finding.level])
    return f"{_where(document, finding.line)}: {level}: {_shown(finding.message)} [{finding.rule}]"


def _where(document: LintedDocument, line: int | None) -> str:
    return f"{_shown(document.path)}:{line}" if line else _shown(document.path)


def _shown(words: str) -> str:
    """On one line and without what would steer the terminal: names and documents may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _incident_as_data(incident: LintedIncident) -> dict[str, Any]:
    return {
        "incident": incident.ordinal,
        "title": incident.title,
        "is_planned": incident.is_planned,
        "score": incident.completeness.score,
        "parts": [
            {"name": part.name, "explanation": part.explanation, "is_there": has}
            for part, has in zip(PARTS, incident.completeness.has, strict=True)
        ],
    }


def _sarif_text(words: str) -> str:
    """A message's braces stand for arguments unless they are doubled (SARIF 2.1.0, 3.11.5)."""
    return words.replace("{", "{{").replace("}", "}}")


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
