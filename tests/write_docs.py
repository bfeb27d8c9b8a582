"""The documentation that is generated from the code: `make docs` writes it, test_docs.py keeps it true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.cli import main
from pipeline.models.dictionary import dictionary_markdown

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


GENERATED: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "command-line.md": command_line,
    ROOT / "docs" / "data-dictionary.md": dictionary_markdown,
}


if __name__ == "__main__":
    for path, generate in GENERATED.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(generate(), encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
