"""The documentation says what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.write_docs import GENERATED, ROOT


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_generated_documentation_is_current(path: Path) -> None:
    """What `make docs` would write stands there already."""
    assert path.read_text(encoding="utf-8") == GENERATED[path](), "run `make docs`"


def test_the_readme_stays_short_and_its_links_lead_somewhere() -> None:
    """Own documents and Jira in under 30 lines of commands and settings, and no link to nowhere."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links {target}"
    own = text.split("## Your own documents and Jira")[1].split("## ")[0]
    blocks = re.findall(r"```\w+\n(.*?)```", own, re.DOTALL)
    assert sum(block.count("\n") for block in blocks) < 30
    for command in ("make demo", "make test"):
        assert command in text


def test_every_dependency_has_its_reason() -> None:
    """Each package in pyproject.toml is named, with a reason, in CONTRIBUTING.md."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    declared = {re.split(r"[\[><=]", each)[0] for group in groups for each in group if isinstance(each, str)}
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Dependencies")[1].lower()
    assert sorted(name for name in declared if not re.search(rf"\b{re.escape(name)}\b", reasons)) == []
