"""What every test may ask for."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


# A busy machine is no failure: no test asserts by the clock. Draws are random here, and the same in CI.
hypothesis_settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("patient")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real documents, beside the checkout or where CORPORA in the environment says."""
    folder = Path(os.environ.get("CORPORA", CORPORA))
    if not folder.is_dir():
        pytest.skip("the real documents do not lie beside this checkout (set CORPORA to their folder)")
    return folder


@pytest.fixture(scope="session")
def demo_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of an invented company of 60 incidents, made by the whole pipeline over HTTP."""
    from pipeline import flow
    from pipeline.demo.stage import staged_company
    from pipeline.settings import load_settings

    folder = tmp_path_factory.mktemp("demo")
    with staged_company(folder, incidents=60, seed=1, as_of=datetime(2026, 9, 30)) as staged:
        settings = load_settings(staged.settings_path)
        flow.run(settings, as_of=staged.as_of)
    return settings.published_path
