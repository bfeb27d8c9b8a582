"""What linting found, in the form each reader takes."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.completeness import PARTS, Completeness
from pipeline.documents.facts import Finding, Level
from pipeline.linting.lint import LintedDocument, LintedIncident
from pipeline.linting.outputs import as_annotations, as_json, as_sarif, as_text, rules_as_text
from pipeline.linting.rules import RULES

HAS = (True,) * 6 + (False,) * 4
DOCUMENTS = [
    LintedDocument(
        "docs/über a, b.md",
        "postmortem",
        "Search was down",
        (LintedIncident(1, "Search was down", 1, False, Completeness(HAS)),),
        (
            Finding("no_cause", "warning", "No cause is told; 100 % of it, {as: here}.", 7, 1),
            Finding("score_below_minimum", "error", "The score is low.\nVery.", None, 1),
            Finding("blaming_wording", "info", "“human error” blames people.", 12),
        ),
    ),
    LintedDocument(
        "README.md", "index", "Postmortems", (), (Finding("document_is_index", "info", "A list."),)
    ),
    LintedDocument(
        "b.md", "unreadable", None, (), (Finding("document_not_utf8", "warning", "Save it as UTF-8."),)
    ),
]


def plain(words: str, colour: str) -> str:
    """No colours."""
    return words


def test_text_has_a_line_for_each_finding_and_the_score_above() -> None:
    """As compilers write them, so that editors lead to the line; what is no postmortem is named."""
    assert as_text(DOCUMENTS, plain).splitlines() == [
        "docs/über a, b.md:1: Search was down: completeness 0.6, 6 of 10 things; "
        "missing: cause, detection method, timeline, action items",
        "docs/über a, b.md:7: warning: No cause is told; 100 % of it, {as: here}. [no_cause]",
        "docs/über a, b.md: error: The score is low. Very. [score_below_minimum]",
        "docs/über a, b.md:12: hint: “human error” blames people. [blaming_wording]",
        "README.md: a list of documents",
        "b.md: not readable",
        "b.md: warning: Save it as UTF-8. [document_not_utf8]",
        "3 documents, 1 postmortem among them: 1 error, 2 warnings, 1 hint",
    ]


def test_text_of_one_document_shows_how_the_score_is_made() -> None:
    """All ten things, with which are there; colours only where somebody paints."""
    lines = as_text(DOCUMENTS[:1], lambda words, colour: f"<{colour}>{words}").splitlines()
    assert lines[1] == "  <green>yes  start             when it started"
    assert lines[7] == "  <red>no   cause             its cause, or what contributed to it"
    assert (
        lines[11]
        == "docs/über a, b.md:7: <yellow>warning: No cause is told; 100 % of it, {as: here}. [no_cause]"
    )


def test_text_says_why_a_single_file_is_no_postmortem() -> None:
    """Among many it is named; alone, its author wants to know what is missing."""
    assert as_text(DOCUMENTS[1:2], plain).splitlines() == [
        "README.md: a list of documents",
        "README.md: hint: A list. [document_is_index]",
        "1 document, 0 postmortems among them: nothing to mend",
    ]


def test_json_holds_everything_by_name() -> None:
    """The score with its parts, and every finding."""
    content = json.loads(as_json(DOCUMENTS))
    assert content["version"] == 1
    assert content["counts"] == {"error": 1, "warning": 2, "info": 1}
    first, second, _ = content["documents"]
    assert (first["path"], first["kind"], first["score"]) == ("docs/über a, b.md", "postmortem", 0.6)
    assert [part["is_there"] for part in first["incidents"][0]["parts"]] == list(HAS)
    assert first["findings"][0] == {
        "rule": "no_cause",
        "level": "warning",
        "line": 7,
        "incident": 1,
        "quote": None,
        "message": "No cause is told; 100 % of it, {as: here}.",
    }
    assert (second["score"], second["incidents"], len(second["findings"])) == (None, [], 1)


def check_sarif(content: dict[str, Any]) -> None:
    """What the schema of SARIF 2.1.0 requires of a log with one run, written out by hand."""
    assert content["version"] == "2.1.0"
    assert content["$schema"].endswith("sarif-2.1.0.json")
    assert set(content) == {"$schema", "version", "runs"}
    (run,) = content["runs"]
    assert set(run) <= {"tool", "results", "columnKind", "originalUriBaseIds", "invocations"}
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert driver["version"]
    identifiers = [rule["id"] for rule in driver["rules"]]
    assert len(set(identifiers)) == len(identifiers)
    for rule in driver["rules"]:
        assert set(rule) <= {
            "id",
            "name",
            "shortDescription",
            "fullDescription",
            "help",
            "defaultConfiguration",
        }
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    for result in run["results"]:
        assert set(result) <= {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        # braces stand for arguments; literal ones are doubled (3.11.5)
        assert re.fullmatch(r"(?:[^{}]|\{\{|\}\})+", result["message"]["text"])
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        uri = place["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9/._~-]|%[0-9A-F]{2})+", uri)  # RFC 3986, encoded
        assert (urlsplit(uri).scheme, urlsplit(uri).netloc) == ("", "")
        assert not uri.startswith("/")


def test_sarif_is_what_the_schema_requires() -> None:
    """Rules, results and places; a README is no result."""
    content = json.loads(as_sarif(DOCUMENTS))
    check_sarif(content)
    run = content["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    assert [
        (
            result["ruleId"],
            result["level"],
            unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]),
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in run["results"]
    ] == [
        ("no_cause", "warning", "docs/über a, b.md", 7),
        ("score_below_minimum", "error", "docs/über a, b.md", 1),
        ("blaming_wording", "note", "docs/über a, b.md", 12),
        ("document_not_utf8", "warning", "b.md", 1),
    ]
    assert run["results"][0]["message"]["text"] == "No cause is told; 100 % of it, {{as: here}}."


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    """Code scanning closes what is gone only when it is told of an empty run."""
    content = json.loads(as_sarif([]))
    check_sarif(content)
    assert content["runs"][0]["results"] == []


def test_annotations_escape_what_github_reads_as_its_own() -> None:
    """Percent and line ends everywhere, colons and commas in properties."""
    assert as_annotations(DOCUMENTS).splitlines() == [
        "::warning file=docs/über a%2C b.md,line=7,title=no_cause::"
        "No cause is told; 100 %25 of it, {as: here}.",
        "::error file=docs/über a%2C b.md,title=score_below_minimum::The score is low.%0AVery.",
        "::notice file=docs/über a%2C b.md,line=12,title=blaming_wording::“human error” blames people.",
        "::warning file=b.md,title=document_not_utf8::Save it as UTF-8.",
    ]


LEVELS: tuple[Level, ...] = ("error", "warning", "info")


@given(
    st.text(min_size=1, max_size=30).filter(lambda path: "\x00" not in path),
    st.text(max_size=60),
    st.sampled_from(LEVELS),
    st.none() | st.integers(1, 10**6),
)
def test_any_path_and_message_makes_whole_output(
    path: str, message: str, level: Level, line: int | None
) -> None:
    """Whatever a file is called and a document says, no form breaks and one finding stays one."""
    found = Finding("of_tomorrow", level, f"x{message}", line)
    document = LintedDocument(f"a{path}", "postmortem", None, (), (found,))
    annotation = as_annotations([document])
    assert re.fullmatch(
        r"::(?:error|warning|notice) file=[^:,\r\n]*(?:,line=\d+)?,title=of_tomorrow::[^\r\n]*\n", annotation
    )
    content = json.loads(as_sarif([document]))
    check_sarif(content)
    place = content["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == f"a{path}"
    assert json.loads(as_json([document]))["documents"][0]["findings"][0]["message"] == f"x{message}"
    assert len(as_text([document], plain).splitlines()) == 2


def test_rules_are_listed_with_their_level_and_example() -> None:
    """`--rules` shows every rule."""
    listed = rules_as_text()
    assert re.findall(r"^(\w+) \((?:error|warning|info)\)$", listed, re.MULTILINE) == list(RULES)
    assert listed.count("\n    speaks about: ") == len(RULES)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_counts_are_said_as_people_say_them(count: int) -> None:
    """No "1 errors"; and nothing found is said, too."""
    document = LintedDocument(
        "a.md",
        "postmortem",
        "A",
        (LintedIncident(1, "A", 1, False, Completeness((True,) * len(PARTS))),),
        (Finding("no_cause", "error", "No cause.", 1, 1),) * count,
    )
    last = as_text([document], plain).splitlines()[-1]
    assert (
        last
        == {
            0: "1 document, 1 postmortem among them: nothing to mend",
            1: "1 document, 1 postmortem among them: 1 error, 0 warnings, 0 hints",
            2: "1 document, 1 postmortem among them: 2 errors, 0 warnings, 0 hints",
        }[count]
    )
