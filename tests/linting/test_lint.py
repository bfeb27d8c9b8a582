"""One document: what is missing, contradictory and badly worded, and what the score is made of."""

from __future__ import annotations

import ast
import io
import re
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.documents.facts import Finding, Reading
from pipeline.documents.template import Draft, postmortem_markdown
from pipeline.errors import SettingsError
from pipeline.linting.check import Checked, check_paths, lint_documents
from pipeline.linting.lint import LintedDocument, lint_document
from pipeline.linting.paths import documents_to_lint
from pipeline.linting.rules import LEVELS, RULES, rule_of
from pipeline.raw_documents import FetchedDocument
from pipeline.settings import load_settings
from tests.documents.pdf_writing import Words, write_pdf

ROOT = Path(__file__).resolve().parents[2]
SPARSE = """\
# Search was down

The on-call engineer failed to notice the alert.

- **Started**: 2024-03-01 09:30 UTC
- **Resolved**: 2024-03-01 09:10 UTC

## Action items

- Improve monitoring
- An alert fires when the queue holds 1,000 messages (owner: Ana)
"""


def linted(text: str, *, minimum: float | None = None, ignore: tuple[str, ...] = ()) -> LintedDocument:
    """A text, linted as a file of a folder."""
    document = FetchedDocument("search.md", None, text, "", len(text), None, None)
    return lint_document(
        "docs/search.md", document, Reading(today=date(2026, 1, 1)), minimum_score=minimum, ignore=ignore
    )


def checked(*paths: Path | str, config: Path | None = None, stdin: bytes = b"", **asked: object) -> Checked:
    """What a call with these paths finds."""
    return check_paths(
        [str(path) for path in paths],
        config,
        io.BytesIO(stdin),
        **asked,  # type: ignore[arg-type]
    )


def test_what_is_missing_wrong_and_badly_worded_is_told_by_line() -> None:
    """Parser's findings and our own, each once, where the author finds them."""
    found = linted(SPARSE, minimum=0.8)
    assert [(finding.line, finding.rule, finding.level) for finding in found.findings] == [
        (1, "no_detection", "info"),
        (1, "no_severity", "info"),
        (1, "no_service", "info"),
        (1, "no_cause", "warning"),
        (1, "no_impact", "warning"),
        (1, "no_detection_method", "info"),
        (1, "short_timeline", "info"),
        (1, "score_below_minimum", "error"),
        (3, "blaming_wording", "info"),
        (6, "end_before_start", "warning"),
        (10, "action_item_without_owner", "warning"),
        (10, "action_item_without_tracker", "warning"),
        (10, "action_item_without_due_date", "info"),
        (10, "action_item_without_end_state", "info"),
    ]
    (incident,) = found.incidents
    assert (incident.title, incident.line, incident.completeness.score) == ("Search was down", 1, 0.1)
    assert incident.completeness.lacking == (
        "detection",
        "end",
        "severity",
        "service",
        "impact",
        "cause",
        "detection method",
        "timeline",
        "action items",
    )


def test_ignored_rules_are_not_told_and_the_score_stays() -> None:
    """What a team does not care for is silent, and the number is still the one of the figures."""
    found = linted(SPARSE, ignore=tuple(RULES))
    assert (found.findings, found.score) == ((), 0.1)


def test_promises_that_nobody_can_follow_are_told_with_all_their_lines() -> None:
    """One finding for the lot, and an author finds each."""
    listed = "".join(f"- Add probe {number}\n" for number in range(8))
    found = linted(SPARSE + listed)
    told = {finding.rule: (finding.line, finding.message) for finding in found.findings}
    assert told["action_item_without_owner"] == (
        10,
        "9 of 10 action items have no owner (lines 10, 12, 13, 14, 15 and 4 more); name one behind each, "
        "as in “(Owner: Ana)”.",
    )


def test_planned_work_needs_no_score() -> None:
    """A notice of maintenance is held to no minimum and lacks no impact."""
    found = linted(
        "# Planned maintenance of search\n\n- **Type**: maintenance\n- **Started**: 2024-03-01 09:30 UTC\n"
        "- **Resolved**: 2024-03-01 10:30 UTC\n\n## Summary\n\nSearch will be restarted that morning.\n",
        minimum=0.8,
    )
    assert [finding.rule for finding in found.findings] == []
    assert [incident.is_planned for incident in found.incidents] == [True]


