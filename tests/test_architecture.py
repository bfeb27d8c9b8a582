"""The house stays as it was drawn, and no file says what none may say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def committed(*patterns: str) -> list[Path]:
    """The files git knows that match one of the patterns; without git, those that lie there."""
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]
    return [path for pattern in patterns for path in ROOT.rglob(pattern.lstrip(":(glob)*/"))]


def imported_by(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_imports_go_only_the_drawn_ways() -> None:
    """The import contracts of pyproject.toml hold: sources know no database, the page no pipeline."""
    lint = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [str(lint), "--cache-dir", str(ROOT / ".cache" / "imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


WITHOUT_A_PAGE = ("access.py", "exports.py", "launch.py", "theme.py")


def test_charts_and_exports_know_no_streamlit() -> None:
    """What draws a frame can be used without the page."""
    dashboard = ROOT / "dashboard"
    drawing = [*(dashboard / "charts").glob("*.py"), *(dashboard / name for name in WITHOUT_A_PAGE)]
    for path in drawing:
        assert not {module for module in imported_by(path) if module.split(".")[0] == "streamlit"}, path


def test_only_the_command_line_imports_the_dashboard() -> None:
    """The pipeline makes data and draws nothing."""
    drawing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pipeline").rglob("*.py")
        if any(module.split(".")[0] == "dashboard" for module in imported_by(path))
    }
    assert drawing <= {"pipeline/cli.py"}


def test_modules_are_named_for_what_they_know() -> None:
    """There is no module of odds and ends."""
    assert not [
        path for path in committed("*.py") if path.stem in ("utils", "util", "helpers", "helper", "misc")
    ]


def test_locks_pin_hashes_and_name_no_index() -> None:
    """Every locked package has hashes, and no file says where packages come from."""
    for lock in sorted((ROOT / "locks").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^[\w.\-]+==\S+.*$", text, re.MULTILINE)
        assert pinned
        assert all(line.endswith("\\") for line in pinned), f"{lock.name}: a package without hashes"
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text
        assert "index-url" not in text


def test_no_file_carries_a_path_of_somebodys_machine() -> None:
    """Home folders and the like stay on the machine they belong to."""
    found = []
    for path in committed("*.py", "*.sql", "*.md", "*.toml", "*.txt", "Makefile", ".ci/run"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"(?<![\w./])/(?:home|Users|root|work)/\w", line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []
