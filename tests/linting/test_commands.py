"""`postmortems lint` and `postmortems new`, as from a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.documents.template import Draft, postmortem_markdown

HEAVY = ("duckdb", "polars", "pyarrow", "jira", "requests", "streamlit", "altair", "scipy", "sqlglot")


def call(*arguments: str | Path, stdin: str | None = None) -> Result:
    """Call `postmortems` in the current folder."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)


def test_a_new_postmortem_is_begun_and_linted() -> None:
    """The template names its next step; what is known is filled in, the rest is told as missing."""
    made = call("new", "Checkout: cards refused", "--started", "2024-03-01 00:30 UTC+1", "--severity", "SEV2")
    path = Path("2024-03-01-checkout-cards-refused.md")
    assert (made.exit_code, made.stdout) == (
        0,
        f"Wrote {path}. Fill it in, then: postmortems lint {path}\n",
    )
    text = path.read_text(encoding="utf-8")
    assert "\n- **Started**: 2024-03-01 00:30 UTC+1\n" in text
    assert "\n- **Severity**: SEV2\n" in text
    result = call("lint", path)
    assert result.exit_code == 0
    assert f"{path}:1: Checkout: cards refused: completeness 0.2, 2 of 10 things; missing: detection" in (
        result.stdout
    )
    assert "\x1b" not in result.stdout
    failed = call("lint", "--threshold", "0.8", path)
    assert (failed.exit_code, failed.stderr) == (1, "")
    assert "[score_below_minimum]" in failed.stdout


def test_new_writes_over_nothing(tmp_path: Path) -> None:
    """A file that stands there stays, unless --force says otherwise."""
    path = tmp_path / "deep" / "a.md"
    assert call("new", "One", "--output", path).exit_code == 0
    path.write_text("mine", encoding="utf-8")
    refused = call("new", "Two", "--output", path)
    assert (refused.exit_code, refused.stderr) == (
        2,
        f"postmortems: {path}: stands there already; name another with --output, or add --force\n",
    )
    assert path.read_text(encoding="utf-8") == "mine"
    assert call("new", "Two", "--output", path, "--force").exit_code == 0
    assert path.read_text(encoding="utf-8") == postmortem_markdown(Draft("Two"))


def test_new_names_the_file_in_a_folder() -> None:
    """A folder as output, there or not yet, gets a file named for the day and the title."""
    for folder in ("docs", "docs"):
        call("new", f"Outage of {folder}", "--started", "2024-03-01 09:30", "--output", folder, "--force")
    assert [path.name for path in Path("docs").iterdir()] == ["2024-03-01-outage-of-docs.md"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("new", "A", "--started", "yesterday"), "write date and time, as in 2024-03-01 09:30 UTC+1"),
        (("new", "  "), "say in a few words what failed"),
        (("lint",), "Name a file, a folder, or - for standard input."),
        (("lint", "nowhere"), "nowhere: there is no such file or folder"),
        (("lint", "--threshold", "80", "."), "80.0 is not in the range 0<=x<=1"),
        (("lint", "--config", "none.toml", "."), "none.toml: there is no such file"),
    ],
)
def test_a_wrong_call_returns_two(arguments: tuple[str, ...], told: str) -> None:
    """One line says what is wrong, on standard error."""
    result = call(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_every_form_is_written() -> None:
    """JSON and SARIF are whole on standard output; annotations are commands; standard input is read."""
    Path("a.md").write_text("# Search was down\n\n- **Started**: 2024-03-01 09:30 UTC\n", encoding="utf-8")
    assert json.loads(call("lint", "--format", "json", "a.md").stdout)["documents"][0]["path"] == "a.md"
    assert json.loads(call("lint", "--format", "sarif", ".").stdout)["version"] == "2.1.0"
    told = call("lint", "--format", "github", "-", stdin=Path("a.md").read_text(encoding="utf-8")).stdout
    assert told.startswith("::")
    assert "::warning file=stdin,line=1,title=no_end::" in told
    assert call("lint", "--rules").stdout.startswith("no_start (warning)\n")


def test_linting_leaves_no_trace() -> None:
    """A check in somebody's repository writes no log, no folder, no database."""
    Path("postmortems.toml").write_text('[[sources]]\nname = "docs"\npath = "."\n', encoding="utf-8")
    Path("a.md").write_text("# Search was down\n", encoding="utf-8")
    assert call("lint", ".").exit_code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["a.md", "postmortems.toml"]


def test_linting_starts_without_the_warehouse() -> None:
    """No database, data frame, Jira client or page is imported to look at a file: each costs its start."""
    Path("postmortems.toml").write_text('[[sources]]\nname = "docs"\npath = "."\n', encoding="utf-8")
    Path("a.md").write_text(postmortem_markdown(Draft("Search was down")), encoding="utf-8")
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        "main(['lint', 'a.md', '--format', 'json'], standalone_mode=False)\n"
        "print(sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["documents"][0]["kind"] == "template"
    assert [name for name in HEAVY if f"'{name}'" in done.stderr] == []
