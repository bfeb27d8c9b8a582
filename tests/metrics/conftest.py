"""A small published build whose every row is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.metrics import Published, open_published
from tests.published_rows import company, publish_rows


@pytest.fixture(scope="session")
def published_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one build of the small company."""
    folder = tmp_path_factory.mktemp("published")
    publish_rows(folder, "b1", company())
    return folder


@pytest.fixture(scope="session")
def published(published_folder: Path) -> Iterator[Published]:
    """That build, open."""
    build = open_published(published_folder)
    yield build
    build.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A build without a single row."""
    folder = tmp_path_factory.mktemp("empty")
    publish_rows(folder, "e1", {})
    build = open_published(folder)
    yield build
    build.close()
