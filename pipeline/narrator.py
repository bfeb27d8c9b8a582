"""Who hears how a run goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Narrator(Protocol):
    """Who hears how the run goes."""

    def say(self, line: str) -> None:
        """One line on what was done."""

    def follow(self, items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
        """Pass `items` through, showing how far they are."""


class Silent:
    """A narrator for callers who want the result only."""

    def say(self, line: str) -> None:
        """Nothing."""

    def follow(self, items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
        """`items`, unchanged."""
        yield from items
