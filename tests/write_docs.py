"""The documentation that is generated from the code: `make docs` writes it, test_docs.py keeps it true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.cli import main
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


GENERATED: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "command-line.md": command_line,
    ROOT / "docs" / "data-dictionary.md": dictionary_markdown,
    ROOT / "docs" / "taxonomy.md": taxonomy,
}


if __name__ == "__main__":
    for path, generate in GENERATED.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(generate(), encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
