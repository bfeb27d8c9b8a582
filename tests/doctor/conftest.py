"""What every test of the doctor begins with."""

from __future__ import annotations

import pytest

from tests.doctor.examined import TOKEN


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token, and no proxy that this machine may have."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
