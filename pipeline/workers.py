"""Work done in child processes: faster on several cores, and no item can hang or swell the run.

A child that takes longer than `SECONDS_PER_ITEM` over one item, or that dies, costs that item and no other.
It is started with the memory it may have. Children end with the run, also when the run is killed: their
input ends then.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from pipeline.batches import batches

#: Far above what any document needs; what takes longer runs in a circle.
SECONDS_PER_ITEM = 20.0
#: Address space of one child.
MEMORY_BYTES = 3 << 30
_ITEMS_AT_ONCE = 16
_ITEMS_WORTH_A_CHILD = 200
_ITEMS_UNDER_WAY = 2000  # so that children go on while the caller is busy
_SECONDS_BETWEEN_LOOKS = 0.5

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Lost:
    """An item whose child died or was ended; `reason` says which: `too_slow` or `crashed`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Work:
    """What the children do: `function` is `module:name`, called with `context` and one item."""

    function: str
    context: Any

    def load(self) -> Callable[[Any], Any]:
        """The function of one item."""
        module, _, name = self.function.partition(":")
        function = getattr(importlib.import_module(module), name)
        return lambda item: function(self.context, item)


def work_in_children(
    work: Work, items: Iterable[Item], count: int | None, *, seconds_per_item: float = SECONDS_PER_ITEM
) -> Generator[tuple[Item, Any], None, None]:
    """Each of the `count` items (None: many) and what came of it, or Lost, in the order they are done.

    The items are taken by the thread that asks for the results. Raises what the function raises.
    """
    worth = _cores() if count is None else -(-count // _ITEMS_WORTH_A_CHILD)
    children = max(1, min(_cores(), worth))
    waiting: queue.SimpleQueue[list[Item] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[Item, Any] | BaseException | None] = queue.SimpleQueue()
    stop = threading.Event()
    alive: list[_Child] = []
    threads = [
        threading.Thread(target=_lead_child, args=(work, waiting, done, stop, alive), daemon=True)
        for _ in range(children)
    ]
    for thread in threads:
        thread.start()
    chunks = batches(items, _ITEMS_AT_ONCE)
    under_way, is_whole, ended = 0, False, 0
    try:
        while ended < children:
            while not is_whole and under_way < _ITEMS_UNDER_WAY:
                chunk = next(chunks, None)
                is_whole = chunk is None
                under_way += len(chunk or ())
                for _ in range(1 if chunk else children):
                    waiting.put(chunk)
            try:
                result = done.get(timeout=_SECONDS_BETWEEN_LOOKS)
            except queue.Empty:
                for child in list(alive):
                    child.end_if_late(seconds_per_item)
                continue
            if result is None:
                ended += 1
            elif isinstance(result, BaseException):
                raise result
            else:
                under_way -= 1
                yield result
    finally:
        stop.set()
        for _ in range(children):
            waiting.put(None)
        while any(thread.is_alive() for thread in threads):
            for child in list(alive):
                child.kill()
            threads[0].join(0.01)


def _lead_child(
    work: Work,
    waiting: queue.SimpleQueue[list[Any] | None],
    done: queue.SimpleQueue[Any],
    stop: threading.Event,
    alive: list[_Child],
) -> None:
    """Feed one child, and a new one in its place when it dies, until nothing waits."""
    child: _Child | None = None
    try:
        while (chunk := waiting.get()) and not stop.is_set():
            while chunk and not stop.is_set():
                if child is None:
                    child = _Child(work)
                    alive.append(child)
                answered = 0
                for result in child.results(chunk):
                    done.put((chunk[answered], result))
                    answered += 1
                    if isinstance(result, Lost):
                        alive.remove(child)
                        child.end()
                        child = None
                        break
                chunk = chunk[answered:]
    except BaseException as error:  # told to the thread that asked for the work
        done.put(error)
    finally:
        if child is not None:
            alive.remove(child)
            child.end()
        done.put(None)


class _Child:
    """One process. Both directions carry pickles behind their length."""

    def __init__(self, work: Work) -> None:
        self._busy_since: float | None = None
        self._is_late = False
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from pipeline.workers import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._send(work)

    def results(self, chunk: list[Any]) -> Iterator[Any]:
        """What came of each item, up to the one that was lost."""
        self._send(chunk)
        for _ in chunk:
            self._busy_since = time.monotonic()
            try:
                assert self._process.stdout is not None
                succeeded, result = _receive(self._process.stdout)
            except EOFError:
                yield Lost("too_slow" if self._is_late else "crashed")
                return
            finally:
                self._busy_since = None
            if not succeeded:
                raise result
            yield result

    def end(self) -> None:
        """End the process and wait for it."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def kill(self) -> None:
        """End the process; whoever waits for it finds out."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def end_if_late(self, seconds_per_item: float) -> None:
        """End the process when its item takes too long; the thread that waits for it finds out."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > seconds_per_item:
            self._is_late = True
            self.kill()

    def _send(self, value: Any) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has died, which reading will find
            _write(self._process.stdin, value)


def serve() -> None:
    """The child: read the work, then answer each item of each chunk, until the input ends."""
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not be read as an answer
    _limit_memory()
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        function = _receive(incoming).load()
        while True:
            for item in _receive(incoming):
                try:
                    answer = (True, function(item))
                except MemoryError:
                    os._exit(1)
                except Exception as error:
                    answer = (False, RuntimeError(f"{type(error).__name__}: {error}"))
                _write(outgoing, answer)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(out: IO[bytes], value: Any) -> None:
    packed = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    out.write(struct.pack(">Q", len(packed)) + packed)
    out.flush()


def _receive(source: IO[bytes]) -> Any:
    head = source.read(8)
    if len(head) < 8:
        raise EOFError
    packed = source.read(struct.unpack(">Q", head)[0])
    return pickle.loads(packed)  # noqa: S301  from our own child or parent, through a pipe of our own


def _cores() -> int:
    with contextlib.suppress(AttributeError):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
