"""PATHs and settings → every document linted, and whether that fails."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from pipeline.documents.facts import Level
from pipeline.errors import SettingsError
from pipeline.linting.lint import LintedDocument, lint_document
from pipeline.linting.outputs import count_levels
from pipeline.linting.paths import DocumentToLint, documents_to_lint
from pipeline.linting.rules import RULES
from pipeline.parsing import FEW, given_up
from pipeline.settings import DEFAULT_PATH, Lint, Settings, load_settings
from pipeline.taxonomy import Taxonomy
from pipeline.workers import Lost, Work, work_in_children

_FAILING: dict[str, tuple[Level, ...]] = {"error": ("error",), "warning": ("error", "warning"), "never": ()}

_SENT_ONCE = Taxonomy.model_construct(causes=(), triggers=())  # stands for the one that each child has


@dataclass(frozen=True, slots=True)
class Checked:
    """The documents that were linted, and whether one falls short of what was asked."""

    documents: list[LintedDocument]
    has_failed: bool


def check_paths(
    paths: Iterable[str],
    config: Path | None,
    stdin: BinaryIO,
    *,
    minimum_score: float | None = None,
    fail_on: str | None = None,
) -> Checked:
    """Lint what `paths` name, as the settings at `config` say, else as postmortems.toml if there is one.

    `minimum_score` and `fail_on` win over the settings. Raises SettingsError for a wrong setting or path.
    """
    settings = _settings(config)
    asked = settings.lint if settings is not None else Lint()
    _refuse_unknown_rules(asked)
    minimum = asked.minimum_score if minimum_score is None else minimum_score
    documents = list(
        lint_documents(documents_to_lint(paths, settings, stdin), minimum_score=minimum, ignore=asked.ignore)
    )
    counts = count_levels(documents)
    is_below = any(
        finding.rule == "score_below_minimum" for document in documents for finding in document.findings
    )
    has_failing = any(counts[level] for level in _FAILING[fail_on or asked.fail_on])
    return Checked(documents, is_below or has_failing)


def lint_documents(
    documents: Iterable[DocumentToLint], *, minimum_score: float | None = None, ignore: Sequence[str] = ()
) -> Iterator[LintedDocument]:
    """Each document linted, in the given order: in this process when they are few, else in children."""
    waiting = iter(documents)
    first = list(islice(waiting, FEW + 1))
    if len(first) <= FEW:
        for each in first:
            yield lint_document(
                each.shown, each.document, each.reading, minimum_score=minimum_score, ignore=ignore
            )
        return
    work = Work("pipeline.linting.check:lint_in_child", (first[0].reading.taxonomy, minimum_score, ignore))
    numbered = (
        (number, replace(each, reading=replace(each.reading, taxonomy=_SENT_ONCE)))
        for number, each in enumerate(chain(first, waiting))
    )
    done: dict[int, LintedDocument] = {}
    for (number, each), linted in work_in_children(work, numbered, None):
        done[number] = _lost(each, linted) if isinstance(linted, Lost) else linted
    yield from (done[number] for number in sorted(done))


def lint_in_child(
    asked: tuple[Taxonomy, float | None, Sequence[str]], numbered: tuple[int, DocumentToLint]
) -> LintedDocument:
    """One of many documents; the taxonomy, which all share, comes once."""
    (taxonomy, minimum_score, ignore), (_, each) = asked, numbered
    reading = replace(each.reading, taxonomy=taxonomy)
    return lint_document(
        each.shown, each.document, reading, minimum_score=minimum_score, ignore=ignore, is_in_child=True
    )


def _lost(each: DocumentToLint, lost: Lost) -> LintedDocument:
    facts = given_up(each.document.path, lost)
    return LintedDocument(each.shown, facts.kind, facts.title, (), facts.findings)


def _settings(config: Path | None) -> Settings | None:
    if config is None and not DEFAULT_PATH.exists():
        return None
    return load_settings(config or DEFAULT_PATH)


def _refuse_unknown_rules(asked: Lint) -> None:
    for name in asked.ignore:
        if name not in RULES:
            near = difflib.get_close_matches(name, RULES, n=1)
            hint = f"did you mean {near[0]}?" if near else "see `postmortems lint --rules`"
            raise SettingsError(f'lint.ignore: "{name}" is no rule; {hint}')