def test_a_parser_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """One document that cannot be taken does not cost the others."""

    def refuse(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("pipeline.parsing.parse_document", refuse)
    assert [finding.rule for finding in linted(SPARSE).findings] == ["parser_failed"]


def rules_in(node: ast.AST) -> set[str]:
    """The rules that code names: as what a call tells, before a level, or as the key of one."""

    def words(found: ast.expr | None) -> str:
        return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else ""

    if isinstance(node, ast.Call) and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return {words(node.args[0])} - {""} if name in ("Finding", "_tell", "note") else set()
    if isinstance(node, ast.Tuple) and len(node.elts) > 1 and words(node.elts[1]) in LEVELS:
        return {words(node.elts[0])}
    if isinstance(node, ast.Dict):
        return {
            words(key)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(value, ast.Tuple) and value.elts and words(value.elts[0]) in LEVELS
        }
    return set()


def test_every_rule_that_can_be_told_is_listed() -> None:
    """The names in the parser and in linting are those of the list, and none is left over."""
    told: set[str] = set()
    written: set[str] = set()
    read = [*(ROOT / "pipeline/documents").rglob("*.py"), *(ROOT / "pipeline/linting").glob("*.py")]
    for path in [*read, ROOT / "pipeline/parsing.py"]:
        if path.name == "rules.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written.add(node.value)
            told |= rules_in(node)
    assert sorted(told - RULES.keys() - set(LEVELS)) == []
    tails = tuple(words for words in written if re.fullmatch(r"(_[a-z]+)+", words))  # of f"{what}_unknown"
    assert sorted(rule for rule in RULES if rule not in written and not rule.endswith(tails)) == []


def test_rules_are_explained_in_one_sentence() -> None:
    """Each has a snake_case name, one sentence and an example; an unknown one speaks for itself."""
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", rule.name), rule.name
        assert rule.explanation.endswith(".")
        assert ". " not in rule.explanation
        assert rule.example
    assert rule_of(Finding("of_tomorrow", "warning", "It rains.")).explanation == "It rains."


def company(folder: Path, more: str = "") -> Path:
    """A settings file whose one source is a folder in London."""
    docs = folder / "docs"
    docs.mkdir()
    (docs / "drafts").mkdir()
    (docs / "a.md").write_text("# Outage\n\n- **Severity**: Purple\n- **Started**: 2024-07-01 10:00\n")
    (docs / "drafts" / "b.md").write_text(SPARSE)
    (docs / "README.md").write_text("# Postmortems\n\n- [one](a.md)\n- [two](b.md)\n")
    (folder / "other.md").write_text(SPARSE)
    config = folder / "postmortems.toml"
    config.write_text(
        '[[sources]]\nname = "docs"\npath = "docs"\ntime_zone = "Europe/London"\nexclude = ["drafts/**"]\n'
        f'[severity]\n1 = ["purple"]\n{more}',
        encoding="utf-8",
    )
    return config


def test_settings_are_those_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of a source has its zone, words and excludes, wherever the call names it from."""
    config = company(tmp_path)
    monkeypatch.chdir(tmp_path)
    for paths in (("docs",), (".",), (str(tmp_path / "docs"), "docs/a.md")):
        found = {each.shown: each for each in documents_to_lint(paths, load_settings(config), io.BytesIO())}
        assert sorted(found) == sorted(
            {"docs/README.md", "docs/a.md"} | ({"other.md", "postmortems.toml"} if paths == (".",) else set())
        )
        assert found["docs/a.md"].document.path == "a.md"
        assert found["docs/a.md"].reading.time_zone == "Europe/London"
    (a,) = checked("docs/a.md").documents
    assert a.incidents[0].completeness.has[3]  # Purple is a severity here
    (b,) = checked("docs/drafts/b.md").documents  # named itself, an excluded file is read
    assert b.kind == "postmortem"


def test_without_settings_any_jira_that_is_linked_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody said which Jira counts, so a link to one is a ticket, and no reason to complain."""
    monkeypatch.chdir(tmp_path)
    text = SPARSE.replace("monitoring", "monitoring [SHOP-1](https://jira.example.net/browse/SHOP-1)")
    Path("a.md").write_text(text)
    (a,) = checked("a.md").documents
    assert "jira_host_unknown" not in [finding.rule for finding in a.findings]
    told = next(each.message for each in a.findings if each.rule == "action_item_without_tracker")
    assert told.startswith("1 of 2 ")


def test_what_fails_is_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Score and level come from the settings, and from the call before them; a README fails nothing."""
    config = company(tmp_path, '[lint]\nminimum_score = 0.1\nfail_on = "never"\nignore = ["no_cause"]\n')
    monkeypatch.chdir(tmp_path)
    assert not checked("other.md", config=config).has_failed
    assert checked("other.md", config=config, fail_on="warning").has_failed
    assert not checked("other.md", config=config, fail_on="error").has_failed
    assert checked("other.md", config=config, minimum_score=0.5).has_failed
    assert not checked("docs/README.md", config=config, minimum_score=1.0, fail_on="warning").has_failed
    (other,) = checked("other.md", config=config).documents
    assert "no_cause" not in [finding.rule for finding in other.findings]


@pytest.mark.parametrize(
    ("raw", "kind", "rules"),
    [
        (SPARSE.encode(), "postmortem", None),
        (b"", "empty", ["document_empty"]),
        (b"\x00\x01\x02", "unreadable", ["document_binary"]),
        (b"x" * 5_000_001, "unreadable", ["document_too_large"]),
    ],
)
def test_standard_input_is_a_document(raw: bytes, kind: str, rules: list[str] | None) -> None:
    """`-` reads it; what is no text is told like a file that is none."""
    (document,) = checked("-", stdin=raw).documents
    assert (document.path, document.kind) == ("stdin", kind)
    if rules is not None:
        assert [finding.rule for finding in document.findings] == rules


def test_a_wrong_call_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is not there, settings that are not there, a rule that is none."""
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(SPARSE)
    Path("wrong.toml").write_text('[lint]\nignore = ["no_caus"]\n')
    for call, told in (
        (("b.md",), "b.md: there is no such file or folder; name one, or - for standard input"),
        (("a.md", "none.toml"), "none.toml: there is no such file; write one with `postmortems init`"),
        (("a.md", "wrong.toml"), 'lint.ignore: "no_caus" is no rule; did you mean no_cause?'),
    ):
        with pytest.raises(SettingsError) as raised:
            checked(call[0], config=Path(call[1]) if len(call) > 1 else None)
        assert str(raised.value) == told


def test_other_formats_are_linted_like_markdown(tmp_path: Path) -> None:
    """A page of a wiki saved as HTML, and a PDF, which is read in a process of its own."""
    (tmp_path / "a.html").write_text(
        "<html><body><h1>Search was down</h1><p><b>Started</b>: 2024-03-01 09:30 UTC</p><h2>Root cause</h2>"
        "<p>The engineer forgot to renew the certificate.</p></body></html>",
        encoding="utf-8",
    )
    words = ("Search was down", "Started: 2024-03-01 09:30 UTC", "Root cause", "He forgot to renew it.")
    page = [
        Words(60, 720 - 40 * row, line, 20 if row == 0 else 15 if row == 2 else 11, bold=row in (0, 2))
        for row, line in enumerate(words)
    ]
    (tmp_path / "b.pdf").write_bytes(write_pdf([page]))
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.4\nnothing")
    html, pdf, broken = checked(tmp_path).documents
    for document in (html, pdf):
        assert document.kind == "postmortem"
        assert any("forgot to renew" in (finding.quote or "") for finding in document.findings)
    assert (broken.kind, [finding.rule for finding in broken.findings]) == ("unreadable", ["pdf_broken"])


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    """What lies outside the folder is not read through it."""
    (tmp_path / "secret.md").write_text(SPARSE)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "link.md").symlink_to(tmp_path / "secret.md")
    (document,) = checked(docs).documents
    assert (document.kind, document.incidents) == ("unreadable", ())


