"""What else happened in a period: of all, and of what the reader chose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from tests.published_rows import publish_rows

ROWS = [
    (2, date(2025, 3, 1), date(2025, 3, 1), "New on-call policy", None, None, "policy"),
    (4, date(2025, 5, 30), date(2025, 6, 2), "Change freeze", None, None, None),
    (3, date(2025, 6, 1), date(2025, 6, 1), "Checkout 2.0", "Checkout", "Payments", "release"),
    (5, date(2025, 6, 1), date(2025, 6, 1), "Mail moved", "mail", None, "release"),
]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A build that holds nothing but annotations."""
    names = ("line", "starts_on", "ends_on", "label", "service", "team", "kind")
    folder = tmp_path_factory.mktemp("marked")
    publish_rows(
        folder, "m1", {"annotations": [dict(zip(names, row, strict=True)) for row in reversed(ROWS)]}
    )
    build = open_published(folder)
    yield build
    build.close()


@pytest.mark.parametrize(
    ("filters", "lines"),
    [
        (Filters(), [2, 4, 3, 5]),
        (Filters(date(2025, 3, 1), date(2025, 5, 29)), [2]),
        (Filters(date(2025, 3, 2), date(2025, 5, 30)), [4]),
        (Filters(date(2025, 6, 2), date(2025, 6, 30)), [4]),
        (Filters(date(2025, 6, 3)), []),
        (Filters(services=("CHECKOUT", "indexer")), [2, 4, 3]),
        (Filters(services=("indexer",)), [2, 4]),
        (Filters(services=("",)), [2, 4]),
        (Filters(teams=("Search",)), [2, 4, 5]),
        (Filters(teams=("Payments",), services=("checkout",)), [2, 4, 3]),
        (Filters(severities=(1,), causes=("dns",), sources=("wiki",)), [2, 4, 3, 5]),
    ],
)
def test_what_happened_is_of_the_period_and_of_what_was_chosen(
    marked: Published, filters: Filters, lines: list[int]
) -> None:
    """First and last day count; what is of a service needs that service and its team, in any case."""
    by_line = {row[0]: row for row in ROWS}
    assert metrics.annotations(marked, filters).rows() == [by_line[line] for line in lines]
