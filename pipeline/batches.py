"""Items a few at a time, so that memory stays flat however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterator[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items` in order, `size` of them at a time, as they come."""
    while batch := list(islice(items, size)):
        yield batch
