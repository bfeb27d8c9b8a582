"""PATHs and settings → every document linted, and whether that fails."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.documents.facts import Level
from pipeline.errors import SettingsError
from pipeline.linting.lint import LintedDocument, lint_document
from pipeline.linting.outputs import count_levels
from pipeline.linting.paths import documents_to_lint
from pipeline.linting.rules import RULES
from pipeline.settings import DEFAULT_PATH, Lint, Settings, load_settings

_FAILING: dict[str, tuple[Level, ...]] = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


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
    documents = [
        lint_document(each.shown, each.document, each.reading, minimum_score=minimum, ignore=asked.ignore)
        for each in documents_to_lint(paths, settings, stdin)
    ]
    counts = count_levels(documents)
    is_below = any(
        finding.rule == "score_below_minimum" for document in documents for finding in document.findings
    )
    has_failing = any(counts[level] for level in _FAILING[fail_on or asked.fail_on])
    return Checked(documents, is_below or has_failing)


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