def test_a_draft_is_told_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The template with its start filled in lacks the rest, and the lines lead to the file."""
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(postmortem_markdown(Draft("Tea ran out", started_at=datetime(2024, 3, 1, 9, 30))))
    (document,) = checked("a.md").documents
    assert document.kind == "postmortem"
    assert {finding.rule for finding in document.findings} >= {
        "no_end",
        "no_impact",
        "no_cause",
        "no_severity",
        "no_service",
        "no_action_items",
        "short_timeline",
    }


def test_many_documents_are_linted_in_children_alike_and_in_order(tmp_path: Path) -> None:
    """With more documents than are worth a child, each is told as it is alone, in the order of the paths."""
    for number in range(60):
        text = f"# Mail queue {number} full\n\nStarted: 2024-03-01 09:{number:02} UTC\n\nSeverity: SEV2\n"
        (tmp_path / f"{number:02}.md").write_text(text, encoding="utf-8")
    (tmp_path / "latin.md").write_bytes("# Störung".encode("latin-1"))
    waiting = list(documents_to_lint([str(tmp_path)], None, io.BytesIO()))
    alone = [lint_document(each.shown, each.document, each.reading, minimum_score=0.9) for each in waiting]
    assert len(alone) == 61
    assert list(lint_documents(waiting, minimum_score=0.9)) == alone
