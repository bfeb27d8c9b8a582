"""Work in child processes: all items come back, and one that hangs, swells or crashes costs itself alone."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest

from pipeline.workers import Lost, Work, work_in_children


def act(context: int, item: Any) -> Any:
    """What the children do in these tests."""
    if item == "hang":
        time.sleep(600)
    if item == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if item == "swell":
        return len(bytes(1 << 40))
    if item == "print":
        print("not an answer", flush=True)
    if item == "raise":
        raise ValueError("wrong")
    return context + item if isinstance(item, int) else item


WORK = Work(f"{__name__}:act", 1000)


def test_every_item_comes_back_once() -> None:
    """A thousand items over several children: each with its own result."""
    results = dict(work_in_children(WORK, iter(range(1000)), 1000))
    assert results == {item: item + 1000 for item in range(1000)}


def test_nothing_to_do_starts_and_ends() -> None:
    """No items, no results."""
    assert list(work_in_children(WORK, [], 0)) == []


def test_an_item_that_ends_its_child_is_lost_alone() -> None:
    """Items that hang, crash and swell are told; those around them are done; prints harm nothing."""
    items = [1, "hang", 2, "crash", 3, "swell", "print", 4]
    results = dict(work_in_children(WORK, items, len(items), seconds_per_item=6))
    assert results == {
        1: 1001,
        "hang": Lost("too_slow"),
        2: 1002,
        "crash": Lost("crashed"),
        3: 1003,
        "swell": Lost("crashed"),
        "print": "print",
        4: 1004,
    }


def test_a_defect_of_the_work_is_raised() -> None:
    """An exception of the function reaches the one who asked, with its words."""
    with pytest.raises(RuntimeError, match="ValueError: wrong"):
        list(work_in_children(WORK, [1, "raise", 2], 3))


def test_stopping_early_ends_the_children() -> None:
    """A caller who takes one result and leaves is not kept waiting, and no child stays behind."""
    results = work_in_children(Work(f"{__name__}:tell_process", None), iter(range(5000)), 5000)
    _, process = next(results)
    assert _is_alive(process)
    results.close()
    assert not _is_alive(process)


def tell_process(context: None, item: int) -> int:
    """The number of the child that does it."""
    return os.getpid()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
