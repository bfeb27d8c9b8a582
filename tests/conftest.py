"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real documents, beside the checkout or where CORPORA in the environment says."""
    folder = Path(os.environ.get("CORPORA", CORPORA))
    if not folder.is_dir():
        pytest.skip("the real documents do not lie beside this checkout (set CORPORA to their folder)")
    return folder
