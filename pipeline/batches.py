"""Items a few at a time, so that memory stays flat however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """`items` in order, `size` of them at a time, as they come."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
