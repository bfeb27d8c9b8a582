"""The documentation that is generated from the code: `make docs` writes it, test_docs.py keeps it true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

from pipeline.cli import main
from pipeline.documents.completeness import PARTS
from pipeline.documents.wording import WORDINGS
from pipeline.linting.rules import RULES
from pipeline.models.dictionary import dictionary_markdown
from pipeline.taxonomy import default_taxonomy, default_taxonomy_text

ROOT = Path(__file__).resolve().parent.parent


def command_line() -> str:
    """Every command's help, as the terminal shows it."""
    parts = [
        "# Command line",
        "Generated from the code by `make docs`.",
        "Exit codes: 0 done; 1 the run failed, and what was published before still stands; "
        "2 the call or a setting was wrong.",
    ]
    top = click.Context(main, info_name="postmortems", terminal_width=100, **main.context_settings)
    parts += ["## postmortems", f"```text\n{main.get_help(top)}\n```"]
    for name, command in sorted(main.commands.items()):
        context = click.Context(command, info_name=name, parent=top, terminal_width=100)
        parts += [f"## postmortems {name}", f"```text\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts) + "\n"


def taxonomy() -> str:
    """What each category of causes and triggers means, with examples and the words that state it."""
    shipped = default_taxonomy()
    notes = default_taxonomy_text().split("\n\n# ---")[0].splitlines()
    rules = "\n".join(line.removeprefix("# ").removeprefix("#") for line in notes)
    parts = [
        "# Categories of causes and triggers",
        "Generated from `pipeline/taxonomy.toml` by `make docs`.",
        rules,
    ]
    for title, categories in (
        ("Causes: what went wrong", shipped.causes),
        ("Triggers: what set it off", shipped.triggers),
    ):
        parts.append(f"## {title}")
        for category in categories:
            parts += [
                f"### {category.name}",
                category.definition,
                "\n".join(f"- “{example}”" for example in category.examples),
                f"Stated as: {', '.join(category.aliases)}.",
            ]
    return "\n\n".join(parts) + "\n"


LINT_PAGE = """\
# Linting postmortems

Generated from the code by `make docs`.

`postmortems lint` tells authors what is missing, contradictory or badly worded, before a reviewer or a chart
does. It needs no settings and no database; where there is a `postmortems.toml`, it reads each document as the
run would. `postmortems new` writes a template that scores full marks once it is filled in.

A file that is no postmortem (a README, a template, data) is named and fails nothing. The exit code is 0 when
nothing falls short, 1 when a document is below `minimum_score` or has a finding of the level `fail_on` names,
and 2 when the call or a setting is wrong.

```toml
[lint]
minimum_score = 0.8
fail_on = "error"                # or "warning", "never"
ignore = ["no_severity"]
```

In a workflow of GitHub, annotations on the change, and results in code scanning:

```yaml
- run: postmortems lint --format github --threshold 0.8 postmortems/
- run: postmortems lint --format sarif postmortems/ > lint.sarif
- uses: github/codeql-action/upload-sarif@v3
  with:
    sarif_file: lint.sarif
```

## The completeness score

The share of ten things that a good postmortem has. It is the `completeness_score` of `marts.incidents`, so an
author sees the number that the figures will show. It speaks of the document alone: what `reviewed.csv` or
another document on the same incident adds is in the figures only.

{parts}

## The rules

A finding may be milder than the usual level of its rule: a start that is missing matters less where the
duration is stated.

{rules}

## Wording that blames people

Advice, and never more than a hint. Verbs such as “failed to” count only when their subject is a person;
`pipeline/documents/wording.py` holds the phrases.

{wordings}
"""


def lint_page() -> str:
    """What `postmortems lint` asks for: the score, the rules, and the wording it advises against."""
    parts = [(part.name, part.explanation) for part in PARTS]
    rules = [(f"`{rule.name}`", rule.level, rule.explanation, rule.example) for rule in RULES.values()]
    wordings = [(each.name, each.examples[0], each.harmless[0], each.suggestion) for each in WORDINGS]
    return LINT_PAGE.format(
        parts=_table(("thing", "what counts"), parts),
        rules=_table(("rule", "level", "what it says", "speaks about"), rules),
        wordings=_table(("phrase", "flagged", "left alone", "write instead"), wordings),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


GENERATED: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "command-line.md": command_line,
    ROOT / "docs" / "data-dictionary.md": dictionary_markdown,
    ROOT / "docs" / "lint.md": lint_page,
    ROOT / "docs" / "taxonomy.md": taxonomy,
}


if __name__ == "__main__":
    for path, generate in GENERATED.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(generate(), encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
